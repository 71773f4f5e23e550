"""What an export says: frozen values between outputs/export and whoever reads its JSON.

Purpose: one class an object of docs/export.md; keys stand in the order of the fields.
Limits: values only. Null rules and meanings are in docs/export.md, the schema in docs/filings.schema.json.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.records import Behalf, Contact, Difference


@dataclass(frozen=True, kw_only=True)
class PartLine:
    """One part of a mail. size: octets. characters: of text read."""

    path: str
    name: str
    media_type: str
    size: int
    sha256: str
    status: str
    reason: str
    characters: int


@dataclass(frozen=True, kw_only=True)
class ProblemLine:
    """One problem. code: records.Code, or "held" and "dismissed" with the item's reason."""

    code: str
    part: str
    detail: str


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where the first words of an activity stand; block counts from 0."""

    part: str
    block: int


@dataclass(frozen=True, kw_only=True)
class HeadsLine:
    """One count of people as stated. role: records.Role; counter, qualifier: as written, "" if none."""

    value: int
    counter: str
    qualifier: str
    role: str
    words: str
    source: Source


@dataclass(frozen=True, kw_only=True)
class Member:
    """One telling of a joint activity. activity: its number in that mail, from 1."""

    accession: str
    activity: int
    unit: str


@dataclass(frozen=True, kw_only=True)
class JointLine:
    """The activity is told of more than once. again: another telling stands in the totals over all units."""

    decided: bool
    again: bool
    members: tuple[Member, ...]
    words: str


@dataclass(frozen=True, kw_only=True)
class ActivityLine:
    """One activity. Dates are ISO 8601; what is not stated is null, or [] for lists."""

    title: str
    category: int
    decided: bool
    also: tuple[int, ...]
    text: str
    date_start: str | None
    date_end: str | None
    place: str | None
    participants: int | None
    participants_words: str | None
    sessions: int | None
    materials: int | None
    media: tuple[str, ...]
    confidence: float
    source: Source
    unit: str | None
    heads: tuple[HeadsLine, ...]
    joint: JointLine | None


@dataclass(frozen=True, kw_only=True)
class FilingLine:
    """One mail. received: ISO 8601 in Beijing time. unit_candidates: names, heaviest first."""

    accession: str
    sha256: str
    message_id: str | None
    subject: str | None
    received: str
    state: str
    kind: str | None
    supersedes: str | None
    unit: str | None
    unit_decided: bool
    unit_candidates: tuple[str, ...]
    in_roster: bool
    activities: tuple[ActivityLine, ...]
    highlights: tuple[str, ...]
    suggestions: tuple[str, ...]
    contact: Contact | None
    parts: tuple[PartLine, ...]
    problems: tuple[ProblemLine, ...]
    relation: str | None
    of: str | None
    superseded_by: str | None
    recalled: bool
    differences: tuple[Difference, ...]
    behalf: tuple[Behalf, ...]


@dataclass(frozen=True, kw_only=True)
class BlockLine:
    """One block of text. page: from 1, null where the format has none. rows: of a table, else []."""

    part: str
    block: int
    style: str
    level: int
    page: int | None
    text: str
    rows: tuple[tuple[str, ...], ...]
    confidence: float | None


@dataclass(frozen=True, kw_only=True)
class ReadLine:
    """What one file says that is not taken in."""

    subject: str
    kind: Literal["mail", "document"]
    parts: tuple[PartLine, ...]
    blocks: tuple[BlockLine, ...]
    problems: tuple[ProblemLine, ...]
