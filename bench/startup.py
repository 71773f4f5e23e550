"""How long one waits for the command line: `python -m bench.startup`.

Purpose: `shouwen --help` and `shouwen status` on a folder with filings, each in a process of its own, several times; and how
much of it is Python's own start.
Limits: a command's wall clock counts what other programs take of the machine as well, its processor time does not; the
verdict is that of the processor time, which on an idle machine is the wall clock's.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from bench.reporting import Measure, middle, print_table

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "tests" / "samples"
HELP_SECONDS, STATUS_SECONDS = 0.3, 0.8
REPEATS, QUICK_REPEATS = 9, 3


def measure(folder: Path, *, quick: bool) -> Iterator[Measure]:
    """Measure both commands; *folder* gets a data folder with the sample mails."""
    data = folder / "data"
    once = ["-m", "pipeline", "once", "--mailbox", str(SAMPLES), "--executor", "serial"]
    spent([*once, "--data-dir", str(data)])
    commands = (
        ("shouwen --help", HELP_SECONDS, ["-m", "pipeline", "--help"]),
        ("shouwen status", STATUS_SECONDS, ["-m", "pipeline", "status", "--data-dir", str(data)]),
    )
    repeats = QUICK_REPEATS if quick else REPEATS
    plain = median(spent(["-c", "pass"])[0] for _ in range(repeats))
    for name, most, command in commands:
        runs = [spent(command) for _ in range(repeats)]
        value, spread = middle([one[0] for one in runs], ".2f", " s")
        wall, wall_spread = middle([one[1] for one in runs], ".2f", " s")
        yield Measure(
            name=name,
            target=f"≤ {most} s",
            value=value,
            holds=median(one[0] for one in runs) <= most,
            spread=spread,
            note=f"processor time of {repeats} runs; wall clock {wall} ({wall_spread}); Python alone {plain:.3f} s",
        )


def spent(arguments: Sequence[str]) -> tuple[float, float]:
    """Run Python with *arguments*; processor seconds and wall seconds."""
    begun = time.monotonic()
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 3, 69, 75):  # status of a folder without a daemon is red
        raise SystemExit(f"{' '.join(arguments)}: {process.returncode}")
    return used.ru_utime + used.ru_stime, time.monotonic() - begun


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print the table."""
    return print_table(measure, "startup", __doc__, arguments)


if __name__ == "__main__":
    sys.exit(main())
