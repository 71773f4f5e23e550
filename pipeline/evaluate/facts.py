"""The facts about each unit that the rubric asks for: its counted mails, their activities, what nobody could read.

Purpose: `reports` groups the mails by unit; `Report` answers what several criteria ask.
Limits: the unit is the best guess of identify (an undecided one counts as 建议 and is noted), or the one in whose name a document
stands (代报); a mail counts only if `why_not` finds no reason against it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from pipeline.evaluate.shares import share, sharers
from pipeline.records import Code, Filed, Filing, Judged, Kind, RelationKind, Span, State, Status
from rules import Rules

KINDS = (Kind.SUBMISSION, Kind.CORRECTION, Kind.SUPPLEMENT)
"""Kinds of mail that report something."""

READ = (Status.OK, Status.NOISE)
EARLIER = ("往年", "去年", "往届")
"""Reasons for setting words aside that say they are of another year, so that nothing in them is evidence."""
NO_REPORT = "不是报送材料"
_NOT_FILED = {State.CAPTURED: "尚未办理", State.HELD: "待人工处理", State.DISMISSED: "不予受理"}
_STANDS_TO = {
    RelationKind.DUPLICATE: "重复件，与 {} 相同",
    RelationKind.RECALL: "撤回 {} 的通知",
    RelationKind.FORWARD: "{} 的转发件",
}


def why_not(one: Filed) -> str:
    """Say in Chinese why the mail counts for nothing, "" if it counts."""
    if one.item.state in _NOT_FILED:
        return _NOT_FILED[one.item.state]
    if one.filing is None:
        return "尚无办理结果"
    return _related(one) or ("" if one.filing.kind in KINDS else NO_REPORT)


def _related(one: Filed) -> str:
    relation = one.relation
    if relation is None:
        return ""
    if relation.recalled:
        return "发件人已撤回"
    if relation.superseded_by:
        return f"已由 {relation.superseded_by} 替代"
    if relation.kind is None or (relation.kind is RelationKind.FORWARD and relation.of is None):
        return ""
    return _STANDS_TO[relation.kind].format(relation.of or "另一封来件")


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One counted activity. number: from 1 in its filing. source: accession and place of its first words."""

    accession: str
    number: int
    judged: Judged
    source: str

    @cached_property
    def title(self) -> str:
        """Its title on one line, quoted unless it holds quotes itself."""
        return quoted(self.judged.activity.title, 40)


@dataclass(frozen=True, kw_only=True)
class Passage:
    """Words of a report with their source, for the rules that search words."""

    text: str
    source: str


@dataclass(frozen=True)
class Report:
    """One unit's 报送. kind: Unit.kind, "" outside the roster. own: all mails with something of it, in order of accession."""

    unit: str
    kind: str
    in_roster: bool
    own: tuple[Filed, ...]

    @cached_property
    def counted(self) -> tuple[tuple[str, Filing], ...]:
        """(accession, the unit's share of the filing) of the mails that count."""
        return tuple(
            (one.item.accession, share(one.filing, self.unit))
            for one in self.own
            if one.filing is not None and not why_not(one)
        )

    @cached_property
    def activities(self) -> tuple[Fact, ...]:
        """All activities of the counted mails, but those that a person took out."""
        return tuple(
            Fact(
                accession=accession,
                number=number,
                judged=judged,
                source=f"{accession} {where(judged.activity.spans[0])}",
            )
            for accession, filing in self.counted
            for where in (places(filing),)
            for number, judged in self._numbered[accession]
        )

    @cached_property
    def _numbered(self) -> Mapping[str, tuple[tuple[int, Judged], ...]]:
        """Accession to the unit's activities with their numbers in the whole mail."""
        return {
            one.item.accession: tuple(
                (number, judged)
                for number, judged in enumerate(one.filing.activities, 1)
                if judged.counted and (judged.unit or one.filing.identification.best) == self.unit
            )
            for one in self.own
            if one.filing is not None
        }

    @cached_property
    def unread(self) -> tuple[str, ...]:
        """Sources of material that nobody could read or that is only linked: what it says is unknown."""
        return tuple(source for told in self.unread_of.values() for source in told)

    @cached_property
    def unread_of(self) -> Mapping[str, tuple[str, ...]]:
        """The same by accession."""
        return {
            accession: tuple(f"{accession} {name}" for name in _unread(filing))
            for accession, filing in self.counted
        }

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """The words of the counted mails that may be evidence: activities, what was set aside, 经验; no wishes (建议)."""
        return tuple(
            Passage(text=text, source=f"{accession} {where(span)}")
            for accession, filing in self.counted
            for where in (places(filing),)
            for text, span in _texts(filing)
        )

    @cached_property
    def highlights(self) -> tuple[Passage, ...]:
        """The passages of 典型经验."""
        return tuple(
            Passage(text=passage.text, source=f"{accession} {place(filing, passage.span)}")
            for accession, filing in self.counted
            for passage in filing.highlights
        )

    @cached_property
    def contradictions(self) -> tuple[Passage, ...]:
        """The contradictions that were found in the counted mails."""
        return tuple(
            Passage(text=problem.detail, source=f"{accession} {label(filing, problem.part)}".rstrip())
            for accession, filing in self.counted
            for problem in filing.problems
            if problem.code is Code.CONTRADICTION
        )


def reports(filed: Iterable[Filed], rules: Rules) -> tuple[Report, ...]:
    """Group the mails by unit: all units of the roster in its order, then those outside by name."""
    mails: dict[str, list[Filed]] = defaultdict(list)
    for one in sorted(filed, key=lambda one: one.item.accession):
        for unit in sharers(one.filing) if one.filing is not None else ():
            mails[unit].append(one)
    roster = {unit.name: unit.kind for unit in rules.units}
    outside = sorted(name for name in mails if name not in roster)
    return tuple(
        Report(name, roster.get(name, ""), name in roster, tuple(mails.get(name, ())))
        for name in (*roster, *outside)
    )


def place(filing: Filing, span: Span) -> str:
    """Where words stand: part, its name, and number of the block (from 0, as in `export text`)."""
    return places(filing)(span)


def places(filing: Filing) -> Callable[[Span], str]:
    """`place` of many words of one mail: the name of each part is looked for once."""
    named: dict[str, str] = {}

    def place(span: Span) -> str:
        if span.part not in named:
            named[span.part] = label(filing, span.part)
        return f"{named[span.part]} 第{span.block}块"

    return place


def label(filing: Filing, path: str) -> str:
    """The path of a part, with its name where the path does not hold it; a body is called 正文."""
    part = next((one for one in filing.parts if one.path == path), None)
    if part is None or (part.name and part.name in path):
        return path
    return f"{path} {part.name or ('正文' if part.media_type.startswith('text/') else '')}".rstrip()


def flat(text: str, most: int) -> str:
    """*text* on one line, at most *most* characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def quoted(text: str, most: int) -> str:
    """*text* on one line in quotes, unless it holds quotes itself."""
    line = flat(text, most)
    return line if "“" in line else f"“{line}”"


def sentence(text: str, words: str, ends: str = "。；！？\n") -> str:
    """The sentence of *text* that holds *words*; *words* where none does."""
    at = text.find(words)
    if at < 0:
        return words
    start = 0
    for mark in ends:
        start = max(start, text.rfind(mark, 0, at) + 1)
    end = _end(ends).search(text, at + len(words))
    return text[start : end.start() if end else None]


@lru_cache(maxsize=8)
def _end(ends: str) -> re.Pattern[str]:
    return re.compile(f"[{ends}]")


def _unread(filing: Filing) -> Iterator[str]:
    for part in filing.parts:
        if part.status not in READ and not part.media_type.startswith(("video/", "audio/")):
            yield label(filing, part.path)
    for link in filing.links:
        if link.fetched:
            continue
        yield f"{link.part} 链接“{flat(link.name or link.kind, 30)}”"


def _texts(filing: Filing) -> Iterator[tuple[str, Span]]:
    for judged in filing.activities:
        if judged.counted:
            yield judged.activity.text, judged.activity.spans[0]
    for aside in filing.set_aside:
        if not any(word in aside.reason for word in EARLIER):
            yield aside.text, aside.span
    for passage in filing.highlights:
        yield passage.text, passage.span
