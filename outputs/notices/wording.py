"""Words of papers: lines that a mail program does not break, days as officials write them, names that fit.

Purpose: `wrapped`, `day`, `days_left`, `short_names`, `plain`.
Source: RFC 5322 section 2.1.1 (78 columns); 行首行尾禁则 of Chinese setting: no line begins with 。，） or ends with （“.
Limits: a character is one column or two (Unicode TR 11; the ambiguous ones, “ ” … —, are two, as Chinese fonts have them).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from pipeline import beijing
from pipeline.beijing import BEIJING
from rules import Unit

COLUMNS = 70
"""Of one line: thirty-five Chinese characters."""
INDENT = "　　"
"""Of a paragraph's first line."""
BEFORE = frozenset("、。，．；：！？）》〉”’】〕〗％%),.;:!?…—·")
"""What begins no line."""
AFTER = frozenset("（《〈“‘【〔〖(#")
"""What ends no line."""
NEAR = 12
"""Characters of a name that still is short."""
_TOKEN = re.compile(r"[!-~]+|.", re.DOTALL)
_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufffe\uffff]+"
)


def plain(text: str, most: int = 200) -> str:
    """*text* of a mail on one line, without what is not seen, at most *most* characters."""
    line = " ".join(_UNSEEN.sub(" ", unicodedata.normalize("NFC", text)).split())
    return line if len(line) <= most else line[: most - 1] + "…"


def columns(text: str) -> int:
    """How many columns *text* takes."""
    return sum(2 if unicodedata.east_asian_width(one) in "WFA" else 1 for one in text)


def wrapped(text: str, first: str = "", rest: str = "") -> str:
    """Break *text* into lines of at most COLUMNS, the first indented by *first*, the others by *rest*."""
    lines, line, empty = [], first, True
    for unit in _units(text, COLUMNS - max(columns(first), columns(rest))):
        if not empty and columns(line + unit) > COLUMNS:
            lines.append(line.rstrip(" "))
            line, empty = rest, True
        line += unit.lstrip(" ") if empty and lines else unit
        empty = False
    return "\n".join([*lines, line.rstrip(" ")])


def _units(text: str, room: int) -> Iterator[str]:
    """What stays on one line: a character or a word, with the signs that begin or end no line beside it; at most *room*."""
    held = ""
    for token in _TOKEN.findall(text):
        if held and held[-1] not in AFTER and token[0] not in BEFORE:
            yield from _pieces(held, room)
            held = ""
        held += token
    yield from _pieces(held, room)


def _pieces(unit: str, room: int) -> Iterator[str]:
    """*unit* as it is, or in pieces if it is longer than any line."""
    while columns(unit) > room:
        cut = next(at for at in range(len(unit), 0, -1) if columns(unit[:at]) <= room)
        yield unit[:cut]
        unit = unit[cut:]
    if unit:
        yield unit


def day(on: date) -> str:
    """2024年6月20日."""
    return f"{on.year}年{on.month}月{on.day}日"


def short_day(on: date) -> str:
    """6月20日."""
    return f"{on.month}月{on.day}日"


def moment(at: datetime) -> str:
    """2024年6月18日16时05分, Beijing time."""
    local = at.astimezone(BEIJING)
    return f"{day(local.date())}{local.hour}时{local.minute:02d}分"


def by_when(deadline: datetime, on: date) -> str:
    """How the deadline stands on that day: 还有3天, 今天截止, 已逾期2天."""
    left = (beijing.day(deadline) - on).days
    return f"还有{left}天" if left > 0 else f"已逾期{-left}天" if left else "今天截止"


def short_names(units: Iterable[Unit]) -> dict[str, str]:
    """Full name of each unit of the roster to the one it goes by, no two of which are equal.

    The first alias that is short, else the shortest one; the full name where others go by the same.
    """
    chosen = {
        unit.name: next((one for one in unit.aliases if len(one) <= NEAR), "")
        or min((*unit.aliases, unit.name), key=len)
        for unit in units
    }
    twice = {name for name, number in Counter(chosen.values()).items() if number > 1}
    return {name: name if short in twice else short for name, short in chosen.items()}


def listed(words: Iterable[str]) -> str:
    """Words joined by 、."""
    return "、".join(words)
