"""rules: strict tables; every complaint names file, line, fact and cure."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import rules
from rules.places import places
from tests.season import write_rules


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_rules(tmp_path / "rules")


def _edit(folder: Path, name: str, old: str, new: str) -> int:
    """Replace *old* by *new* in one table; return the line on which *new* stands."""
    text = (folder / name).read_text("utf-8")
    assert text.count(old) >= 1, f"{old} is not in {name}"
    (folder / name).write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1


def _complaint(folder: Path) -> str:
    with pytest.raises(rules.RulesError) as error:
        rules.load(folder)
    return str(error.value)


def test_the_notice_says_what_the_document_says(folder: Path) -> None:
    notice = rules.load(folder).notice

    assert (notice.number, notice.edition, notice.year) == ("渝科协发〔2024〕23号", 8, 2024)
    assert (notice.period_start, notice.period_end) == (date(2024, 5, 1), date(2024, 6, 10))
    assert notice.deadline.astimezone(UTC) == datetime(2024, 6, 20, 15, 59, 59, tzinfo=UTC)
    assert notice.mailbox == "skxzrb@foxmail.com"
    assert notice.contacts[0].phone == "63658923"


def test_the_rubric_has_one_hundred_points_in_six_groups(folder: Path) -> None:
    scoring = rules.load(folder).scoring

    groups: dict[str, float] = {}
    for criterion in scoring.criteria:
        groups[criterion.group] = groups.get(criterion.group, 0) + criterion.points
    assert groups == {"A": 15, "B": 30, "C": 15, "D": 15, "E": 15, "F": 10}
    assert (scoring.bonus_cap, scoring.late_per_day, scoring.late_cap) == (5, 1, 4)
    assert (scoring.contradiction_cap, scoring.duplicate_off, scoring.online_factor) == (3, 2, 0.1)


def test_the_digest_changes_with_any_octet_of_any_table_and_with_nothing_else(folder: Path) -> None:
    before = rules.load(folder).digest

    (folder / "~$units.csv").write_text("lock", "utf-8")
    same = rules.load(folder).digest
    _edit(folder, "notice.toml", "# 文号。", "# 文 号。")

    assert same == before
    assert rules.load(folder).digest != before


@pytest.mark.parametrize(
    ("name", "old", "new", "fact"),
    [
        ("notice.toml", "edition = 8", "edition = 8\nthme = 1", "没有 thme 这个键"),
        ("notice.toml", "edition = 8", 'edition = "八"', "edition 应是整数"),
        ("notice.toml", "edition = 8", "edition = true", "edition 应是整数"),
        ("notice.toml", "period_end = 2024-06-10", "period_end = 2024-04-10", "period_end 早于 period_start"),
        ("notice.toml", "deadline = 2024-06-20", "deadline = 2024-05-20", "deadline 早于 period_end"),
        ("notice.toml", "23:59:59+08:00", "23:59:59", "deadline 没有时区"),
        ("notice.toml", "year = 2024", "year = 2023", "year 是 2023"),
        ("notice.toml", 'phone = "63658923"', 'phone = ""', "phone 是空的"),
        ("notice.toml", 'organisers = ["', 'organisers = [2, "', "organisers 的第 1 项不是文字"),
        ("scoring.toml", "bonus_cap = 5", "bonus_cap = 500", "bonus_cap 是 500"),
        ("scoring.toml", "late_cap = 4", "late_most = 4", "缺少 late_cap"),
        ("scoring.toml", 'id = "A2"', 'id = "A1"', "评分项编号 A1 重复"),
        ("scoring.toml", 'group = "C"', 'group = "G"', "group 是“G”"),
        ("scoring.toml", 'mode = "auto"', 'mode = "people"', "mode 与 rule 不配"),
        ("scoring.toml", 'rule = "media"', 'rule = "magic"', "rule 是“magic”"),
        ("scoring.toml", "bands = [[1, 2], [3, 4]", "bands = [[3, 2], [1, 4]", "门槛 1 没有递增"),
        ("scoring.toml", "bands = [[1, 2], [3, 4]", "bands = [[1, 2], [3, 40]", "分数 40 超出满分 7"),
        ("scoring.toml", "bands = [[1, 2], [3, 4]", "bands = [[1], [3, 4]", "第 1 档不是"),
        ("scoring.toml", "new_area = [[1, 3]", "old_area = [[1, 3]", "没有 old_area 这个同类组"),
        ("scoring.toml", "online = ['线上', ", "online = ['线(上', ", "正则表达式“线(上”不通"),
        ("scoring.toml", "per = { central = 5, provincial", "per = { national = 5, provincial", "per 不全"),
        ("categories.toml", "code = 2", "code = 1", "类别代码 1 重复"),
        ("categories.toml", "code = 0", "code = 9", "没有代码为 0 的类别"),
        ("categories.toml", "'专栏', weight = 2", "'专(栏', weight = 2", "正则表达式“专(栏”不通"),
        ("categories.toml", "weight = 1.5", "weight = 0", "weight 是 0"),
        ("categories.toml", "weight = 1.5", "weight = -1.5", "权重为负的一律写“反证”"),
        (
            "categories.toml",
            "says = \"内容\", pattern = '专栏'",
            "says = \"口号\", pattern = '专栏'",
            "says 是“口号”",
        ),
        ("categories.toml", "weight = 1.5", 'weight = "1.5"', "weight 应是数"),
        ("units.csv", "U002", "U001", "单位编号 U001 重复"),
        ("units.csv", "江津区科协|江津科协", "江津区科协|巴南区科协", "“巴南区科协”既是"),
        ("units.csv", "society,,市声学学会", "club,,市声学学会", "kind 是“club”"),
        ("units.csv", "巴南区,巴南区科技局,", "巴南区,巴南区科技局", "有 5 栏"),
        ("outlets.csv", "科普中国,central", "科普中国,world", "级别是“world”"),
        ("outlets.csv", "科普中国,central", "人民日报,central", "媒体“人民日报”重复"),
        ("examples.csv", "two,6", "two,8", "类别“8”不在"),
    ],
)
def test_what_is_wrong_is_named_with_its_file(folder: Path, name: str, old: str, new: str, fact: str) -> None:
    _edit(folder, name, old, new)

    complaint = _complaint(folder)

    assert fact in complaint
    assert name in complaint
    assert "第 " in complaint and " 行：" in complaint
    assert "；" in complaint.split("行：", 1)[1], "no cure"


@pytest.mark.parametrize(
    ("name", "old", "new", "below"),
    [
        ("notice.toml", "edition = 8", "edition = 8\nthme = 1", 1),
        ("notice.toml", 'phone = "67513757"', "phone = 67513757", 0),
        ("scoring.toml", 'rule = "media"', 'rule = "magic"', 0),
        ("scoring.toml", "new_area = [[1, 1]", "new_area = [[1, 100]", 0),
        ("categories.toml", "pattern = '最美科技工作者'", "pattern = '最美(科技工作者'", 0),
        ("units.csv", "U006,", "U005,", 0),
        ("examples.csv", "two,6", "two,8", 0),
        ("notice.toml", 'theme = "弘', 'theme = 弘"', 0),
    ],
)
def test_the_line_is_the_one_that_must_be_mended(
    folder: Path, name: str, old: str, new: str, below: int
) -> None:
    line = _edit(folder, name, old, new) + below

    assert f"{name} 第 {line} 行：" in _complaint(folder)


def test_points_that_do_not_sum_to_one_hundred_are_refused_with_their_sum(folder: Path) -> None:
    _edit(folder, "scoring.toml", "points = 15", "points = 14")

    assert "各项满分之和是 99" in _complaint(folder)


def test_a_missing_table_and_one_that_is_not_utf8_are_named(folder: Path) -> None:
    (folder / "outlets.csv").write_bytes("name,tier\n重庆日报,provincial\n".encode("gb18030"))
    not_utf8 = _complaint(folder)
    (folder / "outlets.csv").unlink()

    assert "outlets.csv 第 2 行：不是 UTF-8 编码" in not_utf8
    assert "outlets.csv 读不了" in _complaint(folder)


def test_a_table_saved_by_excel_with_bom_and_crlf_is_read(folder: Path) -> None:
    text = (folder / "units.csv").read_text("utf-8")
    (folder / "units.csv").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())

    assert len(rules.load(folder).units) == 7


def test_places_follow_tables_arrays_comments_and_strings() -> None:
    text = "\n".join(
        [
            'a = "[x] # no comment"  # a = 1',
            "[[b]]",
            'c = """',
            "[d]",
            'e = 1"""',
            "[[b]]",
            "c = [",
            "  # first",
            "  { x = 1 },",
            "  { x = 2 },",
            "]",
            "[b.f]",
            "g = 1",
        ]
    )

    assert places(text) == {
        ("a",): 1,
        ("b", 0): 2,
        ("b", 0, "c"): 3,
        ("b", 1): 6,
        ("b", 1, "c"): 7,
        ("b", 1, "c", 0): 9,
        ("b", 1, "c", 1): 10,
        ("b", 1, "f"): 12,
        ("b", 1, "f", "g"): 13,
    }


def test_the_rules_of_2024_load_and_know_every_unit_of_the_roster() -> None:
    loaded = rules.load()

    assert len(loaded.units) == 234
    assert {category.code for category in loaded.categories} == set(range(7))
    assert {unit.kind for unit in loaded.units} <= {kind for kind, _ in loaded.scoring.peers}
