"""What a district's name means, and 区科协, 我局: its association or its bureau.

Purpose: `district_points` and `own_points` give points to the bodies of a district that is named alone or as one's own;
`meant` says which units a mention in running text means.
Limits: association and bureau of one district share its name; how the mail speaks (我局, 区科协) tells them apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from pipeline.identify.forms import ASSOCIATION, BUREAU, Roster, Sort, is_bureau
from pipeline.identify.tally import Tally
from pipeline.identify.weights import Found
from rules import Unit

CLEAR = 0.49
"""The second district may have at most this share of the first one's points."""


def district_points(
    found: Sequence[Found], owners: Sequence[Unit], tallies: dict[str, Tally], known: Roster
) -> None:
    """A district named alone speaks for its association or its bureau."""
    leaning = _leaning(found, owners, known)
    for one in found:
        if one.mention.sort is Sort.DISTRICT and one.place.where != "text" and _alone(one, found):
            for unit in _of_district(one.mention.key, known):
                share = leaning[BUREAU if is_bureau(unit) else ASSOCIATION]
                tallies[unit.name].add(one.place.where, one.points * share, one.mention.words, share)


def own_points(found: Sequence[Found], tallies: dict[str, Tally], known: Roster) -> None:
    """区科协 and 我局 speak for the body of the district in question."""
    district = district_in_question(found, known)
    for one in found:
        if one.mention.sort is Sort.OWN and one.place.where != "text" and district:
            for unit in _of_district(district, known):
                if is_bureau(unit) == (one.mention.key == BUREAU):
                    tallies[unit.name].add(one.place.where, one.points * 0.8, one.mention.words, 0.8)


def meant(one: Found, district: str | None, known: Roster) -> list[str]:
    """Names of the units that *one* means; district: the one in question, None where it is open."""
    if one.mention.sort is Sort.UNIT:
        return [one.mention.key]
    if one.mention.sort is Sort.OWN and district:
        bureau = one.mention.key == BUREAU
        return [unit.name for unit in _of_district(district, known) if is_bureau(unit) == bureau]
    return []


def _alone(one: Found, found: Iterable[Found]) -> bool:
    """Is the district not merely a place in a line that names a body?"""
    return not any(
        other.place is one.place and other.mention.sort in (Sort.UNIT, Sort.OUTSIDE) for other in found
    )


def _leaning(found: Sequence[Found], owners: Sequence[Unit], known: Roster) -> dict[str, float]:
    """How likely a district named alone means its association, its bureau: by how the mail and its sender name it."""
    counts = Counter(
        (one.mention.key, one.mention.words[0] in "我本") for one in found if one.mention.sort is Sort.OWN
    )
    if counts[(BUREAU, True)]:
        return {ASSOCIATION: 0.2, BUREAU: 0.75}
    senders = {one.mention.key for one in found if one.place.where == "sender" and one.mention.quality >= 0.8}
    named = {
        unit.kind for unit in (*owners, *(known.by_name[key] for key in senders if key in known.by_name))
    }
    if len(named & {ASSOCIATION, BUREAU}) == 1:
        return {kind: 0.75 if kind in named else 0.2 for kind in (ASSOCIATION, BUREAU)}
    associations, bureaus = counts[(ASSOCIATION, False)], counts[(BUREAU, False)]
    if associations > bureaus:
        return {ASSOCIATION: 0.75, BUREAU: 0.2}
    if bureaus > associations:
        return {ASSOCIATION: 0.3, BUREAU: 0.6}
    return {ASSOCIATION: 0.55, BUREAU: 0.4}


def _of_district(district: str, known: Roster) -> list[Unit]:
    return list(known.areas.get(district, ()))


def district_in_question(found: Iterable[Found], known: Roster) -> str | None:
    """The district of which the mail's telling places speak by far the most; None where there is none."""
    points: Counter[str] = Counter()
    for one in found:
        if one.place.where != "text":
            named = one.mention.sort is Sort.DISTRICT
            district = one.mention.key if named else known.area(one.mention.key)
            if district:
                points[district] += int(one.points)
    ranked = points.most_common(2)
    if not ranked or (len(ranked) == 2 and ranked[1][1] > CLEAR * ranked[0][1]):
        return None
    return ranked[0][0]
