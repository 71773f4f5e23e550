"""One compile in this process, and where its time goes: `python -m bench.stages DATA`; bench/compile.py asks for it.

Purpose: `main` compiles the data folder and prints JSON: seconds of wall clock and processor, the most memory, processor
seconds of the process while each stage was under way, digest of the workbook.
Limits: the stages are found by name in the modules that call them; one that is gone ends the benchmark. What a stage calls is
in its time: relate and joint are within season.
"""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any

from outputs import workbook
from outputs.workbook import baseline, material
from pipeline import durable, season
from pipeline.commands.compiling import compiled
from pipeline.commands.options import opened
from pipeline.register.looking import Looking
from tests.own_process import peak

STAGES = (
    ("read filings", Looking, "filed"),
    ("read events", Looking, "events"),
    ("season", season, "season"),
    ("relate", season, "relate"),
    ("joint", season, "joint"),
    ("reuse", season, "reuse"),
    ("evaluate", season, "evaluate"),
    ("tables", workbook, "tables"),
    ("material", material, "_expected"),
    ("material", material.Gathering, "ended"),
    ("paint", workbook, "painted"),
    ("check", workbook, "check"),
    ("baseline", baseline, "packed"),
    ("lay files", workbook, "lay"),
)
"""Name, where it is called, and what it is called there."""


def main(data: Path) -> int:
    """Compile once and print what it took."""
    spent: dict[str, float] = defaultdict(float)
    for name, where, attribute in STAGES:
        setattr(where, attribute, _timed(getattr(where, attribute), name, spent))
    begun, used = time.perf_counter(), time.process_time()
    with opened(None, data) as office:
        path = compiled(office)
    told = {
        "wall": time.perf_counter() - begun,
        "processor": time.process_time() - used,
        "peak": peak() / 1e6,
        "workbook": durable.digest(path),
        "megabytes": path.stat().st_size / 1e6,
        "stages": spent,
    }
    print(json.dumps(told))  # noqa: T201 - whoever asked reads it
    return 0


def _timed(stage: Callable[..., Any], name: str, spent: dict[str, float]) -> Callable[..., Any]:
    """The *stage*, which adds its processor seconds to *spent*; one that yields is gone through at once."""

    @wraps(stage)
    def timed(*given: Any, **named: Any) -> Any:
        begun = time.process_time()
        result = stage(*given, **named)
        if isinstance(result, Iterator):
            result = iter(list(result))
        spent[name] += time.process_time() - begun
        return result

    return timed


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
