"""What the words of one activity tell the rules: whether it fits the notice, who was counted, which words occur.

Purpose: what pipeline/evaluate/criteria.py and featured.py share; `Points`, what a rule finds.
Limits: looks at one activity alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from pipeline.evaluate.facts import Fact, sentence
from pipeline.records import Activity, Score
from rules import Bands, Criterion, Rules

NEAR = 10
"""Characters beside a head count in which stands who was counted: “青年科技人员75人”, “25名一线科技工作者”."""

Line = tuple[str, str]
"""One line of evidence and its source ("" where it has none)."""


@dataclass(frozen=True, kw_only=True)
class Points:
    """What a rule found: low..high points and the lines that say why."""

    low: float
    high: float
    lines: tuple[Line, ...]


def scored(unit: str, criterion: Criterion, points: Points) -> Score:
    """The line of the rubric; low and high stay within 0..full."""
    low, high = within(criterion, points.low, points.high)
    return Score(
        unit=unit,
        criterion=criterion.id,
        low=low,
        high=high,
        full=criterion.points,
        machine=criterion.mode != "people",
        words="\n".join(words for words, _ in points.lines),
        sources=tuple(source for _, source in points.lines),
    )


def within(criterion: Criterion, low: float, high: float) -> tuple[float, float]:
    """*low* and *high* points, no more than the criterion gives."""
    return round(min(low, criterion.points), 2), round(min(high, criterion.points), 2)


def band(bands: Bands, value: float) -> float:
    """Points of the highest threshold that *value* reaches, 0 below the first."""
    reached = [points for threshold, points in bands if value >= threshold]
    return reached[-1] if reached else 0.0


def fits(fact: Fact, rules: Rules) -> tuple[str, bool]:
    """Why the activity is not surely in period and on theme ("" if it is), and whether that is open."""
    activity, judged = fact.judged.activity, fact.judged.classification
    if judged.decided and judged.code == 0:
        return "不属于所列类别", False
    if activity.date_start is None:
        return "待核：没有写明日期", True
    start = activity.date_start.value
    end: date = activity.date_end.value if activity.date_end else start
    if start > rules.notice.period_end or end < rules.notice.period_start:
        return f"不在活动时间内（{start:%Y-%m-%d}）", False
    if not judged.decided and 0 in (judged.code, *(code for code, _ in judged.candidates)):
        return "待核：可能不属于所列类别", True
    return "", False


def around(activity: Activity) -> str:
    """The clause in which the head count stands, "" where none is stated; the sentence may speak of others as well."""
    stated = activity.participants
    return "" if stated is None else sentence(activity.text, stated.words, "，。；！？\n")


def beside(clause: str, words: str) -> str:
    """The *words* of a head count with the few characters before and after that say who was counted."""
    at = max(clause.find(words), 0)
    return clause[max(0, at - NEAR) : at].rpartition("、")[2] + clause[at : at + len(words) + NEAR]


def matches(patterns: Sequence[str], text: str) -> bool:
    """Whether any of the regular expressions occurs in *text*."""
    words, searches = _searches(tuple(patterns))
    # Plain loops: a generator for each of a million texts costs more than what it looks for.
    for word in words:
        if word in text:
            return True
    for search in searches:  # noqa: SIM110 - a plain loop, as above
        if search(text):
            return True
    return False


@lru_cache(maxsize=64)
def expressions(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """The regular expressions, ready to search thousands of texts."""
    return tuple(map(re.compile, patterns))


@lru_cache(maxsize=64)
def _searches(patterns: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[Callable[[str], object], ...]]:
    """The expressions ready to search, those apart that are plain words: to find one takes a fifth of the time."""
    words = tuple(one for one in patterns if re.escape(one) == one)
    others = tuple(re.compile(one).search for one in patterns if re.escape(one) != one)
    return words, others
