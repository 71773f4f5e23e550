"""What tests share: where the shared material is, and what to do where a tool is missing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SAMPLES = Path(__file__).parent / "samples"
SHARED = Path(os.environ.get("SHOUWEN_SHARED", ROOT.parent / "shared"))

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is not beside this checkout")


def need_tool(*names: str) -> None:
    """Skip the test where none of the programs *names* is installed; fail it where CI=true."""
    if any(shutil.which(name) for name in names):
        return
    missing(f"needs {' or '.join(names)}")


def mortal(*command: str | Path, by: str = "KILL") -> list[str]:
    """*command* so started that the kernel ends it with this process, however this one ends; as it is where that is not known.

    by: the signal that ends it.
    """
    words = [str(word) for word in command]
    return ["setpriv", f"--pdeathsig={by}", *words] if shutil.which("setpriv") else words


def missing(reason: str) -> None:
    """A server or tool is missing: a skip for a newcomer, a failure in CI."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must have it: {reason}")
    pytest.skip(reason)
