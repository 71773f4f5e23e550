"""The letterhead (版头) of an official document: which of its first lines are none of the report's own.

Purpose: `places()`; the lines of the issuing bodies, urgency, number and rules above the title are set aside, so that the
title is the title, whether the letterhead is red paragraphs, a table of two columns, or text that lost its colour.
Source: GB/T 9704-2012 section 7.2 (份号, 密级, 紧急程度, 发文机关标志, 发文字号, 签发人, 分隔线), 7.3.1 (标题 comes below them).
Limits: without red letters a body's name counts only right above the number of the document, or beside the word 文件.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

MAX_LINE = 90
"""Characters of one line of a letterhead."""
MAX_ROWS = 12
"""Lines of a letterhead that is a table: joint documents name up to ten bodies."""

_NUMBER = re.compile(
    r"^[\u4e00-\u9fff]{1,14}\s*[〔\[（(【]\s*20\d\d\s*[〕\]）)】]\s*第?\s*\d+\s*号(?:\s+签发人.*)?$"
)
_BODY = re.compile(
    r"^[\u4e00-\u9fff（）()\s]{2,40}(?:协会|科协|学会|研究会|联合会|委员会|局|大学|学院|公司|医院|研究院|研究所|中心|办公室|集团|"
    r"部|政府|会)(?:\s*文\s*件)?$"
)
_MARK = re.compile(
    r"^(?:文\s*件|特\s*急|加\s*急|平\s*急|急\s*件|内部资料|\d{6}|签发人\s*[：:].{0,20}|(?:机密|秘密)(?:★.{0,8})?)$"
)
_FILE = re.compile(r"文\s*件$")


def places(lines: Sequence[tuple[str, bool]]) -> frozenset[int]:
    """Give the places of the letterhead's lines.

    Args:
        lines: the first ones of a document from the top, each as its text (of a table: cells joined by tabs, rows by
            newlines) and whether it is red and centred.
    """
    number = next((place for place, (text, _) in enumerate(lines) if _numbered(text)), None)
    above = _above(lines, number) if number is not None else set[int]()
    return frozenset(above | {place for place, (text, red) in enumerate(lines) if _alone(text, red)})


def _above(lines: Sequence[tuple[str, bool]], number: int) -> set[int]:
    """Give the lines right above the number of the document that can only be its letterhead."""
    first = number
    while first > 0 and _belongs(lines[first - 1][0]):
        first -= 1
    return set(range(first, number))


def _alone(text: str, red: bool) -> bool:
    """Say whether a line is of a letterhead whatever stands beside it."""
    cells = _cells(text)
    if not cells:
        return False
    if _numbered(text) or not re.search(r"\w", text) or (red and len(text) <= MAX_LINE):
        return True
    return len(cells) > 1 and any(_FILE.search(cell) for cell in cells) and _belongs(text)


def _belongs(text: str) -> bool:
    cells = _cells(text)
    return len(cells) <= MAX_ROWS and all(
        _BODY.match(cell) or _MARK.match(cell) or _NUMBER.match(cell) or not re.search(r"\w", cell)
        for cell in cells
    )


def _numbered(text: str) -> bool:
    return any(_NUMBER.match(cell) for cell in _cells(text)) and _belongs(text)


def _cells(text: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"[\t\n]", text) if cell.strip()]
