"""Points that people gave, from the register into the workbook: they count, wait for a second person where that is due, and add up."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.commands import run
from pipeline.records import Act, Correction
from pipeline.register import Register
from rules import DEFAULT, load
from tests import recomputed
from tests.support import SAMPLES

AT = datetime(2024, 6, 25, 2, tzinfo=UTC)
Line = dict[str, Any]


@pytest.fixture
def office(tmp_path: Path) -> Callable[..., tuple[Line, Line]]:
    """A data folder with one mail; called, it compiles and gives the row of E1 and that of 单位汇总."""
    unit = load().units[0]
    (tmp_path / "mails").mkdir()
    shutil.copy(SAMPLES / "02-docx-photos.eml", tmp_path / "mails")
    data, settings = tmp_path / "data", tmp_path / "shouwen.toml"
    here = ["--settings", str(settings), "--data-dir", str(data)]
    settings.write_text("", "utf-8")
    assert run(["once", "--mailbox", str(tmp_path / "mails"), "--executor", "serial", *here]) == 0

    def compiled(*decisions: Correction, signature_due: bool) -> tuple[Line, Line]:
        settings.write_text(f"[review]\nsecond_signature = {str(signature_due).lower()}\n", "utf-8")
        register = Register(data / "register.db", year=2024)
        register.correct_all(decisions)
        register.close()
        assert run(["compile", *here]) in (0, 3)
        book = max(data.rglob("评价工作簿-*.xlsx"), key=lambda path: path.stat().st_mtime_ns)
        assert recomputed.contradictions(book, DEFAULT) == []
        lines = {row["评分项"]: row for row in recomputed.rows(book, "评分明细") if row["单位"] == unit.name}
        (summary,) = (row for row in recomputed.rows(book, "单位汇总") if row["单位"] == unit.name)
        return lines["E1 典型经验"], summary

    return compiled


def decision(points: str = "4", **traits: Any) -> Correction:
    unit = load().units[0].name
    given: dict[str, Any] = {"accession": "", "field": f"score/E1/{unit}", "old": "", "by": "李静", "at": AT}
    return Correction(**(given | {"new": points, "why": "做法可学"} | traits))


def test_a_reviewers_points_count_in_the_next_workbook(office: Callable[..., tuple[Line, Line]]) -> None:
    before, summary = office(signature_due=False)
    after, then = office(decision(), signature_due=False)

    assert (before["建议低分"], before["建议高分"], before["最终低分"], before["最终高分"]) == (0, 5, 0, 5)
    assert (after["建议低分"], after["建议高分"], after["最终低分"], after["最终高分"]) == (0, 5, 4, 4)
    assert (after["复核分"], after["复核理由"], after["复核人"]) == (4, "做法可学", "李静")
    assert (then["最终低分"], then["最终高分"]) == (summary["最终低分"] + 4, summary["最终高分"] - 1)


def test_where_a_second_signature_is_due_they_wait_for_it(office: Callable[..., tuple[Line, Line]]) -> None:
    waiting, _ = office(decision(), signature_due=True)
    signed, _ = office(
        decision("", act=Act.SIGN, about=1, by="王强", field="", why="同意"), signature_due=True
    )

    assert (waiting["最终低分"], waiting["最终高分"], waiting["签认"]) == (0, 5, "待签")
    assert (signed["最终低分"], signed["最终高分"], signed["签认"]) == (4, 4, "王强")


def test_what_was_taken_back_counts_no_more(office: Callable[..., tuple[Line, Line]]) -> None:
    office(decision(), signature_due=False)
    after, _ = office(decision("", act=Act.UNDO, about=1, field="", why="记错单位"), signature_due=False)

    assert (after["最终低分"], after["最终高分"]) == (0, 5)
    assert after["复核人"] in ("", "—")
