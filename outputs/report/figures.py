"""The numbers of the report: each is a cell of the workbook, or a count of its rows, and says which.

Purpose: `Book.figure`, `Book.total` and `Book.count` are the only ways by which a number gets into the report; `Figure`
carries the place where it stands, which the table at the end of the report names.
Limits: reads the tables that the workbook is written from (outputs.tables); a missing cell is None and never 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from outputs.tables import Sheet
from outputs.workbook.page import FIRST_COLUMN, FIRST_ROW
from pipeline.errors import PermanentError

TOTAL = "合计"
"""Stands for a row id: the row of sums."""

Condition = tuple[str, str, bool]
"""(header, value, whether it is that value or anything but that): which rows are counted."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number as it is written in the report.

    row: id of its row, TOTAL for the row of sums, "" where rows are counted. header: of its column; of a count, that of its
    first condition. cell: "C9"; of a count, the column that is counted through. where: the conditions of a count.
    """

    value: int | float
    sheet: str
    row: str
    header: str
    cell: str
    where: tuple[Condition, ...] = ()

    @property
    def shown(self) -> str:
        """As it is written: whole numbers plain, points as they are."""
        return f"{self.value:g}" if isinstance(self.value, float) else str(self.value)

    @property
    def source(self) -> str:
        """Where it stands, for a reader of the workbook."""
        if not self.where:
            return f"第 {self.row} 行" if self.row != TOTAL else "合计行"
        told = "，".join(f"{header}{'为' if same else '不为'}“{value}”" for header, value, same in self.where)
        return f"{told}的行数"


class Book:
    """The sheets of one workbook, by name."""

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        self._sheets: Mapping[str, Sheet] = {sheet.name: sheet for sheet in sheets}

    def sheet(self, name: str) -> Sheet:
        """The sheet of that name.

        Raises:
            PermanentError: there is none; the report does not guess.
        """
        if name not in self._sheets:
            raise PermanentError(
                f"汇总报告要用工作簿的“{name}”表，现有的表里没有；请用同一版软件编制，并联系维护人员"
            )
        return self._sheets[name]

    def has(self, name: str) -> bool:
        """Whether there is a sheet of that name."""
        return name in self._sheets

    def headers(self, name: str) -> tuple[str, ...]:
        """The headers of a sheet, left to right."""
        return tuple(column.header for column in self.sheet(name).columns)

    def rows(self, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield (row id, header -> value) of a sheet; missing values are None."""
        frame = self.sheet(name).frame
        headers = [str(one) for one in frame.columns]
        for row, values in zip(frame.index, frame.itertuples(index=False), strict=True):
            yield str(row), {header: _plain(value) for header, value in zip(headers, values, strict=True)}

    def figure(self, name: str, row: str, header: str) -> Figure | None:
        """The number in a cell, None where it is missing.

        Raises:
            PermanentError: there is no such row or column, or it holds no number.
        """
        sheet, column = self.sheet(name), self._column(name, header)
        if row not in sheet.frame.index:
            raise PermanentError(f"汇总报告要用“{name}”表的 {row} 行，表里没有；请联系维护人员")
        number = list(sheet.frame.index).index(row)
        value = _plain(sheet.frame.iat[number, column - FIRST_COLUMN])
        return self._made(value, name, row, header, xl_rowcol_to_cell(FIRST_ROW + number, column))

    def total(self, name: str, header: str) -> Figure | None:
        """The sum below a column, None where nothing is stated."""
        sheet, column = self.sheet(name), self._column(name, header)
        value = sheet.total(header)
        whole = int(value) if value is not None and value.is_integer() else value
        return self._made(whole, name, TOTAL, header, xl_rowcol_to_cell(FIRST_ROW + len(sheet.frame), column))

    def count(self, name: str, *where: Condition) -> Figure:
        """The number of rows of a sheet that meet all conditions, as its filters show them."""
        for header, _, _ in where:
            self._column(name, header)
        met = sum(
            all((_text(values[header]) == value) is same for header, value, same in where)
            for _, values in self.rows(name)
        )
        column = xl_col_to_name(self._column(name, where[0][0]))
        return Figure(value=met, sheet=name, row="", header=where[0][0], cell=f"{column} 列", where=where)

    def _column(self, name: str, header: str) -> int:
        headers = self.headers(name)
        if header not in headers:
            raise PermanentError(f"汇总报告要用“{name}”表的“{header}”列，表里没有；请联系维护人员")
        return FIRST_COLUMN + headers.index(header)

    def _made(self, value: object, name: str, row: str, header: str, cell: str) -> Figure | None:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise PermanentError(f"汇总报告要用的“{name}”表 {cell}（{header}）不是数字；请联系维护人员")
        return Figure(value=value, sheet=name, row=row, header=header, cell=cell)


def _plain(value: Any) -> Any:
    """A value as Python has it: what pandas calls missing is None, numbers of numpy are numbers."""
    if value is None or value != value:  # noqa: PLR0124 - NaN alone differs from itself
        return None
    if isinstance(value, str | int | float | date | datetime):
        return value
    return value.item() if hasattr(value, "item") else value


def _text(value: object) -> str:
    return "" if value is None else str(value)
