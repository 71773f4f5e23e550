"""What a report divides into: activities, passages of experience and advice, and words set aside (不计入).

Purpose: from the documents of one mail to Segments, as the labelling guide has it (section A): one event is one activity.
Source: 渝科协发〔2024〕23号, parts 2-4; the notice's edition and year tell this year's report from an older one.
Limits: follows the shape of the document (headings, numbered items, dated paragraphs, rows); a narrative that jumps
between events without numbers, dates or paragraphs stays one activity.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from operator import add

from pipeline.records import Activity, Document, Passage, Reading, Segments, SetAside, Span
from pipeline.segment.groups import groups, leading
from pipeline.segment.listing import joined
from pipeline.segment.naming import LONGEST_TITLE, activity, verbatim
from pipeline.segment.passages import Passages, Range, passages
from pipeline.segment.pieces import Piece, pieces
from pipeline.segment.reports import old_blocks, reports, whole_reason
from pipeline.segment.roles import Role, role
from pipeline.segment.words import DATED
from rules import Notice


def segment(reading: Reading, notice: Notice) -> Segments:
    """Divide the report or reports of one mail; an activity that two documents tell is taken once, from the better one."""
    found = Segments()
    _of_document.cache_clear()  # of another mail
    for document in reports(reading.documents):
        told = _of_document(document, notice)
        if document.body and found.activities and not told.activities:
            continue  # a covering letter: its words are no part of the report
        found = _joined(found, told)
    return found


def alone(document: Document, notice: Notice) -> tuple[Activity, ...]:
    """The activities that *document* tells by itself, whatever others of the mail tell."""
    return tuple(one for report in reports((document,)) for one in _of_document(report, notice).activities)


@lru_cache(maxsize=8)
def _of_document(document: Document, notice: Notice) -> Segments:
    """What *document* divides into; remembered for `alone`, which asks for documents of the mail that `segment` divided."""
    cut = pieces(document)
    whole = whole_reason(document, notice)
    if whole:
        return Segments(
            set_aside=tuple(
                SetAside(text=verbatim(document, p.span), reason=whole, span=p.span)
                for p in cut
                if len(p.text) > LONGEST_TITLE / 2
            )
        )
    old = old_blocks(document, notice)
    under = Counter(piece.heads for piece in cut)
    told = [passages(piece, under[piece.heads] == 1) for piece in cut]
    roles = _roles(cut, told, old)
    made = joined(groups(cut, roles))
    return Segments(
        activities=tuple(activity(document, group, cut, alone=len(made) == 1) for group in made),
        highlights=_passages(document, ((p.span, one.experience) for p, one in zip(cut, told, strict=True))),
        suggestions=_passages(document, ((p.span, one.advice) for p, one in zip(cut, told, strict=True))),
        set_aside=tuple(
            SetAside(text=verbatim(document, piece.span), reason=what.value, span=piece.span)
            for piece, what in zip(cut, roles, strict=True)
            if what not in (Role.ACTIVITY, Role.PASSAGE, Role.NOTHING)
        ),
    )


def _roles(cut: Sequence[Piece], told: Sequence[Passages], old: frozenset[int]) -> list[Role]:
    """The role of each piece, one after the other: what stands before it is part of the evidence."""
    roles: list[Role] = []
    until = leading(cut)
    for number, piece in enumerate(cut):
        before = roles[-1] if number and cut[number - 1].heads == piece.heads else None
        opens = number < until and Role.ACTIVITY not in roles
        if piece.span.block in old:
            roles.append(Role.PAST)
        elif told[number].whole:
            roles.append(Role.PASSAGE)
        else:
            roles.append(role(piece, before, opens=opens))
    return roles


def _passages(document: Document, found: Iterable[tuple[Span, Range | None]]) -> tuple[Passage, ...]:
    return tuple(_passage(document, span, range_) for span, range_ in found if range_)


def _passage(document: Document, span: Span, range_: Range) -> Passage:
    part = replace(span, start=span.start + range_[0], end=span.start + range_[1])
    return Passage(text=verbatim(document, part), span=part)


# ---------------------------------------------------------------- two documents of one mail


def _joined(first: Segments, second: Segments) -> Segments:
    """Add what a further document says; what the first has already is not taken twice."""
    fresh = tuple(a for a in second.activities if not any(_same(a, b) for b in first.activities))
    return Segments(
        activities=first.activities + fresh,
        highlights=first.highlights + _fresh(second.highlights, first.highlights),
        suggestions=first.suggestions + _fresh(second.suggestions, first.suggestions),
        set_aside=first.set_aside + second.set_aside,
    )


def _fresh(passages_: tuple[Passage, ...], known: tuple[Passage, ...]) -> tuple[Passage, ...]:
    texts = {passage.text for passage in known}
    return tuple(passage for passage in passages_ if passage.text not in texts)


def _same(one: Activity, other: Activity) -> bool:
    """Two tellings of one event: most words common, or nearly one title, or one day and a good part of the words."""
    common = _common(one.text, other.text)
    if common > 0.45 or _common(one.title, other.title) >= 0.5:
        return True
    return common > 0.25 and not _days(one.text).isdisjoint(_days(other.text))


def _days(text: str) -> set[str]:
    return {hit.group() for hit in DATED.finditer(text)}


def _common(one: str, other: str) -> float:
    """Share of common two-character runs in the shorter text."""
    first, second = _runs(one), _runs(other)
    return len(first & second) / max(1, min(len(first), len(second)))


@lru_cache(maxsize=16)
def _runs(text: str) -> frozenset[str]:
    return frozenset(map(add, text, text[1:]))
