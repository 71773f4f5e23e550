"""The processes of a cluster that are not the daemon: the scheduler, and a reading machine.

Purpose: `schedule()` and `read()` serve until they are told to stop; a reading machine that lost its scheduler looks for it
again, for as long as it takes.
Source: distributed 2026.8. A worker of dask ends when its scheduler is gone, and would wait for the tasks in its threads;
nobody wants their answers, so they are ended. No dashboard, no spilling to disk, no profiler, no stealing of tasks.
Limits: dask's small HTTP server listens on loopback, without a page.
"""

from __future__ import annotations

import asyncio
import signal
import tempfile
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pipeline.archive import Key
from pipeline.errors import TransientError
from pipeline.executor.certificates import Certificates, Place, security
from pipeline.executor.link import SILENT_SECONDS, quiet
from pipeline.executor.there import Desk, at_the_desk
from pipeline.private_folder import prefix

LOST_SECONDS = 60.0
"""How long a reading machine may be silent before the scheduler gives it up; it tells of itself twice a second."""
CONNECT_SECONDS = 20.0
AGAIN_SECONDS = 2.0
GLANCE_SECONDS = 0.2
"""How often a reading machine looks whether it is to stop, or lost its scheduler."""
NO_PAGE = "127.0.0.1:0"
MARK = "#"
"""Stands between a machine's name and what makes it unique: one that was cut off comes back before it is given up."""

Tell = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A reading machine. width: mails side by side. get: fetches octets from a shared archive, their digest checked."""

    name: str
    width: int
    get: Callable[[Key], bytes]


def schedule(place: Place, certificates: Certificates, *, lost_seconds: float, tell: Tell) -> None:
    """Be the scheduler at *place* (host: the address to listen on) until SIGTERM or Ctrl-C.

    Raises:
        TransientError: the address is taken or not this machine's. SettingsError: the certificates cannot be used.
    """
    _set_up(lost_seconds)
    asyncio.run(_schedule(place, certificates, tell))


def read(place: Place, certificates: Certificates, reading: Reading, *, tell: Tell) -> None:
    """Be a reading machine of the scheduler at *place* until SIGTERM or Ctrl-C.

    Raises:
        SettingsError: the certificates cannot be used.
    """
    _set_up(LOST_SECONDS)
    asyncio.run(_read(place, certificates, reading, tell))


async def _schedule(place: Place, certificates: Certificates, tell: Tell) -> None:
    from distributed import Scheduler

    stop = _told_to_stop()
    try:
        async with Scheduler(
            protocol=f"{place.protocol}://",
            host=place.host.strip("[]"),
            port=place.port,
            security=security(place, certificates),
            dashboard=False,
            dashboard_address=NO_PAGE,
        ) as scheduler:
            tell(f"调度已启动：{scheduler.address}")
            await stop.wait()
    except OSError as error:
        raise TransientError(
            f"调度不能在 {place.address} 上监听（{error.strerror or type(error).__name__}）；"
            "请换一个端口，或检查地址是不是本机的"
        ) from error


async def _read(place: Place, certificates: Certificates, reading: Reading, tell: Tell) -> None:
    stop = _told_to_stop()
    trouble = ""
    with at_the_desk(reading.get) as desk:
        while not stop.is_set():
            try:
                await _serve(place, certificates, reading, desk, (stop, tell))
                said = f"与调度 {place.address} 断开了，正在再连"
            except (
                OSError,
                ValueError,
                RuntimeError,
            ) as error:  # TimeoutError is one; dask raises the others too
                said = f"调度 {place.address} 连不上（{type(error).__name__}），会一直再试；请看调度是否在运行、证书是否同一签发者"
            if said != trouble and not stop.is_set():
                tell(said)
                trouble = said
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), AGAIN_SECONDS)


async def _serve(
    place: Place,
    certificates: Certificates,
    reading: Reading,
    desk: Desk,
    outside: tuple[asyncio.Event, Tell],
) -> None:
    """Serve one scheduler until it is gone or the stop is set."""
    from distributed import Worker

    stop, tell = outside
    with tempfile.TemporaryDirectory(prefix=prefix()) as folder:
        worker: Any = Worker(
            place.address,
            name=f"{reading.name}{MARK}{uuid.uuid4().hex[:4]}",
            nthreads=reading.width,
            security=security(place, certificates),
            local_directory=folder,
            memory_limit=0,
            death_timeout=CONNECT_SECONDS,
            dashboard=False,
            dashboard_address=NO_PAGE,
        )
        try:
            await worker
            tell(f"读件机 {reading.name} 已连上调度 {place.address}，同时读 {reading.width} 封")
            while worker.status.name in ("running", "paused") and not stop.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), GLANCE_SECONDS)
        finally:
            await asyncio.to_thread(desk.close)
            await worker.close(timeout=AGAIN_SECONDS)


def _told_to_stop() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


def _set_up(lost_seconds: float) -> None:
    import dask

    quiet()
    dask.config.set(
        {
            "distributed.admin.system-monitor.gil.enabled": False,
            "distributed.comm.timeouts.connect": f"{CONNECT_SECONDS:g}s",
            "distributed.comm.timeouts.tcp": f"{SILENT_SECONDS:g}s",
            "distributed.diagnostics.nvml": False,
            "distributed.scheduler.active-memory-manager.start": False,
            "distributed.scheduler.http.routes": [],
            "distributed.scheduler.no-workers-timeout": f"{lost_seconds:g}s",
            "distributed.scheduler.work-stealing": False,
            "distributed.scheduler.worker-ttl": f"{lost_seconds:g}s",
            "distributed.worker.http.routes": [],
            "distributed.worker.memory.pause": False,
            "distributed.worker.memory.spill": False,
            "distributed.worker.memory.target": False,
            "distributed.worker.memory.terminate": False,
            "distributed.worker.profile.enabled": False,
        }
    )
