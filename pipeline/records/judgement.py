"""What we judge a mail to be: its kind, its unit, its activities with figures and categories; a Filing is all of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pipeline.records.evidence import Problem, Span, Stated
from pipeline.records.mails import Mail, Part
from pipeline.records.material import Link, Picture, Recording


class Kind(StrEnum):
    """What a mail is for the season."""

    SUBMISSION = "submission"
    CORRECTION = "correction"
    SUPPLEMENT = "supplement"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A unit that may have sent the mail. name: canonical, or as written when it is not in the roster."""

    name: str
    in_roster: bool
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Identification:
    """Which unit sent the mail.

    best: the heaviest candidate's name, None only where there is no candidate. decided: False = 待核.
    candidates: heaviest first. evidence: (where: "signature" | "title" | "subject" | …, words) in order of weight.
    """

    best: str | None
    in_roster: bool
    decided: bool
    candidates: tuple[Candidate, ...] = ()
    evidence: tuple[tuple[str, str], ...] = ()


class Role(StrEnum):
    """What counted people did, by the words of their clause. Only the first four can be participants, in that order."""

    ON_THE_SPOT = "on-the-spot"
    SERVED = "served"
    ONLINE = "online"
    HELPERS = "helpers"
    SPEAKERS = "speakers"
    HONOURED = "honoured"
    MEMBERS = "members"
    READERS = "readers"
    AVERAGE = "average"
    TOTAL = "total"
    PART = "part"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """One count of people as stated. value: people, or households where the counter says so.

    counter: as written (人, 人次, 名, 户 …), "" in a column of bare numbers. qualifier: 约, 近, 余, 以上 … as written,
    "" if none. words, span: the number with its counter.
    """

    value: int
    counter: str
    qualifier: str
    role: Role
    words: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One activity as the report states it. spans: all its words, in reading order, at least one.

    text: its words, heading included. A figure that is not stated is None, never 0. participants counts people as
    written (人 and 人次 alike); sessions 场次; materials printed copies; media names of outlets. heads: every count of
    people in it, in reading order; participants is one of them.
    """

    title: str
    text: str
    spans: tuple[Span, ...]
    date_start: Stated[date] | None = None
    date_end: Stated[date] | None = None
    place: Stated[str] | None = None
    participants: Stated[int] | None = None
    sessions: Stated[int] | None = None
    materials: Stated[int] | None = None
    media: tuple[Stated[str], ...] = ()
    heads: tuple[Heads, ...] = ()

    @property
    def anchor(self) -> str:
        """By what a decision finds it again under another number: digests of its text and of its title, "-" between."""
        return "-".join(
            hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:20]
            for words in (self.text, self.title)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """What category we judge an activity to be: code 0..6, always a best guess.

    decided: False = 待核. also: secondary categories really described, 1..6. confidence: 0..1. candidates: (code,
    share) heaviest first. evidence: deciding words with their spans, each value what they tell (`Hint.says`); against: those
    of the runner-up where undecided.
    """

    code: int
    decided: bool
    confidence: float
    also: tuple[int, ...] = ()
    candidates: tuple[tuple[int, float], ...] = ()
    evidence: tuple[Stated[str], ...] = ()
    against: tuple[Stated[str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """An activity and its category. unit: in whose name it was reported (代报), None for the unit of the mail.

    counted: False where a person said that it is not to count. featured: a reviewer's points for 特色活动, 0..100;
    recommended: whether a person recommends it; None where nobody said so.
    """

    activity: Activity
    classification: Classification
    unit: str | None = None
    counted: bool = True
    featured: float | None = None
    recommended: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """Words that look like an activity and are not counted (不计入). reason: Chinese: 计划, 口号, 合计, 往年 …"""

    text: str
    reason: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A verbatim passage (典型经验 or 意见建议) with its place."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """What a report divides into: activities without figures, passages, and words set aside."""

    activities: tuple[Activity, ...] = ()
    highlights: tuple[Passage, ...] = ()
    suggestions: tuple[Passage, ...] = ()
    set_aside: tuple[SetAside, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """联系人 with a phone in plain form; both stand in the mail."""

    name: str
    phone: str


class Notice(StrEnum):
    """A mail that is about another mail."""

    RECALL = "recall"
    FORWARD = "forward"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One report that came twice: as text and as pictures of its pages. The text is read, the seal is looked for there.

    text: path of the part that is read. scans: paths of the scan, or of the photographs of its pages, in reading order.
    sealed: a round red seal is seen on one of them (no claim that it is genuine); None: none of them was looked at.
    """

    text: str
    scans: tuple[str, ...]
    sealed: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Behalf:
    """A document that stands in the name of another unit of the roster than the mail (代报). words: what says so, Chinese."""

    part: str
    unit: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """What one mail is judged to be, with all that compile needs of it (so no reading is opened again).

    kind_words: the words that decided the kind. announces: the mail says that it recalls or forwards another one.
    mail, parts, pictures, recordings, links: as read. problems: those of the reading and those of the judgement.
    pairs: reports that came as text and as scan. behalf: documents that count for another unit, with all that is in them.
    """

    mail: Mail
    parts: tuple[Part, ...]
    pictures: tuple[Picture, ...] = ()
    recordings: tuple[Recording, ...] = ()
    links: tuple[Link, ...] = ()
    kind: Kind
    kind_words: str = ""
    announces: Notice | None = None
    identification: Identification
    activities: tuple[Judged, ...] = ()
    highlights: tuple[Passage, ...] = ()
    suggestions: tuple[Passage, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    contact: Contact | None = None
    problems: tuple[Problem, ...] = ()
    pairs: tuple[Pair, ...] = ()
    behalf: tuple[Behalf, ...] = ()
