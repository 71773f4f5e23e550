"""How tasks are waited for: by the clock of this machine, until one of them has ended.

Purpose: `Waits`, what executors of the standard library's kind have in common; a simulation waits by a clock of its own.
"""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import TypeVar

T = TypeVar("T")


class Waits:
    """An executor whose tasks take the time they take."""

    def wait(self, futures: Collection[Future[T]], seconds: float) -> Collection[Future[T]]:
        """Wait until one of *futures* has ended, *seconds* at most; return all that have."""
        return wait(futures, timeout=seconds, return_when=FIRST_COMPLETED).done
