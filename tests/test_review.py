"""pipeline/review: people's corrections beside the filing."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from pipeline.errors import PermanentError
from pipeline.records import Code, Contact, Correction, Filing, Kind
from pipeline.review import FIELDS, apply, wrong
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
    assert "activity/9/participants = 60" in decided.problems[-1].detail


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
