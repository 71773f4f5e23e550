"""The directory of a zip: which entries it has and where their octets stand.

Purpose: `read_directory()`. Entries come from the central directory; local headers that it does not name (it was cut off,
    or another archive stands in front) are found in the gaps.
Source: APPNOTE 6.3.10 sections 4.3.7 (local header), 4.3.12 (central header), 4.3.14-16 (ends), 4.5.3 (zip64), 4.6.9
    (Unicode path).
Limits: reads headers alone. Counts and sizes of the directory are not believed, signatures are.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.unpack.limits import MAX_MEMBERS

UNIX_SYSTEMS = frozenset({3, 19})
"""Upper octet of "version made by": Unix, and OS X."""

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s2B5H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_ZIP64, _UNICODE_PATH = 0x0001, 0x7075
_LOCAL_MARK, _CENTRAL_MARK, _DESCRIPTOR_MARK = b"PK\x03\x04", b"PK\x01\x02", b"PK\x07\x08"
_FOLDER = 0x10  # MS-DOS attribute
_HUGE = 0xFFFFFFFF
_ENCRYPTED, _DESCRIPTOR, _STRONG, _UTF8 = 0x1, 0x8, 0x40, 0x800


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry. header: offset of its local header; start, end: of its packed octets (end beyond the file if cut off).

    text: name where a Unicode path field gives it. system: who wrote it, -1 if unknown. mode: of Unix, 0 if none.
    listed: it stands in the directory. lost: its local header is not where the directory says.
    """

    name: bytes
    text: str = ""
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
    folder: bool = False
    listed: bool = True
    lost: bool = False

    @property
    def encrypted(self) -> bool:
        """Its octets need a password."""
        return bool(self.flags & (_ENCRYPTED | _STRONG))

    @property
    def strong(self) -> bool:
        """Encrypted otherwise than with ZipCrypto (section 7, or AES as method 99)."""
        return bool(self.flags & _STRONG) or self.method == 99

    @property
    def utf8(self) -> bool:
        """The name is said to be UTF-8 (bit 11)."""
        return bool(self.flags & _UTF8)

    @property
    def link(self) -> bool:
        """A symbolic link of Unix: its octets are the name of another file."""
        return self.mode & 0o170000 == 0o120000


@dataclass(frozen=True, kw_only=True)
class Directory:
    """Entries in order of the directory, then unlisted ones. whole: the directory itself was found and read to its end."""

    entries: tuple[Entry, ...]
    whole: bool


def read_directory(data: bytes) -> Directory:
    """Read the directory of the zip *data*; at most MAX_MEMBERS + 1 entries."""
    found = _central(data)
    listed = tuple(_entries(data, *found)) if found else ()
    unlisted = tuple(_unlisted(data, listed))
    return Directory(entries=(listed + unlisted)[: MAX_MEMBERS + 1], whole=found is not None)


# ---------------------------------------------------------------- the central directory


def _central(data: bytes) -> tuple[int, int] | None:
    """(offset of the central directory, how far all offsets are shifted by octets in front); None if there is none."""
    end = data.rfind(b"PK\x05\x06")
    if end < 0 or end + _END.size > len(data):
        return None
    *_, size, offset, _comment = _END.unpack_from(data, end)
    place = end
    if end >= _LOCATOR.size and data[end - _LOCATOR.size : end - _LOCATOR.size + 4] == b"PK\x06\x07":
        place, size, offset = _central64(data, end - _LOCATOR.size, size, offset)
    for start in (place - size, offset):
        if 0 <= start <= place and (data[start : start + 4] == _CENTRAL_MARK or start == place):
            return start, start - offset
    first = data.find(_CENTRAL_MARK)
    return (first, first - offset) if first >= 0 else None


def _central64(data: bytes, locator: int, size: int, offset: int) -> tuple[int, int, int]:
    """(offset of the zip64 end record, size and offset of the directory that it states)."""
    (_, _, stated, _) = _LOCATOR.unpack_from(data, locator)
    for place in (stated, locator - _END64.size):
        if 0 <= place <= locator - _END64.size and data[place : place + 4] == b"PK\x06\x06":
            *_, size64, offset64 = _END64.unpack_from(data, place)
            return place, size64, offset64
    return locator, size, offset


def _entries(data: bytes, position: int, shift: int) -> Iterator[Entry]:
    for _ in range(MAX_MEMBERS + 1):
        if position + _CENTRAL.size > len(data) or data[position : position + 4] != _CENTRAL_MARK:
            return
        fields = _CENTRAL.unpack_from(data, position)
        (_, _, system, _, flags, method, time, _, crc, packed, size, *lengths, _, _, attributes, offset) = (
            fields
        )
        name_length, extra_length, comment_length = lengths
        begin = position + _CENTRAL.size
        name = data[begin : begin + name_length]
        extra = data[begin + name_length : begin + name_length + extra_length]
        size, packed, offset = _wide(extra, size, packed, offset)
        start = _data_start(data, offset + shift)
        yield Entry(
            name=name,
            text=_unicode_path(extra, name),
            flags=flags,
            method=method,
            check=(time >> 8 if flags & _DESCRIPTOR else crc >> 24) & 0xFF,
            crc=crc,
            size=size,
            header=offset + shift,
            start=start,
            end=start + packed,
            system=system,
            mode=attributes >> 16 if system in UNIX_SYSTEMS else 0,
            folder=not size
            and (name.endswith((b"/", b"\\")) or (system == 0 and bool(attributes & _FOLDER))),
            lost=start < 0,
        )
        position = begin + name_length + extra_length + comment_length


def _data_start(data: bytes, header: int) -> int:
    """Where the packed octets behind the local header at *header* begin; -1 if no local header is there."""
    if header < 0 or header + _LOCAL.size > len(data) or data[header : header + 4] != _LOCAL_MARK:
        return -1
    *_, name_length, extra_length = _LOCAL.unpack_from(data, header)
    return header + _LOCAL.size + int(name_length) + int(extra_length)


def _extras(extra: bytes) -> Iterator[tuple[int, bytes]]:
    position = 0
    while position + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, position)
        yield kind, extra[position + 4 : position + 4 + length]
        position += 4 + length


def _wide(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """The three numbers of section 4.5.3, those that did not fit taken from the zip64 field in their order."""
    field = next((content for kind, content in _extras(extra) if kind == _ZIP64), b"")
    numbers = iter(struct.unpack_from(f"<{len(field) // 8}Q", field))
    values = [next(numbers, value) if value == _HUGE else value for value in (size, packed, offset)]
    return values[0], values[1], values[2]


def _unicode_path(extra: bytes, name: bytes) -> str:
    """The name of section 4.6.9, "" if there is none or it belongs to another name (then it must be ignored)."""
    for kind, content in _extras(extra):
        if (
            kind == _UNICODE_PATH
            and content[:1] == b"\x01"
            and content[1:5] == struct.pack("<L", zlib.crc32(name))
        ):
            return content[5:].decode("utf-8", "replace")
    return ""


# ---------------------------------------------------------------- local headers that no directory names


def _unlisted(data: bytes, listed: tuple[Entry, ...]) -> Iterator[Entry]:
    """Local headers in the gaps between the listed entries."""
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
        position = marks.next(_LOCAL_MARK, position, end)
        if position >= end or _data_start(marks.data, position) < 0:
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
    size, packed, _ = _wide(extra, size, packed, 0)
    entry = Entry(
        name=name,
        text=_unicode_path(extra, name),
        flags=flags,
        method=method,
        check=(time >> 8 if flags & _DESCRIPTOR else crc >> 24) & 0xFF,
        crc=crc,
        size=size,
        header=header,
        start=start,
        end=start + packed,
        folder=name.endswith((b"/", b"\\")) and not size and not packed,
        listed=False,
    )
    if flags & _DESCRIPTOR and not packed and not entry.folder:
        return _with_descriptor(marks, entry, limit)
    return entry


def _with_descriptor(marks: _Marks, entry: Entry, limit: int) -> Entry:
    """Find the data descriptor (section 4.3.9) behind the octets of *entry* and take its numbers."""
    place = marks.next(_DESCRIPTOR_MARK, entry.start, limit)
    following = min(marks.next(mark, entry.start, limit) for mark in (_LOCAL_MARK, _CENTRAL_MARK))
    if following <= place or place + 16 > len(marks.data):
        return replace(entry, end=following, size=-1)
    crc, _, size = struct.unpack_from("<3L", marks.data, place + 4)
    return replace(entry, end=place, crc=crc, size=size)
