"""Documents as units send them: what is read and judged does not depend on the format, the letterhead or the form."""

from __future__ import annotations

import base64
import io
import quopri
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache

import docx
import pytest
import xlsxwriter
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

import rules
from pipeline import intake, tools
from pipeline.extract import extract, form, letterhead, sniff
from pipeline.extract.form import Cell
from pipeline.extract.shape import Paragraph
from pipeline.records import Activity, Aside, Block, Filing, Leaf, Status, Style
from tests.support import need_tool

TITLE = "渝北区科协2024年“全国科技工作者日”活动总结"
LETTERHEAD = ("重庆市渝北区科学技术协会", "渝北科协〔2024〕15号")
ACTS = (
    (
        "科技志愿服务进社区",
        "5月28日，区科协在龙山街道社区服务中心开展科技志愿服务进社区活动，组织科技志愿者26名，现场为居民义诊、解答健康咨询，"
        "服务群众320余人次，发放科普资料800余份。",
    ),
    (
        "召开科技工作者座谈会",
        "5月30日上午，区科协在区行政中心召开科技工作者座谈会，45名科技工作者代表参加，走访慰问一线科技工作者12名。",
    ),
    (
        "专题报告进校园",
        "6月4日，区科协邀请重庆大学教授走进渝北中学作弘扬科学家精神专题报告，全校师生600人聆听了报告。",
    ),
)
OTHERS = (
    ("二、工作成效", "活动覆盖面进一步扩大，科技工作者获得感明显增强，社会反响良好。"),
    ("三、意见建议", "建议市科协加大对区县科协开展活动的经费支持力度，组织更多院士专家走进基层。"),
)
FIGURES = [
    ("科技志愿服务进社区", "2024-05-28", "龙山街道社区服务中心", 320, 800),
    ("召开科技工作者座谈会", "2024-05-30", "区行政中心", 45, None),
    ("专题报告进校园", "2024-06-04", "渝北中学", 600, None),
]
RECEIVED = datetime(2024, 6, 18, 9, tzinfo=UTC)


def lines() -> list[str]:
    """The running text of the report."""
    told = [line for number, act in enumerate(ACTS) for line in (f"（{'一二三'[number]}）{act[0]}", act[1])]
    return ["一、活动开展情况", *told, *(line for pair in OTHERS for line in pair)]


@cache
def word() -> bytes:
    """The report with a letterhead that has no red letters."""
    document = docx.Document()
    for text, size in ((LETTERHEAD[0], 36), (LETTERHEAD[1], 16), ("━" * 20, 16), (TITLE, 22)):
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.add_run(text).font.size = Pt(size)
    for text in lines():
        document.add_paragraph().add_run(text).font.size = Pt(16)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def converted(target: str, suffix: str) -> bytes:
    need_tool("soffice")
    result = tools.run(
        ["soffice", "--headless", "--convert-to", target, "in.docx"],
        inputs=[("in.docx", word())],
        seconds=60,
        megabytes=4096,
    )
    return dict(result.files)[f"in.{suffix}"]


def judged(data: bytes, name: str) -> Filing:
    return intake.judge(intake.read_document(data, name), rules.load(), received=RECEIVED)


def figures(filing: Filing) -> list[tuple[str, str | None, str | None, int | None, int | None]]:
    return [_figures(one.activity) for one in filing.activities]


def _figures(activity: Activity) -> tuple[str, str | None, str | None, int | None, int | None]:
    return (
        activity.title,
        str(activity.date_start.value) if activity.date_start else None,
        activity.place.value if activity.place else None,
        activity.participants.value if activity.participants else None,
        activity.materials.value if activity.materials else None,
    )


def running(data: bytes, name: str) -> list[Block]:
    blocks = extract(Leaf(path="2", name=name, data=data), sniff(data, name)).blocks
    return [block for block in blocks if block.aside is None]


def page() -> bytes:
    body = "".join(f"<p class=MsoNormal>{line}</p>" for line in lines())
    return (
        f"<html><head><meta charset=gb2312></head><body><p align=center><b>{TITLE}</b></p>{body}</body></html>"
    ).encode("gb18030")


def single_file_page() -> bytes:
    """A page as Word saves it in one file, with the list of files that it adds."""
    parts = (
        ("text/html; charset=gb2312", "quoted-printable", quopri.encodestring(page())),
        ("text/xml", "base64", base64.encodebytes(b'<xml xmlns:o="x"><o:MainFile HRef="a.htm"/></xml>')),
    )
    told = b"".join(
        f"--=_n\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: {how}\r\n\r\n".encode() + data + b"\r\n"
        for kind, how, data in parts
    )
    return (
        b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="=_n"\r\n\r\n'
        + told
        + b"--=_n--\r\n"
    )


@pytest.mark.parametrize(
    "suffix", ["docx", "doc", "rtf", "odt", "fodt", "html", "htm", "mht", "txt", "wrapped"]
)
def test_the_same_report_is_judged_the_same_in_every_format(suffix: str) -> None:
    text = "\r\n".join([TITLE, *lines()])
    made: dict[str, Callable[[], bytes]] = {
        "docx": word,
        "htm": page,
        "mht": single_file_page,
        "txt": lambda: text.encode("gb18030"),
        "wrapped": lambda: wrapped(text).encode("gb18030"),
    }
    data = made[suffix]() if suffix in made else converted(suffix, suffix)
    name = f"总结.{suffix if suffix != 'wrapped' else 'txt'}"

    filing = judged(data, name)

    assert figures(filing) == FIGURES
    assert [passage.text for passage in filing.suggestions] == [OTHERS[1][1]]
    sentences = [span for one in filing.activities for span in one.activity.spans]
    assert len(sentences) == 2 * len(ACTS)
    reading = intake.read_document(data, name)
    told = [block for document in reading.documents for block in document.blocks if block.aside is None]
    assert [block.text.replace(" ", "") for block in told] == [TITLE, *lines()]
    assert told[0].style is Style.TITLE
    assert [block.level for block in told if block.style is Style.HEADING] == [1, 2, 2, 2, 1, 1]


def wrapped(text: str, columns: int = 72) -> str:
    """The text in lines of so many columns, indented as reports are; a line may begin with a comma."""
    rows = [""]
    for line in text.split("\r\n"):
        for sign in f"　　{line}":
            if sum(2 if ord(one) > 255 else 1 for one in rows[-1] + sign) > columns:
                rows.append("")
            rows[-1] += sign
        rows.append("")
    return "\r\n".join(rows)


# ---------------------------------------------------------------- letterheads


@pytest.mark.parametrize(
    ("lines", "places"),
    [
        (["重庆市渝北区科学技术协会", "渝北科协〔2024〕15号", "关于报送活动总结的报告"], {0, 1}),
        (
            ["000012", "特急", "重庆市渝北区科学技术协会文件", "渝北科协〔2024〕15号　签发人：王五", "报告"],
            {0, 1, 2, 3},
        ),
        (["重庆市渝北区科学技术协会\t文件\n重庆市渝北区科学技术局", "关于报送活动总结的报告"], {0}),
        (["━━━━━━━━", "渝北区科协活动总结"], {0}),
        (["重庆市渝北区科学技术协会", "2024年活动总结"], set()),
        (["单位\t活动\n渝北区科学技术协会\t座谈会", "渝北区科协活动总结"], set()),
        (["关于报送活动总结的报告", "渝北科协〔2024〕15号"], {1}),
    ],
)
def test_a_letterhead_is_known_without_its_red_letters(lines: list[str], places: set[int]) -> None:
    assert letterhead.places([(line, False) for line in lines]) == places


def test_a_letterhead_in_a_table_leaves_the_title_its_place() -> None:
    document = docx.Document()
    table = document.add_table(2, 2)
    table.cell(0, 0).text, table.cell(1, 0).text = "重庆市渝北区科学技术协会", "重庆市渝北区科学技术局"
    table.cell(0, 1).merge(table.cell(1, 1)).text = "文件"
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.add_run(TITLE).font.size = Pt(22)
    for text in lines():
        document.add_paragraph(text)
    out = io.BytesIO()
    document.save(out)

    blocks = extract(Leaf(path="2", data=out.getvalue()), sniff(out.getvalue(), "总结.docx")).blocks

    assert [(block.style, block.aside) for block in blocks[:2]] == [
        (Style.OTHER, Aside.HEADER),
        (Style.TITLE, None),
    ]
    assert figures(judged(out.getvalue(), "总结.docx")) == FIGURES


# ---------------------------------------------------------------- forms


def rows(*texts: tuple[str, ...]) -> list[list[Cell]]:
    return [[Cell(paragraphs=(Paragraph(text=text),) if text else ()) for text in row] for row in texts]


CONTENT = "区科协组织科技志愿者现场为居民义诊、解答健康咨询，发放科普资料800余份，受到居民一致好评，活动结束后还走访了困难群众，送去慰问。"
ONE = (
    ("活动名称", "科技志愿服务进社区", "", ""),
    ("活动时间", "2024年5月28日", "活动地点", "龙山街道社区服务中心"),
    ("参与人数", "320人", "主办单位", "渝北区科协"),
    ("活动内容", CONTENT, "", ""),
)


def test_the_fields_of_a_form_are_no_activities_but_tell_of_the_one_it_is_about() -> None:
    found = figures(judged(form_document(ONE), "登记表.docx"))

    assert found == [("科技志愿服务进社区", "2024-05-28", "龙山街道社区服务中心", 320, 800)]


def test_every_figure_of_a_form_names_the_cell_that_it_was_taken_from() -> None:
    filing = judged(form_document(ONE), "登记表.docx")
    activity = filing.activities[0].activity
    blocks = intake.read_document(form_document(ONE), "登记表.docx").documents[0].blocks

    for stated in (activity.date_start, activity.place, activity.participants, activity.materials):
        assert stated is not None
        span = stated.span
        assert blocks[span.block].text[span.start : span.end] == stated.words


def test_a_form_of_several_activities_is_unfolded_one_by_one() -> None:
    second = (
        ("活动名称", "科技工作者座谈会", "活动时间", "5月30日"),
        ("活动地点", "区行政中心", "参与人数", "45人"),
        ("活动内容", CONTENT.replace("区科协", "区科技局"), "", ""),
    )
    found = list(form.unfold(rows(*ONE, *second)))

    assert [(line.text, line.outline) for line in found if line.outline] == [
        ("科技志愿服务进社区", 1),
        ("活动内容", 2),
        ("科技工作者座谈会", 1),
        ("活动内容", 2),
    ]
    assert [line.rows[0][:2] for line in found if line.rows] == [
        ("活动时间", "2024年5月28日"),
        ("活动时间", "5月30日"),
    ]
    told = figures(judged(form_document((*ONE, *second)), "登记表.docx"))
    assert [one[0] for one in told] == ["科技志愿服务进社区", "科技工作者座谈会"]
    assert [one[3] for one in told] == [320, 45]


def test_a_list_of_activities_is_no_form() -> None:
    listed = (("活动名称", "活动时间", "活动地点", "参与人数"), ("集市", "5月28日", "龙山", "320"))
    block = Block(style=Style.TABLE, text="", rows=listed)

    assert block.fields == ()
    assert len(list(form.unfold(rows(*listed, *listed)))) == 1


def form_document(form_rows: tuple[tuple[str, ...], ...]) -> bytes:
    document = docx.Document()
    document.add_heading("活动情况登记表", 0)
    table = document.add_table(0, 4)
    for texts in form_rows:
        cells = table.add_row().cells
        for cell, text in zip(cells, texts, strict=True):
            cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


# ---------------------------------------------------------------- sheets


def test_last_years_sheet_in_this_years_workbook_counts_nothing_and_names_come_from_the_column_of_names() -> (
    None
):
    head = ("活动类别", "活动名称", "活动时间", "活动地点", "参与人数")
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    for year, people in ((2024, 320), (2023, 999)):
        sheet = book.add_worksheet(f"{year}年")
        sheet.merge_range(0, 0, 0, 4, f"{year}年“全国科技工作者日”活动汇总表")
        sheet.write_row(1, 0, head)
        sheet.write_row(2, 0, ("科技志愿服务", f"{year}年进社区", f"{year}年5月28日", "龙山街道", people))
        sheet.write_row(3, 0, ("合计", "", "", "", people))
    book.close()

    filing = judged(out.getvalue(), "汇总表.xlsx")

    assert figures(filing) == [("2024年进社区", "2024-05-28", "龙山街道", 320, None)]
    assert [aside.reason for aside in filing.set_aside] == ["合计", "往年", "往年"]


@pytest.mark.parametrize("suffix", ["docx", "html"])
def test_the_title_and_the_line_of_the_unit_in_a_tables_first_rows_hide_no_activity(suffix: str) -> None:
    listed = (
        ("附件2", "", "", "", ""),
        ("2024年“全国科技工作者日”活动汇总表", "", "", "", ""),
        ("填报单位：渝北区科协", "", "", "", ""),
        ("序号", "活动名称", "活动时间", "活动地点", "参与人数"),
        ("1", "科技志愿服务进社区", "5月28日", "龙山街道", "320余人"),
        ("2", "科技工作者座谈会", "5月30日", "区行政中心", "45"),
        ("合计", "", "", "", "365"),
    )

    found = judged(list_document(listed) if suffix == "docx" else list_page(listed), f"汇总表.{suffix}")

    assert figures(found) == [
        ("科技志愿服务进社区", "2024-05-28", "龙山街道", 320, None),
        ("科技工作者座谈会", "2024-05-30", "区行政中心", 45, None),
    ]


def list_document(listed: tuple[tuple[str, ...], ...]) -> bytes:
    document = docx.Document()
    table = document.add_table(0, len(listed[0]))
    for texts in listed:
        cells = table.add_row().cells
        merged = cells[0].merge(cells[-1]) if not any(texts[1:]) else cells[0]
        merged.text = texts[0]
        for cell, text in zip(cells[1:], texts[1:], strict=True):
            if text:
                cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def list_page(listed: tuple[tuple[str, ...], ...]) -> bytes:
    made = "".join(
        f"<tr><td colspan={len(texts)}>{texts[0]}</td></tr>"
        if not any(texts[1:])
        else "<tr>" + "".join(f"<td>{text}</td>" for text in texts) + "</tr>"
        for texts in listed
    )
    return f"<html><head><meta charset=utf-8></head><body><table>{made}</table></body></html>".encode()


# ---------------------------------------------------------------- pages, flat texts


def html(body: str) -> list[tuple[str, Aside | None]]:
    data = f"<html><head><meta charset=utf-8></head><body>{body}</body></html>".encode()
    content = extract(Leaf(path="2", name="a.html", data=data), "text/html")
    return [(block.text, block.aside) for block in content.blocks]


def test_the_number_of_an_item_stands_before_its_paragraph_and_not_before_a_number() -> None:
    listed = "<ol><li><p>开展宣讲进校园活动</p></li><li>走访慰问</li><li><p>（三）座谈交流</p></li></ol>"

    assert [text for text, _ in html(listed)] == ["1. 开展宣讲进校园活动", "2. 走访慰问", "（三）座谈交流"]


def test_of_a_saved_page_notes_stand_aside_and_marks_pronunciation_and_deletions_are_not_read() -> None:
    body = (
        "<div title=header><p>渝北区科协页眉</p></div>"
        '<p>服务群众320人<a href="#_ftn1" name="_ftnref1">[1]</a>，<ruby>重<rt>chóng</rt></ruby>庆日报'
        '<del cite="mailto:a" datetime="2024">删去的话</del>刊发。</p>'
        "<div style='mso-element:footnote-list'><div style='mso-element:footnote' id=ftn1>"
        '<p><a href="#_ftnref1">[1]</a>截至6月10日。</p></div></div>'
    )

    assert html(body) == [
        ("渝北区科协页眉", Aside.HEADER),
        ("服务群众320人，重庆日报刊发。", None),
        ("截至6月10日。", Aside.FOOTNOTE),
    ]


def test_the_file_list_in_a_page_of_one_file_is_noise() -> None:
    data = single_file_page()

    parts = intake.read_document(data, "总结.mht").parts

    assert [part.status for part in parts] == [Status.OK, Status.OK, Status.NOISE]
    assert judged(data, "总结.mht").activities[0].activity.title == FIGURES[0][0]


def test_a_flat_document_shows_no_deleted_text_and_signs_of_wingdings() -> None:
    spaces = "urn:oasis:names:tc:opendocument:xmlns:"
    data = (
        f'<?xml version="1.0"?><office:document xmlns:office="{spaces}office:1.0" xmlns:text="{spaces}text:1.0" '
        'office:mimetype="application/vnd.oasis.opendocument.text"><office:body><office:text><text:tracked-changes>'
        '<text:changed-region text:id="a"><text:insertion/></text:changed-region>'
        '<text:changed-region text:id="b"><text:deletion/></text:changed-region></text:tracked-changes>'
        '<text:p>活动<text:change-start text:change-id="a"/>很<text:change-end text:change-id="a"/>受欢迎'
        '<text:change-start text:change-id="b"/>删去<text:change-end text:change-id="b"/>。\uf052是 \uf0a8否</text:p>'
        "</office:text></office:body></office:document>"
    ).encode()

    assert [block.text for block in running(data, "总结.fodt")] == ["活动很受欢迎。☑是 □否"]
