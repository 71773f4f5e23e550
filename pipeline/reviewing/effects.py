"""Whom decisions move: points and rank of each unit before and after, pure.

Purpose: `effects`, one line a unit; also units that move only because another one did.
Limits: points are 最终低分～最终高分 of 单位汇总; ranks are within the peer group.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.records import Evaluation


@dataclass(frozen=True, kw_only=True)
class Effect:
    """One unit whose points or rank move. low, high, rank: (before, after); None where it has no mail, or no rank."""

    unit: str
    low: tuple[float | None, float | None]
    high: tuple[float | None, float | None]
    rank: tuple[int | None, int | None]

    @property
    def line(self) -> str:
        """The unit as staff read it."""
        points = [_points(low, high) for low, high in zip(self.low, self.high, strict=True)]
        ranks = ["无" if one is None else str(one) for one in self.rank]
        moved = f"最终分 {points[0]} → {points[1]}" if points[0] != points[1] else f"最终分 {points[0]} 不变"
        if ranks[0] == ranks[1]:
            placed = f"，名次 {ranks[0]} 不变" if self.rank[0] is not None else ""
        else:
            placed = f"，名次 {ranks[0]} → {ranks[1]}"
        return f"{self.unit}：{moved}{placed}"


def effects(before: Sequence[Evaluation], after: Sequence[Evaluation]) -> tuple[Effect, ...]:
    """Compare two evaluations of one season; in the order of *after*, then units that are in *before* alone."""
    was = {one.unit: one for one in before}
    now = {one.unit: one for one in after}
    return tuple(_moved(was, now, [*now, *(unit for unit in was if unit not in now)]))


def _moved(was: dict[str, Evaluation], now: dict[str, Evaluation], units: Sequence[str]) -> Iterator[Effect]:
    for unit in units:
        one, other = was.get(unit), now.get(unit)
        effect = Effect(
            unit=unit,
            low=(_low(one), _low(other)),
            high=(_high(one), _high(other)),
            rank=(one.rank if one else None, other.rank if other else None),
        )
        if any(first != second for first, second in (effect.low, effect.high, effect.rank)):
            yield effect


def _low(one: Evaluation | None) -> float | None:
    return one.low if one and one.accessions else None


def _high(one: Evaluation | None) -> float | None:
    return one.high if one and one.accessions else None


def _points(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return "无"
    return f"{low:g}" if low == high else f"{low:g}～{high:g}"
