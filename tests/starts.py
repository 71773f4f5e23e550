"""What a start costs on this machine, to hold others against."""

from __future__ import annotations

import resource
import subprocess
import sys

LIBRARIES = "import lxml.etree, mailparser, pydantic_settings, typer"


def start_seconds() -> float:
    """Processor seconds of Python and the libraries that most commands cannot do without; the least of three."""
    return min(spent([sys.executable, "-c", LIBRARIES]) for _ in range(3))


def spent(command: list[str]) -> float:
    """Processor seconds of *command* and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
