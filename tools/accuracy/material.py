"""The labelled mails, read: those of the shared data set, and those written from the descriptions of tests/reports.

Purpose: `dataset()` and `written()`, each a Material whose mails come in order of arrival.
Source: ../shared/dataset/README.md (labels, arrival); tests/reports/README.md. SHOUWEN_SHARED names another place.
Limits: mails of the data set without a label (delivered again, recalled) are read too: relations need them.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline import intake, tools
from pipeline.records import Reading
from tools.samplemaker import described

ROOT = Path(__file__).parent.parent.parent
SHARED = Path(os.environ.get("SHOUWEN_SHARED", ROOT.parent / "shared")) / "dataset"
REPORTS = ROOT / "tests" / "reports"

Label = Mapping[str, Any]
"""One labelled report, as its JSON has it."""


@dataclass(frozen=True, kw_only=True)
class Mail:
    """One labelled mail, read. id: of its label, or of a mail without one (dev-038-dup)."""

    id: str
    received: datetime
    reading: Reading


@dataclass(frozen=True, kw_only=True)
class Material:
    """Mails and the labels of those that have one, by id."""

    mails: tuple[Mail, ...]
    labels: Mapping[str, Label]


def dataset(folder: Path = SHARED) -> Material:
    """Read the development mails; FileNotFoundError where they are not at hand."""
    manifest = json.loads((folder / "mails" / "manifest.json").read_text("utf-8"))["mails"]
    octets = [
        (one["id"], datetime.fromisoformat(one["received"]), (folder / "mails" / one["file"]).read_bytes())
        for one in manifest
    ]
    return Material(mails=tuple(_read(octets)), labels=labels(folder / "reports"))


def written(folder: Path = REPORTS) -> Material:
    """Read the mails of all descriptions below *folder*."""
    told = labels(folder)
    octets = [(name, described.arrival(one), described.mail(one)) for name, one in told.items()]
    return Material(mails=tuple(_read(octets)), labels=told)


def labels(folder: Path) -> dict[str, Label]:
    """Read all labelled reports below *folder*, by id."""
    found = [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("**/*.json"))]
    return {one["id"]: one for one in found}


def _read(octets: list[tuple[str, datetime, bytes]]) -> Iterator[Mail]:
    abilities = tools.abilities()
    for number, (name, received, data) in enumerate(sorted(octets, key=lambda one: one[1]), 1):
        say(f"\r读件 {number}/{len(octets)}", end="")
        yield Mail(id=name, received=received, reading=intake.read(data, abilities=abilities))
    say("")


def say(line: str, end: str = "\n") -> None:
    """Talk to the person who waits, on stderr."""
    print(line, end=end, file=sys.stderr, flush=True)  # noqa: T201 - talk goes to stderr
