"""Text of a mail that stands outside of all its parts.

Purpose: `outside()` finds what is before the first boundary and after the last one; a mail program says there that the mail
is MIME, but a gateway or a hand may have put words there that nobody would see.
Source: RFC 2046 section 5.1.1 (preamble and epilogue "are to be ignored").
Limits: what speaks of MIME, or is shorter than LEAST, is no message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline import charsets
from pipeline.mapped import Octets
from pipeline.parse import words
from pipeline.parse.structure import Structure

LEAST = 60
"""Octets from which words outside of the parts may say something."""
SHOWN = 60
"""Characters of them that are shown."""
MAX_OCTETS = 10_000
"""Octets of one such place that are looked at."""

_NOTE = re.compile(rb"MIME")


def outside(octets: Octets, structure: Structure) -> str:
    """Give the beginning of what stands outside of the parts of the mail *octets*, "" if there is nothing worth seeing."""
    for text in _gaps(octets, structure):
        if len(text) >= LEAST and not _NOTE.search(text):
            return words.one_line(charsets.decode(text))[:SHOWN]
    return ""


def _gaps(octets: Octets, structure: Structure) -> Iterator[bytes]:
    spans = sorted([*structure.frame, *((leaf.start, leaf.end) for leaf in structure.leaves)])
    position = 0
    for start, end in (*spans, (len(octets), len(octets))):
        if start > position:
            yield octets[position : min(start, position + MAX_OCTETS)].strip()
        position = max(position, end)
