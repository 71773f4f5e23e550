"""Each format is read as a person reads it; what cannot be read has a status and a Chinese reason."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from docx.oxml import parse_xml
from PIL import Image

from pipeline.extract import extract, prefer, sniff
from pipeline.records import Aside, Block, Content, Document, Leaf, Status, Style

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def read(
    data: bytes, name: str = "总结", *, body: bool = False, charset: str = "", declared: str = ""
) -> Content:
    leaf = Leaf(path="2", name=name, data=data, declared=declared, body=body, charset=charset)
    return extract(leaf, sniff(data, name, declared), ())


def word(*paragraphs: str, extra: tuple[str, ...] = ()) -> bytes:
    """A Word file of *paragraphs*, then raw elements of its body."""
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    for xml in extra:
        document.element.body.insert(-1, parse_xml(xml))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def texts(content: Content) -> list[str]:
    return [block.text for block in content.blocks if block.aside is None]


def test_words_inside_content_controls_and_insertions_are_read_and_deletions_are_not() -> None:
    control = f"<w:sdt {W}><w:sdtContent><w:p><w:r><w:t>控件里的活动，服务群众120人。</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    tracked = (
        f"<w:p {W}><w:r><w:t>发放资料</w:t></w:r><w:del w:id='1' w:author='a'><w:r><w:delText>9000</w:delText></w:r></w:del>"
        "<w:ins w:id='2' w:author='a'><w:r><w:t>800</w:t></w:r></w:ins><w:r><w:t>份。</w:t></w:r></w:p>"
    )

    found = texts(read(word("正文第一段，写了活动情况。", extra=(control, tracked))))

    assert "控件里的活动，服务群众120人。" in found
    assert "发放资料800份。" in found
    assert not any("9000" in text for text in found)


def test_a_heading_has_its_level_and_a_table_its_rows() -> None:
    document = docx.Document()
    document.add_heading("一、活动开展情况", 1)
    document.add_paragraph("5月28日，在龙山社区举办科普集市，服务居民三百余人。")
    table = document.add_table(rows=2, cols=2)
    for row, cells in enumerate((("活动名称", "人数"), ("科普集市", "300"))):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    out = io.BytesIO()
    document.save(out)

    blocks = read(out.getvalue()).blocks

    assert [block.style for block in blocks] == [Style.HEADING, Style.PARAGRAPH, Style.TABLE]
    assert blocks[0].level == 1
    assert blocks[2].rows == (("活动名称", "人数"), ("科普集市", "300"))


@pytest.mark.parametrize("name", ["总结.docx", "总结.doc", "总结", "总结.txt", "照片.jpg"])
def test_the_octets_decide_and_not_the_name(name: str) -> None:
    assert sniff(word("正文"), name, "image/png") == DOCX


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "big5"])
def test_a_text_file_is_read_in_any_chinese_charset(charset: str) -> None:
    words = (
        "重慶市科協舉辦科普活動，服務群眾三百人。"
        if charset == "big5"
        else "渝北区科协举办科普集市，服务居民三百余人。"
    )

    assert texts(read(words.encode(charset), "简讯.txt")) == [words]


def test_the_quoted_mail_in_a_reply_is_set_aside() -> None:
    reply = "材料已补充，请查收。\n\n------------------ 原始邮件 ------------------\n发件人: 市科协\n主题: 通知\n\n请于6月20日前报送总结。"

    blocks = read(reply.encode(), "", body=True, charset="utf-8", declared="text/plain").blocks

    assert [block.text for block in blocks if block.aside is None] == ["材料已补充，请查收。"]
    assert any("6月20日" in block.text for block in blocks if block.aside is Aside.QUOTED)


def test_html_is_text_without_scripts_and_remote_things() -> None:
    page = "<html><body><script>alert(1)</script><p>第一段文字</p><img src='http://198.51.100.1/x.png'><p>第二段文字</p></body></html>"

    assert texts(read(page.encode(), "", body=True, charset="utf-8", declared="text/html")) == [
        "第一段文字",
        "第二段文字",
    ]


def test_of_two_versions_of_one_body_the_fuller_one_is_kept() -> None:
    stub = Document(
        part="1.1", blocks=(Block(style=Style.PARAGRAPH, text="请使用支持HTML的邮件客户端查看"),), body=True
    )
    full = Document(
        part="1.2", blocks=(Block(style=Style.PARAGRAPH, text="渝北区科协活动总结见附件。"),), body=True
    )
    leaves = tuple(Leaf(path=path, data=b"", body=True, alternative=1) for path in ("1.1", "1.2"))

    assert prefer((stub, full), leaves) == (full,)


def test_a_picture_has_its_pixels_after_turning_and_its_day() -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8769)[0x9003] = "2024:05:28 10:11:12"
    Image.effect_noise((400, 300), 60).convert("RGB").save(out, "JPEG", exif=exif)

    picture = read(out.getvalue(), "IMG_1.jpg").picture

    assert picture is not None
    assert (picture.width, picture.height) == (300, 400)
    assert picture.taken is not None
    assert picture.taken.isoformat() == "2024-05-28T10:11:12"
    assert len(picture.hash) == 32 * 32


@pytest.mark.parametrize(
    ("name", "data", "status"),
    [
        ("总结.docx", word("正文")[:900], Status.DAMAGED),
        ("总结.pdf", b"%PDF-1.7\nnothing", Status.DAMAGED),
        ("Thumbs.db", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), Status.NOISE),
        ("视频.mp4", b"\0\0\0\x18ftypmp42" + bytes(300), Status.UNSUPPORTED),
        ("工具.exe", b"MZ" + bytes(300), Status.UNSUPPORTED),
    ],
)
def test_what_cannot_be_read_has_a_status_and_a_reason(name: str, data: bytes, status: Status) -> None:
    found = read(data, name)

    assert found.status is status
    assert found.reason or status is Status.NOISE
    assert found.blocks == ()


def test_a_document_that_is_a_bomb_costs_itself_alone() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        with zipfile.ZipFile(io.BytesIO(word("正文"))) as sound:
            for entry in sound.infolist():
                archive.writestr(entry, sound.read(entry))
        archive.writestr("word/media/huge.png", bytes(300 * 1024**2))

    bomb = read(out.getvalue(), "炸弹.docx")

    assert (bomb.status, texts(bomb)) == (Status.PARTLY, ["正文"])
    assert "过大" in bomb.reason
    assert texts(read(word("后面的文件照样读得出来。"), "好.docx")) == ["后面的文件照样读得出来。"]
