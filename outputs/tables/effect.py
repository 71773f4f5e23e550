"""What a question of 待核事项 may change: points of units and people in totals; what the order of its rows rests on.

Purpose: `Effect`; `Stakes` and `people`, pure sums over evaluations and activities.
Source: the intervals of the rubric (Score.final): high minus low is what is not known.
Limits: an interval belongs to a criterion, not to a question: two questions that bear on one criterion both show all of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import fsum

from outputs.tables.season import Season
from pipeline.records import Evaluation, Judged, Score
from rules import Rules

FULL = 100.0
"""Points of the whole rubric: what a mail without any unit may bring to one."""
READING = frozenset({"people"})
"""Rules of the rubric that no further reading changes: people give these points."""


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What hangs on the answer. urgent: material runs out within days, or a mail is not taken in at all.

    low..high: points that the units concerned may lose (below 0) or gain. people: in the totals. said: Chinese, what neither
    of them tells, "" if nothing.
    """

    urgent: bool = False
    low: float = 0.0
    high: float = 0.0
    people: int = 0
    said: str = ""

    @property
    def points(self) -> float:
        """Points at stake."""
        return round(self.high - self.low, 2)

    @property
    def order(self) -> tuple[bool, float, int]:
        """Sorts what matters most first: urgent, then points, then people."""
        return not self.urgent, -self.points, -self.people

    @property
    def words(self) -> str:
        """As the column 影响 shows it."""
        found = [self.said] if self.said else []
        if self.points:
            found.append(f"得分 {self.low:g}～{self.high:g}")
        if self.people:
            found.append(f"人数 {self.people}")
        return "；".join(found) or "不影响得分"


Range = tuple[float, float]
"""Points that may be lost (at most 0) and gained (at least 0)."""


@dataclass(frozen=True)
class Stakes:
    """The scores of a season, asked for by unit and rule of the rubric."""

    evaluations: Sequence[Evaluation]
    rules: Rules

    @classmethod
    def of(cls, season: Season) -> Stakes:
        """Those of *season*."""
        return cls(season.evaluations, season.rules)

    def open_points(self, units: Iterable[str], rules: Collection[str]) -> Range:
        """Points that are open (high minus low) on the lines of *units* under these rules; a line of 加减分 goes by its id."""
        names = tuple(units)
        lines = [line for line in self._lines(names) if self._rule.get(line.criterion, "") in rules]
        off = [line.final for line in self._lines(names) if line.criterion in rules]
        gain = fsum(line.final[1] - line.final[0] for line in lines)
        return round(fsum(low for low, high in off if low != high), 2), round(gain, 2)

    def contested(self, units: Iterable[str], rules: Collection[str]) -> Range:
        """Points that are withheld or taken off on these lines: what the units gain where the machine is wrong."""
        names = tuple(units)
        lines = [line for line in self._lines(names) if self._rule.get(line.criterion, "") in rules]
        off = [line for line in self._lines(names) if line.criterion in rules]
        gain = fsum(line.full - line.final[0] for line in lines) - fsum(line.final[0] for line in off)
        return 0.0, round(gain, 2)

    def unread(self, units: Iterable[str]) -> Range:
        """Points that are open on all lines that material nobody could read may fill."""
        return self.open_points(units, set(self._rule.values()) - READING)

    def whole(self, units: Iterable[str]) -> Range:
        """All points of *units*: what moves where the mail is another's; the whole rubric where there is no unit."""
        names = tuple(units)
        if not names:
            return 0.0, FULL
        found = [self._of[unit].high for unit in names if unit in self._of]
        return 0.0, round(max(0.0, fsum(found)), 2)

    @cached_property
    def _of(self) -> Mapping[str, Evaluation]:
        return {one.unit: one for one in self.evaluations}

    @cached_property
    def _rule(self) -> Mapping[str, str]:
        return {criterion.id: criterion.rule for criterion in self.rules.scoring.criteria}

    def _lines(self, units: Iterable[str]) -> list[Score]:
        return [line for unit in units if unit in self._of for line in self._of[unit].scores]


def people(activities: Iterable[Judged]) -> int:
    """People that those of these activities state that count, 0 where none does."""
    return sum(stated.value for one in activities if one.counted and (stated := one.activity.participants))
