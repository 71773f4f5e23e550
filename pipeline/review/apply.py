"""What people decided about one mail, applied to what the machine judged it to be.

Purpose: `apply`, pure. The same decisions, in whatever order but that of one field's, give the same filing; twice is once.
Limits: what stands between mails (relation, joint) is between.py's; answers to questions change nothing here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any

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
    Stated,
)
from pipeline.records.fields import field_name
from pipeline.review.fields import ACTIVITY, ACTIVITY_FIELDS, PARSERS, YES, categories, contact, require
from pipeline.review.places import place
from pipeline.review.standing import standing
from pipeline.review.values import NOTHING, of_activity, value

MAIL = ("kind", "unit", "contact")
"""Fields of the mail that change its filing, in the order in which they are applied."""
PLAIN: dict[str, Callable[[str], Any]] = {
    "unit": str,
    "counted": YES.__eq__,
    "featured": float,
    "recommended": YES.__eq__,
}
"""What stands beside an activity and is given as it is; nothing is None."""

BY_HAND = "人工更正（"
"""How the words of a value begin that a person gave: who and why follow."""


def apply(filing: Filing, corrections: Sequence[Correction]) -> Filing:
    """Give the filing as people decided it.

    Args:
        filing: as the machine judged it.
        corrections: of this mail, as the register has them; a later one about the same field stands.

    Returns:
        the filing with each decision in it. A decision about an activity that the machine no longer finds changes
        nothing and becomes a Problem, so that a person sees it; so does one whose facts the machine now judges otherwise.

    Raises:
        PermanentError: a field or a value that does not exist (in Chinese, naming accession and field).
    """
    of_mail, of_activities, lost = _latest(filing, corrections)
    result = filing
    for name in MAIL:
        result = _mail(result, of_mail[name]) if name in of_mail else result
    activities = list(filing.activities)
    for (index, name), correction in sorted(of_activities.items(), key=_in_order):
        activities[index] = _activity(activities[index], name, correction)
    nothing = result.kind is Kind.OTHER
    result = replace(result, activities=() if nothing else tuple(activities))
    doubts = list(_otherwise(filing, result, of_mail))
    if not nothing:
        doubts += [*_misjudged(filing, activities, of_activities), *map(_lost, lost)]
    problems = (*_open(filing, result, activities), *doubts)
    return replace(result, problems=tuple(dict.fromkeys(problems)))


def _latest(
    filing: Filing, corrections: Sequence[Correction]
) -> tuple[dict[str, Correction], dict[tuple[int, str], Correction], list[Correction]]:
    """The last decision about each field of the mail, about each of each activity, and those whose activity is gone."""
    of_mail: dict[str, Correction] = {}
    of_activities: dict[tuple[int, str], Correction] = {}
    lost: dict[str, Correction] = {}
    for one in standing(corrections):
        require(one)
        numbered = ACTIVITY.fullmatch(one.field)
        where = place(filing, one)
        if numbered is None:
            of_mail["unit" if one.field == "unit/outside" else one.field] = one
        elif where is None:
            lost[f"{one.field} {one.anchor}"] = one
        else:
            of_activities[where.index, numbered[2]] = one
    return of_mail, of_activities, [lost[key] for key in sorted(lost)]


def _in_order(item: tuple[tuple[int, str], Correction]) -> tuple[int, int]:
    index, name = item[0]
    return index, ACTIVITY_FIELDS.index(name)


# ---------------------------------------------------------------- one decision


def _mail(filing: Filing, correction: Correction) -> Filing:
    new = correction.new.strip()
    if correction.field == "kind":
        return replace(filing, kind=Kind(new), kind_words=_words(correction))
    if correction.field == "contact":
        name, phone = contact(new) if new else ("", "")
        return replace(filing, contact=Contact(name=name, phone=phone) if new else None)
    return replace(filing, identification=_unit(filing, new, correction))


def _unit(filing: Filing, name: str, correction: Correction) -> Identification:
    in_roster = correction.field == "unit"
    others = tuple(one for one in filing.identification.candidates if one.name != name)
    said = ("review", _words(correction))
    return replace(
        filing.identification,
        best=name,
        in_roster=in_roster,
        decided=True,
        candidates=(Candidate(name=name, in_roster=in_roster, weight=1.0), *others),
        evidence=(said, *(one for one in filing.identification.evidence if one != said)),
    )


def _activity(judged: Judged, name: str, correction: Correction) -> Judged:
    """One decision about one activity."""
    classification, new = judged.classification, correction.new.strip()
    if name == "category":
        also = tuple(other for other in classification.also if other != int(new))
        decided = replace(classification, code=int(new), decided=True, confidence=1.0, also=also)
        return replace(judged, classification=decided)
    if name == "also":
        codes = tuple(code for code in categories(new) if code != classification.code)
        return replace(judged, classification=replace(classification, also=codes))
    if name in PLAIN:
        plain: dict[str, Any] = {name: PLAIN[name](new) if new else None}
        return replace(judged, **plain)
    return replace(judged, activity=_restated(judged.activity, name, correction))


def by_hand(stated: Stated[Any]) -> bool:
    """Whether a person decided the value: its words are no words of the mail."""
    return stated.words.startswith(BY_HAND)


def _restated(activity: Activity, name: str, correction: Correction) -> Activity:
    """One decision about what an activity states; its words say who decided."""
    new = correction.new.strip()

    def said(stated: Any) -> Stated[Any]:
        return Stated(value=stated, words=_words(correction), span=activity.spans[0])

    if name == "title":
        return replace(activity, title=new or activity.title)
    if name in PARSERS:
        restated: dict[str, Any] = {name: said(PARSERS[name](new)) if new else None}
        return replace(activity, **restated)
    names = [one.strip() for one in new.replace(",", "、").replace("，", "、").split("、")]
    return replace(activity, media=tuple(said(one) for one in names if one))


def _words(correction: Correction) -> str:
    return f"{BY_HAND}{correction.by}：{correction.why}）"


# ---------------------------------------------------------------- what is open


def _open(filing: Filing, result: Filing, activities: Sequence[Judged]) -> tuple[Problem, ...]:
    """The machine's problems that people have not settled yet."""
    settled = set()
    if result.kind_words != filing.kind_words:
        settled.add(Code.NO_REPORT)
    if result.kind is Kind.OTHER:
        settled.add(Code.CATEGORY_UNDECIDED)
    if result.identification.decided:
        settled |= {Code.NO_UNIT, Code.UNIT_UNDECIDED}
    pairs = list(zip(filing.activities, activities, strict=True)) if result.kind is not Kind.OTHER else []
    titles = [
        {before.activity.title for before, after in pairs if _doubtful(after) is doubtful}
        for doubtful in (True, False)
    ]
    by_person = any(where == "review" for where, _ in result.identification.evidence)
    booked = {
        before.activity.spans[0].part
        for before, after in pairs
        if by_person or not after.counted or after.unit != before.unit
    }
    return tuple(
        problem
        for problem in filing.problems
        if problem.code not in settled
        and not (problem.code is Code.BEHALF and problem.part in booked)
        and (problem.code is not Code.CATEGORY_UNDECIDED or not _decided(problem, *titles))
    )


def _doubtful(judged: Judged) -> bool:
    return judged.counted and not judged.classification.decided


def _decided(problem: Problem, doubtful: Collection[str], others: Collection[str]) -> bool:
    """Is the problem about an activity that is doubtful no more, by the title in it?"""
    return any(one in problem.detail for one in others) and not any(one in problem.detail for one in doubtful)


def _otherwise(filing: Filing, result: Filing, of_mail: dict[str, Correction]) -> Iterator[Problem]:
    for one in (of_mail[name] for name in MAIL if name in of_mail):
        yield from _changed(one, value(filing, one.field), value(result, one.field))


def _misjudged(
    filing: Filing, activities: Sequence[Judged], of_activities: dict[tuple[int, str], Correction]
) -> Iterator[Problem]:
    for (index, name), correction in sorted(of_activities.items(), key=_in_order):
        judged = filing.activities[index]
        where = place(filing, correction)
        if where is not None and where.other:
            fact = f"{_told(correction)}照题名用在“{judged.activity.title}”上，它的文字与更正时不同，请复核"
            yield Problem(code=Code.REVIEW, detail=fact)
        yield from _changed(correction, of_activity(judged, name), of_activity(activities[index], name))


def _changed(correction: Correction, now: str, stands: str) -> Iterator[Problem]:
    """The machine says something else than it did when the person decided, and something else than *stands* by that."""
    if correction.machine in ("", now or NOTHING) or now == stands:
        return
    decided = f"人工定为“{_shown(stands)}”（{correction.by}）"
    fact = f"{field_name(correction.field)}，机器现判为“{_shown(now)}”，{decided}，请复核"
    yield Problem(code=Code.REVIEW, detail=fact)


def _lost(correction: Correction) -> Problem:
    fact = f"{_told(correction)}找不到对应的活动，没有用在别的活动上，请重新核对"
    return Problem(code=Code.REVIEW, detail=fact)


def _told(correction: Correction) -> str:
    """The decision as staff read it: what it is about, the value, and who made it."""
    return f"人工更正“{field_name(correction.field)}：{_shown(correction.new)}”（{correction.by}）"


def _shown(text: str) -> str:
    return {"yes": "是", "no": "否"}.get(text, text.strip() or NOTHING)
