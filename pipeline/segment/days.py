"""The days that a text names, only for comparing which lies where; the figures of an activity are read elsewhere.

Limits: a year is not looked at; a day without a month, behind a range or a 、, is of the month before it.
"""

from __future__ import annotations

import re

_NUMERALS = "〇一二三四五六七八九十"
_N = r"\d{1,2}|[廿卅一二三]?十?[一二三四五六七八九十]"
_RANGE = re.compile(
    rf"(?P<month>{_N})(?:月|(?<=[4-7])(?<!\d\d)\.(?!\d{{1,2}}(?!\d)[%％万亿千百元倍米吨级分秒度]|\d{{3}}))(?P<day>{_N})(?:日|号)?(?:(?:[至到—–\-－~～、]+)(?:(?P<month2>{_N})月)?(?P<day2>{_N})(?=日|号|[^\d]))?"
)
_SLASHED = re.compile(r"(?<![\d/.])(?:20\d\d[-/.])?(0?[4-7])[-/](\d{1,2})(?![\d/])")
"""5/18, 2024-05-18."""
DAYS_OF_A_MONTH = 31


def days(text: str) -> list[tuple[int, int]]:
    """First and last day of each date of *text*, counted as month * 31 + day."""
    found = []
    text = _SLASHED.sub(r"\1月\2日", text)
    for hit in _RANGE.finditer(text):
        first = _number(hit["month"]) * DAYS_OF_A_MONTH + _number(hit["day"])
        last = _number(hit["month2"] or hit["month"]) * DAYS_OF_A_MONTH + _number(hit["day2"] or hit["day"])
        found.append((first, max(first, last)))
    return found


def within(told: str, text: str) -> bool:
    """Say whether the first day of *text* lies between the first and the last one that *told* names."""
    mine, its = days(told), days(text)
    if not mine or not its:
        return False
    return min(first for first, _ in mine) <= its[0][0] <= max(last for _, last in mine)


def _number(words: str) -> int:
    """Return 1..39 of digits or Chinese numerals."""
    if words.isdigit():
        return int(words)
    words = words.replace("廿", "二十").replace("卅", "三十")
    tens, ten, ones = words.rpartition("十")
    return (10 * (_NUMERALS.find(tens) if tens else 1) if ten else 0) + (_NUMERALS.find(ones) if ones else 0)
