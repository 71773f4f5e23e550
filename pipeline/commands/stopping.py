"""Being told to stop, and ending in time whatever a server does.

Purpose: `stopping()`: SIGTERM and Ctrl-C set an event; who has not ended some seconds later is ended.
Source: systemd.kill(5), and what the units promise: an end within 5 s. A question to a silent server is waited for up
to timeout_seconds, and nothing but the end of the process takes a thread out of it at every point.
Limits: that end is a crash as the worker's argument knows it (pipeline/worker): every state is one commit, so nothing is
lost; the reading processes end with their parent.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE_SECONDS = 4.6
"""After a stop: the worker gives the mails in hand four, and then needs a moment to give their attempts back."""


@contextmanager
def stopping() -> Iterator[threading.Event]:
    """Give the event that SIGTERM and Ctrl-C set; the block ends soon after it, or the process does, with code 0."""
    stop, ended = threading.Event(), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=_end_in_time, args=(stop, ended), daemon=True).start()
    try:
        yield stop
    finally:
        ended.set()
        stop.set()


def _end_in_time(stop: threading.Event, ended: threading.Event) -> None:
    stop.wait()
    if not ended.wait(PATIENCE_SECONDS):
        print("已停止：没有等服务器回应，未收完的下次再收", file=sys.stderr, flush=True)  # noqa: T201 - talk goes to stderr
        os._exit(0)
