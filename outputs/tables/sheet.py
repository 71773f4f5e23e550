"""What one sheet is: columns with a Chinese header, and rows in a DataFrame.

Purpose: `Column` and `Sheet`, made by the modules beside this one and written by outputs/workbook.
Limits: frames hold plain values (str, int, float, date, datetime, None) in object columns, so that a missing figure
stays missing; their index is the row id, unique in its sheet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

import pandas as pd

Value = str | int | float | date | datetime | None
"""A cell. None is "not stated" and shows as —; "" is nothing to say."""


class Form(StrEnum):
    """How a column shows its values."""

    TEXT = "text"
    CENTRE = "centre"
    COUNT = "count"
    POINTS = "points"
    DATE = "date"
    MOMENT = "moment"


class Edit(StrEnum):
    """What staff may put into a yellow cell.

    category, unit, yes-no, kind: from a list of the whole workbook (the sheet 字典). choice: from the row's own list. count: a
    whole number, or — where it is not stated. date: a day, or —. points: a number. free: words.
    """

    NO = ""
    CATEGORY = "category"
    UNIT = "unit"
    YES_NO = "yes-no"
    KIND = "kind"
    CHOICE = "choice"
    COUNT = "count"
    DATE = "date"
    POINTS = "points"
    FREE = "free"


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column. width: in half-width characters. total: the 合计 row sums it.

    edit: what staff may write into its cells, which are yellow then and show what stands now ("" or — where nothing does).
    field: what a change of such a cell decides: row id + "/" + field is the decision's path (`decided`); "" where the row id
    is the path itself; None where it decides nothing, as a column of reasons. why: header of the yellow column of the same
    row that holds the reason for a change here, "" where none is due.
    """

    header: str
    width: float
    form: Form = Form.TEXT
    total: bool = False
    edit: Edit = Edit.NO
    field: str | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """Words behind a cell: where its value comes from."""

    row: str
    header: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart below the table. kind: "bar" | "column" | "pie". labels: header of the column that names the points.

    series: headers of the columns that are drawn. title, Chinese. stacked: one bar a label. rows: ids of the rows that are drawn,
    which stand together; all of the sheet where it is empty.
    """

    kind: str
    title: str
    labels: str
    series: tuple[str, ...]
    stacked: bool = False
    rows: tuple[str, ...] = ()


Place = tuple[str, str]
"""A cell: (row id, header)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Sheet:
    """One sheet. title: below 附件N. paper: "A3" or "A4", both landscape. pinned: columns that stay in view.

    summed: (header, value): only rows with that value count in the 合计 row; None: all of them.
    faded: row ids that are shown grey, because they count for nothing. sums: row ids of sums within the table, shown bold.
    locked: cells of columns with an `edit` that staff may not write into all the same; they are white.
    choices: row id to what its cell of edit choice offers. links: cell to the relative path (or #'sheet'!A1) that it leads to.
    pictures: cell to JPEG octets shown in it. charts: below the table. tall: points of height of rows with pictures.
    note: Chinese, one sentence at the end of the line under the title, "" if none.
    """

    name: str
    title: str
    paper: str
    columns: tuple[Column, ...]
    frame: pd.DataFrame
    pinned: int = 2
    summed: tuple[str, str] | None = None
    comments: tuple[Comment, ...] = ()
    faded: frozenset[str] = field(default_factory=frozenset)
    sums: frozenset[str] = field(default_factory=frozenset)
    locked: frozenset[Place] = field(default_factory=frozenset)
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    links: Mapping[Place, str] = field(default_factory=dict)
    pictures: Mapping[Place, bytes] = field(default_factory=dict)
    charts: tuple[Chart, ...] = ()
    tall: float = 0
    note: str = ""

    def open(self, row: str, column: Column) -> bool:
        """Whether staff may write into the cell of *column* in that row."""
        return column.edit is not Edit.NO and (row, column.header) not in self.locked

    @property
    def totalled(self) -> bool:
        """Whether the sheet has a 合计 row."""
        return any(column.total for column in self.columns) and len(self.frame) > 0

    def total(self, header: str) -> float | None:
        """The sum of a column over the rows that count; missing figures add nothing, None where all are missing."""
        frame = self.frame
        if self.summed:
            frame = frame[frame[self.summed[0]] == self.summed[1]]
        stated = pd.to_numeric(frame[header], errors="coerce").dropna()
        return float(stated.sum()) if len(stated) else None


def framed(
    columns: Sequence[Column], rows: Iterable[Mapping[str, Value]], ids: Sequence[str]
) -> pd.DataFrame:
    """A frame of *rows* under the headers of *columns*, numbered from 1 in a column 序号 where there is one.

    Args:
        rows: header -> value; a header without a value is missing. Gone through once, none is kept: a season's would take more
            memory than its sheet.
        ids: row ids, one a row; a second one of the same name gets "#2".
    """
    headers = [column.header for column in columns]
    values = [list(map(row.get, headers)) for row in rows]
    if "序号" in headers:
        place = headers.index("序号")
        for number, row in enumerate(values, 1):
            row[place] = number
    return pd.DataFrame(values, index=_unique(ids), columns=headers, dtype=object)


def decided(row: str, column: Column) -> tuple[str, str]:
    """Say what a change of the cell decides: (accession, Correction.field); the accession is "" for a decision about a unit.

    Args:
        row: "2024-00031/activity/2" (+ field "category"), "2024-00031/unit" (+ ""), "unit/单位名/score/B1" (+ "").
        column: with a field.
    """
    path = f"{row}/{column.field}" if column.field else row
    subject, _, rest = path.partition("/")
    if subject != "unit":
        return subject, rest
    unit, kind, key = re.split("/(score|question)/", rest, maxsplit=1)
    return "", f"{kind}/{key}/{unit}"


def _unique(ids: Sequence[str]) -> list[str]:
    seen: dict[str, int] = {}
    found = []
    for one in ids:
        seen[one] = seen.get(one, 0) + 1
        found.append(one if seen[one] == 1 else f"{one}#{seen[one]}")
    return found
