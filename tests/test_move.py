"""move: archive and register go to another kind of place and are the same there; whatever ends it, it is done again."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.archive import FolderArchive
from pipeline.commands import run
from pipeline.errors import IntegrityError, TransientError, UsageError
from pipeline.keeping import Moved, Moving
from pipeline.records import State
from pipeline.register import Place, Register
from pipeline.register.moving import counted
from pipeline.register.opening import transaction
from pipeline.worker import only_writer
from tests.database import cluster, register_database, tamper
from tests.test_register import (
    BASIS,
    FILING,
    NOW,
    attachment,
    capture,
    correction,
    file,
    reading,
    score,
    stand,
)

KINDS = ("sqlite", "postgresql")


def place(kind: str, folder: Path) -> Place:
    return folder / "register.db" if kind == "sqlite" else register_database()


def filled(at: Place, archive: FolderArchive) -> Register:
    """A register in which every table has a row."""
    register = Register(at, year=2024)
    accession = stand(register, archive, State.FILED)
    register.capture([capture(archive, number) for number in range(2, 6)], at=NOW)
    register.begin("2024-00002", at=NOW)
    register.file("2024-00002", FILING, basis=BASIS, at=NOW, reading=reading(archive, 2))
    register.correct_all((correction(accession), score()))
    register.attach(attachment(archive, accession))
    register.seal(at=NOW)
    return register


def contents(register: Register) -> object:
    with transaction(register._engine, writing=False) as connection:
        return counted(connection)


@pytest.fixture
def archive(tmp_path: Path) -> FolderArchive:
    return FolderArchive(tmp_path / "archive")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("there", KINDS)
def test_a_register_that_moved_is_the_same_row_by_row_and_verifies(
    kind: str, there: str, archive: FolderArchive, tmp_path: Path
) -> None:
    (tmp_path / "new").mkdir()
    target = place(there, tmp_path / "new")
    with closing(filled(place(kind, tmp_path), archive)) as source:
        before = contents(source)
        to_archive = FolderArchive(tmp_path / "new" / "archive")
        moving = Moving(
            archive=archive, register=source, year=2024, to_archive=to_archive, to_register=target
        )
        moved = moving.run()

        assert contents(source) == before
        with closing(Register(target, year=2024, new=False)) as register:
            assert contents(register) == before
            assert register.head() == source.head() == (moved.events, moved.head)
            assert register.verify(to_archive, register.seals()) == ()
            file(register, "2024-00003")
            assert register.verify(to_archive) == ()
    assert moved.originals == moved.copied == len(list(archive.digests())) == 6
    assert dict(moved.rows)["items"] == 5


def test_a_move_of_what_has_moved_copies_nothing_and_looks_at_all(
    archive: FolderArchive, tmp_path: Path
) -> None:
    target, to_archive = register_database(), FolderArchive(tmp_path / "new")
    with closing(filled(tmp_path / "register.db", archive)) as source:
        for copied in (6, 0):
            moving = Moving(
                archive=archive, register=source, year=2024, to_archive=to_archive, to_register=target
            )
            assert moving.run().copied == copied

        tamper(target, "UPDATE items SET reason = 'x'")
        with pytest.raises(UsageError, match="已有别的登记簿"):
            moving.run()


def test_a_place_with_other_originals_or_another_register_is_refused(
    archive: FolderArchive, tmp_path: Path
) -> None:
    theirs, target = FolderArchive(tmp_path / "theirs"), register_database()
    theirs.put(b"theirs")
    with closing(Register(target, year=2024)) as other:
        other.capture([capture(archive, 9)], at=NOW)
    with closing(filled(tmp_path / "register.db", archive)) as source:
        with pytest.raises(UsageError, match="已有别的原件"):
            Moving(archive=archive, register=source, year=2024, to_archive=theirs).run()
        with pytest.raises(UsageError, match="已有别的登记簿"):
            Moving(archive=archive, register=source, year=2024, to_register=target).run()
    assert len(list(theirs.digests())) == 1


def test_what_is_damaged_here_does_not_move_unseen(archive: FolderArchive, tmp_path: Path) -> None:
    with closing(filled(tmp_path / "register.db", archive)) as source:
        tamper(tmp_path / "register.db", "UPDATE items SET reason = 'x' WHERE number = 2")
        with pytest.raises(IntegrityError, match="不符"):
            Moving(archive=archive, register=source, year=2024, to_register=register_database()).run()
        first = next(archive.digests())
        blob = tmp_path / "archive" / first[:2] / first[2:4] / first
        blob.chmod(0o644)
        blob.write_bytes(b"altered")
        with pytest.raises(IntegrityError, match="与收到时不符"):
            Moving(
                archive=archive, register=source, year=2024, to_archive=FolderArchive(tmp_path / "new")
            ).run()


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder with a register and originals, and settings beside it, where commands are called."""
    monkeypatch.chdir(tmp_path)
    data = tmp_path / "data"
    data.mkdir()
    filled(data / "register.db", FolderArchive(data / "archive")).close()
    (tmp_path / "shouwen.toml").write_text('data_dir = "data"\n')
    yield data


def test_the_command_moves_there_and_back_and_says_what_to_write(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(Register(office / "register.db", year=2024)) as register:
        before = contents(register)
    target = cluster().database()

    assert run(["move", "--register", str(target)]) == 0
    told = capsys.readouterr()
    line = f'register = "{target}"'
    assert told.out.splitlines() == [line]
    assert "原处没有动" in told.err

    (office.parent / "shouwen.toml").write_text(f'data_dir = "data"\n{line}\n')
    (office / "register.db").rename(office / "old.db")
    assert run(["verify"]) == 0
    assert run(["held"]) == 0
    capsys.readouterr()
    assert run(["move", "--register", "local"]) == 0
    assert capsys.readouterr().out.splitlines() == ['register = ""']
    with closing(Register(office / "register.db", year=2024, new=False)) as register:
        assert contents(register) == before


def test_a_move_beside_a_daemon_or_to_nowhere_is_refused_with_its_code(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = str(cluster().database())
    with only_writer(office):
        assert run(["move", "--register", target]) == 75
    assert "另一个 shouwen" in capsys.readouterr().err
    assert run(["move"]) == 2
    assert run(["move", "--register", "local"]) == 2
    assert run(["move", "--register", "postgresql+psycopg://u:secret@h/d"]) == 78
    assert "secret" not in capsys.readouterr().err
    assert run(["move", "--register", target.replace("/t", "/absent")]) == 78


def test_somebody_who_writes_the_new_place_keeps_the_move_away(
    archive: FolderArchive, tmp_path: Path
) -> None:
    target = register_database()
    with (
        closing(filled(tmp_path / "register.db", archive)) as source,
        closing(Register(target, year=2024)) as theirs,
        theirs.alone(),
        pytest.raises(TransientError, match="另一个 shouwen"),
    ):
        Moving(archive=archive, register=source, year=2024, to_register=target).run()


KILLED = """
import sys, time
from pathlib import Path
from pipeline.archive import FolderArchive
from pipeline.database import Database
from pipeline.keeping import Moved, Moving
from pipeline.register import Register

def progress(what, done):
    if what == sys.argv[4] and done >= int(sys.argv[5]):
        print("there", flush=True)
        time.sleep(60)

data = Path(sys.argv[1])
Moving(archive=FolderArchive(data / "archive"), register=Register(data / "register.db", year=2024), year=2024,
       to_archive=FolderArchive(Path(sys.argv[2])), to_register=Database.of(sys.argv[3]), progress=progress).run()
"""


@pytest.mark.parametrize(("what", "done"), [("原件", 3), ("events", 10)])
def test_a_move_that_is_killed_in_the_middle_is_done_again(
    what: str, done: int, office: Path, tmp_path: Path
) -> None:
    target, new = register_database(), tmp_path / "new"
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(office), str(new), str(target), what, str(done)],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parent.parent,
    )
    assert child.stdout is not None
    with child.stdout:
        assert child.stdout.readline() == b"there\n"
        child.send_signal(signal.SIGKILL)
        child.wait()

    with closing(Register(office / "register.db", year=2024)) as source:
        archive = FolderArchive(office / "archive")
        moving = Moving(
            archive=archive, register=source, year=2024, to_archive=FolderArchive(new), to_register=target
        )
        moved = _once_let_go(moving)
        assert moved.originals == 6
        assert moved.copied == (3 if what == "原件" else 0)
        with closing(Register(target, year=2024, new=False)) as register:
            assert contents(register) == contents(source)


def _once_let_go(moving: Moving) -> Moved:
    """The server gives a killed client's lock back within moments."""
    for _ in range(100):
        try:
            return moving.run()
        except TransientError:
            time.sleep(0.1)
    return moving.run()
