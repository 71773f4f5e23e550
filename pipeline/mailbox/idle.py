"""IDLE: the server says at once that a mail came, so that nobody waits for the next poll.

Purpose: `idle(client, seconds, stop)`, one IDLE on the folder that is open.
Source: RFC 2177. imapclient's idle_check() answers [] at once, again and again, where the server has hung up.
Limits: an accelerator: what it misses, the next poll finds. The connection's errors are raised as they are.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable

from imapclient import IMAPClient

IDLE_SECONDS = 10 * 60
"""Longest IDLE; servers hang up after 30 minutes, routers forget a silent connection much sooner."""
SLICE_SECONDS = 0.5
"""How long a stop may go unnoticed."""
STOPPING_SECONDS = 1
"""How long a server may take to end IDLE once we are stopping."""


def idle(client: IMAPClient, seconds: float, stop: threading.Event) -> bool:
    """Wait at most so many seconds; say whether the server told that a mail came.

    Raises:
        OSError, IMAPClientError: the connection is gone.
    """
    client.idle()
    end = time.monotonic() + min(seconds, IDLE_SECONDS)
    came = False
    while not came and not stop.is_set() and (left := end - time.monotonic()) > 0:
        asked = time.monotonic()
        told = client.idle_check(timeout=min(SLICE_SECONDS, left))
        came = _tells_of_mail(told)
        if not told and time.monotonic() - asked < min(SLICE_SECONDS, left) / 2:
            break  # hung up, which idle_done finds out; or it woke us without a word
    if stop.is_set():
        client.socket().settimeout(STOPPING_SECONDS)  # for good: the log-out is hurried too
    _, told = client.idle_done()
    return came or _tells_of_mail(told)


def _tells_of_mail(told: Iterable[tuple[object, ...]]) -> bool:
    return any(len(words) > 1 and words[1] == b"EXISTS" for words in told)
