"""公文 layout: the blocks of a report as a Word document.

Purpose: `laid_out` paints blocks into a python-docx document.
Source: GB/T 9704-2012: A4; 天头 37 mm, 订口 28 mm, 版心 156 × 225 mm; title 二号小标宋, body 三号仿宋, 22 lines a page (28 pt), 28
characters a line; 一、黑体, （一）楷体, 1. 仿宋; page number 四号宋体 "— 1 —" at the outer foot, odd right, even left.
Limits: a machine without 方正小标宋简体 or 仿宋_GB2312 falls back to 宋体, 仿宋 (alternative names of the font table), then to
what it has of that family. What is a draft says so on each page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from docx import Document
from docx.document import Document as Docx
from docx.enum.section import WD_SECTION_START
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph as Line

from outputs.report import charts, fonts
from outputs.report.blocks import Block, Diagram, Grid, Heading, Paragraph, Signature, words
from outputs.report.fonts import (
    BODY,
    HEADING,
    LINE,
    SIZE_BODY,
    SIZE_NOTE,
    SIZE_TITLE,
    SONG,
    SUBHEADING,
    TITLE,
    exact,
    indented,
    text,
)
from outputs.report.grids import grid

DRAFT = "草　稿"
_LONG_WORD = re.compile("[!-~]{18,}")


def laid_out(title: Sequence[str], header: str, blocks: Iterable[Block]) -> Docx:
    """Paint a report.

    Args:
        title: its lines.
        header: small words at the head of each page: that it is a draft, and of what state.
    """
    document = Document()
    fonts.install(document)
    _page(document, header)
    text(document.add_paragraph(), DRAFT, HEADING, SIZE_BODY)
    for number, line in enumerate(title):
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        exact(paragraph, Pt(36))
        paragraph.paragraph_format.space_before = Pt(0 if number else 14)
        text(paragraph, line, TITLE, SIZE_TITLE)
    exact(document.add_paragraph(), LINE)
    for block in blocks:
        _paint(document, block)
    return document


def _paint(document: Docx, block: Block) -> None:
    if isinstance(block, Heading):
        _heading(document, block)
    elif isinstance(block, Paragraph):
        _paragraph(document, block)
    elif isinstance(block, Grid):
        grid(document, block)
    elif isinstance(block, Diagram):
        _diagram(document, block)
    else:
        _signature(document, block)


# ---------------------------------------------------------------- page


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
        text(line, header, SONG, 9)
        _number(foot.paragraphs[0], right=right)


def _number(line: Line, *, right: bool) -> None:
    """— 1 —, one character in from the outer edge."""
    line.alignment = WD_ALIGN_PARAGRAPH.RIGHT if right else WD_ALIGN_PARAGRAPH.LEFT
    edge = line.paragraph_format
    edge.right_indent, edge.left_indent = (Pt(14), Pt(0)) if right else (Pt(0), Pt(14))
    text(line, "— ", SONG, 14)
    run = text(line, "", SONG, 14)
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
            run = text(line, "", SONG, 14)
    text(line, " —", SONG, 14)


# ---------------------------------------------------------------- blocks


def _heading(document: Docx, block: Heading) -> None:
    line = document.add_paragraph()
    exact(line, LINE)
    line.paragraph_format.keep_with_next = True
    level = OxmlElement("w:outlineLvl")
    level.set(qn("w:val"), str(max(0, block.level - 1)))
    line._p.get_or_add_pPr().append(level)
    if block.level == 0:
        line.paragraph_format.page_break_before = True
        text(line, block.text, HEADING, SIZE_BODY)
        title = document.add_paragraph()
        title.alignment = WD_ALIGN_PARAGRAPH.CENTER
        title.paragraph_format.space_before, title.paragraph_format.space_after = Pt(4), Pt(8)
        title.paragraph_format.keep_with_next = True
        text(title, block.title, TITLE, 18)
        return
    indented(line, SIZE_BODY)
    text(line, block.text, {1: HEADING, 2: SUBHEADING}.get(block.level, BODY), SIZE_BODY)


def _paragraph(document: Docx, block: Paragraph) -> None:
    line = document.add_paragraph()
    size = SIZE_NOTE if block.small else SIZE_BODY
    exact(line, Pt(20) if block.small else LINE)
    line.paragraph_format.widow_control = True
    if not _LONG_WORD.search(block.text):  # which would tear the line before it apart
        line.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    line.paragraph_format.keep_with_next = block.leads or not block.pieces
    if not (block.fill and block.text.endswith("：")):
        indented(line, size)
    if block.lead:
        text(line, block.lead, SUBHEADING, size)
    for piece in block.pieces:
        run = text(line, words(piece), BODY, size)
        if block.fill:
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _signature(document: Docx, block: Signature) -> None:
    exact(document.add_paragraph(), LINE)
    for one in block.lines:
        line = document.add_paragraph()
        exact(line, LINE)
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        line.paragraph_format.right_indent = Pt(2 * SIZE_BODY)
        run = text(line, one, BODY, SIZE_BODY)
        if one.startswith("【"):
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _diagram(document: Docx, block: Diagram) -> None:
    line = document.add_paragraph()
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    line.paragraph_format.keep_with_next = True
    line.paragraph_format.space_before = Pt(6)
    line.add_run()._r.append(charts.drawing(document, block))
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    exact(title, Pt(24))
    text(title, block.title, HEADING, 12)
