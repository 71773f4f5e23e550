"""pipeline/review: people's corrections beside the filing."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import PermanentError
from pipeline.records import Act, Code, Contact, Correction, Filing, Judged, Kind
from pipeline.review import FIELDS, answers, apply, noted, present, scores, standing, value, wrong
from tests.season import BANAN, JIANGJIN, YUBEI, season

KEY = "2024-00003.2+2024-00007.1"


def _filing(number: int) -> Filing:
    found = season()[number - 1].filing
    assert found is not None
    return found


def _correct(field: str, new: str, *, by: str = "谢老师", why: str = "看了原件") -> Correction:
    at = datetime(2024, 6, 24, tzinfo=UTC)
    return Correction(accession="2024-00001", field=field, old="", new=new, by=by, why=why, at=at)


def test_without_corrections_a_filing_stays_as_it_is() -> None:
    for one in season():
        if one.filing is not None:
            assert apply(one.filing, ()) == one.filing


def test_a_correction_leaves_the_machines_filing_untouched() -> None:
    filing = _filing(1)

    apply(filing, (_correct("activity/1/category", "6"),))

    assert filing == _filing(1)


def test_the_unit_that_a_person_names_is_decided_and_settles_the_doubt() -> None:
    decided = apply(_filing(5), (_correct("unit", BANAN),))

    assert (decided.identification.best, decided.identification.decided) == (BANAN, True)
    assert decided.identification.in_roster
    assert [one.name for one in decided.identification.candidates] == [BANAN, JIANGJIN]
    assert Code.UNIT_UNDECIDED not in {problem.code for problem in decided.problems}
    assert "谢老师" in decided.identification.evidence[0][1]


def test_a_unit_outside_the_roster_is_marked_as_such() -> None:
    decided = apply(_filing(1), (_correct("unit/outside", "某民间组织"),))

    assert (decided.identification.best, decided.identification.in_roster) == ("某民间组织", False)


def test_a_category_that_a_person_gives_is_decided_and_settles_its_doubt_alone() -> None:
    decided = apply(_filing(5), (_correct("activity/1/category", "5"),))

    classification = decided.activities[0].classification
    assert (classification.code, classification.decided) == (5, True)
    assert {problem.code for problem in decided.problems} == {Code.UNIT_UNDECIDED}


@pytest.mark.parametrize(
    ("name", "new", "value"),
    [
        ("participants", "60", 60),
        ("sessions", "3", 3),
        ("materials", "0", 0),
        ("date_start", "2024-05-22", date(2024, 5, 22)),
        ("date_end", "2024-05-23", date(2024, 5, 23)),
        ("place", "区科技馆", "区科技馆"),
    ],
)
def test_a_figure_that_a_person_gives_carries_the_persons_words(name: str, new: str, value: object) -> None:
    decided = apply(_filing(1), (_correct(f"activity/1/{name}", new),))

    stated = getattr(decided.activities[0].activity, name)
    assert stated.value == value
    assert stated.words == "人工更正（谢老师：看了原件）"
    assert decided.activities[1:] == _filing(1).activities[1:]


def test_nothing_means_that_it_is_not_stated() -> None:
    decided = apply(_filing(1), (_correct("activity/1/participants", ""),))

    assert decided.activities[0].activity.participants is None


def test_media_secondary_categories_and_titles_can_be_given() -> None:
    decided = apply(
        _filing(1),
        (
            _correct("activity/2/media", "重庆日报、华龙网"),
            _correct("activity/2/also", "3, 4"),
            _correct("activity/2/title", "专栏"),
        ),
    ).activities[1]

    assert [stated.value for stated in decided.activity.media] == ["重庆日报", "华龙网"]
    assert decided.classification.also == (3, 4)
    assert decided.activity.title == "专栏"


def test_an_activity_that_does_not_count_stays_in_its_place() -> None:
    decided = apply(
        _filing(1), (_correct("activity/1/counted", "no"), _correct("activity/3/participants", "9"))
    )

    assert [judged.counted for judged in decided.activities] == [False, True, True, True]
    assert decided.activities[0].activity == _filing(1).activities[0].activity
    people = decided.activities[2].activity.participants
    assert people is not None
    assert people.value == 9
    assert decided.set_aside == _filing(1).set_aside


def test_the_last_decision_about_a_field_stands() -> None:
    decided = apply(_filing(1), (_correct("activity/1/counted", "no"), _correct("activity/1/counted", "yes")))

    assert decided.activities == _filing(1).activities


def test_a_mail_that_a_person_calls_no_submission_has_no_activities() -> None:
    decided = apply(_filing(1), (_correct("kind", "other"),))

    assert (decided.kind, decided.activities) == (Kind.OTHER, ())


def test_a_contact_can_be_given_and_taken_away() -> None:
    given = apply(_filing(3), (_correct("contact", "王 工 13800000000"),))

    assert given.contact == Contact(name="王 工", phone="13800000000")
    assert apply(_filing(1), (_correct("contact", ""),)).contact is None


def test_a_decision_about_an_activity_that_is_gone_changes_nothing_and_is_shown() -> None:
    decided = apply(_filing(1), (_correct("activity/9/participants", "60"),))

    assert decided.activities == _filing(1).activities
    assert decided.problems[-1].code is Code.REVIEW
    assert "第 9 项活动的人数：60" in decided.problems[-1].detail


@pytest.mark.parametrize(
    "field",
    [
        "units",
        "activity/0/title",
        "activity/1/colour",
        "activity/x/title",
        "",
        "joint/2024-00003.2",
        "score/B1/某会",
    ],
)
def test_an_unknown_field_is_refused_by_name(field: str) -> None:
    with pytest.raises(PermanentError, match="2024-00001 的更正") as error:
        apply(_filing(1), (_correct(field, "1"),))

    assert field in str(error.value)


@pytest.mark.parametrize(
    ("field", "new"),
    [
        ("kind", "report"),
        ("unit", ""),
        ("contact", "王工"),
        ("activity/1/category", "7"),
        ("activity/1/category", ""),
        ("activity/1/also", "1,x"),
        ("activity/1/participants", "-1"),
        ("activity/1/participants", "很多"),
        ("activity/1/date_start", "5月20日"),
        ("activity/1/counted", "maybe"),
        ("activity/1/counted", ""),
        ("activity/1/featured", "101"),
        ("activity/1/recommended", "好"),
        ("relation", "yes"),
        (f"joint/{KEY}", ""),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_field(field: str, new: str) -> None:
    with pytest.raises(PermanentError, match="不合规定") as error:
        apply(_filing(1), (_correct(field, new),))

    assert field in str(error.value)


def test_every_documented_field_is_accepted() -> None:
    values = {
        "kind": "supplement",
        "unit": YUBEI,
        "unit/outside": "某组织",
        "contact": "王工 13800000000",
        "category": "3",
        "also": "2",
        "date_start": "2024-05-20",
        "date_end": "2024-05-21",
        "counted": "yes",
        "featured": "87.5",
        "recommended": "no",
        "relation": "independent",
        "joint/K": "yes",
        "participants": "1",
        "sessions": "1",
        "materials": "1",
    }
    for field in FIELDS:
        new = values.get(field) or values.get(field.rsplit("/", 1)[-1], "文字")
        named = field.replace("/N/", "/1/").replace("joint/K", f"joint/{KEY}").replace("/W", "/会议时间")
        assert wrong(_correct(named, new)) == ""
        apply(_filing(1), (_correct(named, new),))


# ---------------------------------------------------------------- what stands


def _numbered(*rows: Correction) -> tuple[Correction, ...]:
    return tuple(replace(row, number=number) for number, row in enumerate(rows, 1))


def _about(act: Act, about: int, by: str = "李主任") -> Correction:
    return replace(_correct("", "", by=by), act=act, about=about)


def test_an_undone_decision_lets_the_one_before_it_stand_again() -> None:
    field = "activity/1/participants"
    rows = _numbered(_correct(field, "60"), _correct(field, "70"), _about(Act.UNDO, 2))

    assert standing(rows) == rows[:1]
    assert value(apply(_filing(1), rows), field) == "60"
    undone = _numbered(*rows, _about(Act.UNDO, 1))
    assert apply(_filing(1), undone) == _filing(1)


def test_a_score_counts_at_once_unless_a_signature_is_due() -> None:
    score = replace(_correct("score/B1/某/会", "7.5"), accession="")
    rows = _numbered(score, replace(score, field="score/B2/某/会", new="3"), _about(Act.SIGN, 1))

    free, due = scores(rows), scores(rows, signature_due=True)

    assert {key: (one.points, one.signed, one.stands) for key, one in free.items()} == {
        ("某/会", "B1"): (7.5, "李主任", True),
        ("某/会", "B2"): (3.0, "", True),
    }
    assert [one.stands for one in due.values()] == [True, False]
    assert (
        scores((*rows, replace(_about(Act.UNDO, 3), number=4)), signature_due=True)["某/会", "B1"].stands
        is False
    )


@pytest.mark.parametrize(
    ("decider", "signer"),
    [("王 芳", "王芳"), ("Wang Fang", "ＷＡＮＧ　ＦＡＮＧ"), ("王芳", "王芳\u200b"), ("Aⅱ", "aII")],
)
def test_one_who_signs_his_own_score_is_no_second_person(decider: str, signer: str) -> None:
    score = replace(_correct("score/B1/某会", "7", by=decider), accession="")

    own = scores(_numbered(score, _about(Act.SIGN, 1, by=signer)), signature_due=True)

    assert (own["某会", "B1"].signed, own["某会", "B1"].stands) == ("", False)


def test_a_score_given_back_to_the_machine_is_no_decision_any_more() -> None:
    score = replace(_correct("score/B1/某会", "7"), accession="")

    assert scores(_numbered(score, replace(score, new=""))) == {}


def test_answers_to_questions_are_kept_by_their_question_and_change_no_filing() -> None:
    rows = _numbered(
        _correct("question/附件缺页", "已电话催补"),
        _correct("question/照片", "x"),
        _correct("question/照片", ""),
    )

    assert {key: one.new for key, one in answers(rows).items()} == {
        ("2024-00001", "question/附件缺页"): "已电话催补"
    }
    assert apply(_filing(1), rows) == _filing(1)


def test_a_reviewers_points_and_recommendation_stand_beside_the_activity() -> None:
    decided = apply(
        _filing(1), (_correct("activity/2/featured", "87.5"), _correct("activity/2/recommended", "yes"))
    )

    assert (decided.activities[1].featured, decided.activities[1].recommended) == (87.5, True)
    assert value(decided, "activity/2/featured") == "87.5"
    assert value(decided, "activity/2/recommended") == "yes"
    assert value(decided, "activity/1/recommended") == ""


def test_every_value_that_is_given_is_the_value_that_then_stands() -> None:
    given = {
        "kind": "supplement", "unit": YUBEI, "contact": "王 工 13800000000", "activity/1/category": "3",
        "activity/1/also": "2,5", "activity/1/date_start": "2024-05-20", "activity/1/place": "广场",
        "activity/1/participants": "12", "activity/1/media": "甲报、乙台", "activity/1/unit": BANAN,
        "activity/1/counted": "no", "activity/1/title": "新题",
    }  # fmt: skip

    decided = apply(_filing(1), tuple(_correct(field, new) for field, new in given.items()))

    assert {field: value(decided, field) for field in given} == given


# ---------------------------------------------------------------- which activity is meant


def _decided(filing: Filing, field: str, new: str) -> Correction:
    """A decision as the import makes it: the machine's value and the activity's words with it."""
    return noted(_correct(field, new), filing)


def _with(filing: Filing, *activities: Judged) -> Filing:
    return replace(filing, activities=activities)


def test_a_decision_follows_its_activity_when_another_one_is_found_before_it() -> None:
    before = _filing(1)
    first, second, *rest = before.activities
    decision = _decided(before, "activity/1/participants", "61")
    other = replace(first, activity=replace(first.activity, title="另一项", text="另一项活动的文字"))

    after = apply(_with(before, other, first, second, *rest), (decision,))

    assert after.activities[0] == other
    assert value(after, "activity/2/participants") == "61"
    assert after.problems == before.problems


def test_a_decision_is_never_applied_to_another_activity_that_took_its_number() -> None:
    before = _filing(1)
    first, *rest = before.activities
    decision = _decided(before, "activity/1/participants", "61")
    other = replace(first, activity=replace(first.activity, title="另一项", text="另一项活动的文字"))

    after = apply(_with(before, other, *rest), (decision,))

    assert after.activities == (other, *rest)
    (problem,) = set(after.problems) - set(before.problems)
    assert problem.code is Code.REVIEW
    assert "找不到对应的活动" in problem.detail


def test_an_activity_whose_words_were_cut_otherwise_is_known_by_its_title_and_shown() -> None:
    before = _filing(1)
    first, *rest = before.activities
    decision = _decided(before, "activity/1/participants", "61")
    longer = replace(first, activity=replace(first.activity, text=first.activity.text + "另有一句。"))

    after = apply(_with(before, longer, *rest), (decision,))

    assert value(after, "activity/1/participants") == "61"
    assert any("文字与更正时不同" in problem.detail for problem in after.problems)


def test_of_two_activities_with_the_same_words_only_the_one_that_kept_its_number_is_known() -> None:
    before = _filing(1)
    first, second, *rest = before.activities
    decision = _decided(before, "activity/2/category", "6")

    twice = apply(_with(before, second, second, first, *rest), (decision,))
    moved = apply(_with(before, second, first, second, *rest), (decision,))

    assert [one.classification.code for one in twice.activities][:2] == [second.classification.code, 6]
    assert any("找不到对应的活动" in problem.detail for problem in moved.problems)


def test_decisions_before_and_after_a_new_judgement_are_about_one_activity() -> None:
    before = _filing(1)
    first, *rest = before.activities
    other = replace(first, activity=replace(first.activity, title="另一项", text="另一项活动的文字"))
    after = _with(before, other, first, *rest)
    rows = (
        _decided(before, "activity/1/participants", "61"),
        _decided(after, "activity/2/participants", "62"),
    )

    assert value(apply(after, rows), "activity/2/participants") == "62"
    assert value(apply(after, rows[::-1]), "activity/2/participants") == "61"


def test_decisions_are_looked_up_by_the_numbers_that_activities_have_now() -> None:
    before = _filing(1)
    first, second, *rest = before.activities
    other = replace(first, activity=replace(first.activity, title="另一项", text="另一项活动的文字"))
    after = _with(before, other, first, *rest)
    key = "2024-00001.1+2024-00009.3"
    rows = (
        _decided(before, "activity/1/category", "6"),
        _decided(before, "activity/2/category", "6"),
        replace(_correct(f"joint/{key}", "yes"), anchor=f"{first.activity.anchor}+{second.activity.anchor}"),
        _correct("kind", "supplement"),
    )

    found = present({"2024-00001": after, "2024-00009": _with(before, second)}, rows)

    gone = len(after.activities) + 2
    assert [one.field for one in found] == [
        "activity/2/category",
        f"activity/{gone}/category",
        "joint/2024-00001.2+2024-00009.1",
        "kind",
    ]
    assert found[2].anchor == rows[2].anchor
    assert present({}, rows) == rows
    assert apply(after, found).activities == apply(after, rows).activities
    assert len(apply(after, found).problems) == len(apply(after, rows).problems) == len(before.problems) + 1


def test_joint_activities_of_one_mail_that_change_places_keep_their_anchors() -> None:
    before = _filing(1)
    first, second, *rest = before.activities
    anchors = f"{first.activity.anchor}+{second.activity.anchor}"
    row = replace(_correct("joint/2024-00001.1+2024-00001.2", "yes"), anchor=anchors)

    (found,) = present({"2024-00001": _with(before, second, first, *rest)}, (row,))

    assert found.field == row.field
    assert found.anchor == f"{second.activity.anchor}+{first.activity.anchor}"


def test_where_the_machine_now_says_something_else_a_person_is_asked_again() -> None:
    before = _filing(1)
    first, *rest = before.activities
    decision = _decided(before, "activity/1/category", "6")
    other = replace(first, classification=replace(first.classification, code=4))

    after = apply(_with(before, other, *rest), (decision,))

    assert after.activities[0].classification.code == 6
    (problem,) = set(after.problems) - set(before.problems)
    assert problem.detail == "第 1 项活动的类别，机器现判为“4”，人工定为“6”（谢老师），请复核"
    again = _decided(_with(before, other, *rest), "activity/1/category", "6")
    assert apply(_with(before, other, *rest), (decision, again)).problems == before.problems


def test_the_machine_that_comes_to_agree_asks_nobody() -> None:
    before = _filing(1)
    first, *rest = before.activities
    decision = _decided(before, "activity/1/category", "6")
    agreed = replace(first, classification=replace(first.classification, code=6))

    assert apply(_with(before, agreed, *rest), (decision,)).problems == before.problems


# ---------------------------------------------------------------- laws

CHOICES = st.sampled_from(
    [
        ("kind", "supplement"), ("kind", "other"), ("unit", YUBEI), ("unit", BANAN), ("unit/outside", "某会"),
        ("contact", "王工 13800000000"), ("contact", ""), ("relation", "independent"), ("question/x", "好"),
        *((f"activity/{n}/{name}", new) for n in (1, 2, 9) for name, new in (
            ("category", "6"), ("category", "2"), ("also", "2,3"), ("counted", "no"), ("counted", "yes"), ("title", "新题"),
            ("participants", "7"), ("participants", ""), ("media", "甲报"), ("unit", BANAN), ("featured", "90"),
        )),
    ]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(CHOICES, max_size=12), st.booleans(), st.randoms(use_true_random=False))
def test_only_the_order_within_one_field_matters_and_twice_is_once(
    made: list[tuple[str, str]], with_anchors: bool, chance: random.Random
) -> None:
    filing = _filing(5)
    rows = tuple(_decided(filing, *one) if with_anchors else _correct(*one) for one in made)
    by_field: dict[str, list[Correction]] = {}
    for row in rows:
        by_field.setdefault("unit" if row.field == "unit/outside" else row.field, []).append(row)
    waiting = [list(queue) for queue in by_field.values()]
    shuffled = []
    while waiting := [queue for queue in waiting if queue]:
        shuffled.append(chance.choice(waiting).pop(0))

    decided = apply(filing, rows)

    assert apply(filing, shuffled) == decided
    assert apply(decided, rows) == decided
