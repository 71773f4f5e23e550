"""The parse copy: the mail without its bodies, made readable for mail-parser. The archived octets never change.

Purpose: `read_skeleton()`. Raw 8-bit octets become UTF-8, encoded words are made whole and labelled UTF-8, bodies are cut
    out by offset: the library then reads what the sender meant, some twenty times as fast, and never sees an attachment.
Source: RFC 2047 section 2; what mail-parser 4.8 does with labels, raw octets and quoted words stands in its tests.
Limits: at most MAX_FRAME octets and MAX_FRAME_PARTS of structure and MAX_HOPS fields of Received; a mail beyond them is
    shown to mail-parser as its outer header alone, and its defects are those that structure.py saw.
"""

from __future__ import annotations

import base64
import logging
import re
from collections.abc import Iterator

from mailparser import MailParser
from mailparser.exceptions import MailParserError

from pipeline.mapped import Octets
from pipeline.parse import words
from pipeline.parse.fields import Head
from pipeline.parse.structure import Structure

_log = logging.getLogger("mailparser")  # it logs words of the mails that it reads
_log.addHandler(logging.NullHandler())
_log.propagate = False

MAX_FRAME = 131_072
"""Octets of part headers and boundaries in the parse copy; a mail with 300 attachments has some 100 KB."""
MAX_FRAME_PARTS = 400
"""Parts in the parse copy: mail-parser's time grows faster than their number."""
MAX_HOPS = 60
"""Fields of Received in the parse copy; mail systems return a mail after 25 to 100 hops."""

SHOWN_AS = {"from": "from", "to": "to", "sender": "reply-to"}
"""Address fields, and the field each is shown to mail-parser as: it takes no addresses from a Sender."""

_COPIED = frozenset({"from", "to", "sender", "date", "received", "mime-version"})
_QUOTED = re.compile(rb"\"([^\"]*)\"")
_SURPRISES = (MailParserError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What a library may throw on hostile input; then the header is read without it."""


def read_skeleton(octets: Octets, structure: Structure) -> MailParser | None:
    """Let mail-parser read the parse copy of the mail *octets*; None where even that surprises it."""
    try:
        return MailParser.from_bytes(_copy(octets, structure))
    except _SURPRISES:
        return None


def _copy(octets: Octets, structure: Structure) -> bytes:
    """The mail without its bodies, its outer header in UTF-8 with whole encoded words.

    What only looks like an encoded word is taken apart everywhere: the standard library's search for the end of one is
    quadratic. Of a mail with too many parts the copy is the header, and says nothing of parts.
    """
    head = structure.mail.head
    frame = structure.frame[1:]
    small = len(frame) <= 2 * MAX_FRAME_PARTS and sum(end - start for start, end in frame) <= MAX_FRAME
    lines = [b"%s: %s\n" % (name.encode(), value) for name, value in _copied(head, with_type=small)]
    rest = [octets[start:end] for start, end in frame] if small else []
    return b"".join([*lines, octets[head.end : head.body] or b"\n", _apart(b"".join(rest))])


def _copied(head: Head, *, with_type: bool) -> Iterator[tuple[str, bytes]]:
    hops = 0
    for field in head.fields:
        hops += field.name == "received"
        if field.name == "content-type" and with_type:
            yield field.name, _apart(field.value)
        elif field.name in _COPIED and (field.name != "received" or hops <= MAX_HOPS):
            yield SHOWN_AS.get(field.name, field.name), _whole(field.value)


def _apart(value: bytes) -> bytes:
    return value.replace(b"=?", b"= ?")


def _whole(value: bytes) -> bytes:
    """The *value* in UTF-8: runs of encoded words as one text, also inside quotes, where everybody puts them."""
    unquoted = _QUOTED.sub(lambda found: _as_words(found[1]) if b"=?" in found[1] else found[0], value)
    pieces = [
        _as_words(text.encode()) if encoded else _apart(text.encode())
        for encoded, text in words.texts(unquoted)
    ]
    return b" ".join(piece.replace(b"\n", b" ").replace(b"\r", b" ") for piece in pieces)


def _as_words(value: bytes) -> bytes:
    """The text of *value* as encoded words of at most 75 characters (RFC 2047 section 2)."""
    text = words.one_line(words.decode(value))
    chunks = [text[at : at + 11] for at in range(0, len(text), 11)]
    return b" ".join(b"=?utf-8?b?%s?=" % base64.b64encode(chunk.encode()) for chunk in chunks)
