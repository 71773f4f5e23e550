"""One sheet on paper and screen: where everything stands, and how high and wide it is.

Purpose: `paint` writes a Sheet; `cells` says what its data cells hold, for `paint` and for whoever checks the file.
Source: xlsxwriter's typed write_* calls; docs/workbook.md.
Limits: rows are at most 409 points high (Excel); longer text is set small, and a comment says so where it still does
not fit. Heights are estimated: nothing here can measure a font.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from outputs.cells import clean, lines, starts_formula
from outputs.styles import POINTS, SMALL_POINTS, Styles
from outputs.tables import Column, Edit, Form, Sheet, Value
from outputs.words import MISSING

FIRST_COLUMN = 1
"""Column 0 is hidden and holds the row ids."""
ATTACHMENT_ROW, TITLE_ROW, LINE_ROW, HEADER_ROW, FIRST_ROW = 0, 1, 2, 3, 4
ROW_ID = "行号"
TALLEST = 409
"""Points: the highest row that Excel and WPS show."""
LINE_HEIGHT = 1.42
"""Height of a line over the size of its font; generous, for fonts that stand in for 仿宋."""
PAPERS = {"A3": 8, "A4": 9}
"""Codes of paper in ECMA-376 part 1, section 18.3.1.63."""
FOOTER = '&C&"宋体,Regular"&10第 &P 页 共 &N 页'
SIGNED = "填表人：　　　　　　　　　　审核人：　　　　　　　　　　日期：　　　　年　　月　　日"
NOTHING = "（无）"
OVERFULL = "本格文字较多，没有全部显示；点入单元格可在编辑栏看全文。"
AUTHOR = "收文"
COMMENT_PIXELS, COMMENT_LINE = 340, 18


@dataclass(frozen=True, kw_only=True)
class Head:
    """What stands over every sheet. number: of the 附件, 0 for the cover. line: 填报单位 and so on.

    lists: what the drop-downs offer, as references or lists. signed: the line at the foot.
    """

    number: int
    line: str
    lists: Mapping[Edit, str | list[str]]
    signed: str = SIGNED


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One cell of data as it is written: "—" where the value is missing. open: staff may write here."""

    row: int
    column: int
    value: str | int | float | date | datetime
    spec: Column
    id: str
    missing: bool
    open: bool


def cells(sheet: Sheet) -> Iterator[Cell]:
    """Yield the cells of the data rows, row by row."""
    for row, (id_, values) in enumerate(
        zip(sheet.frame.index, sheet.frame.itertuples(index=False), strict=True), FIRST_ROW
    ):
        for column, (spec, value) in enumerate(zip(sheet.columns, values, strict=True), FIRST_COLUMN):
            missing = _is_missing(value)
            shown = MISSING if missing else clean(value) if isinstance(value, str) else value
            open_ = sheet.open(id_, spec) and shown == ""
            yield Cell(row=row, column=column, value=shown, spec=spec, id=id_, missing=missing, open=open_)


def paint(page: Any, sheet: Sheet, styles: Styles, head: Head) -> None:
    """Write *sheet* onto the worksheet *page*."""
    last = FIRST_COLUMN + len(sheet.columns) - 1
    _columns(page, sheet)
    _top(page, sheet, styles, head)
    end = _data(page, sheet, styles)
    _comments(page, sheet)
    _choices(page, sheet, head, end)
    bottom = _total(page, sheet, styles, end) if sheet.totalled else end
    page.merge_range(bottom + 1, FIRST_COLUMN, bottom + 1, last, head.signed, styles.line())
    page.set_row(bottom + 1, 24)
    _setup(page, sheet, end, bottom + 1)


def _is_missing(value: Value) -> bool:
    return value is None or (isinstance(value, float) and value != value)  # noqa: PLR0124 - NaN alone differs from itself


def _columns(page: Any, sheet: Sheet) -> None:
    page.set_column(0, 0, 12, None, {"hidden": True})
    for number, column in enumerate(sheet.columns, FIRST_COLUMN):
        page.set_column(number, number, column.width)


def _top(page: Any, sheet: Sheet, styles: Styles, head: Head) -> None:
    last = FIRST_COLUMN + len(sheet.columns) - 1
    page.write_string(
        ATTACHMENT_ROW, FIRST_COLUMN, f"附件{head.number}" if head.number else "", styles.attachment()
    )
    page.merge_range(TITLE_ROW, FIRST_COLUMN, TITLE_ROW, last, sheet.title, styles.title())
    line = "　　　".join(words for words in (head.line, sheet.note) if words)
    page.merge_range(LINE_ROW, FIRST_COLUMN, LINE_ROW, last, line, styles.line())
    page.set_row(ATTACHMENT_ROW, 20)
    page.set_row(TITLE_ROW, 36)
    page.set_row(LINE_ROW, 24)
    style = styles.header(sheet.paper)
    page.write_string(HEADER_ROW, 0, ROW_ID, style)
    for number, column in enumerate(sheet.columns, FIRST_COLUMN):
        page.write_string(HEADER_ROW, number, column.header, style)
    most = max(lines(column.header, column.width - 1) for column in sheet.columns)
    page.set_row(HEADER_ROW, most * POINTS[sheet.paper] * LINE_HEIGHT + 8)


def _data(page: Any, sheet: Sheet, styles: Styles) -> int:
    """Write the data rows; return the row below them."""
    if not len(sheet.frame):
        last = FIRST_COLUMN + len(sheet.columns) - 1
        style = styles.cell(sheet.paper, Form.CENTRE)
        page.merge_range(FIRST_ROW, FIRST_COLUMN, FIRST_ROW, last, NOTHING, style)
        return FIRST_ROW + 1
    heights: dict[int, float] = {}
    for cell in cells(sheet):
        if cell.column == FIRST_COLUMN:
            page.write_string(cell.row, 0, clean(cell.id))
        height, small = _height(cell, sheet.paper)
        heights[cell.row] = max(heights.get(cell.row, 0), height)
        _write(page, cell, sheet, styles, small=small)
        if height > TALLEST:
            page.write_comment(cell.row, cell.column, OVERFULL, {"author": AUTHOR})
    for row, height in heights.items():
        page.set_row(row, min(TALLEST, height))
    return FIRST_ROW + len(sheet.frame)


def _height(cell: Cell, paper: str) -> tuple[float, bool]:
    """Points of height that the cell needs, and whether it must be set small for them."""
    if not isinstance(cell.value, str):
        return POINTS[paper] * LINE_HEIGHT + 6, False
    size = POINTS[paper]
    height = _tall(cell, size)
    if height <= TALLEST:
        return height, False
    return _tall(cell, SMALL_POINTS), True


def _tall(cell: Cell, size: float) -> float:
    """Column widths count half-width characters of 11 points; indent and borders take some of it."""
    room = (cell.spec.width - (2.2 if cell.spec.form is Form.TEXT else 1)) * 11 / size * 0.98
    return lines(str(cell.value), room) * size * LINE_HEIGHT + 6


def _write(page: Any, cell: Cell, sheet: Sheet, styles: Styles, *, small: bool) -> None:
    value, faded = cell.value, cell.id in sheet.faded
    text = isinstance(value, str)
    style = styles.cell(
        sheet.paper,
        cell.spec.form,
        open_=cell.open,
        faded=faded,
        missing=cell.missing,
        prefixed=text and starts_formula(str(value)),
        small=small,
    )
    if cell.open:
        page.write_blank(cell.row, cell.column, None, style)
    elif text:
        page.write_string(cell.row, cell.column, value, style)
    elif isinstance(value, datetime | date):
        page.write_datetime(cell.row, cell.column, value, style)
    else:
        page.write_number(cell.row, cell.column, value, style)


def _total(page: Any, sheet: Sheet, styles: Styles, row: int) -> int:
    """Write the 合计 row with formulas whose stored results are the computed sums; return the row below it."""
    letters = {spec.header: _letter(n) for n, spec in enumerate(sheet.columns, FIRST_COLUMN)}
    page.merge_range(row, FIRST_COLUMN, row, FIRST_COLUMN + 1, "合计", styles.total(sheet.paper, Form.CENTRE))
    for column, spec in enumerate(sheet.columns, FIRST_COLUMN):
        style = styles.total(sheet.paper, spec.form)
        total = sheet.total(spec.header) if spec.total else None
        if total is not None:
            area = f"{letters[spec.header]}{FIRST_ROW + 1}:{letters[spec.header]}{row}"
            page.write_formula(
                row, column, _formula(sheet, letters, area, row), style, sheet.total(spec.header)
            )
        elif column > FIRST_COLUMN + 1:
            page.write_string(row, column, MISSING if spec.total else "", style)
    page.set_row(row, 22)
    return row + 1


def _formula(sheet: Sheet, letters: Mapping[str, str], area: str, row: int) -> str:
    if sheet.summed is None:
        return f"=SUM({area})"
    header, value = sheet.summed
    return f'=SUMIF({letters[header]}{FIRST_ROW + 1}:{letters[header]}{row},"{value}",{area})'


def _letter(column: int) -> str:
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _comments(page: Any, sheet: Sheet) -> None:
    rows = {id_: row for row, id_ in enumerate(sheet.frame.index, FIRST_ROW)}
    columns = {spec.header: column for column, spec in enumerate(sheet.columns, FIRST_COLUMN)}
    for comment in sheet.comments:
        text = clean(comment.text)
        look = {
            "author": AUTHOR,
            "width": COMMENT_PIXELS,
            "height": COMMENT_LINE * (lines(text, 44) + 1),
            "font_name": "宋体",
            "font_size": 10,
        }
        page.write_comment(rows[comment.row], columns[comment.header], text, look)


def _choices(page: Any, sheet: Sheet, head: Head, end: int) -> None:
    """Drop-downs and limits of the columns in which staff may write."""
    if not len(sheet.frame):
        return
    for column, spec in enumerate(sheet.columns, FIRST_COLUMN):
        if spec.edit in head.lists:
            offered = {"validate": "list", "source": head.lists[spec.edit]}
            if spec.edit is Edit.UNIT:
                told = {
                    "error_type": "warning",
                    "error_message": "名册里没有这个单位；确属名册外单位请选“是”",
                }
            else:
                told = {"error_message": "请从下拉列表里选"}
            page.data_validation(FIRST_ROW, column, end - 1, column, offered | {"error_title": AUTHOR} | told)
        elif spec.edit is Edit.POINTS:
            rule: dict[str, Any] = {
                "validate": "decimal",
                "criteria": "between",
                "minimum": -100,
                "maximum": 100,
            }
            told = {"error_title": AUTHOR, "error_message": "请填分数（数字）"}
            page.data_validation(FIRST_ROW, column, end - 1, column, rule | told)


def _setup(page: Any, sheet: Sheet, end: int, bottom: int) -> None:
    """View, filter, protection and print set-up."""
    last = FIRST_COLUMN + len(sheet.columns) - 1
    page.freeze_panes(FIRST_ROW, FIRST_COLUMN + sheet.pinned)
    page.autofilter(HEADER_ROW, FIRST_COLUMN, max(end - 1, HEADER_ROW), last)
    page.set_landscape()
    page.set_paper(PAPERS[sheet.paper])
    page.fit_to_pages(1, 0)
    page.repeat_rows(HEADER_ROW)
    page.print_area(ATTACHMENT_ROW, FIRST_COLUMN, bottom, last)
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    page.center_horizontally()
    page.set_footer(FOOTER)
    page.hide_gridlines(2)
    page.protect("", {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True})
