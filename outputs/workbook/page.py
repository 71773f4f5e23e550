"""One sheet on paper and screen: where everything stands, and how high and wide it is.

Purpose: `paint` writes a Sheet, row after row, so that a workbook that keeps no rows in memory can take it; grid.py says
what its data cells hold.
Source: xlsxwriter's typed write_* calls; docs/workbook.md.
Limits: rows are at most 409 points high (Excel); longer text is set small, and a comment says so where it still does
not fit. Heights are estimated: nothing here can measure a font.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from PIL import Image
from xlsxwriter.url import Url

from outputs.cells import clean, lines, starts_formula
from outputs.tables import Edit, Form, Sheet
from outputs.workbook import charts, notes, offered, totals
from outputs.workbook.grid import (
    ATTACHMENT_ROW,
    FIRST_COLUMN,
    FIRST_ROW,
    HEADER_ROW,
    LINE_ROW,
    NOTHING,
    ROW_ID,
    TITLE_ROW,
    Cell,
    cells,
    rows,
)
from outputs.workbook.styles import POINTS, SMALL_POINTS, YELLOW, Styles

__all__ = ["FIRST_COLUMN", "FIRST_ROW", "HEADER_ROW", "Cell", "Head", "cells", "paint"]

TALLEST = 409
"""Points: the highest row that Excel and WPS show."""
LINE_HEIGHT = 1.42
"""Height of a line over the size of its font; generous, for fonts that stand in for 仿宋."""
PAPERS = {"A3": 8, "A4": 9}
"""Codes of paper in ECMA-376 part 1, section 18.3.1.63."""
FOOTER = '&C&"宋体,Regular"&10第 &P 页 共 &N 页'
SIGNED = "填表人：　　　　　　　　　　审核人：　　　　　　　　　　日期：　　　　年　　月　　日"
OVERFULL = "本格文字较多，没有全部显示；点入单元格可在编辑栏看全文。"
AUTHOR = "收文"
COMMENT_PIXELS, COMMENT_LINE = 340, 18
RIM = 4
"""Pixels between a picture and the borders of its cell."""


@dataclass(frozen=True, kw_only=True)
class Head:
    """What stands over every sheet. number: of the 附件, 0 for the cover. line: 填报单位 and so on.

    lists: what the drop-downs offer, as references or lists. signed: the line at the foot. long: gives the reference of a
    list that is too long to stand in the drop-down itself. bare: cells with nothing to say have no borders.
    """

    number: int
    line: str
    lists: Mapping[Edit, str | list[str]]
    signed: str = SIGNED
    long: Callable[[tuple[str, ...]], str] | None = None
    bare: bool = False


def paint(page: Any, sheet: Sheet, styles: Styles, head: Head) -> None:
    """Write *sheet* onto the worksheet *page*."""
    last = FIRST_COLUMN + len(sheet.columns) - 1
    _columns(page, sheet)
    _top(page, sheet, styles, head)
    end = _data(page, sheet, styles, bare=head.bare)
    bottom = totals.draw(page, sheet, styles, end) if sheet.totalled else end
    bottom = charts.draw(page, sheet, styles, bottom)
    page.set_row(bottom + 1, 24)
    page.merge_range(bottom + 1, FIRST_COLUMN, bottom + 1, last, head.signed, styles.line())
    offered.offer(page, sheet, head.lists, head.long)
    _setup(page, sheet, end, bottom + 1)


def _columns(page: Any, sheet: Sheet) -> None:
    page.set_column(0, 0, 12, None, {"hidden": True})
    for number, column in enumerate(sheet.columns, FIRST_COLUMN):
        page.set_column(number, number, column.width)


def _top(page: Any, sheet: Sheet, styles: Styles, head: Head) -> None:
    last = FIRST_COLUMN + len(sheet.columns) - 1
    page.set_row(ATTACHMENT_ROW, 20)
    page.write_string(
        ATTACHMENT_ROW, FIRST_COLUMN, f"附件{head.number}" if head.number else "", styles.attachment()
    )
    page.set_row(TITLE_ROW, 36)
    page.merge_range(TITLE_ROW, FIRST_COLUMN, TITLE_ROW, last, sheet.title, styles.title())
    if more := notes.rest(sheet)[2]:
        _comment(page, TITLE_ROW, FIRST_COLUMN, more)
    page.set_row(LINE_ROW, 24)
    line = "　　　".join(words for words in (head.line, sheet.note) if words)
    page.merge_range(LINE_ROW, FIRST_COLUMN, LINE_ROW, last, line, styles.line())
    most = max(lines(column.header, column.width - 1) for column in sheet.columns)
    page.set_row(HEADER_ROW, most * POINTS[sheet.paper] * LINE_HEIGHT + 8)
    style = styles.header(sheet.paper)
    page.write_string(HEADER_ROW, 0, ROW_ID, style)
    for number, column in enumerate(sheet.columns, FIRST_COLUMN):
        page.write_string(HEADER_ROW, number, column.header, style)


def _data(page: Any, sheet: Sheet, styles: Styles, *, bare: bool) -> int:
    """Write the data rows; return the row below them."""
    if not len(sheet.frame):
        last = FIRST_COLUMN + len(sheet.columns) - 1
        style = styles.cell(sheet.paper, Form.CENTRE)
        page.set_row(FIRST_ROW, 24)
        page.merge_range(FIRST_ROW, FIRST_COLUMN, FIRST_ROW, last, NOTHING, style)
        return FIRST_ROW + 1
    told = notes.notes(sheet)
    pictured = {row for row, _ in sheet.pictures}
    for found in rows(sheet):
        heights = [_height(cell, sheet.paper) for cell in found]
        id_ = found[0].id
        highest = max(*(height for height, _ in heights), sheet.tall if id_ in pictured else 0)
        page.set_row(found[0].row, min(TALLEST, highest))
        page.write_string(found[0].row, 0, clean(id_))
        for cell, (height, small) in zip(found, heights, strict=True):
            if bare and cell.value == "":
                continue
            _write(page, cell, sheet, styles, small=small)
            text = told.get((id_, cell.spec.header), "")
            if height > TALLEST and not cell.whole:
                text = f"{OVERFULL}\n{text}".strip()
            if text:
                _comment(page, cell.row, cell.column, text)
            picture = sheet.pictures.get((id_, cell.spec.header)) if pictured else None
            if picture:
                _picture(page, cell, picture, min(TALLEST, highest))
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
    value = cell.value
    text = isinstance(value, str)
    style = styles.cell(
        sheet.paper,
        cell.spec.form,
        open_=cell.open,
        faded=cell.id in sheet.faded,
        missing=cell.missing,
        prefixed=text and starts_formula(str(value)),
        small=small,
        linked=bool(cell.link) and value != "",
        summed=cell.id in sheet.sums,
    )
    if cell.link:
        page.write_url(cell.row, cell.column, _target(cell.link), style, "")
    if value == "":
        page.write_blank(cell.row, cell.column, None, style)
    elif text:
        page.write_string(cell.row, cell.column, value, style)
    elif isinstance(value, datetime | date):
        page.write_datetime(cell.row, cell.column, value, style)
    else:
        page.write_number(cell.row, cell.column, value, style)


def _target(link: str) -> Url:
    """A place in the workbook, or a path beside it, with / between its folders on every system."""
    if link.startswith("#"):
        return Url("internal:" + link.removeprefix("#"))
    url = Url("external:" + link)
    url._set_object_link()
    return url


def _comment(page: Any, row: int, column: int, text: str) -> None:
    text = clean(text)
    look = {
        "author": AUTHOR,
        "width": COMMENT_PIXELS,
        "height": COMMENT_LINE * (lines(text, 44) + 1),
        "font_name": "宋体",
        "font_size": 10,
    }
    page.write_comment(row, column, text, look)


def _picture(page: Any, cell: Cell, octets: bytes, points: float) -> None:
    """Float the picture over its cell, in the middle, as large as fits; it moves and grows with the cell."""
    with Image.open(io.BytesIO(octets)) as image:
        width, height = image.size
        across, down = image.info.get("dpi", (96, 96))
    shown_width, shown_height = width * 96 / (across or 96), height * 96 / (down or 96)
    room_width, room_height = cell.spec.width * 7 + 5 - 2 * RIM, points * 96 / 72 - 2 * RIM
    scale = min(room_width / shown_width, room_height / shown_height)
    look = {
        "image_data": io.BytesIO(octets),
        "x_scale": scale,
        "y_scale": scale,
        "x_offset": RIM + (room_width - shown_width * scale) / 2,
        "y_offset": RIM + (room_height - shown_height * scale) / 2,
        "object_position": 1,
        "description": f"{cell.spec.header} {clean(cell.id)}"[:255],
    }
    page.insert_image(cell.row, cell.column, "picture.jpg", look)


def _setup(page: Any, sheet: Sheet, end: int, bottom: int) -> None:
    """View, filter, protection and print set-up."""
    last = FIRST_COLUMN + len(sheet.columns) - 1
    page.freeze_panes(FIRST_ROW, FIRST_COLUMN + sheet.pinned)
    page.autofilter(HEADER_ROW, FIRST_COLUMN, max(end - 1, HEADER_ROW), last)
    if any(column.edit for column in sheet.columns):
        page.set_tab_color(YELLOW)
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
