"""Where reading happens: in this process, in a pool of processes, or on other machines, behind concurrent.futures.Executor.

Purpose: `open_executor(settings.executor)`. Results are the same everywhere; only speed differs, and what a hang, a blow-up
of memory or a crash costs: in a process of the pool it ends that task alone, and CutError says why.
Map: pool.py this machine · lane.py one process as its parent sees it, and why pebble is used as it is · inside.py what runs in
the process · waiting.py how tasks are waited for. Other machines: cluster.py who gets which task · link.py the connection ·
alike.py who may read · wire.py what crosses · there.py what a reading machine does · serving.py its process, and the
scheduler's · certificates.py.
Limits: one thread submits; memory is limited on systems with RLIMIT_DATA (Linux from 4.7).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from concurrent.futures import Future
from typing import TYPE_CHECKING, ParamSpec, Protocol, TypeVar

from pipeline.errors import SettingsError
from pipeline.executor.certificates import Certificates
from pipeline.executor.lane import CutError
from pipeline.executor.pool import MEGABYTES, SECONDS, Processes, Serial

if TYPE_CHECKING:
    from pipeline.executor.cluster import Cluster

__all__ = ["MEGABYTES", "Certificates", "CutError", "Processes", "Readers", "Serial", "open_executor"]

P = ParamSpec("P")
T = TypeVar("T")

WAIT_SECONDS = 60
"""How long a scheduler and its first reading machine may be waited for."""


class Readers(Protocol):
    """Where tasks are done: an Executor for one thread that submits, with what the worker must know of it."""

    @property
    def width(self) -> int:
        """How many tasks there may be at the same time, at least 1."""

    @property
    def isolated(self) -> bool:
        """Whether a task that crashes, hangs or bloats ends alone, as a CutError, and not with this process."""

    @property
    def remote(self) -> bool:
        """Whether tasks may be done on other machines, which reach a shared archive themselves."""

    def ready(self, first: Callable[[], object]) -> None:
        """Make sure that tasks can be done, and that *first* was called wherever they will be: no mail's fault if not.

        Raises:
            TransientError: there is nobody who could. And whatever *first*, a function of a module, raises.
        """

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have *fn*, a function of a module, called; its future always ends, with a CutError where it was ended."""

    def wait(self, futures: Collection[Future[T]], seconds: float) -> Collection[Future[T]]:
        """Wait until one of *futures* has ended, *seconds* at most; return all that have."""

    def cut(self) -> None:
        """End what is in flight, now: its futures raise a CutError that is not charged."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let go of all that was opened."""


def open_executor(
    spec: str,
    *,
    seconds: float = SECONDS,
    megabytes: int = MEGABYTES,
    certificates: Certificates = Certificates(),  # noqa: B008 - frozen
    wait_seconds: float = WAIT_SECONDS,
) -> Serial | Processes | Cluster:
    """Open the executor that *spec* names, a context manager: "serial", "processes:N" (N from 1) or "dask:tls://host:port".

    Args:
        spec: as in the settings.
        seconds: wall clock after which a task is killed; "serial" cannot.
        megabytes: data of one process, beyond which its task fails; "serial" has no such limit.
        certificates: of a cluster, for tls.
        wait_seconds: how long a scheduler and a reading machine may be waited for; nobody is called yet.

    Raises:
        SettingsError: it names none, or what it needs is missing.
    """
    if spec == "serial":
        return Serial()
    if match := re.fullmatch(r"processes:([1-9]\d?)", spec):
        return Processes(int(match[1]), seconds=seconds, megabytes=megabytes)
    if spec.startswith("dask:"):
        from pipeline.executor.cluster import open_cluster

        return open_cluster(
            spec, seconds=seconds, megabytes=megabytes, certificates=certificates, wait_seconds=wait_seconds
        )
    raise SettingsError(
        f"executor = “{spec}”不认识；可写 serial、processes:N（N 为 1-99）或 dask:tls://主机:端口"
    )
