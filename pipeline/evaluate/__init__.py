"""All filings of a season to one evaluation a unit: the rubric, with an evidence line a point.

Purpose: `evaluate`, a fold over all filed mails; `why_not`, the reason why a mail counts for nothing.
Source: 渝科协发〔2024〕23号 part 4; the rubric is rules/<notice>/scoring.toml, which staff own.
Limits: the machine proposes (建议分) and never decides; an unknown fact gives an interval, never a silent 0. A mail
without any candidate for its unit is in no evaluation: the workbook lists it among what must be decided.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import fsum
from types import MappingProxyType

from pipeline.evaluate.complete import PARTS, missing
from pipeline.evaluate.criteria import score
from pipeline.evaluate.decided import Decided, bounds, reviewed, unused, within
from pipeline.evaluate.facts import NO_REPORT, Report, flat, label, place, quoted, reports, why_not
from pipeline.evaluate.off import LATE, off
from pipeline.evaluate.outlets import tier
from pipeline.evaluate.shares import sharers
from pipeline.records import Evaluation, Filed, Score
from rules import Rules

__all__ = [
    "LATE",
    "PARTS",
    "bounds",
    "evaluate",
    "flat",
    "label",
    "place",
    "quoted",
    "sharers",
    "tier",
    "why_not",
    "within",
]

NOTHING: Decided = MappingProxyType({})
"""No decisions."""


def evaluate(filed: Sequence[Filed], rules: Rules, decided: Decided = NOTHING) -> tuple[Evaluation, ...]:
    """Evaluate every unit of the roster, and those outside it that wrote.

    Args:
        filed: all mails with their filings and relations, in any order. Only filed mails of the kinds submission,
            correction and supplement count that are no duplicate and neither superseded nor recalled.
        decided: (unit, criterion) to the points that a person gave instead; totals and ranks rest on them where they stand.

    Returns:
        one Evaluation a unit, the roster's first and in its order. A unit without a counted mail has no accessions,
        no scores and no rank. Undecided units count for their best guess (建议) and say so in their notes, and so do
        decisions that count for nothing; a unit that is known from such a decision alone comes last.
    """
    found = reports(filed, rules)
    known = {report.unit for report in found}
    gone = sorted({unit for unit, _ in decided} - known)
    found += tuple(Report(unit, "", False, ()) for unit in gone)
    return _ranked(tuple(_evaluation(report, rules, decided) for report in found))


def _evaluation(report: Report, rules: Rules, decided: Decided) -> Evaluation:
    people = [
        fact.judged.activity.participants.value
        for fact in report.activities
        if fact.judged.activity.participants is not None
    ]
    scores = tuple(reviewed(one, decided, rules) for one in _scores(report, rules))
    return Evaluation(
        unit=report.unit,
        in_roster=report.in_roster,
        kind=report.kind,
        accessions=tuple(accession for accession, _ in report.counted),
        activities=len(report.activities),
        participants=sum(people) if people else None,
        scores=scores,
        low=round(fsum(one.final[0] for one in scores), 2),
        high=round(fsum(one.final[1] for one in scores), 2),
        rank=None,
        missing=missing(report, rules.scoring.effect_words) if report.counted else (),
        notes=(*_notes(report), *unused(report.unit, scores, decided, rules)),
    )


def _scores(report: Report, rules: Rules) -> tuple[Score, ...]:
    """What the machine gives for each line of the rubric; () where nothing counts."""
    if not report.counted:
        return ()
    return tuple(score(criterion, report, rules) for criterion in rules.scoring.criteria) + off(report, rules)


def _notes(report: Report) -> tuple[str, ...]:
    """What staff should know about the unit's mails: which do not count and why, and which may be another unit's."""
    notes = []
    for one in report.own:
        reason = why_not(one)
        if reason and reason != NO_REPORT:
            notes.append(f"{one.item.accession} {reason}，未计入")
        elif not reason and one.filing is not None:
            sender = one.filing.identification
            if report.unit != sender.best:
                notes.append(f"{one.item.accession} 由{sender.best or '不明单位'}代报")
            elif not sender.decided:
                notes.append(f"{one.item.accession} 报送单位待核")
    return tuple(notes)


def _ranked(evaluations: tuple[Evaluation, ...]) -> tuple[Evaluation, ...]:
    """Give each unit that sent its rank by low total within its peer group; ties share the better rank."""
    lows: dict[str, list[float]] = {}
    for one in evaluations:
        if one.accessions and one.in_roster:
            lows.setdefault(one.kind, []).append(one.low)
    return tuple(
        replace(one, rank=1 + sum(low > one.low for low in lows[one.kind]))
        if one.accessions and one.in_roster
        else one
        for one in evaluations
    )
