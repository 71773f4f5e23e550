"""Mails by hand, line by line: headers, encoded words, parameters and bodies as the mail programs write them.

Purpose: the standard library writes only correct mails, and always the same ones; units send others.
Source: RFC 5322, 2045, 2046, 2047 (encoded words), 2231 (continued parameters).
Limits: lines end in CRLF; nothing is checked, so that wrong mails can be written too.
"""

from __future__ import annotations

import base64
import quopri
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256

from tools.samplemaker.story import Story

CRLF = b"\r\n"
MAILBOX = "skxzrb@foxmail.example"
ORGANISER = "重庆市科协收件"
MAX_WORD = 75
"""Octets of one encoded word, RFC 2047 section 2."""


@dataclass(frozen=True, kw_only=True)
class Entity:
    """A MIME entity of RFC 2045 section 2.4: its own header lines, and its body as transferred."""

    headers: tuple[bytes, ...]
    body: bytes

    @property
    def octets(self) -> bytes:
        """The entity with the empty line between header and body."""
        return CRLF.join((*self.headers, b"", self.body))


# ---------------------------------------------------------------- entities


def text(words: str, *, charset: str = "utf-8", label: str = "", encoding: str = "base64") -> Entity:
    """A text/plain body. label: the charset it claims, if another. encoding: base64, quoted-printable or 8bit."""
    return _body(words, "plain", charset=charset, label=label or charset, encoding=encoding)


def html(markup: str, *, charset: str = "utf-8", encoding: str = "base64") -> Entity:
    """A text/html body."""
    return _body(markup, "html", charset=charset, label=charset, encoding=encoding)


def attachment(
    data: bytes,
    name: str,
    media_type: str = "application/octet-stream",
    naming: Callable[[str], tuple[bytes, bytes]] | None = None,
) -> Entity:
    """A file. naming: writes the name= and filename= parameters; encoded words by default."""
    type_parameter, disposition_parameter = (naming or encoded_names)(name)
    return Entity(
        headers=(
            b"Content-Type: " + media_type.encode() + b";" + CRLF + b"\t" + type_parameter,
            b"Content-Transfer-Encoding: base64",
            b"Content-Disposition: attachment;" + CRLF + b"\t" + disposition_parameter,
        ),
        body=lines(data),
    )


def inline(data: bytes, media_type: str, content_id: str) -> Entity:
    """A picture inside an HTML body, named by its Content-ID alone."""
    return Entity(
        headers=(
            b"Content-Type: " + media_type.encode(),
            b"Content-Transfer-Encoding: base64",
            b"Content-ID: <" + content_id.encode() + b">",
            b"Content-Disposition: inline",
        ),
        body=lines(data),
    )


def nested(mail: bytes) -> Entity:
    """A whole mail as an attachment (message/rfc822), as 作为附件转发 sends it."""
    return Entity(headers=(b"Content-Type: message/rfc822", b"Content-Disposition: attachment"), body=mail)


def multipart(subtype: str, *entities: Entity, parameters: str = "") -> Entity:
    """Several entities in one; the boundary follows from what they hold."""
    bodies = [entity.octets for entity in entities]
    boundary = b"----=_NextPart_" + sha256(b"".join(bodies)).hexdigest()[:24].upper().encode()
    header = (
        f"Content-Type: multipart/{subtype};{parameters}\r\n\tboundary=".encode() + b'"' + boundary + b'"'
    )
    body = b"".join(b"--" + boundary + CRLF + one + CRLF for one in bodies) + b"--" + boundary + b"--" + CRLF
    return Entity(headers=(header,), body=body)


def _body(words: str, subtype: str, *, charset: str, label: str, encoding: str) -> Entity:
    data = words.strip("\n").replace("\n", "\r\n").encode(charset)
    return Entity(
        headers=(
            f'Content-Type: text/{subtype};\r\n\tcharset="{label}"'.encode(),
            b"Content-Transfer-Encoding: " + encoding.encode(),
        ),
        body=_transferred(data, encoding),
    )


def _transferred(data: bytes, encoding: str) -> bytes:
    if encoding == "base64":
        return lines(data)
    if encoding == "quoted-printable":
        coded = quopri.encodestring(data.replace(CRLF, b"\n"))
        return coded.replace(b"\n", CRLF)
    return data


def lines(data: bytes) -> bytes:
    """*data* in base64, 76 characters a line."""
    coded = base64.b64encode(data)
    return CRLF.join(coded[at : at + 76] for at in range(0, len(coded), 76))


# ---------------------------------------------------------------- words and names


def encoded(words: str, *, charset: str = "utf-8", label: str = "") -> bytes:
    """*words* as encoded words, none longer than 75 octets, cut between characters. label: a charset claimed instead."""
    if words.isascii():
        return words.encode()
    name = label or charset
    return (CRLF + b" ").join(
        b"=?%s?B?%s?=" % (name.encode(), base64.b64encode(piece)) for piece in _pieces(words, charset, name)
    )


def _pieces(words: str, charset: str, name: str) -> Iterator[bytes]:
    room = (MAX_WORD - len(name) - 7) // 4 * 3
    piece = b""
    for character in words:
        octets = character.encode(charset)
        if len(piece) + len(octets) > room:
            yield piece
            piece = b""
        piece += octets
    yield piece


def encoded_names(name: str) -> tuple[bytes, bytes]:
    """Encoded words inside quotes: against RFC 2047 section 5, and what QQ and Foxmail send."""
    quoted = b'"' + encoded(name).replace(CRLF + b" ", CRLF + b"\t") + b'"'
    return b"name=" + quoted, b"filename=" + quoted


def continued_names(name: str) -> tuple[bytes, bytes]:
    """RFC 2231 continuations cut every 40 characters, wherever a Chinese character may stand."""
    coded = "".join(f"%{octet:02X}" for octet in name.encode())
    cuts = [coded[at : at + 42] for at in range(0, len(coded), 42)]
    cuts[0] = "UTF-8''" + cuts[0]
    continued = ";\r\n\t".join(f"filename*{number}*={cut}" for number, cut in enumerate(cuts))
    return encoded_names(name)[0], continued.encode()


def raw_gbk_names(name: str) -> tuple[bytes, bytes]:
    """Raw 8-bit octets in GBK, as scripts and old web mailers send them."""
    quoted = b'"' + name.encode("gbk") + b'"'
    return b"name=" + quoted, b"filename=" + quoted


# ---------------------------------------------------------------- the mail


def message(story: Story, entity: Entity, changes: Mapping[str, bytes | None] | None = None) -> bytes:
    """The mail of *story* with the content *entity*.

    Args:
        changes: header name to raw octets of its value, for what is not as usual; None leaves the header out. Names
            that are not usual come last.
    """
    headers: dict[str, bytes | None] = {
        "Received": received(story.address, story.received),
        "Date": format_datetime(story.received).encode(),
        "From": b'"' + encoded(story.sender) + b'" <' + story.address.encode() + b">",
        "To": encoded(ORGANISER) + b" <" + MAILBOX.encode() + b">",
        "Subject": encoded(story.subject),
        "Message-ID": message_id(story),
        "MIME-Version": b"1.0",
    }
    headers |= changes or {}
    written = tuple(name.encode() + b": " + value for name, value in headers.items() if value is not None)
    return CRLF.join((*written, *entity.headers, b"", entity.body)) + CRLF


def received(address: str, at: datetime) -> bytes:
    """The topmost Received header: the collecting server had it *at* that moment."""
    domain = address.rpartition("@")[2]
    number = int(sha256(f"{address} {at}".encode()).hexdigest()[:4], 16)
    return (
        f"from smtp.{domain} (unknown [203.0.113.{number % 254 + 1}])\r\n"
        f"\tby mx.foxmail.example (NewMX) with SMTP id {number:06d}\r\n"
        f"\tfor <{MAILBOX}>; {format_datetime(at)}"
    ).encode()


def message_id(story: Story) -> bytes:
    """A Message-ID of the sender's domain."""
    mark = sha256(story.slug.encode()).hexdigest()[:20].upper()
    return f"<{mark}@{story.address.rpartition('@')[2]}>".encode()
