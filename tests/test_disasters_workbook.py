"""The machine dies while a workbook is compiled or taken back, the disk is full, the folder is no folder: nothing half is seen."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from outputs.workbook import runs
from pipeline.commands.compiling import Compiling
from pipeline.commands.options import Office
from pipeline.errors import ShouwenError
from pipeline.health import Colour, Known, gather, judge
from pipeline.health.keeping import STALE
from tests.mailbox.desk import daemon, until
from tests.reviewed import Reviewed
from tests.reviewer import Reviewer
from tests.test_disasters_disk import fill, mounted

CALLS = ("os.rename", "os.link", "os.mkdir", "os.remove", "os.rmdir", "os.chmod", "os.utime", "shutil.rmtree")
"""What Python tells of before it does it; a file that is opened to be written is another."""
NOON = datetime(2024, 6, 24, 4, 0, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
Capsys = pytest.CaptureFixture[str]


def dies(office: Reviewed, *arguments: str, point: int) -> int:
    """Run a command in a process that is killed before its *point*th step on the disk; return how many steps it got to.

    0 says that it ended before. The steps inside SQLite are not seen; its commits are tests/recovery's.
    """
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", DeprecationWarning
        )  # a fork of a process with threads: it only runs one command
        child = os.fork()
    if child == 0:
        _die_at(point)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        os._exit(office.run(*arguments))
    _, status = os.waitpid(child, 0)
    assert status in (0, signal.SIGKILL)
    return point if status else 0


def _die_at(point: int) -> None:
    steps = 0

    def hook(event: str, told: tuple[object, ...]) -> None:
        nonlocal steps
        opened = event == "open" and isinstance(told[2], int) and told[2] & (os.O_WRONLY | os.O_RDWR)
        if event in CALLS or opened:
            steps += 1
            if steps == point:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def assert_whole(office: Reviewed, capsys: Capsys) -> None:
    """Every run that can be seen is whole, and verify finds nothing."""
    folder = office.data / "workbooks"
    for path in runs.folders(folder) if folder.is_dir() else ():
        run = runs.told(path)
        assert run is not None or path.parent.name == runs.EARLIER
        if run is not None and path.parent == folder:
            assert runs.digest_of(path / run.workbook) == run.sha256
            assert runs.is_whole(path, run)
    capsys.readouterr()
    assert office.run("verify", "--json") == 0, capsys.readouterr().out


def test_a_death_at_any_step_of_a_compile_shows_nothing_half_and_the_next_mends_it(
    tmp_path: Path, capsys: Capsys
) -> None:
    office = Reviewed(tmp_path)
    point, struck = 1, 0
    while dies(office, "compile", point=point):
        assert_whole(office, capsys)
        point, struck = point + 29, struck + 1
    assert struck >= 3

    path = office.compile(capsys)
    assert path.parent.name == "20240623-090300"
    assert not list((office.data / "workbooks").glob(f"{runs.UNFINISHED}*"))
    assert not list((office.data / "material").glob(f"{runs.UNFINISHED}*"))
    assert_whole(office, capsys)


def test_a_death_at_any_step_of_an_import_stores_all_decisions_or_none(
    tmp_path: Path, capsys: Capsys
) -> None:
    office = Reviewed(tmp_path)
    file = filled(office, office.compile(capsys))
    point, struck = 1, 0
    while dies(office, "review", "import", str(file), "--by", "张三", point=point):
        assert len(office.corrections) in (0, 2)
        assert_whole(office, capsys)
        point, struck = point + 3, struck + 1
    assert struck >= 2

    assert office.imported(capsys, file)[0] == 0
    assert len(office.corrections) == 2


def filled(office: Reviewed, workbook: Path) -> Path:
    """A copy in which two facts are decided."""
    reviewer = Reviewer(workbook.read_bytes())
    for row, people in (("2024-00001/activity/1", 64), ("2024-00002/activity/1", 80)):
        reviewer.put("活动明细", row, "参与人数", people)
        reviewer.put("活动明细", row, "复核说明", "看了原件")
    copy = office.data.parent / "复核.xlsx"
    copy.write_bytes(reviewer.octets)
    return copy


def test_a_death_at_any_step_of_a_pruning_loses_no_baseline(tmp_path: Path, capsys: Capsys) -> None:
    office = Reviewed(tmp_path, settings="[workbook]\nkeep = 1\n")
    first = office.compile(capsys).parent.name
    office.correct("2024-00001", "activity/1/participants", "64")
    point = 1
    while dies(office, "compile", point=point):
        assert first in runs.found(office.data / "workbooks")
        point += 37
    office.compile(capsys)

    assert runs.found(office.data / "workbooks")[first][1].parent.name == runs.EARLIER
    assert_whole(office, capsys)


# ------------------------------------------------------------ the disk


def test_a_full_disk_during_a_compile_exits_75_and_leaves_the_earlier_run(
    tmp_path: Path, capsys: Capsys
) -> None:
    office = Reviewed(tmp_path)
    books = office.data / "workbooks"
    with mounted(books, "-t", "tmpfs", "-o", "size=4096k", "tmpfs"):
        first = office.compile(capsys)
        before = first.read_bytes()
        office.correct("2024-00001", "activity/1/participants", "64")
        for free in (0, 20, 60, 120):
            ballast = fill(books, free)
            assert office.run("compile") == 75
            assert "写不进" in capsys.readouterr().err
            ballast.unlink()
            assert first.read_bytes() == before
            assert [path.name for path in runs.folders(books)] == [first.parent.name]
        assert office.compile(capsys).parent != first.parent
        assert_whole(office, capsys)


# ------------------------------------------------------------ the daemon's own compiles


@contextmanager
def compiling(office: Reviewed) -> Iterator[Compiling]:
    """What the daemon compiles by."""
    opened = Office(settings_file=office.settings, data_dir_option=office.data)
    with closing(opened.register):
        yield Compiling(office=opened)


def test_the_daemon_compiles_at_most_hourly_and_only_what_is_new(tmp_path: Path) -> None:
    office = Reviewed(tmp_path)
    with compiling(office) as own:
        assert own.if_due(NOON) is not None
        assert own.if_due(NOON + 2 * HOUR) is None, "nothing is new"
        office.correct("2024-00001", "activity/1/participants", "64")
        assert own.if_due(NOON + 2 * HOUR + MINUTE) is not None
        office.correct("2024-00001", "activity/1/participants", "65")
        assert own.if_due(NOON + 2 * HOUR + 30 * MINUTE) is None, "it is too soon"
        assert own.if_due(NOON + 3 * HOUR + 2 * MINUTE) is not None
        office.correct("2024-00001", "activity/1/participants", "66")
        assert own.if_due(NOON - HOUR) is not None, "a clock that was set back keeps nothing waiting"


def test_a_snapshot_of_now_is_not_taken_for_the_workbook_of_now(tmp_path: Path) -> None:
    office = Reviewed(tmp_path)
    assert office.run("compile", "--as-of", "2025-01-01 00:00") == 0
    with compiling(office) as own:
        assert own.if_due(NOON) is not None


def status_of(own: Compiling, at: datetime) -> list[tuple[Colour, str, str]]:
    """The line 工作簿, as the daemon's own status has it."""
    known = Known(poll_seconds=300, compile_trouble=own.trouble, compile_since=own.failing)
    health = judge(gather(own.office.data_dir, known), at)
    return [(one.state, one.fact, one.cure) for one in health.lines if one.subject == "工作簿"]


def in_the_way(office: Reviewed) -> None:
    (office.data / "workbooks").write_text("a file where the folder should be")


def test_a_compile_that_fails_turns_status_yellow_then_red_until_one_goes_through(
    tmp_path: Path,
) -> None:
    office = Reviewed(tmp_path)
    in_the_way(office)
    with compiling(office) as own:
        assert status_of(own, NOON) == []
        with pytest.raises(ShouwenError):
            own.if_due(NOON)
        ((colour, fact, cure),) = status_of(own, NOON + MINUTE)
        assert colour is Colour.YELLOW
        assert "写不进" in fact
        assert "shouwen compile" in cure
        assert own.if_due(NOON + MINUTE) is None, "not again within the hour"
        with pytest.raises(ShouwenError):
            own.if_due(NOON + HOUR)
        late = NOON + STALE + MINUTE
        ((colour, fact, _),) = status_of(own, late)
        assert colour is Colour.RED
        assert "2024-06-24 12:00" in fact, "since the first that failed"
        (office.data / "workbooks").unlink()
        assert own.if_due(late) is not None
        assert status_of(own, late) == []


def test_status_says_what_the_daemon_last_knew_of_its_compiles(tmp_path: Path, capsys: Capsys) -> None:
    office = Reviewed(tmp_path)
    in_the_way(office)
    (tmp_path / "mails").mkdir()
    told = (
        "--mailbox",
        tmp_path / "mails",
        "--settings",
        office.settings,
        "--data-dir",
        office.data,
    )
    with daemon(*told):
        until(lambda: "写不进" in said_of(office), "the daemon says so", 130)
    capsys.readouterr()
    office.run("status", "--json")
    lines = json.loads(capsys.readouterr().out)["lines"]
    (line,) = [one for one in lines if one["subject"] == "工作簿"]
    assert line["state"] == "yellow"
    assert line["cure"]


def said_of(office: Reviewed) -> str:
    path = office.data / "status.json"
    return json.loads(path.read_text("utf-8")).get("compile_trouble", "") if path.exists() else ""


def test_a_daemon_that_compiles_stops_within_five_seconds(tmp_path: Path, capsys: Capsys) -> None:
    """It waits for another compile here, which holds the folder: the longest that a compile can hang."""
    office = Reviewed(tmp_path)
    (tmp_path / "mails").mkdir()
    told = (
        "--mailbox",
        tmp_path / "mails",
        "--settings",
        office.settings,
        "--data-dir",
        office.data,
    )
    with runs.alone(office.data / "workbooks"), daemon(*told) as process:
        until((office.data / "status.json").exists, "the daemon is at work")
        time.sleep(2)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        assert time.monotonic() - began < 5
    office.compile(capsys)
    assert_whole(office, capsys)
