"""The octets behind the workbook's links: taken out of the mails once, kept by digest, linked into every run.

Purpose: `gather` sees to it that the store holds the original and the parts of every mail, `gathering` does so beside other
work; `lay` puts them into a run's folder under the names of files.py; `sweep` removes what no run refers to any more.
Source: link(2): a file that several folders hold lies on the disk once. How the store is filled: filling.py.
Limits: what cannot be taken out (a mail that hangs its walk, a part that only recognition comes upon) is told by its accession
and not tried again until it is read anew; the links then lead to the original. Nothing here is an original: what the store holds
can be made again from the archive.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from outputs import files
from outputs.workbook import stored
from outputs.workbook.filling import Asked, fill
from pipeline import durable
from pipeline.archive import Archive
from pipeline.executor import MEGABYTES
from pipeline.records import Attachment, Filed

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
    with gathering(filed, attachments, material) as under_way:
        return under_way.ended()


class Gathering:
    """What is being gathered. expected: what can be linked to if all comes that is asked for; more there will not be."""

    def __init__(
        self, expected: Gathered, asked: Mapping[str, int] | None = None, filled: Future[None] | None = None
    ) -> None:
        self.expected = expected
        self._asked = asked or {}
        self._filled = filled

    def ended(self) -> Gathered:
        """Wait for the end; say what can be linked to.

        Raises: as `gather`.
        """
        if self._filled is None:
            return self.expected
        self._filled.result()
        store, before = self.expected.store, self.expected
        gone = {digest for digest, size in self._asked.items() if not stored.holds(store, digest, size)}
        paths = {path: digest for path, digest in before.paths.items() if digest not in gone}
        lacking = {path.split("/")[1] for path in before.paths.keys() - paths.keys()}
        return Gathered(store=store, paths=paths, failed=tuple(sorted(lacking.union(before.failed))))


@contextmanager
def gathering(
    filed: Sequence[Filed], attachments: Sequence[Attachment], material: Material
) -> Iterator[Gathering]:
    """Fill the store beside what the block does, which need not hold the mails; at its end what is in flight is ended."""
    store = material.store
    stored.tidy(store)
    mails = [mail for mail in map(Asked.of, filed) if mail.missing(store)]
    sizes = {digest: size for mail in mails for digest, size in mail.kept()}
    asked = {digest: size for digest, size in sizes.items() if not stored.holds(store, digest, size)}
    expected = _expected(filed, store, asked)
    del filed
    if not mails:
        yield Gathering(expected)
        return
    stop = threading.Event()
    with ThreadPoolExecutor(1, "gathering") as hand:
        try:
            yield Gathering(expected, asked, hand.submit(fill, mails, attachments, material, stop.is_set))
        finally:
            stop.set()


def _expected(filed: Sequence[Filed], store: Path, asked: Mapping[str, int]) -> Gathered:
    """What can be linked to once the *asked* digests are there. failed: mails of which something was asked for in vain."""
    paths: dict[str, str] = {}
    failed = []
    for one in filed:
        wanted = tuple(_wanted(one))
        there = {
            path: digest
            for path, digest, size in wanted
            if digest in asked or stored.holds(store, digest, size)
        }
        paths |= there
        if len(there) < len(wanted):
            failed.append(one.item.accession)
    return Gathered(store=store, paths=paths, failed=tuple(failed))


def lay(gathered: Gathered, folder: Path) -> None:
    """Put the gathered files into *folder*, as links to the store where the file system can, else as copies.

    The names are made durable folder by folder, several at a time: waits for the disk that are under way together end together.
    """
    store, folders, known = f"{gathered.store}", {folder}, set[str]()
    for path, digest in gathered.paths.items():
        beside = path.rpartition("/")[0]
        if beside not in known:
            known.add(beside)
            made = folder / beside
            made.mkdir(parents=True, exist_ok=True)
            folders |= {made, made.parent}
        try:
            os.link(f"{store}/{digest}", f"{folder}/{path}")
        except OSError:
            _copied(gathered.store / digest, folder / path)
    with ThreadPoolExecutor(stored.SYNCS, "settling") as hands:
        list(hands.map(durable.settle, folders))


def _copied(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
    stored.seal(target)
    durable.sync(target)


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
        digests.update(digest for digest, _ in Asked.of(one).kept())
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


def _wanted(one: Filed) -> Iterator[tuple[str, str, int]]:
    """Path, digest and size of all that is laid beside the workbook for a mail."""
    accession = one.item.accession
    yield f"{files.FOLDER}/{accession}/{files.ORIGINAL}", one.item.sha256, one.item.size
    for number, part in enumerate(one.filing.parts if one.filing else (), 1):
        if part.size:
            yield f"{files.FOLDER}/{accession}/{files.safe(number, part)}", part.sha256, part.size
