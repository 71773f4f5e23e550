"""Reading a mail as the product does, save one that says that it kills its reader.

Purpose: `attempt`, sent to the reading processes; a module of its own, for they import it.
Limits: no document that really crashes a library is kept about; a kill from outside looks the same to the daemon.
"""

from __future__ import annotations

import os
import signal

from pipeline.worker import Result, Task, one_mail

KILLS_HEADER = "X-Soak-Kills-Its-Reader"


def attempt(task: Task) -> Result:
    """Read and judge one mail as the product does, unless it says that it kills."""
    if KILLS_HEADER.encode() in task.octets:
        os.kill(os.getpid(), signal.SIGKILL)
    return one_mail.attempt(task)
