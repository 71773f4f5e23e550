"""Encoded words and raw 8-bit text in header values.

Purpose: `decode()` gives the text of an unstructured value, `octets_of()` the octets behind it.
Source: RFC 2047 sections 2, 4 and 6.2, RFC 2231 section 5 (language). Beyond it, as mails really are: words cut inside a
    character (joined before their charset is applied), base64 without padding, blanks inside a word, no blank between,
    words encoded twice, a last word that lost its end.
Limits: one pass; nothing here raises.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from itertools import groupby

from pipeline import charsets
from pipeline.parse import transfer

# A text of RFC 2047 ends at "?="; it may hold "?" and "=" apart, but no "=?" that begins the next word.
_WORD = re.compile(rb"=\?([^?\s]{0,60})\?([bBqQ])\?((?:[^?=]|\?(?!=)|=(?!\?[^=]))*)(?:\?=|\Z)")
_TWICE = re.compile(r"\s*(?:=\?[^?\s]{1,60}\?[bBqQ]\?[^?\s]{1,500}\?=\s*)+")
_FOLDED = re.compile(rb"(?<==[0-9A-F]{2})[ \t]+(?==[0-9A-F]{2})")  # a blank that folding put inside a word
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")


def decode(value: bytes) -> str:
    """Return the text of the header *value*, encoded words and raw 8-bit octets decoded.

    All raw octets of a value are in one charset, decided over the whole of them.
    """
    text = "".join(text for _, text in texts(value))
    if _TWICE.fullmatch(text):  # a program took the encoded words for the text, and encoded them
        return "".join(text for _, text in texts(text.encode()))
    return text


def texts(value: bytes) -> list[tuple[bool, str]]:
    """Return the runs of *value* in order: (it stood in encoded words, its text)."""
    runs = list(_runs(value))
    raw = charsets.trial(b"".join(octets for label, octets in runs if label is None))
    return [(label is not None, charsets.decode(octets, label or raw)) for label, octets in runs]


def one_line(text: str) -> str:
    """Return *text* without control characters, on one line, without outer white space."""
    return _CONTROLS.sub(" ", text).strip()


def octets_of(value: bytes) -> bytes:
    """Return the octets that *value* stands for, before any charset is applied."""
    return b"".join(octets for _, octets in _runs(value))


def _runs(value: bytes) -> Iterator[tuple[str | None, bytes]]:
    """Cut *value* into runs of one charset: (label, octets), label None for what stands outside of encoded words."""
    for label, pieces in groupby(_pieces(value), key=lambda piece: piece[0]):
        yield label, b"".join(octets for _, octets in pieces)


def _pieces(value: bytes) -> Iterator[tuple[str | None, bytes]]:
    """Encoded words and what stands between them; white space between two words is dropped (section 6.2)."""
    position = 0
    for word in _WORD.finditer(value):
        between = value[position : word.start()]
        if between.strip() or (between and not position):
            yield None, between
        yield word[1].decode("latin-1").partition("*")[0].lower(), _text(word[2], word[3])
        position = word.end()
    if position < len(value):
        yield None, value[position:]


def _text(encoding: bytes, text: bytes) -> bytes:
    if encoding in b"bB":
        return transfer.from_base64(text)[0]
    return binascii.a2b_qp(_FOLDED.sub(b"", text), header=True)
