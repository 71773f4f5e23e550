"""The daemon's rounds over a season of arrivals, and how long each mail took.

Limits: the daemon does nothing besides: it compiles no workbook and sends no paper; what compiling costs is measured by
bench/compile.py and reckoned in docs/scale.md.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

import rules
from bench import machine
from bench.simulation.arrivals import Arrivals, Mailbox
from bench.simulation.clock import Clock
from bench.simulation.stand_in import Attempt, Costs, StandInArchive, StandInReaders
from pipeline.intake import judge, read
from pipeline.register import Register
from pipeline.worker import Worker
from pipeline.worker.one_mail import Result
from tests.own_process import peak

SAMPLES = Path(__file__).parent.parent.parent / "tests" / "samples"
POLL_SECONDS = 300
"""As the settings have it by default."""
RECEIVED = datetime(2024, 6, 18, 4, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Run:
    """What a season came to; times in seconds since the epoch, one a mail, in the order of arrival.

    wall_seconds: of this machine, for all of it; processor_seconds: of this process, which a busy machine does not stretch.
    writer_seconds: the share of a mail in the first. register_octets: the file. disk: on which it
    lay, for each commit waits for it. peak_octets: memory of this process at its most.
    """

    arrived: NDArray[np.float64]
    captured: NDArray[np.float64]
    filed: NDArray[np.float64]
    readers: int
    wall_seconds: float
    processor_seconds: float
    register_octets: int
    disk: str
    peak_octets: int
    states: dict[str, int]

    @property
    def latency(self) -> NDArray[np.float64]:
        """Seconds from arrival to filing of each mail."""
        return self.filed - self.arrived

    @property
    def writer_seconds(self) -> float:
        """What a mail costs the one writer: its shares of two commits, eight events, its reading and filing stored."""
        return self.wall_seconds / len(self.arrived)

    def keep(self, path: Path) -> None:
        """Write all of it into the file *path* (npz), so that it can be drawn without being run anew."""
        told = {field.name: getattr(self, field.name) for field in fields(self)}
        with path.open("wb") as file:
            np.savez_compressed(file, **{**told, "states": json.dumps(self.states)})

    @classmethod
    def kept(cls, path: Path) -> Self:
        """Read what `keep` wrote."""
        with np.load(path) as found:
            told = {name: found[name] if found[name].ndim else found[name].item() for name in found.files}
        return cls(**{**told, "states": json.loads(told["states"])})

    @property
    def most_waiting(self) -> int:
        """The greatest number of mails that had come and were not filed."""
        return int(
            max(np.arange(1, len(self.arrived) + 1) - np.searchsorted(np.sort(self.filed), self.arrived))
        )


@dataclass(frozen=True, kw_only=True)
class Machines:
    """What takes the mails in. readers: tasks at the same time. rate: octets a second from the mailbox."""

    readers: int
    costs: Costs
    rate: float


def simulate(
    mails: Arrivals,
    folder: Path,
    machines: Machines,
    told: Callable[[int], None] = lambda _filed: None,
) -> Run:
    """Let *mails* come and have the worker take them in.

    Args:
        mails: the season.
        folder: of the register, on the disk that is to be measured.
        machines: who reads, and how the mails get there.
        told: called after each round with the number of mails filed.
    """
    given = rules.load()
    attempt = Attempt(results=results(given))
    clock = Clock(float(mails.at[0]) - POLL_SECONDS)
    source = Mailbox(mails, clock, machines.rate)
    pool = StandInReaders(machines.readers, clock, machines.costs, len(mails))
    begun, used = time.perf_counter(), time.process_time()
    with closing(Register(folder / "register.db", year=given.notice.year)) as register:
        worker = Worker(
            archive=StandInArchive(),
            register=register,
            rules=given,
            executor=pool,
            clock=clock,
            attempt=attempt,
            prepare=_nothing,
        )
        _rounds(worker, source, clock, told)
        states = {state.value: count for state, count in register.count().items()}
    return Run(
        arrived=mails.at,
        captured=source.captured,
        filed=pool.ended,
        readers=machines.readers,
        wall_seconds=time.perf_counter() - begun,
        processor_seconds=time.process_time() - used,
        register_octets=sum(path.stat().st_size for path in folder.glob("register.db*")),
        disk=machine.disk(folder),
        peak_octets=peak(),
        states=states,
    )


def _rounds(worker: Worker, source: Mailbox, clock: Clock, told: Callable[[int], None]) -> None:
    """Poll and process as the daemon does, until the last mail is filed; polls at which nothing is new are left out."""
    polled, filed = 0.0, 0

    def poll_if_due(go_on: Callable[[], None]) -> None:
        nonlocal polled
        if clock.seconds - polled >= POLL_SECONDS:
            worker.capture(source, alive=go_on)
            polled = clock.seconds

    while True:
        filed += worker.process(at_once=False, meanwhile=poll_if_due).filed
        told(filed)
        if not np.isnan(source.captured[-1]):
            return
        polls = max(1, math.ceil((source.next_arrival() - polled) / POLL_SECONDS))
        clock.skip_to(polled + polls * POLL_SECONDS)


def results(given: rules.Rules, most: int | None = None) -> tuple[Result, ...]:
    """Read and judge the samples (at *most* so many), whose results are stored again and again."""
    readings = [read(path.read_bytes()) for path in sorted(SAMPLES.glob("*.eml"))[:most]]
    return tuple(Result(reading=one, filing=judge(one, given, received=RECEIVED)) for one in readings)


def _nothing() -> None:
    """There is nothing to prepare."""
