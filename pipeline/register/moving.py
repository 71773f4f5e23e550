"""Every row of one register into another: table by table, from one moment, compared by what each row holds.

Purpose: `fill(source, target)`, `counted(connection)`, `is_empty`: for backups, and for a register that goes to another place.
Source: the digest of a table is the sum of its rows' digests (modulo 2**256), so that no order of rows matters. It says
that a copy is whole, not that nobody forged it: verify says that.
Limits: both within transactions of the caller. Content is copied as it is and not read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, Table, insert, select

from pipeline.errors import IntegrityError
from pipeline.register.chain import canonical
from pipeline.register.tables import metadata

ROWS, OCTETS = 500, 8 * 1024**2
"""Of one piece on its way, whichever is reached first: what a copy holds in memory."""
MODULUS = 2**256


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What one table holds. digest: of all its rows, whatever their order, in hex."""

    name: str
    rows: int
    digest: str


def _nothing(_table: str, _rows: int) -> None:
    """Show no progress."""


def fill(
    source: Connection, target: Connection, progress: Callable[[str, int], None] = _nothing
) -> tuple[Counted, ...]:
    """Copy every row of *source* into *target*, whose tables are empty, and look at them there.

    Args:
        progress: called with a table and how many of its rows are there.

    Raises:
        IntegrityError: what stands in *target* is not what was read.
    """
    went = []
    for table in metadata.sorted_tables:
        digest, number = 0, 0
        for piece in _pieces(source, table):
            target.execute(insert(table), piece)
            digest = (digest + sum(map(_row, piece))) % MODULUS
            number += len(piece)
            progress(table.name, number)
        went.append(Counted(name=table.name, rows=number, digest=f"{digest:064x}"))
    require_same(tuple(went), counted(target))
    return tuple(went)


def counted(connection: Connection) -> tuple[Counted, ...]:
    """Count and digest every table, in the order in which they depend on each other."""
    found = []
    for table in metadata.sorted_tables:
        digest, number = 0, 0
        for piece in _pieces(connection, table):
            digest = (digest + sum(map(_row, piece))) % MODULUS
            number += len(piece)
        found.append(Counted(name=table.name, rows=number, digest=f"{digest:064x}"))
    return tuple(found)


def require_same(went: tuple[Counted, ...], there: tuple[Counted, ...]) -> None:
    """Refuse a copy that is none.

    Raises:
        IntegrityError: names the first table that differs.
    """
    for one, other in zip(went, there, strict=True):
        if one != other:
            raise IntegrityError(
                f"登记簿的 {one.name} 表抄过去不一样（原有 {one.rows} 行，抄到 {other.rows} 行，或内容不同）；"
                "没有抄成，请检查两边的磁盘后再试"
            )


def is_empty(connection: Connection) -> bool:
    """No table has a row."""
    return all(connection.execute(select(table).limit(1)).first() is None for table in metadata.sorted_tables)


def _pieces(connection: Connection, table: Table) -> Iterator[list[Mapping[str, object]]]:
    """The rows of *table*, some at a time."""
    wanted = (
        select(table).order_by(*table.primary_key).execution_options(stream_results=True, max_row_buffer=ROWS)
    )
    piece: list[Mapping[str, object]] = []
    octets = 0
    with connection.execute(wanted) as found:
        for row in found.mappings():
            piece.append(dict(row))
            octets += _octets(row)
            if len(piece) >= ROWS or octets >= OCTETS:
                yield piece
                piece, octets = [], 0
    if piece:
        yield piece


def _octets(row: RowMapping) -> int:
    return sum(len(value) for value in row.values() if isinstance(value, bytes))


def _row(row: Mapping[str, object]) -> int:
    plain = {name: value.hex() if isinstance(value, bytes) else value for name, value in row.items()}
    return int.from_bytes(hashlib.sha256(canonical(plain)).digest(), "big")
