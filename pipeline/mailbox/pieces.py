"""One big mail in pieces: memory stays bounded whatever its size, and no octet comes twice or is lost.

Purpose: `in_pieces(ask, announced)`; the caller asks the server, this decides what the answers mean.
Source: RFC 3501 section 6.4.5 (BODY[]<origin.length>): an answer carries its origin, and is short only at the end.
Limits: a server that ignores the range sends the whole mail at once, which is then in memory whole; its first octets
are compared with those handed over before, by digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pipeline.mailbox.source import WithheldError

PIECE_OCTETS = 1024**2
"""Asked for at once: 50 questions for a mail of 50 MB, and some 4 MB of memory in the libraries below."""


BELIEVED = 0.9
"""Share of the announced size that must have come before an empty piece is believed to be the end: servers that reckon
sizes wrong are wrong by some line ends, and looking again costs the memory of the whole mail."""


@dataclass(frozen=True, kw_only=True)
class Piece:
    """What the server sent. origin: of the first octet; 0 where the answer names none."""

    origin: int
    octets: bytes


Asking = Callable[[int | None], Piece | None]
"""Ask for PIECE_OCTETS from an offset, or (None) for the whole mail; None is no answer, NIL, or a refusal."""


def in_pieces(ask: Asking, announced: int) -> Iterator[bytes]:
    """Hand over the octets of one mail in order.

    An end before the announced size may be a refusal: then the whole mail is asked for, and what is missing handed over.

    Args:
        ask: asks the server for one piece.
        announced: octets as the server states them, which may be too few, too many, or 0.

    Raises:
        WithheldError: the server stops before the end, or tells two different stories.
    """
    digest = hashlib.sha256()
    offset, odd = 0, False
    while True:
        piece = ask(offset)
        ended = piece is None or not piece.octets
        enough = announced if piece is None else announced * BELIEVED
        if ended and offset >= enough > 0:
            return
        if ended and not offset:
            raise WithheldError("服务器一个字节也没有交出；下次再收")
        if piece is None or ended or odd or piece.origin != offset:
            yield from _rest(ask(None), offset, digest.digest())
            return
        yield from _cut(piece.octets)
        digest.update(piece.octets)
        offset += len(piece.octets)
        odd = len(piece.octets) != PIECE_OCTETS
        if odd and offset >= announced:
            return


def _rest(whole: Piece | None, offset: int, digest: bytes) -> Iterator[bytes]:
    """Hand over what follows *offset* in the *whole* mail, if it begins with what was handed over already."""
    octets = memoryview(whole.octets if whole else b"")
    if len(octets) < offset or hashlib.sha256(octets[:offset]).digest() != digest:
        raise WithheldError("服务器没有把整封交出，或两次交出的内容不同；下次再收")
    yield from _cut(octets[offset:])


def _cut(octets: bytes | memoryview) -> Iterator[bytes]:
    for start in range(0, len(octets), PIECE_OCTETS):
        yield bytes(octets[start : start + PIECE_OCTETS])
