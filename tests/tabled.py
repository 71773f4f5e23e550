"""Sheets of the made-up season, for the tests of the tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from outputs.tables import Sheet, tables
from pipeline.evaluate import evaluate
from pipeline.evaluate.decided import Decided
from pipeline.records import Correction, Filed, Judged
from rules import Rules
from tests.season import custody

Row = dict[str, Any]


def sheets(
    filed: Sequence[Filed],
    rules: Rules,
    corrections: Sequence[Correction] = (),
    decided: Decided | None = None,
) -> dict[str, Sheet]:
    """Every sheet by name."""
    evaluations = evaluate(filed, rules, decided or {})
    known = replace(custody(filed), corrections=tuple(corrections))
    return {sheet.name: sheet for sheet in tables(filed, evaluations, rules, known, release="0.1.0")}


def rows(sheet: Sheet) -> list[Row]:
    """Each row as header -> value."""
    return [dict(zip(sheet.frame.columns, row, strict=True)) for row in sheet.frame.itertuples(index=False)]


def by_id(sheet: Sheet) -> dict[str, Row]:
    """Row id to its row."""
    return dict(zip(map(str, sheet.frame.index), rows(sheet), strict=True))


def judged(one: Filed, number: int, change: Judged) -> Filed:
    """The mail with its activity *number* (from 1) replaced."""
    assert one.filing is not None
    activities = list(one.filing.activities)
    activities[number - 1] = change
    return replace(one, filing=replace(one.filing, activities=tuple(activities)))
