"""Which unit sent the mail: hard cases that a stranger may write, and the labelled mails."""

from __future__ import annotations

import pytest

import rules
from pipeline.identify import identify
from pipeline.identify.forms import roster_of
from pipeline.identify.spelling import beginnings
from tests import labelled
from tests.hard_units import CASES, Case
from tests.support import needs_shared

RULES = rules.load()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.slug)
def test_a_hard_case_is_booked_as_a_careful_person_would(case: Case) -> None:
    found = identify(case.mail, RULES.units, RULES.notice)

    if found.decided:
        assert found.best == case.best
        assert found.best not in case.not_decided
    if case.best is not None and case.sure:
        assert (found.best, found.decided) == (case.best, True)
    if case.sure is False:
        assert not found.decided
    assert set(case.among) <= {candidate.name for candidate in found.candidates}


@needs_shared
def test_the_labelled_reports_are_booked_right_and_never_wrongly_decided() -> None:
    right = wrong = wanted = 0
    for _, reading, label in labelled.readings():
        if label["kind"] != "other":
            found = identify(reading, RULES.units, RULES.notice)
            wanted += 1
            right += found.best == label["unit"]
            wrong += found.decided and found.best != label["unit"]

    assert wanted == 60
    assert right >= 59
    assert wrong == 0


def test_every_form_of_the_roster_is_looked_at_where_it_begins() -> None:
    known = roster_of(rules.load().units, labelled.notice().organisers)

    assert [form for form in known.forms if not known.heads.match(form)] == []
    assert known.heads.search("活动圆满结束。") is None


def test_a_name_of_one_character_or_with_signs_of_patterns_is_no_stumbling_block() -> None:
    assert beginnings(["渝", "^]", "a-", "渝北"]).findall("渝北a-渝^]") == ["渝北", "a-", "^]"]
    assert beginnings([]).search("渝北") is None


def test_spelling_of_digits_and_spaces_changes_no_unit() -> None:
    for case in CASES[:10]:
        again = identify(case.mail, tuple(reversed(RULES.units)), RULES.notice)
        assert again.best == identify(case.mail, RULES.units, RULES.notice).best
