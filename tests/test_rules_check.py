"""rules check: what the tables hold, what in them is hardly meant, and what is wrong with file, line and cure."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pipeline.commands import run
from rules import DEFAULT, load
from rules.checking import warnings
from tests.season import write_rules


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DEFAULT, tmp_path / "rules"))


def edit(folder: Path, old: str, new: str, name: str = "scoring.toml") -> int:
    """Replace the first *old* by *new*; return the line on which it stands."""
    text = (folder / name).read_text("utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1


def checked(folder: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, str, str]:
    code = run(["rules", "check", str(folder), *more])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_the_rules_of_2024_hold_what_the_notice_says_and_nothing_doubtful(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, err = checked(DEFAULT, capsys)

    assert code == 0
    assert "没有错误，也没有要提醒的；什么也没有写" in err
    assert "234 个：区县科协 38、区县科技局 38、新区高新区 6、市级学会 112" in out
    assert "5 科技志愿服务（12 条提示）" in out
    assert "优秀组织单位评分办法（共 100 分）" in out
    assert "特色活动评分办法（每项活动 100 分）" in out
    for letter, points in (("A 组织动员", 15), ("B 活动开展", 30), ("D 宣传报道", 15), ("F 材料报送", 10)):
        assert f"{letter}　{points} 分" in out
    assert "只由人评　E1 典型经验 5 分、E2 创新 4 分" in out
    (line,) = (one for one in out.splitlines() if one.startswith("  C1 "))
    assert line.split() == ["C1", "参与人数", "10", "分", "自动", "participants", *line.split()[6:]]
    assert "≥1000 得 10" in line
    assert "    区县科协、区县科技局、新区高新区：≥1 得 1、≥30 得 2" in out


def test_without_a_folder_the_settings_rules_are_checked(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    small = write_rules(tmp_path / "small")
    settings = tmp_path / "shouwen.toml"
    settings.write_text(f'rules = "{small.as_posix()}"\n', "utf-8")

    assert run(["rules", "check", "--settings", str(settings)]) == 0
    assert "7 个：区县科协 3" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[5, 12]]\nsource", "[5, 10]]\nsource", "B1 有效活动数 满分 12，各档最高只给 10：没有人能得满分"),
        ("[[1, 2], [3, 4], [6, 7]]", "[[0.4, 2], [0.8, 4], [6, 7]]", "A3 发动基层组织 的门槛 0.4（2 分）永远用不上"),
        ("[[1, 5], [2, 10], [3, 15], [4, 20]]", "[[1, 5], [2, 10], [3, 15], [5, 20]]", "T2 实施 的门槛 5（20 分）永远达不到，最多是 4"),
        ("[[1, 1], [10, 2], [30, 4]", "[[1, 1], [10, 4], [30, 4]", "C1 参与人数 的门槛 30 与上一档同为 4 分"),
        ("[2, 5], [4, 8], [6, 10]", "[2, 8], [4, 5], [6, 10]", "B1 有效活动数（区县科协） 的门槛 4 反而少给分（8 → 5）"),
        ("[[0, 4], [1, 2], [2, 0]]", "[[0, 0], [1, 2], [2, 4]]", "F2 前后一致 的门槛 1 反而多给分"),
        ("per = { item = 2 }", "per = { item = 1 }", "B2 覆盖主要活动类别 满分 12，6 件都有也只得 6"),
        ('F = "材料报送"', 'F = "材料报送"\nG = "其他"', "大项 G 其他 没有一个评分项"),
        ('society = "市级学会"', 'society = "市级学会"\nclub = "俱乐部"', "同类组“俱乐部”（club）没有一个单位"),
        ("late_cap = 4 ", "late_cap = 0.5 ", "迟交每次扣 1 分，最多却只扣 0.5 分"),
        ("late_cap = 4 ", "late_cap = 0 ", "迟交的扣分不起作用（每次 1，最多 0）"),
        ("words = ['(?:制定|印发|", "words = ['(?:甲乙丙丁|", "A1 自发通知或制定方案 的句式在 972 条样例里一次也没有"),
        ("'推广', '复制', '借鉴', '品牌', '常态化', '长效', '示范', '模式'", "'推而广之'", "T6 推广 的句式在 972 条样例里一次也没有"),
    ],
)  # fmt: skip
def test_what_is_hardly_meant_is_said_and_stops_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, said: str
) -> None:
    edit(folder, old, new)

    code, out, err = checked(folder, capsys)

    told = [line.removeprefix("提醒　　") for line in out.splitlines() if line.startswith("提醒")]
    assert code == 0
    assert tuple(told) == warnings(load(folder))
    assert [line for line in told if said in line]
    assert f"有 {len(told)} 条提醒" in err


@pytest.mark.parametrize(
    ("old", "new", "fact", "cure"),
    [
        ("points = 12", "points = 13", "各项满分之和是 101", "使总和为 100"),
        ('id = "T3"', 'id = "T1"', "特色活动评分项编号 T1 重复", "每项一个编号"),
        ("name = \"创新\"\npoints = 20", "name = \"创新\"\npoints = 25", "[[featured]] 各项满分之和是 105", "使总和为 100"),
        ('rule = "reach"', 'rule = "activities"', "rule 是“activities”", "只能是 carried_out、on_theme"),
        ("per = { unit = 1, online = 2 }", "per = { unit = 1 }", "评分项 T4 的 per 不全", "依次写明 unit、online"),
        ("bands = [[1, 2], [2, 4], [3, 5]]", "", "评分项 T7 没有 bands", "补上 bands"),
        ('rule = "proof"', 'rule = "proof"\nmood = 1', "没有 mood 这个键", "删去"),
        ("[[1, 5], [2, 10]", "[[1, 50], [2, 10]", "分数 50 超出满分 20", "0 到满分之间"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_with_file_line_and_cure(
    folder: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, fact: str, cure: str
) -> None:
    edit(folder, old, new)

    code, out, err = checked(folder, capsys)

    assert (code, out) == (78, "")
    assert fact in err
    assert cure in err
    assert "rules/scoring.toml 第 " in err


def test_the_line_is_that_of_the_number_that_must_be_mended(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = edit(folder, "[[1, 5], [2, 10], [3, 15]", "[[1, 5], [2, 10], [3, 150]")

    assert f"scoring.toml 第 {line} 行" in checked(folder, capsys)[2]


def test_it_is_said_in_json_too_and_nothing_is_written(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    edit(folder, "per = { item = 2 }", "per = { item = 1 }")
    edit(folder, "per = { item = 1 }", "per = { item = 2 }")

    code, out, _ = checked(folder, capsys, "--json")

    told = json.loads(out)
    assert code == 0
    assert told["digest"] == load(folder).digest
    assert told["warnings"] == []
    assert [one["id"] for one in told["scoring"]["featured"]] == [f"T{number}" for number in range(1, 8)]
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_a_folder_that_is_not_there_is_refused_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = checked(Path("没有这里"), capsys)

    assert code == 2
    assert "没有规则目录 没有这里" in err
