"""log, trace, sample and export log as an auditor calls them; what is shown in full is on the record."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from outputs.audit import bag
from pipeline.commands import run
from tests.audited import ACCOUNT, CLERK, PHONE, audited
from tests.support import ROOT


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("audited")
    audited(folder)
    return folder


@pytest.mark.parametrize("command", ["log", "trace", "sample", "export log"])
def test_help_is_chinese(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*command.split(), "--help"]) == 0

    shown = capsys.readouterr().out
    assert "用法" in shown
    assert "--data-dir" in shown
    assert not re.search(r"\b(Usage|Options|Arguments|Show|Error|default|required|INTEGER|TEXT)\b", shown)


@pytest.mark.parametrize("form", [[], ["--csv"], ["--json"]])
def test_log_masks_persons_unless_a_named_person_asks(
    form: list[str], data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["log", *form, "--data-dir", str(data)]) == 0
    masked = capsys.readouterr().out
    assert run(["log", *form, "--full", "--by", "周审计", "--data-dir", str(data)]) == 0
    full = capsys.readouterr().out

    assert PHONE not in masked
    assert CLERK not in masked
    assert PHONE in full
    assert CLERK in full
    assert len(masked.splitlines()) == len(full.splitlines())
    written = (data / "logs" / "operations.jsonl").read_text("utf-8").splitlines()[-1]
    told = json.loads(written)
    assert (told["event"], told["kind"], told["by"]) == ("full view", "log", "周审计")


@pytest.mark.parametrize("command", [["log"], ["sample", "--seed", "1"], ["export", "log", "never"]])
def test_nobody_sees_more_without_a_name(
    command: list[str],
    data: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)

    assert run([*command, "--full", "--data-dir", str(data)]) == 2

    captured = capsys.readouterr()
    assert "--by" in captured.err
    assert captured.out == ""
    assert not list(tmp_path.iterdir())


def test_export_log_writes_a_bag_that_its_own_tool_finds_clean(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "日志副本"
    assert run(["export", "log", str(folder), "--originals", "--data-dir", str(data)]) == 0
    captured = capsys.readouterr()
    assert captured.out.strip() == str(folder)
    assert "没有遮盖" in captured.err

    done = subprocess.run(
        [sys.executable, "-I", str(folder / "data" / "verify_log.py"), str(folder)],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0
    assert run(["export", "log", str(folder), "--data-dir", str(data)]) == 2
    assert "另给一个" in capsys.readouterr().err


def test_trace_leads_from_a_mail_to_rows_and_from_each_row_back(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["trace", "2024-00002", "--json", "--data-dir", str(data)]) == 0
    mail = json.loads(capsys.readouterr().out)
    assert mail["kind"] == "mail"
    assert mail["source"]["places"][0]["account"] == ACCOUNT
    assert [one["field"] for one in mail["corrections"]] == ["contact", "activity/1/category"]
    assert "category/6" in {row["id"] for row in mail["rows"]}

    assert run(["trace", "2024-00002/activity/1", "--json", "--data-dir", str(data)]) == 0
    row = json.loads(capsys.readouterr().out)
    assert [source["accession"] for source in row["mails"]] == ["2024-00002"]
    assert {"what": "参与人数", "words": "300人", "part": "2/总结.docx", "block": 1} in row["quotes"]


def test_trace_says_it_in_chinese_and_that_a_mail_is_gone(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["trace", "2024-00003", "--data-dir", str(data)]) == 0
    shown = capsys.readouterr().out

    assert "起服务器上已无" in shown
    assert "UIDVALIDITY 7 UID 3" in shown
    assert "活动明细 第" in shown
    assert run(["trace", "unit/重庆市渝北区科学技术协会/score/B1", "--data-dir", str(data)]) == 0
    assert "评分项 B1" in capsys.readouterr().out


def test_trace_of_an_unknown_id_exits_2_with_examples(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["trace", "2024-00099", "--data-dir", str(data)]) == 2
    assert "2024-00031/activity/1" in capsys.readouterr().err


def test_sample_gives_the_same_octets_for_the_same_seed(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("one.xlsx", "two.xlsx"):
        arguments = [
            "sample",
            "--n",
            "3",
            "--seed",
            "7",
            "--out",
            str(tmp_path / name),
            "--data-dir",
            str(data),
        ]
        assert run(arguments) == 0
        assert capsys.readouterr().out.strip() == str(tmp_path / name)

    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()
    assert run(["sample", "--seed", "7", "--data-dir", str(data)]) == 0
    assert Path(capsys.readouterr().out.strip()).parent == data / "samples"


def test_sample_exits_4_where_an_original_is_gone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    audited(tmp_path / "data")
    next(path for path in sorted((tmp_path / "data" / "archive").rglob("*")) if path.is_file()).unlink()

    assert run(["sample", "--seed", "1", "--data-dir", str(tmp_path / "data")]) == 4
    assert "1 件不符" in capsys.readouterr().err


def test_looking_where_nothing_was_taken_in_is_refused(tmp_path: Path) -> None:
    for command in (
        ["trace", "2024-00001"],
        ["sample", "--seed", "1"],
        ["export", "log", str(tmp_path / "bag")],
    ):
        assert run([*command, "--data-dir", str(tmp_path / "nowhere")]) == 2

    assert not list(tmp_path.iterdir())


def test_the_tool_is_found_in_the_source_tree() -> None:
    assert bag.tool().samefile(ROOT / "tools" / "verify_log.py")


def test_the_wheel_holds_the_tool_beside_the_outputs(tmp_path: Path) -> None:
    pytest.importorskip("hatchling")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)

    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as held:
        assert held.read("outputs/verify_log.py") == (ROOT / "tools" / "verify_log.py").read_bytes()
