"""A document cut into pieces: paragraphs, numbered items within one, dated sentences of one, rows of a table or form.

Limits: what a piece is (an activity, a plan, a slogan) is for roles.py; here is shape alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from pipeline.records import Block, Document, Span, Style
from pipeline.segment.days import within
from pipeline.segment.reading import as_read
from pipeline.segment.tables import fields, header, is_form
from pipeline.segment.telling import Telling, first_sentences, is_counted, sentences, telling
from pipeline.segment.words import (
    ACTS,
    DATED,
    FORM_CONTENT,
    FORM_FACT,
    FORM_TEXT,
    INLINE,
    LATER,
    LEAD_HEAD,
    NUMBERED,
    OPENING_DAY,
    PASSAGE_HEAD,
    PLACED,
    heading_words,
)

Heads = tuple[tuple[int, str], ...]
"""The headings that a piece stands under, outermost first: (number of the block, its text)."""
SHORTEST_ITEM = 25
"""Characters that each numbered item of a paragraph has at least, if the paragraph is to be cut there."""
OPENING = 20
"""Characters within which a sentence names its day if it opens with it."""
LEAST_CLAUSES = 2
"""Further clauses that open with a date from which on a paragraph lists several acts."""
_TAKES_UP = re.compile(r"^(?:再|另|另外|还有|第[二三四五])一?(?:个|件|次|场|桩|样)(?:是|，|事)")
_ANNEX = re.compile(r"\s*附(?:件|表|录)?[\d一二三四五六七八九十]*(?:[：:]|$)")
"""What is attached stands under no heading of the report."""
_SEMICOLON = re.compile("；")
_CLAUSE = re.compile(r"[^。！？；]+[。！？；]?[”’]?")


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A run of one block's text, as the rules read it (plain.py).

    item: it was cut out of a paragraph. cells: (header, row) of a table's row.
    label: of the form's field whose value it is, "" outside forms; the label is its nearest heading too.
    """

    span: Span
    text: str
    heads: Heads = ()
    item: bool = False
    cells: tuple[tuple[str, ...], ...] = ()
    label: str = ""


def pieces(document: Document) -> tuple[Piece, ...]:
    """Cut the running text of *document* into pieces, in reading order."""
    return tuple(_walk(as_read(document)))


def _walk(document: Document) -> Iterator[Piece]:
    heads: Heads = ()
    form = False
    for number, block in enumerate(document.blocks):
        place = Span(part=document.part, block=number, start=0, end=len(block.text))
        if block.aside is not None:
            continue
        if _ANNEX.match(block.text):
            heads, form = (), False
        if block.style is Style.HEADING:
            above = tuple(head for head in heads if document.blocks[head[0]].level < max(block.level, 1))
            heads = (*above, (number, block.text))
            form = form and not NUMBERED.match(block.text)
        elif block.style is Style.TABLE:
            form = is_form(block)
            yield from _fields(document, number, heads) if form else _rows(block, place, heads)
        elif block.style is Style.PARAGRAPH and form and heads:
            yield Piece(span=place, text=block.text, heads=heads, label=heads[-1][1])
        elif block.style is Style.PARAGRAPH:
            yield from _split(block.text, place, heads)


# ---------------------------------------------------------------- tables


def _rows(block: Block, place: Span, heads: Heads) -> Iterator[Piece]:
    """The rows of a list of activities, its totals too."""
    top = header(block)
    at = 0
    for number, row in enumerate(block.rows):
        text = "\t".join(row)
        if top is not None and number > top and text.strip():
            cells = (block.rows[top], row)
            yield Piece(span=_part(place, at, text), text=text, heads=heads, cells=cells)
        at += len(text) + 1


def _fields(document: Document, number: int, heads: Heads) -> Iterator[Piece]:
    """The values of a form that are text of their own; all that tells of the activity, unless it is told below the form."""
    below = document.blocks[number + 1] if number + 1 < len(document.blocks) else None
    outside = below is not None and below.style is Style.HEADING and bool(FORM_CONTENT.search(below.text))
    place = Span(part=document.part, block=number, start=0, end=0)
    for label, value, start in fields(document.blocks[number]):
        span = _part(place, start, value)
        if FORM_TEXT.search(label):
            yield Piece(span=span, text=value, heads=(*heads, (number, label)), label=label)
        elif not outside and FORM_FACT.search(label):
            yield Piece(span=span, text=value, heads=heads, label=label)


# ---------------------------------------------------------------- paragraphs


def _split(text: str, place: Span, heads: Heads) -> Iterator[Piece]:
    """One paragraph is one piece, or several where it numbers them or tells of act after act with their days."""
    for cuts in (_items(text, heads), _clauses(text), () if heads else _acts(text)):
        if cuts:
            yield from _cut(text, list(cuts), place, heads)
            return
    yield Piece(span=place, text=text, heads=heads)


def _items(text: str, heads: Heads) -> list[int]:
    """Where 一是, （一） begin; none in a paragraph on experience or leadership, whose numbered items are no acts."""
    above = " ".join(heading_words(head) for _, head in heads)
    opening = text[:14]
    if PASSAGE_HEAD.search(above) or LEAD_HEAD.search(above) or PASSAGE_HEAD.search(opening):
        return []
    cuts = [hit.start() for hit in INLINE.finditer(text)]
    long = all(len(item) > SHORTEST_ITEM or DATED.search(item) for item in _between(text, cuts)[1:])
    return cuts if len(cuts) > 1 and long else []


def _clauses(text: str) -> list[int]:
    """Where clauses that open with a date begin, if there are several."""
    cuts = [hit.end() for hit in _SEMICOLON.finditer(text) if DATED.search(text[hit.end() : hit.end() + 14])]
    return cuts if len(cuts) >= LEAST_CLAUSES else []


def _acts(text: str) -> list[int]:
    """Where sentences begin that open with another day and tell of an act of another kind, with its place or figures."""
    if NUMBERED.match(text):
        return []
    cuts: list[int] = []
    for hit in _CLAUSE.finditer(text):
        start = hit.start()
        opening = text[start : start + OPENING]
        if not (OPENING_DAY.search(opening) or LATER.match(text, start)):
            continue
        before, after = text[cuts[-1] if cuts else 0 : start], text[start:]
        other = _tells_a_dated_act(before) and not within(before, opening) and _is_act(after)
        if other and other_kind(before, first_sentences(after)):
            cuts.append(start)
    return cuts


def _tells_a_dated_act(text: str) -> bool:
    return any(telling(s) is Telling.EVENT and DATED.search(s) for s in sentences(text))


def _is_act(text: str) -> bool:
    """The text tells of a dated act in its first two sentences, with people or a place."""
    words = first_sentences(text)
    own = _TAKES_UP.match(words) or is_counted(words) or PLACED.search(words) or ACTS.search(words)
    return telling(words) is Telling.EVENT and bool(own)


def other_kind(one: str, other: str) -> bool:
    """Say whether two acts have no word for their kind in common."""
    return not set(ACTS.findall(one)) & set(ACTS.findall(other))


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
