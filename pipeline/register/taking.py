"""Taking in: what is captured, what is seen again, what is gone from the server, what a poll saw, and the seals.

Purpose: `capture`, `note_missing`, `polled`, `seal`: facts about where octets were and are, each with its event.
Source: ../../docs/decisions.md. Octets are one item however often they are seen; each (account, folder, UIDVALIDITY,
UID) is a sighting of its own.
Limits: the caller has the octets in the archive before it says so here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, Engine, func, insert, select

from pipeline.register import chain, rows, tables
from pipeline.register.batch import Batch
from pipeline.register.looking import Looking
from pipeline.register.opening import Place, transaction
from pipeline.register.standings import mark
from pipeline.register.values import Capture, Poll, Seal, Sighting


class Taking(Looking):
    """The register as the one writer's capture sees it. year: counts the accessions (the notice's year)."""

    def __init__(self, engine: Engine, place: Place, year: int) -> None:
        super().__init__(engine, place)
        self._year = year

    def capture(self, captures: Sequence[Capture], *, at: datetime) -> tuple[str, ...]:
        """Take in *captures* and return the accession of each; all of them or none.

        Octets that are known get no second item: a sighting is added, with an event; a sighting that is known too
        changes nothing. A UID that was given to other octets no longer shows the ones it showed.
        """
        sightings, digests = [one.sighting for one in captures], [one.sha256 for one in captures]
        with self._batch(sightings, digests, at=at) as batch:
            return tuple(batch.capture(one) for one in captures)

    @property
    def taken(self) -> int:
        """How many accessions the year has: the number of the last one."""
        highest = select(func.max(tables.items.c.number)).where(tables.items.c.year == self._year)
        with transaction(self._engine, writing=False) as connection:
            return connection.scalar(highest) or 0

    def note_missing(self, gone: Iterable[Sighting], back: Iterable[Sighting] = (), *, at: datetime) -> None:
        """Note which sightings are *gone* from the server, and which that were gone are *back*; octets stay here."""
        turned = [("vanish", one) for one in gone] + [("reappear", one) for one in back]
        with self._batch([one for _, one in turned], at=at) as batch:
            for action, sighting in turned:
                for row in batch.shows(sighting, gone=action == "reappear"):
                    batch.turn(row, action)

    @contextmanager
    def _batch(
        self, sightings: Iterable[Sighting], digests: Iterable[str] = (), *, at: datetime
    ) -> Iterator[Batch]:
        """One transaction about these *sightings*; the standings of their folders follow once it is durable."""
        with transaction(self._engine, writing=True) as connection:
            before = mark(connection)
            batch = Batch.of(connection, sightings, digests, year=self._year, at=at)
            yield batch
            after = batch.write() or before
        self._standings.follow(batch, before, after)

    def polled(self, poll: Poll) -> None:
        """Write down what a poll saw: the heartbeat of the intake, no event."""
        fields = {**asdict(poll), "at": chain.moment(poll.at)}
        fields["earliest"] = chain.moment(poll.earliest) if poll.earliest else None
        with transaction(self._engine, writing=True) as connection:
            number = tables.next_number(connection, tables.polls)
            connection.execute(insert(tables.polls).values(**fields, number=number))

    def seal(self, *, at: datetime) -> Seal:
        """Seal the log as it stands: a fact to be kept outside the register, and a row here."""
        with transaction(self._engine, writing=True) as connection:
            before = (
                connection.execute(select(tables.seals).order_by(tables.seals.c.number.desc()).limit(1))
                .mappings()
                .first()
            )
            last = connection.execute(
                select(tables.events.c.number, tables.events.c.digest)
                .order_by(tables.events.c.number.desc())
                .limit(1)
            ).first()
            fields: dict[str, object] = {
                "number": before["number"] + 1 if before else 1,
                "at": chain.moment(at),
                "first": before["last"] + 1 if before else 1,
                "last": last.number if last else 0,
                "head": last.digest if last else chain.START,
                **{name: _rows_in(connection, name) for name in ("items", "sightings", "corrections")},
                "previous": before["digest"] if before else chain.START,
            }
            fields["digest"] = rows.seal_digest(fields)
            connection.execute(insert(tables.seals).values(**fields))
        return self.seals()[-1]


def _rows_in(connection: Connection, table: str) -> int:
    return connection.scalar(select(func.count()).select_from(tables.metadata.tables[table])) or 0
