"""How far each unit's 报送 has come (报送进度): who has not sent, what is missing, what a person must decide, who was late.

Purpose: `progress`, pure, for the sheet 报送进度, for 催报 and 补正.
Source: notice, part 4 (四): six things to send, by the deadline.
Limits: a unit has exactly one main state, the first of these that is true of it:
    未来信  no mail of it counts (one that waits, was recalled or may be its is named in `notes` and `perhaps`);
    缺件    something of 情况 成效 经验 建议 影像 联系人 is in none of its counted mails as far as they could be read. It may
            stand in what could not be read or was not fetched: `waiting` names that;
    待核    all six are there, but a person has something to decide about it (`asked` > 0);
    逾期    all is there and decided, but the first mail came after the deadline;
    齐全    all is there, decided and in time.
    A unit can be late and lack something: `late_days` tells it of every unit. Facts that are not stated, outlets of unknown
    tier, contradictions (they cost points) and what only people score are no question here. An answered question is closed;
    answers are told apart by mail and kind, so that one answer about unread parts closes all of its kind in that mail.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from pipeline.evaluate.facts import READ, Report, label, reports, why_not
from pipeline.evaluate.off import LATE, SERVER_SAYS, at_the_latest, days_late, reporting
from pipeline.records import Code, Contact, Evaluation, Filed, Filing, Part, Scope, State, Status
from rules import Rules

ASKED = (Code.BEHALF, Code.COMPARE, Code.EXECUTABLE, Code.NO_REPORT, Code.REVIEW, Code.SENDER)
"""Problems that a person must decide; what could not be read and what is undecided is counted by itself."""
UNREAD = {
    Status.PARTLY: ("partly", Code.DAMAGED),
    Status.NEEDS_PASSWORD: (Code.ENCRYPTED,),
    Status.NEEDS_OCR: (Code.NEEDS_OCR,),
    Status.LINK_ONLY: (Code.LINK_ONLY,),
    Status.TOO_BIG: (Code.TOO_BIG,),
    Status.UNSUPPORTED: (Code.UNSUPPORTED,),
    Status.DAMAGED: (Code.DAMAGED,),
}
"""What the question about such a part is called in its path."""
_QUESTION = re.compile(r"question/(?P<what>.+?)(?:-[0-9a-f]{8})?(?P<unit>/.+)?")
Answered = frozenset[tuple[str, str]]
"""(accession, what was asked: "sender", "needs-ocr"); the accession is "" and a unit's name follows for one about a unit."""


class Standing(StrEnum):
    """The main state of a unit's 报送: 未来信, 缺件, 待核, 逾期, 齐全."""

    NOTHING = "nothing"
    INCOMPLETE = "incomplete"
    ASKED = "asked"
    LATE = "late"
    COMPLETE = "complete"


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A part that could not be read (wholly), or a link that was not fetched. name: as staff know it; text of a mail."""

    accession: str
    part: str
    name: str
    status: Status


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far one unit has come. kind: Unit.kind, "" outside the roster. accessions: its counted mails.

    first: when the mailbox had its first report at the latest, None where it has not sent. late_days: days begun since the
    deadline; late_sure: False where no server says when the mail came, so that it may have been earlier. missing: of 情况,
    成效, 经验, 建议, 影像, 联系人. asked: questions that a person must decide. contacts: of its counted mails, the newest first.
    perhaps: accessions of mails that may be its and count for nobody or for another unit. notes: Chinese, of evaluate().
    """

    unit: str
    in_roster: bool
    kind: str
    standing: Standing
    accessions: tuple[str, ...] = ()
    activities: int = 0
    first: datetime | None = None
    late_days: int = 0
    late_sure: bool = True
    missing: tuple[str, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    asked: int = 0
    contacts: tuple[Contact, ...] = ()
    perhaps: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def late(self) -> bool:
        """Whether its first report came after the deadline (逾期), whatever else is true of it."""
        return self.late_days > 0


def progress(
    filed: Sequence[Filed],
    evaluations: Sequence[Evaluation],
    rules: Rules,
    answers: Iterable[tuple[str, str]] = (),
) -> tuple[Progress, ...]:
    """Say how far each unit has come.

    Args:
        filed: all mails, folded by season(), in any order.
        evaluations: of these mails by these rules.
        answers: (accession, "question/…") of the questions that people have answered, as review.answers() has them.

    Returns:
        one Progress an evaluation, in their order: the roster's, then those outside it.
    """
    found = {report.unit: report for report in reports(filed, rules)}
    perhaps, answered = _perhaps(filed), _answered(answers)
    return tuple(
        _progress(
            found.get(one.unit) or Report(one.unit, one.kind, one.in_roster, ()),
            one,
            perhaps.get(one.unit, ()),
            rules,
            answered,
        )
        for one in evaluations
    )


def counts(found: Iterable[Progress]) -> Mapping[str, Mapping[Standing, int]]:
    """Unit.kind ("" outside the roster) to the number of its units in each state; states that none is in are 0."""
    told: dict[str, Counter[Standing]] = {}
    for one in found:
        told.setdefault(one.kind, Counter())[one.standing] += 1
    return {kind: {state: number[state] for state in Standing} for kind, number in told.items()}


def _progress(
    report: Report, one: Evaluation, perhaps: tuple[str, ...], rules: Rules, answered: Answered
) -> Progress:
    own = {mail.item.accession for mail in report.own}
    given = Progress(
        unit=one.unit,
        in_roster=one.in_roster,
        kind=one.kind,
        standing=Standing.NOTHING,
        perhaps=tuple(accession for accession in perhaps if accession not in own),
        notes=one.notes,
    )
    if not one.accessions:
        return given
    first, late, sure = _came(report, rules)
    waiting = tuple(each for accession, filing in report.counted for each in _waiting(accession, filing))
    unread = sum(
        not any((each.accession, what) in answered for what in UNREAD[each.status]) for each in waiting
    )
    open_ = any(score.criterion == LATE and score.final[0] != score.final[1] for score in one.scores)
    unsure = open_ and ("", f"{LATE}/{one.unit}") not in answered
    asked = unread + unsure + _questions(report, answered)
    contacts = [filing.contact for _, filing in reversed(report.counted) if filing.contact]
    return replace(
        given,
        standing=_standing(one.missing, asked, late),
        accessions=one.accessions,
        activities=one.activities,
        first=first,
        late_days=late,
        late_sure=sure,
        missing=one.missing,
        waiting=waiting,
        asked=asked,
        contacts=tuple(dict.fromkeys(contacts)),
    )


def _standing(missing: Sequence[str], asked: int, late: int) -> Standing:
    if missing:
        return Standing.INCOMPLETE
    if asked:
        return Standing.ASKED
    return Standing.LATE if late else Standing.COMPLETE


def _came(report: Report, rules: Rules) -> tuple[datetime, int, bool]:
    """When the first report came, how many days late, and whether that is sure."""
    items = reporting(report)
    first = at_the_latest(items[0])
    late = days_late(first, rules.notice.deadline)
    return first, late, not late or all(one.received_from in SERVER_SAYS for one in items)


# ---------------------------------------------------------------- what waits for a person


def _waiting(accession: str, filing: Filing) -> Iterator[Waiting]:
    """What of the mail nobody has read yet; a scan of what came as text too is none of it."""
    scans = {path for pair in filing.pairs for path in pair.scans}
    programs = {problem.part for problem in filing.problems if problem.code is Code.EXECUTABLE}
    for part in filing.parts:
        if part.status not in READ and part.path not in scans | programs and not _kept(part):
            name = label(filing, part.path)
            yield Waiting(accession=accession, part=part.path, name=name, status=part.status)
    for link in filing.links:
        if not link.fetched:
            name = link.name or link.url
            yield Waiting(accession=accession, part=link.part, name=name, status=Status.LINK_ONLY)


def _kept(part: Part) -> bool:
    """Films, sound and pictures of strange formats are kept as they are, and nobody need read them."""
    media = part.media_type.startswith(("video/", "audio/"))
    return media or (part.status is Status.UNSUPPORTED and part.media_type.startswith("image/"))


def _answered(answers: Iterable[tuple[str, str]]) -> Answered:
    found = ((accession, _QUESTION.fullmatch(field)) for accession, field in answers)
    return frozenset((accession, one["what"] + (one["unit"] or "")) for accession, one in found if one)


def _questions(report: Report, answered: Answered) -> int:
    """Units and categories that are undecided, problems, doubtful joint activities and shared photographs."""
    undecided = sum(not filing.identification.decided for _, filing in report.counted)
    undecided += sum(not fact.judged.classification.decided for fact in report.activities)
    asked = sum(
        problem.code in ASKED and (accession, problem.code) not in answered
        for accession, filing in report.counted
        for problem in filing.problems
    )
    mails = [one for one in report.own if not why_not(one)]
    told = {(fact.accession, fact.number) for fact in report.activities}
    joint = {one for mail in mails for one in mail.joint if not one.decided and told & {*one.members}}
    shared = {one for mail in mails for one in mail.reused if one.scope is Scope.UNITS}
    mine = [
        one
        for one in shared
        if any(use.unit == report.unit for use in one.uses)
        and (one.uses[0].accession, "photo") not in answered
    ]
    return undecided + asked + len(joint) + len(mine)


def _perhaps(filed: Iterable[Filed]) -> dict[str, tuple[str, ...]]:
    """Unit to the mails that name it as a candidate, where the unit is not decided or the mail waits for a person."""
    found: dict[str, tuple[str, ...]] = {}
    for one in sorted(filed, key=lambda one: one.item.accession):
        waits = one.item.state in (State.HELD, State.CAPTURED)
        if one.filing and (waits or not (one.filing.identification.decided or why_not(one))):
            for candidate in one.filing.identification.candidates:
                found[candidate.name] = (*found.get(candidate.name, ()), one.item.accession)
    return found
