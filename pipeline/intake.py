"""read() and judge(): the stages composed. READ THIS FIRST, then records/.

Purpose: from octets to a Reading (costly, depends on octets, VERSION and abilities alone, cached by the register), and
from a Reading to a Filing (cheap, redone when the rules change).
Source: ../docs/decisions.md; the order of the stages is that of the package's docstring.
Limits: pure: no clock, no network, no file; child programs only through tools.py. read() lies in reading.py, for whoever only
reads and need not wait for all that judges.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from pipeline.classify import classify
from pipeline.figures import figures
from pipeline.figures.contradictions import contradictions, may_be_told, may_tell_again
from pipeline.folding import folded, restored
from pipeline.identify import behalf, contact, identify
from pipeline.reading import read, read_document, take_apart
from pipeline.records import (
    Activity,
    Behalf,
    Code,
    Filing,
    Identification,
    Judged,
    Kind,
    Problem,
    Reading,
    Segments,
)
from pipeline.segment import alone, segment
from pipeline.segment.pairs import pairs
from pipeline.triage import Verdict, triage
from rules import Rules

__all__ = ["judge", "read", "read_document", "take_apart"]

MAX_URL = 60
"""Characters of a URL that a problem quotes where the material has no name."""


def judge(reading: Reading, rules: Rules, *, received: datetime) -> Filing:
    """Say what the mail of *reading* is for the notice of *rules*.

    Args:
        received: when the mailbox got the mail, with zone; relative dates ("上周四") count from it.

    Returns:
        a Filing whose quoted words and places are those of the material, in whatever script and width it is written.
    """
    plain = folded(reading)
    return restored(_judged_plain(plain.reading, reading, rules, received), plain, reading)


def _judged_plain(reading: Reading, written: Reading, rules: Rules, received: datetime) -> Filing:
    """Judge *reading*, the folded form of what was *written*."""
    identification = identify(reading, rules.units, rules.notice)
    segments = segment(reading, rules.notice)
    verdict = triage(reading, segments, rules.notice, received=received)
    counted = segments if verdict.kind is not Kind.OTHER and not verdict.planned else Segments()
    activities = tuple(_judged(activity, reading, rules, received) for activity in counted.activities)
    parts = tuple(dict.fromkeys(one.activity.spans[0].part for one in activities))
    others, asked = behalf(reading, identification.best, parts, units=rules.units, notice=rules.notice)
    against = _contradictions(activities, reading, rules, received)
    return Filing(
        mail=written.mail,
        parts=written.parts,
        pictures=reading.pictures,
        recordings=reading.recordings,
        links=reading.links,
        kind=verdict.kind,
        kind_words=verdict.words,
        announces=verdict.announces,
        identification=identification,
        activities=_credited(activities, others),
        highlights=counted.highlights,
        suggestions=counted.suggestions,
        set_aside=counted.set_aside,
        contact=contact(reading, rules.notice),
        problems=reading.problems
        + _doubts(verdict, identification, activities)
        + asked
        + against
        + _linked(verdict, reading),
        pairs=pairs(reading),
        behalf=others,
    )


# ---------------------------------------------------------------- judge: one activity, and what is in doubt


def _judged(activity: Activity, reading: Reading, rules: Rules, received: datetime) -> Judged:
    stated = figures(activity, reading.documents, received=received, year=rules.notice.year)
    return Judged(activity=stated, classification=classify(stated, rules))


def _credited(activities: tuple[Judged, ...], others: tuple[Behalf, ...]) -> tuple[Judged, ...]:
    """Each activity with the unit in whose name its document stands."""
    units = {one.part: one.unit for one in others}
    return tuple(replace(one, unit=units.get(one.activity.spans[0].part)) for one in activities)


def _contradictions(
    activities: tuple[Judged, ...], reading: Reading, rules: Rules, received: datetime
) -> tuple[Problem, ...]:
    """What the mail says against itself; each further document is divided for itself, for what it tells again."""
    told = tuple(one.activity for one in activities)
    if not told:
        return ()
    documents = reading.documents
    further = [one for one in documents if len(documents) > 1 and may_tell_again(one, told, documents)]
    again = (one for document in further for one in alone(document, rules.notice))
    spans = {one.spans for one in told}
    others = tuple(
        figures(one, documents, received=received, year=rules.notice.year)
        for one in again
        if one.spans not in spans and may_be_told(one, told, documents)
    )
    return contradictions(told, others, documents, year=rules.notice.year)


def _doubts(
    verdict: Verdict, identification: Identification, activities: tuple[Judged, ...]
) -> tuple[Problem, ...]:
    """The questions that only a person can answer, in the order staff meet them."""
    if verdict.kind is Kind.OTHER:
        return verdict.problems
    return verdict.problems + _unit_doubts(identification) + _category_doubts(activities)


def _linked(verdict: Verdict, reading: Reading) -> tuple[Problem, ...]:
    """Say once that material of a report is only linked: it runs out, and nobody but staff can fetch it."""
    left = [link for link in reading.links if not link.fetched]
    if verdict.kind is Kind.OTHER or not left:
        return ()
    names = "、".join(f"“{link.name or link.url[:MAX_URL]}”" for link in left[:3])
    more = f"等 {len(left)} 份" if len(left) > 3 else ""
    fact = f"{names}{more}只有链接，请人工下载后用 shouwen attach 补入（期限见“待下载链接”）"
    return (Problem(code=Code.LINK_ONLY, part=left[0].part, detail=fact),)


def _unit_doubts(identification: Identification) -> tuple[Problem, ...]:
    if identification.best is None:
        return (Problem(code=Code.NO_UNIT, detail="找不到报送单位，请人工指定"),)
    if not identification.decided:
        names = "、".join(candidate.name for candidate in identification.candidates[:3])
        return (Problem(code=Code.UNIT_UNDECIDED, detail=f"报送单位待核，可能是：{names}"),)
    return ()


def _category_doubts(activities: tuple[Judged, ...]) -> tuple[Problem, ...]:
    return tuple(
        Problem(
            code=Code.CATEGORY_UNDECIDED,
            part=judged.activity.spans[0].part,
            detail=f"活动“{judged.activity.title}”类别待核",
        )
        for judged in activities
        if not judged.classification.decided
    )
