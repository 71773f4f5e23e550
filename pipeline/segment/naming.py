"""The activity that a group of pieces is: its words, its heading and its name.

Limits: the name is for people to find it again; it is cut at LONGEST_TITLE characters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.records import Activity, Document, Span, Style
from pipeline.segment.pieces import Piece
from pipeline.segment.tables import fields, is_form
from pipeline.segment.words import DATED, NUMBERED, without_number

LONGEST_TITLE = 40
"""Characters of a title; longer ones are cut."""

_FIELD_OF_TEXT = re.compile(
    r"(?:活动|主要|开展|具体|基本)?(?:内容|概况|简介|过程|情况(?:介绍|说明|简介)?|开展情况)|怎么(?:开展|做)的?|[做干]了?什么"
)
"""The label of a form under which the text stands; no activity's name."""


_KINDS_OF_NAMES = tuple(
    map(
        re.compile,
        (
            r"名\s*称|主\s*题",
            r"活动(?!类|时间|地点|人数|形式|规模)|^项\s*目$|事项|[做干]了?什么",
            r"内\s*容",
        ),
    )
)
"""Headers of the columns that name an activity, the best first."""


def activity(document: Document, group: list[Piece], cut: Sequence[Piece], *, alone: bool) -> Activity:
    """Make the activity of *group*; *alone*: the report has no other, so that its title may be the activity's name."""
    heading = _own_heading(group, cut)
    headings = tuple(
        Span(part=document.part, block=n, start=0, end=len(document.blocks[n].text)) for n in heading
    )
    words = [document.blocks[n].text for n in heading] + [
        verbatim(document, piece.span).strip() for piece in group
    ]
    return Activity(
        title=_title(document, group[0], heading, alone=alone)[:LONGEST_TITLE],
        text="\n".join(words),
        spans=headings + tuple(piece.span for piece in group),
    )


def verbatim(document: Document, span: Span) -> str:
    """Return the words of *span* as they are written."""
    return document.blocks[span.block].text[span.start : span.end]


def _own_heading(group: list[Piece], cut: Sequence[Piece]) -> tuple[int, ...]:
    """The nearest heading, unless several numbered activities stand under it."""
    first = group[0]
    if not first.heads or first.cells:
        return ()
    number = first.heads[-1][0]
    shared = any(piece.heads and piece.heads[-1][0] == number and piece not in group for piece in cut)
    return () if shared and (first.item or NUMBERED.match(first.text)) else (number,)


def _title(document: Document, first: Piece, heading: tuple[int, ...], *, alone: bool) -> str:
    if first.label:
        return _form_title(document, first) or without_number(first.text)
    named = cell_title(first) or _lead_title(first)
    if named:
        return named
    if heading:
        own = without_number(document.blocks[heading[0]].text)
        return _form_title(document, first) or own if _FIELD_OF_TEXT.fullmatch(own) else own
    titles = [block.text for block in document.blocks if block.style is Style.TITLE]
    if alone and titles and not re.search(r"总结|情况|汇报|材料|系列", titles[0]):
        return titles[0].replace("\n", "")
    words = without_number(first.text)
    return re.split(
        r"[。；，]", re.sub(r"^.{0,24}?(?:\d+月\d+日|当天|当日|同日)[^，]{0,6}，", "", words) or words
    )[0]


def _form_title(document: Document, first: Piece) -> str:
    """The activity's name in a form: the heading above that of its text, or what stands beside 活动名称 before it."""
    last = first.span.block if first.label else first.heads[-1][0]
    named = [
        value
        for block in document.blocks[: last + 1]
        if block.rows and is_form(block)
        for label, value, _ in fields(block)
        if re.search(r"(?:名\s*称|主\s*题)[：:]?$", label)
    ]
    if named:
        return named[-1]
    return without_number(first.heads[-2][1]) if len(first.heads) > 1 else ""


def cell_title(piece: Piece) -> str:
    """Return the name that a row gives its activity, "" outside tables."""
    if not piece.cells:
        return ""
    header, row = piece.cells
    for wanted in _KINDS_OF_NAMES:
        cells = (cell.strip() for name, cell in zip(header, row, strict=False) if wanted.search(name))
        found = next((cell for cell in cells if cell), "")
        if found:
            return found
    return ""


def _lead_title(piece: Piece) -> str:
    """“一、理论宣讲进园区。5月23日……”: the words before the first stop."""
    if not NUMBERED.match(piece.text.strip()):
        return ""
    bracketed = re.match(r"\s*【([^】]{2,24})】", piece.text)
    if bracketed and len(bracketed[1]) > 3:
        return bracketed[1]
    lead = re.match(
        r"[^。，；：:]{4,32}[。：:]|[“【《][^”】》]{2,30}[”】》][^。，；：:]{0,14}[。：:—]",
        without_number(piece.text),
    )
    return lead.group().rstrip("。：:—") if lead and not DATED.search(lead.group()) else ""
