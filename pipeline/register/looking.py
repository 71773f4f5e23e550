"""Questions to the register: nothing here writes.

Purpose: what compile, status, log, the worker and people ask.
Limits: each answer is one consistent snapshot; two answers may lie a commit apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import RowMapping, Select, and_, desc, func, or_, select, union_all

from pipeline.errors import PermanentError, UsageError
from pipeline.records import Attachment, Correction, Event, Filed, Filing, Item, Reading, Sending, State
from pipeline.register import remarks, rows, sending, tables, verifying
from pipeline.register.chain import START, moment
from pipeline.register.ledger import Ledger, read
from pipeline.register.opening import transaction
from pipeline.register.seen import Seen
from pipeline.register.sharing import share
from pipeline.register.values import Basis, Finding, Fixities, Seal

MATERIAL = ("capture", "file", "hold", "release", "dismiss", "correct", "undo", "sign", "attach")
"""Actions that can change what is compiled."""
LONGEST_WAIT = timedelta(minutes=30)
"""More than any deferral (DELAYS of register.py): what is due later than this was deferred before the clock was set back."""
TOGETHER = 32
"""Mails that are read at a time: enough for `share` to be cheap, few enough that pictures of none of them matter."""


class Looking(Seen):
    """The register as those who look see it."""

    # ------------------------------------------------------------ items

    def items(self, state: State | None = None) -> tuple[Item, ...]:
        """All items, or those in *state*, in order of accession."""
        wanted = select(tables.items).order_by(tables.items.c.year, tables.items.c.number)
        if state is not None:
            wanted = wanted.where(tables.items.c.state == state)
        return tuple(rows.item(row) for row in self._rows(wanted))

    def item(self, accession: str) -> Item:
        """The item of that accession.

        Raises:
            UsageError: there is none.
        """
        found = self._rows(select(tables.items).where(tables.items.c.accession == accession))
        if not found:
            raise UsageError(f"没有收文号 {accession}；收文号形如 2024-00031，可用 shouwen log 查看")
        return rows.item(found[0])

    def due(self, at: datetime | None, basis: Basis) -> tuple[Item, ...]:
        """Items to be read or judged now: captured ones, and filed ones that rest on another basis.

        Args:
            at: those deferred to a later time are left out, unless that is too late to be true; None: none are.

        Returns:
            fresh ones first, then those that were begun before; each in order of accession.
        """
        item = tables.items.c
        wanted = or_(
            item.state == State.CAPTURED,
            and_(item.state == State.FILED, item.basis < basis.digest),  # no index finds what is unequal
            and_(item.state == State.FILED, item.basis > basis.digest),
        )
        if at is not None:
            now, absurd = moment(at), moment(at + LONGEST_WAIT)
            wanted = and_(wanted, or_(item.due.is_(None), item.due <= now, item.due > absurd))
        found = self._rows(
            select(tables.items).where(wanted).order_by(item.attempts > 0, item.year, item.number)
        )
        return tuple(rows.item(row) for row in found)

    def count(self) -> dict[State, int]:
        """How many items stand in each state; states without items are left out."""
        found = self._rows(
            select(tables.items.c.state, func.count().label("n")).group_by(tables.items.c.state)
        )
        counted = {State(row["state"]): int(row["n"]) for row in found}
        return {state: counted[state] for state in State if state in counted}

    # ------------------------------------------------------------ filings, readings, corrections

    def filed(self) -> Iterator[Filed]:
        """Every item with its filing (None unless it stands as filed), in order of accession, some at a time."""
        item, filing = tables.items, tables.filings
        wanted = (
            select(item, filing.c.content)
            .join(
                filing,
                and_(filing.c.accession == item.c.accession, item.c.state == State.FILED),
                isouter=True,
            )
            .order_by(item.c.year, item.c.number)
            .execution_options(stream_results=True)  # a server would send all of them at once
        )
        with transaction(self._engine, writing=False) as connection, connection.execute(wanted) as found_rows:
            for some in found_rows.mappings().partitions(TOGETHER):
                filed = [self._filed(row) for row in some]
                share(filed)
                yield from filed

    def filing(self, accession: str) -> Filing | None:
        """The latest filing of *accession*, whatever its state now; None if it was never filed."""
        found = self._rows(select(tables.filings.c.content).where(tables.filings.c.accession == accession))
        return self._decoded(accession, found[0]["content"]) if found else None

    def reading(self, sha256: str, basis: Basis, attached: tuple[str, ...] = ()) -> Reading | None:
        """The cached reading of *sha256* by the readers of *basis*; None if it must be read (again).

        attached: digests of the files that staff added; read with others, or without them, it is another reading.
        """
        reading = tables.readings.c
        found = self._reading(
            select(reading.content).where(
                reading.sha256 == sha256,
                reading.version == basis.version,
                reading.abilities == basis.abilities,
            )
        )
        return found if found is not None and found.attached == attached else None

    def latest_reading(self, sha256: str) -> Reading | None:
        """The cached reading of *sha256*, whichever readers made it; None if it was never read."""
        return self._reading(select(tables.readings.c.content).where(tables.readings.c.sha256 == sha256))

    def corrections(self, accession: str | None = None) -> tuple[Correction, ...]:
        """All corrections, or those of one mail, in the order they were made; what was undone and what undoes it are among them."""
        wanted = select(tables.corrections).order_by(tables.corrections.c.number)
        if accession is not None:
            wanted = wanted.where(tables.corrections.c.accession == accession)
        return tuple(rows.correction(row) for row in self._rows(wanted))

    def attachments(self, accession: str | None = None) -> tuple[Attachment, ...]:
        """All files that staff added to mails, or to one, in the order in which they did."""
        wanted = select(tables.attachments).order_by(tables.attachments.c.number)
        if accession is not None:
            wanted = wanted.where(tables.attachments.c.accession == accession)
        return tuple(rows.attachment(row) for row in self._rows(wanted))

    def sendings(self) -> tuple[Sending, ...]:
        """One row a paper that was to be sent, in order, with what became of it (INTENT: nobody knows)."""
        with transaction(self._engine, writing=False) as connection:
            return sending.standing(sending.sendings(connection))

    # ------------------------------------------------------------ the log

    def events(
        self,
        *,
        accession: str | None = None,
        action: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
    ) -> tuple[Event, ...]:
        """The events that pass every filter given, in order; since and until are inclusive.

        Args:
            limit: only the last so many of them.
        """
        event = tables.events.c
        order = event.number if limit is None else desc(event.number)
        wanted = select(tables.events).order_by(order).limit(limit).execution_options(stream_results=True)
        for clause in (
            event.accession == accession if accession is not None else None,
            event.action == action if action is not None else None,
            event.at >= moment(since) if since is not None else None,
            event.at <= moment(until) if until is not None else None,
        ):
            if clause is not None:
                wanted = wanted.where(clause)
        with transaction(self._engine, writing=False) as connection, connection.execute(wanted) as found_rows:
            found = tuple(map(rows.event, found_rows))
        return found if limit is None else found[::-1]

    def head(self) -> tuple[int, str]:
        """Number and digest of the last event; 0 and zeros for an empty log."""
        last = self.events(limit=1)
        return (last[0].number, last[0].digest) if last else (0, START)

    def last_material(self) -> Event | None:
        """The last event that can change what is compiled, None if there was none."""
        event = tables.events.c
        lasts = (
            select(func.max(event.number).label("number")).where(event.action == one) for one in MATERIAL
        )
        last = select(func.max(union_all(*lasts).subquery().c.number)).scalar_subquery()
        found = self._rows(select(tables.events).where(event.number == last))
        return rows.event(tuple(found[0].values())) if found else None

    def seals(self) -> tuple[Seal, ...]:
        """All seals, in order."""
        return tuple(
            rows.seal(row) for row in self._rows(select(tables.seals).order_by(tables.seals.c.number))
        )

    def ledger(self) -> Ledger:
        """Everything that the log proves, as it is digested: one snapshot."""
        with transaction(self._engine, writing=False) as connection:
            return read(connection)

    def verify(self, archive: Fixities, kept: Sequence[Seal] = ()) -> tuple[Finding, ...]:
        """Recompute chain, rows, blobs and seals; () means that all is as it was written.

        Args:
            kept: seals that were kept outside the register.
        """
        with transaction(self._engine, writing=False) as connection:
            return tuple(verifying.findings(connection, archive, kept))

    def remarks(self, archive: Fixities, kept: Sequence[Seal] = ()) -> tuple[str, ...]:
        """Say in Chinese what verify cannot decide or see; () where there is nothing to say."""
        with transaction(self._engine, writing=False) as connection:
            return tuple(remarks.remarks(connection, archive, kept))

    def orphans(self, archive: Fixities) -> tuple[str, ...]:
        """Blobs of the archive that no row names: a crash between archive and register leaves them; harmless."""
        with transaction(self._engine, writing=False) as connection:
            named = tables.named(connection)
        return tuple(digest for digest in archive.digests() if digest not in named)

    def named(self) -> set[str]:
        """The digests of all blobs that rows name."""
        with transaction(self._engine, writing=False) as connection:
            return tables.named(connection)

    # ------------------------------------------------------------ below

    def _reading(self, wanted: Select[tuple[bytes]]) -> Reading | None:
        found = self._rows(wanted)
        return rows.unpacked(found[0]["content"], Reading) if found else None

    def _filed(self, row: RowMapping) -> Filed:
        content = row["content"]
        found = self._decoded(row["accession"], content) if content is not None else None
        return Filed(item=rows.item(row), filing=found)

    def _decoded(self, accession: str, content: bytes) -> Filing:
        filing = rows.unpacked(content, Filing)
        if filing is None:
            raise PermanentError(
                f"{accession} 的归档结果读不出来（登记簿 {self._place}）；请运行 shouwen verify，没有问题再运行 shouwen once 重新办理"
            )
        return filing
