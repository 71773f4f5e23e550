"""Numbers as Chinese reports write them.

Purpose: "1.2万", "三百六十来", "百余", "２０００余" to integers; vague words (余 多 来 近 约) are dropped.
Source: the labelling guide, C.1. Our own grammar: cn2an drops 余 and fails on 百余; it reads the plain numerals inside.
Limits: 数百, 若干 are no numbers: None.
"""

from __future__ import annotations

import re

import cn2an

WIDE = str.maketrans("０１２３４５６７８９．", "0123456789.")
"""Full-width digits to plain ones; keeps every character's place."""
ARABIC = r"\d[\d,]*(?:\.\d+)?"
CHINESE = r"[〇零一二两三四五六七八九十百千]+"
NUMBER = rf"(?:{ARABIC}|{CHINESE})[余多来几]?\s*万?(?:{CHINESE})?(?:余|多|来|几)?"
"""A number as written, with its vague words."""


def plain(text: str) -> str:
    """Return *text* with plain digits and with “1.5月18日” as “1、5月18日”: item one, not the month 1.5; same length."""
    return re.sub(r"(?<![\d.])(\d{1,2})\.(?=\d{1,2}月)", r"\1、", text.translate(WIDE))


def number(words: str) -> int | None:
    """Read a number of people, copies or days; None if *words* is none."""
    text = re.sub(r"[余多来几约近超上\s]", "", words.translate(WIDE)).replace(",", "")
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
    text = (
        text.replace("两", "二").replace("零", "〇")
        if not re.search("[十百千]", text)
        else text.replace("两", "二")
    )
    text = re.sub(r"^(?=[百千])|(?<=[百千〇零])(?=十)", "一", text)
    try:
        return float(cn2an.cn2an(text, "smart"))
    except ValueError:
        return None
