"""Who moves under other rules: totals and ranks of units before and after, and the lines of the rubric that did it.

Purpose: `moves(before, after)`, pure, for `rules diff`.
Source: pipeline/evaluate; the evaluations are of the same mails and decisions, each by its own rules.
Limits: a unit whose rank alone changes moves because others did: then no line of its own is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.records import Evaluation, Score

Interval = tuple[float, float]
"""Low and high as they count."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the rubric that gives other points. before, after: None where the rubric has no such line."""

    criterion: str
    before: Interval | None
    after: Interval | None


@dataclass(frozen=True, kw_only=True)
class Move:
    """One unit whose total or rank becomes other. before, after: totals. lines: why, in the order of the new rubric."""

    unit: str
    before: Interval
    after: Interval
    rank_before: int | None
    rank_after: int | None
    lines: tuple[Line, ...] = ()


def moves(before: Sequence[Evaluation], after: Sequence[Evaluation]) -> tuple[Move, ...]:
    """Say who moves.

    Args:
        before, after: of the same season by the old rules and by the new ones.

    Returns:
        the units of *after* in their order, then those that only *before* has; none whose total and rank stay.
    """
    old, new = ({one.unit: one for one in side} for side in (before, after))
    found = (
        _move(unit, old.get(unit), new.get(unit))
        for unit in (*new, *(unit for unit in old if unit not in new))
    )
    return tuple(
        one for one in found if (one.before, one.rank_before) != (one.after, one.rank_after) or one.lines
    )


def _move(unit: str, old: Evaluation | None, new: Evaluation | None) -> Move:
    return Move(
        unit=unit,
        before=(old.low, old.high) if old else (0, 0),
        after=(new.low, new.high) if new else (0, 0),
        rank_before=old.rank if old else None,
        rank_after=new.rank if new else None,
        lines=tuple(_lines(old.scores if old else (), new.scores if new else ())),
    )


def _lines(old: Sequence[Score], new: Sequence[Score]) -> Iterator[Line]:
    was, is_ = ({one.criterion: one.final for one in side} for side in (old, new))
    for criterion in (*is_, *(one for one in was if one not in is_)):
        if was.get(criterion) != is_.get(criterion):
            yield Line(criterion=criterion, before=was.get(criterion), after=is_.get(criterion))
