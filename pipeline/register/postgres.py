"""The register in a database of PostgreSQL: durable, serial, one daemon, and guarded as the file is.

Purpose: `engine(database)`, `alone(engine)`, `findings(connection)` for verify.
Source: postgresql.org/docs "Transaction Isolation", "Advisory Locks", "pg_trigger". A writer takes one advisory lock before
it reads anything and reads committed rows, so that writers are serial; a reader has one snapshot (REPEATABLE READ).
Limits: whoever owns the tables may take the guards away; verify sees it. A lock of the session ends with the session: each
of its holder's transactions asks whether it still stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from pipeline import database
from pipeline.database import Database
from pipeline.errors import ShouwenError, TransientError
from pipeline.register import tables
from pipeline.register.portable import BODY, FUNCTION, guards
from pipeline.register.values import Finding

if TYPE_CHECKING:
    import psycopg

BUSY_SECONDS = 30
"""How long to wait for another writer, as with the file."""
WRITING = int.from_bytes(b"sw-step", "big")
"""Advisory lock of a transaction that writes; such locks belong to their database."""
WRITER = int.from_bytes(b"shouwen", "big")
"""Advisory lock of a session: of the one daemon."""


def engine(place: Database) -> Engine:
    """Open sessions in *place* as they are needed; each is looked at once before it is used."""

    def connect() -> Any:
        session = database.connect(place, lock_seconds=BUSY_SECONDS)
        try:
            database.require_fit(session, place)
            session.rollback()
        except BaseException:
            session.close()
            raise
        return session

    made = create_engine(
        "postgresql+psycopg://", creator=connect, use_native_hstore=False, execution_options={"place": place}
    )
    event.listen(made, "begin", _begin)
    return made


def explained(error: DBAPIError, place: Database) -> ShouwenError:
    """Say in Chinese what the server's refusal means, and what to do."""
    return database.explained(cast("psycopg.Error", error.orig), str(place))


def _begin(connection: Connection) -> None:
    """A reader has one snapshot; a writer is alone until its commit, and what it has read is still so when it writes."""
    from psycopg import IsolationLevel

    options = connection.get_execution_options()
    writing = options.get("writing", False)
    session = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    session.isolation_level = IsolationLevel.READ_COMMITTED if writing else IsolationLevel.REPEATABLE_READ
    session.read_only = None if writing else True
    if writing:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITING})")
        lock: _Lock | None = options.get("writer")
        if lock is not None:
            lock.require_held(connection)


# ------------------------------------------------------------ one writer


@contextmanager
def alone(engine: Engine) -> Iterator[None]:
    """Be the one writer of the register of *engine* until the end of the block; people's decisions go on beside it.

    Raises:
        TransientError: another process is, on whichever machine. Also from whatever is written after the lock was lost.
    """
    lock = _Lock(place=engine.get_execution_options()["place"])
    lock.take()
    engine.update_execution_options(writer=lock)
    try:
        yield
    finally:
        engine.update_execution_options(writer=None)
        lock.leave()


@dataclass(kw_only=True)
class _Lock:
    """The lock of the one writer. session: holds it, and does nothing else; None while there is none. process: the server's."""

    place: Database
    session: psycopg.Connection[Any] | None = None
    process: int = 0

    def take(self) -> None:
        """Take the lock in a session of its own.

        Raises:
            TransientError: another process has it, or the server is gone.
        """
        import psycopg

        try:
            session = database.connect(self.place)
            session.autocommit = True
            row = session.execute("SELECT pg_try_advisory_lock(%s), pg_backend_pid()", (WRITER,)).fetchone()
            held, self.process = row or (False, 0)
            other = "" if held else _holder(session)
        except psycopg.Error as error:
            raise database.explained(error, str(self.place)) from error
        if not held:
            session.close()
            raise TransientError(
                f"另一个 shouwen（{other}）正在写登记簿 {self.place}；等它结束，或先停掉它，再运行"
            )
        self.session = session

    def require_held(self, connection: Connection) -> None:
        """Refuse to write where the lock is gone; it is taken again, if nobody else has it, for what is written next.

        Raises:
            TransientError: it is gone.
        """
        if self.session is not None and _is_held(connection, self.process):
            return
        self.leave()
        self.take()
        raise TransientError(
            f"登记簿 {self.place} 的写入锁断了（服务器重启过，或连接被切断），这一步没有写；锁已重新取得，稍后自动再试"
        )

    def leave(self) -> None:
        """Give the lock back."""
        if self.session is not None:
            with suppress(Exception):  # it may be broken; the server gives the lock back then
                self.session.close()
        self.session = None


_ASKED = "SELECT a.pid, coalesce(host(a.client_addr), '本机') FROM pg_stat_activity a WHERE a.pid IN"
_HELD = f"""
FROM pg_locks l WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
AND l.classid = {WRITER >> 32} AND l.objid = {WRITER & 0xFFFFFFFF}
AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""  # noqa: S608 - numbers of our own


def _is_held(connection: Connection, process: int) -> bool:
    return connection.exec_driver_sql(f"SELECT 1 {_HELD} AND l.pid = {process}").first() is not None


def _holder(session: psycopg.Connection[Any]) -> str:
    """Say who holds the lock, as far as the server lets us see."""
    found = session.execute(f"{_ASKED} (SELECT l.pid {_HELD})".encode()).fetchone()
    return f"服务器进程 {found[0]}，来自 {found[1]}" if found else "哪一个看不出"


# ------------------------------------------------------------ for verify

_OWN = "c.relnamespace = 'public'::regnamespace"
_OF_AN_EXTENSION = "EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = {}.oid AND d.deptype = 'e')"


def findings(connection: Connection) -> Iterator[Finding]:
    """Find guards that are gone, altered or switched off, and what could hide or drop rows."""
    there = {(table, name): (made, on) for table, name, made, on in connection.execute(text(_TRIGGERS))}
    body = connection.scalar(
        text("SELECT string_agg(prosrc, ' ') FROM pg_proc WHERE proname = :name"), {"name": FUNCTION}
    )
    ours = {
        (table, name): (statement, "A")
        for table in tables.APPEND_ONLY
        for name, statement in guards("postgresql", table).items()
    }
    for (table, name), made in ours.items():
        if there.get((table, name)) != made or body != BODY:
            yield Finding(
                kind="trigger", subject=name, detail=f"{table} 表“只增不改”的触发器不在、被关或被改过"
            )
    for table, name in sorted(there.keys() - ours.keys()):
        yield Finding(kind="trigger", subject=name, detail=f"{table} 表上多出一个触发器，不是程序所建")
    for what, name in connection.execute(text(_ADDED)):
        yield Finding(kind="trigger", subject=name, detail=f"登记簿里{what}，不是程序所为")


_TRIGGERS = f"""
SELECT c.relname, t.tgname, pg_get_triggerdef(t.oid), CAST(t.tgenabled AS text)
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal AND {_OWN}
"""  # noqa: S608 - names of our own
_ADDED = f"""
SELECT '多出一个视图', c.relname FROM pg_class c WHERE {_OWN} AND c.relkind IN ('v', 'm') AND NOT {_OF_AN_EXTENSION.format("c")}
UNION ALL SELECT '多出一条改写规则', r.rulename FROM pg_rules r WHERE r.schemaname = 'public'
UNION ALL SELECT '多出一个函数', p.proname FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
 AND p.proname <> '{FUNCTION}' AND NOT {_OF_AN_EXTENSION.format("p")}
UNION ALL SELECT '有表设了行级安全策略，会藏起行来', c.relname FROM pg_class c WHERE {_OWN} AND c.relrowsecurity
UNION ALL SELECT '有表被设成 UNLOGGED，断电会清空', c.relname FROM pg_class c WHERE {_OWN} AND c.relkind = 'r' AND c.relpersistence <> 'p'
UNION ALL SELECT '外键的内部触发器被关', t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
 WHERE t.tgisinternal AND t.tgenabled <> 'O' AND {_OWN}
ORDER BY 1, 2
"""  # noqa: S608 - names of our own
