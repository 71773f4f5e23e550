"""Octets that are looked at where they lie are the same octets; and of a large mail only one part is in memory at a time."""

from __future__ import annotations

import base64
import os
import random
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import mapped as module
from pipeline.archive import FolderArchive, Key
from pipeline.errors import IntegrityError
from pipeline.mapped import Mapped, Octets, copied, digest, mapped, piecewise
from pipeline.parse import opened, parse
from pipeline.reading import read
from pipeline.records import Attached
from pipeline.unpack import volumes
from pipeline.worker.one_mail import Result, Task, begun
from rules import load
from tests.mails import made
from tests.safety.attacks import packed
from tests.support import SHARED, needs_shared

each_file = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
chances = st.integers(0, 10**9).map(random.Random)


def laid(folder: Path, octets: bytes) -> Octets:
    """*octets* in a file, mapped."""
    path = folder / "octets"
    path.write_bytes(octets)
    with path.open("rb") as file:
        return mapped(file)


# ---------------------------------------------------------------- the same octets


@each_file
@given(chance=chances, size=st.integers(0, 40))
def test_what_is_found_in_a_file_is_found_in_its_octets_at_the_same_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chance: random.Random, size: int
) -> None:
    monkeypatch.setattr(module, "FIRST", 2)
    monkeypatch.setattr(module, "STEP", 8)
    octets = bytes(chance.choices(b"ab-\n", k=size))
    there = laid(tmp_path, octets)
    sought, start = bytes(chance.choices(b"ab-\n", k=chance.randint(1, 5))), chance.randint(0, size)
    end = chance.randint(start, size)

    assert there.find(sought, start) == octets.find(sought, start)
    assert there.find(sought, start, end) == octets.find(sought, start, end)
    assert (sought in there) == (sought in octets)
    assert copied(there) == octets
    assert b"".join(piecewise(there, 3)) == octets
    assert digest(there) == digest(octets)


@each_file
@given(chance=chances)
def test_a_mail_in_a_file_is_parsed_as_the_mail_in_memory(tmp_path: Path, chance: random.Random) -> None:
    octets = made(chance).octets

    assert parse(laid(tmp_path, octets)) == parse(octets)


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"one line",
        b"one\rline",
        b"\xef\xbb\xbfSubject: mark\r\n\r\nx",
        "Subject: wide\r\n\r\nx".encode("utf-16"),
        "Subject: wide\r\n\r\nx".encode("utf-16-le"),
        b"Subject: copied\r\r\n\r\r\nx\r\r\n",
        b"Subject: half copied\r\r\n\r\nx\r\n",
        b"From a@b.c Mon Jan  1 10:00:00 2024\nSubject: box\n\nx\n",
    ],
)
def test_what_hides_the_headers_is_mended_in_a_file_as_in_memory(tmp_path: Path, octets: bytes) -> None:
    assert parse(laid(tmp_path, octets)) == parse(octets)


@needs_shared
@pytest.mark.parametrize("folder", ["dataset/mails", "corpus/mail"])
def test_every_mail_of_the_samples_is_parsed_from_its_file_as_from_memory(folder: str) -> None:
    """All leaves, octet for octet, whatever their transfer encoding."""
    paths = sorted(path for path in (SHARED / folder).rglob("*.eml") if path.is_file())

    assert paths
    for path in paths:
        with path.open("rb") as file:
            there = mapped(file)
        assert isinstance(there, Mapped)
        assert parse(there) == parse(path.read_bytes()), path.name


@each_file
@given(chance=chances)
def test_leaves_are_the_same_one_by_one_and_in_any_order(chance: random.Random) -> None:
    octets = made(chance).octets
    one_by_one = opened(octets).coded
    backwards = [one.leaves() for one in reversed(one_by_one)]

    assert tuple(leaf for leaves in reversed(backwards) for leaf in leaves) == parse(octets).leaves
    for one in one_by_one:
        first = one.leaves()[0]
        assert (one.path, one.name, one.body) == (first.path, first.name, first.body)
        assert one.body or len(one.leaves()) == 1


@given(
    st.from_regex(
        r"\A[ a.]{0,3}(\.part\d{1,5}|\.r\d\d|\.z\d\d|\.zip|\.rar|\.7z|\.001|\(1\)){0,3} ?\Z", fullmatch=True
    )
)
def test_no_volume_has_a_name_that_is_not_looked_at(name: str) -> None:
    leaf = parse(b"\r\nRar!").leaves[0]
    volume = volumes._volume(leaf.__class__(path=name, name=name, data=b"Rar!"))

    assert volume is None or volumes.named(name)


# ---------------------------------------------------------------- what was read is what was checked


def attempted(folder: Path, *, change: bool) -> Result:
    """A task by key, whose mail changes while it is read where *change* says so."""
    archive = FolderArchive(folder)
    blob = archive.put(b"Subject: s\r\n\r\nwords")

    def attempt(task: Task) -> Result:
        if change:
            path = folder / blob.sha256[:2] / blob.sha256[2:4] / blob.sha256
            path.chmod(0o600)
            path.write_bytes(b"Subject: s\r\n\r\nother")
        return Result(reading=read(task.octets), filing=None)  # type: ignore[arg-type]  # nobody looks at it

    task = Task(
        octets=b"",
        reading=None,
        rules=load(),
        received=datetime(2024, 6, 1, tzinfo=UTC),
        keys=(Key(address=archive.here, sha256=blob.sha256),),
    )
    return begun(attempt, task)


def test_a_mail_that_changes_while_it_is_read_is_told_and_its_reading_not_kept(tmp_path: Path) -> None:
    with pytest.raises(IntegrityError, match="在读取时变了"):
        attempted(tmp_path, change=True)


def test_a_mail_that_stays_is_read(tmp_path: Path) -> None:
    reading = attempted(tmp_path, change=False).reading

    assert reading is not None
    assert reading.documents[0].blocks[0].text == "words"


def test_an_altered_original_is_refused_before_anything_looks_at_it(tmp_path: Path) -> None:
    archive = FolderArchive(tmp_path)
    blob = archive.put(b"octets")
    path = tmp_path / blob.sha256[:2] / blob.sha256[2:4] / blob.sha256
    path.chmod(0o600)
    path.write_bytes(b"Octets")

    with pytest.raises(IntegrityError, match="摘要不同"):
        archive.mapped(blob.sha256)
    with pytest.raises(IntegrityError, match="不在原件库"):
        archive.mapped("0" * 64)


def test_what_staff_attached_is_fetched_whole_beside_the_mail(tmp_path: Path) -> None:
    archive = FolderArchive(tmp_path)
    keys = [Key(address=archive.here, sha256=archive.put(one).sha256) for one in (b"mail", b"file")]
    task = Task(
        octets=b"",
        reading=None,
        rules=load(),
        received=datetime(2024, 6, 1, tzinfo=UTC),
        attached=(Attached(name="a", data=b""),),
        keys=tuple(keys),
    )

    whole = task.fetched(lambda key: archive.get(key.sha256), lambda key: archive.mapped(key.sha256))

    assert isinstance(whole.octets, Mapped)
    assert copied(whole.octets) == b"mail"
    assert whole.attached[0].data == b"file"


# ---------------------------------------------------------------- memory

PEAK = """
import sys
from pathlib import Path
from pipeline.mapped import mapped
from pipeline.reading import read
from tests.own_process import forget_peak, peak
with Path(sys.argv[1]).open("rb") as file:
    read(mapped(file))
forget_peak()
begun = peak()
with Path(sys.argv[2]).open("rb") as file:
    reading = read(mapped(file))
print(begun, peak(), sum(part.size for part in reading.parts))
"""


def films(count: int, size: int) -> bytes:
    """A mail with *count* attachments of *size* octets each that no reader opens."""
    body = base64.encodebytes(os.urandom(size)).replace(b"\n", b"\r\n")
    parts = b"".join(
        b'--x\r\nContent-Type: application/octet-stream; name="%d.bin"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n%b" % (number, body)
        for number in range(count)
    )
    return b'From: a@b.c\r\nContent-Type: multipart/mixed; boundary="x"\r\n\r\n' + parts + b"--x--\r\n"


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="memory is asked of Linux's /proc")
def test_of_a_mail_with_many_large_parts_one_is_in_memory_at_a_time(tmp_path: Path) -> None:
    """96 MB decoded, 131 MB as they came: 12 MB of them lie in memory, and as much again while base64 is undone."""
    small, large = tmp_path / "small.eml", tmp_path / "large.eml"
    small.write_bytes(films(1, 1_000_000))
    large.write_bytes(films(8, 12_000_000))

    done = subprocess.run(
        [sys.executable, "-c", PEAK, small, large], capture_output=True, check=True, text=True
    )
    before, peak, decoded = map(int, done.stdout.split())

    assert decoded == 8 * 12_000_000
    assert peak - before < 3 * 12_000_000


def test_an_archive_is_told_from_its_volumes_though_the_others_are_decoded_later(tmp_path: Path) -> None:
    """The volumes are looked at before their turn, whatever stands between them."""
    whole = packed({"a.txt": b"words of the archive" * 50})
    cut = len(whole) // 2
    pieces = (("x.zip.001", whole[:cut]), ("photo.bin", os.urandom(50)), ("x.zip.002", whole[cut:]))
    parts = b"".join(
        b'--x\r\nContent-Disposition: attachment; filename="%b"\r\nContent-Transfer-Encoding: base64\r\n\r\n%b'
        % (name.encode(), base64.encodebytes(data))
        for name, data in pieces
    )
    octets = b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n' + parts + b"--x--\r\n"

    reading = read(laid(tmp_path, octets))

    assert reading == read(octets)
    assert "1/a.txt" in [part.path for part in reading.parts]
