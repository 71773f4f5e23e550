"""Every cell of the sheets with yellow cells as it was written: what an edited copy is compared with, however late it comes.

Purpose: `packed` makes baseline.json.gz of a run, `read` gives it back.
Source: docs/workbook.md. The columns are kept as well, so that a copy from before a change of the layout is understood.
Limits: holds what the workbook shows, so it is as confidential as the workbook.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path

from outputs.tables import Column, Edit, Sheet
from outputs.workbook.grid import shown

NAME = "baseline.json.gz"
FORMAT = 1
Plain = str | int | float
"""A cell as it is kept: days and moments as ISO text ("2024-05-21", "2024-05-21 10:00:00"), "—" where nothing is stated."""

_KEPT = (str, int, float)
ROWS = 500
"""Rows that are packed at a time."""
_GZIP = 31
"""What zlib calls a window of 32 KB in the format of gzip, without name and time."""
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, kw_only=True)
class Written:
    """One sheet as it was written. columns: with header, edit, field and why. rows: row id to header to value.

    locked: cells of columns with an edit that were not yellow, as (row id, header).
    """

    name: str
    columns: tuple[Column, ...]
    rows: Mapping[str, Mapping[str, Plain]]
    locked: frozenset[tuple[str, str]]


def packed(sheets: Sequence[Sheet]) -> bytes:
    """Pack the sheets in which something may be edited; the same sheets give the same octets."""
    packing = zlib.compressobj(6, wbits=_GZIP)
    return b"".join((*map(packing.compress, _pieces(sheets)), packing.flush()))


def _pieces(sheets: Sequence[Sheet]) -> Iterator[bytes]:
    """The JSON in pieces of some rows: the whole of it takes several times the memory of the workbook."""
    edited = [sheet for sheet in sheets if any(column.edit is not Edit.NO for column in sheet.columns)]
    yield _text({"format": FORMAT, "sheets": {}})[:-2]
    for number, sheet in enumerate(edited):
        yield b"," * bool(number) + _text(sheet.name) + b":" + _text(_head(sheet))[:-1] + b',"rows":{'
        left, begun = shown(sheet), False
        while some := {id_: _plain(values) for id_, values in islice(left, ROWS)}:
            yield b"," * begun + _text(some)[1:-1]
            begun = True
        yield b'},"locked":' + _text(sorted(sheet.locked)) + b"}"
    yield b"}}"


def _text(told: object) -> bytes:
    return _JSON(told).encode("utf-8", "surrogatepass")


def read(path: Path) -> Mapping[str, Written]:
    """Give the sheets of a run by name.

    Raises:
        OSError, ValueError: it is not there, or is none.
    """
    told = json.loads(gzip.decompress(path.read_bytes()))
    return {name: _written(name, sheet) for name, sheet in told["sheets"].items()}


def plain(value: object) -> Plain:
    """One value of a cell as it is kept."""
    if type(value) in _KEPT:
        return value  # type: ignore[return-value]  # one of these
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, int | float) else str(value)


def _plain(values: Sequence[object]) -> list[Plain]:
    """The values of one row: most are kept as they are, without a call for each of a million."""
    return [value if type(value) in _KEPT else plain(value) for value in values]  # type: ignore[misc]  # by its type it is Plain


def _head(sheet: Sheet) -> dict[str, object]:
    return {
        "columns": [
            {
                "header": column.header,
                "form": column.form,
                "edit": column.edit,
                "field": column.field,
                "why": column.why,
            }
            for column in sheet.columns
        ],
    }


def _written(name: str, sheet: Mapping[str, object]) -> Written:
    raw: list[dict[str, str]] = sheet["columns"]  # type: ignore[assignment]  # we wrote it
    kept: dict[str, list[Plain]] = sheet["rows"]  # type: ignore[assignment]  # likewise
    locked: list[list[str]] = sheet["locked"]  # type: ignore[assignment]  # likewise
    columns = tuple(
        Column(
            header=one["header"],
            width=0,
            edit=Edit(one["edit"]),
            field=one["field"],
            why=one["why"],
        )
        for one in raw
    )
    headers = [column.header for column in columns]
    return Written(
        name=name,
        columns=columns,
        rows={id_: dict(zip(headers, values, strict=True)) for id_, values in kept.items()},
        locked=frozenset((row, header) for row, header in locked),
    )
