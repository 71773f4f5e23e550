"""outputs/workbook/direct.py and links.py against xlsxwriter's own methods: the same octets, and no text that is taken for markup."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook
from xlsxwriter.url import Url

from outputs.workbook import direct
from outputs.workbook.package import Book

TEXTS = ("科协", 'a & b <c> "d"', "", "两行\n第二行", " 前有空格", "_x0041_", "一" * 400, "𠀀<", "x")
NUMBERS = (0, 12, 4.5, 1 / 3, 1e21, True, date(2024, 5, 30), datetime(2024, 5, 30, 9, 30))  # noqa: DTZ001 - of a cell
LINK = 'files/2024-00001/01-总结 [1] & "附".docx'
PLACE = "#'甲'!A1"
HEIGHT = 20.25
"""Points of a row, times its number."""
Row = Callable[[Any, int, list[tuple[int, Any, Any]]], None]


def plainly(page: Any, row: int, cells: list[tuple[int, Any, Any]]) -> None:
    """What xlsxwriter's methods do, one cell after the other."""
    for column, value, style in cells:
        if value == "":
            page.write_blank(row, column, None, style)
        elif isinstance(value, str):
            page.write_string(row, column, value, style)
        elif isinstance(value, date):
            page.write_datetime(row, column, value, style)
        else:
            page.write_number(row, column, value, style)


def directly(page: Any, row: int, cells: list[tuple[int, Any, Any]]) -> None:
    """The same by outputs/workbook/direct.py; the cells stand side by side."""
    direct.begin(page, row)
    drawings = [direct.cell(page, direct.begun(column, style), value) for column, value, style in cells]
    direct.put(page, row, HEIGHT * row, drawings)


def painted(path: Path, put: Row, link: Callable[[Any, int, int, str], None]) -> dict[str, bytes]:
    """The sheet's parts: rows before and after, comments, heights, links, cells of all kinds."""
    book = Book(path, {"strings_to_urls": False})
    page = book.add_worksheet("甲")
    bold, red = book.add_format({"bold": True}), book.add_format({"font_color": "red"})
    page.write_string(0, 0, "表头", red)
    page.set_column(0, 0, 12, None, {"hidden": True})
    page.write_string(1, 30, "右", bold)
    for row, values in enumerate((TEXTS, NUMBERS, TEXTS), 2):
        if put is plainly:
            page.set_row(row, HEIGHT * row)
        page.write_comment(row, 1, "批注")
        for column, target in ((1, LINK), (2, PLACE), (3, LINK)):
            link(page, row, column, target)
        styled = [(column, value, bold if column % 2 else red) for column, value in enumerate(values, 1)]
        put(page, row, [(0, f"行{row}", None), *styled])
    page.merge_range(5, 0, 5, 3, "合计", red)
    page.set_row(7, 30)
    page.write_string(7, 1, "末行", bold)
    book.close()
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist() if "docProps" not in name}


def test_a_row_in_one_piece_has_the_octets_of_a_row_written_cell_by_cell(tmp_path: Path) -> None:
    """Both need xlsxwriter's private parts as they are: another release that changes them is found out here."""

    def plain(page: Any, row: int, column: int, target: str) -> None:
        url = Url(f"internal:{target[1:]}" if target.startswith("#") else f"external:{target}")
        if target != PLACE:
            url._set_object_link()  # keeps the / between its folders
        page.write_url(row, column, url, None, "")

    def lead(page: Any, row: int, column: int, target: str) -> None:
        page.leads.append((row, column, target))

    cell_by_cell = painted(tmp_path / "plain.xlsx", plainly, plain)
    in_one_piece = painted(tmp_path / "direct.xlsx", directly, lead)

    assert in_one_piece == cell_by_cell


def test_what_is_no_cell_is_not_written_and_zero_is_written_in_one_way(tmp_path: Path) -> None:
    """-0.0 equals 0: whoever keeps in mind what a value looks like must not have the first decide how the other is written."""
    book = xlsxwriter.Workbook(str(tmp_path / "x.xlsx"), {"constant_memory": True})
    page = book.add_worksheet("甲")
    zeros = [direct.cell(page, direct.begun(0), zero) for zero in (0, 0.0, -0.0, False)]

    direct.put(page, 0, 30, [zeros[0], "", direct.cell(page, direct.begun(2), -0.0)])
    book.close()

    assert len(set(zeros)) == 1
    with zipfile.ZipFile(tmp_path / "x.xlsx") as package:
        rows = package.read("xl/worksheets/sheet1.xml").partition(b"<sheetData>")[2]
    assert rows.startswith(
        b'<row r="1" ht="30" customHeight="1"><c r="A1"><v>0</v></c><c r="C1"><v>0</v></c></row>'
    )


def test_text_that_looks_like_markup_of_a_cell_stays_text(tmp_path: Path) -> None:
    """xlsxwriter takes <r>…</r> for rich text: one mail that holds it would leave no workbook that opens."""
    texts = ["<r>1 & 2</r>", "<r><t>假</t></r>"]

    def link(*_: object) -> None:
        """No links here."""

    def put(page: Any, row: int, cells: list[tuple[int, Any, Any]]) -> None:
        directly(page, row, [*cells[:1], (1, texts[0], None), (2, texts[1], None)])

    painted(tmp_path / "rich.xlsx", put, link)

    rows = CalamineWorkbook.from_path(tmp_path / "rich.xlsx").get_sheet_by_name("甲").to_python()
    assert rows[2][1:3] == texts
