"""The product beside a day's hack and the floor, on the same folder, in one run: `python -m bench.intake [--quick]`.

Purpose: `measure(folder)`. Round after round each program takes the same mails in, one after the other, so that whatever
else the machine does meets all of them; every ratio is one within a round, and the median of the rounds counts.
Source: the programs are bench.hack, bench.floor and bench.taking, each a process of its own from its start to its end.
Limits: the mails were just written or read and lie in the page cache; the disk is that of *folder*. Ratios are of wall clock, as
the targets say; those of processor time stand beside them, for they hold on a machine that does other work too.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench import corpus, floor
from bench.reporting import Measure, middle, table
from bench.watched import Spent, run

ROUNDS, QUICK_ROUNDS, QUICK_MAILS = 3, 1, 6
LARGE = (50, 200)
MOST_MEGABYTES, TWICE_AND, OVER_DECODED = 200, 100, 150
"""Targets: of each process on 200 mails; over twice the mail of 50 MB; over the decoded parts of the mail of 200 MB."""
HACK, HACK_STORED, HACK_PLAIN = "hack, pictures", "hack, pictures not turned upright", "hack"
FLOOR, FLOOR_LASTING, FLOOR_PLAIN = "floor, pictures", "floor, pictures, durable", "floor"
SERIAL, ONE, TWO = "ours, serial", "ours, processes:1", "ours, processes:2"
PROGRAMS = {
    HACK_PLAIN: ("bench.hack",),
    FLOOR_PLAIN: ("bench.floor",),
    HACK: ("bench.hack", "--pictures"),
    HACK_STORED: ("bench.hack", "--pictures", "--as-stored"),
    FLOOR: ("bench.floor", "--pictures"),
    FLOOR_LASTING: ("bench.floor", "--pictures", "--durable"),
    SERIAL: ("bench.taking", "--executor", "serial"),
    ONE: ("bench.taking", "--executor", "processes:1"),
    TWO: ("bench.taking", "--executor", "processes:2"),
}
Rounds = dict[str, list[Spent]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.intake", description=__doc__)
    parser.add_argument("--folder", type=Path, help="where programs work, on the disk to be measured")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_MAILS} mails, one round")
    wanted = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as new:
        print(table(measure(wanted.folder or Path(new), quick=wanted.quick)))  # noqa: T201 - the table is asked for
    return 0


def measure(folder: Path, *, quick: bool) -> Iterator[Measure]:
    """Take the mails in by every program, in *folder*."""
    count, rounds = (QUICK_MAILS, QUICK_ROUNDS) if quick else (corpus.MAILS, ROUNDS)
    mails = corpus.made(folder if quick else corpus.KEPT, count)
    for path in mails.glob("*.eml"):
        path.read_bytes()  # into the page cache, for whoever comes first
    spent = interleaved(mails, folder, rounds)
    yield from rows(spent, count)
    for megabytes in () if quick else LARGE:
        yield _large(megabytes, folder)


def rows(spent: Rounds, count: int) -> Iterator[Measure]:
    """All that the runs on *count* mails tell."""
    yield from ratios(spent)
    yield from _rates(spent, count)
    yield from _stages(spent)
    yield from memory(spent)


def interleaved(mails: Path, folder: Path, rounds: int) -> Rounds:
    """Run every program once a round, each into a new folder that is removed again."""
    spent: Rounds = {name: [] for name in PROGRAMS}
    for _ in range(rounds):
        for name, command in PROGRAMS.items():
            spent[name].append(_run(command, mails, folder))
    return spent


def _run(command: Sequence[str], mails: Path, folder: Path) -> Spent:
    module, *options = command
    with tempfile.TemporaryDirectory(dir=folder) as new:
        return run(["-m", module, str(mails), str(Path(new, "out")), *options])


# ---------------------------------------------------------------- rows


@dataclass(frozen=True, kw_only=True)
class _Ratio:
    """A ratio of two programs. bound: what it must reach, or stay below where *below*."""

    name: str
    of: str
    to: str
    target: str
    bound: float | None = None
    below: bool = False


RATIOS = (
    _Ratio(
        name="octets to workbook, one process: times the day's hack",
        of=HACK,
        to=SERIAL,
        target="≥ 5 ×",
        bound=5,
    ),
    _Ratio(
        name="octets to workbook, one process: share of the floor's time",
        of=SERIAL,
        to=FLOOR_LASTING,
        target="≤ 2 ×",
        bound=2,
        below=True,
    ),
    _Ratio(name="two processes: times one (processes:1)", of=ONE, to=TWO, target="≥ 1.8 ×", bound=1.8),
    _Ratio(name="two processes: times one (serial)", of=SERIAL, to=TWO, target="≥ 1.8 ×", bound=1.8),
    _Ratio(
        name="the floor: times the day's hack, both with pictures, not durable", of=HACK, to=FLOOR, target=""
    ),
    _Ratio(
        name="the floor: times the day's hack, both without pictures",
        of=HACK_PLAIN,
        to=FLOOR_PLAIN,
        target="",
    ),
)


def ratios(spent: Rounds) -> Iterator[Measure]:
    """The targets that are ratios; *spent* holds every program's runs, round by round."""
    for one in RATIOS:
        wall = _over(spent, one, lambda each: each.seconds)
        processor = _over(spent, one, lambda each: each.processor)
        value, spread = middle(wall, ".2f", " ×")
        reached = median(wall)
        note = f"of processor time {middle(processor, '.2f', ' ×')[0]}"
        yield Measure(
            name=one.name,
            target=one.target,
            value=value,
            spread=spread,
            holds=None
            if one.bound is None
            else (reached <= one.bound if one.below else reached >= one.bound),
            note=note if one.bound is not None else f"{note}; a reference, it has no target",
        )


def _over(spent: Rounds, ratio: _Ratio, what: Callable[[Spent], float]) -> list[float]:
    return [what(a) / what(b) for a, b in zip(spent[ratio.of], spent[ratio.to], strict=True)]


def _rates(spent: Rounds, count: int) -> Iterator[Measure]:
    for name, runs in spent.items():
        value, spread = middle([count / one.seconds for one in runs], ".1f", " mails/s")
        yield Measure(
            name=name,
            target="",
            value=value,
            spread=spread,
            holds=None,
            note=f"{median(one.seconds for one in runs):.1f} s, {median(one.processor for one in runs):.1f} s of processor",
        )


def _stages(spent: Rounds) -> Iterator[Measure]:
    for name in (SERIAL, ONE, TWO):
        told = [json.loads(one.said) for one in spent[name]]
        for stage in told[0]["stages"]:
            value, spread = middle([one["stages"][stage] for one in told], ".1f", " s")
            yield Measure(name=f"{name}: {stage}", target="", value=value, spread=spread, holds=None)
        rest = [
            one.seconds - sum(each["stages"].values()) for one, each in zip(spent[name], told, strict=True)
        ]
        value, spread = middle(rest, ".1f", " s")
        yield Measure(
            name=f"{name}: start and end of the program",
            target="",
            value=value,
            spread=spread,
            holds=None,
            note="came to "
            + ", ".join(f"{v} {k}" for k, v in told[0].items() if k not in ("stages", "workbook")),
        )


def memory(spent: Rounds) -> Iterator[Measure]:
    """The targets of memory: of the program and of each reading process, in each run; whatever compiles has none."""
    yield _peak(f"{SERIAL}: memory, all in one", [one.peak for one in spent[SERIAL]])
    for name in (ONE, TWO):
        yield _peak(f"{name}: memory, the program itself", [one.peak for one in spent[name]], MOST_MEGABYTES)
        reading = [max(one.readers, default=0.0) for one in spent[name]]
        yield _peak(f"{name}: memory, largest reading process", reading, MOST_MEGABYTES)
        yield _peak(f"{name}: memory, what compiles, and its largest", [one.others for one in spent[name]])


def _peak(name: str, megabytes: Sequence[float], most: int | None = None) -> Measure:
    """One process's most memory, the largest of all runs held against *most*."""
    value, spread = middle(megabytes, ".0f", " MB")
    return Measure(
        name=name,
        target=f"≤ {most} MB" if most else "",
        value=value,
        spread=spread,
        holds=max(megabytes) <= most if most else None,
    )


def _large(megabytes: int, folder: Path) -> Measure:
    """What reading one big mail takes of the process that reads it."""
    mails = corpus.large(folder, megabytes)
    octets = (mails / "00001.eml").read_bytes()
    spent = _run(PROGRAMS[ONE], mails, folder)
    shutil.rmtree(mails)
    decoded = sum(map(len, floor.bodies(octets))) / 1e6
    size = len(octets) / 1e6
    twice = megabytes == LARGE[0]
    most = 2 * size + TWICE_AND if twice else decoded + OVER_DECODED
    reader = max(spent.readers, default=0.0)
    return Measure(
        name=f"one mail of {size:.0f} MB: memory of the largest reading process",
        target=f"≤ 2 × the mail + {TWICE_AND} MB" if twice else f"≤ {OVER_DECODED} MB over the decoded parts",
        value=f"{reader:.0f} MB",
        holds=reader <= most,
        note=f"allowed {most:.0f} MB, decoded {decoded:.0f} MB; twice the mail + {TWICE_AND} MB is {2 * size + TWICE_AND:.0f}; "
        f"the parent {spent.peak:.0f} MB, largest other child {spent.others:.0f} MB",
    )


if __name__ == "__main__":
    sys.exit(main())
