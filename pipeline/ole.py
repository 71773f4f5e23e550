"""What stands in an OLE compound file (.doc, .xls, .ppt, .wps, .et, encrypted OOXML): its streams by name.

Purpose: to tell the formats apart by their streams, to read the streams of one storage (.msg), and to take pictures out
of Word's `Data` stream.
Source: [MS-CFB] sections 2.2-2.6; [MS-ODRAW] sections 2.2.23-2.2.31 (blips).
Limits: streams in the order of the directory, or by their path where its tree is whole; a broken chain gives what came
before the break; no sector and no entry is followed twice.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from typing import NamedTuple

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAX_ENTRIES = 20_000
"""Directory entries looked at; office files have some dozens."""
MAX_LEVELS = 64
"""Storages in storages that are followed; a mail in a mail in a mail has some six."""
MAX_PICTURES = 500
"""Pictures taken out of one file; beyond any report."""

_LAST = 0xFFFFFFFA
"""Sector numbers above mean the end of a chain, a free sector or a table."""
_STORAGE = 1
_STREAM = 2
_ROOT = 5
_PICTURE = re.compile(rb"[\x00-\xff][\x46-\x7f](\x1d|\x1e|\x2a)\xf0", re.DOTALL)
"""Head of a blip record (version and instance, then type 0xF01D JPEG, 0xF01E PNG, 0xF02A JPEG in CMYK)."""
_FILES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


class Stream(NamedTuple):
    """One stream: its first sector and its size in octets."""

    first: int
    size: int


class _Entry(NamedTuple):
    """One entry of the directory: links to its neighbours (left, right) and to what stands in it (child)."""

    name: str
    kind: int
    left: int
    right: int
    child: int
    stream: Stream


class Compound:
    """The streams of one compound file; `names` is empty where the octets are none.

    paths: streams by their path below the root, storages before a slash ("__attach/__substg1.0_37010102"); empty where
    the tree is broken at its root.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._streams: dict[str, list[Stream]] = {}
        self._root = Stream(_LAST + 1, 0)
        self.paths: dict[str, Stream] = {}
        if len(data) >= 512 and data.startswith(MAGIC):
            self._open()
        self.names = tuple(self._streams)

    def octets(self, name: str) -> bytes:
        """Give the stream *name* (the first one of that name), b"" if there is none."""
        return next(self.every(name), b"")

    def every(self, name: str) -> Iterator[bytes]:
        """Give all streams *name*, each in another storage, in order of the directory."""
        yield from map(self.read, self._streams.get(name, ()))

    def read(self, stream: Stream) -> bytes:
        """Give the octets of *stream*, at most its size."""
        if stream.size >= self._cutoff:
            return self._chain(stream.first, stream.size)
        pieces, size = self._mini_sectors, self._mini_size
        numbers = islice(_followed(stream.first, self._mini_table), stream.size // size + 1)
        return b"".join(pieces[number * size : (number + 1) * size] for number in numbers)[: stream.size]

    @cached_property
    def _mini_sectors(self) -> bytes:
        return self._chain(self._root.first)

    def _open(self) -> None:
        shift, mini_shift = struct.unpack_from("<HH", self._data, 30)
        self._size, self._mini_size = 1 << min(shift, 12), 1 << min(mini_shift, 9)
        directory, _, self._cutoff, mini_table, _, more, _ = struct.unpack_from("<7I", self._data, 48)
        self._table = self._allocation(more)
        self._mini_table = _numbers(self._chain(mini_table))
        self._read_directory(self._chain(directory))

    def _allocation(self, more: int) -> list[int]:
        """Join the sectors of the allocation table: 109 are named in the header, the others in a chain of lists."""
        listed = _numbers(self._data[76:512])
        seen: set[int] = set()
        while more < _LAST and more not in seen:
            seen.add(more)
            numbers = _numbers(self._sector(more))
            if not numbers:
                break
            listed += numbers[:-1]
            more = numbers[-1]
        most = len(self._data) // self._size
        sectors = [number for number in listed if number <= most]
        return _numbers(b"".join(self._sector(number) for number in dict.fromkeys(sectors)))

    def _read_directory(self, octets: bytes) -> None:
        entries = [
            _entry(octets, start) for start in range(0, min(len(octets), MAX_ENTRIES * 128) - 127, 128)
        ]
        for entry in entries:
            if entry.kind == _ROOT:
                self._root = entry.stream
            elif entry.kind == _STREAM:
                self._streams.setdefault(entry.name, []).append(entry.stream)
        if entries and entries[0].kind == _ROOT:
            self._walk(entries)

    def _walk(self, entries: list[_Entry]) -> None:
        """Give every stream its path: siblings hang in a tree of their own (section 2.6.4), whose order does not matter."""
        waiting = [(entries[0].child, "", 0)]
        seen: set[int] = set()
        while waiting:
            number, prefix, level = waiting.pop()
            if number >= len(entries) or number in seen:
                continue
            seen.add(number)
            entry = entries[number]
            waiting += [(entry.right, prefix, level), (entry.left, prefix, level)]
            if entry.kind == _STREAM:
                self.paths.setdefault(prefix + entry.name, entry.stream)
            elif entry.kind == _STORAGE and level < MAX_LEVELS:
                waiting.append((entry.child, f"{prefix}{entry.name}/", level + 1))

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        return self._data[start : start + self._size]

    def _chain(self, first: int, size: int | None = None) -> bytes:
        """Join the sectors of one chain; of a stream no more of them than its *size* in octets needs."""
        most = None if size is None else size // self._size + 1
        return b"".join(self._sector(number) for number in islice(_followed(first, self._table), most))[:size]


def pictures(octets: bytes) -> Iterator[tuple[str, bytes]]:
    """Give (extension, octets) of the picture files that stand as blips in *octets*, in order of place."""
    found = 0
    end = 0
    for match in _PICTURE.finditer(octets):
        if match.start() < end or match.end() + 4 > len(octets) or found >= MAX_PICTURES:
            continue
        (length,) = struct.unpack_from("<I", octets, match.end())
        body = octets[match.end() + 4 : match.end() + 4 + length]
        starts = [place for place in (body[:64].find(magic) for magic in _FILES) if place >= 0]
        if len(body) < length or not starts:
            continue
        found += 1
        end = match.end() + 4 + length
        picture = body[min(starts) :]
        yield ("png" if picture.startswith(_FILES[1]) else "jpg"), picture


def _entry(octets: bytes, start: int) -> _Entry:
    """Read one directory entry (section 2.6.1)."""
    length, kind, _, left, right, child = struct.unpack_from("<HBBIII", octets, start + 64)
    first, size = struct.unpack_from("<II", octets, start + 116)
    name = octets[start : start + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
    return _Entry(name.replace("/", "_"), kind, left, right, child, Stream(first, size))


def _numbers(octets: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(octets) // 4}I", octets[: len(octets) // 4 * 4]))


def _followed(first: int, table: list[int]) -> Iterator[int]:
    """Follow a chain of sectors from *first* to its end, to a break, or to where it would turn back."""
    seen: set[int] = set()
    while first < len(table) and first not in seen:
        seen.add(first)
        yield first
        first = table[first]
