"""Filling the store: mails are taken apart for what it has not got, in processes, and what comes is handed to the store.

Purpose: `fill(mails, attachments, material)`.
Source: the mails are walked again in the processes and within the limits in which they were read, for they are strangers'
mails still.
Limits: a mail that hangs its walk costs its time once: it is marked, and not tried again until it is read anew. One thread fills.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from outputs.apart import Taking, prepare, take_out
from outputs.workbook import stored
from pipeline import durable
from pipeline.archive import Archive, Fixity, Key, keyed
from pipeline.errors import ShouwenError
from pipeline.executor import CutError, Processes
from pipeline.records import Attached, Attachment, Filed

if TYPE_CHECKING:
    from concurrent.futures import Future

    from outputs.workbook.material import Material

GLANCE_SECONDS = 0.2
"""How soon somebody who wants the filling to stop is heard."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A mail that something is wanted of, without what else its filing says. sha256, size: its own.

    parts: path, digest and size of each that has octets.
    """

    accession: str
    sha256: str
    size: int
    parts: tuple[tuple[str, str, int], ...]

    @classmethod
    def of(cls, one: Filed) -> Asked:
        """All that lies beside the workbook for the mail."""
        parts = one.filing.parts if one.filing else ()
        return cls(
            accession=one.item.accession,
            sha256=one.item.sha256,
            size=one.item.size,
            parts=tuple((part.path, part.sha256, part.size) for part in parts if part.size),
        )

    def kept(self) -> Iterator[tuple[str, int]]:
        """Digest and size of the mail and of its parts."""
        yield self.sha256, self.size
        yield from ((digest, size) for _, digest, size in self.parts)

    def missing(self, store: Path) -> frozenset[str]:
        """Digests that the store has not got, () where they were asked for in vain before."""
        missing = frozenset(digest for digest, size in self.kept() if not stored.holds(store, digest, size))
        return frozenset() if stored.was_tried(store, self.sha256, missing) else missing


class StoppedError(Exception):
    """Whoever wanted the store filled does not any more."""


def fill(
    mails: Sequence[Asked],
    attachments: Sequence[Attachment],
    material: Material,
    stopped: Callable[[], bool],
) -> None:
    """Take all these mails apart, only on the ways to what is wanted; then whole those that did not give it.

    A second walk is dear and rare: of mails whose archives open with a word that stands elsewhere in them, and of parts that
    a document's reader makes. What came is known by its digest, so the first walk can be no guess.

    Raises:
        OSError: the store cannot be written. TransientError: no process can be started.
        StoppedError: *stopped*, asked again and again, said so; what is in flight is ended.
    """
    material.store.mkdir(parents=True, exist_ok=True)
    try:
        with Processes(material.width, seconds=material.seconds, megabytes=material.megabytes) as pool:
            pool.ready(prepare)
            for whole in (False, True):
                mails = _Round(material, attachments, pool, stopped, whole).over(mails)
    finally:
        stored.tidy(material.store)  # what was in flight when it ended early
    durable.settle(material.store)


@dataclass(frozen=True)
class _Round:
    """Each mail is taken apart once: on the ways to what is wanted, or *whole*."""

    material: Material
    attachments: Sequence[Attachment]
    pool: Processes
    stopped: Callable[[], bool]
    whole: bool

    def over(self, mails: Sequence[Asked]) -> list[Asked]:
        """Take the mails apart; return those that a walk of the other kind may give more of.

        The next one is made ready while all processes are at work, and what came of one is taken over when its process has
        the next: so none of them waits for us, nor for a larger mail that another one has.
        """
        errors: list[tuple[Asked, BaseException | None]] = []
        flying: dict[Future[None], _Flight] = {}
        with stored.Adopting(self.material.store) as adopting:
            for one in mails:
                ready = self._made_ready(one, adopting)
                if ready is None:
                    continue
                landed = self._landed(flying) if len(flying) == self.material.width else {}
                with suppress(ShouwenError):  # no process to be had: what the mail has is missing
                    flying[self.pool.submit(take_out, ready[1])] = ready[0]
                del ready  # with its octets
                errors += _taken_over(landed, adopting)
            while flying:
                errors += _taken_over(self._landed(flying), adopting)
        return [one for one, error in errors if self._again(one, error)]

    def _made_ready(self, one: Asked, adopting: stored.Adopting) -> tuple[_Flight, Taking] | None:
        """What is to be done with the mail; None where nothing of it is missing any more.

        None too where an original is gone or altered, which is verify's to tell.
        """
        self._go_on()
        store = self.material.store
        missing = frozenset(digest for digest in one.missing(store) if not adopting.has(digest))
        if not missing:
            return None
        added = [each for each in self.attachments if each.accession == one.accession]
        with suppress(ShouwenError):
            task = task_of(one, added, self.material, missing, whole=self.whole)
            scratch = Path(tempfile.mkdtemp(prefix=stored.UNFINISHED, dir=store)).resolve()
            if one.sha256 in missing:
                _keep_original(one.sha256, task, scratch, adopting)
            return _Flight(one, missing, scratch), replace(task, folder=str(scratch))
        return None

    def _landed(self, flying: dict[Future[None], _Flight]) -> dict[Future[None], _Flight]:
        """Wait for one of them at least; those that have ended are taken out of *flying*."""
        ended: Collection[Future[None]] = ()
        while not ended:
            ended = self.pool.wait(flying, GLANCE_SECONDS)
            self._go_on()
        return {future: flying.pop(future) for future in ended}

    def _go_on(self) -> None:
        if self.stopped():
            raise StoppedError

    def _again(self, one: Asked, error: BaseException | None) -> bool:
        """Whether a walk of the other kind may give more; where none will, that is remembered."""
        self._go_on()
        left = one.missing(self.material.store)
        if not (left and _its_fault(error) and _intact(one, left, self.material.archive)):
            return False
        if self.whole or isinstance(error, CutError):
            stored.mark(self.material.store, one.sha256, left)
            return False
        return True


@dataclass(frozen=True)
class _Flight:
    """A mail that is being taken apart into the folder *scratch*, for the digests that are *missing*."""

    one: Asked
    missing: frozenset[str]
    scratch: Path


def _taken_over(
    landed: Mapping[Future[None], _Flight], adopting: stored.Adopting
) -> Iterator[tuple[Asked, BaseException | None]]:
    """Hand what came of these mails to the store; say of each what went wrong there."""
    for future, flight in landed.items():
        for path in flight.scratch.iterdir():
            if path.name in flight.missing:
                adopting.adopt(path, path.name)
        shutil.rmtree(flight.scratch, ignore_errors=True)
        yield flight.one, future.exception()


def _keep_original(digest: str, task: Taking, scratch: Path, adopting: stored.Adopting) -> None:
    """See to it that the mail itself is there whatever becomes of its walk, for its links lead to it."""
    if task.keys:
        adopting.copy(keyed.place(task.keys[0]), digest)
    else:
        (scratch / digest).write_bytes(task.octets)  # taken over with its parts


def task_of(
    one: Asked, added: Sequence[Attachment], material: Material, missing: frozenset[str], *, whole: bool
) -> Taking:
    """What is to be done with the mail, its octets only named where the process can have them from the archive itself."""
    here, archive, digests = material.archive.here, material.archive, [each.sha256 for each in added]
    shortest: dict[str, str] = {}
    for path, digest, _ in one.parts:
        if digest in missing and path.count("/") <= shortest.get(digest, path).count("/"):
            shortest[digest] = path
    return Taking(
        octets=b"" if here else archive.get(one.sha256),
        attached=tuple(
            Attached(name=each.name, data=b"" if here else archive.get(each.sha256), link=each.link)
            for each in added
        ),
        keys=tuple(Key(address=here, sha256=each) for each in (one.sha256, *digests)) if here else (),
        wanted=tuple((path, digest) for digest, path in shortest.items()),
        whole=whole,
        folder="",
        abilities=material.abilities,
        passwords=material.passwords,
    )


def _intact(one: Asked, left: frozenset[str], archive: Archive) -> bool:
    """Whether it is the mail's own octets that do not give what is *left*: they were walked unchecked.

    Where the mail itself could not be laid down, it is altered or the disk refused: no walk is to blame.
    """
    try:
        return one.sha256 not in left and archive.check(one.sha256) is Fixity.INTACT
    except ShouwenError:
        return False


def _its_fault(error: BaseException | None) -> bool:
    """Whether another try would end as this one.

    Not where the disk was full, the octets or a program could not be had, or the process was ended from outside.
    """
    if isinstance(error, CutError):
        return error.charged
    return not isinstance(error, OSError | ShouwenError)
