"""What runs in a process of the pool: it becomes a worker, and does one task after the other.

Purpose: `become_worker` before the first task, `done` for each; `opened`, in the parent, takes what `done` gave.
Source: setrlimit(2), setitimer(2): the alarm follows the monotonic clock, and the kernel kills where a library hangs.
RLIMIT_DATA was chosen by trial: with RLIMIT_AS (378 MB after the samples, of which 217 MB data) address space that is only
reserved counts as well: stacks of threads, LibreOffice, OCR. Only the soft limit is lowered: converters have their own.
Limits: secrets leave the environment for everything that is called from here; the kernel still shows the environment that
the process was started with (/proc/PID/environ) to processes of the same user.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import multiprocessing.connection
import os
import pickle
import shutil
import signal
import tempfile
import threading
import traceback

from pipeline import heap, tools
from pipeline.errors import PermanentError

try:
    import resource
except ImportError:  # not on every system; the wall clock still limits
    resource = None  # type: ignore[assignment]  # checked before each use

OUT_OF_MEMORY = b""
"""The answer where memory is out: octets that need none."""

_SECRETS = ("SHOUWEN_", "CREDENTIALS_DIRECTORY", "AWS_", "PG", "DASK_")
"""How names in the environment begin that are not for those who read strangers' mails."""


class ThereError(Exception):
    """Where in the other process an exception was raised: a traceback as text, for the one that is raised here."""


def become_worker(folder: str, megabytes: int) -> None:
    """Make this process fit for strangers' mails.

    It puts temporary files into *folder*, leaves Ctrl-C to the parent, ends when the parent is gone (a killed parent
    cannot tell its children), has no secrets in its environment and at most *megabytes* of data.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in tuple(os.environ):
        if name.startswith(_SECRETS):
            del os.environ[name]
    # One core a process; and a buffer for each of 64 cores would not fit into the limit.
    os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
    os.environ["TMPDIR"] = tempfile.tempdir = folder
    if resource is not None:
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        most = megabytes * 1024**2
        resource.setrlimit(
            resource.RLIMIT_DATA, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard)
        )
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    heap.give_back()
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel, folder), daemon=True).start()


def done(message: bytes, seconds: float) -> tuple[int, bytes]:
    """Do the pickled task (function, arguments, keywords); this process is killed if that takes longer.

    Returns:
        its process number, and the answer for `opened`; OUT_OF_MEMORY where memory was not enough.
    """
    # Who stops a service tells all its processes at once; a task in hand has its grace from the parent.
    before = signal.signal(signal.SIGTERM, _not_now)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return os.getpid(), _answer(message)
    except MemoryError:
        return os.getpid(), OUT_OF_MEMORY
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGTERM, before)


def opened(answer: bytes) -> tuple[bool, object]:
    """Say whether the task returned, and what; else what it raised, with where it was raised as its cause."""
    returned, value, where = pickle.loads(answer)  # noqa: S301 - from our own process
    if isinstance(value, BaseException) and not returned:
        value.__cause__ = ThereError(where)
    return returned, value


def returned(value: object) -> bytes:
    """Pack what a task returned, for `opened`."""
    return pickle.dumps((True, value, ""))


def raised(error: BaseException) -> bytes:
    """Pack what a task raised, for `opened`: as it is where it can be made again there, else in our words."""
    where = "".join(traceback.format_exception(error))
    with contextlib.suppress(Exception):
        told = pickle.dumps((False, error, where))
        pickle.loads(told)  # noqa: S301 - our own octets, to see whether the other side will be able to
        return told
    plain = PermanentError(f"程序出错 {type(error).__name__}；请把这一行告诉管理员")
    return pickle.dumps((False, plain, where))


def _answer(message: bytes) -> bytes:
    try:
        fn, args, kwargs = pickle.loads(message)  # noqa: S301 - from our own parent
        return returned(fn(*args, **kwargs))
    except MemoryError:
        raise
    except BaseException as error:  # noqa: BLE001 - an executor hands every exception to its future
        return raised(error)


def _not_now(_number: int, _frame: object) -> None:
    """Hear that the service is to stop; a handler, for what is ignored would stay ignored in converters."""


def _end_with(sentinel: int, folder: str) -> None:
    multiprocessing.connection.wait([sentinel])
    tools.kill_below(folder)
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)
