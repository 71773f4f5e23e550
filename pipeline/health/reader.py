"""The register as health looks at it: read-only, without waiting, through the standard library alone.

Purpose: `opened(path)`, and what SQLite's errors mean for an operator.
Source: sqlite.org/uri.html (mode=ro), wal.html section 9 (a WAL database can be read without writing while its -shm is
there). `Register` would wait 30 s, bring an old file up to date, and take a third of a second to import.
Limits: knows names of tables and columns as migrations/ makes them; a test runs every question on a real register.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from pipeline.health.values import INTEGRITY, LATER, Unread

WAIT_SECONDS = 0.3
"""For a register that another process keeps to itself; its usual writer never keeps readers waiting."""
STEPS = 2_000
"""Instructions of SQLite between two looks at the clock."""
RESTORE = "停止守护，从备份恢复，再运行 shouwen verify"


class UnreadError(Exception):
    """The register could not be read; *unread* says why."""

    def __init__(self, unread: Unread) -> None:
        super().__init__(unread.why)
        self.unread = unread


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the register for one look.

    Raises:
        UnreadError: it is not there, locked, damaged, or no register.
    """
    if not path.exists():
        raise UnreadError(Unread(code=INTEGRITY, why=f"登记簿 {path} 不见了", cure=RESTORE))
    try:
        address = f"file:{quote(str(path.absolute()))}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=WAIT_SECONDS)) as connection:
            connection.row_factory = sqlite3.Row
            connection.isolation_level = None
            connection.execute("BEGIN")
            yield connection
    except sqlite3.Error as error:
        raise UnreadError(_explained(error, path)) from error


def quick_check(connection: sqlite3.Connection, seconds: float) -> str:
    """Let SQLite check itself: "ok", the first thing it found, or "" where *seconds* did not suffice."""
    end = time.monotonic() + seconds
    connection.set_progress_handler(lambda: time.monotonic() > end, STEPS)
    try:
        return str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.OperationalError as error:
        if "interrupted" not in str(error):
            raise
        return ""
    finally:
        connection.set_progress_handler(None, 0)


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
