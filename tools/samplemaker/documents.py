"""Reports as units type them: Word, PDF with a text layer, Excel, CSV, plain text.

Purpose: each function turns the words of a story into the octets of one document.
Source: ECMA-376 through python-docx and xlsxwriter; ISO 32000-1 9.7.5.2 for the PDF's predefined CMap, which needs no
embedded font.
Limits: the default template of python-docx is cut down to the styles used here (its table styles alone fill 350 kB).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime

import docx
import xlsxwriter
from docx.document import Document as Word
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from tools.samplemaker.archives import restored

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Rows = Sequence[Sequence[str]]

KEPT_STYLES = {
    "Normal",
    "Header",
    "Footer",
    "Heading 1",
    "Heading 2",
    "Default Paragraph Font",
    "Normal Table",
    "No List",
}
KEPT_PARTS = ("/styles", "/settings", "/webSettings", "/fontTable", "/theme", "/numbering")
MADE = datetime(2024, 5, 20, 9, 0)  # noqa: DTZ001 - Office keeps the hour without a zone

LINE_EMS, LINE_POINTS, MARGIN, PAGE_LINES = 28, 28, 74, 24
"""Of a PDF page in A4 with characters of 16 points, as 公文 are set."""


def word(report: str, photos: Sequence[tuple[str, bytes]] = (), *, headings: bool = False) -> bytes:
    """A Word file of *report*.

    Args:
        photos: (caption, JPEG) at the end.
        headings: with Word's heading styles; otherwise headings are bold paragraphs, as most units type them.
    """
    document = docx.Document()
    _slim(document)
    for mark, words in _marked(report):
        _paragraph(document, mark, words, headings)
    for caption, photo in photos:
        document.add_picture(io.BytesIO(photo), width=Cm(12))
        document.add_paragraph(caption).alignment = WD_ALIGN_PARAGRAPH.CENTER
    return saved(document)


def pdf(report: str) -> bytes:
    """A PDF of *report* with a text layer in STSong-Light, which the reader's machine supplies."""
    laid = [line for mark, words in _marked(report) for line in _lines(mark, words)]
    pages = [laid[at : at + PAGE_LINES] for at in range(0, len(laid), PAGE_LINES)]
    kids = " ".join(f"{6 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H "
        "/DescendantFonts [4 0 R] >>",
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /W [1 95 500] /FontDescriptor 5 0 R "
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >>",
        "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 "
        "/Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
    ]
    for number, page in enumerate(pages):
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F 3 0 R >> >> "
            f"/Contents {7 + 2 * number} 0 R >>"
        )
        stream = _stream(page, number + 1)
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    return _file(objects)


def sheet(title: str, rows: Rows, *, name: str = "统计表", notes: Sequence[str] = ()) -> bytes:
    """An Excel table: merged title above, header in the second row, numbers as numbers, notes in merged rows below."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"created": MADE})
    page = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "align": "center"})
    page.merge_range(0, 0, 0, len(rows[0]) - 1, title, bold)
    for down, row in enumerate(rows, start=1):
        for across, cell in enumerate(row):
            if cell.isdecimal():
                page.write_number(down, across, int(cell))
            else:
                page.write_string(down, across, cell)
    for down, note in enumerate(notes, start=len(rows) + 1):
        page.merge_range(down, 0, down, len(rows[0]) - 1, note, book.add_format({"text_wrap": True}))
    page.set_column(1, len(rows[0]) - 1, 22)
    book.close()
    return restored(buffer.getvalue())


def comma_separated(rows: Rows, *, charset: str = "gbk") -> bytes:
    """A CSV file as Chinese Excel saves it."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue().encode(charset)


def plain(words: str, *, charset: str = "gb18030") -> bytes:
    """A text file as Windows' Notepad saved it."""
    return words.strip("\n").replace("\n", "\r\n").encode(charset)


def _marked(report: str) -> Iterator[tuple[str, str]]:
    """Lines of a story's report with their marks: "#", "##", "###", ">" or ""."""
    for line in report.strip("\n").split("\n"):
        mark, _, words = line.partition(" ")
        yield (mark, words) if mark in ("#", "##", "###", ">") else ("", line)


# ---------------------------------------------------------------- Word


def _slim(document: Word) -> None:
    styles = document.styles.element
    for style in [one for one in styles if one.tag in (qn("w:latentStyles"), qn("w:style"))]:
        name = style.find(qn("w:name"))
        if name is None or name.get(qn("w:val"), "").lower() not in {kept.lower() for kept in KEPT_STYLES}:
            styles.remove(style)
    for relations, kept in (
        (document.part.rels, KEPT_PARTS),
        (document.part.package.rels, ("/core-properties", "/officeDocument")),
    ):
        for key in [key for key, one in relations.items() if not one.reltype.endswith(kept)]:
            del relations[key]
    normal = document.styles["Normal"]
    normal.font.size = Pt(16)
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "仿宋")


def _paragraph(document: Word, mark: str, words: str, headings: bool) -> None:
    if headings and mark in ("##", "###"):
        document.add_heading(words, level=len(mark) - 1)
        return
    paragraph = document.add_paragraph()
    run = paragraph.add_run(words)
    if mark == "#":
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run.font.size = Pt(22)
    elif mark == ">":
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    else:
        paragraph.paragraph_format.first_line_indent = Pt(32)
        run.bold = True if mark else None


def saved(document: Word) -> bytes:
    """The octets of *document*, the same whenever it is saved."""
    properties = document.core_properties
    properties.created = properties.modified = MADE
    properties.author = properties.comments = ""
    buffer = io.BytesIO()
    document.save(buffer)
    return restored(buffer.getvalue())


# ---------------------------------------------------------------- PDF


def _lines(mark: str, words: str) -> Iterator[tuple[float, str]]:
    """(left edge in points, words) of each line that *words* fill."""
    words = words if mark else "\u3000\u3000" + words
    start, width = 0, 0.0
    for at, character in enumerate(words):
        width += _ems(character)
        if width > LINE_EMS:
            yield _placed(mark, words[start:at])
            start, width = at, _ems(character)
    yield _placed(mark, words[start:])


def _placed(mark: str, line: str) -> tuple[float, str]:
    space = 16 * (LINE_EMS - sum(map(_ems, line)))
    return MARGIN + {"#": space / 2, ">": space}.get(mark, 0), line


def _ems(character: str) -> float:
    return 0.5 if character.isascii() else 1


def _stream(page: Sequence[tuple[float, str]], number: int) -> str:
    shown = [(left, 842 - 90 - LINE_POINTS * down, line) for down, (left, line) in enumerate(page)]
    shown.append((280, 50, f"- {number} -"))
    return "\n".join(
        f"BT /F 16 Tf {left:g} {bottom} Td <{line.encode('utf-16-be').hex().upper()}> Tj ET"
        for left, bottom, line in shown
    )


def _file(objects: Sequence[str]) -> bytes:
    """The numbered *objects* as a PDF file with its cross-reference table."""
    octets, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(octets))
        octets += f"{number} 0 obj\n{one}\nendobj\n".encode("ascii")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    trailer = f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(octets)}\n%%EOF\n"
    return octets + f"xref\n0 {size}\n0000000000 65535 f \n{table}{trailer}".encode("ascii")
