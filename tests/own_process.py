"""What a process says of itself; a module of its own and without imports of ours, so that spawned processes can be asked."""

from __future__ import annotations

import re
import sys
from pathlib import Path


def peak() -> int:
    """The most resident memory that this process has had, octets."""
    mark = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert mark
    return int(mark[1]) * 1024


def forget_peak() -> None:
    """Begin to count anew (proc(5), clear_refs)."""
    Path("/proc/self/clear_refs").write_text("5")


def imported() -> set[str]:
    """The modules of this process."""
    return set(sys.modules)
