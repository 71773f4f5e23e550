"""The fonts of a 公文 and how words are set in them.

Source: GB/T 9704-2012; alternative names of fonts: ECMA-376 part 1, 17.8.3.1.
Limits: which font stands in is the reader's program to choose: it has the names from us, best first.
"""

from __future__ import annotations

from typing import Any

from docx.document import Document as Docx
from docx.enum.text import WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph as Line

from outputs.cells import clean

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


def install(document: Docx) -> None:
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
    if settings.find(qn("w:zoom")) is not None:
        settings.find(qn("w:zoom")).set(
            qn("w:percent"), "100"
        )  # required; the template of python-docx lacks it


def _font_table() -> bytes:
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/>'
        f'<w:family w:val="{family}"/><w:pitch w:val="variable"/></w:font>'
        for name, (others, family) in FALLBACKS.items()
    )
    latin = f'<w:font w:name="{LATIN}"><w:charset w:val="00"/><w:family w:val="roman"/><w:pitch w:val="variable"/></w:font>'
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return f"{head}<w:fonts {nsdecls('w')}>{fonts}{latin}</w:fonts>".encode()


def text(line: Line, text: str, font: str, size: float, *, bold: bool = False) -> Any:
    """Add words in a font; what XML or a reader's eye could stumble over is taken out."""
    run = line.add_run()
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    run.add_text(f"{before}{clean(text)}{after}".replace("\n", " "))
    run.font.name, run.font.size, run.font.bold = LATIN, Pt(size), bold or None
    fonts = run._r.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), font)
    fonts.set(qn("w:hint"), "eastAsia")  # quotation marks and dashes are Chinese ones
    return run


def exact(line: Line, height: Any) -> None:
    """Give a paragraph lines of a fixed height."""
    line.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    line.paragraph_format.line_spacing = height


def indented(line: Line, size: float) -> None:
    """Indent the first line by two characters, whatever the size."""
    indent = line._p.get_or_add_pPr().get_or_add_ind()
    indent.set(qn("w:firstLineChars"), "200")
    indent.set(qn("w:firstLine"), str(round(size * 2 * 20)))
