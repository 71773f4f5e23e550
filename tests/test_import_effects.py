"""pipeline/reviewing/effects.py: whom decisions move, also those that nobody touched."""

from __future__ import annotations

from dataclasses import replace

from pipeline.records import Evaluation
from pipeline.reviewing.effects import effects


def _unit(name: str, low: float, high: float, rank: int | None) -> Evaluation:
    return Evaluation(
        unit=name,
        in_roster=rank is not None,
        kind="district",
        accessions=("2024-00001",),
        activities=1,
        participants=None,
        scores=(),
        low=low,
        high=high,
        rank=rank,
    )


BEFORE = (_unit("甲", 70, 74, 1), _unit("乙", 61, 74, 2), _unit("丙", 50, 50, 3))


def test_nothing_moves_where_nothing_changed() -> None:
    assert effects(BEFORE, BEFORE) == ()


def test_points_and_rank_are_told_before_and_after() -> None:
    after = (replace(BEFORE[0], rank=2), replace(BEFORE[1], low=71, high=76, rank=1), BEFORE[2])

    assert [one.line for one in effects(BEFORE, after)] == [
        "甲：最终分 70～74 不变，名次 1 → 2",
        "乙：最终分 61～74 → 71～76，名次 2 → 1",
    ]


def test_a_unit_that_has_no_mail_any_more_and_one_that_is_new_are_told() -> None:
    gone = replace(BEFORE[2], accessions=(), low=0, high=0, rank=None)
    new = _unit("丁", 10, 12.5, None)

    assert [one.line for one in effects(BEFORE, (*BEFORE[:2], gone, new))] == [
        "丙：最终分 50 → 无，名次 3 → 无",
        "丁：最终分 无 → 10～12.5",
    ]


def test_a_unit_that_is_in_no_evaluation_any_more_is_told_last() -> None:
    assert [one.unit for one in effects(BEFORE, BEFORE[1:])] == ["甲"]
