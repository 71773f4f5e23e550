"""The inside of a Word 97-2007 file (.doc, .wps of WPS Writer): its characters in order, and what is said of them.

Purpose: text and properties by character position (cp), however often the file was fast-saved.
Source: [MS-DOC] sections 2.4.1 (retrieving text), 2.5 (Fib), 2.8 (PLCs), 2.9.38 (Clx), 2.9.177 (Pcd), 2.9.33, 2.9.174
(formatted disk pages).
Limits: Word 6 and 95 have other structures and are not read; modifications of whole pieces (Prm) are not followed;
positions outside the streams end what is read, never the program.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.extract.package import DamagedError
from pipeline.ole import Compound

MAX_CHARACTERS = 20_000_000
"""Characters of one file; a report of 1,000 pages has one million."""
MAX_PIECES = 200_000
"""Pieces of one file; fast saving leaves some hundred."""

WORD_97 = 0x00C1
"""The oldest nFib that is read."""
_IDENT = 0xA5EC
_OTHER_TABLE = 0x0200
_PAIRS = 154
"""Where FibRgFcLcb97 begins: pairs of position and size in the table stream."""
_COUNTS = 76
"""Where FibRgLw97 counts the characters of the parts of the text."""
_COMPRESSED = 0x40000000
_PAGE = 512


class Piece(NamedTuple):
    """Characters [start, end) stand at octet *place* of the main stream, *width* octets each."""

    start: int
    end: int
    place: int
    width: int


class Run(NamedTuple):
    """Octets [start, end) of the main stream have the properties *said*; style: index, of paragraphs alone."""

    start: int
    end: int
    style: int
    said: bytes


class DocFile:
    """One file opened. text: all characters. counts: of main text, footnotes, headers, macros, comments, endnotes,
    text boxes, text boxes of headers, in this order of their place.
    """

    def __init__(self, data: bytes) -> None:
        """Open the file.

        Raises:
            DamagedError: it is no Word file of 1997 or later, or its text cannot be found.
        """
        compound = Compound(data)
        self._main = compound.octets("WordDocument")
        if len(self._main) < _PAIRS or _number(self._main, 0, 2) != _IDENT:
            raise DamagedError("不是 Word 文档，或已损坏")
        if _number(self._main, 2, 2) < WORD_97:
            raise DamagedError("Word 95 或更早的文档")
        other = _number(self._main, 10, 2) & _OTHER_TABLE
        self.data = compound.octets("Data")
        self.table = compound.octets("1Table" if other else "0Table")
        self.counts = struct.unpack_from("<8I", self._main, _COUNTS)
        self.pieces = tuple(self._pieces())
        self.text = "".join(self._words(piece) for piece in self.pieces)
        if not self.text:
            raise DamagedError("Word 文档里找不到文字，可能已损坏")
        self.paragraphs = sorted(self._runs(13, paragraphs=True))
        self.characters = sorted(self._runs(12, paragraphs=False))

    def pair(self, index: int) -> bytes:
        """Give what pair *index* of the Fib points to in the table stream."""
        place, size = self.where(index)
        return self.table[place : place + size]

    def where(self, index: int) -> tuple[int, int]:
        """Give place and size that pair *index* names."""
        return _number(self._main, _PAIRS + index * 8, 4), _number(self._main, _PAIRS + index * 8 + 4, 4)

    def plc(self, index: int, size: int) -> tuple[list[int], list[bytes]]:
        """Take a PLC apart (section 2.2.2): n + 1 positions, n records of *size* octets."""
        octets = self.pair(index)
        count = max(0, (len(octets) - 4) // (4 + size))
        positions = list(struct.unpack_from(f"<{count + 1}I", octets)) if len(octets) >= 4 else []
        start = (count + 1) * 4
        return positions, [octets[start + size * n : start + size * (n + 1)] for n in range(count)]

    def paragraph_run(self, cp: int) -> Run | None:
        """Give what is said of the paragraph whose mark is character *cp*."""
        piece = self._piece(cp)
        if piece is None:
            return None
        return _at(self.paragraphs, piece.place + (cp - piece.start) * piece.width)

    def character_runs(self, start: int, end: int) -> Iterator[tuple[str, bytes]]:
        """Give the characters [start, end) in stretches of which the same is said."""
        while start < end:
            piece = self._piece(start)
            if piece is None:
                return
            octet = piece.place + (start - piece.start) * piece.width
            run = _at(self.characters, octet)
            stop = min(end, piece.end)
            if run is not None:
                stop = min(stop, start + max(1, (run.end - octet) // piece.width))
            yield self.text[start:stop], run.said if run is not None else b""
            start = stop

    def _piece(self, cp: int) -> Piece | None:
        number = bisect_right(self._starts, cp) - 1
        piece = self.pieces[number] if 0 <= number < len(self.pieces) else None
        return piece if piece is not None and piece.start <= cp < piece.end else None

    def _pieces(self) -> Iterator[Piece]:
        """Give the pieces in order; each follows the one before without a gap."""
        octets = self.pair(33)
        place = 0
        while place + 3 <= len(octets) and octets[place] == 1:  # properties of pieces
            place += 3 + _number(octets, place + 1, 2)
        if octets[place : place + 1] != b"\x02":
            raise DamagedError("Word 文档里找不到文字，可能已损坏")
        octets = octets[place + 5 : place + 5 + _number(octets, place + 1, 4)]
        count = min(MAX_PIECES, max(0, (len(octets) - 4) // 12))
        positions = struct.unpack_from(f"<{count + 1}I", octets) if len(octets) >= 4 else ()
        self._starts: list[int] = []
        at = 0
        for number in range(count):
            length = positions[number + 1] - positions[number]
            where = _number(octets, (count + 1) * 4 + number * 8 + 2, 4)
            width = 1 if where & _COMPRESSED else 2
            octet = (where & ~_COMPRESSED) // (2 if width == 1 else 1)
            length = min(length, (len(self._main) - octet) // width, MAX_CHARACTERS - at)
            if length > 0:
                self._starts.append(at)
                yield Piece(at, at + length, octet, width)
                at += length

    def _words(self, piece: Piece) -> str:
        octets = self._main[piece.place : piece.place + (piece.end - piece.start) * piece.width]
        if piece.width == 1:
            return octets.decode("cp1252", "replace")
        # One character a unit, so that positions stay; pairs of surrogates are joined where text goes out.
        return "".join(map(chr, struct.unpack(f"<{len(octets) // 2}H", octets)))

    def _runs(self, index: int, *, paragraphs: bool) -> Iterator[Run]:
        """Give the runs of all formatted disk pages that pair *index* lists."""
        _, pages = self.plc(index, 4)
        for record in dict.fromkeys(pages):
            start = (_number(record, 0, 4) & 0x3FFFFF) * _PAGE
            page = self._main[start : start + _PAGE]
            if len(page) == _PAGE:
                yield from _of_page(page, paragraphs=paragraphs)


def _of_page(page: bytes, *, paragraphs: bool) -> Iterator[Run]:
    count = page[-1]
    step = 13 if paragraphs else 1
    if (count + 1) * 4 + count * step >= _PAGE:
        return
    positions = struct.unpack_from(f"<{count + 1}I", page)
    for number in range(count):
        offset = page[(count + 1) * 4 + number * step] * 2
        style, said = 0, b""
        if offset and paragraphs:
            half = page[offset]
            start, size = (offset + 1, 2 * half - 1) if half else (offset + 2, 2 * page[offset + 1])
            body = page[start : start + max(0, size)]
            style, said = _number(body, 0, 2), body[2:]
        elif offset:
            said = page[offset + 1 : offset + 1 + page[offset]]
        yield Run(positions[number], positions[number + 1], style, said)


def _at(runs: list[Run], octet: int) -> Run | None:
    number = bisect_right(runs, octet, key=lambda run: run.start) - 1
    return runs[number] if number >= 0 and runs[number].start <= octet < runs[number].end else None


def _number(octets: bytes, place: int, size: int) -> int:
    """Read an unsigned number of *size* octets, 0 beyond the end."""
    return int.from_bytes(octets[place : place + size], "little")
