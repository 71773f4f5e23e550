"""show and read: what a person sees is Chinese, names every file, and says nothing twice."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.commands import microscope
from pipeline.intake import read, read_document
from pipeline.records import Aside, Reading, Style
from tests.packing import cut, zipped
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
