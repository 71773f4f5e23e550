"""Taking in: what is captured, what is seen again, what is gone from the server, what a poll saw, and the seals.

Purpose: `capture`, `note_missing`, `polled`, `seal`: facts about where octets were and are, each with its event.
Source: ../../docs/decisions.md. Octets are one item however often they are seen; each (account, folder, UIDVALIDITY,
UID) is a sighting of its own.
Limits: the caller has the octets in the archive before it says so here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, Engine, Select, and_, func, insert, select, update

from pipeline.records import State
from pipeline.register import chain, rows, tables
from pipeline.register.looking import Looking
from pipeline.register.opening import Place, transaction
from pipeline.register.replacing import put
from pipeline.register.step import MACHINE
from pipeline.register.values import Capture, Poll, Seal, Sighting

RECEIVED = {
    "internaldate": "收到时间据邮箱服务器",
    "received": "收到时间据最上一条 Received",
    "date": "没有 Received，收到时间据 Date",
    "captured": "信头没有可用的时间，以接收之时为收到时间",
}


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
        with transaction(self._engine, writing=True) as connection:
            return tuple(self._capture(connection, one, at) for one in captures)

    def note_missing(self, gone: Iterable[Sighting], back: Iterable[Sighting] = (), *, at: datetime) -> None:
        """Note which sightings are *gone* from the server, and which that were gone are *back*; octets stay here."""
        with transaction(self._engine, writing=True) as connection:
            for action, sightings in (("vanish", gone), ("reappear", back)):
                for sighting in sightings:
                    for row in connection.execute(_at_place(sighting)).mappings().all():
                        if (row["gone"] is None) == (action == "vanish") and rows.sighting(row) == sighting:
                            _turn(connection, sighting, row["accession"], action, at)

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

    # ------------------------------------------------------------ below

    def _capture(self, connection: Connection, one: Capture, at: datetime) -> str:
        wanted = select(tables.items).where(tables.items.c.sha256 == one.sha256)
        known = connection.execute(wanted).mappings().first()
        row = dict(known) if known else self._new_row(self._next(connection), one, at)
        accession = str(row["accession"])
        mended = _mended(one, known=known is not None)
        if known and not mended and _is_sighted(connection, one.sighting, accession):
            return accession
        if not known:
            connection.execute(insert(tables.items).values(**row))
        _show_no_longer(connection, one.sighting, accession, at)
        seen = {**rows.sighting_fields(one.sighting), "accession": accession}
        put(connection, tables.sightings, seen)
        fact = (
            "同一封邮件又见到一次，不另立收文号"
            if known
            else f"收下 {one.size} 字节，SHA-256 {one.sha256}；{RECEIVED[one.received_from]}"
        )
        chain.append(
            connection,
            at=at,
            accession=accession,
            action="sight" if known else "capture",
            actor=MACHINE,
            outcome=fact + mended,
            before=str(row["state"]) if known else "",
            after=str(row["state"]),
            detail=one.sighting.described,
            row="" if known else str(row["digest"]),
        )
        return accession

    def _next(self, connection: Connection) -> str:
        highest = select(func.max(tables.items.c.number)).where(tables.items.c.year == self._year)
        return f"{self._year}-{(connection.scalar(highest) or 0) + 1:05d}"

    def _new_row(self, accession: str, one: Capture, at: datetime) -> dict[str, object]:
        row: dict[str, object] = {
            "accession": accession,
            "year": self._year,
            "number": int(accession.rpartition("-")[2]),
            "sha256": one.sha256,
            "size": one.size,
            "state": State.CAPTURED.value,
            "received": chain.moment(one.received),
            "received_from": one.received_from,
            "captured": chain.moment(at),
            "due": None,
            "begun": None,
            "isolated": 0,
            "attempts": 0,
            "reason": "",
            "basis": "",
            "filing": "",
        }
        return {**row, "digest": rows.item_digest(row)}


def _mended(one: Capture, *, known: bool) -> str:
    """Say that the archive was the worse for something until these octets came again."""
    if one.mended:
        return "；原件库里的同一份已损坏，已用这次收到的补好"
    return "；原件库里的同一份已不在，已用这次收到的补上" if one.fresh and known else ""


def _at_place(sighting: Sighting) -> Select[tuple[object, ...]]:
    """The rows about one message of one folder, whatever octets it showed."""
    seen = tables.sightings.c
    return select(tables.sightings).where(
        and_(
            seen.account == sighting.account,
            seen.folder == sighting.folder,
            seen.uidvalidity == sighting.uidvalidity,
            seen.uid == sighting.uid,
        )
    )


def _is_sighted(connection: Connection, sighting: Sighting, accession: str) -> bool:
    """The same octets were seen there, and the server lists them as it did."""
    known = connection.execute(
        _at_place(sighting).where(tables.sightings.c.accession == accession)
    ).mappings()
    return any(rows.sighting(row) == sighting for row in known)


def _show_no_longer(connection: Connection, sighting: Sighting, accession: str, at: datetime) -> None:
    """Other octets that this UID showed are not there any more."""
    seen = tables.sightings.c
    shown = _at_place(sighting).where(seen.gone.is_(None), seen.accession != accession)
    for row in connection.execute(shown).mappings().all():
        _turn(connection, rows.sighting(row), row["accession"], "vanish", at)


def _turn(connection: Connection, sighting: Sighting, accession: str, action: str, at: datetime) -> None:
    """Note that *sighting* of *accession* vanished from the server, or is there again."""
    vanished = action == "vanish"
    seen = tables.sightings
    connection.execute(
        update(seen)
        .where(
            seen.c.account == sighting.account,
            seen.c.folder == sighting.folder,
            seen.c.uidvalidity == sighting.uidvalidity,
            seen.c.uid == sighting.uid,
            seen.c.accession == accession,
        )
        .values(gone=chain.moment(at) if vanished else None)
    )
    state = connection.scalar(select(tables.items.c.state).where(tables.items.c.accession == accession))
    chain.append(
        connection,
        at=at,
        accession=accession,
        action=action,
        actor=MACHINE,
        outcome="邮箱服务器的这个编号下已没有这封邮件；原件照存" if vanished else "邮箱服务器上又有这封邮件",
        before=str(state),
        after=str(state),
        detail=sighting.described,
    )


def _rows_in(connection: Connection, table: str) -> int:
    return connection.scalar(select(func.count()).select_from(tables.metadata.tables[table])) or 0
