"""The daemon's clock: when it polls, when it processes, and what it does besides.

Purpose: `Rounds(…).go()`, what `Worker.run` does; `Duties`, whom it tells.
Source: schedule drops a job that raises and starves the later ones, so every job is wrapped, and it trusts the wall
clock, so one that was set back is noticed; what is due comes from the register, so a missed run costs nothing.
Limits: one thread; a mail that takes long keeps no poll waiting, and a poll that takes long lets readers in other processes go
on with what is here; where this process reads itself, the mails wait for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from schedule import Scheduler

from pipeline.errors import ShouwenError
from pipeline.mailbox import Source
from pipeline.stop import Stop
from pipeline.worker.oplog import log

if TYPE_CHECKING:
    from pipeline.worker.daemon import Worker

DUE_SECONDS = 60
"""How often the daemon looks for mails whose deferral is over; the shortest deferral is a minute."""
CALM_SECONDS = 5
"""Least pause after a poll before the server's word leads to another: a server may always have something to say."""
DUTY_SECONDS = 60
"""How often the daemon asks whether a daily duty is due."""

RESTING_SECONDS = 120
"""How long nothing was to be read before the reading processes of this machine are let go: each keeps what it has imported
in memory, and what watches it looks around ten times a second; a new one takes some seconds to come up."""
NEVER = float("-inf")
"""When a poll was that is due now."""


def _nothing() -> None:
    """Do nothing."""


def _unheard(_trouble: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, kw_only=True)
class Duties:
    """What a daemon does besides. changed: mails were taken in, filed or held. daily: called every minute, does what
    is due of the day. alive: called whenever the daemon's thread gets on, however long a job takes. beat: a job has ended;
    its argument says in Chinese what went wrong, "" if nothing."""

    changed: Callable[[], None] = _nothing
    daily: Callable[[], None] = _nothing
    alive: Callable[[], None] = _nothing
    beat: Callable[[str], None] = _unheard


NO_DUTIES = Duties()


@dataclass(kw_only=True)
class Rounds:
    """The daemon's clock: what is to be done when. Nothing it remembers would be missed after a crash.

    folder: where to wait for the server's word, "" before the first poll. polled_seconds, worked_seconds: when the last
    poll ended, and when a mail was last filed or held, by a clock that nobody sets.
    """

    worker: Worker
    source: Source
    every_seconds: int
    stop: Stop
    duties: Duties
    scheduler: Scheduler = field(default_factory=Scheduler)
    folder: str = ""
    polled_seconds: float = NEVER
    worked_seconds: float = 0
    resting_seconds: float = RESTING_SECONDS

    def go(self) -> None:
        """Work until the stop."""
        self._wind_up()
        self._round()
        self._survived(self.duties.daily)
        while not self.stop.is_set():
            self._mind_the_clock()
            if self._wait():
                self.stop.wait(max(0, self.polled_seconds + CALM_SECONDS - time.monotonic()))
                self._round()
            self.scheduler.run_pending()

    def _round(self) -> None:
        """Poll, and process what is due, both at once where readers are in other processes."""
        self.polled_seconds = NEVER
        self._survived(self._process)

    def _wind_up(self) -> None:
        """Set every job to its next time, counted from now."""
        self.scheduler.clear()
        self.scheduler.every(self.every_seconds).seconds.do(self._round)
        self.scheduler.every(DUE_SECONDS).seconds.do(self._survived, self._process)
        self.scheduler.every(DUTY_SECONDS).seconds.do(self._survived, self.duties.daily)

    def _mind_the_clock(self) -> None:
        """A clock that was set back would put off every job by as much; they are set anew."""
        idle_seconds = self.scheduler.idle_seconds
        if idle_seconds is None or idle_seconds > DUE_SECONDS:
            log.warning("the clock was set back", idle_seconds=round(idle_seconds or 0))
            self._wind_up()

    def _wait(self) -> bool:
        """Wait for the next job, the stop, or the server; True where the server says that something is new."""
        seconds = min(max(self.scheduler.idle_seconds or 0, 0), DUE_SECONDS)
        if self.folder:
            return self.source.wait(self.folder, seconds, self.stop)
        self.stop.wait(seconds)
        return False

    def _poll(self, go_on: Callable[[], None]) -> None:
        def alive() -> None:
            self.duties.alive()
            go_on()

        try:
            polls = self.worker.capture(self.source, stop=self.stop, alive=alive)
        finally:
            self.polled_seconds = time.monotonic()
        self.folder = next((poll.folder for poll in polls), "")
        if any(poll.captured for poll in polls):
            self.duties.changed()

    def _poll_if_due(self, go_on: Callable[[], None]) -> None:
        """Poll while mails are read; whether a poll is due is told by a clock that nobody sets."""
        self.duties.alive()
        if not self.stop.is_set() and time.monotonic() - self.polled_seconds >= self.every_seconds:
            self._survived(partial(self._poll, go_on))

    def _process(self) -> None:
        done = self.worker.process(at_once=False, stop=self.stop, meanwhile=self._poll_if_due)
        if done.filed + done.held:
            self.worked_seconds = time.monotonic()
            self.duties.changed()
        elif (
            not self.worker.executor.remote and time.monotonic() - self.worked_seconds >= self.resting_seconds
        ):
            self.worker.executor.shutdown()  # the next mail brings new processes

    def _survived(self, job: Callable[[], None]) -> None:
        """Do one job; what we could not do is logged, and tried again when the job is next due."""
        trouble = ""
        try:
            job()
        except ShouwenError as error:
            trouble = str(error)
            log.error("job failed", kind=type(error).__name__, said=trouble)
        self.duties.beat(trouble)
