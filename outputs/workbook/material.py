"""The octets behind the workbook's links: taken out of the mails once, kept by digest, linked into every run.

Purpose: `gather` sees to it that the store holds the original and the parts of every mail; `lay` puts them into a run's folder
under the names of files.py; `sweep` removes what no run refers to any more.
Source: link(2): a file that several folders hold lies on the disk once. The mails are walked again in the processes and within
the limits in which they were read, for they are strangers' mails still.
Limits: what cannot be taken out (a mail that hangs its walk, a part that only recognition comes upon) is told by its accession
and not tried again until it is read anew; the links then lead to the original. Nothing here is an original: what the store holds
can be made again from the archive.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from outputs import files
from outputs.workbook import stored
from pipeline import durable
from pipeline.archive import Archive
from pipeline.errors import ShouwenError
from pipeline.executor import MEGABYTES, CutError, Processes
from pipeline.records import Attached, Attachment, Filed

SECONDS = 180
"""Wall clock of one mail: it was read before, and nothing is recognised now."""


@dataclass(frozen=True, kw_only=True)
class Material:
    """Where octets come from and go to. store: folder of the taken-out files.

    width: processes that take mails apart. seconds, megabytes: what one mail may cost them.
    """

    archive: Archive
    store: Path
    width: int = 1
    abilities: tuple[str, ...] = ()
    passwords: tuple[str, ...] = ()
    seconds: float = SECONDS
    megabytes: int = MEGABYTES


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """What can be laid beside a workbook. paths: relative path to digest. failed: accessions of which something is missing."""

    store: Path
    paths: Mapping[str, str] = field(default_factory=dict)
    failed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Taking:
    """One mail to be taken apart. wanted: digests of the leaves that are written to *folder*, each named by its digest."""

    octets: bytes
    attached: tuple[Attached, ...]
    wanted: frozenset[str]
    folder: str
    abilities: tuple[str, ...]
    passwords: tuple[str, ...]


def gather(filed: Sequence[Filed], attachments: Sequence[Attachment], material: Material) -> Gathered:
    """Fill the store with what these mails hold, and say what can be linked to.

    Raises:
        OSError: the store cannot be written.
        TransientError: no process can be started.
    """
    stored.tidy(material.store)
    missing = {one.item.accession: _missing(one, material.store) for one in filed}
    _take_all([one for one in filed if missing[one.item.accession]], attachments, material)
    paths: dict[str, str] = {}
    failed = []
    for one in filed:
        found = {
            path: digest for path, digest, size in _wanted(one) if stored.holds(material.store, digest, size)
        }
        paths |= found
        if len(found) < sum(1 for _ in _wanted(one)):
            failed.append(one.item.accession)
    return Gathered(store=material.store, paths=paths, failed=tuple(failed))


def lay(gathered: Gathered, folder: Path) -> None:
    """Put the gathered files into *folder*, as links to the store where the file system can, else as copies."""
    folders = {folder}
    for path, digest in gathered.paths.items():
        target = folder / path
        if target.parent not in folders:
            target.parent.mkdir(parents=True, exist_ok=True)
            folders |= {target.parent, target.parent.parent}
        try:
            os.link(gathered.store / digest, target)
        except OSError:
            shutil.copyfile(gathered.store / digest, target)
            stored.seal(target)
            durable.sync(target)
    for one in folders:
        durable.settle(one)


def sweep(store: Path, filed: Iterable[Filed]) -> int:
    """Remove what neither a run nor a mail of the season needs; say how many files."""
    needed, mails = set[str](), set[str]()
    for one in filed:
        mails.add(one.item.sha256)
        needed.update(digest for _, digest, _ in _wanted(one))
    removed = 0
    for path in store.glob("[0-9a-f]*") if store.is_dir() else ():
        if path.name not in needed and path.stat().st_nlink == 1:
            path.unlink()
            removed += 1
    for mark in (store / stored.TRIED).glob("*"):
        if mark.name not in mails:
            mark.unlink()
    return removed


def altered(store: Path) -> tuple[str, ...]:
    """Name the files of the store that do not hold what their names say: somebody wrote into one, perhaps through a run."""
    kept = sorted(store.glob("[0-9a-f]*")) if store.is_dir() else ()
    return tuple(path.name for path in kept if path.is_file() and durable.digest(path) != path.name)


def prepare() -> None:
    """Import the stages: an installation that cannot is found out here, and charged to no mail."""
    import pipeline.reading  # noqa: F401 - for its effect


def take_out(task: Taking) -> None:
    """Write the wanted leaves of one mail; what runs in another process."""
    from pipeline.reading import take_apart  # dear to import, and needed only where a mail is taken apart
    from pipeline.records import Leaf

    left = set(task.wanted)

    def keep(leaf: Leaf) -> None:
        digest = hashlib.sha256(leaf.data).hexdigest()
        if digest in left:
            left.discard(digest)
            Path(task.folder, digest).write_bytes(leaf.data)

    take_apart(
        task.octets,
        keep,
        abilities=task.abilities,
        passwords_given=task.passwords,
        attached=task.attached,
    )


# ---------------------------------------------------------------- what is wanted, and what is not there


def _wanted(one: Filed) -> Iterator[tuple[str, str, int]]:
    """Path, digest and size of all that is laid beside the workbook for a mail."""
    accession = one.item.accession
    yield f"{files.FOLDER}/{accession}/{files.ORIGINAL}", one.item.sha256, one.item.size
    for number, part in enumerate(one.filing.parts if one.filing else (), 1):
        if part.size:
            yield f"{files.FOLDER}/{accession}/{files.safe(number, part)}", part.sha256, part.size


def _missing(one: Filed, store: Path) -> frozenset[str]:
    """Digests that the store has not got, () where they were asked for in vain before."""
    missing = frozenset(digest for _, digest, size in _wanted(one) if not stored.holds(store, digest, size))
    return frozenset() if stored.was_tried(store, one.item.sha256, missing) else missing


# ---------------------------------------------------------------- taking out


def _take_all(mails: Sequence[Filed], attachments: Sequence[Attachment], material: Material) -> None:
    if not mails:
        return
    material.store.mkdir(parents=True, exist_ok=True)
    pool = Processes(material.width, seconds=material.seconds, megabytes=material.megabytes)
    with stored.Adopting(material.store) as adopting, pool:
        flying: list[Callable[[], None]] = []
        for one in mails:
            added = [each for each in attachments if each.accession == one.item.accession]
            with suppress(ShouwenError):  # an original that is gone or altered is verify's to tell
                flying.append(_begun(one, added, material, pool, adopting))
            if len(flying) >= material.width:
                flying.pop(0)()
        for end in flying:
            end()
    durable.settle(material.store)


def _begun(
    one: Filed,
    added: Sequence[Attachment],
    material: Material,
    pool: Processes,
    adopting: stored.Adopting,
) -> Callable[[], None]:
    """Keep the original and begin to take the mail apart; return what ends that."""
    store = material.store
    octets = material.archive.get(one.item.sha256)
    if not (stored.holds(store, one.item.sha256, one.item.size) or adopting.has(one.item.sha256)):
        beside = store / f"{stored.UNFINISHED}{one.item.sha256}"
        beside.write_bytes(octets)
        adopting.adopt(beside, one.item.sha256)
    wanted = _left(one, store, adopting)
    if not wanted:
        return lambda: None
    scratch = Path(tempfile.mkdtemp(prefix=stored.UNFINISHED, dir=store))
    task = Taking(
        octets=octets,
        attached=tuple(
            Attached(name=each.name, data=material.archive.get(each.sha256), link=each.link) for each in added
        ),
        wanted=wanted,
        folder=str(scratch.resolve()),
        abilities=material.abilities,
        passwords=material.passwords,
    )
    pool.ready(prepare)
    future = pool.submit(take_out, task)

    def end() -> None:
        try:
            error = future.exception()
            for path in scratch.iterdir():
                if path.name in wanted and not path.is_symlink() and durable.digest(path) == path.name:
                    adopting.adopt(path, path.name)
            if (left := _left(one, store, adopting)) and _its_fault(error):
                stored.mark(store, one.item.sha256, left)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    return end


def _left(one: Filed, store: Path, adopting: stored.Adopting) -> frozenset[str]:
    """What is missing still, though not yet all that was taken out bears its name."""
    return frozenset(digest for digest in _missing(one, store) if not adopting.has(digest))


def _its_fault(error: BaseException | None) -> bool:
    """Whether another try would end as this one: not where the disk was full, or the process was ended from outside."""
    return not isinstance(error, OSError) and (not isinstance(error, CutError) or error.charged)
