"""Compressed RTF: how Outlook keeps a formatted body in winmail.dat and .msg.

Purpose: `decompress()`.
Source: [MS-OXRTFCP] sections 2.1 (header), 2.1.2.1 (dictionary), 2.2 (algorithm).
Limits: at most MAX_OCTETS; octet by octet, about a million a second. The checksum is not looked at: what can be read is.
"""

from __future__ import annotations

import struct

MAX_OCTETS = 4 * 1024**2
"""Octets of RTF in clear: the text of a body; its pictures are attachments of their own."""

_COMPRESSED, _PLAIN = 0x75465A4C, 0x414C454D
_HEADER = struct.Struct("<IIII")
_WINDOW = 4096
_INITIAL = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans "
    rb"SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    + b"\r\n"
    + rb"\par \pard\plain\f0\fs20\b\i"
    rb"\u\tab\tx"
)


def decompress(octets: bytes) -> tuple[bytes, bool]:
    """Return (the RTF in *octets*, True if it was whole); (b"", False) where they are none."""
    if len(octets) < _HEADER.size:
        return b"", False
    _, size, kind, _ = _HEADER.unpack_from(octets, 0)
    packed = octets[_HEADER.size :]
    if kind == _PLAIN:
        return packed[: min(size, MAX_OCTETS)], len(packed) >= size <= MAX_OCTETS
    if kind != _COMPRESSED:
        return b"", False
    clear = _inflated(packed, min(size, MAX_OCTETS))
    return clear, len(clear) == size


def _inflated(packed: bytes, most: int) -> bytes:
    """Runs of eight tokens behind an octet of flags: an octet, or offset and length of what stands in the window."""
    out = bytearray(_INITIAL)
    start = len(_INITIAL)
    place, end = 0, len(packed)
    while place < end and len(out) - start < most:
        flags = packed[place]
        place += 1
        for bit in range(8):
            if place >= end:
                break
            if not flags >> bit & 1:
                out.append(packed[place])
                place += 1
                continue
            if place + 1 >= end:
                return bytes(out[start : start + most])
            token = packed[place] << 8 | packed[place + 1]
            place += 2
            behind = (len(out) - (token >> 4)) % _WINDOW
            if not behind:  # it points at where the next octet goes: the end
                return bytes(out[start : start + most])
            _copy(out, behind, (token & 0xF) + 2)
    return bytes(out[start : start + most])


def _copy(out: bytearray, behind: int, length: int) -> None:
    """Repeat what stands *behind* octets before the end; it may run into what it writes itself."""
    if behind > len(out):  # a part of the window that was never written
        out += bytes(length)
        return
    run = bytes(out[len(out) - behind : len(out) - behind + length])
    out += (run * (length // len(run) + 1))[:length]
