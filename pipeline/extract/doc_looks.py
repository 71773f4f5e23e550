"""What a Word 97-2007 file says about its text: styles, fonts, lists, and the properties of runs and rows.

Purpose: the same look that styles.py and numbering.py give of a docx.
Source: [MS-DOC] sections 2.2.5 and 2.6 (Sprm), 2.9.271 (STSH), 2.9.286 (SttbfFfn), 2.9.147 (LSTF), 2.9.150 (LVLF),
2.9.131 (LFO); [MS-OSHARED] section 2.2.1.3 (MSONFC).
Limits: table styles, revision of properties and overridden levels of lists are not followed.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.extract.doc_file import DocFile
from pipeline.extract.numbering import Numbering
from pipeline.extract.styles import MAX_ANCESTORS, Look

MAX_STYLES = 4095
"""Styles of one file ([MS-DOC] section 2.9.272)."""
MAX_LISTS = 4095
"""Lists of one file."""

_SIZES = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}
"""Octets of a property's operand by its spra; 6 = the operand says it."""
_DEFINE_TABLE = 0xD608
_HUGE = {0x6645, 0x6646}
"""What is said of the paragraph is too long for its page and stands in the stream `Data`."""
_ALIGN = {0: "left", 1: "center", 2: "right", 3: "both", 4: "distribute", 5: "both"}
_RED = 6
_CAPTION, _TITLE = 34, 62
"""Built-in styles (sti); 1..9 are the headings."""
_FORMS = {
    0: "decimal",
    1: "upperRoman",
    2: "lowerRoman",
    3: "upperLetter",
    4: "lowerLetter",
    14: "decimalFullWidth",
    18: "decimalEnclosedCircle",
    19: "decimalFullWidth2",
    23: "bullet",
    28: "decimalEnclosedCircleChinese",
    34: "ideographLegalTraditional",
    38: "chineseLegalSimplified",
    **dict.fromkeys((10, 11, 33, 35, 36, 37, 39), "chineseCounting"),
    255: "none",
}


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
        self.fonts = tuple(_fonts(file.pair(15)))
        self._styles = tuple(_styles(file.pair(1)))
        self._looks: dict[int, Look] = {}
        self.numbering = Numbering(root=None)
        _lists(file, self.numbering)

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

    def _own(self, style: _Style) -> Look:
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


# ---------------------------------------------------------------- the tables of the file


@dataclass(frozen=True, kw_only=True)
class _Style:
    kind: int
    base: int
    paragraph: bytes
    character: bytes


def _styles(octets: bytes) -> Iterator[_Style | None]:
    """Give the styles in order of their index, None where there is none (section 2.9.271)."""
    if len(octets) < 6:
        return
    size, count, base = struct.unpack_from("<HHH", octets)
    place = 2 + size
    for _ in range(min(count, MAX_STYLES)):
        length = int.from_bytes(octets[place : place + 2], "little")
        std = octets[place + 2 : place + 2 + length]
        place += 2 + length
        yield _style(std, base) if len(std) >= base + 2 >= 12 else None


def _style(std: bytes, base: int) -> _Style:
    kind, parent, upxs = struct.unpack_from("<HHH", std)
    place = base + 2 + 2 * int.from_bytes(std[base : base + 2], "little") + 2
    found: list[bytes] = []
    for _ in range(min(upxs & 15, 3)):
        place += place % 2
        size = int.from_bytes(std[place : place + 2], "little")
        found.append(std[place + 2 : place + 2 + size])
        place += 2 + size
    paragraph = parent & 15 == 1
    said = [*found, b"", b""]
    return _Style(
        kind=kind & 0xFFF,
        base=parent >> 4,
        paragraph=said[0][2:] if paragraph else b"",
        character=said[1] if paragraph else said[0],
    )


def _fonts(octets: bytes) -> Iterator[str]:
    place = 4
    while place < len(octets):
        size = octets[place] + 1
        name = octets[place + 40 : place + size]
        yield name[: len(name) // 2 * 2].decode("utf-16-le", "replace").split("\0")[0]
        place += size


def _lists(file: DocFile, numbering: Numbering) -> None:
    """Read the levels of each list, then which list each number of the text means."""
    lists = file.pair(73)
    count = min(int.from_bytes(lists[:2], "little"), MAX_LISTS)
    place = sum(file.where(73))
    levels: dict[int, list[tuple[str, str, int]]] = {}
    for number in range(count):
        head = lists[2 + number * 28 : 30 + number * 28]
        if len(head) < 28:
            return
        found = levels.setdefault(int.from_bytes(head[:4], "little"), [])
        for _ in range(1 if head[26] & 1 else 9):
            level, place = _level(file.table, place)
            found.append(level)
    overrides = file.pair(74)
    for number in range(min(int.from_bytes(overrides[:4], "little"), MAX_LISTS)):
        identity = int.from_bytes(overrides[4 + number * 16 : 8 + number * 16], "little")
        for depth, (form, words, start) in enumerate(levels.get(identity, ())):
            numbering.define(str(number + 1), str(identity), depth, form=form, words=words, start=start)


def _level(table: bytes, place: int) -> tuple[tuple[str, str, int], int]:
    """Give (form, words, start) of one level as numbering.py has them, and the place after it."""
    head = table[place : place + 28].ljust(28, b"\0")
    start = int.from_bytes(head[:4], "little")
    place += 28 + head[24] + head[25]
    length = int.from_bytes(table[place : place + 2], "little")
    words = table[place + 2 : place + 2 + 2 * length].decode("utf-16-le", "replace")
    shown = "".join(f"%{ord(sign) + 1}" if ord(sign) < 9 else sign for sign in words)
    return (_FORMS.get(head[4], "decimal"), shown, start), place + 2 + 2 * length
