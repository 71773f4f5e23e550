"""Streams that inflate: deflate, gzip, bzip2, xz, LZMA, within a given room.

Purpose: `inflate()` for members of zip; `open_stream()` for .gz, .bz2 and .xz files.
Source: RFC 1951, RFC 1952; the bzip2 and xz formats; APPNOTE 6.3.10 sections 5.8 (LZMA) and 4.4.5 (methods).
Limits: never more octets than the room, never more memory for an LZMA dictionary than MEMORY.
"""

from __future__ import annotations

import bz2
import lzma
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

MEMORY = 128 * 1024**2
"""Octets of an LZMA dictionary; xz -9 wants 64 MB."""

STORED, DEFLATED, BZIP2, LZMA, XZ = 0, 8, 12, 14, 95


@dataclass(frozen=True, kw_only=True)
class Inflated:
    """data: at most the room. complete: the stream came to its end. over: it would not fit. rest: octets after its end."""

    data: bytes
    complete: bool
    over: bool = False
    rest: bytes = b""


class _Decompressor(Protocol):
    """What zlib, bz2 and lzma have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = ..., /) -> bytes: ...


def inflate(packed: bytes, method: int, room: int) -> Inflated | None:
    """Inflate one member of a zip packed by *method*; None for a method that is not known here."""
    if method == STORED:
        return Inflated(data=packed[:room], complete=True, over=len(packed) > room)
    if method == DEFLATED:
        return _steps(zlib.decompressobj(-zlib.MAX_WBITS), packed, room)
    if method == BZIP2:
        return _steps(bz2.BZ2Decompressor(), packed, room)
    if method == LZMA:
        return _zip_lzma(packed, room)
    if method == XZ:
        return open_stream(packed, "application/x-xz", room)
    return None


def open_stream(packed: bytes, media_type: str, room: int) -> Inflated:
    """Inflate a whole .gz, .bz2 or .xz file, which may be several streams one after the other."""
    pieces: list[bytes] = []
    left, rest, complete = room, packed, True
    while rest and left >= 0:
        step = _one_stream(rest, media_type, left)
        pieces.append(step.data)
        left -= len(step.data)
        if step.over:
            return Inflated(data=b"".join(pieces), complete=False, over=True)
        if not step.complete:
            complete = False
            break
        rest = step.rest
        if not rest.startswith(packed[:2]):  # padding, or octets that belong to nothing
            break
    return Inflated(data=b"".join(pieces), complete=complete)


def _one_stream(packed: bytes, media_type: str, room: int) -> Inflated:
    if media_type == "application/gzip":
        return _steps(zlib.decompressobj(zlib.MAX_WBITS + 16), packed, room)
    if media_type == "application/x-bzip2":
        return _steps(bz2.BZ2Decompressor(), packed, room)
    return _guarded(lambda: _steps(lzma.LZMADecompressor(memlimit=MEMORY), packed, room))


def _steps(stream: _Decompressor, packed: bytes, room: int) -> Inflated:
    """Inflate in steps, so that what was good before an error is kept."""
    pieces: list[bytes] = []
    size, fed = 0, 0
    try:
        while fed < len(packed) and not stream.eof:
            chunk = packed[fed : fed + 65_536]
            fed += len(chunk)
            pieces.append(stream.decompress(chunk, room + 1 - size))
            size += len(pieces[-1])
            if size > room:
                return Inflated(data=b"", complete=False, over=True)
    except (OSError, ValueError, EOFError, zlib.error, lzma.LZMAError, MemoryError):
        return Inflated(data=b"".join(pieces), complete=False)
    return Inflated(data=b"".join(pieces), complete=stream.eof, rest=stream.unused_data + packed[fed:])


def _zip_lzma(packed: bytes, room: int) -> Inflated:
    """LZMA in a zip: two octets of version, two of length, the properties, then a raw stream."""
    if len(packed) < 9:
        return Inflated(data=b"", complete=False)
    (size,) = struct.unpack_from("<H", packed, 2)
    return _guarded(lambda: _steps(_raw_lzma(packed[4 : 4 + size]), packed[4 + size :], room))


def _raw_lzma(properties: bytes) -> lzma.LZMADecompressor:
    """A decompressor by the five octets of LZMA1 properties.

    Raises:
        ValueError: they are none, or want more memory than MEMORY.
    """
    if len(properties) != 5 or properties[0] >= 225:
        raise ValueError("LZMA properties")
    (dictionary,) = struct.unpack_from("<L", properties, 1)
    if dictionary > MEMORY:
        raise ValueError("LZMA dictionary")
    rest, context = divmod(properties[0], 9)
    position, literal = divmod(rest, 5)
    chain = {
        "id": lzma.FILTER_LZMA1,
        "dict_size": max(dictionary, 4096),
        "lc": context,
        "lp": literal,
        "pb": position,
    }
    return lzma.LZMADecompressor(format=lzma.FORMAT_RAW, filters=[chain])


def _guarded(opening: Callable[[], Inflated]) -> Inflated:
    try:
        return opening()
    except (ValueError, lzma.LZMAError, MemoryError):
        return Inflated(data=b"", complete=False)
