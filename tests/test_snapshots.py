"""compile --as-of, as people call it: a moment's workbook is what was compiled then, whatever was decided since."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from tests.reviewed import Reviewed
from tests.season import season

OTHERWISE = ("说明", "标识")
"""Sheets that say which compile it is, and what the server has now."""
DUE = "统计截止"
Capsys = pytest.CaptureFixture[str]


def cells(book: Path) -> dict[str, list[list[Any]]]:
    """All sheets without the line that names the moment."""
    read = CalamineWorkbook.from_path(book)
    return {
        name: [
            row for row in read.get_sheet_by_name(name).to_python() if not any(DUE in str(one) for one in row)
        ]
        for name in read.sheet_names
        if name not in OTHERWISE
    }


def compiled(office: Reviewed, capsys: Capsys, *options: str) -> Path:
    capsys.readouterr()
    assert office.run("compile", *options) == 0
    return Path(capsys.readouterr().out.strip())


def test_a_moment_shows_what_was_compiled_then_and_a_later_one_what_stands_now(
    tmp_path: Path, capsys: Capsys
) -> None:
    office = Reviewed(tmp_path)
    then = cells(compiled(office, capsys))
    office.correct("2024-00001", "activity/1/participants", "777")
    office.correct("2024-00005", "unit", "重庆市江津区科学技术协会")
    office.correct("", "score/E1/重庆市渝北区科学技术协会", "4")
    now = cells(compiled(office, capsys))

    assert then != now
    assert cells(compiled(office, capsys, "--as-of", "2024-06-23 24:00")) == then
    assert cells(compiled(office, capsys, "--as-of", "2024-07-01 00:00")) == now


def test_what_changed_since_is_what_people_decided(tmp_path: Path, capsys: Capsys) -> None:
    office = Reviewed(tmp_path)
    office.correct("2024-00001", "activity/1/participants", "777")

    book = CalamineWorkbook.from_path(compiled(office, capsys, "--compare", "2024-06-23 24:00"))

    told = [row for row in book.get_sheet_by_name("变化").to_python() if isinstance(row[1], float)]
    assert ["46", "777"] in [
        [f"{one:g}" if isinstance(one, float) else one for one in row[5:7]] for row in told
    ]
    assert all("渝北" in str(row[2]) or "名次" in str(row[3]) for row in told)


def test_decisions_stand_under_other_rules(tmp_path: Path, capsys: Capsys) -> None:
    """Judged and scored anew: what people decided is still what the workbook shows."""
    office = Reviewed(tmp_path)
    office.correct("2024-00001", "activity/1/participants", "777")
    office.correct("", "score/E1/重庆市渝北区科学技术协会", "4")
    scoring = tmp_path / "rules" / "scoring.toml"
    scoring.write_text(scoring.read_text("utf-8").replace("bonus_cap = 5", "bonus_cap = 3"), "utf-8")
    filing = season()[0].filing
    assert filing is not None
    office.rejudge("2024-00001", filing)

    book = CalamineWorkbook.from_path(compiled(office, capsys))

    rows = {row[0]: row for row in book.get_sheet_by_name("活动明细").to_python()}
    assert 777 in rows["2024-00001/activity/1"]
    rows = {row[0]: row for row in book.get_sheet_by_name("评分明细").to_python()}
    line = rows["unit/重庆市渝北区科学技术协会/score/E1"]
    assert line.count(4) >= 3, "复核分, 最终低分 and 最终高分"
