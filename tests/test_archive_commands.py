"""The commands with the archive in an object store do what they do with a folder."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import time_machine

from pipeline.archive import FolderArchive
from pipeline.commands import run
from pipeline.executor import Serial
from pipeline.mailbox import open_mailbox
from pipeline.records import State
from pipeline.register import Register
from pipeline.worker import Worker
from tests.mailbox import attempts
from tests.mailbox.mails import mail
from tests.mailbox.rounds import rules
from tests.objectstore.faulty import Fault, Line, faulty
from tests.objectstore.kept import in_store
from tests.objectstore.server import KEY, Server, running
from tests.season import at
from tests.support import SAMPLES

Capsys = pytest.CaptureFixture[str]
MAILS = ("02-docx-photos.eml", "10-zip-gbk-names.eml")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture
def line(server: Server) -> Iterator[Line]:
    with faulty(server.port) as line:
        yield line


def settings(folder: Path, *lines: str) -> Path:
    """Write settings into *folder*, with the key of the tests."""
    secret = folder / "s3-secret-key"
    secret.write_text(f"{KEY.secret}\n")
    secret.chmod(0o600)
    path = folder / "shouwen.toml"
    path.write_text(
        "\n".join(
            (f"data_dir = {json.dumps(str(folder / 'data'))}", 'executor = "serial"', *lines),
        ),
        "utf-8",
    )
    return path


def in_objects(folder: Path, prefix: str, port: int) -> Path:
    return settings(
        folder,
        f"archive = {json.dumps(f's3://shouwen/{prefix}')}",
        "[s3]",
        f'endpoint = "http://127.0.0.1:{port}"',
        f'access_key_id = "{KEY.access_key_id}"',
        f"secret_key_file = {json.dumps(str(folder / 's3-secret-key'))}",
    )


def test_once_and_compile_give_the_same_wherever_the_originals_lie(
    server: Server, tmp_path: Path, capsys: Capsys
) -> None:
    """Mails taken into objects have the filings of mails taken into a folder; of one register, the same workbook's octets."""
    (tmp_path / "mails").mkdir()
    for name in MAILS:
        shutil.copy(SAMPLES / name, tmp_path / "mails")
    given = {"folder": settings(folder_of(tmp_path, "folder"))}
    given["s3"] = in_objects(folder_of(tmp_path, "s3"), "收文/once", server.port)
    given["twin"] = settings(folder_of(tmp_path, "twin"))
    with time_machine.travel(at(26, 12), tick=False):
        for kind in ("folder", "s3"):
            taken = run(["once", "--mailbox", str(tmp_path / "mails"), "--settings", str(given[kind])])
            assert taken in (0, 3)
        shutil.copytree(tmp_path / "s3" / "data", tmp_path / "twin" / "data")
        shutil.copytree(tmp_path / "folder" / "data" / "archive", tmp_path / "twin" / "data" / "archive")
        books = [compiled(given[kind], capsys) for kind in ("s3", "twin")]

    assert stated(tmp_path / "folder") == stated(tmp_path / "s3")
    assert sorted(key.rpartition("/")[2] for key in server.keys("收文/once")) == list(
        FolderArchive(tmp_path / "folder" / "data" / "archive").digests()
    )
    assert not (tmp_path / "s3" / "data" / "archive").exists()
    assert books[0] == books[1]
    assert run(["verify", "--settings", str(given["s3"])]) == 0


def folder_of(place: Path, kind: str) -> Path:
    (place / kind).mkdir()
    return place / kind


def compiled(given: Path, capsys: Capsys) -> bytes:
    """Compile; return the workbook."""
    capsys.readouterr()
    assert run(["compile", "--settings", str(given)]) in (0, 3)
    return Path(capsys.readouterr().out.strip()).read_bytes()


def stated(folder: Path) -> list[tuple[str, ...]]:
    """What the log says of the mails, with the digests of the rows that were written: all but salt and chain."""
    with closing(Register(folder / "data" / "register.db", year=2024, new=False)) as register:
        events = [one for one in register.events() if one.accession]
        return [(one.accession, one.action, one.outcome, one.row, one.rule) for one in events]


def test_a_backup_of_objects_is_a_folder_that_restores(
    server: Server, tmp_path: Path, capsys: Capsys
) -> None:
    (tmp_path / "mails").mkdir()
    shutil.copy(SAMPLES / MAILS[0], tmp_path / "mails")
    given = in_objects(tmp_path, "backup", server.port)
    assert run(["once", "--mailbox", str(tmp_path / "mails"), "--settings", str(given)]) in (0, 3)

    assert run(["backup", str(tmp_path / "kept"), "--settings", str(given)]) == 0
    assert run(["restore", str(tmp_path / "kept"), "--verify"]) == 0

    digests = list(FolderArchive(tmp_path / "kept" / "archive").digests())
    assert sorted(key.rpartition("/")[2] for key in server.keys("backup")) == digests


def test_verify_tells_the_object_that_another_program_changed(
    server: Server, tmp_path: Path, capsys: Capsys
) -> None:
    (tmp_path / "mails").mkdir()
    shutil.copy(SAMPLES / MAILS[0], tmp_path / "mails")
    given = in_objects(tmp_path, "verify", server.port)
    assert run(["once", "--mailbox", str(tmp_path / "mails"), "--settings", str(given)]) in (0, 3)
    (key,) = server.keys("verify")
    server.put(key, server.read(key) + b"more")
    capsys.readouterr()

    assert run(["verify", "--settings", str(given)]) == 4
    assert key.rpartition("/")[2] in capsys.readouterr().out


@pytest.mark.parametrize(
    ("faults", "state", "words"),
    [
        ((), "ok", "已有的不会被覆盖；还没有原件"),
        ((Fault(status=403, body=b"<Error><Code>AccessDenied</Code></Error>"),), "bad", "access_key_id"),
        ((Fault(method="PUT", ignores="If-None-Match"),), "bad", "不理会 If-None-Match"),
    ],
    ids=["well", "no rights", "overwrites"],
)
def test_check_says_whether_the_store_will_do(
    line: Line, tmp_path: Path, capsys: Capsys, faults: tuple[Fault, ...], state: str, words: str
) -> None:
    given = in_objects(tmp_path, "check", line.port)
    line.does(*faults)

    run(["check", "--json", "--settings", str(given)])

    told = {one["subject"]: one for one in json.loads(capsys.readouterr().out)["lines"]}["原件库"]
    assert told["state"] == state
    assert words in told["fact"]


def test_a_store_that_is_away_charges_no_mail_and_ends_the_round(
    server: Server, line: Line, tmp_path: Path
) -> None:
    """However long it is away: without this, three rounds would have every due mail held."""
    (tmp_path / "mails").mkdir()
    for number in range(3):
        (tmp_path / "mails" / f"{number}.eml").write_bytes(mail(number))
    kept = in_store(server, tmp_path, port=line.port)
    with closing(Register(tmp_path / "register.db", year=2024)) as register:
        worker = Worker(
            archive=kept.archive,
            register=register,
            rules=rules(),
            executor=Serial(),
            attempt=attempts.attempt,
            prepare=attempts.prepare,
        )
        worker.capture(open_mailbox(str(tmp_path / "mails")))
        line.does(Fault(status=503))
        for _ in range(4):
            with pytest.raises(Exception, match="现在用不了"):
                worker.process()
        asked = sum(method == "GET" for method, _ in line.asked)
        assert register.count() == {State.CAPTURED: 3}
        line.does()

        worker.process()

        assert register.count() == {State.FILED: 3}
        assert not any("中断" in event.detail for event in register.events())
    assert asked < 30
