"""Names that mean a society of the roster though the roster does not write them.

Purpose: `abbreviations` makes 植保学会 of 植物保护学会; `loosened` leaves out what people mix up (学会, 协会; 科学技术, 科技).
Source: how Chinese names are shortened: of each word of two characters the first, or the word; 工程, 科学, 技术 fall away.
Limits: words are taken to have two characters; what could be another unit's too is no abbreviation.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import product

from pipeline.identify.spelling import without_city
from rules import Unit

_SOCIETY = re.compile("^(.{4,}?)(学会|协会|研究会)$")
_JOINS = re.compile("[与和及]")
_FALLS_AWAY = frozenset(("工程", "科学", "技术", "管理"))
"""Second and later words that a short name may leave out."""
_ALONE = frozenset(("工程",))
"""Those that may be missing where no word is cut: 食品科学学会 would be another society than 食品科学技术学会."""


def abbreviations(units: Iterable[Unit], city: str) -> dict[str, str]:
    """Short names without their city, each with the one unit of the roster that it can mean."""
    owners: dict[str, set[str]] = defaultdict(set)
    written: set[str] = set()
    for unit in units:
        for name in (unit.name, *unit.aliases):
            owners[without_city(name, city)].add(unit.name)
            if unit.kind == "society":
                for short, usual in _shortened(without_city(name, city)):
                    owners[short].add(unit.name)
                    if usual:
                        written.add(short)
    return {short: min(owners[short]) for short in sorted(written) if len(owners[short]) == 1}


def _shortened(name: str) -> Iterator[tuple[str, bool]]:
    """All that the words of a society's name leave when they are shortened, each with whether people would write it so.

    Nothing where a word has not two characters.
    """
    parts = _SOCIETY.match(name)
    runs = _JOINS.split(parts.group(1)) if parts else []
    if parts is None or any(len(run) % 2 for run in runs):
        return
    words = [run[at : at + 2] for run in runs for at in range(0, len(run), 2)]
    choices = [
        (word, word[0], "") if at and word in _FALLS_AWAY else (word, word[0])
        for at, word in enumerate(words)
    ]
    for chosen in product(*choices):
        core = "".join(chosen)
        left_out = {word for word, kept in zip(words, chosen, strict=True) if not kept}
        cut = any(len(kept) == 1 for kept in chosen)
        if 2 <= len(core) < len(parts.group(1)):
            yield core + parts.group(2), cut or left_out <= _ALONE


def loosened(name: str, city: str) -> str:
    """A society's name without what people mix up: 学会/协会/研究会, 学学会, 科学技术/科技."""
    bare = without_city(name, city).replace("科学技术", "科技")
    return re.sub("(?:学?学会|协会|研究会)$", "会", bare)


def loose_index(units: Iterable[Unit], city: str) -> dict[str, str]:
    """Loosened full names of societies, each with the one that bears it; a short name with a slip is another society's."""
    owners: dict[str, set[str]] = defaultdict(set)
    for unit in units:
        if unit.kind == "society":
            owners[loosened(unit.name, city)].add(unit.name)
    return {key: min(names) for key, names in owners.items() if len(names) == 1 and len(key) >= 3}
