"""A large season as a register holds it: 5,000 filings, 20,000 activities, 2,000 photographs, made of real ones.

Purpose: `fill(data, size)` writes it with the register's own methods; bench/compile.py compiles it.
Source: the mails of tests/samples, read and judged. Each made mail takes the frame of one of them and four activities of all; a
share of the characters, the figures, the days and the unit are other ones in each, of the same length, so that every span
still fits and no two mails tell the same.
Limits: the parts are in the store of taken-out material already, as they are after the first compile that saw their mails; the
octets of the mails are made up, and no archive holds them.
"""

from __future__ import annotations

import hashlib
import io
import random
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from PIL import Image

import rules
from bench import rejudge
from outputs.workbook import stored
from pipeline.beijing import BEIJING
from pipeline.intake import judge
from pipeline.records import (
    Activity,
    Address,
    Candidate,
    Depiction,
    Filing,
    Judged,
    Kind,
    Part,
    Picture,
    Stated,
)
from pipeline.register import Capture, Register, Sighting, basis

T = TypeVar("T")
FIRST = datetime(2024, 5, 20, 1, tzinfo=BEIJING)
APART = timedelta(minutes=8)
CHANGED = 0.3
"""Share of the Chinese characters that are other ones in each mail."""
BATCH = 500
"""Captures of one transaction."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """How large: mails, activities and photographs."""

    mails: int = 5_000
    activities: int = 20_000
    photographs: int = 2_000

    def part(self, share: int) -> Size:
        """One *share*th of it."""
        return Size(
            mails=self.mails // share,
            activities=self.activities // share,
            photographs=self.photographs // share,
        )


def fill(data: Path, size: Size) -> None:
    """Make the data folder *data* with its register and its store of material."""
    given = rules.load()
    now = basis(given.digest, (), ())
    (data / "material").mkdir(parents=True)
    with closing(Register(data / "register.db", year=given.notice.year)) as register:
        made = _filings(given, size)
        while batch := list(islice(made, BATCH)):
            accessions = register.capture([_capture(*one) for one in batch], at=batch[-1][0])
            for accession, (at, octets, filing) in zip(accessions, batch, strict=True):
                _store(data / "material", octets, filing)
                register.begin(accession, at=at)
                register.file(accession, filing, basis=now, at=at)


def _capture(at: datetime, octets: bytes, _filing: Filing) -> Capture:
    uid = 1 + (at - FIRST) // APART
    seen = Sighting(account="bench", folder="INBOX", uidvalidity=1, uid=uid, size=len(octets), received=at)
    return Capture(
        sha256=hashlib.sha256(octets).hexdigest(),
        size=len(octets),
        received=at,
        received_from="internaldate",
        sighting=seen,
    )


def _store(store: Path, octets: bytes, filing: Filing) -> None:
    """Put the mail and what stands for its parts into the store of material."""
    for content in (octets, *(_octets(filing, part) for part in filing.parts)):
        path = store / hashlib.sha256(content).hexdigest()
        if not path.exists():
            path.write_bytes(content)
            stored.seal(path)


def _octets(filing: Filing, part: Part) -> bytes:
    return f"{filing.mail.message_id} {part.path}".encode()


# ---------------------------------------------------------------- filings made of filings


def _filings(given: rules.Rules, size: Size) -> Iterator[tuple[datetime, bytes, Filing]]:
    """When each came, octets that stand for each mail, and its filing, in the order in which they came."""
    judged = [
        judge(reading, given, received=rejudge.RECEIVED) for _, reading in rejudge.mails(rejudge.SAMPLES)
    ]
    frames = [one for one in judged if one.kind is Kind.SUBMISSION and one.activities]
    pool = [activity for one in frames for activity in one.activities]
    drawn = random.Random(20240530)  # noqa: S311 - must be repeatable
    units = [unit.name for unit in given.units]
    left, photographs = size.activities, size.photographs
    for number in range(size.mails):
        mails_left = size.mails - number
        many, pictures = -(-left // mails_left), -(-photographs // mails_left)
        told = [drawn.choice(pool) for _ in range(many)]
        frame = replace(frames[number % len(frames)], activities=tuple(told))
        yield (
            FIRST + number * APART,
            f"{number}\n".encode() * 100,
            _made(frame, number, units[number % len(units)], pictures if photographs else 0, drawn),
        )
        left -= many
        photographs -= pictures


def _made(frame: Filing, number: int, unit: str, pictures: int, drawn: random.Random) -> Filing:
    """A mail like *frame* of another unit, in other words, on other days, with so many photographs."""
    other = _Other.drawn(frame, drawn)
    name = f"<{number}@bench.example>"
    found = replace(
        frame.identification,
        best=unit,
        in_roster=True,
        decided=True,
        candidates=(Candidate(name=unit, in_roster=True, weight=9.0),),
    )
    parts = [one for one in frame.parts if not any(one.path == shown.part for shown in frame.pictures)]
    parts += [
        Part(path=f"9.{place}", name=f"照片{place}.jpg", media_type="image/jpeg", sha256="", size=0)
        for place in range(1, pictures + 1)
    ]
    mail = replace(
        frame.mail,
        subject=f"{unit}2024年全国科技工作者日活动总结",
        sender=Address(name=unit, address=f"unit{number % 997}@bench.example"),
        message_id=name,
    )
    made = replace(
        frame,
        mail=mail,
        identification=found,
        activities=tuple(other.judged(one) for one in frame.activities),
        pictures=tuple(_picture(one.path, drawn) for one in parts if one.path.startswith("9.")),
    )
    octets = {part.path: _octets(made, part) for part in parts}
    return replace(
        made,
        parts=tuple(
            replace(one, sha256=hashlib.sha256(octets[one.path]).hexdigest(), size=len(octets[one.path]))
            for one in parts
        ),
    )


def _picture(path: str, drawn: random.Random) -> Picture:
    """A photograph with a thumbnail as busy as a real one and a hash that no other is like."""
    small = Image.frombytes("RGB", (40, 30), drawn.randbytes(40 * 30 * 3)).resize((160, 120))
    file = io.BytesIO()
    small.save(file, "JPEG", quality=75)
    return Picture(
        part=path,
        width=4000,
        height=3000,
        kind=Depiction.PHOTO,
        hash=drawn.randbytes(32 * 32),
        thumbnail=file.getvalue(),
    )


@dataclass(frozen=True, kw_only=True)
class _Other:
    """One mail's other words: character to character, digit to digit, and by how many days all days move."""

    table: Mapping[int, int]
    days: int

    @classmethod
    def drawn(cls, frame: Filing, drawn: random.Random) -> _Other:
        """Draw them for one mail."""
        characters = sorted(
            {one for told in frame.activities for one in told.activity.text if one > "\u4e00"}
        )
        changed = [one for one in characters if drawn.random() < CHANGED]
        digits = "123456789"
        table = {ord(one): ord(drawn.choice(characters)) for one in changed}
        table |= {ord(a): ord(b) for a, b in zip(digits, drawn.sample(digits, 9), strict=True)}
        return cls(table=table, days=drawn.randrange(20))

    def judged(self, one: Judged) -> Judged:
        """One activity with other words and figures; where they stand stays."""
        told = one.activity
        stated: dict[str, Any] = {
            name: self._stated(getattr(told, name))
            for name in ("date_start", "date_end", "place", "participants", "sessions", "materials")
        }
        activity: Activity = replace(
            told,
            **stated,
            title=told.title.translate(self.table),
            text=told.text.translate(self.table),
            media=tuple(self._stated(each) for each in told.media),
            heads=tuple(
                replace(each, value=self._value(each.value), words=each.words.translate(self.table))
                for each in told.heads
            ),
        )
        return replace(one, activity=activity)

    def _stated(self, stated: Stated[T] | None) -> Any:
        if stated is None:
            return None
        return replace(stated, value=self._value(stated.value), words=stated.words.translate(self.table))

    def _value(self, value: object) -> Any:
        if isinstance(value, date):
            return value + timedelta(days=self.days)
        if isinstance(value, int):
            return int(str(value).translate(self.table))
        return str(value).translate(self.table)
