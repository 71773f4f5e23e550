"""What must hold of every input, whatever the target: a promise that is broken raises `BrokenError`."""

from __future__ import annotations

from collections.abc import Sequence


class BrokenError(AssertionError):
    """A promise that was not kept."""


def must(holds: bool, broken: str) -> None:
    """Raise with the words *broken* unless the promise *holds*."""
    if not holds:
        raise BrokenError(broken)


def unique_below(paths: Sequence[str], prefix: str) -> None:
    """No path stands twice, and all are below *prefix*."""
    must(len(set(paths)) == len(paths), "two parts of one path")
    must(all(path.startswith(prefix) for path in paths), "a path that is not below its container")
