"""A copy of the register as it stands, whoever writes meanwhile: always one file of SQLite.

Purpose: `copy(engine, path)`, for backups.
Source: sqlite.org/backup.html: one step over all pages is one read transaction; in WAL mode no writer waits for it. Of a
database server every row is copied from one snapshot and compared (moving.py).
Limits: the copy is one file (no -wal beside it) that a program of the same revision opens.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import cast

from sqlalchemy import Engine

from pipeline import durable
from pipeline.errors import IntegrityError, ShouwenError, TransientError
from pipeline.register.moving import fill
from pipeline.register.opening import Place, open_engine, transaction

ALL_PAGES = -1


def copy(engine: Engine, path: Path) -> None:
    """Write the register of *engine* into the new file *path*, looked through by SQLite and durable but for its name.

    Raises:
        TransientError: the place cannot be written (full, read-only …), or the register not be read now.
        IntegrityError: the register is damaged.
    """
    place: Place = engine.get_execution_options()["place"]
    if not isinstance(place, Path):
        _copy_rows(engine, path)
    try:
        if isinstance(place, Path):
            _copy_pages(engine, path)
        with closing(sqlite3.connect(path)) as target:
            target.execute("PRAGMA journal_mode = DELETE")
            said = [row[0] for row in target.execute("PRAGMA integrity_check(3)")]
        if said != ["ok"]:
            raise IntegrityError(f"登记簿 {place} 自检不通过（{said[0]}）；请从以前的备份恢复")
        durable.sync(path)
    except (sqlite3.Error, OSError) as error:
        raise _explained(error, str(place), path) from error


def _copy_pages(engine: Engine, path: Path) -> None:
    pooled = engine.raw_connection()
    try:
        source = cast("sqlite3.Connection", pooled.driver_connection)
        with closing(sqlite3.connect(path)) as target:
            source.backup(target, pages=ALL_PAGES)
    finally:
        pooled.close()


def _copy_rows(engine: Engine, path: Path) -> None:
    beside = open_engine(path, new=True)
    try:
        with transaction(engine, writing=False) as source, transaction(beside, writing=True) as target:
            fill(source, target)
    finally:
        beside.dispose()


def _explained(error: Exception, register: str, path: Path) -> ShouwenError:
    if any(words in str(error) for words in ("malformed", "not a database")):
        return IntegrityError(f"登记簿 {register} 已损坏；请停止使用，从以前的备份恢复")
    return TransientError(f"登记簿抄不到 {path.parent}（{error}）；请腾出磁盘空间、检查权限后再试")
