"""Word, WPS, RTF, ODF, HTML and PDF; slides; plain text; OFD."""

from __future__ import annotations

import io

from tools.formatmaker.drawing import picture_of
from tools.formatmaker.saying import PASSWORD, ROW, SENTENCE, TITLE, Files
from tools.formatmaker.writing import converted, replaced, zipped


def words() -> Files:
    """Word, WPS, RTF, ODF, HTML, PDF."""
    import msoffcrypto.format.ooxml as locked

    plain = docx(picture=True)
    yield "word.docx", plain
    yield "word-strict.docx", replaced(plain, _STRICT)
    yield (
        "word-macro.docm",
        replaced(plain, {}, {"word/vbaProject.bin": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)}),
    )
    sealed = io.BytesIO()
    locked.OOXMLFile(io.BytesIO(plain)).encrypt(PASSWORD, sealed)
    yield "word-password.docx", sealed.getvalue()
    for suffix in ("doc", "rtf", "odt", "fodt", "html", "pdf"):
        octets = converted("in.docx", docx(picture=False) if suffix == "rtf" else plain, suffix)
        yield f"word.{suffix}", octets
        if suffix == "doc":
            yield "word.wps", octets


def docx(*, picture: bool) -> bytes:
    """A heading, the sentence, a table and a *picture* (RTF would make a megabyte of it)."""
    import docx as library

    document = library.Document()
    document.add_heading(TITLE, 0)
    document.add_paragraph(SENTENCE)
    table = document.add_table(rows=0, cols=3)
    for row in ROW:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    if picture:
        document.add_picture(io.BytesIO(picture_of("PNG")))
    octets = io.BytesIO()
    document.save(octets)
    return octets.getvalue()


_STRICT = {
    b"http://schemas.openxmlformats.org/wordprocessingml/2006/main": b"http://purl.oclc.org/ooxml/wordprocessingml/main",
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": b"http://purl.oclc.org/ooxml/officeDocument/relationships",
}


def slides() -> Files:
    """PowerPoint and ODF slides, from flat ODF."""
    names = ("office", "text", "draw", "presentation", "style", "svg-compatible")
    space = 'xmlns:{}="urn:oasis:names:tc:opendocument:xmlns:{}:1.0"'
    spaces = " ".join(space.format(name.partition("-")[0], name.replace("draw", "drawing")) for name in names)
    frame = (
        '<draw:frame svg:width="20cm" svg:height="3cm" svg:x="1cm" svg:y="{}cm">'
        "<draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame>"
    )
    flat = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {spaces} office:version="1.2" '
        'office:mimetype="application/vnd.oasis.opendocument.presentation"><office:body><office:presentation>'
        f'<draw:page draw:name="1">{frame.format(1, TITLE)}{frame.format(5, SENTENCE)}</draw:page>'
        "</office:presentation></office:body></office:document>"
    ).encode()
    for suffix in ("odp", "pptx", "ppt"):
        yield f"slides.{suffix}", converted("in.fodp", flat, suffix)


def texts() -> Files:
    """Plain text in the charsets that are met, OFD."""
    text = f"{TITLE}\r\n\r\n{SENTENCE}\r\n"
    for charset in ("gb18030", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"):
        yield f"text-{charset}.txt", text.encode(charset)
    yield "text-big5.txt", "臺北市科學協會在廣場舉辦科技志願服務活動，一百二十名群眾到場參加。".encode("big5")
    yield "ofd.ofd", _ofd()


def _ofd() -> bytes:
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    line = (
        '<ofd:TextObject ID="{}" Boundary="20 {} 170 6" Font="1" Size="4">'
        '<ofd:TextCode X="0" Y="4">{}</ofd:TextCode></ofd:TextObject>'
    )
    body = "".join(
        line.format(place, 20 + 10 * place, text) for place, text in enumerate((TITLE, SENTENCE), start=1)
    )
    page = "Pages/Page_0/Content.xml"
    return zipped(
        {
            "OFD.xml": f'<ofd:OFD {space} Version="1.0" DocType="OFD"><ofd:DocBody>'
            "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
            "Doc_0/Document.xml": f"<ofd:Document {space}><ofd:CommonData><ofd:PageArea>"
            "<ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData>"
            f'<ofd:Pages><ofd:Page ID="9" BaseLoc="{page}"/></ofd:Pages></ofd:Document>',
            f"Doc_0/{page}": f'<ofd:Page {space}><ofd:Content><ofd:Layer ID="8">{body}</ofd:Layer>'
            "</ofd:Content></ofd:Page>",
        }
    )
