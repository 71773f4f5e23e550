"""The daemon's one call for all who watch it: the service manager, status.json.

Purpose: `Reporter(…).beat()` whenever the daemon's own thread gets somewhere: a job or a mail is done.
Limits: only the daemon's own thread may call it, for that it is called is what says that the daemon does not hang. The
manager is told at once, the file at most every half minute, and every five seconds while it says that all is not well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from pipeline.database import Database
from pipeline.errors import TransientError
from pipeline.health import notify, status_file
from pipeline.health.again import Again
from pipeline.health.judging import judge
from pipeline.health.values import Colour, Facts, Health, Known

EVERY, SOON = timedelta(seconds=30), timedelta(seconds=5)
"""Between two words in the file, where all is well and where it is not: gathering takes some hundredths of a second."""


def _unseen(facts: Facts, _at: datetime) -> str | None:
    """What whoever asks knew already."""
    return facts.known.window


@dataclass(kw_only=True)
class Reporter:
    """known: asked for each time, since the seals change. window: what is told of the mailbox's window by these facts, at
    that moment. place: of the register, None: in the folder. written: when the file was last written, and which colour it said.
    """

    data_dir: Path
    known: Callable[[], Known]
    clock: Callable[[], datetime]
    place: Path | Database | None = None
    window: Callable[[Facts, datetime], str | None] = _unseen
    written: datetime | None = None
    colour: Colour = Colour.RED
    again: Again = field(init=False)

    def __post_init__(self) -> None:
        self.again = Again(data_dir=self.data_dir, place=self.place)

    def begin(self) -> Health:
        """Say that the daemon is there: called once the mailbox, the register and the lock are open.

        Raises:
            TransientError: status.json cannot be written.
        """
        _, health = self._write()
        notify.ready(f"守护运行；{status_file.headline(health)}")
        return health

    def beat(self, *, now: bool = False) -> str:
        """Say that the daemon goes on, and where due (or *now*) how it stands.

        Returns:
            why the file could not be written, in Chinese; "" if it was, or was not due.
        """
        notify.alive()
        if not now and not self._is_due():
            return ""
        try:
            _, health = self._write()
        except TransientError as error:
            return str(error)
        notify.status(status_file.headline(health))
        return ""

    def look(self) -> tuple[Facts, Health]:
        """Gather and judge for somebody else's question: for `serving`, in its thread."""
        return self._judged(self.known(), self.clock())

    def _is_due(self) -> bool:
        """The last word is old, or lies in the future of a clock that was set back."""
        pause = EVERY if self.colour is Colour.GREEN else SOON
        return self.written is None or not timedelta() <= self.clock() - self.written < pause

    def _write(self) -> tuple[Facts, Health]:
        at = self.clock()
        facts, health = self._judged(replace(self.known(), beating=True), at)
        self.written, self.colour = at, health.colour
        status_file.write(self.data_dir, health, facts)
        return facts, health

    def _judged(self, known: Known, at: datetime) -> tuple[Facts, Health]:
        facts = self.again.gather(known)
        facts = replace(facts, known=replace(known, window=self.window(facts, at)))
        return facts, judge(facts, at)
