"""The rows of a sheet as direct.py writes them: what a value looks like in its column is found out once, not once a cell.

Purpose: `Drawn.row`: of one row, the XML and how high it must be.
Source: styles.py for looks, outputs/cells.py for the room that text takes.
Limits: rows downwards and their cells from the left, for xlsxwriter numbers its formats as they are first used.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from operator import getitem
from typing import Any

from outputs.cells import REPEATED, brief, clean, lines, starts_formula
from outputs.tables import Column, Edit, Form, Sheet, Value
from outputs.workbook import direct
from outputs.workbook.grid import FIRST_COLUMN, Given, is_missing, showing
from outputs.workbook.styles import POINTS, SMALL_POINTS, Styles

TALLEST = 409
"""Points: the highest row that Excel and WPS show."""
LINE_HEIGHT = 1.42
"""Height of a line over the size of its font; generous, for fonts that stand in for 仿宋."""
KEPT = 1024
"""Values of a column whose XML is kept in mind: neighbouring rows share them, and a season's have 250 units."""
_OPEN, _FADED, _MISSING, _PREFIXED, _SMALL, _LINKED, _SUMMED = (1 << bit for bit in range(7))
_TRAITS = {
    "open_": _OPEN,
    "faded": _FADED,
    "missing": _MISSING,
    "prefixed": _PREFIXED,
    "small": _SMALL,
    "linked": _LINKED,
    "summed": _SUMMED,
}
"""What Styles.cell calls each bit of a cell's traits."""


class Drawn:
    """The rows of one sheet, drawn one after the other. bare: cells with nothing to say are not written."""

    def __init__(self, page: Any, sheet: Sheet, styles: Styles, *, bare: bool) -> None:
        self._page, self._sheet, self._first = page, sheet, direct.begun(0)
        self._cells = _Cells(page, sheet, styles, bare=bare)
        self._edited = [place for place, spec in enumerate(sheet.columns) if spec.edit is not Edit.NO]
        self._kinds = [_OPEN if spec.edit is not Edit.NO else 0 for spec in sheet.columns]
        self._looks: dict[tuple[int, int], _Look] = {}
        self._plain = [self._look(place, kind) for place, kind in enumerate(self._kinds)]

    def row(self, row: Given) -> tuple[Sequence[str], Sequence[float]]:
        """What `direct.put` takes of the row, and the points of height that each cell of data needs."""
        looks = self._plain
        if traits := self._traits(row):
            looks = looks.copy()
            for place, one in traits.items():
                looks[place] = self._look(place, one)
        cells, heights = zip(*map(getitem, looks, row.values), strict=True)
        return (direct.cell(self._page, self._first, clean(row.id)), *cells), heights

    def _traits(self, row: Given) -> dict[int, int]:
        """The traits of the cells that are not as their column is, but for what their values show."""
        sheet, kinds = self._sheet, self._kinds
        found = {place: kinds[place] | _LINKED for place in row.links}
        if sheet.locked:
            for place in self._edited:
                if (row.id, sheet.columns[place].header) in sheet.locked:
                    found[place] = found.get(place, kinds[place]) & ~_OPEN
        if whole := (_FADED if row.id in sheet.faded else 0) | (_SUMMED if row.id in sheet.sums else 0):
            found = {place: found.get(place, kind) | whole for place, kind in enumerate(kinds)}
        return found

    def _look(self, place: int, traits: int) -> _Look:
        found = self._looks.get((place, traits))
        if found is None:
            found = self._looks[place, traits] = _Look(partial(self._cells.drawn, place, traits))
        return found


class _Cells:
    """The cells of one sheet. It knows nothing of who keeps what it gives: a compile searches for no cycles, so none may be."""

    def __init__(self, page: Any, sheet: Sheet, styles: Styles, *, bare: bool) -> None:
        self._page, self._sheet, self._styles, self._bare = page, sheet, styles, bare
        size = POINTS[sheet.paper]
        self._line = size * LINE_HEIGHT
        self._rooms = [_room(spec, size) for spec in sheet.columns]
        self._brief = [brief(room) for room in self._rooms]
        self._small = [_room(spec, SMALL_POINTS) for spec in sheet.columns]
        self._styled: dict[tuple[int, int], str] = {}

    def drawn(self, place: int, traits: int, value: Value) -> tuple[str, float]:
        """What the row has of a cell with that value, and the points of height it needs."""
        there, height = showing(value), self._line + 6
        if is_missing(value):
            traits |= _MISSING
        if isinstance(there, str):
            if not there:
                traits &= ~_LINKED
                if self._bare:
                    return "", height
            if starts_formula(there):
                traits |= _PREFIXED
            if len(there) > self._brief[place] or "\n" in there:
                height = lines(there, self._rooms[place]) * self._line + 6
            if height > TALLEST:
                height = lines(there, self._small[place]) * SMALL_POINTS * LINE_HEIGHT + 6
                traits |= _SMALL
        return direct.cell(self._page, self._begun(place, traits), there), height

    def _begun(self, place: int, traits: int) -> str:
        found = self._styled.get((place, traits))
        if found is None:
            told = {name: bool(traits & bit) for name, bit in _TRAITS.items()}
            style = self._styles.cell(self._sheet.paper, self._sheet.columns[place].form, **told)
            found = self._styled[place, traits] = direct.begun(FIRST_COLUMN + place, style)
        return found


class _Look(dict[Value, tuple[str, float]]):
    """What `draw` gives of a value, kept in mind where the value is likely to come again; 1, 1.0 and True are one value."""

    def __init__(self, draw: Callable[[Value], tuple[str, float]]) -> None:
        self._draw = draw

    def __missing__(self, value: Value) -> tuple[str, float]:
        found = self._draw(value)
        if not isinstance(value, str) or len(value) <= REPEATED:
            if len(self) >= KEPT:
                self.clear()
            self[value] = found
        return found


def _room(spec: Column, size: float) -> float:
    """Column widths count half-width characters of 11 points; indent and borders take some of it."""
    return (spec.width - (2.2 if spec.form is Form.TEXT else 1)) * 11 / size * 0.98
