"""OpenDocument texts and slides are read by ourselves: each construct by its exact words and style."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Mapping

from pipeline import intake
from pipeline.extract import extract, sniff
from pipeline.records import Aside, Code, Content, Leaf, Status, Style

SPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"),
        ("text", "text"),
        ("table", "table"),
        ("draw", "drawing"),
        ("style", "style"),
        ("fo", "xsl-fo-compatible"),
        ("presentation", "presentation"),
    )
)
SPACES += ' xmlns:xlink="http://www.w3.org/1999/xlink"'
TEXT = "application/vnd.oasis.opendocument.text"
SLIDES = "application/vnd.oasis.opendocument.presentation"
LONG = "5月28日，渝北区科协在龙山社区举办科普集市，现场设置展台二十个，服务居民三百余人，发放资料八百份。"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def content_xml(body: str, styles: str = "", kind: str = "text") -> str:
    return (
        f"<office:document-content {SPACES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    )


def package(content: str, parts: Mapping[str, str | bytes] = {}, media_type: str = TEXT) -> bytes:
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", media_type, zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        for name, part in parts.items():
            archive.writestr(name, part)
    return octets.getvalue()


def p(text: str, style: str = "") -> str:
    return f'<text:p text:style-name="{style}">{text}</text:p>'


def cell(inner: str, attributes: str = "") -> str:
    return f"<table:table-cell {attributes}>{inner}</table:table-cell>"


def read(data: bytes, name: str = "总结.odt") -> Content:
    return extract(Leaf(path="2", name=name, data=data), sniff(data, name), ())


def texts(content: Content) -> list[str]:
    return [block.text for block in content.blocks if block.aside is None]


def asides(content: Content) -> list[tuple[Aside | None, str]]:
    return [(block.aside, block.text) for block in content.blocks if block.aside is not None]


def test_headings_have_their_level_and_the_title_its_style() -> None:
    styles = '<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Title"/>'
    looks = (
        f"<office:document-styles {SPACES}><office:styles>"
        '<style:style style:name="Title" style:family="paragraph"/></office:styles></office:document-styles>'
    )
    body = p("渝北区科协活动总结", "P1") + '<text:h text:outline-level="2">主要做法</text:h>' + p(LONG)

    blocks = read(package(content_xml(body, styles), {"styles.xml": looks})).blocks

    assert [(block.style, block.level, block.text) for block in blocks] == [
        (Style.TITLE, 0, "渝北区科协活动总结"),
        (Style.HEADING, 2, "主要做法"),
        (Style.PARAGRAPH, 0, LONG),
    ]


def test_spaces_tabs_breaks_links_and_ruby_are_text_and_deletions_are_not() -> None:
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>删去的9000份</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>"
        + p("发放 \n  资料<text:change-start/>800<text:change-end/>份<text:tab/>完")
        + p("甲<text:s text:c='2'/>乙<text:a xlink:href='http://x.example'>链接</text:a>")
        + p("第一行<text:line-break/>第二行")
        + p("<text:ruby><text:ruby-base>渝</text:ruby-base><text:ruby-text>yú</text:ruby-text></text:ruby>北")
    )

    assert texts(read(package(content_xml(body)))) == [
        "发放 资料800份 完",
        "甲\u00a0\u00a0乙链接",
        "第一行",
        "第二行",
        "渝北",
    ]


def test_lists_have_their_chinese_numbers() -> None:
    style = (
        '<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="一, 二, 三, ..." '
        'style:num-suffix="、"/><text:list-level-style-number text:level="2" style:num-format="1" style:num-prefix="（" '
        'style:num-suffix="）"/></text:list-style>'
    )
    inner = f"<text:list><text:list-item>{p('小项')}</text:list-item></text:list>"
    body = (
        f'<text:list text:style-name="L1"><text:list-item>{p("活动情况")}{inner}</text:list-item>'
        f"<text:list-item>{p('经验做法')}</text:list-item></text:list>"
    )

    assert texts(read(package(content_xml(body, style)))) == ["一、活动情况", "（1）小项", "二、经验做法"]


def test_merged_and_repeated_cells_keep_their_columns_and_endless_ones_end() -> None:
    twice = cell(p("5"), 'table:number-columns-repeated="2"')
    table = (
        "<table:table><table:table-header-rows><table:table-row>"
        + cell(p("名称"), 'table:number-columns-spanned="2"')
        + "<table:covered-table-cell/>"
        + cell(p("人数"))
        + '<table:table-cell table:number-columns-repeated="99999999"/></table:table-row></table:table-header-rows>'
        + f"<table:table-row>{cell(p('集市'))}{twice}</table:table-row>"
        + '<table:table-row table:number-rows-repeated="999999999"><table:table-cell/></table:table-row></table:table>'
    )

    blocks = read(package(content_xml(table))).blocks

    assert [block.rows for block in blocks] == [(("名称", "", "人数"), ("集市", "5", "5"))]


def test_boxes_follow_their_paragraph_and_notes_comments_and_hidden_text_stand_aside() -> None:
    styles = '<style:style style:name="H" style:family="text"><style:text-properties text:display="none"/></style:style>'
    box = f"<draw:frame><draw:text-box>{p('框里的话')}</draw:text-box></draw:frame>"
    note = (
        "<text:note><text:note-citation>1</text:note-citation><text:note-body>"
        f"{p('脚注说明')}</text:note-body></text:note>"
    )
    comment = f"<office:annotation>{p('此处待核')}</office:annotation>"
    looks = (
        f"<office:document-styles {SPACES}><office:master-styles><style:master-page><style:header>{p('渝北区科协')}"
        f"</style:header><style:footer>{p('第<text:page-number>3</text:page-number>页')}</style:footer></style:master-page>"
        "</office:master-styles></office:document-styles>"
    )
    body = p(f"正文{box}{note}{comment}到此。<text:span text:style-name='H'>隐藏字</text:span>")

    content = read(package(content_xml(body, styles), {"styles.xml": looks}))

    assert texts(content) == ["正文到此。", "框里的话"]
    assert sorted(asides(content)) == [
        (Aside.COMMENT, "此处待核"),
        (Aside.FOOTER, "第3页"),
        (Aside.FOOTNOTE, "脚注说明"),
        (Aside.HEADER, "渝北区科协"),
        (Aside.HIDDEN, "隐藏字"),
    ]


def test_charts_give_their_figures_and_pictures_and_objects_are_parts() -> None:
    chart = content_xml(
        f"<table:table><table:table-row>{cell(p('街道'))}{cell(p('人数'))}</table:table-row>"
        f"<table:table-row>{cell(p('龙山'))}{cell(p('120'))}</table:table-row></table:table>",
        kind="chart",
    )
    body = p("图表见下。<draw:frame><draw:object xlink:href='./Object 1'/></draw:frame>")
    parts: dict[str, str | bytes] = {
        "Object 1/content.xml": chart,
        "Pictures/1.png": PNG,
        "Basic/a.xml": "<x/>",
    }

    reading = intake.read_document(package(content_xml(body), parts), "总结.odt")

    assert [block.text for block in reading.documents[0].blocks] == ["图表见下。", "街道\t人数\n龙山\t120"]
    assert [part.path for part in reading.parts] == ["总结.odt", "总结.odt/Pictures/1.png"]
    assert Code.MACRO in [problem.code for problem in reading.problems]


def test_slides_have_titles_pages_notes_and_hidden_ones_aside() -> None:
    styles = (
        '<style:style style:name="dp2" style:family="drawing-page"><style:drawing-page-properties '
        'presentation:visibility="hidden"/></style:style>'
    )
    body = (
        f"<draw:page><draw:frame presentation:class='title'><draw:text-box>{p('活动汇报')}</draw:text-box></draw:frame>"
        f"<draw:frame><draw:text-box>{p(LONG)}</draw:text-box></draw:frame>"
        f"<presentation:notes><draw:frame><draw:text-box>{p('讲稿在此')}</draw:text-box></draw:frame></presentation:notes>"
        f"</draw:page><draw:page draw:style-name='dp2'><draw:custom-shape>{p('不放映的一页')}</draw:custom-shape></draw:page>"
    )

    content = read(package(content_xml(body, styles, "presentation"), media_type=SLIDES), "汇报.odp")

    assert content.pages == 2
    assert [(block.style, block.page, block.text) for block in content.blocks if block.aside is None] == [
        (Style.TITLE, 1, "活动汇报"),
        (Style.PARAGRAPH, 1, LONG),
    ]
    assert [(block.aside, block.page, block.text) for block in content.blocks if block.aside] == [
        (Aside.COMMENT, 1, "讲稿在此"),
        (Aside.HIDDEN, 2, "不放映的一页"),
    ]


def test_a_flat_document_is_read_with_its_pictures() -> None:
    picture = f"<office:binary-data>{base64.b64encode(PNG).decode()}</office:binary-data>"
    body = p(f"单文件正文。<draw:frame><draw:image>{picture}</draw:image></draw:frame>")
    data = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {SPACES} office:mimetype="{TEXT}"><office:body>'
        f"<office:text>{body}</office:text></office:body></office:document>"
    ).encode()

    content = read(data, "总结.fodt")

    assert texts(content) == ["单文件正文。"]
    assert [leaf.data for leaf in content.embedded] == [PNG]


def test_a_password_a_truncation_and_entities_are_told_apart() -> None:
    locked = package("x", {"META-INF/manifest.xml": "<m><manifest:encryption-data/></m>"})
    sound = package(content_xml("".join(p(f"第{number}段{LONG}{number * 7919}") for number in range(300))))
    hostile = package("<!DOCTYPE a [<!ENTITY x 'y'>]>" + content_xml(p("&x;")))

    assert read(locked).status is Status.NEEDS_PASSWORD
    cut = read(sound[: len(sound) // 2])
    assert (cut.status, texts(cut)[0]) == (Status.PARTLY, f"第0段{LONG}0")
    assert read(hostile).status is Status.DAMAGED
    assert "实体" in read(hostile).reason
