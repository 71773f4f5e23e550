"""Which activity a decision is about, now that the mail may have been judged again.

Purpose: `place(filing, correction)` and `found(activities, number, anchor)`.
Source: principle 9; a number alone is another activity's as soon as one is found before it.
Limits: an activity is known by its words, else by its title (then `Place.other` says so); one that changed both is gone. Of two
with the same words only the one that kept its number is known. A decision without an anchor is about its number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.records import Correction, Filing, Judged
from pipeline.review.fields import ACTIVITY

UNTITLED = hashlib.sha256(b"").hexdigest()[:20]
"""The half of an anchor that tells no activity from another."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the activity stands. index: from 0. other: its title is the same, its words are not."""

    index: int
    other: bool = False


def place(filing: Filing, correction: Correction) -> Place | None:
    """Where the activity of *correction* stands in *filing*; None where it is gone, or it is about none."""
    numbered = ACTIVITY.fullmatch(correction.field)
    return found(filing.activities, int(numbered[1]), correction.anchor) if numbered else None


def found(activities: Sequence[Judged], number: int, anchor: str) -> Place | None:
    """Where the activity is that had the *number*, from 1, and the *anchor*, "" where nobody noted it."""
    if not anchor:
        return Place(index=number - 1) if 0 < number <= len(activities) else None
    text, _, title = anchor.partition("-")
    halves = [one.activity.anchor.partition("-") for one in activities]
    same_words = [index for index, half in enumerate(halves) if half[0] == text and text != UNTITLED]
    both = [index for index in same_words if halves[index][2] == title]
    same_title = [index for index, half in enumerate(halves) if half[2] == title and title != UNTITLED]
    for those in (both, same_words, same_title):
        if those:
            index = _one_of(those, number - 1)
            return None if index is None else Place(index=index, other=those is same_title)
    return None


def _one_of(those: Sequence[int], kept: int) -> int | None:
    if kept in those:
        return kept
    return those[0] if len(those) == 1 else None
