"""The commands with the archive in an object store do what they do with a folder."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

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
MAILS = ("02-docx-photos.eml", "05-html-only.eml", "10-zip-gbk-names.eml")


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


def test_once_and_compile_give_the_same_workbook_wherever_the_originals_lie(
    server: Server, tmp_path: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Folder and object store, the same mails at the same moment: the same events, filings, and octets of the workbook."""
    import time_machine

    (tmp_path / "mails").mkdir()
    for name in MAILS:
        shutil.copy(SAMPLES / name, tmp_path / "mails")
    books, heads, kept = list[bytes](), list[tuple[int, str]](), list[list[str]]()
    for kind in ("folder", "s3"):
        here = tmp_path / kind
        here.mkdir()
        given = settings(here) if kind == "folder" else in_objects(here, "收文/once", server.port)
        with time_machine.travel(at(26, 12), tick=False):
            assert run(["once", "--mailbox", str(tmp_path / "mails"), "--settings", str(given)]) in (0, 3)
            capsys.readouterr()
            assert run(["compile", "--settings", str(given)]) in (0, 3)
            books.append(Path(capsys.readouterr().out.strip()).read_bytes())
        assert run(["verify", "--settings", str(given)]) == 0
        with closing(Register(here / "data" / "register.db", year=2024, new=False)) as register:
            heads.append(register.head())
            kept.append(sorted(item.sha256 for item in register.items()))

    assert kept[0] == kept[1]
    assert sorted(key.rpartition("/")[2] for key in server.keys("收文/once")) == kept[1]
    assert not (tmp_path / "s3" / "data" / "archive").exists()
    assert heads[0] == heads[1]
    assert books[0] == books[1]


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
    shutil.copy(SAMPLES / MAILS[1], tmp_path / "mails")
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
