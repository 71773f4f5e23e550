"""Old presentations are read by ourselves: slides in the order of the show, notes and hidden slides aside."""

from __future__ import annotations

import struct

from pipeline import intake
from pipeline.extract import extract, sniff
from pipeline.records import Aside, Code, Content, Leaf, Status, Style
from tools.formatmaker.compound import compound

LONG = "5月28日，渝北区科协在龙山社区举办科普集市，现场设置展台二十个，服务居民三百余人，发放资料八百份。"


def atom(kind: int, body: bytes, instance: int = 0) -> bytes:
    return struct.pack("<HHI", instance << 4, kind, len(body)) + body


def box(kind: int, *inner: bytes, instance: int = 0) -> bytes:
    body = b"".join(inner)
    return struct.pack("<HHI", instance << 4 | 15, kind, len(body)) + body


def words(text: str, kind: int = 4) -> bytes:
    """A text and its kind: 0 title, 1 body, 2 notes, 4 other."""
    return atom(0x0F9F, struct.pack("<I", kind)) + atom(0x0FA0, text.encode("utf-16-le"))


def slide(*inner: bytes, hidden: bool = False) -> bytes:
    shapes = box(0xF002, box(0xF003, *(box(0xF004, box(0xF00D, one)) for one in inner)))
    info = atom(0x03F9, bytes(10) + struct.pack("<H", 4 if hidden else 0) + bytes(4))
    return box(0x03EE, atom(0x03EF, bytes(24)), info, box(0x040C, shapes))


def reference(place: int) -> bytes:
    return atom(0x0F9E, struct.pack("<I", place))


def notes(identity: int, text: str) -> bytes:
    shapes = box(0xF002, box(0xF004, box(0xF00D, words("*"), words(text, 2))))
    return box(0x03F0, atom(0x03F1, struct.pack("<IHH", identity, 0, 0)), box(0x040C, shapes))


def ppt(
    outline: bytes, *objects: bytes, token: int = 0xE391C05F, old: bytes = b"", macros: bool = False
) -> bytes:
    """A file whose document lists the slides of *outline*; objects: numbers 2, 3 … old: an earlier state of object 2."""
    vba = box(0x03FF, struct.pack("<HHI", 2, 0x0400, 12) + struct.pack("<III", 9, 1, 2)) if macros else b""
    stream = b""
    if old:
        directory = atom(0x1772, struct.pack("<II", 1 << 20 | 2, 0))
        stream = old + directory
        stream += atom(0x0FF5, struct.pack("<IIIIIII", 0, 0, 0, len(old), 1, 9, 0))
    before = len(stream) - 36 if old else 0
    places = []
    for part in (box(0x03E8, vba, box(0x0FF0, outline)), *objects):
        places.append(len(stream))
        stream += part
    directory_at = len(stream)
    stream += atom(0x1772, struct.pack(f"<{len(places) + 1}I", len(places) << 20 | 1, *places))
    edit_at = len(stream)
    stream += atom(0x0FF5, struct.pack("<IIIIIII", 0, 0, before, directory_at, 1, 9, 0))
    user = atom(0x0FF6, struct.pack("<IIIHBBHBB", 20, token, edit_at, 0, 0, 0, 0, 3, 0))
    return compound({"PowerPoint Document": stream, "Current User": user})


def persist(number: int, identity: int) -> bytes:
    return atom(0x03F3, struct.pack("<IIIII", number, 0, 0, identity, 0))


def read(data: bytes, name: str = "汇报.ppt") -> Content:
    return extract(Leaf(path="2", name=name, data=data), sniff(data, name), ())


def test_slides_come_in_the_order_of_the_show_with_titles_notes_and_hidden_ones_aside() -> None:
    outline = (
        persist(3, 300)
        + words("活动汇报", 0)
        + words(f"{LONG}\r第二\x0b行", 1)
        + persist(2, 200)
        + words("不放映", 0)
    )
    hidden = slide(reference(0), hidden=True)
    shown = slide(words("自由文本框"), reference(1), reference(0))

    content = read(ppt(outline, hidden, shown, notes(300, "讲稿在此")))

    assert content.pages == 2
    assert [(block.style, block.page, block.aside, block.text) for block in content.blocks] == [
        (Style.TITLE, 1, None, "活动汇报"),
        (Style.PARAGRAPH, 1, None, "自由文本框"),
        (Style.PARAGRAPH, 1, None, LONG),
        (Style.PARAGRAPH, 1, None, "第二"),
        (Style.PARAGRAPH, 1, None, "行"),
        (Style.OTHER, 2, Aside.HIDDEN, "不放映"),
        (Style.OTHER, 1, Aside.COMMENT, "讲稿在此"),
    ]


def test_the_newest_state_of_a_slide_counts() -> None:
    data = ppt(persist(2, 200), slide(words("改后的话。")), old=slide(words("改前的话。")))

    assert [block.text for block in read(data).blocks] == ["改后的话。"]


def test_a_password_macros_and_damage_are_told() -> None:
    sound = ppt(persist(2, 200), slide(words(LONG)), macros=True)

    assert read(ppt(persist(2, 200), slide(words(LONG)), token=0xF3D1C4DF)).status is Status.NEEDS_PASSWORD
    assert [problem.code for problem in read(sound).problems] == [Code.MACRO]
    assert read(sound[:900]).reason
    for place in range(512, 1400, 8):
        hostile = bytearray(sound)
        hostile[place : place + 4] = b"\xff\xff\xff\x7f"
        assert intake.read_document(bytes(hostile), "汇报.ppt").parts[0].status in Status
