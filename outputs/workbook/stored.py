"""The store of octets that were taken out of mails: one file a digest, read-only, with the same time stamp each.

Purpose: `holds`, `Adopting`, `tidy`; `mark` and `was_tried` keep in mind what a mail's walk did not give.
Source: a time stamp that nobody else sets shows what was written into, at the price of a look (stat).
Limits: no original lies here; whatever is doubtful counts as not there and is made again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Self

from pipeline import VERSION, durable

KEPT_AT = 946_684_800
"""Time stamp of every file of the store (2000-01-01): one that was written into bears another, and is taken out anew."""
UNFINISHED = ".new-"
SYNCS = 8
"""Files that are made durable at a time: they share the journal's commits."""
TRIED = ".tried"
"""Folder of marks: what a mail's walk was asked for and did not give."""


def holds(store: Path, digest: str, size: int) -> bool:
    """Whether the store has the file as it was put there."""
    try:
        found = os.lstat(f"{store}/{digest}")
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and (found.st_size, int(found.st_mtime)) == (size, KEPT_AT)


def was_tried(store: Path, mail: str, digests: frozenset[str]) -> bool:
    """Whether the mail of that digest was taken apart for just these *digests*, in vain."""
    try:
        return bool(digests) and (store / TRIED / mail).read_text("ascii") == _asked(digests)
    except OSError:
        return False


def mark(store: Path, mail: str, digests: frozenset[str]) -> None:
    """Keep in mind that the mail did not give these *digests*."""
    (store / TRIED).mkdir(exist_ok=True)
    (store / TRIED / mail).write_text(_asked(digests), "ascii")


class Adopting:
    """Makes files the store's beside other work: many fsyncs at once cost a disk little more than one.

    What was handed over is the store's, durable but for its name, when the block ends without an error, if it holds what it
    is called by: that is checked here and nowhere else, for strangers' octets were parsed where the file was written. It is
    checked in pieces, and after the file was stamped, so that what is written into it later shows (`holds`).

    Raises:
        OSError: at the end of the block, the disk refused one of them.
    """

    def __init__(self, store: Path) -> None:
        self._store = store
        self._pool = ThreadPoolExecutor(SYNCS, thread_name_prefix="adopting")
        self._begun: dict[str, Future[None]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, error: BaseException | None, _at: object) -> None:
        self._pool.shutdown(cancel_futures=error is not None)
        if error is None:
            for begun in self._begun.values():
                begun.result()

    def has(self, digest: str) -> bool:
        """Whether a file of that digest was handed over."""
        return digest in self._begun

    def adopt(self, path: Path, digest: str) -> None:
        """Take the file over, which is on the file system of the store; one that is no file, or a second one, is removed."""
        if self.has(digest) or not stat.S_ISREG(path.lstat().st_mode):
            path.unlink()
            return
        beside = self._store / f"{UNFINISHED}{digest}"
        path.replace(beside)
        self._begun[digest] = self._pool.submit(_adopted, beside, self._store / digest)

    def copy(self, path: Path, digest: str) -> None:
        """Make a copy of the file, which may have gone or be unreadable: then the store has none, as where it is altered."""
        beside = self._store / f"{UNFINISHED}{digest}"
        self._begun[digest] = self._pool.submit(_copied, path, beside, self._store / digest)


def _adopted(path: Path, target: Path) -> None:
    seal(path)
    if durable.digest(path) != target.name:
        path.unlink()
        return
    durable.sync(path)
    path.replace(target)


def _copied(path: Path, beside: Path, target: Path) -> None:
    """The kernel copies: none of the octets come into our memory, and what they are is known by the copy's digest."""
    try:
        shutil.copyfile(path, beside)
    except OSError:
        beside.unlink(missing_ok=True)
        return
    _adopted(beside, target)


def seal(path: Path) -> None:
    """Make the file read-only, with the time stamp of the store."""
    path.chmod(0o444)
    os.utime(path, (KEPT_AT, KEPT_AT))


def tidy(store: Path) -> None:
    """Remove what a crash left; nobody else is at work here (runs.alone)."""
    for path in store.glob(f"{UNFINISHED}*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()


def _asked(digests: frozenset[str]) -> str:
    """What was asked for, in one word; other readers may come upon more."""
    return hashlib.sha256(json.dumps([VERSION, *sorted(digests)]).encode()).hexdigest()
