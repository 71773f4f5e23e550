"""Items on their way through one executor: what is left to begin, what is in flight, and how many more may be.

Purpose: `Lane`, of which a round has one at a time.
Limits: whether anything may begin at all, and what becomes of what ended, is for the round to say (process.py).
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field

from pipeline.executor import Readers
from pipeline.records import Item
from pipeline.worker.one_mail import Result


@dataclass(kw_only=True)
class Lane:
    """left: yet to be begun. joined: whether what is taken in meanwhile joins them; not where one goes alone.

    trouble: what went wrong while something else was done, to be raised when that is over. refilled_seconds: when it was last
    asked what was taken in since, by a clock that nobody sets.
    """

    executor: Readers
    left: deque[Item] = field(default_factory=deque)
    joined: bool = False
    flying: dict[Future[Result], Item] = field(default_factory=dict)
    trouble: Exception | None = None
    refilled_seconds: float = float("-inf")

    @property
    def free(self) -> int:
        """How many may begin now. One at a time where our own death is charged to whatever was begun."""
        free = self.executor.width - len(self.flying)
        return free if self.executor.isolated else min(free, 1)

    def over(self, seconds: float) -> list[tuple[Item, Future[Result]]]:
        """Take what ended out of flight, in the order in which it began; wait for it so many *seconds* at most."""
        ended = self.executor.wait(self.flying, seconds) if self.flying else ()
        return [(self.flying.pop(future), future) for future in tuple(self.flying) if future in ended]
