"""Questions about the mailbox: where mails were seen, what is there of a folder, and how the polls went.

Purpose: what the worker asks at each poll, and status and auditors of it.
Source: RFC 9051 2.3.1.1: a mail is named by folder, UIDVALIDITY and UID.
Limits: each answer is one consistent snapshot.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, RowMapping, Select, and_, desc, func, select

from pipeline.register import rows, tables
from pipeline.register.opening import Place, transaction
from pipeline.register.standings import Standings
from pipeline.register.values import Poll, Sighting, Standing


class Seen:
    """The register as those see it who compare it with the mailbox."""

    def __init__(self, engine: Engine, place: Place) -> None:
        self._engine = engine
        self._place = place
        self._standings = Standings()

    def sightings(self, accession: str | None = None) -> tuple[tuple[Sighting, str], ...]:
        """Where mails were seen, each with its accession, ordered by account, folder, UIDVALIDITY and UID."""
        seen = tables.sightings.c
        wanted = select(tables.sightings).order_by(seen.account, seen.folder, seen.uidvalidity, seen.uid)
        if accession is not None:
            wanted = wanted.where(seen.accession == accession)
        return tuple((rows.sighting(row), row["accession"]) for row in self._rows(wanted))

    def standing(self, account: str, folder: str, uidvalidity: int) -> Standing:
        """Say how many mails of that folder are here and still there, and the greatest UID of these."""
        with transaction(self._engine, writing=False) as connection:
            return self._standings.of(connection, (account, folder, uidvalidity))

    def sighted(self, account: str, folder: str, uidvalidity: int) -> tuple[Sighting, ...]:
        """Every sighting of that folder, ascending by UID."""
        seen = tables.sightings.c
        wanted = select(tables.sightings).where(
            seen.account == account, seen.folder == folder, seen.uidvalidity == uidvalidity
        )
        return tuple(rows.sighting(row) for row in self._rows(wanted.order_by(seen.uid)))

    def outdated(self, account: str, folder: str, uidvalidity: int) -> tuple[Sighting, ...]:
        """Sightings of that folder that stand as there although its UIDs were numbered anew since."""
        seen = tables.sightings.c
        of_folder = and_(seen.account == account, seen.folder == folder, seen.gone.is_(None))
        found = [  # two ranges of the index: one `or` would read all of the folder
            rows.sighting(row)
            for others in (seen.uidvalidity < uidvalidity, seen.uidvalidity > uidvalidity)
            for row in self._rows(select(tables.sightings).where(of_folder, others))
        ]
        return tuple(sorted(found, key=lambda one: (one.uidvalidity, one.uid)))

    def earliest_seen(self, account: str, folder: str) -> datetime | None:
        """When the oldest mail ever seen in that folder arrived, None if none was."""
        seen = tables.sightings.c
        wanted = (
            select(func.min(tables.items.c.received).label("earliest"))
            .join_from(tables.sightings, tables.items)
            .where(seen.account == account, seen.folder == folder)
        )
        earliest = self._rows(wanted)[0]["earliest"]
        return datetime.fromisoformat(earliest) if earliest else None

    def polls(self, limit: int = 100) -> tuple[Poll, ...]:
        """The last *limit* polls, oldest first."""
        found = self._rows(select(tables.polls).order_by(desc(tables.polls.c.number)).limit(limit))
        return tuple(rows.poll(row) for row in reversed(found))

    def last_poll(self) -> Poll | None:
        """The last poll that went through, None if none ever did."""
        poll = tables.polls
        found = self._rows(select(poll).where(poll.c.error == "").order_by(desc(poll.c.number)).limit(1))
        return rows.poll(found[0]) if found else None

    def _rows(self, wanted: Select[*tuple[object, ...]]) -> list[RowMapping]:
        with transaction(self._engine, writing=False) as connection:
            return list(connection.execute(wanted).mappings())
