"""变化: the sheet that compares two moments of one season."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from outputs.custody import Custody
from outputs.tables.season import Season
from outputs.tables.since import since
from pipeline.earlier import Facts, earlier, moment
from pipeline.evaluate import evaluate
from pipeline.records import Correction, Filed
from pipeline.season import season
from rules import Rules
from tests import season as made

FACTS = Facts(filed=made.season(), corrections=(), events=made.custody().events)


@pytest.fixture
def rules(tmp_path: Path) -> Rules:
    return made.small_rules(tmp_path)


def seen(facts: Facts, rules: Rules) -> Season:
    filed: tuple[Filed, ...] = season(facts.filed, facts.corrections, rules)
    custody = Custody(events=facts.events, corrections=facts.corrections)
    return Season(filed, evaluate(filed, rules), rules, custody)


def rows(before: Facts, after: Facts, rules: Rules) -> list[dict[str, Any]]:
    frame = since(seen(before, rules), seen(after, rules)).frame
    return [{str(header): value for header, value in row.items()} for row in frame.to_dict("records")]


def test_the_same_moment_twice_shows_no_change(rules: Rules) -> None:
    assert rows(FACTS, FACTS, rules) == []


def test_units_and_mails_of_after_the_deadline_are_told(rules: Rules) -> None:
    found = rows(earlier(FACTS, moment("2024-06-20 24:00")), FACTS, rules)

    new = {row["收文号"] for row in found if row["变化"] == "新来件"}
    assert new == {f"2024-{n:05d}" for n in range(8, 14)}
    sent = [(row["之前"], row["之后"]) for row in found if row["变化"] == "新报送"]
    assert sent
    assert set(sent) == {("未报送", "已报送")}


def test_units_that_came_stand_before_those_whose_figures_moved(rules: Rules) -> None:
    accession, field = FACTS.filed[0].item.accession, "activity/1/participants"
    made_by = Correction(
        accession=accession, field=field, old="x", new="77", by="王芳", why="电话核实", at=made.at(23, 12)
    )

    found = rows(earlier(FACTS, moment("2024-06-20 24:00")), replace(FACTS, corrections=(made_by,)), rules)

    kinds = [row["变化"] for row in found]
    assert kinds.index("数字") > len(kinds) - 1 - kinds[::-1].index("新报送")


def test_a_corrected_figure_is_told_with_both_values_and_who_decided(rules: Rules) -> None:
    accession = FACTS.filed[0].item.accession
    made_by = Correction(
        accession=accession,
        field="activity/1/participants",
        old="x",
        new="77",
        by="王芳",
        why="电话核实",
        at=made.at(23, 12),
    )

    found = rows(FACTS, replace(FACTS, corrections=(made_by,)), rules)

    figures = [(row["变化"], row["之后"]) for row in found if str(row["事项"]).endswith("：参与人数")]
    assert figures == [("数字", 77)]
    decided = [row for row in found if row["变化"] == "人工决定"]
    assert [(row["收文号"], row["之后"], row["备注"]) for row in decided] == [
        (accession, "77", "王芳：电话核实")
    ]
