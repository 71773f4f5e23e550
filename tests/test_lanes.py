"""A reading process takes its mail from the archive itself: neither it nor its parent holds more of it than it must."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.archive import FolderArchive
from pipeline.errors import IntegrityError
from pipeline.executor import Processes
from pipeline.mailbox import open_mailbox
from pipeline.records import Reading
from pipeline.register import Register
from pipeline.worker import Worker
from pipeline.worker.one_mail import prepare
from rules import load
from tests.own_process import forget_peak, imported, peak

SMALL, LARGE = 1_000_000, 50_000_000
needs_proc = pytest.mark.skipif(
    not Path("/proc/self/clear_refs").exists(), reason="memory is asked of Linux's /proc"
)
OVER = 100_000_000
"""What the target allows a reading process beside twice the mail, octets."""


def mail(octets: int) -> bytes:
    """A mail of about so many octets: a short text, and one attachment that nothing compresses."""
    body = base64.encodebytes(os.urandom(octets * 57 // 78)).replace(b"\n", b"\r\n")
    return (
        b"From: a@example.org\r\nTo: b@example.org\r\nSubject: =?utf-8?b?5rWL6K+V?=\r\n"
        b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n'
        b"--x\r\nContent-Type: text/plain\r\n\r\nthe film is attached\r\n"
        b'--x\r\nContent-Type: application/octet-stream; name="film.bin"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n" + body + b"--x--\r\n"
    )


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    register = Register(tmp_path / "register.db", year=2024)
    with Processes(1) as executor:
        yield Worker(
            archive=FolderArchive(tmp_path / "the archive 原件 %41"),
            register=register,
            rules=load(),
            executor=executor,
            clock=lambda: datetime(2024, 6, 10, tzinfo=UTC),
        )
    register.close()


def taken(worker: Worker, folder: Path, octets: bytes) -> None:
    """Have one mail taken in, up to where it is due."""
    folder.mkdir()
    (folder / "1.eml").write_bytes(octets)
    worker.capture(open_mailbox(str(folder)))


@needs_proc
def test_a_reading_process_takes_at_most_twice_a_large_mail_and_its_parent_nothing_of_it(
    worker: Worker, tmp_path: Path
) -> None:
    peaks = {}
    for size in (SMALL, LARGE):
        taken(worker, tmp_path / str(size), mail(size))
        forget_peak()
        before = peak()

        assert worker.process().filed == 1

        peaks[size] = (worker.executor.submit(peak).result(), peak() - before)
    lane, parent = peaks[LARGE]
    assert lane > LARGE, "it was read there"
    assert lane <= 2 * LARGE + OVER
    assert lane - peaks[SMALL][0] <= 2 * LARGE
    assert parent < LARGE // 5


def test_what_is_read_by_key_is_the_mail_that_came(worker: Worker, tmp_path: Path) -> None:
    taken(worker, tmp_path / "mails", mail(SMALL))

    assert worker.process().filed == 1

    (item,) = worker.register.items()
    reading = worker.register.reading(item.sha256, worker.basis, ())
    assert isinstance(reading, Reading)
    assert [part.name for part in reading.parts] == ["", "film.bin"]
    assert "fixity" in [event.action for event in worker.register.events(accession=item.accession)]


def test_an_original_that_was_altered_is_refused_by_whoever_reads_it_and_charged_as_ever(
    worker: Worker, tmp_path: Path
) -> None:
    taken(worker, tmp_path / "mails", mail(SMALL))
    (item,) = worker.register.items()
    (blob,) = (tmp_path / "the archive 原件 %41").glob(f"*/*/{item.sha256}")
    blob.chmod(0o600)
    blob.write_bytes(blob.read_bytes()[:-1])
    with pytest.raises(IntegrityError) as told:
        worker.archive.get(item.sha256)

    assert worker.process().held == 1

    (item,) = worker.register.items()
    events = list(worker.register.events(accession=item.accession))
    assert item.attempts == 3
    assert item.reason.endswith(str(told.value))
    assert "fixity" not in [event.action for event in events]


def test_a_reading_process_imports_no_register_and_no_training() -> None:
    with Processes(1) as executor:
        executor.ready(prepare)

        assert not executor.submit(imported).result() & {"sqlalchemy", "sklearn", "scipy", "pandas"}
