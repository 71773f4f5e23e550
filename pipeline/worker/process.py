"""Due items become filings: attempts are begun, sent off, and ended as filed, deferred or held.

Purpose: `Processing(…).run()`. Fresh mails go through the executor side by side; one that was begun before runs alone
and in a process of its own, so that a mail that kills, hangs or bloats its reader costs itself three attempts and the
others nothing. A stop waits some seconds for what is in hand, then has it cut and its attempt given back.
Source: ../../docs/decisions.md.
Limits: a serial executor cannot be cut: there a stop waits for the mail in hand, however long it takes.
"""

from __future__ import annotations

import re
import threading
import time
import traceback
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pipeline.archive import Archive
from pipeline.errors import SettingsError, ShouwenError, UnavailableError, UsageError
from pipeline.executor import CutError, Processes, Readers
from pipeline.records import Item
from pipeline.register import MAX_ATTEMPTS, Register
from pipeline.worker.hands import Hands
from pipeline.worker.one_mail import Result, Task, begun
from pipeline.worker.oplog import log

OURS_TO_CALL = r"/pipeline/(worker|executor)/"
"""Files that stand in every traceback, for they make the call; where the failure is, is further in."""

NO_FAULT_OF_A_MAIL = (UnavailableError, SettingsError)
"""What ends a round instead of an attempt: an object store that is away for an hour would have all mails held."""
GRACE_SECONDS = 3
"""What a stop leaves to the mails in hand; a service manager is promised an end within 5 s."""
GLANCE_SECONDS = 0.1
"""How often a round that waits looks whether it is to stop."""


@dataclass(frozen=True, kw_only=True)
class Processed:
    """What a round came to: items filed and held, and attempts put off."""

    filed: int = 0
    held: int = 0
    deferred: int = 0


def _nothing() -> None:
    """There is nothing else to do."""


@dataclass(kw_only=True)
class Processing:
    """One round on its way. at_once: failed attempts are repeated without waiting.

    stop: once set, nothing else begins; what is in hand has *grace_seconds*, then it is cut and not charged.
    meanwhile: called again and again while mails are in hand, so that one that takes long keeps nothing else waiting.
    only: accessions that are done; None: all.
    """

    archive: Archive
    register: Register
    executor: Readers
    hands: Hands
    clock: Callable[[], datetime]
    progress: Callable[[int, int], None]
    at_once: bool
    stop: threading.Event
    meanwhile: Callable[[], None] = _nothing
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
            while due := self._due():
                self.total = self._done + len(due)
                self._side_by_side([item for item in due if not item.attempts], self.executor)
                for item in due:
                    if item.attempts:
                        self._side_by_side([item], alone)
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

    def _side_by_side(self, items: Sequence[Item], executor: Readers) -> None:
        """Keep as many in flight as there are hands: an attempt is counted when it begins, not when it queues."""
        left = deque(items)
        flying: dict[Future[Result], Item] = {}
        refusal: ShouwenError | None = None
        while flying or (left and not self.stop.is_set()):
            while left and len(flying) < executor.width and not self.stop.is_set():
                item = left.popleft()
                try:
                    future = self._begun(item, executor)
                except NO_FAULT_OF_A_MAIL as error:
                    refusal = error
                    left.clear()
                    break
                if future is not None:
                    flying[future] = item
            for future in wait(flying, timeout=GLANCE_SECONDS, return_when=FIRST_COMPLETED).done:
                self._end(flying.pop(future), future)
            self.meanwhile()
            if self._grace_is_over():
                executor.cut()
        if self.to_be_given_back:
            self.to_be_given_back = False
            self.register.interrupt(at=self.clock())
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

    def _begun(self, item: Item, executor: Readers) -> Future[Result] | None:
        """Count the attempt, then make it; None where it ended before it flew.

        Raises:
            UnavailableError, SettingsError: the archive cannot be asked; no mail is charged with that.
        """
        executor.ready(self.hands.prepare)
        task, why = self._task(item, remote=executor.remote)
        try:
            self.register.begin(item.accession, at=self.clock(), isolated=executor.isolated)
        except UsageError as error:
            self.passed_over.add(item.accession)
            log.info("passed over", accession=item.accession, why=str(error))
            return None
        if task is None:
            self._failed(item, why)
            return None
        return executor.submit(begun, self.hands.attempt, task)

    def _task(self, item: Item, *, remote: bool) -> tuple[Task | None, str]:
        """Return what is to be done with *item*, or why it cannot be."""
        try:
            return self.hands.task(item, self.archive, self.register, remote=remote), ""
        except NO_FAULT_OF_A_MAIL:
            raise
        except ShouwenError as error:
            return None, str(error)

    def _end(self, item: Item, future: Future[Result]) -> None:
        """The item boundary: whatever became of one mail, the others go on."""
        try:
            result = future.result()
        except CutError as error:
            # Who stops a service may have killed its processes too. What never gets through counts in the end.
            not_its_fault = self.stop.is_set() or not error.charged
            if not_its_fault and self.given_back[item.accession] < MAX_ATTEMPTS:
                self._give_back(item)
            else:
                self._failed(item, str(error))
        except Exception as error:  # noqa: BLE001 - the one place where any failure is one mail's failure
            self._failed(item, _told(error))
        else:
            self._file(item, result)

    def _give_back(self, item: Item) -> None:
        """Leave the attempt open: it is given back when nothing else is in flight."""
        self.given_back[item.accession] += 1
        self.to_be_given_back = True
        log.info("given back", accession=item.accession, size=item.size)

    def _file(self, item: Item, result: Result) -> None:
        try:
            self.register.file(
                item.accession,
                result.filing,
                basis=self.hands.basis,
                at=self.clock(),
                reading=result.reading,
            )
        except UsageError as error:
            self.passed_over.add(item.accession)
            log.info("decided by a person meanwhile", accession=item.accession, why=str(error))
            return
        self._count("filed")
        log.info("filed", accession=item.accession, size=item.size)

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


def _told(error: Exception) -> str:
    """Say what failed and where, without the words of an exception that may quote the mail."""
    if isinstance(error, ShouwenError):
        return str(error)
    places = re.findall(
        r'([\w./-]+/pipeline/[\w./-]+\.py)", line (\d+)', "".join(traceback.format_exception(error))
    )
    ours = [f"{Path(path).name} 第 {line} 行" for path, line in places if not re.search(OURS_TO_CALL, path)]
    return f"程序出错 {type(error).__name__}" + (f"（{ours[-1]}）" if ours else "") + "；请把这一行告诉管理员"
