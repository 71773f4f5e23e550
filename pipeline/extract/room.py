"""A limit on what one task of the reader's child may add to its memory, tighter than the child's own.

Purpose: `room()` makes a document that grows without end (a form that draws itself) end in a second instead of seven.
Source: RLIMIT_AS of setrlimit(2), statm of proc(5).
Limits: nothing where the system has neither; native code that finds no memory ends the child, which is an outcome too.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

try:
    import resource
except ImportError:  # not on every system; the child's own limit still holds
    resource = None  # type: ignore[assignment]  # checked before use

_STATM = Path("/proc/self/statm")


@contextlib.contextmanager
def room(megabytes: int) -> Iterator[None]:
    """Let this process grow by *megabytes* at most while the block runs."""
    if resource is None or not _STATM.exists():
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    now = int(_STATM.read_text("ascii").split()[0]) * resource.getpagesize()
    wanted = now + megabytes * 1024**2
    resource.setrlimit(resource.RLIMIT_AS, (wanted if soft < 0 else min(wanted, soft), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
