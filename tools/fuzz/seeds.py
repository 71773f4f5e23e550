"""The seed corpus in tests/fuzz_seeds: small files, made for it; `python -m tools.fuzz.seeds` writes them again.

Purpose: `seeds()` gives target and name of each seed with its octets, the same each time.
Source: made here; what mails, archives and documents of units have in them, each once and small.
Limits: seeds whose name begins with "found-" are inputs that once broke a promise; they are kept, not made.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
from collections.abc import Iterator
from pathlib import Path

from tools.samplemaker.archives import Member, zipped

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "fuzz_seeds"

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
_P = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_O = 'xmlns:ofd="http://www.ofdspec.org/2016"'
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_HEAD = b"From: =?gb2312?B?08mxsb/G0K0=?= <kx@yubei.example>\r\nSubject: =?utf-8?Q?=E6=80=BB=E7=BB=93?=\r\n"
_TEXT = "5月28日，渝北区科协在龙山社区举办科普集市，服务居民300余人次，发放宣传资料1,200份。"


def seeds() -> Iterator[tuple[str, str, bytes]]:
    """Give (target, file name, octets) of every seed that is made."""
    for target, made in _MADE.items():
        for name, octets in made().items():
            yield target, name, octets


def write() -> None:
    """Write them all below FOLDER."""
    for target, name, octets in seeds():
        path = FOLDER / target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(octets)


# ---------------------------------------------------------------- mails and archives


def _mails() -> dict[str, bytes]:
    plain = _HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + _TEXT.encode() + b"\r\n"
    multipart = (
        _HEAD + b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b1"\r\n\r\n--b1\r\n'
        b'Content-Type: multipart/alternative; boundary=b2\r\n\r\n--b2\r\nContent-Type: text/plain; charset="gb2312";'
        b" format=flowed; delsp=yes\r\nContent-Transfer-Encoding: base64\r\n\r\nxOO6w6OsvNzOxA==\r\n--b2\r\n"
        b"Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>=E4=BD=A0=\r\n</p>\r\n--b2--\r\n"
        b"--b1\r\nContent-Type: application/octet-stream; name*0*=utf-8''%E6%80%BB; name*1=.docx\r\n"
        b'Content-Disposition: attachment; filename="=?gbk?B?19y94S5kb2N4?="\r\nContent-ID: <a@b>\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\nUEsDBA==\r\n--b1\r\nContent-Type: message/rfc822\r\n\r\n"
        + plain
        + b"\r\n--b1--\r\n"
    )
    uu = _HEAD + b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a.txt\r\n#86)C\r\n`\r\nend\r\n"
    raw = "Subject: 总结\r\nReceived: from a by b; Mon, 3 Jun 2024 16:05:00 +0800\r\nDate: Mon, 3 Jun 2024\r\n\r\n正文".encode(
        "gbk"
    )
    verdicts = (
        b"Authentication-Results: mx.example; spf=pass (x) smtp.mailfrom=a@b; dkim=fail header.d=b\r\n"
        + plain
    )
    return {
        "plain.eml": plain,
        "multipart.eml": multipart,
        "uu.eml": uu,
        "raw.eml": raw,
        "verdicts.eml": verdicts,
    }


def _archives() -> dict[str, bytes]:
    members = [Member(name="照片/1.jpg", data=b"\xff\xd8\xff"), Member(name="总结.txt", data=_TEXT.encode())]
    return {
        "utf8.zip": zipped(members),
        "gbk.zip": zipped(members, charset="gb18030"),
        "locked.zip": zipped(members, password=b"2024"),
        "pax.tar": _tar(tarfile.PAX_FORMAT),
        "gnu.tar": _tar(tarfile.GNU_FORMAT),
        "a.gz": gzip.compress(_TEXT.encode(), mtime=0),
        "a.tar.gz": gzip.compress(_tar(tarfile.USTAR_FORMAT), mtime=0),
        "a.bz2": bz2.compress(_TEXT.encode()),
        "a.xz": lzma.compress(_TEXT.encode()),
    }


def _tar(layout: int) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=layout) as archive:
        for name, kind, size in (
            ("照片/1.jpg", tarfile.REGTYPE, 3),
            ("../x", tarfile.REGTYPE, 1),
            ("l", tarfile.SYMTYPE, 0),
        ):
            entry = tarfile.TarInfo(name)
            entry.type, entry.size, entry.linkname = (
                kind,
                size,
                "/etc/hostname" if kind == tarfile.SYMTYPE else "",
            )
            archive.addfile(entry, io.BytesIO(b"abc"[:size]))
    return out.getvalue()


def _winmail() -> dict[str, bytes]:
    name = "总结.docx".encode("utf-16-le") + b"\0\0"
    properties = (
        struct.pack("<L", 2) + struct.pack("<HHLL", 0x1F, 0x3707, 1, len(name)) + name + bytes(-len(name) % 4)
    )
    properties += struct.pack("<HHLL", 0x102, 0x3701, 1, 4) + b"abcd"
    body = struct.pack("<LHHLL", 1, 0x1E, 0x1000, 1, 4) + b"text"
    attributes = (
        (0x69007, struct.pack("<LL", 936, 0)),
        (0x69003, body),
        (0x69002, bytes(14)),
        (0x18010, b"a.docx\0"),
    )
    attributes += ((0x6800F, b"octets"), (0x69005, properties))
    stream = b"\x78\x9f\x3e\x22\x01\x00"
    for number, data in attributes:
        stream += struct.pack("<BLL", 2, number, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)
    return {"winmail.dat": stream}


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


def _words() -> dict[str, bytes]:
    said = f"<w:p><w:pPr><w:jc w:val='center'/></w:pPr><w:r><w:rPr><w:b/><w:sz w:val='44'/></w:rPr><w:t>{_TEXT}</w:t></w:r></w:p>"
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


def _sheets() -> dict[str, bytes]:
    rows = (
        "<row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' t='inlineStr'><is><t>人数</t></is></c></row>"
        "<row r='2'><c r='A2' t='str'><f>1+1</f><v>集市</v></c><c r='B2'><v>45440.5</v></c><c r='C2' t='b'><v>1</v></c></row>"
    )
    merged = "<mergeCells count='1'><mergeCell ref='A1:B1'/></mergeCells>"
    table = _workbook(
        f"<dimension ref='A1:C2'/><sheetData>{rows}</sheetData>{merged}", "<si><t>名称</t></si>"
    )
    return {"table.xlsx": table, "empty.xlsx": _workbook("<sheetData/>")}


def _slides() -> dict[str, bytes]:
    shape = f"<p:sp><p:nvSpPr><p:nvPr><p:ph type='title'/></p:nvPr></p:nvSpPr><a:p><a:r><a:t>{_TEXT}</a:t></a:r></a:p></p:sp>"
    table = "<a:tbl><a:tr><a:tc><a:p><a:r><a:t>人数</a:t></a:r></a:p></a:tc></a:tr></a:tbl>"
    parts = {
        "[Content_Types].xml": _types("ppt/presentation.xml", "presentationml.presentation"),
        "ppt/presentation.xml": f"<p:presentation {_P} {_R}><p:sldId id='256' r:id='rId1'/></p:presentation>",
        "ppt/_rels/presentation.xml.rels": _relations(("slide", "slides/slide1.xml")),
        "ppt/slides/slide1.xml": f"<p:sld {_P} {_A}>{shape}{table}</p:sld>",
        "ppt/slides/_rels/slide1.xml.rels": _relations(("notesSlide", "../notesSlides/notesSlide1.xml")),
        "ppt/notesSlides/notesSlide1.xml": f"<p:notes {_P} {_A}><a:p><a:r><a:t>备注备注</a:t></a:r></a:p></p:notes>",
    }
    return {"slides.pptx": _package(parts)}


def _layouts() -> dict[str, bytes]:
    text = (
        "<ofd:TextObject ID='{0}' Boundary='20 {0} 170 6' Size='5.6'><ofd:TextCode X='0' Y='5' DeltaX='5.6 g 3 5'>{1}"
        "</ofd:TextCode></ofd:TextObject>"
    )
    page = text.format(30, "渝北区科协活动总结") + text.format(40, _TEXT)
    parts = {
        "OFD.xml": f"<ofd:OFD {_O}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {_O}><ofd:Pages><ofd:Page ID='1' BaseLoc='Pages/Page_0/Content.xml'/></ofd:Pages></ofd:Document>",
        "Doc_0/Pages/Page_0/Content.xml": f"<ofd:Page {_O}><ofd:Area><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:Area>{page}</ofd:Page>",
    }
    return {"letter.ofd": _package(parts)}


def _rtfs() -> dict[str, bytes]:
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


# ---------------------------------------------------------------- texts


def _pages() -> dict[str, bytes]:
    quote = "<blockquote class='gmail_quote'>原始邮件</blockquote>"
    table = "<table><tr><th colspan=2>活动</th></tr><tr><td rowspan='2'>集市</td><td>300</td></tr></table>"
    page = f"<html><head><meta charset=utf-8></head><body><h1 style='text-align:center'>总结</h1><p>{_TEXT}<br>&#20154;</p>{table}{quote}</body></html>"
    return {
        "page.html": page.encode(),
        "gbk.html": f"<div style='display:none'>x</div><p>{_TEXT}".encode("gbk"),
    }


def _links() -> dict[str, bytes]:
    card = (
        "<a href='https://wx.mail.qq.com/ftn/download?k=a&amp;code=b'>照片.zip (1.2G)</a> 到期时间：2024年07月01日 12:00 "
        "链接：https://pan.baidu.com/s/1abc 提取码: x7y8"
    )
    return {"card.html": card.encode()}


def _compounds() -> dict[str, bytes]:
    head = bytearray(512)
    head[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", head, 24, 62, 3, 0xFFFE, 9, 6)
    struct.pack_into("<7I", head, 44, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE)
    struct.pack_into("<2I", head, 72, 0, 0)
    struct.pack_into("<109I", head, 76, 0, *[0xFFFFFFFF] * 108)
    table = struct.pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, 0xFFFFFFFE, *[0xFFFFFFFF] * 125)
    entries = b""
    for name, kind, first, size in (("Root Entry", 5, 0xFFFFFFFE, 0), ("WordDocument", 2, 2, 512)):
        text = name.encode("utf-16-le")
        entry = bytearray(128)
        entry[: len(text)] = text
        struct.pack_into("<HB", entry, 64, len(text) + 2, kind)
        struct.pack_into("<II", entry, 116, first, size)
        entries += bytes(entry)
    return {"word.ole": bytes(head) + table + entries.ljust(512, b"\0") + bytes(512)}


def _figures() -> dict[str, bytes]:
    table = "序号\t活动\t参与人数\t发放资料\n1\t集市\t300余人\t５００份"
    more = "5月20日至6月3日，先后举办讲座12场，共１.2万余人次参加，线上观看三百六十来户，《重庆日报》报道。上周四在龙山小学开展。"
    return {"report.txt": _TEXT.encode(), "table.txt": table.encode(), "more.txt": more.encode()}


_MADE = {
    "parse": _mails,
    "unpack": _archives,
    "tnef": _winmail,
    "docx": _words,
    "sheet": _sheets,
    "slides": _slides,
    "ofd": _layouts,
    "rtf": _rtfs,
    "html": _pages,
    "links": _links,
    "compound": _compounds,
    "figures": _figures,
}

if __name__ == "__main__":
    write()
