"""What the daemon tells its service manager: ready, alive, stopping, and one line of status.

Purpose: `ready()`, `alive()`, `stopping()`, `status(text)`; each does nothing where no manager asked to be told.
Source: sd_notify(3), the protocol of $NOTIFY_SOCKET: one datagram of NAME=value lines; "@" begins an abstract name.
Limits: a manager that does not listen is no trouble of ours: what cannot be sent is lost.
"""

from __future__ import annotations

import os
import socket
from contextlib import suppress

MOST_CHARACTERS = 200
"""Of a status: what `systemctl status` shows in a line or two."""


def ready(text: str) -> bool:
    """Say that the daemon collects from now on, and *text* as its status."""
    return _send("READY=1", _status(text))


def alive(text: str = "") -> bool:
    """Say that the daemon's own thread goes on; without this for WatchdogSec the manager starts another."""
    return _send("WATCHDOG=1", *([_status(text)] if text else []))


def stopping() -> bool:
    """Say that the daemon was told to stop and is doing so."""
    return _send("STOPPING=1", _status("正在停止：手里的办完就停"))


def status(text: str) -> bool:
    """Say in one line how it stands."""
    return _send(_status(text))


def _status(text: str) -> str:
    return "STATUS=" + " ".join(text.split())[:MOST_CHARACTERS]


def _send(*lines: str) -> bool:
    """Send one datagram; True if there is a manager and it took it."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return False
    if address.startswith("@"):
        address = f"\0{address[1:]}"
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
        channel.settimeout(1)
        channel.sendto("\n".join(lines).encode(), address)
        return True
    return False
