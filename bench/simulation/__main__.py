"""`python -m bench.simulation`: the season of a nation, with one line a run and a picture."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.simulation.arrivals import arrivals
from bench.simulation.season import Machines, Run, simulate
from bench.simulation.stand_in import Costs


def main(arguments: Sequence[str] | None = None) -> int:
    """Simulate with each number of readers, print a line for each, and draw them together."""
    wanted = _wanted(arguments)
    mails = arrivals(wanted.mails, wanted.seed)
    costs = Costs(
        read_seconds=wanted.read_seconds,
        scanned=wanted.scanned,
        pages=wanted.pages,
        page_seconds=wanted.page_seconds,
    )
    _say(
        f"{wanted.mails} mails, {mails.octets.sum() / 1e12:.2f} TB, {costs.mean_seconds:.2f} core-seconds a mail in the mean"
    )
    runs: list[Run] = []
    for readers in wanted.readers:
        with tempfile.TemporaryDirectory(dir=wanted.folder) as folder:
            machines = Machines(readers=readers, costs=costs, rate=wanted.rate * 1e6)
            run = simulate(mails, Path(folder), machines, lambda filed: _progress(filed, wanted.mails))
        runs.append(run)
        if wanted.keep:
            wanted.keep.mkdir(parents=True, exist_ok=True)
            run.keep(wanted.keep / f"{readers}.npz")
        _say(line(run))
    if wanted.picture:
        from bench.simulation.picture import paint

        paint(tuple(runs), wanted.picture)
        _say(f"picture: {wanted.picture}")
    return 0


def line(run: Run) -> str:
    """What one run came to, in one line."""
    minutes = np.percentile(run.latency, [50, 95, 100]) / 60
    return (
        f"readers {run.readers}  filed {run.states.get('filed', 0)}  most waiting {run.most_waiting}  "
        f"minutes to filing: median {minutes[0]:.1f}, 95 % {minutes[1]:.1f}, most {minutes[2]:.1f}  "
        f"writer {run.writer_seconds * 1000:.2f} ms a mail "
        f"({run.processor_seconds / len(run.arrived) * 1000:.2f} ms of processor)  "
        f"register {run.register_octets / 1e9:.2f} GB on {run.disk}  "
        f"peak {run.peak_octets / 1e6:.0f} MB  wall {run.wall_seconds:.0f} s"
    )


def _wanted(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.simulation", description=__doc__)
    parser.add_argument("--mails", type=int, default=500_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--readers", type=int, nargs="+", default=[16, 32, 64])
    parser.add_argument(
        "--read-seconds", type=float, default=0.5, help="core-seconds of a mail without scans"
    )
    parser.add_argument("--scanned", type=float, default=0.1, help="share of mails with scans")
    parser.add_argument("--pages", type=int, default=3, help="pages of each of those")
    parser.add_argument("--page-seconds", type=float, default=5.0, help="core-seconds of a page")
    parser.add_argument("--rate", type=float, default=100.0, help="MB a second from the mailbox")
    parser.add_argument("--folder", type=Path, help="where the register lies while it is measured")
    parser.add_argument("--picture", type=Path)
    parser.add_argument("--keep", type=Path, help="folder: what each run came to, for bench.scale --runs")
    return parser.parse_args(arguments)


def _progress(filed: int, of: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{filed} / {of}", end="", file=sys.stderr)  # noqa: T201 - a person waits for an hour


def _say(words: str) -> None:
    print(words, flush=True)  # noqa: T201 - a benchmark talks to a person


if __name__ == "__main__":
    sys.exit(main())
