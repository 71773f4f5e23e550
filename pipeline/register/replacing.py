"""Writing a row in place of the one of the same key, on both kinds of database.

Purpose: `put(connection, table, row)`. Source: INSERT … ON CONFLICT DO UPDATE, which SQLite took from PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def put(connection: Connection, table: Table, row: Mapping[str, object]) -> None:
    """Write *row*, whole, instead of the one that has its primary key, if there is one."""
    kind = sqlite if connection.dialect.name == "sqlite" else postgresql
    wanted = kind.insert(table).values(**row)
    keys = [column.name for column in table.primary_key]
    others = {name: wanted.excluded[name] for name in row if name not in keys}
    connection.execute(wanted.on_conflict_do_update(index_elements=keys, set_=others))
