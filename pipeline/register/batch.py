"""One batch of captures, or of sightings that are gone or back: what is known of it read at once, what it changes written at once.

Purpose: `Batch.of(connection, …)`, then `capture` and `turn` one by one, then `write`: three statements for any number of mails.
Source: ../../docs/decisions.md. The rows become, and the events follow one another, as if each had been a transaction of its own.
Limits: within one transaction of the only writer: between `of` and `write` nobody else changes these rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import TypeVar

from sqlalchemy import Connection, bindparam, func, insert, select, update

from pipeline.records import State
from pipeline.register import chain, rows, tables
from pipeline.register.step import MACHINE
from pipeline.register.values import Capture, Sighting

RECEIVED = {
    "internaldate": "收到时间据邮箱服务器",
    "received": "收到时间据最上一条 Received",
    "date": "没有 Received，收到时间据 Date",
    "captured": "信头没有可用的时间，以接收之时为收到时间",
}
AT_ONCE = 500
"""Values of one IN (…): SQLite takes 32,766 parameters at most, PostgreSQL 65,535."""

Row = dict[str, object]
Place = tuple[str, str, int, int]
"""Account, folder, UIDVALIDITY, UID."""
T = TypeVar("T")

_item, _seen = tables.items.c, tables.sightings.c
_KNOWN = select(tables.items).where(_item.sha256.in_(bindparam("digests", expanding=True)))
_SHOWN = (
    select(tables.sightings, _item.state)
    .join_from(tables.sightings, tables.items)
    .where(
        _seen.account == bindparam("account"),
        _seen.folder == bindparam("folder"),
        _seen.uidvalidity == bindparam("uidvalidity"),
        _seen.uid.in_(bindparam("uids", expanding=True)),
    )
)
_LAST = select(func.max(_item.number)).where(_item.year == bindparam("year"))
_NEW_ITEM = insert(tables.items)
_NEW_SIGHTING = insert(tables.sightings)
_SEEN_AGAIN = (
    update(tables.sightings)
    .where(
        _seen.account == bindparam("of_account"),
        _seen.folder == bindparam("of_folder"),
        _seen.uidvalidity == bindparam("of_uidvalidity"),
        _seen.uid == bindparam("of_uid"),
        _seen.accession == bindparam("of_accession"),
    )
    .values(size=bindparam("size"), received=bindparam("received"), gone=bindparam("gone"))
)


@dataclass(kw_only=True)
class Batch:
    """A batch on its way.

    known: rows of items by digest. shown: by place and accession, rows of sightings with the `state` of their item. last: number
    of the last accession of *year*. lived: places that showed a mail before. stored: sightings that have a row; changed, new,
    told: what `write` writes, in order.
    """

    connection: Connection
    at: datetime
    year: int
    last: int
    known: dict[str, Row]
    shown: dict[Place, dict[str, Row]]
    lived: frozenset[Place]
    stored: set[tuple[Place, str]]
    changed: dict[tuple[Place, str], Row] = field(default_factory=dict)
    new: list[Row] = field(default_factory=list)
    told: list[chain.Entry] = field(default_factory=list)

    @classmethod
    def of(
        cls,
        connection: Connection,
        sightings: Iterable[Sighting],
        digests: Iterable[str] = (),
        *,
        year: int,
        at: datetime,
    ) -> Batch:
        """Read what is known of these *sightings*' places and of octets with these *digests*."""
        shown = _shown(connection, {_place(one) for one in sightings})
        return cls(
            connection=connection,
            at=at,
            year=year,
            last=connection.scalar(_LAST, {"year": year}) or 0,
            known=_known(connection, sorted(set(digests))),
            shown=shown,
            lived=_living(shown),
            stored={(place, accession) for place, found in shown.items() for accession in found},
        )

    def capture(self, one: Capture) -> str:
        """Take in *one* and return its accession; what is known and seen there already changes nothing."""
        row = self.known.get(one.sha256)
        known = row is not None
        row = row or self._new_item(one)
        accession, place = str(row["accession"]), _place(one.sighting)
        mended = _mended(one, known=known)
        there = self.shown[place].get(accession)
        if there is not None and not mended and _sighting(there) == one.sighting:
            return accession
        for other in self._others(place, accession):
            self.turn(other, "vanish")
        seen = {**rows.sighting_fields(one.sighting), "accession": accession, "state": row["state"]}
        self.shown[place][accession] = self.changed[place, accession] = seen
        fact = (
            "同一封邮件又见到一次，不另立收文号"
            if known
            else f"收下 {one.size} 字节，SHA-256 {one.sha256}；{RECEIVED[one.received_from]}"
        )
        self._tell(
            seen,
            "sight" if known else "capture",
            fact + mended,
            before=str(row["state"]) if known else "",
            detail=one.sighting.described,
            row="" if known else str(row["digest"]),
        )
        return accession

    def shows(self, sighting: Sighting, *, gone: bool) -> list[Row]:
        """The rows that say just this of its place, and that it is *gone* or not; by accession."""
        found = sorted(self.shown[_place(sighting)].items())
        return [row for _, row in found if (row["gone"] is not None) == gone and _sighting(row) == sighting]

    def turn(self, row: Row, action: str) -> None:
        """Note that what *row* tells of vanished from the server ("vanish"), or is there again ("reappear")."""
        vanished = action == "vanish"
        described = _sighting(row).described
        turned = {**row, "gone": chain.moment(self.at) if vanished else None}
        place, accession = _place_of(row), str(row["accession"])
        self.shown[place][accession] = self.changed[place, accession] = turned
        outcome = "邮箱服务器的这个编号下已没有这封邮件；原件照存" if vanished else "邮箱服务器上又有这封邮件"
        self._tell(turned, action, outcome, before=str(row["state"]), detail=described)

    @property
    def living(self) -> frozenset[Place]:
        """Those of its places that show a mail now."""
        return _living(self.shown)

    def write(self) -> int:
        """Write all that changed; return the number of the last event, 0 where there is nothing to tell."""
        changed = [(key in self.stored, _without_state(row)) for key, row in self.changed.items()]
        fresh = [row for stored, row in changed if not stored]
        again = [_as_parameters(row) for stored, row in changed if stored]
        for statement, parameters in (
            (_NEW_ITEM, self.new),
            (_NEW_SIGHTING, fresh),
            (_SEEN_AGAIN, again),
        ):
            if parameters:
                self.connection.execute(statement, parameters)
        return chain.append_all(self.connection, self.told) if self.told else 0

    # ------------------------------------------------------------ below

    def _others(self, place: Place, accession: str) -> list[Row]:
        """Other octets that this UID showed are not there any more."""
        found = sorted(self.shown[place].items())
        return [row for other, row in found if other != accession and row["gone"] is None]

    def _new_item(self, one: Capture) -> Row:
        self.last += 1
        row: Row = {
            "accession": f"{self.year}-{self.last:05d}",
            "year": self.year,
            "number": self.last,
            "sha256": one.sha256,
            "size": one.size,
            "state": State.CAPTURED.value,
            "received": chain.moment(one.received),
            "received_from": one.received_from,
            "captured": chain.moment(self.at),
            "due": None,
            "begun": None,
            "isolated": 0,
            "attempts": 0,
            "reason": "",
            "basis": "",
            "filing": "",
        }
        row["digest"] = rows.item_digest(row)
        self.known[one.sha256] = row
        self.new.append(row)
        return row

    def _tell(self, seen: Row, action: str, outcome: str, **told: str) -> None:
        self.told.append(
            chain.entry(
                at=self.at,
                accession=str(seen["accession"]),
                action=action,
                actor=MACHINE,
                outcome=outcome,
                after=str(seen["state"]),
                **told,
            )
        )


def _known(connection: Connection, digests: Sequence[str]) -> dict[str, Row]:
    return {
        str(row["sha256"]): dict(row)
        for some in _some(digests)
        for row in connection.execute(_KNOWN, {"digests": some}).mappings()
    }


def _shown(connection: Connection, places: Iterable[Place]) -> dict[Place, dict[str, Row]]:
    uids: dict[tuple[str, str, int], list[int]] = defaultdict(list)
    for account, folder, uidvalidity, uid in sorted(places):
        uids[account, folder, uidvalidity].append(uid)
    shown: dict[Place, dict[str, Row]] = defaultdict(dict)
    for (account, folder, uidvalidity), all_of_it in uids.items():
        for some in _some(all_of_it):
            wanted = {"account": account, "folder": folder, "uidvalidity": uidvalidity, "uids": some}
            for found in connection.execute(_SHOWN, wanted).mappings():
                row = dict(found)
                shown[_place_of(row)][str(row["accession"])] = row
    return shown


def _living(shown: dict[Place, dict[str, Row]]) -> frozenset[Place]:
    return frozenset(
        place for place, found in shown.items() if any(row["gone"] is None for row in found.values())
    )


def _some(values: Iterable[T]) -> Iterator[list[T]]:
    """The *values* in lists of AT_ONCE at most."""
    left = iter(values)
    while some := list(islice(left, AT_ONCE)):
        yield some


def _mended(one: Capture, *, known: bool) -> str:
    """Say that the archive was the worse for something until these octets came again."""
    if one.mended:
        return "；原件库里的同一份已损坏，已用这次收到的补好"
    return "；原件库里的同一份已不在，已用这次收到的补上" if one.fresh and known else ""


def _place(sighting: Sighting) -> Place:
    return sighting.account, sighting.folder, sighting.uidvalidity, sighting.uid


def _place_of(row: Row) -> Place:
    return str(row["account"]), str(row["folder"]), int(str(row["uidvalidity"])), int(str(row["uid"]))


def _sighting(row: Row) -> Sighting:
    return rows.sighting(_without_state(row))


def _without_state(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "state"}


def _as_parameters(row: Row) -> Row:
    """The parameters of _SEEN_AGAIN."""
    key = ("account", "folder", "uidvalidity", "uid", "accession")
    return {(f"of_{name}" if name in key else name): value for name, value in row.items()}
