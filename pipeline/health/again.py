"""Facts gathered again and again: what the register says is not read anew while nobody has written into its file.

Purpose: `Again(…).gather(known)`, for a daemon: with a season of filings a look takes some tenths of a second, twice a minute.
Source: sqlite.org/wal.html: what is committed is in the file or in the -wal beside it.
Limits: what a disk does to a file without writing it is found by the next whole look, RENEWED later at most. A register in a
database server is read every time.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from pipeline.database import Database
from pipeline.health import status_file
from pipeline.health.gathering import free, gather
from pipeline.health.values import Facts, Known

RENEWED = timedelta(minutes=10)
"""How long what was read stands at most."""
SETTLED_NS = 2 * 10**9
"""Age of the last change below which another within the same tick of the disk's clock might not show."""


class _Before(NamedTuple):
    shown: tuple[object, ...]
    read_seconds: float
    facts: Facts


@dataclass(kw_only=True)
class Again:
    """place: of the register, None: in the folder. It may be asked by several threads."""

    data_dir: Path
    place: Path | Database | None = None
    _before: _Before | None = field(default=None, init=False)

    def gather(self, known: Known) -> Facts:
        """Do as `gather`; what stands beside the register is looked at each time."""
        shown = self._shown(known)
        before = self._before
        if before is not None and before.shown == shown and _is_young(before.read_seconds):
            return replace(
                before.facts,
                known=known,
                free_octets=free(self.data_dir),
                writer=status_file.writer(self.data_dir),
            )
        read_seconds = time.monotonic()
        facts = gather(self.data_dir, known, self.place)
        sound = facts.unread is None and facts.checked == "ok"
        self._before = _Before(shown, read_seconds, facts) if shown and sound else None
        return facts

    def _shown(self, known: Known) -> tuple[object, ...]:
        """What the facts about the register follow from; () where that cannot be told."""
        place = self.place or self.data_dir / "register.db"
        if not isinstance(place, Path):
            return ()
        stamps = tuple(_stamps(place))
        if any(time.time_ns() - stamp[2] < SETTLED_NS for stamp in stamps):
            return ()
        return (*stamps, known.poll_seconds, known.basis, known.check_seconds) if stamps else ()


def _stamps(register: Path) -> Iterator[tuple[int, int, int]]:
    for path in (register, register.with_name(f"{register.name}-wal")):
        with suppress(OSError):
            found = path.stat()
            yield found.st_ino, found.st_size, found.st_mtime_ns  # SQLite changes its ctime by opening it


def _is_young(read_seconds: float) -> bool:
    return time.monotonic() - read_seconds < RENEWED.total_seconds()
