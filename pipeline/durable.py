"""Files that are there whole or not at all, and stay through a power cut.

Purpose: `write(path, octets)`, `sync(file)` and `settle(folder)`.
Source: fsync(2): a name is durable only when its folder is; rename(2) replaces at once.
Limits: raises OSError as it comes; what it means for a person is the caller's to say.
"""

from __future__ import annotations

import os
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
