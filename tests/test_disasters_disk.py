"""A disk that is full or may not be written: nothing half written, nothing lost, and a person is told the cure."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.archive import UNFINISHED, Fixity
from pipeline.errors import ShouwenError, TransientError
from pipeline.records import State
from tests.mailbox.desk import Desk, desk, folder_with, shouwen, until
from tests.mailbox.mails import mail
from tests.support import SAMPLES, missing

DISK_KILOBYTES = 2048
FULL = r"腾出.*空间"
MAILS = 6
"""Each of some 60 kilobytes."""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes of its own."""
    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", f"size={DISK_KILOBYTES}k", "tmpfs") as folder:
        yield folder


@contextmanager
def mounted(folder: Path, *how: str) -> Iterator[Path]:
    folder.mkdir(exist_ok=True)
    if os.geteuid() != 0:
        missing("only root can mount a small disk")
    if subprocess.run(["mount", *how, str(folder)], capture_output=True, check=False).returncode:
        missing("mount is not allowed here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(disk: Path, free_kilobytes: int) -> Path:
    """Leave only so much of *disk*; removing the file that is returned frees it again."""
    told = os.statvfs(disk)
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(max(0, told.f_bavail * told.f_frsize - free_kilobytes * 1024)))
    return ballast


def big(number: int) -> bytes:
    return mail(number) + b"0123456789abcdef" * 3800


def assert_nothing_half_written(at: Desk) -> None:
    assert at.findings == ()
    assert all(at.archive.check(digest) is Fixity.INTACT for digest in at.archive.digests())
    assert not list(at.data.glob(f"archive/{UNFINISHED}/*"))


@pytest.mark.parametrize("free_kilobytes", [0, 4, 8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 448])
def test_a_full_disk_at_any_moment_leaves_nothing_half_and_all_is_taken_in_when_there_is_room_again(
    small_disk: Path, tmp_path: Path, free_kilobytes: int
) -> None:
    """From no room for one blob to room for all of them but not for their filings: the invariant is the same."""
    mails = [big(number) for number in range(MAILS)]
    source = folder_with(tmp_path / "mails", *mails)
    with desk(small_disk) as at:
        ballast = fill(small_disk, free_kilobytes)
        with pytest.raises(TransientError, match=FULL):
            at.worker.once(source)
        assert_nothing_half_written(at)

        ballast.unlink()
        at.worker.once(source)
        assert_nothing_half_written(at)
        assert at.register.count() == {State.FILED: MAILS}
        assert len(at.register.sightings()) == len(list(at.archive.digests())) == MAILS
        assert [event.action for event in at.register.events()].count("capture") == MAILS


def test_a_disk_that_fills_up_while_mails_are_filed_costs_no_mail_an_attempt_that_counts(
    small_disk: Path, tmp_path: Path
) -> None:
    source = folder_with(tmp_path / "mails", *(mail(number) for number in range(MAILS)))
    with desk(small_disk) as at:
        at.worker.capture(source)
        ballast = fill(small_disk, 0)
        with pytest.raises(TransientError, match=FULL):
            at.worker.process()
        assert_nothing_half_written(at)

        ballast.unlink()
        at.worker.process()
        assert_nothing_half_written(at)
        assert at.register.count() == {State.FILED: MAILS}


def test_the_daemon_lives_through_a_full_disk_and_goes_on_when_there_is_room(
    small_disk: Path, tmp_path: Path
) -> None:
    source = folder_with(tmp_path / "mails", big(0))
    with desk(small_disk) as at:
        ballast = fill(small_disk, 0)
        with at.running(source) as beats:
            until(lambda: sum(map(bool, beats)) >= 3, "three jobs on a full disk")
            assert all("腾出" in trouble for trouble in beats if trouble)
            ballast.unlink()
            until(lambda: at.register.count() == {State.FILED: 1}, "filed after there was room")
        assert_nothing_half_written(at)


@pytest.mark.parametrize("free_kilobytes", [0, 40, 200])
def test_once_on_a_full_disk_exits_75_and_says_to_make_room(
    small_disk: Path, tmp_path: Path, free_kilobytes: int
) -> None:
    """As an operator meets it: a new data folder on a disk without room."""
    arguments = ("--mailbox", folder_of(tmp_path), "--data-dir", small_disk / "data")
    (small_disk / "data").mkdir()
    ballast = fill(small_disk, free_kilobytes)
    done = shouwen("once", *arguments)
    ballast.unlink()
    assert (done.returncode, done.stdout) == (75, ""), done.stderr
    assert "空间" in done.stderr
    assert "Traceback" not in done.stderr

    again = shouwen("once", *arguments)
    assert again.returncode in (0, 3), again.stderr
    assert shouwen("verify", "--data-dir", small_disk / "data").returncode == 0


# ------------------------------------------------------------ a folder that may not be written


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Callable[[], Path]]:
    """Make *tmp_path*/data read-only, for root too."""
    data = tmp_path / "data"
    data.mkdir()
    with mounted(data, "-t", "tmpfs", "tmpfs"):

        def seal_up() -> Path:
            subprocess.run(["mount", "-o", "remount,ro", str(data)], check=True)
            return data

        yield seal_up
        subprocess.run(["mount", "-o", "remount,rw", str(data)], check=False)


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("command", ["once", "run"])
def test_a_read_only_data_folder_stops_the_start_with_75_and_names_the_cure(
    read_only: Callable[[], Path], command: str, there: bool
) -> None:
    """Whether the folder is there already or would have to be made."""
    disk = read_only()
    data = disk if there else disk / "not" / "yet"

    done = shouwen(command, "--mailbox", SAMPLES, "--data-dir", data)

    assert done.returncode == 75
    assert str(data) in done.stderr
    assert "权限" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(disk.iterdir()) == []


@pytest.mark.parametrize("command", [["status"], ["verify"], ["log"], ["compile"]])
def test_looking_into_a_read_only_data_folder_works_or_names_the_cure(
    read_only: Callable[[], Path], tmp_path: Path, command: list[str]
) -> None:
    """A copy on a medium that nobody can write: what cannot be done is said, and nothing falls over."""
    data = tmp_path / "data"
    assert shouwen("once", "--mailbox", folder_of(tmp_path), "--data-dir", data).returncode in (0, 3)
    read_only()

    done = shouwen(*command, "--data-dir", data)

    assert "Traceback" not in done.stderr
    said = done.stdout + done.stderr
    assert done.returncode == 0 or (done.returncode in (1, 75) and ("权限" in said or "办法：" in said))


def folder_of(tmp_path: Path) -> Path:
    mails = tmp_path / "mails"
    folder_with(mails, big(1))
    return mails


def test_the_archive_folder_alone_read_only_takes_nothing_in_and_loses_nothing(tmp_path: Path) -> None:
    """The register can be written, the archive cannot: no row speaks of octets that are not there."""
    source = folder_with(tmp_path / "mails", mail(1))
    (tmp_path / "data").mkdir()
    with (
        desk(tmp_path / "data") as at,
        mounted(tmp_path / "data" / "archive", "-t", "tmpfs", "-o", "ro", "tmpfs"),
    ):
        with pytest.raises(TransientError, match="权限"):
            at.worker.once(source)
        assert at.register.count() == {}
        assert at.register.polls()[0].error

        subprocess.run(["mount", "-o", "remount,rw", str(at.data / "archive")], check=True)
        at.worker.once(source)
        assert at.register.count() == {State.FILED: 1}
        assert at.findings == ()


def test_what_is_raised_about_disks_is_ours(small_disk: Path, tmp_path: Path) -> None:
    """No bare OSError reaches the daemon, which would end it."""
    source = folder_with(tmp_path / "mails", big(0))
    for free_kilobytes in range(0, 60, 4):
        ballast = fill(small_disk, free_kilobytes)
        try:
            with desk(small_disk) as at:
                at.worker.once(source)
        except ShouwenError as error:
            assert error.exit_code in (75, 1)
        ballast.unlink()
