"""What the octets say: documents of blocks, pictures, recordings, links; a Reading is all that one mail says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from pipeline.records.evidence import Problem
from pipeline.records.mails import Leaf, Mail, Part, Status


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


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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
