"""Compound files ([MS-CFB]) made for tests: streams in one storage, all in sectors of 512 octets.

Limits: no short streams (the cutoff is 0), at most 100 sectors of allocation table.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

_SECTOR = 512
_END = 0xFFFFFFFE
_FREE = 0xFFFFFFFF
_TABLE = 0xFFFFFFFD


def compound(streams: Mapping[str, bytes]) -> bytes:
    """Make a compound file of these *streams*."""
    sectors: list[bytes] = []
    table: list[int] = []

    def store(octets: bytes) -> int:
        first = len(sectors)
        pieces = [
            octets[place : place + _SECTOR].ljust(_SECTOR, b"\0") for place in range(0, len(octets), _SECTOR)
        ]
        sectors.extend(pieces)
        table.extend([*range(first + 1, first + len(pieces)), _END])
        return first

    entries = [_entry("Root Entry", 5, _END, 0, child=1)]
    for number, (name, octets) in enumerate(streams.items(), start=1):
        following = number + 1 if number < len(streams) else _FREE
        entries.append(_entry(name, 2, store(octets or b"\0"), len(octets), following=following))
    directory = store(b"".join(entries))
    count = (len(table) + 127) // 127 + 1
    places = list(range(len(sectors), len(sectors) + count))
    table.extend([_TABLE] * count)
    table.extend([_FREE] * (count * 128 - len(table)))
    listed = [*places, *[_FREE] * (109 - count)]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I", 0, count, directory, 0, 0, _END, 0, _END, 0)
    header += struct.pack("<109I", *listed)
    return header + b"".join(sectors) + struct.pack(f"<{len(table)}I", *table)


def _entry(
    name: str, kind: int, first: int, size: int, *, child: int = _FREE, following: int = _FREE
) -> bytes:
    words = name.encode("utf-16-le") + b"\0\0"
    return (
        words.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(words), kind, 1, _FREE, following, child)
        + bytes(36)
        + struct.pack("<IQ", first, size)
    )
