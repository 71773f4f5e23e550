"""The register as health looks at it: read-only, without waiting, through the standard library alone where it is a file.

Purpose: `opened(place)`, and what a refusal means for an operator; server.py does the same for a database server.
Source: sqlite.org/uri.html (mode=ro), wal.html section 9 (a WAL database can be read without writing while its -shm is
there). `Register` would wait 30 s, bring an old file up to date, and take a third of a second to import.
Limits: knows names of tables and columns as migrations/ makes them; a test runs every question on a real register.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from pipeline.database import Database
from pipeline.health.values import INTEGRITY, LATER, Unread

Row = Any
"""One answer: its values by their place and by their name."""
WAIT_SECONDS = 0.3
"""For a register that another process keeps to itself; its usual writer never keeps readers waiting."""
STEPS = 2_000
"""Instructions of SQLite between two looks at the clock."""
RESTORE = "停止守护，从备份恢复，再运行 shouwen verify"


class Asked(Protocol):
    """A register that is open for one look: one snapshot."""

    def ask(self, question: str, *values: object) -> Sequence[Row]:
        """Answer a *question* in the SQL that both kinds have, with ? for each of *values*."""

    def each(self, question: str) -> Iterator[Row]:
        """Answer a *question* without values a row at a time."""

    def check(self, seconds: float) -> str:
        """Let the database check itself: "ok", the first thing it found, or "" where *seconds* did not suffice."""

    @property
    def octets(self) -> int:
        """How large the register is."""


class UnreadError(Exception):
    """The register could not be read; *unread* says why."""

    def __init__(self, unread: Unread) -> None:
        super().__init__(unread.why)
        self.unread = unread


@contextmanager
def opened(place: Path | Database) -> Iterator[Asked]:
    """Open the register for one look.

    Raises:
        UnreadError: it is not there, locked, damaged, no register, or its server is.
    """
    if isinstance(place, Path):
        with _file(place) as file:
            yield file
        return
    from pipeline.health.server import session

    with session(place) as server:
        yield server


@contextmanager
def _file(path: Path) -> Iterator[Asked]:
    if not path.exists():
        raise UnreadError(Unread(code=INTEGRITY, why=f"登记簿 {path} 不见了", cure=RESTORE))
    try:
        address = f"file:{quote(str(path.absolute()))}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=WAIT_SECONDS)) as connection:
            connection.row_factory = sqlite3.Row
            connection.isolation_level = None
            connection.execute("BEGIN")
            yield _File(connection=connection, octets=path.stat().st_size)
    except sqlite3.Error as error:
        raise UnreadError(_explained(error, path)) from error


@dataclass(frozen=True, kw_only=True)
class _File:
    connection: sqlite3.Connection
    octets: int

    def ask(self, question: str, *values: object) -> Sequence[Row]:
        return self.connection.execute(question, values).fetchall()

    def each(self, question: str) -> Iterator[Row]:
        return self.connection.execute(question)

    def check(self, seconds: float) -> str:
        end = time.monotonic() + seconds
        self.connection.set_progress_handler(lambda: time.monotonic() > end, STEPS)
        try:
            return str(self.connection.execute("PRAGMA quick_check(1)").fetchone()[0])
        except sqlite3.OperationalError as error:
            if "interrupted" not in str(error):
                raise
            return ""
        finally:
            self.connection.set_progress_handler(None, 0)


def _explained(error: sqlite3.Error, path: Path) -> Unread:
    said = str(error)
    if "locked" in said or "busy" in said:
        return Unread(
            code=LATER, why=f"登记簿 {path} 正被别的程序占用", cure="稍后再看；一直如此，就查是哪个程序开着它"
        )
    if "malformed" in said or "not a database" in said or "no such" in said:
        return Unread(code=INTEGRITY, why=f"登记簿 {path} 已损坏，或不是收文登记簿（{said}）", cure=RESTORE)
    if "unable to open" in said or "readonly" in said or "authoriz" in said:
        return Unread(
            code=LATER,
            why=f"登记簿 {path} 打不开（{said}）",
            cure="用守护程序的用户运行，如 sudo -u shouwen shouwen status",
        )
    return Unread(code=LATER, why=f"登记簿 {path} 读不出（{said}）", cure="检查磁盘，再运行 shouwen verify")
