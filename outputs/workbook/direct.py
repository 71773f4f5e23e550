"""A row of cells into a worksheet as one piece of XML, past xlsxwriter's methods of one cell each.

Purpose: `put` writes a row; the octets are those that write_string and the others give.
Source: xlsxwriter 3.3, worksheet.py (`_write_single_row`, `_write_cell`): in constant_memory a row is written once and forgotten.
tests/test_workbook_direct.py paints the same sheet both ways and compares the octets, so that another release is found out.
Limits: rows downwards, texts cleaned (outputs/cells.py). A text "<r>…</r>" stays text here; xlsxwriter would take it for markup,
and a mail that holds one would leave no workbook that opens.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from outputs.workbook.offered import letter

NUMBER = "\x00"
"""Stands for the row's number in a cell; no cleaned text holds it."""


def begin(page: Any, row: int) -> None:
    """Write what was left of the rows above *row*, before the first of it is drawn: formats are numbered as they are written."""
    if row > page.previous_row:
        page._write_single_row(row)


def put(page: Any, row: int, points: float, cells: Sequence[str]) -> None:
    """Write *row* of what `cell` gave, of the columns from the left; "" is no cell.

    Args:
        points: height, more than the 15 that a row has by itself. Comments of the row are there already.
    """
    begin(page, row)
    number = str(row + 1)
    size, height = _height(points)
    page.row_sizes[row] = size
    page._check_dimensions(row, 0)
    numbered = "".join(cells).replace(NUMBER, number)
    page.fh.write(f'<row r="{number}"{height}>{numbered}</row>')
    page.previous_row = row + 1


@lru_cache(maxsize=4096)
def _height(points: float) -> tuple[list[int | bool], str]:
    """What set_row keeps of a height, and the attributes it has in the row."""
    pixels = int(points * 4 / 3 + 0.5)
    return [pixels, False], f' ht="{pixels * 0.75:.16g}" customHeight="1"'


def begun(column: int, style: Any = None) -> str:
    """How the XML of a cell begins, but for the row's number, where NUMBER stands."""
    styled = f' s="{style._get_xf_index()}"' if style is not None else ""
    return f'<c r="{letter(column)}{NUMBER}"{styled}'


def cell(page: Any, begun: str, value: str | int | float | date) -> str:
    """The XML of a cell that has *begun*: the same in every row."""
    if isinstance(value, str):
        if not value:
            return f"{begun}/>"
        return f'{begun} t="inlineStr"><is><t{_kept(value)}>{_escaped(value)}</t></is></c>'
    # 0 is added, for -0.0 is the same value as 0, so both are written as one.
    number = page._convert_date_time(value) if isinstance(value, date) else value + 0
    return f"{begun}><v>{number:.16G}</v></c>"


def _kept(text: str) -> str:
    """What keeps white space at the ends."""
    return ' xml:space="preserve"' if text[0].isspace() or text[-1].isspace() else ""


def _escaped(text: str) -> str:
    if "_x" in text:
        text = _unescapable(text)
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    return text.replace(">", "&gt;") if ">" in text else text


def _unescapable(text: str) -> str:
    """What reads like an escaped sign (ST_Xstring) is escaped itself."""
    from xlsxwriter.xmlwriter import XMLwriter

    return str(XMLwriter._escape_control_characters(text))
