"""Mails are read or judged again on purpose, and what becomes other is told.

Purpose: `Reprocessing(…).tried()` says what would become other and writes nothing; `.done()` makes each mail due again,
with who and why in the log, has the worker do it as any other, and says what became other.
Source: ../../docs/decisions.md; principle 9: people's corrections are facts beside the filing and stand.
Limits: what is held or dismissed is a person's to release; it is left alone here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from pipeline.errors import PermanentError, ShouwenError
from pipeline.keeping.difference import Difference, difference, misplaced
from pipeline.records import Correction, Filing, Item, State
from pipeline.review import apply
from pipeline.worker import Result, Worker
from pipeline.worker.one_mail import begun


@dataclass(frozen=True, kw_only=True)
class Redone:
    """What came of one mail. state: as it stands now. differences: people's corrections applied before and after.

    misplaced: corrections whose activity has another number now. failed: Chinese, why there is no result; "" if there is.
    """

    accession: str
    state: State
    differences: tuple[Difference, ...] = ()
    misplaced: tuple[Correction, ...] = ()
    failed: str = ""


@dataclass(kw_only=True)
class Reprocessing:
    """Some items to be done again. read_again: the octets are read too, whatever reading is cached."""

    worker: Worker
    items: Sequence[Item]
    read_again: bool = False

    def tried(self) -> Iterator[Redone]:
        """Read and judge each mail, and say what would become other; nothing is written."""
        for item in self.items:
            before = self._filing(item)
            try:
                future = self._flown(item)
            except ShouwenError as error:
                yield Redone(accession=item.accession, state=item.state, failed=str(error))
                continue
            failure = future.exception()
            if failure is not None:
                yield Redone(accession=item.accession, state=item.state, failed=_told(failure))
            else:
                yield self._redone(item, before, future.result().filing)

    def done(
        self, *, by: str, why: str, progress: Callable[[int, int], None] = lambda _done, _of: None
    ) -> tuple[Redone, ...]:
        """Do each mail again, and say what became other; only the one writer may.

        Raises:
            UsageError: name or reason is missing, or a person decided about one of the mails meanwhile.
            TransientError: nothing can be read or written now; what was reopened stays due.
        """
        register = self.worker.register
        before = {item.accession: self._filing(item) for item in self.items}
        register.interrupt(at=self.worker.clock())
        for item in self.items:
            if item.state is State.FILED:
                register.reopen(
                    item.accession, by=by, why=why, at=self.worker.clock(), read_again=self.read_again
                )
        self.worker.process(progress, only=frozenset(before))
        now = [register.item(accession) for accession in before]
        return tuple(
            self._redone(item, before[item.accession], filing)
            if item.state is State.FILED and (filing := self._filing(item)) is not None
            else Redone(accession=item.accession, state=item.state, failed=item.reason)
            for item in now
        )

    def _flown(self, item: Item) -> Future[Result]:
        worker = self.worker
        worker.executor.ready(worker.prepare)
        task = worker.hands.task(
            item,
            worker.archive,
            worker.hands.kept((item,), worker.register)[item.accession],
            read_again=self.read_again,
            remote=worker.executor.remote,
        )
        return worker.executor.submit(begun, worker.attempt, task)

    def _filing(self, item: Item) -> Filing | None:
        """The machine's filing as it stands; None also where another version of the program wrote it."""
        try:
            return self.worker.register.filing(item.accession)
        except PermanentError:
            return None

    def _redone(self, item: Item, before: Filing | None, after: Filing) -> Redone:
        corrections = self.worker.register.corrections(item.accession)
        return Redone(
            accession=item.accession,
            state=item.state,
            differences=difference(apply(before, corrections) if before else None, apply(after, corrections)),
            misplaced=misplaced(before, after, corrections),
        )


def _told(error: BaseException) -> str:
    """Say what failed without the words of an exception that may quote the mail."""
    return str(error) if isinstance(error, ShouwenError) else f"程序出错 {type(error).__name__}"
