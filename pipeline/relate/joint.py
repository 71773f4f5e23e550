"""One activity that several units report (联合活动): counted for each of them, and once in totals over all units.

Purpose: `joint`, a fold over all mails that count.
Source: notice, part 4 (一), 广泛组织动员: units are to join hands; the rubric credits each of them.
Limits: boilerplate is no evidence: the same words on the same day in two districts are two activities. Joined is only what has
the same day and a partner that is named, with venue, name or head count beside it; what is merely likely is asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.records import Activity, Filed, Joint
from pipeline.relate.shingles import Shingles
from pipeline.relate.tellings import TITLE, Telling, candidates, tellings
from rules import Unit

NEAR, FAR = 0.1, 0.3
"""Share of the larger head count by which two may differ and be one (each counts with its own eyes), and above which not."""
WORDS, NEARLY_ALL = 0.5, 0.8
"""Share of common shingles, figures left out, that speaks for one event beside other evidence; almost the same text."""
LEAST_WORDS = 15
"""Shingles that are left of both texts without boilerplate; fewer say nothing."""


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """What speaks for two tellings being one. score orders them; decided: it is enough; reasons: Chinese."""

    score: int
    decided: bool
    reasons: tuple[str, ...]


def joint(filed: Sequence[Filed], units: tuple[Unit, ...]) -> tuple[Joint, ...]:
    """Find the activities that several units report, and those that two counted mails of one unit may both tell of.

    Args:
        filed: all mails, in any order, with their relations; only those that count are looked at.
        units: the roster, whose names are known.

    Returns:
        in order of their first member by accession; an activity is a member of one decided Joint at most. Of one unit's
        activities none is joined: a person is asked.
    """
    told = tellings(filed, units)
    districts = {unit.name: unit.district for unit in units if unit.district}
    home = [districts.get(one.unit) for one in told]
    found: dict[tuple[int, int], Likeness] = {}
    for a, b in candidates(told):
        one, other = told[a], told[b]
        speaks = likeness(one, other, neighbours=home[a] is not None and home[a] == home[b])
        if speaks:
            found[a, b] = speaks
    return tuple(sorted(_joints(told, _mutual(found, told)), key=lambda one: min(one.members)))


# ---------------------------------------------------------------- what speaks for one event


def likeness(one: Telling, other: Telling, *, neighbours: bool) -> Likeness | None:
    """Say what speaks for the two being one; None where too little does, or something against it."""
    mentions = (other.unit in one.partners) + (one.unit in other.partners)
    again = one.unit == other.unit
    place = _one_place(one.place, other.place)
    if not (mentions or again or place or neighbours) or not _same_days(one.activity, other.activity):
        return None
    near, exact, far = _heads(one.activity, other.activity)
    apart = bool(one.place and other.place and not place)
    if far or apart or not (mentions or again or exact):
        return None
    name = bool(one.named & other.named) or _titled(one, other)
    if not (mentions or place or exact or name):
        return None  # whatever the words are, and to compare these is what takes time
    shared = _shared(one.words, other.words)
    told = name or shared >= WORDS
    decided = not again and one.decided and other.decided and _enough(mentions, place, near, exact, told)
    asked = (
        (mentions and (place or exact or told))
        or (again and told and (place or exact or name))
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
    mine, theirs = one.participants.value, other.participants.value
    apart = abs(mine - theirs) / max(1, mine, theirs)
    return apart <= NEAR, apart == 0, apart > FAR


def _one_place(one: str, other: str) -> bool:
    """Do both name one venue, perhaps one with the town before it?"""
    return min(len(one), len(other)) >= 3 and (one in other or other in one)


def _shared(one: Shingles, other: Shingles) -> float:
    return one.common(other) if min(len(one), len(other)) >= LEAST_WORDS else 0.0


def _titled(one: Telling, other: Telling) -> bool:
    mine, theirs = one.pieces, other.pieces
    return 2 * len(mine & theirs) >= TITLE * (len(mine) + len(theirs)) > 0


# ---------------------------------------------------------------- which go together


def _mutual(
    found: dict[tuple[int, int], Likeness], told: Sequence[Telling]
) -> dict[tuple[int, int], Likeness]:
    """Keep for each activity and other unit the likest activity, if it is likest from there as well."""
    best: dict[tuple[int, str], tuple[bool, int, int]] = {}
    for (a, b), likeness in found.items():
        for mine, theirs in ((a, b), (b, a)):
            key = mine, told[theirs].unit
            rank = (likeness.decided, likeness.score, -theirs)
            best[key] = max(best.get(key, rank), rank)
    return {
        (a, b): likeness
        for (a, b), likeness in found.items()
        if best[a, told[b].unit][2] == -b and best[b, told[a].unit][2] == -a
    }


def _joints(told: Sequence[Telling], pairs: dict[tuple[int, int], Likeness]) -> Iterator[Joint]:
    """Groups of decided pairs; each undecided pair that no group holds for itself."""
    group = {place: frozenset((place,)) for place in range(len(told))}
    reasons: dict[int, list[str]] = defaultdict(list)
    for (a, b), likeness in pairs.items():
        if likeness.decided:
            reasons[a].extend(likeness.reasons)
            together = group[a] | group[b]
            for place in together:
                group[place] = together
    for members in sorted({one for one in group.values() if len(one) > 1}, key=min):
        units = [told[place].unit for place in members]
        said = dict.fromkeys(words for place in sorted(members) for words in reasons[place])
        yield _joint(told, members, tuple(said), decided=len(set(units)) == len(units))
    for (a, b), likeness in pairs.items():
        if not likeness.decided and b not in group[a]:
            yield _joint(told, (a, b), likeness.reasons, decided=False)


def _joint(
    told: Sequence[Telling], members: Iterable[int], reasons: Sequence[str], *, decided: bool
) -> Joint:
    chosen = sorted((told[place] for place in members), key=lambda one: (-_stated(one.activity), one.key))
    return Joint(
        members=tuple(one.key for one in chosen),
        units=tuple(one.unit for one in chosen),
        decided=decided,
        words="、".join(reasons),
    )


def _stated(activity: Activity) -> int:
    figures = (activity.participants, activity.sessions, activity.materials)
    return sum(figure is not None for figure in figures)
