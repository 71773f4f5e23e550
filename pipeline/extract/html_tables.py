"""Tables of HTML: which of them hold data, and their cells in columns whatever spans what.

Purpose: rows of equal columns from cells that span several columns and rows.
Source: HTML Living Standard section 4.9.12 (forming a table).
Limits: a table with tables inside, of one row or of one column is layout.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lxml import etree

from pipeline.extract import form, grid
from pipeline.extract.form import Cell
from pipeline.extract.grid import Merge
from pipeline.extract.shape import Paragraph

MAX_SPAN = 64
"""Columns or rows one cell may span."""
MAX_CELLS = 100_000
"""Cells of one table, those that others span included."""

_CELLS = {"td", "th"}


def is_data(table: etree._Element) -> bool:
    """Say whether a table holds data: no table inside, at least two rows and two columns."""
    if table.get("role") == "presentation" or next(table.iterdescendants("table"), None) is not None:
        return False
    found = list(rows(table))
    return len(found) >= 2 and max(sum(cell.tag in _CELLS for cell in row) for row in found) >= 2


def rows(table: etree._Element) -> Iterator[etree._Element]:
    """Give the rows of one table, not those of tables in it."""
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in {"tbody", "thead", "tfoot"}:
            yield from (row for row in child if row.tag == "tr")


def cells(table: etree._Element, read: Callable[[etree._Element], Cell]) -> list[list[Cell]]:
    """Read all cells of one table into rows; a merged header or category stands in each column or row it covers."""
    taken: dict[tuple[int, int], Cell] = {}
    merges: list[Merge] = []
    depth = 0
    for depth, row in enumerate(rows(table), start=1):
        column = 0
        for node in row:
            if node.tag not in _CELLS or len(taken) >= MAX_CELLS:
                continue
            while (depth - 1, column) in taken:
                column += 1
            wide, high = _span(node, "colspan"), _span(node, "rowspan")
            places = [(depth - 1 + down, column + right) for down in range(high) for right in range(wide)]
            taken.update(dict.fromkeys(places, Cell()))
            taken[depth - 1, column] = read(node)
            if wide > 1 or high > 1:
                area = Merge(top=depth - 1, left=column, bottom=depth + high - 2, right=column + wide - 1)
                merges.append(area)
    width = max((column for _, column in taken), default=-1) + 1
    made = [[taken.get((number, column), Cell()) for column in range(width)] for number in range(depth)]
    top = form.above(made)
    lower = [
        Merge(top=m.top - top, left=m.left, bottom=m.bottom - top, right=m.right)
        for m in merges
        if m.top >= top
    ]
    return [*made[:top], *_spread(made[top:], lower)] if lower else made


def _spread(made: list[list[Cell]], merges: list[Merge]) -> list[list[Cell]]:
    before = [[cell.text for cell in row] for row in made]
    after = grid.spread([list(row) for row in before], merges)
    changed = len(before) - len(after)  # rows of a header that became one
    return [
        [
            cell if cell.text == text else Cell(paragraphs=(Paragraph(text=text),) if text else ())
            for cell, text in zip(made[number + changed if number else 0], row, strict=True)
        ]
        for number, row in enumerate(after)
    ]


def _span(node: etree._Element, name: str) -> int:
    text = str(node.get(name) or "1").strip()
    return max(1, min(int(text), MAX_SPAN)) if re.fullmatch(r"\d{1,6}", text) else 1
