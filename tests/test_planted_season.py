"""300 planted mails to 230 units, taken in and compiled by the commands: exactly the planted 未报送, 缺件 and 逾期 come out."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from pipeline.commands import run
from pipeline.evaluate import PARTS, evaluate, why_not
from pipeline.evaluate.progress import Progress, Standing, progress
from pipeline.records import Evaluation, Filed, State
from pipeline.register import Register
from pipeline.season import season
from rules import DEFAULT, Rules, load
from tests import planting, recomputed
from tests.planting import MAILS, UNITS, Planted, Truth

STATES = {
    Standing.NOTHING: "未来信",
    Standing.INCOMPLETE: "缺件",
    Standing.ASKED: "待核",
    Standing.LATE: "逾期",
    Standing.COMPLETE: "齐全",
}


@dataclass(frozen=True)
class Compiled:
    """The season after `shouwen once` and `shouwen compile`."""

    planted: Planted
    rules: Rules
    filed: tuple[Filed, ...]
    book: Path
    tables: Path

    @cached_property
    def evaluations(self) -> tuple[Evaluation, ...]:
        return evaluate(self.filed, self.rules)

    @cached_property
    def progress(self) -> dict[str, Progress]:
        return {one.unit: one for one in progress(self.filed, self.evaluations, self.rules)}

    def rows(self, sheet: str) -> list[dict[str, Any]]:
        """The rows of a sheet by header, without its totals and foot line."""
        return recomputed.rows(self.book, sheet)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    folder = tmp_path_factory.mktemp("planted")
    rules = load(_rules(folder / "rules"))
    planted = planting.season(rules.units)
    (folder / "mails").mkdir()
    for name, octets in planted.mails.items():
        (folder / "mails" / name).write_bytes(octets)
    settings = folder / "shouwen.toml"
    settings.write_text(f'rules = "{(folder / "rules").as_posix()}"\n', "utf-8")
    here = ["--settings", str(settings), "--data-dir", str(folder / "data")]
    assert run(["once", "--mailbox", str(folder / "mails"), "--executor", "serial", *here]) == 0
    assert run(["compile", *here]) in (0, 3)
    with opened(folder / "data") as register:
        filed = season(tuple(register.filed()), tuple(register.corrections()), rules)
    (book,) = (folder / "data").rglob("评价工作簿-*.xlsx")
    return Compiled(planted, rules, filed, book, folder / "rules")


def _rules(folder: Path) -> Path:
    """The rules of 2024 with the first UNITS of the roster."""
    shutil.copytree(DEFAULT, folder)
    with (folder / "units.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    with (folder / "units.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(lines[: UNITS + 1])
    return folder


@contextmanager
def opened(data: Path) -> Iterator[Register]:
    register = Register(data / "register.db", year=2024)
    try:
        yield register
    finally:
        register.close()


def _ordered(lacks: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part for part in PARTS if part in lacks)


def _state(truth: Truth, *, asked: bool) -> Standing:
    if not truth.sent:
        return Standing.NOTHING
    if truth.lacks:
        return Standing.INCOMPLETE
    if asked:
        return Standing.ASKED
    return Standing.LATE if truth.days_late else Standing.COMPLETE


# ---------------------------------------------------------------- what was planted


def test_every_mail_is_taken_in_and_read(compiled: Compiled) -> None:
    assert len(compiled.planted.mails) == len(compiled.filed) == MAILS
    assert len(compiled.planted.truths) == len(compiled.rules.units) == UNITS
    assert {one.item.state for one in compiled.filed} == {State.FILED}


def test_there_are_gaps_of_every_kind(compiled: Compiled) -> None:
    planted = compiled.planted

    assert len(planted.never) >= 30
    assert {part for lacks in planted.lacking.values() for part in lacks} == {*PARTS} - {"情况"}
    assert {*planted.late.values()} == {1, 2, 3, 4, 5, 6}
    assert {*planted.late} & {*planted.lacking}, "some are late and lack something"


# ---------------------------------------------------------------- what comes out


def test_those_that_never_sent_are_exactly_the_planted_ones(compiled: Compiled) -> None:
    assert {one.unit for one in compiled.evaluations if not one.accessions} == compiled.planted.never
    assert {row["单位"] for row in compiled.rows("未报送")} == compiled.planted.never


def test_what_each_unit_lacks_is_exactly_what_was_planted(compiled: Compiled) -> None:
    expected = {unit: _ordered(lacks) for unit, lacks in compiled.planted.lacking.items()}

    assert {one.unit: one.missing for one in compiled.progress.values() if one.missing} == expected
    told = {
        row["单位"]: row["缺什么"]
        for row in compiled.rows("报送进度")
        if row["缺什么"] and row["状态"] != "未来信"
    }
    assert told == {unit: "、".join(lacks) for unit, lacks in expected.items()}


def test_who_is_late_and_by_how_many_days_is_exactly_what_was_planted(compiled: Compiled) -> None:
    expected = compiled.planted.late

    assert {one.unit: one.late_days for one in compiled.progress.values() if one.late} == expected
    assert all(one.late_sure for one in compiled.progress.values())
    shown = compiled.rows("报送进度")
    assert {row["单位"]: int(row["迟交天数"]) for row in shown if row["逾期"] == "逾期"} == expected
    taken = {
        one.unit: -score.low
        for one in compiled.evaluations
        for score in one.scores
        if score.criterion == "late" and score.low
    }
    cap = compiled.rules.scoring.late_cap
    assert taken == {unit: min(days, cap) for unit, days in expected.items()}


def test_mails_that_nobody_can_decide_wait_for_a_person_and_no_other_does(compiled: Compiled) -> None:
    waiting = [
        one.filing.mail.subject
        for one in compiled.filed
        if one.filing and not one.filing.identification.decided and not why_not(one)
    ]

    assert sorted(waiting) == sorted(compiled.planted.undecided)


def test_each_unit_is_in_the_state_that_was_planted(compiled: Compiled) -> None:
    torn = {
        one.filing.identification.best
        for one in compiled.filed
        if one.filing and not one.filing.identification.decided
    }
    expected = {one.unit.name: _state(one, asked=one.unit.name in torn) for one in compiled.planted.truths}

    assert {unit: one.standing for unit, one in compiled.progress.items()} == expected
    assert {row["单位"]: row["状态"] for row in compiled.rows("报送进度")} == {
        unit: STATES[state] for unit, state in expected.items()
    }


def test_what_was_replaced_or_sent_again_counts_once(compiled: Compiled) -> None:
    counted = [one for one in compiled.filed if not why_not(one)]
    again = [one for one in compiled.filed if "重复件" in why_not(one)]
    replaced = [one for one in compiled.filed if "替代" in why_not(one)]

    assert len(again) == planting.AGAIN // 2
    assert len(replaced) == planting.CORRECTED + planting.AGAIN // 2, (
        "“再发一次” stands in place of the first"
    )
    sent = UNITS - len(compiled.planted.never)
    assert len(counted) == sent + planting.SUPPLEMENTED + planting.TORN + planting.NAMELESS


def test_every_total_and_rank_follows_from_the_cells_of_the_workbook(compiled: Compiled) -> None:
    assert recomputed.contradictions(compiled.book, compiled.tables) == []
