"""Due items become filings: attempts are begun, sent off, and ended as filed, deferred or held.

Purpose: `Processing(…).run()`. Fresh mails go through the executor side by side; one that was begun before runs alone
and in a process of its own, so that a mail that kills, hangs or bloats its reader costs itself three attempts and the
others nothing. A stop waits some seconds for what is in hand, then has it cut and its attempt given back.
What is done meanwhile, a poll above all, may take as long as a mailbox holds; whoever does it lets us go on in between, so that
readers of other processes are never out of work.
What ended by the same moment, and what begins in its place, share one commit: the more there is to do, the more they are, so
that the disk is waited for once and not for each mail (why that is safe: ../register/attempts.py).
Source: ../../docs/decisions.md.
Limits: a serial executor cannot be cut: there a stop waits for the mail in hand, however long it takes.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import islice

from pipeline.archive import Archive
from pipeline.errors import PermanentError, SettingsError, ShouwenError, UnavailableError, UsageError
from pipeline.executor import CutError, Processes, Readers
from pipeline.records import Item
from pipeline.register import MAX_ATTEMPTS, Ended, Kept, Register
from pipeline.stop import Stop
from pipeline.worker.failure import told
from pipeline.worker.hands import Hands
from pipeline.worker.lane import Lane
from pipeline.worker.one_mail import Result, Task, begun
from pipeline.worker.oplog import log

NO_FAULT_OF_A_MAIL = (UnavailableError, SettingsError)
"""What ends a round instead of an attempt: an object store that is away for an hour would have all mails held."""
GRACE_SECONDS = 3
"""What a stop leaves to the mails in hand; a service manager is promised an end within 5 s."""
GLANCE_SECONDS = 0.1
"""How often a round that waits looks whether it is to stop."""
REFILL_SECONDS = 1
"""How often a round that has begun all it knew of asks, during a poll, for what was taken in since."""
OCTETS_AT_ONCE = 16 * 1024**2
"""Octets of mails in hand before their attempts begin, where readers cannot fetch them: the daemon is to stay small."""

Meanwhile = Callable[[Callable[[], None]], None]
"""Something else to be done, which calls what it is given whenever it can spare a moment."""
Wanted = tuple[Item, Task | None, str]
"""An item, what is to be done with it, and why that cannot be done, where it cannot."""


@dataclass(frozen=True, kw_only=True)
class Processed:
    """What a round came to: items filed and held, and attempts put off."""

    filed: int = 0
    held: int = 0
    deferred: int = 0


def nothing_else(_go_on: Callable[[], None]) -> None:
    """There is nothing else to do."""


@dataclass(kw_only=True)
class Processing:
    """One round on its way. at_once: failed attempts are repeated without waiting.

    stop: once set, nothing else begins; what is in hand has *grace_seconds*, then it is cut and not charged.
    meanwhile: called first, and again and again while mails are in hand, so that one that takes long keeps nothing else waiting.
    only: accessions that are done; None: all.
    """

    archive: Archive
    register: Register
    executor: Readers
    hands: Hands
    clock: Callable[[], datetime]
    progress: Callable[[int, int], None]
    at_once: bool
    stop: Stop
    meanwhile: Meanwhile = nothing_else
    only: frozenset[str] | None = None
    grace_seconds: float = GRACE_SECONDS
    ended: Counter[str] = field(default_factory=Counter)
    passed_over: set[str] = field(default_factory=set)
    total: int = 0
    stopping_since: float | None = None
    given_back: Counter[str] = field(default_factory=Counter)
    to_be_given_back: bool = False

    def run(self) -> Processed:
        """Work until nothing is due, or until *stop* and what is in hand is ended."""
        alone: Readers = self.executor if self.executor.isolated else Processes(1)
        try:
            self._through(
                Lane(executor=self.executor, joined=True)
            )  # nothing is known yet, but a poll may be due
            while due := self._due():
                self.total = self._done + len(due)
                fresh = deque(item for item in due if not item.attempts)
                self._through(Lane(executor=self.executor, left=fresh, joined=True))
                for item in due:
                    if item.attempts:
                        self._through(Lane(executor=alone, left=deque((item,))))
        finally:
            self.executor.cut()  # nothing is in flight unless an exception is
            if alone is not self.executor:
                alone.shutdown(cancel_futures=True)
        return Processed(**self.ended)

    def _due(self) -> tuple[Item, ...]:
        if self.stop.is_set():
            return ()
        due = self.register.due(None if self.at_once else self.clock(), self.hands.basis)
        return tuple(
            item
            for item in due
            if item.accession not in self.passed_over and (self.only is None or item.accession in self.only)
        )

    def _through(self, lane: Lane) -> None:
        """Keep as many in flight as there are hands: an attempt is counted when it begins, not when it queues."""
        refusal: ShouwenError | None = None
        self.meanwhile(partial(self._glance, lane))
        while lane.trouble is not None or lane.flying or (lane.left and not self.stop.is_set()):
            try:
                if lane.trouble is not None:
                    raise lane.trouble
                self._go_on(lane, self._patience(lane))
                if not lane.executor.isolated:
                    # Our own death would be charged to what is read and not written down.
                    self._write(self._ended(lane.over(0)), (), lane.executor)
            except NO_FAULT_OF_A_MAIL as error:
                lane.trouble, refusal = None, error
                lane.left.clear()
            self.meanwhile(partial(self._glance, lane))
            if self._grace_is_over():
                lane.executor.cut()
        if self.to_be_given_back:
            self.to_be_given_back = False
            self.register.interrupt(at=self.clock())
        if refusal is not None:
            raise refusal

    def _glance(self, lane: Lane) -> None:
        """Go on while something else is done, without waiting for anything; what goes wrong is no concern of that.

        Not where we read ourselves, nor where machines may have to be waited for because none is at work.
        """
        if (
            lane.trouble is not None
            or not lane.executor.isolated
            or (lane.executor.remote and not lane.flying)
        ):
            return
        try:
            self._refill(lane)
            self._go_on(lane, 0)
        except Exception as error:  # noqa: BLE001 - raised where the mails in hand are ended
            lane.trouble = error

    def _refill(self, lane: Lane) -> None:
        """Take what was taken in since, where all that was known has begun."""
        now = time.monotonic()
        if not lane.joined or lane.left or now - lane.refilled_seconds < REFILL_SECONDS:
            return
        lane.refilled_seconds = now
        lane.left.extend(item for item in self._due() if not item.attempts)
        self.total = max(self.total, self._done + len(lane.flying) + len(lane.left))

    def _patience(self, lane: Lane) -> float:
        """Seconds to wait for what is in flight: none where more can begin."""
        return 0 if lane.left and self._free(lane) else GLANCE_SECONDS

    def _free(self, lane: Lane) -> int:
        return 0 if self.stop.is_set() else lane.free

    def _go_on(self, lane: Lane, seconds: float) -> None:
        """Write down what is over, waited for so many *seconds* at most, and begin as much of what is left as there are hands.

        Raises:
            UnavailableError, SettingsError: the archive cannot be asked; no mail is charged with that.
        """
        ended = self._ended(lane.over(seconds))
        wanted: list[Wanted] = []
        try:
            refusal = self._take(wanted, lane)
        except BaseException:
            self._write(ended, (), lane.executor)
            raise
        for item, task in self._write(ended, wanted, lane.executor):
            lane.flying[lane.executor.submit(begun, self.hands.attempt, task)] = item
        if refusal is not None:
            raise refusal

    def _grace_is_over(self) -> bool:
        if not self.stop.is_set():
            return False
        if self.stopping_since is None:
            self.stopping_since = time.monotonic()
        return time.monotonic() - self.stopping_since >= self.grace_seconds

    @property
    def _done(self) -> int:
        return self.ended["filed"] + self.ended["held"]

    def _take(self, wanted: list[Wanted], lane: Lane) -> ShouwenError | None:
        """Take what may begin now from what is left into *wanted*, as much as memory should hold; return why no more can begin at all."""
        if not lane.left or not (free := self._free(lane)):
            return None
        octets = 0
        try:
            lane.executor.ready(self.hands.prepare)
            kept = self.hands.kept(tuple(islice(lane.left, free)), self.register)
            while len(wanted) < len(kept) and octets < OCTETS_AT_ONCE and not self.stop.is_set():
                item = lane.left.popleft()
                task, why = self._task(item, kept[item.accession], remote=lane.executor.remote)
                octets += len(task.octets) if task else 0
                wanted.append((item, task, why))
        except NO_FAULT_OF_A_MAIL as error:
            return error
        return None

    def _task(self, item: Item, kept: Kept, *, remote: bool) -> tuple[Task | None, str]:
        """Return what is to be done with *item*, or why it cannot be."""
        try:
            return self.hands.task(item, self.archive, kept, remote=remote), ""
        except NO_FAULT_OF_A_MAIL:
            raise
        except ShouwenError as error:
            return None, str(error)

    def _write(
        self, ended: Sequence[tuple[Item, Ended]], wanted: Sequence[Wanted], executor: Readers
    ) -> list[tuple[Item, Task]]:
        """File what *ended* and count the attempts that are *wanted*, in one commit; return those that are to be made now."""
        if not ended and not wanted:
            return []
        begun = [item.accession for item, _, _ in wanted]
        refused = self._proceeded([one for _, one in ended], begun, isolated=executor.isolated)
        for accession, error in refused.items():
            self.passed_over.add(accession)
            log.info("decided by a person meanwhile", accession=accession, why=str(error))
        for item, _ in ended:
            if item.accession not in refused:
                self._count("filed")
                log.info("filed", accession=item.accession, size=item.size)
        going = [(item, task, why) for item, task, why in wanted if item.accession not in refused]
        for item, task, why in going:
            if task is None:
                self._failed(item, why)
        return [(item, task) for item, task, _ in going if task is not None]

    def _proceeded(
        self, ended: Sequence[Ended], begun: Sequence[str], *, isolated: bool
    ) -> dict[str, UsageError]:
        """Write it in one commit; or, where one of them cannot be written, those before it, so that it keeps nobody back."""
        try:
            return self.register.proceed(ended, begun, at=self.clock(), isolated=isolated)
        except PermanentError:
            if not ended:
                raise
        refused: dict[str, UsageError] = {}
        for one in ended:
            refused |= self.register.proceed((one,), at=self.clock())
        return refused | self.register.proceed((), begun, at=self.clock(), isolated=isolated)

    def _ended(self, over: Sequence[tuple[Item, Future[Result]]]) -> list[tuple[Item, Ended]]:
        """Those that ended well, packed to be filed; the others are ended here."""
        ended = ((item, self._end(item, future)) for item, future in over)
        return [(item, one) for item, one in ended if one is not None]

    def _end(self, item: Item, future: Future[Result]) -> Ended | None:
        """The item boundary: whatever became of one mail, the others go on."""
        try:
            result = future.result()
            return Ended.of(item.accession, result.filing, basis=self.hands.basis, reading=result.reading)
        except CutError as error:
            # Who stops a service may have killed its processes too. What never gets through counts in the end.
            not_its_fault = self.stop.is_set() or not error.charged
            if not_its_fault and self.given_back[item.accession] < MAX_ATTEMPTS:
                self._give_back(item)
            else:
                self._failed(item, str(error))
        except Exception as error:  # noqa: BLE001 - the one place where any failure is one mail's failure
            self._failed(item, told(error))
        return None

    def _give_back(self, item: Item) -> None:
        """Leave the attempt open: it is given back when nothing else is in flight."""
        self.given_back[item.accession] += 1
        self.to_be_given_back = True
        log.info("given back", accession=item.accession, size=item.size)

    def _failed(self, item: Item, why: str) -> None:
        """End the attempt: held after the third, deferred before."""
        log.warning("attempt failed", accession=item.accession, size=item.size, why=why)
        try:
            if item.attempts + 1 >= MAX_ATTEMPTS:
                self.register.hold(item.accession, why=why, at=self.clock())
                self._count("held")
            else:
                self.register.defer(item.accession, why=why, at=self.clock())
                self._count("deferred")
        except UsageError as error:
            self.passed_over.add(item.accession)
            log.info("decided by a person meanwhile", accession=item.accession, why=str(error))

    def _count(self, end: str) -> None:
        self.ended[end] += 1
        self.progress(self._done, self.total)
