"""IDLE: the server says at once that a mail came, so that nobody waits for the next poll.

Purpose: `idle(client, seconds, stop)`, one IDLE on the folder that is open.
Source: RFC 2177. imapclient's idle_check() is not used: it answers [] at once, again and again, where the server has
hung up, and takes a line of which only the first half has come yet for the end of the connection.
Limits: an accelerator: what it misses, the next poll finds. The connection's errors are raised as they are.
"""

from __future__ import annotations

from collections.abc import Iterable

from imapclient import IMAPClient

from pipeline.stop import Stop

IDLE_SECONDS = 10 * 60
"""Longest IDLE; servers hang up after 30 minutes, routers forget a silent connection much sooner."""
STOPPING_SECONDS = 1
"""How long a server may take to end IDLE once we are stopping."""


def idle(client: IMAPClient, seconds: float, stop: Stop) -> bool:
    """Wait at most so many seconds; say whether the server told that a mail came.

    Raises:
        OSError, IMAPClientError: the connection is gone.
    """
    client.idle()
    if stop.wait(min(seconds, IDLE_SECONDS), client.socket()):
        client.socket().settimeout(STOPPING_SECONDS)  # for good: the log-out is hurried too
    _, told = client.idle_done()  # reads whole lines, and finds out who hung up
    return _tells_of_mail(told)


def _tells_of_mail(told: Iterable[tuple[object, ...]]) -> bool:
    return any(len(words) > 1 and words[1] == b"EXISTS" for words in told)
