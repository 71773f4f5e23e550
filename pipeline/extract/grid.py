"""One sheet as its cells, merges and hidden parts, and how that becomes a table with its title rows and notes.

Purpose: what the readers of xlsx, xls and ods have in common; only cells that hold something are kept, so that a sheet
with one cell in its far corner is as small as it is.
Source: the 统计表 and 信息报送表 of units: title, a line with unit and date, one to three header rows, data, foot line.
Limits: empty rows and columns are left out; a merged cell applies to each row beside it where it is a short text (a
category, a date), never where it is a number.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.extract import form, shape
from pipeline.extract.form import Cell
from pipeline.extract.shape import Paragraph
from pipeline.records import Aside

MAX_ROWS = 20_000
"""Rows of one sheet; a list of all activities of a district has some hundred."""
MAX_COLUMNS = 200
"""Columns of one sheet that hold something."""
MAX_CELL = 20_000
"""Characters of one cell; a spreadsheet allows 32,767."""
MAX_HEADER = 4
"""Rows of one header."""
MAX_FILLED = 100_000
"""Cells that get the text of the merged cell they belong to."""
FORM_CELLS = 20_000
"""Filled cells beyond which a sheet is a list and no form with long texts in its cells."""
SHORT = 40
"""Characters up to which a merged cell's text is repeated in each of its rows."""

_ANNEX = re.compile(r"^附[件表]\s*[\d一二三四五六七八九十]*\s*[：:]?$")
_LABELLED = re.compile(r"^[^：:]{1,14}[：:]")
_FIGURE = re.compile(r"[约近超共]?[\d,.]+\s*[%万余多]*\s*(?:人次|人|名|份|册|场次?|次|期|个|项|篇|件|万?元)?")


@dataclass(frozen=True, kw_only=True)
class Merge:
    """A merged area, rows and columns from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(kw_only=True)
class Grid:
    """One sheet while it is read.

    rows: text of the filled cells by row and column, both from 0. hidden_rows, hidden_columns: numbers as in rows.
    boxes: texts of text boxes. notes: (row, column, text) of comments.
    """

    name: str = ""
    hidden: bool = False
    rows: dict[int, dict[int, str]] = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    boxes: list[str] = field(default_factory=list)
    notes: list[tuple[int, int, str]] = field(default_factory=list)


def address(row: int, column: int) -> str:
    """Give the name of a cell as staff see it: (2, 27) is AB3."""
    letters = ""
    column += 1
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def paragraphs(grid: Grid) -> Iterator[Paragraph]:
    """Give title rows, table, notes, text boxes and comments of one sheet; hidden parts as asides."""
    columns = sorted({column for row in grid.rows.values() for column in row})[:MAX_COLUMNS]
    numbers = sorted(grid.rows)[:MAX_ROWS]
    if grid.hidden:
        yield from _aside(_dense(grid, numbers, columns))
    else:
        seen = [column for column in columns if column not in grid.hidden_columns]
        shown = [number for number in numbers if number not in grid.hidden_rows]
        yield from _visible(grid, shown, seen)
        yield from _aside(_dense(grid, [number for number in numbers if number in grid.hidden_rows], columns))
        yield from _aside(
            _dense(grid, shown, [column for column in columns if column in grid.hidden_columns])
        )
    for text in grid.boxes:
        yield Paragraph(text=text, aside=Aside.HIDDEN if grid.hidden else None)
    for row, column, text in grid.notes:
        yield Paragraph(text=f"{address(row, column)}：{text}", aside=Aside.COMMENT)


def is_cut(grid: Grid) -> bool:
    """Say whether the sheet has more rows or columns than are read."""
    wide = len({column for row in grid.rows.values() for column in row}) > MAX_COLUMNS
    return wide or len(grid.rows) > MAX_ROWS


def plain(rows: Sequence[Sequence[str]]) -> Grid:
    """Make the sheet of *rows* without merges or hidden parts."""
    filled = {
        number: {column: cell for column, cell in enumerate(row) if cell} for number, row in enumerate(rows)
    }
    return Grid(rows={number: row for number, row in filled.items() if row})


def _aside(rows: list[list[str]]) -> Iterator[Paragraph]:
    table = shape.table(rows)
    if table.rows:
        yield Paragraph(text=table.text, rows=table.rows, aside=Aside.HIDDEN)


def _dense(grid: Grid, numbers: Sequence[int], columns: Sequence[int]) -> list[list[str]]:
    return [[grid.rows[number].get(column, "") for column in columns] for number in numbers]


# ---------------------------------------------------------------- title rows, table, notes


def _visible(grid: Grid, numbers: Sequence[int], columns: Sequence[int]) -> Iterator[Paragraph]:
    """Rows above and below the table fill a single cell, or hold 填报单位：… beside 日期：…."""
    rows = _dense(grid, numbers, columns)
    kept = [place for place, row in enumerate(rows) if any(row)]
    rows, numbers = [rows[place] for place in kept], [numbers[place] for place in kept]
    top, end = _extent(rows)
    titled = False
    for row in rows[:top]:
        text = "　".join(filter(None, row))
        title = not titled and _count(row) == 1 and len(text) <= shape.MAX_TITLE and top < len(rows)
        title = title and not _ANNEX.match(text)
        yield Paragraph(text=text, outline=0 if title else None)
        titled |= title
    yield from _table(grid, numbers[top:end], columns, rows[top:end])
    for row in rows[end:]:
        yield Paragraph(text="　".join(filter(None, row)))


def _extent(rows: Sequence[Sequence[str]]) -> tuple[int, int]:
    """Say where the table begins and ends (after its last row) among the filled rows."""
    widest = max(map(_count, rows), default=0)
    top = next((place for place, row in enumerate(rows) if not _beside(row, widest)), len(rows))
    end = next((place for place in range(len(rows), top, -1) if not _beside(rows[place - 1], widest)), top)
    return top, end


def _beside(row: Sequence[str], widest: int) -> bool:
    """Say whether a row is no row of the table: one cell, or in a wider table cells that bring their own label."""
    filled = [cell for cell in row if cell]
    labelled = sum(bool(_LABELLED.match(cell)) for cell in filled)
    return len(filled) <= 1 or (widest > 3 and len(filled) < widest - 1 and 2 * labelled > len(filled))


def _table(
    grid: Grid, numbers: Sequence[int], columns: Sequence[int], rows: list[list[str]]
) -> Iterator[Paragraph]:
    if not rows:
        return
    rows = _spread(grid, numbers, {column: place for place, column in enumerate(columns)}, rows)
    if sum(map(_count, rows)) > FORM_CELLS:
        yield shape.table(rows)
    else:
        yield from form.unfold([[Cell(paragraphs=_lines(cell)) for cell in row] for row in rows])


def _lines(cell: str) -> tuple[Paragraph, ...]:
    return tuple(Paragraph(text=line.strip()) for line in cell.split("\n") if line.strip())


def _count(row: Sequence[str]) -> int:
    return sum(map(bool, row))


# ---------------------------------------------------------------- merged cells


def spread(rows: list[list[str]], merges: list[Merge]) -> list[list[str]]:
    """Write merged names and categories into each column and row that they cover; a header becomes two rows at most."""
    width = len(rows[0]) if rows else 0
    return _spread(Grid(merges=merges), range(len(rows)), {place: place for place in range(width)}, rows)


def _spread(
    grid: Grid, numbers: Sequence[int], places: dict[int, int], rows: list[list[str]]
) -> list[list[str]]:
    depth = _header_depth(grid, numbers, places, rows)
    _fill_down(grid, numbers[depth:], places, rows[depth:])
    if depth == 1:
        return rows
    return [*_header(grid, numbers[:depth], places, rows[:depth]), *rows[depth:]]


def _header_depth(
    grid: Grid, numbers: Sequence[int], places: dict[int, int], rows: Sequence[Sequence[str]]
) -> int:
    """Say how many rows the header has: one more below each cell that is merged over several named columns."""
    depth = 1
    while depth < min(MAX_HEADER, len(rows) - 1):
        above, below = rows[depth - 1], rows[depth]
        if any(_FIGURE.fullmatch(cell) for cell in below if cell):
            break
        wide = [
            merge
            for merge in grid.merges
            if merge.top == numbers[depth - 1] == merge.bottom and merge.right > merge.left
        ]
        if not any(_groups(merge, places, above, below) for merge in wide):
            break
        depth += 1
    return depth


def _groups(merge: Merge, places: dict[int, int], above: Sequence[str], below: Sequence[str]) -> bool:
    """Say whether a wide cell of a row with other cells stands over at least two names."""
    inside = _inside(merge, places)
    named = sum(bool(below[place]) for place in inside)
    return len(inside) >= 2 and bool(above[inside[0]]) and _count(above) >= 2 and named >= 2


def _inside(merge: Merge, places: dict[int, int]) -> list[int]:
    return [place for column, place in places.items() if merge.left <= column <= merge.right]


def _header(
    grid: Grid, numbers: Sequence[int], places: dict[int, int], rows: Sequence[Sequence[str]]
) -> list[list[str]]:
    """Make two rows of a header of several: the names that group, each over all its columns, and the last names."""
    wide = [list(row) for row in rows]
    for merge in grid.merges:
        if merge.top in numbers and merge.right > merge.left:
            row = wide[numbers.index(merge.top)]
            inside = _inside(merge, places)
            for place in inside[1:]:
                row[place] = row[place] or row[inside[0]]
    names = [" ".join(dict.fromkeys(filter(None, column))) for column in zip(*wide[:-1], strict=True)]
    return [names, list(rows[-1])]


def _fill_down(grid: Grid, numbers: Sequence[int], places: dict[int, int], rows: Sequence[list[str]]) -> None:
    """Write a merged cell's short text into each of its rows that have cells of their own."""
    filled = 0
    for merge in grid.merges:
        place = places.get(merge.left)
        if place is None or merge.bottom == merge.top or filled > MAX_FILLED:
            continue
        first, last = bisect_left(numbers, merge.top), bisect_right(numbers, merge.bottom)
        text = rows[first][place] if first < last and numbers[first] == merge.top else ""
        if not text or len(text) > SHORT or _FIGURE.fullmatch(text):
            continue
        for row in rows[first + 1 : last]:
            filled += 1
            if not row[place] and _count(row) >= 2:
                row[place] = text
