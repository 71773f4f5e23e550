"""outputs/workbook/runs.py, material.py and baseline.py: the folder of a compile, what lies in it, and what is kept of it."""

from __future__ import annotations

import gzip
import hashlib
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import threading
import time
import weakref
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from lxml import etree

from outputs import files, workbook
from outputs.custody import Custody
from outputs.tables import Column, Edit, Form, Sheet, Value
from outputs.tables.season import Season
from outputs.tables.sheet import decided, framed
from outputs.workbook import baseline, material, runs
from outputs.workbook.filling import Asked, StoppedError, fill
from outputs.workbook.grid import shown
from outputs.workbook.lists import Identity
from outputs.workbook.material import Material
from pipeline.archive import FolderArchive
from pipeline.errors import TransientError
from pipeline.evaluate import evaluate
from pipeline.intake import judge, read, take_apart
from pipeline.records import Attached, Attachment, Filed
from rules import Rules
from tests.packing import zipped
from tests.season import at, custody, item, season, small_rules
from tests.support import ROOT, SAMPLES

REPORT = "渝北区科协活动总结\n\n5月28日，渝北区科协在龙山社区举办科普集市，服务居民120人。".encode()
"""A report in a zip, with what a double click would run."""


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    return small_rules(tmp_path_factory.mktemp("rules"))


def mail(*attached: tuple[str, bytes]) -> bytes:
    from email.message import EmailMessage

    message = EmailMessage()
    message["Subject"], message["From"] = "渝北区科协活动总结", "kx@yubei.example"
    message.set_content("见附件，解压密码：kx2024")
    for name, octets in attached:
        message.add_attachment(octets, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def office(
    folder: Path, rules: Rules, *mails: bytes, added: Sequence[Attached] = ()
) -> tuple[tuple[Filed, ...], Material]:
    """The mails archived and filed, as compile finds them."""
    archive = FolderArchive(folder / "archive")
    filed = []
    for number, octets in enumerate(mails, 1):
        blob = archive.put(octets)
        for one in added:
            archive.put(one.data)
        known = replace(item(number, at(12)), sha256=blob.sha256, size=blob.size)
        filing = judge(read(octets, attached=tuple(added)), rules, received=at(12))
        filed.append(Filed(item=known, filing=filing))
    return tuple(filed), Material(archive=archive, store=folder / "material")


def compiled(
    folder: Path, rules: Rules, filed: tuple[Filed, ...], given: Material, log: Custody | None = None
) -> workbook.Written:
    season = Season(filed, evaluate(filed, rules), rules, log or custody(filed))
    return workbook.written(lambda: season, folder=folder / "workbooks", material=given)


# ---------------------------------------------------------------- the material beside the workbook


@pytest.fixture
def packed() -> bytes:
    return mail(("材料 总结.zip", zipped(("总结.txt", REPORT), ("打开.bat", b"del"))))


def test_the_original_and_every_part_lie_beside_the_workbook_with_the_octets_they_had(
    rules: Rules, tmp_path: Path, packed: bytes
) -> None:
    filed, given = office(tmp_path, rules, packed)

    done = compiled(tmp_path, rules, filed, given)

    beside = done.path.parent / "files" / filed[0].item.accession
    assert done.failed == ()
    assert (beside / "00-原件.eml").read_bytes() == packed
    filing = filed[0].filing
    assert filing is not None
    wanted = {files.safe(number, part): part.sha256 for number, part in enumerate(filing.parts, 1)}
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in beside.iterdir()}
    assert {name: found[name] for name in wanted} == wanted
    assert (beside / "03-总结.txt").read_bytes() == REPORT
    assert (beside / "04-打开.bat.txt").read_bytes() == b"del"


@pytest.mark.parametrize("file", sorted(SAMPLES.glob("*.eml")), ids=lambda path: path.stem)
def test_taking_a_mail_apart_comes_upon_every_part_that_reading_it_made(file: Path) -> None:
    kept: set[str] = set()

    take_apart(file.read_bytes(), lambda leaf: kept.add(hashlib.sha256(leaf.data).hexdigest()))

    assert {part.sha256 for part in read(file.read_bytes()).parts} <= kept


def test_links_of_the_sheets_lead_to_files_that_are_there(
    rules: Rules, tmp_path: Path, packed: bytes
) -> None:
    filed, given = office(tmp_path, rules, packed)
    gathered = material.gather(filed, (), given)
    material.lay(gathered, tmp_path)
    filing = filed[0].filing
    assert filing is not None

    for part in filing.parts:
        assert (tmp_path / files.link(filed[0].item.accession, filing, part.path)).is_file()


def test_every_link_out_of_the_workbook_leads_to_a_file_beside_it_wherever_the_folder_is_copied(
    rules: Rules, tmp_path: Path, packed: bytes
) -> None:
    filed, given = office(tmp_path, rules, packed)
    done = compiled(tmp_path, rules, filed, given)
    copy = tmp_path / "移动 硬盘" / "副本"
    shutil.copytree(done.path.parent, copy)
    shutil.rmtree(tmp_path / "workbooks")

    targets = {
        unquote(str(one.get("Target")))
        for name, octets in members(copy / done.path.name)
        if name.endswith(".rels")
        for one in etree.fromstring(octets)
        if one.get("TargetMode") == "External"
    }

    assert len(targets) > 1
    assert all((copy / target).is_file() for target in targets)


def members(path: Path) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as package:
        return [(name, package.read(name)) for name in package.namelist()]


def test_files_that_staff_added_lie_there_too(rules: Rules, tmp_path: Path, packed: bytes) -> None:
    added = Attached(name="视频.mp4", data=b"\x00\x00\x00\x18ftypmp42 film", link="")
    filed, given = office(tmp_path, rules, packed, added=(added,))
    attachments = (
        Attachment(
            accession=filed[0].item.accession,
            name=added.name,
            sha256=hashlib.sha256(added.data).hexdigest(),
            size=len(added.data),
            by="张三",
            at=at(13),
        ),
    )

    gathered = material.gather(filed, attachments, given)

    assert [path for path in gathered.paths if path.endswith("视频.mp4")]
    assert gathered.failed == ()


def test_the_octets_are_taken_out_once_and_shared_by_all_runs(
    rules: Rules, tmp_path: Path, packed: bytes
) -> None:
    filed, given = office(tmp_path, rules, packed)
    first = compiled(tmp_path, rules, filed, given)
    stored = {path.name: path.stat().st_ino for path in given.store.iterdir() if path.is_file()}
    (tmp_path / "archive" / filed[0].item.sha256[:2]).rename(tmp_path / "gone")  # it is not asked again
    other = replace(filed[0], item=replace(filed[0].item, reason="别的输入", attempts=1))

    second = compiled(tmp_path, rules, (other,), given, Custody())

    assert second.path != first.path
    name = f"files/{filed[0].item.accession}/03-总结.txt"
    assert (second.path.parent / name).stat().st_ino == (first.path.parent / name).stat().st_ino
    assert (second.path.parent / name).stat().st_ino in stored.values()


def test_a_file_of_the_store_that_was_written_into_is_taken_out_anew(
    rules: Rules, tmp_path: Path, packed: bytes
) -> None:
    filed, given = office(tmp_path, rules, packed)
    material.gather(filed, (), given)
    digest = hashlib.sha256(REPORT).hexdigest()
    (given.store / digest).chmod(0o644)
    (given.store / digest).write_bytes(b"x" * len(REPORT))

    gathered = material.gather(filed, (), given)

    assert (given.store / digest).read_bytes() == REPORT
    assert gathered.failed == ()
    assert not (given.store / digest).stat().st_mode & 0o222


def test_what_the_disk_does_not_make_durable_gets_no_name_in_the_store_and_the_compile_says_so(
    rules: Rules, tmp_path: Path, packed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files are made durable beside other work; their errors must not be lost there."""
    filed, given = office(tmp_path, rules, packed)

    def refuse(_file: Path) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr("pipeline.durable.sync", refuse)
        with pytest.raises(OSError, match="No space left"):
            material.gather(filed, (), given)
    assert not list(given.store.glob("[0-9a-f]*"))

    assert material.gather(filed, (), given).failed == ()
    assert not list(given.store.glob(".new-*"))


def test_every_folder_of_what_is_laid_beside_a_workbook_is_made_durable(
    rules: Rules, tmp_path: Path, packed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed, given = office(tmp_path, rules, packed, mail(("总结.txt", REPORT)))
    gathered = material.gather(filed, (), given)
    run = tmp_path / "run"
    run.mkdir()
    settled: list[Path] = []
    monkeypatch.setattr("pipeline.durable.settle", settled.append)

    material.lay(gathered, run)

    assert sorted(settled) == sorted([run, *(path for path in run.rglob("*") if path.is_dir())])
    assert len(settled) == 4


def test_where_links_are_not_possible_the_files_are_copies(
    rules: Rules, tmp_path: Path, packed: bytes
) -> None:
    shared_memory = Path("/dev/shm")
    if not shared_memory.is_dir() or shared_memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("needs a second file system")
    filed, given = office(tmp_path, rules, packed)
    elsewhere = shared_memory / f"shouwen-{os.getpid()}"
    elsewhere.mkdir()
    try:
        material.lay(material.gather(filed, (), given), elsewhere)
        assert (elsewhere / "files" / filed[0].item.accession / "03-总结.txt").read_bytes() == REPORT
    finally:
        subprocess.run(["rm", "-r", str(elsewhere)], check=True)


def test_a_part_that_cannot_be_taken_out_is_named_and_its_link_leads_to_the_mail(
    rules: Rules, tmp_path: Path, packed: bytes
) -> None:
    (one,), given = office(tmp_path, rules, packed)
    assert one.filing is not None
    altered = replace(one.filing.parts[2], sha256="0" * 64)
    filing = replace(one.filing, parts=(*one.filing.parts[:2], altered, *one.filing.parts[3:]))
    broken = replace(one, filing=filing)
    link = files.link(one.item.accession, filing, altered.path)

    gathered = material.gather((broken,), (), given)
    shown = workbook.reachable(linked(link, "files/2024-00009/01-x.txt", "#'说明'!A1"), gathered)

    assert gathered.failed == (one.item.accession,)
    assert link not in gathered.paths
    assert dict(shown.links) == {
        ("0", "甲"): f"files/{one.item.accession}/00-原件.eml",
        ("2", "甲"): "#'说明'!A1",
    }


def test_the_workbook_is_painted_while_material_is_taken_out(
    rules: Rules, tmp_path: Path, packed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed, given = office(tmp_path, rules, packed)
    painting = threading.Event()
    paint = workbook.painted

    def painted(*all_: Any) -> Path:
        painting.set()
        return paint(*all_)

    def filled(*all_: Any) -> None:
        if not painting.wait(60):
            raise AssertionError("nothing is painted before all is taken out")
        fill(*all_)

    monkeypatch.setattr(workbook, "painted", painted)
    monkeypatch.setattr(material, "fill", filled)

    done = compiled(tmp_path, rules, filed, given)

    assert done.failed == ()
    assert (done.path.parent / "files" / filed[0].item.accession / "03-总结.txt").read_bytes() == REPORT


def test_where_something_does_not_come_the_workbook_is_painted_once_more_and_not_the_next_time(
    rules: Rules, tmp_path: Path, packed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second compile knows beforehand what does not come, and comes to the same octets: it is the same run."""
    (one,), given = office(tmp_path, rules, packed)
    assert one.filing is not None
    parts = tuple(replace(part, sha256=part.sha256[::-1]) for part in one.filing.parts)
    broken = replace(one, filing=replace(one.filing, parts=parts))
    painted: list[frozenset[str]] = []
    paint = workbook.painted

    def noted(book: workbook.Book, *more: Any) -> Path:
        painted.append(frozenset(link for sheet in book.sheets for link in sheet.links.values()))
        return paint(book, *more)

    monkeypatch.setattr(workbook, "painted", noted)

    first = compiled(tmp_path, rules, (broken,), given)
    second = compiled(tmp_path, rules, (broken,), given)

    parts_linked = [any("/0" in link and "/00" not in link for link in links) for links in painted]
    assert first.failed == second.failed == (one.item.accession,)
    assert parts_linked == [True, False, False]
    assert (second.path, second.fresh) == (first.path, False)


def test_what_is_not_to_be_had_is_asked_for_again_and_costs_one_more_painting_each_time(
    rules: Rules, tmp_path: Path, packed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An original that was altered is no fault of its mail's walk: it may be mended, so it is expected again."""
    (one,), given = office(tmp_path, rules, packed)
    original = next((tmp_path / "archive").rglob(one.item.sha256))
    original.chmod(0o644)
    original.write_bytes(packed[:-1] + b"X")
    painted: list[str] = []
    paint = workbook.painted

    def noted(book: workbook.Book, run: str, beside: Path) -> Path:
        painted.append(run)
        return paint(book, run, beside)

    monkeypatch.setattr(workbook, "painted", noted)

    first = compiled(tmp_path, rules, (one,), given)
    second = compiled(tmp_path, rules, (one,), given)

    assert first.failed == second.failed == (one.item.accession,)
    assert (second.path, second.fresh) == (first.path, False)
    assert len(painted) == 4


def test_what_a_crash_left_in_the_store_goes_though_nothing_is_missing(
    rules: Rules, tmp_path: Path, packed: bytes
) -> None:
    filed, given = office(tmp_path, rules, packed)
    compiled(tmp_path, rules, filed, given)
    (given.store / ".new-left").mkdir()
    (given.store / ".new-file").write_bytes(b"half")

    compiled(tmp_path, rules, filed, given)

    assert not list(given.store.glob(".new-*"))


@pytest.mark.parametrize("name", ["总结\ufffe.txt", "\U0001f600" * 70 + "." + "\U0001f600" * 10])
def test_no_name_of_an_attachment_keeps_the_workbook_from_being_published(
    rules: Rules, tmp_path: Path, name: str
) -> None:
    """XML has no U+FFFE, and a name of Linux has 255 octets at most."""
    filed, given = office(tmp_path, rules, mail(("材料.zip", zipped((name, REPORT)))))

    done = compiled(tmp_path, rules, filed, given)

    laid = sorted(path.name for path in (done.path.parent / "files" / filed[0].item.accession).iterdir())
    assert done.failed == ()
    assert (done.path.parent / "files" / filed[0].item.accession / laid[-1]).read_bytes() == REPORT


def test_a_compile_that_fails_ends_the_taking_out(
    rules: Rules, tmp_path: Path, packed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed, given = office(tmp_path, rules, packed)
    ended: list[str] = []

    def endless(_mails: object, _added: object, _of: object, stopped: Callable[[], bool]) -> None:
        while not stopped():
            time.sleep(0.01)
        ended.append("told to stop")

    def full(*_: object) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(material, "fill", endless)
    monkeypatch.setattr(workbook, "painted", full)

    with pytest.raises(TransientError, match="No space left"):
        compiled(tmp_path, rules, filed, given)

    assert ended == ["told to stop"]


def test_a_filling_that_is_told_to_stop_leaves_no_process(
    rules: Rules, tmp_path: Path, packed: bytes
) -> None:
    filed, given = office(tmp_path, rules, packed)
    before = multiprocessing.active_children()

    with pytest.raises(StoppedError):
        fill([Asked.of(one) for one in filed], (), given, lambda: True)

    assert multiprocessing.active_children() == before
    assert not list(given.store.glob(".new-*"))


def test_a_mail_whose_walk_hangs_costs_its_time_once_and_the_others_nothing(
    rules: Rules, tmp_path: Path, packed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed, given = office(tmp_path, rules, packed, mail(("总结.txt", REPORT)))
    hasty = replace(given, seconds=0.01)  # no walk ends in that time

    first = material.gather(filed, (), hasty)
    begun = datetime.now(UTC)
    second = material.gather(filed, (), replace(given, seconds=600))

    assert first.failed == tuple(one.item.accession for one in filed)
    assert all(f"files/{one.item.accession}/00-原件.eml" in first.paths for one in filed)
    assert second == first  # it is not tried again until other readers come
    assert datetime.now(UTC) - begun < timedelta(seconds=1)


def test_an_original_that_is_gone_keeps_no_workbook_back(rules: Rules, tmp_path: Path, packed: bytes) -> None:
    filed, given = office(tmp_path, rules, packed)
    (tmp_path / "archive" / filed[0].item.sha256[:2]).rename(tmp_path / "gone")

    done = compiled(tmp_path, rules, filed, given)

    assert done.path.is_file()
    assert done.failed == (filed[0].item.accession,)


def test_what_only_the_store_holds_is_removed_and_what_the_season_needs_stays(
    rules: Rules, tmp_path: Path, packed: bytes
) -> None:
    filed, given = office(tmp_path, rules, packed)
    material.gather(filed, (), given)
    stray = given.store / ("a" * 64)
    stray.write_bytes(b"of a run that is gone")

    assert material.sweep(given.store, material.needed(filed)) == 1
    assert not stray.exists()
    assert (given.store / hashlib.sha256(REPORT).hexdigest()).exists()


def linked(*links: str) -> Sheet:
    columns = (Column(header="甲", width=9),)
    ids = [str(number) for number in range(len(links))]
    return Sheet(
        name="甲",
        title="甲",
        paper="A4",
        columns=columns,
        frame=framed(columns, [{"甲": "x"} for _ in ids], ids),
        links={(id_, "甲"): link for id_, link in zip(ids, links, strict=True)},
    )


# ---------------------------------------------------------------- the same inputs, the same octets


def test_the_umask_of_whoever_compiles_is_not_in_the_octets(rules: Rules, tmp_path: Path) -> None:
    """The daemon's and a person's compile of the same season are one run."""
    digests = set()
    for umask in ("0o077", "0o002"):
        folder = tmp_path / umask
        script = (
            f"import os; os.umask({umask})\n"
            "from pathlib import Path\n"
            "from tests.season import season, small_rules, custody\n"
            "from outputs import workbook\n"
            "from pipeline.evaluate import evaluate\n"
            f"folder = Path({str(folder)!r}); folder.mkdir()\n"
            "rules = small_rules(folder / 'rules')\n"
            "print(workbook.write(season(), evaluate(season(), rules), rules, custody(), folder=folder / 'w'))\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True
        )
        run = json.loads((Path(done.stdout.strip()).parent / "run.json").read_text("utf-8"))
        digests.add(run["sha256"])

    assert len(digests) == 1


def test_run_json_says_what_the_hidden_sheet_says_and_the_digest_of_the_workbook(
    rules: Rules, tmp_path: Path
) -> None:
    path = workbook.write(season(), evaluate(season(), rules), rules, custody(), folder=tmp_path)
    told = json.loads((path.parent / "run.json").read_text("utf-8"))
    identity = Identity.of("20240623-100300", rules, custody())

    assert told["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert told["workbook"] == path.name
    assert identity.register == custody().events[0].digest
    assert {name: told[name] for name in ("run", "register", "notice", "rules", "head")} == {
        "run": identity.run,
        "register": identity.register,
        "notice": identity.notice,
        "rules": identity.rules,
        "head": identity.head,
    }


def test_two_compiles_at_once_wait_for_one_another(rules: Rules, tmp_path: Path) -> None:
    paths: list[Path] = []

    def compile_() -> None:
        paths.append(workbook.write(season(), evaluate(season(), rules), rules, custody(), folder=tmp_path))

    threads = [threading.Thread(target=compile_) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(paths)) == 1
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["20240623-100300"]


def test_what_an_interrupted_compile_left_is_gone_after_the_next(rules: Rules, tmp_path: Path) -> None:
    (tmp_path / ".new-left").mkdir()
    (tmp_path / ".new-left" / "评价工作簿.xlsx").write_bytes(b"half")

    workbook.write(season(), evaluate(season(), rules), rules, custody(), folder=tmp_path)

    assert not (tmp_path / ".new-left").exists()


def test_a_compile_that_fails_publishes_nothing_and_leaves_the_earlier_run(
    rules: Rules, tmp_path: Path, packed: bytes
) -> None:
    filed, given = office(tmp_path, rules, packed)
    first = compiled(tmp_path, rules, filed, given)
    before = first.path.read_bytes()
    blocked = replace(given, store=tmp_path / "blocked")
    blocked.store.write_bytes(b"no folder")

    with pytest.raises(TransientError, match="原有的未动"):
        compiled(tmp_path, rules, filed, blocked, Custody())

    assert first.path.read_bytes() == before
    assert {path.name for path in (tmp_path / "workbooks").iterdir()} == {first.path.parent.name, ".lock"}


# ---------------------------------------------------------------- what an edited copy is compared with


def test_the_baseline_gives_back_every_cell_of_the_sheets_that_may_be_edited(tmp_path: Path) -> None:
    columns = (
        Column(header="单位", width=9),
        Column(header="日期", width=9, form=Form.DATE, edit=Edit.DATE, field="date_start", why="理由"),
        Column(header="人数", width=9, edit=Edit.COUNT, field="participants"),
        Column(header="理由", width=9, edit=Edit.FREE),
    )
    rows: list[dict[str, Any]] = [
        {"单位": "甲", "日期": datetime(2024, 5, 21).date(), "人数": 3, "理由": ""},  # noqa: DTZ001 - a day
        {"单位": "乙", "日期": None, "人数": None, "理由": " x\r\ny"},
    ]
    ids = ["2024-00001/activity/1", "2024-00001/activity/2"]
    sheet = Sheet(
        name="活动明细",
        title="甲",
        paper="A4",
        columns=columns,
        frame=framed(columns, rows, ids),
        locked=frozenset({(ids[1], "人数")}),
    )
    path = tmp_path / baseline.NAME
    path.write_bytes(baseline.packed((sheet, linked("#'甲'!A1"))))

    told = baseline.read(path)

    assert list(told) == ["活动明细"]
    assert told["活动明细"].rows == {
        ids[0]: {"单位": "甲", "日期": "2024-05-21", "人数": 3, "理由": ""},
        ids[1]: {"单位": "乙", "日期": "—", "人数": "—", "理由": "x\ny"},
    }
    assert told["活动明细"].locked == {(ids[1], "人数")}
    assert decided(ids[0], told["活动明细"].columns[1]) == ("2024-00001", "activity/1/date_start")
    assert told["活动明细"].columns[1].why == "理由"
    assert told["活动明细"].columns[3].field is None
    assert baseline.packed((sheet,)) == path.read_bytes()


# ---------------------------------------------------------------- what is kept


def made(folder: Path, name: str, content: str = "x", minutes: int = 0) -> runs.Run:
    """A run as a compile leaves it; *minutes* after the first."""
    path = folder / name
    (path / "files").mkdir(parents=True)
    octets = f"{name}{content}".encode()
    (path / runs.workbook(name)).write_bytes(octets)
    (path / baseline.NAME).write_bytes(b"baseline of " + octets)
    run = runs.Run(
        run=name,
        register="r",
        notice="n",
        rules="u",
        head="1 d",
        workbook=runs.workbook(name),
        sha256=hashlib.sha256(octets).hexdigest(),
        content=content,
        baseline=hashlib.sha256(b"baseline").hexdigest(),
    )
    (path / runs.RUN).write_text(json.dumps(run.__dict__), "utf-8")
    moment = 1_718_000_000 + 60 * minutes
    os.utime(path / runs.RUN, (moment, moment))
    return run


def test_the_newest_and_those_that_decisions_came_from_stay_whole_and_of_others_what_an_import_needs(
    tmp_path: Path,
) -> None:
    names = [f"2024060{day}-100000" for day in range(1, 7)]
    for number, name in enumerate(names):
        made(tmp_path, name, minutes=number)
    for name in names[1:3]:
        (tmp_path / "imported" / name).mkdir(parents=True)
    (tmp_path / names[3] / runs.workbook(names[3])).write_bytes(b"staff wrote into it")

    gone = runs.prune(tmp_path, keep=1)

    assert gone == (names[0], names[4])
    assert sorted(path.name for path in tmp_path.iterdir()) == [*names[1:4], names[5], "earlier", "imported"]
    assert sorted(path.name for path in (tmp_path / "earlier" / names[0]).iterdir()) == [
        baseline.NAME,
        runs.RUN,
    ]
    assert set(runs.found(tmp_path)) == set(names)
    assert [run.run for run in runs.whole(tmp_path)] == [*names[1:4], names[5]]
    assert runs.found(tmp_path)[names[0]][1] == tmp_path / "earlier" / names[0]


def test_newest_is_what_was_published_last_and_not_what_counts_until_the_latest_moment(
    tmp_path: Path,
) -> None:
    made(tmp_path, "20240620-235959", minutes=5)  # compile --as-of
    made(tmp_path, "20240623-100000", minutes=1)

    assert runs.prune(tmp_path, keep=1) == ("20240623-100000",)


def test_a_pruned_run_keeps_its_name_to_itself(tmp_path: Path) -> None:
    made(tmp_path, "20240623-100000", content="old")
    runs.prune(tmp_path, keep=0)

    assert runs.free(tmp_path, "20240623-100000", "other") == "20240623-100000-2"
    assert runs.free(tmp_path, "20240623-100000", "old") == "20240623-100000"


def test_folders_that_are_no_runs_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "我的副本").mkdir()
    (tmp_path / "20240623-100000").mkdir()
    (tmp_path / "评价工作簿-20240101-000000.xlsx").write_bytes(b"of an earlier version")

    assert runs.prune(tmp_path, keep=0) == ()
    assert len(list(tmp_path.iterdir())) == 3


def test_a_baseline_packed_in_pieces_has_the_octets_of_one_packed_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A compile is the same as an earlier one only if its baseline is, octet for octet."""
    sheets = [
        wide(edit, count) for edit, count in ((Edit.FREE, 7), (Edit.NO, 3), (Edit.COUNT, 0), (Edit.DATE, 5))
    ]
    edited = [sheet for sheet in sheets if sheet.columns[0].edit is not Edit.NO]
    told = {sheet.name: {**baseline._head(sheet), "rows": {}, "locked": []} for sheet in edited}
    for sheet in edited:
        kept = {id_: [baseline.plain(value) for value in values] for id_, values in shown(sheet)}
        told[sheet.name] |= {"rows": kept, "locked": sorted(sheet.locked)}
    text = json.dumps({"format": 1, "sheets": told}, ensure_ascii=False, separators=(",", ":"))
    whole = gzip.compress(text.encode("utf-8", "surrogatepass"), compresslevel=6, mtime=0)

    for pieces in (1, 2, 500):
        monkeypatch.setattr(baseline, "ROWS", pieces)
        assert baseline.packed(sheets) == whole


def wide(edit: Edit, count: int) -> Sheet:
    columns = (
        Column(header="甲", width=9, edit=edit, field="x"),
        Column(header="乙", width=9, form=Form.DATE),
    )
    ids = [str(number) for number in range(count)]
    values: list[dict[str, Value]] = [
        {"甲": f"“{number}” \ud83d\ude00 <&>", "乙": at(number + 1)} for number in range(count)
    ]
    return Sheet(
        name=f"表{edit}{count}",
        title="表",
        paper="A4",
        columns=columns,
        frame=framed(columns, values, ids),
        locked=frozenset({(ids[0], "甲")} if count else ()),
    )


def test_a_season_is_let_go_before_its_sheets_are_painted(
    rules: Rules, tmp_path: Path, packed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thousands of mails take more memory than their sheets, and nothing painted is read from them."""
    filed, given = office(tmp_path, rules, packed)
    alive: list[bool] = []
    known: list[weakref.ref[Season]] = []
    plain = workbook.painted

    def fold() -> Season:
        season = Season(filed, evaluate(filed, rules), rules, custody(filed))
        known.append(weakref.ref(season))
        return season

    def painting(*all_: Any) -> Path:
        alive.append(known[0]() is not None)
        return plain(*all_)

    monkeypatch.setattr(workbook, "painted", painting)

    done = workbook.written(fold, folder=tmp_path / "workbooks", material=given)

    assert alive == [False]
    assert done.needed == material.needed(filed)
    assert done.custody.head == custody(filed).head
    assert done.custody.as_of == custody(filed).as_of
