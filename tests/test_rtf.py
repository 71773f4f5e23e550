r"""RTF is read as Word shows it: Chinese in every spelling, tables, what stands aside, files inside."""

from __future__ import annotations

import struct

import pytest

from pipeline import intake
from pipeline.extract import extract, sniff
from pipeline.records import Aside, Code, Content, Leaf, Status, Style
from tests.test_word import native

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
LONG = "5月28日，渝北区科协在龙山社区举办科普集市，现场设置展台二十个，服务居民三百余人，发放资料八百份。"


def gbk(text: str) -> str:
    r"""Text as \'xx octets of GBK."""
    return "".join(
        sign if sign.isascii() else "".join(f"\\'{octet:02x}" for octet in sign.encode("gb18030"))
        for sign in text
    )


def unicode(text: str) -> str:
    r"""Text as \u words with one substitute sign each."""
    units = struct.unpack(f"<{len(text.encode('utf-16-le')) // 2}h", text.encode("utf-16-le"))
    return "".join(f"\\u{unit}?" for unit in units)


def rtf(body: str, head: str = "") -> bytes:
    return f"{{\\rtf1\\ansi\\ansicpg936\\uc1{head} {body}}}".encode("latin-1")


def read(data: bytes, name: str = "总结.doc") -> Content:
    return extract(Leaf(path="2", name=name, data=data), sniff(data, name), ())


def texts(content: Content) -> list[str]:
    return [block.text for block in content.blocks if block.aside is None]


def asides(content: Content) -> list[tuple[Aside | None, str]]:
    return [(block.aside, block.text) for block in content.blocks if block.aside is not None]


def test_octets_of_gbk_and_unicode_words_are_the_same_chinese() -> None:
    body = (
        f"{gbk('渝北区科协第一段。')}\\par {unicode('渝北区𠮷第二段。')}\\par "
        f"{{\\uc2\\u28189\\'d3\\'e5}}{{\\uc0\\u21271 }}{gbk('三段')}\\par "
        f"\\ldblquote {gbk('引号')}\\rdblquote\\emdash {{\\b {gbk('完')}}}\\line {gbk('换行')}\\par"
    )

    assert texts(read(rtf(body))) == [
        "渝北区科协第一段。",
        "渝北区𠮷第二段。",
        "渝北三段",
        "“引号”—完",
        "换行",
    ]


def test_headings_are_known_by_the_style_sheet_and_bullets_are_no_text() -> None:
    sheet = (
        f"{{\\stylesheet{{\\s0 Normal;}}{{\\s1\\sb240{{\\*\\soutlvl}} heading 2;}}{{\\s2 {gbk('标题')} 1;}}"
        "{\\s3\\outlinelevel2 mine;}}"
    )
    items = "".join(
        f"\\pard\\plain\\s{style} {gbk(text)}\\par \\pard\\plain {gbk(LONG)}\\par"
        for style, text in ((1, "主要做法"), (2, "活动情况"), (3, "具体事项"))
    )
    bullet = f"\\pard {{\\listtext\\u-3913?\\tab}}{gbk('要点一，写在这里。')}\\par"

    blocks = read(rtf(items + bullet, sheet)).blocks

    assert [(block.level, block.text) for block in blocks if block.style is Style.HEADING] == [
        (2, "主要做法"),
        (1, "活动情况"),
        (3, "具体事项"),
    ]
    assert blocks[-1].text == "要点一，写在这里。"


def test_tables_keep_their_columns_and_tables_in_tables_their_text() -> None:
    nested = f"{gbk('里一')}\\nestcell{{\\*\\nesttableprops\\nestrow}}\\pard\\intbl "
    body = (
        f"{gbk('前言写在表格之前。')}\\par"
        "\\trowd\\trleft0\\cellx2000\\cellx4000\\cellx6000\\pard\\intbl "
        f"{gbk('名称')}\\cell {gbk('地点')}\\cell {gbk('人数')}\\cell\\row"
        f"\\trowd\\trleft10\\cellx4010\\cellx5990\\pard\\intbl {gbk('集市')}\\cell {nested}300\\cell\\row"
        f"\\pard {gbk('后记。')}\\par"
    )

    blocks = read(rtf(body)).blocks

    assert [block.rows or block.text for block in blocks] == [
        "前言写在表格之前。",
        (("名称", "地点", "人数"), ("集市", "", "里一 300")),
        "后记。",
    ]


def test_headers_notes_comments_boxes_and_hidden_text_do_not_mix_with_the_paragraph_around_them() -> None:
    body = (
        f"{{\\header {gbk('渝北区科协文件')}\\par}}{{\\footer {gbk('内部资料')}\\par}}"
        f"{gbk('正文')}{{\\super\\chftn{{\\footnote {gbk('脚注说明')}}}}}"
        f"{{\\*\\annotation{{\\*\\atndate 12}}{gbk('此处待核')}}}"
        f"{{\\shp{{\\*\\shpinst{{\\sp{{\\sn a}}{{\\sv 1}}}}{{\\shptxt {gbk('框里的话')}\\par}}}}}}"
        f"{gbk('继续')}{{\\v {gbk('隐藏字')}}}{{\\deleted {gbk('删去')}}}{gbk('到此。')}\\par "
        f"{{\\field{{\\*\\fldinst HYPERLINK x}}{{\\fldrslt {gbk('链接文字')}}}}}\\par"
    )

    content = read(rtf(body))

    assert texts(content) == ["正文继续到此。", "框里的话", "链接文字"]
    assert asides(content) == [
        (Aside.HEADER, "渝北区科协文件"),
        (Aside.HIDDEN, "隐藏字"),
        (Aside.FOOTER, "内部资料"),
        (Aside.FOOTNOTE, "脚注说明"),
        (Aside.COMMENT, "此处待核"),
    ]


def test_a_deletion_ends_with_plain_and_the_rest_is_read() -> None:
    body = f"\\pard\\plain\\deleted {gbk('删去的话')}\\par\\pard\\plain {gbk('后面照读。')}\\par"

    assert texts(read(rtf(body))) == ["后面照读。"]


def ole_1(name: str, body: bytes) -> str:
    """An embedded object of OLE 1.0 in hex."""
    header = struct.pack("<III", 0x0501, 2, len(name) + 1) + name.encode() + b"\0" + bytes(8)
    return (header + struct.pack("<I", len(body)) + body).hex()


def test_pictures_and_files_inside_are_parts_and_programs_are_flagged() -> None:
    hexed = PNG.hex()
    program = native("工具.exe", b"MZ" + bytes(200))[4:]
    document = rtf(f"{gbk('对象里的文字。')}\\par")
    body = (
        f"{gbk('正文。')}\\par {{\\*\\shppict{{\\pict\\pngblip {hexed[:40]}\r\n{hexed[40:]}}}}}"
        f"{{\\nonshppict{{\\pict\\wmetafile8 0102}}}}\\par"
        f"{{\\object\\objemb{{\\*\\objclass Package}}{{\\*\\objdata {ole_1('Package', program)}}}"
        f"{{\\result {gbk('图标说明')}}}}}\\par"
        f"{{\\object{{\\*\\objdata {ole_1('RTF', document)}}}}}"
    )

    reading = intake.read_document(rtf(body), "总结.rtf")

    assert [(part.path, part.status) for part in reading.parts] == [
        ("总结.rtf", Status.OK),
        ("总结.rtf/图1.png", Status.DAMAGED),
        ("总结.rtf/1-工具.exe", Status.UNSUPPORTED),
        ("总结.rtf/2-RTF", Status.OK),
    ]
    assert Code.EXECUTABLE in [problem.code for problem in reading.problems]
    assert [[block.text for block in document.blocks] for document in reading.documents] == [
        ["正文。", "图标说明"],
        ["对象里的文字。"],
    ]


def test_binary_pictures_are_skipped_by_their_length() -> None:
    picture = PNG + b"}}{\\par \xff"
    data = (
        rtf(f"{gbk('前。')}\\par")[:-1]
        + b"{\\pict\\pngblip\\bin"
        + str(len(picture)).encode()
        + b" "
        + picture
        + b"}"
        + gbk("后。").encode()
        + b"\\par}"
    )

    content = read(data)

    assert texts(content) == ["前。", "后。"]
    assert [leaf.data for leaf in content.embedded] == [picture]


def test_the_double_that_stands_beside_html_is_left_out() -> None:
    body = f"{{\\*\\htmltag64 <p>}}\\htmlrtf \\par x\\htmlrtf0 {gbk('网页里的话。')}\\par"

    assert texts(read(rtf(body))) == ["网页里的话。"]


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (rtf(f"{gbk(LONG)}\\par")[:-1], Status.PARTLY),
        (rtf("{" * 400_000 + "x"), Status.UNSUPPORTED),
        (rtf("\\bin99999999999 x\\par"), Status.UNSUPPORTED),
        (b"{\\rtf1\\", Status.UNSUPPORTED),
        (rtf("{\\object{\\*\\objdata 0105" + "ff" * 40 + "}}" + gbk(LONG) + "\\par"), Status.OK),
    ],
)
def test_what_is_broken_or_hostile_ends_with_a_status(data: bytes, status: Status) -> None:
    content = read(data)

    assert content.status is status
    assert content.reason or status is Status.OK
