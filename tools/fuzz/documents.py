"""The documents of the seed corpus: the smallest packages and RTF files that have what units' reports have in them.

Source: ECMA-376, GB/T 33190, Rich Text Format Specification 1.9.1.
Limits: stored, not deflated, so that their octets are the same everywhere.
"""

from __future__ import annotations

from pathlib import Path

from tools.samplemaker.archives import Member, zipped

TEXT = "5月28日，渝北区科协在龙山社区举办科普集市，服务居民300余人次，发放宣传资料1,200份。"
"""One sentence of a report, with a date, a place and two figures."""

_FORMATS = Path(__file__).resolve().parents[2] / "tests" / "formats"
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
_P = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_O = 'xmlns:ofd="http://www.ofdspec.org/2016"'
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


# ---------------------------------------------------------------- documents


def _package(parts: dict[str, str]) -> bytes:
    return zipped(Member(name=name, data=text.encode()) for name, text in parts.items())


def _relations(*targets: tuple[str, str]) -> str:
    found = "".join(
        f'<Relationship Id="rId{number}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{found}</Relationships>'


def _types(main: str, kind: str) -> str:
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/{main}" '
        f'ContentType="application/vnd.openxmlformats-officedocument.{kind}.main+xml"/></Types>'
    )


def _word(body: str, **more: str) -> bytes:
    return _package(
        {
            "[Content_Types].xml": _types("word/document.xml", "wordprocessingml.document"),
            "_rels/.rels": _relations(("officeDocument", "word/document.xml")),
            "word/document.xml": f"<w:document {_W}><w:body>{body}</w:body></w:document>",
            "word/_rels/document.xml.rels": _relations(
                ("numbering", "numbering.xml"), ("styles", "styles.xml")
            ),
            **{f"word/{name}.xml": text for name, text in more.items()},
        }
    )


def words() -> dict[str, bytes]:
    """Word files with what reports in them have: looks, tracked changes, text boxes, tables, lists, notes."""
    said = f"<w:p><w:pPr><w:jc w:val='center'/></w:pPr><w:r><w:rPr><w:b/><w:sz w:val='44'/></w:rPr><w:t>{TEXT}</w:t></w:r></w:p>"
    tracked = "<w:p><w:ins><w:r><w:t>800</w:t></w:r></w:ins><w:del><w:r><w:delText>9</w:delText></w:r></w:del></w:p>"
    control = f"<w:sdt><w:sdtContent>{said}</w:sdtContent></w:sdt>"
    box = f"<w:p><w:r><w:pict><w:txbxContent>{tracked}</w:txbxContent></w:pict></w:r></w:p>"
    cell = "<w:tc><w:tcPr><w:gridSpan w:val='2'/><w:vMerge w:val='restart'/></w:tcPr>{}</w:tc>"
    table = f"<w:tbl><w:tr>{cell.format(said)}{cell.format(tracked)}</w:tr><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>"
    listed = "<w:p><w:pPr><w:numPr><w:ilvl w:val='0'/><w:numId w:val='1'/></w:numPr></w:pPr><w:r><w:t>一项</w:t></w:r></w:p>"
    numbers = (
        f"<w:numbering {_W}><w:abstractNum w:abstractNumId='0'><w:lvl w:ilvl='0'><w:start w:val='1'/><w:numFmt "
        "w:val='chineseCounting'/><w:lvlText w:val='%1、'/></w:lvl></w:abstractNum><w:num w:numId='1'><w:abstractNumId "
        "w:val='0'/></w:num></w:numbering>"
    )
    styles = f"<w:styles {_W}><w:style w:styleId='a'><w:basedOn w:val='b'/><w:rPr><w:b/></w:rPr></w:style></w:styles>"
    notes = f"<w:footnotes {_W}><w:footnote>{said}</w:footnote></w:footnotes>"
    return {
        "text.docx": _word(said + tracked + control),
        "table.docx": _word(table + box),
        "list.docx": _word(listed, numbering=numbers, styles=styles, footnotes=notes),
    }


def _workbook(sheet: str, strings: str = "") -> bytes:
    return _package(
        {
            "[Content_Types].xml": _types("xl/workbook.xml", "spreadsheetml.sheet"),
            "_rels/.rels": _relations(("officeDocument", "xl/workbook.xml")),
            "xl/workbook.xml": f"<workbook {_S} {_R}><sheets><sheet name='表' sheetId='1' r:id='rId1'/></sheets></workbook>",
            "xl/_rels/workbook.xml.rels": _relations(
                ("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")
            ),
            "xl/sharedStrings.xml": f"<sst {_S}>{strings}</sst>",
            "xl/worksheets/sheet1.xml": f"<worksheet {_S}>{sheet}</worksheet>",
        }
    )


def sheets() -> dict[str, bytes]:
    """Workbooks with each kind of cell, and an empty one."""
    rows = (
        "<row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' t='inlineStr'><is><t>人数</t></is></c></row>"
        "<row r='2'><c r='A2' t='str'><f>1+1</f><v>集市</v></c><c r='B2'><v>45440.5</v></c><c r='C2' t='b'><v>1</v></c></row>"
    )
    merged = "<mergeCells count='1'><mergeCell ref='A1:B1'/></mergeCells>"
    table = _workbook(
        f"<dimension ref='A1:C2'/><sheetData>{rows}</sheetData>{merged}", "<si><t>名称</t></si>"
    )
    return {"table.xlsx": table, "empty.xlsx": _workbook("<sheetData/>")}


def slides() -> dict[str, bytes]:
    """A presentation of one slide with a title, a table and a note."""
    shape = f"<p:sp><p:nvSpPr><p:nvPr><p:ph type='title'/></p:nvPr></p:nvSpPr><a:p><a:r><a:t>{TEXT}</a:t></a:r></a:p></p:sp>"
    table = (
        "<p:graphicFrame><a:graphic><a:graphicData><a:tbl><a:tr><a:tc><a:p><a:r><a:t>人数</a:t></a:r></a:p></a:tc></a:tr>"
        "</a:tbl></a:graphicData></a:graphic></p:graphicFrame>"
    )
    tree = "<p:cSld><p:spTree>{}</p:spTree></p:cSld>"
    note = tree.format("<p:sp><a:p><a:r><a:t>备注备注</a:t></a:r></a:p></p:sp>")
    parts = {
        "[Content_Types].xml": _types("ppt/presentation.xml", "presentationml.presentation"),
        "ppt/presentation.xml": f"<p:presentation {_P} {_R}><p:sldId id='256' r:id='rId1'/></p:presentation>",
        "ppt/_rels/presentation.xml.rels": _relations(("slide", "slides/slide1.xml")),
        "ppt/slides/slide1.xml": f"<p:sld {_P} {_A}>{tree.format(shape + table)}</p:sld>",
        "ppt/slides/_rels/slide1.xml.rels": _relations(("notesSlide", "../notesSlides/notesSlide1.xml")),
        "ppt/notesSlides/notesSlide1.xml": f"<p:notes {_P} {_A}>{note}</p:notes>",
    }
    return {"slides.pptx": _package(parts)}


def layouts() -> dict[str, bytes]:
    """A letter in the national layout format."""
    text = (
        "<ofd:TextObject ID='{0}' Boundary='20 {0} 170 6' Size='5.6'><ofd:TextCode X='0' Y='5' DeltaX='5.6 g 3 5'>{1}"
        "</ofd:TextCode></ofd:TextObject>"
    )
    page = text.format(30, "渝北区科协活动总结") + text.format(40, TEXT)
    parts = {
        "OFD.xml": f"<ofd:OFD {_O}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {_O}><ofd:Pages>"
        "<ofd:Page ID='1' BaseLoc='Pages/Page_0/Content.xml'/></ofd:Pages></ofd:Document>",
        "Doc_0/Pages/Page_0/Content.xml": f"<ofd:Page {_O}><ofd:Area><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox>"
        f"</ofd:Area>{page}</ofd:Page>",
    }
    return {"letter.ofd": _package(parts)}


def rtfs() -> dict[str, bytes]:
    """RTF with Chinese in octets and in Unicode, a table, a picture."""
    head = b"{\\rtf1\\ansi\\ansicpg936\\uc1{\\fonttbl{\\f0\\fcharset134 SimSun;}}"
    text = (
        head
        + b"\\pard\\qc\\b\\fs44\\u24635?\\'bd\\'e1\\b0\\par{\\header\\pard h\\par}\\pard\\'ce\\'c4{\\*\\x skip}\\par}"
    )
    table = (
        head
        + b"\\trowd\\intbl a\\cell b\\cell\\row\\pard{\\pict\\pngblip 89504e470d0a1a0a}\\v hidden\\v0\\u-10179?\\u-9216?\\par}"
    )
    return {"text.rtf": text, "table.rtf": table}


# ---------------------------------------------------------------- one XML file, OpenDocument, the old Word

_SPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    "xlink": "http://www.w3.org/1999/xlink",
}


def open_documents() -> dict[str, bytes]:
    """An ODF text with what reports have: looks, tracked changes, a list, a table with merged cells, a frame, a note."""
    spaces = " ".join(f"xmlns:{name}='{uri}'" for name, uri in _SPACES.items())
    styles = (
        "<office:automatic-styles><style:style style:name='P1' style:family='paragraph' style:parent-style-name='P1'>"
        "<style:paragraph-properties fo:text-align='center'/><style:text-properties fo:font-weight='bold'/></style:style>"
        "<text:list-style style:name='L1'><text:list-level-style-number text:level='1' style:num-format='一, 二'"
        " style:num-suffix='、'/></text:list-style></office:automatic-styles>"
    )
    tracked = (
        "<text:tracked-changes><text:changed-region text:id='c1'><text:deletion><text:p>9</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>"
    )
    said = f"<text:p text:style-name='P1'>{TEXT}<text:change text:change-id='c1'/><text:s text:c='3'/><text:tab/></text:p>"
    listed = (
        "<text:list text:style-name='L1'><text:list-item><text:p>一项</text:p></text:list-item></text:list>"
    )
    cell = "<table:table-cell table:number-columns-spanned='2' table:number-columns-repeated='2'>{}</table:table-cell>"
    row = f"<table:table-row table:number-rows-repeated='2'>{cell.format(said)}<table:covered-table-cell/></table:table-row>"
    frame = "<text:p><draw:frame><draw:text-box><text:p>框内</text:p></draw:text-box><draw:image xlink:href='a.png'/></draw:frame></text:p>"
    note = "<text:p>注<text:note text:note-class='footnote'><text:note-body><text:p>脚注</text:p></text:note-body></text:note></text:p>"
    body = f"{tracked}<text:h text:outline-level='1'>总结</text:h>{said}{listed}<table:table>{row}</table:table>{frame}{note}"
    content = f"<office:document-content {spaces}>{styles}<office:body><office:text>{body}</office:text></office:body>"
    content += "</office:document-content>"
    return {
        "text.odt": _package({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})
    }


def flat_words() -> dict[str, bytes]:
    """Word 2003's one XML file: runs, a table, a picture in it, a deleted run."""
    wordml = "xmlns:w='http://schemas.microsoft.com/office/word/2003/wordml' xmlns:v='urn:schemas-microsoft-com:vml'"
    said = (
        f"<w:p><w:pPr><w:jc w:val='center'/></w:pPr><w:r><w:rPr><w:b/></w:rPr><w:t>{TEXT}</w:t></w:r></w:p>"
    )
    picture = "<w:p><w:r><w:pict><w:binData w:name='wordml://1.png'>iVBORw0KGgo=</w:binData><v:shape/></w:pict></w:r></w:p>"
    table = f"<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr>{said}</w:tc></w:tr></w:tbl>"
    body = f"<w:wordDocument {wordml}><w:body>{said}{table}{picture}</w:body></w:wordDocument>"
    return {
        "word.xml": f"<?xml version='1.0' encoding='UTF-8'?><?mso-application progid='Word.Document'?>{body}".encode()
    }


def given(*names: str) -> dict[str, bytes]:
    """Files that tools/formatmaker has made, whole."""
    return {name: (_FORMATS / name).read_bytes() for name in names}
