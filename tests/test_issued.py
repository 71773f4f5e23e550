"""outputs/issued.py: what the log proves of the workbooks that were issued and of those that came back."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from outputs.workbook import runs
from pipeline.commands import run
from pipeline.errors import IntegrityError
from pipeline.keeping import manifest
from pipeline.records import Act, Correction
from pipeline.register import Register
from tests.reviewed import Reviewed
from tests.reviewer import Reviewer
from tests.season import at

DETAILS, ROW, WHY = "活动明细", "2024-00001/activity/1", "复核说明"
RUN = "20240623-090300"
Capsys = pytest.CaptureFixture[str]


class Audited:
    """An office with one compile and one import from it."""

    def __init__(self, folder: Path, capsys: Capsys) -> None:
        self.office = Reviewed(folder)
        self.capsys = capsys
        self.workbook = self.office.compile(capsys)
        self.run = self.workbook.parent
        self.file = self.filled(64)
        assert self.office.imported(capsys, self.file)[0] == 0

    def filled(self, people: int, row: str = ROW) -> Path:
        """A copy of the workbook in which somebody wrote that many participants."""
        reviewer = Reviewer(self.workbook.read_bytes())
        reviewer.put(DETAILS, row, "参与人数", people)
        reviewer.put(DETAILS, row, WHY, "看了原件")
        copy = self.office.data.parent / f"复核-{people}.xlsx"
        copy.write_bytes(reviewer.octets)
        return copy

    @property
    def verified(self) -> tuple[int, list[str], list[str]]:
        """Exit code, findings and remarks about workbooks and material."""
        self.capsys.readouterr()
        code = self.office.run("verify", "--json")
        told = json.loads(self.capsys.readouterr().out)
        ours = [one for one in told["findings"] if one["kind"] in ("workbook", "material")]
        assert ours == told["findings"], "nothing else is wrong"
        return code, [f"{one['subject']}：{one['detail']}" for one in ours], told["remarks"]

    def logged(self, action: str) -> list[Any]:
        """The events of that action."""
        with closing(Register(self.office.data / "register.db", year=2024)) as register:
            return list(register.events(action=action))


@pytest.fixture
def audited(tmp_path: Path, capsys: Capsys) -> Audited:
    return Audited(tmp_path, capsys)


def test_the_log_names_workbook_and_baseline_of_every_run_once(audited: Audited) -> None:
    (event,) = audited.logged("compile")
    told = runs.told(audited.run)

    assert told is not None
    assert event.row == told.digest
    assert hashlib.sha256(audited.workbook.read_bytes()).hexdigest() in event.outcome
    assert told.baseline in event.outcome
    assert audited.verified[:2] == (0, [])

    audited.office.compile(audited.capsys)
    assert len(audited.logged("compile")) == 2, "the decision made another workbook"
    audited.office.compile(audited.capsys)
    assert len(audited.logged("compile")) == 2, "the same workbook is logged once"


def test_a_forged_baseline_is_found_and_nothing_is_imported_by_it(audited: Audited) -> None:
    """With another baseline a conflict would pass for none, and an edit for untouched."""
    path = audited.run / "baseline.json.gz"
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()).replace(b"46", b"99"), mtime=0))

    code, told, said = audited.office.imported(audited.capsys, audited.filled(70))
    assert (code, told) == (4, {})
    assert "底稿" in said
    assert "改过" in said
    assert len(audited.office.corrections) == 1
    assert audited.verified[0] == 4
    assert "底稿" in audited.verified[1][0]


def test_a_forged_baseline_with_a_fitting_run_json_is_found_and_refused(audited: Audited) -> None:
    path, told = audited.run / "baseline.json.gz", audited.run / "run.json"
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()).replace(b"46", b"99"), mtime=0))
    forged = json.loads(told.read_text("utf-8"))
    forged["baseline"] = hashlib.sha256(path.read_bytes()).hexdigest()
    told.write_text(json.dumps(forged), "utf-8")

    code, answer, _ = audited.office.imported(audited.capsys, audited.filled(70))
    assert code == 2
    assert "日志里没有编出" in answer["refused"][0]["why"]
    assert audited.verified[0] == 4
    assert "日志里没有编出它" in audited.verified[1][0]


@pytest.mark.parametrize("told", ["[]", "{}", "5", "", '{"run": 5}', "workbook"])
def test_a_run_json_that_is_none_is_found_and_ends_no_compile(audited: Audited, told: str) -> None:
    path = audited.run / "run.json"
    if told == "workbook":
        told = json.dumps(json.loads(path.read_text("utf-8")) | {"workbook": "../../register.db"})
    path.write_text(told, "utf-8")

    assert audited.office.compile(audited.capsys).is_file()
    assert audited.verified[0] == 4
    assert any("run.json 不在、读不出" in one for one in audited.verified[1])


def test_a_compile_hands_out_no_run_whose_baseline_is_not_its_own(tmp_path: Path, capsys: Capsys) -> None:
    office = Reviewed(tmp_path)
    first = office.compile(capsys)
    (first.parent / "baseline.json.gz").write_bytes(b"forged")

    assert office.compile(capsys).parent.name == f"{RUN}-2"


def test_a_run_that_somebody_put_there_is_found(audited: Audited) -> None:
    shutil.copytree(audited.run, audited.run.with_name("20240623-090400"))

    assert audited.verified[0] == 4
    assert audited.verified[1][0].startswith("编次 20240623-090400")


def test_a_workbook_that_staff_saved_where_it_lies_is_a_remark(audited: Audited) -> None:
    audited.workbook.write_bytes(audited.filled(80).read_bytes())

    code, findings, remarks = audited.verified
    assert (code, findings) == (0, [])
    assert any(RUN in one and "有人改过" in one for one in remarks)


@pytest.mark.parametrize("how", ["altered", "gone"])
def test_the_file_that_decisions_came_from_must_be_there_as_it_was(audited: Audited, how: str) -> None:
    (kept,) = audited.run.parent.glob("imported/*/*.xlsx")
    if how == "gone":
        kept.unlink()
    else:
        kept.write_bytes(kept.read_bytes()[:-1] + b"x")

    code, findings, _ = audited.verified
    assert code == 4
    assert "收回的工作簿" in findings[0]


def test_a_pruned_run_is_still_what_the_log_says(audited: Audited) -> None:
    runs.prune(audited.run.parent, keep=0)
    shutil.rmtree(audited.run.parent / "imported", ignore_errors=True)
    runs.prune(audited.run.parent, keep=0)
    (audited.run.parent / "earlier" / RUN / "baseline.json.gz").write_bytes(b"forged")

    assert any(one.startswith(f"编次 {RUN}：底稿") for one in audited.verified[1])


def test_a_file_written_into_through_its_link_is_named_whatever_its_time_stamp(audited: Audited) -> None:
    """The compile looks at size and time stamp alone; verify reads."""
    original = audited.run / "files/2024-00001/00-原件.eml"
    before, octets = original.stat(), original.read_bytes()
    original.chmod(0o644)
    original.write_bytes(octets.replace(b"text", b"TEXT"))
    os.utime(original, ns=(before.st_atime_ns, before.st_mtime_ns))

    code, findings, _ = audited.verified
    assert code == 4
    assert hashlib.sha256(octets).hexdigest() in findings[0]


def test_octets_of_another_mail_laid_into_a_run_are_told(audited: Audited) -> None:
    original = audited.run / "files/2024-00001/00-原件.eml"
    original.unlink()
    original.hardlink_to(audited.run / "files/2024-00002/00-原件.eml")

    _, findings, remarks = audited.verified
    assert findings == []
    assert any("2024-00001/00-原件.eml" in one for one in remarks)


# ------------------------------------------------------------ backup and restore


def test_a_restored_office_has_what_cannot_be_made_again_of_its_workbooks(
    audited: Audited, tmp_path: Path
) -> None:
    """Baselines, imported files, and what staff filled in where it lay; from a copy of before, an import goes on."""
    fresh, filled = audited.filled(70, "2024-00002/activity/1"), audited.filled(80).read_bytes()
    audited.workbook.write_bytes(filled)
    office, new = audited.office, tmp_path / "new"
    assert office.run("backup", str(tmp_path / "backup")) == 0
    assert "底稿、收回的和填写过的工作簿都在备份里" in audited.capsys.readouterr().err
    assert office.run("backup", str(tmp_path / "backup")) == 0, "the same octets lie there once"
    assert len([path for path in (tmp_path / "backup/workbooks").rglob("*") if len(path.name) == 64]) == 4

    office.data = new
    told = ["--settings", str(office.settings), "--data-dir", str(new)]
    by = ["--by", "王芳", "--why", "磁盘损坏"]
    assert run(["restore", str(tmp_path / "backup"), *by, *told]) == 0
    assert audited.verified[:2] == (0, [])
    assert (new / f"workbooks/earlier/{RUN}" / audited.workbook.name).read_bytes() == filled
    assert office.imported(audited.capsys, audited.file)[1]["changes"] == []
    code, answer, _ = office.imported(audited.capsys, fresh)
    assert (code, answer["accepted"]) == (0, 1)


@pytest.mark.parametrize(
    "path", ["../../shouwen.toml", "imported/x/a.xlsx", "earlier/..", "20240623-090300/a.xlsx"]
)
def test_a_list_of_workbooks_that_leads_elsewhere_is_refused(path: str, tmp_path: Path) -> None:
    with pytest.raises(IntegrityError):
        manifest.books(f"{'0' * 64}  {path}\n".encode(), tmp_path)


# ------------------------------------------------------------ the state of a moment


def test_a_snapshot_is_the_same_octets_whatever_was_decided_undone_and_signed_since(
    tmp_path: Path, capsys: Capsys
) -> None:
    office = Reviewed(tmp_path)
    score = Correction(
        accession="",
        field="score/B1/重庆市渝北区科学技术协会",
        old="",
        new="5",
        by="李四",
        why="看了原件",
        at=at(24),
    )
    later: dict[str, Any] = {
        "by": "王五",
        "why": "复核",
        "old": "",
        "new": "",
        "accession": "",
        "field": "",
        "at": at(25),
    }
    with closing(Register(office.data / "register.db", year=2024)) as register:
        first, second = register.correct_all((score, replace(score, field=score.field.replace("B1", "B2"))))

    def snapshot() -> tuple[str, bytes]:
        capsys.readouterr()
        assert office.run("compile", "--as-of", "2024-06-24 24:00") == 0
        path = Path(capsys.readouterr().out.strip())
        return path.parent.name, path.read_bytes()

    before = snapshot()
    with closing(Register(office.data / "register.db", year=2024)) as register:
        register.correct(Correction(**later, act=Act.SIGN, about=first.number))
        register.correct(Correction(**later, act=Act.UNDO, about=second.number))
        register.correct(replace(score, new="1", at=at(25)))
    assert snapshot() == before
