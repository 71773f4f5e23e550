"""The Worker: capture, process, once, and run, the daemon.

Source: schedule drops a job that raises and starves the later ones, so every job is wrapped; what is due comes from
the register, so a missed run costs nothing.
Limits: one thread; a poll waits for a round of processing to end and the other way about.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

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


def _now() -> datetime:
    return datetime.now(UTC)


def _silent(_done: int, _of: int) -> None:
    """Show no progress."""


@dataclass(kw_only=True)
class Worker:
    """The one writer's work; its parts are opened by the caller, who holds `only_writer`.

    passwords: to be tried on archives. clock: the only one there is. attempt: what is done with one mail.
    prepare: what must go well before any attempt can; both are functions of a module, for they travel.
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

    @property
    def basis(self) -> Basis:
        """What is filed now rests on this."""
        return basis(self.rules.digest, self.abilities, self.passwords)

    def capture(self, source: Source, *, stop: threading.Event | None = None) -> tuple[Poll, ...]:
        """Poll every folder of *source* once and take in what is new; one Poll a folder.

        Raises:
            TransientError: the server is gone; what came before is taken in.
            ShouwenError: a folder could not be polled; the others were.
        """
        self.archive.discard_unfinished()
        polls: list[Poll] = []
        refusals: list[ShouwenError] = []
        for folder in source.folders():
            capturing = Capturing(
                archive=self.archive,
                register=self.register,
                source=source,
                folder=folder,
                clock=self.clock,
                stop=stop or threading.Event(),
            )
            try:
                polls.append(capturing.poll())
            except TransientError:
                raise
            except ShouwenError as error:
                refusals.append(error)
        if refusals:
            raise refusals[0]
        return tuple(polls)

    def process(
        self,
        progress: Callable[[int, int], None] = _silent,
        *,
        at_once: bool = True,
        stop: threading.Event | None = None,
    ) -> Processed:
        """Read and judge what is due.

        Args:
            progress: called with (items done, items in all) whenever one ends.
            at_once: failed attempts are repeated without waiting, so that nothing is due at the end.
            stop: once set, what is in hand is finished and nothing else begun.

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
        after: Callable[[], None] | None = None,
    ) -> None:
        """Poll every so many seconds, and process what is due, until *stop* is set.

        Args:
            after: called when mails were taken in, filed or held.
        """

        def polled() -> None:
            changed(sum(poll.captured for poll in self.capture(source, stop=stop)))
            processed()

        def processed() -> None:
            done = self.process(at_once=False, stop=stop)
            changed(done.filed + done.held)

        def changed(how_many: int) -> None:
            if after is not None and how_many:
                after()

        scheduler = Scheduler()
        scheduler.every(every_seconds).seconds.do(_survived, polled)
        scheduler.every(DUE_SECONDS).seconds.do(_survived, processed)
        _survived(polled)
        while not stop.wait(1):
            scheduler.run_pending()


def _survived(job: Callable[[], None]) -> None:
    """Do one job of the daemon; what we could not do is logged, and tried again when the job is next due."""
    try:
        job()
    except ShouwenError as error:
        log.error("job failed", kind=type(error).__name__, said=str(error))
