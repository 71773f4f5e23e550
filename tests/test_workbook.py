"""outputs/workbook: the file that staff open."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from lxml import etree
from python_calamine import CalamineWorkbook

from outputs import workbook
from outputs.cells import LONGEST, clean, lines, starts_formula
from outputs.custody import Custody
from outputs.tables import Sheet, tables
from outputs.workbook.page import FIRST_COLUMN, FIRST_ROW, HEADER_ROW, cells
from pipeline.errors import PermanentError, TransientError
from pipeline.evaluate import evaluate
from pipeline.records import Filed
from rules import Rules
from tests.season import YUBEI, activity, at, custody, filing, item, season, small_rules

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    return small_rules(tmp_path_factory.mktemp("rules"))


@pytest.fixture(scope="module")
def path(rules: Rules, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _written(season(), rules, tmp_path_factory.mktemp("workbooks"))


def _written(filed: tuple[Filed, ...], rules: Rules, folder: Path) -> Path:
    return workbook.write(filed, evaluate(filed, rules), rules, custody(filed), folder=folder)


def _sheets(filed: tuple[Filed, ...], rules: Rules) -> tuple[Sheet, ...]:
    return tables(filed, evaluate(filed, rules), rules, custody(filed), release=workbook.release())


def _member(path: Path, name: str) -> etree._Element:
    with zipfile.ZipFile(path) as archive:
        return etree.fromstring(archive.read(name))


def _page(path: Path, sheet: str) -> etree._Element:
    names = CalamineWorkbook.from_path(path).sheet_names
    return _member(path, f"xl/worksheets/sheet{names.index(sheet) + 1}.xml")


def _found(page: etree._Element, name: str) -> etree._Element:
    element = page.find(f".//{MAIN}{name}")
    assert element is not None, f"no {name}"
    return element


# ---------------------------------------------------------------- custody of the file


def test_the_same_season_gives_the_same_octets_in_any_order(rules: Rules, path: Path, tmp_path: Path) -> None:
    mails = season()[::-1]
    again = workbook.write(mails, evaluate(mails, rules), rules, custody(), folder=tmp_path)

    assert again.read_bytes() == path.read_bytes()


def test_its_name_carries_the_time_of_the_last_event_about_material(path: Path) -> None:
    assert path.name == "评价工作簿-20240623-100300.xlsx"


def test_created_is_that_time_and_no_other_clock_is_in_the_file(path: Path) -> None:
    told = etree.tostring(_member(path, "docProps/core.xml")).decode()

    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", told)) == {"2024-06-23T02:03:00Z"}


def test_a_season_without_a_mail_is_a_workbook_too(rules: Rules, tmp_path: Path) -> None:
    empty = workbook.write((), evaluate((), rules), rules, Custody(), folder=tmp_path)

    assert empty.name == "评价工作簿-尚无来件.xlsx"
    unsent = CalamineWorkbook.from_path(empty).get_sheet_by_name("未报送").to_python()
    assert sum(isinstance(row[1], float) for row in unsent) == 7


def test_a_run_holds_the_workbook_what_it_was_and_which_it_is_and_nothing_is_left_beside_it(
    path: Path,
) -> None:
    assert path.parent.name == "20240623-100300"
    assert {one.name for one in path.parent.iterdir()} == {path.name, "baseline.json.gz", "run.json"}
    assert {one.name for one in path.parent.parent.iterdir()} == {path.parent.name, ".lock"}


def test_a_workbook_that_staff_wrote_into_stays_theirs_and_a_fresh_one_is_put_beside_it(
    rules: Rules, tmp_path: Path
) -> None:
    first = _written(season(), rules, tmp_path)
    first.write_bytes(b"edited where it lies")

    second = _written(season(), rules, tmp_path)
    again = _written(season(), rules, tmp_path)

    assert first.read_bytes() == b"edited where it lies"
    assert second.parent.name == "20240623-100300-2"
    assert second.name == "评价工作簿-20240623-100300-2.xlsx"
    assert again == second


def test_the_same_inputs_again_leave_the_run_untouched_though_it_is_open(
    rules: Rules, tmp_path: Path
) -> None:
    path = _written(season(), rules, tmp_path)
    (path.parent / f"~${path.name}").touch()
    before = path.stat()

    assert _written(season(), rules, tmp_path) == path
    assert path.stat() == before


def test_other_octets_of_the_same_moment_are_another_run(rules: Rules, tmp_path: Path) -> None:
    first = _written(season(), rules, tmp_path)
    told = first.read_bytes()
    fewer = workbook.write(
        season()[:12], evaluate(season()[:12], rules), rules, custody(season()), folder=tmp_path
    )

    assert fewer.parent.name == f"{first.parent.name}-2"
    assert first.read_bytes() == told


def test_a_folder_that_cannot_be_written_is_named(rules: Rules, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(TransientError, match="写不进"):
        _written(season(), rules, tmp_path / "file")


def test_a_file_that_does_not_hold_what_the_tables_say_is_refused(rules: Rules, path: Path) -> None:
    fewer = _sheets(season()[:12], rules)

    with pytest.raises(PermanentError, match="没有发布，原有的工作簿未动"):
        workbook.check(path.read_bytes(), fewer, path.name)
    with pytest.raises(PermanentError, match="打不开"):
        workbook.check(path.read_bytes()[:2000], fewer, path.name)


def test_a_single_altered_cell_is_found(rules: Rules, path: Path) -> None:
    altered = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(altered, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data.replace("凝聚思想共识".encode(), "凝聚思想共议".encode(), 1))

    with pytest.raises(PermanentError, match="“活动明细”与汇总结果不符"):
        workbook.check(altered.getvalue(), _sheets(season(), rules), path.name)


@pytest.mark.parametrize("place", [0, 4, -1])
def test_a_sheet_that_differs_is_named_though_the_next_cannot_be_read(
    rules: Rules, path: Path, place: int
) -> None:
    """The next one is read while it is compared."""
    there = _sheets(season(), rules)[place]
    other, none = replace(there, frame=there.frame.iloc[1:]), replace(there, name="没有这一张")

    with pytest.raises(PermanentError, match=f"“{there.name}”与汇总结果不符"):
        workbook.check(path.read_bytes(), (other, none), path.name)
    with pytest.raises(PermanentError, match="打不开"):
        workbook.check(path.read_bytes(), (none,), path.name)


def test_a_damaged_octet_anywhere_is_told_as_a_workbook_that_does_not_open_or_differs(
    rules: Rules, path: Path
) -> None:
    octets, sheets = path.read_bytes(), _sheets(season(), rules)
    refused = 0
    for place in range(37, len(octets), len(octets) // 60):
        damaged = bytearray(octets)
        damaged[place] ^= 0x10
        try:
            workbook.check(bytes(damaged), sheets, path.name)
        except PermanentError:
            refused += 1

    assert refused > 10


def test_compressed_data_that_cannot_be_read_are_told_as_a_workbook_that_does_not_open(
    rules: Rules, path: Path
) -> None:
    """A link's target lies in a part that the library which reads the cells need not look at."""
    octets, sheets = bytearray(path.read_bytes()), _sheets(season(), rules)
    with zipfile.ZipFile(path) as package:
        parts = [one for one in package.infolist() if one.filename.startswith("xl/worksheets/_rels/")]
    for one in parts:
        data = one.header_offset + 30 + len(one.filename.encode())
        octets[data] = 0b111  # a block of a type that there is not

    assert parts
    with pytest.raises(PermanentError, match="打不开"):
        workbook.check(bytes(octets), sheets, path.name)


def test_a_mail_received_at_midnight_does_not_keep_the_workbook_back(rules: Rules, tmp_path: Path) -> None:
    filed = (*season(), Filed(item=item(14, at(19, 0)), filing=filing(YUBEI)))

    path = _written(filed, rules, tmp_path)

    rows = CalamineWorkbook.from_path(path).get_sheet_by_name("收件日志").to_python()
    assert rows[FIRST_ROW + 13][FIRST_COLUMN + 2] == date(2024, 6, 19)


# ---------------------------------------------------------------- what stands in it


def test_every_cell_reads_back_as_its_table_says(rules: Rules, path: Path) -> None:
    book = CalamineWorkbook.from_path(path)

    for sheet in _sheets(season(), rules):
        found = book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
        for cell in cells(sheet):
            assert found[cell.row][cell.column] == cell.value


def test_the_sheets_stand_in_order_and_the_lists_are_hidden(path: Path) -> None:
    states = {
        sheet.get("name"): sheet.get("state") for sheet in _found(_member(path, "xl/workbook.xml"), "sheets")
    }

    assert next(iter(states)) == "说明"
    assert list(states)[-2:] == ["字典", "标识"]
    assert [name for name, state in states.items() if state] == ["标识"]


def test_missing_is_a_dash_and_zero_is_zero(path: Path) -> None:
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name("分类统计").to_python(skip_empty_area=False)
    header = rows[HEADER_ROW]
    column = next(row for row in rows if row[2] == "2 科技工作者宣传")

    assert column[header.index("参与人数")] == "—"
    assert column[header.index("其中类别待核")] == 0


def test_the_only_formulas_are_the_sums_and_they_equal_their_cells(path: Path) -> None:
    book = CalamineWorkbook.from_path(path)
    checked = 0
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for cell in _page(path, name).iter(f"{MAIN}c"):
            formula = cell.findtext(f"{MAIN}f")
            if formula is not None:
                stored = float(cell.findtext(f"{MAIN}v", ""))
                assert stored == _summed(formula, rows)
                checked += 1

    assert checked >= 10


def _summed(formula: str, rows: Sequence[Sequence[object]]) -> float:
    """Recompute SUM(X5:X9) or SUMIF(R5:R9,"是",X5:X9) from the cells."""
    areas = [
        [rows[row - 1][_column(letters)] for row in range(int(first), int(last) + 1)]
        for letters, first, last in re.findall(r"([A-Z]+)(\d+):[A-Z]+(\d+)", formula)
    ]
    assert re.match(r"SUM(IF)?\(", formula)
    chosen = [value == "是" for value in areas[0]] if formula.startswith("SUMIF") else [True] * len(areas[0])
    return sum(
        value for value, there in zip(areas[-1], chosen, strict=True) if there and isinstance(value, float)
    )


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def test_nothing_from_a_mail_is_a_formula_or_leads_out_of_the_workbook(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        pages = {name: archive.read(name) for name in archive.namelist() if "worksheets/" in name}
    texts = "".join(str(text) for page in pages.values() for text in etree.fromstring(page).itertext())

    assert b"relationships/hyperlink" not in b"".join(pages.values())
    assert "=HYPERLINK(" in texts
    assert "=促销：展板印刷八折" in texts


def test_text_that_looks_like_a_formula_stays_text_when_staff_edit_it(path: Path) -> None:
    styles = _found(_member(path, "xl/styles.xml"), "cellXfs")
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name("收件日志").to_python(skip_empty_area=False)
    row = next(number for number, row in enumerate(rows) if row[5] == "=促销：展板印刷八折")
    cell = next(one for one in _page(path, "收件日志").iter(f"{MAIN}c") if one.get("r") == f"F{row + 1}")

    assert styles[int(cell.get("s", "0"))].get("quotePrefix") == "1"


def test_only_yellow_cells_are_open(path: Path) -> None:
    styles = _found(_member(path, "xl/styles.xml"), "cellXfs")
    open_ = {
        number
        for number, style in enumerate(styles)
        if (lock := style.find(f"{MAIN}protection")) is not None and lock.get("locked") == "0"
    }
    fills = _found(_member(path, "xl/styles.xml"), "fills")
    yellow = {n for n, fill in enumerate(fills) if b"FFF2CC" in etree.tostring(fill)}

    assert open_
    assert open_ == {n for n, style in enumerate(styles) if int(style.get("fillId", "0")) in yellow}
    for name in ("说明", "未报送", "材料清单", "字典"):
        assert not any(int(cell.get("s", "0")) in open_ for cell in _page(path, name).iter(f"{MAIN}c"))
    assert any(int(cell.get("s", "0")) in open_ for cell in _page(path, "活动明细").iter(f"{MAIN}c"))


def test_the_tab_of_a_sheet_with_yellow_cells_is_yellow(path: Path) -> None:
    def tab(name: str) -> str:
        return "".join(one.get("rgb", "") for one in _page(path, name).iter(f"{MAIN}tabColor"))

    for name in ("活动明细", "评分明细", "特色活动推荐", "不计入文字", "待核事项", "收件日志"):
        assert tab(name) == "FFFFF2CC"
    assert not any(tab(name) for name in ("说明", "报送进度", "单位汇总", "字典"))


@pytest.mark.parametrize(
    ("sheet", "paper"), [("活动明细", "8"), ("评分明细", "8"), ("单位汇总", "9"), ("未报送", "9")]
)
def test_it_prints_one_page_wide_with_repeated_header_and_page_numbers(
    path: Path, sheet: str, paper: str
) -> None:
    page = _page(path, sheet)
    setup, footer = _found(page, "pageSetup"), _found(page, "oddFooter")

    assert (setup.get("paperSize"), setup.get("orientation"), setup.get("fitToHeight")) == (
        paper,
        "landscape",
        "0",
    )
    assert "第 &P 页 共 &N 页" in (footer.text or "")
    titles = [
        name.text
        for name in _member(path, "xl/workbook.xml").iter(f"{MAIN}definedName")
        if name.get("name") == "_xlnm.Print_Titles"
    ]
    assert f"{sheet}!${HEADER_ROW + 1}:${HEADER_ROW + 1}" in titles


def test_header_and_unit_stay_in_view_and_all_is_locked_without_a_password(path: Path) -> None:
    page = _page(path, "活动明细")
    pane, lock = _found(page, "pane"), _found(page, "sheetProtection")

    assert (pane.get("ySplit"), pane.get("xSplit"), pane.get("state")) == (str(FIRST_ROW), "3", "frozen")
    assert (lock.get("sheet"), lock.get("password"), lock.get("autoFilter")) == ("1", None, "0")
    assert str(_found(page, "autoFilter").get("ref")).startswith(f"B{HEADER_ROW + 1}:")
    assert _found(page, "cols")[0].get("hidden") == "1"


def test_comments_carry_quote_and_place(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        comments = b"".join(archive.read(name) for name in archive.namelist() if "comments" in name).decode()

    assert "“3400余人次”（2/总结.docx 第7块）" in comments


def test_the_line_below_the_title_names_who_until_when_and_whom_to_ask(path: Path) -> None:
    line = (
        CalamineWorkbook.from_path(path).get_sheet_by_name("单位汇总").to_python(skip_empty_area=False)[2][1]
    )

    assert line == (
        "填报单位：重庆市科学技术协会　　　统计截止：2024-06-23 10:03:00　　　联系人：谢老师　　　联系电话：63658923"
    )


# ---------------------------------------------------------------- hostile and long text


def test_hostile_text_reads_back_cleaned_and_breaks_nothing(rules: Rules, tmp_path: Path) -> None:
    hostile = "=cmd|' /C calc'!A0\x00\x1b\u202e\ufffe_x000D_\ud800</t>&amp;" + "长" * (LONGEST + 10)
    mail = Filed(
        item=item(1, at(12)), filing=filing(YUBEI, (activity(hostile, hostile, 5, media=(hostile,)),))
    )

    path = _written((mail,), rules, tmp_path)

    rows = CalamineWorkbook.from_path(path).get_sheet_by_name("活动明细").to_python(skip_empty_area=False)
    title = rows[FIRST_ROW][3]
    assert isinstance(title, str)
    assert title.startswith("=cmd|' /C calc'!A0_x000D_</t>&amp;长")
    assert len(title) == LONGEST
    (beside,) = path.parent.glob("files/2024-00001/全文-活动明细*活动名称*.txt")
    assert title.endswith(f"点本格链接看全文：files/2024-00001/{beside.name}）")
    assert beside.read_text("utf-8-sig") == hostile_cleaned(hostile)


def hostile_cleaned(text: str) -> str:
    return re.sub("[\x00\x1b\u202e\ufffe\ud800]", "", text)


def test_rows_are_high_enough_for_their_text_up_to_what_excel_shows(path: Path) -> None:
    page = _page(path, "活动明细")
    heights = {int(row.get("r", "0")): float(row.get("ht", "0")) for row in page.iter(f"{MAIN}row")}

    assert 50 < heights[FIRST_ROW + 1] < 120
    assert 408 < max(heights.values()) <= 409


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\x00b\x0bc\x7f", "abc"),
        (" \r\n x\r\ny\rz\t. ", "x\ny\nz ."),
        ("\u202eabc\u2066", "abc"),
        ("—", "—"),
    ],
)
def test_clean_takes_out_what_no_cell_should_hold(text: str, expected: str) -> None:
    assert clean(text) == expected


def test_text_of_exactly_the_longest_length_is_not_cut() -> None:
    assert clean("字" * LONGEST) == "字" * LONGEST


def test_what_a_spreadsheet_may_take_for_a_formula_is_known() -> None:
    assert all(starts_formula(start + "1") for start in "=+-@＝")
    assert not any(starts_formula(text) for text in ("1=1", "字", "", "—"))


def test_a_chinese_character_takes_two_places_of_a_line() -> None:
    assert lines("科" * 10, 20) == 1
    assert lines("科" * 11, 20) == 2
    assert lines("a\n\nb", 20) == 3


def test_a_long_word_goes_to_the_next_line_and_one_too_long_for_a_line_is_broken() -> None:
    assert lines("照片/IMG_20240516_123121.jpg、照片/IMG_20240516_123122.jpg", 26) == 4
    assert lines("a" * 64, 34) == 2
    assert lines("科" + "a" * 64, 32) == 3


def test_the_hidden_column_holds_row_ids(path: Path) -> None:
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name("活动明细").to_python(skip_empty_area=False)

    assert FIRST_COLUMN == 1
    assert rows[FIRST_ROW][0] == "2024-00001/activity/1"
    assert rows[FIRST_ROW][5] == date(2024, 5, 21)
