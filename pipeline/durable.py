"""Files and folders that are there whole or not at all, and stay through a power cut.

Purpose: `write` replaces a file, `put` makes a new one, `folder` publishes a folder; `sync` and `settle` are their last
steps; `digest` is what a file is known by.
Source: fsync(2): a name is durable only when its folder is; rename(2) replaces at once.
Limits: raises OSError as it comes; what it means for a person is the caller's to say.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def write(path: Path, octets: bytes) -> None:
    """Put *octets* at *path*, whose folder is there: write beside, fsync, rename, fsync the folder."""
    beside = path.with_name(f".{path.name}.new")
    with beside.open("wb") as file:
        file.write(octets)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    settle(path.parent)


def put(path: Path, octets: bytes) -> str:
    """Make the file *path*, which must not be there, durable but for its name (`folder` sees to that); return its SHA-256."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(octets)
        file.flush()
        os.fsync(file.fileno())
    return hashlib.sha256(octets).hexdigest()


@contextmanager
def folder(place: Path) -> Iterator[Path]:
    """Give a hidden folder beside *place* that gets its name at the end; where anything fails, nothing is left.

    Raises:
        OSError: the disk refuses, or *place* is there and not an empty folder.
    """
    place = place.absolute()
    beside = place.with_name(f".{place.name}.{uuid.uuid4().hex}")
    try:
        beside.mkdir(parents=True)
        yield beside
        for path in (*sorted(path for path in beside.rglob("*") if path.is_dir()), beside):
            settle(path)
        beside.replace(place)
        settle(place.parent)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def sync(file: Path) -> None:
    """Make the octets of *file*, written by whomever, durable."""
    with file.open("rb") as handle:
        os.fsync(handle.fileno())


def settle(folder: Path) -> None:
    """Make the names in *folder* durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def digest(path: Path) -> str:
    """SHA-256 of the file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
