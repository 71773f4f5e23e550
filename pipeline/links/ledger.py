"""The ledger of material that is only linked: what is still to be fetched, and how long it will be there.

Purpose: `ledger()`, a fold over all filings, soonest end first; `answered()`, which link a file that staff fetched belongs to.
Source: FIELD: cards of 7 to 30 days; nobody but staff follows a link.
Limits: links of mails that are no reports are left out. A day is Beijing's. Which link a file answers is never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipeline import beijing
from pipeline.links.providers import key
from pipeline.links.terms import unlimited
from pipeline.records import Attachment, Filed, Kind, Link, State

FOREVER = 1_000_000
"""Days; sorts what has no end after all that has one."""


class Standing(StrEnum):
    """How it stands with linked material: to be fetched, so without an end, gone before it was, added."""

    OPEN = "open"
    UNLIMITED = "unlimited"
    EXPIRED = "expired"
    ADDED = "added"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the ledger. number: of the link in its mail, from 1. days: left, below 0 where it is past; None
    where no end is known. added: the part that staff added for it, "" if none.
    """

    accession: str
    unit: str | None
    number: int
    link: Link
    standing: Standing
    days: int | None
    added: str = ""


def ledger(filed: Iterable[Filed], at: datetime, added: Sequence[Attachment] = ()) -> tuple[Entry, ...]:
    """List the linked material of all reports, as it stands *at* that moment: what ends soonest first, then what has no
    known end, what has none, what is past, and what was added.

    Args:
        added: files that staff added; a mail may not have been read again since.
    """
    found = [
        _entry(one, number, link, at, added)
        for one in filed
        if one.filing is not None and one.item.state is State.FILED and one.filing.kind is not Kind.OTHER
        for number, link in enumerate(one.filing.links, 1)
    ]
    return tuple(sorted(found, key=_order))


def answered(links: Sequence[Link], added: Sequence[Attachment], name: str) -> Link | None:
    """Say which of a mail's *links* a file called *name* answers: the only open one of that name, or the mail's only link.

    Args:
        links: all of the mail.
        added: what staff added to it before.

    Returns:
        None where that is not clear.
    """
    if len(links) == 1:
        return links[0]
    named = [link for link in open_of(links, added) if link.name == name]
    return named[0] if len(named) == 1 else None


def open_of(links: Sequence[Link], added: Sequence[Attachment]) -> tuple[Link, ...]:
    """The *links* of a mail that none of the files *added* to it answers."""
    return tuple(link for link in links if not _added(link, added))


def _entry(one: Filed, number: int, link: Link, at: datetime, added: Sequence[Attachment]) -> Entry:
    own = [file for file in added if file.accession == one.item.accession]
    path = _added(link, own)
    days = None
    if link.expires is not None:
        days = (beijing.day(link.expires) - beijing.day(at)).days
    if path:
        standing = Standing.ADDED
    elif link.expires is not None and link.expires < at:
        standing = Standing.EXPIRED
    else:
        standing = Standing.UNLIMITED if unlimited(link.term) else Standing.OPEN
    return Entry(
        accession=one.item.accession,
        unit=one.filing.identification.best if one.filing else None,
        number=number,
        link=link,
        standing=standing,
        days=days,
        added=path,
    )


def _added(link: Link, added: Iterable[Attachment]) -> str:
    """The part that answers *link*, "" if none does."""
    if link.fetched:
        return link.fetched
    return next((f"补入{one.place}" for one in added if one.link and key(one.link) == key(link.url)), "")


def _order(entry: Entry) -> tuple[int, int, str, int]:
    """Open ones first, by days left."""
    groups = (Standing.OPEN, Standing.UNLIMITED, Standing.EXPIRED, Standing.ADDED)
    days = FOREVER if entry.days is None else entry.days
    return groups.index(entry.standing), days, entry.accession, entry.number
