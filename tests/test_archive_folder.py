"""What a folder of this disk is besides an archive (test_archive.py): synced, read-only, two folders deep."""

from __future__ import annotations

import hashlib
import os
import resource
import signal
import stat
import tracemalloc
from pathlib import Path

import pytest

from pipeline.archive import UNFINISHED, Archive, Fixity, FolderArchive
from pipeline.errors import TransientError

OCTETS = b"Subject: x\r\n\r\n\x00\xff"
DIGEST = hashlib.sha256(OCTETS).hexdigest()


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return FolderArchive(tmp_path / "archive")


def file_of(folder: Path, digest: str = DIGEST) -> Path:
    return folder / "archive" / digest[:2] / digest[2:4] / digest


def test_a_blob_lies_two_folders_deep_and_is_read_only(archive: Archive, tmp_path: Path) -> None:
    archive.put(OCTETS)

    assert stat.S_IMODE(file_of(tmp_path).stat().st_mode) == 0o444


def test_every_octet_is_synced_before_its_name_and_the_name_before_put_returns(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    sync, replace = os.fsync, Path.replace

    def noted_sync(descriptor: int) -> None:
        calls.append(kind_of(descriptor))
        sync(descriptor)

    def noted_replace(self: Path, to: Path) -> Path:
        calls.append("rename")
        return replace(self, to)

    monkeypatch.setattr(os, "fsync", noted_sync)
    monkeypatch.setattr(Path, "replace", noted_replace)

    archive.put(OCTETS)

    assert calls[:3] == ["file", "rename", "folder"]
    assert calls.count("folder") == 4


def test_names_of_a_batch_are_made_durable_together_and_each_folder_once(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    calls: list[str] = []
    folders: list[str] = []
    sync = os.fsync

    def noted_sync(descriptor: int) -> None:
        calls.append(kind_of(descriptor))
        folders.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", noted_sync)
    digests = [archive.lay(b"%d" % number).sha256 for number in range(20)]
    assert calls == ["file"] * 20
    del folders[:]

    archive.settle(digests)

    leaves = [file_of(tmp_path, one).parent for one in digests]
    wanted = {*leaves, *(one.parent for one in leaves), tmp_path / "archive", tmp_path}
    assert sorted(folders) == sorted(map(str, wanted))


def test_a_full_disk_leaves_nothing_behind_and_says_what_to_do(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(_fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(TransientError, match="腾出磁盘空间"):
        archive.put(OCTETS)

    assert list((tmp_path / "archive" / UNFINISHED).iterdir()) == []
    assert list(archive.digests()) == []


def test_what_a_crash_left_half_written_is_no_blob_and_is_swept(archive: Archive, tmp_path: Path) -> None:
    archive.put(OCTETS)
    (tmp_path / "archive" / UNFINISHED / f"{DIGEST}.half").write_bytes(OCTETS[:3])

    assert list(archive.digests()) == [DIGEST]
    assert archive.discard_unfinished() == 1
    assert archive.discard_unfinished() == 0


def test_a_disk_that_is_full_in_mid_stream_leaves_nothing_behind(archive: Archive, tmp_path: Path) -> None:
    """RLIMIT_FSIZE stands for the full disk: the write itself fails."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(TransientError, match="腾出磁盘空间"):
            archive.put(bytes(65_536) for _ in range(5))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)

    assert list((tmp_path / "archive" / UNFINISHED).iterdir()) == []
    assert list(archive.digests()) == []


def test_a_big_blob_is_put_and_checked_in_little_memory(archive: Archive) -> None:
    tracemalloc.start()
    blob = archive.put(bytes([number]) * 1024**2 for number in range(32))
    standing = archive.check(blob.sha256)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (blob.size, standing) == (32 * 1024**2, Fixity.INTACT)
    assert most < 5 * 1024**2


def kind_of(descriptor: int) -> str:
    return "folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file"
