"""outputs/report: a Word draft whose every number is a cell of the workbook, in 公文 layout, from hostile words too."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Pt
from lxml import etree
from python_calamine import CalamineWorkbook

from outputs import report, workbook
from outputs.custody import Custody
from outputs.report import excerpts
from outputs.report.figures import TOTAL, Book, Figure
from outputs.tables import Sheet, tables
from pipeline.errors import PermanentError, UsageError
from pipeline.evaluate import evaluate
from pipeline.records import Filed
from rules import Rules
from tests.season import YUBEI, activity, at, custody, filing, item, passage, season, small_rules
from tests.support import ROOT, SAMPLES, need_tool

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    return small_rules(tmp_path_factory.mktemp("rules"))


@dataclass(frozen=True)
class Made:
    """One season: its tables, its draft, and its workbook as another library reads it: sheet, row id, header to value."""

    sheets: tuple[Sheet, ...]
    draft: report.Draft
    cells: dict[tuple[str, str, str], Any]
    rows: dict[str, list[dict[str, Any]]]

    @property
    def document(self) -> Any:
        return docx.Document(io.BytesIO(self.draft.octets))


def drawn(filed: Sequence[Filed], rules: Rules, kept: Custody, folder: Path) -> Made:
    judged = evaluate(filed, rules)
    sheets = tables(filed, judged, rules, kept, release="0.1.0")
    path = workbook.write(filed, judged, rules, kept, folder=folder)
    cells: dict[tuple[str, str, str], Any] = {}
    rows: dict[str, list[dict[str, Any]]] = {}
    book = CalamineWorkbook.from_path(path)
    for sheet in sheets:
        found = book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
        top = next(number for number, row in enumerate(found) if row[0] == "行号")
        headers = [str(one) for one in found[top]]
        ids = [str(row[0]) for row in found[top + 1 : top + 1 + len(sheet.frame)]]
        for row in found[top + 1 : top + 2 + len(sheet.frame)]:
            name = str(row[0]) if str(row[0]) in ids and row[0] else TOTAL
            cells |= {(sheet.name, name, header): value for header, value in zip(headers, row, strict=False)}
        rows[sheet.name] = [
            dict(zip(headers, row, strict=False)) for row in found[top + 1 : top + 1 + len(sheet.frame)]
        ]
    return Made(sheets, report.draft(sheets, rules, kept.as_of), cells, rows)


@pytest.fixture(scope="module")
def made(rules: Rules, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return drawn(season(), rules, custody(), tmp_path_factory.mktemp("made"))


HOSTILE = "=cmd|' /C calc'!A1\x00\x07\x1b\ufffe\ud800\u202e倒”引“号\"<w:p>&amp; ]]> 99999 人"


def hostile() -> tuple[Filed, ...]:
    """One mail whose every word is an attack."""
    told = activity(HOSTILE, HOSTILE * 3000, 5, on=date(2024, 5, 30), people=(7, "7人"), place=HOSTILE[:40])
    made = filing(
        YUBEI,
        (told,),
        highlights=(passage(HOSTILE * 3000, 8), passage("\x00\u202e", 9)),
        suggestions=(passage("88888" + "长" * 100_000, 10),),
    )
    outside = filing("=单位88888“" + "名" * 400, (told,))
    return (Filed(item=item(1, at(12)), filing=made), Filed(item=item(2, at(12)), filing=outside))


# ---------------------------------------------------------------- every number is a cell


def words(document: Any) -> Iterator[str]:
    """The lines of the report that speak for us: all before the table of sources."""
    for element in document.element.body:
        text = "".join(one.text or "" for one in element.iter(f"{W}t"))
        if text == "附件3":
            return
        if element.tag == f"{W}p":
            yield text
        elif element.tag == f"{W}tbl":
            for cell in element.iter(f"{W}tc"):
                yield "".join(one.text or "" for one in cell.iter(f"{W}t"))


def numbers(line: str, rules: Rules) -> list[str]:
    """The numbers that a line states itself: no dates, no quoted words, no sources, no numbering, no name of the notice."""
    for name in (rules.notice.name, rules.notice.number, rules.notice.title):
        line = line.replace(name, "")
    line = re.sub(r"“[^”]*”", "", line)
    line = re.sub(r"（\d{4}-\d{5}）", "", line)
    line = re.sub(r"(?:\d{4}年)?\d{1,2}月\d{1,2}日", "", line)
    line = re.sub(r"附件\d", "", line)
    line = re.sub(r"^\s*(?:附件：)?\s*\d{1,2}\. ", "", line)
    return re.findall(r"\d+(?:\.\d+)?", line)


def stated(figure: Figure, made: Made) -> Any:
    """What the workbook holds at the place of a figure."""
    if figure.where:
        return sum(
            all((row[header] == value) is same for header, value, same in figure.where)
            for row in made.rows[figure.sheet]
        )
    return made.cells[figure.sheet, figure.row, figure.header]


def test_every_number_of_the_text_is_a_recorded_figure(made: Made, rules: Rules) -> None:
    found = [number for line in words(made.document) for number in numbers(line, rules)]

    assert len(found) > 100
    charts = [one for one in made.draft.used if one.sentence.startswith("图")]
    assert sorted(found + [one.figure.shown for one in charts]) == sorted(
        one.figure.shown for one in made.draft.used
    )


def test_every_figure_equals_its_cell_of_the_workbook_that_was_read_back(made: Made) -> None:
    assert len(made.draft.used) > 20
    for one in made.draft.used:
        assert float(stated(one.figure, made)) == float(one.figure.value), one


def test_every_figure_names_the_cell_in_which_it_stands(made: Made, tmp_path: Path, rules: Rules) -> None:
    path = workbook.write(season(), evaluate(season(), rules), rules, custody(), folder=tmp_path)
    book = CalamineWorkbook.from_path(path)
    checked = 0
    for one in made.draft.used:
        found = re.fullmatch(r"([A-Z]+)(\d+)", one.figure.cell)
        if found:
            column = 0
            for letter in found[1]:
                column = column * 26 + ord(letter) - 64
            rows = book.get_sheet_by_name(one.figure.sheet).to_python(skip_empty_area=False)
            assert float(str(rows[int(found[2]) - 1][column - 1])) == float(one.figure.value), one
            checked += 1
    assert checked > 50


def test_the_table_of_sources_holds_every_number_of_a_sentence(made: Made) -> None:
    last = made.document.tables[-1]
    rows = [tuple(cell.text for cell in row.cells) for row in last.rows]

    for one in made.draft.used:
        shown, place = (one.figure.shown, f"{one.figure.sheet} {one.figure.cell}")
        if one.column:
            assert any(row[0] == "各数" and one.sentence in row[1] and one.column in row[1] for row in rows)
        else:
            assert any(row[0] == shown and row[2] == place for row in rows), one


def test_a_number_that_is_no_cell_would_be_found(made: Made, rules: Rules) -> None:
    """The test above sees a number that somebody writes into a sentence."""
    assert numbers("共开展活动12项，5月30日（2024-00031）“第3项”参与1.5万人", rules) == ["12", "1.5"]


def test_missing_figures_are_said_to_be_missing(made: Made) -> None:
    text = "\n".join(words(made.document))
    missing = made.cells["分类统计", TOTAL, "未写明人数的活动"]

    assert missing > 0
    assert f"有{missing:g}项活动未写明参与人数，未计入人次" in text
    assert "参与人数未写明" in text
    assert "场次均未写明" in text


def test_a_season_without_a_mail_makes_a_report_that_says_so(rules: Rules, tmp_path: Path) -> None:
    empty = drawn((), rules, Custody(), tmp_path)
    text = "\n".join(words(empty.document))

    assert "还没有计入的活动" in text
    assert "报送的材料中没有单列的典型经验" in text
    for one in empty.draft.used:
        assert float(stated(one.figure, empty)) == float(one.figure.value)


# ---------------------------------------------------------------- what it says, and does not say


def test_the_sections_stand_in_their_order(made: Made) -> None:
    lines = list(words(made.document))
    wanted = (
        "一、总体情况",
        "（一）报送情况",
        "（二）活动规模",
        "二、分类活动情况",
        "三、宣传报道",
        "四、典型经验",
        "五、存在问题和意见建议",
        "六、下一步工作",
    )

    assert [line for line in lines if line in wanted] == list(wanted)


def test_nobody_is_said_to_have_won_anything(made: Made) -> None:
    text = "\n".join(words(made.document))

    assert "建议" in text
    assert not re.search("获奖|荣获|评为|当选|授予", re.sub(r"“[^”]*”", "", text))


def test_passages_are_quoted_word_for_word_with_their_source(made: Made) -> None:
    text = "\n".join(words(made.document))

    assert "“经验：区、镇、村三级联动，活动办到田间地头。”（2024-00001）" in text
    assert "“建议：来年早一个月下发通知。”（2024-00001）" in text
    assert "（2024-00002）" not in text, "a replaced mail is no source"


def test_the_units_that_have_not_sent_are_those_of_the_workbook(made: Made) -> None:
    text = "\n".join(words(made.document))
    unsent = [row["单位"] for row in made.rows["未报送"]]

    assert unsent
    assert all(unit in text for unit in unsent)


def test_what_people_must_write_is_marked(made: Made) -> None:
    marked = [
        run.text
        for line in made.document.paragraphs
        for run in line.runs
        if run.font.highlight_color is not None
    ]

    assert any("【由经办人填写】" in text for text in marked)
    assert any("成文日期" in text for text in marked)


def test_a_sheet_that_is_not_there_is_named(made: Made, rules: Rules) -> None:
    without = [sheet for sheet in made.sheets if sheet.name != "典型经验"]

    with pytest.raises(PermanentError, match="典型经验"):
        report.draft(without, rules, at(23))


def test_a_column_or_row_that_is_not_there_is_named(made: Made) -> None:
    book = Book(made.sheets)

    with pytest.raises(PermanentError, match="没有的列"):
        book.total("分类统计", "没有的列")
    with pytest.raises(PermanentError, match="category/99"):
        book.figure("分类统计", "category/99", "活动数")
    with pytest.raises(PermanentError, match="不是数字"):
        book.figure("分类统计", "category/1", "类别")


# ---------------------------------------------------------------- hostile words


def test_hostile_words_make_a_document_that_every_reader_opens(rules: Rules, tmp_path: Path) -> None:
    mails = hostile()
    found = drawn(mails, rules, custody(mails), tmp_path)
    text = "\n".join(words(found.document))

    for name in zipfile.ZipFile(io.BytesIO(found.draft.octets)).namelist():
        if name.endswith((".xml", ".rels")):
            etree.fromstring(zipfile.ZipFile(io.BytesIO(found.draft.octets)).read(name))
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\ufffe\ud800-\udfff]", text)
    assert "<w:p>" in text, "words stay words"
    assert "“”（" not in text, "a passage of control characters alone says nothing"
    assert max(map(len, words(found.document))) < 1500
    assert "……”（2024-00001）" in text
    stray = [number for line in words(found.document) for number in numbers(line, rules)]
    assert not {"88888", "99999"} & set(stray), "nobody breaks out of the quotes"


def test_a_quote_is_cut_at_a_sentence_and_says_so() -> None:
    assert (
        excerpts.quote("（一）抓学习\n第一句完。第二句很长很长很长。", 8, "（一）抓学习") == "“第一句完。……”"
    )
    assert excerpts.quote("他说“好”。", 20) == "“他说‘好’。”"
    assert excerpts.quote("短。", 20) == "“短。”"
    assert excerpts.named("2、科普进社区", 20) == "“科普进社区”"
    assert excerpts.plain("三楼302室", 20) == "“三楼302室”"
    assert excerpts.plain("区科技馆", 20) == "区科技馆"


# ---------------------------------------------------------------- layout


def test_the_page_is_that_of_the_standard(made: Made) -> None:
    section = made.document.sections[0]

    sizes = (section.page_width, section.page_height, section.top_margin, section.left_margin)
    assert [round(size.mm) for size in sizes] == [210, 297, 37, 28]
    width = sizes[0].mm - section.left_margin.mm - section.right_margin.mm
    height = sizes[1].mm - section.top_margin.mm - section.bottom_margin.mm
    assert (round(width), round(height)) == (156, 225)
    assert made.document.settings.odd_and_even_pages_header_footer
    for foot, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        assert "".join(one.text or "" for one in foot._element.iter(f"{W}instrText")) == "PAGE"
        assert foot.paragraphs[0].text == "— 1 —"
        assert foot.paragraphs[0]._p.pPr.find(qn("w:jc")).get(qn("w:val")) == side
    assert "草稿" in section.header.paragraphs[0].text


def _fonts(document: Any, text: str) -> tuple[str, float]:
    line = next(line for line in document.paragraphs if line.text.startswith(text))
    run = line.runs[-1]
    return run._r.rPr.rFonts.get(qn("w:eastAsia")), run.font.size.pt


def test_the_fonts_are_those_of_the_standard_and_have_others_to_fall_back_on(made: Made) -> None:
    document = made.document

    assert _fonts(document, "关于2024年") == ("方正小标宋简体", 22)
    assert _fonts(document, "一、总体情况") == ("黑体", 16)
    assert _fonts(document, "（一）报送情况") == ("楷体_GB2312", 16)
    assert _fonts(document, "收件邮箱") == ("仿宋_GB2312", 16)
    body = next(line for line in document.paragraphs if line.text.startswith("收件邮箱"))
    assert body.paragraph_format.line_spacing == Pt(28)
    assert body._p.pPr.find(qn("w:ind")).get(qn("w:firstLineChars")) == "200"
    table = zipfile.ZipFile(io.BytesIO(made.draft.octets)).read("word/fontTable.xml").decode()
    for font, other in (("方正小标宋简体", "宋体"), ("仿宋_GB2312", "仿宋"), ("楷体_GB2312", "楷体")):
        assert re.search(rf'w:name="{font}"><w:altName w:val="[^"]*{other}', table)


def test_charts_show_the_figures_and_can_be_edited(made: Made) -> None:
    package = zipfile.ZipFile(io.BytesIO(made.draft.octets))
    shown = []
    for number in (1, 2, 3):
        tree = etree.fromstring(package.read(f"word/charts/chart{number}.xml"))
        space = {"c": "http://schemas.openxmlformats.org/drawingml/2006/chart"}
        shown += [one.text for one in tree.findall(".//c:val//c:v", space)]
        inside = CalamineWorkbook.from_filelike(
            io.BytesIO(package.read(f"word/embeddings/chart{number}.xlsx"))
        )
        rows = inside.get_sheet_by_name("Sheet1").to_python()
        assert [row[0] for row in rows[1:]] == [one.text for one in tree.findall(".//c:cat//c:v", space)][
            : len(rows) - 1
        ]

    assert shown == [one.figure.shown for one in made.draft.used if one.sentence.startswith("图")]


def test_the_report_opens_in_libreoffice_with_a_number_on_every_page(made: Made, tmp_path: Path) -> None:
    need_tool("soffice")
    need_tool("pdftotext")
    (tmp_path / "r.docx").write_bytes(made.draft.octets)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "r.docx")], check=True, capture_output=True, timeout=180)
    text = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "r.pdf"), "-"], check=True, capture_output=True
    ).stdout.decode()

    pages = text.split("\f")[:-1]
    assert len(pages) > 5
    for number, page in enumerate(pages, 1):
        assert re.search(rf"—\s*{number}\s*—", page), number
    assert "数字出处表" in text


# ---------------------------------------------------------------- the file


def test_the_same_season_gives_the_same_octets(made: Made, rules: Rules) -> None:
    mails = tuple(reversed(season()))
    sheets = tables(mails, evaluate(mails, rules), rules, custody(), release="0.1.0")

    assert report.draft(sheets, rules, custody().as_of).octets == made.draft.octets


def test_a_file_that_people_may_have_worked_on_is_never_overwritten(made: Made, tmp_path: Path) -> None:
    target = tmp_path / "reports" / report.name(at(23, 10, 3))
    first = report.write(made.draft, target, exact=False)
    again = report.write(made.draft, target, exact=False)
    first.write_bytes(b"worked on")
    beside = report.write(made.draft, target, exact=False)

    assert first == again == target
    assert target.name == "汇总报告（草稿）-20240623-100300.docx"
    assert target.read_bytes() == b"worked on"
    assert beside.name == "汇总报告（草稿）-20240623-100300-2.docx"
    with pytest.raises(UsageError, match="没有覆盖"):
        report.write(made.draft, target, exact=True)


def test_points_given_by_people_are_those_of_the_workbook(rules: Rules) -> None:
    """What the table of units shows is the final value, as 单位汇总 has it."""
    mails = season()
    sheets = tables(mails, evaluate(mails, rules), rules, custody(), release="0.1.0")
    changed = [
        replace(sheet, frame=sheet.frame.assign(最终低分=[float(n) for n in range(len(sheet.frame))]))
        if sheet.name == "单位汇总"
        else sheet
        for sheet in sheets
    ]
    shown = {
        one.figure.shown
        for one in report.draft(changed, rules, at(23)).used
        if one.figure.header == "最终低分"
    }

    assert shown == {str(n) for n in range(len(next(s for s in changed if s.name == "单位汇总").frame))}


# ---------------------------------------------------------------- the command, on real mails


def test_the_command_drafts_what_the_compiled_workbook_holds(tmp_path: Path) -> None:
    """The cells that the table of sources names hold these numbers in the file that staff open."""
    data = ("--data-dir", str(tmp_path / "data"))
    assert shouwen("once", "--mailbox", str(SAMPLES), *data).returncode in (0, 3)
    compiled = shouwen("compile", *data)
    done = shouwen("report", *data)
    assert (compiled.returncode, done.returncode) == (0, 0), compiled.stderr + done.stderr

    book = CalamineWorkbook.from_path(compiled.stdout.strip())
    document = docx.Document(done.stdout.strip())
    checked = 0
    for row in document.tables[-1].rows[1:]:
        number, _, place, _ = (cell.text for cell in row.cells)
        found = re.fullmatch(r"(\S+) ([A-Z])(\d+)", place)
        if found and number != "各数":
            cells = book.get_sheet_by_name(found[1]).to_python(skip_empty_area=False)
            assert float(str(cells[int(found[3]) - 1][ord(found[2]) - 65])) == float(number), place
            checked += 1
    assert checked > 40


def test_a_draft_goes_where_it_is_asked_to_go(tmp_path: Path) -> None:
    data = ("--data-dir", str(tmp_path / "data"))
    (tmp_path / "mails").mkdir()
    (tmp_path / "mails" / "one.eml").write_bytes((SAMPLES / "03-quoted-printable.eml").read_bytes())
    shouwen("once", "--mailbox", str(tmp_path / "mails"), *data)
    (tmp_path / "有人的.docx").write_bytes(b"worked on")

    refused = shouwen("report", "--out", str(tmp_path / "有人的.docx"), *data)
    done = shouwen("report", "--out", str(tmp_path / "新的.docx"), *data)

    assert refused.returncode == 2
    assert "没有覆盖" in refused.stderr
    assert (tmp_path / "有人的.docx").read_bytes() == b"worked on"
    assert done.stdout == f"{tmp_path / '新的.docx'}\n"


def shouwen(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pipeline", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
