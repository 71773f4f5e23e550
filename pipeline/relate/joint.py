"""One activity that several units report (联合活动): counted for each of them, and once in totals over all units.

Purpose: `joint`, a fold over all mails that count.
Source: notice, part 4 (一), 广泛组织动员: units are to join hands; the rubric credits each of them.
Limits: boilerplate is no evidence: the same words on the same day in two districts are two activities. Joined is only what has
the same day and a partner that is named, with venue, name or head count beside it; what is merely likely is asked.
Cost: candidates come from named partners and from equal (day, head count) alone, so that no two of all activities are compared.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.records import Activity, Filed, Joint, RelationKind, State
from pipeline.relate.partners import names, partners
from pipeline.relate.sent import REPORTS, common, shingles
from rules import Unit

NEAR, FAR = 0.1, 0.3
"""Share of the larger head count by which two may differ and be one (each counts with its own eyes), and above which not."""
WORDS, NEARLY_ALL = 0.5, 0.8
"""Share of common shingles, figures left out, that speaks for one event beside other evidence; almost the same text."""
TITLE = 0.75
"""Share of common character pairs from which two titles are one name."""
LEAST_WORDS = 15
"""Shingles that are left of both texts without boilerplate; fewer say nothing."""
BOILERPLATE = 4
"""Units that use a phrase, title or quoted name from which on it tells no event from another (“弘扬科学家精神”)."""
MOST_ALIKE = 60
"""Activities of one day and head count from which on these two say nothing (“5月30日 30人”)."""


@dataclass(frozen=True, kw_only=True)
class Telling:
    """One unit's activity with what it is compared by, taken once. named: quoted names; partners: units named as such."""

    key: tuple[str, int]
    unit: str
    decided: bool
    activity: Activity
    place: str
    named: frozenset[str]
    title: str
    words: frozenset[str]
    partners: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """What speaks for two tellings being one. score orders them; decided: it is enough; reasons: Chinese."""

    score: int
    decided: bool
    reasons: tuple[str, ...]


def joint(filed: Sequence[Filed], units: tuple[Unit, ...]) -> tuple[Joint, ...]:
    """Find the activities that several units report.

    Args:
        filed: all mails, in any order, with their relations; only those that count are looked at.
        units: the roster, whose names are known.

    Returns:
        in order of their first member by accession; an activity is a member of one decided Joint at most.
    """
    tellings = _tellings(filed, units)
    districts = {unit.name: unit.district for unit in units if unit.district}
    found: dict[tuple[int, int], Likeness] = {}
    for a, b in _candidates(tellings):
        one, other = tellings[a], tellings[b]
        near = districts.get(one.unit, "") == districts.get(other.unit, " ")
        likeness = _likeness(one, other, neighbours=near)
        if likeness:
            found[a, b] = likeness
    return tuple(sorted(_joints(tellings, _mutual(found, tellings)), key=lambda one: min(one.members)))


# ---------------------------------------------------------------- what is compared


def _tellings(filed: Iterable[Filed], units: tuple[Unit, ...]) -> tuple[Telling, ...]:
    known = names(units)
    told = []
    for one in sorted(filed, key=lambda one: one.item.accession):
        if one.filing is None or not _counts(one):
            continue
        found = one.filing.identification
        for number, judged in enumerate(one.filing.activities, 1):
            unit, activity = judged.unit or found.best, judged.activity
            if unit is None or activity.date_start is None:
                continue
            told.append(
                Telling(
                    key=(one.item.accession, number),
                    unit=unit,
                    decided=found.decided or judged.unit is not None,
                    activity=activity,
                    place=_flat(activity.place.value) if activity.place else "",
                    named=frozenset(re.findall(r"[“《]([^“”《》]{4,30})[”》]", activity.text)),
                    title=_flat(activity.title),
                    words=shingles(re.sub(r"\d+", "", _flat(activity.text))),
                    partners=partners(activity.text, unit, known),
                )
            )
    return _without_boilerplate(told)


def _counts(one: Filed) -> bool:
    relation = one.relation
    aside = relation is not None and (
        relation.recalled
        or relation.superseded_by is not None
        or (relation.kind is not None and not (relation.kind is RelationKind.FORWARD and relation.of is None))
    )
    return (
        one.item.state is State.FILED and one.filing is not None and one.filing.kind in REPORTS and not aside
    )


def _flat(text: str) -> str:
    return re.sub(r"\W+", "", text)


def _without_boilerplate(told: Sequence[Telling]) -> tuple[Telling, ...]:
    """The tellings without quoted names, titles and shingles that BOILERPLATE units or more use."""
    users: dict[str, set[str]] = defaultdict(set)
    for one in told:
        for words in (*one.named, *one.words, one.title):
            users[words].add(one.unit)
    worn = {words for words, who in users.items() if len(who) >= BOILERPLATE}
    return tuple(
        replace(
            one,
            named=one.named - worn,
            words=one.words - worn,
            title="" if one.title in worn else one.title,
        )
        for one in told
    )


def _candidates(tellings: Sequence[Telling]) -> Iterator[tuple[int, int]]:
    """Pairs (smaller place first) of two units' activities that may be one, each once, in order."""
    by_unit: dict[str, list[int]] = defaultdict(list)
    by_figures: dict[object, list[int]] = defaultdict(list)
    for place, one in enumerate(tellings):
        by_unit[one.unit].append(place)
        people = one.activity.participants
        if people is not None and one.activity.date_start is not None:
            by_figures[one.activity.date_start.value, people.value].append(place)
    pairs = {
        (min(place, other), max(place, other))
        for place, one in enumerate(tellings)
        for partner in one.partners
        for other in by_unit.get(partner, ())
    }
    for alike in by_figures.values():
        if len(alike) <= MOST_ALIKE:
            pairs |= {(a, b) for a in alike for b in alike if a < b and tellings[a].unit != tellings[b].unit}
    yield from sorted(pairs)


# ---------------------------------------------------------------- what speaks for one event


def _likeness(one: Telling, other: Telling, *, neighbours: bool) -> Likeness | None:
    """What speaks for the two being one; None where too little does, or something against it."""
    if not _same_days(one.activity, other.activity):
        return None
    near, exact, far = _heads(one.activity, other.activity)
    place = _one_place(one.place, other.place)
    apart = bool(one.place and other.place and not place)
    if far or apart:
        return None
    mentions = (other.unit in one.partners) + (one.unit in other.partners)
    shared = common(one.words, other.words) if min(len(one.words), len(other.words)) >= LEAST_WORDS else 0.0
    name = bool(one.named & other.named) or _titled(one, other)
    told = name or shared >= WORDS
    decided = one.decided and other.decided and _enough(mentions, place, near, exact, told)
    asked = (
        (mentions and (place or exact or told))
        or (place and exact and told)
        or (neighbours and exact and shared >= NEARLY_ALL)
    )
    if not decided and not asked:
        return None
    reasons = (
        ("同一天", True),
        ("双方都写明对方" if mentions > 1 else "一方写明对方", mentions > 0),
        ("地点相同", place),
        ("人数相同" if exact else "人数相近", near),
        ("活动名称相同", name),
        ("文字相近", shared >= WORDS),
    )
    said = tuple(words for words, holds in reasons if holds)
    return Likeness(score=len(said) + 2 * mentions, decided=bool(decided), reasons=said)


def _enough(mentions: int, place: bool, near: bool, exact: bool, told: bool) -> bool:
    if mentions == 2:
        return place or near or told
    return mentions == 1 and ((place and (near or told)) or (exact and told))


def _same_days(one: Activity, other: Activity) -> bool:
    if one.date_start is None or other.date_start is None or one.date_start.value != other.date_start.value:
        return False
    return one.date_end is None or other.date_end is None or one.date_end.value == other.date_end.value


def _heads(one: Activity, other: Activity) -> tuple[bool, bool, bool]:
    """(nearly the same, exactly the same, clearly another) head count; all False where one is not stated."""
    if one.participants is None or other.participants is None:
        return False, False, False
    fewer, more = sorted((one.participants.value, other.participants.value))
    apart = (more - fewer) / max(1, more)
    return apart <= NEAR, apart == 0, apart > FAR


def _one_place(one: str, other: str) -> bool:
    """Do both name one venue, perhaps one with the town before it?"""
    short, long = sorted((one, other), key=len)
    return len(short) >= 3 and short in long


def _titled(one: Telling, other: Telling) -> bool:
    mine, theirs = shingles(one.title, 2), shingles(other.title, 2)
    return 2 * len(mine & theirs) >= TITLE * (len(mine) + len(theirs)) > 0


# ---------------------------------------------------------------- which go together


def _mutual(
    found: dict[tuple[int, int], Likeness], tellings: Sequence[Telling]
) -> dict[tuple[int, int], Likeness]:
    """Keep for each activity and other unit the likest activity, if it is likest from there as well."""
    best: dict[tuple[int, str], tuple[bool, int, int]] = {}
    for (a, b), likeness in found.items():
        for mine, theirs in ((a, b), (b, a)):
            key = mine, tellings[theirs].unit
            rank = (likeness.decided, likeness.score, -theirs)
            best[key] = max(best.get(key, rank), rank)
    return {
        (a, b): likeness
        for (a, b), likeness in found.items()
        if best[a, tellings[b].unit][2] == -b and best[b, tellings[a].unit][2] == -a
    }


def _joints(tellings: Sequence[Telling], pairs: dict[tuple[int, int], Likeness]) -> Iterator[Joint]:
    """Groups of decided pairs; each undecided pair that no group holds for itself."""
    group = {place: frozenset((place,)) for place in range(len(tellings))}
    reasons: dict[int, list[str]] = defaultdict(list)
    for (a, b), likeness in pairs.items():
        if likeness.decided:
            reasons[a].extend(likeness.reasons)
            together = group[a] | group[b]
            for place in together:
                group[place] = together
    for members in sorted({one for one in group.values() if len(one) > 1}, key=min):
        units = [tellings[place].unit for place in members]
        said = dict.fromkeys(words for place in sorted(members) for words in reasons[place])
        yield _joint(tellings, members, tuple(said), decided=len(set(units)) == len(units))
    for (a, b), likeness in pairs.items():
        if not likeness.decided and b not in group[a]:
            yield _joint(tellings, (a, b), likeness.reasons, decided=False)


def _joint(
    tellings: Sequence[Telling], members: Iterable[int], reasons: Sequence[str], *, decided: bool
) -> Joint:
    told = sorted((tellings[place] for place in members), key=lambda one: (-_stated(one.activity), one.key))
    return Joint(
        members=tuple(one.key for one in told),
        units=tuple(one.unit for one in told),
        decided=decided,
        words="、".join(reasons),
    )


def _stated(activity: Activity) -> int:
    figures = (activity.participants, activity.sessions, activity.materials)
    return sum(figure is not None for figure in figures)
