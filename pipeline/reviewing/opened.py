"""Every filled cell of a workbook as JSON on standard output: what runs in a fenced process of its own.

Purpose: started by cells.py as `python -I opened.py FILE FOLDER...`; FOLDERs hold the installed packages.
Source: python-calamine, which ends its whole process on a sheet with cells A1 and XFD1048576: a reviewer's file is a
stranger's file too.
Limits: imports nothing of ours. A day or moment is [ISO 8601], so that it is no text; an answer is
[[sheet, hidden, [[row from 0, [cell, ...]], ...], [[row, column of a merged area's first cell, of its last], ...]], ...] or one
word: password, damaged, large, 1904. An error (#N/A) and a formula that nobody computed come back as texts that begin with #, for
calamine gives both as blank cells, and refuses errors that it does not know.
"""

from __future__ import annotations

import io
import json
import re
import sys
import zipfile
import zlib
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

MOST_CHARACTERS = 60_000_000
"""In all cells together; 20,000 rows have some twenty millions. One long string that is named by many cells is a bomb."""
UNCOMPUTED = "#公式没有算出值"
"""What stands in a cell with a formula that nobody computed."""
_ERROR = re.compile(rb"""(<(?:\w+:)?c\b[^<>]*\bt=["'])e(["'])""")
_UNCOMPUTED = re.compile(
    rb"""(<(?P<prefix>\w+:)?c\b)([^<>]*)>\s*<(?:\w+:)?f\b(?:[^<>]*/>|[^<>]*>[^<]*</(?:\w+:)?f>)\s*"""
    rb"""(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"""
)
_TYPE = re.compile(rb"""\st=["'][^"']*["']""")
_MAC = re.compile(rb"""<(?:\w+:)?workbookPr\b[^<>]*\bdate1904=["'](?:1|true)["']""")


def answer(path: Path) -> object:
    """Read the file, all sheets with their hidden rows and columns."""
    from python_calamine import CalamineError, PasswordError

    try:
        octets = _plainly(path)
        return "1904" if octets is None else _told(octets)
    except PasswordError:
        return "password"
    except (CalamineError, OSError, ValueError, RuntimeError, KeyError, zipfile.BadZipFile, zlib.error):
        return "damaged"


def _plainly(path: Path) -> bytes | None:
    """The file with errors and uncomputed formulas as texts; None where its days count from 1904."""
    with zipfile.ZipFile(path) as found:
        names = found.namelist()
        if "xl/workbook.xml" in names and _MAC.search(found.read("xl/workbook.xml")):
            return None
        changed = {}
        for name in (one for one in names if "worksheets/" in one and one.endswith(".xml")):
            octets = found.read(name)
            plain = _UNCOMPUTED.sub(_told_text, _ERROR.sub(rb"\1str\2", octets))
            if plain != octets:
                changed[name] = plain
        if not changed:
            return path.read_bytes()
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as again:
            for name in dict.fromkeys(names):
                again.writestr(name, changed.get(name) or found.read(name))
    return made.getvalue()


def _told_text(found: re.Match[bytes]) -> bytes:
    """A cell with a formula and no value, as one with a text."""
    start, prefix, rest = found[1], found["prefix"] or b"", _TYPE.sub(b"", found[3])
    said = UNCOMPUTED.encode()
    return b'%s%s t="str"><%sv>%s</%sv></%sc>' % (start, rest, prefix, said, prefix, prefix)


def _told(octets: bytes) -> object:
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    book = CalamineWorkbook.from_filelike(io.BytesIO(octets))
    told, left = [], MOST_CHARACTERS
    for sheet in book.sheets_metadata:
        found = book.get_sheet_by_name(sheet.name)
        rows = _rows(found.to_python(skip_empty_area=False))
        merged = found.merged_cell_ranges or []
        left -= sum(len(cell) for _, cells in rows for cell in cells if isinstance(cell, str))
        if left < 0:
            return "large"
        told.append(
            [
                sheet.name,
                sheet.visible != SheetVisibleEnum.Visible,
                rows,
                [[*first, *last] for first, last in merged],
            ]
        )
    return told


def _rows(rows: list[list[Any]]) -> list[list[Any]]:
    return [
        [number, [_plain(cell) for cell in cells]]
        for number, cells in enumerate(rows)
        if any(cell not in ("", None) for cell in cells)
    ]


def _plain(cell: Any) -> Any:
    if isinstance(cell, datetime | date | time):
        return [cell.isoformat()]
    if isinstance(cell, timedelta):
        return str(cell)
    return cell


if __name__ == "__main__":
    sys.path[:0] = sys.argv[2:]
    json.dump(answer(Path(sys.argv[1])), sys.stdout, ensure_ascii=False)
