"""What the C library does with memory that nobody needs any more.

Purpose: `give_back()`; once is enough for a process.
Source: mallopt(3), M_MMAP_THRESHOLD.
Limits: glibc; with another C library nothing happens.
"""

from __future__ import annotations

import contextlib
import ctypes

_MAP_FROM, _M_MMAP_THRESHOLD = 1024**2, -3


def give_back() -> None:
    """Have memory of a megabyte and more taken from the system, and given back, as a whole.

    The library raises this bound by itself to 32 MB, and what lies between then stays with the process in pieces.
    """
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _MAP_FROM)
