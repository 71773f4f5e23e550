"""The simulation of a season: what it replays arrives as it says, and the worker loses none of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import rules
from bench.simulation import season
from bench.simulation.arrivals import DAY, DEADLINE, OPENING, Arrivals, arrivals, digest_of, octets_of
from bench.simulation.clock import Clock
from bench.simulation.season import Machines, Run, simulate
from bench.simulation.stand_in import Costs, StandInReaders
from pipeline.register import Register
from pipeline.worker.one_mail import Result, Task

COSTS = Costs(read_seconds=20, scanned=0.1, pages=3, page_seconds=5)
RUSH = 60


@pytest.fixture(scope="module")
def one_result() -> Result:
    """What one sample came to: reading all of them is not what is tested here."""
    return season.results(rules.load(), most=1)[0]


@pytest.fixture
def rush() -> Arrivals:
    """Mails that come together a minute before the deadline, and two on their own before."""
    last = DEADLINE.timestamp() - 60
    at = np.array([OPENING.timestamp(), last - DAY, *([last] * RUSH)])
    return Arrivals(at=at, octets=np.full(len(at), 3_000_000))


def simulated(
    mails: Arrivals, folder: Path, one: Result, monkeypatch: pytest.MonkeyPatch, readers: int
) -> Run:
    monkeypatch.setattr(season, "results", lambda _rules: (one,))
    folder.mkdir()
    return simulate(mails, folder, Machines(readers=readers, costs=COSTS, rate=1e8))


def test_a_third_comes_on_the_last_day_and_nothing_after_it() -> None:
    at = arrivals(30_000, seed=1).at

    assert at[0] >= OPENING.timestamp()
    assert at[-1] < DEADLINE.timestamp()
    assert 0.32 < np.mean(at > DEADLINE.timestamp() - DAY) < 0.35
    assert (np.diff(at) >= 0).all()


def test_every_arrival_is_captured_and_filed_once_and_the_register_is_sound(
    rush: Arrivals, tmp_path: Path, one_result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = simulated(rush, tmp_path / "a", one_result, monkeypatch, 4)

    assert run.states == {"filed": len(rush)}
    assert (run.captured >= run.arrived).all()
    assert (run.filed > run.captured).all()
    register = Register(tmp_path / "a" / "register.db", year=2024, new=False)
    assert {item.sha256 for item in register.items()} == {digest_of(number) for number in range(len(rush))}
    filed = [event.accession for event in register.events() if event.action == "file"]
    assert len(filed) == len(set(filed)) == len(rush)
    register.close()


def test_a_mail_that_comes_alone_waits_for_the_poll_and_its_reader_alone(
    rush: Arrivals, tmp_path: Path, one_result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = simulated(rush, tmp_path / "a", one_result, monkeypatch, 4)

    writer = 30  # seconds that a busy machine may take for one mail's transactions
    for number in (0, 1):
        assert 0 <= run.latency[number] - COSTS.seconds(number) <= season.POLL_SECONDS + writer


def test_four_times_the_readers_are_through_a_rush_in_about_a_quarter_of_the_time(
    rush: Arrivals, tmp_path: Path, one_result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = simulated(rush, tmp_path / "few", one_result, monkeypatch, 2)
    many = simulated(rush, tmp_path / "many", one_result, monkeypatch, 8)

    work = sum(COSTS.seconds(number) for number in range(2, len(rush)))
    assert few.latency[2:].max() >= work / 2
    assert work / 8 <= many.latency[2:].max() < 0.6 * few.latency[2:].max()
    assert few.most_waiting >= RUSH - 2


class Still(Clock):
    """A clock that only skips."""

    def __init__(self) -> None:
        self._now = 0.0

    @property
    def seconds(self) -> float:
        return self._now

    def skip_to(self, seconds: float) -> None:
        self._now = max(self._now, seconds)

    def skip(self, seconds: float) -> None:
        self._now += seconds


def test_readers_end_when_their_time_is_over_and_a_glance_waits_for_nobody() -> None:
    """Those whose time is over by the same moment end together, as they do for a writer that was busy meanwhile."""
    clock = Still()
    readers = StandInReaders(4, clock, COSTS, 4)
    task = Task(octets=b"", reading=None, rules=rules.load(), received=DEADLINE)
    flying = [readers.submit(_octets, replace(task, octets=octets_of(number))) for number in range(4)]

    assert list(readers.wait(flying, 0)) == []
    assert clock.seconds == 0
    (first,) = readers.wait(flying, 0.1)
    assert clock.seconds == min(COSTS.seconds(number) for number in range(4))
    clock.skip(1000)
    assert {first, *readers.wait(flying, 0)} == set(flying)


def _octets(task: Task) -> bytes:
    return bytes(task.octets)
