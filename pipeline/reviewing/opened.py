"""Every filled cell of a workbook as JSON on standard output: what runs in a fenced process of its own.

Purpose: started by cells.py as `python -I opened.py FILE FOLDER...`; FOLDERs hold the installed packages.
Source: python-calamine, which ends its whole process on a sheet with cells A1 and XFD1048576: a reviewer's file is a
stranger's file too.
Limits: imports nothing of ours. A day or moment is [ISO 8601], so that it is no text; an answer is
[[sheet, hidden, [[row from 0, [cell, ...]], ...]], ...] or one word: password, damaged, large.
"""

from __future__ import annotations

import json
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

MOST_CHARACTERS = 60_000_000
"""In all cells together; 20,000 rows have some twenty millions. One long string that is named by many cells is a bomb."""


def answer(path: Path) -> object:
    """Read the file, all sheets with their hidden rows and columns."""
    from python_calamine import CalamineError, PasswordError

    try:
        return _told(path)
    except PasswordError:
        return "password"
    except (CalamineError, OSError, ValueError):
        return "damaged"


def _told(path: Path) -> object:
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    book = CalamineWorkbook.from_path(str(path))
    told, left = [], MOST_CHARACTERS
    for sheet in book.sheets_metadata:
        rows = _rows(book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False))
        left -= sum(len(cell) for _, cells in rows for cell in cells if isinstance(cell, str))
        if left < 0:
            return "large"
        told.append([sheet.name, sheet.visible != SheetVisibleEnum.Visible, rows])
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
