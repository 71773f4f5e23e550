"""Charts that Word draws and people can edit: DrawingML chart parts with the numbers in a small workbook inside.

Purpose: `drawing` adds a chart to a document and returns the element that shows it.
Source: ECMA-376 part 1, 21.2 (DrawingML charts) and 20.4.2.8 (inline).
Limits: horizontal bars, one series or stacked ones; colours that stay apart in grey print. No number but the report's figures.
"""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter
from docx.document import Document as Docx
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm, Pt

from outputs.cells import clean
from outputs.report.blocks import Diagram
from outputs.report.figures import Figure

_CHART = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SPACES = (
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    f'xmlns:r="{_RELATION}"'
)
COLOURS = ("2F5597", "C9D3E6", "7F7F7F", "F4B183")
EPOCH = datetime(2024, 1, 1)  # noqa: DTZ001 - properties of a workbook bear no zone
WIDTH_MM, BAR_MM, ROOM_MM = 150, 7, 14
BESIDE = 0.2
"""Height of one more bar of a label, as a share of the first."""
FONT = '<a:latin typeface="Times New Roman"/><a:ea typeface="宋体"/>'


def drawing(document: Docx, block: Diagram) -> Any:
    """Add the chart of *block* to *document*; return the inline element that shows it."""
    package = document.part.package
    number = sum(str(part.partname).startswith("/word/charts/") for part in package.iter_parts()) + 1
    sheet = Part(PackURI(f"/word/embeddings/chart{number}.xlsx"), _SHEET, _workbook(block), package)
    chart = Part(PackURI(f"/word/charts/chart{number}.xml"), _CHART, b"", package)
    inside = chart.relate_to(sheet, f"{_RELATION}/package")
    chart._blob = _chart(block, inside).encode()
    shown = document.part.relate_to(chart, f"{_RELATION}/chart")
    bars = 1 if block.stacked else 1 + BESIDE * (len(block.series) - 1)
    wide, high = Mm(WIDTH_MM), Mm(ROOM_MM + BAR_MM * bars * max(1, len(block.labels)))
    return parse_xml(
        f'<w:drawing {nsdecls("w", "wp", "a", "r")}><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{int(wide)}" cy="{int(high)}"/><wp:effectExtent l="0" t="0" r="0" b="0"/>'
        f'<wp:docPr id="{100 + number}" name="图{number}" descr="{escape(clean(block.title), {chr(34): "&quot;"})}"/>'
        f"<wp:cNvGraphicFramePr/><a:graphic>"
        f'<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
        f'<c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" r:id="{shown}"/>'
        f"</a:graphicData></a:graphic></wp:inline></w:drawing>"
    )


def _workbook(block: Diagram) -> bytes:
    """The numbers of the chart, so that people can edit it."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    )
    book.set_properties({"created": EPOCH})
    page = book.add_worksheet("Sheet1")
    for column, (name, values) in enumerate(block.series, 1):
        page.write_string(0, column, clean(name))
        for row, value in enumerate(values, 1):
            if value is not None:
                page.write_number(row, column, value.value)
    for row, label in enumerate(block.labels, 1):
        page.write_string(row, 0, clean(label))
    book.close()
    return file.getvalue()


def _chart(block: Diagram, inside: str) -> str:
    series = "".join(_series(block, number) for number in range(len(block.series)))
    grouping, overlap = ("stacked", 100) if block.stacked else ("clustered", 0)
    legend = (
        f'<c:legend><c:legendPos val="b"/><c:overlay val="0"/>{_written(10)}</c:legend>'
        if len(block.series) > 1
        else ""
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<c:chartSpace {_SPACES}><c:date1904 val="0"/><c:lang val="zh-CN"/><c:roundedCorners val="0"/>'
        '<c:chart><c:autoTitleDeleted val="1"/><c:plotArea><c:layout/>'
        f'<c:barChart><c:barDir val="bar"/><c:grouping val="{grouping}"/><c:varyColors val="0"/>{series}'
        f'<c:gapWidth val="60"/><c:overlap val="{overlap}"/><c:axId val="1001"/><c:axId val="1002"/></c:barChart>'
        '<c:catAx><c:axId val="1001"/><c:scaling><c:orientation val="maxMin"/></c:scaling><c:delete val="0"/>'
        '<c:axPos val="l"/><c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/>'
        f'<c:minorTickMark val="none"/><c:tickLblPos val="low"/>{_line("808080")}{_written(10)}'
        '<c:crossAx val="1002"/><c:crosses val="autoZero"/><c:auto val="1"/><c:lblAlgn val="ctr"/>'
        '<c:lblOffset val="100"/><c:noMultiLvlLbl val="0"/></c:catAx>'
        '<c:valAx><c:axId val="1002"/><c:scaling><c:orientation val="minMax"/><c:min val="0"/></c:scaling>'
        '<c:delete val="1"/><c:axPos val="t"/><c:numFmt formatCode="0" sourceLinked="0"/>'
        '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>'
        '<c:crossAx val="1001"/><c:crosses val="autoZero"/><c:crossBetween val="between"/></c:valAx>'
        f"<c:spPr><a:noFill/></c:spPr></c:plotArea>{legend}"
        '<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        '<c:spPr><a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill><a:ln><a:noFill/></a:ln></c:spPr>'
        f'<c:externalData r:id="{inside}"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
    )


def _series(block: Diagram, number: int) -> str:
    name, values = block.series[number]
    column, last = "BCDE"[number], len(block.labels) + 1
    labels = "".join(
        f'<c:pt idx="{at}"><c:v>{escape(clean(one))}</c:v></c:pt>' for at, one in enumerate(block.labels)
    )
    points = "".join(_point(at, one) for at, one in enumerate(values))
    colour = COLOURS[number % len(COLOURS)]
    place = "ctr" if block.stacked else "outEnd"
    ink = "FFFFFF" if block.stacked and number == 0 else "000000"
    return (
        f'<c:ser><c:idx val="{number}"/><c:order val="{number}"/>'
        f'<c:tx><c:strRef><c:f>Sheet1!${column}$1</c:f><c:strCache><c:ptCount val="1"/>'
        f'<c:pt idx="0"><c:v>{escape(clean(name))}</c:v></c:pt></c:strCache></c:strRef></c:tx>'
        f'<c:spPr><a:solidFill><a:srgbClr val="{colour}"/></a:solidFill></c:spPr><c:invertIfNegative val="0"/>'
        f'<c:dLbls><c:numFmt formatCode="0;;" sourceLinked="0"/><c:spPr><a:noFill/></c:spPr>{_written(10, ink)}'
        f'<c:dLblPos val="{place}"/><c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/>'
        '<c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>'
        f"<c:cat><c:strRef><c:f>Sheet1!$A$2:$A${last}</c:f><c:strCache>"
        f'<c:ptCount val="{len(block.labels)}"/>{labels}</c:strCache></c:strRef></c:cat>'
        f"<c:val><c:numRef><c:f>Sheet1!${column}$2:${column}${last}</c:f><c:numCache><c:formatCode>General</c:formatCode>"
        f'<c:ptCount val="{len(values)}"/>{points}</c:numCache></c:numRef></c:val></c:ser>'
    )


def _point(at: int, figure: Figure | None) -> str:
    return "" if figure is None else f'<c:pt idx="{at}"><c:v>{figure.shown}</c:v></c:pt>'


def _line(colour: str) -> str:
    return f'<c:spPr><a:ln w="6350"><a:solidFill><a:srgbClr val="{colour}"/></a:solidFill></a:ln></c:spPr>'


def _written(size: float, ink: str = "000000") -> str:
    fill = f'<a:solidFill><a:srgbClr val="{ink}"/></a:solidFill>'
    return (
        f'<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="{int(Pt(size).pt * 100)}">{fill}{FONT}</a:defRPr></a:pPr>'
        '<a:endParaRPr lang="zh-CN"/></a:p></c:txPr>'
    )
