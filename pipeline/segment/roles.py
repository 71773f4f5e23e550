"""What one piece of a report is: an activity, a passage of experience or advice, or words set aside with a reason.

Purpose: evidence is added up. Each sentence says what it does (telling.py), the heading above and the neighbours add
theirs; the heaviest wins, and what speaks against the piece is the reason that staff read.
Source: the labelling guide, A.1-A.2: done by the unit and described counts; openings, slogans, plans, preparation, totals,
earlier years, other units' doings do not.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from enum import StrEnum

from pipeline.segment.pieces import Piece
from pipeline.segment.telling import HAPPENED, Telling, is_counted, sentences, telling
from pipeline.segment.words import (
    DATED,
    DONE,
    EFFECT_HEAD,
    FIELD_LINE,
    FORM_FACT,
    FORM_TEXT,
    LEAD_HEAD,
    NUMBERED,
    PLACED,
    PLAN_HEAD,
    PLAN_SECTION,
    PLANNED_CELL,
    PLANNED_REMARK,
    PROBLEM_HEAD,
    PUBLICITY_HEAD,
    SIGNATURE,
    TOTAL_CELL,
    heading_words,
    without_number,
)

NAMES = re.compile(r"^(?:活动|项目)(?:名\s*称|主\s*题)：")
"""The line with which the fields of an activity begin."""
_NOTE = re.compile(
    r"(?:更正|补报|填表|填报|统计|核对|核定|订正|勘误|原件|报送|漏报)[^，。：]{0,6}(?:原因|说明|依据|口径|日期|备注)："
)
"""The label of a remark about the report itself."""
_CONTENTS = re.compile(r"【?(?:本期)?(?:导读|目录|要目|目次|看点|内容提要)】?(?:[：:]|\s|(?<=】))")
_NUMBER = re.compile(
    r"[①-⑳★☆●◆■▲]|(?<!\d)\d{1,2}[.、．](?!\d)|[（(][一二三四五六七八九十\d][）)]|[一二三四五六七八九十]、"
)
_REMARK = re.compile(r"[（(][^）)]*[）)]")
LONGEST_NAME = 20
"""Characters of a name in a list of contents."""
_AT_IT = re.compile(r"\s*(?:会[上后中]|会议|方案)")


_TOLD = frozenset({Telling.EVENT, Telling.DONE, Telling.PLAIN})


class Role(StrEnum):
    """What a piece is; the value of one that is set aside is the reason that staff read."""

    ACTIVITY = "活动"
    PASSAGE = "经验或建议"
    NOTHING = ""
    PLAN = "计划"
    ARRANGING = "组织部署"
    OVERVIEW = "总述"
    TOTAL = "合计"
    PAST = "往年"
    SLOGAN = "口号"
    EXHORTATION = "领导要求"
    UNHELD = "未开展"
    ELSEWHERE = "另行报送"
    MENTION = "仅提及"
    REMARK = "报送说明"


REASONS = {
    Telling.EVENT: Role.ACTIVITY,
    Telling.DONE: Role.ACTIVITY,
    Telling.PLAN: Role.PLAN,
    Telling.PAST: Role.PAST,
    Telling.EXHORTATION: Role.EXHORTATION,
    Telling.ARRANGING: Role.ARRANGING,
    Telling.UNHELD: Role.UNHELD,
    Telling.ELSEWHERE: Role.ELSEWHERE,
    Telling.TOTAL: Role.TOTAL,
    Telling.MENTION: Role.MENTION,
    Telling.OVERVIEW: Role.OVERVIEW,
    Telling.SLOGAN: Role.SLOGAN,
    Telling.REMARK: Role.REMARK,
}
"""What each kind of sentence speaks for; a plain sentence speaks for nothing."""

HEADINGS = (
    (PLAN_HEAD, Role.PLAN),
    (LEAD_HEAD, Role.ARRANGING),
    (EFFECT_HEAD, Role.OVERVIEW),
    (PROBLEM_HEAD, Role.OVERVIEW),
    (PUBLICITY_HEAD, Role.OVERVIEW),
)
"""What a heading says about what stands under it."""

SHARE, EVENT, COUNTED_EVENT, STRUCTURE, GOING_ON, HEADING, OPENING = 3.0, 2.0, 1.5, 1.5, 1.0, 6.0, 1.0
"""Weights: of all the words being of one kind; of a dated act, and of its figures; of a heading or number; of following
an activity; of the heading's word, of leading over to what follows, of standing unstructured before structure; of the
first sentence."""
SHORT = 60
"""Characters up to which a line can be a signature."""
LONG_CELL = 16
"""Characters from which a cell tells something."""
SHORTEST_ACTIVITY = 10
"""Characters from which a piece can tell of an act."""


def role(piece: Piece, before: Role | None, *, opens: bool) -> Role:
    """Say what *piece* is.

    Args:
        before: role of the piece before it under the same headings, None if there is none.
        opens: it stands first, without heading or number, in a report of several pieces that have them.
    """
    known = _of_shape(piece, before)
    if known is not None:
        return known
    text = piece.text.strip()
    found = evidence(piece, before, opens=opens)
    best = max(found.values(), default=0.0)
    if best <= 0:
        return Role.OVERVIEW
    if found.get(Role.ACTIVITY, 0.0) < best:
        return next(reason for reason, weight in found.items() if weight == best)
    shaped = structured(piece) and (_is_full(text) or HAPPENED.search(text) or DATED.search(text))
    told = shaped or _stands(text)
    if before is not Role.ACTIVITY and not told:
        return Role.OVERVIEW
    goes_on = before is Role.ACTIVITY and not NUMBERED.match(text)
    return Role.ACTIVITY if len(text) > SHORTEST_ACTIVITY or goes_on else Role.NOTHING


def _of_shape(piece: Piece, before: Role | None) -> Role | None:
    """What a row, a field of a form or a signature is by its place alone; None for running text."""
    text = piece.text.strip()
    if piece.cells:
        return _of_row(piece)
    if piece.label and not FORM_TEXT.search(piece.label) and FORM_FACT.search(piece.label):
        return Role.ACTIVITY
    if FIELD_LINE.match(text) and (piece.heads or before is Role.ACTIVITY or NAMES.match(text)):
        return Role.ACTIVITY
    if len(text) < SHORT and SIGNATURE.search(text) and not is_counted(text):
        return Role.NOTHING
    planned = piece.heads and PLAN_SECTION.fullmatch(heading_words(piece.heads[-1][1]))
    marked = ((_NOTE.match(text), Role.REMARK), (planned, Role.PLAN), (_is_contents(text), Role.OVERVIEW))
    return next((what for mark, what in marked if mark), None)


def _is_contents(text: str) -> bool:
    """A line that numbers names and tells nothing: the list of contents."""
    items = len(_NUMBER.findall(text))
    if _CONTENTS.match(text) and not DATED.search(text):
        return True
    return (
        items > 2
        and len(text) < LONGEST_NAME * items
        and not re.search(r"[。；！]", text)
        and not DATED.search(text)
    )


def evidence(piece: Piece, before: Role | None, *, opens: bool) -> Mapping[Role, float]:
    """Add up what speaks for each role."""
    found: defaultdict[Role, float] = defaultdict(float)
    told = sentences(piece.text)
    kinds = _kinds(told)
    whole = max(1, sum(map(len, told)))
    for sentence, kind in zip(told, kinds, strict=True):
        if kind in REASONS:
            found[REASONS[kind]] += SHARE * len(sentence) / whole
    if kinds and kinds[0] in REASONS:
        found[REASONS[kinds[0]]] += OPENING
    events = [sentence for sentence, kind in zip(told, kinds, strict=True) if kind is Telling.EVENT]
    found[Role.ACTIVITY] += EVENT * any(DATED.search(event) for event in events)
    found[Role.ACTIVITY] += COUNTED_EVENT * any(map(is_counted, events))
    found[Role.ACTIVITY] += STRUCTURE * structured(piece)
    goes_on = before is Role.ACTIVITY and not NUMBERED.match(piece.text)
    figures = any(k in _TOLD and is_counted(s) for s, k in zip(told, kinds, strict=True))
    found[Role.ACTIVITY] += GOING_ON * goes_on + HEADING / 2 * (goes_on and figures)
    found[Role.OVERVIEW] += HEADING * (
        opens and not (_is_full(piece.text) and any(DATED.search(event) for event in events))
    )
    found[Role.OVERVIEW] += (HEADING + OPENING) * bool(len(kinds) > 1 and kinds[-1] is Telling.OVERVIEW)
    heading = _named(piece)
    for pattern, reason in HEADINGS:
        found[reason] += HEADING * bool(heading and pattern.search(heading))
    return found


def _kinds(told: Sequence[str]) -> list[Telling]:
    """What each sentence does; “会上”, “会后” after a meeting that arranged go on arranging."""
    kinds: list[Telling] = []
    for sentence in told:
        arranged = bool(kinds) and kinds[-1] is Telling.ARRANGING and _AT_IT.match(sentence)
        kinds.append(Telling.ARRANGING if arranged else telling(sentence))
    return kinds


def _is_full(text: str) -> bool:
    """It names people, a place, or what was done."""
    return bool(is_counted(text) or PLACED.search(text) or DONE.search(text))


def _stands(text: str) -> bool:
    """An activity may begin with *text*: a sentence has its day, or tells of an act with its people or place."""
    return any(
        telling(s) is Telling.EVENT or (telling(s) is Telling.DONE and (is_counted(s) or PLACED.search(s)))
        for s in sentences(text)
    )


def structured(piece: Piece) -> bool:
    """Say whether the report sets *piece* apart: under a heading, numbered, or an item of a list."""
    return bool(piece.heads) or bool(NUMBERED.match(piece.text)) or piece.item


def _named(piece: Piece) -> str:
    """The name of what *piece* stands under: of a numbered paragraph its own (“三、主要成效。……”), else its heading's."""
    lead = (
        re.match(r"[^，。：；]{2,14}(?=[。：])", without_number(piece.text))
        if NUMBERED.match(piece.text)
        else None
    )
    if lead and any(pattern.search(lead.group()) for pattern, _ in HEADINGS):
        return lead.group()
    return heading_words(piece.heads[-1][1]) if piece.heads else ""


def _is_planned(cell: str) -> bool:
    plain = _REMARK.sub("", cell)
    return bool(PLANNED_CELL.search(plain) or PLANNED_REMARK.search(cell))


def _of_row(piece: Piece) -> Role:
    """A row of a list: its first words, its remarks and whether it states anything."""
    cells = [cell.strip() for cell in piece.cells[1]]
    filled = [cell for cell in cells if cell]
    if filled and TOTAL_CELL.match(filled[0]):
        return Role.TOTAL
    if piece.heads and PLAN_HEAD.search(heading_words(piece.heads[-1][1])):
        return Role.PLAN
    if any(map(_is_planned, filled)):
        return Role.PLAN
    told = len(filled) > 2 and any(
        DATED.search(cell) or re.search(r"\d", cell) or len(cell) > LONG_CELL for cell in filled[1:]
    )
    return Role.ACTIVITY if told else Role.NOTHING
