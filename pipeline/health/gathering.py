"""Facts about the intake, from the register, the disk and the lock; nothing is judged here.

Purpose: `gather(data_dir, known) -> Facts`; it never raises for what it finds, a register that cannot be read is a fact.
Limits: one snapshot of the register; the disk and the lock are looked at beside it. Links are read from filings
without the rest of them.
"""

from __future__ import annotations

import platform
import shutil
import zlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from pipeline import VERSION, release
from pipeline.database import Database
from pipeline.health import status_file
from pipeline.health.reader import Asked, Row, UnreadError, opened
from pipeline.health.values import Contents, Facts, Folder, Known, Linked, Log

PROGRAMS = ("antiword", "catdoc", "soffice", "tesseract", "unar")
"""Converters looked for by name; what they really can do is asked by `check` and by the daemon."""
MISSED_POLLS = 3
GRACE = timedelta(minutes=1)
"""A poll takes its time; this much later than three intervals it has been missed."""


def overdue(poll_seconds: int) -> timedelta:
    """How long without a poll is too long."""
    return timedelta(seconds=MISSED_POLLS * poll_seconds) + GRACE


def gather(data_dir: Path, known: Known, place: Path | Database | None = None) -> Facts:
    """Find out how the intake in *data_dir* stands. place: of the register, None: in that folder."""
    place = place or data_dir / "register.db"
    contents, checked, unread = None, "", None
    octets = place.stat().st_size if isinstance(place, Path) and place.exists() else 0
    try:
        with opened(place) as register:
            contents = _contents(register, known)
            checked, octets = register.check(known.check_seconds), register.octets
    except UnreadError as error:
        unread = error.unread
    return Facts(
        known=known,
        contents=contents,
        unread=unread,
        checked=checked,
        served=isinstance(place, Database),
        octets=octets,
        free_octets=free(data_dir),
        writer=status_file.writer(data_dir),
        software=release(),
        python=platform.python_version(),
        readers=VERSION,
    )


def programs() -> tuple[str, ...]:
    """Name the converters that can be found on this machine, without starting one."""
    return tuple(name for name in PROGRAMS if shutil.which(name))


def free(folder: Path) -> int | None:
    """Octets that are free on the disk of *folder*; None where it cannot be asked."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


# ------------------------------------------------------------ the register


def _contents(register: Asked, known: Known) -> Contents:
    ((polls, failed),) = register.ask("SELECT count(*), count(nullif(error, '')) FROM polls")
    folders, told = _folders(register, overdue(known.poll_seconds))
    return Contents(
        states=tuple(
            (row["state"], row["n"])
            for row in register.ask("SELECT state, count(*) AS n FROM items GROUP BY state ORDER BY state")
        ),
        waiting_since=_waiting_since(register),
        stale=_stale(register, known.basis),
        held=tuple(
            row[0]
            for row in register.ask("SELECT accession FROM items WHERE state = 'held' ORDER BY year, number")
        ),
        gone=_gone(register),
        taught=_taught(register),
        polls=polls,
        failed_polls=failed,
        folders=folders,
        told=told,
        links=_links(register),
        log=_log(register),
    )


def _taught(register: Asked) -> tuple[tuple[str, str], ...]:
    told = "SELECT action, outcome FROM events WHERE action IN ('teach', 'unteach') ORDER BY number"
    return tuple((row["action"], row["outcome"]) for row in register.ask(told))


def _waiting_since(register: Asked) -> datetime | None:
    """When the first of the items that wait now was captured or released."""
    return _time(
        register.ask(
            "SELECT min(since) FROM (SELECT max(e.at) AS since FROM items i JOIN events e USING (accession) "
            "WHERE i.state = 'captured' AND e.action IN ('capture', 'release') GROUP BY accession) AS waits"
        )[0][0]
    )


def _stale(register: Asked, basis: str) -> int | None:
    if not basis:
        return None
    wanted = "SELECT count(*) FROM items WHERE state = 'filed' AND basis != ?"
    return int(register.ask(wanted, basis)[0][0])


def _gone(register: Asked) -> int:
    wanted = "SELECT count(*) FROM (SELECT accession FROM sightings GROUP BY accession HAVING count(*) = count(gone)) AS gone"
    return int(register.ask(wanted)[0][0])


def _log(register: Asked) -> Log:
    found = register.ask("SELECT number, digest, at FROM events ORDER BY number DESC LIMIT 1")
    if not found:
        return Log()
    (last,) = found
    (first,) = register.ask("SELECT at FROM events ORDER BY number LIMIT 1")
    seal = next(iter(register.ask("SELECT number, at FROM seals ORDER BY number DESC LIMIT 1")), None)
    return Log(
        number=last["number"],
        head=last["digest"],
        first=_time(first["at"]),
        last=_time(last["at"]),
        seal=seal["number"] if seal else 0,
        sealed=_time(seal["at"]) if seal else None,
    )


def _folders(register: Asked, window: timedelta) -> tuple[tuple[Folder, ...], tuple[datetime, str] | None]:
    """The folders of the account that was polled last, and what was told by a server that told no folders."""
    found = register.ask("SELECT account, at, folder, error FROM polls ORDER BY number DESC LIMIT 1")
    if not found:
        return (), None
    (newest,) = found
    last = "SELECT folder, max(number) FROM polls WHERE account = ? AND folder != '' {} GROUP BY folder"
    lasts = dict(map(tuple, register.ask(last.format(""), newest["account"])))
    successes = dict(map(tuple, register.ask(last.format("AND error = ''"), newest["account"])))
    rows = [_row(register, number) for number in lasts.values()]
    since = max((_needed(row["at"]) for row in rows), default=_needed(newest["at"])) - window
    folders = [_folder(register, row, successes.get(row["folder"]), since) for row in rows]
    told = (_needed(newest["at"]), newest["error"]) if not newest["folder"] else None
    return tuple(sorted(folders, key=lambda one: one.name)), told


def _row(register: Asked, number: int) -> Row:
    return register.ask("SELECT * FROM polls WHERE number = ?", number)[0]


def _folder(register: Asked, last: Row, success: int | None, since: datetime) -> Folder:
    went_through = _row(register, success) if success is not None else None
    known = register.ask(
        "SELECT min(i.received) FROM sightings s JOIN items i USING (accession) WHERE s.account = ? AND s.folder = ?",
        last["account"],
        last["folder"],
    )[0][0]
    return Folder(
        account=last["account"],
        name=last["folder"],
        last=_needed(last["at"]),
        error=last["error"],
        adds_up=adds_up(last),
        refused=last["refused"],
        refused_since=_refused_since(register, last["account"], last["folder"]),
        success=_time(went_through["at"]) if went_through else None,
        earliest=_time(went_through["earliest"]) if went_through else None,
        known_earliest=_time(known),
        current=_needed(last["at"]) >= since,
    )


def _refused_since(register: Asked, account: str, folder: str) -> datetime | None:
    of_folder = "FROM polls WHERE account = ? AND folder = ? AND error = ''"
    wanted = (
        f"SELECT min(at) {of_folder} AND refused > 0 AND number > "
        f"(SELECT coalesce(max(number), 0) {of_folder} AND refused = 0)"
    )
    return _time(register.ask(wanted, account, folder, account, folder)[0][0])


def adds_up(poll: Mapping[str, int | str]) -> bool:
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


def _links(register: Asked) -> tuple[Linked, ...]:
    """Links in what stands as filed and is a report, whose material nobody has added; a filing that cannot be read is verify's business."""
    decoder, found = msgspec.json.Decoder(_Filing), list[Linked]()
    wanted = (
        "SELECT i.accession, f.content FROM items i JOIN filings f USING (accession) "
        "WHERE i.state = 'filed' ORDER BY i.year, i.number"
    )
    for row in register.each(wanted):
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
