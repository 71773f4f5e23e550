"""The frame of a CMS message: tags and lengths of ASN.1, and the octets of an OCTET STRING in pieces.

Purpose: `children()` and `octet_string()`, for smime.py.
Source: X.690 sections 8.1 (tag, length, indefinite form), 8.7 (constructed strings).
Limits: own code, since the library at hand needs 13 s for 8 MB in pieces of one line each, as some programs send it: its time
    grows with the square of their number. At most MAX_ELEMENTS; a cut element ends where the octets end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

MAX_ELEMENTS = 1_500_000
"""Elements looked at in one message: 50 MB in lines of 76 octets are looked at twice."""

_CONSTRUCTED, _LONG_TAG = 0x20, 0x1F
OCTETS = 0x04


class FrameError(ValueError):
    """The octets are no ASN.1, or too many elements."""


@dataclass(frozen=True, kw_only=True)
class Element:
    """One element: its tag octet, and where it and its content stand. whole: nothing of it was cut off."""

    tag: int
    begin: int
    start: int
    end: int
    whole: bool = True


class Frame:
    """The elements of *data*, counted."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.left = MAX_ELEMENTS

    def element(self, place: int, limit: int) -> Element:
        """Read the element at *place*, which ends at *limit* at the latest.

        Raises:
            FrameError: there is none, or too many were read.
        """
        tag, start, length = self._head(place, limit)
        if length is None:
            end, whole = self._open_end(start, limit)
            return Element(tag=tag, begin=place, start=start, end=end, whole=whole)
        return Element(
            tag=tag, begin=place, start=start, end=min(start + length, limit), whole=start + length <= limit
        )

    def children(self, parent: Element) -> Iterator[tuple[Element, int]]:
        """Give the elements inside *parent*, each with where the next one begins."""
        place = parent.start
        while place < parent.end and self.data[place : place + 2] != b"\x00\x00":
            child = self.element(place, parent.end)
            place = self._after(child)
            yield child, place

    def octet_string(self, element: Element) -> bytes:
        """Join the octets of an OCTET STRING, whole or in pieces."""
        if not element.tag & _CONSTRUCTED:
            return self.data[element.start : element.end]
        pieces: list[bytes] = []
        place = element.start
        while place < element.end:
            try:
                tag, start, length = self._head(place, element.end)
            except FrameError:  # cut off inside a piece's head
                break
            if tag == OCTETS and length is not None:
                place = min(start + length, element.end)
                pieces.append(self.data[start:place])
            else:  # a piece in pieces, or the end of one
                place = start
        return b"".join(pieces)

    def _head(self, place: int, limit: int) -> tuple[int, int, int | None]:
        """(tag, where the content starts, its length or None for the indefinite form)."""
        self.left -= 1
        if self.left < 0 or place + 2 > limit:
            raise FrameError("ASN.1")
        data = self.data
        tag, first = data[place], data[place + 1]
        place += 2
        if tag & _LONG_TAG == _LONG_TAG:
            raise FrameError("ASN.1 tag")
        if first < 0x80:
            return tag, place, first
        if first == 0x80:
            return tag, place, None
        count = first & 0x7F
        if count > 8 or place + count > limit:
            raise FrameError("ASN.1 length")
        return tag, place + count, int.from_bytes(data[place : place + count], "big")

    def _open_end(self, place: int, limit: int) -> tuple[int, bool]:
        """Where the content at *place* of an element without a length ends; (limit, False) if its end is cut off."""
        depth = 1
        while place + 1 < limit:
            if self.data[place : place + 2] == b"\x00\x00":
                depth -= 1
                if not depth:
                    return place, True
                place += 2
                continue
            try:
                _, start, length = self._head(place, limit)
            except FrameError:
                break
            depth += length is None
            place = start + (length or 0)
        return limit, False

    def _after(self, element: Element) -> int:
        open_ended = self.data[element.begin + 1] == 0x80
        return element.end + 2 if open_ended else element.end
