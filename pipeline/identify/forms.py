"""Every form in which the names of the roster are written.

Purpose: `roster_of` makes a Roster out of the units and the organisers: each name in full and in short, with its city,
with 市 and without, of a body without its 科协, of a district with its old 县; and names that are almost right.
Source: rules/<notice>/units.csv; the organisers of the notice, whose city is the roster's.
Limits: knows forms, not texts; where they stand in a line is the business of names.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from rapidfuzz import fuzz

from pipeline.identify.shortened import abbreviations, loose_index, loosened
from pipeline.identify.spelling import beginnings, normal, spellings, stem, without_city
from rules import Unit

ASSOCIATION, BUREAU = "district_association", "district_st_bureau"
AREA_KINDS = (ASSOCIATION, BUREAU, "new_area")
"""Kinds of units that speak for a district."""


CLOSE = 75
"""Likeness of two societies' names, 0..100, from which they may be one (食品科学 and 食品科技 are 86)."""


class Sort(StrEnum):
    """What a found name is."""

    UNIT = "unit"
    DISTRICT = "district"
    OWN = "own"
    OUTSIDE = "outside"
    ORGANISER = "organiser"


@dataclass(frozen=True, kw_only=True)
class Form:
    """One way to write a name. free: any Chinese character may stand before it, else only a word boundary.

    whole: it names the body without its association (重庆大学 for 重庆大学科协), so that more may follow.
    bounded: a boundary or a word such as 活动 must follow.
    """

    text: str
    sort: Sort
    key: str
    quality: float = 1.0
    free: bool = True
    whole: bool = False
    bounded: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Roster:
    """The units and all forms of their names.

    forms: by their words. lengths: of the forms that begin with these two characters, longest first. heads: finds where two
    such characters stand. city: that of the organisers, with 市. areas: district's full name -> its association, its bureau
    or its new area's bodies. loose: a society's loosened name -> its name. owners: by address or domain. written: names and
    aliases of each as `normal`.
    """

    units: tuple[Unit, ...]
    city: str
    forms: dict[str, Form]
    lengths: dict[str, tuple[int, ...]]
    heads: re.Pattern[str]
    areas: dict[str, tuple[Unit, ...]]
    loose: dict[str, str]
    by_name: dict[str, Unit]
    owners: dict[str, tuple[Unit, ...]]
    written: tuple[tuple[Unit, tuple[str, ...]], ...]

    def area(self, name: str) -> str:
        """The district for which the unit *name* speaks, "" where it speaks for none."""
        unit = self.by_name.get(name)
        return unit.district if unit and unit.kind in AREA_KINDS else ""


# ---------------------------------------------------------------- the forms of the roster

_SHARED = re.compile(r"^(?:老科|女科|农技)")
"""Societies that every district has one of: without their city they say little."""
_OWN = (("科协", ASSOCIATION), ("科学技术协会", ASSOCIATION), ("科技局", BUREAU), ("科学技术局", BUREAU))


def roster_of(units: tuple[Unit, ...], organisers: tuple[str, ...]) -> Roster:
    """All forms of *units*; *organisers* are known so that an addressee is never taken for a unit.

    The very same arguments are known at once: to ask whether some hundred units are equal to others takes longer.
    """
    known = _LAST.get("roster")
    if known is None or known[0] is not units or known[1] is not organisers:
        known = _LAST["roster"] = (units, organisers, _roster(units, organisers))
    return known[2]


_LAST: dict[str, tuple[tuple[Unit, ...], tuple[str, ...], Roster]] = {}


@lru_cache(maxsize=4)
def _roster(units: tuple[Unit, ...], organisers: tuple[str, ...]) -> Roster:
    first = next((re.match(r"(.+?市)", organiser) for organiser in organisers), None)
    city = first.group(1) if first else ""
    found: dict[str, Form] = {}
    for form in (*_all_forms(units, organisers, city), *_short_forms(units, city)):
        if form.text not in found or found[form.text].quality < form.quality:
            found[form.text] = form
    lengths: dict[str, set[int]] = defaultdict(set)
    for text in found:
        lengths[text[:2]].add(len(text))
    areas: dict[str, list[Unit]] = defaultdict(list)
    owners: dict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        if unit.kind in AREA_KINDS and unit.district:
            areas[unit.district].append(unit)
        for entry in unit.addresses:
            owners[entry].append(unit)
    return Roster(
        forms=found,
        lengths={head: tuple(sorted(these, reverse=True)) for head, these in lengths.items()},
        heads=beginnings(lengths),
        areas={area: tuple(bodies) for area, bodies in areas.items()},
        units=units,
        loose=loose_index(units, city),
        by_name={unit.name: unit for unit in units},
        owners={entry: tuple(bodies) for entry, bodies in owners.items()},
        written=tuple((unit, tuple(map(normal, (unit.name, *unit.aliases)))) for unit in units),
        city=city,
    )


def _all_forms(units: Iterable[Unit], organisers: Iterable[str], city: str) -> Iterator[Form]:
    for organiser in organisers:
        for text in spellings(organiser):
            bare = text.removeprefix(city)
            for written in (text, city[:-1] + bare, "市" + bare):
                yield Form(
                    text=written, sort=Sort.ORGANISER, key=organiser, free=written[0] != "市", quality=2
                )
    for unit in units:
        yield from _unit_forms(unit, city)
        if unit.kind in AREA_KINDS and unit.district:
            yield from _district_forms(unit.district)
    for ending, kind in _OWN:
        for area in "区县":
            yield Form(text=area + ending, sort=Sort.OWN, key=kind, free=False)
    for text in ("我局", "本局", "我们局"):
        yield Form(text=text, sort=Sort.OWN, key=BUREAU)


def _unit_forms(unit: Unit, city: str) -> Iterator[Form]:
    for name in dict.fromkeys((unit.name, *unit.aliases)):
        for text in spellings(normal(name)):
            yield from _city_forms(unit, text, city)
            bare = re.sub("科协$", "", text)
            if unit.kind.endswith("_association") and unit.kind != ASSOCIATION and bare != text:
                yield from _body_forms(unit, bare, city)
    if unit.kind in (ASSOCIATION, BUREAU):
        head, ending = stem(unit.district), "科协" if unit.kind == ASSOCIATION else "科技局"
        if len(head) > 1:
            for text in spellings(head + "县" + ending):
                yield Form(text=text, sort=Sort.UNIT, key=unit.name, quality=0.95)


def _city_forms(unit: Unit, text: str, city: str) -> Iterator[Form]:
    """The name with its city in full, in short, as 市, and without it."""
    district = unit.kind in AREA_KINDS
    bare = without_city(text, city)
    generic = unit.kind == "new_area" and not re.match("两江|万盛|西部", bare)
    yield Form(
        text=text,
        sort=Sort.UNIT,
        key=unit.name,
        free=(text != bare and text[0] != "市") or (district and not generic),
    )
    for head in (city, city[:-1]):
        yield Form(text=head + bare, sort=Sort.UNIT, key=unit.name)
    if not district:
        yield Form(text="市" + bare, sort=Sort.UNIT, key=unit.name, free=False)
    if len(bare) >= 3 and bare != text:
        quality = 0.5 if _SHARED.match(bare) else 0.85
        yield Form(
            text=bare,
            sort=Sort.UNIT,
            key=unit.name,
            quality=1.0 if district else quality,
            free=district and not generic,
        )


def _body_forms(unit: Unit, text: str, city: str) -> Iterator[Form]:
    """The body that the association belongs to: its report is the association's, though less surely."""
    bare = without_city(text, city)
    forms = {text: text != bare and text[0] != "市", city + bare: True, "市" + bare: False, bare: False}
    for written, free in forms.items():
        if len(written) >= 4 or (written == text and len(written) == 3):
            quality = 0.8 if written != bare or bare == text else 0.6
            yield Form(text=written, sort=Sort.UNIT, key=unit.name, quality=quality, free=free, whole=True)


def _short_forms(units: Iterable[Unit], city: str) -> Iterator[Form]:
    """植保学会: what people make of a society's name, where it can be one society's alone."""
    for text, name in abbreviations(units, city).items():
        for head in (city, city[:-1], "市", ""):
            quality = 0.75 if head else 0.7
            yield Form(text=head + text, sort=Sort.UNIT, key=name, quality=quality, free=len(head) > 1)


def _district_forms(district: str) -> Iterator[Form]:
    head = stem(district)
    yield Form(text=district, sort=Sort.DISTRICT, key=district)
    if district.endswith("自治县"):
        yield Form(text=head + "县", sort=Sort.DISTRICT, key=district)
    if len(head) > 1 and district[-1] in "区县":
        yield Form(text=head, sort=Sort.DISTRICT, key=district, quality=0.6, free=False, bounded=True)


# ---------------------------------------------------------------- names that are almost right


def loosely(name: str, known: Roster) -> str | None:
    """The only roster society that *name* can be a slip of, else None."""
    return known.loose.get(loosened(name, known.city)) if re.search("[学协究]会$", name) else None


def close_to(name: str, known: Roster) -> tuple[str, ...]:
    """Roster societies whose names are so like *name* that a person must say whether they are meant."""
    key = loosened(name, known.city)
    if not re.search("[学协究]会$", name) or key.startswith(tuple(known.areas)):
        return ()
    near = {unit: fuzz.ratio(key, other) for other, unit in known.loose.items() if not key.endswith(other)}
    return tuple(unit for unit, score in near.items() if score >= CLOSE)


def is_bureau(unit: Unit) -> bool:
    """Is it the government's side of a district, and not its association?"""
    return unit.kind == BUREAU or unit.name.endswith("局")
