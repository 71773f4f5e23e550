"""The atheris engine, in a process of its own: `python -m tools.fuzz.guided TARGET SECONDS SEED SEEDS FOUND`.

Purpose: libFuzzer guided by the branches that our code takes; a failing input is saved by libFuzzer as FOUND/crash-…
Source: atheris 3; libFuzzer's options -max_total_time, -runs, -timeout, -rss_limit_mb, -artifact_prefix, -print_final_stats.
Limits: libFuzzer owns the process and ends it; only modules of `pipeline` are instrumented. SEEDS is copied before: new
inputs that reach further are written into the copy, never into the source tree.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

import atheris

from tools.fuzz import changes
from tools.fuzz.targets import named

INPUT_SECONDS = 10
"""For one input, as promised for one file."""
SHORT_SECONDS, SHORT_INPUTS = 3, 1200
"""A run as short as CI's tries so many inputs instead: the same ones on every machine, so that what fails is the change."""
MEGABYTES = 2048
"""Resident memory of the process; the libraries and the corpus take some 300."""


def main(arguments: list[str]) -> None:
    """Hand the process over to libFuzzer."""
    target, seconds, start, seeds, found = arguments
    with atheris.instrument_imports(include=["pipeline"]):
        function = named(target)

    def mutated(octets: bytes, most: int, seed: int) -> bytes:
        """Edit what libFuzzer gives, half of the time inside a package or with the format's own words."""
        chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
        if chance.random() < 0.5:
            return atheris.Mutate(octets, most) if octets else b"\0"
        edits = changes.random_edits(chance, target)
        return changes.edited(octets, edits, package=target in changes.PACKAGES)[:most] or b"\0"

    options = (
        *((f"-runs={SHORT_INPUTS}",) if int(seconds) <= SHORT_SECONDS else (f"-max_total_time={seconds}",)),
        f"-seed={start}",
        f"-timeout={INPUT_SECONDS}",
        f"-rss_limit_mb={MEGABYTES}",
        f"-max_len={changes.MAX_OCTETS}",
        f"-artifact_prefix={Path(found)}/",
        "-print_final_stats=1",
    )
    atheris.Setup([target, *options, seeds], function, custom_mutator=mutated)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
