"""The measurement is honest: no fold sees its own examples, and without data it says so."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import rules
from tests.support import ROOT
from tools import accuracy


def test_near_duplicates_share_a_fold() -> None:
    assert accuracy._root("dev-060") == accuracy._root("dev-009")
    assert accuracy._root("dev-038-dup") == "dev-038"
    assert accuracy._root("dev-010") == "dev-010"


def test_no_fold_is_judged_by_rules_that_hold_its_examples() -> None:
    these = rules.load()
    roots = sorted({accuracy._root(example.report) for example in these.examples})
    fold = {root: number % accuracy.FOLDS for number, root in enumerate(roots)}

    for number in range(accuracy.FOLDS):
        blind = accuracy.without(these, fold, number)
        assert blind.examples
        assert len(blind.examples) < len(these.examples)
        assert all(fold[accuracy._root(example.report)] != number for example in blind.examples)


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
