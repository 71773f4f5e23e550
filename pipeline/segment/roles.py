"""What one piece of a report is: an activity, a passage of experience or advice, or words set aside with a reason.

Source: the labelling guide, A.1-A.2: done by the unit and described counts; openings, slogans, plans, preparation, totals,
earlier years do not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.segment.pieces import Piece
from pipeline.segment.words import (
    ABOUT_A_MAIL,
    ADVICE,
    ARRANGING,
    COUNTED,
    DATED,
    DONE,
    EFFECT_HEAD,
    EXPERIENCE,
    GOES_ON,
    KICK_OFF,
    LAST_YEAR,
    LEAD_HEAD,
    MAIN_WORK,
    NUMBERED,
    OPENING,
    OVERVIEW,
    PLAN,
    PLAN_HEAD,
    PREPARATION,
    PROBLEM_HEAD,
    PUBLICITY_HEAD,
    SIGNATURE,
    SLOGAN,
    SUMMED,
    TOTAL,
    heading_words,
    sentences,
    without_number,
)


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
    ABOUT_A_MAIL = "报送说明"


@dataclass(frozen=True, kw_only=True)
class _Facts:
    """What the rules of a piece ask about. done: its words that are no plan. structured: under a heading or numbered."""

    text: str
    done: str
    above: str
    heading: str
    dated: bool
    structured: bool
    eventful: bool


def role(piece: Piece, number: int, pieces: Sequence[Piece]) -> Role:
    """Say what *piece*, the *number*-th of *pieces*, is."""
    text = piece.text.strip()
    if piece.cells:
        told = any(DATED.search(cell) or re.search(r"\d", cell) for cell in piece.cells[1][1:])
        return Role.ACTIVITY if told else Role.NOTHING
    if len(text) < 60 and SIGNATURE.search(text):
        return Role.NOTHING
    facts = _facts(piece, text)
    if _is_passage(facts):
        return Role.PASSAGE
    return _aside(facts) or (_under_heading(facts) if facts.structured else _free(facts, number, pieces))


def passages(piece: Piece) -> tuple[bool, bool]:
    """Say whether a passage holds (典型经验, 意见建议); it may hold both."""
    heading = heading_words(piece.heads[-1][1]) if piece.heads else ""
    advice = bool(re.search(r"建议|希望(?:市|加强|能)", piece.text))
    advice = advice or bool(ADVICE.search(heading) and not EXPERIENCE.search(heading))
    rest = re.sub(r"(?:意见)?建议.*", "", piece.text, flags=re.DOTALL)
    marked = bool(re.search(r"经验|亮点|体会|启示|做法|特色|思考|感觉最|管用", piece.text[:30] + rest))
    lead = without_number(piece.text)[:12]
    if re.match(r"存在的?|问题|不足|建议", lead) and not re.search(r"亮点|经验|体会|做法", lead):
        marked = False
    only_advice = advice and not marked and bool(ADVICE.search(heading))
    return marked or bool(EXPERIENCE.search(heading) and not only_advice), advice


def _facts(piece: Piece, text: str) -> _Facts:
    done = "".join(s for s in sentences(text) if not PLAN.search(s) and not LAST_YEAR.match(s.strip()))
    return _Facts(
        text=text,
        done=done,
        above=" ".join(heading_words(head) for _, head in piece.heads),
        heading=heading_words(piece.heads[-1][1]) if piece.heads else "",
        dated=bool(DATED.search(done)),
        structured=bool(piece.heads) or bool(NUMBERED.match(text)) or piece.item,
        eventful=any(_is_event(sentence) for sentence in sentences(text)),
    )


def _is_event(sentence: str) -> bool:
    """A dated sentence that says what was done, and with how many."""
    told = DATED.search(sentence) and DONE.search(sentence) and COUNTED.search(sentence)
    return bool(told) and not ARRANGING.search(sentence) and not PLAN.search(sentence)


def _is_passage(facts: _Facts) -> bool:
    if ADVICE.search(facts.above) or (EXPERIENCE.search(facts.above) and not _work_under(facts)):
        return True
    lead = without_number(facts.text)[:14]
    named = re.match(
        r"(?:工作|活动|主要|几点|存在的?|特色)*(?:经验|亮点|体会|启示|做法|特色|思考|建议|问题|不足|意见|感悟)",
        lead,
    )
    if named and re.search(r"[：:。与和、及，]", facts.text[:20]):
        return True
    asking = any(
        re.match(r"\s*(?:我们)?(?:建议|希望市|感觉最)", sentence) for sentence in sentences(facts.text)
    )
    return asking and not DATED.search(facts.text)


def _work_under(facts: _Facts) -> bool:
    """“主要做法” heads what was done, and a dated act with its figures is one under 亮点 and 特色 as well."""
    return bool(MAIN_WORK.match(facts.heading)) or (
        facts.eventful and not re.search("经验|体会|启示", facts.above)
    )


def _aside(facts: _Facts) -> Role | None:
    """Return why a piece is set aside wherever it stands; None if nothing speaks against it."""
    mostly_planned = len(facts.done) < 0.4 * len(facts.text) and not facts.dated
    reasons = (
        (Role.OVERVIEW, OVERVIEW.search(facts.text) and not facts.structured and not facts.eventful),
        (Role.ABOUT_A_MAIL, ABOUT_A_MAIL.search(facts.text)),
        (Role.PLAN, PLAN_HEAD.search(facts.heading)),
        (Role.ARRANGING, LEAD_HEAD.search(facts.heading)),
        (
            Role.OVERVIEW,
            EFFECT_HEAD.search(facts.heading) or PROBLEM_HEAD.search(facts.heading),
        ),
        (Role.OVERVIEW, PUBLICITY_HEAD.search(facts.heading)),
        (Role.PLAN, mostly_planned and PLAN.search(facts.text)),
        (Role.SLOGAN, mostly_planned),
        (Role.ARRANGING, KICK_OFF.search(facts.text[:16])),
        (Role.ARRANGING, PREPARATION.search(facts.text) and not facts.eventful),
        (Role.TOTAL, SUMMED.match(facts.text)),
    )
    return next((reason for reason, holds in reasons if holds), None)


def _under_heading(facts: _Facts) -> Role:
    if OVERVIEW.search(facts.text) and not facts.dated:
        return Role.OVERVIEW
    return Role.ACTIVITY if len(facts.text) > 18 else Role.NOTHING


def _free(facts: _Facts, number: int, pieces: Sequence[Piece]) -> Role:
    """A paragraph without heading or number."""
    if not facts.eventful:
        if OVERVIEW.search(facts.text) or TOTAL.search(facts.text):
            return Role.OVERVIEW
        structured = any(piece.heads or NUMBERED.match(piece.text) for piece in pieces)
        if number == 0 and len(pieces) > 2 and structured and not facts.dated:
            return Role.OVERVIEW
    opens = (
        number == 0
        and OPENING.match(facts.text)
        and DONE.search(facts.done)
        and not OVERVIEW.search(facts.text)
    )
    if facts.dated or opens or _goes_on(facts.text, pieces[:number]):
        return Role.ACTIVITY
    if SLOGAN.search(facts.text):
        return Role.SLOGAN
    return Role.ACTIVITY if DONE.search(facts.done) and COUNTED.search(facts.done) else Role.OVERVIEW


def _goes_on(text: str, before: Sequence[Piece]) -> bool:
    """A paragraph of a narrative: no date of its own, but it goes on with what happened."""
    narrative = any(not piece.heads for piece in before)
    told = len(text) > 45 or bool(GOES_ON.match(text))
    return narrative and told and not SLOGAN.match(text[:14]) and not PLAN.search(text[:20])
