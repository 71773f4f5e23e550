"""What the archive promises: durable, read-only, named by digest, checked when read."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

import pytest

from pipeline.archive import UNFINISHED, Archive, Fixity
from pipeline.errors import IntegrityError, PermanentError, TransientError

OCTETS = b"Subject: x\r\n\r\n\x00\xff"
DIGEST = hashlib.sha256(OCTETS).hexdigest()


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


def file_of(folder: Path, digest: str = DIGEST) -> Path:
    return folder / "archive" / digest[:2] / digest[2:4] / digest


def test_what_is_put_is_got_back_octet_for_octet(archive: Archive) -> None:
    blob = archive.put(OCTETS)

    assert (blob.sha256, blob.size, blob.mended) == (DIGEST, len(OCTETS), False)
    assert archive.get(DIGEST) == OCTETS
    assert archive.check(DIGEST) is Fixity.INTACT


def test_a_blob_lies_two_folders_deep_and_is_read_only(archive: Archive, tmp_path: Path) -> None:
    archive.put(OCTETS)

    assert stat.S_IMODE(file_of(tmp_path).stat().st_mode) == 0o444


def test_the_same_octets_are_one_blob(archive: Archive) -> None:
    archive.put(OCTETS)
    archive.put(OCTETS)
    archive.put(b"")

    assert list(archive.digests()) == sorted([DIGEST, hashlib.sha256(b"").hexdigest()])


def test_one_flipped_bit_is_found_and_never_handed_out(archive: Archive, tmp_path: Path) -> None:
    archive.put(OCTETS)
    flip(file_of(tmp_path))

    assert archive.check(DIGEST) is Fixity.ALTERED
    with pytest.raises(IntegrityError, match="从备份恢复"):
        archive.get(DIGEST)


def test_a_missing_blob_is_an_integrity_error_with_the_cure(archive: Archive) -> None:
    assert not archive.contains(DIGEST)
    assert archive.check(DIGEST) is Fixity.MISSING
    with pytest.raises(PermanentError, match="从备份恢复"):
        archive.get(DIGEST)


def test_a_damaged_blob_is_mended_when_its_octets_come_again(archive: Archive, tmp_path: Path) -> None:
    archive.put(OCTETS)
    flip(file_of(tmp_path))

    assert archive.put(OCTETS).mended
    assert archive.get(DIGEST) == OCTETS


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


@pytest.mark.parametrize("name", ["", "../../etc/passwd", DIGEST.upper(), DIGEST + "0"])
def test_what_is_no_digest_is_no_path(archive: Archive, name: str) -> None:
    with pytest.raises(IntegrityError, match="不是原件的摘要"):
        archive.get(name)


def flip(path: Path) -> None:
    octets = bytearray(path.read_bytes())
    octets[3] ^= 1
    path.chmod(0o644)
    path.write_bytes(octets)


def kind_of(descriptor: int) -> str:
    return "folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file"
