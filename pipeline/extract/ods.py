"""The cells of an OpenDocument sheet (ods, ots), one `Grid` a sheet.

Purpose: the text that each cell shows; rows and columns that the file repeats a million times cost nothing.
Source: OpenDocument 1.3 part 3, sections 9.1 (tables), 9.6 (shapes of a sheet), 14.1 (annotations).
Limits: repeated cells are written as far as the limits go; tables in cells and charts are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from pipeline.extract.book import MAX_CELLS, MAX_MERGES, MAX_SHEETS, Book
from pipeline.extract.grid import MAX_CELL, MAX_COLUMNS, MAX_ROWS, Grid, Merge
from pipeline.extract.package import Package, local
from pipeline.extract.xlsxcells import column_number
from pipeline.records import Leaf

MAX_EMBEDDED = 1000
"""Pictures taken out of one file."""
LAST = 20_000_000
"""No sheet has more rows or columns; numbers in files may."""

_BREAKS = {"tab": " ", "line-break": "\n"}
_ENCRYPTED = re.compile(rb"<(?:\w+:)?encryption-data\b")


def is_encrypted(package: Package) -> bool:
    """Say whether the file has an open password."""
    return bool(_ENCRYPTED.search(package.octets("META-INF/manifest.xml")))


def read(package: Package) -> Book:
    """Read all sheets of *package*; no grids where it holds none."""
    return tables(package.xml("content.xml"))


def tables(root: etree._Element | None) -> Book:
    """Read all sheets below *root*, the content of a package or a document in one XML text."""
    if root is None:
        return Book()
    hidden = _hidden_styles(root)
    found = [table for sheet in root.iter("{*}spreadsheet") for table in sheet.iterchildren("{*}table")]
    book = Book(cut=len(found) > MAX_SHEETS)
    left = MAX_CELLS
    for table in found[:MAX_SHEETS]:
        grid = Grid(name=_get(table, "name"), hidden=_get(table, "style-name") in hidden)
        book.grids.append(grid)
        left -= _table(table, grid, left)
        book.cut |= left <= 0
    return book


def embedded(package: Package, path: str) -> Iterator[Leaf]:
    """Give the pictures of one package as leaves below *path*."""
    names = [
        name for name in package.names if name.startswith(("Pictures/", "media/")) and not name.endswith("/")
    ]
    for name in names[:MAX_EMBEDDED]:
        octets = package.octets(name)
        if octets:
            yield Leaf(path=f"{path}/{name}", name=name.rpartition("/")[2], data=octets)


def _hidden_styles(root: etree._Element) -> frozenset[str]:
    """Give the names of the styles that hide a sheet."""
    return frozenset(
        _get(style, "name")
        for style in root.iter("{*}style")
        for properties in style.iterchildren("{*}table-properties")
        if _get(properties, "display") == "false"
    )


def _table(table: etree._Element, grid: Grid, most: int) -> int:
    """Read one sheet, at most *most* filled cells; return their number."""
    column, number, count = 0, 0, 0
    for node in table.iter("{*}table-column", "{*}table-row", "{*}shapes"):
        tag = local(node)
        if tag == "table-column":
            times = _times(node, "number-columns-repeated")
            if _get(node, "visibility") in {"collapse", "filter"}:
                grid.hidden_columns.update(range(column, min(column + times, column_number("XFD") + 1)))
            column += times
        elif tag == "shapes":
            grid.boxes.extend(filter(None, (_text(line).strip() for line in node.iter("{*}p"))))
        elif _is_row_of(node, table):
            cells = _row(node, grid, number)
            times = _times(node, "number-rows-repeated")
            if cells:
                room = min(MAX_ROWS + 1 - len(grid.rows), (most - count) // len(cells) + 1)
                for repeated in range(number, number + min(times, room)):
                    grid.rows[repeated] = cells
                    count += len(cells)
                    if _get(node, "visibility") in {"collapse", "filter"}:
                        grid.hidden_rows.add(repeated)
            number = min(number + times, LAST)
            if count >= most or len(grid.rows) > MAX_ROWS:
                break
    return count


def _is_row_of(row: etree._Element, table: etree._Element) -> bool:
    """Say whether a row belongs to *table* itself and not to a table in one of its cells."""
    return next(row.iterancestors("{*}table"), None) is table


def _row(row: etree._Element, grid: Grid, number: int) -> dict[int, str]:
    cells: dict[int, str] = {}
    column = 0
    for node in row.iterchildren("{*}table-cell", "{*}covered-table-cell"):
        times = _times(node, "number-columns-repeated")
        text = "\n".join(_text(line) for line in node.iterchildren("{*}p")).strip()[:MAX_CELL]
        if text:
            cells.update(dict.fromkeys(range(column, column + min(times, MAX_COLUMNS + 1)), text))
        right, bottom = _times(node, "number-columns-spanned"), _times(node, "number-rows-spanned")
        if max(right, bottom) > 1 and len(grid.merges) < MAX_MERGES:
            area = Merge(top=number, left=column, bottom=number + bottom - 1, right=column + right - 1)
            grid.merges.append(area)
        for note in node.iterchildren("{*}annotation"):
            words = " ".join(_text(line).strip() for line in note.iterchildren("{*}p")).strip()
            grid.notes.append((number, column, words))
        for frame in node.iterchildren("{*}frame", "{*}custom-shape"):
            grid.boxes.extend(filter(None, (_text(line).strip() for line in frame.iter("{*}p"))))
        column = min(column + times, LAST)
    return cells


def _text(node: etree._Element) -> str:
    """Give the text of one paragraph; spaces are counted (text:s), ruby above the text is left out."""
    pieces = [node.text or ""]
    for child in node:
        tag = local(child)
        if tag == "s":
            pieces.append(" " * min(_times(child, "c"), 100))
        elif tag in _BREAKS:
            pieces.append(_BREAKS[tag])
        elif tag not in {"annotation", "ruby-text", ""}:
            pieces.append(_text(child))
        pieces.append(child.tail or "")
    return "".join(pieces)


def _times(node: etree._Element, name: str) -> int:
    text = _get(node, name)
    return max(1, min(int(text), LAST)) if text.isdigit() and len(text) < 12 else 1


def _get(node: etree._Element, name: str) -> str:
    """Give an attribute whatever its namespace."""
    return next((str(value) for key, value in node.items() if str(key).rpartition("}")[2] == name), "")
