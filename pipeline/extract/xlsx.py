"""The cells of an xlsx package (xlsx, xlsm, xltx, WPS .et as a package), one `Grid` a sheet.

Purpose: each cell that holds something, as shown; sheets are streamed and only filled cells kept, so that a cell in the
far corner, a wrong dimension or fifty thousand merges cost nothing.
Source: ECMA-376 part 1, sections 18.2 (workbook), 18.3 (sheets), 18.4 (strings), 18.8 (styles); Strict names alike.
Limits: formulas give their stored value, those without one are counted; entities are not expanded (`refused`); a sheet
cut or broken in the middle gives what came before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from pipeline.extract.book import LAST_COLUMN, LAST_ROW, MAX_CELLS, MAX_MERGES, MAX_SHEETS, Book
from pipeline.extract.grid import MAX_CELL, MAX_ROWS, Grid
from pipeline.extract.package import Package, local, parse
from pipeline.extract.relations import relations
from pipeline.extract.streamed import events, refuses
from pipeline.extract.xlsxcells import Cells, codes_of, column_number, merge_of, text_of, whole

MAX_STRINGS = 500_000
"""Shared strings of one file."""

_HEAD = 65_536


def read(package: Package) -> Book:
    """Read all sheets of *package*; no grids where it holds none."""
    reader = _Reader(package)
    reader.sheets()
    return reader.book


class _Reader:
    """Reads one workbook into its book."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self.book = Book()
        self._cells = 0
        self._name = _workbook(package)
        self._relations = relations(package, self._name)
        self._workbook = self._tree(self._name)
        styles = self._tree(self._relations.first("styles") or "xl/styles.xml")
        properties = self._workbook.find("{*}workbookPr") if self._workbook is not None else None
        since_1904 = properties is not None and properties.get("date1904") in {"1", "true", "on"}
        self._shown = Cells(
            list(self._shared()), codes_of(styles), since_1904=since_1904, book=self.book
        ).shown
        self._columns: dict[str, int] = {}

    def sheets(self) -> None:
        """Read the sheets that the workbook lists, or all there are where it is broken."""
        listed = list(self._listed())
        self.book.cut |= len(listed) > MAX_SHEETS
        for title, state, name in listed[:MAX_SHEETS]:
            grid = Grid(name=title, hidden=state in {"hidden", "veryHidden"})
            self.book.grids.append(grid)
            self.book.relations.append(relations(self._package, name))
            self.book.broken |= not name
            self._sheet(grid, name)

    def _listed(self) -> Iterator[tuple[str, str, str]]:
        """Give name, state and part of each sheet."""
        nodes = list(self._workbook.iter("{*}sheet")) if self._workbook is not None else []
        parts = [
            name for name in self._package.names if re.search(r"worksheets/[^/]+\.xml$", name, re.IGNORECASE)
        ]
        parts.sort(key=lambda name: [int(digits) for digits in re.findall(r"\d+", name)])
        if not nodes:
            self.book.broken |= bool(parts)
            yield from (("", "", name) for name in parts)
        for place, node in enumerate(nodes):
            identity = next((str(value) for key, value in node.items() if str(key).endswith("}id")), "")
            target = self._relations.target(identity)
            if not target and not self._relations:
                target = parts[place] if place < len(parts) else ""
            yield str(node.get("name") or ""), str(node.get("state") or ""), target

    def _tree(self, name: str) -> etree._Element | None:
        octets = self._package.octets(name)
        self.book.refused |= refuses(octets[:_HEAD])
        return parse(octets) if octets else None

    def _shared(self) -> Iterator[str]:
        name = self._relations.first("sharedStrings") or "xl/sharedStrings.xml"
        for place, item in enumerate(events(self._package, name, ("si",), self.book)):
            if place >= MAX_STRINGS:
                self.book.cut = True
                return
            yield text_of(item)

    # ------------------------------------------------------------ one sheet

    def _sheet(self, grid: Grid, name: str) -> None:
        number = -1
        for element in events(self._package, name, ("row", "cols", "mergeCell"), self.book):
            tag = local(element)
            if tag == "cols":
                grid.hidden_columns |= _hidden_columns(element)
            elif tag == "mergeCell":
                merge = merge_of(str(element.get("ref") or ""))
                if merge and len(grid.merges) < MAX_MERGES:
                    grid.merges.append(merge)
            elif tag == "row":
                number = whole(element.get("r"), number + 2) - 1
                if self._cells >= MAX_CELLS or len(grid.rows) > MAX_ROWS or not 0 <= number <= LAST_ROW:
                    self.book.cut = True
                    return
                self._row(grid, element, number)

    def _row(self, grid: Grid, element: etree._Element, number: int) -> None:
        cells: dict[int, str] = {}
        column = -1
        for node in element.iterchildren("{*}c"):
            column = self._column(str(node.get("r") or ""), column + 1)
            if column > LAST_COLUMN:
                continue
            text = self._shown(node, number, column)
            if text:
                cells[column] = text[:MAX_CELL]
        if cells:
            grid.rows[number] = cells
            self._cells += len(cells)
            if element.get("hidden") in {"1", "true"} or element.get("ht") == "0":
                grid.hidden_rows.add(number)

    def _column(self, place: str, otherwise: int) -> int:
        letters = place.rstrip("0123456789")
        if not letters:
            return otherwise
        known = self._columns.get(letters)
        if known is None:
            known = self._columns[letters] = column_number(letters)
        return known


def _workbook(package: Package) -> str:
    """Find the main part: as the package says, by its usual name, or by any name like it."""
    stated = relations(package, "").first("officeDocument")
    if stated and package.octets(stated):
        return stated
    return next((name for name in package.names if name.lower().endswith("workbook.xml")), "xl/workbook.xml")


def _hidden_columns(element: etree._Element) -> set[int]:
    found: set[int] = set()
    for node in element.iterchildren("{*}col"):
        if node.get("hidden") in {"1", "true"} or node.get("width") == "0":
            first, last = whole(node.get("min"), 1), whole(node.get("max"), 0)
            found.update(range(max(0, first - 1), min(last, LAST_COLUMN + 1)))
    return found
