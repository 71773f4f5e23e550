"""compile by hand, of a moment, and by the daemon itself: what is compiled when."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from pipeline.commands.compiling import Compiling
from pipeline.commands.options import Office
from pipeline.errors import PermanentError
from pipeline.register import Register
from tests.reviewed import Reviewed
from tests.reviewer import Reviewer
from tests.season import at

Capsys = pytest.CaptureFixture[str]
NOON = at(26, 12)


@pytest.fixture
def office(tmp_path: Path) -> Reviewed:
    return Reviewed(tmp_path)


def daemon(office: Reviewed) -> Compiling:
    return Compiling(office=Office(settings_file=office.settings, data_dir_option=office.data))


def cells(path: Path, sheet: str) -> list[list[Any]]:
    return CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def compiled(office: Reviewed, capsys: Capsys, *options: str) -> Path:
    capsys.readouterr()
    assert office.run("compile", *options) == 0
    return Path(capsys.readouterr().out.strip())


# ---------------------------------------------------------------- the daemon


def test_the_daemon_compiles_what_is_new_and_nothing_twice(office: Reviewed) -> None:
    compiling = daemon(office)

    path = compiling.if_due(NOON)

    assert path is not None
    assert path.exists()
    assert compiling.if_due(NOON + timedelta(hours=5)) is None
    assert daemon(office).if_due(NOON) is None, "a daemon that starts again looks at the runs that are there"


def test_a_decision_is_compiled_when_the_hour_is_over_and_not_before(office: Reviewed) -> None:
    compiling = daemon(office)
    first = compiling.if_due(NOON)
    office.correct("2024-00001", "activity/1/participants", "77")

    assert compiling.if_due(NOON + timedelta(minutes=59)) is None
    second = compiling.if_due(NOON + timedelta(minutes=60))
    assert second is not None
    assert second != first


def test_a_workbook_compiled_by_hand_is_not_compiled_again(office: Reviewed, capsys: Capsys) -> None:
    office.compile(capsys)

    assert daemon(office).if_due(NOON) is None


def test_zero_minutes_turn_the_daemon_s_compiles_off(tmp_path: Path) -> None:
    office = Reviewed(tmp_path, settings="[workbook]\nevery_minutes = 0\n")

    assert daemon(office).if_due(NOON) is None


def test_a_clock_that_was_set_back_puts_off_no_compile(office: Reviewed) -> None:
    compiling = daemon(office)
    compiling.if_due(NOON)
    office.correct("2024-00001", "activity/1/participants", "77")

    assert compiling.if_due(NOON - timedelta(days=3)) is not None


def test_a_fault_of_the_program_while_compiling_is_told_by_its_place_and_ends_no_daemon(
    office: Reviewed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its words may be a mail's, so they are not told; when the fault is gone, so is the trouble."""
    compiling = daemon(office)
    with monkeypatch.context() as broken:
        broken.setattr("outputs.workbook.tables", lambda *_, **__: int("甲"))
        with pytest.raises(PermanentError, match=r"程序出错（ValueError，test_compiling\.py 第 \d+ 行）"):
            compiling.if_due(NOON)
    assert compiling.trouble.startswith("程序出错")
    assert compiling.failing == NOON

    assert compiling.if_due(NOON + timedelta(hours=1)) is not None
    assert compiling.trouble == ""


def test_only_so_many_runs_stay_whole(tmp_path: Path, capsys: Capsys) -> None:
    office = Reviewed(tmp_path, settings="[workbook]\nkeep = 1\n")
    first = office.compile(capsys)
    office.correct("2024-00001", "activity/1/participants", "77")
    second = office.compile(capsys)

    assert second.exists()
    assert not first.exists()
    earlier = office.data / "workbooks/earlier" / first.parent.name
    assert sorted(path.name for path in earlier.iterdir()) == ["baseline.json.gz", "run.json"]


def test_a_run_that_decisions_were_imported_from_stays_whole(tmp_path: Path, capsys: Capsys) -> None:
    office = Reviewed(tmp_path, settings="[workbook]\nkeep = 1\n")
    first = office.compile(capsys)
    reviewer = Reviewer(first.read_bytes())
    reviewer.put("活动明细", "2024-00001/activity/1", "参与人数", 77)
    reviewer.put("活动明细", "2024-00001/activity/1", "复核说明", "看了原件")
    copy = tmp_path / "复核.xlsx"
    copy.write_bytes(reviewer.octets)
    assert office.imported(capsys, copy)[1]["accepted"] == 1

    second = office.compile(capsys)

    assert second != first
    assert first.exists()


# ---------------------------------------------------------------- of a moment


def test_a_snapshot_holds_what_had_come_and_been_decided_by_then(office: Reviewed, capsys: Capsys) -> None:
    office.correct("2024-00001", "activity/1/participants", "77")  # on the 24th

    path = compiled(office, capsys, "--as-of", "2024-06-20 24:00")

    log = [row[2] for row in cells(path, "收件日志")[4:] if str(row[2]).startswith("2024-")]
    assert log == [f"2024-{number:05d}" for number in range(1, 8)]
    line = cells(path, "活动明细")[2][1]
    assert "统计截止：2024-06-21 00:00:00（快照）" in line
    people = next(row for row in cells(path, "活动明细") if row[0] == "2024-00001/activity/1")
    assert 77 not in people


def test_a_snapshot_of_after_the_last_event_shows_what_the_workbook_of_now_shows(
    office: Reviewed, capsys: Capsys
) -> None:
    now, then = office.compile(capsys), compiled(office, capsys, "--as-of", "2024-07-01")

    for sheet in ("单位汇总", "活动明细", "评分明细", "报送进度"):
        assert cells(then, sheet)[3:] == cells(now, sheet)[3:]


def test_a_snapshot_can_be_reviewed_too(office: Reviewed, capsys: Capsys) -> None:
    path = compiled(office, capsys, "--as-of", "2024-06-20 24:00")

    code, told, _ = office.imported(capsys, path)

    assert (code, told["accepted"], told["conflicts"], told["refused"]) == (0, 0, [], [])


def test_the_same_snapshot_twice_is_one_run(office: Reviewed, capsys: Capsys) -> None:
    first = compiled(office, capsys, "--as-of", "2024-06-20 24:00")

    assert compiled(office, capsys, "--as-of", "2024-06-20") == first


@pytest.mark.parametrize(
    "options",
    [
        ("--compare", "2024-06-20 24:00"),
        ("--as-of", "2024-06-20 24:00", "--compare", "2024-06-30"),
    ],
)
def test_what_changed_since_stands_on_a_sheet_of_its_own(
    office: Reviewed, capsys: Capsys, options: tuple[str, ...]
) -> None:
    path = compiled(office, capsys, *options)

    rows = cells(path, "变化")
    new = [row[7] for row in rows if row[3] == "新来件"]
    assert new == [f"2024-{number:05d}" for number in range(8, 14)]
    assert CalamineWorkbook.from_path(path).sheet_names[1] == "变化"


def test_a_moment_that_cannot_be_read_is_refused(office: Reviewed, capsys: Capsys) -> None:
    assert office.run("compile", "--as-of", "上周五") == 2
    assert "看不懂时间“上周五”" in capsys.readouterr().err
    with closing(Register(office.data / "register.db", year=2024)) as register:
        assert register.last_material() is not None
    assert not (office.data / "workbooks").exists()
