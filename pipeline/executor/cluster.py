"""Reading on other machines: a remote `Processes`, behind a dask scheduler.

Purpose: `open_cluster("dask:tls://…")`. A mail that crashes, hangs or bloats its reader ends a process there, which comes
back as a CutError that is charged; the end of a machine, of the scheduler, of a connection is never the mail's fault.
Each task is given to one machine, which is asked before its first one whether it would read as this one does (alike.py):
dask would run it again elsewhere, unasked, and wait for ever where there is no elsewhere.
Limits: one thread submits. Two daemons may share a cluster; each sees all of its width.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, InvalidStateError, wait
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar, cast

from pipeline.errors import SettingsError, TransientError
from pipeline.executor import inside, there, wire
from pipeline.executor.alike import fingerprint
from pipeline.executor.certificates import Certificates, Place, security
from pipeline.executor.interview import Interviews
from pipeline.executor.lane import CutError
from pipeline.executor.link import Link, Machine
from pipeline.executor.waiting import Waits

P = ParamSpec("P")
T = TypeVar("T")

AGAIN_SECONDS = 5.0
"""How long a cluster is waited for that was not there the last time: a daemon has other things to do."""
WAIT_STEP_SECONDS = 0.1

_log = logging.getLogger("shouwen.operations")


@dataclass(frozen=True, kw_only=True)
class _Flight:
    """A task on its way. name: by which it can be ended. tables: the rules that its message names."""

    name: str
    machine: Machine
    message: bytes
    tables: dict[str, bytes]


class Cluster(Waits, Executor):
    """The readers behind the scheduler at *place*; each task has *seconds* of wall clock and *megabytes* there."""

    isolated = True
    remote = True

    def __init__(
        self,
        place: Place,
        *,
        certificates: Certificates,
        wait_seconds: float,
        seconds: float,
        megabytes: int,
    ) -> None:
        self._place = place
        self._certificates = certificates
        self._patience = self._wait_seconds = wait_seconds
        self._limits = (seconds, megabytes)
        self._first: Callable[[], object] = os.getpid
        self._link: Link | None = None
        self._interviews = Interviews()
        self._sender = wire.Sender()
        self._sent: set[tuple[str, str]] = set()
        self._flying: dict[Future[object], _Flight] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the cluster go; at once where an exception is on its way."""
        self.shutdown(cancel_futures=kind is not None)

    @property
    def width(self) -> int:
        """How many tasks the machines that may read take side by side now, at least 1."""
        return max(1, sum(machine.width for machine in self.machines))

    @property
    def machines(self) -> tuple[Machine, ...]:
        """The machines that are there and may read."""
        if self._link is None or self._link.lost:
            return ()
        return tuple(one for one in self._link.machines.values() if self._interviews.passed(one))

    @property
    def refused(self) -> tuple[str, ...]:
        """Which machines are there and may not read, and why, with the cure, a line each."""
        there_now = self._link.machines.values() if self._link else ()
        return tuple(
            f"读件机 {one.name}：{why}" for one in there_now if (why := self._interviews.refused(one))
        )

    def ready(self, first: Callable[[], object]) -> None:
        """Make sure that a machine can read, and that each that does has called *first*.

        Machines that come later are asked in passing, and used once they have answered.

        Raises:
            TransientError: the scheduler, or a machine that may read, is not there within the time. And what *first* raises.
        """
        deadline = time.monotonic() + self._patience
        self._patience = AGAIN_SECONDS  # until it went well
        link = self._linked(deadline)
        self._first = first
        order = wire.Order(fn=os.getpid, args=(), kwargs={}, first=first, **self._limited)
        message, _ = self._sender.packed(order)
        while True:
            asked_all = self._interviews.hold(link, message, tell=_warn)
            if self.machines and (asked_all or self._interviews.begun):
                break
            self._interviews.reraise(asked_all and not self.machines)
            if link.lost or time.monotonic() > deadline or (asked_all and self.refused):
                raise TransientError(self._nobody(link))
            time.sleep(WAIT_STEP_SECONDS)
        self._interviews.begun = True
        self._patience = self._wait_seconds

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Call *fn*, a function of a module, on one of the machines; waits while all are busy.

        Raises:
            TransientError: no machine is there; the task was not begun.
        """
        order = wire.Order(fn=fn, args=args, kwargs=kwargs, first=self._first, **self._limited)
        message, tables = self._sender.packed(order)
        while (machine := self._free()) is None:
            if not self.machines or self._link is None:
                raise TransientError(self._nobody(self._link))
            wait(self._in_flight(), timeout=WAIT_STEP_SECONDS, return_when=FIRST_COMPLETED)
        task: Future[object] = Future()
        task.set_running_or_notify_cancel()
        flight = _Flight(name=f"shouwen-{uuid.uuid4().hex}", machine=machine, message=message, tables=tables)
        with self._lock:
            self._flying[task] = flight
        self._send(task, flight)
        return cast("Future[T]", task)

    def cut(self) -> None:
        """End what is in flight, now: its futures raise a CutError that is not charged."""
        with self._lock:
            flying, self._flying = self._flying, {}
        link = self._link
        for task in flying:
            _fail(task, "办理被中止")
        for machine in {flight.machine for flight in flying.values()}:
            names = tuple(flight.name for flight in flying.values() if flight.machine == machine)
            if link is not None and not link.lost:
                with suppress(TransientError):
                    link.call(there.end, names, on=machine)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let the cluster go; with cancel_futures, or without wait, what is in flight is cut. The next ready connects anew."""
        if wait and not cancel_futures:
            for task in self._in_flight():
                task.exception()
        self.cut()
        self._let_go()

    @property
    def _limited(self) -> Any:
        return dict(zip(("seconds", "megabytes"), self._limits, strict=True))

    # ------------------------------------------------------------ the connection

    def _linked(self, deadline: float) -> Link:
        """Give the connection, a new one where the last was lost."""
        if self._link is not None and not self._link.lost:
            return self._link
        self._let_go()
        while True:
            try:
                left = max(1.0, deadline - time.monotonic())
                self._link = Link(self._place, self._certificates, left, self._changed)
            except TransientError as error:
                if time.monotonic() + WAIT_STEP_SECONDS > deadline:
                    raise TransientError(
                        f"读件集群 {self._place.address} 连不上（{error}）；请看那台机器上 shouwen cluster scheduler "
                        "是否在运行、端口是否放行、证书是否由同一个签发者签发"
                    ) from error
                time.sleep(WAIT_STEP_SECONDS)
            else:
                return self._link

    def _let_go(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None
            self._changed()
        self._interviews = Interviews()
        self._sent.clear()

    def _nobody(self, link: Link | None) -> str:
        where = f"读件集群 {self._place.address}"
        if link is None or link.lost:
            return f"{where} 断开了：{link.lost if link else '没有连接'}；稍后自动再连"
        if self.refused:
            return f"{where} 没有能用的读件机；" + "；".join(self.refused)
        if link.machines:
            return f"{where} 的读件机还没有答话：{'、'.join(one.name for one in link.machines.values())}；稍后自动再问"
        return f"{where} 一台读件机也没有；请在读件机上运行 shouwen cluster reader"

    def _changed(self) -> None:
        """Let the tasks go whose machine is no more; called from the thread of the link too."""
        link = self._link
        here = {} if link is None or link.lost else link.machines
        with self._lock:
            gone = {task: one for task, one in self._flying.items() if one.machine.address not in here}
            for task in gone:
                del self._flying[task]
        for task, flight in gone.items():
            _fail(task, f"读件机 {flight.machine.name} 失去联系")

    # ------------------------------------------------------------ tasks

    def _free(self) -> Machine | None:
        """The machine with the most room."""
        with self._lock:
            taken = Counter(flight.machine.address for flight in self._flying.values())
        room = {machine: machine.width - taken[machine.address] for machine in self.machines}
        best = max(room, key=lambda machine: (room[machine], machine.address), default=None)
        return best if best is not None and room[best] > 0 else None

    def _in_flight(self) -> tuple[Future[object], ...]:
        with self._lock:
            return tuple(self._flying)

    def _send(self, task: Future[object], flight: _Flight) -> None:
        """Send it off; where that cannot be done the task ends, uncharged."""
        address = flight.machine.address
        with self._lock:
            new = {
                name: octets for name, octets in flight.tables.items() if (address, name) not in self._sent
            }
            self._sent |= {(address, name) for name in new}
        link = self._link
        try:
            if link is None:
                self._end(task, _lost(flight.machine, "没有连接"))
                return
            answer = link.task(
                there.perform,
                flight.name,
                fingerprint(),
                flight.message,
                new,
                key=f"{flight.name}-{uuid.uuid4().hex[:8]}",
                on=flight.machine,
            )
        except Exception as error:  # noqa: BLE001 - dask raises what it likes; the task's future must end
            self._end(task, _lost(flight.machine, type(error).__name__))
            return
        answer.add_done_callback(lambda answer: self._settle(task, flight, answer))

    def _settle(self, task: Future[object], flight: _Flight, answer: Future[Any]) -> None:
        """End *task* as *answer* did; in dask's thread, where nothing may be raised."""
        try:
            octets = answer.result()
            if octets == wire.MISSING and not task.done():
                with self._lock:
                    self._sent -= {(flight.machine.address, name) for name in flight.tables}
                self._send(task, flight)
                return
            returned, value = inside.opened(octets)
        except BaseException as error:  # noqa: BLE001 - whatever it is, the task's future must end
            returned, value = False, _lost(flight.machine, type(error).__name__)
        if isinstance(value, there.UnfitError):
            self._interviews.bar(flight.machine, str(value), tell=_warn)
            value = CutError(f"读件机 {flight.machine.name} {value}", charged=False)
        self._end(task, value, returned=returned)

    def _end(self, task: Future[object], value: object, *, returned: bool = False) -> None:
        with self._lock:
            self._flying.pop(task, None)
        with suppress(InvalidStateError):
            if returned:
                task.set_result(value)
            elif isinstance(value, BaseException):
                task.set_exception(value)


def open_cluster(
    spec: str, *, seconds: float, megabytes: int, certificates: Certificates, wait_seconds: float
) -> Cluster:
    """Open the cluster that *spec* names; nobody is called before `ready`.

    Raises:
        SettingsError: it is no allowed address, the certificates cannot be used, or the extra is not installed.
    """
    place = Place.of(spec)
    if importlib.util.find_spec("distributed") is None:
        raise SettingsError(f"executor = “{spec}”要装附加 [dask]：pip install 'shouwen[dask]'")
    security(place, certificates)  # found out now, not in the first round
    return Cluster(
        place, certificates=certificates, wait_seconds=wait_seconds, seconds=seconds, megabytes=megabytes
    )


def _warn(event: str, said: str) -> None:
    _log.warning(event, extra={"fields": {"said": said}})


def _fail(task: Future[object], why: str) -> None:
    with suppress(InvalidStateError):
        task.set_exception(CutError(why, charged=False))


def _lost(machine: Machine, why: str) -> CutError:
    return CutError(f"读件机 {machine.name} 失去联系（{why}）", charged=False)
