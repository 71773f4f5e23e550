"""Entries of a zip, and the local headers in front of their octets.

Purpose: `Entry`; `unlisted()` finds the local headers that no directory names; the extra fields that both kinds of header have.
Source: APPNOTE 6.3.10 sections 4.3.7 (local header), 4.3.9 (data descriptor), 4.4.4 (flags), 4.5.3 (zip64), 4.6.9 (Unicode
    path); https://www.winzip.com/en/support/aes-encryption/ section II (the extra field 0x9901).
Limits: reads headers alone. Sizes are not believed, signatures are.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.unpack.limits import MAX_MEMBERS

LOCAL_MARK, CENTRAL_MARK = b"PK\x03\x04", b"PK\x01\x02"

_LOCAL = struct.Struct("<4s5H3L2H")
_AES = struct.Struct("<H2sBH")
_ZIP64, _UNICODE_PATH, _AES_FIELD = 0x0001, 0x7075, 0x9901
_DESCRIPTOR_MARK = b"PK\x07\x08"
_HUGE = 0xFFFFFFFF
_ENCRYPTED, _DESCRIPTOR, _STRONG, _UTF8 = 0x1, 0x8, 0x40, 0x800


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry. header: offset of its local header; start, end: of its packed octets (end beyond the file if cut off).

    system: who wrote it, -1 if unknown. mode: of Unix, 0 if none.
    extra: its extra fields. listed: it stands in the directory. lost: its local header is not where the directory says.
    """

    name: bytes
    flags: int
    method: int
    check: int
    crc: int
    size: int
    header: int
    start: int
    end: int
    system: int = -1
    mode: int = 0
    extra: bytes = b""
    folder: bool = False
    listed: bool = True
    lost: bool = False

    @property
    def text(self) -> str:
        """The name where a Unicode path field gives it, else ""."""
        return unicode_path(self.extra, self.name)

    @property
    def encrypted(self) -> bool:
        """Its octets need a password."""
        return bool(self.flags & (_ENCRYPTED | _STRONG))

    @property
    def aes(self) -> tuple[int, int] | None:
        """(strength 1..3, method of the octets in clear) of an entry encrypted as WinZip does; None for all others."""
        field = next((content for kind, content in extras(self.extra) if kind == _AES_FIELD), b"")
        if self.method != 99 or len(field) < _AES.size:
            return None
        _, vendor, strength, method = _AES.unpack_from(field)
        return (strength, method) if vendor == b"AE" and strength in (1, 2, 3) else None

    @property
    def strong(self) -> bool:
        """Encrypted in a way that is not read (section 7, or AES without its field)."""
        return bool(self.flags & _STRONG) or (self.method == 99 and self.aes is None)

    @property
    def utf8(self) -> bool:
        """The name is said to be UTF-8 (bit 11)."""
        return bool(self.flags & _UTF8)

    @property
    def link(self) -> bool:
        """A symbolic link of Unix: its octets are the name of another file."""
        return self.mode & 0o170000 == 0o120000


def check_octet(flags: int, time: int, crc: int) -> int:
    """The octet that the header of a ZipCrypto entry ends with (section 6.1.6)."""
    return (time >> 8 if flags & _DESCRIPTOR else crc >> 24) & 0xFF


def data_start(data: bytes, header: int) -> int:
    """Where the packed octets behind the local header at *header* begin; -1 if no local header is there."""
    if header < 0 or header + _LOCAL.size > len(data) or data[header : header + 4] != LOCAL_MARK:
        return -1
    *_, name_length, extra_length = _LOCAL.unpack_from(data, header)
    return header + _LOCAL.size + int(name_length) + int(extra_length)


def extras(extra: bytes) -> Iterator[tuple[int, bytes]]:
    """Give (number, content) of each extra field."""
    position = 0
    while position + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, position)
        yield kind, extra[position + 4 : position + 4 + length]
        position += 4 + length


def wide(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """The three numbers of section 4.5.3, those that did not fit taken from the zip64 field in their order."""
    field = next((content for kind, content in extras(extra) if kind == _ZIP64), b"")
    numbers = iter(struct.unpack_from(f"<{len(field) // 8}Q", field))
    values = [next(numbers, value) if value == _HUGE else value for value in (size, packed, offset)]
    return values[0], values[1], values[2]


def unicode_path(extra: bytes, name: bytes) -> str:
    """The name of section 4.6.9, "" if there is none or it belongs to another name (then it must be ignored)."""
    for kind, content in extras(extra):
        if (
            kind == _UNICODE_PATH
            and content[:1] == b"\x01"
            and content[1:5] == struct.pack("<L", zlib.crc32(name))
        ):
            return content[5:].decode("utf-8", "replace")
    return ""


# ---------------------------------------------------------------- local headers that no directory names


def unlisted(data: bytes, listed: tuple[Entry, ...]) -> Iterator[Entry]:
    """Find local headers in the gaps between the *listed* entries."""
    marks = _Marks(data)
    position = 0
    for entry in sorted((entry for entry in listed if not entry.lost), key=lambda entry: entry.header):
        yield from _local_run(marks, position, entry.header)
        position = max(position, entry.end)
    yield from _local_run(marks, position, len(data))


class _Marks:
    """Looks signatures up at ever higher offsets; each octet is looked at once for each signature."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.found: dict[bytes, int] = {}

    def next(self, mark: bytes, start: int, limit: int) -> int:
        """Offset of the first *mark* from *start* on, *limit* if there is none before it."""
        place = self.found.get(mark, 0)
        if place < start or mark not in self.found:
            place = self.data.find(mark, start)
            place = len(self.data) if place < 0 else place
            self.found[mark] = place
        return min(place, limit)


def _local_run(marks: _Marks, position: int, end: int) -> Iterator[Entry]:
    for _ in range(MAX_MEMBERS + 1):
        position = marks.next(LOCAL_MARK, position, end)
        if position >= end or data_start(marks.data, position) < 0:
            return
        entry = _local(marks, position, end)
        yield entry
        position = max(entry.end, position + 4)


def _local(marks: _Marks, header: int, limit: int) -> Entry:
    """Read the local header at *header*; where sizes follow the octets (bit 3), their end is looked for."""
    data = marks.data
    _, _, flags, method, time, _, crc, packed, size, name_length, extra_length = _LOCAL.unpack_from(
        data, header
    )
    start = header + _LOCAL.size + name_length + extra_length
    name = data[header + _LOCAL.size : header + _LOCAL.size + name_length]
    extra = data[header + _LOCAL.size + name_length : start]
    size, packed, _ = wide(extra, size, packed, 0)
    entry = Entry(
        name=name,
        flags=flags,
        method=method,
        check=check_octet(flags, time, crc),
        crc=crc,
        size=size,
        header=header,
        start=start,
        end=start + packed,
        extra=extra,
        folder=name.endswith((b"/", b"\\")) and not size and not packed,
        listed=False,
    )
    if flags & _DESCRIPTOR and not packed and not entry.folder:
        return _with_descriptor(marks, entry, limit)
    return entry


def _with_descriptor(marks: _Marks, entry: Entry, limit: int) -> Entry:
    """Find the data descriptor (section 4.3.9) behind the octets of *entry* and take its numbers."""
    place = marks.next(_DESCRIPTOR_MARK, entry.start, limit)
    following = min(marks.next(mark, entry.start, limit) for mark in (LOCAL_MARK, CENTRAL_MARK))
    if following <= place or place + 16 > len(marks.data):
        return replace(entry, end=following, size=-1)
    crc, _, size = struct.unpack_from("<3L", marks.data, place + 4)
    return replace(entry, end=place, crc=crc, size=size)
