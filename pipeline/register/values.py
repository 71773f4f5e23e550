"""The register's own nouns: what is captured, where it was seen, what a poll saw, what verify finds, what a filing rests on.

Purpose: frozen values between the worker, the register and those who look.
Limits: values only; the nouns that travel further are in ../records/.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pipeline import VERSION
from pipeline.register.chain import digest_of, moment

LISTED = "，服务器标"
"""What stands between a sighting's place and what the server listed there, in an event's detail."""


@dataclass(frozen=True, kw_only=True)
class Basis:
    """What a filing rests on: digest of the rules, version of the readers, digest of abilities and passwords."""

    rules: str
    version: int
    abilities: str

    @property
    def digest(self) -> str:
        """One sha256 over the three."""
        return digest_of({"rules": self.rules, "version": self.version, "abilities": self.abilities})


def basis(rules_digest: str, abilities: Sequence[str] = (), passwords: Sequence[str] = ()) -> Basis:
    """Say what filings made now rest on; the order of *abilities* and *passwords* does not matter."""
    hands = digest_of({"abilities": sorted(abilities), "passwords": sorted(passwords)})
    return Basis(rules=rules_digest, version=VERSION, abilities=hands)


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """Where octets were seen: one message of one folder. uidvalidity: 0 where the server gives none.

    size, received: as the server listed it (octets, which may be wrong; INTERNALDATE, None if untold). gone: when it
    was first missing from the server's list, None while it is there.
    """

    account: str
    folder: str
    uidvalidity: int
    uid: int
    size: int = 0
    received: datetime | None = None
    gone: datetime | None = None

    def __str__(self) -> str:
        return f"{self.account} {self.folder} UIDVALIDITY {self.uidvalidity} UID {self.uid}"

    @property
    def described(self) -> str:
        """The place with what the server listed there, as the log has it."""
        listed = f"{LISTED} {self.size} 字节" + (f"、{moment(self.received)} 收到" if self.received else "")
        return f"{self}{listed}"


@dataclass(frozen=True, kw_only=True)
class Capture:
    """One message to be taken in; its octets are in the archive already.

    received, received_from: as in records.Item. mended: the archive's copy was damaged and is good again. fresh: the
    archive had none.
    """

    sha256: str
    size: int
    received: datetime
    received_from: str
    sighting: Sighting
    mended: bool = False
    fresh: bool = False


@dataclass(frozen=True, kw_only=True)
class Poll:
    """What one poll of one folder saw and took.

    exists, uidnext, earliest: as the server says (earliest: arrival of the oldest mail that it shows). new: UIDs not
    had before. refused: not handed over, asked for again next time. vanished: removed from the server meanwhile.
    captured: mails not known before, whatever their UID. known: mails of the folder that are here and still there.
    error: Chinese, "" when the poll went through.
    """

    account: str
    folder: str
    at: datetime
    uidvalidity: int = 0
    exists: int = 0
    uidnext: int = 0
    earliest: datetime | None = None
    new: int = 0
    fetched: int = 0
    refused: int = 0
    vanished: int = 0
    captured: int = 0
    known: int = 0
    error: str = ""

    @property
    def adds_up(self) -> bool:
        """Every mail that the server counts is here, or was asked for: nothing is silently left behind."""
        asked = self.new == self.fetched + self.refused + self.vanished
        return bool(self.error) or (asked and self.exists == self.known + self.refused + self.vanished)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What the register knows of one folder under one UIDVALIDITY.

    live: distinct UIDs that are here and were still on the server. highest: the greatest of them; ever: the greatest that ever
    was; 0 if there are none.
    """

    live: int = 0
    highest: int = 0
    ever: int = 0


@dataclass(frozen=True, kw_only=True)
class Seal:
    """What the register held at one moment, to be kept outside it.

    number: from 1. first, last: numbers of the events since the seal before it (last = first - 1 if there were none).
    head: digest of event *last* (zeros for an empty log). items, sightings, corrections: rows at that moment.
    previous: digest of the seal before it. digest: over all other fields (chain.canonical, at as UTC text).
    """

    number: int
    at: datetime
    first: int
    last: int
    head: str
    items: int
    sightings: int
    corrections: int
    previous: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class Taught:
    """What a person taught an office, or took *back*.

    lesson: Chinese, one line. before: Chinese, what stood there. rule: digest of the rules as they are with it, without it.
    """

    lesson: str
    before: str
    rule: str
    by: str
    why: str
    at: datetime
    back: bool = False


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that verify found wrong.

    kind: chain, trigger, item, filing, correction, attachment, reading, sighting, blob, gap, seal or database. subject:
    accession, number of event or seal, or digest. detail: Chinese.
    """

    kind: str
    subject: str
    detail: str


class Fixities(Protocol):
    """What verify needs of an archive."""

    def check(self, sha256: str) -> str:
        """Say "intact", "altered" or "missing"."""

    def digests(self) -> Iterator[str]:
        """Name all blobs."""
