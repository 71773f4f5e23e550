"""A document as the rules read it: with the headings that nothing but their place shows.

Purpose: an office types “意见建议” or a row of short lines as ordinary paragraphs; they head what follows all the same.
Limits: a lone short line is no heading unless it names a section that reports have; captions are none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.records import Block, Document, Style
from pipeline.segment.words import DATED, NUMBERED, SIGNATURE, without_number

LONGEST = 22
"""Characters of a line that heads what follows."""
TOLD = 30
"""Characters from which the paragraph below tells something."""
BELOW_ALL = 9
"""Level of a bare line: it ends no numbered heading."""
_SECTION = re.compile(
    r"(?:[典型主要工作活动开展存在的几点有关我们下一步今后对市科协]|特色|对[^，。]{1,8}的|给[^，。]{1,8}的)*"
    r"(?:经验|做法|亮点|特色|体会|启示|感悟|心得|思考|收获|建议|意见|想法|问题|不足|困难|成效|效果|打算|计划|安排|情况|活动)"
    r"(?:(?:与|和|及|、)?(?:典型|主要|工作|意见|改进|下一步|几点)?(?:经验|做法|体会|启示|建议|意见|想法|问题|不足|困难|成效|打算|计划))*[：:]?"
)
"""The name of a section that reports have."""
_NO_HEADING = re.compile(
    r"[。！？；，、…：]$|摄影?|供图|图[片：:]|合影|现场$|照片|^[（(—]|电话|\d{4}年|[：:]."
)


def as_read(document: Document) -> Document:
    """Return *document* with its bare headings named; blocks and places stay the same."""
    blocks = list(document.blocks)
    bare = _bare(blocks)
    sections = {place for place in bare if _SECTION.fullmatch(without_number(blocks[place].text))}
    headed = bare if len(bare) > 1 and not _has_headings(blocks) else sections
    for place in headed:
        level = _level(blocks[place].text) or (1 if place in sections else BELOW_ALL)
        blocks[place] = replace(blocks[place], style=Style.HEADING, level=level)
    return replace(document, blocks=tuple(blocks))


def _level(text: str) -> int:
    """Give the level that the number before *text* says, 0 without one."""
    numbers = (r"[一二三四五六七八九十]{1,3}、", r"（[一二三四五六七八九十]{1,3}）", r"\d{1,2}[.．、]")
    return next((level for level, number in enumerate(numbers, 1) if re.match(number, text.strip())), 0)


def _has_headings(blocks: Sequence[Block]) -> bool:
    return any(block.style is Style.HEADING for block in blocks)


def _bare(blocks: Sequence[Block]) -> set[int]:
    """Places of short lines that stand alone above a paragraph."""
    found: set[int] = set()
    for place, block in enumerate(blocks[:-1]):
        text, below = block.text.strip(), blocks[place + 1]
        section = _SECTION.fullmatch(without_number(text))
        short = block.style is Style.PARAGRAPH and block.aside is None and 1 < len(text) <= LONGEST
        told = below.style is Style.PARAGRAPH and (len(below.text) >= TOLD or section)
        if (
            short
            and told
            and (section or not NUMBERED.match(text) or text.startswith("【"))
            and not _is_other(text)
        ):
            found.add(place)
    return found


def _is_other(text: str) -> bool:
    """A salutation, a signature, a caption, a sentence; only a section's name may end with a colon."""
    name = text.rstrip("：") if _SECTION.fullmatch(without_number(text)) else text
    return bool(_NO_HEADING.search(name) or DATED.search(name) or SIGNATURE.search(name))
