"""The Worker: capture, process, once, and run, the daemon.

Source: schedule drops a job that raises and starves the later ones, so every job is wrapped; what is due comes from
the register, so a missed run costs nothing.
Limits: one thread; a poll waits for a round of processing to end and the other way about.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from schedule import Scheduler

from pipeline.archive import Archive
from pipeline.errors import ShouwenError, TransientError
from pipeline.executor import Processes, Serial
from pipeline.mailbox import Source
from pipeline.register import Basis, Poll, Register, basis
from pipeline.worker.capture import Capturing
from pipeline.worker.one_mail import Result, Task, attempt, prepare
from pipeline.worker.oplog import log
from pipeline.worker.process import Hands, Processed, Processing
from rules import Rules

DUE_SECONDS = 20
"""How often the daemon looks for mails whose deferral is over; the shortest deferral is a minute."""
DUTY_SECONDS = 60
"""How often the daemon asks whether a daily duty is due."""
WHOLE_EVERY = timedelta(days=1)
"""How often a folder is listed whole although the server's count adds up."""


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


def _now() -> datetime:
    return datetime.now(UTC)


def _silent(_done: int, _of: int) -> None:
    """Show no progress."""


@dataclass(kw_only=True)
class Worker:
    """The one writer's work; its parts are opened by the caller, who holds `only_writer`.

    passwords: to be tried on archives. clock: the only one there is. attempt: what is done with one mail.
    prepare: what must go well before any attempt can; both are functions of a module, for they travel. listed_whole: when
    each folder was last compared with the register mail by mail.
    """

    archive: Archive
    register: Register
    rules: Rules
    executor: Serial | Processes
    abilities: tuple[str, ...] = ()
    passwords: tuple[str, ...] = ()
    clock: Callable[[], datetime] = _now
    attempt: Callable[[Task], Result] = attempt
    prepare: Callable[[], None] = prepare
    listed_whole: dict[str, datetime] = field(default_factory=dict)

    @property
    def basis(self) -> Basis:
        """What is filed now rests on this."""
        return basis(self.rules.digest, self.abilities, self.passwords)

    def capture(
        self,
        source: Source,
        *,
        stop: threading.Event | None = None,
        alive: Callable[[], None] = _nothing,
    ) -> tuple[Poll, ...]:
        """Poll every folder of *source* once and take in what is new; one Poll a folder.

        Args:
            source: the mailbox.
            stop: once set, the mail in hand is taken in and no other.
            alive: called for every mail that was asked for.

        Raises:
            TransientError: the server is gone; what came before is taken in.
            ShouwenError: a folder could not be polled; the others were.
        """
        self.archive.discard_unfinished()
        polls: list[Poll] = []
        refusals: list[ShouwenError] = []
        for folder in self._folders(source):
            capturing = Capturing(
                archive=self.archive,
                register=self.register,
                source=source,
                folder=folder,
                clock=self.clock,
                stop=stop or threading.Event(),
                everything=self._is_long_ago(folder),
                alive=alive,
            )
            try:
                polls.append(capturing.poll())
                if capturing.everything:
                    self.listed_whole[folder] = self.clock()
            except TransientError:
                raise
            except ShouwenError as error:
                refusals.append(error)
        if refusals:
            raise refusals[0]
        return tuple(polls)

    def _folders(self, source: Source) -> tuple[str, ...]:
        """Ask *source* for its folders; a server that does not even tell those is a poll that failed."""
        try:
            return source.folders()
        except ShouwenError as error:
            self.register.polled(Poll(account=source.account, folder="", at=self.clock(), error=str(error)))
            raise

    def _is_long_ago(self, folder: str) -> bool:
        """The folder was not listed whole for a day, or never, or in the future of a clock that was set back."""
        at = self.listed_whole.get(folder)
        return at is None or not timedelta() <= self.clock() - at < WHOLE_EVERY

    def process(
        self,
        progress: Callable[[int, int], None] = _silent,
        *,
        at_once: bool = True,
        stop: threading.Event | None = None,
        meanwhile: Callable[[], None] = _nothing,
        only: frozenset[str] | None = None,
    ) -> Processed:
        """Read and judge what is due.

        Args:
            progress: called with (items done, items in all) whenever one ends.
            at_once: failed attempts are repeated without waiting, so that nothing is due at the end.
            stop: once set, what is in hand is finished and nothing else begun.
            meanwhile: called again and again while mails are in hand.
            only: accessions; the others are left alone. None: all.

        Raises:
            TransientError: no process for reading can be started, or the register cannot be written now.
        """
        self.register.interrupt(at=self.clock())
        return Processing(
            archive=self.archive,
            register=self.register,
            executor=self.executor,
            hands=Hands(
                rules=self.rules,
                basis=self.basis,
                abilities=self.abilities,
                passwords=self.passwords,
                attempt=self.attempt,
                prepare=self.prepare,
            ),
            clock=self.clock,
            progress=progress,
            at_once=at_once,
            stop=stop or threading.Event(),
            meanwhile=meanwhile,
            only=only,
        ).run()

    def once(
        self, source: Source, progress: Callable[[int, int], None] = _silent
    ) -> tuple[tuple[Poll, ...], Processed]:
        """Poll, then read and judge until nothing is due.

        Raises:
            ShouwenError: the poll failed; what is here was processed all the same.
        """
        try:
            polls = self.capture(source)
        except ShouwenError:
            self.process(progress)
            raise
        return polls, self.process(progress)

    def run(
        self,
        source: Source,
        *,
        every_seconds: int,
        stop: threading.Event,
        duties: Duties = NO_DUTIES,
    ) -> None:
        """Poll every so many seconds, or when the server says that something is new, and process what is due.

        Returns when *stop* is set. Whatever else fails is logged, told to *duties*, and tried again.
        """
        Rounds(worker=self, source=source, every_seconds=every_seconds, stop=stop, duties=duties).go()


@dataclass(kw_only=True)
class Rounds:
    """The daemon's clock: what is to be done when. Nothing it remembers would be missed after a crash.

    folder: where to wait for the server's word, "" before the first poll. polled_seconds: when the last poll ended, by a
    clock that nobody sets.
    """

    worker: Worker
    source: Source
    every_seconds: int
    stop: threading.Event
    duties: Duties
    scheduler: Scheduler = field(default_factory=Scheduler)
    folder: str = ""
    polled_seconds: float = 0

    def go(self) -> None:
        """Work until the stop."""
        self._wind_up()
        self._round()
        self._survived(self.duties.daily)
        while not self.stop.is_set():
            if self._wait():
                self._round()
            self._mind_the_clock()
            self.scheduler.run_pending()

    def _round(self) -> None:
        self._survived(self._poll)
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

    def _poll(self) -> None:
        try:
            polls = self.worker.capture(self.source, stop=self.stop, alive=self.duties.alive)
        finally:
            self.polled_seconds = time.monotonic()
        self.folder = next((poll.folder for poll in polls), "")
        if any(poll.captured for poll in polls):
            self.duties.changed()

    def _poll_if_due(self) -> None:
        """Poll while a mail is read that takes long; whether a poll is due is told by a clock that nobody sets."""
        self.duties.alive()
        if not self.stop.is_set() and time.monotonic() - self.polled_seconds >= self.every_seconds:
            self._survived(self._poll)

    def _process(self) -> None:
        done = self.worker.process(at_once=False, stop=self.stop, meanwhile=self._poll_if_due)
        if done.filed + done.held:
            self.duties.changed()

    def _survived(self, job: Callable[[], None]) -> None:
        """Do one job; what we could not do is logged, and tried again when the job is next due."""
        trouble = ""
        try:
            job()
        except ShouwenError as error:
            trouble = str(error)
            log.error("job failed", kind=type(error).__name__, said=trouble)
        self.duties.beat(trouble)
