"""How firmly the ranks stand: what they are when the weight of one 大项 is a fifth more or less.

Purpose: `sensitivity`, pure, over evaluations; the sheet 敏感度 shows it.
Source: the groups of rules/<notice>/scoring.toml; ± 20 % is the span within which reasonable people would choose weights.
Limits: low totals alone, as ranks are by them. The criteria are brought back to 100 points after a change; what is taken off
and the bonus are points of their own and stay as they are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import fsum

from pipeline.records import Evaluation, Sensitivity, Shift
from rules import Rules

FACTORS = (0.8, 1.2)
"""What the weight of one 大项 is multiplied by."""

WHOLE = 100.0

Change = tuple[str, float]
"""A group's letter and its factor."""


def sensitivity(evaluations: Sequence[Evaluation], rules: Rules) -> tuple[Sensitivity, ...]:
    """Rank the units anew under each changed weight.

    Args:
        evaluations: of one season by the same rules; those without a rank (未报送, 名册外) are passed over.

    Returns:
        one a ranked unit, in the order of *evaluations*; shifts by 大项 in the order of the rubric, the smaller factor first.
    """
    ranked = [one for one in evaluations if one.rank is not None]
    weights = _weights(rules)
    changes = [(group, factor) for group in weights for factor in FACTORS]
    parts = [_parts(one, rules) for one in ranked]
    lows = {change: [_total(groups, rest, weights, change) for groups, rest in parts] for change in changes}
    ranks = {change: _ranks(ranked, lows[change]) for change in changes}
    found = []
    for index, one in enumerate(ranked):
        shifts = tuple(
            Shift(group=change[0], factor=change[1], low=lows[change][index], rank=ranks[change][index])
            for change in changes
        )
        places = [one.rank or 0, *(shift.rank for shift in shifts)]
        found.append(
            Sensitivity(
                unit=one.unit,
                kind=one.kind,
                low=one.low,
                rank=one.rank or 0,
                shifts=shifts,
                best=min(places),
                worst=max(places),
            )
        )
    return tuple(found)


def _weights(rules: Rules) -> dict[str, float]:
    """Letter of each group that has criteria to its points."""
    return {
        letter: points
        for letter, _ in rules.scoring.groups
        if (points := fsum(one.points for one in rules.scoring.criteria if one.group == letter))
    }


def _parts(one: Evaluation, rules: Rules) -> tuple[dict[str, float], float]:
    """The unit's low points by group, and the sum of the lines that belong to none."""
    group_of = {criterion.id: criterion.group for criterion in rules.scoring.criteria}
    points: dict[str, list[float]] = defaultdict(list)
    for score in one.scores:
        points[group_of.get(score.criterion, "")].append(score.final[0])
    rest = fsum(points.pop("", ()))
    return {letter: fsum(lows) for letter, lows in points.items()}, rest


def _total(points: Mapping[str, float], rest: float, weights: Mapping[str, float], change: Change) -> float:
    letter, factor = change
    changed = fsum(low * (factor if group == letter else 1) for group, low in points.items())
    whole = fsum(weight * (factor if group == letter else 1) for group, weight in weights.items())
    return round(changed * WHOLE / whole + rest, 2)


def _ranks(ranked: Sequence[Evaluation], lows: Iterable[float]) -> list[int]:
    """The rank of each within its peer group; ties share the better one."""
    pairs = [(one.kind, low) for one, low in zip(ranked, lows, strict=True)]
    sorted_lows: dict[str, list[float]] = defaultdict(list)
    for kind, low in sorted(pairs):
        sorted_lows[kind].append(low)
    return [len(sorted_lows[kind]) - bisect_right(sorted_lows[kind], low) + 1 for kind, low in pairs]
