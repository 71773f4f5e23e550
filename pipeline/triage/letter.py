"""What triage looks at of one mail: its own words, and of its files what says what they are.

Purpose: `letter_of` turns a Reading into a Letter, so that the rules speak of a cover, files and titles.
Limits: the organiser's own notice and blank forms are left out; running text of a body is no word about the mail.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import islice

from pipeline.records import Aside, Document, Part, Reading, Segments, Status
from pipeline.triage.papers import Paper
from rules import Notice

SHORT_BODY = 220
"""Characters up to which a body is a letter about the report or about nothing else; reports in bodies are longer."""
MAX_COVER_LINE = 200
"""A longer line of a body is running text, not what the mail says of itself."""
MAX_TEXT = 6_000
"""Characters of each document that are searched for what it is about."""
MAX_TITLE = 100
"""A longer first block is no title."""

_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|bmp|heic|webp|tiff?|mp4|mov|avi|mp3)$", re.IGNORECASE)
_UNREAD = (
    Status.NEEDS_OCR,
    Status.NEEDS_PASSWORD,
    Status.LINK_ONLY,
    Status.TOO_BIG,
    Status.UNSUPPORTED,
    Status.DAMAGED,
)
_SENTENCE = re.compile("[。:;]")
_MARKS = re.compile(r"[“”\"'《》〈〉\s]")


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One mail for triage; all texts are NFKC with single spaces.

    cover: the mail's own words, a line each. body: all of it. files: names of files. papers: the readable files of the
    sender's own (texts cut at MAX_TEXT). openings: their first running text, where it is short. unread: files that no
    text came out of. pictures, linked, activities: how many. told: of the activities, those that stand in a body.
    passages: of 典型经验 and 意见建议, how many stand in papers.
    """

    subject: str
    sender: str
    auto: str
    cover: tuple[str, ...]
    body: str
    files: tuple[str, ...]
    papers: tuple[Paper, ...]
    openings: tuple[str, ...]
    unread: tuple[Part, ...]
    pictures: int
    linked: int
    activities: int
    told: int
    passages: int = 0

    @property
    def titles(self) -> tuple[str, ...]:
        """First short lines of all papers."""
        return tuple(head for paper in self.papers for head in paper.heads)

    @property
    def texts(self) -> tuple[str, ...]:
        """Of all papers."""
        return tuple(paper.text for paper in self.papers)

    @property
    def said(self) -> str:
        """Subject and the mail's own words."""
        return "\n".join((self.subject, *self.cover))

    @property
    def short(self) -> bool:
        """Is the body no longer than a letter?"""
        return len(self.body) <= SHORT_BODY

    @property
    def light(self) -> bool:
        """Nothing came with it that could be a report; pictures and blank forms may have."""
        return not (self.texts or self.unread or self.linked)


def letter_of(reading: Reading, segments: Segments, notice: Notice) -> Letter:
    """Take from *reading* what triage looks at; *segments* tell which blocks describe activities."""
    bodies = [document for document in reading.documents if document.body]
    reports = [document for document in reading.documents if _substantial(document, notice)]
    logos = {picture.part for picture in reading.pictures if picture.logo}
    logos |= {part.path for part in reading.parts if part.status is Status.NOISE}
    told = {(span.part, span.block) for activity in segments.activities for span in activity.spans}
    names = {part.path: flat(part.name) for part in reading.parts}
    own = {document.part for document in bodies}
    blank = {document.part for document in reading.documents} - own - {document.part for document in reports}
    return Letter(
        subject=flat(reading.mail.subject),
        sender=reading.mail.sender.address,
        auto=reading.mail.auto,
        cover=tuple(line for document in bodies for line in _cover(document, told)),
        body="\n".join(_own(document) for document in bodies),
        files=tuple(flat(part.name) for part in reading.parts if part.name),
        papers=tuple(_paper(document, names.get(document.part, "")) for document in reports),
        openings=tuple(line for document in reports for line in _opening(document)),
        unread=tuple(part for part in reading.parts if part.status in _UNREAD and not _pictured(part)),
        pictures=sum(_pictured(part) and part.path not in logos for part in reading.parts),
        linked=sum(not link.fetched for link in reading.links),
        activities=sum(any(span.part not in blank for span in one.spans) for one in segments.activities),
        told=sum(any(span.part in own for span in one.spans) for one in segments.activities),
        passages=sum(one.span.part not in own for one in (*segments.highlights, *segments.suggestions)),
    )


def flat(text: str) -> str:
    """*text* in one line, full-width forms made plain."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _paper(document: Document, name: str) -> Paper:
    return Paper(name=name, heads=tuple(_titles(document)), text=_own(document)[:MAX_TEXT])


def _own(document: Document) -> str:
    return "\n".join(flat(block.text) for block in document.blocks if block.aside in (None, Aside.HEADER))


def _cover(document: Document, told: set[tuple[str, int]]) -> list[str]:
    """Lines of a body that describe no activity; all of them where the body is too short for a report."""
    own = [(number, block) for number, block in enumerate(document.blocks) if block.aside is None]
    letter = sum(len(block.text) for _, block in own) <= SHORT_BODY
    blocks = [block for number, block in own if letter or (document.part, number) not in told]
    lines = [flat(line) for block in blocks for line in block.text.splitlines()]
    return [line for line in lines if line and len(line) <= MAX_COVER_LINE]


def _titles(document: Document) -> list[str]:
    own = (flat(block.text) for block in document.blocks if block.aside is None and block.text.strip())
    return [text for text in islice(own, 3) if len(text) <= MAX_TITLE]


def _opening(document: Document) -> list[str]:
    """The first paragraph, where it is no title and short enough to speak of the mail; else nothing."""
    own = [flat(block.text) for block in document.blocks[:5] if block.aside is None and not block.rows]
    return [text for text in own if _SENTENCE.search(text) and len(text) <= MAX_COVER_LINE][:1]


def _substantial(document: Document, notice: Notice) -> bool:
    """Is it a file of the sender's own, neither the organiser's notice nor its blank form?"""
    if document.body:
        return False
    theirs = _MARKS.sub("", unicodedata.normalize("NFKC", notice.title))
    if any(_MARKS.sub("", title).endswith(theirs) for title in _titles(document)):
        return False
    own = [block for block in document.blocks if block.aside is None]
    rows = [row for block in own for row in block.rows[1:]]
    running = [len(block.text) for block in own if not block.rows]
    filled = any(sum(bool(cell.strip()) for cell in row) > 1 for row in rows)
    return not rows or filled or max(running, default=0) > MAX_TITLE or sum(running) > 2 * MAX_TITLE


def _pictured(part: Part) -> bool:
    return part.media_type.startswith(("image/", "video/", "audio/")) or bool(_PICTURE.search(part.name))
