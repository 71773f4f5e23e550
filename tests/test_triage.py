"""What a mail is for the season: submissions, corrections, supplements, and all that is none of these."""

from __future__ import annotations

from datetime import datetime

import pytest

import rules
from pipeline.triage import triage
from tests import labelled
from tests.hard_kinds import CASES, Case
from tests.support import needs_shared

NOTICE = rules.load().notice


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.slug)
def test_a_hard_case_is_what_a_careful_person_takes_it_for(case: Case) -> None:
    verdict = triage(case.mail, case.found, NOTICE, received=case.received)

    assert verdict.kind is case.kind
    assert verdict.announces is case.announces
    if case.problem is not None:
        assert case.problem in {problem.code for problem in verdict.problems}
    if case.quiet:
        assert verdict.problems == ()


@needs_shared
def test_the_labelled_mails_are_told_apart_four_ways() -> None:
    wrong = [
        (name, label["kind"], verdict.kind)
        for name, reading, label in labelled.readings()
        for received in [datetime.fromisoformat(label["mail"]["date"])]
        for verdict in [triage(reading, labelled.segments(label), NOTICE, received=received)]
        if verdict.kind.value != label["kind"]
    ]

    assert len(wrong) <= 1, wrong
