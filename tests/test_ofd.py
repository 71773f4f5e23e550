"""OFD files: pages with templates, matrices and repeated distances in reading order, and what is attached to them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

import pytest

from pipeline import intake
from pipeline.extract import extract, sniff
from pipeline.extract.ofd_page import numbers
from pipeline.records import Aside, Content, Leaf, Status, Style
from tests.support import SHARED, needs_shared

OFD = 'xmlns:ofd="http://www.ofdspec.org/2016"'
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def text(
    words: str, x: float, y: float, *, size: float = 5, wide: float = 150, more: str = "", code: str = ""
) -> str:
    """Make a text object whose base line is *y* millimetres from the top."""
    return (
        f'<ofd:TextObject ID="9" Boundary="{x} {y - size} {wide} {size + 2}" Font="1" Size="{size}" {more}>'
        f'<ofd:TextCode X="0" Y="{size}" {code}>{words}</ofd:TextCode></ofd:TextObject>'
    )


def page(*objects: str, template: str = "") -> str:
    used = f'<ofd:Template TemplateID="{template}" ZOrder="Background"/>' if template else ""
    return f"<ofd:Page {OFD}>{used}<ofd:Content><ofd:Layer ID='2'>{''.join(objects)}</ofd:Layer></ofd:Content></ofd:Page>"


def made(
    pages: Sequence[str], *, parts: dict[str, str | bytes] | None = None, document: str = "", common: str = ""
) -> bytes:
    """Make an OFD of one document."""
    listed = "".join(
        f'<ofd:Page ID="{10 + number}" BaseLoc="Pages/Page_{number}/Content.xml"/>'
        for number in range(len(pages))
    )
    files: dict[str, str | bytes] = {
        "OFD.xml": f"<ofd:OFD {OFD} Version='1.0' DocType='OFD'><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"
        "<ofd:Signatures>Doc_0/Signs/Signatures.xml</ofd:Signatures></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {OFD}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox>"
        f"</ofd:PageArea>{common}</ofd:CommonData><ofd:Pages>{listed}</ofd:Pages>{document}</ofd:Document>",
        **{f"Doc_0/Pages/Page_{number}/Content.xml": xml for number, xml in enumerate(pages)},
        **(parts or {}),
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, octets in files.items():
            archive.writestr(name, octets)
    return stream.getvalue()


def read(data: bytes) -> Content:
    leaf = Leaf(path="2/函.ofd", name="函.ofd", data=data)
    return extract(leaf, sniff(data, leaf.name))


def running(content: Content) -> list[str]:
    return [block.text for block in content.blocks if block.aside is None]


def test_pages_come_in_their_order_with_the_text_of_their_template() -> None:
    template = page(text("重庆市渝中区科学技术协会", 30, 40, size=8, more='Weight="700"'))
    data = made(
        [page(text("第一页写在这里。", 30, 70), template="77"), page(text("第二页写在那里。", 30, 70))],
        parts={"Doc_0/Tpls/Tpl_0/Content.xml": template},
        common='<ofd:TemplatePage ID="77" BaseLoc="Tpls/Tpl_0/Content.xml"/>',
    )

    content = read(data)

    assert running(content) == ["重庆市渝中区科学技术协会", "第一页写在这里。", "第二页写在那里。"]
    assert [block.page for block in content.blocks] == [1, 1, 2]
    assert content.pages == 2
    assert content.status is Status.OK


def test_matrices_move_text_to_where_it_is_seen() -> None:
    """The object drawn first stands below the other: its matrix moves it down 60 mm and doubles it."""
    moved = text("后读这一行。", 30, 40, more='CTM="2 0 0 2 0 60"')

    assert running(read(made([page(moved, text("先读这一行。", 30, 60))]))) == [
        "先读这一行。",
        "后读这一行。",
    ]


def test_repeated_distances_part_one_object_into_cells() -> None:
    header = text("活动名称人数地点", 30, 50, code='DeltaX="g 3 5 40 5 40 5"')
    row = text("科普集市 320解放碑", 30, 60, code='DeltaX="g 3 5 5 35 g 2 2.5 37.5 5 5"')

    content = read(made([page(header, row)]))

    (table,) = [block for block in content.blocks if block.style is Style.TABLE]
    assert table.rows == (("活动名称", "人数", "地点"), ("科普集市", "320", "解放碑"))


def test_two_columns_are_read_one_after_the_other() -> None:
    left = [
        "渝中区科协在解放碑举办科普",
        "集市活动，二十家单位参加，",
        "现场发放科普资料一千五百份",
        "受到市民好评，效果很好啊。",
    ]
    right = [
        "江北区科协在观音桥开展义诊",
        "服务活动，三甲医院专家十名",
        "为科技工作者检查身体并答疑",
        "共计服务两百余人，圆满完成。",
    ]
    objects = [text("工作简报汇总", 80, 30, size=8)]
    for number in range(4):
        objects.append(text(left[number], 25, 60 + 8 * number))
        objects.append(text(right[number], 110, 60 + 8 * number))

    words = "".join(running(read(made([page(*objects)]))))

    assert words == "工作简报汇总" + "".join(left) + "".join(right)


def test_blanks_filled_in_are_no_table() -> None:
    objects = [
        text("兹证明", 30, 50),
        text("张三同志", 60, 50),
        text("于五月三十日在", 100, 50),
        text("解放碑", 40, 60),
        text("参加活动。", 75, 60),
    ]

    content = read(made([page(*objects)]))

    assert not [block for block in content.blocks if block.style is Style.TABLE]


def test_turned_text_is_a_watermark_and_notes_are_comments() -> None:
    mark = text("仅供内部使用", 60, 150, more='CTM="0.7 -0.7 0.7 0.7 0 0"')
    note = f"<ofd:PageAnnot {OFD}><ofd:Annot ID='5' Type='Link'><ofd:Remark>请核对人数</ofd:Remark></ofd:Annot></ofd:PageAnnot>"
    listed = f"<ofd:Annotations {OFD}><ofd:Page PageID='10'><ofd:FileLoc>Page_0/Annotation.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>"
    data = made(
        [page(text("正文一行。", 30, 60), mark), page(text("正文二行。", 30, 60), mark)],
        parts={"Doc_0/Annots/Annotations.xml": listed, "Doc_0/Annots/Page_0/Annotation.xml": note},
        document="<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations>",
    )

    content = read(data)

    assert running(content) == ["正文一行。", "正文二行。"]
    assert [(block.text, block.aside, block.page) for block in content.blocks[2:]] == [
        ("仅供内部使用", Aside.HEADER, 1),
        ("请核对人数", Aside.COMMENT, 1),
    ]


def test_attachments_keep_their_names_and_pictures_their_place() -> None:
    listed = f"<ofd:Attachments {OFD}><ofd:Attachment ID='1' Name='统计表'>"
    listed += "<ofd:FileLoc>a1.csv</ofd:FileLoc></ofd:Attachment></ofd:Attachments>"
    data = made(
        [page(text("附件见后。", 30, 60))],
        parts={
            "Doc_0/Attachs/Attachments.xml": listed,
            "Doc_0/Attachs/a1.csv": "名称,人数\n集市,320\n",
            "Doc_0/Res/image_1.png": PNG,
        },
        document="<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>",
    )

    content = read(data)

    assert [leaf.path for leaf in content.embedded] == [
        "2/函.ofd/附件/统计表.csv",
        "2/函.ofd/Doc_0/Res/image_1.png",
    ]
    reading = intake.read_document(data, "函.ofd")
    assert [document.part for document in reading.documents] == ["函.ofd", "函.ofd/附件/统计表.csv"]


def test_a_seal_is_named_with_its_page() -> None:
    name = "重庆市渝中区科学技术协会".encode()
    signature = (
        f"<ofd:Signature {OFD}><ofd:SignedInfo><ofd:StampAnnot ID='1' PageRef='11' Boundary='120 200 40 40'/>"
        "<ofd:Seal><ofd:BaseLoc>Seal.esl</ofd:BaseLoc></ofd:Seal></ofd:SignedInfo></ofd:Signature>"
    )
    listed = f"<ofd:Signatures {OFD}><ofd:Signature ID='1' BaseLoc='Sign_0/Signature.xml'/></ofd:Signatures>"
    data = made(
        [page(text("第一页。", 30, 60)), page(text("第二页盖章。", 30, 60))],
        parts={
            "Doc_0/Signs/Signatures.xml": listed,
            "Doc_0/Signs/Sign_0/Signature.xml": signature,
            "Doc_0/Signs/Sign_0/Seal.esl": b"\x30\x82\x01\x00\x16\x02ES\x0c"
            + bytes([len(name)])
            + name
            + b"\x30\x00",
        },
    )

    content = read(data)

    assert [(block.text, block.page) for block in content.blocks if block.aside is Aside.COMMENT] == [
        ("电子印章：重庆市渝中区科学技术协会", 2)
    ]


def test_glyphs_without_text_damaged_pages_and_scans_are_told() -> None:
    glyphs = (
        '<ofd:TextObject ID="9" Boundary="30 60 90 9" Font="1" Size="5"><ofd:CGTransform CodePosition="0" CodeCount="2"'
        ' GlyphCount="2"><ofd:Glyphs>12 13</ofd:Glyphs></ofd:CGTransform><ofd:TextCode X="0" Y="5">□□</ofd:TextCode></ofd:TextObject>'
    )
    scan = '<ofd:ImageObject ID="8" Boundary="0 0 210 297" ResourceID="5"/>'

    drawn = read(made([page(text("读得到。", 30, 40), glyphs)]))
    broken = read(made([page(text("读得到。", 30, 40)), "这不是页面"]))
    scanned = read(made([page(scan)], parts={"Doc_0/Res/scan.png": PNG}))

    assert running(drawn) == running(broken) == ["读得到。"]
    assert {drawn.status, broken.status, scanned.status} == {Status.PARTLY}
    assert drawn.reason.startswith("1 处文字只有字形")
    assert broken.reason == "1 页已损坏，没有读到"
    assert scanned.reason == "页面上没有文字（扫描件？），图片已另列"


def test_an_encrypted_file_needs_a_password_and_an_empty_one_is_damaged() -> None:
    locked = io.BytesIO()
    with zipfile.ZipFile(locked, "w") as archive:
        archive.writestr("OFD.xml", b"\x93\x01 no XML")
        archive.writestr("Encryptions.xml", f"<ofd:Encryptions {OFD}/>")

    assert read(locked.getvalue()).status is Status.NEEDS_PASSWORD
    assert read(made([])).status is Status.DAMAGED


def test_two_documents_in_one_file_are_both_read() -> None:
    data = made(
        [page(text("第一份文件。", 30, 60))],
        parts={
            "OFD.xml": f"<ofd:OFD {OFD}><ofd:DocBody><ofd:DocRoot>/Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody>"
            "<ofd:DocBody><ofd:DocRoot>Doc_1/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
            "Doc_1/Document.xml": f"<ofd:Document {OFD}><ofd:Pages><ofd:Page ID='1' BaseLoc='Content.xml'/></ofd:Pages></ofd:Document>",
            "Doc_1/Content.xml": page(text("第二份文件。", 30, 60)),
        },
    )

    assert running(read(data)) == ["第一份文件。", "第二份文件。"]


@needs_shared
@pytest.mark.parametrize("name", ["AddAttachment.ofd", "helloworld.ofd", "path_unstd.ofd"])
def test_files_of_another_writer_are_read(name: str) -> None:
    content = read((SHARED / "corpus/documents/ofdrw+ofdrw" / name).read_bytes())

    assert content.status is Status.OK
    assert any(word in " ".join(running(content)) for word in ("附件的OFD文件", "OFD Reader", "立案决定书"))


def test_numbers_of_any_length_are_one_number_each() -> None:
    assert numbers("5.644440000000001 .5 -3 1e9 x 12.") == [5.644440000000001, 0.5, -3.0, 12.0]
