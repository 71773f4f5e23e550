"""The 件 of one mail: itself, and each of its parts under a normal name, with whose it is and what it is.

Purpose: `papers` of one mail; `short`, how a unit is called in names.
Source: DA/T 22-2015 (归档文件整理): one 件 a document.
Limits: a mail's original lies with the unit that sent it. Not put out a second time, for they are in what is: archives and
mails that were opened, pictures inside documents, junk. Whose a document is: the unit in whose name it stands (代报), else the
mail's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from outputs.dossier import kinds, naming
from outputs.words import UNKNOWN_UNIT
from pipeline import beijing
from pipeline.evaluate import why_not
from pipeline.records import Filed, Filing, Judged, Part, Picture, Status
from rules import Rules

WHOLE = "原邮件"


@dataclass(frozen=True, kw_only=True)
class Paper:
    """One 件 of a folder.

    part: path in its mail, "" for the mail itself. home: unit or category by which it is shelved. reason: why it does not
    count, "" if it does. name: new file name, "" where nothing is written: it only refers to another folder (refers), or it
    stands in something that is written. title: 题名. dated: the day is that of the activity or of the photograph (else of
    receipt).
    """

    accession: str
    part: str
    home: str
    unit: str
    kind: str
    title: str
    day: date
    dated: bool
    old: str
    size: int
    sha256: str
    media_type: str = ""
    reason: str = ""
    remark: str = ""
    name: str = ""
    refers: bool = False
    before: str = ""
    after: str = ""
    ending: str = ""

    @property
    def written(self) -> bool:
        """Whether there is a file of its own."""
        return bool(self.before)


def papers(one: Filed, mails: Mapping[str, Filed], rules: Rules) -> Iterator[Paper]:
    """Yield the mail itself, then what was in it; and what in it is another unit's for both of them.

    Args:
        mails: all mails by accession, for what this one replaces.
    """
    yield from _Mail(one, mails, rules).papers()


def short(unit: str, rules: Rules) -> str:
    """Give the short name of a unit: its first alias in the roster, where it has one."""
    return next((one.aliases[0] for one in rules.units if one.name == unit and one.aliases), unit)


@dataclass(frozen=True)
class _Mail:
    one: Filed
    mails: Mapping[str, Filed]
    rules: Rules

    def papers(self) -> Iterator[Paper]:
        """Yield all of them."""
        whole, filing = self._whole(), self.one.filing
        yield whole
        if filing is None:
            return
        made = [self._paper(filing, part) for part in filing.parts]
        for paper in made:
            yield paper
            if paper.written and paper.unit != self._unit:
                yield self._reference(paper, self._unit, f"代报{paper.unit}的材料，存于该单位卷内")
        for other in dict.fromkeys(paper.unit for paper in made):
            if other != self._unit:
                yield self._reference(whole, other, f"由{self._unit}代报，原邮件存于该单位卷内")

    @cached_property
    def _parts(self) -> Mapping[str, Part]:
        return {one.path: one for one in self.one.filing.parts} if self.one.filing else {}

    @cached_property
    def _pictures(self) -> Mapping[str, Picture]:
        return {one.part: one for one in self.one.filing.pictures} if self.one.filing else {}

    @property
    def _unit(self) -> str:
        filing = self.one.filing
        return (filing.identification.best if filing else None) or UNKNOWN_UNIT

    def _whole(self) -> Paper:
        item, filing = self.one.item, self.one.filing
        subject = filing.mail.subject if filing else ""
        return self._made(
            Paper(
                accession=item.accession,
                part="",
                home=self._unit,
                unit=self._unit,
                kind=WHOLE,
                title=subject or "（无主题）",
                day=beijing.day(item.received),
                dated=False,
                old="（邮件）",
                size=item.size,
                sha256=item.sha256,
                media_type="message/rfc822",
                reason=why_not(self.one),
                remark="" if filing is None or filing.identification.decided else "报送单位待核",
                ending=".eml",
            ),
            "",
        )

    def _paper(self, filing: Filing, part: Part) -> Paper:
        told = [one for one in filing.activities if one.activity.spans[0].part == part.path]
        unit = _owner(filing, part, told) or self._unit
        kind = kinds.kind(filing, part, self._pictures.get(part.path))
        title, day = self._about(filing, part, told)
        picture = self._pictures.get(part.path)
        if picture is not None and picture.taken and picture.taken.year == self.rules.notice.year:
            day = picture.taken.date()
        paper = Paper(
            accession=self.one.item.accession,
            part=part.path,
            home=unit,
            unit=unit,
            kind=kind,
            title=_entitled(part, told, kind, title),
            day=day or beijing.day(self.one.item.received),
            dated=day is not None,
            old=part.name or "（无文件名）",
            size=part.size,
            sha256=part.sha256,
            media_type=part.media_type,
            reason=why_not(self.one),
            remark=self._remark(filing, part, self._unit if unit != self._unit else ""),
            ending=naming.ending(part),
        )
        inside = kinds.inside(self._parts, part)
        return replace(paper, remark=inside) if inside else self._made(paper, title)

    def _about(self, filing: Filing, part: Part, told: Sequence[Judged]) -> tuple[str, date | None]:
        """The activity that a file's name speaks of, and its day: its own, else the mail's only one."""
        own = naming.telling(part, self._names)
        if not told and len(filing.activities) == 1 and not kinds.body(part):
            only = filing.activities[0].activity
            title = own or naming.titled(only.title, self._names)
            return title, only.date_start.value if only.date_start else None
        if not told:
            return own, None
        days = [one.activity.date_start.value for one in told if one.activity.date_start]
        more = f"等{len(told)}项" if len(told) > 1 else ""
        return naming.titled(told[0].activity.title, self._names) + more, min(days, default=None)

    @property
    def _names(self) -> tuple[str, ...]:
        """How the mail's unit is called, in full and short."""
        return next(
            ((one.name, *one.aliases) for one in self.rules.units if one.name == self._unit), (self._unit,)
        )

    def _remark(self, filing: Filing, part: Part, sender: str) -> str:
        words = [f"由{sender}代报"] if sender else []
        if not sender and not filing.identification.decided:
            words.append("报送单位待核")
        holder = next((one for one in kinds.holders(self._parts, part) if one.name), None)
        if holder is not None:
            words.append(f"出自“{holder.name}”")
        if part.path.startswith("补入"):
            words.append("经办人补入")
        picture = self._pictures.get(part.path)
        if picture is not None and picture.taken:
            words.append(f"{picture.taken:%Y-%m-%d %H:%M} 拍摄")
        if part.status not in (Status.OK, Status.NOISE):
            words.append(part.reason or "未能全部读出")
        return "；".join(words)

    def _made(self, paper: Paper, title: str) -> Paper:
        before, after = naming.stem(
            short(paper.unit, self.rules), paper.kind, title, paper.day, _version(self.one, self.mails)
        )
        return replace(paper, before=before, after=after)

    def _reference(self, paper: Paper, unit: str, remark: str) -> Paper:
        return replace(paper, home=unit, unit=unit, remark=remark, refers=True, before="", after="")


def _owner(filing: Filing, part: Part, told: Sequence[Judged]) -> str | None:
    """The unit in whose name a part stands, None for the mail's own."""
    for one in filing.behalf:
        if part.path == one.part or part.path.startswith(f"{one.part}/"):
            return one.unit
    units = {one.unit for one in told}
    return units.pop() if len(units) == 1 else None


def _entitled(part: Part, told: Sequence[Judged], kind: str, title: str) -> str:
    if told:
        more = f"等{len(told)}项活动" if len(told) > 1 else ""
        return f"{told[0].activity.title}{more}"
    return part.name or title or kind


def _version(one: Filed, mails: Mapping[str, Filed]) -> int:
    """1, and one more for each mail that it replaces; a supplement replaces nothing."""
    version, seen = 1, {one.item.accession}
    while one.relation and one.relation.supersedes and one.relation.supersedes not in seen:
        before = mails.get(one.relation.supersedes)
        if before is None or before.relation is None or not before.relation.superseded_by:
            break
        version += 1
        seen.add(before.item.accession)
        one = before
    return version
