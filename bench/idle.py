"""What a daemon costs that has nothing to do: `python -m bench.idle`.

Purpose: the real `shouwen run` with one reading process, on a folder with the sample mails, and on a Dovecot of our own that
holds the same, over TLS with IDLE; once they are filed and their workbook is compiled, memory and processor time of the daemon
and of the processes below it, over a minute or more.
Source: proc(5): VmRSS in status, utime and stime in stat.
Limits: what the first minute after the work costs is not counted; the server's own cost is not in it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from bench.reporting import Measure, print_table
from pipeline.worker.rounds import DUE_SECONDS, RESTING_SECONDS
from tests.mailbox.boxes import PASSWORD, USER, dovecot_box

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "tests" / "samples"
MEGABYTES, SHARE = 90, 0.002
SECONDS, QUICK_SECONDS = 120, 60
SETTLE_SECONDS = 600
"""How long the daemon may take to file the samples and compile."""
RECEIVED = datetime(2024, 6, 18, 4, tzinfo=UTC)
TICKS = os.sysconf("SC_CLK_TCK")


def measure(folder: Path, *, quick: bool) -> Iterator[Measure]:
    """Run a daemon below *folder* on each kind of mailbox, side by side; wait until both are idle, and watch them."""
    seconds = QUICK_SECONDS if quick else SECONDS
    with dovecot_box() as box, ThreadPoolExecutor(2) as hands:
        for path in sorted(SAMPLES.glob("*.eml")):
            box.deliver(path.read_bytes(), RECEIVED)
        told = {
            "SHOUWEN_PASSWORD": PASSWORD,
            "SHOUWEN_SET_MAILBOX__USER": USER,
            "SHOUWEN_SET_MAILBOX__CA_FILE": str(box.ca_file),
        }
        kinds: tuple[tuple[str, str, Mapping[str, str], Path, float], ...] = (
            ("a folder", str(SAMPLES), {}, folder / "folder", seconds),
            ("IMAP with IDLE", box.address, told, folder / "imap", seconds),
        )
        for rows in hands.map(lambda kind: tuple(_watched(*kind)), kinds):
            yield from rows


def _watched(
    name: str, mailbox: str, environment: Mapping[str, str], data: Path, seconds: float
) -> Iterator[Measure]:
    """Run a daemon on *mailbox*, with *data* as its folder; watch it for so many seconds once it is idle."""
    command = ["-m", "pipeline", "run", "--mailbox", mailbox, "--executor", "processes:1"]
    with data.with_suffix(".log").open("wb") as log:
        daemon = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, *command, "--data-dir", str(data)],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=log,
            stderr=log,
        )
        try:
            _settled(data, daemon)
            _rested(daemon)
            own, others = _spent(daemon.pid), _below(daemon.pid)
            before = {pid: _spent(pid) for pid in others}
            time.sleep(seconds)
            used = (_spent(daemon.pid) - own) / seconds
            readers = sum(_spent(pid) - before.get(pid, 0.0) for pid in _below(daemon.pid)) / seconds
            rss, below = _rss(daemon.pid), {pid: _rss(pid) for pid in _below(daemon.pid)}
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait(timeout=60)
    yield Measure(
        name=f"memory of the idle daemon, {name}",
        target=f"≤ {MEGABYTES} MB",
        value=f"{rss:.0f} MB",
        holds=rss <= MEGABYTES,
        note=f"resident, after {len(list(SAMPLES.glob('*.eml')))} mails were filed; {len(below)} processes below it: "
        f"{sum(below.values()):.0f} MB",
    )
    yield Measure(
        name=f"processor time of the idle daemon, {name}",
        target=f"≤ {SHARE:.1%} of a core",
        value=f"{used:.3%}",
        holds=used <= SHARE,
        note=f"over {seconds} s, in which what is due is asked every minute; the processes below it: {readers:.3%}",
    )


def _settled(data: Path, daemon: subprocess.Popen[bytes]) -> None:
    """Wait until the workbook is there and half a minute passes with hardly any work.

    Raises:
        SystemExit: the daemon ended, or is not idle after SETTLE_SECONDS.
    """
    end = time.monotonic() + SETTLE_SECONDS
    before = 0.0
    while time.monotonic() < end and daemon.poll() is None:
        time.sleep(30)
        now = _spent(daemon.pid) + sum(map(_spent, _below(daemon.pid)))
        if any(data.glob("workbooks/*/*.xlsx")) and abs(now - before) < 3:
            return
        before = now
    raise SystemExit("the daemon did not become idle")


def _rested(daemon: subprocess.Popen[bytes]) -> None:
    """Wait until the reading processes are let go, or should have been: whoever is idle has none."""
    end = time.monotonic() + RESTING_SECONDS + 3 * DUE_SECONDS
    alone = 1  # the standard library's tracker of resources stays
    while time.monotonic() < end and daemon.poll() is None and len(_below(daemon.pid)) > alone:
        time.sleep(5)


def _stat(pid: int) -> list[str]:
    """Fields of /proc/PID/stat from the third on; [] where the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    except OSError:
        return []


def _spent(pid: int) -> float:
    """Processor seconds of the process itself."""
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / TICKS if fields else 0.0


def _below(pid: int) -> list[int]:
    """Processes that the process, or one below it, has started."""
    parents = {int(path.name): _stat(int(path.name)) for path in Path("/proc").glob("[0-9]*")}
    found, new = set[int](), {pid}
    while new:
        new = {one for one, fields in parents.items() if fields and int(fields[1]) in new}
        found |= new
    return sorted(found)


def _rss(pid: int) -> float:
    """Resident memory in MB."""
    try:
        told = Path(f"/proc/{pid}/status").read_text("utf-8", "replace")
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in told.splitlines() if line.startswith("VmRSS:")) / 1024


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print the table."""
    return print_table(measure, "idle", __doc__, arguments)


if __name__ == "__main__":
    sys.exit(main())
