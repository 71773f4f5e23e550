"""The only writer: takes mails in, has them read and judged, and writes down what came of it.

Purpose: `Worker.capture` (mailbox → archive → register), `process` (due items → filings), `once`, and the daemon `run`;
`only_writer`, the lock that makes it the only one.
Map: daemon.py the Worker · rounds.py the daemon's clock · capture.py one poll of one folder · process.py attempts and
their ends · hands.py what a mail's reader is given · one_mail.py what is done with one mail, wherever · lock.py ·
oplog.py and logfile.py the operations log.
The crash argument: before the archive has a mail, it is still on the server and not among the known; between archive and
register it is a blob without an item, and the same octets give the same name; after the capture it is due; while it is
read, its attempt is counted; the filing is one commit.
"""

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
