"""Octets that a task names by their keys, had where the task is done: so no parent reads, hashes and sends what it does not need.

Purpose: `fetched` puts them into a task's hands. `get`, `mapped` and `lying` are ways to have those of a key whose address is
    that of a folder of this machine (`Archive.here`); `place` is where they lie.
Limits: `lying` checks no digest; it is for whoever knows what came of the octets by other digests.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline import mapped as looked_at
from pipeline.archive.folder import FolderArchive
from pipeline.archive.stored import Key
from pipeline.mapped import Octets
from pipeline.records import Attached


def fetched(
    keys: Sequence[Key],
    attached: Sequence[Attached],
    get: Callable[[Key], bytes],
    mail: Callable[[Key], Octets] | None = None,
) -> tuple[Octets, tuple[Attached, ...]]:
    """Return the octets of a mail and the files *attached* to it with theirs, each by *get*, the mail's by *mail*.

    keys: of the mail and of each file attached, in this order.
    """
    own, *others = keys
    files = tuple(replace(one, data=get(key)) for one, key in zip(attached, others, strict=True))
    return (mail or get)(own), files


def get(key: Key) -> bytes:
    """Give the octets, their digest checked (`FolderArchive.get`)."""
    return FolderArchive.at(key.address).get(key.sha256)


def mapped(key: Key) -> Octets:
    """Give the octets where they lie, their digest checked (`FolderArchive.mapped`)."""
    return FolderArchive.at(key.address).mapped(key.sha256)


def lying(key: Key) -> Octets:
    """Give the octets where they lie, whatever they are now.

    Raises:
        OSError: there are none, or they cannot be read.
    """
    with place(key).open("rb") as file:
        return looked_at.mapped(file)


def place(key: Key) -> Path:
    """Return where the octets lie, if they are there (`FolderArchive.place`)."""
    return FolderArchive.at(key.address).place(key.sha256)
