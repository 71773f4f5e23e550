"""Facts about the intake, from the register, the disk and the lock; nothing is judged here.

Purpose: `gather(data_dir, known) -> Facts`; it never raises for what it finds, a register that cannot be read is a fact.
Limits: one snapshot of the register; the disk and the lock are looked at beside it. Links are read from filings
without the rest of them.
"""

from __future__ import annotations

import platform
import shutil
import sqlite3
import zlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from pipeline import VERSION, release
from pipeline.health import status_file
from pipeline.health.reader import UnreadError, opened, quick_check
from pipeline.health.values import Contents, Facts, Folder, Known, Linked, Log

PROGRAMS = ("antiword", "catdoc", "soffice", "tesseract", "unar")
"""Converters looked for by name; what they really can do is asked by `check` and by the daemon."""
MISSED_POLLS = 3
GRACE = timedelta(minutes=1)
"""A poll takes its time; this much later than three intervals it has been missed."""


def overdue(poll_seconds: int) -> timedelta:
    """How long without a poll is too long."""
    return timedelta(seconds=MISSED_POLLS * poll_seconds) + GRACE


def gather(data_dir: Path, known: Known) -> Facts:
    """Find out how the intake in *data_dir* stands."""
    path = data_dir / "register.db"
    contents, checked, unread = None, "", None
    try:
        with opened(path) as connection:
            contents = _contents(connection, known)
            checked = quick_check(connection, known.check_seconds)
    except UnreadError as error:
        unread = error.unread
    return Facts(
        known=known,
        contents=contents,
        unread=unread,
        checked=checked,
        octets=path.stat().st_size if path.exists() else 0,
        free_octets=_free(data_dir),
        writer=status_file.writer(data_dir),
        software=release(),
        python=platform.python_version(),
        readers=VERSION,
    )


def programs() -> tuple[str, ...]:
    """Name the converters that can be found on this machine, without starting one."""
    return tuple(name for name in PROGRAMS if shutil.which(name))


def _free(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


# ------------------------------------------------------------ the register


def _contents(connection: sqlite3.Connection, known: Known) -> Contents:
    (polls, failed) = connection.execute("SELECT count(*), count(nullif(error, '')) FROM polls").fetchone()
    folders, told = _folders(connection, overdue(known.poll_seconds))
    return Contents(
        states=tuple(
            (row["state"], row["n"])
            for row in connection.execute("SELECT state, count(*) n FROM items GROUP BY state ORDER BY state")
        ),
        waiting_since=_waiting_since(connection),
        stale=_stale(connection, known.basis),
        held=tuple(
            row[0]
            for row in connection.execute(
                "SELECT accession FROM items WHERE state = 'held' ORDER BY year, number"
            )
        ),
        gone=_gone(connection),
        taught=_taught(connection),
        polls=polls,
        failed_polls=failed,
        folders=folders,
        told=told,
        links=_links(connection),
        log=_log(connection),
    )


def _taught(connection: sqlite3.Connection) -> tuple[tuple[str, str], ...]:
    told = "SELECT action, outcome FROM events WHERE action IN ('teach', 'unteach') ORDER BY number"
    return tuple((row["action"], row["outcome"]) for row in connection.execute(told))


def _waiting_since(connection: sqlite3.Connection) -> datetime | None:
    """When the first of the items that wait now was captured or released."""
    return _time(
        connection.execute(
            "SELECT min(since) FROM (SELECT max(e.at) since FROM items i JOIN events e USING (accession) "
            "WHERE i.state = 'captured' AND e.action IN ('capture', 'release') GROUP BY accession)"
        ).fetchone()[0]
    )


def _stale(connection: sqlite3.Connection, basis: str) -> int | None:
    if not basis:
        return None
    wanted = "SELECT count(*) FROM items WHERE state = 'filed' AND basis != ?"
    return int(connection.execute(wanted, (basis,)).fetchone()[0])


def _gone(connection: sqlite3.Connection) -> int:
    wanted = "SELECT count(*) FROM (SELECT accession FROM sightings GROUP BY accession HAVING count(*) = count(gone))"
    return int(connection.execute(wanted).fetchone()[0])


def _log(connection: sqlite3.Connection) -> Log:
    last = connection.execute("SELECT number, digest, at FROM events ORDER BY number DESC LIMIT 1").fetchone()
    if last is None:
        return Log()
    first = connection.execute("SELECT at FROM events ORDER BY number LIMIT 1").fetchone()
    seal = connection.execute("SELECT number, at FROM seals ORDER BY number DESC LIMIT 1").fetchone()
    return Log(
        number=last["number"],
        head=last["digest"],
        first=_time(first["at"]),
        last=_time(last["at"]),
        seal=seal["number"] if seal else 0,
        sealed=_time(seal["at"]) if seal else None,
    )


def _folders(
    connection: sqlite3.Connection, window: timedelta
) -> tuple[tuple[Folder, ...], tuple[datetime, str] | None]:
    """The folders of the account that was polled last, and what was told by a server that told no folders."""
    newest = connection.execute(
        "SELECT account, at, folder, error FROM polls ORDER BY number DESC LIMIT 1"
    ).fetchone()
    if newest is None:
        return (), None
    last = "SELECT folder, max(number) FROM polls WHERE account = ? AND folder != '' {} GROUP BY folder"
    lasts = dict(connection.execute(last.format(""), (newest["account"],)).fetchall())
    successes = dict(connection.execute(last.format("AND error = ''"), (newest["account"],)).fetchall())
    rows = [_row(connection, number) for number in lasts.values()]
    since = max((_needed(row["at"]) for row in rows), default=_needed(newest["at"])) - window
    found = [_folder(connection, row, successes.get(row["folder"]), since) for row in rows]
    told = (_needed(newest["at"]), newest["error"]) if not newest["folder"] else None
    return tuple(sorted(found, key=lambda one: one.name)), told


def _row(connection: sqlite3.Connection, number: int) -> sqlite3.Row:
    row: sqlite3.Row = connection.execute("SELECT * FROM polls WHERE number = ?", (number,)).fetchone()
    return row


def _folder(
    connection: sqlite3.Connection, last: sqlite3.Row, success: int | None, since: datetime
) -> Folder:
    went_through = _row(connection, success) if success is not None else None
    known = connection.execute(
        "SELECT min(i.received) FROM sightings s JOIN items i USING (accession) WHERE s.account = ? AND s.folder = ?",
        (last["account"], last["folder"]),
    ).fetchone()[0]
    return Folder(
        account=last["account"],
        name=last["folder"],
        last=_needed(last["at"]),
        error=last["error"],
        adds_up=adds_up(last),
        refused=last["refused"],
        refused_since=_refused_since(connection, last["account"], last["folder"]),
        success=_time(went_through["at"]) if went_through else None,
        earliest=_time(went_through["earliest"]) if went_through else None,
        known_earliest=_time(known),
        current=_needed(last["at"]) >= since,
    )


def _refused_since(connection: sqlite3.Connection, account: str, folder: str) -> datetime | None:
    of_folder = "FROM polls WHERE account = :account AND folder = :folder AND error = ''"
    (first,) = connection.execute(
        f"SELECT min(at) {of_folder} AND refused > 0 AND number > "
        f"(SELECT coalesce(max(number), 0) {of_folder} AND refused = 0)",
        {"account": account, "folder": folder},
    ).fetchone()
    return _time(first)


def adds_up(poll: Mapping[str, int | str] | sqlite3.Row) -> bool:
    """Say of a row of polls what `Poll.adds_up` says of a Poll; a test holds one against the other."""
    not_had = poll["refused"] + poll["vanished"]  # type: ignore[operator]  # columns of numbers
    return bool(poll["error"]) or (
        poll["new"] == poll["fetched"] + not_had and poll["exists"] == poll["known"] + not_had  # type: ignore[operator]  # numbers
    )


class _Link(msgspec.Struct):
    expires: datetime | None
    fetched: str = ""


class _Filing(msgspec.Struct):
    kind: str
    links: tuple[_Link, ...]


def _links(connection: sqlite3.Connection) -> tuple[Linked, ...]:
    """Links in what stands as filed and is a report, whose material nobody has added; a filing that cannot be read is verify's business."""
    decoder, found = msgspec.json.Decoder(_Filing), list[Linked]()
    wanted = (
        "SELECT i.accession, f.content FROM items i JOIN filings f USING (accession) "
        "WHERE i.state = 'filed' ORDER BY i.year, i.number"
    )
    for row in connection.execute(wanted):
        try:
            filing = decoder.decode(zlib.decompress(row["content"]))
        except (zlib.error, msgspec.DecodeError):
            continue
        if filing.kind != "other":
            left = (link for link in filing.links if not link.fetched)
            found.extend(Linked(accession=row["accession"], expires=link.expires) for link in left)
    return tuple(found)


def _time(text: str | None) -> datetime | None:
    return _needed(text) if text is not None else None


def _needed(text: str) -> datetime:
    return datetime.fromisoformat(text)
