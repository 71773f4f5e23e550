"""Mails on their way into the archive: others are fetched meanwhile, and the register hears only of what is safe."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.archive import Blob, FolderArchive
from pipeline.archive.folder import UNFINISHED
from pipeline.errors import TransientError
from pipeline.executor import Serial
from pipeline.mailbox import Listed, Message, WithheldError, open_mailbox
from pipeline.register import Capture, Register
from pipeline.worker import Worker
from pipeline.worker.putting import Putting
from tests.mailbox.mails import arrived, mail
from tests.mailbox.rounds import rules

PATIENCE_SECONDS = 20


@pytest.fixture(autouse=True)
def _two_mails_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.worker.putting.CAPTURED_AT_ONCE", 2)


def message(uid: int, pieces: Iterable[bytes]) -> tuple[Listed, Message]:
    octets = sum(map(len, pieces)) if isinstance(pieces, tuple) else 0
    return (
        Listed(uid=uid, size=octets, received=arrived(1)),
        Message(uid=uid, pieces=pieces, received=arrived(1), received_from="internaldate", size=octets),
    )


def putting(archive: FolderArchive) -> Putting:
    return Putting(archive=archive, alive=lambda: None)


class Waiting(FolderArchive):
    """A disk that makes no name durable before *go*."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.go = threading.Event()
        self.waited = 0

    def settle(self, digests: Iterable[str]) -> None:
        self.waited += not self.go.wait(PATIENCE_SECONDS)
        super().settle(digests)


def test_the_next_mail_is_put_while_a_batch_becomes_safe(tmp_path: Path) -> None:
    archive = Waiting(tmp_path)
    with putting(archive) as hands:
        for uid in (1, 2):
            hands.put(*message(uid, (mail(uid),)))
        assert list(hands.safe()) == []
        hands.put(*message(3, iter((mail(3),))))
        archive.go.set()
        puts = [put.wanted.uid for batch in hands.safe(whole=True) for put in batch.puts]

    assert puts == [1, 2, 3]
    assert archive.waited == 0


def test_a_crash_costs_two_batches_at_most(tmp_path: Path) -> None:
    archive = Waiting(tmp_path)
    with putting(archive) as hands:
        threading.Timer(0.2, archive.go.set).start()
        for uid in (1, 2, 3, 4):
            hands.put(*message(uid, (mail(uid),)))
        (first, *_) = hands.safe()

        assert [put.wanted.uid for put in first.puts] == [1, 2]


def test_the_register_is_told_only_of_what_is_settled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled: set[str] = set()
    told: list[str] = []
    settle, capture = FolderArchive.settle, Register.capture

    def noted_settle(self: FolderArchive, digests: Iterable[str]) -> None:
        digests = tuple(digests)
        settle(self, digests)
        settled.update(digests)

    def noted_capture(self: Register, captures: Sequence[Capture], **moment: object) -> object:
        assert {one.sha256 for one in captures} <= settled
        told.extend(one.sha256 for one in captures)
        return capture(self, captures, **moment)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(FolderArchive, "settle", noted_settle)
    monkeypatch.setattr(Register, "capture", noted_capture)
    mails = tmp_path / "mails"
    mails.mkdir()
    for number in range(1, 8):
        (mails / f"{number}.eml").write_bytes(mail(number))
    with closing(Register(tmp_path / "register.db", year=2024)) as register:
        worker = Worker(
            archive=FolderArchive(tmp_path / "archive"), register=register, rules=rules(), executor=Serial()
        )
        worker.capture(open_mailbox(str(mails)))

    assert len(told) == len(settled) == 7


def test_the_same_octets_in_two_batches_are_fresh_once_and_mended_never(tmp_path: Path) -> None:
    """Both may be put at the same time: the second has not replaced a blob that was lost."""
    mails = tmp_path / "new"
    mails.mkdir()
    (tmp_path / "cur").mkdir()
    for number in range(1, 7):
        (mails / f"{number}").write_bytes(mail(1))
    with closing(Register(tmp_path / "register.db", year=2024)) as register:
        worker = Worker(
            archive=FolderArchive(tmp_path / "archive"), register=register, rules=rules(), executor=Serial()
        )
        worker.capture(open_mailbox(str(tmp_path)))

        assert [event.action for event in register.events()].count("mend") == 0
        assert len(tuple(register.items())) == 1


def test_a_disk_that_fails_in_mid_mail_is_told_before_the_rest_is_fetched(tmp_path: Path) -> None:
    class Full(FolderArchive):
        def lay(self, pieces: bytes | Iterable[bytes]) -> Blob:
            next(iter(pieces))
            raise TransientError("full")

    had: list[int] = []

    def pieces() -> Iterator[bytes]:
        for number in range(1000):
            had.append(number)
            yield bytes(1000)

    with putting(Full(tmp_path)) as hands, pytest.raises(TransientError, match="full"):
        hands.put(*message(1, pieces()))

    assert len(had) < 10


def test_a_mail_that_breaks_off_leaves_nothing_and_the_others_are_put(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield mail(2)
        raise WithheldError("no more")

    archive = FolderArchive(tmp_path)
    with putting(archive) as hands:
        hands.put(*message(1, iter((mail(1),))))
        with pytest.raises(WithheldError, match="no more"):
            hands.put(*message(2, broken()))
        hands.put(*message(3, (mail(3),)))
        puts = [put for batch in hands.safe(whole=True) for put in batch.puts]

    assert [put.wanted.uid for put in puts] == [1, 3]
    assert sorted(archive.digests()) == sorted(put.blob.sha256 for put in puts)
    assert list((tmp_path / UNFINISHED).iterdir()) == []


def test_no_more_octets_are_held_than_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.worker.putting.HELD_OCTETS", 2500)
    at_once: list[int] = []
    here = [0]
    lock = threading.Lock()

    class Counting(FolderArchive):
        def lay(self, pieces: bytes | Iterable[bytes]) -> Blob:
            with lock:
                here[0] += 1000
                at_once.append(here[0])
            blob = super().lay(pieces)
            with lock:
                here[0] -= 1000
            return blob

    with putting(Counting(tmp_path)) as hands:
        for uid in range(20):
            hands.put(*message(uid, (b"%1000d" % uid,)))
            list(hands.safe())

    assert max(at_once) <= 2500
