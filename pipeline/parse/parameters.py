"""Values with parameters: Content-Type and Content-Disposition.

Purpose: `read()` cuts such a value into its first word and its parameters, names of files decoded.
Source: RFC 2045 section 5.1, RFC 2183 section 2, RFC 2231 sections 3 and 4 (continuations, charsets; the extended form
    wins over the plain one, RFC 6266 section 4.3). Beyond it, as mails really are: raw GBK or UTF-8 octets, encoded
    words inside parameters, unquoted blanks, lost or bare quotes, continuations cut inside a character.
Limits: one pass; parameters beyond MAX_PARAMETERS are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from pipeline import charsets
from pipeline.parse import words

MAX_PARAMETERS = 1_000
"""Parameters of one field; a name in a hundred continuations is long already."""

_NAME = re.compile(r"\s*([^\s=;\"]+)\s*=\s*")
_CLOSES = re.compile(r"\"\s*(?:;|$|(?=[\w*-]+\s*=))|\"(?=\s*\([^)]{0,200}\)\s*(?:;|$))")
_UNQUOTED = re.compile(r"[^;]*")
_NUMBERED = re.compile(r"([^*]+)(?:\*(\d{1,4}))?(\*)?")
_FORGOTTEN = re.compile(r"\s*([^\s;=\"]+)\s+(?=[\w*-]+\s*=)")
_COMMENT = re.compile(r"\s*\([^()]*\)\s*")
_PERCENT = re.compile(r"(?:%[89A-Fa-f][0-9A-Fa-f]){3}")
_ESCAPED = re.compile(r"\\(.)")


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One parameter: its decoded text and the octets that it was decoded from."""

    text: str
    octets: bytes


@dataclass(frozen=True, kw_only=True)
class _Piece:
    """One parameter as it stands: number of its continuation (None if it is none), extended = percent-encoded."""

    text: str
    number: int | None
    extended: bool


def read(value: bytes) -> tuple[str, Mapping[str, Parameter]]:
    """Cut *value* into (first word in lower case, parameters by name in lower case).

    Of several parameters of one name the first counts.
    """
    codec = charsets.trial(value)
    text = charsets.decode(value, codec)
    word, rest = _first_word(text)
    named: dict[str, list[_Piece]] = {}
    for count, (name, content) in enumerate(_split(rest)):
        if count >= MAX_PARAMETERS:
            break
        found = _NUMBERED.fullmatch(name.lower())
        if found:
            number = int(found[2]) if found[2] else None
            named.setdefault(found[1], []).append(
                _Piece(text=content, number=number, extended=bool(found[3]))
            )
    return _COMMENT.sub("", word).strip().lower(), {
        name: _joined(pieces, codec) for name, pieces in named.items()
    }


def _first_word(text: str) -> tuple[str, str]:
    """Cut off the first word, which a semicolon ends, or a blank where that was forgotten; "" where it was."""
    if _NAME.match(text):
        return "", text
    found = _FORGOTTEN.match(text)
    if found:
        return found[1], text[found.end() :]
    word, _, rest = text.partition(";")
    return word, rest


def _split(text: str) -> Iterator[tuple[str, str]]:
    """Cut the part after the first semicolon into names and contents, quotes removed."""
    position = 0
    while position < len(text):
        found = _NAME.match(text, position)
        if found is None:
            semicolon = text.find(";", position)
            position = semicolon + 1 if semicolon >= 0 else len(text)
            continue
        content, position = _content(text, found.end())
        yield found[1], content


def _content(text: str, start: int) -> tuple[str, int]:
    """Read one value at *start*; return it and where the next parameter begins.

    A quote closes where a semicolon, the end or another parameter follows; else it is part of the value. A value whose
    closing quote was lost ends at the next semicolon.
    """
    if text.startswith('"', start):
        position = start + 1
        while (quote := text.find('"', position)) >= 0:
            closing = _CLOSES.match(text, quote)
            if closing and not _escaped(text, quote):
                return _ESCAPED.sub(r"\1", text[start + 1 : quote]), closing.end()
            position = quote + 1
        start += 1
    found = _UNQUOTED.match(text, start)
    end = found.end() if found else len(text)
    return text[start:end].strip(), end + 1


def _escaped(text: str, quote: int) -> bool:
    """True after an odd number of backslashes, unless the quote is the value's last character anyway."""
    before = text[max(0, quote - 16) : quote]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1 and text.find('"', quote + 1) >= 0


def _joined(pieces: list[_Piece], codec: str) -> Parameter:
    """Put the pieces of one parameter together (RFC 2231 section 3): extended or numbered ones if any, else the first plain."""
    single = [piece for piece in pieces if piece.number is None and piece.extended]
    numbered = sorted(
        (piece for piece in pieces if piece.number is not None), key=lambda piece: piece.number or 0
    )
    chosen = single[:1] or numbered
    if not chosen:
        return _plain(pieces[0].text, codec)
    if not any(piece.extended for piece in chosen):
        return _plain("".join(piece.text for piece in chosen), codec)
    label, first = _charset(chosen[0])
    octets = b"".join(
        unquote_to_bytes(text.encode()) if piece.extended else text.encode()
        for piece, text in zip(chosen, [first, *(piece.text for piece in chosen[1:])], strict=True)
    )
    return Parameter(text=charsets.decode(octets, label), octets=octets)


def _charset(piece: _Piece) -> tuple[str, str]:
    """Cut charset'language'text (RFC 2231 section 4) into (charset, text); ("", text) where it is not there."""
    parts = piece.text.split("'", 2)
    if not piece.extended or len(parts) < 3:
        return "", piece.text
    return parts[0], parts[2]


def _plain(text: str, codec: str) -> Parameter:
    """A plain value. Encoded words in it are decoded, which RFC 2047 section 5 forbids and everybody sends; so are three
    percent-encoded octets beyond ASCII in a row, which are the extended form of RFC 2231 without its mark."""
    octets = text.encode(codec, "replace")
    if "=?" in text:
        return Parameter(text=words.decode(octets), octets=words.octets_of(octets))
    if _PERCENT.search(text):
        octets = unquote_to_bytes(text)
        return Parameter(text=charsets.decode(octets), octets=octets)
    return Parameter(text=text, octets=octets)
