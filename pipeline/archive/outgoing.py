"""Octets on their way into an object archive: their digest must be known before they have a name.

Purpose: `gone_through(pieces, folder)` gives a mail's octets with digest and size: in memory while they are few, else
in a file of *folder*; `left(folder)` names the files that a crash left there.
Limits: such a file is locked while it is on its way, so what lies there unlocked is nobody's.
"""

from __future__ import annotations

import fcntl
import hashlib
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pipeline.errors import TransientError

IN_MEMORY = 8 * 1024**2
"""Octets of a mail that goes in one request, from memory; the season's median is 2.8 MB."""


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """Octets with their digest. octets: all of them, or None where they lie in the *file* of that *name*."""

    sha256: str
    size: int
    octets: bytes | None
    name: str = ""
    file: Path | None = None


@contextmanager
def gone_through(pieces: bytes | Iterable[bytes], folder: Path) -> Iterator[Outgoing]:
    """Go through *pieces* once; the file, where one was needed, is gone afterwards.

    Where the block fails, an empty file of its name stays, for `left`: something of it may lie elsewhere.

    Raises:
        TransientError: the disk refuses. What goes wrong in *pieces* passes through.
    """
    if isinstance(pieces, bytes) and len(pieces) <= IN_MEMORY:
        yield _few(pieces)
        return
    beside = folder / uuid.uuid4().hex
    file: IO[bytes] | None = None
    try:
        try:
            first, rest = _begun(_sliced(pieces) if isinstance(pieces, bytes) else iter(pieces))
            if rest is None:
                outgoing = _few(first)
            else:
                folder.mkdir(parents=True, exist_ok=True)
                file = beside.open("xb")
                fcntl.flock(file, fcntl.LOCK_EX)
                outgoing = _written(file, first, rest, beside)
        except OSError as error:
            raise TransientError(
                f"大邮件要先暂存在 {folder}，写不进去（{error.strerror}）；请腾出磁盘空间、检查权限后再试，邮件仍在邮箱里"
            ) from error
    except BaseException:
        _gone(beside, file)
        raise
    try:
        yield outgoing
    except BaseException:
        if file is not None:
            with suppress(OSError):
                file.truncate(0)
        raise
    else:
        _gone(beside, file)
    finally:
        if file is not None:
            file.close()


def left(folder: Path) -> list[Path]:
    """Return the files in *folder* that no process has in hand."""
    return [path for path in sorted(folder.glob("*")) if path.is_file() and not _in_hand(path)]


def _sliced(octets: bytes) -> Iterator[bytes]:
    return (octets[start : start + IN_MEMORY] for start in range(0, len(octets), IN_MEMORY))


def _begun(pieces: Iterator[bytes]) -> tuple[bytes, Iterator[bytes] | None]:
    """Take as many octets as are kept in memory; then what is still to come, None if that was all."""
    taken = bytearray()
    for piece in pieces:
        taken += piece
        if len(taken) > IN_MEMORY:
            return bytes(taken), pieces
    return bytes(taken), None


def _few(octets: bytes) -> Outgoing:
    return Outgoing(sha256=hashlib.sha256(octets).hexdigest(), size=len(octets), octets=octets)


def _written(file: IO[bytes], first: bytes, rest: Iterator[bytes], path: Path) -> Outgoing:
    file.write(first)
    digest, size = hashlib.sha256(first), len(first)
    del first
    for piece in rest:
        file.write(piece)
        digest.update(piece)
        size += len(piece)
    file.flush()
    return Outgoing(sha256=digest.hexdigest(), size=size, octets=None, name=path.name, file=path)


def _gone(path: Path, file: IO[bytes] | None) -> None:
    if file is not None:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        with suppress(OSError):  # what could not be written cannot be written now either
            file.close()


def _in_hand(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, FileNotFoundError):  # the second: its writer has just ended
        return True
    return False
