"""One unit's activity with what it is compared by, and which two of a whole season are compared at all.

Limits: an activity without a date stands beside no other. Candidates come from named partners, from equal (day, head count) and
from two mails of one unit alone, so that no two of all activities are compared.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from math import floor
from typing import NamedTuple

from pipeline.records import Activity, Filed, RelationKind, State
from pipeline.relate.partners import names, partners
from pipeline.relate.sent import REPORTS, pairs
from pipeline.relate.shingles import SHINGLE, Codes, Shingles, held, in_several
from rules import Unit

BOILERPLATE = 4
"""Units that use a phrase, title or quoted name from which on it tells no event from another (“弘扬科学家精神”)."""
MOST_ALIKE = 60
"""Activities of one day and head count from which on these two say nothing (“5月30日 30人”)."""

TITLE = 0.75
"""Share of common character pairs, of both together, from which two titles are one name."""
FEW = 8
"""Activities of one unit and day up to which each two are compared."""
_SIGNS, _FIGURES = re.compile(r"\W+"), re.compile(r"[\W\d]+")
_BETWEEN = "“"
"""Stands between texts that are taken together: no text, title or quoted name that is compared has it."""
_QUOTED = re.compile(r"[“《]([^“”《》]{4,30})[”》]")


@dataclass(frozen=True, kw_only=True)
class Telling:
    """One unit's activity with what it is compared by, taken once. named: quoted names; partners: units named as such.

    text: its words without signs and figures. worn: the shingles that tell nothing.
    """

    key: tuple[str, int]
    unit: str
    decided: bool
    activity: Activity
    place: str
    named: frozenset[str]
    title: str
    text: str
    worn: Codes = field(repr=False, compare=False)
    partners: frozenset[str]

    @cached_property
    def words(self) -> Shingles:
        """Of the text, without what tells nothing; few activities come so far that their words are compared."""
        return Shingles.of(self.text).without(self.worn)

    @cached_property
    def pieces(self) -> frozenset[str]:
        """Pairs of characters of the title."""
        return pairs(self.title)


class _Told(NamedTuple):
    """What a Telling is made of, with all that it says."""

    key: tuple[str, int]
    unit: str
    decided: bool
    activity: Activity
    named: frozenset[str]
    title: str
    text: str


def tellings(filed: Iterable[Filed], units: tuple[Unit, ...]) -> tuple[Telling, ...]:
    """The dated activities of the mails that count, in order of accession and number.

    Without the quoted names, titles and shingles that BOILERPLATE units or more use.
    """
    known = names(units)
    told = tuple(_told(filed))
    worn, worn_names = _worn_shingles(told), _worn_names(told)

    def stands(name: str) -> bool:
        is_worn = bool(held(Shingles.of(name).codes, worn)) if len(name) == SHINGLE else name in worn_names
        return not is_worn

    return tuple(
        Telling(
            key=one.key,
            unit=one.unit,
            decided=one.decided,
            activity=one.activity,
            place=_flat(one.activity.place.value) if one.activity.place else "",
            named=frozenset(filter(stands, one.named)),
            title=one.title if stands(one.title) else "",
            text=one.text,
            worn=worn,
            partners=partners(one.activity.text, one.unit, known),
        )
        for one in told
    )


def _told(filed: Iterable[Filed]) -> Iterator[_Told]:
    for one in sorted(filed, key=lambda one: one.item.accession):
        if one.filing is None or not _counts(one):
            continue
        found = one.filing.identification
        for number, judged in enumerate(one.filing.activities, 1):
            unit, activity = judged.unit or found.best, judged.activity
            if not judged.counted or unit is None or activity.date_start is None:
                continue
            yield _Told(
                key=(one.item.accession, number),
                unit=unit,
                decided=found.decided or judged.unit is not None,
                activity=activity,
                named=frozenset(_QUOTED.findall(activity.text)),
                title=_flat(activity.title),
                text=_FIGURES.sub("", activity.text),
            )


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
    return _SIGNS.sub("", text)


def _worn_shingles(told: Sequence[_Told]) -> Codes:
    """What BOILERPLATE units or more use, be it in their words or as a name of as many characters."""
    by_unit: dict[str, list[str]] = defaultdict(list)
    for one in told:
        short = (name for name in (*one.named, one.title) if len(name) == SHINGLE)
        by_unit[one.unit] += (one.text, *short)
    used = (Shingles.of(_BETWEEN.join(texts)).codes for texts in by_unit.values())
    return in_several(used, BOILERPLATE)[0]


def _worn_names(told: Sequence[_Told]) -> frozenset[str]:
    """The quoted names and titles that BOILERPLATE units or more use."""
    users: dict[str, set[str]] = defaultdict(set)
    for one in told:
        for name in (*one.named, one.title):
            users[name].add(one.unit)
    return frozenset(name for name, who in users.items() if len(who) >= BOILERPLATE)


def candidates(told: Sequence[Telling]) -> Iterator[tuple[int, int]]:
    """Pairs (smaller place first) of two units' activities that may be one, each once, in order.

    Those of two days are none, however many a unit has.
    """
    by_unit: dict[object, list[int]] = defaultdict(list)
    by_figures: dict[object, list[int]] = defaultdict(list)
    for place, one in enumerate(told):
        by_unit[one.unit, _day(one)].append(place)
        people = one.activity.participants
        if people is not None and one.activity.date_start is not None:
            by_figures[one.activity.date_start.value, people.value].append(place)
    found = {
        (min(place, other), max(place, other))
        for place, one in enumerate(told)
        for partner in one.partners
        for other in by_unit.get((partner, _day(one)), ())
    }
    groups: list[Sequence[int]] = [alike for alike in by_figures.values() if len(alike) <= MOST_ALIKE]
    groups += [likely for own in by_unit.values() for likely in _likely(own, told)]
    found.update(
        (a, b) for group in groups for a, b in combinations(group, 2) if _of_two_mails(told[a], told[b])
    )
    yield from sorted(found)


def _likely(own: Sequence[int], told: Sequence[Telling]) -> Iterable[Sequence[int]]:
    """Groups of one unit's activities of one day, in which any two stand together that may be one.

    Two of one unit are one only with the same head count, a place in common or a name in common; few are not sorted out.
    """
    if len(own) <= FEW:
        return (own,)
    often = Counter(piece for place in own for piece in told[place].pieces)
    groups: dict[object, list[int]] = defaultdict(list)
    for place in own:
        for mark in _marks(told[place], often):
            groups[mark].append(place)
    return groups.values()


def _marks(one: Telling, often: Mapping[str, int]) -> Iterator[tuple[str, object]]:
    """What two activities of one unit have one of in common: head count, quoted name, a piece of the place or of the title.

    Of the title as many of the rarest pieces as two that are one name cannot both have for themselves (see parties.py).
    """
    if one.activity.participants is not None:
        yield "people", one.activity.participants.value
    yield from (("name", name) for name in one.named)
    yield from (("place", piece) for piece in {one.place[at : at + 3] for at in range(len(one.place) - 2)})
    pieces = sorted(one.pieces, key=lambda piece: (often[piece], piece))
    alone = len(pieces) - floor(TITLE / (2 - TITLE) * len(pieces)) + 1
    yield from (("title", piece) for piece in pieces[:alone])


def _day(one: Telling) -> object:
    return one.activity.date_start and one.activity.date_start.value


def _of_two_mails(one: Telling, other: Telling) -> bool:
    """One mail tells of each activity once; two documents of two units (代报) may tell of one."""
    return one.key[0] != other.key[0] or one.unit != other.unit
