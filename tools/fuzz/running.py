"""One engine on one target, in a process of its own with limits, and what came of it.

Purpose: `run()` gives an `Outcome`; what a target does to its process costs the command nothing.
Limits: a process that does not end GRACE_SECONDS after its time is killed with its group, and its input at hand saved.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tools.fuzz.seeds import FOLDER
from tools.fuzz.structured import LAST

GRACE_SECONDS = 60
"""For starting, for the input at hand, and for making a failing input small; machines are busy."""
ENGINES = {"hypothesis": "structured", "atheris": "guided"}
"""Engine to the module that runs it."""
ROOT = Path(__file__).resolve().parents[2]

_EXECUTED = re.compile(r"number_of_executed_units:\s*(\d+)|^#(\d+)\s", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one run gave: executions (inputs tried), wall-clock seconds, inputs that failed, and the last words if any did."""

    target: str
    engine: str
    executions: int
    seconds: float
    found: tuple[Path, ...]
    said: str


def run(target: str, engine: str, seconds: int, *, seed: int, folder: Path) -> Outcome:
    """Run *engine* on *target* for so many *seconds*; inputs that fail are saved in *folder*."""
    folder.mkdir(parents=True, exist_ok=True)
    before = set(folder.iterdir())
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="shouwen-fuzz-") as copy:
        seeds = Path(copy) / "seeds"
        own = FOLDER / target
        shutil.copytree(own, seeds) if own.is_dir() else seeds.mkdir()
        command = [
            sys.executable,
            "-m",
            f"tools.fuzz.{ENGINES[engine]}",
            target,
            str(seconds),
            str(seed),
            str(seeds),
            str(folder),
        ]
        said, code = _ended(command, seconds, Path(copy) / "said")
    if code != 0:
        _keep_last(folder)
    found = tuple(sorted(set(folder.iterdir()) - before))
    failed = code != 0 or bool(found)
    return Outcome(
        target=target,
        engine=engine,
        executions=_executions(engine, said),
        seconds=time.monotonic() - begun,
        found=found if found or not failed else (folder,),
        said=said[-2000:] if failed else "",
    )


def _ended(command: list[str], seconds: int, output: Path) -> tuple[str, int]:
    with output.open("wb") as stream:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": "0"},
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code = process.wait(timeout=seconds + GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            code = -signal.SIGKILL
        finally:
            os.killpg(process.pid, signal.SIGKILL) if process.poll() is None else None
            process.wait()
    return output.read_text("utf-8", "replace"), code


def _keep_last(folder: Path) -> None:
    """The input that a process of Hypothesis died of is in a file of its own."""
    last = folder / LAST
    if last.exists():
        digest = hashlib.sha256(last.read_bytes()).hexdigest()[:16]
        last.rename(folder / f"hypothesis-died-{digest}")


def _executions(engine: str, said: str) -> int:
    if engine == "hypothesis":
        lines = said.strip().splitlines()
        return int(lines[-1]) if lines and lines[-1].isdigit() else 0
    return max((int(one or other) for one, other in _EXECUTED.findall(said)), default=0)
