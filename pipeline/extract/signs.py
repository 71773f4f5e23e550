"""Signs of Word documents that are no plain text: symbols of Wingdings, tick boxes and lists of forms.

Purpose: a ticked box says as much as a word.
Source: ECMA-376 part 1, sections 17.3.3.30 (sym) and 17.16 (fields); the tables of Wingdings, Wingdings 2 and Symbol.
Limits: the signs that office documents use; others of these fonts are left out.
"""

from __future__ import annotations

import re

from lxml import etree

from pipeline.extract.numbering import W

SYMBOLS = {
    **dict.fromkeys((0xF0FE, 0xF052), "☑"),
    **dict.fromkeys((0xF06F, 0xF0A8, 0xF0A3, 0xF071, 0xF072), "□"),
    **dict.fromkeys((0xF0FC, 0xF050), "✓"),
    **dict.fromkeys((0xF0FD, 0xF053), "☒"),
    **dict.fromkeys((0xF0FB, 0xF04F), "✗"),
    **dict.fromkeys((0xF06C, 0xF09F, 0xF0B7), "•"),
    **dict.fromkeys((0xF06E, 0xF0A7), "▪"),
    **dict.fromkeys((0xF0D8, 0xF0E0, 0xF0F0), "➢"),
    0xF0AB: "★",
    0xF0A5: "◎",
}
"""What forms tick with: the signs of Wingdings, Wingdings 2 and Symbol that stand in the private area of Unicode."""


def symbol(code: str) -> str:
    """Give the sign of a w:sym, "" where its font alone knows it."""
    if not re.fullmatch(r"[0-9A-Fa-f]{1,5}", code):
        return ""
    number = int(code, 16)
    known = SYMBOLS.get(number + 0xF000 if number < 0x100 else number)
    return known or (chr(number) if 0x20 <= number < 0xD800 else "")


def form(node: etree._Element) -> str:
    """Say what a field of a form shows without text of its own: a tick box, the choice of a list; "" for others."""
    data = node.find(f"{W}ffData")
    box = data.find(f"{W}checkBox") if data is not None else None
    choice = data.find(f"{W}ddList") if data is not None else None
    if box is not None:
        state = box.find(f"{W}checked")
        state = box.find(f"{W}default") if state is None else state
        return "☑" if state is not None and state.get(f"{W}val") not in {"0", "false", "off"} else "□"
    if choice is not None:
        entries = [str(entry.get(f"{W}val") or "") for entry in choice.iterchildren(f"{W}listEntry")]
        result = choice.find(f"{W}result")
        place = str(result.get(f"{W}val") or "0") if result is not None else "0"
        return entries[int(place)] if re.fullmatch(r"\d{1,3}", place) and int(place) < len(entries) else ""
    return ""
