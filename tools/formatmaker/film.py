"""A film that holds no picture: the boxes of an MP4 (ISO/IEC 14496-12, 14496-14), written by hand."""

from __future__ import annotations

import struct

MADE = 3_799_707_072
"""2024-05-28 02:11:12 UTC in seconds since 1904, as ISO/IEC 14496-12 counts."""


def atom(kind: bytes, *bodies: bytes) -> bytes:
    """One box of the container, of the boxes or octets in it."""
    body = b"".join(bodies)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def film(
    seconds: int = 83, *, turned: bool = False, brand: bytes = b"mp42", made: int = MADE, tail: int = 1000
) -> bytes:
    """A film of 1920 x 1080 whose index stands at its beginning."""
    one, none = 0x10000, 0
    turn = (none, one, none, -one, none, none, 1080 << 16, none, 1 << 30)
    plain = (one, none, none, none, one, none, none, none, 1 << 30)
    matrix = struct.pack(">9i", *(turn if turned else plain))
    span = seconds * 1000
    header = atom(
        b"mvhd",
        struct.pack(">5I", 0, made, made, 1000, span),
        struct.pack(">IH10x", one, 0x100),
        matrix,
        bytes(24),
        struct.pack(">I", 2),
    )
    track = atom(
        b"tkhd",
        struct.pack(">5II8x8x", 7, made, made, 1, 0, span),
        matrix,
        struct.pack(">II", 1920 << 16, 1080 << 16),
    )
    entry = atom(
        b"avc1",
        struct.pack(">6xH16xHHIIIH32xHh", 1, 1920, 1080, 0x480000, 0x480000, 0, 1, 24, -1),
    )
    tables = atom(
        b"stbl",
        atom(b"stsd", struct.pack(">II", 0, 1), entry),
        atom(b"stts", struct.pack(">4I", 0, 1, 25 * seconds, 40)),
        atom(b"stsc", bytes(8)),
        atom(b"stsz", bytes(12)),
        atom(b"stco", bytes(8)),
    )
    places = atom(b"dinf", atom(b"dref", struct.pack(">II", 0, 1), atom(b"url ", struct.pack(">I", 1))))
    media = atom(
        b"mdia",
        atom(b"mdhd", struct.pack(">5IHH", 0, made, made, 1000, span, 0x55C4, 0)),
        atom(b"hdlr", struct.pack(">II4s12x", 0, 0, b"vide"), b"v\0"),
        atom(b"minf", atom(b"vmhd", struct.pack(">I8x", 1)), places, tables),
    )
    moov = atom(b"moov", header, atom(b"trak", track, media))
    return atom(b"ftyp", brand, bytes(4), brand) + moov + atom(b"mdat", bytes(tail))
