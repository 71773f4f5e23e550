"""Slides are read in order, each with its page; what stands beside or is hidden is an aside."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from pipeline import intake
from pipeline.extract import extract, sniff
from pipeline.records import Aside, Code, Content, Leaf, Status, Style
from tests.test_word import DGM, A, C, R, native, related, relation
from tools.formatmaker.compound import compound

P = "http://schemas.openxmlformats.org/presentationml/2006/main"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
SPACES = f'xmlns:p="{P}" xmlns:a="{A}" xmlns:r="{R}" xmlns:c="{C}" xmlns:dgm="{DGM}" xmlns:mc="{MC}"'
LONG = "5月28日，渝北区科协在龙山社区举办科普集市，现场设置展台二十个，服务居民三百余人，发放资料八百份。"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def presentation(
    *slides: str,
    parts: Mapping[str, str | bytes] = {},
    relations: Mapping[int, str] = {},
    order: tuple[int, ...] = (),
) -> bytes:
    """A presentation of the XML of its *slides*; order: numbers of the slides as they are shown."""
    octets = io.BytesIO()
    order = order or tuple(range(1, len(slides) + 1))
    listed = "".join(f'<p:sldId id="{255 + number}" r:id="s{number}"/>' for number in order)
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName='
            '"/ppt/presentation.xml" ContentType="application/vnd.openxmlformats-officedocument.presentationml.'
            'slideshow.main+xml"/></Types>',
        )
        archive.writestr("_rels/.rels", related(relation("1", "officeDocument", "ppt/presentation.xml")))
        archive.writestr(
            "ppt/presentation.xml",
            f"<p:presentation {SPACES}><p:sldIdLst>{listed}</p:sldIdLst></p:presentation>",
        )
        links = (relation(f"s{number}", "slide", f"slides/slide{number}.xml") for number in order)
        archive.writestr("ppt/_rels/presentation.xml.rels", related("".join(links)))
        for number, slide in enumerate(slides, start=1):
            archive.writestr(f"ppt/slides/slide{number}.xml", slide)
            if number in relations:
                archive.writestr(f"ppt/slides/_rels/slide{number}.xml.rels", related(relations[number]))
        for name, part in parts.items():
            archive.writestr(name, part)
    return octets.getvalue()


def slide(*shapes: str, attributes: str = "") -> str:
    return f"<p:sld {SPACES} {attributes}><p:cSld><p:spTree>{''.join(shapes)}</p:spTree></p:cSld></p:sld>"


def line(text: str) -> str:
    return f"<a:p><a:r><a:t>{text}</a:t></a:r></a:p>"


def sp(*texts: str, kind: str = "") -> str:
    placeholder = f'<p:nvSpPr><p:nvPr><p:ph type="{kind}"/></p:nvPr></p:nvSpPr>' if kind else ""
    return f"<p:sp>{placeholder}<p:txBody>{''.join(map(line, texts))}</p:txBody></p:sp>"


def read(data: bytes, name: str = "汇报.ppsx") -> Content:
    return extract(Leaf(path="2", name=name, data=data), sniff(data, name), ())


def said(content: Content) -> list[tuple[int | None, str]]:
    return [(block.page, block.text) for block in content.blocks if block.aside is None]


def test_slides_come_in_the_order_of_the_show_with_their_titles_first() -> None:
    first = slide(sp(LONG), sp("活动", "汇报", kind="ctrTitle"), sp("3", kind="sldNum"))
    second = slide(
        sp("做法与成效", kind="title"), f"<p:grpSp><p:grpSp>{sp('组里的字')}</p:grpSp>{sp('外层')}</p:grpSp>"
    )

    content = read(presentation(second, first, order=(2, 1)))

    assert content.pages == 2
    assert [(block.style, block.level, block.page, block.text) for block in content.blocks] == [
        (Style.TITLE, 0, 1, "活动汇报"),
        (Style.PARAGRAPH, 0, 1, LONG),
        (Style.HEADING, 1, 2, "做法与成效"),
        (Style.PARAGRAPH, 0, 2, "组里的字"),
        (Style.PARAGRAPH, 0, 2, "外层"),
    ]


def test_tables_smart_art_and_charts_are_read_in_their_frames() -> None:
    table = "".join(
        f"<a:tr>{''.join(f'<a:tc><a:txBody>{line(text)}</a:txBody></a:tc>' for text in row)}</a:tr>"
        for row in (("名称", "人数"), ("集市", "300"))
    )
    smart = (
        f'<dgm:dataModel xmlns:dgm="{DGM}" xmlns:a="{A}"><dgm:ptLst><dgm:pt><dgm:t>{line("组织动员")}</dgm:t></dgm:pt>'
        "</dgm:ptLst></dgm:dataModel>"
    )
    chart = (
        f'<c:chartSpace xmlns:c="{C}" xmlns:a="{A}"><c:chart><c:ser><c:tx><c:v>人数</c:v></c:tx><c:cat><c:pt idx="0">'
        '<c:v>龙山</c:v></c:pt></c:cat><c:val><c:pt idx="0"><c:v>120</c:v></c:pt></c:val></c:ser></c:chart></c:chartSpace>'
    )
    both = (
        '<mc:AlternateContent><mc:Choice Requires="x"><p:graphicFrame><c:chart r:id="c"/></p:graphicFrame></mc:Choice>'
        f"<mc:Fallback>{sp('旧版看不到图表')}</mc:Fallback></mc:AlternateContent>"
    )
    shapes = (
        f"<p:graphicFrame><a:graphic><a:tbl>{table}</a:tbl></a:graphic></p:graphicFrame>",
        '<p:graphicFrame><dgm:relIds r:dm="d"/></p:graphicFrame>',
        both,
    )
    relations = relation("d", "diagramData", "../diagrams/data1.xml") + relation(
        "c", "chart", "../charts/chart1.xml"
    )
    parts = {"ppt/diagrams/data1.xml": smart, "ppt/charts/chart1.xml": chart}

    content = read(presentation(slide(*shapes), parts=parts, relations={1: relations}))

    assert said(content) == [(1, "名称\t人数\n集市\t300"), (1, "组织动员"), (1, "人数\n龙山\t120")]


def test_notes_comments_footers_and_hidden_slides_are_asides() -> None:
    notes = f"<p:notes {SPACES}><p:cSld><p:spTree>{sp('讲稿', kind='body')}{sp('1', kind='sldNum')}</p:spTree></p:cSld></p:notes>"
    comments = f"<p:cmLst {SPACES}><p:cm><p:text>请补数据</p:text></p:cm></p:cmLst>"
    relations = relation("n", "notesSlide", "../notesSlides/notesSlide1.xml")
    relations += relation("m", "comments", "../comments/comment1.xml")
    parts = {"ppt/notesSlides/notesSlide1.xml": notes, "ppt/comments/comment1.xml": comments}

    content = read(
        presentation(
            slide(sp(LONG), sp("渝北区科协", kind="ftr")),
            slide(sp("不放映的一页"), attributes='show="0"'),
            parts=parts,
            relations={1: relations},
        )
    )

    assert said(content) == [(1, LONG)]
    assert [(block.aside, block.page, block.text) for block in content.blocks if block.aside] == [
        (Aside.FOOTER, 1, "渝北区科协"),
        (Aside.COMMENT, 1, "讲稿"),
        (Aside.COMMENT, 1, "请补数据"),
        (Aside.HIDDEN, 2, "不放映的一页"),
    ]


def test_pictures_and_files_are_parts_and_macros_and_programs_are_flagged() -> None:
    parts: dict[str, str | bytes] = {
        "ppt/media/image1.png": PNG,
        "ppt/embeddings/oleObject1.bin": compound(
            {"\x01Ole10Native": native("工具.exe", b"MZ" + bytes(300))}
        ),
        "ppt/vbaProject.bin": b"macro",
    }

    reading = intake.read_document(presentation(slide(sp(LONG)), parts=parts), "汇报.pptm")

    assert [part.path for part in reading.parts] == [
        "汇报.pptm",
        "汇报.pptm/ppt/media/image1.png",
        "汇报.pptm/ppt/embeddings/oleObject1.bin",
        "汇报.pptm/ppt/embeddings/oleObject1.bin/工具.exe",
    ]
    assert {Code.MACRO, Code.EXECUTABLE} <= {problem.code for problem in reading.problems}


def test_a_picture_has_its_caption_only_where_it_is_numbered() -> None:
    content = read(presentation(slide("<p:pic/>", sp("图1 科普集市现场"), sp(LONG))))

    assert [block.style for block in content.blocks] == [Style.CAPTION, Style.PARAGRAPH]


def test_a_truncated_presentation_gives_the_slides_that_arrived() -> None:
    whole = presentation(*(slide(sp(f"{LONG}{number * 7919}")) for number in range(30)))

    content = read(whole[: len(whole) // 2])

    assert content.status is Status.PARTLY
    assert said(content)[0] == (1, f"{LONG}0")
    assert 5 < len(said(content)) < 30
