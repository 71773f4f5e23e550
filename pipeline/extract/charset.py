"""Which characters the octets of a text are, Chinese charsets first.

Purpose: `decode()` for bodies, text files, HTML and CSV; `looks_like_text()` for sniffing.
Source: GB/T 18030, Big5, RFC 2781, RFC 3629; frequent characters are GB 2312 level 1 and Big5 level 1.
Limits: a declared charset wins only where its text is no worse than the best guess (labels lie: gb2312 holds GB 18030,
octets of 图 in GBK are valid UTF-8). Judges the first 64 KB.
"""

from __future__ import annotations

import codecs
import functools
import re
from collections.abc import Iterator

SAMPLE = 64 * 1024
"""Octets that are judged; the whole text is decoded."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "hz": "hz",
    "ascii": "utf-8",
    "iso8859-1": "cp1252",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
    "cp936": "gb18030",
}
"""What a declared charset really has to be read as: the superset that senders use under its name."""
_UNKNOWN = {
    "x-gbk": "gb18030",
    "gb-18030": "gb18030",
    "gb_2312-80": "gb18030",
    "cp-936": "gb18030",
    "chinese": "gb18030",
}
_DECISIVE = 0.1
"""How much better (share of plausible characters) another charset must be to beat the declared one."""
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffd]")


def decode(octets: bytes, declared: str = "") -> tuple[str, str]:
    """Decode the text *octets*.

    Args:
        declared: charset the sender names, "" if none; unknown names count as none.

    Returns:
        (text, charset read as); octets that fit nowhere become U+FFFD. Line ends are "\\n".
    """
    charset = _charset(octets, declared)
    text = octets.decode(charset, "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff"), charset


def looks_like_text(octets: bytes) -> bool:
    """Say whether *octets* read as text in some charset: hardly a control character, mostly plausible characters."""
    sample = octets[:SAMPLE]
    charset = _charset(sample, "")
    text = sample.decode(charset, "replace")
    if not text:
        return False
    return len(_CONTROLS.findall(text)) <= len(text) // 200 + 1 and plausible(text) >= 0.7


def plausible(text: str) -> float:
    """Say what share (0..1) of the characters is what Chinese office texts are written with."""
    if not text:
        return 1.0
    known = _frequent()
    return sum(character in known for character in text) / len(text)


def _charset(octets: bytes, declared: str) -> str:
    for mark, charset in _MARKS:
        if octets.startswith(mark):
            return charset
    sample = octets[:SAMPLE]
    wide = _without_mark(sample)
    if wide:
        return wide
    named = _known(declared)
    scores = {charset: _score(sample, charset) for charset in _candidates(named)}
    best = max(scores, key=lambda charset: scores[charset])
    if named and scores[named] > scores[best] - _DECISIVE:
        return named
    return best


def _candidates(named: str) -> Iterator[str]:
    if named:
        yield named
    yield from ("utf-8", "gb18030", "big5hkscs", "cp1252")


def _known(declared: str) -> str:
    """Give the codec for a declared charset, widened; "" where Python has none."""
    name = declared.strip().strip("'\"").lower()
    try:
        codec = codecs.lookup(_UNKNOWN.get(name, name)).name
        b"".decode(codec)
    except (LookupError, ValueError):
        return ""
    return _WIDER.get(codec, codec)


def _score(sample: bytes, charset: str) -> float:
    """Plausible share, a little less for guesses of last resort, none for what does not decode."""
    try:
        text = sample.decode(charset, "replace")
    except (LookupError, ValueError):
        return -1.0
    # A character cut off by the end of the sample is no fault.
    faults = text[:-1].count("\ufffd")
    handicap = 0.2 if charset == "cp1252" else 0.02 if charset == "big5hkscs" else 0.0
    return plausible(text) - 4 * faults / max(1, len(text)) - handicap


def _without_mark(sample: bytes) -> str:
    """Recognise UTF-16 without a byte order mark by its zeros (ASCII signs and line ends stand in every text)."""
    zeros = sample.count(0)
    if zeros < 2 or zeros < len(sample) // 50:
        return ""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if min(even, odd) > zeros // 10:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


@functools.cache
def _frequent() -> frozenset[str]:
    """Characters that Chinese office texts are made of: level 1 hanzi of both sets, signs, ASCII, full-width forms."""
    found: set[str] = set()
    for leads, trails, charset in (
        (range(0xA1, 0xA4), range(0xA1, 0xFF), "gb2312"),
        (range(0xB0, 0xD8), range(0xA1, 0xFF), "gb2312"),
        (range(0xA4, 0xC7), range(0x40, 0xFF), "big5"),
    ):
        for lead in leads:
            for trail in trails:
                found.update(bytes((lead, trail)).decode(charset, "ignore"))
    found.update(map(chr, range(0x20, 0x7F)))
    found.update("\t\n\r\u00a0·—…“”‘’〔〕【】\u3000")
    return frozenset(found)
