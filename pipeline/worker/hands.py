"""What reads and judges, and the task that is given to it for one item.

Purpose: `Hands`, the same for every mail of a round; `Hands.task(item, …)`, all that one mail's reader needs.
Limits: reads archive and register, writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.archive import Archive
from pipeline.beijing import BEIJING
from pipeline.records import Attached, Item
from pipeline.register import Basis, Register
from pipeline.worker.one_mail import Result, Task
from rules import Rules


@dataclass(frozen=True, kw_only=True)
class Hands:
    """What reads and judges. basis: what its filings rest on."""

    rules: Rules
    basis: Basis
    abilities: tuple[str, ...]
    passwords: tuple[str, ...]
    attempt: Callable[[Task], Result]
    prepare: Callable[[], None]

    def task(self, item: Item, archive: Archive, register: Register, *, read_again: bool = False) -> Task:
        """Say what is to be done with *item*: it is judged only, unless it must be read, or is to be *read_again*.

        Raises:
            IntegrityError: octets that are needed are gone or altered.
        """
        added = register.attachments(item.accession)
        digests = tuple(one.sha256 for one in added)
        reading = None if read_again else register.reading(item.sha256, self.basis, digests)
        attached = (
            ()
            if reading is not None
            else tuple(Attached(name=one.name, data=archive.get(one.sha256), link=one.link) for one in added)
        )
        octets = archive.get(item.sha256)  # also where they are only checked
        return Task(
            octets=octets if reading is None else b"",
            attached=attached,
            reading=reading,
            rules=self.rules,
            received=item.received.astimezone(BEIJING),
            abilities=self.abilities,
            passwords=self.passwords,
        )
