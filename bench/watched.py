"""A program run to its end and watched: seconds, processor seconds, and the most memory of it and of its children.

Purpose: `run(command)`. Each process is asked for its own high-water mark (VmHWM), again and again while it lives.
Source: proc(5). getrusage tells of a spawned child what its parent held when it was spawned, which is not its own.
Limits: Linux; what a child came to in its last twentieth of a second may be missed, and a child that lives shorter.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
GLANCE_SECONDS = 0.05
PROC = Path("/proc")
SPAWNED = b"multiprocessing.spawn"
"""In the command line of every process of our pools, and of what is done aside."""
LIMITED = re.compile(rb"^Max data size +\d", re.MULTILINE)
"""In the limits of those that read strangers' mails alone (executor/inside.py)."""


@dataclass(frozen=True, kw_only=True)
class Spent:
    """What a program took. seconds: wall clock. processor: seconds, with all its ended children. said: its stdout.

    peak: most resident memory of the program itself, 10^6 octets; readers: the same of each process of a pool that it
    spawned itself, in no order, empty where there were none; others: of the largest other process below it (what reads
    documents, what compiles and takes mails apart for that), 0 without one.
    """

    seconds: float
    processor: float
    peak: float
    readers: tuple[float, ...]
    others: float
    said: str


def run(arguments: Sequence[str], *, codes: Sequence[int] = (0,)) -> Spent:
    """Run `python ARGUMENTS` from our root; SystemExit with what it said where it ends with another code."""
    command = [sys.executable, *arguments]
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as told:
        begun = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=told)  # noqa: S603 - our own command
        peaks: dict[int, float] = {}
        readers: set[int] = set()
        while True:
            ended, status, used = os.wait4(process.pid, os.WNOHANG)
            if ended:
                break
            _look(process.pid, peaks, readers)
            time.sleep(GLANCE_SECONDS)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        told.seek(0)
        if process.returncode not in codes:
            raise SystemExit(
                f"{' '.join(arguments)}: {process.returncode}\n{told.read().decode(errors='replace')}"
            )
        return Spent(
            seconds=seconds,
            processor=used.ru_utime + used.ru_stime,
            peak=peaks.pop(process.pid, used.ru_maxrss * 1024 / 1e6),
            readers=tuple(peak for pid, peak in peaks.items() if pid in readers),
            others=max((peak for pid, peak in peaks.items() if pid not in readers), default=0.0),
            said=said.read().decode(),
        )


def _look(root: int, peaks: dict[int, float], readers: set[int]) -> None:
    """Note the high-water mark of *root* and of all below it, and which of them are a pool's readers."""
    for pid, parent in _family(root):
        try:
            mark = re.search(r"VmHWM:\s+(\d+) kB", (PROC / str(pid) / "status").read_text("ascii", "replace"))
            if mark is None:
                continue
            peaks[pid] = int(mark[1]) * 1024 / 1e6
            if parent == root and pid not in readers and _reads(pid):
                readers.add(pid)
        except OSError:
            continue  # it has just ended


def _reads(pid: int) -> bool:
    """Whether the process was spawned by us and may take so much memory and no more."""
    place = PROC / str(pid)
    return SPAWNED in (place / "cmdline").read_bytes() and bool(
        LIMITED.search((place / "limits").read_bytes())
    )


def _family(root: int, parent: int = 0) -> Iterator[tuple[int, int]]:
    """*root*, its children, and theirs, each with its parent."""
    yield root, parent
    try:
        children = [
            pid
            for task in (PROC / str(root) / "task").iterdir()
            for pid in (task / "children").read_text().split()
        ]
    except OSError:
        return
    for pid in children:
        yield from _family(int(pid), root)
