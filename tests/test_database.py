"""The tests' own PostgreSQL: it ends with the process that started it, and its files do not stay for ever."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from tests.database import Cluster, binaries, remove_leftovers, session
from tests.support import ROOT
from tests.test_support import is_running

STARTING = """
import signal
from tests.database import Cluster, binaries
made = Cluster(binaries())
print(made.folder, made._server.pid, flush=True)
signal.pause()
"""


def test_a_server_ends_with_whoever_started_it_and_the_next_removes_its_files() -> None:
    binaries()
    with subprocess.Popen([sys.executable, "-c", STARTING], cwd=ROOT, stdout=subprocess.PIPE) as starter:
        assert starter.stdout is not None
        folder, server = starter.stdout.readline().decode().split()
        assert is_running(int(server))
        starter.kill()

    deadline = time.monotonic() + 20
    while is_running(int(server)):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert Path(folder).exists()
    remove_leftovers(Path(folder).parent)
    assert not Path(folder).exists()


def test_the_files_of_a_server_that_serves_are_no_leftovers() -> None:
    made = Cluster(binaries())
    try:
        place = made.database()
        remove_leftovers(made.folder.parent)

        with session(place) as raw:
            assert raw.execute("SELECT 1").fetchone() == (1,)
    finally:
        made.remove()
    assert not made.folder.exists()
