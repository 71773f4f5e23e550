"""The rows of the register (收文登记簿): items, events, corrections, files that staff added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """Where an item stands: 已接收, 已归档, 待人工, 不予受理."""

    CAPTURED = "captured"
    FILED = "filed"
    HELD = "held"
    DISMISSED = "dismissed"


@dataclass(frozen=True, kw_only=True)
class Item:
    """One row of the register: one mail (identical octets are one item).

    accession: "2024-00031". received: when the mailbox got it, and received_from which says so: "internaldate",
    "received" (topmost Received), "date" or "captured" (none of them could be read). attempts: failed or begun
    since the last success. reason: why held or dismissed, Chinese, else "". basis: digest of what it was filed on.
    """

    accession: str
    sha256: str
    size: int
    state: State
    received: datetime
    received_from: str
    captured: datetime
    attempts: int = 0
    reason: str = ""
    basis: str = ""


@dataclass(frozen=True, kw_only=True)
class Event:
    """One link of the chain. number: from 1 without gaps. at: UTC. accession: "" for the register itself.

    action: capture, fixity, unpack, identify, classify, file, hold, release, dismiss, correct … actor: version or person.
    outcome: Chinese, one line. before, after: state. rule: digest of what was judged by, "" where nothing was judged.
    row: sha256 of the state row that it wrote, "" if none. said: sha256 over salt, actor, outcome and detail, which may
    name persons; digest covers said instead of them, so that a masked copy of the log is still a whole chain.
    """

    number: int
    at: datetime
    accession: str
    action: str
    actor: str
    outcome: str = ""
    before: str = ""
    after: str = ""
    detail: str = ""
    rule: str = ""
    row: str = ""
    salt: str
    said: str
    previous: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class Correction:
    """A person's decision about one field of one filing. field: "kind", "unit", "activity/2/category" …"""

    accession: str
    field: str
    old: str
    new: str
    by: str
    why: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file that staff fetched and added to a mail (补入材料); its octets are in the archive.

    place: from 1 in its mail, 0 before the register has counted it. name: as it was called on their disk; text. link:
    URL of the link that it answers, "" if none.
    """

    accession: str
    place: int = 0
    name: str
    sha256: str
    size: int
    link: str = ""
    by: str
    at: datetime
