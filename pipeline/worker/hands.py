"""What reads and judges, and the task that is given to it for one item.

Purpose: `Hands`, the same for every mail of a round; `Hands.task(item, …)`, all that one mail's reader needs.
Limits: reads archive and register, writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from pipeline.archive import Archive, Fixity, Key
from pipeline.beijing import BEIJING
from pipeline.records import Attached, Item
from pipeline.register import Basis, Kept, Register
from pipeline.worker.one_mail import Result, Task
from rules import Rules


@dataclass(frozen=True, kw_only=True)
class Hands:
    """What reads and judges. basis: what its filings rest on. remembered: as in Task, for readers on this machine."""

    rules: Rules
    basis: Basis
    abilities: tuple[str, ...]
    passwords: tuple[str, ...]
    attempt: Callable[[Task], Result]
    prepare: Callable[[], None]
    remembered: str = ""

    def kept(self, items: Sequence[Item], register: Register) -> dict[str, Kept]:
        """What the register keeps for each of *items*: what `task` must know, asked once for all of them."""
        return register.kept(items, self.basis)

    def task(
        self,
        item: Item,
        archive: Archive,
        kept: Kept,
        *,
        read_again: bool = False,
        remote: bool = False,
    ) -> Task:
        """Say what is to be done with *item*: it is judged only, unless it must be read, or is to be *read_again*.

        kept: what the register has for it. remote: whether other machines read. What is to be read is named, not handed
            over, where the readers reach the archive: `one_mail.begun` has it there.

        Raises:
            IntegrityError: octets that are needed are gone or altered.
        """
        added = kept.attachments
        digests = tuple(one.sha256 for one in added)
        reading = None if read_again else kept.reading
        task = Task(
            octets=b"",
            reading=reading,
            rules=self.rules,
            received=item.received.astimezone(BEIJING),
            abilities=self.abilities,
            passwords=self.passwords,
            remembered="" if remote else self.remembered,
        )
        if reading is not None:
            if archive.check(item.sha256) is not Fixity.INTACT:  # in pieces: nobody needs the octets
                archive.get(item.sha256)  # says what is the matter
            return task
        address = archive.address if remote else archive.here
        wanted = replace(
            task,
            attached=tuple(Attached(name=one.name, data=b"", link=one.link) for one in added),
            keys=tuple(Key(address=address, sha256=sha256) for sha256 in (item.sha256, *digests)),
        )
        return wanted if address else wanted.fetched(lambda key: archive.get(key.sha256))
