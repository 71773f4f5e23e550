"""How many mails of a folder are here and still there, kept in mind between polls: to count a nation's takes a tenth of a second.

Purpose: `Standings.of(connection, place)`, and `follow(batch, …)` after each batch of the one writer.
Source: every change of a sighting writes one of ACTIONS in its transaction (batch.py): as long as the last of these is the one
that was last seen, what was counted then still stands, whoever else may write.
Limits: a sighting that is altered behind the log's back is not seen before the next count; verify sees it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, and_, bindparam, distinct, func, select, union_all

from pipeline.register import tables
from pipeline.register.batch import Batch
from pipeline.register.values import Standing

ACTIONS = ("capture", "sight", "vanish", "reappear")
"""Actions of all that can change a sighting."""

Folder = tuple[str, str, int]
"""Account, folder, UIDVALIDITY."""

_event, _seen = tables.events.c, tables.sightings.c
_MARK = select(
    func.coalesce(
        func.max(
            union_all(
                *(
                    select(func.max(_event.number).label("number")).where(_event.action == one)
                    for one in ACTIONS
                )
            )
            .subquery()
            .c.number
        ),
        0,
    )
)
_OF_FOLDER = and_(
    _seen.account == bindparam("account"),
    _seen.folder == bindparam("folder"),
    _seen.uidvalidity == bindparam("uidvalidity"),
)
_THERE = and_(_OF_FOLDER, _seen.gone.is_(None))
_COUNTED = select(
    *(
        one.scalar_subquery().label(name)
        for name, one in (
            ("live", select(func.count(distinct(_seen.uid))).where(_THERE)),
            ("highest", select(func.coalesce(func.max(_seen.uid), 0)).where(_THERE)),
            ("ever", select(func.coalesce(func.max(_seen.uid), 0)).where(_OF_FOLDER)),
        )
    )
)


def mark(connection: Connection) -> int:
    """Number of the last event that told of a sighting, 0 where there is none."""
    return int(connection.scalar(_MARK) or 0)


@dataclass
class Standings:
    """known: of each folder that was asked for, the mark at which it was right, and what it was then."""

    known: dict[Folder, tuple[int, Standing]] = field(default_factory=dict)

    def of(self, connection: Connection, folder: Folder) -> Standing:
        """The standing of *folder*, counted where anything happened that was not followed."""
        now = mark(connection)
        if folder not in self.known or self.known[folder][0] != now:
            account, name, uidvalidity = folder
            wanted = {"account": account, "folder": name, "uidvalidity": uidvalidity}
            row = connection.execute(_COUNTED, wanted).mappings().one()
            self.known[folder] = now, Standing(**row)
        return self.known[folder][1]

    def follow(self, batch: Batch, before: int, after: int) -> None:
        """Reckon what *batch*, committed, changed; *before* and *after*: the marks at its begin and its end."""
        for folder, (at, standing) in tuple(self.known.items()):
            if at != before or (now := _followed(standing, folder, batch)) is None:
                del self.known[folder]
            else:
                self.known[folder] = after, now


def _followed(standing: Standing, folder: Folder, batch: Batch) -> Standing | None:
    """The standing after *batch*; None where the greatest UID is gone, so that it must be counted."""
    was, now = (_uids(places, folder) for places in (batch.lived, batch.living))
    if standing.highest in was - now:
        return None
    return Standing(
        live=standing.live + len(now) - len(was),
        highest=max(standing.highest, *now, 0),
        ever=max(standing.ever, *_uids((place for place, seen in batch.shown.items() if seen), folder), 0),
    )


def _uids(places: Iterable[tuple[str, str, int, int]], folder: Folder) -> set[int]:
    return {uid for account, name, uidvalidity, uid in places if (account, name, uidvalidity) == folder}
