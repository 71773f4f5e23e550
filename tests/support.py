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


def missing(reason: str) -> None:
    """A server or tool is missing: a skip for a newcomer, a failure in CI."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must have it: {reason}")
    pytest.skip(reason)
