"""单位汇总 follows from 评分明细 and 活动明细 alone: another code path computes every total and rank once more."""

from __future__ import annotations

from pathlib import Path

import pytest

from outputs import workbook
from pipeline.evaluate import evaluate
from pipeline.records import ScoreDecision
from rules import load
from tests import recomputed
from tests.season import JIANGJIN, YUBEI, custody, season, write_rules

DECIDED = {
    (YUBEI, "E1"): ScoreDecision(points=4, by="李", why="有三级联动的做法"),
    (YUBEI, "C1"): ScoreDecision(points=6, by="李", why="核过签到表"),
    (YUBEI, "bonus"): ScoreDecision(points=2.5, by="李", why="承担了主场活动", signed="王"),
    (JIANGJIN, "B1"): ScoreDecision(points=12, by="李", why="另有四项", stands=False),
    (JIANGJIN, "E2"): ScoreDecision(points=40, by="李", why="那时满分不同"),
}


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_rules(tmp_path_factory.mktemp("rules") / "small")


@pytest.fixture(scope="module")
def book(rules: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    filed, tables = season(), load(rules)
    evaluations = evaluate(filed, tables, DECIDED)
    return workbook.write(
        filed, evaluations, tables, custody(filed), folder=tmp_path_factory.mktemp("workbooks")
    )


def test_every_total_and_rank_follows_from_the_cells(book: Path, rules: Path) -> None:
    assert recomputed.contradictions(book, rules) == []


def test_the_recomputation_would_find_a_wrong_number(book: Path, rules: Path) -> None:
    """Other bands, other points an item: what the sheet says no longer follows."""
    table = rules / "scoring.toml"
    before = table.read_text("utf-8")
    table.write_text(
        before.replace("provincial = 3,", "provincial = 2,").replace("[2, 5], [4, 8]", "[2, 5], [4, 7]")
    )
    try:
        found = recomputed.contradictions(book, rules)
    finally:
        table.write_text(before, "utf-8")

    assert {one.split(": ")[0].split(" ")[1] for one in found} == {"B1", "D1"}
