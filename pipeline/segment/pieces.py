"""A document cut into pieces: paragraphs, numbered items within one, dated clauses of one, rows of a table.

Limits: what a piece is (an activity, a plan, a slogan) is for roles.py; here is shape alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from pipeline.records import Block, Document, Span, Style
from pipeline.segment.words import ADVICE, DATED, EXPERIENCE, INLINE, LEAD_HEAD, heading_words

Heads = tuple[tuple[int, str], ...]
"""The headings that a piece stands under, outermost first: (number of the block, its text)."""
SHORTEST_ITEM = 25
"""Characters that each numbered item of a paragraph has at least, if the paragraph is to be cut there."""
LEAST_CLAUSES = 2
"""Further clauses that open with a date from which on a paragraph lists several acts."""


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A run of one block's text. item: it was cut out of a paragraph. cells: (header, row) of a table's row."""

    span: Span
    text: str
    heads: Heads = ()
    item: bool = False
    cells: tuple[tuple[str, ...], ...] = ()


def pieces(document: Document) -> tuple[Piece, ...]:
    """Cut the running text of *document* into pieces, in reading order."""
    return tuple(_walk(document))


def _walk(document: Document) -> Iterator[Piece]:
    heads: Heads = ()
    for number, block in enumerate(document.blocks):
        place = Span(part=document.part, block=number, start=0, end=len(block.text))
        if block.aside is not None:
            continue
        if block.style is Style.HEADING:
            above = tuple(head for head in heads if document.blocks[head[0]].level < max(block.level, 1))
            heads = (*above, (number, block.text))
        elif block.style is Style.TABLE:
            yield from _rows(block, place, heads)
        elif block.style is Style.PARAGRAPH:
            yield from _split(block.text, place, heads)


def _rows(block: Block, place: Span, heads: Heads) -> Iterator[Piece]:
    """The rows of a table of activities (its header names them); totals, empty rows and the fields of a form are none."""
    if (
        len(block.rows) < 2
        or block.fields
        or not any(re.search(r"活动|名称|内容|项目", cell) for cell in block.rows[0])
    ):
        return
    header = block.rows[0]
    at = len("\t".join(header)) + 1
    for row in block.rows[1:]:
        text = "\t".join(row)
        filled = sum(bool(cell.strip()) for cell in row)
        if filled > 2 and not re.match(r"\s*(?:合计|总计|小计|填表)", text):
            yield Piece(span=_part(place, at, text), text=text, heads=heads, cells=(header, row))
        at += len(text) + 1


def _split(text: str, place: Span, heads: Heads) -> Iterator[Piece]:
    """One paragraph is one piece, or several where it numbers them or lists dated acts by semicolons."""
    for cuts in (_items(text, heads), _clauses(text)):
        if cuts:
            yield from _cut(text, cuts, place, heads)
            return
    yield Piece(span=place, text=text, heads=heads)


def _items(text: str, heads: Heads) -> list[int]:
    """Where 一是, （一） begin; none in a paragraph on experience or leadership, whose numbered items are no acts."""
    above = " ".join(heading_words(head) for _, head in heads)
    if EXPERIENCE.search(above) or ADVICE.search(above) or LEAD_HEAD.search(above) or EXPERIENCE.match(text):
        return []
    cuts = [hit.start() for hit in INLINE.finditer(text)]
    long = all(len(item) > SHORTEST_ITEM for item in _between(text, cuts)[1:])
    return cuts if len(cuts) > 1 and long else []


def _clauses(text: str) -> list[int]:
    """Where clauses that open with a date begin, if there are several."""
    cuts = [hit.end() for hit in re.finditer("；", text) if DATED.search(text[hit.end() : hit.end() + 14])]
    return cuts if len(cuts) >= LEAST_CLAUSES else []


def _cut(text: str, cuts: list[int], place: Span, heads: Heads) -> Iterator[Piece]:
    at = 0
    for part in _between(text, cuts):
        if len(part.strip()) > 8:
            yield Piece(span=_part(place, at, part), text=part, heads=heads, item=True)
        at += len(part)


def _between(text: str, cuts: list[int]) -> list[str]:
    edges = [0, *(cut for cut in cuts if cut > 0), len(text)]
    return [text[start:end] for start, end in pairwise(edges)]


def _part(place: Span, start: int, text: str) -> Span:
    return Span(part=place.part, block=place.block, start=start, end=start + len(text))
