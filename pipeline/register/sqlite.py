"""The register in a file of SQLite: durable, one writer at a time, and what SQLite's errors mean for a person.

Purpose: `engine(path)`, `explained(error, path)`, `findings(connection)` for verify.
Source: sqlite.org/wal.html, pragma.html (synchronous=FULL keeps a commit through a power cut).
Limits: one file on a local disk; WAL does not work over a network file system.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from pipeline.errors import IntegrityError, PermanentError, ShouwenError, TransientError
from pipeline.register import tables
from pipeline.register.portable import guards
from pipeline.register.values import Finding

BUSY_SECONDS = 30
"""How long to wait for another writer; a person's decision and the worker's commits take milliseconds."""

DAMAGED = "登记簿 {path} 已损坏；请停止使用，从备份恢复后运行 shouwen verify"


def engine(path: Path) -> Engine:
    """Open the file *path*, which need not be there."""
    made = create_engine(
        f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS}, execution_options={"place": path}
    )
    event.listen(made, "connect", _prepare)
    event.listen(made, "begin", _begin)
    return made


def require_sound(connection: Connection, path: Path) -> None:
    """Have SQLite look through the structure of the file; some tenths of a second for a season.

    Raises:
        IntegrityError: it is damaged.
    """
    if connection.scalar(text("PRAGMA quick_check(1)")) != "ok":
        raise IntegrityError(DAMAGED.format(path=path))


def findings(connection: Connection) -> Iterator[Finding]:
    """Find what is wrong with the file itself, and with the guards of what may only grow."""
    for (said,) in connection.execute(text("PRAGMA integrity_check(10)")):
        if said != "ok":
            yield Finding(kind="database", subject="register.db", detail=f"数据库自检不通过：{said}")
    made = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type IN ('trigger', 'view')"))
    there = {name: statement for name, statement in made}  # noqa: C416 - dict() takes a result for a mapping
    ours = {
        name: (table, statement)
        for table in tables.APPEND_ONLY
        for name, statement in guards("sqlite", table).items()
    }
    for name, (table, statement) in ours.items():
        if there.get(name) != statement:
            yield Finding(kind="trigger", subject=name, detail=f"{table} 表“只增不改”的触发器不在或被改过")
    for name in sorted(there.keys() - ours.keys()):
        yield Finding(kind="trigger", subject=str(name), detail="登记簿里多出一个触发器或视图，不是程序所建")


def explained(error: DBAPIError, path: Path) -> ShouwenError:
    """Say in Chinese what SQLite's refusal means, and what to do."""
    said = str(error.orig)
    for words, kind, fact in _MEANINGS:
        if any(word in said for word in words):
            return kind(fact.format(path=path))
    return PermanentError(f"登记簿 {path} 出错（{said[:200]}）；请运行 shouwen verify，并把这一行告诉管理员")


def _prepare(connection: Any, _record: object) -> None:
    """Set up each connection; isolation_level None leaves BEGIN to `_begin`."""
    connection.isolation_level = None
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        f"busy_timeout = {BUSY_SECONDS * 1000}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """A writer takes its lock at once, so that what it has read is still so when it writes."""
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


_MEANINGS: tuple[tuple[tuple[str, ...], type[ShouwenError], str], ...] = (
    (("locked", "busy"), TransientError, "登记簿 {path} 正被别的程序占用；请稍后再试"),
    (("disk is full",), TransientError, "登记簿 {path} 所在磁盘已满；请腾出空间后再试，没有写入任何东西"),
    (("disk I/O error",), TransientError, "登记簿 {path} 所在磁盘读写出错；请检查磁盘后再试"),
    (
        ("readonly", "unable to open"),
        PermanentError,
        "登记簿 {path} 打不开或不可写；请检查目录是否存在、有没有权限",
    ),
    (
        ("malformed", "not a database"),
        IntegrityError,
        DAMAGED,
    ),
)
