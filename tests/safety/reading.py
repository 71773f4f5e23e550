"""One mail read in a process of its own, as the pool's workers do, with what it cost.

`python -m tests.safety.reading` takes the mail on standard input; `read_apart()` is the way to call it.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from dataclasses import dataclass

import msgspec

from pipeline.records import Reading, Status
from tests.support import ROOT

CPU_SECONDS = 10.0
"""Of processor time, so that a busy machine does not decide: what one file may take."""
MEGABYTES = 1100
"""Resident memory of any process: the child's address space is limited to 1024."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """cpu_seconds: of the reading process and its children together. megabytes: most of either."""

    cpu_seconds: float
    megabytes: float


class _Answer(msgspec.Struct):
    reading: Reading
    cpu_seconds: float
    megabytes: float


def read_apart(mail: bytes) -> tuple[Reading, Cost]:
    """Read *mail*; its cost has been held against the limits."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.safety.reading"],
        cwd=ROOT,
        input=mail,
        capture_output=True,
        check=True,
        timeout=150,
    )
    answer = msgspec.msgpack.decode(done.stdout, type=_Answer)
    cost = Cost(cpu_seconds=answer.cpu_seconds, megabytes=answer.megabytes)
    assert cost.cpu_seconds < CPU_SECONDS, cost
    assert cost.megabytes < MEGABYTES, cost
    return answer.reading, cost


def encoded(reading: Reading) -> bytes:
    """All that the reading says, names and pictures included."""
    return msgspec.json.encode(reading)


def reasons(reading: Reading) -> list[str]:
    """The reasons of parts that are not wholly read, in order."""
    return [part.reason for part in reading.parts if part.status not in {Status.OK, Status.NOISE}]


def main() -> None:
    """Read standard input, answer on standard output."""
    from pipeline import intake, tools
    from pipeline.extract import child

    mail = sys.stdin.buffer.read()
    intake.read(b"")  # what is imported is no cost of the mail
    abilities = tools.abilities()
    before = time.process_time()
    reading = intake.read(mail, abilities=abilities)
    own = time.process_time() - before
    child._KEEPER.stop()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    most = max(used.ru_maxrss, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / 1024
    answer = _Answer(reading=reading, cpu_seconds=own + used.ru_utime + used.ru_stime, megabytes=most)
    sys.stdout.buffer.write(msgspec.msgpack.encode(answer))


if __name__ == "__main__":
    main()
