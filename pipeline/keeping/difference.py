"""What becomes other when one mail is read or judged again: pure.

Purpose: `difference(before, after)`, field by field in the order staff read; `misplaced`, corrections that now mean another
activity.
Source: field names as in review ("kind", "unit", "activity/2/participants").
Limits: evidence and weights are not compared, only what a person sees in the workbook. Activities are paired by their
words, then their title, then their place; one that changed all three is one removed and one added.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.records import Activity, Correction, Filing, Judged, Status
from pipeline.review import place, standing

FIGURES = ("date_start", "date_end", "place", "participants", "sessions", "materials")
"""What an activity states once."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing that became other. field: N of "activity/N" counts as after, or as before where it is removed.

    subject: the title of the activity, the path of the part, or "". before, after: "" where there is nothing.
    """

    field: str
    subject: str = ""
    before: str
    after: str


def difference(before: Filing | None, after: Filing) -> tuple[Difference, ...]:
    """Say what is other in *after*; () means that nothing a person sees is. before: None where it was never filed."""
    if before is None:
        return (Difference(field="filing", before="", after=_summary(after)),)
    return (
        *_changed("kind", before.kind.value, after.kind.value),
        *_changed("announces", before.announces or "", after.announces or ""),
        *_changed("unit", _unit(before), _unit(after)),
        *_changed("contact", _contact(before), _contact(after)),
        *_activities(before.activities, after.activities),
        *_listed(
            "highlight", [one.text for one in before.highlights], [one.text for one in after.highlights]
        ),
        *_listed(
            "suggestion", [one.text for one in before.suggestions], [one.text for one in after.suggestions]
        ),
        *_listed("set_aside", _aside(before), _aside(after)),
        *_parts(before, after),
        *_listed("problem", _problems(before), _problems(after)),
    )


def misplaced(
    before: Filing | None, after: Filing, corrections: Sequence[Correction]
) -> tuple[Correction, ...]:
    """Name the decisions that stand and whose activity is gone; of those without an anchor, that mean another one now."""
    stand = standing(corrections)
    known = [one for one in stand if one.anchor]
    gone = [one for one in known if _number(one.field) >= 0 and place(after, one) is None]
    if before is None:
        return tuple(gone)
    same = {(a, b) for a, b in _pairs(before.activities, after.activities) if a is not None and b is not None}
    numbers = range(len(before.activities))
    other = [
        one
        for one in stand
        if not one.anchor and (number := _number(one.field)) in numbers and (number, number) not in same
    ]
    return tuple(one for one in stand if one in gone or one in other)


def _number(field: str) -> int:
    """The activity, from 0, that a correction is about; -1 if about none."""
    head, _, rest = field.partition("/")
    number = rest.partition("/")[0]
    return int(number) - 1 if head == "activity" and number.isdecimal() else -1


# ---------------------------------------------------------------- activities


def _activities(before: Sequence[Judged], after: Sequence[Judged]) -> Iterator[Difference]:
    for old, new in _pairs(before, after):
        if new is None and old is not None:
            title = before[old].activity.title
            yield Difference(field=f"activity/{old + 1}", subject=title, before=_told(before[old]), after="")
        elif old is None and new is not None:
            title = after[new].activity.title
            yield Difference(field=f"activity/{new + 1}", subject=title, before="", after=_told(after[new]))
        elif old is not None and new is not None:
            yield from _activity(f"activity/{new + 1}", before[old], after[new])


def _activity(field: str, before: Judged, after: Judged) -> Iterator[Difference]:
    title = after.activity.title
    was, now = _facts(before), _facts(after)
    for name in was:
        yield from _changed(f"{field}/{name}", was[name], now[name], title)


def _facts(judged: Judged) -> dict[str, str]:
    """What a person sees of one activity, in the order of reading."""
    activity, category = judged.activity, judged.classification
    return {
        "title": activity.title,
        "category": f"{category.code}{'' if category.decided else '（待核）'}",
        "also": "、".join(map(str, category.also)),
        **{name: _stated(activity, name) for name in FIGURES},
        "media": "、".join(one.value for one in activity.media),
        "text": activity.text,
    }


def _stated(activity: Activity, name: str) -> str:
    stated = getattr(activity, name)
    return "" if stated is None else str(stated.value)


def _told(judged: Judged) -> str:
    """One activity in a line."""
    facts = _facts(judged)
    return "，".join(f"{name} {facts[name]}" for name in ("category", *FIGURES) if facts[name])


def _pairs(before: Sequence[Judged], after: Sequence[Judged]) -> list[tuple[int | None, int | None]]:
    """Pair activities by number: those of *after* in order, then those of *before* that have no partner."""
    partner = dict[int, int]()
    keys: tuple[Callable[[Activity], Hashable], ...] = (
        lambda one: (one.title, one.text, one.spans),
        lambda one: one.text,
        lambda one: one.title,
        lambda one: (one.spans[0].part, one.spans[0].block),
    )
    for key in keys:
        left = [old for old in range(len(before)) if old not in partner.values()]
        for new, judged in enumerate(after):
            if new in partner:
                continue
            found = next((old for old in left if key(before[old].activity) == key(judged.activity)), None)
            if found is not None:
                partner[new] = found
                left.remove(found)
    removed = [old for old in range(len(before)) if old not in partner.values()]
    return [*((partner.get(new), new) for new in range(len(after))), *((old, None) for old in removed)]


# ---------------------------------------------------------------- the mail


def _summary(filing: Filing) -> str:
    activities = f"，活动 {len(filing.activities)} 项" if filing.activities else ""
    return f"{_unit(filing) or '单位不明'}{activities}"


def _unit(filing: Filing) -> str:
    found = filing.identification
    marks = ("" if found.in_roster else "（名册外）") + ("" if found.decided else "（待核）")
    return f"{found.best}{marks}" if found.best is not None else ""


def _contact(filing: Filing) -> str:
    return f"{filing.contact.name} {filing.contact.phone}" if filing.contact else ""


def _aside(filing: Filing) -> list[str]:
    return [f"{one.reason}：{one.text}" for one in filing.set_aside]


def _problems(filing: Filing) -> list[str]:
    return [f"{one.code.value} {one.part} {one.detail}" for one in filing.problems]


def _parts(before: Filing, after: Filing) -> Iterator[Difference]:
    was, now = (
        {part.path: _status(part.status, part.reason) for part in one.parts} for one in (before, after)
    )
    for path in sorted(was.keys() | now.keys()):
        yield from _changed("part", was.get(path, ""), now.get(path, ""), path)


def _status(status: Status, reason: str) -> str:
    return f"{status.value}（{reason}）" if reason else status.value


def _changed(field: str, before: str, after: str, subject: str = "") -> Iterator[Difference]:
    if before != after:
        yield Difference(field=field, subject=subject, before=before, after=after)


def _listed(field: str, before: Sequence[str], after: Sequence[str]) -> Iterator[Difference]:
    """What is no longer in a list, then what is new in it."""
    yield from (Difference(field=field, before=one, after="") for one in before if one not in after)
    yield from (Difference(field=field, before="", after=one) for one in after if one not in before)
