"""outputs/apart.py, outputs/workbook/filling.py and material.py: what is opened to take parts out of mails, and who checks them.

That what is taken out lies beside the workbook, once and read-only, is tests/test_workbook_runs.py's.
"""

from __future__ import annotations

import base64
import errno
import hashlib
import io
import os
import pickle
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import docx
import pytest
from PIL import Image

from outputs import apart
from outputs.apart import Taking
from outputs.workbook import filling, material, stored
from outputs.workbook.filling import Asked
from outputs.workbook.material import Material
from pipeline import walk
from pipeline.archive import FolderArchive
from pipeline.executor import Serial
from pipeline.extract import extract
from pipeline.intake import judge, read
from pipeline.records import Attachment, Content, Filed, Leaf
from rules import Rules
from tests.packing import locked, zipped
from tests.season import at, item, small_rules
from tests.support import SAMPLES


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    return small_rules(tmp_path_factory.mktemp("rules"))


def picture(colour: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (200, 150), (colour, 90, 30)).save(file, "PNG")
    return file.getvalue()


def report(*told: str, photograph: bytes = b"") -> bytes:
    document, file = docx.Document(), io.BytesIO()
    for one in told:
        document.add_paragraph(one)
    if photograph:
        document.add_picture(io.BytesIO(photograph))
    document.save(file)
    return file.getvalue()


def mail(*attached: tuple[str, bytes]) -> bytes:
    message = EmailMessage()
    message["Subject"], message["From"] = "渝北区科协活动总结", "kx@yubei.example"
    message.set_content("材料见附件。")
    for name, octets in attached:
        message.add_attachment(octets, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def office(folder: Path, rules: Rules, *mails: bytes) -> tuple[tuple[Filed, ...], Material]:
    """The mails archived and filed, as compile finds them."""
    archive = FolderArchive(folder / "archive")
    filed = []
    for number, octets in enumerate(mails, 1):
        blob = archive.put(octets)
        known = replace(item(number, at(12)), sha256=blob.sha256, size=blob.size)
        filed.append(Filed(item=known, filing=judge(read(octets), rules, received=at(12))))
    return tuple(filed), Material(archive=archive, store=folder / "material")


def walked_whole(filed: tuple[Filed, ...], given: Material, folder: Path) -> dict[str, bytes]:
    """What a walk of everything in these mails gives: the plain way, here the measure of the other."""
    folder.mkdir()
    for one in filed:
        wanted = frozenset(digest for digest, _ in Asked.of(one).kept())
        task = filling.task_of(Asked.of(one), (), given, wanted, whole=True)
        apart.take_out(replace(task, folder=str(folder)))
    return contents(folder) | {one.item.sha256: given.archive.get(one.item.sha256) for one in filed}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def wanted(filed: tuple[Filed, ...]) -> set[str]:
    return {digest for one in filed for digest, _ in Asked.of(one).kept()}


def test_the_store_holds_what_walking_all_of_every_sample_gives(rules: Rules, tmp_path: Path) -> None:
    """Locked zips, volumes, forwarded mails, winmail.dat, documents with photographs, damaged ones."""
    filed, given = office(tmp_path, rules, *(path.read_bytes() for path in sorted(SAMPLES.glob("*.eml"))))

    gathered = material.gather(filed, (), given)

    assert contents(given.store) == walked_whole(filed, given, tmp_path / "whole")
    assert gathered.failed == ()
    assert set(gathered.paths.values()) == wanted(filed)


@pytest.mark.parametrize("named", ["密码说明.txt", "密码说明.docx"])
def test_an_archive_whose_password_stands_in_a_document_gives_its_members(
    rules: Rules, tmp_path: Path, named: str
) -> None:
    words = "附件解压密码：kx2024"
    note = words.encode() if named.endswith("txt") else report(words)
    inner = report("活动总结：5月28日举办科普集市。", photograph=picture(7))
    (tmp_path / "packing").mkdir()
    archive = locked(tmp_path / "packing", "kx2024", ("总结.docx", inner), ("名单.txt", b"names"))
    filed, given = office(tmp_path, rules, mail(("材料.zip", archive), (named, note)))

    gathered = material.gather(filed, (), given)

    assert gathered.failed == ()
    held = contents(given.store)
    assert held == walked_whole(filed, given, tmp_path / "whole")
    assert {hashlib.sha256(one).hexdigest() for one in (inner, b"names", picture(7))} <= set(held)


def test_a_photograph_in_a_document_in_an_archive_in_a_forwarded_mail_is_taken_out(
    rules: Rules, tmp_path: Path
) -> None:
    inner = mail(("材料.zip", zipped(("分册/总结.docx", report("总结", photograph=picture(9))))))
    outer = EmailMessage()
    outer["Subject"], outer["From"] = "转发", "kx@yubei.example"
    outer.set_content("见附件")
    outer.add_attachment(inner, maintype="application", subtype="octet-stream", filename="原信.eml")
    filed, given = office(tmp_path, rules, outer.as_bytes())

    gathered = material.gather(filed, (), given)

    assert gathered.failed == ()
    assert contents(given.store) == walked_whole(filed, given, tmp_path / "whole")
    assert hashlib.sha256(picture(9)).hexdigest() in contents(given.store)


def test_documents_are_read_only_where_what_lies_in_them_is_wanted_from_no_other_place(
    rules: Rules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A document without pictures, and one whose picture lies beside it too, are octets like others."""
    filed, given = office(
        tmp_path,
        rules,
        mail(
            ("总结.docx", report("总结")),
            ("二.docx", report("总结", photograph=picture(1))),
            ("照片.png", picture(1)),
            ("表.zip", zipped(("名单.txt", b"names"))),
        ),
    )
    opened = Counter[str]()

    def counted(leaf: Leaf, media_type: str, *more: tuple[str, ...]) -> Content:
        opened[leaf.path] += 1
        return extract(leaf, media_type, *more)

    monkeypatch.setattr(walk, "extract", counted)
    (tmp_path / "taken").mkdir()
    task = filling.task_of(Asked.of(filed[0]), (), given, frozenset(wanted(filed)), whole=False)

    apart.take_out(replace(task, folder=str(tmp_path / "taken")))

    assert contents(tmp_path / "taken").keys() == wanted(filed) - {filed[0].item.sha256}
    assert not opened
    assert apart.ways(path for path, _ in task.wanted) == {"5"}


def test_a_photograph_in_a_document_is_taken_out_without_the_document_s_reader(
    rules: Rules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed, given = office(tmp_path, rules, mail(("总结.docx", report("总结", photograph=picture(3)))))
    (tmp_path / "taken").mkdir()
    task = filling.task_of(Asked.of(filed[0]), (), given, frozenset(wanted(filed)), whole=False)
    monkeypatch.delattr("pipeline.extract.child.ask")

    apart.take_out(replace(task, folder=str(tmp_path / "taken")))

    assert hashlib.sha256(picture(3)).hexdigest() in contents(tmp_path / "taken")


def test_a_mail_is_taken_apart_without_its_header(
    rules: Rules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is dear to read, and only a password in the subject would be wanted of it: that costs a second walk."""
    (tmp_path / "packing").mkdir()
    archive = locked(tmp_path / "packing", "kx2024", ("名单.txt", b"names"))
    outer = message_from_bytes(mail(("材料.zip", archive), ("照片.bin", b"octets")))
    outer.replace_header("Subject", "总结，解压密码：kx2024")
    filed, given = office(tmp_path, rules, outer.as_bytes())
    headers: list[str] = []
    monkeypatch.setattr("pipeline.parse.read_header", lambda *_: headers.append("read"))
    (tmp_path / "taken").mkdir()
    task = filling.task_of(Asked.of(filed[0]), (), given, frozenset(wanted(filed)), whole=False)

    apart.take_out(replace(task, folder=str(tmp_path / "taken")))

    assert not headers
    assert hashlib.sha256(b"names").hexdigest() not in contents(tmp_path / "taken")
    assert material.gather(filed, (), given).failed == ()  # in processes of its own


def test_the_process_gets_the_name_of_a_mail_and_not_its_octets(rules: Rules, tmp_path: Path) -> None:
    filed, given = office(tmp_path, rules, mail(("照片.bin", os.urandom(400_000))))

    task = filling.task_of(Asked.of(filed[0]), (), given, frozenset(wanted(filed)), whole=False)

    assert len(pickle.dumps(task)) < 4_000


def test_an_archive_that_other_processes_cannot_reach_is_read_here(rules: Rules, tmp_path: Path) -> None:
    class Distant(FolderArchive):
        here = ""  # as an object store

    filed, given = office(tmp_path, rules, mail(("照片.bin", b"octets")))

    gathered = material.gather(filed, (), replace(given, archive=Distant(tmp_path / "archive")))

    assert gathered.failed == ()
    assert contents(given.store).keys() == wanted(filed)


@pytest.mark.parametrize("lie", ["other octets", "a link", "a pipe"])
def test_what_a_process_gives_out_for_something_else_does_not_come_into_the_store(
    tmp_path: Path, lie: str
) -> None:
    """Strangers' octets are parsed there, so its word counts for nothing."""
    store = tmp_path / "store"
    store.mkdir()
    good, bad = (hashlib.sha256(one).hexdigest() for one in (b"good", b"bad"))
    (tmp_path / good).write_bytes(b"good")
    if lie == "other octets":
        (tmp_path / bad).write_bytes(b"good")
    elif lie == "a link":
        (tmp_path / bad).symlink_to(tmp_path / good)
    else:
        os.mkfifo(tmp_path / bad)

    with stored.Adopting(store) as adopting:
        adopting.adopt(tmp_path / bad, bad)
        adopting.adopt(tmp_path / good, good)

    assert contents(store) == {good: b"good"}
    assert [path.name for path in store.iterdir()] == [good]


def test_each_octet_that_is_taken_out_is_hashed_once_by_whoever_takes_it_over(
    rules: Rules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The walk knows its leaves by their paths, and what came of the mail says whether that was altered."""
    photographs = [(f"{n}.bin", os.urandom(50_000)) for n in range(4)]
    filed, given = office(tmp_path, rules, mail(*photographs[:2], ("照片.zip", zipped(*photographs[2:]))))
    (tmp_path / "taken").mkdir()
    task = filling.task_of(Asked.of(filed[0]), (), given, frozenset(wanted(filed)), whole=False)
    hashed: list[int] = []
    plain = hashlib.sha256

    def counted(octets: bytes = b"", **named: bool) -> object:
        hashed.append(len(octets))
        return plain(octets, **named)

    monkeypatch.setattr(hashlib, "sha256", counted)

    apart.take_out(replace(task, folder=str(tmp_path / "taken")))

    assert sum(hashed) == 0
    assert contents(tmp_path / "taken").keys() == wanted(filed) - {filed[0].item.sha256}


def test_a_mail_that_gave_all_is_not_walked_again(
    rules: Rules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole walks are for the mails whose archive opens with a word of another part, and for these alone."""
    (tmp_path / "packing").mkdir()
    archive = locked(tmp_path / "packing", "kx2024", ("名单.txt", b"names"))
    filed, given = office(
        tmp_path,
        rules,
        mail(("总结.docx", report("总结", photograph=picture(5)))),
        mail(("材料.zip", archive), ("说明.txt", "解压密码：kx2024".encode())),
    )
    walks: list[tuple[str, bool]] = []
    plain = filling.task_of

    def counted(
        one: Asked, added: Sequence[Attachment], of: Material, missing: frozenset[str], *, whole: bool
    ) -> Taking:
        walks.append((one.accession, whole))
        return plain(one, added, of, missing, whole=whole)

    monkeypatch.setattr(filling, "task_of", counted)

    assert material.gather(filed, (), given).failed == ()
    first, second = (one.item.accession for one in filed)
    assert walks == [(first, False), (second, False), (second, True)]


def test_a_large_mail_keeps_no_process_from_the_mails_behind_it(
    rules: Rules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first of five takes as long as the four others together."""
    filed, given = office(tmp_path, rules, *(mail(("照片.bin", os.urandom(900))) for _ in range(5)))
    ended: list[int] = []

    class Two(Serial):
        """Two processes, of which that with the newest task is always done first."""

        width = 2

        def __init__(self, *_: object, **_named: object) -> None:
            self.begun: list[Future[Any]] = []

        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            self.begun.append(super().submit(fn, *args, **kwargs))
            return self.begun[-1]

        def wait(self, futures: Collection[Future[Any]], seconds: float) -> Collection[Future[Any]]:
            newest = [one for one in self.begun if one in futures][-1:]
            ended.extend(map(self.begun.index, newest))
            return newest

    monkeypatch.setattr(filling, "Processes", Two)

    assert material.gather(filed, (), replace(given, width=2)).failed == ()
    assert ended == [1, 2, 3, 4, 0]


def test_an_altered_original_is_not_laid_down_and_gives_its_material_once_it_is_mended(
    rules: Rules, tmp_path: Path
) -> None:
    """It is walked unchecked; what is whole in it all the same is known by its digest, and nothing is remembered against it."""
    octets = mail(("一.txt", "甲".encode() * 900), ("二.txt", "乙".encode() * 900))
    filed, given = office(tmp_path, rules, octets)
    place = FolderArchive(tmp_path / "archive").place(filed[0].item.sha256)
    place.chmod(0o644)
    place.write_bytes(octets.replace(base64.encodebytes("乙".encode() * 900)[:40], b"A" * 40))

    damaged = material.gather(filed, (), given)
    held = contents(given.store)
    place.write_bytes(octets)
    mended = material.gather(filed, (), given)

    assert damaged.failed == (filed[0].item.accession,)
    assert filed[0].item.sha256 not in held
    assert hashlib.sha256(("甲" * 900).encode()).hexdigest() in held
    assert all(hashlib.sha256(one).hexdigest() == name for name, one in held.items())
    assert mended.failed == ()


def test_an_original_that_the_disk_refused_is_copied_the_next_time(
    rules: Rules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is nobody's mail's fault."""

    def refuse(_from: Path, _to: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    filed, given = office(tmp_path, rules, mail(("照片.bin", b"octets")))
    with monkeypatch.context() as full:
        full.setattr("shutil.copyfile", refuse)
        assert material.gather(filed, (), given).failed == (filed[0].item.accession,)

    assert material.gather(filed, (), given).failed == ()


def test_an_original_is_a_file_of_its_own(rules: Rules, tmp_path: Path) -> None:
    """Who writes into a run's file must not reach the archive."""
    filed, given = office(tmp_path, rules, mail(("照片.bin", b"octets")))

    material.gather(filed, (), given)

    digest = filed[0].item.sha256
    assert not (given.store / digest).samefile(FolderArchive(tmp_path / "archive").place(digest))


# ---------------------------------------------------------------- memory

PEAK = """
import pickle, sys
from pathlib import Path
from outputs import apart
from tests.own_process import forget_peak, peak
small, large = pickle.loads(Path(sys.argv[1]).read_bytes())
apart.take_out(small)
forget_peak()
begun = peak()
apart.take_out(large)
print(begun, peak())
"""


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="memory is asked of Linux's /proc")
def test_of_a_mail_that_is_taken_apart_one_part_is_in_memory_at_a_time(rules: Rules, tmp_path: Path) -> None:
    """48 MB decoded, 66 MB as they came: 12 MB of them lie in memory, and as much again while base64 is undone."""
    sizes = ((1_000_000,), (12_000_000,) * 4)
    filed, given = office(
        tmp_path,
        rules,
        *(mail(*((f"{n}.bin", os.urandom(size)) for n, size in enumerate(one))) for one in sizes),
    )
    tasks = []
    for one in filed:
        task = filling.task_of(Asked.of(one), (), given, frozenset(wanted((one,))), whole=False)
        folder = tmp_path / one.item.sha256
        folder.mkdir()
        tasks.append(replace(task, folder=str(folder)))
    (tmp_path / "tasks").write_bytes(pickle.dumps(tasks))

    done = subprocess.run(
        [sys.executable, "-c", PEAK, tmp_path / "tasks"], capture_output=True, check=True, text=True
    )
    before, peak = map(int, done.stdout.split())

    assert contents(tmp_path / filed[1].item.sha256).keys() == wanted(filed[1:]) - {filed[1].item.sha256}
    assert peak - before < 3 * 12_000_000
