"""What must be true after a soak: the server's UIDs are the sightings, the digests sent are blobs and items, nothing twice.

Purpose: `counted(…)` gives the lines of the table; a line whose two sides differ fails the soak.
Source: docs/decisions.md: server UIDs = sightings, distinct digests = blobs = items.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from pipeline.archive import FolderArchive
from pipeline.records import State
from pipeline.register import Poll, Register
from tools.soak.mails import FOLDERS

Uids = set[tuple[str, int, int]]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the table. want: what it must say, None where it is only told."""

    name: str
    found: object
    want: object = None

    @property
    def holds(self) -> bool:
        """It says what it must."""
        return self.want is None or self.found == self.want


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What the postman did. times: how often each digest was sent. killing: digests of mails that kill their reader.

    uids: what the server then held.
    """

    times: Counter[str]
    killing: frozenset[str]
    uids: Uids


def filed(data: Path) -> int:
    """How many mails the register says are filed; it may be written meanwhile."""
    with closing(Register(data / "register.db", year=2024)) as register:
        return register.count().get(State.FILED, 0)


def counted(data: Path, sent: Sent) -> Iterator[Line]:
    """Hold register and archive of *data* against what was *sent*."""
    archive = FolderArchive(data / "archive")
    with closing(Register(data / "register.db", year=2024)) as register:
        items = register.items()
        sightings = register.sightings()
        digest_of = {item.accession: item.sha256 for item in items}
        uids = {(one.folder, one.uidvalidity, one.uid) for one, _ in sightings}
        yield Line(name="mails sent = UIDs of the server", found=len(sent.uids), want=sent.times.total())
        yield Line(name="UIDs of the server = sightings", found=len(sightings), want=len(sent.uids))
        yield Line(name="... UID by UID, in neither alone", found=len(uids ^ sent.uids), want=0)
        yield Line(name="distinct digests sent = items", found=len(items), want=len(sent.times))
        blobs = Counter(archive.digests())
        yield Line(name="... = blobs", found=len(blobs), want=len(sent.times))
        yield Line(
            name="digests in archive or sent alone", found=len(blobs.keys() ^ sent.times.keys()), want=0
        )
        taken = Counter(item.sha256 for item in items)
        yield Line(name="octets taken in twice", found=sum(n - 1 for n in taken.values()), want=0)
        seen = Counter(digest_of[accession] for _, accession in sightings)
        wrong = sum(seen[digest] != times for digest, times in (seen | sent.times).items())
        yield Line(name="digests not seen as often as sent", found=wrong, want=0)
        yield from _ended(register, sent)
        yield Line(name="blobs without an item", found=len(register.orphans(archive)), want=0)
        yield Line(name="findings of verify", found=len(register.verify(archive)), want=0)
        yield from _polled(register)


def _ended(register: Register, sent: Sent) -> Iterator[Line]:
    held = register.items(State.HELD)
    counts = register.count()
    yield Line(name="filed", found=counts.get(State.FILED, 0), want=len(sent.times) - len(sent.killing))
    yield Line(name="held, each killed its reader", found=len(held), want=len(sent.killing))
    wrong = [item for item in held if item.sha256 not in sent.killing or not item.reason]
    yield Line(name="... held for no reason", found=len(wrong), want=0)
    yield Line(
        name="neither filed nor held",
        found=sum(counts.values()) - counts.get(State.FILED, 0) - len(held),
        want=0,
    )


def _polled(register: Register) -> Iterator[Line]:
    polls = register.polls(limit=1_000_000)
    failed = [poll for poll in polls if poll.error]
    last = polls[-len(FOLDERS) :]
    yield Line(name="polls of a folder", found=len(polls))
    yield Line(name="... that were cut off", found=len(failed))
    yield Line(name="last polls that add up", found=sum(_adds_up(poll) for poll in last), want=len(FOLDERS))
    odd = [poll for poll in polls if not poll.adds_up]
    yield Line(name="polls that do not add up", found=len(odd), want=0)


def _adds_up(poll: Poll) -> bool:
    return not poll.error and poll.adds_up and poll.exists == poll.known
