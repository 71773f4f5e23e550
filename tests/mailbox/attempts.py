"""Stand-ins for reading and judging: what a mail does to its reader is written in the mail.

They live in a module of their own so that spawned processes can import them.
"""

from __future__ import annotations

import hashlib
import os
import signal
import threading
import time
from pathlib import Path

from pipeline import VERSION, tools
from pipeline.archive import FolderArchive
from pipeline.errors import TransientError
from pipeline.records import Filing, Identification, Kind, Mail, Part, Reading
from pipeline.worker import Result, Task

KILLS, RAISES, NOT_NOW = b"kills its reader", b"raises: 13800138000", b"not now"
HANGS, EATS, LINGERS = b"hangs for ever", b"eats all memory", b"takes a second"


def attempt(task: Task) -> Result:
    """Read and judge one mail: its digest is its subject."""
    if KILLS in task.octets:
        os.kill(os.getpid(), signal.SIGKILL)
    if HANGS in task.octets:
        time.sleep(600)
    if EATS in task.octets:
        eat()
    if LINGERS in task.octets:
        time.sleep(1)
    if RAISES in task.octets:
        raise ValueError(bytes(task.octets).decode())
    if NOT_NOW in task.octets:
        raise TransientError("soffice：120 秒内没有回应")
    sha256 = hashlib.sha256(task.octets).hexdigest()
    mail = Mail(subject=sha256, received=task.received)
    part = Part(path="1", sha256=sha256, size=len(task.octets))
    reading = Reading(sha256=sha256, version=VERSION, abilities=task.abilities, mails=(mail,), parts=(part,))
    return Result(reading=None if task.reading else reading, filing=filing(task.reading or reading, task))


def misread(task: Task) -> Result:
    """Fail inside a file of the product."""
    FolderArchive(Path()).check(None)  # type: ignore[arg-type]  # wrong on purpose
    return attempt(task)


def prepare() -> None:
    """There is nothing to import."""


def broken() -> None:
    """An installation that lacks something."""
    raise ModuleNotFoundError("no stages")


def filing(reading: Reading, task: Task) -> Filing:
    """Judge under the rules of the task: their digest decides the kind."""
    return Filing(
        mail=reading.mail,
        parts=reading.parts,
        kind=Kind.SUBMISSION if task.rules.digest == "first" else Kind.OTHER,
        identification=Identification(best=None, in_roster=False, decided=False),
    )


def slow(task: Task) -> Result:
    """The same, in 30 ms, so that a kill has something to hit."""
    time.sleep(0.03)
    return attempt(task)


def never_ready(_folder: str, _megabytes: int) -> None:
    """Be a process that dies while it starts."""
    os._exit(1)


def eat() -> None:
    """Take memory piece by piece, as a list that grows does, up to 8 GB."""
    pieces = [bytes(1_000_000) for _ in range(8000)]
    raise AssertionError(f"nothing stops {len(pieces)} MB")


def convert(mark: str) -> None:
    """Run a converter for ever that has itself begun a program, and one that has not; both show *mark*."""
    tools.run(["sh", "-c", f"sh -c 'sleep 600; : {mark}' & sleep 600; : {mark}"], seconds=600)


class StubbornError(Exception):
    """An exception that cannot be made again from what it carries."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"{one} of {two}")


def stubborn() -> None:
    """Raise one."""
    raise StubbornError(1, 2)


def unsendable() -> object:
    """Return what cannot be pickled."""
    return threading.Lock()
