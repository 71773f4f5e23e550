"""Bodies that are in no roster: they keep their name as they write it.

Purpose: `outside_points` gathers the forms of one name under the fullest; `near_names` finds those that may be meant for a
unit of the roster; `cut_short` tells names whose city is not written.
Source: dataset/README.md section D.
Limits: nobody can check such a name; a firm's, a school's or a hospital's in one place alone decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipeline.identify.forms import Roster, Sort, close_to
from pipeline.identify.names import pieces
from pipeline.identify.places import FIRM, WEIGHTS, Place
from pipeline.identify.tally import Tally
from pipeline.identify.weights import Found

ENOUGH_PLACES = 2
"""Firm places that must write a district's name without its city: title and signature, or subject and form field."""
_SHORT_NAME = re.compile(r".{1,3}(?:公司|集团|厂)")
_PART = re.compile(
    r"(?!.*(?:学会|协会|研究会|公司|大学|学院|医院|科协|局)).*(?:专业委员会|专委会|分会|工作委员会|学组|课题组)"
)
"""A part of a body whose name does not say which: what it tells is its society's, whoever that is."""


def outside_points(
    found: Sequence[Found], lines: Iterable[Place], tallies: dict[str, Tally], known: Roster
) -> frozenset[str]:
    """Points of names in no roster, the forms of one name taken together; returns the fullest forms."""
    outside = [
        one for one in found if one.mention.sort is Sort.OUTSIDE and not _PART.fullmatch(one.mention.key)
    ]
    named = {id(one.place) for one in found if one.mention.sort in (Sort.UNIT, Sort.OUTSIDE)}
    names = sorted({one.mention.key for one in outside}, key=lambda name: (-len(name), name))
    fullest: dict[str, str] = {}
    for name in names:
        fullest[name] = next((long for long in fullest.values() if _short_for(name, long, known.city)), name)
    for one in outside:
        name = fullest[one.mention.key]
        tallies[name].add(one.place.where, one.points, one.mention.words, one.mention.quality)
        if one.forwards:
            tallies[name].add("forwards", WEIGHTS["forwards"], one.mention.words)
    for name in set(fullest.values()):
        for place in lines:
            silent = place.where in ("subject", "sender", "file") and id(place) not in named
            if silent and _hinted(place.text, name, known.city):
                tallies[name].add(place.where, WEIGHTS[place.where] * 0.8, place.text, 0.8)
    return frozenset(fullest.values())


def near_names(outside: Iterable[str], tallies: dict[str, Tally], known: Roster) -> frozenset[str]:
    """Names outside the roster that may be meant for one in it; what they are like becomes a candidate."""
    doubtful = set()
    for name in outside:
        for unit in close_to(name, known):
            doubtful.add(name)
            tallies[unit].add("alike", tallies[name].total / 2, name, 0.5)
    return frozenset(doubtful)


def _short_for(short: str, long: str, city: str) -> bool:
    """Can *short* be an abbreviation of *long*: its characters in their order, without the city's name?"""
    rest = iter(long.removeprefix(city))
    bare = short.removeprefix(city).removeprefix("市")
    return len(bare) >= 3 and all(character in rest for character in bare)


def _hinted(text: str, name: str, city: str) -> bool:
    return any(_short_for(token, name, city) for token in pieces(text) if len(token) >= 3)


def full_name(name: str, known: Roster) -> str:
    """A name as its unit writes it; only 市 before it is spelt out, as roster names have it."""
    return known.city + name[1:] if name.startswith("市") else name


def cut_short(outside: Iterable[str], found: Sequence[Found], known: Roster) -> frozenset[str]:
    """Names whose city is not written though their district is, and that stand so in one firm place alone; and what a
    firm is called for short, for its full name is somewhere else."""
    districts = tuple(district for district in known.areas if district[-1] == "区")
    firm = {(one.mention.key, one.place.where) for one in found if one.place.where in FIRM}
    return frozenset(
        name
        for name in outside
        if (name.startswith(districts) and sum(key == name for key, _ in firm) < ENOUGH_PLACES)
        or _SHORT_NAME.fullmatch(name)
    )
