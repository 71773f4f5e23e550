"""Where the cells of a sheet stand and what they hold: for whoever paints, checks, or reads the file back.

Purpose: `given`, `rows` and `cells`, pure functions of a Sheet.
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


class Row(NamedTuple):
    """One row of data as it is written. values: what the cells show, in order of the columns. missing: places of what is not stated.

    The rest as in Given.
    """

    number: int
    id: str
    values: list[Shown]
    missing: list[int]
    links: Mapping[int, str]
    wholes: Mapping[int, str]


def given(sheet: Sheet) -> Iterator[Given]:
    """Yield the data rows, from the first. This is gone through for a million cells, so it looks at none that it need not."""
    left = MOST_LINKS
    leading = {header for _, header in sheet.links}
    linked = [(place, one.header) for place, one in enumerate(sheet.columns) if one.header in leading]
    long = _long(sheet)
    lines = zip(sheet.frame.index.tolist(), sheet.frame.itertuples(index=False, name=None), strict=True)
    for number, (id_, stated) in enumerate(lines, FIRST_ROW):
        links = (
            {place: to for place, name in linked if (to := sheet.links.get((id_, name)))} if linked else {}
        )
        values, wholes = _fitted(sheet, id_, stated, long) if long else (stated, {})
        if wholes:
            links |= {place: files.whole(sheet.name, id_, sheet.columns[place].header) for place in wholes}
        if len(links) > left:
            left, links = left - min(left, len(links)), {}
        else:
            left -= len(links)
        yield Given(number, id_, values, links, wholes)


def rows(sheet: Sheet) -> Iterator[Row]:
    """Yield the data rows with what they show."""
    for number, id_, values, links, wholes in given(sheet):
        there = showing(values)
        missing = [place for place, one in enumerate(values) if is_missing(one)] if MISSING in there else []
        yield Row(number, id_, there, missing, links, wholes)


def showing(values: Sequence[Value]) -> list[Shown]:
    """What cells show of values that they can hold."""
    return [
        # As cleaned() does, without asking it for each of a million.
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


def _long(sheet: Sheet) -> list[int]:
    """Places of the columns in which a text may be more than a cell can hold."""
    return [
        place
        for place, spec in enumerate(sheet.columns)
        if max([len(one) for one in sheet.frame[spec.header].tolist() if isinstance(one, str)], default=0)
        > LONG
    ]


def _fitted(
    sheet: Sheet, id_: str, values: Sequence[Value], long: Sequence[int]
) -> tuple[Sequence[Value], dict[int, str]]:
    """The values as cells can hold them, and by place the whole of those that are cut."""
    fitted, wholes = list(values), {}
    for place in long:
        value = values[place]
        if isinstance(value, str) and len(value) > LONG:
            fitted[place], whole = fit(value, files.whole(sheet.name, id_, sheet.columns[place].header))
            if whole:
                wholes[place] = whole
    return fitted, wholes


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
    if _long(sheet):
        for row in given(sheet):
            for place, whole in row.wholes.items():
                yield files.whole(sheet.name, row.id, sheet.columns[place].header), whole
