"""Where the cells of a sheet stand and what they hold: for whoever paints, checks, or reads the file back.

Purpose: `given`, `shown` and `cells`, pure functions of a Sheet.
Source: docs/workbook.md.
Limits: data rows alone; the rows above and below them are page.py's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from outputs import files
from outputs.cells import cleaned, fit
from outputs.tables import Column, Sheet, Value
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


class Given(NamedTuple):
    """One row of data as the table has it, but for texts that no cell can hold, which are cut. number: from 0, of the worksheet.

    links, wholes: by place (from 0, among the columns), as in Cell.
    """

    number: int
    id: str
    values: Sequence[Value]
    links: Mapping[int, str]
    wholes: Mapping[int, str]


def given(sheet: Sheet) -> Iterator[Given]:
    """Yield the data rows, from the first. This is gone through for a million cells, so it looks at none that it need not."""
    left = MOST_LINKS
    leading = {header for _, header in sheet.links}
    linked = [(place, one.header) for place, one in enumerate(sheet.columns) if one.header in leading]
    for number, (id_, values, wholes) in enumerate(_fitted(sheet), FIRST_ROW):
        links = (
            {place: to for place, name in linked if (to := sheet.links.get((id_, name)))} if linked else {}
        )
        if wholes:
            links |= {place: files.whole(sheet.name, id_, sheet.columns[place].header) for place in wholes}
        if len(links) > left:
            left, links = left - min(left, len(links)), {}
        else:
            left -= len(links)
        yield Given(number, id_, values, links, wholes)


def shown(sheet: Sheet) -> Iterator[tuple[str, list[Shown]]]:
    """Yield the data rows by id with what their cells show, in order of the columns."""
    for id_, values, _ in _fitted(sheet):
        yield id_, all_showing(values)


def showing(value: Value) -> Shown:
    """What a cell shows of a value that it can hold."""
    if isinstance(value, str):
        return cleaned(value)
    return MISSING if value is None or value != value else value  # noqa: PLR0124 - NaN alone differs from itself


def all_showing(values: Sequence[Value]) -> list[Shown]:
    """The same of a row, without a call for each of a million."""
    return [
        (one.strip() if one.isprintable() else cleaned(one))
        if isinstance(one, str)
        else MISSING
        if one is None or one != one  # noqa: PLR0124 - NaN alone differs from itself
        else one
        for one in values
    ]


def is_missing(value: Value) -> bool:
    """Whether a value is not stated."""
    return value is None or value != value  # noqa: PLR0124 - NaN alone differs from itself


def _fitted(sheet: Sheet) -> Iterator[tuple[str, Sequence[Value], dict[int, str]]]:
    """Each row's id, its values as cells can hold them, and by place the whole of those that are cut."""
    columns = [sheet.frame[spec.header].tolist() for spec in sheet.columns]
    long = [place for place, values in enumerate(columns) if _holds_long(values)]
    for id_, *values in zip(sheet.frame.index.tolist(), *columns, strict=True):
        yield id_, values, _cut(sheet, id_, values, long) if long else {}


def _holds_long(values: Sequence[Value]) -> bool:
    return max([len(one) for one in values if isinstance(one, str)], default=0) > LONG


def _cut(sheet: Sheet, id_: str, values: list[Value], long: Sequence[int]) -> dict[int, str]:
    """Cut those of the row's *values* at the places *long* that no cell can hold; return the whole of each by place."""
    wholes = {}
    for place in long:
        value = values[place]
        if isinstance(value, str) and len(value) > LONG:
            values[place], whole = fit(value, files.whole(sheet.name, id_, sheet.columns[place].header))
            if whole:
                wholes[place] = whole
    return wholes


def cells(sheet: Sheet) -> Iterator[Cell]:
    """Yield the cells of the data rows, row by row."""
    for row in given(sheet):
        there = all_showing(row.values)
        for place, (spec, value) in enumerate(zip(sheet.columns, there, strict=True)):
            yield Cell(
                row=row.number,
                column=FIRST_COLUMN + place,
                value=value,
                spec=spec,
                id=row.id,
                missing=is_missing(row.values[place]),
                open=sheet.open(row.id, spec),
                link=row.links.get(place, ""),
                whole=row.wholes.get(place, ""),
            )


def texts(sheet: Sheet) -> Iterator[tuple[str, str]]:
    """Yield path and text of what no cell can hold."""
    for id_, _, wholes in _fitted(sheet):
        for place, whole in wholes.items():
            yield files.whole(sheet.name, id_, sheet.columns[place].header), whole
