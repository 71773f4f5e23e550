"""The benchmark's mails: 200 that weigh what a season's do (684 MB, median 2.8 MB, about 731 attachments).

Purpose: `made(folder)`, a folder of .eml files, made once and found again; `large(folder, megabytes)`, one big mail.
`python -m bench.corpus FOLDER --mails 200 --seed 7` writes them where they are wanted.
Source: the sizes are those measured for the issue of this benchmark; the words are the written reports of tests/reports.
Limits: no hostile mails, no legacy formats: what costs time here is size, not strangeness. Nothing comes from outside.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import PIL

from bench.corpus import plan, posting

MAILS, SEED = 200, 7
DONE = "complete"


def made(folder: Path, mails: int = MAILS, seed: int = SEED) -> Path:
    """Return the folder of these mails under *folder*, made where it is not there yet or was left half done."""
    kept = folder / f"mails-{mails}-{seed}-{digest()[:12]}"
    if not (kept / DONE).exists():
        shutil.rmtree(kept, ignore_errors=True)
        write(kept, mails, seed)
        (kept / DONE).touch()
    return kept


def write(folder: Path, mails: int, seed: int) -> None:
    """Write the mails into *folder*, numbered in order of arrival."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, one in enumerate(plan.season(mails, seed)):
        (folder / f"{number + 1:05d}.eml").write_bytes(posting.mail(number, one, seed))


def large(folder: Path, megabytes: int, seed: int = SEED) -> Path:
    """Return a folder with one mail of about so many megabytes (10^6 octets), made where it is not there yet."""
    kept = folder / f"large-{megabytes}-{seed}-{digest()[:12]}"
    if not (kept / DONE).exists():
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(parents=True)
        (kept / "00001.eml").write_bytes(posting.mail(0, plan.whale(megabytes * 1_000_000), seed))
        (kept / DONE).touch()
    return kept


def digest() -> str:
    """Of all that the mails follow from: this package, the sample maker, the reports, and the libraries that draw."""
    found = hashlib.sha256(f"{sys.version_info[:2]} {np.__version__} {PIL.__version__}".encode())
    for path in sorted(_sources()):
        found.update(path.name.encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def _sources() -> Iterator[Path]:
    root = Path(__file__).parents[2]
    for part in ("bench/corpus/*.py", "tools/samplemaker/*.py", "tests/reports/open/*.json"):
        yield from root.glob(part)
