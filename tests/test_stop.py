"""The word that ends a daemon: heard at once, by whoever sleeps or polls, whatever a signal interrupts."""

from __future__ import annotations

import gc
import select
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from pipeline.stop import Stop

ROOT = Path(__file__).parent.parent


def test_it_is_not_said_until_it_is() -> None:
    stop = Stop()

    assert not stop.is_set()
    assert not stop.wait(0)
    assert not stop.wait(-1)
    assert select.select([stop], [], [], 0)[0] == []


def test_all_who_wait_hear_it_and_so_does_who_comes_later() -> None:
    stop = Stop()
    heard: list[bool] = []
    waiting = [threading.Thread(target=lambda: heard.append(stop.wait(20))) for _ in range(3)]
    for one in waiting:
        one.start()
    began = time.monotonic()

    stop.set()
    for one in waiting:
        one.join()

    assert time.monotonic() - began < 5
    assert heard == [True, True, True]
    assert stop.wait()
    assert select.select([stop], [], [], 0)[0] == [stop]


def test_it_may_be_said_more_often_than_a_pipe_holds() -> None:
    stop = Stop()

    for _ in range(100_000):
        stop.set()

    assert stop.is_set()


def test_nothing_is_left_open_of_one_that_nobody_has_any_more() -> None:
    gc.collect()
    before = len(list(Path("/proc/self/fd").iterdir()))

    for _ in range(50):
        Stop().set()
    gc.collect()

    assert len(list(Path("/proc/self/fd").iterdir())) <= before


HAMMERED = """
import os, signal, sys, threading, time
from pipeline.stop import Stop
stop = Stop()
signal.signal(signal.SIGUSR1, lambda *_: stop.set())
main = threading.get_ident()
def hammer():
    for _ in range(3000):
        signal.pthread_kill(main, signal.SIGUSR1)
        time.sleep(0.0002)
    os.write(1, b"hammered\\n")
thread = threading.Thread(target=hammer)
thread.start()
while thread.is_alive():
    stop.set()
    stop.wait(0.0001)
"""


def test_a_signal_that_interrupts_whoever_says_it_or_waits_for_it_stops_nobody() -> None:
    """A lock would be waited for by the handler, which runs in the very thread that holds it."""
    done = subprocess.run(
        [sys.executable, "-c", HAMMERED], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )

    assert done.stdout == "hammered\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_at_the_very_end_of_the_program_finds_its_descriptor_open(number: signal.Signals) -> None:
    """Another file may have its number by then."""
    program = f"""
import atexit, os, signal
from pipeline.stop import Stop
def last():
    os.kill(os.getpid(), {int(number)})
    print("end")
atexit.register(last)
stop = Stop()
signal.signal({int(number)}, lambda *_: stop.set())
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert (done.stdout, done.stderr) == ("end\n", "")
