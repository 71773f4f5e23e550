"""Sheets: cells as staff see them, whatever program wrote them, and nothing that a hostile file can hang."""

from __future__ import annotations

import base64
import io
import subprocess
import time
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineError, XmlError, load_workbook

from pipeline import intake
from pipeline.extract import child, columns, extract, numberformats, sniff, xlsx
from pipeline.extract.book import MAX_CELLS
from pipeline.extract.grid import MAX_ROWS, Grid, Merge, address, paragraphs
from pipeline.extract.package import Package
from pipeline.extract.xlsxcells import column_number
from pipeline.records import Aside, Block, Code, Content, Leaf, Status, Style
from tests.safety.attacks import xlsb
from tests.support import SHARED, need_tool, needs_shared

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATIONS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def read(data: bytes, name: str = "表.xlsx") -> Content:
    leaf = Leaf(path=f"2/{name}", name=name, data=data)
    return extract(leaf, sniff(data, name))


def made(fill: Callable[[Any, Any], None], **options: Any) -> bytes:
    """Make an xlsx of one sheet."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, options) as workbook:
        fill(workbook, workbook.add_worksheet("汇总"))
    return stream.getvalue()


def related(identity: str, kind: str, target: str) -> str:
    return f'<Relationships {RELATIONS}><Relationship Id="{identity}" Type="{OFFICE}/{kind}" Target="{target}"/></Relationships>'


def packed(data: str, *, more: dict[str, str | bytes] | None = None, top: str = "") -> bytes:
    """Make a minimal package around the XML of one sheet's rows."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": '<Types xmlns="t">spreadsheetml.sheet.main+xml</Types>',
        "_rels/.rels": related("r1", "officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{OFFICE}"><sheets><sheet name="一" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": related("r1", "worksheet", "worksheets/sheet1.xml"),
        "xl/worksheets/sheet1.xml": f"{top}<worksheet {MAIN}>{data}</worksheet>",
        **(more or {}),
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, octets in parts.items():
            archive.writestr(name, octets)
    return stream.getvalue()


def table(content: Content) -> tuple[tuple[str, ...], ...]:
    return next(block.rows for block in content.blocks if block.style is Style.TABLE)


def asides(content: Content, kind: Aside) -> list[Block]:
    return [block for block in content.blocks if block.aside is kind]


# ---------------------------------------------------------------- the cells


@needs_shared
def test_no_cell_that_calamine_finds_in_the_corpus_is_lost() -> None:
    compared = 0
    for path in sorted((SHARED / "corpus/documents").rglob("*.xlsx")):
        data = path.read_bytes()
        if not data.startswith(b"PK") or "far_corner" in path.name:  # that one kills calamine
            continue
        try:
            workbook = load_workbook(io.BytesIO(data))
            sheets = [
                workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
                for name in workbook.sheet_names
            ]
        except (CalamineError, XmlError):
            continue
        for grid, rows in zip(xlsx.read(Package(data)).grids, sheets, strict=True):
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    if str(value).strip():
                        compared += 1
                        text = grid.rows[number][column]
                        if isinstance(value, str):
                            assert "".join(text.split()) == "".join(value.split()), (path, number, column)

    assert compared > 20_000


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (45434, 'yyyy"年"m"月"d"日"', "2024年5月22日"),
        (45434, 'm"月"d"日"', "2024年5月22日"),
        (45434, 'yyyy"年"m"月";@', "2024年5月"),
        (45434.6041667, "yyyy/m/d h:mm", "2024年5月22日14:30"),
        (45434, "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", "2024年5月22日"),
        (0.604167, 'h"时"mm"分"', "14:30"),
        (1.104166, "[h]:mm", "26:30"),
        (0.85, "0%", "85%"),
        (0.8547, "0.00%", "85.47%"),
        (1234567.5, "#,##0.00", "1,234,567.50"),
        (12.7, "0", "13"),
        (120, '0"人次"', "120人次"),
        (7, "000", "007"),
        (13800000000, "General", "13800000000"),
        (13800000000, "0.00E+00", "13800000000"),
        (1.38, "0.00E+00", "1.38"),
        (25000, '[>=10000]0!.0,"万";0', "2.5万"),
        (500, '[>=10000]0!.0,"万";0', "500"),
        (0, '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ ', "-"),
        (-3, "0;[Red]0", "-3"),
        (-3, "0;(0)", "(3)"),
        (1e-5, "General", "0.00001"),
        (3, ";;;", "3"),
        (1.5, "# ?/?", "1.5"),
        (13812345678, "000-0000-0000", "138-1234-5678"),
        (1e18, "yyyy", "1000000000000000000"),
    ],
)
def test_a_number_is_written_as_its_format_shows_it(value: float, code: str, shown: str) -> None:
    assert numberformats.shown(value, code) == shown


@given(st.floats(), st.text(alphabet='0#?.,%yYmdhs[]"\\!;_*@<>=-+/Ee人年', max_size=30))
def test_no_format_stops_the_reader(value: float, code: str) -> None:
    assert isinstance(numberformats.shown(value, code), str)


def test_dates_of_old_macs_count_from_1904() -> None:
    def fill(workbook: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["活动", "日期"])
        sheet.write(1, 0, "开幕")
        sheet.write_datetime(1, 1, date(2024, 5, 30), workbook.add_format({"num_format": "m/d"}))

    assert table(read(made(fill, date_1904=True)))[1] == ("开幕", "2024年5月30日")


def test_texts_numbers_truths_and_errors_stay_what_is_shown() -> None:
    rows = (
        "<sheetData>"
        '<row r="1"><c r="A1" t="inlineStr"><is><r><t>活动</t></r><r><t>名称</t></r><rPh sb="0" eb="1"><t>かつどう</t></rPh></is></c>'
        '<c r="B1" t="str"><f>A9&amp;"人"</f><v>120人</v></c><c r="C1" t="b"><v>1</v></c><c r="D1" t="e"><v>#N/A</v></c></row>'
        '<row r="2"><c r="A2" t="inlineStr"><is><t>00123</t></is></c><c r="B2"><v>500102199001011234</v></c>'
        '<c r="C2" t="d"><v>2024-05-30T09:30:00</v></c><c r="D2" t="inlineStr"><is><t>=cmd|\'/c calc\'!A0_x000D_</t></is></c></row>'
        "</sheetData>"
    )

    content = read(packed(rows))

    assert content.status is Status.OK
    assert table(content) == (
        ("活动名称", "120人", "TRUE", "#N/A"),
        ("00123", "500102199001011234", "2024年5月30日09:30", "=cmd|'/c calc'!A0"),
    )


def test_a_formula_without_stored_value_is_counted_and_told() -> None:
    rows = '<sheetData><row><c t="inlineStr"><is><t>合计</t></is></c><c><f>SUM(B2:B9)</f></c>'
    rows += '<c t="str"><f>""</f><v></v></c></row></sheetData>'

    content = read(packed(rows))

    assert content.status is Status.PARTLY
    assert content.reason.startswith("1 个公式没有存下结果")


# ---------------------------------------------------------------- header, merged cells, notes


def summary(workbook: Any, sheet: Any) -> None:
    """Fill a sheet the way units do."""
    day = workbook.add_format({"num_format": 'm"月"d"日"'})
    sheet.merge_range("A1:H1", "2024年全国科技工作者日活动统计表")
    sheet.write("A2", "填报单位：渝中区科协")
    sheet.write("E2", "联系人：张三")
    for area, name in (("A3:A4", "序号"), ("B3:B4", "活动名称"), ("C3:C4", "时间"), ("H3:H4", "类别")):
        sheet.merge_range(area, name)
    sheet.merge_range("D3:G3", "参与情况")
    sheet.write_row("D4", ["场次", "参与人数", "发放资料", "上年人数"])
    rows = (("科普集市", 2, 320, 1500, 290), ("专家报告会", 1, 150, 200, 140), ("座谈会", 1, 40, 0, 35))
    for number, (title, *figures) in enumerate(rows):
        sheet.write(4 + number, 0, number + 1)
        sheet.write(4 + number, 1, title)
        sheet.write_datetime(4 + number, 2, date(2024, 5, 28 + number), day)
        sheet.write_row(4 + number, 3, figures)
    sheet.merge_range("H5:H6", "科技志愿服务")
    sheet.write("H7", "办实事")
    sheet.write("A8", "填表人：李四")
    sheet.write("E8", "审核人：王五")
    sheet.set_column("G:G", None, None, {"hidden": True})
    sheet.write_comment("B5", "照片已另寄")
    sheet.insert_textbox("J2", "说明：本表由各街道汇总")


EXPECTED = (
    ("序号", "活动名称", "时间", "参与情况", "参与情况", "参与情况", "类别"),
    ("", "", "", "场次", "参与人数", "发放资料", ""),
    ("1", "科普集市", "2024年5月28日", "2", "320", "1500", "科技志愿服务"),
    ("2", "专家报告会", "2024年5月29日", "1", "150", "200", "科技志愿服务"),
    ("3", "座谈会", "2024年5月30日", "1", "40", "0", "办实事"),
)


def test_merged_headers_and_categories_apply_to_each_column_and_row() -> None:
    content = read(made(summary))

    assert content.status is Status.OK
    assert [block.text for block in content.blocks if block.style is Style.TITLE] == [
        "2024年全国科技工作者日活动统计表"
    ]
    assert table(content) == EXPECTED
    assert [block.text for block in content.blocks if block.style is Style.PARAGRAPH] == [
        "填报单位：渝中区科协　联系人：张三",
        "填表人：李四　审核人：王五",
        "说明：本表由各街道汇总",
    ]


def test_a_hidden_column_is_set_aside_and_comments_name_their_cell() -> None:
    content = read(made(summary))

    (hidden,) = asides(content, Aside.HIDDEN)
    assert hidden.rows == (("上年人数",), ("290",), ("140",), ("35",))
    assert [block.text for block in asides(content, Aside.COMMENT)] == ["B5：照片已另寄"]


@pytest.mark.parametrize("form", ["xls", "ods"])
def test_xls_and_ods_give_what_the_xlsx_gives(form: str, tmp_path: Path) -> None:
    need_tool("soffice")

    def fill(workbook: Any, sheet: Any) -> None:
        summary(workbook, sheet)
        sheet.write("B9", 0.85, workbook.add_format({"num_format": "0%"}))
        sheet.write_formula("C9", "=NA()", None, "#N/A")
        sheet.insert_image("K9", "a.png", {"image_data": io.BytesIO(PNG)})

    (tmp_path / "a.xlsx").write_bytes(made(fill))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", form, "--outdir", tmp_path, tmp_path / "a.xlsx"],
        check=True,
        capture_output=True,
        timeout=120,
    )

    content = read((tmp_path / f"a.{form}").read_bytes(), f"a.{form}")

    shown = [tuple(cell.removeprefix("2024年") for cell in row) for row in table(content)]
    assert shown[:5] == [tuple(cell.removeprefix("2024年") for cell in row) for row in EXPECTED]
    assert [cell for cell in shown[-1] if cell] == ["85%", "#N/A"]
    assert asides(content, Aside.HIDDEN)[0].rows == (("上年人数",), ("290",), ("140",), ("35",))
    assert [block.text for block in asides(content, Aside.COMMENT)] == ["B5：照片已另寄"]
    assert "说明：本表由各街道汇总" in [block.text for block in content.blocks]
    assert len(content.embedded) == 1
    assert sniff(content.embedded[0].data) == "image/png"


def test_a_number_in_a_merged_cell_counts_once() -> None:
    grid = Grid(
        rows={
            0: {0: "活动", 1: "地点", 2: "人数"},
            1: {0: "集市", 1: "广场", 2: "500"},
            2: {0: "讲座", 1: "礼堂"},
        },
        merges=[Merge(top=1, left=2, bottom=2, right=2)],
    )

    (found,) = paragraphs(grid)

    assert found.rows[2] == ("讲座", "礼堂", "")


def test_hidden_rows_and_sheets_are_asides() -> None:
    def fill(workbook: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["活动名称", "人数"])
        sheet.write_row(1, 0, ["去年的活动", 80])
        sheet.write_row(2, 0, ["今年的活动", 90])
        sheet.set_row(1, None, None, {"hidden": True})
        for name, hide in (("草稿", "hide"), ("缓存", "very_hidden")):
            other = workbook.add_worksheet(name)
            other.write(0, 0, name)
            getattr(other, hide)()

    content = read(made(fill))

    assert table(content) == (("活动名称", "人数"), ("今年的活动", "90"))
    assert [block.text for block in asides(content, Aside.HIDDEN)] == ["去年的活动\t80", "草稿", "缓存"]


# ---------------------------------------------------------------- pictures, files, macros


def test_floating_pictures_and_those_of_wps_in_cells_keep_their_place() -> None:
    def fill(workbook: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["活动名称", "人数", "照片"])
        sheet.write_row(1, 0, ["科普集市", 320])
        sheet.write_formula("C2", '=_xlfn.DISPIMG("ID_A1B2",1)', None, '=DISPIMG("ID_A1B2",1)')
        sheet.insert_image("E6", "a.png", {"image_data": io.BytesIO(PNG)})

    data = io.BytesIO(made(fill))
    drawing = "http://schemas.openxmlformats.org/drawingml/2006"
    with zipfile.ZipFile(data, "a") as archive:
        archive.writestr(
            "xl/cellimages.xml",
            f'<etc:cellImages xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData" xmlns:xdr="{drawing}/spreadsheetDrawing"'
            f' xmlns:a="{drawing}/main" xmlns:r="{OFFICE}"><etc:cellImage><xdr:pic><xdr:nvPicPr><xdr:cNvPr id="2" name="ID_A1B2"/>'
            '</xdr:nvPicPr><xdr:blipFill><a:blip r:embed="rId9"/></xdr:blipFill></xdr:pic></etc:cellImage></etc:cellImages>',
        )
        archive.writestr(
            "xl/_rels/cellimages.xml.rels",
            related("rId9", "image", "media/image9.png"),
        )
        archive.writestr("xl/media/image9.png", PNG + b"9")

    content = read(data.getvalue())

    assert table(content)[1] == ("科普集市", "320", "〔图片〕")
    assert sorted(leaf.path for leaf in content.embedded) == [
        "2/表.xlsx/汇总!C2/image9.png",
        "2/表.xlsx/汇总!E6/image1.png",
    ]


def test_a_workbook_with_macros_says_so() -> None:
    rows = '<sheetData><row><c t="inlineStr"><is><t>一</t></is></c></row></sheetData>'

    content = read(packed(rows, more={"xl/vbaProject.bin": b"x"}), "表.xlsm")

    assert [problem.code for problem in content.problems] == [Code.MACRO]
    assert content.status is Status.OK


# ---------------------------------------------------------------- hostile and broken files


def test_a_cell_in_the_far_corner_costs_nothing() -> None:
    rows = (
        '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>左上</t></is></c></row>'
        '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>右下</t></is></c></row></sheetData>'
        '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    )
    begun = time.monotonic()

    content = read(packed(rows))

    assert [block.text for block in content.blocks] == ["左上", "右下"]
    assert time.monotonic() - begun < 5


def test_entities_are_refused_and_that_is_told() -> None:
    rows = '<sheetData><row><c t="inlineStr"><is><t>前&bomb;后</t></is></c></row></sheetData>'
    entity = "".join(f'<!ENTITY b{n} "{f"&b{n - 1};" * 10 if n else "哈" * 10}">' for n in range(9))

    content = read(packed(rows, top=f'<!DOCTYPE x [{entity}<!ENTITY bomb "&b8;">]>'))

    assert content.status is Status.PARTLY
    assert "实体" in content.reason
    assert sum(len(block.text) for block in content.blocks) < 10


def test_a_sheet_that_breaks_off_gives_what_came_before() -> None:
    rows = '<sheetData><row><c t="inlineStr"><is><t>读得到</t></is></c></row><row><c t="inl'
    whole = packed(rows, more={"xl/worksheets/sheet1.xml": f"<worksheet {MAIN}>{rows}"})

    content = read(whole)

    assert [block.text for block in content.blocks] == ["读得到"]
    assert content.status is Status.PARTLY
    assert "损坏" in content.reason


def test_a_sheet_of_more_cells_than_any_report_ends_in_time_and_says_what_is_missing() -> None:
    row = "".join(f"<c><v>{number}</v></c>" for number in range(200))
    data = packed("<sheetData>" + f"<row>{row}</row>" * 3_000 + "</sheetData>")

    content = child.ask("sheet", Leaf(path="1", data=data))

    assert content.status is Status.PARTLY
    assert str(MAX_CELLS) in content.reason
    assert sum(map(len, table(content))) == MAX_CELLS


def test_an_ods_that_repeats_cells_a_million_times_ends_in_time() -> None:
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    cell = '<table:table-cell table:number-columns-repeated="16384"><text:p>甲</text:p></table:table-cell>'
    xml = (
        f"<office:document-content {names}><office:body><office:spreadsheet><table:table table:name='一'>"
        f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", xml)

    content = child.ask("sheet", Leaf(path="1", data=stream.getvalue()))

    assert content.status is Status.PARTLY
    assert "表格过大" in content.reason
    assert set(table(content)[0]) == {"甲"}


def test_an_open_document_sheet_in_one_xml_text_is_read() -> None:
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    cells = "".join(
        f"<table:table-cell><text:p>{text}</text:p></table:table-cell>" for text in ("集市", "320")
    )
    data = (
        f"<?xml version='1.0'?><office:document {names}><office:body><office:spreadsheet><table:table>"
        f"<table:table-row>{cells}</table:table-row></table:table></office:spreadsheet></office:body></office:document>"
    )

    assert table(child.ask("sheet", Leaf(path="1", data=data.encode()))) == (("集市", "320"),)


@needs_shared
@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("made-here/xlsx_one_cell_at_far_corner.xlsx", Status.OK, ""),
        ("made-here/xlsx_billion_laughs.xlsx", Status.PARTLY, "实体"),
        ("made-here/xlsx_encrypted.xlsx", Status.NEEDS_PASSWORD, "密码"),
        ("apache+poi/57893-many-merges.xlsx", Status.PARTLY, "没有读到文字"),
        ("apache+poi/xlsx-corrupted.xlsx", Status.OK, ""),
    ],
)
def test_hostile_files_of_the_corpus_end_with_a_true_reason(name: str, status: Status, words: str) -> None:
    reading = intake.read_document((SHARED / "corpus/documents" / name).read_bytes(), "表.xlsx")

    assert reading.parts[0].status is status
    assert words in reading.parts[0].reason


# ---------------------------------------------------------------- what is called .xls and is none


@pytest.mark.parametrize("charset", ["gb18030", "utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_text_in_columns_is_read_in_any_charset(charset: str, separator: str) -> None:
    lines = ["活动名称", "人数", "备注"], ["科普集市", "320", '"第一行\n第二行"'], ["报告会", '="007"', "无"]
    data = "\r\n".join(separator.join(line) for line in lines).encode(charset)

    content = read(data, "统计表.xls")

    assert table(content) == (
        ("活动名称", "人数", "备注"),
        ("科普集市", "320", "第一行 第二行"),
        ("报告会", "007", "无"),
    )


def test_an_open_quote_swallows_nothing() -> None:
    data = '名称,人数\n"科普集市,320\n报告会,40\n'.encode()

    content = columns.read(Leaf(path="1", data=data))

    assert table(content)[2] == ("报告会", "40")


def test_a_web_table_called_xls_is_read() -> None:
    data = (
        '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="gb2312"></head><body><table>'
        "<tr><td>活动名称</td><td>人数</td></tr><tr><td>科普集市</td><td>320</td></tr></table></body></html>"
    ).encode("gb18030")

    assert table(read(data, "导出.xls")) == (("活动名称", "人数"), ("科普集市", "320"))


def test_a_sheet_in_one_xml_text_called_xls_is_read() -> None:
    data = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<?mso-application progid="Excel.Sheet"?>\n'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        '<Styles><Style ss:ID="p"><NumberFormat ss:Format="0%"/></Style></Styles>'
        '<Worksheet ss:Name="一"><Table><Column ss:Index="4" ss:Hidden="1"/>'
        '<Row><Cell ss:MergeAcross="3"><Data ss:Type="String">统计表</Data></Cell></Row>'
        '<Row ss:Index="3"><Cell><Data ss:Type="String">活动</Data></Cell><Cell><Data ss:Type="String">日期</Data></Cell>'
        '<Cell><Data ss:Type="String">占比</Data></Cell><Cell><Data ss:Type="String">上年</Data></Cell></Row>'
        '<Row><Cell><Data ss:Type="String">集市</Data><Comment><ss:Data>已核</ss:Data></Comment></Cell>'
        '<Cell><Data ss:Type="DateTime">2024-05-30T00:00:00.000</Data></Cell>'
        '<Cell ss:StyleID="p"><Data ss:Type="Number">0.85</Data></Cell><Cell><Data ss:Type="Number">9</Data></Cell></Row>'
        "</Table></Worksheet></Workbook>"
    ).encode()

    content = read(data, "导出.xls")

    assert content.blocks[0].style is Style.TITLE
    assert table(content) == (("活动", "日期", "占比"), ("集市", "2024年5月30日", "85%"))
    assert asides(content, Aside.HIDDEN)[0].rows == (("上年",), ("9",))
    assert asides(content, Aside.COMMENT)[0].text == "A4：已核"


def test_cells_are_named_as_staff_name_them() -> None:
    assert [address(0, 0), address(2, 27), address(1_048_575, 16_383)] == ["A1", "AB3", "XFD1048576"]
    assert column_number("XFD") == 16_383


@pytest.mark.parametrize(
    ("last", "cut"), [((2, 1), False), ((0, 0), False), ((MAX_ROWS, 0), True), ((1_048_575, 0), True)]
)
def test_a_binary_sheet_that_goes_on_beyond_the_rows_read_says_so(last: tuple[int, int], cut: bool) -> None:
    """Of a sheet of one column calamine tells no width; the last cell was once lost without a word."""
    found = read(xlsb(*dict.fromkeys(((0, 0), last))), "表.xlsb")

    assert (found.status is Status.PARTLY) == cut
    assert bool(found.reason) == cut
    cells = sum(
        text == "1" for block in found.blocks for row in block.rows or ((block.text,),) for text in row
    )
    assert cells == (1 if cut or last == (0, 0) else 2)
