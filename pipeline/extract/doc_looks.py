"""What a Word 97-2007 file says about its text: styles, fonts, lists, and the properties of runs and rows.

Purpose: the same look that styles.py and numbering.py give of a docx.
Source: [MS-DOC] sections 2.2.5 and 2.6 (Sprm), 2.6.1 (toggles).
Limits: table styles and revisions of properties are not followed.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.extract.doc_file import DocFile
from pipeline.extract.doc_tables import DocStyle, doc_fonts, doc_lists, doc_styles
from pipeline.extract.numbering import Numbering
from pipeline.extract.styles import MAX_ANCESTORS, Look

_SIZES = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}
"""Octets of a property's operand by its spra; 6 = the operand says it."""
_DEFINE_TABLE = 0xD608
_HUGE = {0x6645, 0x6646}
"""What is said of the paragraph is too long for its page and stands in the stream `Data`."""
_ALIGN = {0: "left", 1: "center", 2: "right", 3: "both", 4: "distribute", 5: "both"}
_RED = 6
_CAPTION, _TITLE = 34, 62
"""Built-in styles (sti); 1..9 are the headings."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a paragraph stands: in a table, at the end of a row, and its left indent in twips."""

    in_table: bool = False
    row_end: bool = False
    indent: int = 0
    edges: tuple[int, ...] = ()


class Looks:
    """Styles, fonts and lists of one file."""

    def __init__(self, file: DocFile) -> None:
        self._file = file
        self.fonts = tuple(doc_fonts(file.pair(15)))
        self._styles = tuple(doc_styles(file.pair(1)))
        self._looks: dict[int, Look] = {}
        self.numbering = Numbering(root=None)
        doc_lists(file, self.numbering)

    def style(self, index: int) -> Look:
        """Give the look of one style with that of its ancestors."""
        if index not in self._looks:
            look, at = Look(), index
            for _ in range(MAX_ANCESTORS):
                style = self._styles[at] if at < len(self._styles) else None
                if style is None:
                    break
                look = look.over(self._own(style))
                at = style.base
            self._looks[index] = look
        return self._looks[index]

    def paragraph(self, index: int, said: bytes) -> tuple[Look, Place]:
        """Give look and place of a paragraph of style *index* of which *said* is said."""
        for sprm, operand in properties(said):
            if sprm in _HUGE:
                start = int.from_bytes(operand, "little")
                size = int.from_bytes(self._file.data[start : start + 2], "little")
                said += self._file.data[start + 2 : start + 2 + size]
                break
        return self._of_paragraph(said, self.style(index)), _place(said)

    def character(self, said: bytes, below: Look) -> tuple[Look, str | None]:
        """Give the look of characters over the paragraph's, and the sign they are if they are a symbol.

        None stands for deleted text, "" for text as it stands.
        """
        return self._of_character(said, below)

    def _own(self, style: DocStyle) -> Look:
        look = self._of_paragraph(style.paragraph, Look())
        look, _ = self._of_character(style.character, look)
        if 1 <= style.kind <= 9:
            look = replace(look, outline=style.kind)
        elif style.kind == _TITLE:
            look = replace(look, outline=0)
        elif style.kind == _CAPTION:
            look = replace(look, caption=True)
        return look

    def _of_paragraph(self, said: bytes, look: Look) -> Look:
        for sprm, operand in properties(said):
            value = int.from_bytes(operand[:2], "little")
            if sprm in {0x2403, 0x2461}:
                look = replace(look, align=_ALIGN.get(value))
            elif sprm == 0x2640:
                look = replace(look, outline=value + 1 if value <= 8 else None)
            elif sprm == 0x260A:
                look = replace(look, level=min(value, 8))
            elif sprm == 0x460B:
                look = replace(look, number=str(value) if value < 0xF801 else "0")
        return look

    def _of_character(self, said: bytes, look: Look) -> tuple[Look, str | None]:
        sign: str | None = ""
        for sprm, operand in properties(said):
            value = int.from_bytes(operand[:2], "little")
            if sprm == 0x0835:
                look = replace(look, bold=_switched(value, look.bold))
            elif sprm == 0x083C:
                look = replace(look, hidden=_switched(value, look.hidden))
            elif sprm == 0x4A43:
                look = replace(look, size=value / 2)
            elif sprm == 0x4A50:
                look = replace(look, face=self.fonts[value] if value < len(self.fonts) else None)
            elif sprm == 0x2A42:
                look = replace(look, colour="FF0000" if value == _RED else "000000")
            elif sprm == 0x6870:
                look = replace(look, colour=operand[:3].hex() if operand[3:4] == b"\0" else "000000")
            elif sprm == 0x0800 and value:
                return look, None
            elif sprm == 0x6A09:
                sign = operand[2:4].hex()
        return look, sign


def _place(said: bytes) -> Place:
    place = Place()
    for sprm, operand in properties(said):
        value = int.from_bytes(operand[:2], "little")
        if sprm in {0x840F, 0x845E}:
            place = replace(place, indent=value if value < 0x8000 else 0)
        elif sprm in {0x2416, 0x6649}:
            place = replace(place, in_table=value > 0)
        elif sprm == 0x2417:
            place = replace(place, row_end=value > 0)
        elif sprm == _DEFINE_TABLE:
            place = replace(place, edges=_edges(operand))
    return place


def properties(said: bytes) -> Iterator[tuple[int, bytes]]:
    """Give (sprm, operand) of a grpprl in order (section 2.2.5.1)."""
    place = 0
    while place + 3 <= len(said):
        sprm = int.from_bytes(said[place : place + 2], "little")
        place += 2
        size = _SIZES.get(sprm >> 13, 0)
        if sprm == _DEFINE_TABLE:
            size = int.from_bytes(said[place : place + 2], "little") - 1
            place += 2
        elif sprm >> 13 == 6:
            size = said[place]
            place += 1
        yield sprm, said[place : place + max(0, size)]
        place += max(0, size)


def _switched(value: int, below: bool | None) -> bool | None:
    """Read a toggle (section 2.6.1): on, off, as the style says, or the opposite of it."""
    if value == 0x80:
        return below
    return not below if value == 0x81 else bool(value)


def _edges(operand: bytes) -> tuple[int, ...]:
    """Give the edges of a row's cells in twips, from the left."""
    count = operand[0] if operand else 0
    if count > 63 or len(operand) < 1 + 2 * (count + 1):
        return ()
    return struct.unpack_from(f"<{count + 1}h", operand, 1)
