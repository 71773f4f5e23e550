"""A row of cells into a worksheet as one piece of XML, past xlsxwriter's methods of one cell each.

Purpose: `put` writes a row, `link` lets a cell of it lead somewhere; the octets are those that write_string and the others give.
Source: xlsxwriter 3.3, worksheet.py (`_write_single_row`, `_write_cell`): in constant_memory a row is written once and forgotten.
tests/test_workbook_direct.py paints the same sheet both ways and compares the octets, so that another release is found out.
Limits: rows downwards, texts cleaned (outputs/cells.py). A text "<r>…</r>" stays text here; xlsxwriter would take it for markup,
and a mail that holds one would leave no workbook that opens.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any

from xlsxwriter.url import Url

from outputs.cells import REPEATED
from outputs.workbook.offered import letter


def put(page: Any, row: int, cells: Iterable[tuple[int, str | int | float | date, Any]]) -> None:
    """Write the cells of *row*, whose height is set and whose comments are written: (column, value, style or None), ascending."""
    if row > page.previous_row:
        page._write_single_row(row)
    page._write_row(row, None, page.row_info[row])
    number = str(row + 1)
    written = [_cell(page, _letter(column) + number, value, style) for column, value, style in cells]
    page.fh.write("".join(written) + "</row>")
    page.previous_row = row + 1


def link(page: Any, row: int, column: int, target: str) -> None:
    """Let the cell lead to a place in the workbook (#…), or to a path beside it, with / between its folders on every system."""
    page.hlink_count += 1
    page.hyperlinks[row][column] = _url(target)


_letter = lru_cache(letter)


def _cell(page: Any, place: str, value: str | int | float | date, style: Any) -> str:
    look = style._get_xf_index() if style is not None else -1
    if isinstance(value, str):
        return f'<c r="{place}"{_short(value, look) if len(value) <= REPEATED else _text(value, look)}'
    number = page._convert_date_time(value) if isinstance(value, date) else value
    return f'<c r="{place}"{_look(look)}><v>{number:.16G}</v></c>'


def _text(value: str, look: int) -> str:
    """What follows the place of a cell of text."""
    if not value:
        return f"{_look(look)}/>"
    return f'{_look(look)} t="inlineStr"><is><t{_kept(value)}>{_escaped(value)}</t></is></c>'


_short = lru_cache(maxsize=8192)(_text)
"""Names and states stand in thousands of rows."""


def _look(number: int) -> str:
    return f' s="{number}"' if number >= 0 else ""


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


@lru_cache(maxsize=4096)
def _url(target: str) -> Url:
    """The same object for the same target: neighbouring rows lead to the same mail."""
    if target.startswith("#"):
        return Url("internal:" + target.removeprefix("#"))
    url = Url("external:" + target)
    url._set_object_link()
    return url
