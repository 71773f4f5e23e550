"""The transparent voice: the hints of categories.toml, each hit with its place.

Source: rules/<notice>/categories.toml, which staff own. Limits: sees words, not who did them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from rules import Category, Hint

HEAD = 48
"""Characters of title and opening in which a hint counts half as much again: there stands what the act is."""
IN_HEAD, AGAIN = 1.5, 0.4
"""What a hit in the head counts, and what a second hit of the same hint."""
MOST = 2
"""Hits of one hint that count."""


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A hint found in a text, at its characters [start, end)."""

    hint: Hint
    start: int
    end: int


def weights(text: str, categories: Sequence[Category]) -> dict[int, float]:
    """Weight of all hits a category, by its code."""
    return {category.code: weight(text, category) for category in categories}


def weight(text: str, category: Category) -> float:
    """Weight of all hits of the hints of one *category*."""
    return sum(_weights(text, category))


def hits(text: str, category: Category) -> tuple[Hit, ...]:
    """The first hit of each hint that speaks for *category*, in reading order."""
    found = [
        Hit(hint=hint, start=first.start(), end=first.end())
        for hint, pattern in _heard(category).hints
        if hint.weight > 0 and (first := pattern.search(text))
    ]
    return tuple(sorted(found, key=lambda hit: (hit.start, hit.end)))


def _weights(text: str, category: Category) -> Iterator[float]:
    heard = _heard(category)
    if not heard.any.search(text):  # most are not there, and this is the quickest way to know
        return
    for hint, pattern in heard.hints:
        for number, hit in enumerate(islice(pattern.finditer(text), MOST)):
            yield hint.weight * (IN_HEAD if hit.start() < HEAD else 1.0) * (AGAIN if number else 1.0)


@dataclass(frozen=True, kw_only=True)
class _Heard:
    """The hints of one category with what finds them. any: finds one of them, or may."""

    any: re.Pattern[str]
    hints: tuple[tuple[Hint, re.Pattern[str]], ...]


_KNOWN: dict[int, tuple[Category, _Heard]] = {}
MOST_KNOWN = 64


def _heard(category: Category) -> _Heard:
    """Compile the hints of *category* once: the very same one is known at once, for to compare it takes longer than to ask it."""
    known = _KNOWN.get(id(category))
    if known is None or known[0] is not category:
        if len(_KNOWN) >= MOST_KNOWN:
            _KNOWN.clear()
        known = _KNOWN[id(category)] = (category, _compiled(category.hints))
    return known[1]


def _compiled(hints: Sequence[Hint]) -> _Heard:
    """A hint with groups or flags of its own, which would mean something else beside others, may always be there."""
    found = tuple((hint, re.compile(hint.pattern)) for hint in hints)
    plain = all(pattern.groups == 0 and pattern.flags == re.UNICODE for _, pattern in found)
    together = "|".join(f"(?:{pattern.pattern})" for _, pattern in found) if plain else ""
    return _Heard(any=re.compile(together if found else "(?!)"), hints=found)
