"""One file of the corpus or the data set, read as the daemon reads it, and what came of it.

Purpose: `survey()`. Each file goes to a worker process with the limits that the corpus' README asks for.
Limits: what dies or overruns is an Outcome without a reading.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline import intake, tools
from pipeline.executor import CutError, open_executor
from pipeline.records import Part, Reading

SECONDS, MEGABYTES = 10, 512
"""What one file may take (../shared/corpus/README.md)."""
PASSWORDS = ("secret",)
"""The password of the locked files that were made for the corpus."""
_DESCRIPTIONS = {"expected.json", "README.md", "manifest.json"}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of one file. path: below shared/. seconds: wall clock. fault: "" or why there is no reading."""

    path: str
    seconds: float
    reading: Reading | None
    fault: str = ""

    @property
    def kept(self) -> bool:
        """The file itself is there by its digest, and every part that was not read says why."""
        return self.reading is not None and all(_explained(part) for part in self.reading.parts)


def survey(shared: Path) -> Iterator[Outcome]:
    """Read every file; mails as mails, all others as documents, in order of their paths."""
    files = [*_files(shared / "corpus"), *sorted((shared / "dataset" / "mails").glob("*.eml"))]
    with open_executor("processes:1", seconds=SECONDS, megabytes=MEGABYTES) as pool:
        pool.ready(tools.abilities)
        for number, path in enumerate(files, 1):
            if sys.stderr.isatty():
                print(f"\r{number}/{len(files)}", end="", file=sys.stderr)  # noqa: T201 - progress
            name = path.relative_to(shared).as_posix()
            began = time.monotonic()
            try:
                reading = pool.submit(_read, path.read_bytes(), path.name, mail=_is_mail(name)).result()
                yield Outcome(path=name, seconds=time.monotonic() - began, reading=reading)
            except CutError as error:
                yield Outcome(path=name, seconds=time.monotonic() - began, reading=None, fault=str(error))


def _files(corpus: Path) -> Iterator[Path]:
    for kind in ("mail", "documents", "archives"):
        yield from sorted(
            path for path in (corpus / kind).rglob("*") if path.is_file() and path.name not in _DESCRIPTIONS
        )


def _is_mail(name: str) -> bool:
    return name.startswith(("corpus/mail/", "dataset/"))


def _read(octets: bytes, name: str, *, mail: bool) -> Reading:
    abilities = tools.abilities()
    if mail:
        return intake.read(octets, abilities=abilities)
    return intake.read_document(octets, name, abilities=abilities)


def _explained(part: Part) -> bool:
    return bool(part.reason) or part.status.value in {"ok", "noise"}
