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

import os
import shutil
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from outputs import files
from outputs.apart import Taking, prepare, take_out
from outputs.workbook import stored
from pipeline import durable
from pipeline.archive import Archive, Fixity, Key, keyed
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


def gather(filed: Sequence[Filed], attachments: Sequence[Attachment], material: Material) -> Gathered:
    """Fill the store with what these mails hold, and say what can be linked to.

    Raises:
        OSError: the store cannot be written.
        TransientError: no process can be started.
    """
    stored.tidy(material.store)
    _take_all([one for one in filed if _missing(one, material.store)], attachments, material)
    paths: dict[str, str] = {}
    failed = []
    for one in filed:
        wanted = tuple(_wanted(one))
        found = {path: digest for path, digest, size in wanted if stored.holds(material.store, digest, size)}
        paths |= found
        if len(found) < len(wanted):
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


@dataclass(frozen=True, kw_only=True)
class Needed:
    """What a season needs of the store: digests of all that is linked to, and of its mails."""

    digests: frozenset[str]
    mails: frozenset[str]


def needed(filed: Iterable[Filed]) -> Needed:
    """Say what these mails need."""
    digests, mails = set[str](), set[str]()
    for one in filed:
        mails.add(one.item.sha256)
        digests.update(digest for digest, _ in _kept(one))
    return Needed(digests=frozenset(digests), mails=frozenset(mails))


def sweep(store: Path, season: Needed) -> int:
    """Remove what neither a run nor the season needs; say how many files."""
    removed = 0
    for path in store.glob("[0-9a-f]*") if store.is_dir() else ():
        if path.name not in season.digests and path.stat().st_nlink == 1:
            path.unlink()
            removed += 1
    for mark in (store / stored.TRIED).glob("*"):
        if mark.name not in season.mails:
            mark.unlink()
    return removed


def altered(store: Path) -> tuple[str, ...]:
    """Name the files of the store that do not hold what their names say: somebody wrote into one, perhaps through a run."""
    kept = sorted(store.glob("[0-9a-f]*")) if store.is_dir() else ()
    return tuple(path.name for path in kept if path.is_file() and durable.digest(path) != path.name)


# ---------------------------------------------------------------- what is wanted, and what is not there


def _wanted(one: Filed) -> Iterator[tuple[str, str, int]]:
    """Path, digest and size of all that is laid beside the workbook for a mail."""
    accession = one.item.accession
    yield f"{files.FOLDER}/{accession}/{files.ORIGINAL}", one.item.sha256, one.item.size
    for number, part in enumerate(one.filing.parts if one.filing else (), 1):
        if part.size:
            yield f"{files.FOLDER}/{accession}/{files.safe(number, part)}", part.sha256, part.size


def _kept(one: Filed) -> Iterator[tuple[str, int]]:
    """Digest and size of the same, without the names, which are dear to make safe."""
    yield one.item.sha256, one.item.size
    yield from ((part.sha256, part.size) for part in (one.filing.parts if one.filing else ()) if part.size)


def _missing(one: Filed, store: Path) -> frozenset[str]:
    """Digests that the store has not got, () where they were asked for in vain before."""
    missing = frozenset(digest for digest, size in _kept(one) if not stored.holds(store, digest, size))
    return frozenset() if stored.was_tried(store, one.item.sha256, missing) else missing


# ---------------------------------------------------------------- taking out


def _take_all(mails: Sequence[Filed], attachments: Sequence[Attachment], material: Material) -> None:
    """Take all these mails apart, only on the ways to what is wanted; then whole those that did not give it.

    A second walk is dear and rare: of mails whose archives open with a word that stands elsewhere in them, and of parts that
    a document's reader makes. What came is known by its digest, so the first walk can be no guess.
    """
    if not mails:
        return
    material.store.mkdir(parents=True, exist_ok=True)
    with Processes(material.width, seconds=material.seconds, megabytes=material.megabytes) as pool:
        pool.ready(prepare)
        for whole in (False, True):
            mails = _round(mails, attachments, material, pool, whole=whole)
    durable.settle(material.store)


def _round(
    mails: Sequence[Filed],
    attachments: Sequence[Attachment],
    material: Material,
    pool: Processes,
    *,
    whole: bool,
) -> list[Filed]:
    """Take each mail apart once; return those that a walk of the other kind may give more of.

    One more than there are processes is begun before the first is ended, so that none of them waits for us.
    """
    errors: list[tuple[Filed, BaseException | None]] = []
    with stored.Adopting(material.store) as adopting:
        flying: deque[tuple[Filed, Callable[[], BaseException | None]]] = deque()
        for one in mails:
            added = [each for each in attachments if each.accession == one.item.accession]
            with suppress(ShouwenError):  # an original that is gone or altered is verify's to tell
                flying.append((one, _begun(one, added, material, pool, adopting, whole=whole)))
            if len(flying) > material.width:
                ended, end = flying.popleft()
                errors.append((ended, end()))
        errors += [(one, end()) for one, end in flying]
    again = []
    for one, error in errors:
        left = _missing(one, material.store)
        if left and _its_fault(error) and _intact(one, left, material.archive):
            if whole or isinstance(error, CutError):
                stored.mark(material.store, one.item.sha256, left)
            else:
                again.append(one)
    return again


def _begun(
    one: Filed,
    added: Sequence[Attachment],
    material: Material,
    pool: Processes,
    adopting: stored.Adopting,
    *,
    whole: bool,
) -> Callable[[], BaseException | None]:
    """Begin to take the mail apart; return what ends that, and says what went wrong there."""
    missing = frozenset(digest for digest in _missing(one, material.store) if not adopting.has(digest))
    if not missing:
        return lambda: None
    task = _task(one, added, material, missing, whole=whole)
    scratch = Path(tempfile.mkdtemp(prefix=stored.UNFINISHED, dir=material.store)).resolve()
    if one.item.sha256 in missing:
        _keep_original(one.item.sha256, task, scratch, adopting)
    future = pool.submit(take_out, replace(task, folder=str(scratch)))

    def end() -> BaseException | None:
        try:
            error = future.exception()
            for path in scratch.iterdir():
                if path.name in missing:
                    adopting.adopt(path, path.name)
            return error
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    return end


def _keep_original(digest: str, task: Taking, scratch: Path, adopting: stored.Adopting) -> None:
    """See to it that the mail itself is there whatever becomes of its walk, for its links lead to it."""
    if task.keys:
        adopting.copy(keyed.place(task.keys[0]), digest)
    else:
        (scratch / digest).write_bytes(task.octets)  # taken over with its parts


def _task(
    one: Filed, added: Sequence[Attachment], material: Material, missing: frozenset[str], *, whole: bool
) -> Taking:
    """What is to be done with the mail, its octets only named where the process can have them from the archive itself."""
    here, archive, digests = material.archive.here, material.archive, [each.sha256 for each in added]
    original = one.item.sha256
    shortest: dict[str, str] = {}
    for part in one.filing.parts if one.filing else ():
        if part.sha256 in missing and part.path.count("/") <= shortest.get(part.sha256, part.path).count("/"):
            shortest[part.sha256] = part.path
    return Taking(
        octets=b"" if here else archive.get(original),
        attached=tuple(
            Attached(name=each.name, data=b"" if here else archive.get(each.sha256), link=each.link)
            for each in added
        ),
        keys=tuple(Key(address=here, sha256=each) for each in (original, *digests)) if here else (),
        wanted=tuple((path, digest) for digest, path in shortest.items()),
        whole=whole,
        folder="",
        abilities=material.abilities,
        passwords=material.passwords,
    )


def _intact(one: Filed, left: frozenset[str], archive: Archive) -> bool:
    """Whether it is the mail's own octets that do not give what is *left*: they were walked unchecked.

    Where the mail itself could not be laid down, it is altered or the disk refused: no walk is to blame.
    """
    try:
        return one.item.sha256 not in left and archive.check(one.item.sha256) is Fixity.INTACT
    except ShouwenError:
        return False


def _its_fault(error: BaseException | None) -> bool:
    """Whether another try would end as this one.

    Not where the disk was full, the octets or a program could not be had, or the process was ended from outside.
    """
    if isinstance(error, CutError):
        return error.charged
    return not isinstance(error, OSError | ShouwenError)
