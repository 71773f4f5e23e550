"""`shouwen papers`: what it prints, where it writes, what it refuses; and that what was sent passes an auditor's check."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.commands import run
from tests.season import BANAN, write_rules
from tests.support import ROOT
from tests.test_papers_sending import Posting, posting, report, tls

__all__ = ["posting", "tls"]


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """Settings of an office into which one report came."""
    write_rules(tmp_path / "rules")
    (tmp_path / "mails").mkdir()
    (tmp_path / "mails" / "1.eml").write_bytes(report())
    settings = tmp_path / "shouwen.toml"
    settings.write_text(
        f'rules = "{tmp_path / "rules"}"\ndata_dir = "{tmp_path / "data"}"\nexecutor = "serial"\n', "utf-8"
    )
    assert run(["once", "--mailbox", str(tmp_path / "mails"), "--settings", str(settings)]) == 0
    return settings


def papers(office: Path, *words: str) -> int:
    return run(["papers", *words, "--settings", str(office)])


@pytest.mark.parametrize(
    ("kind", "name"), [("receipts", "回执"), ("completions", "补正单"), ("reminders", "催报")]
)
def test_drafts_are_written_beside_the_workbooks_and_stdout_is_their_folder(
    office: Path, capsys: pytest.CaptureFixture[str], kind: str, name: str
) -> None:
    capsys.readouterr()
    assert papers(office, kind, "--on", "2024-06-17") == 0

    said = capsys.readouterr()
    folder = Path(said.out.strip())
    assert folder.name == name
    assert folder.parent.parent == office.parent / "data" / "papers"
    assert (folder / "目录.txt").is_file()
    assert "都是草稿，没有寄出" in said.err
    assert papers(office, kind, "--on", "2024-06-17") == 0
    assert Path(capsys.readouterr().out.strip()) == folder, "the same again"


def test_the_text_to_paste_goes_to_stdout_and_nothing_is_written(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert papers(office, "receipts", "--accession", "2024-00001", "--as-text") == 0
    assert capsys.readouterr().out.startswith(" " * 20)
    assert papers(office, "reminders", "--as-text", "--on", "2024-06-17") == 0
    assert "【报送提醒·区县科协】" in capsys.readouterr().out
    assert papers(office, "completions", "--unit", "巴南区科协", "--as-text", "--on", "2024-06-17") == 0
    assert f"{BANAN}：" in capsys.readouterr().out
    assert not (office.parent / "data" / "papers").exists()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("receipts", "--unit", "火星科协"), "名册和来件里都没有单位“火星科协”"),
        (("receipts", "--accession", "2024-00099"), "没有收文号 2024-00099"),
        (("receipts", "--on", "6月17日"), "应形如 2024-06-17"),
        (("receipts", "--unit", "市声学学会"), "没有回执可写"),
        (("send", "letters", "--by", "王芳"), "letters"),
        (("send", "receipts", "--by", "  "), "要有经办人姓名"),
        (("send", "receipts"), "缺少选项 --by"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_reason(
    office: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], why: str
) -> None:
    capsys.readouterr()
    assert papers(office, *words) == 2
    assert why in capsys.readouterr().err.replace("\n", "")


def test_where_nothing_came_there_is_nothing_to_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["papers", "receipts", "--data-dir", str(tmp_path / "data")]) == 2
    assert "先运行 shouwen once" in capsys.readouterr().err


def test_what_was_sent_is_listed_and_passes_verify_and_an_auditor_s_check(
    posting: Posting, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = str(posting.settings())
    assert posting.send() == 0
    assert posting.send("reminders", "--on", "2024-06-19") == 0
    capsys.readouterr()
    assert run(["papers", "sent", "--json", "--settings", settings]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["outcome"] for row in rows] == ["sent"] * 4
    assert rows[0]["accession"] == "2024-00001"

    assert run(["verify", "--settings", settings]) == 0
    assert run(["export", "log", str(tmp_path / "bag"), "--settings", settings]) == 0
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "verify_log.py"), str(tmp_path / "bag")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "bnkx@example.org" not in (tmp_path / "bag" / "data" / "log.jsonl").read_text("utf-8")
