"""What papers are made of: the season on one day, and what several papers ask of it.

Purpose: `Desk`, everything that a paper may look at; `Paper`, one of them.
Limits: *on* is the day on which they are written, for days left and days late; nothing else here knows a clock. Addresses
come from the roster and from counted mails whose unit is decided; an address of a mail is never shown for another unit.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property

from outputs.notices.wording import short_names
from pipeline import beijing
from pipeline.beijing import BEIJING
from pipeline.evaluate import why_not
from pipeline.evaluate.progress import progress
from pipeline.links.ledger import Entry, ledger
from pipeline.records import Attachment, Contact, Evaluation, Filed, Filing, State
from rules import Rules


@dataclass(frozen=True, kw_only=True)
class Paper:
    """One paper. kind: "receipt" | "completion" | "reminder". accession: of the mail it is about, "" where it is about a unit.

    answers: accession of the mail that it answers, "" for none, and filing, what that mail was judged to be. group: name of
    the peer group. to: the address it is meant for, "" if none is known. text: wrapped. facts: digest of what it says: two of
    the same facts are one paper. note: Chinese, for staff, "" if nothing is to be minded. hold: why no machine may send it.
    """

    kind: str
    unit: str
    accession: str
    group: str
    to: str
    subject: str
    text: str
    facts: str
    note: str = ""
    answers: str = ""
    filing: Filing | None = None
    hold: str = ""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The season on the day *on*. as_of: 统计截止. attachments: what staff added."""

    filed: tuple[Filed, ...]
    evaluations: tuple[Evaluation, ...]
    rules: Rules
    as_of: datetime
    on: date
    attachments: tuple[Attachment, ...] = ()

    @cached_property
    def counted(self) -> Mapping[str, tuple[Filed, Filing]]:
        """Accession to mail and filing, of the mails that count."""
        return {
            one.item.accession: (one, one.filing)
            for one in self.filed
            if one.filing is not None and not why_not(one)
        }

    @cached_property
    def perhaps(self) -> Mapping[str, tuple[str, ...]]:
        """Unit to the mails that may be its and count for nobody or for another unit."""
        return {one.unit: one.perhaps for one in progress(self.filed, self.evaluations, self.rules)}

    @cached_property
    def links(self) -> Mapping[str, tuple[Entry, ...]]:
        """Accession to its links as they stand at the beginning of the day *on*."""
        found: dict[str, tuple[Entry, ...]] = {}
        for entry in ledger(self.filed, datetime.combine(self.on, time(), BEIJING), self.attachments):
            found[entry.accession] = (*found.get(entry.accession, ()), entry)
        return found

    @cached_property
    def short(self) -> Mapping[str, str]:
        """Full name to short name; units outside the roster go by their own."""
        return short_names(self.rules.units)

    @cached_property
    def groups(self) -> Mapping[str, str]:
        """Unit.kind to the name of its peer group."""
        return dict(self.rules.scoring.peers)

    @cached_property
    def categories(self) -> Mapping[int, str]:
        """Code to 学习宣传贯彻, with the item of the notice where it is one of its six."""
        return {
            one.code: f"{one.short}，通知{one.paragraph}" if one.code else f"{one.short}，不在通知所列各类"
            for one in self.rules.categories
        }

    @property
    def deadline(self) -> date:
        """The last day that is in time."""
        return beijing.day(self.rules.notice.deadline)

    @property
    def late(self) -> bool:
        """Whether that day is over."""
        return self.on > self.deadline

    @property
    def waiting(self) -> int:
        """Mails that nobody has read or decided about: what is missed may be in one of them."""
        return sum(one.item.state in (State.CAPTURED, State.HELD) for one in self.filed)

    @property
    def signature(self) -> str:
        """Who writes: the organiser that compiles."""
        return self.rules.notice.organisers[0]

    @cached_property
    def enquiries(self) -> str:
        """Whom to ask: 有疑问请与谢老师联系，电话63658923。"""
        own = [one for one in self.rules.notice.contacts if one.organiser == self.signature]
        return f"有疑问请与{own[0].name}联系，电话{own[0].phone}。" if own else ""

    def own(self, one: Evaluation) -> tuple[str, ...]:
        """Accessions of the counted mails that the unit itself sent, none where others report for it (代报)."""
        return tuple(
            accession
            for accession in sorted(one.accessions)
            if accession in self.counted and self.counted[accession][1].identification.best == one.unit
        )

    def contact(self, one: Evaluation) -> Contact | None:
        """The 联系人 that the unit's newest counted mail names."""
        found = (self.counted[accession][1].contact for accession in reversed(self.own(one)))
        return next((contact for contact in found if contact), None)

    def answered(self, one: Evaluation) -> str:
        """Accession of the newest counted mail that the unit itself sent, "" if it sent none."""
        return max(self.own(one), default="")

    @cached_property
    def addresses(self) -> Mapping[str, str]:
        """Unit to the one address that is best to write to: of its newest counted mail, else of the roster."""
        found = {
            unit.name: next((one for one in unit.addresses if "@" in one), "") for unit in self.rules.units
        }
        for _, (_, filing) in sorted(self.counted.items()):
            sender = filing.identification
            if sender.best and sender.decided and filing.mail.sender.address:
                found[sender.best] = filing.mail.sender.address
        return {unit: address for unit, address in found.items() if address}


def digest(*facts: object) -> str:
    """The digest of what a paper says: texts, numbers, None, and tuples of them."""
    return hashlib.sha256(
        json.dumps(facts, ensure_ascii=False, separators=(",", ":"), default=str).encode()
    ).hexdigest()
