"""公文 layout: the blocks of a report as a Word document.

Purpose: `laid_out` paints blocks into a python-docx document.
Source: GB/T 9704-2012: A4; 天头 37 mm, 订口 28 mm, 版心 156 × 225 mm; title 二号小标宋, body 三号仿宋, 22 lines a page (28 pt), 28
characters a line; 一、黑体, （一）楷体, 1. 仿宋; page number 四号宋体 "— 1 —" at the outer foot, odd right, even left.
Limits: a machine without 方正小标宋简体 or 仿宋_GB2312 falls back to 宋体, 仿宋 (alternative names of the font table), then to
what it has of that family. What is a draft says so on each page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from docx import Document
from docx.document import Document as Docx
from docx.enum.section import WD_SECTION_START
from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX, WD_LINE_SPACING
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph as Line

from outputs.cells import clean
from outputs.report import charts
from outputs.report.blocks import Block, Diagram, Grid, Heading, Paragraph, Piece, Signature, words

TITLE, BODY, HEADING, SUBHEADING, SONG = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"
LATIN = "Times New Roman"
FALLBACKS = {
    TITLE: ("方正小标宋_GBK,华文中宋,宋体,SimSun,Noto Serif CJK SC", "roman"),
    BODY: ("仿宋,FangSong,华文仿宋,宋体,Noto Serif CJK SC", "roman"),
    SUBHEADING: ("楷体,KaiTi,华文楷体,宋体,Noto Serif CJK SC", "script"),
    HEADING: ("SimHei,微软雅黑,Noto Sans CJK SC", "swiss"),
    SONG: ("SimSun,Noto Serif CJK SC", "roman"),
}
"""Font to its alternative names (ECMA-376 part 1, 17.8.3.1) and family."""
LINE = Pt(28)
SIZE_TITLE, SIZE_BODY, SIZE_NOTE, SIZE_TABLE, SIZE_SMALL = 22, 16, 12, 12, 10.5
DRAFT = "草　稿"
MOST_TOGETHER = 12
"""Rows of a table that no page break parts."""
_NARROW = f'<w:tblCellMar {nsdecls("w")}><w:left w:w="45" w:type="dxa"/><w:right w:w="45" w:type="dxa"/></w:tblCellMar>'
"""0.8 mm between a cell's border and its words."""


def laid_out(title: Sequence[str], header: str, blocks: Iterable[Block]) -> Docx:
    """Paint a report.

    Args:
        title: its lines.
        header: small words at the head of each page: that it is a draft, and of what state.
    """
    document = Document()
    _fonts(document)
    _page(document, header)
    _text(document.add_paragraph(), DRAFT, HEADING, SIZE_BODY)
    for number, line in enumerate(title):
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _exact(paragraph, Pt(36))
        paragraph.paragraph_format.space_before = Pt(0 if number else 14)
        _text(paragraph, line, TITLE, SIZE_TITLE)
    _exact(document.add_paragraph(), LINE)
    for block in blocks:
        _paint(document, block)
    return document


def _paint(document: Docx, block: Block) -> None:
    if isinstance(block, Heading):
        _heading(document, block)
    elif isinstance(block, Paragraph):
        _paragraph(document, block)
    elif isinstance(block, Grid):
        _grid(document, block)
    elif isinstance(block, Diagram):
        _diagram(document, block)
    else:
        _signature(document, block)


# ---------------------------------------------------------------- page and fonts


def _page(document: Docx, header: str) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.left_margin = Mm(37), Mm(28)
    section.right_margin, section.bottom_margin = Mm(210 - 28 - 156), Mm(297 - 37 - 225)
    section.header_distance, section.footer_distance = Mm(20), Mm(35 - 7 - 6)
    section.start_type = WD_SECTION_START.NEW_PAGE
    document.settings.odd_and_even_pages_header_footer = True
    for part, foot, right in (
        (section.header, section.footer, True),
        (section.even_page_header, section.even_page_footer, False),
    ):
        part.is_linked_to_previous = foot.is_linked_to_previous = False
        line = part.paragraphs[0]
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT if right else WD_ALIGN_PARAGRAPH.LEFT
        _text(line, header, SONG, 9)
        _number(foot.paragraphs[0], right=right)


def _number(line: Line, *, right: bool) -> None:
    """— 1 —, one character in from the outer edge."""
    line.alignment = WD_ALIGN_PARAGRAPH.RIGHT if right else WD_ALIGN_PARAGRAPH.LEFT
    edge = line.paragraph_format
    edge.right_indent, edge.left_indent = (Pt(14), Pt(0)) if right else (Pt(0), Pt(14))
    _text(line, "— ", SONG, 14)
    run = _text(line, "", SONG, 14)
    for kind, shown in (("begin", ""), ("", "PAGE"), ("separate", ""), ("text", "1"), ("end", "")):
        if kind == "text":
            run.text = shown
        elif kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)
        else:
            code = OxmlElement("w:instrText")
            code.set(qn("xml:space"), "preserve")
            code.text = shown
            run._r.append(code)
        if kind != "end":
            run = _text(line, "", SONG, 14)
    _text(line, " —", SONG, 14)


def _fonts(document: Docx) -> None:
    """Set the fonts of all text, and what stands in where they are missing."""
    style: Any = document.styles["Normal"]
    style.font.name, style.font.size = LATIN, Pt(SIZE_BODY)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), BODY)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-US")
    language.set(qn("w:eastAsia"), "zh-CN")
    style.element.get_or_add_rPr().append(language)
    style.paragraph_format.space_after = Pt(0)
    for part in document.part.package.iter_parts():
        if str(part.partname) == "/word/fontTable.xml":
            part._blob = _font_table()
    settings = document.settings.element
    if settings.find(qn("w:themeFontLang")) is not None:
        settings.find(qn("w:themeFontLang")).set(qn("w:eastAsia"), "zh-CN")


def _font_table() -> bytes:
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/>'
        f'<w:family w:val="{family}"/><w:pitch w:val="variable"/></w:font>'
        for name, (others, family) in FALLBACKS.items()
    )
    latin = f'<w:font w:name="{LATIN}"><w:charset w:val="00"/><w:family w:val="roman"/><w:pitch w:val="variable"/></w:font>'
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return f"{head}<w:fonts {nsdecls('w')}>{fonts}{latin}</w:fonts>".encode()


# ---------------------------------------------------------------- words


def _text(line: Line, text: str, font: str, size: float, *, bold: bool = False) -> Any:
    """Add words in a font; what XML or a reader's eye could stumble over is taken out."""
    run = line.add_run()
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    run.add_text(f"{before}{clean(text)}{after}".replace("\n", " "))
    run.font.name, run.font.size, run.font.bold = LATIN, Pt(size), bold or None
    fonts = run._r.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), font)
    fonts.set(qn("w:hint"), "eastAsia")  # quotation marks and dashes are Chinese ones
    return run


def _exact(line: Line, height: Any) -> None:
    line.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    line.paragraph_format.line_spacing = height


def _indented(line: Line, size: float) -> None:
    """Indent the first line by two characters, whatever the size."""
    indent = line._p.get_or_add_pPr().get_or_add_ind()
    indent.set(qn("w:firstLineChars"), "200")
    indent.set(qn("w:firstLine"), str(round(size * 2 * 20)))


def _heading(document: Docx, block: Heading) -> None:
    line = document.add_paragraph()
    _exact(line, LINE)
    line.paragraph_format.keep_with_next = True
    level = OxmlElement("w:outlineLvl")
    level.set(qn("w:val"), str(max(0, block.level - 1)))
    line._p.get_or_add_pPr().append(level)
    if block.level == 0:
        line.paragraph_format.page_break_before = True
        _text(line, block.text, HEADING, SIZE_BODY)
        title = document.add_paragraph()
        title.alignment = WD_ALIGN_PARAGRAPH.CENTER
        title.paragraph_format.space_before, title.paragraph_format.space_after = Pt(4), Pt(8)
        title.paragraph_format.keep_with_next = True
        _text(title, block.title, TITLE, 18)
        return
    _indented(line, SIZE_BODY)
    _text(line, block.text, {1: HEADING, 2: SUBHEADING}.get(block.level, BODY), SIZE_BODY)


def _paragraph(document: Docx, block: Paragraph) -> None:
    line = document.add_paragraph()
    size = SIZE_NOTE if block.small else SIZE_BODY
    _exact(line, Pt(20) if block.small else LINE)
    line.paragraph_format.widow_control = True
    line.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    line.paragraph_format.keep_with_next = block.leads or not block.pieces
    if not (block.fill and block.text.endswith("：")):
        _indented(line, size)
    if block.lead:
        _text(line, block.lead, SUBHEADING, size)
    for piece in block.pieces:
        run = _text(line, words(piece), BODY, size)
        if block.fill:
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _signature(document: Docx, block: Signature) -> None:
    _exact(document.add_paragraph(), LINE)
    for one in block.lines:
        line = document.add_paragraph()
        _exact(line, LINE)
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        line.paragraph_format.right_indent = Pt(2 * SIZE_BODY)
        run = _text(line, one, BODY, SIZE_BODY)
        if one.startswith("【"):
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW


# ---------------------------------------------------------------- tables


def _grid(document: Docx, block: Grid) -> None:
    size = SIZE_SMALL if block.small else SIZE_TABLE
    if block.title:
        line = document.add_paragraph()
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        line.paragraph_format.keep_with_next = True
        line.paragraph_format.space_before = Pt(8)
        line.paragraph_format.space_after = Pt(3)
        _text(line, block.title, HEADING, 14 if not block.small else 12)
    table = document.add_table(rows=0, cols=len(block.widths))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    look = table._tbl.tblPr.find(qn("w:tblLook"))
    look.addprevious(parse_xml(_NARROW))  # the order of ECMA-376 part 1, 17.4.59
    for column, width in zip(table.columns, block.widths, strict=True):
        column.width = Mm(width)
    if block.headers:
        _row(table, [(one,) for one in block.headers], block, size, head=True)
    for row in block.rows:
        _row(table, row, block, size)
    if len(block.rows) <= MOST_TOGETHER:
        for cell in (cell for row in table.rows for cell in row.cells):
            cell.paragraphs[0].paragraph_format.keep_with_next = True
    note = document.add_paragraph()
    note.paragraph_format.space_after = Pt(6)
    _exact(note, Pt(16))
    _text(note, block.note, BODY, SIZE_SMALL)


def _row(
    table: Any, cells: Sequence[Sequence[Piece]], block: Grid, size: float, *, head: bool = False
) -> None:
    row = table.add_row()
    traits = row._tr.get_or_add_trPr()
    traits.append(OxmlElement("w:cantSplit"))
    if head:
        traits.append(OxmlElement("w:tblHeader"))
    for number, (cell, pieces) in enumerate(zip(row.cells, cells, strict=True)):
        cell.width = Mm(block.widths[number])
        cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
        text = "".join(map(words, pieces))
        for at, part in enumerate(text.split("\n") if head else [text]):
            line = cell.add_paragraph() if at else cell.paragraphs[0]
            left = number in block.left and not head
            line.alignment = WD_ALIGN_PARAGRAPH.LEFT if left else WD_ALIGN_PARAGRAPH.CENTER
            line.paragraph_format.space_before = line.paragraph_format.space_after = Pt(1)
            line.paragraph_format.line_spacing = 1.0
            _text(line, part, HEADING if head else BODY, size)
        if head:
            cell._tc.tcPr.find(qn("w:vAlign")).addprevious(
                parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="E7EDF5"/>')
            )


def _diagram(document: Docx, block: Diagram) -> None:
    line = document.add_paragraph()
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    line.paragraph_format.keep_with_next = True
    line.paragraph_format.space_before = Pt(6)
    line.add_run()._r.append(charts.drawing(document, block))
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _exact(title, Pt(24))
    _text(title, block.title, HEADING, 12)
