"""Sheets (xlsx, xls, xlsb, ods, WPS .et) and CSV: one table a sheet, with its title rows and notes.

Purpose: the cells as staff see them, hidden sheets set aside, pictures in cells as parts of their own.
Source: pandas with the calamine engine; ECMA-376 part 1, section 18; WPS keeps pictures in cells in xl/cellimages.xml.
Limits: formulas give their stored value; number formats are not applied (a date is written 2024年5月22日); hidden rows and
columns, charts and comments are not read; pictures of .xls neither.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from itertools import islice

from pipeline.extract import charset, form, shape
from pipeline.extract.form import Cell
from pipeline.extract.package import DamagedError, Package
from pipeline.extract.shape import Paragraph
from pipeline.records import Aside, Content, Leaf, Status

MAX_SHEETS = 60
"""Sheets of one file."""
MAX_ROWS = 20_000
"""Rows of one sheet; a list of all activities of a district has some hundred."""
MAX_COLUMNS = 200
"""Columns of one sheet."""
MAX_CELL = 20_000
"""Characters of one cell; a spreadsheet allows 32,767."""
MAX_EMBEDDED = 1000
"""Pictures taken out of one file."""

_ANNEX = re.compile(r"^附[件表]\s*[\d一二三四五六七八九十]*\s*[：:]?$")
_DELIMITERS = ",\t;，"


def read(leaf: Leaf, _argument: str = "") -> Content:
    """Read one workbook.

    Returns:
        for each sheet its title, table and notes; hidden sheets as asides; status partly where limits cut it.
    """
    import pandas as pd
    from python_calamine import CalamineError, PasswordError, SheetVisibleEnum, ZipError

    try:
        with pd.ExcelFile(io.BytesIO(leaf.data), engine="calamine") as workbook:
            hidden = {
                sheet.name
                for sheet in workbook.book.sheets_metadata
                if sheet.visible != SheetVisibleEnum.Visible
            }
            names = [str(name) for name in workbook.sheet_names]
            found: list[Paragraph] = []
            cut = len(names) > MAX_SHEETS
            for name in names[:MAX_SHEETS]:
                frame = workbook.parse(name, header=None, keep_default_na=False, nrows=MAX_ROWS + 1)
                rows = [
                    [_shown(value) for value in row[:MAX_COLUMNS]] for row in frame.itertuples(index=False)
                ]
                cut |= len(rows) > MAX_ROWS
                found.extend(_sheet(rows[:MAX_ROWS], Aside.HIDDEN if name in hidden else None))
    except PasswordError:
        return Content(status=Status.NEEDS_PASSWORD, reason="待补密码：表格设有打开密码，请向报送单位索取")
    except (CalamineError, ZipError, ValueError, KeyError, IndexError) as error:
        raise DamagedError("表格打不开，文件可能已损坏") from error
    content = _content(found, cut=cut)
    return Content(
        blocks=content.blocks, status=content.status, reason=content.reason, embedded=tuple(_embedded(leaf))
    )


def read_csv(leaf: Leaf, _abilities: tuple[str, ...] = ()) -> Content:
    """Read text in columns, in any Chinese charset."""
    text = charset.decode(leaf.data, leaf.charset)
    head = "\n".join(text.splitlines()[:20])
    delimiter = max(_DELIMITERS, key=head.count)
    lines = csv.reader(text.replace("\x00", "").split("\n"), delimiter=delimiter, strict=False)
    rows: list[list[str]] = []
    try:
        rows = [
            [cell.strip()[:MAX_CELL] for cell in row[:MAX_COLUMNS]] for row in islice(lines, MAX_ROWS + 1)
        ]
    except csv.Error:  # a field beyond its limit: keep the text as it stands
        rows = [[line[:MAX_CELL]] for line in text.splitlines()[: MAX_ROWS + 1]]
    return _content(list(_sheet(rows[:MAX_ROWS], None)), cut=len(rows) > MAX_ROWS)


def _content(found: Sequence[Paragraph], *, cut: bool) -> Content:
    return Content(
        blocks=shape.blocks(found, titled=False),
        status=Status.PARTLY if cut else Status.OK,
        reason=f"表格过大，每张表只读取前 {MAX_ROWS} 行" if cut else "",
    )


def _sheet(rows: Sequence[Sequence[str]], aside: Aside | None) -> Iterator[Paragraph]:
    """Give title rows, table and notes of one sheet; rows above and below the table fill a single cell."""
    filled = [row for row in rows if any(row)]
    if aside is not None:
        table = shape.table(filled)
        yield Paragraph(text=table.text, rows=table.rows, aside=aside)
        return
    top = next((place for place, row in enumerate(filled) if _count(row) > 1), len(filled))
    end = next((place for place in range(len(filled), top, -1) if _count(filled[place - 1]) > 1), top)
    titled = False
    for row in filled[:top]:
        text = next(cell for cell in row if cell)
        title = not titled and not _ANNEX.match(text) and len(text) <= shape.MAX_TITLE and top < len(filled)
        yield Paragraph(text=text, outline=0 if title else None)
        titled |= title
    yield from form.unfold([[Cell(paragraphs=_lines(cell)) for cell in row] for row in filled[top:end]])
    for row in filled[end:]:
        yield Paragraph(text=next(cell for cell in row if cell))


def _lines(cell: str) -> tuple[Paragraph, ...]:
    return tuple(Paragraph(text=line.strip()) for line in cell.split("\n") if line.strip())


def _count(row: Sequence[str]) -> int:
    return sum(bool(cell) for cell in row)


def _shown(value: object) -> str:
    """Write a cell's value as a person would see it."""
    if value is None or value != value:  # noqa: PLR0124 - NaN and NaT differ from themselves
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.10g}"
    return _moment(value) if isinstance(value, date | time) else str(value).strip()[:MAX_CELL]


def _moment(value: date | time) -> str:
    """Write a date, a time of day, or both."""
    if isinstance(value, time):
        return f"{value:%H:%M}"
    day = f"{value.year}年{value.month}月{value.day}日"
    return f"{day}{value:%H:%M}" if isinstance(value, datetime) and value.time() != time() else day


def _embedded(leaf: Leaf) -> Iterator[Leaf]:
    """Give the pictures of an xlsx, floating ones and those that WPS keeps in cells alike."""
    if not leaf.data.startswith(b"PK"):
        return
    for name, octets in islice(Package(leaf.data).under("xl/media/"), MAX_EMBEDDED):
        yield Leaf(path=f"{leaf.path}/{name}", name=name.rpartition("/")[2], data=octets)
