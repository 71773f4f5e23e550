"""Where the cells of a sheet stand and what they hold: for whoever paints, checks, or reads the file back.

Purpose: `rows` and `cells`, pure functions of a Sheet.
Source: docs/workbook.md.
Limits: data rows alone; the rows above and below them are page.py's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from outputs import files
from outputs.cells import fit
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


def rows(sheet: Sheet) -> Iterator[list[Cell]]:
    """Yield the cells of each data row, from the first."""
    left = MOST_LINKS
    lines = zip(sheet.frame.index, sheet.frame.itertuples(index=False, name=None), strict=True)
    for row, (id_, values) in enumerate(lines, FIRST_ROW):
        found = [
            _cell(sheet, row, column, (id_, spec, value))
            for column, (spec, value) in enumerate(zip(sheet.columns, values, strict=True), FIRST_COLUMN)
        ]
        linked = sum(1 for cell in found if cell.link)
        if linked > left:
            found = [_unlinked(cell) for cell in found]
        left -= min(left, linked)
        yield found


def cells(sheet: Sheet) -> Iterator[Cell]:
    """Yield the cells of the data rows, row by row."""
    for found in rows(sheet):
        yield from found


def texts(sheet: Sheet) -> Iterator[tuple[str, str]]:
    """Yield path and text of what no cell can hold."""
    if sheet.frame.map(lambda value: isinstance(value, str) and len(value) > LONG).to_numpy().any():
        for cell in cells(sheet):
            if cell.whole:
                yield files.whole(sheet.name, cell.id, cell.spec.header), cell.whole


def _cell(sheet: Sheet, row: int, column: int, given: tuple[str, Column, Value]) -> Cell:
    id_, spec, value = given
    missing = value is None or (isinstance(value, float) and value != value)  # noqa: PLR0124 - NaN alone differs from itself
    link = sheet.links.get((id_, spec.header), "") if sheet.links else ""
    shown, whole = MISSING if missing else value, ""
    if isinstance(value, str):
        elsewhere = files.whole(sheet.name, id_, spec.header) if len(value) > LONG else ""
        shown, whole = fit(value, elsewhere)
        link = elsewhere if whole else link
    return Cell(
        row=row,
        column=column,
        value=shown,  # type: ignore[arg-type]  # what is None is missing
        spec=spec,
        id=id_,
        missing=missing,
        open=sheet.open(id_, spec),
        link=link,
        whole=whole,
    )


LONG = 10_000
"""Characters from which a text may be more than a cell can hold."""


def _unlinked(cell: Cell) -> Cell:
    """The cell beyond the number of links that a sheet may have; the text that is cut names its file all the same."""
    return Cell(
        row=cell.row,
        column=cell.column,
        value=cell.value,
        spec=cell.spec,
        id=cell.id,
        missing=cell.missing,
        open=cell.open,
        whole=cell.whole,
    )
