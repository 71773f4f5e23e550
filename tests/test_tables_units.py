"""单位汇总, 评分明细 and 敏感度: how each unit stands, recomputed from the lines of its score."""

from __future__ import annotations

from dataclasses import replace
from math import fsum

import pytest

from outputs.audit.touched import Workbook, counted, touched
from outputs.tables import Sheet
from outputs.tables.sheet import decided
from outputs.tables.units import ADVICE
from pipeline.evaluate import evaluate
from pipeline.evaluate.progress import Standing
from pipeline.records import Filed, ScoreDecision, State
from rules import Rules
from tests.season import (
    BANAN,
    JIANGJIN,
    OUTSIDE,
    SILENT,
    SOCIETY,
    UNIVERSITY,
    YUBEI,
    custody,
    season,
    small_rules,
)
from tests.tabled import Row, by_id, rows, sheets


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    return small_rules(tmp_path_factory.mktemp("rules"))


@pytest.fixture(scope="module")
def made(rules: Rules) -> dict[str, Sheet]:
    return sheets(season(), rules)


def _reviewed(rules: Rules, **traits: object) -> dict[str, Sheet]:
    """The season with 4 points for E1 of 渝北 by a reviewer."""
    decision = replace(ScoreDecision(points=4, by="李", why="经验可用", number=1), **traits)  # type: ignore[arg-type]
    return sheets(season(), rules, decided={(YUBEI, "E1"): decision})


def _lines(made: dict[str, Sheet], unit: str) -> list[Row]:
    told = by_id(made["评分明细"])
    return [row for id_, row in told.items() if id_.startswith(f"unit/{unit}/score/")]


def test_units_stand_by_peer_group_and_rank(made: dict[str, Sheet]) -> None:
    assert [(row["同类组"], row["组内名次"]) for row in rows(made["单位汇总"])] == [
        ("区县科协", 1),
        ("区县科协", 2),
        ("区县科协", 3),
        ("区县科技局", 1),
        ("市级学会", 1),
        ("高校科协", 1),
        ("名册外单位", None),
    ]


def test_only_units_without_a_counted_mail_have_not_sent(rules: Rules, made: dict[str, Sheet]) -> None:
    held = tuple(
        replace(one, item=replace(one.item, state=State.HELD)) if one.item.accession == "2024-00012" else one
        for one in season()
    )

    assert [row["单位"] for row in rows(made["未报送"])] == [SILENT]
    assert [row["单位"] for row in rows(sheets(held, rules)["未报送"])] == [SILENT, UNIVERSITY]


# ---------------------------------------------------------------- totals


def _recomputed(made: dict[str, Sheet]) -> None:
    """Every total of 单位汇总 is the sum of the unit's lines in 评分明细, group by group."""
    for unit in rows(made["单位汇总"]):
        mine = _lines(made, unit["单位"])
        for header in ("最终低分", "最终高分"):
            assert round(fsum(row[header] for row in mine), 2) == unit[header]
        for group in {row["大项"] for row in mine}:
            ends = [
                fsum(row[end] for row in mine if row["大项"] == group) for end in ("最终低分", "最终高分")
            ]
            shown = [float(end) for end in str(unit[group]).split("～")]
            assert shown == pytest.approx(ends if len(shown) == 2 else ends[:1])


def test_the_lines_of_the_rubric_add_up_to_the_units_totals(rules: Rules, made: dict[str, Sheet]) -> None:
    _recomputed(made)
    _recomputed(_reviewed(rules))
    _recomputed(_reviewed(rules, stands=False))


def test_a_row_of_sums_stands_below_each_units_lines(made: dict[str, Sheet]) -> None:
    told = by_id(made["评分明细"])
    ids = list(told)
    total = f"unit/{YUBEI}/total"

    assert ids[ids.index(total) - 1] == f"unit/{YUBEI}/score/veto"
    assert told[total]["评分项"] == "合计"
    assert made["评分明细"].sums == {one for one in ids if one.endswith("/total")}
    for header in ("建议低分", "建议高分", "最终低分", "最终高分"):
        assert told[total][header] == pytest.approx(sum(row[header] for row in _lines(made, YUBEI)))
    assert not [column for column in made["评分明细"].columns if made["评分明细"].open(total, column)]


def test_a_mail_is_traced_to_every_total_that_it_went_into(rules: Rules) -> None:
    """What `shouwen trace` says a mail touched are headers of the sheets as they are."""
    filed = season()
    book = Workbook.of(
        filed, evaluate(filed, rules), rules, custody(filed), events=custody(filed).events, release="0.1.0"
    )
    found = {(row.sheet, row.id): set(row.headers) for row in touched(book, filed[0])}
    columns = {sheet.name: {column.header for column in sheet.columns} for sheet in book.sheets}

    assert {"最终低分", "最终高分", "活动数"} <= found["单位汇总", f"unit/{YUBEI}"]
    assert {"建议低分", "最终高分"} <= found["评分明细", f"unit/{YUBEI}/total"]
    assert {"建议低分", "最终高分", "依据（一行一条）"} <= found["评分明细", f"unit/{YUBEI}/score/B1"]
    assert {"状态", "首次收到时间（北京）", "缺什么"} <= found["报送进度", f"unit/{YUBEI}"]
    for sheet in ("单位汇总", "评分明细", "报送进度"):
        told = {
            header for (name, _), headers in counted(book, filed[0]) if name == sheet for header in headers
        }
        assert told <= columns[sheet]


# ---------------------------------------------------------------- a reviewer's points


def test_a_reviewers_points_stand_beside_the_machines_and_count(rules: Rules, made: dict[str, Sheet]) -> None:
    before = by_id(made["单位汇总"])[f"unit/{YUBEI}"]
    found = _reviewed(rules)
    row = by_id(found["评分明细"])[f"unit/{YUBEI}/score/E1"]
    after = by_id(found["单位汇总"])[f"unit/{YUBEI}"]

    assert (row["建议低分"], row["建议高分"]) == (0, 5)
    assert (row["复核分"], row["复核理由"], row["复核人"]) == (4, "经验可用", "李")
    assert (row["最终低分"], row["最终高分"], row["签认"], row["备注"]) == (4, 4, "", "")
    assert after["最终低分"] == before["最终低分"] + 4
    assert after["E 成效与特色"] == "4～14"


def test_points_that_wait_for_a_signature_are_shown_and_do_not_count(
    rules: Rules, made: dict[str, Sheet]
) -> None:
    found = _reviewed(rules, stands=False)
    row = by_id(found["评分明细"])[f"unit/{YUBEI}/score/E1"]

    assert (row["复核分"], row["最终低分"], row["最终高分"]) == (4, 0, 5)
    assert (row["签认"], row["备注"]) == ("待签", "签认以前按建议分计")
    unit = f"unit/{YUBEI}"
    assert by_id(found["单位汇总"])[unit]["最终低分"] == by_id(made["单位汇总"])[unit]["最终低分"]


def test_points_beyond_the_full_marks_of_today_are_no_matter_of_a_signature(rules: Rules) -> None:
    row = by_id(_reviewed(rules, points=9.0, signed="王")["评分明细"])[f"unit/{YUBEI}/score/E1"]

    assert (row["复核分"], row["最终高分"], row["签认"]) == (9, 5, "王")
    assert row["备注"].startswith("现在只允许 0 到 5 分")


def test_a_signed_value_names_who_signed(rules: Rules) -> None:
    assert by_id(_reviewed(rules, signed="王")["评分明细"])[f"unit/{YUBEI}/score/E1"]["签认"] == "王"


def test_a_score_is_edited_in_its_row_with_a_reason(made: dict[str, Sheet]) -> None:
    points, why = (column for column in made["评分明细"].columns if column.edit)

    assert decided(f"unit/{YUBEI}/score/B1", points) == ("", f"score/B1/{YUBEI}")
    assert (points.why, why.header, why.field) == ("复核理由", "复核理由", None)


def test_the_source_of_a_line_leads_to_the_first_file_that_it_names(made: dict[str, Sheet]) -> None:
    links = made["评分明细"].links

    assert links[f"unit/{YUBEI}/score/B1", "原件"] == "files/2024-00001/02-总结.docx"
    assert links[f"unit/{YUBEI}/score/late", "原件"] == "files/2024-00001/00-原件.eml"
    assert (f"unit/{YUBEI}/score/bonus", "原件") not in links


# ---------------------------------------------------------------- 建议


def test_the_machine_proposes_the_first_third_of_a_peer_group(made: dict[str, Sheet]) -> None:
    told = {row["单位"]: row["建议"] for row in rows(made["单位汇总"])}

    assert told == {
        YUBEI: "建议推荐优秀组织单位",
        BANAN: "可考虑",
        JIANGJIN: "可考虑",
        "重庆市巴南区科学技术局": "先补材料",
        SOCIETY: "先补材料",
        UNIVERSITY: "先补材料",
        OUTSIDE: "名册外，不参加排名",
    }
    assert set(ADVICE) == set(Standing) - {Standing.NOTHING}


def test_a_unit_whose_high_total_cannot_reach_the_first_third_is_not_proposed(rules: Rules) -> None:
    """A reviewer gives 渝北 all that people give: 江津's highest total then lies below 渝北's lowest."""
    full = {
        (YUBEI, one.id): ScoreDecision(points=one.points, by="李", why="核过")
        for one in rules.scoring.criteria
    }
    nothing = {
        (JIANGJIN, one.id): ScoreDecision(points=0, by="李", why="核过") for one in rules.scoring.criteria
    }
    told = {
        row["单位"]: row["建议"] for row in rows(sheets(season(), rules, decided=full | nothing)["单位汇总"])
    }

    assert told[JIANGJIN] == "暂不推荐"
    assert told[YUBEI] == "建议推荐优秀组织单位"


def test_a_unit_is_vetoed_by_people_alone_and_is_the_last_of_its_group(rules: Rules) -> None:
    veto = {(YUBEI, "veto"): ScoreDecision(points=-100, by="李", why="材料造假，查实")}
    before, after = sheets(season(), rules), sheets(season(), rules, decided=veto)
    row = by_id(after["单位汇总"])[f"unit/{YUBEI}"]

    assert {one["建议低分"] for one in rows(before["评分明细"]) if one["评分项"] == "人工扣分、否决"} == {0}
    assert row["建议"] == "不推荐（人工否决）"
    assert row["最终高分"] == by_id(before["单位汇总"])[f"unit/{YUBEI}"]["最终高分"] - 100
    peers = [one["组内名次"] for one in rows(after["单位汇总"]) if one["同类组"] == row["同类组"]]
    assert row["组内名次"] == max(peers)


def test_what_people_take_off_short_of_all_is_no_veto(rules: Rules) -> None:
    less = {(YUBEI, "veto"): ScoreDecision(points=-1, by="李", why="一处不实")}

    told = by_id(sheets(season(), rules, decided=less)["单位汇总"])[f"unit/{YUBEI}"]["建议"]

    assert told == "建议推荐优秀组织单位"


def test_an_open_question_comes_before_the_proposal(rules: Rules) -> None:
    first, *others = season()
    assert first.filing is not None
    doubt = replace(first.filing.identification, decided=False)
    filed: tuple[Filed, ...] = (
        replace(first, filing=replace(first.filing, identification=doubt)),
        *others,
    )

    assert by_id(sheets(filed, rules)["单位汇总"])[f"unit/{YUBEI}"]["建议"] == "待核后再定"


# ---------------------------------------------------------------- 敏感度


def test_each_ranked_unit_has_its_ranks_under_every_changed_weight(
    rules: Rules, made: dict[str, Sheet]
) -> None:
    told = rows(made["敏感度"])
    shifts = [f"{group}{sign}20%" for group, _ in rules.scoring.groups for sign in ("−", "+")]
    ranked = [row for row in rows(made["单位汇总"]) if row["组内名次"] is not None]

    assert [(row["单位"], row["组内名次"]) for row in told] == [
        (row["单位"], row["组内名次"]) for row in ranked
    ]
    for row in told:
        ranks = [row[shift] for shift in shifts] + [row["组内名次"]]
        span = (min(ranks), max(ranks))
        assert row["名次范围"] == (f"{span[0]}" if span[0] == span[1] else f"{span[0]}～{span[1]}")
        assert row["结论"] == ("稳" if span[0] == span[1] else f"名次在 {span[0]}～{span[1]} 之间")
    assert {row["单位"] for row in told if row["备注"]} == {
        row["单位"] for row in ranked if row["同类组"] != "区县科协"
    }
