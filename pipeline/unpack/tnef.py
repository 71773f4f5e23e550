"""Attachments inside winmail.dat (TNEF), which Outlook and Exchange send to those who are not Outlook.

Purpose: `read_tnef()`.
Source: [MS-OXTNEF] sections 2.1.3 (attributes), 2.4 (attachments), [MS-OXPROPS] (property numbers); lzfu.py.
Limits: read by own code: the library at hand loops on counts of thousands of millions in 53 octets. An attached mail is
    handed over as the TNEF that it is. Of the bodies HTML, else text and RTF: the mail mostly has the same text as a part
    of its own, and whoever composes the stages keeps one.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline import charsets
from pipeline.records import Code
from pipeline.unpack import lzfu
from pipeline.unpack.limits import MAX_MEMBERS, Member, Opened, Refused, too_many
from pipeline.unpack.msg import pasted_picture

SIGNATURE = b"\x78\x9f\x3e\x22"
MAX_PROPERTIES = 10_000
"""Properties of one attachment; Outlook writes some thirty."""

_HEADER = struct.Struct("<BLL")
_RENDER, _TITLE, _DATA, _ATTACHMENT = 0x9002, 0x8010, 0x800F, 0x9005
_CODEPAGE, _MESSAGE, _BODY, _CLASS = 0x9007, 0x9003, 0x800C, 0x8008
_ORDINARY = ("IPM.NOTE", "IPM.MICROSOFT MAIL.NOTE")
"""Beginnings of the classes of a mail; others are meetings, tasks and the like."""
_LONG_NAME, _NAME, _SHOWN_NAME, _OBJECT = 0x3707, 0x3704, 0x3001, 0x3701
_PLAIN, _HTML, _RTF = 0x1000, 0x1013, 0x1009
_FIXED = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_VARIABLE = frozenset({0x00, 0x0D, 0x1E, 0x1F, 0x102})
_STRING, _UNICODE, _OBJECT_TYPE, _MULTIPLE = 0x1E, 0x1F, 0x0D, 0x1000
_INTERFACE = 16  # octets of the interface's identifier in front of an object
_BROKEN = "winmail.dat 不完整或损坏，只读出前面的内容"
_NO_RTF = "winmail.dat 里的正文（压缩 RTF）损坏，没有读出"
_EMPTY = "winmail.dat 里没有正文，也没有附件"
_CUT_RTF = "正文不完整"


@dataclass(frozen=True, kw_only=True)
class _Attribute:
    """One attribute: its number without the type, and its octets. whole: nothing of it was cut off."""

    number: int
    data: bytes
    whole: bool = True


def read_tnef(data: bytes) -> Opened:
    """Read the TNEF stream *data*: the text of the mail that it is, and its attachments."""
    attributes = list(_attributes(data))
    message = [found for found in attributes if found.number in (_MESSAGE, _BODY)]
    codepage = _first(attributes, _CODEPAGE)
    charset = f"cp{int.from_bytes(codepage[:4], 'little')}" if codepage else ""
    whole = bool(attributes) and attributes[-1].whole
    whole = whole and all(
        _properties(one.data)[1] for one in attributes if one.number in (_MESSAGE, _ATTACHMENT)
    )
    refused = [] if whole else [Refused(code=Code.DAMAGED, why=_BROKEN)]
    members = list(_bodies(message, charset))
    if any(not member.data for member in members):
        members = [member for member in members if member.data]
        refused.append(Refused(code=Code.DAMAGED, why=_NO_RTF))
    for attachment in _attachments(attributes):
        if len(members) >= MAX_MEMBERS:
            refused.append(too_many())
            break
        members.append(_member(attachment, charset))
    note = _note(_first(attributes, _CLASS)) or ("" if members or refused else _EMPTY)
    return Opened(members=tuple(members), refused=tuple(refused), note=note)


def _first(attributes: Sequence[_Attribute], number: int) -> bytes:
    return next((found.data for found in attributes if found.number == number), b"")


def _note(octets: bytes) -> str:
    kind = octets.rstrip(b"\x00").decode("latin-1")[:80]
    return f"Outlook 项目，类型 {kind}" if kind and not kind.upper().startswith(_ORDINARY) else ""


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
            properties.update(_properties(attribute.data)[0])
    kind, content = properties.get(_OBJECT, (0, b""))
    if content:
        data = pasted_picture(content[_INTERFACE:]) if kind == _OBJECT_TYPE else content
    text = next(
        (_string(*properties[name], charset) for name in (_LONG_NAME, _NAME) if name in properties), ""
    )
    if not text and title:
        text = charsets.decode(title, charset)
    if not text and _SHOWN_NAME in properties:
        text = _string(*properties[_SHOWN_NAME], charset)
    return Member(name=title, text=text or "未命名", data=data, fault="" if whole else _BROKEN)


def _bodies(message: Sequence[_Attribute], charset: str) -> Iterator[Member]:
    """The HTML, else the plain text and the RTF; one that cannot be read has no octets."""
    properties: dict[int, tuple[int, bytes]] = {}
    for attribute in message:
        if attribute.number == _BODY:
            properties.setdefault(_PLAIN, (_STRING, attribute.data))
        else:
            properties.update(_properties(attribute.data)[0])
    for number, name in ((_HTML, "正文.html"), (_PLAIN, "正文.txt"), (_RTF, "正文.rtf")):
        kind, content = properties.get(number, (0, b""))
        if not content.strip(b"\x00 \r\n"):
            continue
        whole = True
        if number == _RTF:
            content, whole = lzfu.decompress(content)
        elif kind == _UNICODE:
            content = _string(kind, content, charset).encode()
        fault = "" if whole else _CUT_RTF
        yield Member(name=b"", text=name, data=content.rstrip(b"\x00"), fault=fault, body=True)
        if number == _HTML:
            return


def _properties(data: bytes) -> tuple[dict[int, tuple[int, bytes]], bool]:
    """({number: (type, octets of the first value)} of the MAPI properties (section 2.1.3.4), False if they break off)."""
    found: dict[int, tuple[int, bytes]] = {}
    try:
        (count,) = struct.unpack_from("<L", data, 0)
        position = 4
        for _ in range(min(count, MAX_PROPERTIES)):
            kind, number = struct.unpack_from("<HH", data, position)
            position = _named(data, position + 4) if number >= 0x8000 else position + 4
            content, position = _value(data, position, kind)
            found[number] = kind & ~_MULTIPLE, content
    except (struct.error, ValueError):
        return found, False
    return found, position <= len(data) and count <= MAX_PROPERTIES


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
