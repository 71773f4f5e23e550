"""A file of lines for each day: appended whole, renamed when its day is over, removed when it is old enough.

Purpose: `DailyFile(folder, days)`: operations.jsonl of today beside operations-2024-06-10.jsonl of days before.
Source: write(2) with O_APPEND: a line of one call stands whole between those of other processes; nothing is buffered, so
a kill costs no line. flock(2) on the folder: one of several processes turns the page.
Limits: raises OSError as it comes. A day's file that is there already (a clock set back) gets -2, -3 …
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

from pipeline import beijing
from pipeline.beijing import BEIJING

NAME = "operations.jsonl"
_OLD = re.compile(r"operations-(\d{4}-\d{2}-\d{2})(?:-\d+)?\.jsonl")


class DailyFile:
    """Lines of one day in *folder*; the files of the last *days* days stay."""

    def __init__(self, folder: Path, days: int) -> None:
        self.path = folder / NAME
        self._folder = folder
        self._days = timedelta(days=days)
        self._handle: int | None = None
        self._day = date.min
        self._torn = False

    def ready(self, at: datetime) -> int:
        """Open today's file and return its handle; yesterday's is put aside."""
        today = beijing.day(at)
        if self._handle is not None and (self._is_another() or self._day != today):
            self.close()
        if self._handle is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._turn(today)
            self._handle = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
            self._day = today
            self._torn = not _ends_a_line(self._handle)
        return self._handle

    def write(self, line: bytes, at: datetime) -> None:
        """Append *line*, which ends with a newline, as of *at*.

        Raises:
            OSError: it is not there, or not whole; the next line begins on a line of its own.
        """
        handle = self.ready(at)
        octets = b"\n" + line if self._torn else line
        written = os.write(handle, octets)
        self._torn = written < len(octets)
        if self._torn:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def close(self) -> None:
        """Let the file go."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)

    def _is_another(self) -> bool:
        """Another process turned the page, or somebody removed the file."""
        if self._handle is None:
            return True
        try:
            return not os.path.samestat(os.fstat(self._handle), self.path.stat())
        except OSError:
            return True

    def _turn(self, today: date) -> None:
        """Put a file of another day aside under its name, and remove what is too old."""
        handle = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            with suppress(FileNotFoundError):
                found = self.path.stat()
                day = datetime.fromtimestamp(found.st_mtime, UTC).astimezone(BEIJING).date()
                if found.st_size and day != today:
                    self.path.rename(self._free_name(day))
                    self._clear(day)
        finally:
            os.close(handle)

    def _free_name(self, day: date) -> Path:
        names = (f"operations-{day}{f'-{n}' if n > 1 else ''}.jsonl" for n in count(1))
        return next(path for name in names if not (path := self._folder / name).exists())

    def _clear(self, day: date) -> None:
        for path in self._folder.glob("operations-*.jsonl"):
            dated = _OLD.fullmatch(path.name)
            with suppress(ValueError, OSError):
                if dated and date.fromisoformat(dated[1]) < day - self._days:
                    path.unlink()


def _ends_a_line(handle: int) -> bool:
    """The file is empty, or was not left in the middle of a line by a full disk."""
    size = os.fstat(handle).st_size
    return size == 0 or os.pread(handle, 1, size - 1) == b"\n"
