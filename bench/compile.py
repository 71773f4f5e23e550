"""What a season costs to compile and to write papers of: `python -m bench.compile`.

Purpose: planted mails (tests/planting.py, 300 a season) are taken in, then each command runs in a process of its own; one
line each: processor seconds, how much that is of the first compile, and the most memory. Then what one run and the
material take on the disk, and what the daemon spends each minute in which nothing is new. `measure` compiles the made season of
bench/season.py, 5,000 filings and 20,000 activities, and says where the time goes; `--large` prints that alone.
Limits: processor time, so that other load counts little; waiting for the disk is not seen. With more seasons than one the
same units report again in other words, which makes more relations than real mails have.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import rules
from bench import season, watched
from bench.reporting import Measure
from outputs import files
from outputs.workbook import baseline
from pipeline.commands.compiling import Compiling
from pipeline.commands.options import opened
from tests import planting

ROOT = Path(__file__).parent.parent
DAEMON = "daemon, nothing new"
LOOKS = 20
SECONDS, MEGABYTES = 20, 400
"""What a large season may cost."""
RUNS = 24
"""Runs that stay whole (settings, workbook.keep)."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Plant, take in, run each command once, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.compile", description=__doc__)
    parser.add_argument("--seasons", type=int, default=1, help="of 300 mails each")
    parser.add_argument(
        "--mails", type=int, default=planting.MAILS, help="of each season, the first ones only"
    )
    parser.add_argument("--large", action="store_true", help="only the made season of 5,000 filings")
    parser.add_argument("--quick", action="store_true", help="a tenth of it")
    wanted = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        if wanted.large:
            for one in measure(here, quick=wanted.quick):
                _say(f"{one.name}: {one.value} (target {one.target}); {one.note}")
            return 0
        count = plant(here / "mails", wanted.seasons, wanted.mails)
        _say(f"{count} mails\n{'':24}{'processor':>12}{'of compile':>12}{'peak':>10}")
        whole = 0.0
        for name, command in commands(here):
            seconds, peak = spent(command)
            whole = whole or (seconds if name == "compile" else 0.0)
            share = f"{seconds / whole:10.2f} ×" if whole else ""
            _say(f"{name:24}{seconds:10.2f} s{share:>12}{peak:7.0f} MB")
        _say(f"{DAEMON:24}{idle(here / 'data') * 1000:9.1f} ms a minute")
        for line in sizes(here / "data"):
            _say(line)
    return 0


def measure(folder: Path, *, quick: bool) -> Iterator[Measure]:
    """Compile the made season in a process of its own; a tenth of it where it must be *quick*."""
    size = season.Size().part(10) if quick else season.Size()
    season.fill(folder / "large", size)
    told = large(folder / "large")
    stages = "、".join(f"{name} {seconds:.1f}" for name, seconds in told["stages"].items())
    yield Measure(
        name=f"compile {size.mails:,} filings, {size.activities:,} activity rows, {size.photographs:,} thumbnails",
        target=f"≤ {SECONDS} s, ≤ {MEGABYTES} MB",
        value=f"{told['wall']:.1f} s, {told['peak']:.0f} MB",
        holds=None if quick else told["wall"] <= SECONDS and told["peak"] <= MEGABYTES,
        note=f"{told['processor']:.1f} s of processor: {stages}; material taken out before; {told['megabytes']:.1f} MB of xlsx",
    )


def large(data: Path) -> dict[str, Any]:
    """Compile *data* in a process of its own; what bench/stages.py tells of it."""
    command = [sys.executable, "-m", "bench.stages", str(data)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)  # noqa: S603 - our own command
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def plant(folder: Path, seasons: int, most: int) -> int:
    """Write the planted mails of so many seasons into *folder*; return how many."""
    folder.mkdir(parents=True)
    units = rules.load().units
    for number in range(seasons):
        planted = planting.season(units, planting.SEED + number)
        for name, octets in list(planted.mails.items())[:most]:
            (folder / f"{number}-{name}").write_bytes(octets)
    return sum(1 for _ in folder.iterdir())


def commands(here: Path) -> Iterator[tuple[str, list[str]]]:
    """Name and command line of what is measured, in its order; the later ones need what the earlier ones made."""
    data = ["--data-dir", str(here / "data")]
    yield "once (read and judge)", ["once", "--mailbox", str(here / "mails"), "--executor", "serial", *data]
    yield "compile", ["compile", *data]
    yield "compile, unchanged", ["compile", *data]
    book = next((here / "data" / "workbooks").glob("*/*.xlsx"))
    yield "review import --dry-run", ["review", "import", str(book), "--by", "bench", "--dry-run", *data]
    for kind in ("receipts", "completions", "reminders"):
        yield f"papers {kind}", ["papers", kind, *data]
    yield "report", ["report", *data]
    yield "dossier", ["dossier", str(here / "dossier"), *data]


def spent(arguments: list[str]) -> tuple[float, float]:
    """Run shouwen; return the processor seconds (those of its own children too) and the most memory, in MB."""
    took = watched.run(["-m", "pipeline", *arguments], codes=(0, 3))
    return took.processor, took.peak


def idle(data: Path) -> float:
    """Processor seconds of one look of the daemon at whether it must compile; it must not."""
    with opened(None, data) as office:
        compiling = Compiling(office=office)
        compiling.if_due(datetime.now(UTC))
        begun = time.process_time()
        for _ in range(LOOKS):
            if compiling.if_due(datetime.now(UTC)) is not None:
                raise SystemExit("the daemon compiled what is compiled already")
        return (time.process_time() - begun) / LOOKS


def sizes(data: Path) -> Iterator[str]:
    """What the disk holds of one run, without what it shares with the others, and of all."""
    run = next(path.parent for path in (data / "workbooks").glob(f"*/{baseline.NAME}"))
    book = _octets(run.glob("*.xlsx"))
    kept = _octets([run / baseline.NAME])
    folders = [path for path in (run / files.FOLDER).rglob("*") if path.is_dir()]
    entries = _octets(folders)
    links = sum(1 for path in (run / files.FOLDER).rglob("*") if path.is_file())
    alone = book + kept + entries
    yield (
        f"a run {alone:.2f} MB (workbook {book:.2f}, baseline {kept:.2f}, {len(folders)} folders {entries:.2f}), "
        f"{links} hard links; {RUNS} runs {RUNS * alone:.0f} MB"
    )
    yield f"a pruned run {kept:.2f} MB; 1,000 of them {1000 * kept:.0f} MB"
    yield f"material once {_octets((data / 'material').glob('*')):.1f} MB; archive {_octets((data / 'archive').rglob('*')):.1f} MB"


def _octets(paths: Iterator[Path] | Sequence[Path]) -> float:
    """Room on the disk, in MB."""
    return sum(path.stat().st_blocks for path in paths) * 512 / 1e6


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a benchmark talks to a person


if __name__ == "__main__":
    sys.exit(main())
