"""show and read: what a person sees is Chinese, names every file, and says nothing twice."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

import rules
from outputs.words import ROLES
from pipeline.commands import microscope
from pipeline.intake import judge, read, read_document
from pipeline.records import Aside, Filing, Reading, Role, Style
from tests.packing import cut, zipped
from tests.season import season
from tools.formats.survey import posted


def shown(reading: Reading, capsys: pytest.CaptureFixture[str]) -> str:
    microscope.show_reading(reading)
    return capsys.readouterr().out


def test_a_reading_is_told_without_codes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Statuses, formats, kinds of blocks and problems have their Chinese words; a file is called by its name."""
    pieces = cut(zipped(("总结.txt", "渝州区科协总结。".encode())), 3)
    files = {"材料.zip.002": pieces[1], "材料.zip.003": pieces[2], "工具.exe": b"MZ" + bytes(200)}
    for name, octets in files.items():
        (tmp_path / name).write_bytes(octets)

    told = shown(read(posted([tmp_path / name for name in files]), abilities=()), capsys)

    assert all(name in told for name in files)
    assert "已损坏：分卷压缩包缺少第 1 卷" in told
    assert "Windows 程序（exe），202 字节" in told
    assert "！含可执行文件" in told and "段落" in told
    assert not re.search(r"\b(damaged|unsupported|paragraph|executable|text/plain|application/)", told)


def test_a_long_reason_is_never_cut_off(capsys: pytest.CaptureFixture[str]) -> None:
    reading = read_document(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "方案.vsd")

    told = shown(reading, capsys)

    assert reading.parts[0].reason in told
    assert "…" not in told


def test_every_kind_of_block_has_its_word() -> None:
    assert set(microscope.STYLES) == set(Style)
    assert set(microscope.ASIDES) == set(Aside)


STORIES = """渝北区科协活动总结
5月24日，渝北区科协在龙山广场举办科学家故事会，到场观众800人，线上观看2.3万人次。
渝北区科协
2024年5月30日
"""


def shown_of(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], *, decided: bool = True) -> str:
    """What show prints of a report in *text*."""
    (tmp_path / "总结.txt").write_text(text, "utf-8")
    item = season()[0].item
    reading = read(posted([tmp_path / "总结.txt"]), abilities=())
    filing = judge(reading, rules.load(), received=item.received)
    filing = filing if decided else in_doubt(filing)
    microscope.show(microscope.View(item=item, reading=reading, filing=filing, events=()))
    return capsys.readouterr().out


def in_doubt(filing: Filing) -> Filing:
    """The same with the category undecided between 4 and 5, the words on the other side."""
    (judged,) = filing.activities
    found = judged.classification
    doubt = replace(
        found, decided=False, candidates=((found.code, 0.5), (5, 0.4)), against=found.evidence[:1]
    )
    return replace(filing, activities=(replace(judged, classification=doubt),))


def test_people_online_are_shown_apart_and_the_count_that_was_taken_is_marked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = shown_of(STORIES, tmp_path, capsys)

    assert "各处人数：“800人”现场（计为人数）" in told
    assert "线上人数（另计，不相加）：“2.3万人次”线上" in told
    assert "另一候选" not in told


def test_a_single_count_is_not_said_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "各处人数" not in shown_of(STORIES.replace("，线上观看2.3万人次", ""), tmp_path, capsys)


def test_the_words_for_both_candidates_are_shown_where_a_person_must_decide(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = shown_of(STORIES, tmp_path, capsys, decided=False)

    assert "→ 类别 4（" in told and "待核" in told
    assert re.search("    另一候选 类别 5（0.40）：“[^”]+", told)


def test_every_role_of_counted_people_has_its_word() -> None:
    assert set(ROLES) == set(Role)
