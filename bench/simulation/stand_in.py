"""What stands in: readers that take as long as was measured, and an archive that makes its octets anew.

Limits: the readers fail at nothing; what a mail takes is drawn from its number, so that it is the same in every run.
"""

from __future__ import annotations

import hashlib
import heapq
import itertools
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Any, ParamSpec, TypeVar

import numpy as np

from bench.simulation.arrivals import number_of, octets_of
from bench.simulation.clock import Clock
from pipeline.archive import Blob, Fixity
from pipeline.errors import IntegrityError
from pipeline.worker.one_mail import Result, Task

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Costs:
    """What one mail costs a reader: core-seconds for reading and judging, and for each scanned page if it has such.

    scanned: share of mails with scans, 0..1. pages: pages of each of those.
    """

    read_seconds: float
    scanned: float
    pages: int
    page_seconds: float

    @property
    def mean_seconds(self) -> float:
        """Core-seconds of a mail in the mean."""
        return self.read_seconds + self.scanned * self.pages * self.page_seconds

    def seconds(self, number: int) -> float:
        """Core-seconds of mail *number*: reading is log-normal around its mean, scans come on top."""
        dice = np.random.default_rng([7, number])
        reading = self.read_seconds * dice.lognormal(-0.5, 1.0)
        return float(reading + (dice.random() < self.scanned) * self.pages * self.page_seconds)


@dataclass(order=True)
class _Flight:
    """A task on its way, the one that *ends* first first: in seconds since the epoch."""

    ends: float
    order: int
    number: int = field(compare=False)
    future: Future[Any] = field(compare=False)
    work: Callable[[], Any] = field(compare=False)


class StandInReaders:
    """*width* readers, each busy with a mail until its time is over by *clock*. ended: for each mail, when it was."""

    isolated = True
    remote = False

    def __init__(self, width: int, clock: Clock, costs: Costs, mails: int) -> None:
        self.width = width
        self.ended = np.full(mails, np.nan)
        self._clock = clock
        self._costs = costs
        self._order = itertools.count()
        self._flying: list[_Flight] = []

    def ready(self, first: Callable[[], object]) -> None:
        """They always are."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Begin a task; what it gives is there when its time is over."""
        task = next(one for one in args if isinstance(one, Task))
        number = number_of(bytes(task.octets))
        future: Future[T] = Future()
        ends = self._clock.seconds + self._costs.seconds(number)
        heapq.heappush(
            self._flying, _Flight(ends, next(self._order), number, future, lambda: fn(*args, **kwargs))
        )
        return future

    def wait(self, futures: Collection[Future[T]], seconds: float) -> Collection[Future[T]]:  # noqa: ARG002 - all that fly
        """Skip to the end of the next task instead of waiting for it, unless *seconds* is 0; end all whose time is over."""
        if seconds and self._flying:
            self._clock.skip_to(self._flying[0].ends)
        ended: list[Future[T]] = []
        while self._flying and self._flying[0].ends <= self._clock.seconds:
            flight = heapq.heappop(self._flying)
            self.ended[flight.number] = self._clock.seconds
            flight.future.set_result(flight.work())
            ended.append(flight.future)
        return ended

    def cut(self) -> None:
        """Nothing is in flight when a round ends well."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Nothing is open."""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """Gives what was read and judged of the samples, under the digest of the mail at hand."""

    results: tuple[Result, ...]

    def __call__(self, task: Task) -> Result:
        """Give one of the results, the same for the same octets."""
        sha256 = hashlib.sha256(task.octets).hexdigest()
        result = self.results[int(sha256[:8], 16) % len(self.results)]
        if result.reading is None:
            raise TypeError("a result without a reading")
        return replace(result, reading=replace(result.reading, sha256=sha256))


class StandInArchive:
    """Keeps digests alone, and makes the octets of a mail anew from its number."""

    address = here = ""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def put(self, pieces: bytes | Iterable[bytes]) -> Blob:
        """Remember which mail it is."""
        octets = pieces if isinstance(pieces, bytes) else b"".join(pieces)
        sha256 = hashlib.sha256(octets).hexdigest()
        fresh = sha256 not in self._numbers
        self._numbers[sha256] = number_of(octets)
        return Blob(sha256=sha256, size=len(octets), fresh=fresh)

    def lay(self, pieces: bytes | Iterable[bytes]) -> Blob:
        """Put them."""
        return self.put(pieces)

    def settle(self, digests: Iterable[str]) -> None:
        """Do nothing: no power cut is survived here."""

    def get(self, sha256: str) -> bytes:
        """Make them anew."""
        if sha256 not in self._numbers:
            raise IntegrityError(sha256)
        return octets_of(self._numbers[sha256])

    def contains(self, sha256: str) -> bool:
        """It came."""
        return sha256 in self._numbers

    def check(self, sha256: str) -> Fixity:
        """Make them anew, and their digest."""
        if sha256 not in self._numbers:
            return Fixity.MISSING
        return Fixity.INTACT if hashlib.sha256(self.get(sha256)).hexdigest() == sha256 else Fixity.ALTERED

    @property
    def is_empty(self) -> bool:
        """Nothing came."""
        return not self._numbers

    def digests(self) -> Iterator[str]:
        """All of them, ascending."""
        return iter(sorted(self._numbers))

    def discard_unfinished(self) -> int:
        """There is nothing half written."""
        return 0
