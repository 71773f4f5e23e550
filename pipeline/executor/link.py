"""The connection to one scheduler: who reads there, whether it still answers, calls by name.

Purpose: `Link(…)`, thrown away once `lost` says why. A thread asks the scheduler every second, for a client of dask does not
notice a scheduler that stands still, and waits for ever for a task whose machine is gone.
Source: distributed 2026.8: a client connects again by itself and calls all its futures cancelled; a scheduler that is
another one is a new link here. Its log quotes what it is given, so it is silenced.
Limits: futures are made in the caller's thread and end in that of dask's loop.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import warnings
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline.errors import TransientError
from pipeline.executor.certificates import Certificates, Place, security

LOOK_SECONDS = 1.0
"""How often the scheduler is asked who reads."""
SILENT_SECONDS = 15.0
"""How long it may take to answer: it may be passing on large mails."""
CLOSE_SECONDS = 2.0
"""What a connection is given to end in good order."""


@dataclass(frozen=True, kw_only=True)
class Machine:
    """A reading machine as the scheduler knows it. address: dask's, new at each start. width: tasks side by side."""

    address: str
    name: str
    width: int


class Link:
    """A client of the scheduler at *place*. changed: called from another thread when machines come or go, or it is lost."""

    def __init__(
        self, place: Place, certificates: Certificates, seconds: float, changed: Callable[[], None]
    ) -> None:
        """Connect.

        Raises:
            TransientError: nobody answers within *seconds*. SettingsError: the certificates cannot be used.
        """
        import dask
        from distributed import Client

        quiet()
        dask.config.set({"distributed.comm.timeouts.tcp": f"{SILENT_SECONDS:g}s"})
        self.lost = ""
        self.machines: Mapping[str, Machine] = {}
        self._changed = changed
        try:
            self._client: Any = Client(  # type: ignore[no-untyped-call]  # dask leaves it untyped
                place.address,
                loop=_loop(),
                security=security(place, certificates),
                timeout=seconds,
                set_as_default=False,
                name="shouwen",
            )
        except (
            OSError,
            ValueError,
        ) as error:  # TimeoutError is one; ValueError: what answers is no scheduler
            raise TransientError(f"{type(error).__name__}") from error
        try:
            identity = self._asked()
        except Exception as error:
            self.close()
            raise TransientError(f"{type(error).__name__}") from error
        self._id = identity["id"]
        self.machines = _machines(identity)
        self._closing = threading.Event()
        threading.Thread(target=self._look, name="cluster", daemon=True).start()

    def call(self, fn: Callable[..., object], *args: object, on: Machine) -> Future[Any]:
        """Have a function of there.py called beside the tasks of *on*; the future may raise anything."""

        async def called() -> Any:
            answers = await self._client.run(
                fn, *args, workers=[on.address], on_error="return", asynchronous=True
            )
            answer = answers[on.address]
            if isinstance(answer, BaseException):
                raise answer
            return answer

        return self._run(called())

    def task(self, fn: Callable[..., object], *args: object, key: str, on: Machine) -> Future[Any]:
        """Have it called as a task of *on*, of no other machine; the future may raise anything, or never end."""
        future = self._client.submit(
            fn,
            *args,
            key=key,
            workers=[on.address],
            allow_other_workers=False,
            pure=False,
            retries=0,
        )

        async def gathered() -> Any:
            return await self._client.gather(future, asynchronous=True)

        return self._run(gathered())

    def close(self) -> None:
        """Let the scheduler go."""
        if hasattr(self, "_closing"):
            self._closing.set()
        self.lost = self.lost or "已关闭"
        with suppress(OSError, RuntimeError):  # it was gone already
            self._client.close(timeout=CLOSE_SECONDS)

    def _run(self, coroutine: Any) -> Future[Any]:
        try:
            return asyncio.run_coroutine_threadsafe(coroutine, self._client.loop.asyncio_loop)
        except RuntimeError as error:  # the loop is closed
            coroutine.close()
            raise TransientError(f"{type(error).__name__}") from error

    def _asked(self) -> Any:
        answer = self._run(self._client.scheduler.identity(n_workers=-1))
        try:
            return answer.result(timeout=SILENT_SECONDS)
        finally:
            answer.cancel()

    def _look(self) -> None:
        """Keep `machines` and `lost` true, until it is lost or closed."""
        while not self._closing.wait(LOOK_SECONDS) and not self.lost:
            try:
                identity = self._asked()
            except Exception as error:  # noqa: BLE001 - whatever it is, nobody answers
                self.lost = f"调度没有回应（{type(error).__name__}）"
            else:
                if identity["id"] != self._id or self._client.status != "running":
                    self.lost = "调度重启过"
                self.machines = _machines(identity)
            self._changed()


@cache
def _loop() -> Any:
    """The one loop of this process, in a thread of its own: a client that cannot connect would leave its own behind."""
    from distributed.utils import LoopRunner

    runner: Any = LoopRunner(asynchronous=False)
    runner.start()
    return runner.loop


def _machines(identity: Any) -> dict[str, Machine]:
    return {
        address: Machine(
            address=address, name=str(told["name"]).partition("#")[0], width=int(told["nthreads"])
        )
        for address, told in identity["workers"].items()
        if told["status"] == "running"
    }


def quiet() -> None:
    """Have dask log nothing: what it would say, we say in Chinese, and it quotes what it is given, words of mails."""
    import distributed  # noqa: F401 - it gives its loggers their levels when it is imported

    warnings.filterwarnings("ignore", "Sending large graph")
    for name in tuple(logging.root.manager.loggerDict):
        if name.partition(".")[0] in ("distributed", "tornado", "asyncio"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
