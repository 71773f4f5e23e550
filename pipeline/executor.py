"""Where reading happens: at once in this process, or in a pool of processes, behind concurrent.futures.Executor.

Purpose: `open_executor(settings.executor)`. Results are the same everywhere; only the speed and what a crash costs differ.
Source: CPython 115634 (`max_tasks_per_child` hangs on 3.11, so it is never used); spawn, not fork: a forked child
inherits locks and connections.
Limits: a pool cannot kill one task; what may hang (documents, converters) has its own limit in tools.py.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import multiprocessing.connection
import os
import re
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import ParamSpec, Self, TypeVar

from pipeline.errors import SettingsError, TransientError

P = ParamSpec("P")
T = TypeVar("T")

PING_SECONDS = 120
"""How long a new pool may take to answer its first call; starting Python on a busy machine takes seconds."""


class Serial(Executor):
    """Does what is submitted at once, in this process. width: tasks at the same time. isolated: a crash is ours."""

    width = 1
    isolated = False

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


class Processes(Executor):
    """A pool of *width* spawned processes that is made anew after a death.

    A future whose process died raises BrokenProcessPool, and so do those in flight beside it.
    """

    isolated = True

    def __init__(self, width: int) -> None:
        self.width = width
        self._pool: ProcessPoolExecutor | None = None
        self._first: Callable[[], object] = os.getpid

    def __enter__(self) -> Self:
        return self

    def ready(self, first: Callable[[], object]) -> None:
        """Start the pool where there is none, and have it call *first*: what fails here is no mail's fault.

        Raises:
            TransientError: no pool can be started. And whatever *first*, a function of a module, raises.
        """
        self._first = first
        self._alive()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Call *fn* in a process of the pool.

        Raises:
            TransientError: no pool can be started; the task was not begun.
        """
        with contextlib.suppress(BrokenProcessPool):
            return self._alive().submit(fn, *args, **kwargs)
        self.shutdown()
        return self._alive().submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let the pool go; the next submit makes another."""
        pool, self._pool = self._pool, None
        if pool:
            pool.shutdown(wait=wait, cancel_futures=cancel_futures)

    def _alive(self) -> ProcessPoolExecutor:
        if self._pool is None:
            pool = ProcessPoolExecutor(
                self.width, mp_context=multiprocessing.get_context("spawn"), initializer=_become_worker
            )
            try:
                # All processes at once: a pool that still grows while one of its processes dies loses the new one, and
                # then never ends (concurrent.futures.process, _adjust_process_count beside terminate_broken).
                for ping in [pool.submit(self._first) for _ in range(self.width)]:
                    ping.result(timeout=PING_SECONDS)
                self._pool = pool
            except (BrokenProcessPool, TimeoutError, OSError) as error:
                raise TransientError(
                    '读件进程起不来；请检查内存和磁盘，或改用 executor = "serial" 后再试'
                ) from error
            finally:
                if self._pool is not pool:
                    pool.shutdown(wait=False, cancel_futures=True)
        return self._pool


def open_executor(spec: str) -> Serial | Processes:
    """Open the executor that *spec* names: "serial" or "processes:N" (N from 1); a context manager.

    Raises:
        SettingsError: it names none.
    """
    if spec == "serial":
        return Serial()
    if match := re.fullmatch(r"processes:([1-9]\d?)", spec):
        return Processes(int(match[1]))
    raise SettingsError(f"executor = “{spec}”不认识；可写 serial 或 processes:N（N 为 1-99）")


def _become_worker() -> None:
    """Leave Ctrl-C to the parent, and end when the parent is gone (a killed parent cannot tell its children)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    multiprocessing.connection.wait([sentinel])
    os._exit(1)
