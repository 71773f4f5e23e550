"""The register in a database server, as health looks at it: read-only, one snapshot, seconds at most.

Purpose: `session(database)`, which gives what reader.py gives for a file.
Limits: imports psycopg and nothing dearer. A server has no quick check of itself; that it answers every question from one
snapshot is all that is said here, and verify reads every row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline import database
from pipeline.database import Database
from pipeline.errors import IntegrityError, SettingsError
from pipeline.health.reader import RESTORE, Asked, Row, UnreadError
from pipeline.health.values import INTEGRITY, LATER, Unread

if TYPE_CHECKING:
    import psycopg

CONNECT_SECONDS = 3
ANSWER_SECONDS = 5
"""For one question; each takes milliseconds where all is well."""


class _Row(tuple[Any, ...]):
    """Values by their place and by their name, as sqlite3.Row has them."""

    names: dict[str, int]

    def __getitem__(self, key: Any) -> Any:
        return super().__getitem__(self.names[key] if isinstance(key, str) else key)


@contextmanager
def session(place: Database) -> Iterator[Asked]:
    """Open one session for one look.

    Raises:
        UnreadError: the server is gone, does not let us in, or holds no register.
    """
    try:
        import psycopg

        with database.connect(place, wait_seconds=CONNECT_SECONDS, lock_seconds=1) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            connection.execute(f"SET LOCAL statement_timeout = '{ANSWER_SECONDS}s'".encode())
            yield _Server(connection=connection)
    except (ImportError, SettingsError) as error:
        raise UnreadError(Unread(code=LATER, why=str(error), cure="照上面所说安装或改设置")) from error
    except psycopg.Error as error:
        raise UnreadError(_unread(error, place)) from error


@dataclass(frozen=True, kw_only=True)
class _Server:
    connection: psycopg.Connection[Any]

    def ask(self, question: str, *values: object) -> Sequence[Row]:
        cursor = self.connection.execute(question.replace("?", "%s").encode(), values)
        return list(_named(cursor))

    def each(self, question: str) -> Iterator[Row]:
        with self.connection.cursor(name="each") as cursor:
            cursor.execute(question.encode())
            yield from _named(cursor)

    def check(self, seconds: float) -> str:  # noqa: ARG002 - a server is asked nothing that could last
        return "ok"

    @property
    def octets(self) -> int:
        return int(self.ask("SELECT pg_database_size(current_database())")[0][0])


def _named(cursor: psycopg.Cursor[Any] | psycopg.ServerCursor[Any]) -> Iterator[_Row]:
    names = {column.name: at for at, column in enumerate(cursor.description or ())}
    kind = type("_Named", (_Row,), {"names": names})
    return map(kind, cursor)


def _unread(error: psycopg.Error, place: Database) -> Unread:
    if (error.sqlstate or "").startswith("42P01"):
        why = f"{place} 里没有登记簿（没有来文表）"
        return Unread(code=INTEGRITY, why=why, cure=f"核对设置里的库名；库名没错就是登记簿丢了：{RESTORE}")
    told = database.explained(error, str(place))
    why, _, cure = str(told).partition("；")
    return Unread(code=INTEGRITY if isinstance(told, IntegrityError) else LATER, why=why, cure=cure)
