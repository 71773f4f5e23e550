"""The properties of one mail or attachment in a .msg.

Purpose: `MsgObject` reads texts, octets, numbers and moments by their property numbers.
Source: [MS-OXMSG] sections 2.1 (streams of properties), 2.4 (fixed properties); [MS-OXPROPS] for the numbers.
Limits: properties with several values are not read; a text that is no Unicode is in the code page that the mail states,
    else decided by trial.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from pipeline import charsets

MAX_PROPERTIES = 2_000
"""Fixed properties of one object that are looked at; Outlook writes about a hundred."""

HTML = 0x1013
_CODEPAGE, _INTERNET_CODEPAGE = 0x3FFD, 0x3FDE
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


class MsgObject:
    """One mail or attachment: the properties that stand in its storage.

    read: gives the stream at a path, None if there is none. prefix: of its streams' paths. head: octets before the first
    fixed property (section 2.4.1). charset: of its texts that are no Unicode, where it does not say so itself.
    """

    def __init__(self, read: Callable[[str], bytes | None], *, prefix: str, head: int, charset: str) -> None:
        self.prefix = prefix
        self._read = read
        self._fixed = dict(_fixed(read(f"{prefix}__properties_version1.0") or b"", head))
        page = self.number(_CODEPAGE) or self.number(_INTERNET_CODEPAGE)
        self.charset = f"cp{page}" if page else charset

    def path(self, number: int, kind: int) -> str:
        """Path of the stream of property *number* with the type *kind*."""
        return f"{self.prefix}__substg1.0_{number:04X}{kind:04X}"

    def octets(self, number: int) -> bytes:
        """A binary property, b"" if there is none."""
        return self._read(self.path(number, 0x0102)) or b""

    def text(self, number: int) -> str:
        """A text property, as Unicode or in the mail's charset; "" if there is none."""
        wide = self._read(self.path(number, 0x001F))
        if wide is not None:
            return wide.decode("utf-16-le", "replace").rstrip("\x00")
        return charsets.decode(self._read(self.path(number, 0x001E)) or b"", self.charset).rstrip("\x00")

    def number(self, number: int) -> int:
        """A fixed property as a 32-bit number, 0 if there is none."""
        return int.from_bytes(self._fixed.get(number, b"")[:4], "little")

    def time(self, number: int) -> datetime | None:
        """A fixed property as a moment, None if there is none or it cannot be."""
        ticks = int.from_bytes(self._fixed.get(number, b""), "little")
        try:
            return _EPOCH + timedelta(microseconds=ticks // 10) if ticks else None
        except OverflowError:
            return None

    def html(self) -> tuple[bytes, str]:
        """The HTML body and its charset."""
        octets = self.octets(HTML)
        if octets:
            page = self.number(_INTERNET_CODEPAGE)
            return octets.rstrip(b"\x00"), charsets.codec(f"cp{page}") or "utf-8"
        return self.text(HTML).encode(), "utf-8"


def _fixed(octets: bytes, head: int) -> Iterator[tuple[int, bytes]]:
    """(number, its eight octets) of each entry of a property stream (section 2.4.2)."""
    for start in range(head, min(len(octets) - 15, head + 16 * MAX_PROPERTIES), 16):
        (tag,) = struct.unpack_from("<I", octets, start)
        yield tag >> 16, octets[start + 8 : start + 16]
