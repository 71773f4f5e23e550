"""A throw-away PostgreSQL for tests: made when first asked for, gone with the process; a database of its own for each test.

`database()` is a register's empty home, `register_database()` one whose tables are made already (copied from a template).
Run as root it is started as another user, for PostgreSQL refuses root. Nothing but its own socket's folder is used.
The kernel ends the server with the process that started it, however that one ends; what files then stay behind, the next
one removes: a folder whose lock nobody holds.
"""

from __future__ import annotations

import atexit
import fcntl
import itertools
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import closing, suppress
from functools import cache
from pathlib import Path
from typing import Any

import psycopg

from pipeline.database import Database, connect
from pipeline.register import Register
from pipeline.register.portable import guards
from pipeline.register.tables import APPEND_ONLY, metadata
from tests.support import missing

BINARIES = Path("/usr/lib/postgresql")
USERS = ("postgres", "nobody")
ROLE = "shouwen"
ROOM = 2 * 1024**3
PREFIX = "shouwen-pg-"
START_SECONDS = 60
_numbers = itertools.count(1)


class Cluster:
    """One server on a socket of its own. folder: of its files, and of its socket."""

    def __init__(self, binaries: Path, **settings: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=_quick()))
        self._lock = _locked(self.folder)
        remove_leftovers(self.folder.parent)
        self._server: subprocess.Popen[bytes] | None = None
        self.socket = self.folder / "socket"
        self.socket.mkdir()
        self._binaries = binaries
        self._user = _other_user()
        self.settings = {"listen_addresses": "", "unix_socket_directories": str(self.socket), **settings}
        if self._user:
            for path in (self.folder, self.socket):
                shutil.chown(path, self._user)
        how = ("-U", ROLE, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-k")
        self._run("initdb", "-D", str(self.folder / "data"), *how)
        self.start()

    def start(self, **settings: str) -> None:
        """Start it, with more *settings* than its own; it takes connections when this returns."""
        told = [f"-c{name}={value}" for name, value in {**self.settings, **settings}.items()]
        with (self.socket / "log").open("ab") as log:
            self._server = subprocess.Popen(
                self._command("postgres", "-D", str(self.folder / "data"), *told, dies_with_us=True),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", env=_environment(),
            )  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        while not self._accepts():
            assert self._server.poll() is None, (self.socket / "log").read_text()
            assert time.monotonic() < deadline, (self.socket / "log").read_text()
            time.sleep(0.02)

    def stop(self, how: str = "fast") -> None:
        """Stop it: fast, or immediate (as a power cut would)."""
        assert self._server is not None
        self._server.send_signal(signal.SIGQUIT if how == "immediate" else signal.SIGINT)
        self._server.wait(timeout=START_SECONDS)

    def remove(self) -> None:
        """Stop it, whatever it is doing, and remove its files."""
        if self._server is not None:
            self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self._lock)

    def address(self, name: str, user: str = ROLE) -> str:
        return f"postgresql+psycopg://{user}@/{name}?host={self.socket}"

    def database(self, *, template: str = "template0") -> Database:
        """Make a database and say where it is."""
        name = f"t{next(_numbers)}"
        with session(Database.of(self.address("postgres"))) as admin:
            admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return Database.of(self.address(name))

    def _accepts(self) -> bool:
        """Whether the server says in its pid file that it serves: the eighth line (pg_ctl reads the same)."""
        with suppress(FileNotFoundError):
            lines = (self.folder / "data" / "postmaster.pid").read_text().splitlines()
            assert self._server is not None
            return lines[:1] == [str(self._server.pid)] and lines[7:8] in (["ready   "], ["standby "])
        return False

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            self._command(program, *arguments),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/", check=False,
            env=_environment(),
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode()

    def _command(self, program: str, *arguments: str, dies_with_us: bool = False) -> list[str]:
        """setpriv(1) becomes the other user, and only then asks for the signal: the kernel forgets it at such a change."""
        death = ["--pdeathsig=QUIT"] if dies_with_us else []
        if self._user:
            death += [f"--reuid={self._user}", "--clear-groups", f"--regid={_group(self._user)}"]
        return [*(["setpriv", *death] if death else []), str(self._binaries / program), *arguments]


def _environment() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}


def _locked(folder: Path) -> int:
    """Hold the lock of *folder* as long as this process lives; the server does not inherit it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def remove_leftovers(folder: Path) -> None:
    """Remove the files of servers whose process is gone. One that has no files yet may be about to take its lock."""
    for left in folder.glob(f"{PREFIX}*"):
        if (left / "socket").exists():
            with suppress(OSError):
                lock = _locked(left)
                shutil.rmtree(left, ignore_errors=True)
                os.close(lock)


def session(place: Database) -> psycopg.Connection[Any]:
    """Open a session beside the register, in which every statement is its own transaction."""
    opened = connect(place, lock_seconds=1)
    opened.autocommit = True
    return opened


@cache
def cluster() -> Cluster:
    """The server that the tests of this process share. Its checkpoints wait: nobody needs it after a power cut."""
    made = Cluster(binaries(), checkpoint_timeout="1h", max_connections="60", shared_buffers="32MB")
    atexit.register(made.remove)
    return made


def binaries() -> Path:
    """The newest PostgreSQL of this machine; skips the test where there is none, fails it where CI=true."""
    found = sorted(BINARIES.glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if not found:
        missing("needs postgresql")
    return found[-1].parent


@cache
def _template() -> str:
    made = cluster().database()
    Register(made, year=2024).close()
    return made.name


def register_database() -> Database:
    """A database of the test's own in which the register's tables stand, empty."""
    return cluster().database(template=_template())


_shared: list[tuple[Database, Register]] = []
_tampered: set[str] = set()


def emptied_register() -> Register:
    """A register in PostgreSQL without a row, open: the one of the test before, emptied, unless that was tampered with.

    Half a second less a test than a database of its own.
    """
    if _shared and _shared[0][0].name in _tampered:
        _shared.pop()[1].close()
    if not _shared:
        made = register_database()
        _shared.append((made, Register(made, year=2024)))
        return _shared[0][1]
    place, register = _shared[0]
    with session(place) as raw:
        names = ", ".join(table.name for table in metadata.sorted_tables)
        off = (
            f"ALTER TABLE {name} DISABLE TRIGGER {guard};"
            for name in APPEND_ONLY
            for guard in guards("postgresql", name)
        )
        on = (
            f"ALTER TABLE {name} ENABLE ALWAYS TRIGGER {guard};"
            for name in APPEND_ONLY
            for guard in guards("postgresql", name)
        )
        raw.execute(f"BEGIN; {' '.join(off)} TRUNCATE {names}; {' '.join(on)} COMMIT".encode())
    return register


@atexit.register
def _close() -> None:
    for _, register in _shared:
        register.close()


def tamper(place: Path | Database, statements: str) -> None:
    """Do what somebody with all rights would do behind the register's back; *statements* are SQLite's words for it."""
    if isinstance(place, Path):
        import sqlite3

        with closing(sqlite3.connect(place)) as raw:
            raw.executescript(statements)
        return
    _tampered.add(place.name)
    in_its_words = re.sub(r"DROP TRIGGER (\w+?)_no_(\w+)", r"DROP TRIGGER \1_no_\2 ON \1", statements)
    with session(place) as raw:
        raw.execute("SET session_replication_role = replica")  # no foreign key is looked at; our guards are
        raw.execute(in_its_words.encode())


def _quick() -> str:
    """Where fsync costs nothing, which stays on: memory, where there is enough; else /tmp, whose name is short as a socket's must be."""
    memory = "/dev/shm"
    roomy = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM
    return memory if roomy else "/tmp"


def _other_user() -> str:
    """The user to be where we are root, "" where we are not."""
    if os.getuid():
        return ""
    names = {one.pw_name for one in pwd.getpwall()}
    return next(name for name in USERS if name in names)


def _group(user: str) -> int:
    return pwd.getpwnam(user).pw_gid
