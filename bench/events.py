"""How many events a second the register takes, each durable before its batch is said to be taken: `python -m bench.events`.

Purpose: captures of so many mails a transaction, and the fsyncs that the machine does in that time at best.
Limits: the octets are not put into an archive here; synchronous=FULL, so that each transaction waits for the disk once.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bench.reporting import Measure, middle
from pipeline.register import Capture, Register, Sighting
from pipeline.worker.putting import CAPTURED_AT_ONCE

NOW = datetime(2024, 6, 1, tzinfo=UTC)
TARGET = 5000
"""Events a second."""
BATCHES = (16, 64, 256)
REPEATS = 3


def measure(folder: Path, *, quick: bool) -> Iterator[Measure]:
    """One row a size of batch; the size that the daemon uses is held against the target."""
    count = 1024 if quick else 4096
    fsync_seconds = _fsync_seconds(folder)
    for batch in BATCHES:
        spent = [_spent(folder / f"{batch}-{number}", count, batch) for number in range(REPEATS)]
        rates = [count / wall for wall, _ in spent]
        value, spread = middle(rates, ".0f", " /s")
        busy, _ = middle([count / cpu for _, cpu in spent], ".0f", " /s")
        used = batch == CAPTURED_AT_ONCE
        yield Measure(
            name=f"events, {batch} captures a transaction" + (" (the daemon's)" if used else ""),
            target=f"≥ {TARGET} /s" if used else "",
            value=value,
            holds=max(rates) >= TARGET if used else None,
            spread=spread,
            note=f"{busy} of processor time; an fsync alone takes {1000 * fsync_seconds:.1f} ms; best of {REPEATS} counts",
        )


def captures(count: int) -> Sequence[Capture]:
    """So many mails that nobody has seen."""
    return [
        Capture(
            sha256=hashlib.sha256(b"%d" % uid).hexdigest(),
            size=1000 + uid,
            received=NOW,
            received_from="internaldate",
            sighting=Sighting(
                account="bench@host", folder="INBOX", uidvalidity=7, uid=uid, size=1000 + uid, received=NOW
            ),
        )
        for uid in range(1, count + 1)
    ]


def _spent(folder: Path, count: int, batch: int) -> tuple[float, float]:
    """Seconds, and processor seconds, of *count* captures; the chain is whole afterwards."""
    folder.mkdir(parents=True)
    with closing(Register(folder / "register.db", year=2024)) as register:
        mails = captures(count)
        register.capture(mails[:1], at=NOW)  # the statements are prepared
        wall, cpu = time.perf_counter(), time.process_time()
        for at in range(0, count, batch):
            register.capture(mails[at : at + batch], at=NOW)
        spent = time.perf_counter() - wall, time.process_time() - cpu
        if register.head()[0] != count:
            raise SystemExit(f"{register.head()[0]} events of {count} captures")
    return spent


def _fsync_seconds(folder: Path) -> float:
    """What a durable write of a page takes at best."""
    folder.mkdir(parents=True, exist_ok=True)
    taken = []
    with (folder / "page").open("wb", buffering=0) as file:
        for _ in range(20):
            file.write(bytes(4096))
            begun = time.perf_counter()
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - begun)
    return min(taken)


def main() -> int:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        for one in measure(Path(folder), quick="--quick" in sys.argv):
            print(f"{one.name:50}{one.value:>12}  {one.spread}  {one.note}", flush=True)  # noqa: T201 - a benchmark talks to a person
    return 0


if __name__ == "__main__":
    sys.exit(main())
