"""The season as the sheets need it: all mails, their evaluations, rules and custody, with what several sheets ask."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from outputs.custody import Custody
from outputs.tables.joined import again
from outputs.words import OUTSIDE, UNKNOWN_UNIT
from pipeline.evaluate import place, why_not
from pipeline.evaluate.progress import Progress, progress
from pipeline.links.ledger import Entry, ledger
from pipeline.records import Evaluation, Filed, Filing, Judged
from pipeline.review import answers
from rules import Rules

if TYPE_CHECKING:
    from pipeline.register import Sighting

UNCOUNTED = "人工定为不计入"
"""Why an activity of a mail that counts does not count itself."""
NEVER = datetime(2000, 1, 1, tzinfo=UTC)
"""The season before its first event."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """One activity of one filed mail. number: from 1 in its filing. reason: why it counts for nothing, "" if it does."""

    one: Filed
    filing: Filing
    number: int
    judged: Judged
    reason: str

    @property
    def row(self) -> str:
        """Its row id, one string however many cells are known by it."""
        return sys.intern(f"{self.one.item.accession}/activity/{self.number}")

    @property
    def place(self) -> str:
        """Part, its name, and block of its first words; many activities stand at the same place."""
        return sys.intern(place(self.filing, self.judged.activity.spans[0]))

    @property
    def unit(self) -> str:
        """Its unit as staff read it."""
        return self.judged.unit or self.filing.identification.best or UNKNOWN_UNIT

    @property
    def closed(self) -> bool:
        """Whether nothing can be decided about it, for its mail counts for nothing."""
        return bool(why_not(self.one))

    @property
    def again(self) -> bool:
        """Whether it counts, and another unit's telling of it stands in the totals (联合活动)."""
        return not self.reason and again(self.one, self.number)


@dataclass(frozen=True)
class Season:
    """Everything that a workbook is made of."""

    filed: tuple[Filed, ...]
    evaluations: tuple[Evaluation, ...]
    rules: Rules
    custody: Custody

    @cached_property
    def activities(self) -> tuple[Told, ...]:
        """All activities of filed mails, by unit in the order of the evaluations, then by accession."""
        order = {one.unit: number for number, one in enumerate(self.evaluations)}
        told = (
            Told(one=one, filing=one.filing, number=number, judged=judged, reason=_reason(one, judged))
            for one in self.filed
            if one.filing is not None
            for number, judged in enumerate(one.filing.activities, 1)
        )
        return tuple(
            sorted(
                told, key=lambda one: (order.get(one.unit, len(order)), one.one.item.accession, one.number)
            )
        )

    @cached_property
    def mails(self) -> Mapping[str, Filed]:
        """All mails by accession."""
        return {one.item.accession: one for one in self.filed}

    @cached_property
    def categories(self) -> Mapping[int, str]:
        """Code to "1 学习宣传贯彻", as the drop-downs and cells show it."""
        return {
            category.code: f"{category.code} {category.short}"
            for category in sorted(self.rules.categories, key=lambda one: one.code or 99)
        }

    @cached_property
    def peers(self) -> Mapping[str, str]:
        """Unit.kind to the name of its peer group; "" is outside the roster."""
        return {"": OUTSIDE, **dict(self.rules.scoring.peers)}

    @cached_property
    def kinds(self) -> Mapping[str, str]:
        """Unit to the name of its peer group."""
        return {one.unit: self.peers.get(one.kind, one.kind) for one in self.evaluations}

    @cached_property
    def districts(self) -> Mapping[str, str]:
        """Unit of the roster to its district, where it has one."""
        return {unit.name: unit.district for unit in self.rules.units if unit.district}

    @cached_property
    def links(self) -> Mapping[str, tuple[Entry, ...]]:
        """Accession to the links of that mail as they stand at 统计截止."""
        found: dict[str, tuple[Entry, ...]] = {}
        for entry in ledger(self.filed, self.custody.as_of or NEVER, self.custody.attachments):
            found[entry.accession] = (*found.get(entry.accession, ()), entry)
        return found

    @cached_property
    def progress(self) -> tuple[Progress, ...]:
        """How far each unit has come, by peer group, then as the roster has them; units outside it last."""
        groups = {kind: number for number, (kind, _) in enumerate(self.rules.scoring.peers)}
        found = progress(self.filed, self.evaluations, self.rules, self.answers)
        return tuple(sorted(found, key=lambda one: groups.get(one.kind, 99)))

    @cached_property
    def answers(self) -> Mapping[tuple[str, str], str]:
        """(accession, "question/…") to what a person wrote about it and has not taken back."""
        return {key: one.new for key, one in answers(self.custody.corrections).items()}

    def sent(self) -> Iterator[Evaluation]:
        """Units with a counted mail, by peer group, then rank, then as the roster has them."""
        groups = {kind: number for number, (kind, _) in enumerate(self.rules.scoring.peers)}
        there = [one for one in self.evaluations if one.accessions]
        yield from sorted(there, key=lambda one: (groups.get(one.kind, 99), one.rank or 0))

    def uids(self, accession: str) -> str:
        """Where the mailbox has the mail: folder and UID, the first if it was seen more than once."""
        places = self.custody.seen.get(accession, ())
        if not places:
            return ""
        more = f" 等 {len(places)} 处" if len(places) > 1 else ""
        return f"{where(places[0])}{more}"


def _reason(one: Filed, judged: Judged) -> str:
    return why_not(one) or ("" if judged.counted else UNCOUNTED)


def where(sighting: Sighting) -> str:
    """Folder and UID of a mail; a folder of files that has no name is called 目录."""
    folder = "目录" if sighting.folder in ("", ".") else sighting.folder
    return f"{folder} UID {sighting.uid}"
