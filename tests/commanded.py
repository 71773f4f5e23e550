"""The command line in this process, whose imports are done: a second of processor less a call than in one of its own.

For tests of what a command says and does; those of its start, its signals and its death start it as people do.
"""

from __future__ import annotations

import contextlib
import io
import subprocess
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from pipeline.commands import run
from tests.support import ROOT


def here(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run `shouwen` with *arguments*, from the checkout's folder; what it prints is told apart as from a process."""
    words = [str(word) for word in arguments]
    with contextlib.chdir(ROOT), redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        code = run(words)
    return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())
