"""Mails read in a process of their own, as the pool's workers do, each with what it cost.

`python -m tests.safety.reading` answers mail after mail; `read_apart()` is the way to call it. The reader's child is a
new one for each mail, so that its cost is that mail's.
"""

from __future__ import annotations

import atexit
import resource
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from pipeline.records import Reading
from tests.own_process import peak
from tests.support import ROOT

CPU_SECONDS = 10.0
"""Of processor time, so that a busy machine does not decide: what one file may take."""
MEGABYTES = 1100
"""Resident memory of any process: the child's address space is limited to 1024."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """cpu_seconds: of the reading process and its children together. megabytes: most of either until now."""

    cpu_seconds: float
    megabytes: float


class _Answer(msgspec.Struct):
    reading: Reading
    cpu_seconds: float
    megabytes: float


_LENGTH = struct.Struct("<Q")
_RUNNING: list[subprocess.Popen[bytes]] = []
ANSWER_SECONDS = 150
"""After so long the process is ended, and the test fails."""


def read_apart(mail: bytes) -> tuple[Reading, Cost]:
    """Read *mail*; its cost has been held against the limits."""
    if not _RUNNING:
        _RUNNING.append(_started())
        atexit.register(stop)
    process = _RUNNING[0]
    assert process.stdin and process.stdout
    late = threading.Timer(ANSWER_SECONDS, process.kill)
    late.start()
    try:
        process.stdin.write(_LENGTH.pack(len(mail)) + mail)
        process.stdin.flush()
        octets = process.stdout.read(*_LENGTH.unpack(process.stdout.read(_LENGTH.size)))
        answer = msgspec.msgpack.decode(octets, type=_Answer)
    except Exception:
        stop()
        raise
    finally:
        late.cancel()
    cost = Cost(cpu_seconds=answer.cpu_seconds, megabytes=answer.megabytes)
    assert cost.cpu_seconds < CPU_SECONDS, cost
    assert cost.megabytes < MEGABYTES, cost
    return answer.reading, cost


def _started() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.safety.reading"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def stop() -> None:
    """End the process that reads, if there is one; the next mail begins another."""
    for process in _RUNNING:
        with process:  # closes its pipes and takes its exit status
            process.kill()
    _RUNNING.clear()


def encoded(reading: Reading) -> bytes:
    """All that the reading says, names and pictures included."""
    return msgspec.json.encode(reading)


def main() -> None:
    """Answer mails from standard input until it ends."""
    from pipeline import intake, tools

    intake.read(b"")  # what is imported is no cost of a mail
    abilities = tools.abilities()
    while head := sys.stdin.buffer.read(_LENGTH.size):
        mail = sys.stdin.buffer.read(*_LENGTH.unpack(head))
        answer = msgspec.msgpack.encode(_read(mail, intake.read, abilities))
        sys.stdout.buffer.write(_LENGTH.pack(len(answer)) + answer)
        sys.stdout.buffer.flush()


def _read(mail: bytes, read: Callable[..., Reading], abilities: tuple[str, ...]) -> _Answer:
    from pipeline.extract import child

    before = _spent()
    reading = read(mail, abilities=abilities)
    child._KEEPER.stop()  # only of a child that has ended the time is known
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    megabytes = max(children, peak()) / 1024**2  # of itself getrusage would tell what its parent held
    return _Answer(reading=reading, cpu_seconds=_spent() - before, megabytes=megabytes)


def _spent() -> float:
    """Processor time of this process and of its children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
