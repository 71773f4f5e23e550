"""What every archive promises, wherever it lies: named by digest, checked when read, mended, nothing half put."""

from __future__ import annotations

import hashlib
import random
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.archive import Archive, Blob, Fixity
from pipeline.archive.folder import PART_OCTETS
from pipeline.archive.outgoing import IN_MEMORY
from pipeline.errors import IntegrityError, PermanentError, TransientError
from pipeline.mailbox import WithheldError
from tests.objectstore.kept import Kept, in_folder, in_store, name
from tests.objectstore.server import Server, running

OCTETS = b"Subject: x\r\n\r\n\x00\xff"
DIGEST = hashlib.sha256(OCTETS).hexdigest()
BIG = [bytes([number]) * (IN_MEMORY // 4) for number in range(5)]
"""Pieces that do not go into one request."""
LONG = random.Random(7).randbytes(2 * PART_OCTETS + 1)
"""A piece that is written in several parts, each unlike the others."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture(params=["folder", "s3"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Kept:
    if request.param == "folder":
        return in_folder(tmp_path / "archive")
    return in_store(request.getfixturevalue("server"), tmp_path)


@pytest.fixture
def archive(kept: Kept) -> Archive:
    return kept.archive


def test_what_is_put_is_got_back_octet_for_octet(archive: Archive) -> None:
    blob = archive.put(OCTETS)

    assert blob == Blob(sha256=DIGEST, size=len(OCTETS), fresh=True)
    assert archive.get(DIGEST) == OCTETS
    assert archive.check(DIGEST) is Fixity.INTACT
    assert archive.contains(DIGEST)


def test_a_blob_lies_under_the_same_name_in_every_archive(kept: Kept) -> None:
    kept.archive.put(OCTETS)

    assert kept.read(f"{DIGEST[:2]}/{DIGEST[2:4]}/{DIGEST}") == OCTETS


def test_the_same_octets_are_one_blob(archive: Archive) -> None:
    assert [archive.put(octets).fresh for octets in (OCTETS, OCTETS, b"")] == [True, False, True]

    assert list(archive.digests()) == sorted([DIGEST, hashlib.sha256(b"").hexdigest()])


def test_an_archive_is_empty_until_a_blob_is_put_whatever_else_lies_there(kept: Kept) -> None:
    kept.write(".unfinished/half", b"half")
    kept.write("README.txt", b"not ours")

    assert kept.archive.is_empty
    assert list(kept.archive.digests()) == []
    kept.archive.put(OCTETS)
    assert not kept.archive.is_empty


def test_all_blobs_are_named_in_ascending_order(archive: Archive) -> None:
    put = [archive.put(bytes([number])).sha256 for number in range(20)]

    assert list(archive.digests()) == sorted(put)


def test_one_flipped_bit_is_found_and_never_handed_out(kept: Kept) -> None:
    kept.archive.put(OCTETS)
    kept.flip(DIGEST)

    assert kept.archive.check(DIGEST) is Fixity.ALTERED
    with pytest.raises(IntegrityError, match="从备份恢复"):
        kept.archive.get(DIGEST)


def test_a_missing_blob_is_an_integrity_error_with_the_cure(archive: Archive) -> None:
    assert not archive.contains(DIGEST)
    assert archive.check(DIGEST) is Fixity.MISSING
    with pytest.raises(PermanentError, match="从备份恢复"):
        archive.get(DIGEST)


def test_a_damaged_blob_is_mended_when_its_octets_come_again(kept: Kept) -> None:
    kept.archive.put(OCTETS)
    kept.flip(DIGEST)

    assert kept.archive.put(OCTETS) == Blob(sha256=DIGEST, size=len(OCTETS), mended=True)
    assert kept.archive.get(DIGEST) == OCTETS


@pytest.mark.parametrize("word", ["", "../../etc/passwd", DIGEST.upper(), DIGEST + "0"])
def test_what_is_no_digest_is_no_path(archive: Archive, word: str) -> None:
    assert archive.check(word) is Fixity.MISSING
    with pytest.raises(IntegrityError, match="不是原件的摘要"):
        archive.get(word)
    with pytest.raises(IntegrityError, match="不是原件的摘要"):
        archive.contains(word)


# ------------------------------------------------------------ pieces


@pytest.mark.parametrize("pieces", [[], [b""], [OCTETS], [OCTETS[:1], b"", OCTETS[1:]], BIG, [LONG, OCTETS]])
def test_pieces_are_the_blob_of_all_their_octets(kept: Kept, pieces: list[bytes]) -> None:
    whole = b"".join(pieces)

    blob = kept.archive.put(iter(pieces))

    assert (blob.sha256, blob.size) == (hashlib.sha256(whole).hexdigest(), len(whole))
    assert kept.archive.get(blob.sha256) == whole
    assert kept.unfinished() == []


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=2000), max_size=6))
def test_whatever_the_pieces_are_the_blob_is_their_sum(archive: Archive, pieces: list[bytes]) -> None:
    whole = b"".join(pieces)

    blob = archive.put(pieces)

    assert (blob.sha256, blob.size) == (hashlib.sha256(whole).hexdigest(), len(whole))
    assert archive.get(blob.sha256) == whole
    assert archive.put(whole).sha256 == blob.sha256
    assert blob.sha256 in archive.digests()


@pytest.mark.parametrize("pieces", [[OCTETS[:5], OCTETS[5:]], BIG], ids=["small", "big"])
def test_pieces_that_are_there_already_are_one_blob_and_a_damaged_one_is_mended(
    kept: Kept, pieces: list[bytes]
) -> None:
    digest = kept.archive.put(b"".join(pieces)).sha256
    assert not kept.archive.put(iter(pieces)).mended
    kept.flip(digest)

    assert kept.archive.put(iter(pieces)).mended
    assert kept.archive.get(digest) == b"".join(pieces)
    assert kept.unfinished() == []


@pytest.mark.parametrize("before", [[OCTETS], BIG], ids=["small", "big"])
@pytest.mark.parametrize(
    "error", [WithheldError("服务器不再交了"), OSError(5, "Input/output error"), KeyboardInterrupt()]
)
def test_pieces_that_end_too_early_leave_nothing_behind(
    kept: Kept, error: BaseException, before: list[bytes]
) -> None:
    def broken() -> Iterator[bytes]:
        yield from before
        raise error

    with pytest.raises(type(error) if not isinstance(error, OSError) else TransientError) as raised:
        kept.archive.put(broken())

    assert isinstance(error, OSError) or raised.value is error
    assert kept.unfinished() == []
    assert list(kept.archive.digests()) == []


@pytest.mark.parametrize("pieces", [[OCTETS], BIG], ids=["small", "big"])
def test_two_that_put_the_same_octets_at_the_same_time_both_have_put_them(
    kept: Kept, pieces: list[bytes]
) -> None:
    """A backup and an attachment may be put beside the daemon's own mails."""
    together, blobs = threading.Barrier(2), list[Blob]()

    def put() -> None:
        together.wait()
        blobs.append(kept.archive.put(iter(pieces)))

    threads = [threading.Thread(target=put) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(blobs) == 2
    assert not any(blob.mended for blob in blobs)
    assert kept.read(name(blobs[0].sha256)) == b"".join(pieces)
    assert list(kept.archive.digests()) == [blobs[0].sha256]
    assert kept.unfinished() == []


def test_nothing_unfinished_is_nothing_to_discard(kept: Kept) -> None:
    assert kept.archive.discard_unfinished() == 0
    kept.archive.put(iter(BIG))
    assert kept.archive.discard_unfinished() == 0
