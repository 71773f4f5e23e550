"""learn: corrections become proposals, proposals become rules of the office, and the log says who taught what."""

from __future__ import annotations

from pathlib import Path

import pytest

import rules
from rules import Example, RulesError
from tests.season import BANAN, YUBEI, write_rules

# ------------------------------------------------------------ what was taught, beside the tables of the notice


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_rules(tmp_path / "rules")


@pytest.fixture
def learned(tmp_path: Path) -> Path:
    (tmp_path / "learned").mkdir()
    return tmp_path / "learned"


def test_without_a_lesson_rules_and_digest_are_those_of_the_notice(folder: Path, learned: Path) -> None:
    given = rules.load(folder)

    assert rules.load(folder, learned=learned / "not there") == given
    assert rules.load(folder, learned=learned) == given
    (learned / "examples.csv").write_text("report,category,text\n", "utf-8")
    (learned / "aliases.csv").write_text("unit,alias\n", "utf-8")
    assert rules.load(folder, learned=learned) == given


def test_lessons_are_added_and_make_another_digest(folder: Path, learned: Path) -> None:
    given = rules.load(folder)
    text = '\ufeffreport,category,text\r\n2024-00003,5,"义诊\n在社区，量血压。"\r\n'
    (learned / "examples.csv").write_text(text, "utf-8", newline="")
    (learned / "aliases.csv").write_text(f"unit,alias\n{YUBEI},渝北科委\n", "utf-8")

    taught = rules.load(folder, learned=learned)

    assert taught.examples == (
        *given.examples, Example(report="2024-00003", category=5, text="义诊\n在社区，量血压。"),
    )  # fmt: skip
    (before,) = [unit for unit in given.units if unit.name == YUBEI]
    (after,) = [unit for unit in taught.units if unit.name == YUBEI]
    assert after.aliases == (*before.aliases, "渝北科委")
    assert [unit for unit in taught.units if unit.name != YUBEI] == [
        unit for unit in given.units if unit.name != YUBEI
    ]
    assert len({given.digest, taught.digest}) == 2
    (learned / "aliases.csv").unlink()
    assert rules.load(folder, learned=learned).digest not in (given.digest, taught.digest)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("examples.csv", "report,category\n", "examples.csv 第 1 行：表头"),
        ("examples.csv", "report,category,text\n2024-00001,9,义诊\n", "examples.csv 第 2 行：类别“9”"),
        ("examples.csv", "report,category,text\n2024-00001,5,\n", "examples.csv 第 2 行：report 或 text"),
        (
            "examples.csv",
            "report,category,text\n2024-00001,5,义诊\n2024-00001,6,义诊\n",
            "examples.csv 第 3 行：2024-00001 的这段文字重复",
        ),
        ("aliases.csv", "unit,alias\n重庆市查无此会,查无会\n", "aliases.csv 第 2 行：units.csv 里没有"),
        ("aliases.csv", f"unit,alias\n{YUBEI},\n", "aliases.csv 第 2 行：unit 或 alias 是空的"),
        ("aliases.csv", f"unit,alias\n{YUBEI},科协\n", "太短"),
        ("aliases.csv", f"unit,alias\n{YUBEI},甲乙丙|丁戊己\n", "竖线"),
        ("aliases.csv", f"unit,alias\n{YUBEI},{BANAN}\n", f"“{BANAN}”已是“{BANAN}”的名称或别名"),
        (
            "aliases.csv",
            f"unit,alias\n{YUBEI},渝北科委\n{BANAN},渝北科委\n",
            f"aliases.csv 第 3 行：“渝北科委”已是“{YUBEI}”的",
        ),
    ],
)
def test_a_wrong_lesson_is_refused_with_file_and_line(
    folder: Path, learned: Path, name: str, text: str, said: str
) -> None:
    (learned / name).write_text(text, "utf-8")

    with pytest.raises(RulesError, match=said) as error:
        rules.load(folder, learned=learned)
    assert str(error.value).startswith("learned/")
