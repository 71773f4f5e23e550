"""活动明细, 分类统计 and 不计入文字: what is edited where it stands, what is locked, and how it adds up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from outputs.tables import Sheet
from outputs.tables.sheet import Edit, decided
from pipeline.records import Act, Correction, Filed, Span
from pipeline.season import season as fold
from rules import Rules
from tests.season import YUBEI, at, part, season, small_rules
from tests.tabled import Row, by_id, judged, rows, sheets

FIRST = "2024-00001/activity/1"
UNDECIDED = "2024-00005/activity/1"
COPIED = "2024-00004/activity/1"


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    return small_rules(tmp_path_factory.mktemp("rules"))


@pytest.fixture(scope="module")
def made(rules: Rules) -> dict[str, Sheet]:
    return sheets(season(), rules)


def _open(sheet: Sheet, row: str) -> list[str]:
    return [column.header for column in sheet.columns if sheet.open(row, column)]


def _taken_out() -> tuple[Filed, ...]:
    """The season after a person took out the first activity."""
    first, *others = season()
    assert first.filing is not None
    return (judged(first, 1, replace(first.filing.activities[0], counted=False)), *others)


def test_every_activity_names_mail_uid_file_place_and_words(made: dict[str, Sheet]) -> None:
    first = rows(made["活动明细"])[0]

    assert (first["单位"], first["收文号"]) == (YUBEI, "2024-00001")
    assert first["邮件（位置、主题）"] == f"INBOX UID 101\n{YUBEI}活动总结"
    assert first["出处（文件、位置）"] == "2/总结.docx 第3块"
    assert "“（一）抓学习" in first["类别依据（原话）"]
    assert len(made["活动明细"].frame) == sum(len(one.filing.activities) for one in season() if one.filing)


def test_figures_carry_their_words_and_place_as_comments(made: dict[str, Sheet]) -> None:
    told = {(one.row, one.header): one.text for one in made["活动明细"].comments}

    assert told["2024-00001/activity/3", "参与人数"] == "2024-00001\n“3400余人次”（2/总结.docx 第7块）"


def test_a_row_leads_to_the_file_of_its_activity_and_the_accession_to_the_mail(
    made: dict[str, Sheet],
) -> None:
    links = made["活动明细"].links

    assert links[FIRST, "原件"] == "files/2024-00001/02-总结.docx"
    assert links[FIRST, "收文号"] == "files/2024-00001/00-原件.eml"
    assert len(links) == 2 * len(made["活动明细"].frame)


def test_what_is_not_stated_is_missing_and_no_zero(made: dict[str, Sheet]) -> None:
    told = rows(made["活动明细"])

    assert told[1]["参与人数"] is None
    assert all(row["场次"] is None for row in told)


# ---------------------------------------------------------------- where staff may write


def test_what_stands_is_shown_in_the_cell_that_is_edited(made: dict[str, Sheet]) -> None:
    sheet = made["活动明细"]
    row = by_id(sheet)[FIRST]

    assert _open(sheet, FIRST) == [
        "单位",
        "类别",
        "开始日期",
        "结束日期",
        "地点",
        "参与人数",
        "场次",
        "资料份数",
        "计入",
        "复核说明",
    ]
    assert (row["类别"], row["开始日期"], row["参与人数"]) == ("1 学习宣传贯彻", date(2024, 5, 21), 46)
    assert (row["计入"], row["复核说明"]) == ("是", "")


def test_every_edited_cell_decides_a_field_of_its_activity(made: dict[str, Sheet]) -> None:
    columns = {column.header: column for column in made["活动明细"].columns if column.edit}
    fields = {
        header: decided(FIRST, column) for header, column in columns.items() if column.field is not None
    }

    assert fields == {
        "单位": ("2024-00001", "activity/1/unit"),
        "类别": ("2024-00001", "activity/1/category"),
        "开始日期": ("2024-00001", "activity/1/date_start"),
        "结束日期": ("2024-00001", "activity/1/date_end"),
        "地点": ("2024-00001", "activity/1/place"),
        "参与人数": ("2024-00001", "activity/1/participants"),
        "场次": ("2024-00001", "activity/1/sessions"),
        "资料份数": ("2024-00001", "activity/1/materials"),
        "计入": ("2024-00001", "activity/1/counted"),
    }
    assert {header for header, column in columns.items() if column.why} == set(fields) - {"类别", "地点"}
    assert {column.why for column in columns.values() if column.why} == {"复核说明"}
    assert columns["复核说明"].edit is Edit.FREE and columns["复核说明"].field is None


def test_a_category_or_unit_in_doubt_is_decided_in_the_questions_and_locked_here(
    made: dict[str, Sheet],
) -> None:
    sheet = made["活动明细"]

    assert not {"类别", "单位"} & set(_open(sheet, UNDECIDED))
    assert "单位待核，见待核事项" in str(by_id(sheet)[UNDECIDED]["备注"])
    assert "参与人数" in _open(sheet, UNDECIDED)
    assert "类别待核，见待核事项" in by_id(sheet)[UNDECIDED]["备注"]
    assert f"{UNDECIDED}/category" in made["待核事项"].frame.index


def test_nothing_can_be_written_where_the_mail_counts_for_nothing(made: dict[str, Sheet]) -> None:
    sheet = made["活动明细"]
    told = by_id(sheet)

    closed = [row for row in told if row.startswith(("2024-00002", "2024-00004"))]
    assert closed
    for row in closed:
        assert (_open(sheet, row), row in sheet.faded, told[row]["计入"]) == ([], True, "否")
    assert told[COPIED]["备注"] == "重复件，与 2024-00003 相同"


def test_an_activity_that_a_person_took_out_stays_and_can_be_taken_in_again(rules: Rules) -> None:
    whole, less = sheets(season(), rules), sheets(_taken_out(), rules)
    row = by_id(less["活动明细"])[FIRST]

    assert (row["计入"], row["备注"]) == ("否", "人工定为不计入")
    assert FIRST in less["活动明细"].faded
    assert "计入" in _open(less["活动明细"], FIRST)
    assert (whole["活动明细"].total("参与人数") or 0) - (less["活动明细"].total("参与人数") or 0) == 46
    assert (whole["分类统计"].total("活动数") or 0) - (less["分类统计"].total("活动数") or 0) == 1
    verdicts = [one["内容"] for one in rows(less["说明"]) if one["项目"] in ("核对", "按单位核对")]
    assert all(verdict.startswith("相符") for verdict in verdicts)


def test_what_a_person_decided_stands_in_the_cell_where_it_was_edited_and_flows_into_the_totals(
    rules: Rules,
) -> None:
    made = [
        _answered(1, "60", field="activity/1/participants"),
        _answered(2, "", field="activity/3/participants"),
        _answered(3, "6", field="activity/1/category"),
        _answered(4, "no", field="activity/4/counted"),
    ]
    before, after = fold(season(), (), rules), fold(season(), made, rules)
    old, new = sheets(before, rules, ())["活动明细"], sheets(after, rules, made)["活动明细"]
    told = by_id(new)

    assert (told[FIRST]["参与人数"], told[FIRST]["类别"]) == (60, "6 办实事")
    assert told["2024-00001/activity/3"]["参与人数"] is None
    assert told["2024-00001/activity/4"]["计入"] == "否"
    assert (new.total("参与人数") or 0) == (old.total("参与人数") or 0) + 14 - 3400 - 220
    quotes = {(one.row, one.header): one.text for one in new.comments}
    assert "人工更正（李：看过原件）" in quotes[FIRST, "参与人数"]


def test_activities_that_do_not_count_are_shown_and_add_nothing(made: dict[str, Sheet]) -> None:
    details = made["活动明细"]
    told = rows(details)
    counted = [row["参与人数"] for row in told if row["计入"] == "是" and row["参与人数"] is not None]

    assert {row["备注"] for row in told if row["计入"] == "否"} == {
        "已由 2024-00006 替代",
        "重复件，与 2024-00003 相同",
    }
    assert details.total("参与人数") == sum(counted)
    assert len(details.faded) == 3


def test_a_part_is_called_by_its_name_where_its_path_does_not_hold_it(rules: Rules) -> None:
    one = season()[0]
    assert one.filing is not None
    renamed = replace(one.filing, parts=(part("1", media_type="text/plain"), part("2", "总结.docx")))
    spans = (Span(part="2", block=3, start=0, end=1), Span(part="1", block=0, start=0, end=1))
    for span, expected in zip(spans, ("2 总结.docx 第3块", "1 正文 第0块"), strict=True):
        told = replace(
            one.filing.activities[0], activity=replace(one.filing.activities[0].activity, spans=(span,))
        )
        mail = replace(one, filing=replace(renamed, activities=(told,)))

        row = rows(sheets((mail,), rules)["活动明细"])[0]

        assert row["出处（文件、位置）"] == expected


# ---------------------------------------------------------------- 分类统计


def test_categories_add_up_to_the_details(made: dict[str, Sheet]) -> None:
    counted = [row for row in rows(made["活动明细"]) if row["计入"] == "是"]
    statistics = made["分类统计"]

    assert statistics.total("活动数") == len(counted)
    assert statistics.total("参与人数") == made["活动明细"].total("参与人数")
    assert statistics.total("其中类别待核") == 1
    peers = [column.header for column in statistics.columns][10:-1]
    assert sum(statistics.total(peer) or 0 for peer in peers) == len(counted)


def test_the_charts_draw_columns_of_the_table_and_no_kind_of_unit_without_activities(
    made: dict[str, Sheet],
) -> None:
    sheet = made["分类统计"]
    activities, kinds, people = sheet.charts

    assert (activities.series, people.series) == (("活动数",), ("参与人数",))
    assert kinds.stacked and "企业科协" not in kinds.series
    for chart in sheet.charts:
        assert chart.labels == "类别"
        assert set(chart.series) <= set(sheet.frame.columns)
    assert sum(sheet.total(name) or 0 for name in kinds.series) == sheet.total("活动数")


def test_a_season_without_activities_has_no_charts(rules: Rules) -> None:
    assert sheets((), rules)["分类统计"].charts == ()


# ---------------------------------------------------------------- 不计入文字


def _answered(number: int, new: str, **traits: Any) -> Correction:
    given: dict[str, Any] = {"accession": "2024-00001", "field": "question/aside-1", "old": ""}
    return Correction(number=number, new=new, by="李", why="看过原件", at=at(24), **(given | traits))


def _aside(sheet: Sheet) -> Row:
    return by_id(sheet)["2024-00001/question/aside-1"]


def test_what_is_not_counted_stands_there_with_its_reason_and_place(made: dict[str, Sheet]) -> None:
    told = [one for one in season() if one.filing and one.filing.set_aside]

    assert told
    assert rows(made["不计入文字"])
    for row in rows(made["不计入文字"]):
        filing = next(one.filing for one in told if one.item.accession == row["收文号"])
        assert filing is not None
        assert (row["不计入的原因"], row["原文"]) in {(one.reason, one.text) for one in filing.set_aside}
        assert row["出处（文件、位置）"]


def test_what_staff_write_about_words_that_are_not_counted_is_an_answer_that_stays(rules: Rules) -> None:
    sheet = sheets(season(), rules)["不计入文字"]
    (column,) = [column for column in sheet.columns if column.edit]

    assert decided("2024-00001/question/aside-1", column) == ("2024-00001", "question/aside-1")
    assert _aside(sheet)["复核意见"] == ""
    assert sheet.links["2024-00001/question/aside-1", "原件"] == "files/2024-00001/02-总结.docx"
    answers = [_answered(1, "确是部署"), _answered(2, "应计入")]
    assert _aside(sheets(season(), rules, answers)["不计入文字"])["复核意见"] == "应计入"
    undone = [*answers, _answered(3, "", act=Act.UNDO, about=2)]
    assert _aside(sheets(season(), rules, undone)["不计入文字"])["复核意见"] == "确是部署"
