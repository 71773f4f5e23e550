"""The Worker: capture, process, once, and run, the daemon (whose clock is rounds.py).

Limits: one thread does all; what may take long calls `alive` and `meanwhile`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pipeline.archive import Archive
from pipeline.errors import ShouwenError
from pipeline.executor import Readers
from pipeline.mailbox import Source
from pipeline.register import Basis, Poll, Register, basis
from pipeline.stop import Stop
from pipeline.worker.capture import Capturing
from pipeline.worker.hands import Hands
from pipeline.worker.one_mail import Result, Task, attempt, prepare
from pipeline.worker.process import Meanwhile, Processed, Processing, nothing_else
from pipeline.worker.rounds import NO_DUTIES, Duties, Rounds
from rules import Rules

WHOLE_EVERY = timedelta(days=1)
"""How often a folder is listed whole although the server's count adds up."""


def _nothing() -> None:
    """Do nothing."""


def _now() -> datetime:
    return datetime.now(UTC)


def _silent(_done: int, _of: int) -> None:
    """Show no progress."""


@dataclass(kw_only=True)
class Worker:
    """The one writer's work; its parts are opened by the caller, who holds `only_writer`.

    passwords: to be tried on archives. clock: the only one there is. attempt: what is done with one mail.
    prepare: what must go well before any attempt can; both are functions of a module, for they travel. remembered: folder
    of what recognisers said of pictures, "" for none. listed_whole: when each folder was last compared with the register
    mail by mail.
    """

    archive: Archive
    register: Register
    rules: Rules
    executor: Readers
    abilities: tuple[str, ...] = ()
    passwords: tuple[str, ...] = ()
    clock: Callable[[], datetime] = _now
    attempt: Callable[[Task], Result] = attempt
    prepare: Callable[[], None] = prepare
    remembered: str = ""
    listed_whole: dict[str, datetime] = field(default_factory=dict)

    @property
    def basis(self) -> Basis:
        """What is filed now rests on this."""
        return basis(self.rules.digest, self.abilities, self.passwords)

    @property
    def hands(self) -> Hands:
        """What reads and judges now."""
        return Hands(
            rules=self.rules,
            basis=self.basis,
            abilities=self.abilities,
            passwords=self.passwords,
            attempt=self.attempt,
            prepare=self.prepare,
            remembered=self.remembered,
        )

    def capture(
        self,
        source: Source,
        *,
        stop: Stop | None = None,
        alive: Callable[[], None] = _nothing,
    ) -> tuple[Poll, ...]:
        """Poll every folder of *source* once and take in what is new; one Poll a folder.

        Args:
            source: the mailbox.
            stop: once set, the mail in hand is taken in and no other.
            alive: called for every mail that was asked for.

        Raises:
            ShouwenError: a folder could not be polled; the others were, as far as they could.
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
                stop=stop or Stop(),
                everything=self._is_long_ago(folder),
                alive=alive,
            )
            try:
                polls.append(capturing.poll())
                if capturing.everything:
                    self.listed_whole[folder] = self.clock()
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
        stop: Stop | None = None,
        meanwhile: Meanwhile = nothing_else,
        only: frozenset[str] | None = None,
    ) -> Processed:
        """Read and judge what is due.

        Args:
            progress: called with (items done, items in all) whenever one ends.
            at_once: failed attempts are repeated without waiting, so that nothing is due at the end.
            stop: once set, what is in hand is finished and nothing else begun.
            meanwhile: called first, and again and again while mails are in hand; what it is given lets us go on.
            only: accessions; the others are left alone. None: all.

        Raises:
            TransientError: no process for reading can be started, or the register cannot be written now.
        """
        self.register.interrupt(at=self.clock())
        return Processing(
            archive=self.archive,
            register=self.register,
            executor=self.executor,
            hands=self.hands,
            clock=self.clock,
            progress=progress,
            at_once=at_once,
            stop=stop or Stop(),
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
        outcome: list[tuple[Poll, ...] | ShouwenError] = []

        def poll(go_on: Callable[[], None]) -> None:
            if not outcome:
                try:
                    outcome.append(self.capture(source, alive=go_on))
                except ShouwenError as error:
                    outcome.append(error)

        processed = self.process(progress, meanwhile=poll)
        (polls,) = outcome
        if isinstance(polls, ShouwenError):
            raise polls
        return polls, processed

    def run(
        self,
        source: Source,
        *,
        every_seconds: int,
        stop: Stop,
        duties: Duties = NO_DUTIES,
    ) -> None:
        """Poll every so many seconds, or when the server says that something is new, and process what is due.

        Returns when *stop* is set. Whatever else fails is logged, told to *duties*, and tried again.
        """
        Rounds(worker=self, source=source, every_seconds=every_seconds, stop=stop, duties=duties).go()
