"""Word 97-2007 files (.doc, .dot, .wps of WPS Writer) by ourselves: paragraphs, tables, text boxes, what stands around.

Purpose: old Word reports are read whole with no program installed, and before any of them.
Source: [MS-DOC] sections 2.3 (parts of the text), 2.4.3 (tables), 2.8.26 (fields), 2.8.28 (PlcftxbxTxt), 2.8.22 (Plcfhdd).
Limits: accepted state of tracked changes; text boxes stand after the paragraph they are anchored to; tables in tables are
text of their cell; pictures are taken out by legacy.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.extract import charset, form, shape, signs, styles
from pipeline.extract.doc_file import DocFile
from pipeline.extract.doc_looks import Looks, Place
from pipeline.extract.form import Cell
from pipeline.extract.package import DamagedError
from pipeline.extract.shape import Paragraph
from pipeline.extract.styles import Look
from pipeline.records import Aside, Content, Leaf

_END = re.compile(r"[\r\x07\x0c]")
_SIGNS = {"\t": " ", "\x0b": "\n", "\x0e": "\n", "\x1e": "-"}
_BEGIN, _DIVIDE, _FINISH = "\x13", "\x14", "\x15"
_PICTURES = {"\x01", "\x08"}
_SPLIT = re.compile(r"([\x00-\x1f])")
_STORIES = ((1, Aside.FOOTNOTE), (5, Aside.FOOTNOTE), (4, Aside.COMMENT))
"""Parts of the text by their number in DocFile.counts."""
_BOXES, _HEADERS, _HEADER_BOXES = 6, 2, 7
_HEADER_STORIES = 6
"""The first six stories of the headers are separators of notes; then six a section: headers 0, 1, 4, footers 2, 3, 5."""


def read(leaf: Leaf, _argument: str = "") -> Content:
    """Read one file; runs in the reader's child.

    Raises:
        DamagedError: it is none of Word 97 or later, or garbage.
    """
    file = DocFile(leaf.data)
    walk = _Walk(file=file, looks=Looks(file))
    walk.anchors()
    found = walk.paragraphs(0, file.counts[0])
    for start, end in walk.unplaced():
        found.extend(walk.paragraphs(start, end))
    around = list(_around(file, walk))
    headers = [line for line in around if line.aside is Aside.HEADER]
    others = [line for line in around if line.aside is not Aside.HEADER]
    blocks = shape.blocks([*headers, *found, *others])
    if charset.garbled("".join(block.text for block in blocks)):
        raise DamagedError("Word 文档里的文字已损坏")
    return Content(blocks=blocks)


@dataclass(kw_only=True)
class _Table:
    """A table as far as it has been read: cells of the open row, and the rows with the edges of their cells."""

    cell: list[Paragraph] = field(default_factory=list)
    row: list[Cell] = field(default_factory=list)
    rows: list[tuple[tuple[int, ...], list[Cell]]] = field(default_factory=list)

    def end_row(self, edges: tuple[int, ...]) -> None:
        self.rows.append((edges, self.row))
        self.row = []

    def taken(self) -> list[Paragraph]:
        """Give the paragraphs of the table, and begin anew."""
        if self.cell:
            self.row.append(Cell(paragraphs=tuple(self.cell)))
        if self.row:
            self.end_row(())
        rows, self.cell, self.rows = form.even(self.rows), [], []
        return list(form.unfold(rows)) if rows else []


@dataclass(kw_only=True)
class _Walk:
    """The walk over the parts of one text. boxes: character of the anchor to the text of the boxes there."""

    file: DocFile
    looks: Looks
    boxes: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    ranges: dict[bytes, tuple[int, int]] = field(default_factory=dict)

    def anchors(self) -> None:
        """Find out where the text boxes of the main text are anchored: both name the same shape."""
        start = _start(self.file, _BOXES)
        positions, records = self.file.plc(56, 22)
        for number, record in enumerate(records):
            box = (start + positions[number], start + positions[number + 1])
            if box[0] < box[1] <= start + self.file.counts[_BOXES]:
                self.ranges[record[14:18]] = box
        positions, records = self.file.plc(40, 26)
        for position, record in zip(positions, records, strict=False):
            found = self.ranges.pop(record[:4], None)
            if found and position < self.file.counts[0]:
                self.boxes.setdefault(position, []).append(found)
            elif found:
                self.ranges[record[:4]] = found

    def unplaced(self) -> list[tuple[int, int]]:
        """Give the text of boxes without an anchor."""
        return sorted(self.ranges.values())

    def paragraphs(self, start: int, end: int) -> list[Paragraph]:
        """Give the paragraphs and tables of the characters [start, end)."""
        found: list[Paragraph] = []
        table = _Table()
        for first, mark in _marks(self.file.text, start, min(end, len(self.file.text))):
            look, place = self._look(mark)
            cell_ends = self.file.text[mark : mark + 1] == "\x07"
            if place.row_end and cell_ends:
                table.end_row(place.edges)
                continue
            lines = list(self._paragraph(first, mark, look, place))
            if not (place.in_table or cell_ends):
                found.extend(table.taken())
                found.extend(lines)
                continue
            table.cell.extend(lines)
            if cell_ends:
                table.row.append(Cell(paragraphs=tuple(table.cell)))
                table.cell = []
        return found + table.taken()

    def _look(self, mark: int) -> tuple[Look, Place]:
        run = self.file.paragraph_run(mark)
        if run is None:
            return self.looks.style(0), Place()
        return self.looks.paragraph(run.style, run.said)

    def _paragraph(self, first: int, mark: int, look: Look, place: Place) -> Iterator[Paragraph]:
        pieces: list[tuple[str, Look]] = []
        fields: list[int] = []
        picture = False
        for words, said in self.file.character_runs(first, mark):
            worn, sign = self.looks.character(said, look)
            if sign is None:
                continue
            for piece in filter(None, _SPLIT.split(signs.symbol(sign) if sign else words)):
                picture |= piece in _PICTURES
                _taken(piece, worn, pieces, fields)
        shown = [(_joined(text), said) for text, said in pieces if not said.hidden]
        hidden = _joined("".join(text for text, said in pieces if said.hidden)).strip()
        text = _joined("".join(text for text, said in pieces if not said.hidden))
        if text.strip() and look.number and look.number != "0":
            text = styles.joined(self.looks.numbering.label(look.number, look.level or 0), text.strip())
        yield styles.paragraph(
            text, look, shown, picture=picture, right=styles.at_right(text, look, place.indent)
        )
        if hidden:
            yield Paragraph(text=hidden, aside=Aside.HIDDEN)
        for position in [position for position in self.boxes if first <= position <= mark]:
            for start, end in self.boxes.pop(position):
                yield from self.paragraphs(start, end)


def _taken(piece: str, look: Look, pieces: list[tuple[str, Look]], fields: list[int]) -> None:
    """Take one piece of text or one sign; of a field only the result stays (its begin is kept in *fields*)."""
    if piece == _BEGIN:
        fields.append(len(pieces))
    elif piece == _DIVIDE and fields:
        del pieces[fields[-1] :]
        fields[-1] = -1
    elif piece == _FINISH and fields:
        begun = fields.pop()
        if begun >= 0:
            del pieces[begun:]
    elif piece in _SIGNS or piece >= " ":
        pieces.append((_SIGNS.get(piece, piece).translate(signs.SYMBOLS), look))


def _marks(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Give (first character, mark) of each paragraph; what follows the last mark is one too."""
    for match in _END.finditer(text, start, end):
        yield start, match.start()
        start = match.end()
    if start < end:
        yield start, end


def _joined(text: str) -> str:
    """Join pairs of surrogates."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _start(file: DocFile, part: int) -> int:
    return sum(file.counts[:part])


def _around(file: DocFile, walk: _Walk) -> Iterator[Paragraph]:
    """Give notes, comments, headers and footers, each text once, numbers left out."""
    for part, aside in _STORIES:
        start = _start(file, part)
        yield from _once([walk.paragraphs(start, start + file.counts[part])], aside)
    start = _start(file, _HEADERS)
    positions, _ = file.plc(11, 0)
    stories: dict[Aside, list[list[Paragraph]]] = {Aside.HEADER: [], Aside.FOOTER: []}
    for number in range(_HEADER_STORIES, len(positions) - 1):
        kind = Aside.HEADER if (number - _HEADER_STORIES) % 6 in {0, 1, 4} else Aside.FOOTER
        last = min(positions[number + 1], file.counts[_HEADERS])
        if positions[number] < last:
            stories[kind].append(walk.paragraphs(start + positions[number], start + last))
    boxes = _start(file, _HEADER_BOXES)
    stories[Aside.HEADER].append(walk.paragraphs(boxes, boxes + file.counts[_HEADER_BOXES]))
    for kind, found in stories.items():
        yield from _once(found, kind)


def _once(stories: Sequence[list[Paragraph]], aside: Aside) -> Iterator[Paragraph]:
    seen: set[str] = set()
    for line in (line for story in stories for line in story):
        text = line.text.strip()
        if text not in seen and re.search(r"[^\W\d_]", text):
            seen.add(text)
            yield Paragraph(text=text, aside=aside)
