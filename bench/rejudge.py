"""How long it takes to judge all filings again after the rules changed: `python -m bench.rejudge`.

Purpose: a data folder as a season leaves it (archive, register, cached readings, filings), then rules with another digest,
and the worker does what it does then. Nothing is stood in for but the number of mails: each is filed several times, as
mails of other octets.
`measure` adds a hundred mails of 2.8 MB, for the octets of each are checked again.
Limits: the mails are read once before the clock runs; what it costs to read them is not measured here.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import rules
from bench.reporting import Measure
from pipeline import VERSION
from pipeline.archive import Blob, FolderArchive
from pipeline.executor import open_executor
from pipeline.intake import judge, read
from pipeline.records import Reading
from pipeline.register import Capture, Register, Sighting, basis
from pipeline.worker import Worker

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "tests" / "samples"
FILINGS, SECONDS = 1000, 30
"""What is measured, and within how long it is to be done."""
HEAVY, HEAVY_OCTETS = 100, 2_800_000
"""Mails as heavy as the median of real ones."""
RECEIVED = datetime(2024, 6, 18, 4, tzinfo=UTC)


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the folder, judge again, print one line."""
    wanted = _wanted(arguments)
    with tempfile.TemporaryDirectory() as folder:
        data, changed = Path(folder, "data"), changed_rules(Path(folder, "rules"))
        activities = fill(data, mails(wanted.mails), wanted.filings)
        profile = cProfile.Profile() if wanted.profile else None
        begun = _cpu_seconds()
        with profile or nullcontext():
            seconds = rejudge(data, rules.load(changed), wanted.executor)
        if profile is not None:
            profile.dump_stats(wanted.profile)
    _say(
        f"filings {wanted.filings}  activities {activities}  executor {wanted.executor}  "
        f"seconds {seconds:.1f}  filings/s {wanted.filings / seconds:.0f}  CPU seconds {_cpu_seconds() - begun:.1f}"
    )
    return 0


def measure(folder: Path, *, quick: bool) -> Iterator[Measure]:
    """Judge all filings again, small mails and heavy ones."""
    changed, these = changed_rules(folder / "rules"), mails(SAMPLES)
    filings = FILINGS // 10 if quick else FILINGS
    fill(folder / "small", these, filings)
    begun = _cpu_seconds()
    seconds, read_again = rejudged(folder / "small", rules.load(changed), "processes:2")
    yield Measure(
        name=f"judge {filings:,} filings again after a rule change",
        target=f"≤ {SECONDS} s; no reader runs",
        value=f"{seconds:.1f} s, {read_again} read again",
        holds=None if quick else seconds <= SECONDS and not read_again,
        note=f"two processes, their start included; {_cpu_seconds() - begun:.1f} s of processor",
    )
    heavy = HEAVY // 10 if quick else HEAVY
    fill(folder / "heavy", these, heavy, octets_each=HEAVY_OCTETS)
    heavy_seconds, _ = rejudged(folder / "heavy", rules.load(changed), "processes:2")
    yield Measure(
        name=f"the same, {heavy} mails of 2.8 MB",
        target="",
        value=f"{heavy_seconds:.1f} s",
        holds=None,
        note="the digest of each original is checked in pieces",
    )


def _wanted(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.rejudge", description=__doc__)
    parser.add_argument("--mails", type=Path, default=SAMPLES, help="folder of .eml files")
    parser.add_argument("--filings", type=int, default=1000)
    parser.add_argument("--executor", default="processes:2")
    parser.add_argument("--profile", default="", help="where to put the profile of the main process")
    return parser.parse_args(arguments)


def mails(folder: Path) -> tuple[tuple[bytes, Reading], ...]:
    """Read the mails of *folder* once, without converters."""
    octets = [path.read_bytes() for path in sorted(folder.glob("*.eml"))]
    return tuple((one, read(one)) for one in octets)


def changed_rules(folder: Path) -> Path:
    """Copy the rules to *folder* with another digest; what they say stays, so results can be compared."""
    shutil.copytree(rules.DEFAULT, folder, ignore=shutil.ignore_patterns("__pycache__"))
    with (folder / "categories.toml").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    return folder


def fill(data: Path, these: Sequence[tuple[bytes, Reading]], filings: int, *, octets_each: int = 0) -> int:
    """Take in and file *filings* mails made of *these* under the rules as they are; return how many activities.

    octets_each: the least that each mail has; blank lines behind it make up for what it lacks.
    """
    given = rules.load()
    now = basis(given.digest, (), ())
    judged = [judge(reading, given, received=RECEIVED) for _, reading in these]
    archive = FolderArchive(data / "archive")
    activities = 0
    data.mkdir(parents=True)
    with closing(Register(data / "register.db", year=given.notice.year)) as register:
        for number in range(filings):
            octets, reading = these[number % len(these)]
            filing = judged[number % len(these)]
            blob = archive.put((octets + f"\n{number}".encode()).ljust(octets_each, b"\n"))
            (accession,) = register.capture([_capture(blob, number + 1)], at=RECEIVED)
            register.begin(accession, at=RECEIVED)
            register.file(
                accession, filing, basis=now, at=RECEIVED, reading=replace(reading, sha256=blob.sha256)
            )
            activities += len(filing.activities)
    return activities


def _capture(blob: Blob, uid: int) -> Capture:
    seen = Sighting(
        account="bench", folder="INBOX", uidvalidity=1, uid=uid, size=blob.size, received=RECEIVED
    )
    return Capture(
        sha256=blob.sha256, size=blob.size, received=RECEIVED, received_from="internaldate", sighting=seen
    )


def rejudged(data: Path, changed: rules.Rules, executor: str) -> tuple[float, int]:
    """As `rejudge`; return also how many mails were read again."""
    with closing(Register(data / "register.db", year=changed.notice.year, new=False)) as register:
        before = len(register.events(action="unpack"))
        seconds = rejudge(data, changed, executor)
        return seconds, len(register.events(action="unpack")) - before


def rejudge(data: Path, changed: rules.Rules, executor: str) -> float:
    """Have the worker do what is due under *changed* rules; return the seconds it took, the start of the pool included."""
    with (
        closing(Register(data / "register.db", year=changed.notice.year, new=False)) as register,
        open_executor(executor) as pool,
    ):
        worker = Worker(
            archive=FolderArchive(data / "archive"), register=register, rules=changed, executor=pool
        )
        due = len(register.due(None, worker.basis))
        seconds, done = _timed(lambda: worker.process().filed)
    if done != due:
        raise SystemExit(f"{due} were due, {done} were filed (readers' version {VERSION})")
    return seconds


def _timed(work: Callable[[], int]) -> tuple[float, int]:
    begun = time.perf_counter()
    done = work()
    return time.perf_counter() - begun, done


def _cpu_seconds() -> float:
    """What this process and its ended children used so far; the pool is one of them once it is closed."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _say(line: str) -> None:
    print(line)  # noqa: T201 - a benchmark talks to a person


if __name__ == "__main__":
    sys.exit(main())
