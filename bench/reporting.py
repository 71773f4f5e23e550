"""What a benchmark found, as one row, and how rows become a table.

Purpose: every module of this package that measures offers `measure(folder, *, quick) -> Iterator[Measure]`; `python -m
bench` runs them all and writes docs/benchmark.md from what they give.
Limits: a row is for people; what must never get worse is guarded by tests, as ratios.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One thing that was measured.

    name: what, in English, one line. target: as the issue says it. value: what was measured, with its unit.
    holds: None where it cannot be measured here or has no target; note then says why.
    spread: smallest and largest of the repeats. note: how it was measured, and what a reader must know.
    """

    name: str
    target: str
    value: str
    holds: bool | None
    spread: str = ""
    note: str = ""


VERDICTS = {True: "达标", False: "**不达标**", None: "—"}
HEAD = "| measured | target | value | spread | | note |\n|---|---|---|---|---|---|\n"


def table(measures: Iterable[Measure]) -> str:
    """The rows as Markdown, ended by a line break; what misses its target says 不达标."""
    return HEAD + "".join(
        f"| {' | '.join(map(_cell, (one.name, one.target, one.value, one.spread)))} | {VERDICTS[one.holds]} "
        f"| {_cell(one.note)} |\n"
        for one in measures
    )


def middle(values: Sequence[float], form: str = ".1f", unit: str = "") -> tuple[str, str]:
    """The median of *values* and their spread as "least-most", both with *unit*; no spread of a single value."""
    told = f"{median(values):{form}}{unit}"
    return told, f"{min(values):{form}}-{max(values):{form}}{unit}" if len(values) > 1 else ""


def print_table(
    measure: Callable[..., Iterator[Measure]], name: str, told: str | None, arguments: Sequence[str] | None
) -> int:
    """What `python -m bench.NAME [--quick]` does: measure in a folder of its own, and print the rows."""
    parser = argparse.ArgumentParser(prog=f"python -m bench.{name}", description=told)
    parser.add_argument("--quick", action="store_true", help="less of everything, to see that it works")
    wanted = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        print(table(measure(Path(folder), quick=wanted.quick)), end="")  # noqa: T201 - a benchmark talks to a person
    return 0


def _cell(words: str) -> str:
    return " ".join(words.replace("|", "\\|").split())
