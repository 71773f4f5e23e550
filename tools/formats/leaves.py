"""The leaves of the corpus' mails against what parsers of two independent families agree on.

Purpose: `agreement()`.
Source: ../shared/corpus/README.md: a leaf is a file where it is named, marked as attachment or not text; nested mails do
not count themselves, the files inside them do; white space is squeezed.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.parse import is_mail
from pipeline.records import Reading
from tools.formats.survey import Outcome


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """Mails with an expectation, and those whose leaves, names and subject are not as expected: (mail, what differs)."""

    mails: int
    differing: tuple[tuple[str, str], ...]

    def agreed(self, what: str) -> int:
        """Mails that agree in "leaves", "names" or "subject"."""
        return self.mails - sum(kind == what for _, kind in self.differing)


def agreement(folder: Path, outcomes: Sequence[Outcome]) -> Agreement:
    """Compare the readings of the mails below *folder* with its expectations."""
    read = {outcome.path: outcome.reading for outcome in outcomes if outcome.reading is not None}
    wanted = dict(_expectations(folder))
    return Agreement(
        mails=len(wanted),
        differing=tuple(
            (path, kind)
            for path, expected in sorted(wanted.items())
            for kind in _differences(expected, read.get(path))
        ),
    )


def _expectations(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for description in sorted(folder.rglob("expected.json")):
        below = f"corpus/mail/{description.parent.relative_to(folder).as_posix()}/".replace("/./", "/")
        for name, wanted in json.loads(description.read_text("utf-8")).items():
            listed = wanted["attachments"] if isinstance(wanted["attachments"], list) else []
            yield (
                below + name,
                {
                    "subject": wanted.get("subject"),
                    "leaves": Counter(wanted.get("sha256", [one["sha256"] for one in listed])),
                    "names": Counter(
                        squeezed(name)
                        for name in wanted.get("filenames", [one.get("filename") for one in listed])
                        if name
                    ),
                },
            )


def _differences(wanted: dict[str, Any], reading: Reading | None) -> Iterator[str]:
    if reading is None:
        yield from ("leaves", "names", "subject")
        return
    parts = [part for part in reading.parts if not is_mail(part.media_type)]
    if wanted["leaves"] - Counter(part.sha256 for part in parts):
        yield "leaves"
    if wanted["names"] - Counter(squeezed(part.name) for part in parts):
        yield "names"
    if squeezed(wanted["subject"]) != squeezed(reading.mail.subject):
        yield "subject"


def squeezed(text: str | None) -> str:
    """Return *text* with each run of white space as one blank."""
    return " ".join((text or "").split())
