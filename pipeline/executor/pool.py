"""Reading on this machine: at once in this process, or in a pool of processes of which each may end alone.

Purpose: `Serial`, `Processes`. Limits: one thread submits; memory is limited on systems with RLIMIT_DATA (Linux from 4.7).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from types import TracebackType
from typing import ParamSpec, Self, TypeVar, cast

from pipeline.errors import TransientError
from pipeline.executor.lane import CutError, Lane
from pipeline.executor.waiting import Waits

P = ParamSpec("P")
T = TypeVar("T")

SECONDS = 900
"""Wall clock of one task: a mail of twenty scanned pages takes OCR some minutes, and the machine may be busy."""
MEGABYTES = 2048
"""Data of one process: the stages take 220 once all is loaded; a large mail and what is unpacked from it, some hundred."""
PING_SECONDS = 120
"""How long a new process may take to answer its first call; starting Python on a busy machine takes seconds."""


class Serial(Waits, Executor):
    """Does what is submitted at once, in this process, to its end: nothing can be cut, and no limit holds."""

    width = 1
    isolated = False
    remote = False

    def __enter__(self) -> Self:
        return self

    def ready(self, first: Callable[[], object]) -> None:
        """Call *first*, which raises where no task could succeed."""
        first()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Call *fn* now; the future is done when this returns."""
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - an executor hands every exception to its future
            future.set_exception(error)
        return future

    def cut(self) -> None:
        """Do nothing: whoever can call this has nothing in flight."""


class Processes(Waits, Executor):
    """A pool of *width* spawned processes; whatever becomes of one of them, the others' tasks go on.

    A future whose task took more than *seconds* of wall clock or *megabytes*, or lost its process, raises CutError.
    """

    isolated = True
    remote = False

    def __init__(self, width: int, *, seconds: float = SECONDS, megabytes: int = MEGABYTES) -> None:
        self.width = width
        self._seconds = seconds
        self._megabytes = megabytes
        self._lanes: tuple[Lane, ...] = ()
        self._first: Callable[[], object] = os.getpid

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the pool go; at once where an exception is on its way."""
        self.shutdown(cancel_futures=kind is not None)

    def ready(self, first: Callable[[], object]) -> None:
        """Make sure that every process runs and has called *first*: what fails here is no mail's fault.

        Raises:
            TransientError: a process cannot be started. And whatever *first*, a function of a module, raises.
        """
        self._first = first
        self._revive()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Call *fn*, a function of a module, in a process of the pool; waits while all are busy.

        Raises:
            TransientError: no process can be started; the task was not begun.
        """
        self._revive()
        if all(lane.busy for lane in self._lanes):
            wait([lane.task for lane in self._lanes], return_when=FIRST_COMPLETED)
            self._revive()
        lane = next(lane for lane in self._lanes if not lane.busy)
        return cast("Future[T]", lane.call(fn, args, kwargs, self._seconds))

    def cut(self) -> None:
        """End what is in flight, now: its futures raise a CutError that is not charged."""
        self._end([lane for lane in self._lanes if lane.busy])

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let the pool go; with cancel_futures, or without wait, what is in flight is cut. The next submit makes another."""
        if wait and not cancel_futures:
            for lane in self._lanes:
                lane.task.exception()
        self._end(self._lanes)

    def _revive(self) -> None:
        """Begin anew what is spent, all at once, and have each process call the first function."""
        self._end([lane for lane in self._lanes if not (lane.busy or lane.fit)])
        new: list[Lane] = []
        ended = False
        try:
            for _ in range(self.width - len(self._lanes)):
                new.append(Lane(self._megabytes))
                new[-1].call(self._first, (), {}, PING_SECONDS)
            deadline = time.monotonic() + PING_SECONDS
            for lane in new:
                lane.task.result(timeout=max(0.0, deadline - time.monotonic()))
            ended = True
        except (CutError, TimeoutError) as error:
            raise TransientError(
                '读件进程起不来；请检查内存和磁盘，或改用 executor = "serial" 后再试'
            ) from error
        finally:
            if not ended:
                self._end(new)
        self._lanes += tuple(new)

    def _end(self, lanes: Sequence[Lane]) -> None:
        """End *lanes* together and forget them."""
        going = tuple(lanes)
        self._lanes = tuple(lane for lane in self._lanes if lane not in going)
        for lane in going:
            lane.leave()
        for lane in going:
            lane.join()
