"""While a poll goes on, mails that are here are read in other processes; what goes wrong there is no concern of the poll."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest

from pipeline.errors import TransientError, UnavailableError
from pipeline.executor import Processes, Serial
from pipeline.mailbox import Listed, Message, Missed, Source, open_mailbox
from pipeline.records import State
from pipeline.register import Register
from pipeline.worker import process, putting
from tests.mailbox.mails import mail
from tests.mailbox.workers import worker

T = TypeVar("T")
MAILS = 60
PAUSE_SECONDS = 0.1


@dataclass
class Slow:
    """A mailbox that takes its time between mails as long as none was filed. filed: how many were, after each."""

    inner: Source
    register: Register
    filed: list[int] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def fetch(self, folder: str, mails: Sequence[Listed]) -> Iterator[Message | Missed]:
        for one in self.inner.fetch(folder, mails):
            yield one
            self.filed.append(self.register.count().get(State.FILED, 0))
            if not self.filed[-1]:
                time.sleep(PAUSE_SECONDS)


class Away(Processes):
    """Processes of which none can be had."""

    def ready(self, first: Callable[[], object]) -> None:
        raise UnavailableError("没有读件进程")


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    with closing(Register(tmp_path / "register.db", year=2024)) as register:
        yield register


def mailbox(register: Register, folder: Path, numbers: range) -> Slow:
    folder.mkdir()
    for number in numbers:
        (folder / f"{number}.eml").write_bytes(mail(number))
    return Slow(inner=open_mailbox(str(folder)), register=register)


def test_mails_that_are_here_are_read_while_others_come(register: Register, tmp_path: Path) -> None:
    with Processes(1) as executor:
        one = worker(register, tmp_path, executor)
        one.capture(mailbox(register, tmp_path / "earlier", range(1, 4)))
        slow = mailbox(register, tmp_path / "later", range(4, MAILS))

        polls, processed = one.once(slow)

    assert 0 < slow.filed[-1] < MAILS - 1
    assert polls[0].captured == MAILS - 4
    assert processed.filed == register.count()[State.FILED] == MAILS - 1


def test_a_mail_that_has_just_come_is_read_while_others_come(
    register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(putting, "CAPTURED_AT_ONCE", 1)
    with Processes(1) as executor:
        slow = mailbox(register, tmp_path / "mails", range(1, MAILS))

        _, processed = worker(register, tmp_path, executor).once(slow)

    assert slow.filed[-1] > 0
    assert processed.filed == MAILS - 1


def test_who_reads_in_this_process_reads_when_the_poll_is_over(register: Register, tmp_path: Path) -> None:
    one = worker(register, tmp_path, Serial())
    one.capture(mailbox(register, tmp_path / "earlier", range(1, 3)))
    slow = mailbox(register, tmp_path / "later", range(3, 6))

    _, processed = one.once(slow)

    assert slow.filed == [0, 0, 0]
    assert processed.filed == 5


def test_readers_that_cannot_be_had_cost_the_poll_nothing_and_no_mail_an_attempt(
    register: Register, tmp_path: Path
) -> None:
    with Away(1) as executor:
        one = worker(register, tmp_path, executor)
        one.capture(mailbox(register, tmp_path / "earlier", range(1, 3)))

        with pytest.raises(UnavailableError):
            one.once(mailbox(register, tmp_path / "later", range(3, 6)))

    assert register.count() == {State.CAPTURED: 5}
    assert [item.attempts for item in register.items()] == [0] * 5
    poll = register.last_poll()
    assert poll is not None
    assert poll.captured == 3


class Held(Processes):
    """Two readers who end nothing before they are told to."""

    def __init__(self) -> None:
        super().__init__(2)
        self.begun: list[tuple[Future[Any], Callable[[], Any]]] = []

    def ready(self, first: Callable[[], object]) -> None:
        pass

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        future: Future[T] = Future()
        self.begun.append((future, partial(fn, *args, **kwargs)))
        return future

    def end(self) -> None:
        for future, work in self.begun:
            if not future.done():
                future.set_result(work())


def test_nothing_joins_a_mail_that_goes_alone(
    register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was begun before and may have killed its reader; what comes meanwhile begins when it has ended."""
    monkeypatch.setattr(process, "REFILL_SECONDS", 0)
    with Held() as executor:
        one = worker(register, tmp_path, executor)
        one.capture(mailbox(register, tmp_path / "earlier", range(1, 2)))
        register.begin(register.items()[0].accession, at=one.clock())
        later = mailbox(register, tmp_path / "later", range(2, 3))
        flying: list[int] = []

        def poll(go_on: Callable[[], None]) -> None:
            if executor.begun and not flying:
                one.capture(later)
                go_on()
                flying.append(len(executor.begun))
            executor.end()

        processed = one.process(meanwhile=poll)

    assert flying == [1]
    assert processed.filed == len(executor.begun) == 2


def test_what_goes_wrong_during_a_poll_is_told_when_it_is_over_though_nothing_is_in_hand(
    register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[object] = []

    def due(*_: object) -> tuple[object, ...]:
        looks.append(None)
        if len(looks) == 1:
            raise TransientError("登记簿正忙")
        return ()

    monkeypatch.setattr(register, "due", due)
    with Held() as executor:
        one = worker(register, tmp_path, executor)

        with pytest.raises(TransientError, match="正忙"):
            one.once(mailbox(register, tmp_path / "mails", range(1, 3)))

    poll = register.last_poll()
    assert poll is not None
    assert poll.captured == 2
