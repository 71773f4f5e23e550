"""A reviewed workbook read back: which cell stands where, by sheet, row id and header.

Purpose: `book`, octets of an .xlsx to its sheets; WPS, Excel and LibreOffice save what we wrote in three ways.
Source: ECMA-376; python-calamine in a process of its own (opened.py).
Limits: what the file says is not judged here. Rows are found by their id and columns by their header, so that sorted,
filtered or hidden rows, moved sheets and added empty columns do no harm.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from outputs.workbook.grid import NOTHING, ROW_ID
from pipeline import tools
from pipeline.errors import UsageError
from pipeline.reviewing.fitting import DAMAGED, LOCKED, require_fit

Raw = str | float | bool | list[str] | None
"""A cell as it was read; a list holds one day or moment as ISO 8601."""
_Area = tuple[int, int, int, int]
_Told = tuple[str, bool, list[tuple[int, list[Raw]]], list[_Area]]
MAX_TOLD = 300 * 1024**2
"""Octets of the answer."""
SECONDS, MEGABYTES = 90, 2048
"""For the process that reads it."""
TOP_ROWS = 20
"""Rows in which the header is looked for."""
TOTAL = "合计"
FOOT = "填表人"
"""How the first cells of our own rows without an id begin."""
_LIBRARIES = sorted({path for path in sys.path if Path(path).name in {"site-packages", "dist-packages"}})
_LARGE = "读不出来：内容过大或已损坏；请从原来的工作簿重新填写后再导入"


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One cell of a row. place: "H12"."""

    place: str
    value: Raw


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row with an id. place: of the id. cells: by header."""

    place: str
    cells: Mapping[str, Cell]


@dataclass(frozen=True, kw_only=True)
class Page:
    """One sheet. headers: with the cell where each stands. rows: by id. doubled: (id, place) of each further one.

    merged: areas among the rows with ids, which we never merge, "D6:D8". unnamed: rows with content and without an
    id, as (place, words); stray: the same of columns without a header. header_row: from 1; 0 where there is no header.
    """

    name: str
    header_row: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, Row] = field(default_factory=dict)
    doubled: tuple[tuple[str, str], ...] = ()
    unnamed: tuple[tuple[str, str], ...] = ()
    stray: tuple[tuple[str, str], ...] = ()
    twice: tuple[tuple[str, str], ...] = ()
    merged: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Book:
    """A whole workbook. raw: (row from 0, cells) of each sheet, also of those without row ids. hidden: sheets out of sight."""

    pages: Mapping[str, Page]
    raw: Mapping[str, tuple[tuple[int, tuple[Raw, ...]], ...]]
    hidden: frozenset[str] = frozenset()

    @property
    def visible(self) -> tuple[str, ...]:
        """The sheets that a person sees."""
        return tuple(name for name in self.raw if name not in self.hidden)


def book(octets: bytes, name: str) -> Book:
    """Read the workbook *octets*, a file called *name*.

    Raises:
        UsageError: it is no .xlsx, encrypted, damaged, or more than a workbook of ours can be; Chinese, with the cure.
    """
    require_fit(octets, name)
    result = tools.run(
        [sys.executable, "-I", "opened.py", "book.xlsx", *_LIBRARIES],
        inputs=(("book.xlsx", octets), ("opened.py", Path(__file__).with_name("opened.py").read_bytes())),
        seconds=SECONDS,
        megabytes=MEGABYTES,
        readable=[sys.prefix, sys.base_prefix, *_LIBRARIES],
    )
    if not result.ok or len(result.out) > MAX_TOLD:
        raise UsageError(f"{name} {_LARGE}")
    try:
        told = msgspec.json.decode(result.out, type=list[_Told] | str)
    except msgspec.MsgspecError as error:
        raise UsageError(f"{name} {DAMAGED}") from error
    if told == "password":
        raise UsageError(f"{name} {LOCKED}")
    if told == "1904":
        raise UsageError(
            f"{name} 用了 1904 日期系统，日期都差四年；请在 Excel“选项—高级”里取消“使用 1904 日期系统”再导入"
        )
    if told == "large":
        raise UsageError(f"{name} {_LARGE}")
    if isinstance(told, str):
        raise UsageError(f"{name} {DAMAGED}")
    raw = {sheet: tuple((number, tuple(cells)) for number, cells in rows) for sheet, _, rows, _ in told}
    return Book(
        pages={sheet: _page(sheet, raw[sheet], merged) for sheet, _, _, merged in told},
        raw=raw,
        hidden=frozenset(sheet for sheet, hidden, _, _ in told if hidden),
    )


def place(row: int, column: int) -> str:
    """Name a cell as spreadsheets do: row and column from 0, "H12"."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


def blank(value: Raw) -> bool:
    """Whether there is nothing in the cell that a person would see."""
    return value is None or (isinstance(value, str) and not value.strip())


# ---------------------------------------------------------------- one sheet


def _page(name: str, rows: Sequence[tuple[int, tuple[Raw, ...]]], merged: Sequence[_Area]) -> Page:
    found = next(
        (
            (at, number, cells.index(ROW_ID))
            for at, (number, cells) in enumerate(rows)
            if number < TOP_ROWS and ROW_ID in cells
        ),
        None,
    )
    if found is None:
        return Page(name=name)
    at, number, ids = found
    columns = list(_columns(rows[at][1], ids))
    headers = {}
    twice = []
    for column, header in columns:
        if header in headers:
            twice.append((header, place(number, column)))
        else:
            headers[header] = column
    by_id: dict[str, Row] = {}
    doubled, unnamed, own = [], [], set()
    for row, cells in rows[at + 1 :]:
        id_ = _text(cells, ids)
        if id_ in by_id:
            doubled.append((id_, place(row, ids)))
        elif id_:
            by_id[id_] = _row(row, cells, headers, ids)
            own.add(row)
        elif words := _own(cells):
            unnamed.append((place(row, words[0]), words[1]))
    return Page(
        name=name,
        header_row=number + 1,
        headers={header: place(number, column) for header, column in headers.items()},
        rows=by_id,
        doubled=tuple(doubled),
        unnamed=tuple(unnamed),
        stray=tuple(_stray(rows[at + 1 :], {ids, *(column for column, _ in columns)})),
        twice=tuple(twice),
        merged=tuple(
            f"{place(top, left)}:{place(bottom, right)}"
            for top, left, bottom, right in merged
            if any(row in own for row in range(top, bottom + 1))
        ),
    )


def _columns(cells: Sequence[Raw], ids: int) -> Iterator[tuple[int, str]]:
    for column, header in enumerate(cells):
        if column != ids and not blank(header):
            yield column, str(header).strip()


def _row(number: int, cells: Sequence[Raw], headers: Mapping[str, int], ids: int) -> Row:
    return Row(
        place=place(number, ids),
        cells={
            header: Cell(place=place(number, column), value=cells[column] if column < len(cells) else None)
            for header, column in headers.items()
        },
    )


def _text(cells: Sequence[Raw], column: int) -> str:
    value = cells[column] if column < len(cells) else None
    return "" if blank(value) else str(value).strip()


def _own(cells: Sequence[Raw]) -> tuple[int, str] | None:
    """Column and words of the first cell of a row that is none of ours; None where it is: totals, foot, 无, or blank."""
    filled = [(column, value) for column, value in enumerate(cells) if not blank(value)]
    if not filled:
        return None
    column, value = filled[0]
    first = str(value).strip()
    ours = first in (TOTAL, NOTHING) or first.startswith(FOOT)
    return None if ours else (column, first)


def _stray(rows: Sequence[tuple[int, tuple[Raw, ...]]], known: set[int]) -> Iterator[tuple[str, str]]:
    """The first filled cell of each column without a header, in rows of data."""
    seen: set[int] = set()
    for number, cells in rows:
        for column, value in enumerate(cells):
            if column not in known and column not in seen and not blank(value):
                seen.add(column)
                yield place(number, column), str(value).strip()
