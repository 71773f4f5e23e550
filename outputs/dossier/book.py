"""A small workbook for people: title, line, header, rows; one page wide, header repeated, links to files beside.

Source: xlsxwriter with fixed `created`: the same input gives the same octets.
Limits: no formula, no macro; text of a mail is text.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import xlsxwriter
from xlsxwriter.url import Url

from outputs.cells import clean, lines
from outputs.words import MISSING

FONT, HEADING = "宋体", "黑体"
TALLEST, LINE = 400.0, 14.5
"""Points: the highest row, and a line of it."""


@dataclass(frozen=True, kw_only=True)
class Head:
    """What stands over a sheet."""

    title: str
    line: str


class Book:
    """A workbook in memory; `octets` are there when it has been left."""

    def __init__(self, created: datetime) -> None:
        self._file = io.BytesIO()
        self.octets = b""
        self._book = xlsxwriter.Workbook(
            self._file, {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
        )
        naive = created.astimezone(UTC).replace(tzinfo=None, microsecond=0)
        self._book.set_properties({"title": "卷宗", "author": "收文", "created": naive})
        edge = {"font_name": FONT, "font_size": 10, "border": 1, "valign": "vcenter", "text_wrap": True}
        self._cell = self._book.add_format(edge)
        self._centre = self._book.add_format(edge | {"align": "center"})
        self._link = self._book.add_format(
            edge | {"font_color": "#0563C1", "underline": 1, "align": "center"}
        )
        self._header = self._book.add_format(
            edge | {"font_name": HEADING, "align": "center", "bg_color": "#DDEBF7"}
        )
        self._title = self._book.add_format(
            {"font_name": HEADING, "font_size": 18, "align": "center", "valign": "vcenter"}
        )
        self._line = self._book.add_format({"font_name": FONT, "font_size": 10, "valign": "vcenter"})

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *_: object) -> None:
        self._book.close()
        self.octets = self._file.getvalue()

    def page(
        self,
        name: str,
        head: Head,
        columns: Sequence[tuple[str, float]],
        rows: Sequence[Sequence[Any]],
        *,
        links: tuple[int, Mapping[int, str]] = (-1, {}),
        centred: Sequence[int] = (),
    ) -> None:
        """Write one sheet. links: a column, and row to the path that its cell leads to."""
        sheet = self._book.add_worksheet(name)
        last = len(columns) - 1
        sheet.merge_range(0, 0, 0, last, head.title, self._title)
        sheet.merge_range(1, 0, 1, last, clean(head.line), self._line)
        sheet.set_row(0, 34)
        sheet.set_row(1, 20)
        for at, (header, width) in enumerate(columns):
            sheet.set_column(at, at, width)
            sheet.write_string(2, at, header, self._header)
        sheet.set_row(2, 22)
        column, leads = links
        for number, row in enumerate(rows):
            sheet.set_row(number + 3, _height(row, columns))
            for at, value in enumerate(row):
                style = self._centre if at in centred else self._cell
                if at == column and number in leads:
                    target = Url(f"external:{leads[number]}")
                    target._set_object_link()  # with / between folders, which every system follows
                    sheet.write_url(number + 3, at, target, self._link, "")
                    sheet.write_string(number + 3, at, clean(str(value)), self._link)
                elif isinstance(value, int):
                    sheet.write_number(number + 3, at, value, style)
                else:
                    sheet.write_string(
                        number + 3, at, clean(value or "") or (MISSING if value is None else ""), style
                    )
        _setup(sheet, len(rows) + 2, last)


def _height(row: Sequence[Any], columns: Sequence[tuple[str, float]]) -> float:
    most = max(lines(clean(str(value)), width - 1) for value, (_, width) in zip(row, columns, strict=True))
    return min(TALLEST, most * LINE + 6)


def _setup(sheet: Any, bottom: int, last: int) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.6, right=0.4, top=0.6, bottom=0.7)
    sheet.fit_to_pages(1, 0)
    sheet.center_horizontally()
    sheet.repeat_rows(2)
    sheet.freeze_panes(3, 0)
    sheet.autofilter(2, 0, max(bottom, 3), last)
    sheet.print_area(0, 0, bottom, last)
    sheet.set_footer('&C&"宋体,Regular"&9第 &P 页 共 &N 页')
