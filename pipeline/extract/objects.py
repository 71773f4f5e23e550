"""Files that stand as OLE objects in documents (word/embeddings/oleObject1.bin): handed on as files of their own.

Purpose: a report or a table dragged into a document as an icon is material like an attachment.
Source: [MS-OLEDS] section 2.3.6 (OLENativeStream) and what Packager writes into it; [MS-OSHARED] 2.2 (stream `Package`).
Limits: objects of other programs (formulas, drawings) are kept unread; their picture stands in the document beside them.
"""

from __future__ import annotations

import re
import struct

from pipeline.extract import charset
from pipeline.ole import Compound
from pipeline.records import Content, Leaf, Status

NATIVE = "\x01Ole10Native"
MAX_NAME = 260
"""Octets of a name: a path in Windows has no more."""

_FILES = ("Package", "CONTENTS", "EmbeddedOdf")
"""Streams that are a file as they stand: OOXML, PDF, ODF."""
_FORMULA = "Equation Native"


def read(leaf: Leaf, _abilities: tuple[str, ...] = ()) -> Content:
    """Give the file inside one OLE object as `embedded`."""
    compound = Compound(leaf.data)
    for stream in _FILES:
        octets = compound.octets(stream)
        if octets:
            return Content(embedded=(_inner(leaf, stream, octets),))
    name, octets = native(compound.octets(NATIVE))
    if octets:
        return Content(embedded=(_inner(leaf, name, octets),))
    if _FORMULA in compound.names:
        return Content(status=Status.NOISE, reason="公式，文档里另有它的图")
    return Content(status=Status.UNSUPPORTED, reason="其他程序的嵌入对象，不能读取；原件已存，请人工查看")


def _inner(leaf: Leaf, name: str, octets: bytes) -> Leaf:
    return Leaf(path=f"{leaf.path}/{name}", name=name, data=octets)


def native(stream: bytes) -> tuple[str, bytes]:
    """Take apart what Packager writes: size, 2, label, path, two words, temporary path, size, octets."""
    label = _string(stream, 6)
    path = _string(stream, label[1])
    place = path[1] + 4
    if place + 4 > len(stream):
        return "", b""
    (length,) = struct.unpack_from("<I", stream, place)
    start = place + 4 + length
    if length > MAX_NAME or start + 4 > len(stream):
        return "", b""
    (size,) = struct.unpack_from("<I", stream, start)
    name = label[0] or re.split(r"[\\/]", path[0])[-1] or "嵌入文件"
    return name, stream[start + 4 : start + 4 + size]


def embedded(octets: bytes) -> tuple[str, bytes]:
    """Take an object of OLE 1.0 apart, as RTF holds it ([MS-OLEDS] section 2.2.5): (name, octets) of what is inside.

    The octets themselves are given where they are no such object.
    """
    place = 8
    strings: list[bytes] = []
    for _ in ("class", "topic", "item"):
        if place + 4 > len(octets):
            return "嵌入对象", octets
        (length,) = struct.unpack_from("<I", octets, place)
        strings.append(octets[place + 4 : place + 4 + min(length, MAX_NAME)].rstrip(b"\0"))
        place += 4 + length
    if place + 4 > len(octets):
        return "嵌入对象", octets
    (size,) = struct.unpack_from("<I", octets, place)
    body = octets[place + 4 : place + 4 + size]
    name, inner = native(octets[place : place + 4 + size]) if strings[0].lower() == b"package" else ("", b"")
    return (name, inner) if inner else (charset.decode(strings[0]) or "嵌入对象", body or octets)


def _string(octets: bytes, place: int) -> tuple[str, int]:
    """Give a string that ends with a zero octet, in the code page of its author, and the place after it."""
    end = octets.find(b"\0", place, place + MAX_NAME + 1)
    if end < 0:
        return "", len(octets)
    return charset.decode(octets[place:end]), end + 1
