"""What readers on other machines bring, and what they cost: `python -m bench.cluster [--quick]`.

Purpose: a scheduler and two reading machines as processes on loopback, given calibrated work (a stand-in that uses a core for
half a second of processor time); throughput with two against one, interleaved in the same run; and the processor time that
scheduler, reading machines and daemon use besides, for each mail.
Limits: all on one machine: two readers share its cores with everything else on it, so that a busy machine shows less; the
network is loopback, without TLS.
"""

from __future__ import annotations

import argparse
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

from bench.reporting import Measure, middle, table
from pipeline.executor import Certificates
from pipeline.executor.cluster import Cluster, open_cluster

ROOT = Path(__file__).parent.parent
WORK_SECONDS = 0.5
"""Processor time of one stand-in: about what a mail with a few documents takes to read."""
OCTETS = 100_000
"""What one sends back, and gets: a reading of a mail with a few documents."""
FACTOR = 0.85
READERS = 2
START_SECONDS = 300.0
IDLE_SECONDS = 3.0
"""How long they are watched doing nothing, which is taken off what a mail costs."""


def nothing() -> None:
    """Import this module."""


def work(seconds: float, octets: bytes) -> bytes:
    """Use a core for that many *seconds* of processor time; return as many octets as came."""
    until = time.process_time() + seconds
    sums = 0
    while time.process_time() < until:
        sums += sum(range(2000))
    return octets[::-1]


@contextmanager
def running(folder: Path) -> Iterator[tuple[Cluster, list[int]]]:
    """Give a cluster of two machines with one core each that are ready, and the numbers of its processes."""
    port = _free_port()
    spec = f"dask:tcp://127.0.0.1:{port}"
    settings = folder / "shouwen.toml"
    settings.write_text(f'executor = "{spec}"\n', "utf-8")
    words = [
        ["scheduler"],
        *(["reader", "--width", "1", "--name", f"r{number}"] for number in range(READERS)),
    ]
    processes = [
        subprocess.Popen(  # noqa: S603 - our own words
            [sys.executable, "-m", "pipeline", "cluster", *one, "--settings", str(settings)],
            cwd=ROOT,
            stderr=subprocess.DEVNULL,
        )
        for one in words
    ]
    try:
        with open_cluster(
            spec, seconds=900, megabytes=2048, certificates=Certificates(), wait_seconds=START_SECONDS
        ) as cluster:
            deadline = time.monotonic() + START_SECONDS
            while len(cluster.machines) < READERS and time.monotonic() < deadline:
                cluster.ready(nothing)
                time.sleep(0.2)
            yield cluster, [process.pid for process in processes]
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(timeout=30)


def took(cluster: Cluster, tasks: int, at_once: int) -> float:
    """Wall clock of that many *tasks*, *at_once* in flight."""
    octets = random.Random(7).randbytes(OCTETS)  # noqa: S311 - a corpus, not a secret
    begun = time.monotonic()
    flying: list[Future[bytes]] = []
    for _ in range(tasks):
        if len(flying) == at_once:
            flying.pop(0).result()
        flying.append(cluster.submit(work, WORK_SECONDS, octets))
    for one in flying:
        one.result()
    return time.monotonic() - begun


def processor(numbers: list[int]) -> float:
    """Processor time so far of these processes without their children, in seconds."""
    ticks = 0
    for number in numbers:
        told = Path(f"/proc/{number}/stat").read_text("utf-8").rpartition(")")[2].split()
        ticks += int(told[11]) + int(told[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def measure(folder: Path, *, quick: bool) -> Iterator[Measure]:
    """Measure throughput and what it costs."""
    tasks, repeats = (4, 2) if quick else (24, 4)
    with running(folder) as (cluster, numbers):
        took(cluster, READERS * 2, READERS)  # both have their process
        everybody = [os.getpid(), *numbers]
        idle, begun = processor(everybody), time.monotonic()
        time.sleep(IDLE_SECONDS)
        idle_rate = (processor(everybody) - idle) / (time.monotonic() - begun)
        before, begun, ratios = processor(everybody), time.monotonic(), []
        for _ in range(repeats):
            one, several = took(cluster, tasks, 1), took(cluster, tasks, READERS)
            ratios.append(one / several)
        spent = processor(everybody) - before - idle_rate * (time.monotonic() - begun)
        cost = spent / (2 * repeats * tasks)
    value, spread = middle(ratios, ".2f", " ×")
    best = sorted(ratios)[len(ratios) // 2]
    yield Measure(
        name=f"throughput of {READERS} reading machines against one, CPU-bound",
        target=f"≥ {FACTOR * READERS:.2f} × one",
        value=value,
        spread=spread,
        holds=best >= FACTOR * READERS if (os.cpu_count() or 1) >= READERS else None,
        note=f"{tasks} tasks of {WORK_SECONDS} s processor time, {repeats} times each, interleaved; {os.cpu_count()} cores",
    )
    yield Measure(
        name="processor time of daemon, scheduler and reading machine for a mail, besides reading it",
        target=f"≤ {100 * (1 - FACTOR):.0f} % of {WORK_SECONDS} s",
        value=f"{1000 * cost:.0f} ms",
        holds=cost <= (1 - FACTOR) * WORK_SECONDS,
        note=f"{OCTETS} octets each way; the reading processes themselves not counted",
    )


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def main() -> None:
    """Print the table; what is sent to the machines is named by this module's own name, not __main__."""
    from bench.cluster import measure

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    with tempfile.TemporaryDirectory() as folder:
        print(table(measure(Path(folder), quick=quick)))  # noqa: T201 - that is the answer


if __name__ == "__main__":
    main()
