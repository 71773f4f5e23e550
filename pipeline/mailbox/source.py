"""What every mailbox can do, and when a mail arrived.

Purpose: `Source`, the one protocol of IMAP servers and folders; what it hands out; `arrival` for octets that come
without a server's word on when it got them (a first piece of them is enough).
Source: RFC 5322 sections 3.6.1 (Date) and 3.6.7 (Received: the topmost is the last server's); RFC 3501 section 2.3.1.
Limits: headers are looked at as far as a time needs it; the mail itself is parse.py's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol

from pipeline.beijing import BEIJING
from pipeline.errors import TransientError
from pipeline.stop import Stop

HEADER_OCTETS = 256 * 1024
"""How far the header is read for a time; real headers are a few kilobytes."""
YEARS = range(1990, 2100)
"""Years in which a mail can have arrived; anything else is a broken clock or a trick."""


class WithheldError(TransientError):
    """The source does not hand over this one mail, or not to its end; the others are not touched by it."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a folder shows: UIDVALIDITY and UIDNEXT (0 if not told), number of mails, arrival of the oldest (None if not told)."""

    uidvalidity: int
    exists: int
    uidnext: int = 0
    earliest: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One mail as the source lists it, without its octets.

    size: octets as stated (RFC822.SIZE; it may lie, 0 if untold). received: INTERNALDATE in UTC, None if untold or absurd.
    """

    uid: int
    size: int
    received: datetime | None


@dataclass(frozen=True, kw_only=True)
class Listing:
    """What lies in a folder: ascending by UID; a folder of files by (received, sha256).

    left_out: message numbers that the server twice gave no answer for; files that could not be read.
    """

    mails: tuple[Listed, ...]
    left_out: int = 0


@dataclass(frozen=True, kw_only=True)
class Message:
    """One mail as it is handed over. received, received_from: as in records.Item; None with "captured" alone.

    pieces: the octets in order; a tuple where all are here already, else to be gone through once and before the next mail
    is asked for. Such raise WithheldError when the server stops handing over this mail, UnavailableError when the
    connection is gone.
    size: octets as the source states them; servers are known to state other sizes than they send.
    """

    uid: int
    pieces: Iterable[bytes]
    received: datetime | None
    received_from: str
    size: int


@dataclass(frozen=True, kw_only=True)
class Missed:
    """One mail that was not handed over. gone: it is no longer there.

    why: Chinese, without a word of the mail.
    """

    uid: int
    why: str
    gone: bool = False


class Source(Protocol):
    """A mailbox that is only read: nothing is flagged, moved or removed.

    account: who and where, stable over time. ascending: UIDs grow with arrival, so that a mark can say what is new.
    All methods but wait and close raise UnavailableError (later) or SettingsError (a person), in Chinese.
    """

    account: str
    ascending: bool

    def folders(self) -> tuple[str, ...]:
        """Name the folders to be polled."""

    def look(self, folder: str) -> Seen:
        """Say what *folder* shows now."""

    def list(self, folder: str, seen: Seen, after_uid: int = 0) -> Listing:
        """List what lies above *after_uid* (0: everything) in *folder* as it was *seen*."""

    def fetch(self, folder: str, wanted: Sequence[Listed]) -> Iterator[Message | Missed]:
        """Hand over the mails *wanted*, in that order."""

    def wait(self, folder: str, seconds: float, stop: Stop | None = None) -> bool:
        """Wait until the source says that something is new in *folder*, *stop* is set, or *seconds* are over.

        Returns:
            True only where the source said so; what it cannot say is waited out.
        """

    def close(self) -> None:
        """Let the connection go; another call opens it again."""


def arrival(octets: bytes) -> tuple[datetime | None, str]:
    """Say when a mail arrived, and what says so: "received" (topmost), else "date", else (None, "captured").

    A time without zone is taken as Beijing time, for the mailboxes are Chinese.
    """
    for name, source in ((b"received", "received"), (b"date", "date")):
        value = _field(octets, name)
        when = moment(value.rpartition(";")[2] if name == b"received" else value)
        if when is not None:
            return when, source
    return None, "captured"


def moment(text: str) -> datetime | None:
    """Read a date of RFC 5322; None if it is none, or none that can be."""
    try:
        when = parsedate_to_datetime(text[:200].strip())
        if when.tzinfo is None:
            when = when.replace(tzinfo=UTC if "-0000" in text else BEIJING)
        return when if when.astimezone(UTC).year in YEARS else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _field(octets: bytes, name: bytes) -> str:
    """Return the body of the first field of that name, unfolded; "" if there is none."""
    start = octets[:HEADER_OCTETS].lstrip(b"\xef\xbb\xbf\r\n")
    header = re.split(rb"\r?\n\r?\n", start, maxsplit=1)[0]
    unfolded = re.sub(rb"\r?\n[ \t]+", b" ", header)
    found = re.search(rb"^" + name + rb"[ \t]*:([^\r\n]*)", unfolded, re.IGNORECASE | re.MULTILINE)
    return found[1].decode("latin-1") if found else ""
