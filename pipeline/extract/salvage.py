"""What can still be inflated of a ZIP whose directory is lost: truncated transfers, overwritten ends.

Purpose: a report cut off in transfer still shows the text that arrived, with the status that says so.
Source: APPNOTE.TXT sections 4.3.7 (local file header) and 4.4.5 (methods: stored and deflated alone).
Limits: an entry goes as far as it can be inflated; encrypted entries are left out; each entry and all together are
limited in octets.
"""

from __future__ import annotations

import struct
import zlib

MAX_ENTRIES = 5_000
"""Local headers looked at; a document has some dozens."""
STEP = 256
"""Packed octets inflated at a time: what stands before a damaged place in them is lost, at most 256 KiB come out."""

_HEADER = struct.Struct("<4s5H3I2H")
_MAGIC = b"PK\x03\x04"
_ENCRYPTED = 0x0001
_UTF8 = 0x0800
_STORED = 0
_DEFLATED = 8


def saved(data: bytes, most: int) -> dict[str, bytes]:
    """Give name to octets of the entries of *data*, in order, as far as they go; *most* octets in all."""
    found: dict[str, bytes] = {}
    place = data.find(_MAGIC)
    for _ in range(MAX_ENTRIES):
        if place < 0 or place + _HEADER.size > len(data) or most <= 0:
            break
        _, _, flags, method, _, _, _, packed, _, name_length, more = _HEADER.unpack_from(data, place)
        start = place + _HEADER.size + name_length
        raw = data[place + _HEADER.size : start]
        octets, end = b"", start
        if not flags & _ENCRYPTED:
            octets, end = _entry(data, start + more, method, packed, most)
        if octets:
            name = raw.decode("utf-8" if flags & _UTF8 else "cp437", "replace")
            most -= len(octets)
            found.setdefault(name, octets)
        place = data.find(_MAGIC, max(end, place + 4))
    return found


def _entry(data: bytes, start: int, method: int, packed: int, most: int) -> tuple[bytes, int]:
    """Give the octets of one entry, and where it ends."""
    if method == _STORED:
        end = start + packed if packed else data.find(b"PK", start) % (len(data) + 1)
        return data[start : min(end, start + most)], end
    if method != _DEFLATED:
        return b"", start
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    octets = bytearray()
    place = start
    while not engine.eof and place < len(data) and len(octets) <= most:
        try:
            octets += engine.decompress(data[place : place + STEP])
        except zlib.error:
            break
        place += STEP
    return bytes(octets[:most]), place - len(engine.unused_data)
