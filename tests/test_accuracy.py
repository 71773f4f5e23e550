"""The measurement is honest: no fold sees its own examples, and without data it says so."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import rules
from tests.support import ROOT
from tools.accuracy import parts
from tools.accuracy.folds import FOLDS, folds, root, without

LABELS: dict[str, dict[str, str | None]] = {
    "dev-002": {"supersedes": None},
    "dev-052": {"supersedes": "dev-002"},
}


def test_near_duplicates_and_versions_share_a_fold() -> None:
    assert root("dev-060", LABELS) == root("dev-009", LABELS)
    assert root("dev-038-dup", LABELS) == "dev-038"
    assert root("dev-010", LABELS) == "dev-010"
    assert root("dev-052", LABELS) == "dev-002"


def test_no_fold_is_judged_by_rules_that_hold_its_examples() -> None:
    these = rules.load()
    fold = folds([example.report for example in these.examples], {})

    for number in range(FOLDS):
        blind = without(these, fold, number, {})
        assert blind.examples
        assert len(blind.examples) < len(these.examples)
        assert all(fold[root(example.report, {})] != number for example in blind.examples)


def test_without_the_data_it_exits_69_and_names_the_cure(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.accuracy"],
        cwd=ROOT,
        env={"SHOUWEN_SHARED": str(tmp_path), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )

    assert done.returncode == 69
    assert "SHOUWEN_SHARED" in done.stderr
    assert done.stdout == ""


def test_what_an_office_was_taught_is_a_part_of_its_own() -> None:
    these = rules.load()
    lesson = rules.Example(report="2024-00031", category=6, text="慰问\n登门慰问三位老专家。")
    told = replace(these, examples=(*these.examples, lesson))

    assert not any(parts.taught(example.report) for example in these.examples)
    assert parts.LEARNED[1](told).examples == these.examples
    assert [part for part, _ in parts.left_out((), {}, told)][-1] == parts.LEARNED[0]
    assert parts.LEARNED[0] not in [part for part, _ in parts.left_out((), {}, these)]
