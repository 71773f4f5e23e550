"""review list, undo, sign: what people decided, as they see it at the terminal."""

from __future__ import annotations

import hashlib
import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.commands import run
from pipeline.records import Correction
from pipeline.register import Register
from tests.audited import audited
from tests.season import YUBEI

AT = datetime(2024, 6, 24, 2, 3, 4, tzinfo=UTC)
RETURNED = b"a workbook that came back"
WORKBOOK = hashlib.sha256(RETURNED).hexdigest()


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """A data folder with four filed mails of one unit; 1: contact, 2: a category, 3 and 4: two scores from a workbook."""
    audited(tmp_path / "data")
    imported = tmp_path / "data" / "workbooks" / "imported" / "20240624-100000"
    imported.mkdir(parents=True)
    (imported / f"{WORKBOOK}.xlsx").write_bytes(RETURNED)
    with closing(Register(tmp_path / "data" / "register.db", year=2024)) as register:
        register.correct_all(
            (
                _decision("score/B1/某学会", "8", accession=""),
                _decision(f"score/B2/{YUBEI}", "5.5", accession="", by="李主任"),
            )
        )
    return tmp_path


def _decision(field: str, new: str, *, accession: str = "2024-00001", by: str = "王芳") -> Correction:
    return Correction(
        accession=accession,
        field=field,
        old="3",
        new=new,
        by=by,
        why="看了原件",
        at=AT + timedelta(minutes=1),
        workbook=WORKBOOK,
    )


def _review(office: Path, *arguments: str) -> int:
    settings = ["--settings", str(office / "shouwen.toml")] if (office / "shouwen.toml").exists() else []
    return run(["review", *arguments, "--data-dir", str(office / "data"), *settings])


def _signature_due(office: Path) -> None:
    (office / "shouwen.toml").write_text("[review]\nsecond_signature = true\n", "utf-8")


def _verified(office: Path) -> bool:
    return run(["verify", "--data-dir", str(office / "data")]) == 0


def test_the_list_says_who_decided_what_when_and_why(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _review(office, "list") == 0

    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["1", "2", "3", "4"]
    assert "“科普集市”  第 1 项活动的类别：— → 6 为科技工作者办实事" in lines[1]
    assert lines[2] == (
        f"   3  2024-06-24 10:04:04  王芳  单位  某学会 B1 的得分：3 → 8（看了原件；工作簿 {WORKBOOK[:12]}）"
    )


def test_the_list_of_a_unit_has_its_mails_and_its_scores(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _review(office, "list", "--unit", YUBEI[:4], "--json") == 0

    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["number"] for one in found] == [1, 2, 4]
    assert {one["unit"] for one in found} == {YUBEI}
    assert found[2] | {"at": ""} == {
        "number": 4, "accession": "", "field": f"score/B2/{YUBEI}", "old": "3", "new": "5.5", "by": "李主任",
        "why": "看了原件", "at": "", "act": "decide", "about": 0, "workbook": WORKBOOK, "anchor": "", "machine": "",
        "what": f"{YUBEI} B2 的得分", "unit": YUBEI, "activity": "", "state": "",
    }  # fmt: skip


def test_what_is_undone_is_listed_only_with_all(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _review(office, "undo", "2", "--by", "李主任", "--why", "看错了") == 0
    assert _review(office, "list") == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["1", "3", "4"]

    assert _review(office, "list", "--all") == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[1].endswith("[已撤（李主任，第 5 号）]")
    assert "撤销第 2 号：第 1 项活动的类别：6 为科技工作者办实事 → 机器所判（看错了）" in lines[4]
    assert _review(office, "undo", "2", "--by", "李主任", "--why", "看错了") == 2
    assert "已经撤销" in capsys.readouterr().err
    assert _verified(office)


def test_a_later_decision_about_the_same_field_takes_the_place_of_the_first(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(Register(office / "data" / "register.db", year=2024)) as register:
        register.correct(_decision("score/B1/某学会", "7", accession=""))

    assert _review(office, "list", "--unit", "某学会", "--all") == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("[已被第 5 号取代]")
    assert not lines[1].endswith("]")


def test_scores_wait_for_another_persons_signature_where_settings_say_so(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _signature_due(office)
    assert _review(office, "list") == 0
    assert [line.endswith("[待签]") for line in capsys.readouterr().out.splitlines()] == [
        False,
        False,
        True,
        True,
    ]

    assert _review(office, "sign", "3", "--by", "王芳") == 2
    assert "不能是同一个人" in capsys.readouterr().err
    assert _review(office, "sign", "--all", "--by", "王 芳") == 0
    assert capsys.readouterr().out == f"第 4 号已签认：{YUBEI} B2 的得分 5.5\n"
    assert _review(office, "list") == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[2].endswith("[待签]")
    assert lines[3].endswith("[已签（王 芳）]")
    assert _verified(office)


@pytest.mark.parametrize("arguments", [("sign", "--by", "王芳"), ("sign", "3", "--all", "--by", "王芳")])
def test_what_is_to_be_signed_is_named_in_one_way(
    office: Path, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert _review(office, *arguments) == 2
    assert "两样取一样" in capsys.readouterr().err


def test_an_unknown_number_is_refused_with_where_to_look(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _review(office, "undo", "99", "--by", "王芳", "--why", "x") == 2
    assert "没有第 99 号" in capsys.readouterr().err
