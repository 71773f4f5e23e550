"""One mail taken apart for the octets of its parts: what runs in a process of the pool.

Purpose: `take_out(Taking)` writes the wanted leaves of the mail into a folder of that task, each named by its digest.
Source: pipeline/reading.py, `take_apart`.
Limits: that a file holds what its name says is for whoever takes it over to check (stored.Adopting): octets of strangers were
parsed here. So the mail's own digest is not: an altered one gives files that are not taken over, or none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.archive import Key, keyed
from pipeline.mapped import Octets
from pipeline.records import Attached

if TYPE_CHECKING:
    from pipeline.records import Leaf


@dataclass(frozen=True, kw_only=True)
class Taking:
    """One mail to be taken apart.

    wanted: path and digest of each leaf that is. whole: whether all is opened, and leaves are known by their octets; else
    only what the paths lead through, and leaves are known by their paths. keys: of the octets and of each file attached, in
    this order, where they are yet to be fetched.
    """

    octets: Octets
    attached: tuple[Attached, ...]
    wanted: tuple[tuple[str, str], ...]
    whole: bool
    folder: str
    abilities: tuple[str, ...]
    passwords: tuple[str, ...]
    keys: tuple[Key, ...] = ()


def prepare() -> None:
    """Import the stages: an installation that cannot is found out here, and charged to no mail."""
    import pipeline.reading  # noqa: F401 - for its effect


def take_out(task: Taking) -> None:
    """Write what is wanted of one mail, which is looked at where it lies: no more of it is in memory than one part.

    Raises:
        ShouwenError: the octets of a file attached cannot be had. OSError: those of the mail cannot; or the disk refuses.
    """
    from pipeline.reading import take_apart  # dear to import, and needed only where a mail is taken apart

    if not task.wanted:
        return
    octets, attached = task.octets, task.attached
    if task.keys:
        octets, attached = keyed.fetched(task.keys, attached, keyed.get, keyed.lying)
    take_apart(
        octets,
        _by_digest(task) if task.whole else _by_path(task),
        abilities=task.abilities,
        passwords_given=task.passwords,
        attached=attached,
        ways=None if task.whole else ways(path for path, _ in task.wanted),
    )


def ways(paths: Iterable[str]) -> frozenset[str]:
    """What has to be opened on the way to *paths*: each of their beginnings before a slash."""
    return frozenset(path[:place] for path in paths for place, sign in enumerate(path) if sign == "/")


def _by_digest(task: Taking) -> Callable[[Leaf], None]:
    left = {digest for _, digest in task.wanted}

    def keep(leaf: Leaf) -> None:
        digest = hashlib.sha256(leaf.data).hexdigest()
        if digest in left:
            left.discard(digest)
            Path(task.folder, digest).write_bytes(leaf.data)

    return keep


def _by_path(task: Taking) -> Callable[[Leaf], None]:
    """Not one digest is computed here: a leaf that is another one now fails the check of whoever takes the file over."""
    digests: Mapping[str, str] = dict(task.wanted)

    def keep(leaf: Leaf) -> None:
        if digest := digests.get(leaf.path):
            Path(task.folder, digest).write_bytes(leaf.data)

    return keep
