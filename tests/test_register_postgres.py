"""The register in PostgreSQL: what a database server adds to what test_register.py asks of both kinds."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import database
from pipeline.archive import FolderArchive
from pipeline.database import Database
from pipeline.errors import PermanentError, SettingsError, ShouwenError, TransientError
from pipeline.health import Known, gather
from pipeline.health.daily import deeds
from pipeline.records import State
from pipeline.register import Poll, Register
from pipeline.register.portable import escaped, guarding, unescaped
from tests.database import Cluster, binaries, cluster, register_database, session
from tests.support import ROOT
from tests.test_register import NOW, capture, correction, file, stand

KNOWN = Known(poll_seconds=300, basis="x")


@pytest.fixture
def archive(tmp_path: Path) -> FolderArchive:
    return FolderArchive(tmp_path / "archive")


@pytest.fixture
def place() -> Database:
    return register_database()


@pytest.fixture
def register(place: Database) -> Iterator[Register]:
    with closing(Register(place, year=2024)) as register:
        yield register


@pytest.fixture(scope="module")
def own() -> Iterator[Cluster]:
    """A server that a test may stop."""
    made = Cluster(binaries())
    yield made
    made.remove()


# ------------------------------------------------------------ one writer


APPENDING = """
import sys
from datetime import UTC, datetime
from pipeline.database import Database
from pipeline.register import Capture, Register, Sighting
place, name, number = sys.argv[1:]
register = Register(Database.of(place), year=2024)
print("ready", flush=True); sys.stdin.readline()
at = datetime(2024, 6, 1, tzinfo=UTC)
for n in range(int(number)):
    seen = Sighting(account=name, folder="INBOX", uidvalidity=1, uid=n + 1)
    register.capture([Capture(sha256=f"{name}{n:063d}", size=1, received=at, received_from="date", sighting=seen)], at=at)
register.close()
"""


def test_two_processes_that_write_at_once_make_one_chain(place: Database, archive: FolderArchive) -> None:
    number = 40
    children = [
        subprocess.Popen(
            [sys.executable, "-c", APPENDING, str(place), name, str(number)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT,
        )
        for name in ("a", "b")
    ]  # fmt: skip
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
    assert [child.communicate(b"\n")[0] or child.wait() for child in children] == [0, 0]

    with closing(Register(place, year=2024)) as register:
        assert register.head()[0] == len(register.items()) == 2 * number
        assert {one.kind for one in register.verify(archive)} == {"blob"}, "the octets alone were made up"
        first = {one.accession for one in register.events()[: number // 2]}
        assert len(first) == number // 2


def test_a_reader_sees_one_moment_while_others_write(
    register: Register, place: Database, archive: FolderArchive
) -> None:
    register.capture([capture(archive, n) for n in (1, 2)], at=NOW)
    file(register, "2024-00001")
    found = register.filed()
    assert next(found).filing is not None
    with closing(Register(place, year=2024)) as other:
        file(other, "2024-00002")
    assert next(found).filing is None
    found.close()  # type: ignore[attr-defined]  # a generator


def test_there_is_one_daemon_whatever_machine_it_is_on(register: Register, place: Database) -> None:
    with closing(Register(place, year=2024)) as other:
        with register.alone():
            with (
                pytest.raises(TransientError, match=r"另一个 shouwen（服务器进程 \d+，来自 本机）"),
                other.alone(),
            ):
                pass
            other.polled(Poll(account="a", folder="b", at=NOW))
        with other.alone():
            other.polled(Poll(account="a", folder="b", at=NOW))


def cut_the_lock(place: Database) -> None:
    with session(place) as raw:
        raw.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        for _ in range(200):
            if not raw.execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND database = "
                               "(SELECT oid FROM pg_database WHERE datname = current_database())").fetchone():  # fmt: skip
                return
            time.sleep(0.01)


def test_a_lost_connection_is_a_lost_lock_and_nothing_is_written_without_it(
    register: Register, place: Database, archive: FolderArchive
) -> None:
    with register.alone():
        cut_the_lock(place)
        with pytest.raises(TransientError, match="写入锁断了"):
            register.capture([capture(archive)], at=NOW)
        assert register.items() == ()
        assert register.capture([capture(archive)], at=NOW) == ("2024-00001",), (
            "the lock was free and is ours again"
        )


def test_a_lock_that_another_took_meanwhile_is_not_taken_back(
    register: Register, place: Database, archive: FolderArchive
) -> None:
    with closing(Register(place, year=2024)) as other, register.alone():
        cut_the_lock(place)
        with other.alone():
            for _ in range(2):
                with pytest.raises(TransientError, match="另一个 shouwen"):
                    register.capture([capture(archive)], at=NOW)
            assert other.capture([capture(archive)], at=NOW) == ("2024-00001",)


def test_whoever_writes_too_long_keeps_others_waiting_no_longer_than_said(
    place: Database, archive: FolderArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.register.postgres.BUSY_SECONDS", 0.1)
    with (
        closing(Register(place, year=2024)) as slow,
        closing(Register(place, year=2024)) as impatient,
        slow.still(),
    ):
        with pytest.raises(TransientError, match="占用"):
            impatient.capture([capture(archive)], at=NOW)
        assert impatient.items() == (), "who only looks does not wait"


# ------------------------------------------------------------ durable, and guarded


def test_a_commit_outlives_a_server_that_is_cut_off_and_the_register_goes_on(
    own: Cluster, archive: FolderArchive
) -> None:
    place = own.database()
    with closing(Register(place, year=2024)) as register:
        accession = stand(register, archive, State.FILED)
        own.stop("immediate")
        with pytest.raises(TransientError, match="服务器"):
            register.items()
        assert gather(archive._folder, KNOWN, place).unread is not None
        with pytest.raises(TransientError) as raised:
            Register(place, year=2024)
        assert raised.value.exit_code == 75
        own.start()
        with register.alone():
            assert register.item(accession).state is State.FILED
            assert register.verify(archive) == ()
            register.correct(correction(accession))


def test_a_server_without_fsync_is_refused_and_one_that_only_reads_can_be_read(
    own: Cluster, archive: FolderArchive
) -> None:
    place = own.database()
    Register(place, year=2024).close()
    own.stop()
    own.start(fsync="off")
    with pytest.raises(SettingsError, match="fsync"):
        Register(place, year=2024)
    own.stop()
    own.start()
    with session(place) as raw:
        raw.execute(f"ALTER DATABASE {place.name} SET synchronous_commit = off".encode())
    with closing(Register(place, year=2024)) as register:
        with register._engine.connect() as connection:
            assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on", (
                "whatever its default"
            )
        register.capture([capture(archive)], at=NOW)
        own.stop()
        (own.folder / "data" / "standby.signal").touch()
        own.start()
        try:
            with closing(Register(place, year=2024)) as standby:
                assert len(standby.items()) == 1
            with pytest.raises(TransientError, match="只读"), closing(Register(place, year=2024)) as standby:
                standby.capture([capture(archive, 2)], at=NOW)
        finally:
            own.stop()
            (own.folder / "data" / "standby.signal").unlink()
            own.start()


GUARDS = {
    "a guard switched off": "ALTER TABLE events DISABLE TRIGGER events_no_update",
    "a guard that replays skip": "ALTER TABLE events ENABLE TRIGGER events_no_delete",
    "a guard against truncation taken away": "DROP TRIGGER seals_no_truncate ON seals",
    "what the guards do": "CREATE OR REPLACE FUNCTION shouwen_append_only() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$",
    "a rule that drops events": "CREATE RULE nothing AS ON INSERT TO events DO INSTEAD NOTHING",
    "a view": "CREATE VIEW mine AS SELECT 1 AS one",
    "a function": "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "rows that are hidden": "ALTER TABLE items ENABLE ROW LEVEL SECURITY",
    "a table that a power cut empties": "ALTER TABLE polls SET UNLOGGED",
    "foreign keys switched off": "ALTER TABLE filings DISABLE TRIGGER ALL",
}  # fmt: skip


def test_whatever_is_done_to_the_guards_is_found(
    register: Register, place: Database, archive: FolderArchive
) -> None:
    assert register.verify(archive) == ()
    for what, statement in GUARDS.items():
        with session(place) as raw:
            raw.execute(statement.encode())
        assert {one.kind for one in register.verify(archive)} == {"trigger"}, what
        with session(place) as raw:
            raw.execute(UNDONE[what].encode())
        assert register.verify(archive) == (), f"{what}: undone"


_GUARD, _FUNCTION = guarding("postgresql", "seals")[3], guarding("postgresql", "seals")[0]
UNDONE = {
    "a guard switched off": "ALTER TABLE events ENABLE ALWAYS TRIGGER events_no_update",
    "a guard that replays skip": "ALTER TABLE events ENABLE ALWAYS TRIGGER events_no_delete",
    "a guard against truncation taken away": f"{_GUARD}; ALTER TABLE seals ENABLE ALWAYS TRIGGER seals_no_truncate",
    "what the guards do": _FUNCTION,
    "a rule that drops events": "DROP RULE nothing ON events",
    "a view": "DROP VIEW mine",
    "a function": "DROP FUNCTION mine()",
    "rows that are hidden": "ALTER TABLE items DISABLE ROW LEVEL SECURITY",
    "a table that a power cut empties": "ALTER TABLE polls SET LOGGED",
    "foreign keys switched off": "ALTER TABLE filings ENABLE TRIGGER ALL",
}


@pytest.mark.parametrize("table", ["events", "corrections", "seals", "attachments", "sendings"])
def test_no_table_that_only_grows_is_emptied_not_even_by_who_replays(place: Database, table: str) -> None:
    with session(place) as raw:
        raw.execute("SET session_replication_role = replica")
        for statement in (f"TRUNCATE {table}", f"DELETE FROM {table}", f"UPDATE {table} SET at = ''"):
            with pytest.raises(Exception, match="append only"):
                raw.execute(statement.encode())


# ------------------------------------------------------------ nothing is lost of texts and numbers


@pytest.mark.parametrize("text", ["a\x00b", "\x00", "\x1a", "\x1aZ\x00", "\x1aS\x1a\x00Z", "总结"])
def test_text_that_postgresql_does_not_hold_comes_back_whole(
    text: str, register: Register, archive: FolderArchive
) -> None:
    assert unescaped(escaped(text)) == text
    accession = stand(register, archive, State.FILED)
    made = register.correct(replace(correction(accession), old=text, new=f"{text}乙"))

    assert register.corrections() == (made,)
    assert made.old == text
    assert register.verify(archive) == ()


def test_numbers_beyond_31_bits_and_the_order_of_octets(archive: FolderArchive, tmp_path: Path) -> None:
    """A server whose locale sorts by language sorts our texts as SQLite does all the same."""
    name = f"icu{time.monotonic_ns()}"
    with session(Database.of(cluster().address("postgres"))) as admin:
        admin.execute(
            f"CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'zh-u-co-pinyin' LOCALE 'C.UTF-8'".encode()
        )
    folders = ("b", "B", "a", "Z", "_", "重", "安", "ａ", "😀", "A b", "Ab")
    seen = []
    for place in (Database.of(cluster().address(name)), tmp_path / "register.db"):
        with closing(Register(place, year=2024)) as register:
            for number, folder in enumerate(folders):
                one = capture(archive, number, uid=2**32 - 1, uidvalidity=2**32 - 1)
                register.capture(
                    [replace(one, size=2**40, sighting=replace(one.sighting, folder=folder, size=2**40))],
                    at=NOW,
                )
            seen.append([sighting for sighting, _ in register.sightings()])
            assert register.items()[0].size == 2**40
            assert register.standing("me@host", "b", 2**32 - 1).highest == 2**32 - 1
    assert seen[0] == seen[1]
    assert [one.folder for one in seen[0]] == sorted(folders)


# ------------------------------------------------------------ addresses, and what refuses


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("postgresql+psycopg://u:p4ss@h/d", "密码"),
        ("postgresql+psycopg://u@h", "写法"),
        ("postgresql+psycopg://u@h/d?sslmode=disable", "sslmode"),
        ("postgresql+psycopg://u@h/d?options=-cfsync", "写法"),
        ("postgresql+psycopg://u@h:port/d", "写法"),
        ("postgresql://u@h/d", "写法"),
    ],
)
def test_an_address_that_says_too_much_or_too_little_is_refused_and_no_password_is_told(
    address: str, words: str
) -> None:
    with pytest.raises(SettingsError, match=words) as raised:
        Database.of(address)
    assert "p4ss" not in str(raised.value)


def test_over_a_network_the_server_must_prove_who_it_is() -> None:
    far = dict(Database.of("postgresql+psycopg://u@db.example.org/d").tls)
    assert far == {"sslmode": "verify-full", "sslrootcert": "system"}
    own = dict(Database.of("postgresql+psycopg://u@db.example.org/d?sslrootcert=/ca.pem").tls)
    assert own == {"sslmode": "verify-full", "sslrootcert": "/ca.pem"}
    assert Database.of("postgresql+psycopg://u@127.0.0.1:5433/d").tls == ()
    assert "secret" not in repr(Database.of("postgresql+psycopg://u@h/d", "secret"))


def test_what_the_server_refuses_is_said_with_its_code(
    place: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    absent = replace(place, name="absent")
    stranger = replace(place, user="stranger")
    nowhere = replace(place, host="/nowhere")
    for wrong, error in ((absent, SettingsError), (stranger, SettingsError), (nowhere, TransientError)):
        with pytest.raises(error):
            Register(wrong, year=2024)
        with pytest.raises(error):
            database.has_tables(wrong)
    monkeypatch.setattr("pipeline.database.OLDEST", 99)
    with pytest.raises(SettingsError, match="版本太旧"):
        Register(place, year=2024)


def test_a_user_without_rights_and_a_database_of_others_are_refused(
    place: Database, archive: FolderArchive
) -> None:
    with session(place) as raw:
        raw.execute(f"CREATE ROLE guest{place.name} LOGIN".encode())
    with pytest.raises(SettingsError, match="属主"):
        Register(replace(place, user=f"guest{place.name}"), year=2024)
    other = cluster().database()
    with session(other) as raw:
        raw.execute("CREATE TABLE theirs (x int)")
    with pytest.raises(PermanentError, match="不是收文登记簿"):
        Register(other, year=2024)


def test_a_register_that_should_be_there_is_not_made_anew() -> None:
    with pytest.raises(ShouwenError, match="丢失或被换过"):
        Register(cluster().database(), year=2024, new=False)


# ------------------------------------------------------------ health


def test_health_finds_the_same_in_both_kinds(place: Database, archive: FolderArchive, tmp_path: Path) -> None:
    found = []
    for where in (place, tmp_path / "register.db"):
        with closing(Register(where, year=2024)) as register:
            stand(register, archive, State.FILED)
            register.capture([capture(archive, 2)], at=NOW)
            for error in ("", "连不上"):
                register.polled(
                    Poll(
                        account="me@host",
                        folder="INBOX",
                        at=NOW,
                        exists=2,
                        known=2,
                        refused=1,
                        new=1,
                        error=error,
                    )
                )
            register.seal(at=NOW)
            facts = gather(tmp_path, KNOWN, where)
            assert facts.unread is None
            assert facts.octets > 0
            assert facts.contents is not None
            log = facts.contents.log
            assert log.head == register.head()[1]
            found.append((replace(facts.contents, log=replace(log, head="")), deeds(where, NOW.date(), NOW)))
    assert found[0] == found[1]


def test_health_imports_nothing_dear() -> None:
    asked = (
        "import sys, pipeline.health.gathering, pipeline.health.server, pipeline.database; "
        "sys.exit('sqlalchemy' in sys.modules or 'psycopg' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", asked], cwd=ROOT, check=False).returncode == 0


def test_a_database_without_a_register_and_one_that_is_gone_are_facts(tmp_path: Path) -> None:
    for where in (cluster().database(), replace(register_database(), name="absent")):
        unread = gather(tmp_path, KNOWN, where).unread
        assert unread is not None
        assert unread.cure
