"""Hostile and odd mails and documents of public projects: nothing crashes, nothing hangs, no leaf that others find is lost."""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pipeline import intake, tools
from pipeline.parse import is_mail
from pipeline.records import Reading
from tests.support import SHARED, needs_shared

CORPUS = SHARED / "corpus"
SECONDS = 10
"""What one file may take, as the corpus' README asks."""
LEAST = {"leaves": 281, "names": 281, "subjects": 278}
"""Mails of the 282 with an expectation that agree today; a change may not fall below.

What differs: a mail inside base64 inside message/rfc822 (taken apart here, a file there), and four subjects that stand
behind a blank first line, a byte order mark or an mbox line, which are read here and empty there.
"""


def files(kind: str) -> list[Path]:
    """All files of one kind that are material and not a description."""
    return [
        p
        for p in sorted((CORPUS / kind).rglob("*"))
        if p.is_file() and p.name not in ("expected.json", "README.md")
    ]


def read(path: Path) -> Reading:
    """Read a mail as a mail, anything else as a document; fail where that takes too long."""
    octets = path.read_bytes()
    begun = time.monotonic()
    reading = (
        intake.read(octets)
        if path.is_relative_to(CORPUS / "mail")
        else intake.read_document(octets, path.name, abilities=tools.abilities())
    )
    assert time.monotonic() - begun < SECONDS, path
    return reading


def squeezed(text: str | None) -> str:
    return " ".join((text or "").split())


def expectations() -> dict[Path, dict[str, Any]]:
    """Per mail: subject, sha256 and filenames of its files, in one form."""
    found: dict[Path, dict[str, Any]] = {}
    for description in (CORPUS / "mail").rglob("expected.json"):
        for name, wanted in json.loads(description.read_text("utf-8")).items():
            listed = wanted["attachments"] if isinstance(wanted["attachments"], list) else []
            found[description.parent / name] = {
                "subject": wanted.get("subject"),
                "sha256": wanted.get("sha256", [one["sha256"] for one in listed]),
                "filenames": wanted.get("filenames", [one.get("filename") for one in listed]),
            }
    return found


@needs_shared
def test_every_mail_is_read_and_no_leaf_that_two_parsers_agree_on_is_lost() -> None:
    wanted = expectations()
    agreed: Counter[str] = Counter()
    for path in files("mail"):
        reading = read(path)
        if path not in wanted:
            continue
        parts = [part for part in reading.parts if not is_mail(part.media_type)]
        digests = Counter(part.sha256 for part in parts)
        names = Counter(squeezed(part.name) for part in parts)
        agreed["leaves"] += not Counter(wanted[path]["sha256"]) - digests
        agreed["names"] += not Counter(squeezed(name) for name in wanted[path]["filenames"] if name) - names
        agreed["subjects"] += squeezed(wanted[path]["subject"]) == squeezed(reading.mail.subject)

    assert len(wanted) >= 282
    assert {key: agreed[key] for key in LEAST if agreed[key] < LEAST[key]} == {}


@needs_shared
@pytest.mark.parametrize("kind", ["documents", "archives"])
def test_every_document_and_archive_ends_with_a_status_and_in_time(kind: str) -> None:
    for path in files(kind):
        reading = read(path)

        assert reading.parts, path
        assert reading.parts[0].sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        assert all(part.reason for part in reading.parts if part.status.value not in ("ok", "noise")), path
