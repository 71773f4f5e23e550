"""Taking mails in as capture does, the octets of each put together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from pipeline.mailbox import Message, Missed, Source, open_mailbox
from pipeline.mailbox.imap import ImapMailbox
from tests.mailbox.boxes import PASSWORD, USER
from tests.mailbox.scripted import Scripted


def collected(
    source: Source, folder: str = "", *, after_uid: int = 0, known: frozenset[int] = frozenset()
) -> list[Taken | Missed]:
    """List *folder*, the only one if it is not named, and take in what is not *known*."""
    folder = folder or source.folders()[0]
    listing = source.list(folder, source.look(folder), after_uid)
    wanted = [one for one in listing.mails if one.uid not in known]
    return [*taken(source.fetch(folder, wanted)), *[Missed(uid=0, why="left out")] * listing.left_out]


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A Message whose pieces were gone through."""

    uid: int
    octets: bytes
    received: datetime | None
    received_from: str
    size: int


def taken(handed: Iterator[Message | Missed]) -> Iterator[Taken | Missed]:
    for one in handed:
        if isinstance(one, Missed):
            yield one
        else:
            yield Taken(
                uid=one.uid,
                octets=b"".join(one.pieces),
                received=one.received,
                received_from=one.received_from,
                size=one.size,
            )


def messages(found: list[Taken | Missed]) -> list[Taken]:
    assert all(isinstance(one, Taken) for one in found)
    return [one for one in found if isinstance(one, Taken)]


def over(
    server: Scripted, *, timeout_seconds: float = 2, folders: tuple[str, ...] = ("INBOX",)
) -> ImapMailbox:
    source = open_mailbox(
        server.address, user=USER, password=PASSWORD, folders=folders, timeout_seconds=timeout_seconds
    )
    assert isinstance(source, ImapMailbox)
    return source
