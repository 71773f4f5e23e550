"""What one cell of an xlsx shows: its text, number, date, truth, error, or the picture that stands in it.

Purpose: `Cells.shown()` for the reader of the sheets; names of cells and areas to numbers.
Source: ECMA-376 part 1, sections 18.3.1.4 (c), 18.4.8 (si), 18.8.10 (cellXfs), 18.18.11 (types of cells); WPS writes
pictures in cells as the formula DISPIMG, Excel as an error with a value of its own (vm).
Limits: formulas give their stored value; those without one are counted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml import etree

from pipeline.extract import numberformats
from pipeline.extract.book import Book
from pipeline.extract.grid import Merge

PICTURE = "〔图片〕"
"""What stands for a picture that WPS or Excel keeps in a cell."""

_CELL = re.compile(r"([A-Za-z]{1,3})(\d{1,7})$")
_DISPIMG = re.compile(r'DISPIMG\(\s*"([^"]{1,80})"', re.IGNORECASE)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Cells:
    """Writes the cells of one workbook.

    strings: the shared ones. codes: the number format of each style. since_1904: days count from 1904. book: notes
    pictures in cells, and formulas without stored value.
    """

    def __init__(self, strings: Sequence[str], codes: Sequence[str], *, since_1904: bool, book: Book) -> None:
        self._strings = strings
        self._codes = codes
        self._since_1904 = since_1904
        self._book = book

    def shown(self, node: etree._Element, row: int, column: int) -> str:
        """Give one cell's text."""
        kind = node.get("t") or "n"
        value, unsaved = "", False
        for child in node:
            tag = str(child.tag)
            if tag.endswith("}v"):
                value = child.text or ""
                unsaved &= not value and kind == "n"
            elif tag.endswith("}is"):
                return text_of(child).strip()
            elif tag.endswith("}f"):
                unsaved = True
                if child.text and "DISPIMG" in child.text:
                    value = child.text
                    kind = "str"
                    break
        if "DISPIMG" in value:
            return self._picture(value, row, column)
        if value == "#VALUE!" and node.get("vm"):
            return PICTURE
        if not value:
            self._book.unsaved += unsaved
            return ""
        return self._value(value, kind, node.get("s"))

    def _value(self, value: str, kind: str, style: str | None) -> str:
        if kind == "s":
            place = whole(value, -1)
            return self._strings[place].strip() if 0 <= place < len(self._strings) else ""
        if kind == "b":
            return "TRUE" if value.strip() in {"1", "true"} else "FALSE"
        if kind == "n":
            place = whole(style, 0)
            code = self._codes[place] if 0 <= place < len(self._codes) else numberformats.GENERAL
            return _number(value, code, since_1904=self._since_1904)
        return _moment(value) if kind == "d" else _unescaped(value).strip()

    def _picture(self, value: str, row: int, column: int) -> str:
        match = _DISPIMG.search(value)
        if match:
            self._book.pictures.setdefault(match[1], (len(self._book.grids) - 1, row, column))
        return PICTURE


def column_number(letters: str) -> int:
    """Give the number from 0 of the column that *letters* name: A is 0, XFD 16383."""
    number = 0
    for letter in letters.upper()[:8]:
        number = number * 26 + ord(letter) - 64
    return number - 1


def cell_of(reference: str) -> tuple[int, int]:
    """Give row and column from 0 of the cell named *reference*, (0, 0) where it names none."""
    match = _CELL.match(reference.replace("$", ""))
    return (int(match[2]) - 1, column_number(match[1])) if match else (0, 0)


def merge_of(reference: str) -> Merge | None:
    """Give the area named *reference* ("A1:C2"), None where it names none."""
    corners = [_CELL.match(corner) for corner in reference.replace("$", "").split(":")]
    if len(corners) != 2 or corners[0] is None or corners[1] is None:
        return None
    first, last = corners[0], corners[1]
    return Merge(
        top=int(first[2]) - 1,
        left=column_number(first[1]),
        bottom=int(last[2]) - 1,
        right=column_number(last[1]),
    )


def whole(text: str | None, otherwise: int) -> int:
    """Give the whole number that an attribute states, *otherwise* where it states none."""
    return int(text) if text and text.isdigit() and len(text) < 12 else otherwise


def text_of(item: etree._Element) -> str:
    """Join the runs of a string; phonetic ones (ruby above the text) are left out."""
    pieces: list[str] = []
    for node in item.iterchildren():
        tag = str(node.tag)
        if tag.endswith("}t"):
            pieces.append(node.text or "")
        elif tag.endswith("}r"):
            pieces.extend(text.text or "" for text in node.iterchildren("{*}t"))
    return _unescaped("".join(pieces))


def _unescaped(text: str) -> str:
    """Undo _x000D_ (ECMA-376 part 1, section 22.9.2.19); what no text may hold goes."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda match: _character(int(match[1], 16)), text)


def _character(code: int) -> str:
    return "" if (code < 0x20 and code not in {9, 10}) or 0xD800 <= code <= 0xDFFF else chr(code)


def _number(value: str, code: str, *, since_1904: bool) -> str:
    try:
        number = float(value)
    except ValueError:
        return value.strip()
    if code == numberformats.GENERAL and value.isdigit():
        return value
    return numberformats.shown(number, code, since_1904=since_1904)


def _moment(value: str) -> str:
    """Write a date that is stored as ISO 8601."""
    match = re.match(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d:\d\d))?", value)
    if not match:
        return value.strip()
    clock = match[4] if match[4] and match[4] != "00:00" else ""
    return f"{match[1]}年{int(match[2])}月{int(match[3])}日{clock}"


def codes_of(root: etree._Element | None) -> list[str]:
    """Give the number format of each cell style."""
    if root is None:
        return []
    own = {
        whole(node.get("numFmtId"), -1): str(node.get("formatCode") or "") for node in root.iter("{*}numFmt")
    }
    formats = root.find("{*}cellXfs")
    if formats is None:
        return []
    numbers = [whole(node.get("numFmtId"), 0) for node in formats.iterchildren("{*}xf")]
    return [own.get(number) or numberformats.built_in(number) for number in numbers]
