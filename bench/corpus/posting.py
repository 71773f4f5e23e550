"""One mail from its load and the words of a report.

Purpose: `mail(number, load, seed)`, octets as Foxmail, QQ and old web mailers post them.
Limits: the same number, load and seed give the same octets; the mail is as heavy as its load says, give or take a tenth.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone
from random import Random

from bench.corpus import files
from bench.corpus.files import Said
from bench.corpus.photos import photo
from bench.corpus.plan import Load
from tools.samplemaker.mime import (
    Entity,
    attachment,
    continued_names,
    encoded_names,
    html,
    message,
    multipart,
    raw_gbk_names,
    text,
)
from tools.samplemaker.story import Clerk, Story

BEIJING = timezone(timedelta(hours=8))
BEGIN = datetime(2024, 5, 20, 9, 0, tzinfo=BEIJING)
BASE64 = 78 / 57
"""Octets in the mail for one of a file: 76 characters and a line break for each 57."""
NAMINGS = (encoded_names, encoded_names, encoded_names, continued_names, raw_gbk_names)
TYPES = {"pdf": "application/pdf", "zip": "application/x-zip-compressed", "jpg": "image/jpeg"}


def mail(number: int, load: Load, seed: int) -> bytes:
    """The octets of mail *number* (from 0) of the season."""
    draw = Random(f"{seed}/{number}")  # noqa: S311 - drawn, not secret
    said = files.told()[number % len(files.told())]
    story = Story(
        slug=f"bench-{seed}-{number}",
        received=BEGIN + timedelta(minutes=200 * number + draw.randrange(200)),
        sender=said.sender,
        address=said.address,
        subject=said.subject,
        clerk=Clerk(kind="submission", note=""),
    )
    naming = draw.choice(NAMINGS)
    attached = [
        attachment(data, name, TYPES.get(name.rpartition(".")[2], "application/octet-stream"), naming)
        for name, data in _files(load, said, draw)
    ]
    body = _body(said if load.report else None, said, draw)
    return message(story, multipart("mixed", body, *attached) if attached else body)


def _body(covering: Said | None, said: Said, draw: Random) -> Entity:
    """A covering letter, or the report itself where no file holds it."""
    words = said.body if covering else f"{said.body}\n\n{said.report}\n{said.unit}"
    if draw.random() < 0.5:
        return text(words, charset="gb18030")
    lines = "".join(f"<div>{line}</div>" for line in words.split("\n"))
    return multipart("alternative", text(words), html(f"<html><body>{lines}</body></html>"))


def _files(load: Load, said: Said, draw: Random) -> Iterator[tuple[str, bytes]]:
    """(name, octets) of what is attached; the pictures share what the load leaves to them."""
    pictures = _pictures(load, draw)
    inside, pictures = pictures[: load.inside], pictures[load.inside :]
    packed, loose = pictures[: load.packed], pictures[load.packed :]
    name = _file_name(said.title)
    if load.report in ("docx", "both"):
        yield f"{name}.docx", files.word(said, inside, draw)
    if load.report in ("pdf", "both"):
        yield f"{name}（盖章）.pdf", files.pdf(said)
    if load.sheet:
        yield "活动统计表.xlsx", files.sheet(said)
    for count, data in enumerate(loose, 1):
        yield f"现场照片{count}.jpg", data
    if packed:
        members = [(f"活动照片/照片{count}.jpg", data) for count, data in enumerate(packed, 1)]
        yield (
            f"{said.unit}影像资料.zip",
            files.zipped([(f"活动照片/{name}.docx", files.word(said, (), draw)), *members]),
        )


def _pictures(load: Load, draw: Random) -> Sequence[bytes]:
    """So many photographs as the load asks for, which together fill the mail."""
    count = load.photos + load.inside + load.packed
    shares = [draw.uniform(0.6, 1.4) for _ in range(count)]
    octets = load.octets / BASE64
    return [photo(draw, int(octets * share / sum(shares))) for share in shares]


def _file_name(title: str) -> str:
    """*title* as a file name that GBK can write."""
    kept = "".join(one for one in title if one.isalnum()) or "活动总结"
    return kept.encode("gbk", "ignore").decode("gbk")[:24]
