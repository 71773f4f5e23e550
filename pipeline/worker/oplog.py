"""The operational log: accession numbers, counts and sizes, never a word of a mail, an address or a telephone number.

Purpose: `log`, the worker's logger, and `keep(folder, days)`, which writes it and the logger "shouwen.operations"
(compile, export, heartbeat, backup, restore) to operations.jsonl, one file a day of Beijing's.
Source: 网络安全法 article 21 (logs are kept six months at least); logging.handlers' rotation is not used, for it goes by
the machine's zone and loses lines of a second process.
Limits: with nothing kept, warnings go to stderr and the rest nowhere. What cannot be written is lost, counted, and said
on stderr once. Files are removed by the days in their names, reckoned from the day that just ended, so that a clock that
is wrong for an hour costs nothing.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import unicodedata
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog

from pipeline.beijing import BEIJING
from pipeline.worker.logfile import DailyFile

PARENT = "shouwen"
"""The logger above "shouwen.worker" and "shouwen.operations"."""
LEAST_DAYS = 183
"""Six months, whatever is asked for."""
WORDED = (
    "accession",
    "action",
    "by",
    "digest",
    "executor",
    "file",
    "folder",
    "kind",
    "said",
    "version",
    "why",
)
"""Fields whose text is ours: numbers, names of classes and files, messages of errors, and who of us looked. Other text is
left out."""
MOST_CHARACTERS = 300
LEFT_OUT = "（略）"

_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}")
_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])(?:\+?86[- ]?)?"
    r"(?:1[3-9]\d(?:[- ]?\d{4}){2}|\(?0\d{2,3}\)?[- ]?\d{7,8}|(?!20\d{6}(?!\d))\d{7,12}|\d{17}[\dXx])(?![0-9A-Za-z])"
)
"""Mobile and fixed-line numbers, any run of 7 to 12 digits that is no day written as 20240610, identity numbers."""


def discreet(text: str) -> str:
    """Return *text* in one line without what looks like a mail address or a telephone number."""
    plain = unicodedata.normalize("NFKC", " ".join(text.split()))
    masked = _NUMBER.sub(LEFT_OUT, _ADDRESS.sub(LEFT_OUT, plain))
    shown = masked if masked != plain else text
    return " ".join(shown.split())[:MOST_CHARACTERS]


def _told(_logger: object, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    """Keep of an event what may be logged."""
    return {name: _kept(name, value) for name, value in event.items()}


def _kept(name: str, value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if name in (*WORDED, "event", "level"):
        return discreet(str(value))
    return LEFT_OUT


def _rendered(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> tuple[tuple[str], dict[str, Any]]:
    """Give the standard library a line for people, and the fields beside it for the file."""
    line = " ".join(f"{name}={value!r}" for name, value in _first("event", event).items())
    return (line.replace("%", "%%"),), {"extra": {"fields": dict(event)}}


def _first(name: str, event: Mapping[str, Any]) -> dict[str, Any]:
    return {name: event.get(name), **event}


log = structlog.wrap_logger(
    logging.getLogger("shouwen.worker"),
    processors=[
        structlog.stdlib.filter_by_level,
        structlog.processors.add_log_level,
        _told,
        _rendered,
    ],
)


def keep(folder: Path, days: int) -> OperationsLog:
    """Write the log to *folder*/operations.jsonl from now on; close it, or use it in `with`, to end that.

    A folder that cannot be written stops nobody: stderr says so, and each line tries again.

    Args:
        days: how long a day's file stays; at least 183.
    """
    kept = OperationsLog(folder, max(days, LEAST_DAYS))
    kept.begin()
    return kept


class OperationsLog(logging.Handler):
    """What `keep` attaches to the logger: one JSON line an event, written at once, whole."""

    def __init__(self, folder: Path, days: int) -> None:
        super().__init__(logging.INFO)
        self._file = DailyFile(folder, days)
        self._stderr = logging.StreamHandler(sys.stderr)
        self._stderr.setLevel(logging.WARNING)
        self._lost = 0
        self._level = logging.NOTSET

    def begin(self) -> None:
        """Attach to the logger; warnings go to stderr as well, as they did before."""
        parent = logging.getLogger(PARENT)
        self._level = parent.level
        parent.setLevel(logging.INFO)
        parent.addHandler(self)
        parent.addHandler(self._stderr)
        try:
            self._file.ready(datetime.now(UTC))
        except OSError as error:
            self._complain(error)

    def emit(self, record: logging.LogRecord) -> None:
        """Write one event; never raises."""
        at = datetime.fromtimestamp(record.created, UTC)
        try:
            if self._lost:
                self._file.write(
                    _line(at, "warning", record.name, {"event": "lines lost", "count": self._lost}), at
                )
                self._lost = 0
            self._file.write(_line(at, record.levelname.lower(), record.name, _fields(record)), at)
        except OSError as error:
            if not self._lost:
                self._complain(error)
            self._lost += 1

    def close(self) -> None:
        """Detach from the logger and let the file go."""
        parent = logging.getLogger(PARENT)
        parent.removeHandler(self)
        parent.removeHandler(self._stderr)
        parent.setLevel(self._level)
        self._file.close()
        super().close()

    def __enter__(self) -> OperationsLog:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()

    def _complain(self, error: OSError) -> None:
        with suppress(OSError, ValueError):  # stderr may be closed, or its disk be full too
            print(  # noqa: T201 - there is nowhere else to say it
                f"shouwen：运行日志 {self._file.path} 写不进去（{error.strerror}），收件照常；请检查磁盘空间和权限",
                file=sys.stderr,
                flush=True,
            )


def _fields(record: logging.LogRecord) -> Mapping[str, object]:
    """The fields of an event: ours as they are, those of a plain logging call made discreet."""
    given = getattr(record, "fields", None)
    said = (
        {"event": discreet(record.getMessage())}
        if not isinstance(given, dict) or "event" not in given
        else {}
    )
    fields = said | (_told(None, "", given) if isinstance(given, dict) else {})
    if record.exc_info and record.exc_info[0]:  # its words may quote a mail
        fields = {**fields, "raised": record.exc_info[0].__name__}
    return fields


def _line(at: datetime, level: str, logger: str, fields: Mapping[str, object]) -> bytes:
    told = {
        "at": at.isoformat(timespec="milliseconds"),
        "beijing": at.astimezone(BEIJING).isoformat(timespec="milliseconds"),
        "level": level,
        "logger": logger,
        **{name: value for name, value in fields.items() if name != "level"},
    }
    return json.dumps(told, ensure_ascii=False, default=str).encode() + b"\n"
