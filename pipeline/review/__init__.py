"""People's corrections applied to what the machine judged.

Purpose: `apply`, pure; the filing in the register stays as the machine made it, a correction is a fact beside it.
Source: principle 9 (people decide; a decision survives every recomputation).
Limits: the fields are those of FIELDS; N counts the machine's activities from 1. Whether a unit's name stands in the
roster is checked where the correction is made.

Fields and what `Correction.new` holds ("" where "or nothing" stands: the person says that it is not stated):
    kind                       submission | correction | supplement | other
    unit                       name of a unit of the roster
    unit/outside               name of a unit that is not in the roster
    contact                    name, blank, phone; or nothing
    activity/N/title           text
    activity/N/category        0..6
    activity/N/also            categories 1..6 with commas; or nothing
    activity/N/date_start      2024-05-28; or nothing
    activity/N/date_end        2024-05-28; or nothing
    activity/N/place           text; or nothing
    activity/N/participants    a whole number; or nothing (sessions and materials likewise)
    activity/N/media           names of outlets with 、 between; or nothing
    activity/N/unit            name of the unit of the roster in whose name it was reported (代报); or nothing: the mail's
    activity/N/counted         yes | no (no: set aside, 不计入)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from pipeline.errors import PermanentError
from pipeline.records import (
    Activity,
    Candidate,
    Code,
    Contact,
    Correction,
    Filing,
    Identification,
    Judged,
    Kind,
    Problem,
    SetAside,
    Stated,
)

T = TypeVar("T")

MAIL_FIELDS = ("kind", "unit", "unit/outside", "contact")
ACTIVITY_FIELDS = (
    "title",
    "category",
    "also",
    "date_start",
    "date_end",
    "place",
    "participants",
    "sessions",
    "materials",
    "media",
    "unit",
    "counted",
)
FIELDS = MAIL_FIELDS + tuple(f"activity/N/{name}" for name in ACTIVITY_FIELDS)
"""Every field a correction may name."""


def _count(text: str) -> int:
    if not re.fullmatch(r"\d{1,9}", text):
        raise ValueError(text)
    return int(text)


PARSERS: dict[str, Callable[[str], Any]] = {
    "date_start": date.fromisoformat,
    "date_end": date.fromisoformat,
    "place": str,
    "participants": _count,
    "sessions": _count,
    "materials": _count,
}
"""What an activity states once, and how a person's value of it is read."""

HIGHEST_CATEGORY = 6
_ACTIVITY = re.compile(r"activity/([1-9]\d{0,4})/([a-z_]+)")


def apply(filing: Filing, corrections: Sequence[Correction]) -> Filing:
    """Give the filing as people decided it.

    Args:
        filing: as the machine judged it.
        corrections: of this mail, in the order they were made; a later one about the same field stands.

    Returns:
        the filing with each decision in it. A decision about an activity that the machine no longer finds changes
        nothing and becomes a Problem, so that a person sees it.

    Raises:
        PermanentError: a field or a value that does not exist (in Chinese, naming accession and field).
    """
    activities: list[Judged | None] = list(filing.activities)
    lost: list[Problem] = []
    aside: list[SetAside] = []
    result = filing
    for correction in _latest(corrections):
        numbered = _ACTIVITY.fullmatch(correction.field)
        if numbered is None:
            result = _mail(result, correction)
            continue
        number, name = int(numbered.group(1)) - 1, numbered.group(2)
        if name not in ACTIVITY_FIELDS:
            raise _unknown(correction)
        if number >= len(activities):
            lost.append(_lost(correction))
        elif name == "counted":
            aside += _uncounted(activities, number, correction)
        elif (judged := activities[number]) is not None:
            activities[number] = _activity(judged, name, correction)
    kept = tuple(judged for judged in activities if judged is not None)
    result = replace(result, activities=kept if result.kind is not Kind.OTHER else ())
    return replace(
        result,
        set_aside=result.set_aside + tuple(aside),
        problems=_open(filing, result, activities) + tuple(lost),
    )


def _latest(corrections: Sequence[Correction]) -> list[Correction]:
    """The last decision about each field; `counted` comes last, so that the others still find their activity."""
    last = {_key(correction): correction for correction in corrections}
    return sorted(last.values(), key=lambda correction: correction.field.endswith("/counted"))


def _key(correction: Correction) -> str:
    return "unit" if correction.field == "unit/outside" else correction.field


def _mail(filing: Filing, correction: Correction) -> Filing:
    new = correction.new.strip()
    if correction.field == "kind":
        return replace(filing, kind=_parsed(correction, Kind), kind_words=_words(correction))
    if correction.field in ("unit", "unit/outside"):
        if not new:
            raise _unfit(correction)
        return replace(filing, identification=_unit(filing, new, correction))
    if correction.field == "contact":
        return replace(filing, contact=_contact(correction) if new else None)
    raise _unknown(correction)


def _unit(filing: Filing, name: str, correction: Correction) -> Identification:
    in_roster = correction.field == "unit"
    others = tuple(one for one in filing.identification.candidates if one.name != name)
    return replace(
        filing.identification,
        best=name,
        in_roster=in_roster,
        decided=True,
        candidates=(Candidate(name=name, in_roster=in_roster, weight=1.0), *others),
        evidence=(("review", _words(correction)), *filing.identification.evidence),
    )


def _contact(correction: Correction) -> Contact:
    name, _, phone = correction.new.strip().rpartition(" ")
    if not name.strip() or not phone:
        raise _unfit(correction)
    return Contact(name=name.strip(), phone=phone)


def _activity(judged: Judged, name: str, correction: Correction) -> Judged:
    """One decision about one activity."""
    activity, classification, new = judged.activity, judged.classification, correction.new.strip()
    if name == "category":
        code = _category(correction, new)
        also = tuple(other for other in classification.also if other != code)
        decided = replace(classification, code=code, decided=True, confidence=1.0, also=also)
        return replace(judged, classification=decided)
    if name == "also":
        codes = tuple(_category(correction, one) for one in re.split("[,，、 ]+", new) if one)
        return replace(judged, classification=replace(classification, also=codes))
    if name == "unit":
        return replace(judged, unit=new or None)
    return replace(judged, activity=_restated(activity, name, correction))


def _restated(activity: Activity, name: str, correction: Correction) -> Activity:
    """One decision about what an activity states."""
    if name == "title":
        return replace(activity, title=correction.new.strip() or activity.title)
    if name in PARSERS:
        restated: dict[str, Any] = {name: _stated(activity, correction, PARSERS[name])}
        return replace(activity, **restated)
    names = [one.strip() for one in re.split("[、,，]", correction.new) if one.strip()]
    return replace(activity, media=tuple(_said(activity, correction, one) for one in names))


def _uncounted(activities: list[Judged | None], number: int, correction: Correction) -> Iterator[SetAside]:
    """Take the activity out and give what is then set aside; nothing where the person says that it counts."""
    if correction.new.strip() not in ("yes", "no"):
        raise _unfit(correction)
    judged = activities[number]
    if judged is not None and correction.new.strip() == "no":
        activities[number] = None
        reason = f"{_words(correction)}：不计入"
        yield SetAside(text=judged.activity.text, reason=reason, span=judged.activity.spans[0])


def _open(filing: Filing, result: Filing, activities: Sequence[Judged | None]) -> tuple[Problem, ...]:
    """The machine's problems that people have not settled yet."""
    settled = set()
    if result.kind_words != filing.kind_words:
        settled.add(Code.NO_REPORT)
    if result.identification.decided:
        settled |= {Code.NO_UNIT, Code.UNIT_UNDECIDED}
    doubtful = [
        before.activity.title
        for before, after in zip(filing.activities, activities, strict=True)
        if after is not None and not after.classification.decided
    ]
    by_person = any(where == "review" for where, _ in result.identification.evidence)
    booked = {
        before.activity.spans[0].part
        for before, after in zip(filing.activities, activities, strict=True)
        if by_person or after is None or after.unit != before.unit
    }
    return tuple(
        problem
        for problem in filing.problems
        if problem.code not in settled
        and not (problem.code is Code.BEHALF and problem.part in booked)
        and (problem.code is not Code.CATEGORY_UNDECIDED or any(one in problem.detail for one in doubtful))
    )


def _lost(correction: Correction) -> Problem:
    detail = f"人工更正“{correction.field} = {correction.new}”（{correction.by}）找不到对应的活动，请重新核对"
    return Problem(code=Code.REVIEW, detail=detail)


# ---------------------------------------------------------------- values that people give


def _stated(activity: Activity, correction: Correction, parse: Callable[[str], T]) -> Stated[T] | None:
    """The value as the person gives it, None where it is not stated; its words say who decided."""
    new = correction.new.strip()
    return _said(activity, correction, _parsed(correction, parse)) if new else None


def _said(activity: Activity, correction: Correction, value: T) -> Stated[T]:
    return Stated(value=value, words=_words(correction), span=activity.spans[0])


def _parsed(correction: Correction, parse: Callable[[str], T]) -> T:
    try:
        return parse(correction.new.strip())
    except ValueError as error:
        raise _unfit(correction) from error


def _category(correction: Correction, text: str) -> int:
    if not re.fullmatch(f"[0-{HIGHEST_CATEGORY}]", text):
        raise _unfit(correction)
    return int(text)


def _words(correction: Correction) -> str:
    return f"人工更正（{correction.by}：{correction.why}）"


def _unknown(correction: Correction) -> PermanentError:
    return PermanentError(
        f"{correction.accession} 的更正写着“{correction.field}”，没有这一项；可更正的有 {'、'.join(FIELDS)}"
    )


def _unfit(correction: Correction) -> PermanentError:
    return PermanentError(
        f"{correction.accession} 的更正“{correction.field}”取值“{correction.new}”不合规定；请照说明重新更正"
    )
