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
REPEATED = 80
"""Characters of a text that is likely to stand in other cells too."""
_ELSEWHERE = "……（全文 {} 字，超出单元格上限，点本格链接看全文：{}）"
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_RUN = re.compile(r"[!-~]+|[^!-~]+")
"""A word of Latin letters, digits and signs, or what stands between two of them."""
_PLAIN = re.compile("[ -~\u2014\u2018\u2019\u201c\u201d\u2026\u3000-\u303e\u4e00-\u9fff\uff01-\uff60]*")
"""ASCII and, of what takes two columns, what nearly all Chinese text is made of: three octets of UTF-8 each."""
_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""First characters that spreadsheet programs may take for a formula."""


def clean(text: str) -> str:
    """Give *text* without control and bidirectional characters or lone surrogates, at most LONGEST characters long.

    Line ends become \\n, tabs a blank; outer white space goes. What is too long ends with a note that says so.
    """
    text = cleaned(text)
    if len(text) <= LONGEST // 2 or units(text) <= LONGEST:
        return text
    note = _CUT.format(len(text))
    return _within(text, LONGEST - units(note)) + note


def cleaned(text: str) -> str:
    """Give *text* as `clean` does, however long it is."""
    if (
        text.isprintable()
    ):  # most is; then it holds nothing of what goes, for all that is neither letter, sign nor blank
        return text.strip()
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return _CONTROL.sub("", text).strip()


def fit(text: str, elsewhere: str) -> tuple[str, str]:
    """Give what a cell shows of *text*, and the whole of it (cleaned) where that is more than a cell can hold, else "".

    Args:
        elsewhere: where the whole text will lie; what is shown then ends with a note that names it.
    """
    whole = cleaned(text)
    if len(whole) <= LONGEST // 2 or units(whole) <= LONGEST:
        return whole, ""
    note = _ELSEWHERE.format(len(whole), elsewhere)
    return _within(whole, LONGEST - units(note)) + note, whole


def _within(text: str, room: int) -> str:
    """The beginning of *text*, as much as *room* takes."""
    shown = text[:room]
    while units(shown) > room:
        shown = shown[: len(shown) - (units(shown) - room + 1) // 2]
    return shown


def units(text: str) -> int:
    """Length as Excel counts: what is beyond the Basic Multilingual Plane counts twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def starts_formula(text: str) -> bool:
    """Whether a spreadsheet program could take *text* for a formula, were it typed in."""
    return text.startswith(_STARTS)


def harmless(text: str) -> str:
    """Give *text* on one line for a CSV field: what looks like a formula gets an apostrophe in front."""
    line = " ".join(clean(text).split())
    return "'" + line if starts_formula(line) else line


class _Widths(dict[str, int]):
    """Characters to their width, found out when first asked for."""

    def __missing__(self, one: str) -> int:
        self[one] = found = 2 if unicodedata.east_asian_width(one) in "WFA" else 1
        return found


_WIDTHS = _Widths()


def width(text: str) -> int:
    """Width of one line in half-width characters: a Chinese character takes two."""
    if text.isascii():
        return len(text)
    # By its octets in UTF-8, three a wide character: most texts, and ten times as fast.
    if _PLAIN.fullmatch(text):
        return (len(text) + len(text.encode())) // 2
    return sum(map(_WIDTHS.__getitem__, text))


def lines(text: str, room: float) -> int:
    """How many lines *text* takes in a column *room* half-width characters wide; at least one.

    Words of Latin letters and digits stay whole where they can, as they do on screen and paper.
    """
    usable = max(2, int(room))
    return sum([_wrapped(line, usable) for line in text.split("\n")])


def brief(room: float) -> int:
    """Characters that certainly stand on one line in a column of that *room*, where there is no line end."""
    return max(2, int(room)) // 2


def _wrapped(line: str, usable: int) -> int:
    if 2 * len(line) <= usable or (len(line) <= usable and width(line) <= usable):
        return 1
    plain = _PLAIN.fullmatch(line)
    count, used = 1, 0
    for run in _RUN.findall(line):
        need = (len(run) + len(run.encode())) // 2 if plain else width(run)
        if used + need <= usable:
            used += need
        elif run.isascii() and run != " ":
            count += (need - 1) // usable + bool(used)
            used = need if need <= usable else need % usable
        else:
            begun, used = _text(run, need, used, usable)
            count += begun
    return count


def _text(run: str, need: int, used: int, usable: int) -> tuple[int, int]:
    """Set characters that may part anywhere and do not fit after *used* half-width characters.

    Args:
        need: their width.

    Returns:
        how many lines were begun, and how much of the last is used.
    """
    if need == 2 * len(run):  # by far the most of what there is, so it is not gone through one by one
        here, each = max(0, usable - used) // 2, usable // 2
        begun, last = divmod(len(run) - here - 1, each)
        return begun + 1, 2 * (last + 1)
    begun = 0
    for one in run:
        step = _WIDTHS[one]
        if used + step > usable:
            begun, used = begun + 1, 0
        used += step
    return begun, used
