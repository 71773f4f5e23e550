"""The rows of the register (收文登记簿): items, events, corrections, files that staff added."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """Where an item stands: 已接收, 已归档, 待人工, 不予受理."""

    CAPTURED = "captured"
    FILED = "filed"
    HELD = "held"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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


class Act(StrEnum):
    """What a Correction does: decides a field, takes an earlier one back, or countersigns it (复核签认)."""

    DECIDE = "decide"
    UNDO = "undo"
    SIGN = "sign"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A person's decision about one field: of one filing, or of one unit.

    number: from 1 in the register, 0 before it has counted it. accession: "" for a decision about a unit, whose name is then
    in the field. field: "kind", "unit", "activity/2/category" …, "score/B1/单位名" (pipeline/review has all of them). old:
    what stood there when it was decided. about: number of the one that it undoes or signs, 0 for a decision. workbook:
    sha256 of the reviewed workbook that it was read from, "" where there was none. anchor: `Activity.anchor` of each activity
    that it is about, with + between, "" where it is about none. machine: what the machine said then, "—" where that was
    nothing, "" where nobody noted it.
    """

    number: int = 0
    accession: str
    field: str
    old: str
    new: str
    by: str
    why: str
    at: datetime
    act: Act = Act.DECIDE
    about: int = 0
    workbook: str = ""
    anchor: str = ""
    machine: str = ""


def same_person(one: str, other: str) -> bool:
    """Whether two names are one person's: blanks, width (ＷＡＮＧ), case, dots and signs that nobody sees tell none apart."""
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    wide = unicodedata.normalize("NFKC", name).casefold()
    return "".join(sign for sign in wide if unicodedata.category(sign)[0] in "LN") or wide


@dataclass(frozen=True, slots=True, kw_only=True)
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


class Outcome(StrEnum):
    """How it stands with a paper that is sent: about to be, taken by the mail server, refused for good, not taken now, unknown."""

    INTENT = "intent"
    SENT = "sent"
    REFUSED = "refused"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """One row of what was sent to units (寄发): an intent, written before the mail server is told, or the outcome of one.

    number: from 1 in the register, 0 before it has counted it. about: number of the intent that it is the outcome of, 0 for
    an intent. kind: "receipt" | "completion" | "reminder". accession: "" for a paper about a unit. recipient: one address.
    facts: digest of what the paper says, so that the same is never sent twice; text: sha256 of its words. said: Chinese,
    what became of it.
    """

    number: int = 0
    about: int = 0
    kind: str
    accession: str
    unit: str
    recipient: str
    message_id: str
    facts: str
    text: str
    outcome: Outcome = Outcome.INTENT
    said: str = ""
    by: str
    at: datetime
