"""Attachments inside winmail.dat (TNEF), which Outlook and Exchange send to those who are not Outlook.

Purpose: `read_tnef()`.
Source: [MS-OXTNEF] sections 2.1.3 (attributes), 2.4 (attachments), [MS-OXPROPS] (property numbers).
Limits: read by own code: the library at hand loops on counts of thousands of millions in 53 octets. The body is handed over
    only with `bodies`: normally the mail has the same text as a part of its own. Compressed RTF is not read.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline import charsets
from pipeline.records import Code
from pipeline.unpack.limits import MAX_MEMBERS, Member, Opened, Refused, too_many

SIGNATURE = b"\x78\x9f\x3e\x22"
MAX_PROPERTIES = 10_000
"""Properties of one attachment; Outlook writes some thirty."""

_HEADER = struct.Struct("<BLL")
_RENDER, _TITLE, _DATA, _ATTACHMENT = 0x9002, 0x8010, 0x800F, 0x9005
_CODEPAGE, _MESSAGE, _BODY = 0x9007, 0x9003, 0x800C
_LONG_NAME, _NAME, _SHOWN_NAME, _OBJECT = 0x3707, 0x3704, 0x3001, 0x3701
_PLAIN, _HTML, _RTF = 0x1000, 0x1013, 0x1009
_FIXED = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_VARIABLE = frozenset({0x00, 0x0D, 0x1E, 0x1F, 0x102})
_UNICODE, _OBJECT_TYPE, _MULTIPLE = 0x1F, 0x0D, 0x1000
_INTERFACE = 16  # octets of the interface's identifier in front of an object
_BROKEN = "winmail.dat 不完整或损坏，只读出前面的内容"
_RTF_ONLY = "winmail.dat 里的正文是压缩 RTF，没有读"


@dataclass(frozen=True, kw_only=True)
class _Attribute:
    """One attribute: its number without the type, and its octets. whole: nothing of it was cut off."""

    number: int
    data: bytes
    whole: bool = True


def read_tnef(data: bytes, *, bodies: bool) -> Opened:
    """Read the attachments of the TNEF stream *data*; with *bodies* its text too."""
    attributes = list(_attributes(data))
    refused = [] if attributes and attributes[-1].whole else [Refused(code=Code.DAMAGED, why=_BROKEN)]
    codepage = next((found.data for found in attributes if found.number == _CODEPAGE), b"")
    charset = f"cp{int.from_bytes(codepage[:4], 'little')}" if codepage else ""
    message = [found for found in attributes if found.number in (_MESSAGE, _BODY)]
    members = list(_bodies(message, charset)) if bodies else []
    if bodies and not members and any(_RTF in dict(_properties(found.data)) for found in message):
        refused.append(Refused(code=Code.UNSUPPORTED, why=_RTF_ONLY))
    for attachment in _attachments(attributes):
        if len(members) >= MAX_MEMBERS:
            refused.append(too_many())
            break
        members.append(_member(attachment, charset))
    return Opened(members=tuple(members), refused=tuple(refused))


def _attributes(data: bytes) -> Iterator[_Attribute]:
    """Level, number, length, octets, checksum: one after the other behind signature and key."""
    position = 6
    if not data.startswith(SIGNATURE):
        return
    while position + _HEADER.size <= len(data):
        _, number, length = _HEADER.unpack_from(data, position)
        start = position + _HEADER.size
        position = start + length + 2
        yield _Attribute(
            number=number & 0xFFFF, data=data[start : start + length], whole=position <= len(data)
        )


def _attachments(attributes: Sequence[_Attribute]) -> Iterator[list[_Attribute]]:
    """Attributes of each attachment; attAttachRendData opens one (section 2.1.3.3.15)."""
    current: list[_Attribute] | None = None
    for attribute in attributes:
        if attribute.number == _RENDER:
            if current is not None:
                yield current
            current = []
        elif current is not None and attribute.number in (_TITLE, _DATA, _ATTACHMENT):
            current.append(attribute)
    if current is not None:
        yield current


def _member(attachment: Sequence[_Attribute], charset: str) -> Member:
    data, title, whole = b"", b"", True
    properties: dict[int, tuple[int, bytes]] = {}
    for attribute in attachment:
        whole = whole and attribute.whole
        if attribute.number == _DATA:
            data = attribute.data
        elif attribute.number == _TITLE:
            title = attribute.data.rstrip(b"\x00")
        else:
            properties.update(_properties(attribute.data))
    kind, content = properties.get(_OBJECT, (0, b""))
    if content:
        data = content[_INTERFACE:] if kind == _OBJECT_TYPE else content
    text = next(
        (_string(*properties[name], charset) for name in (_LONG_NAME, _NAME) if name in properties), ""
    )
    if not text and title:
        text = charsets.decode(title, charset)
    if not text and _SHOWN_NAME in properties:
        text = _string(*properties[_SHOWN_NAME], charset)
    return Member(name=title, text=text or "未命名", data=data, fault="" if whole else _BROKEN)


def _bodies(message: Sequence[_Attribute], charset: str) -> Iterator[Member]:
    for attribute in message:
        if attribute.number == _BODY:
            yield Member(name=b"", text="正文.txt", data=attribute.data.rstrip(b"\x00"))
            return
        properties = dict(_properties(attribute.data))
        for number, name in ((_HTML, "正文.html"), (_PLAIN, "正文.txt")):
            if number in properties:
                kind, content = properties[number]
                octets = (
                    _string(kind, content, charset).encode() if kind == _UNICODE else content.rstrip(b"\x00")
                )
                yield Member(name=b"", text=name, data=octets)
                return


def _properties(data: bytes) -> Iterator[tuple[int, tuple[int, bytes]]]:
    """(number, (type, octets of the first value)) of each MAPI property (section 2.1.3.4); stops where they break off."""
    try:
        (count,) = struct.unpack_from("<L", data, 0)
        position = 4
        for _ in range(min(count, MAX_PROPERTIES)):
            kind, number = struct.unpack_from("<HH", data, position)
            position = _named(data, position + 4) if number >= 0x8000 else position + 4
            content, position = _value(data, position, kind)
            yield number, (kind & ~_MULTIPLE, content)
    except (struct.error, ValueError):
        return


def _named(data: bytes, position: int) -> int:
    """Skip the identifier and number or name of a named property."""
    kind, length = struct.unpack_from("<LL", data, position + 16)
    return position + 24 + (_padded(length) if kind else 0)


def _value(data: bytes, position: int, kind: int) -> tuple[bytes, int]:
    """Read the value at *position*; return (the first of its values, position after all of them).

    Raises:
        ValueError: of a type or a number of values that cannot be.
    """
    base, count = kind & ~_MULTIPLE, 1
    if kind & _MULTIPLE or base in _VARIABLE:
        (count,) = struct.unpack_from("<L", data, position)
        position += 4
    if count > len(data) or (base not in _VARIABLE and base not in _FIXED):
        raise ValueError("MAPI property")
    if base in _FIXED:
        size = _FIXED[base] if count == 1 else _padded(count * (2 if base in (0x02, 0x0B) else _FIXED[base]))
        return data[position : position + _FIXED[base]], position + size
    first = b""
    for place in range(count):
        (length,) = struct.unpack_from("<L", data, position)
        first = data[position + 4 : position + 4 + length] if place == 0 else first
        position += 4 + _padded(length)
    return first, position


def _padded(length: int) -> int:
    return length + -length % 4


def _string(kind: int, content: bytes, charset: str) -> str:
    text = content.decode("utf-16-le", "replace") if kind == _UNICODE else charsets.decode(content, charset)
    return text.rstrip("\x00")
