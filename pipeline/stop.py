"""The word that ends a daemon: heard at once by whoever sleeps, and by whoever waits for a server besides.

Purpose: `Stop`, an event that can be polled together with a socket, so that nobody wakes up to ask for it.
Source: eventfd(2): readable from the first write on.
Limits: said once, never taken back.
"""

from __future__ import annotations

import os
import threading
import weakref


class Stop(threading.Event):
    """An event; its descriptor is readable once it is set."""

    def __init__(self) -> None:
        super().__init__()
        self._told = os.eventfd(0)
        weakref.finalize(self, os.close, self._told)

    def set(self) -> None:
        """Say it, to threads that wait and to those that poll."""
        super().set()
        os.eventfd_write(self._told, 1)

    def fileno(self) -> int:
        """Descriptor to poll for reading."""
        return self._told
