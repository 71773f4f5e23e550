"""Word files are read as Word shows them: each construct by its exact words and style."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Mapping

import pytest

from pipeline import intake
from pipeline.extract import extract, sniff
from pipeline.records import Aside, Block, Code, Content, Leaf, Reading, Status, Style
from tools.formatmaker.compound import compound

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
DGM = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
WPS = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
SPACES = (
    f'xmlns:w="{W}" xmlns:r="{R}" xmlns:a="{A}" xmlns:c="{C}" xmlns:dgm="{DGM}" xmlns:mc="{MC}" xmlns:wps="{WPS}" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
LONG = "5月28日，渝北区科协在龙山社区举办科普集市，现场设置展台二十个，服务居民三百余人，发放资料八百份。"


def package(body: str, parts: Mapping[str, str | bytes] = {}, relations: str = "") -> bytes:
    """A Word file of the XML of its *body*, further *parts* and the relationships of the main part."""
    octets = io.BytesIO()
    types = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        f'wordprocessingml.{kind}+xml"/>'
        for name, kind in (("document", "document.main"), ("styles", "styles"), ("numbering", "numbering"))
        if name == "document" or f"word/{name}.xml" in parts
    )
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
            f'ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>{types}</Types>',
        )
        archive.writestr("_rels/.rels", related(relation("1", "officeDocument", "word/document.xml")))
        archive.writestr("word/_rels/document.xml.rels", related(relations))
        archive.writestr("word/document.xml", f"<w:document {SPACES}><w:body>{body}</w:body></w:document>")
        for name, content in parts.items():
            archive.writestr(name, content)
    return octets.getvalue()


def related(relations: str) -> str:
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{relations}'
        "</Relationships>"
    )


def relation(identity: str, kind: str, target: str, mode: str = "") -> str:
    return f'<Relationship Id="{identity}" Type="{R}/{kind}" Target="{target}" {mode}/>'


def p(text: str, properties: str = "", run: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:rPr>{run}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


def cell(inner: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def read(data: bytes, name: str = "总结.docx") -> Content:
    return extract(Leaf(path="2", name=name, data=data), sniff(data, name), ())


def whole(data: bytes, name: str = "总结.docx") -> Reading:
    return intake.read_document(data, name)


def texts(content: Content) -> list[str]:
    return [block.text for block in content.blocks if block.aside is None]


def asides(content: Content) -> list[tuple[Aside | None, str]]:
    return [(block.aside, block.text) for block in content.blocks if block.aside is not None]


def field(kind: str, inner: str = "") -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}">{inner}</w:fldChar></w:r>'


def instruction(text: str) -> str:
    return f"<w:r><w:instrText>{text}</w:instrText></w:r>"


# ---------------------------------------------------------------- paragraphs


def test_of_fields_the_result_is_read_and_never_the_instruction() -> None:
    simple = '<w:p><w:fldSimple w:instr="PAGE"><w:r><w:t>简单域结果</w:t></w:r></w:fldSimple></w:p>'
    nested = (
        f"<w:p><w:r><w:t>参加</w:t></w:r>{field('begin')}{instruction('IF ')}{field('begin')}{instruction('MERGEFIELD n')}"
        f"{field('separate')}<w:r><w:t>内层</w:t></w:r>{field('end')}{instruction(' = 1')}{field('separate')}"
        f"<w:r><w:t>120</w:t></w:r>{field('end')}<w:r><w:t>人</w:t></w:r></w:p>"
    )
    open_end = f"<w:p>{field('begin')}{instruction('TOC')}<w:r><w:t>没有结束的域也不丢字</w:t></w:r></w:p>"
    link = "<w:p><w:hyperlink><w:r><w:t>链接文字</w:t></w:r></w:hyperlink></w:p>"

    found = texts(read(package(simple + nested + open_end + link)))

    assert found == ["简单域结果", "参加120人", "没有结束的域也不丢字", "链接文字"]


def test_tick_boxes_and_lists_of_forms_say_what_they_show() -> None:
    ticked = '<w:ffData><w:checkBox><w:default w:val="0"/><w:checked/></w:checkBox></w:ffData>'
    empty = '<w:ffData><w:checkBox><w:default w:val="0"/></w:checkBox></w:ffData>'
    chosen = (
        '<w:ffData><w:ddList><w:result w:val="1"/><w:listEntry w:val="线上"/><w:listEntry w:val="线下"/></w:ddList>'
        "</w:ffData>"
    )
    body = "".join(
        f"<w:p>{field('begin', data)}{instruction('FORM')}{field('end')}<w:r><w:t>{text}</w:t></w:r></w:p>"
        for data, text in ((ticked, "已举办"), (empty, "未举办"), (chosen, "活动"))
    )
    symbols = (
        '<w:p><w:r><w:sym w:font="Wingdings 2" w:char="0052"/><w:t>是</w:t><w:sym w:font="Wingdings" w:char="F0A8"/>'
        "<w:t>否\uf0fc</w:t></w:r></w:p>"
    )

    assert texts(read(package(body + symbols))) == ["☑已举办", "□未举办", "线下活动", "☑是□否✓"]


def test_tracked_changes_are_read_as_accepted_and_joined_paragraphs_as_one() -> None:
    joined = p("第一段的前半，", "<w:rPr><w:del w:id='1'/></w:rPr>") + p("后半在这里。")
    moved = "<w:p><w:moveFrom><w:r><w:t>旧处</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>新处</w:t></w:r></w:moveTo></w:p>"
    removed_row = (
        f"<w:tbl>{row(cell(p('名称')), cell(p('人数')))}{row(cell(p('删去')), properties='<w:del/>')}</w:tbl>"
    )
    removed_cell = f"<w:tbl>{row(cell(p('甲')), cell(p('乙'), '<w:cellDel/>'), cell(p('丙')))}</w:tbl>"

    found = texts(read(package(joined + moved + removed_row + p("间隔") + removed_cell)))

    assert found == ["第一段的前半，后半在这里。", "新处", "名称\t人数", "间隔", "甲\t丙"]


def test_ruby_is_read_without_its_pronunciation_and_formulas_with_their_letters() -> None:
    ruby = (
        "<w:p><w:r><w:ruby><w:rt><w:r><w:t>yú</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>渝</w:t></w:r></w:rubyBase>"
        "</w:ruby></w:r><w:r><w:t>北</w:t></w:r></w:p>"
    )
    maths = "<w:p><m:oMath><m:r><m:t>E=mc</m:t></m:r></m:oMath></w:p>"

    assert texts(read(package(ruby + maths))) == ["渝北", "E=mc"]


def test_hidden_text_stands_aside_in_paragraphs_and_in_cells() -> None:
    hidden = "<w:p><w:r><w:t>看得见</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>看不见</w:t></w:r></w:p>"

    content = read(package(hidden + f"<w:tbl>{row(cell(hidden), cell(p('乙')))}</w:tbl>"))

    assert texts(content) == ["看得见", "看得见\t乙"]
    assert asides(content) == [(Aside.HIDDEN, "看不见")] * 2


def test_text_that_stands_in_no_paragraph_is_read_too() -> None:
    loose = "<w:sdt><w:sdtContent><w:r><w:t>直接放着的文字</w:t></w:r></w:sdtContent></w:sdt>"

    assert texts(read(package(p("前一段。") + loose))) == ["前一段。", "直接放着的文字"]


# ---------------------------------------------------------------- styles


STYLES = (
    f'<w:styles xmlns:w="{W}"><w:style w:type="paragraph" w:styleId="a1"><w:name w:val="heading 2"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="a2"><w:name w:val="caption"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="a3"><w:name w:val="Title"/></w:style></w:styles>'
)


def test_title_heading_and_caption_are_known_by_their_styles() -> None:
    def styled(text: str, style: str) -> str:
        return p(text, f'<w:pStyle w:val="{style}"/>', "<w:b/>")

    body = styled("渝北区科协活动总结", "a3") + styled("主要做法", "a1") + p(LONG) + styled("活动现场", "a2")
    relations = relation("1", "styles", "styles.xml")

    blocks = read(package(body, {"word/styles.xml": STYLES}, relations)).blocks

    assert [(block.style, block.level, block.text) for block in blocks] == [
        (Style.TITLE, 0, "渝北区科协活动总结"),
        (Style.HEADING, 2, "主要做法"),
        (Style.PARAGRAPH, 0, LONG),
        (Style.CAPTION, 0, "活动现场"),
    ]


def test_automatic_numbers_are_written_out_also_through_a_list_style() -> None:
    numbering = (
        f'<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="0"><w:styleLink w:val="S"/><w:lvl w:ilvl="0">'
        '<w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="%1、"/></w:lvl></w:abstractNum>'
        '<w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="S"/></w:abstractNum>'
        '<w:num w:numId="5"><w:abstractNumId w:val="1"/></w:num></w:numbering>'
    )
    listed = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="5"/></w:numPr>'
    body = p("活动情况", listed) + p(LONG) + p("经验做法", listed) + p(LONG)
    relations = relation("1", "numbering", "numbering.xml")

    blocks = read(package(body, {"word/numbering.xml": numbering}, relations)).blocks

    assert [block.text for block in blocks if block.style is Style.HEADING] == [
        "一、活动情况",
        "二、经验做法",
    ]


# ---------------------------------------------------------------- tables


def test_merged_cells_leave_their_columns_and_tables_in_tables_their_text() -> None:
    restart, on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    inner = f"<w:tbl>{row(cell(p('里一')), cell(p('里二')))}</w:tbl>"
    table = (
        row(cell(p("序号")), cell(p("活动"), '<w:gridSpan w:val="2"/>'), cell(p("人数")))
        + row(cell(p("1"), restart), cell(p("上午")), cell(p("集市")), cell(p("300")))
        + row(cell(p("重复"), on), cell(p("下午")), cell(inner + p("")), cell(p("20")))
        + row(cell(p("30")), properties='<w:gridBefore w:val="3"/>')
    )

    blocks = read(package(f"<w:tbl>{table}</w:tbl>")).blocks

    assert [block.rows for block in blocks] == [
        (
            ("序号", "活动", "", "人数"),
            ("1", "上午", "集市", "300"),
            ("", "下午", "里一 里二", "20"),
            ("", "", "", "30"),
        )
    ]


def test_a_cell_that_only_goes_on_although_nothing_has_begun_is_not_lost() -> None:
    table = f"<w:tbl>{row(cell(p('合计'), '<w:vMerge/>'), cell(p('300')))}</w:tbl>"

    assert texts(read(package(table))) == ["合计\t300"]


def test_content_controls_around_rows_and_cells_hide_nothing() -> None:
    def control(inner: str) -> str:
        return f"<w:sdt><w:sdtContent>{inner}</w:sdtContent></w:sdt>"

    table = f"<w:tbl>{control(row(control(cell(p('名称'))), cell(control(p('人数')))))}</w:tbl>"

    assert texts(read(package(control(control(table))))) == ["名称\t人数"]


# ---------------------------------------------------------------- drawings


def drawn(inner: str) -> str:
    return f"<w:p><w:r><w:t>锚点段落</w:t><w:drawing>{inner}</w:drawing></w:r></w:p>"


def test_a_text_box_is_read_once_with_the_table_in_it() -> None:
    box = f"<w:txbxContent>{p('框里的话')}<w:tbl>{row(cell(p('甲')), cell(p('乙')))}</w:tbl></w:txbxContent>"
    both = (
        f'<w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing>'
        f"</mc:Choice><mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent>"
        "</w:r></w:p>"
    )

    assert texts(read(package(p("正文。") + both))) == ["正文。", "框里的话", "甲\t乙"]


def test_smart_art_says_its_words_and_a_chart_its_figures() -> None:
    smart = (
        f'<dgm:dataModel xmlns:dgm="{DGM}" xmlns:a="{A}"><dgm:ptLst><dgm:pt><dgm:t><a:p><a:r><a:t>组织动员</a:t></a:r></a:p>'
        '</dgm:t></dgm:pt><dgm:pt><dgm:prSet phldr="1"/><dgm:t><a:p><a:r><a:t>[文本]</a:t></a:r></a:p></dgm:t></dgm:pt>'
        "</dgm:ptLst></dgm:dataModel>"
    )

    def cached(tag: str, *values: str) -> str:
        points = "".join(
            f'<c:pt idx="{place}"><c:v>{value}</c:v></c:pt>' for place, value in enumerate(values)
        )
        return f"<c:{tag}><c:strRef><c:strCache>{points}</c:strCache></c:strRef></c:{tag}>"

    series = "".join(
        f"<c:ser>{cached('tx', name)}{cached('cat', '龙山', '龙溪')}{cached('val', *values)}</c:ser>"
        for name, values in (("场次", ("3", "4")), ("人数", ("120", "80")))
    )
    chart = (
        f'<c:chartSpace xmlns:c="{C}" xmlns:a="{A}"><c:chart><c:title><a:p><a:r><a:t>各街道参加人数</a:t></a:r></a:p></c:title>'
        f"<c:plotArea><c:barChart>{series}</c:barChart></c:plotArea></c:chart></c:chartSpace>"
    )
    body = drawn('<dgm:relIds r:dm="d1"/>') + drawn('<c:chart r:id="c1"/>')
    relations = relation("d1", "diagramData", "diagrams/data1.xml") + relation(
        "c1", "chart", "charts/chart1.xml"
    )

    content = read(
        package(body, {"word/diagrams/data1.xml": smart, "word/charts/chart1.xml": chart}, relations)
    )

    assert texts(content) == [
        "锚点段落",
        "组织动员",
        "锚点段落",
        "各街道参加人数",
        "场次\t人数\n龙山\t3\t120\n龙溪\t4\t80",
    ]
    assert content.blocks[-1].rows == (("", "场次", "人数"), ("龙山", "3", "120"), ("龙溪", "4", "80"))


def test_word_art_and_text_of_plain_shapes_are_read() -> None:
    art = '<w:p><w:r><w:pict><v:shape><v:textpath string="科技活动周"/></v:shape></w:pict></w:r></w:p>'
    shape = drawn("<a:txBody><a:p><a:r><a:t>形状里</a:t></a:r><a:r><a:t>的字</a:t></a:r></a:p></a:txBody>")

    assert texts(read(package(art + shape))) == ["科技活动周", "锚点段落", "形状里的字"]


# ---------------------------------------------------------------- around the text and inside the file


def test_header_footer_notes_and_comments_stand_aside_wherever_their_parts_are_called() -> None:
    box = f"<wps:txbx><w:txbxContent>{p('页眉框')}</w:txbxContent></wps:txbx>"
    header = f"<w:hdr {SPACES}>{drawn(box)}</w:hdr>"
    parts = {
        "word/kopf.xml": header,
        "word/footer1.xml": f"<w:ftr {SPACES}>{p('页脚说明')}</w:ftr>",
        "word/footnotes.xml": f"<w:footnotes {SPACES}><w:footnote>{p('脚注说明')}</w:footnote></w:footnotes>",
        "word/endnotes.xml": f"<w:endnotes {SPACES}><w:endnote>{p('尾注说明')}</w:endnote></w:endnotes>",
        "word/comments.xml": f"<w:comments {SPACES}><w:comment>{p('此处待核')}</w:comment></w:comments>",
    }
    relations = "".join(
        relation(str(number), kind, target)
        for number, (kind, target) in enumerate(
            (
                ("header", "kopf.xml"),
                ("footer", "footer1.xml"),
                ("footnotes", "footnotes.xml"),
                ("endnotes", "endnotes.xml"),
                ("comments", "comments.xml"),
            )
        )
    )

    content = read(package(p(LONG), parts, relations))

    assert texts(content) == [LONG]
    assert asides(content) == [
        (Aside.HEADER, "锚点段落 页眉框"),
        (Aside.FOOTNOTE, "脚注说明"),
        (Aside.FOOTNOTE, "尾注说明"),
        (Aside.COMMENT, "此处待核"),
        (Aside.FOOTER, "页脚说明"),
    ]
    assert [
        text
        for _, text in asides(read(package(p(LONG), {k: v for k, v in parts.items() if "kopf" not in k})))
    ] == [
        "脚注说明",
        "尾注说明",
        "此处待核",
        "页脚说明",
    ]


def native(name: str, octets: bytes) -> bytes:
    """What Packager writes for a file dragged into a document."""
    label = name.encode("gb18030") + b"\0"
    path = b"C:\\" + label
    inner = struct.pack("<H", 2) + label + path + struct.pack("<HHI", 0, 3, len(path)) + path
    inner += struct.pack("<I", len(octets)) + octets
    return struct.pack("<I", len(inner)) + inner


def test_files_inside_are_parts_of_their_own_and_programs_are_flagged() -> None:
    inner = package(p("嵌入文档里的一段话。"))
    parts: dict[str, str | bytes] = {
        "word/media/image1.png": PNG,
        "word/embeddings/内嵌.docx": inner,
        "word/embeddings/oleObject1.bin": compound(
            {"\x01Ole10Native": native("活动方案.txt", "方案文字".encode())}
        ),
        "word/embeddings/oleObject2.bin": compound(
            {"\x01Ole10Native": native("工具.exe", b"MZ" + bytes(400))}
        ),
        "word/embeddings/oleObject3.bin": compound({"Package": package(p("对象里的文档。"))}),
        "word/chunk.html": "<html><body><p>并入的网页文字</p></body></html>",
    }
    body = p("正文。") + '<w:altChunk r:id="h1"/>'

    reading = whole(package(body, parts, relation("h1", "aFChunk", "chunk.html")))

    assert [(part.path, part.status) for part in reading.parts[1:]] == [
        ("总结.docx/word/media/image1.png", Status.DAMAGED),
        ("总结.docx/word/embeddings/内嵌.docx", Status.OK),
        ("总结.docx/word/embeddings/oleObject1.bin", Status.OK),
        ("总结.docx/word/embeddings/oleObject1.bin/活动方案.txt", Status.OK),
        ("总结.docx/word/embeddings/oleObject2.bin", Status.OK),
        ("总结.docx/word/embeddings/oleObject2.bin/工具.exe", Status.UNSUPPORTED),
        ("总结.docx/word/embeddings/oleObject3.bin", Status.OK),
        ("总结.docx/word/embeddings/oleObject3.bin/Package", Status.OK),
        ("总结.docx/word/chunk.html", Status.OK),
    ]
    assert [block.text for document in reading.documents for block in document.blocks] == [
        "正文。",
        "嵌入文档里的一段话。",
        "方案文字",
        "对象里的文档。",
        "并入的网页文字",
    ]
    assert [problem.code for problem in reading.problems if problem.part.endswith(".exe")] == [
        Code.EXECUTABLE
    ]


def test_macros_and_pictures_that_are_only_linked_are_told() -> None:
    linked = relation("1", "image", "http://198.51.100.1/x.png", 'TargetMode="External"')

    content = read(package(p("正文。"), {"word/vbaProject.bin": b"macro"}, linked), "总结.docm")

    assert [problem.code for problem in content.problems] == [Code.MACRO, Code.LINK_ONLY]
    assert texts(content) == ["正文。"]


# ---------------------------------------------------------------- what is broken, and what attacks


def blocks_of(count: int) -> str:
    return "".join(p(f"第{number}段，{LONG}") for number in range(count))


def test_strict_ooxml_is_read_as_the_transitional_one() -> None:
    sound = package(p("严格格式的正文。"))
    octets = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sound)) as before, zipfile.ZipFile(octets, "w") as after:
        for entry in before.infolist():
            content = before.read(entry)
            content = re.sub(
                rb"http://schemas\.openxmlformats\.org/(officeDocument|wordprocessingml|drawingml)/2006/",
                rb"http://purl.oclc.org/ooxml/\1/",
                content,
            )
            after.writestr(entry.filename, content)

    assert texts(read(octets.getvalue())) == ["严格格式的正文。"]


def test_a_truncated_file_gives_what_has_arrived_and_says_so() -> None:
    data = package(blocks_of(400), {"word/media/image1.png": PNG * 500})
    begin = data.index(b"word/document.xml", data.index(b"word/_rels"))
    cut = data[: begin + (data.index(b"word/media") - begin) // 2 + 700]

    content = read(cut)

    assert content.status is Status.PARTLY
    assert "不完整" in content.reason
    assert texts(content)[0] == f"第0段，{LONG}"
    assert 10 < len(texts(content)) < 400


def test_a_dangling_relationship_costs_nothing() -> None:
    content = read(package(p("正文照读。"), relations=relation("9", "image", "NULL")))

    assert (texts(content), content.status) == (["正文照读。"], Status.OK)


@pytest.mark.parametrize(
    ("body", "status", "found"),
    [
        ("<w:p><w:r><w:t>&x;</w:t></w:r></w:p>", Status.DAMAGED, []),
        (p("可见&x;文字"), Status.PARTLY, ["可见文字"]),
    ],
)
def test_entities_are_refused_and_the_reason_says_so(body: str, status: Status, found: list[str]) -> None:
    with zipfile.ZipFile(io.BytesIO(package(body))) as archive:
        xml = archive.read("word/document.xml").decode()
    hostile = f'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname"><!ENTITY y "lol">]>{xml}'
    octets = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package(body))) as before, zipfile.ZipFile(octets, "w") as after:
        for entry in before.infolist():
            after.writestr(
                entry.filename, hostile if entry.filename == "word/document.xml" else before.read(entry)
            )

    content = read(octets.getvalue())

    assert (content.status, texts(content)) == (status, found)
    assert "实体" in content.reason


def test_a_tree_too_deep_to_read_is_no_blank_document() -> None:
    deep = "<w:sdt><w:sdtContent>" * 30_000 + p("最深处") + "</w:sdtContent></w:sdt>" * 30_000

    content = read(package(deep))

    assert content.status is Status.DAMAGED
    assert "嵌套过深" in content.reason


def test_a_broken_part_beside_the_text_costs_only_itself() -> None:
    data = bytearray(package(p("正文还在。"), {"word/media/image1.png": PNG * 50}))
    place = data.index(PNG[:8]) if PNG[:8] in data else data.index(b"word/media/image1.png") + 40
    data[place : place + 8] = b"\xff" * 8

    content = read(bytes(data))

    assert texts(content) == ["正文还在。"]


def test_every_block_has_words_and_a_style() -> None:
    blocks: tuple[Block, ...] = read(package(blocks_of(3))).blocks

    assert [(block.style, block.text) for block in blocks] == [
        (Style.PARAGRAPH, f"第{number}段，{LONG}") for number in range(3)
    ]
