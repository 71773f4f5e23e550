"""Numbers as Chinese reports write them.

Purpose: "1.2万", "三百六十来", "百余", "约2百" to integers; vague words (余 多 来 近 约) are dropped.
Source: the labelling guide, C.1. Our own grammar: the library for it drops 余, fails on 百余 and takes 0.15 s to import.
Limits: 数百, 几十, 十几 alone, 若干 and ranges such as 三五 or 七八十 are no numbers: None.
"""

from __future__ import annotations

import re

ARABIC = r"\d[\d,]{0,14}(?:\.\d+)?"
DIGITS = {numeral: value for value, numeral in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
UNITS = {"十": 10, "百": 100, "千": 1000}
LARGE = {"亿": 100_000_000, "万": 10_000}
"""The largest first."""
NUMERAL = r"[\d〇零一二两三四五六七八九十百千万亿数几]"
NUMBER = (
    rf"(?:{ARABIC}|[〇零一二两三四五六七八九十百千万]{{1,16}})"
    r"(?:[余多来]?\s?[百千万亿]{1,3}[〇零一二两三四五六七八九十百千\d]{0,12})?(?:[余多来]|(?<=.[十百千零])几|\+)?"
)
"""A number as written, with its vague words."""

MAX_NUMERALS = 12
"""Signs of a number; longer ones are numbers of telephones, accounts and documents, and cannot be written exactly."""
_VAGUE = re.compile(r"[余多来约近超上逾+\s]|(?<=.[十百千零])几$")
_PLAIN = re.compile(r"\d+(?:\.\d+)?")
_SPELT = re.compile(r"[〇零一二三四五六七八九]{3,}|[一二三四五六七八九][〇零]")
_SIGN = re.compile(rf"{_PLAIN.pattern}|\S")


def number(words: str) -> int | None:
    """Read a number of people, copies or days; None if *words* is none, or says that it is not known (数 几 三五)."""
    if words.isdecimal() and len(words) <= MAX_NUMERALS:
        return int(words)
    text = _VAGUE.sub("", words).replace(",", "")
    if not text or len(text) > MAX_NUMERALS:
        return None
    total, rest = 0.0, text
    for sign, worth in LARGE.items():
        head, found, tail = rest.partition(sign)
        if found:
            part = _below(head) if head else 1.0
            if part is None:
                return None
            total += part * worth
            rest = f"{tail}{'千' if len(tail) == 1 and worth == LARGE['万'] else ''}"
    last = _below(rest) if rest else 0.0
    return None if last is None else round(total + last)


def _below(text: str) -> float | None:
    """A number without 万: digits, Chinese numerals (一千二 is 1200, 百 is 100), or both (2百)."""
    if _PLAIN.fullmatch(text):
        return float(text)
    if _SPELT.fullmatch(text):
        return float("".join(str(DIGITS[numeral]) for numeral in text))
    total, digit, unit = 0.0, None, 1
    for piece in _SIGN.findall(text):
        if piece in UNITS:
            unit = UNITS[piece]
            total += (1 if digit is None else digit) * unit
            digit = None
        elif piece in "〇零":
            unit = 1
        elif digit is None and (piece in DIGITS or piece[0].isdigit()):
            digit = float(piece) if piece[0].isdigit() else float(DIGITS[piece])
        else:
            return None
    return total + (digit or 0.0) * max(1, unit // 10)
