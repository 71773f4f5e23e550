"""Training in a process of its own: what it imports for that (150 MB, scikit-learn and scipy) stays with no reading process.

Purpose: `trained_apart(told)`, in the parent; `main()` is what runs in the child.
Source: a reading process judges with a megabyte of numbers (trained.py); the libraries that find them were most of it.
Limits: where the child cannot be started or fails, the answer is None, and whoever asked trains himself. The child is
fenced as a foreign program is, so the packages that it may read are given to it by name.
"""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

import rules
from pipeline import tools
from pipeline.errors import UnavailableError
from rules import Category, Example

SECONDS, MEGABYTES = 300, 2048
"""Of the child: training takes some 5 s, and its libraries reserve 700 MB of address space."""
_PACKAGES = (Path(__file__).resolve().parents[1], Path(rules.__file__).resolve().parent)
_LIBRARIES = sorted(
    {str(Path(msgspec.__file__).parents[1])}
    | {path for path in sys.path if Path(path).name in {"site-packages", "dist-packages"}}
)
_LINKS = ".packages"
_START = f"""
import os, sys
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
os.mkdir("{_LINKS}")
for path in sys.argv[1:3]:
    os.symlink(path, os.path.join("{_LINKS}", os.path.basename(path)))
sys.path[:0] = [os.path.abspath("{_LINKS}"), *sys.argv[3:]]
from pipeline.classify.apart import main
main()
"""
"""The packages stand on its path by links, for the folder above them need not be readable."""


def trained_apart(told: bytes) -> bytes | None:
    """Have a child train what `trained.told` told; the judge as `trained.packed` packs it, None where it gives none."""
    packages = [str(path) for path in _PACKAGES]
    try:
        result = tools.run(
            [sys.executable, "-P", "-c", _START, *packages, *_LIBRARIES],
            data=told,
            seconds=SECONDS,
            megabytes=MEGABYTES,
            readable=[*packages, sys.prefix, *_LIBRARIES],
        )
    except UnavailableError:
        return None
    return result.out if result.code == 0 and not result.overrun else None


def main() -> None:
    """Train what stands on standard input, and put the judge on standard output."""
    from pipeline.classify.combined import trained_now

    told = sys.stdin.buffer.read()
    examples, categories = msgspec.msgpack.decode(told, type=tuple[tuple[Example, ...], tuple[Category, ...]])
    sys.stdout.buffer.write(trained_now(examples, categories) or b"")
