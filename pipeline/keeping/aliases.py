"""Which forms of a unit's name a mail shows that the roster does not know, once a person said whose mail it is.

Purpose: `unknown_forms(reading, unit, rules)`, for proposals of aliases.
Source: the places in which units name themselves (identify/places.py); what staff write in the aliases column of units.csv.
How: names that end as bodies do, and short forms in subject, sender and file names. One is kept if it is made of the unit's
own name and of no other's: the characters in their order, or more of what is the unit's own than any other unit has.
Limits: rather none than a wrong one. Generic words (县科协, 我会), persons, and bodies that are merely named fall out, for
they share nothing with the name. Addresses are never proposed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pipeline.identify.forms import AREA_KINDS, BUREAU, Roster, Sort, loosely, roster_of
from pipeline.identify.names import mentions, pieces
from pipeline.identify.places import Place, places
from pipeline.identify.spelling import normal
from pipeline.records import Reading
from rules import Rules, Unit
from rules.learned import SHORTEST
from rules.loading import folded

LONGEST = 24
"""Characters of an alias; more is a sentence."""
SPEAKING = frozenset(
    ("field", "signature", "title", "letterhead", "subject", "body", "sender", "file", "folder")
)
"""Places where a unit names itself."""
SHORT_FORMS = frozenset(("subject", "sender", "file", "signature", "letterhead"))
"""Places where it does so in a few characters that do not end as bodies' names do."""
OWN = 2
"""Characters in a row of what is the unit's own that a form must have."""

_HAN = re.compile("[\u4e00-\u9fffa-z0-9·()]+")
_RELATIVE = re.compile(
    "^(?:[我本该贵各全两][会局院校司单]|[省市区县]?(?:科协|学会|协会|科技局|研究会|办公室)$|[区县])"
)
_ENDING = re.compile(
    "(?:科学技术协会|科学技术局|科技局|科协|(?:学)?学会|协会|研究会|促进会|联合会|有限责任公司|股份有限公司|有限公司|公司|集团|股份"
    "|医院|大学|学院|研究院|研究所|中心)+$"
)
_LEADING = re.compile(r"^(?:是|由|和|与|及|来自|\d)+")
_BODIES = {False: re.compile("科协|科学技术协会"), True: re.compile("科技局|科学技术局|科委|科学技术委员会")}
"""What a form of a district's association, and of its bureau, must say that it is."""


def unknown_forms(reading: Reading, unit: Unit, rules: Rules) -> tuple[tuple[str, str], ...]:
    """Find (where, form) in the mail of *reading*, which a person said is from *unit*: in order of place, each form once."""
    known = roster_of(rules.units, rules.notice.organisers)
    taken = _taken(rules.units)
    found: dict[str, str] = {}
    for place in places(reading):
        for form in _forms(place, known):
            if form not in found and folded(form) not in taken and _is_of(form, unit, known):
                found[form] = place.where
    whole = [form for form in found if not any(_begins(form, other) for other in found)]
    return tuple((found[form], form) for form in whole)


@lru_cache(maxsize=4)
def _taken(units: tuple[Unit, ...]) -> frozenset[str]:
    return frozenset(folded(form) for unit in units for form in (unit.name, *unit.aliases))


def _begins(form: str, other: str) -> bool:
    """Is *form* only the beginning of *other*, cut off by a word that the one place has and the other has not?"""
    return form != other and other.startswith(form)


def _forms(place: Place, known: Roster) -> Iterator[str]:
    """Names in one line that no form of the roster covers."""
    if place.where not in SPEAKING:
        return
    seen = mentions(place.text, known)
    yield from (_LEADING.sub("", one.key) for one in seen if one.sort is Sort.OUTSIDE)
    if place.where in SHORT_FORMS and not any(one.sort in (Sort.UNIT, Sort.OUTSIDE) for one in seen):
        for piece in pieces(place.text):
            yield _LEADING.sub("", re.sub(r"\d+$", "", piece))


def _is_of(form: str, unit: Unit, known: Roster) -> bool:
    """Is *form* a form of the name of *unit*, and of no other unit's?"""
    if not SHORTEST <= len(form) <= LONGEST or not _HAN.fullmatch(form) or _RELATIVE.match(form):
        return False
    if loosely(form, known) or _is_known(form, known):
        return False
    mine = _kinship(form, unit, known.city)
    return mine > 0 and all(
        _kinship(form, other, known.city) < mine for other in known.units if other.id != unit.id
    )


def _is_known(form: str, known: Roster) -> bool:
    """Does the roster find a unit or an organiser in *form* already?"""
    return any(
        one.sort in (Sort.UNIT, Sort.ORGANISER) for one in mentions(normal(form), known, outside=False)
    )


def _kinship(form: str, unit: Unit, city: str) -> int:
    """How many characters in a row of what is the unit's own *form* has; 0 where it cannot be its name."""
    if unit.kind in AREA_KINDS:
        return _of_area(form, unit)
    if _ENDING.search(form):
        core = _core(form, city)
        own = max(_shared(core, _core(normal(name), city)) for name in (unit.name, *unit.aliases))
        if own >= OWN:
            return own
    short = any(_is_short_for(form, normal(name), city) for name in (unit.name, *unit.aliases))
    return 1 if short else 0


def _of_area(form: str, unit: Unit) -> int:
    """A district's body is named by its district and by what it is; nothing else may stand in the name."""
    stem = re.sub("(?:经开区|新区|高新区|区|县)$", "", re.sub("(?:.{1,3}族)+自治县$", "", unit.district))
    bureau = unit.kind == BUREAU or unit.name.endswith("局")
    says = _BODIES[bureau].search(form)
    if not says or not stem or stem not in form[: says.start()]:
        return 0
    rest = form[: says.start()].replace(stem, "", 1)
    return len(stem) + 1 if re.fullmatch("(?:重庆)?市?(?:.{1,3}族)*(?:自治)?[区县]?", rest) else 0


def _core(name: str, city: str) -> str:
    """What of a name is nobody else's: without the city and without how such names end."""
    return _ENDING.sub("", _local(name, city))


def _shared(form: str, name: str) -> int:
    """Length of the longest run of characters that both have, if it is half of the form or more; else 0."""
    runs = (
        end - start
        for start in range(len(form))
        for end in range(start + 1, len(form) + 1)
        if form[start:end] in name
    )
    longest = max(runs, default=0)
    return longest if 2 * longest >= len(form) else 0


def _is_short_for(form: str, name: str, city: str) -> bool:
    """Are the characters of *form* those of *name* in their order, beginning with its first, city or not?"""
    return any(
        len(short) >= SHORTEST and short[0] == whole[:1] and _follows(short, whole)
        for short in {form, _local(form, city)}
        for whole in {name, _local(name, city)}
    )


def _follows(short: str, whole: str) -> bool:
    rest = iter(whole)
    return all(one in rest for one in short)


def _local(name: str, city: str) -> str:
    """A name without its city."""
    return re.sub(f"^(?:{re.escape(city)}|{re.escape(city[:-1])}|市)", "", name) if city else name
