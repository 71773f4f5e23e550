"""`python -m bench.scale`: measure, reckon, replay, and write docs/scale.md with its picture."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from bench.scale import figures
from bench.scale.page import PICTURE, page
from bench.scale.reckoning import NATION, Figures, needs
from bench.simulation.__main__ import line
from bench.simulation.arrivals import arrivals
from bench.simulation.picture import paint
from bench.simulation.season import Machines, Run, simulate
from bench.simulation.stand_in import Costs

ROOT = Path(__file__).parents[2]
SEED = 7


def main(arguments: Sequence[str] | None = None) -> int:
    """Do all of it; --figures and --runs take what was measured and replayed before, and --mails 0 replays nothing."""
    wanted = _wanted(arguments)
    found = _figures(wanted.figures, quick=wanted.quick)
    runs = tuple(map(Run.kept, wanted.runs)) or (_replayed(found, wanted.mails) if wanted.mails else ())
    wanted.docs.mkdir(parents=True, exist_ok=True)
    if runs:
        paint(runs, wanted.docs / PICTURE)
    told = page(found, figures.machine(datetime.now(UTC)), runs, wanted.note)
    (wanted.docs / "scale.md").write_text(told, "utf-8")
    print(wanted.docs / "scale.md")  # noqa: T201 - the path is what is asked for
    return 0


def _figures(kept: Path | None, *, quick: bool) -> Figures:
    """Read the figures where they are kept already, else measure them, and keep them where a file is named."""
    if kept and kept.exists():
        return Figures(**json.loads(kept.read_text("utf-8")))
    with tempfile.TemporaryDirectory(dir=kept.parent if kept else None) as folder:
        found = figures.measured(Path(folder), quick=quick)
    if kept:
        kept.write_text(json.dumps(asdict(found), indent=1), "utf-8")
    return found


def _replayed(found: Figures, mails: int) -> tuple[Run, ...]:
    """Replay a nation's season with as many readers as were reckoned, with half, and with twice as many."""
    wanted = needs(NATION, found).readers
    costs = Costs(
        read_seconds=found.read_seconds,
        scanned=NATION.scanned,
        pages=round(found.pages),
        page_seconds=found.page_seconds,
    )
    runs = []
    for readers in sorted({max(1, wanted // 2), wanted, 2 * wanted}):
        with tempfile.TemporaryDirectory() as folder:
            machines = Machines(readers=readers, costs=costs, rate=found.line_octets)
            runs.append(simulate(arrivals(mails, SEED), Path(folder), machines))
        print(line(runs[-1]), file=sys.stderr, flush=True)  # noqa: T201 - a person waits for an hour
    return tuple(runs)


def _wanted(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    parser.add_argument("--mails", type=int, default=NATION.mails, help="of the season that is replayed")
    parser.add_argument("--figures", type=Path, help="JSON: taken from there, or kept there")
    parser.add_argument(
        "--runs",
        type=Path,
        nargs="+",
        default=[],
        help="kept by bench.simulation --keep: these are told and drawn, nothing is replayed",
    )
    parser.add_argument("--note", default="", help="what a reader must know of the replays besides")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs")
    parser.add_argument("--quick", action="store_true", help="figures of no worth, to see that it works")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
