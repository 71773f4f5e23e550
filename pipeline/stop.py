"""The word that ends a daemon: heard at once by whoever sleeps, and by whoever waits for a server besides.

Purpose: `Stop`, which can be polled for together with a socket, so that nobody wakes up to ask for it.
Source: pipe(7), poll(2). A lock, as threading.Event has one, would be waited for without end by a signal's handler that
interrupts who holds it.
Limits: said once, never taken back.
"""

from __future__ import annotations

import os
import select
import weakref
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket


class Stop:
    """Said by `set`, from any thread or signal handler; its descriptor is readable from then on."""

    def __init__(self) -> None:
        self._said = False
        self._hears, self._tells = os.pipe()
        os.set_blocking(self._tells, False)
        # Not at the end of the program: a signal may still come then, and the numbers be another's.
        weakref.finalize(self, _close, self._hears, self._tells).atexit = False

    def set(self) -> None:
        """Say it."""
        self._said = True
        with suppress(BlockingIOError):  # said often enough
            os.write(self._tells, b"\0")

    def is_set(self) -> bool:
        """Whether it was said."""
        return self._said

    def wait(self, seconds: float | None = None, server: socket.socket | None = None) -> bool:
        """Sleep until it is said, or *server* says something, at most so many *seconds* (None: however long).

        Returns:
            whether it was said.
        """
        poller = select.poll()
        poller.register(self, select.POLLIN)
        if server is not None:
            poller.register(server, select.POLLIN)
        poller.poll(None if seconds is None else max(0, seconds) * 1000)
        return self._said

    def fileno(self) -> int:
        """Descriptor to poll for reading."""
        return self._hears


def _close(*descriptors: int) -> None:
    for one in descriptors:
        os.close(one)
