"""A reviewer's points in place of the machine's: how far they may go, and what becomes of those that no longer fit.

Purpose: `bounds` and `within` for whoever takes points in; `reviewed` for evaluate().
Source: principle 9 (people decide; a decision survives every recomputation and every change of the rules).
Limits: a decision that has no place any more (criterion gone, nothing sent, points beyond the new full marks) counts for
nothing and is told in the unit's notes; it is never dropped and never an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from pipeline.errors import PermanentError
from pipeline.evaluate.off import BONUS, CONTRADICTION, DUPLICATE, LATE, VETO, full
from pipeline.records import Score, ScoreDecision
from rules import Rules

Decided = Mapping[tuple[str, str], ScoreDecision]
"""(unit, criterion) to what a person decided."""

OFF = {LATE: "迟交", CONTRADICTION: "前后矛盾", DUPLICATE: "重复材料", BONUS: "加分", VETO: "人工扣分、否决"}
"""What the lines that are no criterion are called."""


def bounds(criterion: str, rules: Rules) -> tuple[float, float]:
    """The least and the most points that a person may give for *criterion* (an id, or a line such as "late").

    Raises:
        PermanentError: the rubric has no such line (in Chinese).
    """
    scoring = rules.scoring
    limits = {
        LATE: (-scoring.late_cap, 0.0),
        CONTRADICTION: (-scoring.contradiction_cap, 0.0),
        DUPLICATE: (-scoring.duplicate_off, 0.0),
        BONUS: (0.0, scoring.bonus_cap),
        VETO: (-full(rules), 0.0),
        **{one.id: (0.0, one.points) for one in scoring.criteria},
    }
    if criterion not in limits:
        raise PermanentError(f"评分项 {criterion} 不在评分办法里；只能是 {'、'.join(limits)}")
    return limits[criterion]


def within(criterion: str, points: float, rules: Rules) -> float:
    """Give *points* back if a person may give them for *criterion*.

    Raises:
        PermanentError: no such line, or beyond its bounds (in Chinese, with the bounds).
    """
    low, high = bounds(criterion, rules)
    if not low <= points <= high:
        raise PermanentError(
            f"评分项 {criterion} 的复核分是 {points:g}；应在 {low + 0.0:g} 到 {high + 0.0:g} 之间"
        )
    return points


def vetoed(scores: Sequence[Score], rules: Rules) -> bool:
    """Whether a person took off all points that there are."""
    return any(one.criterion == VETO and one.final[1] <= -full(rules) for one in scores)


def reviewed(score: Score, decided: Decided, rules: Rules) -> Score:
    """The line with what a person decided about it; the machine's interval stays beside it."""
    decision = decided.get((score.unit, score.criterion))
    if decision is None:
        return score
    return replace(
        score,
        reviewed=decision.points,
        by=decision.by,
        why=decision.why,
        signed=decision.signed,
        stands=decision.stands and not _beyond(score.criterion, decision, rules),
    )


def unused(unit: str, scores: Sequence[Score], decided: Decided, rules: Rules) -> Iterator[str]:
    """A note for each decision about *unit* that counts for nothing, in order of the criteria's names."""
    names = {one.id: f"{one.id} {one.name}" for one in rules.scoring.criteria} | OFF
    there = {score.criterion for score in scores}
    for (of, criterion), decision in sorted(decided.items(), key=lambda one: one[0]):
        if of != unit:
            continue
        told = f"{decision.by} 所定“{names.get(criterion, criterion)}”{decision.points:g} 分"
        if criterion not in names:
            yield f"{told}未计：评分办法里已没有这一项"
        elif criterion not in there:
            yield f"{told}未计：没有计入的来件"
        elif beyond := _beyond(criterion, decision, rules):
            yield f"{told}未计：{beyond}，请重新评定"
        elif not decision.stands:
            yield f"{told}未计：尚未复核签认"


def _beyond(criterion: str, decision: ScoreDecision, rules: Rules) -> str:
    """Why the points are beyond what the rules allow now, "" if they are not."""
    low, high = bounds(criterion, rules)
    if low <= decision.points <= high:
        return ""
    return f"现在的评分办法只允许 {low + 0.0:g} 到 {high + 0.0:g} 分"
