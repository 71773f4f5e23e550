"""A clock that leaves out waiting: the writer's own work takes as long as it takes, and what would be waited for is skipped."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class Clock:
    """The time of a season that began at *start* (seconds since the epoch)."""

    def __init__(self, start: float) -> None:
        self._shift = start - time.perf_counter()

    @property
    def seconds(self) -> float:
        """Now, in seconds since the epoch."""
        return time.perf_counter() + self._shift

    def skip_to(self, seconds: float) -> None:
        """Let it be at least *seconds* since the epoch."""
        self._shift += max(0.0, seconds - self.seconds)

    def skip(self, seconds: float) -> None:
        """Let so many seconds pass at once."""
        self._shift += seconds

    def __call__(self) -> datetime:
        """Now, as the worker asks for it."""
        return datetime.fromtimestamp(self.seconds, UTC)
