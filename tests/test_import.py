"""shouwen review import: from a file that staff filled in to decisions that stand, as people meet it."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest

from pipeline.records import Act
from tests.reviewed import Reviewed
from tests.reviewer import Reviewer
from tests.support import need_tool

DETAILS, SCORES, QUESTIONS = "活动明细", "评分明细", "待核事项"
ROW, WHY = "2024-00001/activity/1", "复核说明"
HELD = "2024-00010/question/state"
Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def office(tmp_path: Path) -> Reviewed:
    return Reviewed(tmp_path)


def _edited(path: Path, *cells: tuple[str, str, str, str | float | None]) -> Path:
    """A copy of the workbook with cells (sheet, row id, header, value) filled in."""
    reviewer = Reviewer(path.read_bytes())
    for cell in cells:
        reviewer.put(*cell)
    digest = hashlib.sha256(repr(cells).encode()).hexdigest()[:8]
    copy = path.parents[3] / f"复核-{digest}.xlsx"
    copy.write_bytes(reviewer.octets)
    return copy


def _people(path: Path, count: int) -> Path:
    return _edited(path, (DETAILS, ROW, "参与人数", count), (DETAILS, ROW, WHY, "看了原件"))


# ---------------------------------------------------------------- nothing, something, twice


def test_an_unedited_workbook_changes_nothing_says_so_and_exits_0(office: Reviewed, capsys: Capsys) -> None:
    code, told, said = office.imported(capsys, office.compile(capsys))

    assert code == 0
    assert told == {"run": "20240623-090300", "accepted": 0, "changes": [], "conflicts": [], "refused": []}
    assert "没有改动" in said
    assert office.corrections == ()
    assert not (office.data / "workbooks/imported").exists()


def test_a_workbook_saved_by_libreoffice_changes_nothing(
    office: Reviewed, capsys: Capsys, tmp_path: Path
) -> None:
    need_tool("soffice")
    path = office.compile(capsys)
    saved = _saved_by_libreoffice(path, tmp_path)

    code, told, said = office.imported(capsys, saved)

    assert (code, told["accepted"], told["conflicts"], told["refused"]) == (0, 0, [], [])
    assert "没有改动" in said


def _saved_by_libreoffice(path: Path, folder: Path) -> Path:
    subprocess.run(
        [
            *("soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to"),
            *("xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "saved"), str(path)),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return folder / "saved" / path.name


def test_an_edited_cell_is_stored_as_a_decision_of_that_person_from_that_file(
    office: Reviewed, capsys: Capsys
) -> None:
    file = _people(office.compile(capsys), 64)

    code, told, said = office.imported(capsys, file)

    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    (made,) = office.corrections
    assert code == 0
    assert (made.accession, made.field, made.old, made.new) == (
        "2024-00001",
        "activity/1/participants",
        "46",
        "64",
    )
    assert (made.by, made.why, made.workbook, made.act, made.machine) == (
        "张三",
        "看了原件",
        digest,
        Act.DECIDE,
        "46",
    )
    change = {"row": ROW, "field": "activity/1/participants", "old": "46", "new": "64"}
    assert told == {
        "run": "20240623-090300",
        "accepted": 1,
        "changes": [change],
        "conflicts": [],
        "refused": [],
    }
    assert "本次 1 处修改" in said
    kept = office.data / "workbooks/imported/20240623-090300" / f"{digest}.xlsx"
    assert kept.read_bytes() == file.read_bytes()


def test_a_dry_run_says_the_same_and_stores_nothing(office: Reviewed, capsys: Capsys) -> None:
    file = _people(office.compile(capsys), 64)

    code, told, said = office.imported(capsys, file, "--dry-run")

    assert (code, told["accepted"], len(told["changes"])) == (0, 1, 1)
    assert "什么也没有存" in said
    assert office.corrections == ()
    assert not (office.data / "workbooks/imported").exists()


def test_the_same_file_a_second_time_changes_nothing(office: Reviewed, capsys: Capsys) -> None:
    question = "2024-00005/activity/1/category"
    path = office.compile(capsys)
    file = _edited(
        path,
        (DETAILS, ROW, "参与人数", 64),
        (DETAILS, ROW, "计入", "否"),
        (DETAILS, ROW, WHY, "看了原件"),
        (QUESTIONS, question, "处理", "5 科技志愿服务"),
    )
    office.imported(capsys, file)
    before = office.corrections

    code, told, said = office.imported(capsys, file)

    assert (code, told["accepted"], told["changes"], told["conflicts"]) == (0, 0, [], [])
    assert "没有改动" in said
    assert len(before) == 3
    assert office.corrections == before


def test_the_next_workbook_shows_what_was_edited_and_unedited_changes_nothing(
    office: Reviewed, capsys: Capsys
) -> None:
    office.imported(capsys, _people(office.compile(capsys), 64))

    again = office.compile(capsys)

    page = Reviewer(again.read_bytes())
    assert page.value(DETAILS, ROW, "参与人数") == 64
    assert office.imported(capsys, again)[:2] == (
        0,
        {"run": again.parent.name, "accepted": 0, "changes": [], "conflicts": [], "refused": []},
    )


# ---------------------------------------------------------------- whom it moves


def test_points_that_move_a_unit_and_those_behind_it_are_told_before_and_after(
    office: Reviewed, capsys: Capsys
) -> None:
    path = office.compile(capsys)
    page = Reviewer(path.read_bytes())
    scores = [row for row in page.rows(SCORES) if row.endswith("/score/E1")]

    file = _edited(path, (SCORES, scores[0], "复核分", 5), (SCORES, scores[0], "复核理由", "看了原件"))
    code, _, said = office.imported(capsys, file, "--dry-run")

    unit = scores[0].split("/")[1]
    assert code == 0
    assert f"{unit}：最终分 " in said
    assert " → " in said


def test_points_that_wait_for_another_persons_signature_are_told(tmp_path: Path, capsys: Capsys) -> None:
    office = Reviewed(tmp_path, settings="[review]\nsecond_signature = true\n")
    path = office.compile(capsys)
    row = next(row for row in Reviewer(path.read_bytes()).rows(SCORES) if row.endswith("/score/E1"))

    file = _edited(path, (SCORES, row, "复核分", "5分"), (SCORES, row, "复核理由", "看了原件"))
    code, _, said = office.imported(capsys, file)

    assert code == 0
    assert "其中评分 1 处要由另一个人签认后才计入" in said


# ---------------------------------------------------------------- refused as a whole


def test_nothing_is_stored_where_one_cell_is_refused(office: Reviewed, capsys: Capsys) -> None:
    path = office.compile(capsys)
    file = _edited(
        path,
        (DETAILS, ROW, "参与人数", 64),
        (DETAILS, ROW, WHY, "看了原件"),
        (DETAILS, "2024-00001/activity/2", "活动名称", "另一个名称"),
    )

    code, told, said = office.imported(capsys, file)

    place = Reviewer(path.read_bytes()).place(DETAILS, "2024-00001/activity/2", "活动名称")
    assert (code, told["accepted"], told["changes"]) == (2, 0, [])
    assert [(one["sheet"], one["cell"]) for one in told["refused"]] == [(DETAILS, place)]
    assert {*told["refused"][0]} == {"sheet", "cell", "why"}
    assert {*told} == {"run", "accepted", "changes", "conflicts", "refused"}
    assert f"{DETAILS}!{place}" in said
    assert office.corrections == ()


def test_points_beyond_the_rubric_are_refused_by_cell(office: Reviewed, capsys: Capsys) -> None:
    path = office.compile(capsys)
    row = next(row for row in Reviewer(path.read_bytes()).rows(SCORES) if row.endswith("/score/B1"))
    file = _edited(path, (SCORES, row, "复核分", 99), (SCORES, row, "复核理由", "看了原件"))

    code, told, _ = office.imported(capsys, file)

    assert code == 2
    assert "B1" in told["refused"][0]["why"]


def test_a_workbook_of_another_register_is_refused(office: Reviewed, capsys: Capsys, tmp_path: Path) -> None:
    other = Reviewed(tmp_path / "other", filed=())
    other.correct("", "score/B1/重庆市园艺学会", "3")
    path = other.compile(capsys)
    office.compile(capsys)

    code, told, _ = office.imported(capsys, path)

    assert code == 2
    assert "另一个登记簿" in told["refused"][0]["why"]
    assert office.corrections == ()


def test_a_workbook_of_another_notice_is_refused(office: Reviewed, capsys: Capsys) -> None:
    path = office.compile(capsys)
    reviewer = Reviewer(path.read_bytes())
    reviewer.put_at("标识", "B4", "another-notice")
    file = path.parents[3] / "edited.xlsx"
    file.write_bytes(reviewer.octets)

    code, told, _ = office.imported(capsys, file)

    assert code == 2
    assert "another-notice" in told["refused"][0]["why"]


def test_a_run_that_is_not_known_is_refused(office: Reviewed, capsys: Capsys) -> None:
    path = office.compile(capsys)
    reviewer = Reviewer(path.read_bytes())
    reviewer.put_at("标识", "B2", "20200101-000000")
    file = path.parents[3] / "edited.xlsx"
    file.write_bytes(reviewer.octets)

    code, told, _ = office.imported(capsys, file)

    assert (code, told["run"]) == (2, "20200101-000000")
    assert "20200101-000000" in told["refused"][0]["why"]


# ---------------------------------------------------------------- two people, older workbooks, undoing


def test_two_reviewers_on_copies_of_one_workbook_are_both_kept_and_conflicts_are_named(
    office: Reviewed, capsys: Capsys
) -> None:
    path = office.compile(capsys)
    first = _people(path, 64)
    second = _edited(
        path, (DETAILS, ROW, "参与人数", 70), (DETAILS, ROW, "场次", 2), (DETAILS, ROW, WHY, "又看了原件")
    )
    office.imported(capsys, first, by="张三")

    code, told, said = office.imported(capsys, second, by="李四")

    assert code == 3
    assert told["accepted"] == 1
    (conflict,) = told["conflicts"]
    assert [conflict[key] for key in ("row", "base", "now", "edited")] == [ROW, "46", "64", "70"]
    assert "64" in said
    assert "70" in said
    assert [(one.by, one.field, one.new) for one in office.corrections] == [
        ("张三", "activity/1/participants", "64"),
        ("李四", "activity/1/sessions", "2"),
    ]


def test_an_older_workbook_is_taken_where_its_cells_did_not_change_since(
    office: Reviewed, capsys: Capsys
) -> None:
    old = office.compile(capsys)
    office.correct("2024-00003", "activity/1/participants", "90")
    office.compile(capsys)

    code, told, _ = office.imported(capsys, _people(old, 64))

    assert (code, told["run"], told["accepted"]) == (0, old.parent.name, 1)


def test_an_activity_that_is_another_one_since_is_a_conflict(office: Reviewed, capsys: Capsys) -> None:
    from dataclasses import replace

    from tests.season import season

    old = office.compile(capsys)
    filing = season()[0].filing
    assert filing is not None
    office.rejudge("2024-00001", replace(filing, activities=filing.activities[::-1]))

    row = (DETAILS, ROW)
    code, told, _ = office.imported(capsys, _edited(old, (*row, "场次", 2), (*row, WHY, "看了原件")))

    assert (code, told["accepted"]) == (3, 0)
    assert "另一项活动" in told["conflicts"][0]["why"]


def test_what_was_undone_can_be_imported_again(office: Reviewed, capsys: Capsys) -> None:
    file = _people(office.compile(capsys), 64)
    office.imported(capsys, file)
    assert office.run("review", "undo", "1", "--by", "李四", "--why", "看错了") == 0

    code, told, _ = office.imported(capsys, file)

    assert (code, told["accepted"]) == (0, 1)
    assert [one.act for one in office.corrections] == [Act.DECIDE, Act.UNDO, Act.DECIDE]


def test_a_question_about_a_mail_that_is_not_filed_can_be_answered(office: Reviewed, capsys: Capsys) -> None:
    path = office.compile(capsys)

    code, _, _ = office.imported(capsys, _edited(path, (QUESTIONS, HELD, "处理", "已放行")))

    assert code == 0
    assert [(one.accession, one.field, one.new) for one in office.corrections] == [
        ("2024-00010", "question/state", "已放行")
    ]
    assert office.run("verify") == 0


def test_a_cell_that_is_emptied_takes_back_what_was_decided_there(office: Reviewed, capsys: Capsys) -> None:
    path = office.compile(capsys)
    question = next(row for row in Reviewer(path.read_bytes()).rows(QUESTIONS) if "/question/" in row)
    office.imported(capsys, _edited(path, (QUESTIONS, question, "处理", "已打电话")))
    again = office.compile(capsys)

    code, told, _ = office.imported(capsys, _edited(again, (QUESTIONS, question, "处理", None)))

    assert (code, told["accepted"]) == (0, 1)
    assert [(one.act, one.about) for one in office.corrections] == [(Act.DECIDE, 0), (Act.UNDO, 1)]


def test_a_file_that_is_no_workbook_is_said_to_be_none_and_has_no_places_to_mend(
    office: Reviewed, tmp_path: Path, capsys: Capsys
) -> None:
    file = tmp_path / "说明.xlsx"
    file.write_text("不是工作簿", "utf-8")

    code, _, said = office.imported(capsys, file)

    assert code == 2
    assert "说明.xlsx 打不开" in said
    assert said.splitlines()[-1] == "整份没有导入，什么也没有存"
