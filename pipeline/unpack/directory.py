"""The directory of a zip: which entries it has and where their octets stand.

Purpose: `read_directory()`. Entries come from the central directory; local headers that it does not name (it was cut off,
    or another archive stands in front) are found in the gaps (headers.py).
Source: APPNOTE 6.3.10 sections 4.3.12 (central header), 4.3.14-16 (ends), 8 (split archives).
Limits: reads headers alone. Counts and sizes of the directory are not believed, signatures are.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile

from pipeline.unpack.headers import CENTRAL_MARK, Entry, check_octet, data_start, unlisted, wide
from pipeline.unpack.limits import MAX_MEMBERS

UNIX_SYSTEMS = frozenset({3, 19})
"""Upper octet of "version made by": Unix, and OS X."""

_CENTRAL = struct.Struct("<4s2B5H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_END_MARK = b"PK\x05\x06"
_FOLDER = 0x10  # MS-DOS attribute


@dataclass(frozen=True, kw_only=True)
class Directory:
    """Entries in order of the directory, then unlisted ones. whole: the directory itself was found and read to its end."""

    entries: tuple[Entry, ...]
    whole: bool


def read_directory(data: bytes, disks: Mapping[int, int] | None = None) -> Directory:
    """Read the directory of the zip *data*; at most MAX_MEMBERS + 1 entries.

    Args:
        disks: of volumes that were joined to *data*: number of the volume from 0 to its offset in *data*. Offsets in the
            directory count from the start of their volume then.
    """
    found = _central(data)
    if found and found[1] > 0 and _within_member(data, found[0]):
        found = None
    shifts: Mapping[int, int] = {}
    if found and disks and len(disks) > 1 and volume_of(data):
        shifts = disks
    listed = tuple(_entries(data, *found, shifts)) if found else ()
    others = tuple(unlisted(data, listed))
    return Directory(entries=(listed + others)[: MAX_MEMBERS + 1], whole=found is not None)


def volume_of(data: bytes) -> int:
    """The number that the end of the zip *data* says of its own volume: 0 = no split archive, 2 = third of three."""
    end = data.rfind(_END_MARK)
    if end < 0 or end + _END.size > len(data):
        return 0
    number = int(_END.unpack_from(data, end)[1])
    return 0 if number == 0xFFFF else number


def _within_member(data: bytes, directory: int) -> bool:
    """Say whether the *directory* is that of an archive which is a member in clear: the outer archive's own was cut off."""
    before = takewhile(lambda entry: entry.header < directory, unlisted(data, ()))
    return any(entry.start <= directory < entry.end for entry in before)


def _central(data: bytes) -> tuple[int, int] | None:
    """(offset of the central directory, how far all offsets are shifted by octets in front); None if there is none."""
    end = data.rfind(_END_MARK)
    if end < 0 or end + _END.size > len(data):
        return None
    *_, size, offset, _comment = _END.unpack_from(data, end)
    place = end
    if end >= _LOCATOR.size and data[end - _LOCATOR.size : end - _LOCATOR.size + 4] == b"PK\x06\x07":
        place, size, offset = _central64(data, end - _LOCATOR.size, size, offset)
    for start in (place - size, offset):
        if 0 <= start <= place and (data[start : start + 4] == CENTRAL_MARK or start == place):
            return start, start - offset
    first = data.find(CENTRAL_MARK)
    return (first, first - offset) if first >= 0 else None


def _central64(data: bytes, locator: int, size: int, offset: int) -> tuple[int, int, int]:
    """(offset of the zip64 end record, size and offset of the directory that it states)."""
    (_, _, stated, _) = _LOCATOR.unpack_from(data, locator)
    for place in (stated, locator - _END64.size):
        if 0 <= place <= locator - _END64.size and data[place : place + 4] == b"PK\x06\x06":
            *_, size64, offset64 = _END64.unpack_from(data, place)
            return place, size64, offset64
    return locator, size, offset


def _entries(data: bytes, position: int, shift: int, shifts: Mapping[int, int]) -> Iterator[Entry]:
    """Read central headers from *position* on; offsets are shifted by *shift*, or by that of their volume in *shifts*."""
    for _ in range(MAX_MEMBERS + 1):
        if position + _CENTRAL.size > len(data) or data[position : position + 4] != CENTRAL_MARK:
            return
        fields = _CENTRAL.unpack_from(data, position)
        (_, _, system, _, flags, method, time, _, crc, packed, size) = fields[:11]
        name_length, extra_length, comment_length, disk, _, attributes, offset = fields[11:]
        begin = position + _CENTRAL.size
        name = data[begin : begin + name_length]
        extra = data[begin + name_length : begin + name_length + extra_length]
        size, packed, offset = wide(extra, size, packed, offset)
        header = offset + (shifts.get(disk, -offset - 1) if shifts else shift)
        start = data_start(data, header)
        yield Entry(
            name=name,
            flags=flags,
            method=method,
            check=check_octet(flags, time, crc),
            crc=crc,
            size=size,
            header=header,
            start=start,
            end=start + packed,
            system=system,
            mode=attributes >> 16 if system in UNIX_SYSTEMS else 0,
            extra=extra,
            folder=not size
            and (name.endswith((b"/", b"\\")) or (system == 0 and bool(attributes & _FOLDER))),
            lost=start < 0,
        )
        position = begin + name_length + extra_length + comment_length
