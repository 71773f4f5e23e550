"""Sheets that are no XML: xls and WPS .et (compound files), xlsb.

Purpose: values by calamine, written by their number formats; what biff.py says of the looks of an xls.
Source: python-calamine; [MS-XLS] and [MS-XLSB] are its business.
Limits: of xlsb no formats, comments or hidden rows; a sheet whose cells stand far apart is read as far as MAX_AREA goes.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from pipeline import ole
from pipeline.extract import biff, numberformats, overlay, sheet
from pipeline.extract.biff import Look
from pipeline.extract.book import MAX_MERGES, MAX_SHEETS, Book
from pipeline.extract.grid import MAX_CELL, MAX_ROWS, Grid, Merge
from pipeline.extract.package import DamagedError, Package
from pipeline.records import Content, Leaf, Status

MAX_AREA = 1_000_000
"""Cells, empty ones too, of one sheet: calamine holds them all."""

_START = datetime(1899, 12, 30)  # noqa: DTZ001 - cells have no zone
_UNREADABLE = "表格打不开，文件可能已损坏"
_PANIC = "PanicException"
"""What calamine raises where it has a fault itself; no Exception, and its class cannot be imported."""
_MACROS = {"_VBA_PROJECT", "PROJECT"}


def is_binary(package: Package) -> bool:
    """Say whether *package* keeps its sheets as binary records."""
    return any(name.lower().endswith("workbook.bin") for name in package.names)


def read(leaf: Leaf) -> Content:
    """Read an xls or xlsb.

    Raises:
        DamagedError: calamine cannot open it.
    """
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, ZipError

    compound = ole.Compound(leaf.data)
    stream = compound.octets("Workbook") or compound.octets("Book")
    looks = biff.looks(stream)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(leaf.data))
        book = Book(grids=list(_grids(workbook, looks.sheets)))
        book.cut = len(workbook.sheet_names) > MAX_SHEETS or any(map(_is_beyond, _sheets(workbook)))
    except PasswordError:
        return Content(status=Status.NEEDS_PASSWORD, reason="待补密码：表格设有打开密码，请向报送单位索取")
    except (CalamineError, ZipError, ValueError, KeyError, IndexError) as error:
        raise DamagedError(_UNREADABLE) from error
    except BaseException as error:
        if type(error).__name__ != _PANIC:
            raise
        raise DamagedError(_UNREADABLE) from error
    macro = looks.macro_sheet or bool(_MACROS & set(compound.names))
    return sheet.content(book, leaf, embedded=tuple(_embedded(leaf, looks.drawings)), macro=macro)


def _sheets(workbook: Any) -> list[Any]:
    return [workbook.get_sheet_by_name(str(name)) for name in workbook.sheet_names[:MAX_SHEETS]]


def _size(found: Any) -> tuple[int, int]:
    """Give the rows and columns of a sheet from its first cell on (A1): `total_height` is the last index, no number."""
    last = found.end or (-1, -1)
    return last[0] + 1, last[1] + 1


def _is_beyond(found: Any) -> bool:
    rows, columns = _size(found)
    return rows * columns > MAX_AREA or rows > MAX_ROWS


def _grids(workbook: Any, looks: list[Look]) -> Iterator[Grid]:
    from python_calamine import SheetVisibleEnum

    visible = {one.name: one.visible == SheetVisibleEnum.Visible for one in workbook.sheets_metadata}
    for place, found in enumerate(_sheets(workbook)):
        look = looks[place] if len(looks) == len(workbook.sheet_names) else Look()
        grid = Grid(
            name=found.name,
            hidden=not visible.get(found.name, True),
            hidden_rows=look.hidden_rows,
            hidden_columns=look.hidden_columns,
            boxes=look.boxes,
            notes=look.notes,
        )
        for (top, left), (bottom, right) in islice(found.merged_cell_ranges or (), MAX_MERGES):
            grid.merges.append(Merge(top=top, left=left, bottom=bottom, right=right))
        grid.rows = _rows(found, look)
        yield grid


def _rows(found: Any, look: Look) -> dict[int, dict[int, str]]:
    most = min(MAX_ROWS, max(1, MAX_AREA // max(1, _size(found)[1])))
    rows: dict[int, dict[int, str]] = {}
    for number, values in enumerate(found.to_python(skip_empty_area=False, nrows=most)):
        cells = {
            column: text
            for column, value in enumerate(values)
            if value != "" and (text := _shown(value, look.formats.get((number, column), "")))
        }
        if cells:
            rows[number] = cells
    for (row, column), text in look.errors.items():
        rows.setdefault(row, {}).setdefault(column, text)
    return rows


def _shown(value: object, code: str) -> str:
    """Write a cell's value as a person would see it; *code* is its number format, "" where none is known."""
    if value is None or value != value:  # noqa: PLR0124 - NaN and NaT differ from themselves
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return numberformats.shown(float(value), code)
    if isinstance(value, date | time | timedelta):
        return numberformats.shown(_serial(value), code) if code else _moment(value)
    return str(value).strip()[:MAX_CELL]


def _serial(value: date | time | timedelta) -> float:
    """Give the number of days that stands in the cell."""
    if isinstance(value, timedelta):
        return value / timedelta(days=1)
    if isinstance(value, time):
        return (value.hour * 3600 + value.minute * 60 + value.second) / 86_400
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001
    return (moment.replace(tzinfo=None) - _START) / timedelta(days=1)


def _moment(value: date | time | timedelta) -> str:
    """Write a date, a time of day, or both."""
    if isinstance(value, timedelta):
        return numberformats.shown(_serial(value), "[h]:mm")
    if isinstance(value, time):
        return f"{value:%H:%M}"
    day = f"{value.year}年{value.month}月{value.day}日"
    return f"{day}{value:%H:%M}" if isinstance(value, datetime) and value.time() != time() else day


def _embedded(leaf: Leaf, blips: bytes) -> Iterator[Leaf]:
    """Give the pictures of an xls, or of the package that an xlsb is."""
    for number, (suffix, octets) in enumerate(islice(ole.pictures(blips), overlay.MAX_EMBEDDED), start=1):
        name = f"图片{number}.{suffix}"
        yield Leaf(path=f"{leaf.path}/{name}", name=name, data=octets)
    if leaf.data.startswith(b"PK"):
        yield from overlay.embedded(Package(leaf.data), Book(), leaf.path)
