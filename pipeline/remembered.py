"""What was dear to find out, kept by the digest of what it was found in: no page is recognised twice, no judge trained twice.

Purpose: `remembering(folder)` around what reads and judges a mail; within it, `answer(engine, question, picture, ask)` asks
an engine only of octets that it was not asked about before, be it in another mail, process or VERSION of the readers.
Source: recognition is most of what a scan costs (seconds a page), training most of what a process costs that judges one
mail. What is kept are the engine's own words, before ours are made of them, so an entry holds for the engine, its version
and models, the question, and the octets, which name it.
Limits: a memory and no record: an entry that is missing, torn or altered is asked for again; what failed is not kept.
Entries are as private as the register (0600) and written by the same processes; they are plain octets with their digest
before them, and never executed. Nothing
is removed here; the folder may be emptied at any time.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import uuid
import zlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from pathlib import Path

MAX_OCTETS = 16 * 1024**2
"""Of one answer; a full page of small print takes 200 KB."""
DIGEST_OCTETS = 32

_FOLDER: ContextVar[Path | None] = ContextVar("remembered", default=None)


@contextlib.contextmanager
def remembering(folder: str) -> Iterator[None]:
    """Keep what engines say below *folder*, which is made when first needed; "" keeps nothing."""
    token = _FOLDER.set(Path(folder) if folder else None)
    try:
        yield
    finally:
        _FOLDER.reset(token)


def remembers() -> bool:
    """Whether anything is kept here."""
    return _FOLDER.get() is not None


@contextlib.contextmanager
def alone(what: str) -> Iterator[None]:
    """Let only one process at a time find out *what* (a name of ours), so that the others find it kept.

    Where nothing is kept, or the disk refuses, nobody waits.
    """
    folder = _FOLDER.get()
    with contextlib.ExitStack() as held:
        if folder is not None:
            with contextlib.suppress(OSError):
                folder.mkdir(mode=0o700, exist_ok=True)
                file = held.enter_context((folder / f".{what}.lock").open("wb"))
                fcntl.flock(file, fcntl.LOCK_EX)  # freed with the file, also by a death
        yield


def answer(engine: str, question: str, picture: bytes, ask: Callable[[], bytes | None]) -> bytes | None:
    """Give what *engine* says of *picture* (or other octets): as it said before, or by asking it now.

    Args:
        engine: its name, version and models.
        question: what it is asked, with all that could change its answer.
        ask: asks it; None where it failed, which is not kept.
    """
    folder = _FOLDER.get()
    if folder is None:
        return ask()
    named = hashlib.sha256(f"{engine}\n{question}\n".encode())
    named.update(hashlib.sha256(picture).digest())
    path = folder / named.hexdigest()[:2] / named.hexdigest()
    said = _kept(path)
    if said is None:
        said = ask()
        if said is not None and len(said) <= MAX_OCTETS:
            _keep(path, said)
    return said


def _kept(path: Path) -> bytes | None:
    """Return the entry; None where there is none, or none that is whole."""
    try:
        octets = path.read_bytes()
        packed = zlib.decompressobj()
        said = packed.decompress(octets[DIGEST_OCTETS:], MAX_OCTETS)
    except (OSError, zlib.error):
        return None
    return said if packed.eof and hashlib.sha256(said).digest() == octets[:DIGEST_OCTETS] else None


def _keep(path: Path, said: bytes) -> None:
    """Write the entry beside and rename it; a disk that refuses costs only that it is asked again."""
    beside = path.with_name(f".{uuid.uuid4().hex}")
    try:
        path.parent.parent.mkdir(mode=0o700, exist_ok=True)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(hashlib.sha256(said).digest() + zlib.compress(said))
        beside.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
