"""Tables of a report: their own size of letters, the header repeated on each page, rows that no page break parts.

Source: ECMA-376 part 1, 17.4 (tables), whose order of elements is kept.
Limits: widths are given; nothing here measures words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx.document import Document as Docx
from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

from outputs.report.blocks import Grid, Piece, words
from outputs.report.fonts import BODY, HEADING, SIZE_SMALL, SIZE_TABLE, exact, text

MOST_TOGETHER = 12
"""Rows of a table that no page break parts."""
_NARROW = f'<w:tblCellMar {nsdecls("w")}><w:left w:w="45" w:type="dxa"/><w:right w:w="45" w:type="dxa"/></w:tblCellMar>'
"""0.8 mm between a cell's border and its words."""


def grid(document: Docx, block: Grid) -> None:
    """Add a table with its title and its note."""
    size = SIZE_SMALL if block.small else SIZE_TABLE
    if block.title:
        line = document.add_paragraph()
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        line.paragraph_format.keep_with_next = True
        line.paragraph_format.space_before = Pt(8)
        line.paragraph_format.space_after = Pt(3)
        text(line, block.title, HEADING, 14 if not block.small else 12)
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
    exact(note, Pt(16))
    text(note, block.note, BODY, SIZE_SMALL)


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
        whole = "".join(map(words, pieces))
        for at, part in enumerate(whole.split("\n") if head else [whole]):
            line = cell.add_paragraph() if at else cell.paragraphs[0]
            left = number in block.left and not head
            line.alignment = WD_ALIGN_PARAGRAPH.LEFT if left else WD_ALIGN_PARAGRAPH.CENTER
            line.paragraph_format.space_before = line.paragraph_format.space_after = Pt(1)
            line.paragraph_format.line_spacing = 1.0
            text(line, part, HEADING if head else BODY, size)
        if head:
            cell._tc.tcPr.find(qn("w:vAlign")).addprevious(
                parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="E7EDF5"/>')
            )
