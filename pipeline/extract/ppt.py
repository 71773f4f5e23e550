"""PowerPoint 97-2007 files (.ppt, .pps, .dps of WPS) by ourselves: the text of each slide, notes apart.

Purpose: old presentations are read with no program installed.
Source: [MS-PPT] sections 2.1.2 (user edits and the persist directory), 2.4.14.3 (SlideListWithTextContainer), 2.5.1
(slides), 2.9 (text); [MS-ODRAW] section 2.2.14 (shapes).
Limits: cells of tables are paragraphs, in order of their shapes; masters, charts and SmartArt (which is drawn there) are
not read; pictures are taken out by legacy.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.extract import charset, shape
from pipeline.extract.package import DamagedError
from pipeline.extract.shape import Paragraph
from pipeline.ole import Compound
from pipeline.records import Aside, Content, Leaf, Status

MAX_SLIDES = 500
"""Slides of one file."""
MAX_DEPTH = 32
"""Containers in containers; groups of shapes reach ten."""
MAX_EDITS = 1_000
"""Times that a file was saved in addition to itself."""
MAX_RECORDS = 500_000
"""Records of one file that are looked at."""

_ENCRYPTED = 0xF3D1C4DF
_EDIT, _DIRECTORY, _LIST, _PERSIST, _NOTES_ATOM, _INFO = 0x0FF5, 0x1772, 0x0FF0, 0x03F3, 0x03F1, 0x03F9
_REFERENCE, _HEADER, _WIDE, _NARROW = 0x0F9E, 0x0F9F, 0x0FA0, 0x0FA8
_TITLES = {0, 6}
_NOTES = 0x03F0
_HIDDEN = 0x0004


class _Record(NamedTuple):
    """One record: body from *start* to *end*; a container holds records. instance: of its header."""

    kind: int
    instance: int
    container: bool
    start: int
    end: int


@dataclass(kw_only=True)
class _Text:
    """One text of a slide and its kind (TextTypeEnum); used: a shape of the slide shows it."""

    kind: int
    words: str = ""
    used: bool = False


@dataclass(kw_only=True)
class _File:
    """One presentation opened; persists: object to its place in the stream."""

    stream: bytes
    persists: dict[int, int] = field(default_factory=dict)
    seen: int = 0

    def records(self, start: int, end: int) -> Iterator[_Record]:
        """Give the records from *start* to *end* in order."""
        end = min(end, len(self.stream))
        while start + 8 <= end and self.seen < MAX_RECORDS:
            self.seen += 1
            head = _number(self.stream, start, 2)
            stop = start + 8 + _number(self.stream, start + 4, 4)
            kind = _number(self.stream, start + 2, 2)
            yield _Record(kind, head >> 4, head & 15 == 15, start + 8, min(stop, end))
            start = stop

    def record(self, persist: int) -> _Record | None:
        """Give the record of one object."""
        place = self.persists.get(persist)
        return None if place is None else next(self.records(place, len(self.stream)), None)

    def inside(self, record: _Record, depth: int = 0) -> Iterator[_Record]:
        """Give all records below *record*, in order."""
        for inner in self.records(record.start, record.end):
            yield inner
            if inner.container and depth < MAX_DEPTH:
                yield from self.inside(inner, depth + 1)


def read(leaf: Leaf, _argument: str = "") -> Content:
    """Read one presentation; runs in the reader's child.

    Raises:
        DamagedError: it is none, or its document cannot be found.
    """
    compound = Compound(leaf.data)
    user = compound.octets("Current User")
    if _number(user, 12, 4) == _ENCRYPTED:
        return Content(status=Status.NEEDS_PASSWORD, reason="待补密码：文档设有打开密码，请向报送单位索取")
    file = _File(stream=compound.octets("PowerPoint Document"))
    document = file.record(_persisted(file, _number(user, 16, 4)))
    if document is None:
        raise DamagedError("演示文稿不完整或已损坏")
    slides = [part for part in _lists(file, document) if part[0] in file.persists][:MAX_SLIDES]
    numbers = {identity: page for page, (_, identity, _) in enumerate(slides, start=1)}
    found = [line for page, slide in enumerate(slides, start=1) for line in _slide(file, slide, page)]
    for persist in sorted(file.persists):
        found.extend(_notes(file, persist, numbers))
    blocks = shape.blocks(found, titled=False)
    if charset.garbled("".join(block.text for block in blocks)):
        raise DamagedError("演示文稿里的文字已损坏")
    return Content(blocks=blocks, pages=len(slides))


def _persisted(file: _File, place: int) -> int:
    """Read where the objects stand, the newest edit first; give the object that is the document."""
    document = 0
    for _ in range(MAX_EDITS):
        edit = next(file.records(place, len(file.stream)), None)
        if edit is None or edit.kind != _EDIT:
            break
        document = document or _number(file.stream, edit.start + 16, 4)
        directory = next(file.records(_number(file.stream, edit.start + 12, 4), len(file.stream)), None)
        if directory is not None and directory.kind == _DIRECTORY:
            _listed(file, directory)
        place = _number(file.stream, edit.start + 8, 4)
        if not place:
            break
    return document


def _listed(file: _File, directory: _Record) -> None:
    place = directory.start
    while place + 4 <= directory.end:
        head = _number(file.stream, place, 4)
        count = min(head >> 20, (directory.end - place - 4) // 4)
        for number in range(count):
            file.persists.setdefault(
                (head & 0xFFFFF) + number, _number(file.stream, place + 4 + number * 4, 4)
            )
        place += 4 + 4 * max(count, 1)


def _lists(file: _File, document: _Record) -> list[tuple[int, int, list[_Text]]]:
    """Give (object, identity, texts of its outline) of the slides in their order."""
    found: list[tuple[int, int, list[_Text]]] = []
    for record in file.records(document.start, document.end):
        if record.kind != _LIST or record.instance != 0:
            continue
        for inner in file.records(record.start, record.end):
            if inner.kind == _PERSIST:
                identity = _number(file.stream, inner.start + 12, 4)
                found.append((_number(file.stream, inner.start, 4), identity, []))
            elif found:
                _add(file, inner, found[-1][2])
    return found


def _add(file: _File, record: _Record, texts: list[_Text]) -> None:
    """Take a header or the words of a text."""
    octets = file.stream[record.start : record.end]
    if record.kind == _HEADER:
        texts.append(_Text(kind=_number(octets, 0, 4)))
    elif record.kind in {_WIDE, _NARROW}:
        words = octets[: len(octets) // 2 * 2].decode("utf-16-le", "replace")
        words = words if record.kind == _WIDE else octets.decode("latin-1")
        if not texts or texts[-1].words:
            texts.append(_Text(kind=4))
        texts[-1].words = words


def _slide(file: _File, slide: tuple[int, int, list[_Text]], page: int) -> Iterator[Paragraph]:
    record = file.record(slide[0])
    if record is None:
        return
    shown: list[_Text] = []
    hidden = False
    for inner in file.inside(record):
        if inner.kind == _REFERENCE:
            place = _number(file.stream, inner.start, 4)
            if place < len(slide[2]) and not slide[2][place].used:
                slide[2][place].used = True
                shown.append(slide[2][place])
        elif inner.kind == _INFO:
            hidden = bool(_number(file.stream, inner.start + 10, 2) & _HIDDEN)
        else:
            _add(file, inner, shown)
    shown = [*(text for text in slide[2] if not text.used), *shown]
    for text in sorted(shown, key=lambda text: text.kind not in _TITLES):
        yield from _lines(text, page, Aside.HIDDEN if hidden else None)


def _lines(text: _Text, page: int, aside: Aside | None) -> Iterator[Paragraph]:
    words = text.words.replace("\x0b", "\n")
    if text.kind in _TITLES and aside is None:
        title = re.sub(r"[\r\n]+", "", words).strip()
        if title:
            yield Paragraph(text=title, outline=0 if page == 1 else 1, page=page)
        return
    for line in words.split("\r"):
        if re.search(r"[^\W_]", line):  # a star stands for a number or date
            yield Paragraph(text=line, page=page, aside=aside)


def _notes(file: _File, persist: int, numbers: dict[int, int]) -> Iterator[Paragraph]:
    record = file.record(persist)
    if record is None or record.kind != _NOTES:
        return
    page = 1
    texts: list[_Text] = []
    for inner in file.inside(record):
        if inner.kind == _NOTES_ATOM:
            page = numbers.get(_number(file.stream, inner.start, 4), 1)
        else:
            _add(file, inner, texts)
    for text in texts:
        yield from _lines(text, page, Aside.COMMENT)


def _number(octets: bytes, place: int, size: int) -> int:
    """Read an unsigned number of *size* octets, 0 beyond the end."""
    return int.from_bytes(octets[place : place + size], "little")
