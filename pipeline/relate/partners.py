"""Which units of the roster the words of an activity name as having held it together with the reporting one.

Limits: a name counts only in a sentence that speaks of doing together (联合, 主办 …), or where it is joined to who holds it
(甲与乙在…举办), and not where it only guided or backed the activity. 区科技局 alone means that of the reporting unit's own district.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from rules import Unit

ASSOCIATION, BUREAU = "district_association", "district_st_bureau"
CITY = "重庆市"
SHORTEST = 4
"""Characters of a name that may stand for a unit in running text."""
TOGETHER = re.compile(r"联合|会同|共同|携手|协同|合作|联手|主办|承办|协办|联办|合办|共办|牵头")
_END = re.compile(r"[。；\n]")
_BACKED = re.compile(r"(?:的|、[^，。]{0,20})?(?:指导|支持|领导|关心|部署|要求|号召)")
_JOINED = re.compile("[与和同](?:重庆|重庆市|市)?$")
_HOLDING = re.compile(
    r"(?:[、与和同][^，。；]{2,20}?)?(?:等[^，。；]{0,6})?(?:，?(?:在|于|到|赴|走进|深入)[^。；]{0,30}?)?(?:举办|举行|开展|组织|推出)"
)
"""What follows a name right away where its unit holds the activity with the one before it."""
_RELATIVE = re.compile(
    r"(?:^|[^\u4e00-\u9fff]|联合|会同|携手|共同|协同|[与和由及同])[区县](?P<what>科协|科学技术协会|科技局|科学技术局)"
)
_WHAT = {"科协": ASSOCIATION, "科学技术协会": ASSOCIATION, "科技局": BUREAU, "科学技术局": BUREAU}


@dataclass(frozen=True)
class Names:
    """any: finds a form, the longest where several begin. forms: to the unit. bodies: (district, kind) to the district's unit."""

    any: re.Pattern[str]
    forms: Mapping[str, str]
    bodies: Mapping[tuple[str, str], str]
    districts: Mapping[str, str]


@lru_cache(maxsize=4)
def names(units: tuple[Unit, ...]) -> Names:
    """Index the names of *units*."""
    meant: dict[str, str] = {}
    for form, unit in sorted({(form, one.name) for one in units for form in _forms(one)}):
        meant.setdefault(form, unit)
    return Names(
        _any_of(meant),
        meant,
        {(unit.district, unit.kind): unit.name for unit in units if unit.kind in (ASSOCIATION, BUREAU)},
        {unit.name: unit.district for unit in units if unit.kind in (ASSOCIATION, BUREAU)},
    )


def _any_of(forms: Iterable[str]) -> re.Pattern[str]:
    """A pattern that finds any of *forms*, the longest where several begin."""
    return re.compile(_begun(sorted(forms, key=lambda one: (-len(one), one)), 2) or "(?!)")


def _begun(forms: Iterable[str], deep: int) -> str:
    """An expression for *forms* that tries those alone whose first *deep* characters are those of the text."""
    if not deep:
        return "|".join(map(re.escape, forms))
    index: dict[str, list[str]] = defaultdict(list)
    for form in forms:
        index[form[:1]].append(form[1:])
    return "|".join(
        f"{re.escape(first)}(?:{_begun(ends, deep - 1)})" for first, ends in sorted(index.items())
    )


def _forms(unit: Unit) -> Iterator[str]:
    for name in (unit.name, *unit.aliases):
        bare = name.removeprefix(CITY)
        short = re.sub("科学技术协会$", "科协", re.sub("科学技术局$", "科技局", bare))
        body = re.sub("科协$", "", short) if unit.kind not in (ASSOCIATION, BUREAU, "society") else short
        yield from (form for form in {bare, short, body} if len(form) >= SHORTEST)


def partners(text: str, unit: str, known: Names) -> frozenset[str]:
    """The units, other than *unit* itself, that *text* names as having held the activity with it."""
    if known.any.search(text) is None and TOGETHER.search(text) is None:  # most name nobody
        return frozenset()
    found: set[str] = set()
    for sentence in _END.split(text):
        named = tuple(_named(sentence, known))
        together = TOGETHER.search(sentence)
        found.update(name for name, start, end in named if together or _is_joined(sentence, start, end))
        if together:
            found.update(_relative(sentence, known.districts.get(unit, ""), known))
    return frozenset(found - {unit})


def _is_joined(sentence: str, start: int, end: int) -> bool:
    """Does the name at [start, end) follow “与” and hold the activity?"""
    return _JOINED.search(sentence[:start]) is not None and _HOLDING.match(sentence, end) is not None


def _named(sentence: str, known: Names) -> Iterator[tuple[str, int, int]]:
    """Each unit that is named and did not only back, with the place [start, end) of its name."""
    for hit in known.any.finditer(sentence):
        if not _BACKED.match(sentence, hit.end()):
            yield known.forms[hit[0]], hit.start(), hit.end()


def _relative(sentence: str, district: str, known: Names) -> Iterable[str]:
    hits = (hit for hit in _RELATIVE.finditer(sentence) if not _BACKED.match(sentence, hit.end()))
    found = (known.bodies.get((district, _WHAT[hit["what"]])) for hit in hits)
    return [name for name in found if name]
