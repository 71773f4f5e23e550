"""The transitions of an item, each a named method with one transaction; what is impossible raises and writes nothing.

Purpose: captured 已接收 → filed 已归档 | held 待人工 | dismissed 不予受理; held → captured (released) | dismissed;
filed → filed (another basis) | held (the new basis failed three times, which must not stay unseen). Those that a person
asks for are in people.py.
Source: ../../docs/decisions.md. An attempt is counted before it is made, so a mail that kills its reader is found out;
an attempt that ran in a process of its own is given back when it was our own death that ended it.
Limits: whether a reader's answer is right is not the register's business.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from pipeline.errors import UsageError
from pipeline.records import Filing, Item, Outcome, Reading, Sending, State
from pipeline.register import attempts, chain, moving, sending, tables
from pipeline.register.attempts import MAX_ATTEMPTS, Ended, Kept
from pipeline.register.copying import copy
from pipeline.register.opening import Place, alone, open_engine, require_sound, transaction
from pipeline.register.people import People
from pipeline.register.step import MACHINE, Step, rows_of, write
from pipeline.register.values import Basis

COMPILE = "compile"
"""What the log calls a workbook that was compiled."""
DELAYS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=20))
"""How long a failed mail waits for its next attempt; a fifth is added at most, so that not all come at once."""


class Register(People):
    """The register at *place*, a file or a database server; *year* counts the accessions (the notice's year).

    new: it is made where there is none.

    Raises:
        PermanentError: it was written by a newer program, is no register, or cannot be opened.
        IntegrityError: it is damaged, or there is none and it is not *new*.
    """

    def __init__(self, place: Place, *, year: int, new: bool = True) -> None:
        super().__init__(open_engine(place, new=new), place, year)

    def require_sound(self) -> None:
        """Make sure that the file is not damaged before more is written into it.

        Raises:
            IntegrityError: it is.
        """
        require_sound(self._engine)

    def alone(self) -> AbstractContextManager[None]:
        """Be the one daemon that writes it, among all machines, until the end of the block.

        Raises:
            TransientError: another process is.
        """
        return alone(self._engine)

    def close(self) -> None:
        """Let the file, or the sessions, go."""
        self._engine.dispose()

    # ------------------------------------------------------------ an attempt and its ends

    def proceed(
        self,
        ended: Sequence[Ended] = (),
        begun: Sequence[str] = (),
        *,
        at: datetime,
        isolated: bool = False,
    ) -> dict[str, UsageError]:
        """File the mails of attempts that *ended*, and count the attempts of *begun* before they are made: one transaction.

        isolated: they run in processes of their own.

        Returns:
            by accession, why nothing was written of it: no attempt is open, or one is; three have failed; it is neither captured
            nor filed (a person may have dismissed it meanwhile).
        """
        with transaction(self._engine, writing=True) as connection:
            return attempts.proceed(connection, ended, begun, at=at, isolated=isolated)

    def kept(self, items: Sequence[Item], basis: Basis) -> dict[str, Kept]:
        """What is kept for an attempt at each of *items*, by accession: one look."""
        with transaction(self._engine, writing=False) as connection:
            return attempts.kept(connection, items, basis)

    def begin(self, accession: str, *, at: datetime, isolated: bool = False) -> None:
        """Count one attempt before it is made.

        Raises:
            UsageError: the item is neither captured nor filed, an attempt is open, or three have failed.
        """
        _require_none(self.proceed((), (accession,), at=at, isolated=isolated))

    def file(
        self, accession: str, filing: Filing, *, basis: Basis, at: datetime, reading: Reading | None = None
    ) -> None:
        """File one item of the open attempt. reading: where it was made just now, to be kept beside.

        Raises:
            UsageError: no attempt is open (a person may have dismissed the mail meanwhile).
        """
        _require_none(self.proceed((Ended.of(accession, filing, basis=basis, reading=reading),), at=at))

    def defer(self, accession: str, *, why: str, at: datetime) -> None:
        """End the open attempt as failed; the next is due in 1, 5 or 20 minutes and a little.

        Raises:
            UsageError: no attempt is open.
        """
        with self._step(accession, State.CAPTURED, State.FILED, verb="推迟") as step:
            step.require(step.row["begun"] is not None, "没有正在办理")
            due = at + _delay(str(step.row["sha256"]), step.attempts)
            step.move(begun=None, due=chain.moment(due))
            step.tell(
                "defer", f"第 {step.attempts} 次办理未成：{why}", at, detail=f"下次不早于 {chain.moment(due)}"
            )

    def hold(self, accession: str, *, why: str, at: datetime) -> None:
        """End the open attempt and leave the mail to a person.

        Raises:
            UsageError: no attempt is open, or fewer than three were made.
        """
        with self._step(accession, State.CAPTURED, State.FILED, verb="转待人工") as step:
            step.require(step.row["begun"] is not None, "没有正在办理")
            step.require(step.attempts >= MAX_ATTEMPTS, f"只试过 {step.attempts} 次")
            reason = chain.one_line(f"办理 {step.attempts} 次未成：{why}")
            step.move(state=State.HELD.value, begun=None, due=None, reason=reason)
            step.tell("hold", reason, at)

    def interrupt(self, *, at: datetime) -> tuple[str, ...]:
        """End every open attempt as cut off by our own death and return the accessions; only the one writer may.

        An isolated attempt does not count: had the mail killed its reader, we would have lived to see it.
        """
        with transaction(self._engine, writing=True) as connection:
            wanted = select(tables.items.c.accession).where(tables.items.c.begun.is_not(None))
            cut_off = tuple(
                sorted(connection.scalars(wanted))
            )  # in SQL it would go through all items in order
            found = rows_of(connection, cut_off)
            steps = [Step.among(found, connection, one, verb="") for one in cut_off]
            for step in steps:
                back = int(bool(step.row["isolated"]))
                step.move(begun=None, due=None, attempts=step.attempts - back)
                step.tell("interrupt", f"第 {step.attempts} 次办理被中断{'，不计次数' if back else ''}", at)
            write(connection, steps)
        return cut_off

    # ------------------------------------------------------------ what is made of it, and goes out

    def issued(self, digest: str, told: str, *, at: datetime) -> None:
        """Write down that a workbook was compiled, before it is published, and once only.

        digest: over all that the run is (outputs/workbook/runs.py). told: its file, and the digests of file and baseline.
        """
        event = tables.events.c
        with transaction(self._engine, writing=True) as connection:
            known = select(event.number).where(event.action == COMPILE, event.row == digest).limit(1)
            if connection.scalar(known) is None:
                chain.append(
                    connection,
                    at=at,
                    accession="",
                    action=COMPILE,
                    actor=MACHINE,
                    outcome=f"编成工作簿 {told}",
                    row=digest,
                )

    def intend(self, wanted: Sending, *, again: bool = False) -> Sending:
        """Write that a paper is about to be sent, before the mail server is told; return it with its number.

        Raises:
            UsageError: the same went out before, or (unless *again*) may have or was refused.
        """
        with transaction(self._engine, writing=True) as connection:
            return sending.intend(connection, wanted, again=again)

    def conclude(self, number: int, outcome: Outcome, said: str, *, at: datetime) -> Sending:
        """Write what became of the paper of intent *number*.

        Raises:
            UsageError: there is no such intent, or its outcome is written.
        """
        with transaction(self._engine, writing=True) as connection:
            return sending.conclude(connection, number, outcome, said, at=at)

    def copy(self, path: Path) -> None:
        """Copy the register as it stands into the new file *path*, whoever writes meanwhile.

        Raises:
            TransientError: the place cannot be written. IntegrityError: the register is damaged.
        """
        copy(self._engine, path)

    @contextmanager
    def still(self) -> Iterator[None]:
        """Let nobody write until the end of the block; nothing is written here either.

        Raises:
            TransientError: somebody writes for longer than one waits.
        """
        with transaction(self._engine, writing=True):
            yield

    def take_over(self, other: Register, progress: Callable[[str, int], None]) -> tuple[tuple[str, int], ...]:
        """Take every row of the *other* register, all or none, and return how many each table has.

        Raises:
            UsageError: there are other rows here. IntegrityError: what is here now is not what is there.
        """
        with (
            transaction(other._engine, writing=False) as source,
            transaction(self._engine, writing=True) as target,
        ):
            if moving.is_empty(target):
                went = moving.fill(source, target, progress)
            elif (went := moving.counted(source)) != moving.counted(target):
                raise UsageError(
                    f"{self._place} 里已有别的登记簿（或搬过以后两边又各自写过）；请换一个空的地方，没有搬登记簿"
                )
        return tuple((one.name, one.rows) for one in went)


def _require_none(refused: dict[str, UsageError]) -> None:
    for error in refused.values():
        raise error


def _delay(sha256: str, attempts: int) -> timedelta:
    """The wait after attempt number *attempts*, with a jitter that the mail itself decides."""
    jitter = int(hashlib.sha256(f"{sha256}{attempts}".encode()).hexdigest()[:4], 16) / 0xFFFF
    return DELAYS[min(attempts, len(DELAYS)) - 1] * (1 + jitter / 5)
