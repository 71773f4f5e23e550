"""What the mails of the planted season hold: Word files, photographs, names, addresses.

Purpose: files for tests/planting.py. Limits: all made of the given random.Random; no two photographs are alike.
"""

from __future__ import annotations

import io
import random
from collections.abc import Sequence

from PIL import Image

from rules import Unit
from tests import planted_words as words
from tools.samplemaker import documents
from tools.samplemaker.mime import Entity, attachment

SURNAMES, GIVEN = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗", "静敏丽强磊军洋勇艳杰娟涛明超霞平刚"
PHOTO, PHOTO_BLOCKS = (640, 480), (20, 15)
"""Pixels, and the blocks of colour that they are made of."""


def report(chance: random.Random, unit: Unit, who: str, lacks: Sequence[str]) -> tuple[Entity, ...]:
    """The files of a report without what *lacks* names; photographs stand in the document or beside it."""
    contact = "" if "联系人" in lacks else who
    day = f"2024年6月{chance.randint(3, 18)}日"
    told = words.report(unit.name, short(unit), chance, lacks=lacks, contact=contact, day=day)
    inside = chance.random() < 0.5
    photos = (
        [] if "影像" in lacks else [(f"活动现场{n}", photo(chance)) for n in range(1, chance.randint(2, 3))]
    )
    file = documents.word(told, photos if inside else (), headings=chance.random() < 0.3)
    loose = () if inside else tuple(attachment(taken, f"{name}.jpg", "image/jpeg") for name, taken in photos)
    return (attachment(file, f"{short(unit)}活动总结.docx", documents.DOCX), *loose)


def supplement(chance: random.Random, unit: Unit, forgotten: str) -> tuple[str, tuple[Entity, ...], str]:
    """Subject, files and note of a mail that brings what was forgotten."""
    if forgotten == "影像":
        taken = attachment(photo(chance), "活动照片.jpg", "image/jpeg")
        return f"{short(unit)}补报活动照片", (taken,), "此前报送的总结漏了照片，现补充报送。"
    advice = words.section(unit.name, "意见建议", chance.choice(words.ADVICE), "2024年6月18日")
    file = attachment(documents.word(advice), "意见建议（补充）.docx", documents.DOCX)
    return f"{short(unit)}补充报送意见建议", (file,), "此前报送的总结漏了意见建议，现补充报送。"


def person(chance: random.Random) -> str:
    """联系人 with a phone."""
    name = chance.choice(SURNAMES) + chance.choice(GIVEN)
    return f"{name}　023-555{chance.randint(10_000, 99_999)}"


def photo(chance: random.Random) -> bytes:
    """A picture like no other: blocks of colour, blurred."""
    blocks = Image.frombytes("RGB", PHOTO_BLOCKS, chance.randbytes(3 * PHOTO_BLOCKS[0] * PHOTO_BLOCKS[1]))
    buffer = io.BytesIO()
    blocks.resize(PHOTO, Image.Resampling.BICUBIC).save(buffer, "JPEG", quality=60)
    return buffer.getvalue()


def short(unit: Unit) -> str:
    """How the unit calls itself: its first other name, if it has any."""
    return unit.aliases[0] if unit.aliases else unit.name


def address_of(unit: Unit) -> str:
    """One of its known addresses, else one of its own."""
    known = unit.addresses[0] if unit.addresses else f"{unit.id.lower()}@qq.example"
    return known if "@" in known else f"bgs@{known}"
