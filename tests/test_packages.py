"""Every package that we write, as Excel and Word look at it before they offer to repair it: packages.py."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
from lxml import etree
from python_calamine import CalamineWorkbook

from outputs import workbook
from outputs.cells import LONGEST, clean
from outputs.tables import Comment
from pipeline.evaluate import evaluate
from pipeline.records import Filed
from rules import Rules
from tests.packages import faults
from tests.season import (
    REPORT,
    YUBEI,
    activity,
    at,
    custody,
    filing,
    item,
    part,
    passage,
    season,
    small_rules,
)
from tests.test_dossier import bound
from tests.test_report import drawn
from tests.test_workbook_painting import IDS, paint, sheet

EVIL = (
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "+1",
    "-1",
    "\t=1\n=2",
    "a\u202egnp.exe\x00\x1b\ufffe\ud800",
    '<script>"]]>&amp;',
    "_x0041__x000D_",
    "😀𠮷" * 200,
    "javascript:alert(1)",
    "file:///etc/passwd",
    "../../con",
    "[外部]^{`x`} #1?.docx",
    "%2e%2e%2f%0d%0aBcc: a@b",
    "https://evil.example/" + "x" * 3000,
)


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    return small_rules(tmp_path_factory.mktemp("rules"))


def attacked() -> tuple[Filed, ...]:
    """The season, and a mail for each word whose every word it is."""
    mails = [*season()]
    for number, evil in enumerate(EVIL, 50):
        told = activity(evil, evil * 3, 5, on=date(2024, 5, 30), people=(7, evil), place=evil, media=(evil,))
        files = (part("1", media_type="text/plain"), part(REPORT, evil + ".docx"), part("3", evil))
        for unit in (YUBEI, evil):
            made = filing(
                unit,
                (told,),
                parts=files,
                highlights=(passage(evil * 9, 8),),
                suggestions=(passage(evil, 9),),
            )
            mails.append(Filed(item=item(number if unit == YUBEI else number + 100, at(12)), filing=made))
    return tuple(sorted(mails, key=lambda one: one.item.accession))


def test_the_workbook_of_a_season_of_attacks_needs_no_repair(rules: Rules, tmp_path: Path) -> None:
    mails = attacked()

    path = workbook.write(mails, evaluate(mails, rules), rules, custody(mails), folder=tmp_path)

    assert faults(path.read_bytes()) == []


def test_the_catalogues_of_a_dossier_of_attacks_need_no_repair(rules: Rules, tmp_path: Path) -> None:
    bound(attacked(), rules, tmp_path / "卷宗")

    books = list((tmp_path / "卷宗").rglob("*目录.xlsx"))
    assert len(books) > len(EVIL) // 2
    assert [fault for one in books for fault in faults(one.read_bytes())] == []


def test_the_report_on_a_season_of_attacks_and_the_tables_of_its_charts_need_no_repair(
    rules: Rules, tmp_path: Path
) -> None:
    mails = attacked()

    octets = drawn(mails, rules, custody(mails), tmp_path).draft.octets

    assert faults(octets) == []
    with zipfile.ZipFile(io.BytesIO(octets)) as package:
        tables = [name for name in package.namelist() if name.endswith(".xlsx")]
        assert [fault for name in tables for fault in faults(package.read(name))] == []
        zoom = etree.fromstring(package.read("word/settings.xml")).find("{*}zoom")
    assert zoom is None or any(str(key).endswith("percent") for key in zoom.attrib)
    assert tables


@pytest.mark.parametrize(
    "offered",
    [("😀" * 70, "𠮷" * 70), ("一\n二", "三"), ("_x0041_", "乙"), ('甲"', "乙"), ("甲,", "乙")],
    ids=["astral", "two lines", "escape", "quote", "comma"],
)
def test_what_no_list_in_place_can_say_stands_on_the_hidden_sheet(
    rules: Rules, tmp_path: Path, offered: tuple[str, ...]
) -> None:
    path = paint(sheet(choices={IDS[0]: offered}), rules, tmp_path)

    assert faults(path.read_bytes()) == []
    hidden = CalamineWorkbook.from_path(path).get_sheet_by_name("标识").to_python()
    assert [row[3] for row in hidden[1:] if row[3]] == list(offered)


def test_a_comment_of_emoji_is_cut_to_what_a_comment_holds_and_stands_there(
    rules: Rules, tmp_path: Path
) -> None:
    long = Comment(row=IDS[0], header="单位", text="😀" * LONGEST)

    path = paint(sheet(comments=(long,)), rules, tmp_path)

    assert faults(path.read_bytes()) == []
    with zipfile.ZipFile(path) as package:
        assert "😀😀😀" in package.read("xl/comments1.xml").decode()


def test_what_is_cut_is_cut_by_the_units_that_excel_counts() -> None:
    for text in ("😀" * 20_000, "长" * 40_000, "长" * 20_000 + "𠮷" * 20_000):
        cut = clean(text)

        assert LONGEST - 1 <= len(cut.encode("utf-16-le")) // 2 <= LONGEST
        assert f"原文 {len(text)} 字" in cut


def test_a_broken_package_is_seen(rules: Rules, tmp_path: Path) -> None:
    octets = paint(sheet(), rules, tmp_path).read_bytes()
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(octets)) as found, zipfile.ZipFile(file, "w") as made:
        for name in found.namelist():
            text = found.read(name)
            if name == "xl/worksheets/sheet1.xml":
                text = text.replace(b'sqref="', b'sqref="D5:D9 ').replace(b'ht="36"', b'ht="500"')
            if name != "xl/charts/chart1.xml":
                made.writestr(name, text)

    found_faults = " ".join(faults(file.getvalue()))

    for fault in ("two rules for cells", "high row", "chart1.xml is not there"):
        assert fault in found_faults
