"""How firmly the ranks stand when the weight of one 大项 is a fifth more or less."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from pipeline.evaluate import evaluate
from pipeline.evaluate.sensitivity import sensitivity
from pipeline.records import Evaluation, ScoreDecision, Shift
from rules import Rules
from tests.season import YUBEI, season, small_rules

GROUPS = "ABCDEF"


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    return small_rules(tmp_path_factory.mktemp("rules"))


def made(rules: Rules, points: dict[str, dict[str, float]], off: float = 0) -> tuple[Evaluation, ...]:
    """Units of one peer group with these low points by criterion, and *off* for being late."""
    pattern = next(one for one in evaluate(season(), rules) if one.unit == YUBEI)
    units = []
    for unit, given in points.items():
        scores = tuple(
            replace(one, unit=unit, low=given.get(one.criterion, off if one.criterion == "late" else 0))
            for one in pattern.scores
        )
        units.append(replace(pattern, unit=unit, scores=scores, low=sum(one.low for one in scores)))
    return tuple(replace(one, rank=1 + sum(other.low > one.low for other in units)) for one in units)


def shift(shifts: tuple[Shift, ...], group: str, factor: float) -> Shift:
    return next(one for one in shifts if (one.group, one.factor) == (group, factor))


def test_ranked_units_alone_are_told_of_with_each_group_and_factor(rules: Rules) -> None:
    evaluations = evaluate(season(), rules)

    found = sensitivity(evaluations, rules)

    assert [one.unit for one in found] == [one.unit for one in evaluations if one.rank is not None]
    for one in found:
        assert [(each.group, each.factor) for each in one.shifts] == [
            (group, factor) for group in GROUPS for factor in (0.8, 1.2)
        ]
        ranks = [one.rank, *(each.rank for each in one.shifts)]
        assert (one.best, one.worst) == (min(ranks), max(ranks))


def test_a_changed_weight_is_brought_back_to_a_hundred_and_deductions_stay_as_they_are(rules: Rules) -> None:
    (one,) = sensitivity(made(rules, {"甲": {"B1": 12, "B2": 12, "B3": 6, "D1": 15}}, off=-2), rules)

    assert one.low == 43
    assert shift(one.shifts, "B", 1.2).low == round((30 * 1.2 + 15) * 100 / 106 - 2, 2)
    assert shift(one.shifts, "B", 0.8).low == round((30 * 0.8 + 15) * 100 / 94 - 2, 2)
    assert shift(one.shifts, "E", 1.2).low == round(45 * 100 / 103 - 2, 2)


def test_full_marks_stay_full_marks_and_nothing_stays_nothing(rules: Rules) -> None:
    full = {one.id: one.points for one in rules.scoring.criteria}
    best, none = sensitivity(made(rules, {"满分": full, "零分": {}}), rules)

    assert {each.low for each in best.shifts} == {100}
    assert {each.low for each in none.shifts} == {0}


def test_units_that_differ_in_where_their_points_come_from_change_places(rules: Rules) -> None:
    first, second, last = sensitivity(
        made(rules, {"甲": {"D1": 15}, "乙": {"B1": 12, "B2": 2.5}, "丙": {}}), rules
    )

    assert (first.rank, second.rank, last.rank) == (1, 2, 3)
    assert shift(first.shifts, "D", 0.8).rank == 2
    assert shift(second.shifts, "B", 1.2).rank == 1
    assert ((first.best, first.worst), (second.best, second.worst), (last.best, last.worst)) == (
        (1, 2),
        (1, 2),
        (3, 3),
    )


def test_ties_stay_ties(rules: Rules) -> None:
    found = sensitivity(made(rules, {"甲": {"B1": 10}, "乙": {"B1": 10}, "丙": {"B1": 4}}), rules)

    assert [one.rank for one in found] == [1, 1, 3]
    assert all(
        [each.rank for each in (a, b, c)] == [1, 1, 3]
        for a, b, c in zip(*(one.shifts for one in found), strict=True)
    )


def test_a_reviewers_value_counts_here_too(rules: Rules) -> None:
    decided = {(YUBEI, "E1"): ScoreDecision(points=5, by="李", why="核过")}
    before = next(one for one in sensitivity(evaluate(season(), rules), rules) if one.unit == YUBEI)
    after = next(one for one in sensitivity(evaluate(season(), rules, decided), rules) if one.unit == YUBEI)

    assert after.low == before.low + 5
    assert shift(after.shifts, "E", 1.2).low == pytest.approx(
        shift(before.shifts, "E", 1.2).low + 5 * 1.2 * 100 / 103, abs=0.011
    )


def test_a_whole_roster_takes_no_second(rules: Rules) -> None:
    units = made(rules, {f"单位{number}": {"B1": number % 12, "D1": number % 15} for number in range(230)})
    begun = time.process_time()

    assert len(sensitivity(units, rules)) == 230
    assert time.process_time() - begun < 1
