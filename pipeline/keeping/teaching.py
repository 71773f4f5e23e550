"""Teaching: a person accepts what corrections propose, or takes it back; the log says who, when and why.

Purpose: `Teaching(…).open()`, proposals with what each would change on all mails; `accept` and `forget`.
The order: the log first, then the table. What stands in a table and not in the log was not taught through us; what a crash
left in the log alone is still proposed, and accepted once more.
Limits: rules that are loaded already, in a daemon that runs, know it when it starts again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.errors import TransientError, UsageError
from pipeline.keeping.comparing import Compared, Comparing, Known
from pipeline.keeping.lessons import Learned, Lesson, Proposal, proposals, taught
from pipeline.keeping.standing import outdated, said
from pipeline.records import Correction, Filing
from pipeline.register import Register, Taught
from pipeline.review.places import found
from rules import Rules, learned


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What one proposal would change. now, machine: what the machine itself says of what was corrected, and would then say.

    Chinese; "" where there is nothing of it any more.
    """

    proposal: Proposal
    compared: tuple[Compared, ...]
    now: str
    machine: str


@dataclass(kw_only=True)
class Teaching:
    """One office's lessons. notice: the rules without them. folder: of the tables, need not be there."""

    register: Register
    notice: Rules
    folder: Path

    @property
    def rules(self) -> Rules:
        """The rules in force."""
        return learned.added(self.notice, self.folder)

    def proposed(self) -> tuple[Proposal, ...]:
        """What nobody accepted yet."""
        return proposals(self.register, self.notice, self.rules)

    def effects(self, progress: Callable[[int, int], None] = lambda _done, _of: None) -> Iterator[Effect]:
        """Each open proposal with what it alone would change on all filed mails; nothing is written."""
        open_ones = self.proposed()
        if not open_ones:
            return
        rules = self.rules
        comparing = Comparing(register=self.register, old=rules)
        for number, proposal in enumerate(open_ones, 1):
            other = taught(rules, proposal.lesson)
            compared = tuple(one for one in comparing.changes(other) if one.changes)
            known = comparing.known
            yield Effect(
                proposal=proposal,
                compared=compared,
                now=_machine(proposal, known, rules),
                machine=_machine(proposal, known, other),
            )
            progress(number, len(open_ones))

    def lessons(self) -> tuple[Lesson, ...]:
        """What was accepted."""
        return Learned(folder=self.folder).lessons(self.notice)

    def outdated(self) -> tuple[tuple[int, Correction], ...]:
        """The numbers of what was accepted and was corrected otherwise since, with what was said last."""
        return outdated(self.register, self.notice, self.lessons())

    def accept(self, numbers: Sequence[int], *, by: str, why: str, at: datetime) -> tuple[Proposal, ...]:
        """Accept the proposals of these numbers, all or none, and return them.

        Raises:
            UsageError: a number is not proposed, or name or reason is missing. TransientError: the disk refuses.
            RulesError: they contradict each other.
        """
        tables = Learned(folder=self.folder)
        with tables.alone():
            offered = {one.number: one for one in self.proposed()}
            for number in numbers:
                if number not in offered:
                    raise UsageError(f"没有第 {number} 号建议；请先运行 shouwen learn 查看")
            chosen = tuple(offered[number] for number in dict.fromkeys(numbers))
            lessons = (*tables.lessons(self.notice), *(one.lesson for one in chosen))
            digest = tables.checked(lessons, self.notice).digest
            for one in chosen:
                before = f"改前没有；出自 {one.accession} 的更正（{one.by}）；学习表改前 {tables.digests()}"
                self.register.taught(
                    Taught(lesson=said(one.lesson), before=before, rule=digest, by=by, why=why, at=at)
                )
            self._written(tables, lessons)
        return chosen

    def forget(self, number: int, *, by: str, why: str, at: datetime) -> Lesson:
        """Take back the lesson of that number, from 1 in the order of `lessons`, and return it.

        Raises:
            UsageError: there is none, or name or reason is missing. TransientError: the disk refuses.
        """
        tables = Learned(folder=self.folder)
        with tables.alone():
            there = list(tables.lessons(self.notice))
            if not 1 <= number <= len(there):
                raise UsageError(f"没有第 {number} 条已学内容；请先运行 shouwen learn --taught 查看")
            lesson = there.pop(number - 1)
            before = f"改后没有；学习表改前 {tables.digests()}"
            digest = tables.checked(there, self.notice).digest
            self.register.taught(
                Taught(lesson=said(lesson), before=before, rule=digest, by=by, why=why, at=at, back=True)
            )
            self._written(tables, there)
        return lesson

    def _written(self, tables: Learned, lessons: Sequence[Lesson]) -> None:
        try:
            tables.write(lessons)
        except OSError as error:
            raise TransientError(
                f"日志已记，学习表 {self.folder} 却没有写成（{error.strerror}）；请腾出空间、检查权限后再做一次"
            ) from error


def _machine(proposal: Proposal, known: Sequence[Known], rules: Rules) -> str:
    """What the machine, once taught, makes of the field that the person corrected."""
    one = next((one for one in known if one.item.accession == proposal.accession), None)
    return _field(proposal, one.judged(rules)) if one is not None else ""


def _field(proposal: Proposal, filing: Filing) -> str:
    if proposal.field == "unit":
        unit = filing.identification
        return f"单位 {unit.best or '不明'}{'' if unit.decided else '（待核）'}"
    where = found(filing.activities, int(proposal.field.split("/")[1]), proposal.anchor)
    if where is None:
        return ""
    classification = filing.activities[where.index].classification
    return f"类别 {classification.code}{'' if classification.decided else '（待核）'}"
