"""Old Word files are read by ourselves, whole, with no program installed; what is inside them is handed on or flagged."""

from __future__ import annotations

import base64
import io
import struct
from collections.abc import Mapping, Sequence
from functools import cache

import docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.shared import Pt
from PIL import Image

from pipeline import intake, tools
from pipeline.extract import extract, kinds, sniff
from pipeline.extract.objects import NATIVE
from pipeline.records import Aside, Block, Code, Content, Leaf, Status, Style
from tests.support import need_tool
from tests.test_word import native, p, package, relation
from tools.formatmaker.compound import compound

LONG = "5月28日，渝北区科协在龙山社区举办科普集市，现场设置展台二十个，服务居民三百余人，发放资料八百份。"
_TEXT = 2048
"""Where the characters of a made file begin; its formatted disk page stands at the page before."""
_IN_TABLE, _ROW_END = struct.pack("<HB", 0x2416, 1), struct.pack("<HB", 0x2417, 1)


def doc(
    *paragraphs: tuple[str, bytes],
    parts: Sequence[int] = (),
    plain: str = "",
    streams: Mapping[str, bytes] = {},
) -> bytes:
    """A Word 97 file of (text with its mark, properties of the paragraph).

    parts: characters of footnotes, headers, … as the Fib counts them. plain: a last piece in octets of Windows-1252.
    """
    text = "".join(words for words, _ in paragraphs)
    octets = text.encode("utf-16-le")
    starts = [_TEXT]
    for words, _ in paragraphs:
        starts.append(starts[-1] + 2 * len(words))
    page = struct.pack(f"<{len(starts)}I", *starts)
    records, bodies, place = b"", {}, 510
    for _, said in paragraphs:
        body = struct.pack("<H", 0) + said + (b"\0" if len(said) % 2 == 0 else b"")
        body = bytes([(len(body) + 1) // 2]) + body
        place -= (len(body) + 1) // 2 * 2
        bodies[place] = body
        records += bytes([place // 2]) + bytes(12)
    disk = bytearray((page + records).ljust(511, b"\0") + bytes([len(paragraphs)]))
    for at, body in bodies.items():
        disk[at : at + len(body)] = body
    length = len(text) + len(plain)
    positions = [0, len(text), length] if plain else [0, length]
    pieces = struct.pack("<HIH", 0, _TEXT, 0)
    if plain:
        pieces += struct.pack("<HIH", 0, (_TEXT + len(octets)) * 2 | 0x40000000, 0)
    plc = struct.pack(f"<{len(positions)}I", *positions) + pieces
    clx = b"\x01" + struct.pack("<H", 3) + b"\0\0\0" + b"\x02" + struct.pack("<I", len(plc)) + plc
    papx = struct.pack("<III", _TEXT, _TEXT + len(octets), 3)
    fib = bytearray(1536)
    struct.pack_into("<HH", fib, 0, 0xA5EC, 0xC1)
    counts = [length - sum(parts), *parts]
    struct.pack_into(f"<{len(counts)}I", fib, 76, *counts)
    struct.pack_into("<II", fib, 154 + 13 * 8, 0, len(papx))
    struct.pack_into("<II", fib, 154 + 33 * 8, len(papx), len(clx))
    main = bytes(fib) + bytes(disk) + octets + plain.encode("cp1252")
    return compound({"WordDocument": main, "0Table": papx + clx, **streams})


def read(data: bytes, name: str = "总结.doc", abilities: tuple[str, ...] = ()) -> Content:
    return extract(Leaf(path="2", name=name, data=data), sniff(data, name), abilities)


def texts(content: Content) -> list[str]:
    return [block.text for block in content.blocks if block.aside is None]


def test_pieces_fields_and_signs_of_a_word_97_file_are_read_without_any_program() -> None:
    content = read(
        doc(
            ("第一段，\x13 HYPERLINK x \x14链接\x15在此。\r", b""),
            ("带\x13 PAGE \x15换行\x0b的段\x1e落\x02\r", b""),
            plain="plain text “quoted”\r",
        ),
        "总结.wps",
    )

    assert content.status is Status.OK
    assert texts(content) == ["第一段，链接在此。", "带换行", "的段-落", "plain text “quoted”"]


def test_cells_become_rows_and_spans_keep_their_columns() -> None:
    def row_end(*edges: int) -> bytes:
        table = struct.pack(f"<B{len(edges)}h", len(edges) - 1, *edges)
        return _IN_TABLE + _ROW_END + struct.pack("<HH", 0xD608, len(table) + 1) + table

    cells = (("名称\x07", "地点\x07", "人数\x07"), ("科普集市与讲座\x07", "300\x07"))
    edges = ((0, 2000, 4000, 6000), (10, 4000, 5990))
    paragraphs = [("前言部分写在这里。\r", b"")]
    for row, places in zip(cells, edges, strict=True):
        paragraphs += [(text, _IN_TABLE) for text in row]
        paragraphs.append(("\x07", row_end(*places)))

    blocks = read(doc(*paragraphs, ("后记。\r", b""))).blocks

    assert [block.rows or block.text for block in blocks] == [
        "前言部分写在这里。",
        (("名称", "地点", "人数"), ("科普集市与讲座", "", "300")),
        "后记。",
    ]


def test_footnotes_and_comments_stand_aside() -> None:
    content = read(
        doc(("正文。\r", b""), ("\x02 脚注说明\r", b""), ("\x05此处待核\r", b""), parts=(7, 0, 0, 6))
    )

    assert texts(content) == ["正文。"]
    assert [(block.aside, block.text) for block in content.blocks[1:]] == [
        (Aside.FOOTNOTE, "脚注说明"),
        (Aside.COMMENT, "此处待核"),
    ]


def test_programs_and_macros_in_an_old_file_are_flagged_and_its_pictures_are_parts() -> None:
    out = io.BytesIO()
    Image.effect_noise((40, 30), 60).convert("RGB").save(out, "JPEG")
    blip = bytes(17) + out.getvalue()
    blip = struct.pack("<HHI", 0x46A0, 0xF01D, len(blip)) + blip
    streams = {
        NATIVE: native("工具.exe", b"MZ" + bytes(300)),
        "_VBA_PROJECT": b"macro" * 200,
        "Data": b"\0" * 40 + blip + bytes(600),
    }

    reading = intake.read_document(doc(("正文。\r", b""), streams=streams), "总结.doc")

    assert [(part.path, part.status) for part in reading.parts] == [
        ("总结.doc", Status.OK),
        ("总结.doc/图1.jpg", Status.OK),
        ("总结.doc/1-工具.exe", Status.UNSUPPORTED),
    ]
    assert {problem.code for problem in reading.problems} == {Code.MACRO, Code.EXECUTABLE}


@pytest.mark.parametrize("size", [600, 1200, 2000, 2600])
def test_a_broken_file_has_a_status_and_a_reason(size: int) -> None:
    whole = doc(*[(f"第{number}段{LONG}\r", b"") for number in range(20)])

    content = read(whole[:size])

    assert content.status in {Status.UNSUPPORTED, Status.DAMAGED}
    assert content.reason


def test_hostile_numbers_end() -> None:
    sound = bytearray(doc(("正文。\r", b"")))
    for place in range(512, 2400, 12):
        hostile = bytearray(sound)
        hostile[place : place + 4] = b"\xff\xff\xff\x7f"
        assert read(bytes(hostile)).status in Status


# ---------------------------------------------------------------- beside a program that writes such files


@cache
def report() -> bytes:
    """A report with what units put into theirs."""
    document = docx.Document()
    title = document.add_paragraph()
    run = title.add_run("渝北区科协2024年活动总结")
    run.bold, run.font.size = True, Pt(22)
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.add_heading("一、活动开展情况", 1)
    document.add_paragraph(f"{LONG}𠮷")
    for text in ("组织学习", "开展宣讲"):
        document.add_paragraph(text, style="List Number")
    table = document.add_table(rows=3, cols=3)
    for row, cells in enumerate((("名称", "地点", "人数"), ("集市", "龙山", "300"), ("合并", "", "20"))):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    table.cell(2, 0).merge(table.cell(2, 1))
    hidden = document.add_paragraph("看得见的字。")
    hidden.add_run("隐藏的字").font.hidden = True
    document.add_paragraph("2024年6月18日").alignment = WD_ALIGN_PARAGRAPH.RIGHT
    document.sections[0].header.paragraphs[0].text = "渝北区科协文件"
    document.sections[0].footer.paragraphs[0].text = "内部资料"
    box = (
        '<w:p xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml">'
        '<w:r><w:t>锚点在此。</w:t></w:r><w:r><w:pict><v:shape style="position:absolute;width:100pt;height:50pt" type="#_x0000_t202">'
        "<v:textbox><w:txbxContent><w:p><w:r><w:t>框里的话</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict>"
        "</w:r></w:p>"
    )
    document.element.body.insert(4, parse_xml(box))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def named(content: Content) -> list[tuple[Style, int, Aside | None, str]]:
    """The blocks, without blanks after labels, which differ between formats."""
    return [(one.style, one.level, one.aside, one.text.replace(" ", "")) for one in content.blocks]


@pytest.mark.parametrize("target", ["doc", "odt"])
def test_a_report_says_the_same_in_the_formats_that_libreoffice_writes(target: str) -> None:
    need_tool("soffice")
    result = tools.run(
        ["soffice", "--headless", "--convert-to", target, "in.docx"],
        inputs=[("in.docx", report())],
        seconds=60,
        megabytes=4096,
    )
    octets = dict(result.files)[f"in.{target}"]

    wanted, found = named(read(report(), "总结.docx")), named(read(octets, f"总结.{target}"))

    assert found == wanted
    assert (Style.PARAGRAPH, 0, None, "框里的话") in found
    assert (Style.OTHER, 0, Aside.HIDDEN, "隐藏的字") in found


# ---------------------------------------------------------------- one XML file

OLD = "http://schemas.microsoft.com/office/word/2003/wordml"
AUX = "http://schemas.microsoft.com/office/word/2003/auxHint"


def test_word_2003_xml_is_read_under_the_name_doc() -> None:
    picture = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(30)).decode()
    data = (
        '<?xml version="1.0" encoding="UTF-8"?><?mso-application progid="Word.Document"?>'
        f'<w:wordDocument xmlns:w="{OLD}" xmlns:wx="{AUX}" xmlns:aml="http://schemas.microsoft.com/aml/2001/core" '
        'w:macrosPresent="yes"><w:styles><w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/></w:style>'
        '</w:styles><w:body><wx:sect><w:p><w:pPr><w:pStyle w:val="1"/><w:listPr><wx:t wx:val="一、"/></w:listPr></w:pPr>'
        f"<w:r><w:t>活动情况</w:t></w:r></w:p><w:p><w:r><w:t>{LONG}</w:t></w:r><w:r><w:footnote><w:p><w:r><w:t>脚注说明</w:t>"
        '</w:r></w:p></w:footnote></w:r><aml:annotation w:type="Word.Deletion"><aml:content><w:r><w:delText>删去</w:delText></w:r>'
        '</aml:content></aml:annotation></w:p><w:p><w:r><w:pict><w:binData w:name="wordml://01.png">'
        f"{picture}</w:binData></w:pict></w:r></w:p><w:sectPr><w:hdr><w:p><w:r><w:t>页眉文字</w:t></w:r></w:p></w:hdr></w:sectPr>"
        "</wx:sect></w:body></w:wordDocument>"
    ).encode()

    content = read(data)

    assert [(block.style, block.aside, block.text) for block in content.blocks] == [
        (Style.OTHER, Aside.HEADER, "页眉文字"),
        (Style.HEADING, None, "一、活动情况"),
        (Style.PARAGRAPH, None, LONG),
        (Style.OTHER, Aside.FOOTNOTE, "脚注说明"),
    ]
    assert [leaf.name for leaf in content.embedded] == ["01.png"]
    assert [problem.code for problem in content.problems] == [Code.MACRO]


def test_an_unfolded_docx_is_read_as_the_docx() -> None:
    pkg = "http://schemas.microsoft.com/office/2006/xmlPackage"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    data = (
        f'<?xml version="1.0"?><?mso-application progid="Word.Document"?><pkg:package xmlns:pkg="{pkg}">'
        '<pkg:part pkg:name="/_rels/.rels"><pkg:xmlData><Relationships xmlns="http://schemas.openxmlformats.org/package/'
        f'2006/relationships"><Relationship Id="1" Type="{office}/officeDocument" Target="word/document.xml"/></Relationships>'
        f'</pkg:xmlData></pkg:part><pkg:part pkg:name="/word/document.xml"><pkg:xmlData><w:document xmlns:w="{word}">'
        f"<w:body>{p('展开的正文。')}</w:body></w:document></pkg:xmlData></pkg:part>"
        '<pkg:part pkg:name="/word/media/a.png"><pkg:binaryData>iVBORw0KGgo=</pkg:binaryData></pkg:part></pkg:package>'
    ).encode()

    content = read(data, "总结.xml")

    assert texts(content) == ["展开的正文。"]
    assert [leaf.data for leaf in content.embedded] == [b"\x89PNG\r\n\x1a\n"]


@pytest.mark.parametrize("name", ["总结.doc", "总结.wps", "总结.txt", "总结"])
def test_a_docx_and_a_page_under_another_name_are_what_they_are(name: str) -> None:
    linked = relation("9", "image", "NULL")
    page = "<html><head><meta charset=gbk></head><body><p>网页存成的文档</p></body></html>".encode("gb18030")

    assert texts(read(package(p("正文。"), relations=linked), name)) == ["正文。"]
    assert texts(read(page, name)) == ["网页存成的文档"]
    assert sniff(doc(("正文。\r", b"")), name) == "application/msword"
    assert sniff(page, name) == "text/html"
    assert sniff(package(p("正文。")), name) == kinds.WORD


def test_a_file_of_pictures_alone_is_no_damaged_file() -> None:
    blocks: tuple[Block, ...] = (content := read(doc(("\x01\r", b"")))).blocks

    assert blocks == ()
    assert content.status is Status.PARTLY


@pytest.mark.parametrize("suffix", ["", "_416B"])
def test_a_uof_text_gives_its_words_and_says_that_its_look_was_not_read(suffix: str) -> None:
    def named(name: str, inner: str) -> str:
        return f"<字:{name}{suffix}>{inner}</字:{name}{suffix}>"

    def paragraph(text: str) -> str:
        return named("段落", named("句", named("文本串", text)))

    cells = "".join(named("单元格", paragraph(text)) for text in ("名称", "人数"))
    body = paragraph(LONG) + named("文字表", named("行", cells)) + named("页眉", paragraph("页眉"))
    data = (
        f'<?xml version="1.0" encoding="UTF-8"?><uof:UOF xmlns:uof="u" xmlns:字="z">{body}</uof:UOF>'.encode()
    )

    content = read(data, "总结.uot")

    assert texts(content) == [LONG, "名称\t人数"]
    assert content.status is Status.PARTLY
