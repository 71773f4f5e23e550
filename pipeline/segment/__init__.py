"""What a report divides into: activities, passages of experience and advice, and words set aside (不计入).

Purpose: from the documents of one mail to Segments, as the labelling guide has it (section A): one event is one activity.
Source: 渝科协发〔2024〕23号, parts 2-4; the notice's edition and year tell this year's report from an older one.
Limits: follows the shape of the document (headings, numbered items, dated paragraphs, rows); a narrative that jumps
between events without numbers, dates or paragraphs stays one activity.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.records import Activity, Document, Passage, Reading, Segments, SetAside, Span, Style
from pipeline.segment.pieces import Piece, pieces
from pipeline.segment.reports import old_blocks, reports, whole_reason
from pipeline.segment.roles import Role, passages, role
from pipeline.segment.words import DATED, NUMBERED, OPENING_DAY, SAME_DAY, without_number
from rules import Notice

LONGEST_TITLE = 40
"""Characters of a title; longer ones are cut."""

_FIELD_OF_TEXT = re.compile(
    r"(?:活动|主要|开展|具体)?(?:内容|概况|简介|过程|情况(?:介绍|说明|简介)?|开展情况)"
)
"""The label of a form under which the text stands; no activity's name."""


def segment(reading: Reading, notice: Notice) -> Segments:
    """Divide the report or reports of one mail; an activity that two documents tell is taken once, from the better one."""
    found = Segments()
    for document in reports(reading.documents):
        told = _of_document(document, notice)
        if document.body and found.activities and not told.activities:
            continue  # a covering letter: its words are no part of the report
        found = _joined(found, told)
    return found


def _of_document(document: Document, notice: Notice) -> Segments:
    cut = pieces(document)
    whole = whole_reason(document, notice)
    if whole:
        return Segments(
            set_aside=tuple(
                SetAside(text=p.text, reason=whole, span=p.span)
                for p in cut
                if len(p.text) > LONGEST_TITLE / 2
            )
        )
    old = old_blocks(document, notice)
    roles = [
        Role.PAST if piece.span.block in old else role(piece, number, cut) for number, piece in enumerate(cut)
    ]
    groups = _groups(cut, roles)
    told = [(piece, *passages(piece)) for piece, what in zip(cut, roles, strict=True) if what is Role.PASSAGE]
    aside = [
        (p, what)
        for p, what in zip(cut, roles, strict=True)
        if what not in (Role.ACTIVITY, Role.PASSAGE, Role.NOTHING)
    ]
    return Segments(
        activities=tuple(_activity(document, group, cut, alone=len(groups) == 1) for group in groups),
        highlights=tuple(
            Passage(text=piece.text, span=piece.span) for piece, experience, _ in told if experience
        ),
        suggestions=tuple(Passage(text=piece.text, span=piece.span) for piece, _, advice in told if advice),
        set_aside=tuple(
            SetAside(text=piece.text, reason=what.value, span=piece.span) for piece, what in aside
        ),
    )


# ---------------------------------------------------------------- which pieces are one activity


def _groups(cut: Sequence[Piece], roles: Sequence[Role]) -> list[list[Piece]]:
    """Pieces that are activities, with the paragraphs that go on telling of the same event."""
    groups: list[list[Piece]] = []
    open_group = False
    for piece, what in zip(cut, roles, strict=True):
        if what is Role.PASSAGE:
            open_group = False
        if what is not Role.ACTIVITY:
            continue
        if open_group and _continues(groups[-1], piece):
            groups[-1].append(piece)
        else:
            groups.append([piece])
        open_group = True
    return groups


def _continues(group: list[Piece], piece: Piece) -> bool:
    if piece.cells or group[-1].cells or piece.item or NUMBERED.match(piece.text):
        return False
    return piece.heads == group[-1].heads and not _new_event(group, piece)


def _new_event(group: list[Piece], piece: Piece) -> bool:
    """The paragraph opens with a day outside the group's, or with another act of the same day."""
    told = "".join(one.text for one in group)
    if OPENING_DAY.search(piece.text[:16]) and DATED.search(told[:200]):
        return not _within(told, piece.text)
    return bool(SAME_DAY.match(piece.text))


def _within(told: str, text: str) -> bool:
    mine, its = _days(told), _days(text[:24])
    return bool(mine and its) and min(a for a, _ in mine) <= its[0][0] <= max(b for _, b in mine)


def _days(text: str) -> list[tuple[int, int]]:
    """First and last day of each date, counted as month * 31 + day (only for comparing)."""
    ranges = re.finditer(
        r"(\d{1,2})月(\d{1,2})(?:日|号)?(?:[至到—–\-－~～、]+(?:(\d{1,2})月)?(\d{1,2}))?", text
    )
    return [(int(m[1]) * 31 + int(m[2]), int(m[3] or m[1]) * 31 + int(m[4] or m[2])) for m in ranges]


# ---------------------------------------------------------------- the activity


def _activity(document: Document, group: list[Piece], cut: Sequence[Piece], *, alone: bool) -> Activity:
    heading = _own_heading(group, cut)
    headings = tuple(
        Span(part=document.part, block=n, start=0, end=len(document.blocks[n].text)) for n in heading
    )
    words = [document.blocks[n].text for n in heading] + [piece.text.strip() for piece in group]
    return Activity(
        title=_title(document, group[0], heading, alone=alone)[:LONGEST_TITLE],
        text="\n".join(words),
        spans=headings + tuple(piece.span for piece in group),
    )


def _own_heading(group: list[Piece], cut: Sequence[Piece]) -> tuple[int, ...]:
    """The nearest heading, unless several numbered activities stand under it."""
    first = group[0]
    if not first.heads or first.cells:
        return ()
    number = first.heads[-1][0]
    shared = any(piece.heads and piece.heads[-1][0] == number and piece not in group for piece in cut)
    return () if shared and (first.item or NUMBERED.match(first.text)) else (number,)


def _title(document: Document, first: Piece, heading: tuple[int, ...], *, alone: bool) -> str:
    named = _cell_title(first) or _lead_title(first)
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
    if len(first.heads) > 1:
        return without_number(first.heads[-2][1])
    before = document.blocks[: first.heads[-1][0]] if first.heads else ()
    named = [v for block in before for label, v, _ in block.fields if re.search(r"名\s*称|主\s*题", label)]
    return named[-1] if named else ""


def _cell_title(piece: Piece) -> str:
    if not piece.cells:
        return ""
    header, row = piece.cells
    for wanted in (r"名称|主题", r"活动(?!类|时间|地点|人数|形式|规模)|^项目$"):
        cells = (cell.strip() for name, cell in zip(header, row, strict=False) if re.search(wanted, name))
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
    days = {hit.group() for hit in DATED.finditer(one.text)} & {
        hit.group() for hit in DATED.finditer(other.text)
    }
    return common > 0.45 or _common(one.title, other.title) >= 0.5 or bool(days and common > 0.25)


def _common(one: str, other: str) -> float:
    """Share of common two-character runs in the shorter text."""
    first, second = ({text[at : at + 2] for at in range(len(text) - 1)} for text in (one, other))
    return len(first & second) / max(1, min(len(first), len(second)))
