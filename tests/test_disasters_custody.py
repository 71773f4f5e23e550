"""Register and archive damaged, lost or replaced: it is noticed, said with the cure, and never written over."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.records import State
from pipeline.register import Register
from tests.commanded import here
from tests.mailbox.boxes import opened, pymap_box
from tests.mailbox.desk import Desk, desk, folder_with, shouwen
from tests.mailbox.mails import arrived, mail
from tests.mailbox.rounds import rules
from tests.taught import taught

NOISE = random.Random(20240620).randbytes(3 * 4096)


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with three mails, beside the folder that they came from."""
    folder = tmp_path_factory.mktemp("taken")
    folder_with(folder / "mails", *(mail(number) for number in range(3)))
    done = shouwen("once", "--mailbox", folder / "mails", "--data-dir", taught(folder / "data"))
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def copied(taken: Path, tmp_path: Path) -> Path:
    shutil.copytree(taken, tmp_path / "copy")
    return tmp_path / "copy"


def originals(data: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (data / "archive").rglob("*") if path.is_file()}


# ------------------------------------------------------------ the register

DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "overwritten": lambda whole: NOISE[: len(whole)],
    "its head overwritten": lambda whole: NOISE[:100] + whole[100:],
    "its middle overwritten": lambda whole: (
        whole[: len(whole) // 2] + NOISE + whole[len(whole) // 2 + len(NOISE) :]
    ),
    "cut at a page": lambda whole: whole[: len(whole) // 8192 * 4096],
    "cut within a page": lambda whole: whole[: len(whole) // 2 + 100],
}


@pytest.mark.parametrize("command", ["once", "verify"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_register_is_said_to_be_and_left_as_it_is(copied: Path, damage: str, command: str) -> None:
    """Exit 4, restore from the backup; not an octet of register or archive is changed by having looked."""
    file = copied / "data" / "register.db"
    damaged = DAMAGES[damage](file.read_bytes())
    file.write_bytes(damaged)
    before = originals(copied / "data")
    source = ("--mailbox", copied / "mails") if command in ("once", "run") else ()

    done = here(command, *source, "--data-dir", copied / "data")

    assert done.returncode == 4, done.stderr
    assert "已损坏" in done.stderr
    assert "从备份恢复" in done.stderr
    assert file.read_bytes() == damaged
    assert originals(copied / "data") == before


@pytest.mark.parametrize("command", ["once", "run", "status", "verify"])
@pytest.mark.parametrize("loss", ["removed", "emptied"])
def test_a_register_that_is_gone_or_empty_beside_a_filled_archive_is_not_begun_anew(
    copied: Path, loss: str, command: str
) -> None:
    """A new register would give the accessions out again; only a data folder without originals gets one."""
    file = copied / "data" / "register.db"
    file.unlink()
    if loss == "emptied":
        file.touch()
    before = originals(copied / "data")
    source = ("--mailbox", copied / "mails") if command in ("once", "run") else ()

    for _ in range(2):
        done = (shouwen if command == "run" else here)(command, *source, "--data-dir", copied / "data")
        assert done.returncode == 4, done.stderr
        assert "从备份恢复" in done.stdout + done.stderr

    assert originals(copied / "data") == before


def test_a_register_without_mails_in_the_place_of_a_full_one_is_noticed(tmp_path: Path) -> None:
    """A register that was lost with its WAL, or another's: more originals than crashes explain, and no item."""
    source = folder_with(tmp_path / "mails", *(mail(number) for number in range(70)))
    (tmp_path / "data").mkdir()
    with desk(tmp_path / "data") as at:
        at.worker.capture(source)
    for file in (tmp_path / "data").glob("register.db*"):
        file.unlink()
    Register(tmp_path / "data" / "register.db", year=2024).close()

    done = here("once", "--mailbox", tmp_path / "mails", "--data-dir", tmp_path / "data")

    assert done.returncode == 4
    assert "从备份恢复登记簿" in done.stderr


def test_a_register_whose_first_wal_is_lost_is_noticed(tmp_path: Path) -> None:
    """All that was ever committed lay in the WAL: what is left has no tables."""
    folder_with(tmp_path / "mails", mail(1))
    without_wal(tmp_path, mails_before=0)

    done = here("once", "--mailbox", tmp_path / "mails", "--data-dir", tmp_path / "lost")

    assert done.returncode == 4
    assert "从备份恢复登记簿" in done.stderr


def test_a_lost_wal_costs_nothing_that_the_server_still_has(tmp_path: Path) -> None:
    """The commits since the last checkpoint are gone; their mails are taken in again, once, under an unbroken chain."""
    without_wal(tmp_path, mails_before=2)

    with desk(tmp_path / "lost") as at:
        assert at.register.count() == {State.FILED: 2}
        assert len(at.register.orphans(at.archive)) == 1
        at.worker.once(folder_with(tmp_path / "mails"))

        assert at.register.count() == {State.FILED: 3}
        assert len(at.register.sightings()) == len(list(at.archive.digests())) == 3
        assert at.findings == ()


def without_wal(tmp_path: Path, *, mails_before: int) -> None:
    """Take in so many mails, checkpoint, then one more; copy all but the WAL to `lost`."""
    data = tmp_path / "data"
    data.mkdir()
    source = folder_with(tmp_path / "mails", *(mail(number) for number in range(10, 10 + mails_before)))
    if mails_before:
        with desk(data) as at:
            at.worker.once(source)
    folder_with(tmp_path / "mails", mail(99))
    with desk(data) as at:
        at.worker.once(source)
        shutil.copytree(data, tmp_path / "lost", ignore=shutil.ignore_patterns("register.db-*"))


# ------------------------------------------------------------ an original

DAMAGED: dict[str, Callable[[Path], object]] = {
    "flipped": lambda path: path.write_bytes(bytes([path.read_bytes()[0] ^ 1]) + path.read_bytes()[1:]),
    "truncated": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "emptied": lambda path: path.write_bytes(b""),
    "missing": lambda path: path.unlink(),
}
SAID = {"missing": "原件库里的同一份已不在，已用这次收到的补上"}


def blob(data: Path, octets: bytes) -> Path:
    digest = hashlib.sha256(octets).hexdigest()
    path = data / "archive" / digest[:2] / digest[2:4] / digest
    path.chmod(0o644)
    return path


@pytest.mark.parametrize("damage", DAMAGED)
def test_verify_names_accession_and_digest_of_a_damaged_original(copied: Path, damage: str) -> None:
    data = copied / "data"
    DAMAGED[damage](blob(data, mail(1)))

    done = here("verify", "--json", "--data-dir", data)

    assert done.returncode == 4
    (finding,) = json.loads(done.stdout)["findings"]
    assert (finding["kind"], finding["subject"]) == ("blob", "2024-00002")
    assert hashlib.sha256(mail(1)).hexdigest() in finding["detail"]
    assert "从备份恢复" in finding["detail"]


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_original_is_held_with_its_cure_and_mended_by_the_same_octets_from_the_server(
    tmp_path: Path, damage: str
) -> None:
    """Held, not judged from what is not the mail; a fresh delivery mends it, the log says so, and a release files it."""
    (tmp_path / "data").mkdir()
    with desk(tmp_path / "data") as at, pymap_box(tmp_path) as box:
        box.deliver(mail(1), arrived(1))
        source = opened(box)
        at.worker.once(source)
        DAMAGED[damage](blob(at.data, mail(1)))
        replace(at.worker, rules=rules("second")).process()
        assert at.register.count() == {State.HELD: 1}
        assert "从备份恢复" in at.register.items()[0].reason
        assert [finding.kind for finding in at.register.verify(at.archive)] == ["blob"]

        box.deliver(mail(1), arrived(1))
        at.worker.capture(source)
        source.close()
        assert at.findings == ()
        assert SAID.get(damage, "原件库里的同一份已损坏，已用这次收到的补好") in last(at, "sight")

        at.register.release("2024-00001", by="王经办", why="原件已补好", at=at.now)
        at.worker.process()
        assert at.register.count() == {State.FILED: 1}
        assert at.findings == ()


def test_nothing_is_said_of_the_archive_where_a_mail_is_merely_seen_again(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with desk(tmp_path / "data") as at, pymap_box(tmp_path) as box:
        for _ in range(2):
            box.deliver(mail(1), arrived(1))
        source = opened(box)
        at.worker.once(source)
        source.close()

        assert "原件库" not in last(at, "sight") + last(at, "capture")


def last(at: Desk, action: str) -> str:
    return at.register.events(action=action, limit=1)[0].outcome
