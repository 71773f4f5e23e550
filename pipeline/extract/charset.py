"""The text of a file's octets, and whether octets are text at all.

Purpose: `decode()` for bodies, text files, HTML and CSV; `looks_like_text()` for sniffing; `plausible()` for what
converters hand back.
Source: charsets.py decides between UTF-8, GB 18030 and Big5; RFC 2781 (UTF-16 and its byte order mark), RFC 1843 (HZ).
Limits: UTF-16 without a mark is known by the zeros of its ASCII signs, or by four characters of Chinese; the first 64 KB
are judged.
"""

from __future__ import annotations

import codecs
import functools
import re

from pipeline import charsets

SAMPLE = 64 * 1024
"""Octets that are judged; the whole text is decoded."""
TEXT = 0.7
"""Share of plausible characters from which octets are text."""
GARBLED = 0.6
"""Share of plausible characters below which a text of hanzi is garbage."""

CHINESE = 0.75
"""Share of plausible characters from which octets without a mark are UTF-16; GB 18030 read so gives hardly any."""
MARGIN = 0.25
"""By how much UTF-16 must be more plausible than any other charset."""

_HZ = re.compile(rb"~\{(?:[!-}][!-~])+~\}")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffd]")
_BEYOND = re.compile("[\U00010000-\U0010ffff]")
"""Emoji and rare hanzi; octets that are no text seldom make one."""


def decode(octets: bytes, declared: str = "") -> str:
    """Decode the text *octets*.

    Args:
        declared: charset the sender names, "" if none; it gives way where it plainly lies.

    Returns:
        the text with "\\n" as line end, without byte order mark; octets that fit nowhere become U+FFFD.
    """
    wide = _wide(octets) or ("hz" if octets.isascii() and _HZ.search(octets) else "")
    text = octets.decode(wide, "replace") if wide else charsets.decode(octets, declared)
    return text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")


def looks_like_text(octets: bytes, *, stated: bool = False) -> bool:
    """Say whether *octets* read as text in some charset: hardly a control character, mostly plausible characters.

    Args:
        stated: name or mail say that it is text; then it may be damaged, padded with NULs, and full of emoji.
    """
    text = decode(octets[:SAMPLE])
    if stated:
        text = text.replace("\x00", "")
    if not text:
        return False
    text = _BEYOND.sub("", text) if stated else text
    most = len(text) // (10 if stated else 200) + 1
    return len(_CONTROLS.findall(text)) <= most and plausible(text) >= TEXT


def plausible(text: str) -> float:
    """Say what share (0..1) of the characters is what Chinese office texts are written with."""
    known = _frequent()
    return sum(character in known for character in text) / len(text) if text else 1.0


def garbled(text: str) -> bool:
    """Say whether *text* is what misread octets look like: mostly hanzi, of which many are never used."""
    hanzi = sum("\u3400" <= character <= "\u9fff" for character in text)
    return 2 * hanzi > len(text) and plausible(text) < GARBLED


def _wide(octets: bytes) -> str:
    """Recognise Unicode by its byte order mark, and UTF-16 without one by its zeros; "" for all else."""
    for mark, name in _MARKS:
        if octets.startswith(mark):
            return name
    sample = octets[: min(SAMPLE, len(octets)) // 2 * 2]
    zeros = sample.count(0)
    shares = {name: plausible(sample.decode(name, "replace")) for name in ("utf-16-le", "utf-16-be")}
    best = max(shares, key=lambda name: shares[name])
    # only UTF-16 has a zero beside each ASCII sign; 一 has one on the other side
    if zeros >= 2 and zeros >= len(sample) // 50 and shares[best] >= max(0.5, 2 * min(shares.values())):
        return best
    if len(sample) < 8 or sample.isascii() or shares[best] < CHINESE:
        return ""
    tried = charsets.trial(sample)
    other = plausible(sample.decode(tried, "replace")) if tried != "cp1252" else 0.0
    return best if shares[best] > other + MARGIN else ""


@functools.cache
def _frequent() -> frozenset[str]:
    """Level 1 hanzi of GB 2312 and of Big5, signs, full-width forms, ASCII, white space."""
    found = set(map(chr, range(0x20, 0x7F))) | set("\t\n\r\u00a0·—…“”‘’〔〕【】\u3000")
    for leads, trails, name in (
        (range(0xA1, 0xA4), range(0xA1, 0xFF), "gb2312"),
        (range(0xB0, 0xD8), range(0xA1, 0xFF), "gb2312"),
        (range(0xA4, 0xC7), range(0x40, 0xFF), "big5"),
    ):
        pairs = (bytes((lead, trail)) for lead in leads for trail in trails)
        found.update(*(pair.decode(name, "ignore") for pair in pairs))
    return frozenset(found)
