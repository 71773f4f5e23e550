"""Opening the register's file: durable, guarded, brought up to date, or refused.

Purpose: `open_engine(path)`, `transaction(engine)`, and what SQLite's errors mean for a person.
Source: sqlite.org/wal.html, pragma.html (synchronous=FULL keeps a commit through a power cut), alembic's
"Programmatic API Use".
Limits: one file on a local disk; WAL does not work over a network file system.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import DBAPIError

from pipeline.errors import IntegrityError, PermanentError, ShouwenError, TransientError
from pipeline.register.tables import REVISION

BUSY_SECONDS = 30
"""How long to wait for another writer; a person's decision and the worker's commits take milliseconds."""

DAMAGED = "登记簿 {path} 已损坏；请停止使用，从备份恢复后运行 shouwen verify"

MIGRATIONS = Path(__file__).parent / "migrations"


def open_engine(path: Path, *, new: bool) -> Engine:
    """Open the register at *path*, made or brought up to date where needed.

    Args:
        path: of the file.
        new: there may be none yet, or an empty file.

    Raises:
        PermanentError: it was written by a newer program, or cannot be opened.
        IntegrityError: the file is no register; it is lost or empty and should not be.
    """
    if not new and not path.exists():
        raise lost(path)
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    try:
        _bring_up_to_date(engine, path, new=new)
    except ShouwenError:
        engine.dispose()
        raise
    return engine


def lost(path: Path) -> IntegrityError:
    """Say that the register at *path* is not what the archive beside it was taken in with."""
    return IntegrityError(
        f"登记簿 {path} 不在、是空的或没有来文，而原件库里已有原件：登记簿可能丢失或被换过；"
        "请停止使用，从备份恢复登记簿后运行 shouwen verify（原件未动）"
    )


def require_sound(engine: Engine) -> None:
    """Have SQLite look through the structure of the file; some tenths of a second for a season.

    Raises:
        IntegrityError: it is damaged.
    """
    path = str(engine.url.database)
    with transaction(engine, writing=False) as connection:
        if connection.scalar(text("PRAGMA quick_check(1)")) != "ok":
            raise IntegrityError(DAMAGED.format(path=path))


@contextmanager
def transaction(engine: Engine, *, writing: bool) -> Iterator[Connection]:
    """One transaction: all of it or nothing; what SQLite refuses is said in Chinese.

    Raises:
        TransientError: locked, or the disk is full. PermanentError: it may not be written. IntegrityError: damaged.
    """
    try:
        with engine.connect().execution_options(writing=writing) as connection, connection.begin():
            yield connection
    except DBAPIError as error:
        raise _explained(error, str(engine.url.database)) from error


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


def _bring_up_to_date(engine: Engine, path: Path, *, new: bool) -> None:
    with transaction(engine, writing=False) as connection:
        found = _revision(connection, path)
    if found == REVISION:
        return
    if not found and not new:
        raise lost(path)
    with transaction(engine, writing=True) as connection:
        found = _revision(connection, path)
        if found != REVISION:
            _upgrade(connection, found, path)


def _revision(connection: Connection, path: Path) -> str:
    """Return the revision of the register, "" for an empty file."""
    names = inspect(connection).get_table_names()
    if "alembic_version" in names:
        return str(connection.scalar(text("SELECT version_num FROM alembic_version")) or "")
    if names:
        raise IntegrityError(f"{path} 不是收文登记簿；请用 --data-dir 指明数据目录，或从备份恢复")
    return ""


def _upgrade(connection: Connection, found: str, path: Path) -> None:
    from alembic import command  # its import takes longer than all else here, and is rarely needed
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found and found not in known:
        raise PermanentError(
            f"登记簿 {path} 由更新版本的程序写成（结构 {found}，本程序只认得到 {REVISION}）；请升级 shouwen，不要用旧程序打开"
        )
    config.attributes["connection"] = connection
    command.upgrade(config, REVISION)


def _explained(error: DBAPIError, path: str) -> ShouwenError:
    said = str(error.orig)
    for words, kind, fact in _MEANINGS:
        if any(word in said for word in words):
            return kind(fact.format(path=path))
    return PermanentError(f"登记簿 {path} 出错（{said[:200]}）；请运行 shouwen verify，并把这一行告诉管理员")


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
