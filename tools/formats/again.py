"""The labelled text of the data set, found again in what was read, and its files by their digests.

Purpose: `shares()` and `lost()`.
Source: ../shared/dataset/README.md (labels, manifest).
Limits: a label that does not stand there as it is counts by its runs of three characters.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pipeline.records import Reading, Status
from tools.formats.survey import Outcome

LEAST = {"digital": 0.995, "scan": 0.97}
"""Share of the labelled characters that must be found again, by kind of document."""


def shares(dataset: Path, outcomes: Sequence[Outcome]) -> dict[str, tuple[int, int]]:
    """(characters found again, characters labelled) for each kind of LEAST."""
    totals = dict.fromkeys(LEAST, (0, 0))
    for mail, reading in _mails(dataset, outcomes):
        label = dataset / "reports" / f"{mail['id']}.json"
        if not label.exists():
            continue
        reports = [file["format"] for file in mail["files"] if file["holds"] in {"report", "table"}]
        scanned = bool(reports) and all(format_ == "scanned-pdf" for format_ in reports)
        kind = "scan" if scanned else "digital"
        text = plain("".join(block.text for document in reading.documents for block in document.blocks))
        for words in _labelled(label):
            found, wanted = found_share(words, text)
            totals[kind] = (totals[kind][0] + found, totals[kind][1] + wanted)
    return totals


def lost(dataset: Path, outcomes: Sequence[Outcome]) -> tuple[tuple[str, str], ...]:
    """(mail, path) of the manifest's files that are no part by their digest; what a password locks is not expected."""
    return tuple(
        (mail["id"], "/".join(file["path"]))
        for mail, reading in _mails(dataset, outcomes)
        for file in mail["files"]
        if not _is_there(file, reading)
    )


def plain(text: str) -> str:
    """Return *text* without white space."""
    return re.sub(r"[\s\u3000]", "", text)


def found_share(words: str, text: str) -> tuple[int, int]:
    """(characters found again, characters wanted): whole if it stands there, else by its three-character runs."""
    if words in text:
        return len(words), len(words)
    wanted = Counter(words[n : n + 3] for n in range(max(1, len(words) - 2)))
    there = Counter(text[n : n + 3] for n in range(max(1, len(text) - 2)))
    share = sum((wanted & there).values()) / sum(wanted.values())
    return round(share * len(words)), len(words)


def _mails(dataset: Path, outcomes: Sequence[Outcome]) -> Iterator[tuple[dict[str, Any], Reading]]:
    read = {outcome.path: outcome.reading for outcome in outcomes}
    for mail in json.loads((dataset / "mails" / "manifest.json").read_text("utf-8"))["mails"]:
        reading = read[f"dataset/mails/{mail['file']}"]
        if reading is not None:
            yield mail, reading


def _labelled(label: Path) -> Iterator[str]:
    for block in json.loads(label.read_text("utf-8"))["report"]:
        table = block["style"] == "table"
        yield plain("".join(map("".join, block["rows"])) if table else block["text"])


def _is_there(file: dict[str, Any], reading: Reading) -> bool:
    locked = any(part.status is Status.NEEDS_PASSWORD for part in reading.parts)
    if not file["sha256"] or (locked and len(file["path"]) > 1):
        return True
    return any(part.sha256 == file["sha256"] for part in reading.parts)
