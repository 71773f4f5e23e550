"""The octets of a large file looked at where they lie, and let go of as they are done with.

Purpose: `mapped(file)` gives the octets of an open file; `piecewise`, `copied` and `digest` go through octets of either kind, and
    `let_go` gives back the memory of what was looked at.
Source: mmap(2), madvise(2): pages of a file that are let go of come back from the file when they are looked at again.
Limits: the file must not grow shorter meanwhile, nor its disk fail: the system then ends this process (SIGBUS). So it is for files
    that never change, in the processes that read strangers' mails; their digest was checked just before, or what came of them
    is known by other digests.
"""

from __future__ import annotations

import hashlib
import io
import mmap
from collections.abc import Iterator

STEP = 256 * 1024
"""Octets looked at or copied at once: of a mail of any size no more lie in memory because somebody searched it."""
FIRST = 4096
"""Octets that a search looks at first; then twice as many, up to STEP: so what is near costs little."""


class Mapped(mmap.mmap):
    """A file's octets, to be read only: what `bytes` has and the readers of mails use, so that these take either."""

    def __contains__(self, sub: object) -> bool:
        return isinstance(sub, bytes) and self.find(sub) >= 0

    def find(self, sub: bytes, start: int = 0, end: int | None = None) -> int:  # type: ignore[override]  # as bytes.find, without negative places
        """Return where *sub* begins first from *start* on, before *end*; -1 where it does not."""
        at, step, stop = start, FIRST, len(self) if end is None else min(end, len(self))
        while at < stop:
            found = self[at : min(at + step + len(sub) - 1, stop)].find(sub)
            if found >= 0:
                return at + found
            at, step = at + step, min(2 * step, STEP)
            if step == STEP:
                self.madvise(mmap.MADV_DONTNEED)
        return -1


Octets = bytes | Mapped
"""Of a mail: in memory, or in the archive's file."""


def mapped(file: io.BufferedReader) -> Octets:
    """Give the octets of *file*, which may be closed then."""
    try:
        return Mapped(file.fileno(), 0, access=mmap.ACCESS_READ)
    except ValueError:  # an empty file cannot be mapped
        return b""


def let_go(octets: Octets | memoryview) -> None:
    """Give the memory of mapped *octets* back, of the whole file, whichever part of it is shown; what is in memory stays."""
    held = octets.obj if isinstance(octets, memoryview) else octets
    if isinstance(held, Mapped):
        held.madvise(mmap.MADV_DONTNEED)


def piecewise(octets: Octets | memoryview, step: int = STEP) -> Iterator[memoryview]:
    """Show *octets* a piece at a time; each is let go of when the next one is asked for."""
    shown = memoryview(octets)
    for at in range(0, len(shown), step):
        yield shown[at : at + step]
        let_go(shown)


def copied(octets: Octets | memoryview) -> bytes:
    """Give *octets* as an object of their own, with no second copy of them on the way."""
    if len(octets) <= STEP or isinstance(octets, bytes):
        return bytes(octets)
    whole = io.BytesIO()
    for piece in piecewise(octets):
        whole.write(piece)
    return whole.getvalue()


def digest(octets: Octets) -> str:
    """SHA-256 of *octets* in hexadecimal."""
    found = hashlib.sha256()
    for piece in piecewise(octets, 4 * STEP):
        found.update(piece)
    return found.hexdigest()
