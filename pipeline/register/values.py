"""The register's own nouns: what is captured, where it was seen, what a poll saw, what verify finds, what a filing rests on.

Purpose: frozen values between the worker, the register and those who look.
Limits: values only; the nouns that travel further are in ../records.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pipeline import VERSION
from pipeline.register.chain import digest_of


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
    """Where octets were seen: one message of one folder. uidvalidity: 0 where the server gives none."""

    account: str
    folder: str
    uidvalidity: int
    uid: int

    def __str__(self) -> str:
        return f"{self.account} {self.folder} UIDVALIDITY {self.uidvalidity} UID {self.uid}"


@dataclass(frozen=True, kw_only=True)
class Capture:
    """One message to be taken in; its octets are in the archive already.

    received, received_from: as in records.Item. mended: the archive's copy was damaged and is good again.
    """

    sha256: str
    size: int
    received: datetime
    received_from: str
    sighting: Sighting
    mended: bool = False


@dataclass(frozen=True, kw_only=True)
class Poll:
    """What one poll of one folder saw and took; always new = fetched + refused + vanished.

    exists, uidnext, earliest: as the server says (earliest: arrival of the oldest mail that it shows). new: UIDs not
    had before. refused: not handed over, asked for again next time. vanished: removed from the server meanwhile.
    captured: mails not known before, whatever their UID. error: Chinese, "" when the poll went through.
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
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that verify found wrong.

    kind: chain, trigger, item, filing, correction, reading, sighting, blob, gap or database. subject: accession,
    number of event or digest. detail: Chinese.
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
