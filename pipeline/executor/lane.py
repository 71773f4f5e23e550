"""One process of the pool as its parent sees it: one task at a time, and what became of it.

Purpose: `Lane.call()` gives a future that always ends: with a result, with what the task raised, or with a CutError.
Source: pebble 5.2 starts, feeds and replaces the process; its code (pool/process.py, pool/channel.py) has these traps.
The workers of a pool share one pipe and one lock: one that dies while it holds the lock (it does while it answers) stops
the others, an idle one that dies breaks the pool, an answer that cannot be unpickled ends the pool's threads. So a lane is
a pool of one, thrown away whole after any death, and tasks and answers cross as octets that we pickle (inside.py).
Time-outs are reckoned by time.time(), which jumps: an alarm in the worker is the limit, pebble's the net below it. An end
with status 0 is no death to pebble, and a task that comes while its pool breaks is forgotten: a thread watches the process
itself. A pool that is stopped leaves its futures open and
gives each process 3 s to go: the futures here are ours, and what is busy is killed.
Limits: a lane belongs to one thread. The two threads of an idle pool look around ten times a second.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import multiprocessing.connection
import pickle
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, InvalidStateError
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.process import BaseProcess

from pebble import ProcessExpired, ProcessPool

from pipeline import tools
from pipeline.errors import TransientError
from pipeline.executor import inside
from pipeline.private_folder import prefix

NET_SECONDS = 3
"""How much later than the worker's own alarm pebble ends a task."""
NOTICE_SECONDS = 0.5
"""What pebble is given to notice a death by itself; it looks every 0.1 s."""
MAX_SERVED = 500
"""Tasks after which a process is begun anew, so that what libraries leak is charged to no mail."""


class CutError(TransientError):
    """A task was ended from outside; the message says in Chinese why. charged: False where it had no part in it."""

    def __init__(self, why: str, *, charged: bool = True) -> None:
        super().__init__(why)
        self.charged = charged


class Lane:
    """One process with a limit of *megabytes* on its data, its folder, and the task in it. task: that one, or the last."""

    def __init__(self, megabytes: int) -> None:
        self.task: Future[object] = Future()
        self._megabytes = megabytes
        self._served = 0
        self._spent = False
        self._process: BaseProcess | None = None
        self._folder = tempfile.TemporaryDirectory(prefix=prefix(), ignore_cleanup_errors=True)
        self._pool = ProcessPool(
            max_workers=1,
            initializer=inside.become_worker,
            initargs=(self._folder.name, megabytes),
            context=multiprocessing.get_context("spawn"),
        )

    @property
    def busy(self) -> bool:
        """A task is in it."""
        return self._served > 0 and not self.task.done()

    @property
    def fit(self) -> bool:
        """The process runs and may be given another task."""
        running = self._process is not None and self._process.is_alive()
        return running and not self._spent and self._served < MAX_SERVED and self._pool.active

    def call(
        self, fn: Callable[..., object], args: Sequence[object], kwargs: Mapping[str, object], seconds: float
    ) -> Future[object]:
        """Have the process, which is not busy, call *fn* within *seconds* of wall clock.

        Raises:
            TransientError: the pool cannot take it.
        """
        message = pickle.dumps((fn, args, kwargs))
        task: Future[object] = Future()
        task.set_running_or_notify_cancel()
        self.task, self._served = task, self._served + 1
        begun = time.monotonic()
        try:
            answer = self._pool.schedule(inside.done, (message, seconds), timeout=seconds + NET_SECONDS)
        except (BrokenProcessPool, RuntimeError, OSError) as error:
            self._spent = True
            _fail(task, error)
            raise TransientError(f"读件进程接不了任务（{type(error).__name__}），稍后再试") from error
        answer.add_done_callback(lambda answer: self._settle(task, answer, seconds, time.monotonic() - begun))
        return task

    def leave(self) -> None:
        """Begin the end: a busy process is killed and its task told so, an idle one asked to go."""
        busy = self.busy
        self._pool.stop()  # type: ignore[no-untyped-call]  # pebble leaves it untyped
        _fail(self.task, CutError("办理被中止", charged=False))
        if self._process is not None:
            (self._process.kill if busy else self._process.terminate)()

    def join(self) -> None:
        """Wait for the end that `leave` began, and leave nothing behind."""
        if self._process is not None:
            self._process.join(timeout=NET_SECONDS)
        self._pool.join()
        tools.kill_below(self._folder.name)
        self._folder.cleanup()

    def _settle(
        self, task: Future[object], answer: Future[tuple[int, bytes]], seconds: float, took: float
    ) -> None:
        """End *task* as *answer* did; in a thread of the pool, where nothing may be raised."""
        try:
            returned, value = self._received(answer)
        except BaseException as error:  # noqa: BLE001 - whatever it is, the task's future must end
            self._spent = True
            _fail(task, self._cut(error, seconds, took))
            return
        with contextlib.suppress(InvalidStateError):
            if returned:
                task.set_result(value)
            elif isinstance(value, BaseException):
                task.set_exception(value)

    def _received(self, answer: Future[tuple[int, bytes]]) -> tuple[bool, object]:
        pid, message = answer.result()
        if self._process is None:
            self._process = _child(pid)
            threading.Thread(target=self._watch, daemon=True).start()
        if message == inside.OUT_OF_MEMORY:
            raise MemoryError
        return inside.opened(message)

    def _watch(self) -> None:
        """See to it that the task ends when the process does, where pebble has not noticed."""
        if self._process is not None:
            multiprocessing.connection.wait([self._process.sentinel])
            self._spent = True
            time.sleep(NOTICE_SECONDS)
            ended_well = self._process.exitcode == 0
            _fail(self.task, self._cut(MemoryError() if ended_well else BrokenProcessPool(), 0, 0))

    def _cut(self, error: BaseException, seconds: float, took: float) -> CutError:
        """Say what *error*, after *took* seconds by a clock that does not jump, was for the task."""
        late = f"办理超过 {seconds:g} 秒，已中止"
        if isinstance(error, TimeoutError):
            return CutError(late, charged=took >= seconds)  # sooner: the other clock jumped
        if isinstance(error, ProcessExpired) and error.exitcode == -signal.SIGALRM:
            return CutError(late)
        if isinstance(
            error, BrokenProcessPool
        ):  # it ended before it took the task up: that cannot be the cause
            return CutError("读件进程还没有接到任务就已不在", charged=False)
        known = isinstance(error, ProcessExpired | MemoryError)
        return CutError(
            f"内存超过 {self._megabytes} MB 或读件程序崩溃" + ("" if known else f"（{type(error).__name__}）")
        )


def _child(pid: int) -> BaseProcess | None:
    return next((child for child in multiprocessing.active_children() if child.pid == pid), None)


def _fail(task: Future[object], error: BaseException) -> None:
    with contextlib.suppress(InvalidStateError):
        task.set_exception(error)
