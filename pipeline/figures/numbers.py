"""Numbers as Chinese reports write them.

Purpose: "1.2万", "三百六十来", "百余", "２０００余" to integers; vague words (余 多 来 近 约) are dropped.
Source: the labelling guide, C.1. Our own grammar: the library for it drops 余, fails on 百余 and takes 0.15 s to import.
Limits: 数百, 若干 are no numbers: None.
"""

from __future__ import annotations

import re

WIDE = str.maketrans("０１２３４５６７８９．", "0123456789.")
"""Full-width digits to plain ones; keeps every character's place."""
ARABIC = r"\d[\d,]*(?:\.\d+)?"
CHINESE = r"[〇零一二两三四五六七八九十百千]+"
DIGITS = {numeral: value for value, numeral in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
UNITS = {"十": 10, "百": 100, "千": 1000}
NUMBER = rf"(?:{ARABIC}|{CHINESE})[余多来几]?\s*万?(?:{CHINESE})?(?:余|多|来|几)?"
"""A number as written, with its vague words."""

MAX_NUMERALS = 12
"""Signs of a number; longer ones are numbers of telephones, accounts and documents, and cannot be written exactly."""


def plain(text: str) -> str:
    """Return *text* with plain digits and with “1.5月18日” as “1、5月18日”: item one, not the month 1.5; same length."""
    return re.sub(r"(?<![\d.])(\d{1,2})\.(?=\d{1,2}月)", r"\1、", text.translate(WIDE))


def number(words: str) -> int | None:
    """Read a number of people, copies or days; None if *words* is none."""
    text = re.sub(r"[余多来几约近超上\s]", "", words.translate(WIDE)).replace(",", "")
    if len(text) > MAX_NUMERALS:
        return None
    head, ten_thousand, tail = text.partition("万")
    if not ten_thousand:
        plain = _plain(text)
        return None if plain is None else round(plain)
    left, right = _plain(head), _plain(tail) if tail else 0.0
    if left is None or right is None:
        return None
    return round(left * 10_000 + right * (1_000 if len(tail) == 1 else 1))


def _plain(text: str) -> float | None:
    """A number without 万: digits, or Chinese numerals (一千二 is 1200, 百 is 100)."""
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        return float(text)
    if not re.fullmatch(CHINESE, text):
        return None
    if not UNITS.keys() & set(text):
        return float("".join(str(DIGITS[numeral]) for numeral in text))
    total, digit, unit = 0, 0, 1
    for numeral in text:
        if numeral in UNITS:
            unit = UNITS[numeral]
            total += max(digit, 1) * unit
            digit = 0
        else:
            digit = DIGITS[numeral]
            unit = 1 if numeral in "〇零" else unit
    return float(total + digit * max(1, unit // 10 if text[-2:-1] in UNITS else 1))
