"""Content-Transfer-Encodings: from the octets in the mail to those that were sent.

Purpose: `decode()`; what is wrong with the encoding is said, and everything that can be saved is saved.
Source: RFC 2045 sections 6.1, 6.7 (quoted-printable), 6.8 (base64: other characters are ignored, "=" ends the data);
    uuencode.py. Beyond it: data cut at 4n+1 characters, several padded chunks one after the other.
Limits: linear time; an encoding without a name in RFC 2045 is left as it is, and said.
"""

from __future__ import annotations

import binascii
import io
import re

import pybase64

from pipeline.mapped import copied, let_go
from pipeline.uuencode import from_uuencode

_TOKEN = re.compile(r"[a-z0-9._-]+")
_WHITE = b" \t\r\n"
_LARGE = 200_000
"""Octets of base64 from which numpy, dear to import, takes the line ends out."""
_PIECE = 1_048_576
"""Octets of base64 decoded at once: more than one mail's worth of copies never lies about."""
_MAX_LINE = 1_000
"""Octets of a line; RFC 2045 section 6.8 allows 76."""
MAX_TAIL = 300
"""Octets at the end of a body that are looked at for a boundary line."""
_CUT_BOUNDARY = re.compile(rb"\n--[^\r\n]{0,250}\Z")
"""The beginning of a boundary line, where the mail was cut inside it: its letters are none of the file's."""
NO_BASE64 = 0.25
"""Share of octets beyond ASCII from which what calls itself base64 is a text as it stands."""
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_OTHERS = bytes(octet for octet in range(256) if octet not in _ALPHABET)
_ASCII = bytes(range(128))
_PURE = re.compile(rb"[A-Za-z0-9+/]{4,}={0,2}[ \t\r]*")
_SOFT_BREAK = re.compile(rb"=[ \t]++\r?\n")  # section 6.7 (3): white space at the end of a line means nothing
UUENCODE = frozenset({"x-uuencode", "uuencode", "x-uue", "uue", "x-uu"})
_IDENTITY = frozenset({"", "7bit", "8bit", "binary", "7-bit", "8-bit"})


def name_of(value: bytes) -> str:
    """Return the encoding that a Content-Transfer-Encoding *value* names, in lower case; comments and quotes ignored."""
    found = _TOKEN.search(value.decode("latin-1").lower())
    return found.group() if found else ""


def decode(octets: bytes | memoryview, encoding: str) -> tuple[bytes, str]:
    """Decode the body *octets* of a part.

    Args:
        encoding: as of `name_of`.

    Returns:
        (the octets meant, what was wrong in Chinese or "").
    """
    if encoding == "base64" and not _is_text(octets):
        decoded, faulty = from_base64(octets[: _letters_end(octets)])
        return decoded, "base64 编码有误，已尽量还原，内容可能不完整" if faulty else ""
    octets = copied(octets)
    if encoding in _IDENTITY:
        return octets, ""
    if encoding == "base64":
        return octets, "声明为 base64，内容却是普通文字，按原样读取"
    if encoding == "quoted-printable":
        return binascii.a2b_qp(_SOFT_BREAK.sub(b"=\n", octets)), ""
    if encoding in UUENCODE:
        return from_uuencode(octets)
    return octets, f"不认识的传输编码“{encoding[:40]}”，按原样保存"


def from_base64(octets: bytes | memoryview) -> tuple[bytes, bool]:
    """Decode base64 (RFC 2045 section 6.8); True if it was not well-formed."""
    if len(octets) >= _LARGE and (decoded := _by_pieces(memoryview(octets))) is not None:
        return decoded, False
    octets = copied(octets)
    try:
        return pybase64.b64decode(octets.translate(None, _WHITE), validate=True), False
    except (binascii.Error, ValueError):
        return _lenient(octets), True


def _by_pieces(octets: memoryview) -> bytes | None:
    """Decode base64 of even lines a piece at a time, without a copy of the whole; None where it is any other, or ill-formed."""
    head = bytes(octets[:_MAX_LINE])
    line = head.find(b"\n") + 1
    width = line - (2 if head[:line].endswith(b"\r\n") else 1)
    if width <= 0 or width % 4:
        return None
    decoded, step = io.BytesIO(), _PIECE // line * line
    last = (len(octets) - 1) // line * line  # the last line alone may be short, and padded
    try:
        for start in range(0, last, step):
            letters = _unbroken(octets[start : min(start + step, last)], width, head[width:line])
            part = pybase64.b64decode(letters, validate=True)
            if len(part) != len(letters) // 4 * 3:
                return None
            decoded.write(part)
            let_go(octets)
        decoded.write(pybase64.b64decode(bytes(octets[last:]).translate(None, _WHITE), validate=True))
    except (binascii.Error, ValueError):
        return None
    return decoded.getvalue()


def _unbroken(lines: memoryview, width: int, end: bytes) -> bytes:
    """Give *lines* of so many letters without their *end*, five times as fast as `translate`; b"=" where any differs."""
    import numpy

    table = numpy.frombuffer(lines, dtype=numpy.uint8).reshape(-1, width + len(end))
    if any((table[:, width + place] != sign).any() for place, sign in enumerate(end)):
        return b"="
    letters: bytes = table[:, :width].tobytes()
    return letters


def _letters_end(octets: bytes | memoryview) -> int:
    """Where the base64 ends, without the beginning of a boundary line at the end of a mail that was cut there."""
    tail = max(0, len(octets) - MAX_TAIL)
    cut = _CUT_BOUNDARY.search(octets, tail)
    return cut.start() if cut else len(octets)


def _is_text(octets: bytes | memoryview) -> bool:
    """Say whether *octets* cannot be base64: too many of them are beyond ASCII, and not by damage of a few lines."""
    sample = bytes(octets[:10_000])
    return len(sample.translate(None, _ASCII)) > NO_BASE64 * len(sample)


def _lenient(octets: bytes) -> bytes:
    """Everything up to the padding with other characters ignored, then further chunks that follow it at once."""
    head, padding, tail = octets.partition(b"=")
    chunks = [head, *_further(tail)] if padding else [head]
    return b"".join(_chunk(chunk.translate(None, _OTHERS)) for chunk in chunks)


def _further(tail: bytes) -> list[bytes]:
    """Chunks of base64 after a first padding: whole lines of its alphabet, up to the first line of anything else."""
    lines = tail.split(b"\n")
    if lines[0].strip(_WHITE + b"="):
        return []
    pure: list[bytes] = []
    for line in lines[1:]:
        if not _PURE.fullmatch(line):
            break
        pure.append(line)
    return re.split(rb"=+", b"\n".join(pure))


def _chunk(letters: bytes) -> bytes:
    """Decode letters of the alphabet; one that is left over (4n+1) carries no octet and is dropped."""
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return pybase64.b64decode(letters + b"=" * (-len(letters) % 4))
