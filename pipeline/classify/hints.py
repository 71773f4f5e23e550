"""The transparent voice: the hints of categories.toml, each hit with its place.

Source: rules/<notice>/categories.toml, which staff own. Limits: sees words, not who did them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
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
        for hint in category.hints
        if hint.weight > 0 and (first := _compiled(hint.pattern).search(text))
    ]
    return tuple(sorted(found, key=lambda hit: (hit.start, hit.end)))


def _weights(text: str, category: Category) -> Iterator[float]:
    for hint in category.hints:
        pattern = _compiled(hint.pattern)
        if not pattern.search(text):  # most are not there, and this is the quickest way to know
            continue
        for number, hit in enumerate(islice(pattern.finditer(text), MOST)):
            yield hint.weight * (IN_HEAD if hit.start() < HEAD else 1.0) * (AGAIN if number else 1.0)


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
