"""The mails of a soak: small reports, Word files, photos, large files, the same again, and a few that kill their reader.

Purpose: `made(seed, count)`; the same seed gives the same octets.
Limits: nothing of anybody's; large files are noise, which costs the intake its octets and the readers little.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tools.samplemaker import documents
from tools.samplemaker.mime import Entity, attachment, message, multipart, text
from tools.samplemaker.pictures import photo
from tools.samplemaker.story import Clerk, Story
from tools.soak.poison import KILLS_HEADER

FIRST = datetime(2024, 6, 1, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
FOLDERS = ("INBOX", "活动材料")
SHARES = (("plain", 61), ("again", 12), ("word", 10), ("photos", 6), ("text file", 6), ("large", 5))
"""Of a hundred mails, so many of each kind."""
KILLS_EVERY = 400
"""One mail of so many kills its reader."""
LARGE_OCTETS = (200_000, 3_000_000)
"""Of a large file before base64 adds a third."""
UNITS = ("渝中区科协", "北碚区科协", "万州区科协", "涪陵区科协", "市气象学会", "市护理学会", "大足区科协")
DOINGS = ("科普集市", "院士报告会", "科学家精神展", "义诊服务", "科技下乡", "表彰座谈会")


@dataclass(frozen=True, kw_only=True)
class Posted:
    """One mail to be sent. kind: of SHARES, or "kills"."""

    octets: bytes
    folder: str
    received: datetime
    kind: str


def made(seed: int, count: int) -> Iterator[Posted]:
    """Make *count* mails, each with its folder; about one in eight repeats the octets of an earlier one."""
    chance = random.Random(seed)  # noqa: S311 - a soak must be repeatable, not secret
    kinds, weights = zip(*SHARES, strict=True)
    word = documents.word(_report("大足区科协", "科普集市", 300))
    earlier: list[bytes] = []
    for number in range(count):
        kind = "kills" if number % KILLS_EVERY == 9 else chance.choices(kinds, weights)[0]
        if kind == "again" and not earlier:
            kind = "plain"
        octets = chance.choice(earlier) if kind == "again" else _octets(number, kind, chance, word)
        if kind not in ("again", "kills"):
            earlier.append(octets)
            del earlier[:-50]
        folder = FOLDERS[chance.random() < 0.2]
        yield Posted(octets=octets, folder=folder, received=_at(number), kind=kind)


def _octets(number: int, kind: str, chance: random.Random, word: bytes) -> bytes:
    unit, doing = chance.choice(UNITS), chance.choice(DOINGS)
    body = _report(unit, f"{doing}（第{number}号）", chance.randrange(20, 900))
    story = Story(
        slug=f"soak-{number}",
        received=_at(number),
        sender=unit,
        address=f"unit{number}@unit.example",
        subject=f"{unit}报送{doing}材料 {number}",
        body=body,
        report=body,
        clerk=Clerk(kind="submission", note=""),
    )
    files = tuple(_files(kind, body, chance, word))
    headers = {KILLS_HEADER: b"yes"} if kind == "kills" else {}
    return message(story, multipart("mixed", text(body), *files) if files else text(body), headers)


def _files(kind: str, body: str, chance: random.Random, word: bytes) -> Iterator[Entity]:
    if kind == "word":
        yield attachment(word, "活动总结.docx")
    elif kind == "photos":
        yield attachment(photo(chance.randrange(1000)), "现场照片.jpg", "image/jpeg")
    elif kind == "text file":
        yield attachment(body.encode("gb18030"), "简讯.txt", "text/plain")
    elif kind == "large":
        yield attachment(chance.randbytes(chance.randrange(*LARGE_OCTETS)), "视频.dat")


def _report(unit: str, doing: str, people: int) -> str:
    return f"5月{people % 28 + 1}日，{unit}举办{doing}，{people}人参加，发放资料{people * 2}份。\n{unit}\n"


def _at(number: int) -> datetime:
    return FIRST + timedelta(seconds=number)
