"""The tables of a Word 97-2007 file: its styles, fonts and lists.

Purpose: what doc_looks.py lays over each other, and the labels of lists.
Source: [MS-DOC] sections 2.9.271 (STSH), 2.9.286 (SttbfFfn), 2.9.147 (LSTF), 2.9.150 (LVLF), 2.9.131 (LFO); [MS-OSHARED]
section 2.2.1.3 (MSONFC).
Limits: overridden levels of lists are not followed.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.extract.doc_file import DocFile
from pipeline.extract.numbering import Numbering

MAX_STYLES = 4095
"""Styles of one file ([MS-DOC] section 2.9.272)."""
MAX_LISTS = 4095
"""Lists of one file."""

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
class DocStyle:
    """One style: kind = its built-in number (sti), base = the style below it, and what it says of both."""

    kind: int
    base: int
    paragraph: bytes
    character: bytes


def doc_styles(octets: bytes) -> Iterator[DocStyle | None]:
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


def _style(std: bytes, base: int) -> DocStyle:
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
    return DocStyle(
        kind=kind & 0xFFF,
        base=parent >> 4,
        paragraph=said[0][2:] if paragraph else b"",
        character=said[1] if paragraph else said[0],
    )


def doc_fonts(octets: bytes) -> Iterator[str]:
    """Give the names of the fonts in order of their index (section 2.9.286)."""
    place = 4
    while place < len(octets):
        size = octets[place] + 1
        name = octets[place + 40 : place + size]
        yield name[: len(name) // 2 * 2].decode("utf-16-le", "replace").split("\0")[0]
        place += size


def doc_lists(file: DocFile, numbering: Numbering) -> None:
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
