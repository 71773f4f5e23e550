"""What one file of sheets holds, whatever its format, and the limits that all readers of sheets share.

Purpose: the readers fill a `Book`, sheet.py makes a Content of it.
Limits: values only.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.extract.grid import Grid
from pipeline.extract.relations import Relations

MAX_SHEETS = 60
"""Sheets of one file."""
MAX_CELLS = 500_000
"""Filled cells of one file: 2.5 s of processor time; a list of a district's activities has some thousand."""
MAX_MERGES = 50_000
"""Merged areas of one sheet."""
LAST_COLUMN = 16_383
LAST_ROW = 1_048_575
"""Columns and rows beyond these (XFD, 1048576) are in no spreadsheet."""


@dataclass(kw_only=True)
class Book:
    """What one file of sheets holds.

    grids: in order of the tabs. pictures: name of an image that WPS keeps in cells, to (sheet, row, column).
    relations: of each sheet, beside its grid. unsaved: formulas without stored value. cut, broken, refused: cells are
    missing because of the limits, of damage, or of entities that were not expanded.
    """

    grids: list[Grid] = field(default_factory=list)
    relations: list[Relations] = field(default_factory=list)
    pictures: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    unsaved: int = 0
    cut: bool = False
    broken: bool = False
    refused: bool = False
