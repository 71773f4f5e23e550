"""What the tests start does not outlive them."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from tests.support import ROOT, need_tool

STARTING = """
import subprocess, time
from tests.support import mortal
print(subprocess.Popen(mortal("sleep", "600")).pid, flush=True)
time.sleep(600)
"""


def test_a_server_of_the_tests_ends_with_a_run_that_is_killed() -> None:
    need_tool("setpriv")
    with subprocess.Popen([sys.executable, "-c", STARTING], cwd=ROOT, stdout=subprocess.PIPE) as starter:
        assert starter.stdout is not None
        pid = int(starter.stdout.readline())
        assert is_running(pid)
        starter.kill()

    deadline = time.monotonic() + 20
    while is_running(pid):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    """Whether there is such a process, and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
