"""The only writer: takes mails in, has them read and judged, and writes down what came of it.

Purpose: `Worker.capture` (mailbox → archive → register), `process` (due items → filings), `once`, and the daemon `run`;
`only_writer`, the lock that makes it the only one.
Map: daemon.py the Worker · rounds.py the daemon's clock · capture.py one poll of one folder, with putting.py · process.py attempts
and their ends (lane.py what is on its way, failure.py what is said of one) · hands.py what a mail's reader is given ·
one_mail.py what is done with one mail, wherever · lock.py · oplog.py and logfile.py the operations log.
The crash argument: before the archive has a mail, it is still on the server and not among the known; between archive and
register it is a blob without an item, and the same octets give the same name; after the capture it is due; while it is
read, its attempt is counted; the filing is one commit, which others may share (../register/attempts.py).
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.worker.daemon import Worker
    from pipeline.worker.lock import only_writer
    from pipeline.worker.one_mail import Result, Task, attempt
    from pipeline.worker.process import Processed
    from pipeline.worker.rounds import NO_DUTIES, Duties

__all__ = [
    "NO_DUTIES",
    "Duties",
    "Processed",
    "Result",
    "Task",
    "Worker",
    "attempt",
    "only_writer",
]

_PLACES = {
    "NO_DUTIES": "rounds",
    "Duties": "rounds",
    "Processed": "process",
    "Result": "one_mail",
    "Task": "one_mail",
    "Worker": "daemon",
    "attempt": "one_mail",
    "only_writer": "lock",
}


def __getattr__(name: str) -> object:
    """Import what is asked for when it is asked for: a reading process needs one_mail.py, and no register (30 MB)."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_PLACES[name]}"), name)
