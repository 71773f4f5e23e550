"""Writing a row in place of the one of the same key, on both kinds of database.

Purpose: `put(connection, table, these)`. Source: INSERT … ON CONFLICT DO UPDATE, which SQLite took from PostgreSQL.
Limits: the statement is written once a table, since SQLAlchemy compiles that of a dialect each time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from sqlalchemy import Connection, Dialect, Table, TextClause, bindparam, text


def put(connection: Connection, table: Table, these: Sequence[Mapping[str, object]]) -> None:
    """Write the rows *these*, each with every column, instead of those that have their primary keys, if there are such."""
    if these:
        connection.execute(_statement(connection.dialect, table), these)


@lru_cache(maxsize=16)
def _statement(dialect: Dialect, table: Table) -> TextClause:
    quote = dialect.identifier_preparer.quote
    keys = ", ".join(quote(column.name) for column in table.primary_key)
    names = [column.name for column in table.columns]
    others = (quote(column.name) for column in table.columns if not column.primary_key)
    written = (
        f"INSERT INTO {table.name} ({', '.join(map(quote, names))}) "  # noqa: S608 - names of our own tables
        f"VALUES ({', '.join(f':{name}' for name in names)}) "
        f"ON CONFLICT ({keys}) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in others)}"
    )
    return text(written).bindparams(*(bindparam(column.name, type_=column.type) for column in table.columns))
