"""Where the cells of a sheet stand and what they hold: for whoever paints, checks, or reads the file back.

Purpose: `rows` and `cells`, pure functions of a Sheet.
Source: docs/workbook.md.
Limits: data rows alone; the rows above and below them are page.py's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from outputs import files
from outputs.cells import REPEATED, cleaned, fit
from outputs.tables import Column, Sheet
from outputs.tables.sheet import Value
from outputs.words import MISSING

FIRST_COLUMN = 1
"""Column 0 is hidden and holds the row ids."""
ATTACHMENT_ROW, TITLE_ROW, LINE_ROW, HEADER_ROW, FIRST_ROW = 0, 1, 2, 3, 4
ROW_ID = "行号"
NOTHING = "（无）"
"""What stands in the only row of a sheet without rows."""
MOST_LINKS = 65_530
"""Links of one sheet: what Excel opens."""
LONG = 10_000
"""Characters from which a text may be more than a cell can hold."""
KEPT = 4096
"""Texts whose cleaned form is kept in mind."""
Shown = str | int | float | date | datetime
"""What a cell shows: "—" where the value is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of data as it is written: "—" where the value is missing. open: staff may write here, and it is yellow.

    link: relative path or #'sheet'!A1, "" for none. whole: the text, where it is more than a cell can hold; it then lies where
    the link leads.
    """

    row: int
    column: int
    value: str | int | float | date | datetime
    spec: Column
    id: str
    missing: bool
    open: bool
    link: str = ""
    whole: str = ""


class Row(NamedTuple):
    """One row of data as it is written. number: from 0, of the worksheet. values: what the cells show, in order of the columns.

    missing: places (from 0, among the columns) of what is not stated. links, wholes: by place, as in Cell.
    """

    number: int
    id: str
    values: list[Shown]
    missing: list[int]
    links: Mapping[int, str]
    wholes: Mapping[int, str]


def rows(sheet: Sheet) -> Iterator[Row]:
    """Yield the data rows, from the first. This is gone through for a million cells, so it asks none of them twice."""
    left = MOST_LINKS
    leading = {header for _, header in sheet.links}
    linked = [(place, one.header) for place, one in enumerate(sheet.columns) if one.header in leading]
    shown = _Shown()
    lines = zip(sheet.frame.index.tolist(), sheet.frame.itertuples(index=False, name=None), strict=True)
    for number, (id_, given) in enumerate(lines, FIRST_ROW):
        links = (
            {place: to for place, name in linked if (to := sheet.links.get((id_, name)))} if linked else {}
        )
        values = list(map(shown.__getitem__, given))
        missing = [place for place, one in enumerate(given) if _is_missing(one)] if MISSING in values else []
        wholes: Mapping[int, str] = {}
        if shown.met_long:
            shown.met_long = False
            wholes = _fit(sheet, id_, values, links)
        if len(links) > left:
            left, links = left - min(left, len(links)), {}
        else:
            left -= len(links)
        yield Row(number, id_, values, missing, links, wholes)


class _Shown(dict[Value, Shown]):
    """Values to what a cell shows of them. Most texts stand in many cells; numbers are not kept, for 1 is found where 1.0 is.

    met_long: a text may be more than a cell can hold; it is given as it is.
    """

    met_long = False

    def __missing__(self, value: Value) -> Shown:
        if not isinstance(value, str):
            return MISSING if _is_missing(value) else value
        if len(value) > LONG:
            self.met_long = True
            return value
        found = cleaned(value)
        if len(value) <= REPEATED:
            if len(self) >= KEPT:
                self.clear()
            self[value] = found
        return found


def _is_missing(value: Value) -> bool:
    return value is None or value != value  # noqa: PLR0124 - NaN alone differs from itself


def _fit(sheet: Sheet, id_: str, values: list[Shown], links: dict[int, str]) -> dict[int, str]:
    """Cut what is too long in *values*, let *links* lead to the whole of it, and return that by place."""
    wholes = {}
    for place, value in enumerate(values):
        if isinstance(value, str) and len(value) > LONG:
            elsewhere = files.whole(sheet.name, id_, sheet.columns[place].header)
            values[place], whole = fit(value, elsewhere)
            if whole:
                wholes[place], links[place] = whole, elsewhere
    return wholes


def cells(sheet: Sheet) -> Iterator[Cell]:
    """Yield the cells of the data rows, row by row."""
    for row in rows(sheet):
        for place, (spec, value) in enumerate(zip(sheet.columns, row.values, strict=True)):
            yield Cell(
                row=row.number,
                column=FIRST_COLUMN + place,
                value=value,
                spec=spec,
                id=row.id,
                missing=place in row.missing,
                open=sheet.open(row.id, spec),
                link=row.links.get(place, ""),
                whole=row.wholes.get(place, ""),
            )


def texts(sheet: Sheet) -> Iterator[tuple[str, str]]:
    """Yield path and text of what no cell can hold."""
    if any(isinstance(value, str) and len(value) > LONG for value in sheet.frame.to_numpy().flat):
        for row in rows(sheet):
            for place, whole in row.wholes.items():
                yield files.whole(sheet.name, row.id, sheet.columns[place].header), whole
