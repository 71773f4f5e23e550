"""What an auditor sees of files that staff added: in the register, in a bag with masked words, and from a cell back."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from outputs.audit import bag
from pipeline.archive import FolderArchive
from pipeline.records import Attachment
from pipeline.register import Register
from tests.audited import CLERK, START, audited
from tests.test_bag import AT, chained, put, relisted, rows, verified

ADDED = {"2024-00001": (b"PK photos", b"PK more photos"), "2024-00002": (b"%PDF summary",)}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What audited() makes, and three files added to two of its mails."""
    folder = tmp_path_factory.mktemp("added")
    audited(folder)
    archive = FolderArchive(folder / "archive")
    with closing(Register(folder / "register.db", year=2024)) as register:
        for accession, files in ADDED.items():
            for number, octets in enumerate(files):
                blob = archive.put(octets)
                at = START + timedelta(hours=6, minutes=number)
                link = f"https://pan.baidu.com/s/1Ab{number}?pwd=k3m9"
                named = f"照片{number} 13800138000.zip"
                made = {"name": named, "sha256": blob.sha256, "size": blob.size, "link": link}
                register.attach(Attachment(accession=accession, by=CLERK, at=at, **made))  # type: ignore[arg-type]  # by their names
    return folder


@pytest.fixture(scope="module")
def whole(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A masked bag with originals."""
    folder = tmp_path_factory.mktemp("bags") / "bag"
    with closing(Register(data / "register.db", year=2024)) as register:
        order = bag.Order(release="0.1.0", at=AT, originals=FolderArchive(data / "archive"))
        bag.write(register.ledger(), order, folder=folder)
    return folder


def original(folder: Path, row: Mapping[str, object]) -> Path:
    name = str(row["sha256"])
    return folder / "data" / "originals" / name[:2] / name[2:4] / name


def test_a_masked_bag_carries_the_added_octets_and_is_found_whole(whole: Path) -> None:
    done = verified(whole)

    assert done.returncode == 0, done.stdout
    told = rows(whole, "attachments.jsonl")
    assert [original(whole, row).read_bytes() for row in told] == [
        one for files in ADDED.values() for one in files
    ]
    masked = "".join(path.read_text("utf-8") for path in (whole / "data").glob("*.*l"))
    assert not any(word in masked for word in ("13800138000", CLERK, "k3m9", "pan.baidu.com/s"))


def test_a_bag_without_originals_is_checked_against_the_archive(data: Path, tmp_path: Path) -> None:
    with closing(Register(data / "register.db", year=2024)) as register:
        bag.write(register.ledger(), bag.Order(release="0.1.0", at=AT), folder=tmp_path / "bag")
    shutil.copytree(data / "archive", tmp_path / "archive")
    (row, *_) = rows(tmp_path / "bag", "attachments.jsonl")
    name = row["sha256"]

    assert verified(tmp_path / "bag", "--archive", tmp_path / "archive").returncode == 0
    (tmp_path / "archive" / name[:2] / name[2:4] / name).unlink()
    done = verified(tmp_path / "bag", "--archive", tmp_path / "archive")

    assert done.returncode == 4
    assert "来文 2024-00001 的补入材料缺失" in done.stdout


def _drop(folder: Path) -> None:
    put(folder, "attachments.jsonl", rows(folder, "attachments.jsonl")[1:])


def _swap(folder: Path) -> None:
    one, two, *rest = rows(folder, "attachments.jsonl")
    put(folder, "attachments.jsonl", [two, one, *rest])


def _copy(folder: Path) -> None:
    told = rows(folder, "attachments.jsonl")
    put(folder, "attachments.jsonl", [*told, told[0]])


def _grow(folder: Path) -> None:
    one, *rest = rows(folder, "attachments.jsonl")
    put(folder, "attachments.jsonl", [{**one, "size": one["size"] + 1}, *rest])


def _to_another_mail(folder: Path) -> None:
    *rest, last = rows(folder, "attachments.jsonl")
    put(folder, "attachments.jsonl", [*rest, {**last, "accession": "2024-00003"}])


def _other_octets(folder: Path) -> None:
    path = original(folder, rows(folder, "attachments.jsonl")[0])
    path.write_bytes(path.read_bytes() + b"x")


def _no_octets(folder: Path) -> None:
    original(folder, rows(folder, "attachments.jsonl")[0]).unlink()


def _foreign(folder: Path) -> None:
    """A file of one's own in the place of an added one, row and digest and octets, but not the log's fact."""
    from pipeline.register import rows as stored

    one, *rest = rows(folder, "attachments.jsonl")
    octets = b"forged"

    forged = stored.octets_added({**one, "sha256": hashlib.sha256(octets).hexdigest(), "size": len(octets)})
    original(folder, one).unlink()
    path = original(folder, forged)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(octets)
    put(folder, "attachments.jsonl", [forged, *rest])


def _other_fact(folder: Path) -> None:
    events = rows(folder, "log.jsonl")
    event = next(event for event in events if event["action"] == "attach")
    event["row"] = event["状态行摘要"] = "0" * 64
    put(folder, "log.jsonl", chained(events))


TAMPERINGS = (
    (_drop, "补入材料表里 0 条"),
    (_swap, "补入材料的先后与日志不同"),
    (_copy, "补入材料表里 2 条"),
    (_grow, "来文 2024-00001 的补入材料与摘要不符：被改过"),
    (_to_another_mail, "来文 2024-00003 的补入材料与摘要不符：被改过"),
    (_other_octets, "来文 2024-00001 的补入材料与收到时不符"),
    (_no_octets, "来文 2024-00001 的补入材料缺失"),
    (_foreign, "来文 2024-00001 的补入材料"),
    (_other_fact, "日志里 1 条，补入材料表里 0 条"),
)


@pytest.mark.parametrize(("tamper", "said"), TAMPERINGS, ids=[tamper.__name__ for tamper, _ in TAMPERINGS])
def test_what_was_done_to_an_addition_is_named_though_words_are_masked(
    tamper: Callable[[Path], None], said: str, whole: Path, tmp_path: Path
) -> None:
    shutil.copytree(whole, tmp_path / "bag")
    tamper(tmp_path / "bag")
    relisted(tmp_path / "bag")

    done = verified(tmp_path / "bag")

    assert done.returncode == 4
    assert said in done.stdout, done.stdout


UNGUARDED = (
    "DROP TRIGGER attachments_no_update; DROP TRIGGER attachments_no_delete; DROP TRIGGER events_no_update; "
)
FORGERIES = {
    "size": "UPDATE attachments SET size = 1 WHERE number = 1",
    "place": "UPDATE attachments SET place = 9 WHERE number = 1",
    "mail": "UPDATE attachments SET accession = '2024-00003' WHERE number = 3",
    "link on the same host": "UPDATE attachments SET link = 'https://pan.baidu.com/s/other' WHERE number = 1",
    "octets swapped": "UPDATE attachments SET sha256 = CASE place WHEN 1 THEN 'b' ELSE 'a' END WHERE number < 3",
    "names swapped": "UPDATE attachments SET name = CASE place WHEN 1 THEN '照片1 13800138000.zip' ELSE "
    "'照片0 13800138000.zip' END WHERE number < 3",
    "both taken out": "DELETE FROM attachments WHERE number < 3",
    "words of the event": "UPDATE events SET outcome = '补入第 1 份材料' WHERE action = 'attach'",
    "fact of the event": "UPDATE events SET row = '0' WHERE action = 'attach'",
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_verify_names_what_was_done_to_an_addition(forgery: str, data: Path, tmp_path: Path) -> None:
    shutil.copy(data / "register.db", tmp_path / "register.db")
    archive = FolderArchive(data / "archive")
    with closing(sqlite3.connect(tmp_path / "register.db")) as there:
        there.executescript(UNGUARDED + FORGERIES[forgery])

    with closing(Register(tmp_path / "register.db", year=2024)) as register:
        found = [one for one in register.verify(archive) if one.kind != "trigger"]

    kinds = {one.kind for one in found}
    assert ("chain" if "event" in forgery else "attachment") in kinds, found
    assert any("补入材料" in one.detail or "这一条被改过" in one.detail for one in found)


def test_verify_finds_nothing_where_nothing_was_done(data: Path) -> None:
    with closing(Register(data / "register.db", year=2024)) as register:
        assert register.verify(FolderArchive(data / "archive")) == ()
        told = [json.loads(json.dumps(row)) for row in register.ledger().attachments]
    assert [row["place"] for row in told] == [1, 2, 1]
