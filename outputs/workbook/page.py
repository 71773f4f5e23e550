"""One sheet on paper and screen: where everything stands, and how high and wide it is.

Purpose: `paint` writes a Sheet, row after row, so that a workbook that keeps no rows in memory can take it; grid.py says
what its data cells hold, drawn.py what they look like.
Source: xlsxwriter's typed write_* calls; docs/workbook.md.
Limits: rows are at most 409 points high (Excel); longer text is set small, and a comment says so where it still does
not fit. Heights are estimated: nothing here can measure a font.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image

from outputs.cells import clean, lines
from outputs.tables import Column, Edit, Form, Sheet
from outputs.workbook import charts, direct, notes, offered, totals
from outputs.workbook.drawn import LINE_HEIGHT, TALLEST, Drawn
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
    Given,
    cells,
    given,
    showing,
)
from outputs.workbook.styles import POINTS, YELLOW, Styles

__all__ = ["FIRST_COLUMN", "FIRST_ROW", "HEADER_ROW", "Cell", "Head", "cells", "paint"]

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
    more = {row for row, _ in (*told, *sheet.pictures)}
    pictured = {row for row, _ in sheet.pictures}
    direct.begin(page, FIRST_ROW)
    drawn = Drawn(page, sheet, styles, bare=bare)
    for row in given(sheet):
        drawings, heights = drawn.row(row)
        needed = max(heights)
        highest = min(TALLEST, max(needed, sheet.tall if row.id in pictured else 0))
        if needed > TALLEST or row.id in more:
            _beside(page, sheet, row, told, heights, highest, bare=bare)
        for place, target in sorted(row.links.items()):
            page.leads.append((row.number, FIRST_COLUMN + place, target))
        direct.put(page, row.number, highest, drawings)
    return FIRST_ROW + len(sheet.frame)


def _beside(  # noqa: PLR0913 - all that is known of a row
    page: Any,
    sheet: Sheet,
    row: Given,
    told: Mapping[tuple[str, str], str],
    heights: Sequence[float],
    highest: float,
    *,
    bare: bool,
) -> None:
    """Put what does not stand in the cells of the row there: comments, and pictures."""
    for place, spec in enumerate(sheet.columns):
        text = told.get((row.id, spec.header), "")
        if heights[place] > TALLEST and place not in row.wholes:
            text = f"{OVERFULL}\n{text}".strip()
        if text and not (bare and showing(row.values[place]) == ""):
            _comment(page, row.number, FIRST_COLUMN + place, text)
        if picture := sheet.pictures.get((row.id, spec.header)):
            _picture(page, (row, place, spec), picture, highest)


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


def _picture(page: Any, cell: tuple[Given, int, Column], octets: bytes, points: float) -> None:
    """Float the picture over its cell, in the middle, as large as fits; it moves and grows with the cell."""
    row, place, spec = cell
    with Image.open(io.BytesIO(octets)) as image:
        width, height = image.size
        across, down = image.info.get("dpi", (96, 96))
    shown_width, shown_height = width * 96 / (across or 96), height * 96 / (down or 96)
    room_width, room_height = spec.width * 7 + 5 - 2 * RIM, points * 96 / 72 - 2 * RIM
    scale = min(room_width / shown_width, room_height / shown_height)
    look = {
        "image_data": io.BytesIO(octets),
        "x_scale": scale,
        "y_scale": scale,
        "x_offset": RIM + (room_width - shown_width * scale) / 2,
        "y_offset": RIM + (room_height - shown_height * scale) / 2,
        "object_position": 1,
        "description": f"{spec.header} {clean(row.id)}"[:255],
    }
    page.insert_image(row.number, FIRST_COLUMN + place, "picture.jpg", look)


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
