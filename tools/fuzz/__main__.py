"""The command: every target with every engine, for a given time in all, and a table of what was tried and found.

Purpose: `python -m tools.fuzz --seconds 60 [--target docx] [--engine hypothesis]`; 1 if any input failed.
Limits: the time is divided evenly; each run takes some seconds more to start. Without atheris (it has no build for every
Python) Hypothesis runs alone, and the command says so.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.fuzz.running import ENGINES, ROOT, Outcome, run
from tools.fuzz.targets import TARGETS

FOUND = ROOT / "data" / "fuzz"
"""Where failing inputs are saved: outside the source tree."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was asked for and print the table; 0 if nothing failed."""
    wish = _wish(arguments)
    engines = [engine for engine in ENGINES if wish.engine in ("both", engine) and _at_hand(engine)]
    targets = wish.target or list(TARGETS)
    seconds = max(1, round(wish.seconds / max(1, len(targets) * len(engines))))
    outcomes: list[Outcome] = []
    for target in targets:
        for engine in engines:
            outcomes.append(
                run(
                    target,
                    engine,
                    seconds,
                    seed=wish.seed,
                    folder=Path(wish.found) / target.replace(":", "."),
                )
            )
            _tell(outcomes[-1])
    print(f"seed {wish.seed}")  # noqa: T201 - the table
    return 1 if any(outcome.found for outcome in outcomes) or not outcomes else 0


def _wish(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.fuzz", description=__doc__)
    parser.add_argument(
        "--seconds", type=float, default=60, help="in all, over targets and engines (default 60)"
    )
    parser.add_argument(
        "--target",
        action="append",
        help=f"one of {', '.join(TARGETS)}, or module:function; may be repeated (default: all)",
    )
    parser.add_argument("--engine", choices=(*ENGINES, "both"), default="both")
    parser.add_argument("--seed", type=int, default=1, help="of both engines (default 1)")
    parser.add_argument(
        "--found", default=str(FOUND), help=f"folder for inputs that fail (default {FOUND.relative_to(ROOT)})"
    )
    wish = parser.parse_args(arguments)
    unknown = [name for name in wish.target or () if name not in TARGETS and ":" not in name]
    if unknown:
        parser.error(f"no such target: {', '.join(unknown)}")
    return wish


def _at_hand(engine: str) -> bool:
    found = engine != "atheris" or importlib.util.find_spec("atheris") is not None
    if not found:
        print("atheris is not installed for this Python: Hypothesis runs alone", file=sys.stderr)  # noqa: T201 - the command's words
    return found


def _tell(outcome: Outcome) -> None:
    if outcome.found:
        print(outcome.said, file=sys.stderr)  # noqa: T201 - what failed and where
    head = f"{outcome.target:<10} {outcome.engine:<10} {outcome.executions:>9} executions {outcome.seconds:6.1f} s"
    places = "".join(f"\n    {path}" for path in outcome.found)
    print(f"{head}  {len(outcome.found)} new crashes{places}", flush=True)  # noqa: T201 - the table


if __name__ == "__main__":
    sys.exit(main())
