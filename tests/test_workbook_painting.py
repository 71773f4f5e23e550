"""outputs/workbook/page.py and what it paints with: yellow cells, drop-downs, links, pictures, charts, read back from the file."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import unquote

import pytest
from lxml import etree
from PIL import Image
from python_calamine import CalamineWorkbook

from outputs import workbook
from outputs.cells import LONGEST, fit, lines
from outputs.custody import Custody
from outputs.tables import Column, Comment, Edit, Form, Sheet
from outputs.tables.sheet import Chart, framed
from outputs.workbook import notes, offered
from outputs.workbook.grid import FIRST_COLUMN, FIRST_ROW, MOST_LINKS, cells
from outputs.workbook.lists import Identity
from pipeline.errors import PermanentError
from pipeline.evaluate import evaluate
from rules import Rules
from tests.season import custody, season, small_rules
from tests.support import need_tool

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
COLUMNS = (
    Column(header="序号", width=5, form=Form.CENTRE),
    Column(header="单位", width=24, edit=Edit.UNIT, field="unit"),
    Column(header="活动名称", width=26, edit=Edit.FREE, field="title"),
    Column(header="类别", width=18, edit=Edit.CATEGORY, field="category"),
    Column(header="性质", width=10, edit=Edit.KIND, field="kind"),
    Column(header="日期", width=11, form=Form.DATE, edit=Edit.DATE, field="date_start"),
    Column(header="人数", width=9, form=Form.COUNT, total=True, edit=Edit.COUNT, field="participants"),
    Column(header="分", width=9, form=Form.POINTS, edit=Edit.POINTS, field="featured"),
    Column(header="计入", width=6, form=Form.CENTRE, edit=Edit.YES_NO, field="counted"),
    Column(header="处理", width=20, edit=Edit.CHOICE, field=""),
    Column(header="照片", width=22),
    Column(header="材料", width=20),
)
IDS = tuple(f"2024-0000{number}/activity/1" for number in range(1, 6))
LONG_LIST = tuple(f"重庆市第{number}科学技术协会" for number in range(40))
LINK = "files/2024-00001/02-渝北 总结(终稿).docx"


def picture(colour: str, dpi: int = 72) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (160, 100), colour).save(file, "JPEG", dpi=(dpi, dpi))
    return file.getvalue()


RED, BLUE = picture("red"), picture("blue", 300)


def sheet(**other: object) -> Sheet:
    people = (120, None, 0, 7, 46)
    rows = [
        {
            "单位": f"单位{number}",
            "活动名称": "=1+1" if number == 3 else "专题展览",
            "类别": "3 科学家精神展览",
            "性质": "报送",
            "日期": date(2024, 5, 21) if number != 2 else None,
            "人数": count,
            "分": 4.5,
            "计入": "联合" if number == 4 else "是",
            "处理": "",
            "照片": "",
            "材料": "总结.docx" if number != 5 else "",
        }
        for number, count in enumerate(people, 1)
    ]
    given = Sheet(
        name="活动明细",
        title="活动明细表",
        paper="A3",
        columns=COLUMNS,
        frame=framed(COLUMNS, rows, IDS),
        summed=("计入", "是"),
        comments=(Comment(row=IDS[0], header="人数", text="“120人”（2/总结.docx 第7块）"),),
        locked=frozenset({(IDS[4], "人数")}),
        choices={IDS[0]: ("甲", "乙"), IDS[1]: ("甲", "乙"), IDS[3]: ("甲", "乙"), IDS[4]: LONG_LIST},
        links={(IDS[0], "材料"): LINK, (IDS[1], "材料"): "#'活动明细'!B5", (IDS[0], "人数"): LINK},
        pictures={(IDS[0], "照片"): RED, (IDS[1], "照片"): RED, (IDS[2], "照片"): BLUE},
        charts=(
            Chart(kind="bar", title="各单位人数", labels="单位", series=("人数",)),
            Chart(kind="pie", title="人数比例", labels="单位", series=("人数",)),
        ),
        tall=90,
    )
    return replace(given, **other)  # type: ignore[arg-type]  # any of its fields


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    return small_rules(tmp_path_factory.mktemp("rules"))


@pytest.fixture(scope="module")
def path(rules: Rules, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return paint(sheet(), rules, tmp_path_factory.mktemp("painted"))


def paint(one: Sheet, rules: Rules, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    book = workbook.Book(sheets=(one,), rules=rules, custody=Custody())
    path = workbook.painted(book, "20240623-100300", folder)
    workbook.check(path, book.sheets, path.name)
    return path


def member(path: Path, name: str) -> etree._Element:
    with zipfile.ZipFile(path) as archive:
        return etree.fromstring(archive.read(name))


def read_back(path: Path, name: str = "活动明细") -> list[list[object]]:
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name(name).to_python(skip_empty_area=False)
    return [list(row) for row in rows]


def style_of(path: Path, place: str) -> etree._Element:
    cell = next(
        one for one in member(path, "xl/worksheets/sheet1.xml").iter(f"{MAIN}c") if one.get("r") == place
    )
    styles = member(path, "xl/styles.xml").find(f"{MAIN}cellXfs")
    assert styles is not None
    return styles[int(cell.get("s", "0"))]


def is_yellow(path: Path, place: str) -> bool:
    fills = member(path, "xl/styles.xml").find(f"{MAIN}fills")
    assert fills is not None
    return b"FFF2CC" in etree.tostring(fills[int(style_of(path, place).get("fillId", "0"))])


def is_locked(path: Path, place: str) -> bool:
    lock = style_of(path, place).find(f"{MAIN}protection")
    return lock is None or lock.get("locked") != "0"


def rules_of(path: Path) -> dict[str, etree._Element]:
    found = member(path, "xl/worksheets/sheet1.xml").iter(f"{MAIN}dataValidation")
    return {str(one.get("sqref")): one for one in found}


# ---------------------------------------------------------------- yellow cells


def test_a_cell_is_yellow_and_unlocked_exactly_where_the_sheet_is_open(path: Path) -> None:
    for cell in cells(sheet()):
        place = f"{offered.letter(cell.column)}{cell.row + 1}"
        assert is_yellow(path, place) is cell.open
        assert is_locked(path, place) is not cell.open
    assert is_yellow(path, "H5")
    assert not is_yellow(path, "H9")


def test_yellow_cells_show_what_stands_and_keep_the_format_of_numbers_and_days(path: Path) -> None:
    row = read_back(path)[FIRST_ROW]
    formats = {one.get("numFmtId"): one.get("formatCode") for one in member(path, "xl/styles.xml")[0]}

    assert row[2:10] == ["单位1", "专题展览", "3 科学家精神展览", "报送", date(2024, 5, 21), 120, 4.5, "是"]
    assert formats[style_of(path, "H5").get("numFmtId")] == "#,##0"
    assert formats[style_of(path, "G5").get("numFmtId")] == "yyyy-mm-dd"
    assert (
        formats[style_of(path, "G6").get("numFmtId")] == "yyyy-mm-dd"
    )  # a day may be put where none is stated


def test_text_that_looks_like_a_formula_stays_text_in_a_yellow_cell(path: Path) -> None:
    assert style_of(path, "D7").get("quotePrefix") == "1"
    assert not list(member(path, "xl/worksheets/sheet1.xml").iter(f"{MAIN}f"))[1:]


# ---------------------------------------------------------------- what may be put into them


def test_lists_of_the_whole_workbook_stand_on_the_last_visible_sheet(path: Path) -> None:
    found = rules_of(path)
    rows = read_back(path, "字典")

    for area in ("C5:C9", "E5:E9", "F5:F9", "J5:J9"):
        reference = found[area].findtext(f"{MAIN}formula1", "")
        letters, first, last = re.fullmatch(r"字典!\$([A-Z]+)\$(\d+):\$[A-Z]+\$(\d+)", reference).groups()  # type: ignore[union-attr]
        column = ord(letters) - ord("A")
        offers = [rows[number - 1][column] for number in range(int(first), int(last) + 1)]
        assert all(offers), area
        assert int(last) == len(rows) or not rows[int(last)][column]
        wanted = {"C5:C9": "重庆大学科学技术协会", "F5:F9": "报送", "J5:J9": "否"}.get(
            area, "2 科技工作者宣传"
        )
        assert wanted in offers


def test_a_unit_outside_the_roster_only_warns_and_what_has_no_other_value_stops(path: Path) -> None:
    found = rules_of(path)

    assert found["C5:C9"].get("errorStyle") == "warning"
    assert found["E5:E9"].get("errorStyle") is None


def test_rows_with_equal_choices_share_one_drop_down(path: Path) -> None:
    found = rules_of(path)

    assert found["K5:K6 K8"].findtext(f"{MAIN}formula1") == '"甲,乙"'


def test_a_list_too_long_for_a_drop_down_stands_on_the_hidden_sheet_word_for_word(path: Path) -> None:
    reference = rules_of(path)["K9"].findtext(f"{MAIN}formula1", "")
    first, last = map(int, re.fullmatch(r"标识!\$D\$(\d+):\$D\$(\d+)", reference).groups())  # type: ignore[union-attr]
    rows = read_back(path, "标识")

    assert tuple(rows[number - 1][3] for number in range(first, last + 1)) == LONG_LIST


def test_a_choice_with_a_comma_is_one_choice(rules: Rules, tmp_path: Path) -> None:
    path = paint(sheet(choices={IDS[0]: ("甲,乙", "丙")}), rules, tmp_path)

    assert rules_of(path)["K5"].findtext(f"{MAIN}formula1") == "标识!$D$2:$D$3"


def test_figures_days_and_points_have_limits_and_may_be_said_to_be_missing(path: Path) -> None:
    found = rules_of(path)

    assert found["H5:H9"].findtext(f"{MAIN}formula1") == 'OR(H5="—",AND(ISNUMBER(H5),H5>=0,H5=INT(H5)))'
    assert "DATE(2000,1,1)" in found["G5:G9"].findtext(f"{MAIN}formula1", "")
    assert (found["I5:I9"].get("type"), found["I5:I9"].findtext(f"{MAIN}formula1")) == ("decimal", "-100")
    assert (found["D5:D9"].get("type"), found["D5:D9"].get("operator")) == ("textLength", "lessThanOrEqual")
    assert all(
        len(one.get("error", "")) <= 255 and len(one.get("errorTitle", "")) <= 32 for one in found.values()
    )


# ---------------------------------------------------------------- links, pictures, charts


def test_links_are_relative_with_slashes_and_blanks_escaped(path: Path) -> None:
    relations = member(path, "xl/worksheets/_rels/sheet1.xml.rels")
    targets = {
        one.get("Target"): one.get("TargetMode") for one in relations if "hyperlink" in str(one.get("Type"))
    }
    inside = [
        one.get("location") for one in member(path, "xl/worksheets/sheet1.xml").iter(f"{MAIN}hyperlink")
    ]

    assert targets == {"files/2024-00001/02-渝北%20总结(终稿).docx": "External"}
    assert [one for one in inside if one] == ["'活动明细'!B5"]


def test_a_number_with_a_link_is_a_number_still(path: Path) -> None:
    assert read_back(path)[FIRST_ROW][7] == 120


def test_pictures_float_within_their_cells_move_with_them_and_are_stored_once(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        media = [name for name in archive.namelist() if name.startswith("xl/media/")]
    drawing = member(path, "xl/drawings/drawing1.xml")
    anchors = [one for one in drawing if one.find(".//{*}pic") is not None]

    assert len(media) == 2
    assert len(anchors) == 3
    for anchor in anchors:
        start, end = anchor.find("{*}from"), anchor.find("{*}to")
        assert start is not None
        assert end is not None
        assert anchor.get("editAs") in (None, "twoCell")
        assert [one.text for one in (start[0], start[2])] == [one.text for one in (end[0], end[2])]


def test_charts_are_drawn_from_the_cells_below_the_table_within_the_printed_area(path: Path) -> None:
    chart = member(path, "xl/charts/chart1.xml")
    texts = [one.text for one in chart.iter() if one.tag.endswith("}f") or one.tag.endswith("}t")]
    anchors = [one for one in member(path, "xl/drawings/drawing1.xml") if one.find(".//{*}pic") is None]
    area = next(
        str(name.text)
        for name in member(path, "xl/workbook.xml").iter(f"{MAIN}definedName")
        if name.get("name") == "_xlnm.Print_Area"
    )
    last = int(area.rpartition("$")[2])

    assert {"各单位人数", "活动明细!$H$5:$H$9", "活动明细!$C$5:$C$9"} <= set(texts)
    assert len(anchors) == 2
    for anchor in anchors:
        rows = [int(one.text or 0) for one in anchor.iter("{*}row")]
        columns = [int(one.text or 0) for one in anchor.iter("{*}col")]
        assert FIRST_ROW + len(IDS) < rows[0] < rows[1] < last
        assert max(columns) <= FIRST_COLUMN + len(COLUMNS)


def test_beyond_what_excel_opens_cells_have_no_links_and_all_else_stays(rules: Rules) -> None:
    columns = (Column(header="甲", width=9),)
    count = MOST_LINKS + 2
    ids = [str(number) for number in range(count)]
    frame = framed(columns, [{"甲": "x"}] * count, ids)
    many = Sheet(
        name="甲",
        title="甲",
        paper="A4",
        columns=columns,
        frame=frame,
        links={(id_, "甲"): LINK for id_ in ids},
    )

    found = list(cells(many))

    assert sum(1 for cell in found if cell.link) == MOST_LINKS
    assert {cell.value for cell in found} == {"x"}


def test_too_many_comments_become_one_a_row_and_what_is_left_stands_in_a_file() -> None:
    many = tuple(
        Comment(row=f"2024-00001/activity/{row}", header=header, text=f"“{row}{header}”")
        for row in range(1, notes.MOST + 2)
        for header in ("人数", "日期")
    )

    shown = notes.notes(sheet(comments=many))
    path, text, said = notes.rest(sheet(comments=many))

    assert len(shown) == notes.MOST
    assert shown["2024-00001/activity/1", "人数"] == "人数：“1人数”\n日期：“1日期”"
    assert text.strip() == "2024-00001/activity/2001 人数\n人数：“2001人数”\n日期：“2001日期”"
    assert path in said
    assert path.startswith("files/全文/")
    assert notes.rest(sheet()) == ("", "", "")


# ---------------------------------------------------------------- long text


def test_what_a_cell_cannot_hold_is_shown_in_part_and_kept_whole() -> None:
    text = "𠀀" * (LONGEST // 2 + 1)  # each is two of Excel's characters

    shown, whole = fit(text, "files/全文/x.txt")

    assert whole == text
    assert len(shown.encode("utf-16-le")) // 2 <= LONGEST
    assert shown.endswith("files/全文/x.txt）")
    assert fit("字" * LONGEST, "x") == ("字" * LONGEST, "")


@pytest.mark.parametrize(
    ("text", "room", "expected"),
    [
        ("科" * 100, 20, 10),
        ("abc" + "科" * 9, 20, 2),
        ("科 " * 10, 20, 2),
        ("科" * 9 + "abcd", 20, 2),
        ("１a" * 30, 20, 5),
    ],
)
def test_lines_of_long_text_are_counted_as_if_set_sign_by_sign(text: str, room: int, expected: int) -> None:
    assert lines(text, room) == expected


# ---------------------------------------------------------------- which workbook it is, and the check


def test_the_hidden_sheet_says_which_workbook_it_is(path: Path, rules: Rules) -> None:
    rows = read_back(path, "标识")

    assert Identity.read(rows) == Identity.of("20240623-100300", rules, Custody())
    assert Identity.read(rows[:3]) is None


def test_a_missing_picture_or_a_link_that_leads_elsewhere_is_found(path: Path) -> None:
    elsewhere = sheet(links={**sheet().links, (IDS[0], "材料"): "files/2024-00001/03-other.docx"})
    more = sheet(pictures={**sheet().pictures, (IDS[3], "照片"): RED})

    with pytest.raises(PermanentError, match="链接"):
        workbook.check(path, (elsewhere,), path.name)
    with pytest.raises(PermanentError, match="图片"):
        workbook.check(path, (more,), path.name)


def test_a_link_at_another_cell_and_one_that_leads_nowhere_are_found(path: Path, tmp_path: Path) -> None:
    for number, (old, new) in enumerate(
        ((rb'<hyperlink ref="[A-Z]+', b'<hyperlink ref="ZZ'), (rb'TargetMode="External"', b""))
    ):
        other = tmp_path / f"{number}.xlsx"
        with zipfile.ZipFile(path) as package, zipfile.ZipFile(other, "w") as copy:
            for name in package.namelist():
                copy.writestr(name, re.sub(old, new, package.read(name), count=1))

        with pytest.raises(PermanentError, match=r"链接|打不开"):
            workbook.check(other, (sheet(),), other.name)


def test_a_changed_value_of_a_yellow_cell_is_found(path: Path) -> None:
    other = sheet()
    other.frame.loc[IDS[0], "人数"] = 121

    with pytest.raises(PermanentError, match="第 5 行“人数”"):
        workbook.check(path, (other,), path.name)


# ---------------------------------------------------------------- LibreOffice

RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item></oor:items>
"""


def libreoffice(path: Path, kind: str, folder: Path) -> Path:
    """Have LibreOffice open the file, recompute all of it, and save it as *kind* (an ending, or ending:filter)."""
    need_tool("soffice")
    profile = folder / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(RECALCULATE, "utf-8")
    out = folder / "out"
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation=file://{profile.parent}",
            "--headless",
            "--convert-to",
            kind,
            "--outdir",
            str(out),
            str(path),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    (made,) = out.iterdir()
    return made


@pytest.fixture(scope="module")
def saved(path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file as LibreOffice saves it."""
    return libreoffice(path, "xlsx", tmp_path_factory.mktemp("libreoffice"))


def falsified(path: Path, target: Path, replaced: Sequence[tuple[bytes, bytes]]) -> Path:
    """A copy of the workbook whose first sheet has other octets, as if somebody had edited a figure and not recomputed."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            octets = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                for before, after in replaced:
                    assert before in octets
                    octets = octets.replace(before, after)
            new.writestr(name, octets)
    return target


def total(path: Path) -> object:
    rows = read_back(path)
    return next(row[7] for row in rows if row[1] == "合计")


def test_libreoffice_computes_the_total_that_is_stored_with_joint_rows_and_missing_figures(
    path: Path, saved: Path
) -> None:
    assert sheet().total("人数") == 166  # 120, missing, 0 and 46; the joint 7 counts elsewhere
    assert total(path) == 166
    assert total(saved) == 166


def test_libreoffice_computes_the_total_anew_when_a_figure_was_edited(path: Path, tmp_path: Path) -> None:
    edited = falsified(
        path, tmp_path / "edited.xlsx", [(b"<v>120</v>", b"<v>1000</v>"), (b"<v>166.0</v>", b"<v>5</v>")]
    )

    assert total(libreoffice(edited, "xlsx", tmp_path / "lo")) == 1046


def test_libreoffice_computes_every_total_of_a_season_anew(rules: Rules, tmp_path: Path) -> None:
    """All stored results are taken out of the file first, so that what is compared was computed by LibreOffice."""
    mails = season()
    path = workbook.write(mails, evaluate(mails, rules), rules, custody(), folder=tmp_path / "workbooks")
    emptied = tmp_path / "emptied.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(emptied, "w") as new:
        for name in old.namelist():
            new.writestr(name, re.sub(rb"</f><v>[^<]*</v>", b"</f><v>-1</v>", old.read(name)))

    computed = libreoffice(emptied, "xlsx", tmp_path / "lo")

    compared = 0
    for name in CalamineWorkbook.from_path(path).sheet_names:
        for before, after in zip(totals(path, name), totals(computed, name), strict=True):
            assert after == pytest.approx(before), name
            compared += len(before)
    assert compared >= 10


def totals(path: Path, name: str) -> list[list[float]]:
    rows = [row for row in read_back(path, name) if len(row) > 1 and row[1] == "合计"]
    return [[one for one in row if isinstance(one, int | float)] for row in rows]


def filled(path: Path, name: str) -> dict[tuple[int, int], object]:
    return {
        (row, column): cell
        for row, cells_ in enumerate(read_back(path, name))
        for column, cell in enumerate(cells_)
        if cell != ""
    }


def test_libreoffice_opens_and_saves_it_without_loss(path: Path, saved: Path) -> None:
    before, after = CalamineWorkbook.from_path(path), CalamineWorkbook.from_path(saved)

    assert after.sheet_names == before.sheet_names
    for name in before.sheet_names:
        assert filled(saved, name) == filled(path, name)
    assert len(rules_of(saved)) == len(rules_of(path))
    page = member(saved, "xl/worksheets/sheet1.xml")
    assert len(list(page.iter(f"{MAIN}hyperlink"))) == 3
    with zipfile.ZipFile(saved) as archive:
        names = archive.namelist()
        drawn = archive.read("xl/drawings/drawing1.xml")
    assert sum(name.startswith("xl/charts/chart") for name in names) == 2
    assert drawn.count(b"<xdr:pic>") == 3


def test_links_lead_to_the_files_after_the_folder_was_copied_elsewhere(path: Path, tmp_path: Path) -> None:
    here = tmp_path / "另一处 副本"
    here.mkdir()
    shutil.copy(path, here / "评价.xlsx")

    made = libreoffice(here / "评价.xlsx", "ods", tmp_path / "lo")

    with zipfile.ZipFile(made) as archive:
        targets = re.findall(r'xlink:href="([^"#]*2024-00001[^"]*)"', archive.read("content.xml").decode())
    assert targets
    places = {Path(unquote(target.removeprefix("file://"))) for target in targets}
    assert {(made / place).resolve().relative_to(here.resolve()).parts[0] for place in places} == {"files"}
