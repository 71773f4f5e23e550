"""待核事项: what is asked, in which order, how its row names the decision, and what a person has answered."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outputs.tables import Sheet
from outputs.tables.effect import FULL, Effect, Stakes
from outputs.tables.question import key, path
from outputs.tables.sheet import Edit, decided
from outputs.words import HANDLINGS, JOINT_DECISIONS, OTHERWISE, RELATION_DECISIONS
from pipeline.evaluate import evaluate
from pipeline.records import (
    Act,
    Code,
    Correction,
    Joint,
    Problem,
)
from pipeline.season import season as folded
from rules import Rules
from tests.season import (
    BANAN,
    BUREAU,
    JIANGJIN,
    OUTSIDE,
    YUBEI,
    at,
    season,
    small_rules,
)
from tests.tabled import by_id, rows, sheets


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    return small_rules(tmp_path_factory.mktemp("rules"))


@pytest.fixture(scope="module")
def made(rules: Rules) -> Sheet:
    return sheets(season(), rules)["待核事项"]


def _column(sheet: Sheet, header: str) -> Any:
    return next(column for column in sheet.columns if column.header == header)


def decision(accession: str, field: str, new: str, **traits: Any) -> Correction:
    """A person's decision of 24 June."""
    given: dict[str, Any] = {"number": 1, "old": "", "by": "王芳", "why": "", "at": at(24), **traits}
    return Correction(accession=accession, field=field, new=new, **given)


# ---------------------------------------------------------------- what is asked


def test_everything_that_needs_a_person_is_a_question(made: Sheet) -> None:
    ids = set(made.frame.index)

    assert ids >= {
        "2024-00010/question/state",
        "2024-00011/question/state",
        "2024-00005/unit",
        "2024-00013/unit",
        "2024-00005/activity/1/category",
        path("2024-00012", "unsupported", "3/资料.7z"),
        path("2024-00012", "needs-ocr", "2/活动总结（盖章）.pdf"),
        "2024-00002/relation",
        "2024-00001/question/activity-2-facts",
        "2024-00007/question/activity-1-media",
        f"unit/{OUTSIDE}/question/roster",
        f"unit/{BUREAU}/question/missing",
    }
    assert [one for one in ids if one.startswith("2024-00012/question/needs-ocr")] == [
        path("2024-00012", "needs-ocr", "2/活动总结（盖章）.pdf")
    ], "the problem and the part say the same"
    assert path("2024-00012", "noise", "4/Thumbs.db") not in ids


def test_mails_that_are_not_begun_are_one_question(rules: Rules) -> None:
    """They fill no page: the next round takes them in."""
    begun, waiting = season()[:10], season()[10]
    more = tuple(replace(waiting, item=replace(waiting.item, accession=f"2024-0009{n}")) for n in range(9))

    sheet = sheets((*begun, *more), rules)["待核事项"]

    row = by_id(sheet)["2024-00090/question/state"]
    assert "共 9 件" in row["说明"]
    assert len([one for one in sheet.frame.index if one.startswith("2024-0009")]) == 1


def test_a_unit_outside_the_roster_is_not_asked_about_twice(rules: Rules) -> None:
    outside = season()[6]
    assert outside.filing is not None
    found = replace(outside.filing.identification, decided=False)
    doubtful = replace(outside, filing=replace(outside.filing, identification=found))

    ids = set(sheets((doubtful,), rules)["待核事项"].frame.index)

    assert "2024-00007/unit" in ids
    assert f"unit/{OUTSIDE}/question/roster" not in ids


def test_the_row_id_is_the_path_of_the_decision(made: Sheet) -> None:
    column = _column(made, "处理")

    assert (column.edit, column.field, column.why) == (Edit.CHOICE, "", "处理意见")
    assert decided("2024-00005/activity/1/category", column) == ("2024-00005", "activity/1/category")
    assert decided("2024-00010/question/state", column) == ("2024-00010", "question/state")
    assert decided(f"unit/{BUREAU}/question/missing", column) == ("", f"question/missing/{BUREAU}")


def test_every_question_offers_a_short_list_and_the_machine_s_best_first(made: Sheet, rules: Rules) -> None:
    choices = made.choices

    assert all(choices[one] for one in made.frame.index if one != "2024-00013/unit")
    assert choices["2024-00005/unit"] == (JIANGJIN, BANAN)
    assert "2024-00013/unit" not in choices, "nothing is known: a name is typed"
    assert choices["2024-00005/activity/1/category"][:2] == ("4 唱响科学家精神", "5 科技志愿服务")
    assert len(choices["2024-00005/activity/1/category"]) == len(rules.categories) == 7
    assert choices["2024-00002/relation"] == tuple(RELATION_DECISIONS.values())
    assert choices["2024-00010/question/state"] == HANDLINGS["state"]
    assert all(OTHERWISE in choices[one] for one in choices if "/question/" in one)


def test_a_copy_may_be_said_to_count_all_the_same_and_stands_last(made: Sheet, rules: Rules) -> None:
    sheet = answered(rules, decision("2024-00004", "relation", "independent"))

    assert made.choices["2024-00004/relation"] == ("两件都计",)
    assert list(made.frame.index).index("2024-00004/relation") >= len(made.frame) - 2
    assert by_id(sheet)["2024-00004/relation"]["处理"] == "两件都计"


@given(st.text(), st.lists(st.text(), max_size=3))
def test_a_key_is_a_name_whatever_a_mail_calls_its_files(what: str, about: list[str]) -> None:
    found = key("damaged", what, *about)

    assert found == key("damaged", what, *about)
    assert set(found) <= set("abcdefghijklmnopqrstuvwxyz-0123456789")


def test_a_joint_activity_is_asked_about_under_its_members(rules: Rules) -> None:
    members = (("2024-00003", 2), ("2024-00001", 1))
    found = Joint(members=members, units=("重庆市园艺学会", YUBEI), decided=False, words="同一天")
    filed = tuple(
        replace(one, joint=(found,)) if one.item.accession in dict(members) else one for one in season()
    )

    sheet = sheets(filed, rules)["待核事项"]

    id_ = "2024-00001/joint/2024-00001.1+2024-00003.2"
    assert sheet.choices[id_] == tuple(JOINT_DECISIONS.values())
    assert by_id(sheet)[id_]["影响"] == "人数 46", "the other telling's people are counted once more"


def test_every_question_leads_to_its_mail_and_its_file(made: Sheet) -> None:
    row = path("2024-00012", "unsupported", "3/资料.7z")

    assert made.links[row, "收文号"] == "files/2024-00012/00-原件.eml"
    assert made.links[row, "原件"] == "files/2024-00012/03-资料.7z"
    assert made.links["2024-00010/question/state", "原件"] == "files/2024-00010/00-原件.eml"


# ---------------------------------------------------------------- the order


def test_mails_that_wait_stand_before_all_other_questions(made: Sheet) -> None:
    assert list(made.frame.index[:2]) == ["2024-00010/question/state", "2024-00011/question/state"]


def test_points_at_stake_order_the_questions_then_people(made: Sheet) -> None:
    ids = list(made.frame.index)

    assert ids[2] == "2024-00013/unit", "a mail without a unit may bring a whole rubric to one"
    assert ids.index("2024-00005/unit") < ids.index("2024-00005/activity/1/category")
    assert ids.index("2024-00005/activity/1/category") < ids.index("2024-00002/relation")
    assert by_id(made)["2024-00013/unit"]["影响"] == "得分 0～100\n人数 300"
    assert by_id(made)["2024-00002/relation"]["影响"] == "人数 320"


def test_a_category_in_doubt_bears_on_what_the_rubric_leaves_open(rules: Rules) -> None:
    evaluations = evaluate(season(), rules)
    stakes = Stakes(evaluations, rules)
    mine = next(one for one in evaluations if one.unit == JIANGJIN)
    ids = {one.id for one in rules.scoring.criteria if one.rule in ("categories", "on_theme")}
    open_ = sum(one.high - one.low for one in mine.scores if one.criterion in ids)

    assert open_ > 0
    assert stakes.open_points((JIANGJIN,), ("categories", "on_theme")) == (0, open_)
    assert stakes.whole((JIANGJIN,)) == (0, mine.high)
    assert stakes.whole(()) == (0, FULL)


def test_what_was_taken_off_is_what_a_contradiction_bears_on(rules: Rules) -> None:
    evaluations = evaluate(season(), rules)
    scores = {one.criterion: one for one in next(one for one in evaluations if one.unit == BANAN).scores}
    rule = next(one.id for one in rules.scoring.criteria if one.rule == "consistency")
    withheld = scores[rule].full - scores[rule].low - scores["contradiction"].low

    found = Stakes(evaluations, rules).contested((BANAN,), ("consistency", "contradiction"))

    assert withheld > 0
    assert found == (0, withheld)


def test_points_that_a_person_gave_are_at_stake_no_more(rules: Rules) -> None:
    evaluations = evaluate(season(), rules)
    settled = [
        replace(one, scores=tuple(replace(score, reviewed=score.low) for score in one.scores))
        for one in evaluations
    ]
    rest = {one.rule for one in rules.scoring.criteria}

    assert Stakes(evaluations, rules).open_points((JIANGJIN,), rest)[1] > 0
    assert Stakes(settled, rules).open_points((JIANGJIN,), rest) == (0, 0)


@given(
    st.lists(
        st.builds(
            Effect,
            urgent=st.booleans(),
            low=st.floats(-4, 0),
            high=st.floats(0, 100),
            people=st.integers(0, 9999),
        )
    )
)
def test_urgent_goes_before_points_and_points_before_people(effects: list[Effect]) -> None:
    ordered = sorted(effects, key=lambda one: one.order)

    for one, other in pairwise(ordered):
        assert one.urgent >= other.urgent
        if one.urgent == other.urgent:
            assert one.points >= other.points
        if (one.urgent, one.points) == (other.urgent, other.points):
            assert one.people >= other.people


def test_an_effect_says_what_hangs_on_it() -> None:
    assert Effect(high=3, people=64).words == "得分 0～3；人数 64"
    assert Effect(low=-2).words == "得分 -2～0"
    assert Effect(urgent=True, said="整件未计入").words == "整件未计入"
    assert Effect().words == "不影响得分"


def test_questions_about_a_mail_that_does_not_count_change_no_points(made: Sheet) -> None:
    row = next(row for row in rows(made) if row["收文号"] == "2024-00002" and row["事项"] == "前后矛盾")

    assert row["影响"] == "本件不计入"


# ---------------------------------------------------------------- what a person has answered


def answered(rules: Rules, *made: Correction) -> Sheet:
    """The sheet after these decisions."""
    return sheets(folded(season(), made, rules), rules, made)["待核事项"]


@pytest.mark.parametrize(
    ("accession", "field", "new", "shown"),
    [
        ("2024-00010", "question/state", "已放行", "已放行"),
        ("2024-00002", "relation", "accept", RELATION_DECISIONS["accept"]),
        ("2024-00002", "relation", "independent", RELATION_DECISIONS["independent"]),
        ("", f"question/missing/{BUREAU}", "已请单位补报", "已请单位补报"),
        ("2024-00005", "unit", BANAN, BANAN),
        ("2024-00005", "activity/1/category", "5", "5 科技志愿服务"),
    ],
)
def test_what_was_answered_stays_at_the_foot_with_who_when_and_what(
    rules: Rules, accession: str, field: str, new: str, shown: str
) -> None:
    id_ = f"{accession}/{field}" if accession else f"unit/{BUREAU}/question/missing"

    sheet = answered(rules, decision(accession, field, new, why="电话核实"))

    assert sheet.frame.index[-1] == id_
    assert sheet.faded == {id_}
    row = by_id(sheet)[id_]
    assert (row["处理"], row["处理意见"]) == (shown, "电话核实")
    assert row["备注"].startswith("王芳 2024-06-24 10:00 已处理")
    elsewhere = field in ("unit", "activity/1/category")
    assert sheet.open(id_, _column(sheet, "处理")) is not elsewhere, "a fact is edited in one place"
    assert ("再改请到" in row["备注"]) is elsewhere


def test_what_was_taken_back_is_asked_again(rules: Rules) -> None:
    said = decision("2024-00010", "question/state", "已放行")
    back = decision("2024-00010", "question/state", "", number=2, act=Act.UNDO, about=1)

    sheet = answered(rules, said, back)

    assert not sheet.faded
    assert by_id(sheet)["2024-00010/question/state"]["处理"] == ""


def test_an_answer_whose_question_is_gone_is_still_shown(rules: Rules) -> None:
    sheet = answered(rules, decision("2024-00001", "question/damaged-12345678", "已请单位重发"))

    row = by_id(sheet)["2024-00001/question/damaged-12345678"]
    assert (row["处理"], row["单位"]) == ("已请单位重发", YUBEI)
    assert "不再有这个问题" in row["说明"]


def test_answers_about_words_that_are_not_counted_stand_on_their_own_sheet(rules: Rules) -> None:
    sheet = answered(rules, decision("2024-00001", "question/aside-1", "应当计入"))

    assert not sheet.faded


def test_a_sender_who_becomes_better_known_is_no_new_question(rules: Rules) -> None:
    """The words of the question name the unit's known addresses, which grow; the answer stays with it."""
    told = [Problem(code=Code.SENDER, detail=f"与已知地址 {n} 个都不同") for n in (1, 2)]
    one = season()[0]
    assert one.filing is not None
    ids = []
    for problem in told:
        mail = replace(one, filing=replace(one.filing, problems=(problem,)))
        ids.append([id_ for id_ in sheets((mail,), rules)["待核事项"].frame.index if "sender" in id_])

    assert ids == [["2024-00001/question/sender"]] * 2
