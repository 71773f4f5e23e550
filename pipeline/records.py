"""The nouns that travel between the stages: frozen, keyword-only, made of tuples.

Purpose: one vocabulary for what a mail *states* (Reading and below) and what we *judge* (Filing and below).
Source: RFC 5322/2045/2183/9051 for the mail side; DA/T 97-2023 for custody words; ../docs/export.md for the export.
Limits: values only. Nothing here reads a file, asks a clock or knows a rule.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise
from typing import Generic, TypeVar

T = TypeVar("T")

# ---------------------------------------------------------------- places and problems


class Code(StrEnum):
    """What is the matter with some material. Staff read the Chinese `detail` beside it."""

    DAMAGED = "damaged"
    ENCRYPTED = "encrypted"
    NEEDS_OCR = "needs-ocr"
    TOO_BIG = "too-big"
    UNSUPPORTED = "unsupported"
    LINK_ONLY = "link-only"
    MACRO = "macro"
    EXECUTABLE = "executable"
    CHARSET = "charset"
    HEADER = "header"
    BODY = "body"
    NO_REPORT = "no-report"
    NO_UNIT = "no-unit"
    UNIT_UNDECIDED = "unit-undecided"
    CATEGORY_UNDECIDED = "category-undecided"
    CONTRADICTION = "contradiction"
    COMPARE = "compare"
    BEHALF = "behalf"
    SENDER = "sender"
    NEEDS_ANSWER = "needs-answer"
    REVIEW = "review"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A fact about the material that a person must know; a value, never an exception.

    part: path of the part it is about, "" for the mail as a whole. detail: Chinese, names the fact (and the cure).
    """

    code: Code
    part: str = ""
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Span:
    """Where words stand: characters [start, end) of `Block.text` of block number *block* (from 0) of document *part*."""

    part: str
    block: int
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Stated(Generic[T]):
    """A value with the words it was taken from, as written, and their place."""

    value: T
    words: str
    span: Span


# ---------------------------------------------------------------- the mail side


@dataclass(frozen=True, kw_only=True)
class Address:
    """A mailbox of RFC 5322 section 3.4: display name (decoded, may be "") and addr-spec in lower case ("" if none)."""

    name: str = ""
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the receiving server found out about the sender by one method (RFC 8601 section 2.7).

    method: "spf", "dkim" or "dmarc". result: "pass", "fail", "softfail", "neutral", "none", "policy", "temperror" or
    "permerror". identity: whom it is about, in lower case (envelope sender, signing domain, domain of From), "" if not
    stated. server: as it calls itself (authserv-id), "" if it does not.
    """

    method: str
    result: str
    identity: str = ""
    server: str = ""


@dataclass(frozen=True, kw_only=True)
class Mail:
    """The header of one mail (the outermost, or one nested in it).

    section: path of the part that holds it, "" for the outermost. subject: decoded, one line, "" if none.
    sent: the Date header with its zone, None if missing or unreadable (it may lie). received: of the topmost
    Received header. auto: why the mail looks machine-made ("auto-submitted", "bounce", "list", "precedence"), or "".
    authentication: what the receiving server wrote about the sender, () if nothing; of the outermost mail alone.
    """

    section: str = ""
    subject: str = ""
    sender: Address = field(default_factory=Address)
    submitter: Address | None = None
    to: tuple[Address, ...] = ()
    message_id: str = ""
    in_reply_to: str = ""
    sent: datetime | None = None
    received: datetime | None = None
    auto: str = ""
    authentication: tuple[Verdict, ...] = ()


class Status(StrEnum):
    """How far a part was read. Everything but OK and NOISE is shown to staff with its reason."""

    OK = "ok"
    PARTLY = "partly"
    NOISE = "noise"
    NEEDS_PASSWORD = "needs-password"  # noqa: S105 - the state of a part, no secret
    NEEDS_OCR = "needs-ocr"
    LINK_ONLY = "link-only"
    TOO_BIG = "too-big"
    UNSUPPORTED = "unsupported"
    DAMAGED = "damaged"


@dataclass(frozen=True, kw_only=True)
class Part:
    """One leaf of the mail, one container, or one member or embedded picture of a container.

    path: MIME section (RFC 9051 section 6.4.5: "1", "2.1") followed by member names: "2/材料.zip/总结.docx"; of a file
        that staff added, "补入1/照片.zip". A single-part mail's body is "1".
        Unique in its mail; a second member of the same name gets "#2".
    name: decoded file name, "" if none; text, never used as a path. name_octets: the name as it stood, where it was
        not ASCII. declared: media type the mail claims. media_type: what the octets are (sniffed).
    sha256, size: of the transfer-decoded octets. reason: Chinese; "" when status is OK and there is nothing to note.
    characters: of text read.
    seals: pages (from 1) on which a round red seal is seen, None where none was looked at.
    """

    path: str
    name: str = ""
    name_octets: bytes = b""
    declared: str = ""
    media_type: str = ""
    disposition: str = ""
    sha256: str
    size: int
    status: Status = Status.OK
    reason: str = ""
    characters: int = 0
    seals: tuple[int, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """Octets on their way through parse, unpack and extract; what stays of them is a Part.

    path, name, name_octets, declared, disposition: as in Part. data: transfer-decoded octets. charset: as declared.
    content_id: without angle brackets. body: a text body of a mail (text/plain or text/html that is no attachment).
    alternative: number of the multipart/alternative it belongs to (counted from 1 in the mail), 0 if none.
    flowed, delsp: RFC 3676. forwarded: a body of a mail whose subject says that it passes another one on. problem: what
    was wrong with its transfer encoding, None if nothing.
    """

    path: str
    data: bytes
    name: str = ""
    name_octets: bytes = b""
    declared: str = ""
    disposition: str = ""
    charset: str = ""
    content_id: str = ""
    body: bool = False
    alternative: int = 0
    flowed: bool = False
    delsp: bool = False
    forwarded: bool = False
    problem: Problem | None = None


@dataclass(frozen=True, kw_only=True)
class Attached:
    """A file that staff fetched for a mail, on its way to be read with it. link: URL that it answers, "" if none."""

    name: str
    data: bytes
    link: str = ""


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """One mail taken apart: its header and its leaves in MIME order (containers such as message/rfc822 are leaves)."""

    mail: Mail
    leaves: tuple[Leaf, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Unpacked:
    """What an archive held: members as leaves (path below the archive's), and how far it was opened."""

    members: tuple[Leaf, ...]
    status: Status = Status.OK
    reason: str = ""
    problems: tuple[Problem, ...] = ()


class Style(StrEnum):
    """What a block is in its document."""

    TITLE = "title"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    TABLE = "table"
    CAPTION = "caption"
    OTHER = "other"


class Aside(StrEnum):
    """Why a block is not the report's own running text. Such blocks have Style.OTHER and describe no activity."""

    HEADER = "header"
    FOOTER = "footer"
    FOOTNOTE = "footnote"
    COMMENT = "comment"
    QUOTED = "quoted"
    HIDDEN = "hidden"
    LINK_CARD = "link-card"


_FIELD = re.compile(
    r"(?:活动|项目|举办|主办|承办|参与|参加|开展|报送|填报|联系|受益|发放)?\s*"
    r"(?:名\s*称|主\s*题|时\s*间|日\s*期|地\s*点|人\s*数|单\s*位|部\s*门|场\s*次|形\s*式|类\s*[别型]|规\s*模|对\s*象|资料.{0,3}|人|电\s*话|方\s*式)"
    r"(?:[（(].{1,8}[）)])?[：:]?$"
)
"""A label of a form; no value of one looks like it."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """A piece of text with its place: its index in `Document.blocks` counts from 0.

    text: without outer white space; of a table, cells joined by tabs and rows by newlines (`rows` joined that way,
    where newlines and tabs inside a cell became spaces; a form's long cells are blocks of their own instead).
    level: 1.. of a heading, else 0. page: from 1 where the format has pages. rows: all rows of a table, the first
    is usually its header. confidence: 0..1 of recognised text (OCR), else None. aside: None for running text.
    """

    style: Style
    text: str
    level: int = 0
    page: int | None = None
    rows: tuple[tuple[str, ...], ...] = ()
    confidence: float | None = None
    aside: Aside | None = None

    @property
    def fields(self) -> tuple[tuple[str, str, int], ...]:
        """(label, value, place of the value in `text`) of a table that is the form of one activity, () of all others."""
        found: list[tuple[str, str, int]] = []
        at = labelled = 0
        for row in self.rows:
            filled = [
                (cell, at + sum(map(len, row[:place])) + place) for place, cell in enumerate(row) if cell
            ]
            pairs = [(one[0], *two) for one, two in pairwise(filled) if _FIELD.match(one[0])]
            found.extend(pair for pair in pairs if not _FIELD.match(pair[1]))
            labelled += bool(filled and pairs and _FIELD.match(filled[0][0]))
            at += sum(map(len, row)) + len(row)
        alike = len(self.rows[0]) if self.rows else 0
        listed = alike and all(_FIELD.match(cell) for cell in self.rows[0] if cell)
        return tuple(found) if 2 * labelled > len(self.rows) and not listed else ()


@dataclass(frozen=True, kw_only=True)
class Document:
    """The text of one part in reading order. body: a text body of a mail, not a file. recognised: by OCR."""

    part: str
    blocks: tuple[Block, ...]
    body: bool = False
    recognised: bool = False
    pages: int | None = None

    @property
    def page_confidences(self) -> tuple[tuple[int, float], ...]:
        """(page, mean confidence 0..1 of its characters) of the pages that were recognised, in order."""
        told: dict[int, list[tuple[float, int]]] = {}
        for block in self.blocks:
            if block.confidence is not None:
                told.setdefault(block.page or 1, []).append((block.confidence, len(block.text)))
        return tuple(
            (
                page,
                round(sum(mean * length for mean, length in found) / sum(length for _, length in found), 3),
            )
            for page, found in sorted(told.items())
        )


class Depiction(StrEnum):
    """What a picture is; UNKNOWN where nothing says so for certain. GRAPHIC: posters, charts, codes."""

    PHOTO = "photo"
    SCREENSHOT = "screenshot"
    PAGE = "page"
    GRAPHIC = "graphic"
    LOGO = "logo"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Facts of one picture part. width, height: pixels as it is seen, i.e. after its EXIF orientation.

    taken: EXIF date, naive local time as the camera wrote it. orientation: 1..8 of EXIF as stated, 1 if none.
    frames: pages of a TIFF, frames of an animation. kind: what it is. logo: an ornament, no material.
    thumbnail: JPEG octets, at most 160 pixels a side. hash: the perceptual hash, 32 x 32 grey levels by row from the top
    left of the upright picture, b"" where it is too plain to be told from others; pipeline/reuse.py compares it.
    """

    part: str
    width: int
    height: int
    taken: datetime | None = None
    orientation: int = 1
    frames: int = 1
    kind: Depiction = Depiction.UNKNOWN
    hash: bytes = b""
    thumbnail: bytes = b""
    logo: bool = False


@dataclass(frozen=True, kw_only=True)
class Recording:
    """Facts of one film or sound as its container states them; nothing is decoded.

    seconds: length, None if not stated. width, height: pixels as shown (turned films turned), 0 for sound.
    formats: of picture and sound, as MediaInfo calls them ("AVC", "AAC"). made: with zone, None if not stated.
    """

    part: str
    seconds: float | None = None
    width: int = 0
    height: int = 0
    formats: tuple[str, ...] = ()
    made: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Link:
    """Material that is only linked: an oversize-attachment card or a cloud-disk link found in a body or document.

    kind: "qq", "netease", "coremail", "139", "189", "baidu", "quark" … size: as written. expires: with zone.
    term: the words that state until when it is there ("30 天后到期", "永久有效"), "" if none. code: 提取码. fetched: path
    of the part that staff added for it, "" while it is open. The daemon never follows it.
    """

    part: str
    kind: str
    name: str = ""
    size: str = ""
    url: str
    code: str = ""
    expires: datetime | None = None
    term: str = ""
    fetched: str = ""


@dataclass(frozen=True, kw_only=True)
class Content:
    """What one reader got out of one leaf.

    blocks, pages, recognised: as in Document. embedded: pictures (and files) inside it, paths below its own.
    picture, recording: facts, if the leaf is one. seals: as in Part.
    """

    blocks: tuple[Block, ...] = ()
    pages: int | None = None
    recognised: bool = False
    embedded: tuple[Leaf, ...] = ()
    picture: Picture | None = None
    recording: Recording | None = None
    status: Status = Status.OK
    reason: str = ""
    problems: tuple[Problem, ...] = ()
    seals: tuple[int, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Reading:
    """All that the octets of one mail say. Depends on the octets, VERSION and the abilities alone.

    mails: the outermost first, then nested ones in order of their section. documents: bodies and files in order of
    path as walked. abilities: sorted names of the extras and tools that were at hand ("antiword", "tesseract" …).
    attached: sha256 of the files that staff had added when it was read, in their order.
    """

    sha256: str
    version: int
    abilities: tuple[str, ...]
    mails: tuple[Mail, ...]
    parts: tuple[Part, ...]
    documents: tuple[Document, ...] = ()
    pictures: tuple[Picture, ...] = ()
    recordings: tuple[Recording, ...] = ()
    links: tuple[Link, ...] = ()
    problems: tuple[Problem, ...] = ()
    attached: tuple[str, ...] = ()

    @property
    def mail(self) -> Mail:
        """The outermost mail."""
        return self.mails[0]


# ---------------------------------------------------------------- judgement


class Kind(StrEnum):
    """What a mail is for the season."""

    SUBMISSION = "submission"
    CORRECTION = "correction"
    SUPPLEMENT = "supplement"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A unit that may have sent the mail. name: canonical, or as written when it is not in the roster."""

    name: str
    in_roster: bool
    weight: float


@dataclass(frozen=True, kw_only=True)
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


@dataclass(frozen=True, kw_only=True)
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


@dataclass(frozen=True, kw_only=True)
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


@dataclass(frozen=True, kw_only=True)
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


@dataclass(frozen=True, kw_only=True)
class Judged:
    """An activity and its category. unit: in whose name it was reported (代报), None for the unit of the mail."""

    activity: Activity
    classification: Classification
    unit: str | None = None


@dataclass(frozen=True, kw_only=True)
class SetAside:
    """Words that look like an activity and are not counted (不计入). reason: Chinese: 计划, 口号, 合计, 往年 …"""

    text: str
    reason: str
    span: Span


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A verbatim passage (典型经验 or 意见建议) with its place."""

    text: str
    span: Span


@dataclass(frozen=True, kw_only=True)
class Segments:
    """What a report divides into: activities without figures, passages, and words set aside."""

    activities: tuple[Activity, ...] = ()
    highlights: tuple[Passage, ...] = ()
    suggestions: tuple[Passage, ...] = ()
    set_aside: tuple[SetAside, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Contact:
    """联系人 with a phone in plain form; both stand in the mail."""

    name: str
    phone: str


class Notice(StrEnum):
    """A mail that is about another mail."""

    RECALL = "recall"
    FORWARD = "forward"


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One report that came twice: as text and as pictures of its pages. The text is read, the seal is looked for there.

    text: path of the part that is read. scans: paths of the scan, or of the photographs of its pages, in reading order.
    sealed: a round red seal is seen on one of them (no claim that it is genuine); None: none of them was looked at.
    """

    text: str
    scans: tuple[str, ...]
    sealed: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Behalf:
    """A document that stands in the name of another unit of the roster than the mail (代报). words: what says so, Chinese."""

    part: str
    unit: str
    words: str


@dataclass(frozen=True, kw_only=True)
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


# ---------------------------------------------------------------- the register's rows


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


# ---------------------------------------------------------------- results


class RelationKind(StrEnum):
    """How one mail stands to another."""

    DUPLICATE = "duplicate"
    RECALL = "recall"
    FORWARD = "forward"


class Field(StrEnum):
    """What two versions of one activity may state differently."""

    DATE_START = "date_start"
    DATE_END = "date_end"
    PLACE = "place"
    PARTICIPANTS = "participants"
    SESSIONS = "sessions"
    MATERIALS = "materials"
    MEDIA = "media"


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing in which a replaced mail and the one that replaces it differ.

    old, new: number of the activity (from 1) in the replaced mail and in the new one; None where it has none: taken out, or
    added. title: of the newer telling. field: None where a whole activity was taken out or added. before, after: the
    values as text (dates ISO, outlets with 、 between), "" where nothing is stated.
    """

    old: int | None
    new: int | None
    title: str
    field: Field | None = None
    before: str = ""
    after: str = ""


@dataclass(frozen=True, kw_only=True)
class Relation:
    """What relate() found about one filed mail: it supersedes *supersedes*, or it is a *kind* of mail *of*.

    superseded_by: the newest mail that replaces it; such a mail keeps its activities but does not count.
    differences: of a superseded mail, between its activities and those of the mail that replaces it.
    recalled: a notice of recall names it.
    """

    accession: str
    supersedes: str | None = None
    superseded_by: str | None = None
    kind: RelationKind | None = None
    of: str | None = None
    recalled: bool = False
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Joint:
    """One activity that several units report (联合活动), or one unit in two mails, as joint() found it.

    members: (accession, number of the activity from 1), at least two; the first is the one whose figures go into totals
    over all units. units: those of the members, in their order; all the same where one unit may have told of it twice.
    decided: False: only a person can say whether they are one, and each counts for itself until then. words: Chinese, what
    speaks for it.
    """

    members: tuple[tuple[str, int], ...]
    units: tuple[str, ...]
    decided: bool
    words: str


class Scope(StrEnum):
    """How far apart the places are at which one photograph was used, the farthest first.

    common: so many units have it that it was most likely given to all of them.
    """

    COMMON = "common"
    UNITS = "units"
    MAILS = "mails"
    DOCUMENTS = "documents"


@dataclass(frozen=True, kw_only=True)
class Use:
    """One place at which a photograph was used. unit: best guess, "" where there is no candidate."""

    accession: str
    part: str
    unit: str


@dataclass(frozen=True, kw_only=True)
class Reuse:
    """One photograph that was used more than once, as reuse() found it.

    uses: in order of accession and part, at least two. scope: the farthest two of them. exact: the same octets each
    time. alike: 0..1, how like the two most different neighbours are that hold the group together; 1 where exact.
    """

    uses: tuple[Use, ...]
    scope: Scope
    exact: bool
    alike: float


@dataclass(frozen=True, kw_only=True)
class Filed:
    """One mail for the fold: its row and its filing; filing is None while captured, held or dismissed unread.

    relation, reused, joint: what relate(), reuse() and joint() found about it; a Reuse or Joint stands at each mail that it
    names.
    """

    item: Item
    filing: Filing | None
    relation: Relation | None = None
    reused: tuple[Reuse, ...] = ()
    joint: tuple[Joint, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Score:
    """One line of the rubric for one unit. low..high: points; equal when all facts are known. words: the evidence.

    machine: False where only people can give the points. words: one line a point of evidence; sources: accession and
    place of each line ("" where it has none). What is taken off is negative, and its full is 0.
    """

    unit: str
    criterion: str
    low: float
    high: float
    full: float
    machine: bool
    words: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """One unit's result. accessions: its counted mails, none where it has not sent (未报送).

    kind: Unit.kind, "" outside the roster. rank: within its peer group by low total, ties share it; None where there
    is no group or no mail. missing: of 情况, 成效, 经验, 建议, 影像, 联系人. notes: Chinese, what staff should know.
    """

    unit: str
    in_roster: bool
    kind: str
    accessions: tuple[str, ...]
    activities: int
    participants: int | None
    scores: tuple[Score, ...]
    low: float
    high: float
    rank: int | None
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
