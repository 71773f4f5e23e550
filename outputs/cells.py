"""Text that is safe to stand in a cell, and how much room it takes.

Purpose: nothing from a mail becomes a formula, breaks a row, hides behind control characters, or is cut unseen.
Source: limits of Excel 2007 and later (32,767 characters a cell); Unicode TR 36 section 2.10 on bidirectional controls.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 32_767
"""Characters in one cell: what Excel and WPS take."""
_CUT = "……（原文 {} 字，超出单元格上限，此处从略，全文见原件）"
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_WORD = re.compile(r"[!-~]+|.")
_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""First characters that spreadsheet programs may take for a formula."""


def clean(text: str) -> str:
    """Give *text* without control and bidirectional characters or lone surrogates, at most LONGEST characters long.

    Line ends become \\n, tabs a blank; outer white space goes. What is too long ends with a note that says so.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    text = _CONTROL.sub("", text).strip()
    if len(text) <= LONGEST:
        return text
    note = _CUT.format(len(text))
    return text[: LONGEST - len(note)] + note


def starts_formula(text: str) -> bool:
    """Whether a spreadsheet program could take *text* for a formula, were it typed in."""
    return text.startswith(_STARTS)


def harmless(text: str) -> str:
    """Give *text* on one line for a CSV field: what looks like a formula gets an apostrophe in front."""
    line = " ".join(clean(text).split())
    return "'" + line if starts_formula(line) else line


def width(text: str) -> int:
    """Width of one line in half-width characters: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(one) in "WFA" else 1 for one in text)


def lines(text: str, room: float) -> int:
    """How many lines *text* takes in a column *room* half-width characters wide; at least one.

    Words of Latin letters and digits stay whole where they can, as they do on screen and paper.
    """
    usable = max(2, int(room))
    return sum(_wrapped(line, usable) for line in text.split("\n"))


def _wrapped(line: str, usable: int) -> int:
    if width(line) <= usable:
        return 1
    count, used = 1, 0
    for word in _WORD.findall(line):
        need = width(word)
        if used + need > usable and used:
            count, used = count + 1, 0
        count += (need - 1) // usable
        used = used + need if need <= usable else need % usable
    return count
