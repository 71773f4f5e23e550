"""Opening the register, in a file or in a database server: guarded, brought up to date, or refused.

Purpose: `open_engine(place)`, `transaction(engine)`, `alone(engine)`; what differs stands in sqlite.py and postgres.py.
Source: alembic's "Programmatic API Use".
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from pipeline.database import Database
from pipeline.errors import IntegrityError, PermanentError, ShouwenError
from pipeline.register import sqlite
from pipeline.register.tables import REVISION

Place = Path | Database
"""Where a register is: a file of SQLite, or a database of PostgreSQL."""

MIGRATIONS = Path(__file__).parent / "migrations"


def open_engine(place: Place, *, new: bool) -> Engine:
    """Open the register at *place*, made or brought up to date where needed.

    Args:
        place: of the file or the database.
        new: there may be none yet, or an empty file or database.

    Raises:
        PermanentError: it was written by a newer program, or cannot be opened.
        IntegrityError: it is no register; it is lost or empty and should not be.
        SettingsError, TransientError: the database server does not let us in, or is gone.
    """
    if isinstance(place, Path):
        if not new and not place.exists():
            raise lost(place)
        engine = sqlite.engine(place)
    else:
        from pipeline.register import postgres

        engine = postgres.engine(place)
    try:
        _bring_up_to_date(engine, place, new=new)
    except ShouwenError:
        engine.dispose()
        raise
    return engine


def lost(place: Place) -> IntegrityError:
    """Say that the register at *place* is not what the archive beside it was taken in with."""
    return IntegrityError(
        f"登记簿 {place} 不在、是空的或没有来文，而原件库里已有原件：登记簿可能丢失或被换过；"
        "请停止使用，从备份恢复登记簿后运行 shouwen verify（原件未动）"
    )


def require_sound(engine: Engine) -> None:
    """Have the database look whether it is damaged, as far as that is quick; a server finds it when a row is read.

    Raises:
        IntegrityError: it is damaged.
    """
    place: Place = engine.get_execution_options()["place"]
    with transaction(engine, writing=False) as connection:
        if isinstance(place, Path):
            sqlite.require_sound(connection, place)


@contextmanager
def alone(engine: Engine) -> Iterator[None]:
    """Be the one writer among all machines; for a file, `worker.only_writer` of its folder says enough.

    Raises:
        TransientError: another process is.
    """
    if isinstance(engine.get_execution_options()["place"], Path):
        yield
        return
    from pipeline.register import postgres

    with postgres.alone(engine):
        yield


@contextmanager
def transaction(engine: Engine, *, writing: bool) -> Iterator[Connection]:
    """One transaction: all of it or nothing, and no other writer meanwhile; what the database refuses is said in Chinese.

    Raises:
        TransientError: locked, the disk is full, the server is gone. PermanentError: it may not be written.
        IntegrityError: damaged.
    """
    try:
        with engine.connect().execution_options(writing=writing) as connection, connection.begin():
            yield connection
    except DBAPIError as error:
        raise _explained(error, engine.get_execution_options()["place"]) from error


def _bring_up_to_date(engine: Engine, place: Place, *, new: bool) -> None:
    with transaction(engine, writing=False) as connection:
        found = _revision(connection, place)
    if found == REVISION:
        return
    if not found and not new:
        raise lost(place)
    with transaction(engine, writing=True) as connection:
        found = _revision(connection, place)
        if found != REVISION:
            _upgrade(connection, found, place)


def _revision(connection: Connection, place: Place) -> str:
    """Return the revision of the register, "" for an empty file or database."""
    names = inspect(connection).get_table_names()
    if "alembic_version" in names:
        return str(connection.scalar(text("SELECT version_num FROM alembic_version")) or "")
    if names:
        raise IntegrityError(f"{place} 不是收文登记簿；请指明对的数据目录（--data-dir）或库，或从备份恢复")
    return ""


def _upgrade(connection: Connection, found: str, place: Place) -> None:
    from alembic import command  # its import takes longer than all else here, and is rarely needed
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found and found not in known:
        raise PermanentError(
            f"登记簿 {place} 由更新版本的程序写成（结构 {found}，本程序只认得到 {REVISION}）；请升级 shouwen，不要用旧程序打开"
        )
    config.attributes["connection"] = connection
    command.upgrade(config, REVISION)


def _explained(error: DBAPIError, place: Place) -> ShouwenError:
    if isinstance(place, Path):
        return sqlite.explained(error, place)
    from pipeline.register import postgres

    return postgres.explained(error, place)
