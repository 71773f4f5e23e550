"""The ledger: everything that the log proves, as it is digested, at one moment.

Purpose: `read(connection)` for whoever carries the log out of the house; one snapshot, while the daemon goes on.
Limits: what is digested alone; readings, filings and polls stay here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, select

from pipeline.records import Event
from pipeline.register import rows, tables
from pipeline.register.values import Seal, Sighting

Row = dict[str, str | int | None]
"""A row as its table holds it; its `digest` is chain.digest_of the other fields; of a correction it leaves out the
number and, of the fields that came later (rows.CORRECTION_PLAIN), what stands there by default."""


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """One moment of the register. Each in its order; sightings with their accession, attachments without name and link."""

    events: tuple[Event, ...]
    items: tuple[Row, ...]
    sightings: tuple[tuple[Sighting, str], ...]
    corrections: tuple[Row, ...]
    seals: tuple[Seal, ...]
    attachments: tuple[Row, ...] = ()


def read(connection: Connection) -> Ledger:
    """Read the ledger within the transaction of *connection*."""
    seen = tables.sightings.c
    sighted = select(tables.sightings).order_by(seen.accession, seen.account, seen.folder, seen.uid)
    return Ledger(
        events=tuple(
            map(rows.event, connection.execute(select(tables.events).order_by(tables.events.c.number)))
        ),
        items=_rows(connection, select(tables.items).order_by(tables.items.c.year, tables.items.c.number)),
        sightings=tuple(
            (rows.sighting(row), row["accession"]) for row in connection.execute(sighted).mappings()
        ),
        corrections=_rows(connection, select(tables.corrections).order_by(tables.corrections.c.number)),
        attachments=tuple(
            rows.octets_added(dict(row))
            for row in connection.execute(
                select(tables.attachments).order_by(tables.attachments.c.number)
            ).mappings()
        ),
        seals=tuple(
            rows.seal(row)
            for row in connection.execute(select(tables.seals).order_by(tables.seals.c.number)).mappings()
        ),
    )


def _rows(connection: Connection, wanted: Select[Any]) -> tuple[Row, ...]:
    return tuple(dict(row) for row in connection.execute(wanted).mappings())
