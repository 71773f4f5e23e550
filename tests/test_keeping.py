"""What was backed up comes back whole or not at all, beside a running daemon, on a full disk, after a loss."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from outputs.audit import seals
from pipeline import durable
from pipeline.archive import FolderArchive
from pipeline.commands import run
from pipeline.errors import IntegrityError, ShouwenError, TransientError, UsageError
from pipeline.executor import Serial
from pipeline.keeping import BackingUp, Made, Restored, Restoring, check, manifest
from pipeline.keeping.backup import KEPT
from pipeline.mailbox import open_mailbox
from pipeline.records import Item, State
from pipeline.register import Register
from pipeline.worker import Worker, only_writer
from tests.mailbox import attempts
from tests.mailbox.mails import mail
from tests.mailbox.rounds import rules
from tests.support import ROOT, missing

NOW = datetime(2024, 6, 10, 4, tzinfo=UTC)


class Desk:
    """A data folder that takes in what lies in a folder of mails."""

    def __init__(self, data: Path, mails: Path, stack: ExitStack) -> None:
        self.data, self.mails = data, mails
        mails.mkdir(exist_ok=True)
        data.mkdir(exist_ok=True)
        self.register = stack.enter_context(closing(Register(data / "register.db", year=2024)))
        self.archive = FolderArchive(data / "archive")
        self.worker = Worker(
            archive=self.archive,
            register=self.register,
            rules=rules(),
            executor=Serial(),
            clock=lambda: NOW,
            attempt=attempts.attempt,
            prepare=attempts.prepare,
        )

    def take(self, *numbers: int) -> None:
        for number in numbers:
            (self.mails / f"{number}.eml").write_bytes(mail(number))
        self.worker.once(open_mailbox(str(self.mails)))

    def back_up(self, folder: Path, *, at: datetime = NOW) -> Made:
        return BackingUp(
            archive=self.archive, register=self.register, data_dir=self.data, folder=folder, at=at
        ).run()


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def desk(tmp_path: Path, stack: ExitStack) -> Desk:
    desk = Desk(tmp_path / "data", tmp_path / "mails", stack)
    desk.take(1, 2, 3)
    return desk


def restore(backup: Path, data: Path) -> Restored:
    return Restoring(backup=backup, data_dir=data, by="王芳", why="磁盘损坏", at=NOW).run()


def told(items: tuple[Item, ...]) -> list[tuple[str, str, State, datetime]]:
    return [(item.accession, item.sha256, item.state, item.received) for item in items]


def blobs(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "archive").rglob("*") if len(path.name) == 64)


def overwrite(path: Path, octets: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(octets)


# ------------------------------------------------------------ backup


def test_a_backup_comes_back_as_it_was_and_the_log_says_so(desk: Desk, tmp_path: Path) -> None:
    (desk.data / "seals").mkdir()
    seals.keep(desk.register.seal(at=NOW), desk.data / "seals")
    made = desk.back_up(tmp_path / "backup")

    restored = restore(tmp_path / "backup", tmp_path / "new")

    with closing(Register(tmp_path / "new" / "register.db", year=2024)) as register:
        assert register.items() == desk.register.items()
        assert list(register.filed()) == list(desk.register.filed())
        assert register.events()[:-1] == desk.register.events()
        last = register.events()[-1]
        assert (last.action, last.actor, last.outcome) == ("restore", "王芳", "从备份恢复：磁盘损坏")
        assert last.detail == str(made.backup)
        assert (restored.events, restored.head) == register.head()
        archive = FolderArchive(tmp_path / "new" / "archive")
        assert register.verify(archive, seals.kept([tmp_path / "new" / "seals"])) == ()
        assert register.orphans(archive) == ()
    assert {path.name for path in (tmp_path / "new").iterdir()} == {
        "archive",
        "register.db",
        "seals",
        "writer.lock",
    }


def test_sha256sum_checks_a_backup_without_us(desk: Desk, tmp_path: Path) -> None:
    made = desk.back_up(tmp_path / "backup")

    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "--quiet", manifest.MANIFEST],
        cwd=made.path,
        capture_output=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (0, b"")
    listed = manifest.read((made.path / manifest.MANIFEST).read_bytes(), made.path)
    assert {path for path in listed if path.startswith("../")} == {
        manifest.original(item.sha256) for item in desk.register.items()
    }


def test_the_second_backup_copies_only_what_is_new_and_mends_what_is_damaged(
    desk: Desk, tmp_path: Path
) -> None:
    assert desk.back_up(tmp_path / "backup").copied == 3
    desk.take(4)
    first, second, *_ = blobs(tmp_path / "backup")
    before = first.stat().st_ino, first.stat().st_mtime_ns
    overwrite(second, b"rotten")

    made = desk.back_up(tmp_path / "backup")

    assert (made.copied, made.mended) == (2, 1)
    assert (first.stat().st_ino, first.stat().st_mtime_ns) == before
    assert check(tmp_path / "backup").path == made.path


def test_a_backup_shares_no_file_with_what_it_is_a_backup_of(desk: Desk, tmp_path: Path) -> None:
    desk.back_up(tmp_path / "backup")

    assert all(path.stat().st_nlink == 1 for path in blobs(tmp_path / "backup"))


def test_a_backup_while_mails_are_taken_in_verifies_clean(desk: Desk, tmp_path: Path) -> None:
    """The daemon's part is played by a process of its own that goes on while several backups are made."""
    for number in range(10, 70):
        (desk.mails / f"{number}.eml").write_bytes(mail(number))
    command = [
        sys.executable, "-m", "tests.mailbox.rounds", str(desk.mails), str(desk.data), "serial", "slow",
    ]  # fmt: skip
    made = []
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        while process.poll() is None:
            made.append(desk.back_up(tmp_path / "backup"))
        assert process.returncode == 0

    assert len({one.backup.events for one in made}) > 2, "the log grew between the backups"
    assert made[0].backup.events < desk.register.head()[0]
    for one in made[-KEPT:]:
        assert check(one.path).backup == one.backup


def test_what_is_captured_after_the_register_was_copied_is_an_orphan_and_no_hole(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = Register.copy

    def copy_then_capture(register: Register, path: Path) -> None:
        copy(register, path)
        desk.take(4)

    monkeypatch.setattr(Register, "copy", copy_then_capture)
    made = desk.back_up(tmp_path / "backup")

    assert made.backup.originals == 3
    assert check(made.path).backup == made.backup


def test_old_backups_make_room_and_the_clock_does_not_decide_which_is_new(desk: Desk, tmp_path: Path) -> None:
    for number in range(KEPT + 2):
        newest = desk.back_up(tmp_path / "backup", at=NOW - timedelta(days=number))

    kept = manifest.backups(tmp_path / "backup")

    assert len(kept) == KEPT
    assert manifest.meant(tmp_path / "backup") == newest.path == kept[-1]
    assert not (tmp_path / "backup" / ".unfinished").exists()


@pytest.mark.parametrize("folder", ["data", "data/backup", "."])
def test_a_backup_beside_or_around_its_own_data_is_refused(desk: Desk, tmp_path: Path, folder: str) -> None:
    with pytest.raises(UsageError, match="一个在另一个里面"):
        desk.back_up(tmp_path / folder)


def test_what_would_not_restore_never_becomes_a_backup(desk: Desk, tmp_path: Path) -> None:
    first = desk.back_up(tmp_path / "backup")
    desk.take(4)
    new = desk.register.item("2024-00004").sha256
    lost = next(path for path in blobs(desk.data) if path.name == new)
    overwrite(lost, b"rotten")
    with pytest.raises(IntegrityError, match=f"{new}.*以前的备份仍然有效"):
        desk.back_up(tmp_path / "backup")

    desk.archive.put(mail(4))
    with closing(sqlite3.connect(desk.data / "register.db")) as raw:
        raw.execute("UPDATE items SET reason = 'x'")
        raw.commit()
    with pytest.raises(IntegrityError, match=r"2024-00001.*以前的备份仍然有效"):
        desk.back_up(tmp_path / "backup")

    assert manifest.backups(tmp_path / "backup") == (first.path,)
    assert check(tmp_path / "backup").backup == first.backup


def test_a_damaged_register_is_said_to_be_damaged(desk: Desk, tmp_path: Path) -> None:
    with closing(sqlite3.connect(desk.data / "register.db")) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    desk.register.close()
    with (desk.data / "register.db").open("r+b") as file:
        file.seek(3 * 4096)
        file.write(os.urandom(4096))

    with pytest.raises(IntegrityError, match=r"register\.db"):
        desk.back_up(tmp_path / "backup")
    assert manifest.backups(tmp_path / "backup") == ()


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[None]:
    """A disk of so many kilobytes at *folder*."""
    folder.mkdir()
    size = f"size={kilobytes}k"
    command = ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True, check=False).returncode:
        missing("needs to mount a small tmpfs")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("kilobytes", [16, 240])
def test_a_full_disk_costs_the_new_backup_and_not_the_old_one(
    desk: Desk, tmp_path: Path, kilobytes: int
) -> None:
    """Full at the register, and at the originals."""
    with small_disk(tmp_path / "disk", kilobytes + 900):
        first = desk.back_up(tmp_path / "disk" / "backup")
        used = shutil.disk_usage(tmp_path / "disk").free - kilobytes * 1024
        (tmp_path / "disk" / "filler").write_bytes(b"x" * used)
        for number in range(4, 8):
            (desk.mails / f"{number}.eml").write_bytes(mail(number) + b"long\r\n" * 30_000)
        desk.take()

        with pytest.raises(TransientError, match="请腾出"):
            desk.back_up(tmp_path / "disk" / "backup")

        assert manifest.backups(tmp_path / "disk" / "backup") == (first.path,)
        assert check(tmp_path / "disk" / "backup").backup == first.backup


def test_a_target_that_cannot_be_written_is_named_with_the_cure(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")

    with pytest.raises(TransientError, match=r"file.*请腾出空间、检查权限"):
        desk.back_up(tmp_path / "file" / "backup")


# ------------------------------------------------------------ restore


DAMAGES: dict[str, Callable[[Path, Path], object]] = {
    "register.db": lambda backup, _: overwrite(
        backup / "register.db", (backup / "register.db").read_bytes()[:-1] + b"!"
    ),
    "backup.json": lambda backup, _: (backup / "backup.json").unlink(),
    "manifest-sha256.txt": lambda backup, _: (backup / "manifest-sha256.txt").write_bytes(b"what?\n"),
    "../archive/": lambda _, blob: overwrite(blob, b"rotten"),
    "../archive/.* 不在": lambda _, blob: blob.unlink(),
}


@pytest.mark.parametrize("named", list(DAMAGES))
def test_a_damaged_backup_is_refused_naming_the_file_and_nothing_is_restored(
    desk: Desk, tmp_path: Path, named: str
) -> None:
    made = desk.back_up(tmp_path / "backup")
    DAMAGES[named](made.path, blobs(tmp_path / "backup")[1])

    for attempt in (lambda: check(made.path), lambda: restore(made.path, tmp_path / "new")):
        with pytest.raises(IntegrityError, match=named):
            attempt()
    assert not (tmp_path / "new").exists()


def test_a_register_exchanged_together_with_its_manifest_is_refused(desk: Desk, tmp_path: Path) -> None:
    """Whoever edits the register and writes its new digest into the manifest has the chain against him."""
    made = desk.back_up(tmp_path / "backup")
    register = made.path / "register.db"
    with closing(sqlite3.connect(register)) as raw:
        raw.execute("UPDATE items SET state = 'dismissed'")
        raw.commit()
    listed = manifest.read((made.path / manifest.MANIFEST).read_bytes(), made.path)
    rewritten = {**listed, "register.db": durable.digest(register)}
    (made.path / manifest.MANIFEST).write_bytes(manifest.lines(rewritten))

    for attempt in (lambda: check(made.path), lambda: restore(made.path, tmp_path / "new")):
        with pytest.raises(IntegrityError, match="2024-00001"):
            attempt()
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    "line",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "seals/../../x",
        "../archive/aa/bb/" + "c" * 64,
        "workbooks/x.xlsx",
    ],
)
def test_a_manifest_never_leads_out_of_the_backup(line: str, tmp_path: Path) -> None:
    octets = manifest.lines({"register.db": "a" * 64, "backup.json": "b" * 64, line: "c" * 64})

    with pytest.raises(IntegrityError, match="不合格式"):
        manifest.read(octets, tmp_path)


def test_restore_never_overwrites(desk: Desk, tmp_path: Path) -> None:
    made = desk.back_up(tmp_path / "backup")
    new = tmp_path / "new"
    new.mkdir()
    (new / "letter.txt").write_text("mine")

    with pytest.raises(UsageError, match=r"letter\.txt.*从不覆盖"):
        restore(made.path, new)
    assert [path.name for path in new.iterdir()] == ["letter.txt"]

    with pytest.raises(UsageError, match="从不覆盖"):
        restore(made.path, desk.data)
    assert desk.register.verify(desk.archive) == ()


def test_restore_into_an_empty_folder_that_is_there_as_a_mounted_volume_is(
    desk: Desk, tmp_path: Path
) -> None:
    desk.back_up(tmp_path / "backup")
    (tmp_path / "new" / "lost+found").mkdir(parents=True)

    restore(tmp_path / "backup", tmp_path / "new")

    assert (tmp_path / "new" / "register.db").is_file()
    assert not (tmp_path / "new" / ".restoring").exists()


def test_where_a_daemon_runs_nothing_is_restored(desk: Desk, tmp_path: Path) -> None:
    desk.back_up(tmp_path / "backup")
    (tmp_path / "new").mkdir()

    with only_writer(tmp_path / "new"), pytest.raises(TransientError, match="另一个 shouwen"):
        restore(tmp_path / "backup", tmp_path / "new")


def test_a_full_disk_leaves_nothing_half_restored(desk: Desk, tmp_path: Path) -> None:
    desk.back_up(tmp_path / "backup")

    with small_disk(tmp_path / "new", 64):
        with pytest.raises(ShouwenError, match="请腾出空间"):
            restore(tmp_path / "backup", tmp_path / "new")
        assert {path.name for path in (tmp_path / "new").iterdir()} <= {"writer.lock"}


def test_a_restore_needs_a_name_and_a_reason(desk: Desk, tmp_path: Path) -> None:
    desk.back_up(tmp_path / "backup")

    with pytest.raises(UsageError, match="--by"):
        Restoring(backup=tmp_path / "backup", data_dir=tmp_path / "new", by="王芳", why=" ", at=NOW).run()
    assert not (tmp_path / "new").exists()


def test_a_folder_without_manifest_is_no_backup(desk: Desk, tmp_path: Path) -> None:
    made = desk.back_up(tmp_path / "backup")
    (made.path / manifest.MANIFEST).unlink()

    with pytest.raises(UsageError, match="没有备份"):
        check(tmp_path / "backup")


def test_the_next_poll_takes_in_again_what_an_older_backup_lacks(
    desk: Desk, tmp_path: Path, stack: ExitStack
) -> None:
    desk.back_up(tmp_path / "backup")
    desk.take(4, 5)
    restore(tmp_path / "backup", tmp_path / "new")

    again = Desk(tmp_path / "new", desk.mails, stack)
    assert len(again.register.items()) == 3
    again.take()

    assert told(again.register.items()) == told(desk.register.items())
    assert again.register.verify(again.archive) == ()
    assert again.register.orphans(again.archive) == ()


def test_a_newer_seal_kept_elsewhere_shows_that_an_older_register_was_put_back(
    desk: Desk, tmp_path: Path
) -> None:
    older = desk.register.seal(at=NOW)
    desk.back_up(tmp_path / "backup")
    desk.take(4)
    newer = desk.register.seal(at=NOW + timedelta(days=1))
    restore(tmp_path / "backup", tmp_path / "new")

    with closing(Register(tmp_path / "new" / "register.db", year=2024)) as register:
        archive = FolderArchive(tmp_path / "new" / "archive")
        assert register.verify(archive, kept=[older]) == ()
        findings = register.verify(archive, kept=[older, newer])

    assert {finding.kind for finding in findings} == {"seal"}
    assert any("较早的备份" in finding.detail for finding in findings)


# ------------------------------------------------------------ killed


def killed_at(boundary: int, work: Callable[[], object]) -> bool:
    """Do *work* in a process that dies before its boundary number *boundary* with the disk; say whether it died."""

    def dying() -> None:
        left = iter(range(boundary))
        for module, name in ((os, "fsync"), (Path, "rename"), (Path, "replace"), (shutil, "rmtree")):
            setattr(module, name, _counted(getattr(module, name), left))
        work()
        os._exit(0)

    process = multiprocessing.get_context("fork").Process(target=dying)
    process.start()
    process.join()
    assert process.exitcode in (0, DIED)
    return process.exitcode == DIED


DIED = 9


def _counted(real: Callable[..., object], left: Iterator[int]) -> Callable[..., object]:
    def counted(*arguments: object, **named: object) -> object:
        if next(left, None) is None:
            os._exit(DIED)
        return real(*arguments, **named)

    return counted


def test_a_backup_that_is_killed_anywhere_leaves_the_earlier_one_and_no_half_one(
    desk: Desk, tmp_path: Path
) -> None:
    first = desk.back_up(tmp_path / "backup")
    desk.take(4, 5)
    desk.register.close()
    boundary = 0

    def back_up() -> None:
        with ExitStack() as stack:
            Desk(desk.data, desk.mails, stack).back_up(tmp_path / "backup")

    while killed_at(boundary, back_up):
        boundary += 1
        found = check(tmp_path / "backup")
        assert found.path == first.path or found.backup.items == {"filed": 5}
        for path in manifest.backups(tmp_path / "backup"):
            check(path)

    assert boundary > 10, "each new blob, the register, the manifest and the name are boundaries of their own"
    assert check(tmp_path / "backup").backup.items == {"filed": 5}


def test_a_restore_that_is_killed_anywhere_leaves_all_or_no_register(desk: Desk, tmp_path: Path) -> None:
    made = desk.back_up(tmp_path / "backup")
    whole = told(desk.register.items())
    desk.register.close()
    boundary, new = 0, tmp_path / "new"
    while killed_at(boundary, lambda: restore(made.path, new)):
        boundary += 1
        if (new / "register.db").exists():
            with closing(Register(new / "register.db", year=2024)) as register:
                assert told(register.items()) == whole
                assert register.verify(FolderArchive(new / "archive")) == ()
            shutil.rmtree(new)
        elif (new / "archive").exists():
            with pytest.raises(UsageError, match="没有做完"):
                restore(made.path, new)
            shutil.rmtree(new)

    assert boundary > 15
    assert (new / "register.db").exists()


# ------------------------------------------------------------ the commands


def shouwen(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    command = [sys.executable, "-m", "pipeline", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)


def test_backup_verify_and_restore_by_the_command_line(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    backup, new = str(tmp_path / "backup"), str(tmp_path / "new")
    with only_writer(desk.data):
        assert run(["backup", backup, "--data-dir", str(desk.data), "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert (made["copied"], made["items"]) == (3, {"filed": 3})

    assert run(["restore", backup, "--verify"]) == 0
    assert "备份完好" in capsys.readouterr().err
    assert run(["restore", backup, "--data-dir", new]) == 2
    assert run(["restore", backup, "--data-dir", new, "--by", "王芳", "--why", "换机器"]) == 0
    assert capsys.readouterr().out == f"{new}\n"
    assert run(["verify", "--data-dir", new]) == 0
    assert run(["restore", backup, "--data-dir", new, "--by", "王芳", "--why", "再来"]) == 2
    assert "从不覆盖" in capsys.readouterr().err

    overwrite(blobs(tmp_path / "backup")[0], b"rotten")
    assert run(["restore", backup, "--verify"]) == 4
    assert blobs(tmp_path / "backup")[0].name in capsys.readouterr().err


def test_after_an_older_backup_the_seals_of_the_lost_days_speak_until_they_are_put_aside(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As docs/operating-backup.md tells it: verify names them, and is silent once they lie aside."""
    elsewhere, new = tmp_path / "audit", tmp_path / "new"
    elsewhere.mkdir()
    seals.keep(desk.register.seal(at=NOW), elsewhere)
    desk.back_up(tmp_path / "backup")
    desk.take(4)
    lost = seals.keep(desk.register.seal(at=NOW + timedelta(days=1)), elsewhere)
    restore(tmp_path / "backup", new)
    settings = tmp_path / "shouwen.toml"
    settings.write_text(f'data_dir = "{new}"\nexecutor = "serial"\n[seal]\nfolder = "{elsewhere}"\n', "utf-8")

    assert run(["verify", "--settings", str(settings)]) == 4
    assert "较早的备份" in capsys.readouterr().out
    assert run(["once", "--mailbox", str(desk.mails), "--settings", str(settings)]) == 0
    assert run(["verify", "--settings", str(settings)]) == 4, (
        "mails taken in again explain nothing by themselves"
    )

    (elsewhere / "恢复前-20240610").mkdir()
    lost.rename(elsewhere / "恢复前-20240610" / lost.name)

    assert run(["verify", "--settings", str(settings)]) == 0
    assert run(["log", "--action", "restore", "--data-dir", str(new)]) == 0
    assert "王＊＊  从备份恢复：磁盘损坏" in capsys.readouterr().out


def test_a_backup_of_nothing_makes_no_folder(tmp_path: Path) -> None:
    assert run(["backup", str(tmp_path / "backup"), "--data-dir", str(tmp_path / "nowhere")]) == 2

    assert list(tmp_path.iterdir()) == []
