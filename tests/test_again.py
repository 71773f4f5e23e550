"""A daemon with nothing to do reads its register once, not at every beat, and never says less for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.health import Known, again, gather
from pipeline.health.again import RENEWED, Again
from pipeline.health.reporter import Reporter
from pipeline.register import Poll, Register
from tests.mailbox.mails import mail
from tests.mailbox.workers import rounds

NOW = datetime(2024, 6, 10, tzinfo=UTC)
KNOWN = Known(poll_seconds=300, rules="digest", window="")


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    with closing(Register(tmp_path / "register.db", year=2024)) as register:
        register.polled(Poll(account="a@b", folder="INBOX", at=NOW, uidvalidity=1, exists=0))
        yield register


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Known]:
    """What was asked of the register itself."""
    read: list[Known] = []

    def noted(data_dir: Path, known: Known, place: object = None) -> object:
        read.append(known)
        return gather(data_dir, known)

    monkeypatch.setattr(again, "gather", noted)
    return read


def test_a_register_that_nobody_writes_is_read_once(
    register: Register, tmp_path: Path, read: list[Known], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(again, "SETTLED_NS", 0)
    times = [NOW]
    reporter = Reporter(data_dir=tmp_path, known=lambda: KNOWN, clock=lambda: times[-1])
    for minutes in range(9):
        times.append(NOW + timedelta(minutes=minutes))
        assert reporter.beat() == ""

    assert len(read) == 1


def test_what_is_remembered_is_what_would_be_read(
    register: Register, tmp_path: Path, read: list[Known], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(again, "SETTLED_NS", 0)
    gathering = Again(data_dir=tmp_path)
    gathering.gather(KNOWN)
    other = replace(KNOWN, seal_trouble="没有挂上", beating=True)

    assert replace(gathering.gather(other), free_octets=0) == replace(gather(tmp_path, other), free_octets=0)
    assert len(read) == 1


def test_what_is_written_or_damaged_is_seen_at_once(
    register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(again, "SETTLED_NS", 0)
    gathering = Again(data_dir=tmp_path)
    first = gathering.gather(KNOWN).contents
    register.polled(Poll(account="a@b", folder="INBOX", at=NOW, uidvalidity=1, exists=0))
    second = gathering.gather(KNOWN).contents
    assert first is not None
    assert second is not None
    assert second.polls == first.polls + 1

    register.close()
    (tmp_path / "register.db").write_bytes(b"no register" * 1000)
    assert gathering.gather(KNOWN).unread is not None
    (tmp_path / "register.db").unlink()
    assert gathering.gather(KNOWN).unread is not None


def test_a_change_a_moment_ago_is_not_believed_to_be_the_last(
    register: Register, tmp_path: Path, read: list[Known]
) -> None:
    gathering = Again(data_dir=tmp_path)
    for _ in range(2):
        gathering.gather(KNOWN)

    assert len(read) == 2


def test_after_a_while_all_is_read_again(
    register: Register, tmp_path: Path, read: list[Known], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(again, "SETTLED_NS", 0)
    now = [1000.0]
    monkeypatch.setattr("pipeline.health.again.time.monotonic", lambda: now[0])
    gathering = Again(data_dir=tmp_path)
    for seconds in (0, RENEWED.total_seconds() - 1, RENEWED.total_seconds()):
        now[0] = 1000 + seconds
        gathering.gather(KNOWN)

    assert len(read) == 2


def test_another_basis_is_another_question(
    register: Register, tmp_path: Path, read: list[Known], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(again, "SETTLED_NS", 0)
    gathering = Again(data_dir=tmp_path)
    gathering.gather(KNOWN)
    gathering.gather(replace(KNOWN, basis="0" * 64))

    assert len(read) == 2


def switches() -> int:
    """How often a thread of this process has waited for something and was woken."""
    told = (path.read_text() for path in Path("/proc/self/task").glob("*/status"))
    return sum(
        int(line.split()[1])
        for status in told
        for line in status.splitlines()
        if line.startswith("voluntary")
    )


def test_nothing_wakes_a_daemon_whose_readers_rest(tmp_path: Path) -> None:
    """What watches an idle reading process looks around ten times a second, which also shows that waking is seen here."""
    mails = tmp_path / "mails"
    mails.mkdir()
    (mails / "1.eml").write_bytes(mail(1))
    with rounds(mails, tmp_path, resting_seconds=0) as going:
        woken = []
        for _ in range(2):
            going._round()
            before = switches()
            going.source.wait("", 3, going.stop)
            woken.append(switches() - before)

    watched, resting = woken
    assert watched > 30
    assert resting <= 5
