"""One sheet on paper and screen: where everything stands, and how high and wide it is.

Purpose: `paint` writes a Sheet, row after row, so that a workbook that keeps no rows in memory can take it; grid.py says
what its data cells hold.
Source: xlsxwriter's typed write_* calls; docs/workbook.md.
Limits: rows are at most 409 points high (Excel); longer text is set small, and a comment says so where it still does
not fit. Heights are estimated: nothing here can measure a font.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image

from outputs.cells import brief, clean, lines, starts_formula
from outputs.tables import Column, Edit, Form, Sheet
from outputs.workbook import charts, direct, notes, offered, totals
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
    Row,
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
    more = {row for row, _ in (*told, *sheet.pictures)}
    pictured = {row for row, _ in sheet.pictures}
    drawn = _Drawn(sheet, styles, bare=bare)
    for row in rows(sheet):
        heights, small = drawn.heights(row)
        needed = max(heights)
        highest = min(TALLEST, max(needed, sheet.tall if row.id in pictured else 0))
        page.set_row(row.number, highest)
        if needed > TALLEST or row.id in more:
            _beside(page, sheet, row, told, heights, highest, bare=bare)
        for place, target in row.links.items():
            direct.link(page, row.number, FIRST_COLUMN + place, target)
        direct.put(page, row.number, drawn.cells(row, small))
    return FIRST_ROW + len(sheet.frame)


def _beside(  # noqa: PLR0913 - all that is known of a row
    page: Any,
    sheet: Sheet,
    row: Row,
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
        if text and not (bare and row.values[place] == ""):
            _comment(page, row.number, FIRST_COLUMN + place, text)
        if picture := sheet.pictures.get((row.id, spec.header)):
            _picture(page, (row, place, spec), picture, highest)


class _Drawn:
    """How the cells of one sheet look, found out once for each kind of them. This is gone through for each of a million cells."""

    def __init__(self, sheet: Sheet, styles: Styles, *, bare: bool) -> None:
        self._sheet, self._styles, self._bare = sheet, styles, bare
        self._size = POINTS[sheet.paper]
        self._rooms = [_room(spec, self._size) for spec in sheet.columns]
        self._short = [brief(room) for room in self._rooms]
        self._small = [_room(spec, SMALL_POINTS) for spec in sheet.columns]
        self._edited = [place for place, spec in enumerate(sheet.columns) if spec.edit is not Edit.NO]
        self._kinds = [_OPEN if spec.edit is not Edit.NO else 0 for spec in sheet.columns]
        self._looks: list[dict[int, Any]] = [{} for _ in sheet.columns]

    def heights(self, row: Row) -> tuple[list[float], set[int]]:
        """Points of height that each cell needs, and the places of those that must be set small for them."""
        line, small = self._size * LINE_HEIGHT, set()
        one = line + 6
        heights = [one] * len(row.values)
        for place, value in enumerate(row.values):
            if not isinstance(value, str) or (len(value) <= self._short[place] and "\n" not in value):
                continue
            height = lines(value, self._rooms[place]) * line + 6
            if height > TALLEST:
                height = lines(value, self._small[place]) * SMALL_POINTS * LINE_HEIGHT + 6
                small.add(place)
            heights[place] = height
        return heights, small

    def cells(self, row: Row, small: Iterable[int]) -> Iterator[tuple[int, Any, Any]]:
        """Column, value and style of what is written into the row, its id first."""
        yield 0, clean(row.id), None
        places = enumerate(zip(row.values, self._traits(row, small), self._looks, strict=True), FIRST_COLUMN)
        for column, (value, traits, looks) in places:
            if isinstance(value, str):
                if self._bare and not value:
                    continue
                if starts_formula(value):
                    traits |= _PREFIXED  # noqa: PLW2901 - of this cell alone
            style = looks.get(traits)
            if style is None:
                style = looks[traits] = self._style(column - FIRST_COLUMN, traits)
            yield column, value, style

    def _traits(self, row: Row, small: Iterable[int]) -> list[int]:
        """The traits of each cell, but for what its text shows."""
        sheet = self._sheet
        traits = self._kinds
        if sheet.locked:
            traits = traits.copy()
            for place in self._edited:
                if (row.id, sheet.columns[place].header) in sheet.locked:
                    traits[place] = 0
        whole = (_FADED if row.id in sheet.faded else 0) | (_SUMMED if row.id in sheet.sums else 0)
        traits = [one | whole for one in traits]
        for place in row.missing:
            traits[place] |= _MISSING
        for place in small:
            traits[place] |= _SMALL
        for place in row.links:
            if row.values[place] != "":
                traits[place] |= _LINKED
        return traits

    def _style(self, place: int, traits: int) -> Any:
        told = {name: bool(traits & bit) for name, bit in _TRAITS.items()}
        return self._styles.cell(self._sheet.paper, self._sheet.columns[place].form, **told)


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


def _room(spec: Column, size: float) -> float:
    """Column widths count half-width characters of 11 points; indent and borders take some of it."""
    return (spec.width - (2.2 if spec.form is Form.TEXT else 1)) * 11 / size * 0.98


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


def _picture(page: Any, cell: tuple[Row, int, Column], octets: bytes, points: float) -> None:
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
