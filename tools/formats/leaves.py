"""The leaves of the corpus' mails against what parsers of two independent families agree on.

Purpose: `compared()` one mail, `agreement()` all of them.
Source: ../shared/corpus/README.md: a leaf is a file where it is named, marked as attachment or not text; nested mails do
not count themselves, the files inside them do; white space is squeezed.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.parse import is_mail
from pipeline.records import Part, Reading
from tools.formats.survey import Outcome

EMPTY = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What the references agree on for one mail: its subject (None: it was not compared), digests and names of its files."""

    subject: str | None
    sha256: Counter[str]
    names: Counter[str]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """How a reading differs: leaves and names that are missing, how many more leaves, their names, the subject if another."""

    missing: tuple[str, ...] = ()
    more: int = 0
    further: tuple[str, ...] = ()
    subject: str | None = None


READ_FURTHER: dict[str, tuple[str, Difference]] = {
    "Unstructured-IO+unstructured/fake-email-utf-16-le.eml": (
        "saved as UTF-16: the references see no header in it",
        Difference(subject="Test Email"),
    ),
    "apache+james-mime4j/uu-zeegee.msg": (
        "two uuencoded pictures in the text: the references leave them in it",
        Difference(more=2, further=("up.gif", "zeegee.gif")),
    ),
    "jstedfast+MimeKit/rfc2046.0.eml": (
        "the first piece of a mail in pieces: the references do not look into it",
        Difference(more=1),
    ),
    "laminas+laminas-mail/mail_blank_top_line.eml": (
        "a blank line before the header ends it for the references",
        Difference(subject="multipart"),
    ),
    "sisimai+set-of-emails/mac-lhost-exim-01.eml": (
        "CR line ends: the references see one line",
        Difference(subject="Mail delivery failed: returning message to sender"),
    ),
    "sisimai+set-of-emails/mac-lhost-sendgrid-01.eml": (
        "CR line ends: the references see one line",
        Difference(subject="Undelivered Mail Returned to Sender"),
    ),
    "stalwartlabs+mail-parser/malformed-017.eml": (
        "the boundary behind a forgotten semicolon: the references lose the picture",
        Difference(more=1, further=("image001.png",)),
    ),
}
"""Mails of which the references agree and see less than is there: why, and what is more.

In every other mail subject, files and names are theirs exactly, none missing and none more.
"""


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """Mails with an expectation; those that are read further than it, for a known reason; those that differ otherwise."""

    mails: int
    further: tuple[str, ...]
    differing: tuple[str, ...]


def expectations(folder: Path) -> dict[str, Expected]:
    """Give for each mail below *folder* (by its path there) what the references agree on."""
    found: dict[str, Expected] = {}
    for description in sorted(folder.rglob("expected.json")):
        for name, wanted in json.loads(description.read_text("utf-8")).items():
            listed = wanted["attachments"] if isinstance(wanted["attachments"], list) else []
            names = wanted.get("filenames", [one.get("filename") for one in listed])
            found[(description.parent / name).relative_to(folder).as_posix()] = Expected(
                subject=wanted.get("subject"),
                sha256=Counter(wanted.get("sha256", [one["sha256"] for one in listed])),
                names=Counter(squeezed(name) for name in names if name),
            )
    return found


def agreement(folder: Path, outcomes: Sequence[Outcome]) -> Agreement:
    """Compare the readings of the mails below *folder* with its expectations."""
    read = {outcome.path.removeprefix("corpus/mail/"): outcome.reading for outcome in outcomes}
    wanted = expectations(folder)
    differing = [
        name for name, expected in sorted(wanted.items()) if _differs(name, read.get(name), expected)
    ]
    return Agreement(
        mails=len(wanted),
        further=tuple(name for name in wanted if name in READ_FURTHER and name not in differing),
        differing=tuple(differing),
    )


def _differs(name: str, reading: Reading | None, expected: Expected) -> bool:
    found = compared(reading, expected) if reading else Difference(missing=("all",))
    return found != READ_FURTHER.get(name, ("", Difference()))[1]


def compared(reading: Reading, expected: Expected) -> Difference:
    """Say how *reading* differs from what is *expected*, in both directions."""
    found = counted(reading, expected.sha256)
    digests = Counter(part.sha256 for part in found)
    names = Counter(squeezed(part.name) for part in found if part.name)
    subject = squeezed(reading.mail.subject)
    return Difference(
        missing=tuple(
            sorted((*(expected.sha256 - digests).elements(), *(expected.names - names).elements()))
        ),
        more=(digests - expected.sha256).total(),
        further=tuple(sorted((names - expected.names).elements())),
        subject=subject if subject != squeezed(expected.subject) else None,
    )


def counted(reading: Reading, listed: Counter[str]) -> list[Part]:
    """The leaves that are files by the corpus' rule: named, marked as attachment, or no text; of a mail those inside it.

    A mail saved as a file is one file where it is *listed*. Empty leaves are counted by no reference.
    """
    kinds = {part.path: part.media_type for part in reading.parts}
    kept: list[Part] = []
    whole: list[str] = []
    for part in sorted(reading.parts, key=lambda part: len(part.path)):
        above = part.path.rpartition("/")[0]
        inside = not above or is_mail(kinds.get(above, "")) or kinds.get(above) == "text/plain"
        if not inside or any(part.path.startswith(f"{path}/") for path in whole):
            continue
        if is_mail(part.media_type) and part.sha256 in listed:
            whole.append(part.path)
        elif (
            part.declared.startswith("message/")
            or is_mail(part.media_type)
            or (not part.size and EMPTY not in listed)
        ):
            continue
        text = part.declared.startswith(("text/", "multipart/"))
        if part.name or part.disposition == "attachment" or not text:
            kept.append(part)
    return kept


def squeezed(text: str | None) -> str:
    """Return *text* with each run of white space as one blank."""
    return " ".join((text or "").split())
