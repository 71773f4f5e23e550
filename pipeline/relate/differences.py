"""What a replaced mail says otherwise than the mail that replaces it, activity by activity, figure by figure.

Purpose: `differences`: the older mail stays visible, and staff see at a glance what the correction corrected.
Limits: activities are paired by their words without figures; one that was written anew counts as taken out and added.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from pipeline.records import Activity, Difference, Field, Judged, Stated
from pipeline.relate.sent import pairs

PAIRED = 0.35
"""Share of common character pairs (of both together) from which two tellings are versions of one activity."""
TITLED = 0.8
"""The same for two titles."""
_FIGURE = re.compile(r"[\d０-９〇零一二三四五六七八九十百千万两余多\W]+")


def differences(old: Sequence[Judged], new: Sequence[Judged]) -> tuple[Difference, ...]:
    """Say what differs, in the order of the new mail's activities, then those that were taken out."""
    pairs = {new_: old_ for old_, new_ in _pairs(old, new)}
    return tuple(_found(old, new, pairs))


def _found(old: Sequence[Judged], new: Sequence[Judged], pairs: dict[int, int]) -> Iterator[Difference]:
    for number, judged in enumerate(new):
        if number not in pairs:
            yield Difference(old=None, new=number + 1, title=judged.activity.title)
            continue
        before, after = old[pairs[number]].activity, judged.activity
        for field in Field:
            was, is_ = _said(before, field), _said(after, field)
            if was != is_:
                yield Difference(
                    old=pairs[number] + 1,
                    new=number + 1,
                    title=after.title,
                    field=field,
                    before=was,
                    after=is_,
                )
    for number, judged in enumerate(old):
        if number not in pairs.values():
            yield Difference(old=number + 1, new=None, title=judged.activity.title)


def _said(activity: Activity, field: Field) -> str:
    """A value as text, "" where nothing is stated."""
    stated: Stated[Any] | tuple[Stated[str], ...] | None = getattr(activity, field.value)
    if isinstance(stated, tuple):
        return "、".join(sorted({one.value for one in stated}))
    return "" if stated is None else str(stated.value)


def _pairs(old: Sequence[Judged], new: Sequence[Judged]) -> Iterator[tuple[int, int]]:
    """Pairs (number in old, number in new), from 0, each activity once, the likest first."""
    mine, theirs = [_words(one.activity) for one in old], [_words(one.activity) for one in new]
    likest = sorted(
        (-likeness, a, b)
        for a, one in enumerate(mine)
        for b, other in enumerate(theirs)
        if (likeness := _likeness(one, other))
    )
    taken_old: set[int] = set()
    taken_new: set[int] = set()
    for _, a, b in likest:
        if a not in taken_old and b not in taken_new:
            taken_old.add(a)
            taken_new.add(b)
            yield a, b


Words = tuple[frozenset[str], frozenset[str]]
"""Character pairs of the title and of the whole text, figures left out."""


def _words(activity: Activity) -> Words:
    title, text = (_FIGURE.sub("", words) for words in (activity.title, activity.text))
    return pairs(title), pairs(text)


def _likeness(one: Words, other: Words) -> float:
    """How like two tellings are, 0 where they are no pair."""
    title, text = (_of_both(mine, theirs) for mine, theirs in zip(one, other, strict=True))
    return text + title / 4 if text >= PAIRED or title >= TITLED else 0.0


def _of_both(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0
