"""What one sheet is: columns with a Chinese header, and rows in a DataFrame.

Purpose: `Column` and `Sheet`, made by the modules beside this one and written by outputs/workbook.py.
Limits: frames hold plain values (str, int, float, date, datetime, None) in object columns, so that a missing figure
stays missing; their index is the row id, unique in its sheet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

import pandas as pd

Value = str | int | float | date | datetime | None
"""A cell. None is "not stated" and shows as —; "" is nothing to say, in an editable column a yellow cell for staff."""


class Form(StrEnum):
    """How a column shows its values."""

    TEXT = "text"
    CENTRE = "centre"
    COUNT = "count"
    POINTS = "points"
    DATE = "date"
    MOMENT = "moment"


class Edit(StrEnum):
    """What staff may put into a yellow cell."""

    NO = ""
    CATEGORY = "category"
    UNIT = "unit"
    YES_NO = "yes-no"
    POINTS = "points"
    FREE = "free"


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column. width: in half-width characters. total: the 合计 row sums it.

    edit: what staff may choose in its cells that are ""; other cells of the column are locked.
    """

    header: str
    width: float
    form: Form = Form.TEXT
    total: bool = False
    edit: Edit = Edit.NO


@dataclass(frozen=True, kw_only=True)
class Comment:
    """Words behind a cell: where its value comes from."""

    row: str
    header: str
    text: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Sheet:
    """One sheet. title: below 附件N. paper: "A3" or "A4", both landscape. pinned: columns that stay in view.

    summed: (header, value): only rows with that value count in the 合计 row; None: all of them.
    faded: row ids that are shown grey, because they count for nothing.
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
    columns: Sequence[Column], rows: Sequence[Mapping[str, Value]], ids: Sequence[str]
) -> pd.DataFrame:
    """A frame of *rows* under the headers of *columns*, numbered from 1 in a column 序号 where there is one.

    Args:
        rows: header -> value; a header without a value is missing.
        ids: row ids, one a row; a second one of the same name gets "#2".
    """
    headers = [column.header for column in columns]
    numbered = [{**row, "序号": number} if "序号" in headers else row for number, row in enumerate(rows, 1)]
    values = [[row.get(header) for header in headers] for row in numbered]
    return pd.DataFrame(values, index=_unique(ids), columns=headers, dtype=object)


def _unique(ids: Sequence[str]) -> list[str]:
    seen: dict[str, int] = {}
    found = []
    for one in ids:
        seen[one] = seen.get(one, 0) + 1
        found.append(one if seen[one] == 1 else f"{one}#{seen[one]}")
    return found
