"""What triage looks at of one mail: its own words, and of its files what says what they are.

Purpose: `letter_of` turns a Reading into a Letter, so that the rules speak of a cover, files and titles.
Limits: the organiser's own notice and blank forms are left out; running text of a body is no word about the mail.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

from pipeline.records import Aside, Document, Part, Reading, Segments, Status
from rules import Notice

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
_MARKS = re.compile(r"[“”\"'《》〈〉\s]")


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One mail for triage; all texts are NFKC with single spaces.

    cover: the mail's own words, a line each. body: all of it. files: names of files. titles, texts: of the readable
    files (texts cut at MAX_TEXT). unread: files that no text came out of. pictures, linked, activities: how many.
    """

    subject: str
    sender: str
    auto: str
    cover: tuple[str, ...]
    body: str
    files: tuple[str, ...]
    titles: tuple[str, ...]
    texts: tuple[str, ...]
    unread: tuple[Part, ...]
    pictures: int
    linked: int
    activities: int

    @property
    def said(self) -> str:
        """Subject and the mail's own words."""
        return "\n".join((self.subject, *self.cover))

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
    return Letter(
        subject=flat(reading.mail.subject),
        sender=reading.mail.sender.address,
        auto=reading.mail.auto,
        cover=tuple(line for document in bodies for line in _cover(document, told)),
        body="\n".join(_own(document) for document in bodies),
        files=tuple(flat(part.name) for part in reading.parts if part.name),
        titles=tuple(title for document in reports for title in _titles(document)),
        texts=tuple(_own(document)[:MAX_TEXT] for document in reports),
        unread=tuple(part for part in reading.parts if part.status in _UNREAD and not _pictured(part)),
        pictures=sum(_pictured(part) and part.path not in logos for part in reading.parts),
        linked=sum(not link.fetched for link in reading.links),
        activities=len(segments.activities),
    )


def flat(text: str) -> str:
    """*text* in one line, full-width forms made plain."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip()


def _own(document: Document) -> str:
    return "\n".join(flat(block.text) for block in document.blocks if block.aside in (None, Aside.HEADER))


def _cover(document: Document, told: set[tuple[str, int]]) -> list[str]:
    """Lines of a body that describe no activity."""
    blocks = [
        block
        for number, block in enumerate(document.blocks)
        if block.aside is None and (document.part, number) not in told
    ]
    lines = [flat(line) for block in blocks for line in block.text.splitlines()]
    return [line for line in lines if line and len(line) <= MAX_COVER_LINE]


def _titles(document: Document) -> list[str]:
    own = [flat(block.text) for block in document.blocks if block.aside is None and block.text.strip()]
    return [text for text in own[:3] if len(text) <= MAX_TITLE]


def _substantial(document: Document, notice: Notice) -> bool:
    """Is it a file of the sender's own, neither the organiser's notice nor its blank form?"""
    if document.body:
        return False
    theirs = _MARKS.sub("", unicodedata.normalize("NFKC", notice.title))
    if any(_MARKS.sub("", title).endswith(theirs) for title in _titles(document)):
        return False
    rows = [row for block in document.blocks for row in block.rows[1:]]
    running = Counter(bool(block.rows) for block in document.blocks if len(block.text) > MAX_TITLE)
    filled = any(sum(bool(cell.strip()) for cell in row) > 1 for row in rows)
    return not rows or filled or bool(running[False])


def _pictured(part: Part) -> bool:
    return part.media_type.startswith(("image/", "video/", "audio/")) or bool(_PICTURE.search(part.name))
