"""Mails as Chinese mail programs write them, made octet by octet from a plan, so that every leaf and its place is known."""

from __future__ import annotations

import base64
import binascii
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

NAMES = (
    "重庆市药学会活动总结（定稿）.docx",
    "图1.jpg",
    "照片 (1).JPG",
    "赵翀、镕、珺：名单;终.xls",
    "2024 huodong.pdf",
    "附件" + "很长的名字" * 20 + ".zip",
)
TEXTS = ("江津区科协报送总结，请查收。\r\n", "plain text\r\n", "", "一\r\n--not a boundary\r\n二\r\n")
CHARSETS = (("utf-8", "utf-8"), ("gbk", "gb2312"), ("gb18030", "GB18030"), ("gbk", "x-gbk"))
"""Charset of the octets, and the label they are sent under."""


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One leaf as it was put in: its path, name and octets, and the offset in the mail at which it is complete."""

    path: str
    name: str
    data: bytes
    end: int = 0


@dataclass(kw_only=True)
class Made:
    """A mail while it is written."""

    octets: bytes = b""
    sent: list[Sent] = field(default_factory=list)


def made(chance: random.Random) -> Made:
    """A mail with texts, files, alternatives, uuencoded files and nested mails, its parts in any form *chance* picks."""
    mail = Made()
    mail.octets = b"From: a@example.org\r\nSubject: s\r\nMIME-Version: 1.0\r\n"
    _multipart(mail, chance, prefix="", depth=0)
    return mail


def _multipart(mail: Made, chance: random.Random, *, prefix: str, depth: int) -> None:
    boundary = f"----=_{depth}_{chance.randrange(10**9)}".encode()
    kind = chance.choice([b"mixed", b"related", b"alternative"])
    mail.octets += b'Content-Type: multipart/%s; boundary="%s"\r\n\r\npreamble\r\n' % (kind, boundary)
    for number in range(1, chance.randint(1, 4) + 1):
        mail.octets += b"--%s\r\n" % boundary
        before = len(mail.sent)
        _part(mail, chance, path=f"{prefix}{number}", depth=depth + 1)
        mail.octets += b"\r\n"
        ends = len(mail.octets) + len(boundary) + 4
        mail.sent[before:] = [one if one.end else _ended(one, ends) for one in mail.sent[before:]]
    mail.octets += b"--%s--\r\n" % boundary


def _ended(sent: Sent, end: int) -> Sent:
    return Sent(path=sent.path, name=sent.name, data=sent.data, end=end)


def _part(mail: Made, chance: random.Random, *, path: str, depth: int) -> None:
    kind = chance.choice(["text", "file", "file", "file", "uu", "multipart", "nested"])
    if kind == "multipart" and depth < 4:
        _multipart(mail, chance, prefix=f"{path}.", depth=depth)
    elif kind == "nested" and depth < 3:
        _nested(mail, chance, path=path)
    elif kind == "text":
        _text(mail, chance, path=path)
    elif kind == "uu":
        _uuencoded(mail, chance, path=path)
    else:
        _file(mail, chance, path=path)


def _nested(mail: Made, chance: random.Random, *, path: str) -> None:
    inner = made(chance)
    mail.octets += b"Content-Type: message/rfc822\r\n" + _disposition(chance) + b"\r\n"
    mail.sent.append(Sent(path=path, name="", data=inner.octets))
    mail.octets += inner.octets[:-2]


def _disposition(chance: random.Random) -> bytes:
    return chance.choice([b"", b"Content-Disposition: inline\r\n"])


def _text(mail: Made, chance: random.Random, *, path: str) -> None:
    charset, label = chance.choice(CHARSETS)
    octets = chance.choice(TEXTS).encode(charset)
    head = f"Content-Type: text/{chance.choice(['plain', 'html'])}; charset={label}\r\n".encode()
    encoding, body = _encoded(octets, chance)
    mail.octets += head + _disposition(chance) + encoding + b"\r\n" + body
    mail.sent.append(Sent(path=path, name="", data=octets))


def _uuencoded(mail: Made, chance: random.Random, *, path: str) -> None:
    """A text with files in it, for there was no MIME when this way was found."""
    before, after = b"please see the files\r\n\r\n", b"\r\nbegin with the first one\r\n"
    mail.octets += b"Content-Type: text/plain\r\n\r\n" + before
    mail.sent.append(Sent(path=path, name="", data=before + after))
    for number in range(chance.randint(1, 2)):
        data = chance.randbytes(chance.randint(1, 200)) + bytes(chance.choice([0, 60]))
        lines = [
            binascii.b2a_uu(data[at : at + 45], backtick=chance.random() < 0.5).rstrip(b"\n")
            for at in range(0, len(data), 45)
        ]
        lines = [line.rstrip() for line in lines] if chance.random() < 0.3 else lines
        ending = chance.choice([b"`\r\nend\r\n", b" \r\nend\r\n", b"\r\nend\r\n", b"end\r\n"])
        mail.octets += b"begin 644 f%d.bin\r\n" % number + b"\r\n".join([*lines, b""]) + ending
        mail.sent.append(Sent(path=f"{path}/f{number}.bin", name=f"f{number}.bin", data=data))
    mail.octets += after


def _file(mail: Made, chance: random.Random, *, path: str) -> None:
    name, data = chance.choice(NAMES), chance.randbytes(chance.randint(0, 300))
    place = chance.choice(["both", "disposition", "type", "none"])
    mail.octets += b"Content-Type: " + chance.choice(
        [b"application/octet-stream", b"image/png", b"application/msword"]
    )
    if place in ("both", "type"):
        mail.octets += b";\r\n\t" + _parameter("name", name, chance)
    mail.octets += b"\r\n"
    if place in ("both", "disposition"):
        mail.octets += b"Content-Disposition: " + chance.choice([b"attachment", b"inline"])
        mail.octets += b";\r\n " + _parameter("filename", name, chance) + b"; size=%d\r\n" % len(data)
    encoding, body = _encoded(data, chance)
    mail.octets += encoding + b"\r\n" + body
    mail.sent.append(Sent(path=path, name="" if place == "none" else name, data=data))


def _encoded(octets: bytes, chance: random.Random) -> tuple[bytes, bytes]:
    """(the line of the header, the body), in a transfer encoding that leaves the octets as they are."""
    if chance.random() < 0.2 and b"\r\n--" not in octets and not octets.endswith(b"\r"):
        return b"Content-Transfer-Encoding: binary\r\n", octets
    if chance.random() < 0.4:
        return b"Content-Transfer-Encoding: quoted-printable\r\n", _quoted_printable(octets, chance)
    lines = base64.encodebytes(octets).strip().replace(b"\n", b"\r\n")
    return b"Content-Transfer-Encoding: %s\r\n" % chance.choice([b"base64", b"BASE64", b" base64 "]), lines


def _quoted_printable(octets: bytes, chance: random.Random) -> bytes:
    """All line breaks of the octets as =0D=0A, those of the encoding soft ones anywhere."""
    pieces = []
    for octet in octets:
        plain = 33 <= octet <= 126 and octet not in b"=-" and chance.random() < 0.9
        pieces.append(bytes([octet]) if plain else b"=%02X" % octet)
        if chance.random() < 0.05:
            pieces.append(b"=" + chance.choice([b"", b" ", b"\t "]) + b"\r\n")
    return b"".join(pieces)


# ---------------------------------------------------------------- names in parameters


def _parameter(key: str, name: str, chance: random.Random) -> bytes:
    """The parameter *key* with *name* in one of the ways that programs send."""
    charset, label = chance.choice(CHARSETS)
    way = chance.choice([_raw, _words, _words, _extended, _continued, _continued])
    return way(key, name.encode(charset), label, chance)


def _raw(key: str, octets: bytes, _label: str, _chance: random.Random) -> bytes:
    return b'%s="%s"' % (key.encode(), octets)


def _words(key: str, octets: bytes, label: str, chance: random.Random) -> bytes:
    """Encoded words inside quotes, cut anywhere, also inside a character."""
    words = []
    for piece in _pieces(octets, chance, 1, 40):
        if chance.random() < 0.7:
            words.append(f"=?{label}?B?{base64.b64encode(piece).decode()}?=")
        else:
            words.append(f"=?{label}?q?{''.join(f'={octet:02X}' for octet in piece)}?=")
    joined = "\r\n ".join(words)
    return (f'{key}="{joined}"' if chance.random() < 0.8 else f"{key}={joined}").encode()


def _extended(key: str, octets: bytes, label: str, _chance: random.Random) -> bytes:
    return f"{key}*={label}'zh-cn'{_percent(octets)}".encode()


def _continued(key: str, octets: bytes, label: str, chance: random.Random) -> bytes:
    """Continuations of RFC 2231, cut anywhere, in any order."""
    pieces = [
        f"{key}*{number}*={label + chr(39) * 2 if not number else ''}{_percent(piece)}"
        for number, piece in enumerate(_pieces(octets, chance, 1, 30))
    ]
    if chance.random() < 0.3:
        chance.shuffle(pieces)
    return ";\r\n ".join(pieces).encode()


def _percent(octets: bytes) -> str:
    return "".join(f"%{octet:02X}" for octet in octets)


def _pieces(octets: bytes, chance: random.Random, least: int, most: int) -> Iterator[bytes]:
    while octets:
        size = chance.randint(least, most)
        yield octets[:size]
        octets = octets[size:]
