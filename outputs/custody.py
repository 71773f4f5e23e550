"""What the register knows of the mails' way in, as far as the workbook shows it.

Purpose: a frozen value between register and workbook, so that the tables stay pure.
Limits: carries no clock: the season is seen as of its last event about material.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from outputs.words import NO_MAIL
from pipeline import beijing
from pipeline.records import Attachment, Correction, Event
from pipeline.review import present

if TYPE_CHECKING:
    from pipeline.earlier import Facts
    from pipeline.register import Register, Seal, Sighting

ACCESSION = re.compile(r"\d{4,}-\d{5,}(?=\.)")
"""A mail in the field of a joint activity."""


@dataclass(frozen=True)
class Custody:
    """The log up to its head, and where mails were seen.

    events: in order, the last one is the last about material (capture, file, hold, release, dismiss, correct, undo, sign,
    attach).
    sightings: each with its accession. exists: mails that the servers' folders held when last looked at, None if no
    poll went through. corrections: in the order they were made, what undoes and signs included, with the numbers that their
    activities have now (one that none has where it is gone). seal: the last one, None before the first. attachments:
    files that staff added, in their order. moment: of a snapshot, None where it is now. origin: digest of the register's first
    event, "" before it.
    """

    events: tuple[Event, ...] = ()
    sightings: tuple[tuple[Sighting, str], ...] = ()
    exists: int | None = None
    corrections: tuple[Correction, ...] = ()
    seal: Seal | None = None
    attachments: tuple[Attachment, ...] = ()
    moment: datetime | None = None
    origin: str = ""

    @classmethod
    def of(cls, register: Register) -> Custody:
        """Ask *register*."""
        last = register.last_material()
        seen = {(poll.account, poll.folder): poll.exists for poll in register.polls() if not poll.error}
        events = register.events()
        return cls(
            events=tuple(event for event in events if last and event.number <= last.number),
            origin=events[0].digest if events else "",
            sightings=tuple(register.sightings()),
            exists=sum(seen.values()) if seen else None,
            corrections=_corrections(register),
            seal=next(reversed(register.seals()), None),
            attachments=tuple(register.attachments()),
        )

    @property
    def head(self) -> Event | None:
        """The last event about material, None while nothing came in."""
        return self.events[-1] if self.events else None

    @property
    def as_of(self) -> datetime | None:
        """统计截止: the time of the head, or the moment of a snapshot."""
        return self.moment or (self.head.at if self.head else None)

    @property
    def until(self) -> str:
        """统计截止 as staff read it, in Beijing time; it says so where it is a snapshot's."""
        if self.as_of is None:
            return NO_MAIL
        return beijing.second(self.as_of) + ("（快照）" if self.moment else "")

    @property
    def spare(self) -> Custody:
        """What names the season alone: its head, its moment, its origin."""
        return Custody(events=self.events[-1:], moment=self.moment, origin=self.origin)

    def of_moment(self, at: datetime, facts: Facts) -> Custody:
        """A snapshot of *facts*; what only the present knows (the server's count, later seals) is left out."""
        there = {one.item.accession for one in facts.filed}
        return replace(
            self,
            moment=at,
            events=facts.events,
            sightings=tuple((place, accession) for place, accession in self.sightings if accession in there),
            exists=None,
            corrections=tuple(one for one in self.corrections if one.at <= at),
            seal=self.seal if self.seal and self.seal.at <= at else None,
            attachments=facts.attachments,
        )

    @cached_property
    def seen(self) -> Mapping[str, tuple[Sighting, ...]]:
        """Accession to where its mail was seen."""
        found: dict[str, list[Sighting]] = {}
        for sighting, accession in self.sightings:
            found.setdefault(accession, []).append(sighting)
        return {accession: tuple(places) for accession, places in found.items()}

    @cached_property
    def told(self) -> Mapping[str, tuple[Event, ...]]:
        """Accession to its events."""
        found: dict[str, list[Event]] = {}
        for event in self.events:
            found.setdefault(event.accession, []).append(event)
        return {accession: tuple(events) for accession, events in found.items()}


def _corrections(register: Register) -> tuple[Correction, ...]:
    """All decisions; only the filings of which activities were decided are asked for."""
    made = register.corrections()
    mails = {name for one in made if one.anchor for name in (one.accession, *ACCESSION.findall(one.field))}
    return present({name: register.filing(name) for name in sorted(mails)}, made)
