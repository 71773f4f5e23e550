"""What a reading machine does when it is called: say what is installed, have a process ready, do a task, end one.

Purpose: `introduce`, `prepare`, `perform`, `end` are called by name from the daemon's machine, in the process that
`serving.py` runs; `Desk` is what they work with. A task goes to a process with limits and without secrets, the same as on
one machine; archive keys are resolved before, here, with this machine's own credentials.
Limits: what comes back is octets that we pickle. A daemon that is gone leaves its tasks running to their limit.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, Self, runtime_checkable

from pipeline.archive import Key
from pipeline.errors import IntegrityError, ShouwenError
from pipeline.executor import inside, wire
from pipeline.executor.alike import fingerprint, installed
from pipeline.executor.lane import CutError
from pipeline.executor.pool import Processes

MOST_ENDED = 1000
"""How many orders that were ended are remembered: more than can be on their way."""


class UnfitError(CutError):
    """This machine cannot do its part: no mail's fault, and the others may do better."""

    def __init__(self, why: str, *, charged: bool = False) -> None:
        super().__init__(why, charged=charged)


@runtime_checkable
class Keyed(Protocol):
    """What may name octets instead of having them (`Task`)."""

    def fetched(self, get: Callable[[Key], bytes]) -> Self:
        """Return it with the octets that *get* gives for its keys."""


class Desk:
    """The processes of one reading machine, and which order is in each. get: fetches octets, their digest checked."""

    def __init__(self, get: Callable[[Key], bytes]) -> None:
        self._get = get
        self._tables = wire.Tables()
        self._lock = threading.Lock()
        self._idle: list[tuple[tuple[float, int], Processes]] = []
        self._busy: dict[Processes, str] = {}
        self._ended: deque[str] = deque(maxlen=MOST_ENDED)

    def perform(self, name: str, expected: str, message: bytes, tables: dict[str, bytes]) -> bytes:
        """Do the order of that *name*, whose sender *expected* this fingerprint; whatever becomes of it is an answer.

        Returns:
            for inside.opened; wire.MISSING where the rules are not here any more.
        """
        try:
            order = self._opened(message, tables) if expected == fingerprint() else None
            if order is not None:
                return inside.returned(self._done(name, order))
        except BaseException as error:  # noqa: BLE001 - an executor hands every exception to its future
            return inside.raised(error)
        return wire.MISSING if expected == fingerprint() else inside.raised(UnfitError("换了程序或转换程序"))

    def prepare(self, message: bytes) -> None:
        """Make sure that a process starts and can call the first function of that order.

        Raises:
            TransientError: it does not start. And whatever the function raises.
        """
        order = self._opened(message, {})
        if order is None:
            raise UnfitError("没有规则")
        with self._process("", order) as process:
            process.ready(order.first)

    def end(self, names: Sequence[str]) -> None:
        """End the orders of these *names*, also those that are yet to begin."""
        with self._lock:
            self._ended.extend(names)
            at_work = [process for process, name in self._busy.items() if name in names]
        for process in at_work:
            process.cut()

    def close(self) -> None:
        """End all processes."""
        with self._lock:
            all_of_them = [*self._busy, *(process for _, process in self._idle)]
            self._idle.clear()
        for process in all_of_them:
            process.shutdown(cancel_futures=True)

    def _opened(self, message: bytes, tables: dict[str, bytes]) -> wire.Order | None:
        with self._lock:
            try:
                return self._tables.opened(message, tables)
            except KeyError:
                return None

    def _done(self, name: str, order: wire.Order) -> object:
        args = self._whole(order.args)
        with self._process(name, order) as process:
            if name in self._ended:
                raise CutError("办理被中止", charged=False)
            try:
                process.ready(order.first)
                task = process.submit(order.fn, *args, **order.kwargs)
            except Exception as error:
                raise UnfitError(f"起不了读件进程：{_said(error)}") from error
            return task.result()

    def _whole(self, args: Sequence[object]) -> tuple[object, ...]:
        """Fetch what *args* only name; what is wrong with the octets themselves is told as it is everywhere."""
        try:
            return tuple(arg.fetched(self._get) if isinstance(arg, Keyed) else arg for arg in args)
        except IntegrityError:
            raise
        except Exception as error:
            raise UnfitError(f"取不到原件：{_said(error)}") from error

    @contextmanager
    def _process(self, name: str, order: wire.Order) -> Iterator[Processes]:
        """Take an idle process with these limits, or a new one, and put it back afterwards."""
        limits = (order.seconds, order.megabytes)
        with self._lock:
            fitting = [one for one in self._idle if one[0] == limits]
            others = [] if fitting else self._idle
            taken = fitting[-1] if fitting else None
            self._idle = [one for one in self._idle if fitting and one is not taken]
            process = taken[1] if taken else Processes(1, seconds=order.seconds, megabytes=order.megabytes)
            self._busy[process] = name
        for _, other in others:
            other.shutdown(cancel_futures=True)
        try:
            yield process
        finally:
            with self._lock:
                del self._busy[process]
                self._idle.append((limits, process))


def _said(error: Exception) -> str:
    return str(error) if isinstance(error, ShouwenError) else f"程序出错 {type(error).__name__}"


# ------------------------------------------------------------ called by name from the daemon's machine

_desks: list[Desk] = []


@contextmanager
def at_the_desk(get: Callable[[Key], bytes]) -> Iterator[Desk]:
    """Make this process a reading machine's, for as long as the block lasts."""
    desk = Desk(get)
    _desks.append(desk)
    try:
        yield desk
    finally:
        _desks.remove(desk)
        desk.close()


async def introduce() -> str:
    """Say what is installed here, as JSON; {} where this is no reading machine of ours."""
    return json.dumps(dict(await asyncio.to_thread(installed)) if _desks else {})


async def prepare(message: bytes) -> bytes:
    """Have a process ready for orders like this one; the answer is for inside.opened."""
    try:
        await asyncio.to_thread(_desks[0].prepare, message)
    except BaseException as error:  # noqa: BLE001 - it is told to whoever asked
        return inside.raised(error)
    return inside.returned(None)


def perform(name: str, expected: str, message: bytes, tables: dict[str, bytes]) -> Any:
    """Do an order; see `Desk.perform`."""
    if not _desks:
        return inside.raised(UnfitError("不是 shouwen cluster reader 起的读件进程"))
    return _desks[0].perform(name, expected, message, tables)


async def end(names: Sequence[str]) -> None:
    """End the orders of these *names*."""
    for desk in _desks:
        await asyncio.to_thread(desk.end, names)
