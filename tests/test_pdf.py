"""A PDF is read whichever way it was made: turned pages, forms, notes, attached files, bad layers, damage, bombs."""

from __future__ import annotations

import re
import time
from ctypes import Array, c_char, create_string_buffer
from pathlib import Path

import pypdfium2
import pypdfium2.raw
import pytest
from PIL import Image, ImageDraw

from pipeline import tools
from pipeline.extract import child, extract, pdf, pdf_file, pdf_lines, pdf_pages
from pipeline.extract.package import DamagedError
from pipeline.extract.plausible import is_plausible
from pipeline.records import Aside, Content, Leaf, Status
from tests.pdfs import Pdf, packed, show, written
from tests.support import SHARED, need_tool, needs_shared
from tools import pages

LINES = ("渝北区科协举办科普集市，服务居民三百余人。", "渝北区科协走访慰问科技工作者四十二人。")


def read(data: bytes, abilities: tuple[str, ...] = ()) -> Content:
    return extract(Leaf(path="2/总结.pdf", name="总结.pdf", data=data), "application/pdf", abilities)


def words(content: Content) -> str:
    return "\n".join(block.text for block in content.blocks if block.aside is None)


def fonts() -> None:
    if not pages.there("noto-serif"):
        need_tool("fonts-noto-cjk")


# ---------------------------------------------------------------- the layer


@pytest.mark.parametrize(
    ("entries", "matrices"),
    [
        (b"", ("1 0 0 1 72 760", "1 0 0 1 72 700")),
        (b"/Rotate 90", ("0 1 -1 0 100 72", "0 1 -1 0 160 72")),
        (b"/Rotate 270", ("0 -1 1 0 500 760", "0 -1 1 0 440 760")),
        (b"/Rotate 180", ("-1 0 0 -1 520 80", "-1 0 0 -1 520 140")),
        (b"", ("0 1 -1 0 100 72", "0 1 -1 0 160 72")),
    ],
)
def test_a_page_is_read_whichever_way_it_is_turned(entries: bytes, matrices: tuple[str, str]) -> None:
    made = Pdf()
    made.page(b"".join(map(show, LINES, matrices)), entries)

    found = read(made.octets())

    assert found.status is Status.OK
    assert words(found).split("\n") == list(LINES)


def test_a_watermark_is_no_text_of_the_report() -> None:
    made = Pdf()
    made.page(
        show(LINES[0]) + show(LINES[1], "1 0 0 1 72 700") + show("内部资料", "0.7 0.7 -0.7 0.7 200 300", 40)
    )

    found = read(made.octets())

    assert words(found).split("\n") == list(LINES)
    assert [block.aside for block in found.blocks if block.text == "内部资料"] == [Aside.HEADER]


def test_a_page_number_is_not_read_and_a_running_header_once() -> None:
    pages_ = [
        ("渝北区科协简报", *(f"第{page}页正文写了第{line}项活动的情况。" for line in range(9)))
        for page in (1, 2, 3)
    ]
    made = Pdf()
    for number, (header, *lines) in enumerate(pages_, start=1):
        body = b"".join(show(line, f"1 0 0 1 72 {720 - 40 * row}") for row, line in enumerate(lines))
        made.page(show(header, "1 0 0 1 72 810", 9) + body + show(f"— {number} —", "1 0 0 1 280 30", 9))

    found = read(made.octets())

    assert [b.text for b in found.blocks if b.aside is Aside.HEADER] == ["渝北区科协简报"]
    assert "—" not in words(found)
    assert words(found).count("正文") == 27


def test_values_of_a_form_free_text_and_notes_are_read() -> None:
    made = Pdf()
    entries = b"/Rect[200 752 400 776]/F 4"
    free, note = (said.encode("utf-16-be").hex() for said in ("联系人：何倩", "此处数字待核"))
    value = "feff" + "三百二十人".encode("utf-16-be").hex()
    field = made.add(b"<</Type/Annot/Subtype/Widget/FT/Tx/T(count)/V<%b>%b>>" % (value.encode(), entries))
    text = made.add(
        b"<</Type/Annot/Subtype/FreeText/Contents<feff%b>/DA(/F 12 Tf)/Rect[72 600 300 620]/F 4>>"
        % free.encode()
    )
    comment = made.add(
        b"<</Type/Annot/Subtype/Text/Contents<feff%b>/Rect[500 600 520 620]/F 4>>" % note.encode()
    )
    made.catalogue = b"/AcroForm<</Fields[%d 0 R]>>" % field
    made.page(
        show("参加人数：") + show("活动地点：龙山社区", "1 0 0 1 72 700"),
        b"/Annots[%d 0 R %d 0 R %d 0 R]" % (field, text, comment),
    )

    found = read(made.octets())

    assert words(found).split("\n") == ["参加人数： 三百二十人", "活动地点：龙山社区", "联系人：何倩"]
    assert [b.text for b in found.blocks if b.aside is Aside.COMMENT] == ["此处数字待核"]


def test_files_attached_to_a_pdf_are_leaves_of_their_own() -> None:
    made = Pdf()
    attached = made.stream("活动名称,人数\n科普集市,320\n".encode("gb18030"), b"/Type/EmbeddedFile")
    name = "feff" + "统计表.csv".encode("utf-16-be").hex()
    file = made.add(b"<</Type/Filespec/F(table.csv)/UF<%b>/EF<</F %d 0 R>>>>" % (name.encode(), attached))
    made.catalogue = b"/Names<</EmbeddedFiles<</Names[(a) %d 0 R]>>>>" % file
    made.page(show(LINES[0]))

    (inside,) = read(made.octets()).embedded

    assert inside.path == "2/总结.pdf/统计表.csv"
    assert inside.data.decode("gb18030").startswith("活动名称")


# ---------------------------------------------------------------- layers that are none


def test_words_without_a_map_to_characters_are_not_taken_for_text() -> None:
    assert is_plausible("".join(LINES) * 3)
    assert is_plausible("The association held 12 lectures in May.", pictured=True)
    assert is_plausible("")
    assert not is_plausible("\ue001\ue002\ue003\ue004科普")
    assert not is_plausible("科普集市", unmapped=3)
    assert not is_plausible("霓鬻鳙鬃麴黢鼙齄龠鳆鲵鲼" * 5)
    assert not is_plausible("3t#E% ?A Jt'n 4%| iF4 ~h $;L *w q]", pictured=True)


def test_a_garbled_layer_over_a_scan_is_read_from_the_picture() -> None:
    fonts()
    need_tool("tesseract")
    drawn = pages.page(["科普活动情况", *LINES, *LINES])
    made = Pdf()
    made.picture(drawn.picture, show("3t#E% ?A Jt'n 4%| iF4 ~h $;L *w q] ~~ {x} |_", "1 0 0 1 72 700"))

    waiting, found = read(made.octets()), read(made.octets(), ("tesseract",))

    assert waiting.status is Status.NEEDS_OCR
    assert "#E%" not in words(found)
    assert found.recognised
    assert "服务居民三百余人" in words(found)


def test_a_scanned_page_among_others_waits_alone_and_says_which() -> None:
    fonts()
    made = Pdf()
    made.page(show(LINES[0]))
    made.picture(pages.page(["标题", *LINES]).picture)

    found = read(made.octets())

    assert found.status is Status.PARTLY
    assert found.reason == "第 2 页是图片，未能识别文字，请人工阅读"
    assert words(found) == LINES[0]


def test_letters_turned_into_outlines_are_a_picture_too() -> None:
    made = Pdf()
    made.page(b"".join(b"%d %d 6 9 re f\n" % (72 + 9 * (n % 40), 760 - 20 * (n // 40)) for n in range(400)))

    assert read(made.octets()).status is Status.NEEDS_OCR


def test_a_blank_scanned_page_and_a_photograph_are_no_fault() -> None:
    need_tool("tesseract")
    photo = Image.effect_noise((700, 990), 90).convert("RGB")
    ImageDraw.Draw(photo).ellipse((100, 300, 500, 700), fill=(40, 90, 160))
    made = Pdf()
    made.page(show(LINES[0]))
    made.picture(Image.new("RGB", (800, 1131), (250, 250, 248)))
    made.picture(photo)

    found = read(made.octets(), ("tesseract",))

    assert (found.status, found.reason) == (Status.OK, "")
    assert words(found) == LINES[0]
    assert "2/总结.pdf/第3页图1.jpg" in [leaf.path for leaf in found.embedded]


# ---------------------------------------------------------------- damage and hostility


def test_a_file_that_has_lost_its_end_is_read() -> None:
    whole = written([LINES])

    assert words(read(whole[: whole.rindex(b"xref\n0")])).replace("\n", "") == "".join(LINES)


def test_a_page_tree_that_lies_is_partly_read_and_says_so() -> None:
    made = Pdf()
    made.page(show(LINES[0]))
    made.pages.append(999)

    found = read(made.octets())

    assert found.status is Status.PARTLY
    assert found.reason == "共 2 页，只读取了 1 页"
    assert words(found) == LINES[0]


def test_a_bomb_and_a_page_of_absurd_size_are_called_what_they_are() -> None:
    bomb = Pdf()
    bomb.page(b"")
    bomb.objects[-2] = b"<</Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n%b\nendstream" % (
        len(data := packed(packed(b" " * 150_000_000))),
        data,
    )
    huge = Pdf()
    huge.page(b"", box="0 0 2000000 2000000")

    begun = time.monotonic()
    bombed, vast = read(bomb.octets()), read(huge.octets())

    assert (bombed.status, vast.status) == (Status.TOO_BIG, Status.PARTLY)
    assert "解压后超过" in bombed.reason
    assert "页面尺寸异常" in vast.reason
    assert time.monotonic() - begun < 20
    assert words(read(written([LINES]))), "the next one is read"


@needs_shared
def test_a_known_password_opens_and_an_unknown_one_is_asked_for() -> None:
    data = (SHARED / "corpus/documents/made-here/pdf_encrypted_user_password.pdf").read_bytes()
    leaf = Leaf(path="1", name="密.pdf", data=data)

    assert pdf.read(leaf, ()).status is Status.NEEDS_PASSWORD
    assert pdf.read(leaf, (), ("wrong", "secret")).status is not Status.NEEDS_PASSWORD


@needs_shared
def test_a_form_that_draws_itself_ends_in_time() -> None:
    data = (SHARED / "corpus/documents/made-here/pdf_self_form.pdf").read_bytes()

    begun = time.monotonic()
    found = read(data, tools.abilities())

    assert found.status in {Status.DAMAGED, Status.TOO_BIG}
    assert time.monotonic() - begun < 10


# ---------------------------------------------------------------- pages opened once


@pytest.fixture
def opened_pages(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Places of the pages that were opened in this process, in their order."""
    found: list[int] = []
    get = pypdfium2.PdfDocument.get_page

    def counted(self: pypdfium2.PdfDocument, index: int) -> pypdfium2.PdfPage:
        found.append(index)
        return get(self, index)

    monkeypatch.setattr(pypdfium2.PdfDocument, "get_page", counted)
    monkeypatch.setattr(pypdfium2.PdfDocument, "__getitem__", counted)
    monkeypatch.setattr(pdf_file, "_holding", [])
    return found


def leaf(data: bytes) -> Leaf:
    return Leaf(path="2", name="总结.pdf", data=data)


def test_a_file_s_pages_are_opened_once_for_its_text_and_its_seals(opened_pages: list[int]) -> None:
    report = leaf(written([LINES, LINES]))

    assert pdf_pages.text(report, "{}").blocks
    assert pdf_file.seals(report, "{}").seals == ()

    assert opened_pages == [0, 1]
    assert pdf_file._holding == []


def test_pages_that_are_held_are_not_taken_for_another_file_s(opened_pages: list[int]) -> None:
    one, other = leaf(written([LINES, LINES])), leaf(written([LINES]))

    pdf_pages.text(one, "{}")
    pdf_file.seals(other, "{}")
    pdf_file.seals(one, "{}")

    assert opened_pages == [0, 1, 0, 0, 1]


def test_nothing_is_held_of_a_file_before_one_that_cannot_be_read(opened_pages: list[int]) -> None:
    pdf_pages.text(leaf(written([LINES])), "{}")
    with pytest.raises(DamagedError):
        pdf_pages.text(leaf(b"%PDF-1.7"), "{}")

    assert pdf_file._holding == []


def test_seals_are_looked_for_on_pages_that_the_text_did_not_come_to(
    opened_pages: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf_pages, "MAX_CHARACTERS", 1)
    report = leaf(written([LINES, LINES]))

    pdf_pages.text(report, "{}")
    pdf_file.seals(report, "{}")

    assert opened_pages == [0, 0, 1]


@needs_shared
def test_seals_are_the_same_on_pages_held_and_opened_anew() -> None:
    """Of a document that kills its reader no page is held; which limit it meets first depends on the machine."""
    compared = 0
    for path in sorted((SHARED / "corpus").rglob("*.pdf")):
        asked = leaf(path.read_bytes())
        if child.ask("pdf", asked, "{}").status in {Status.DAMAGED, Status.TOO_BIG}:
            continue
        compared += 1

        assert child.ask("pdf-seals", asked, "{}") == child.ask("pdf-seals", asked, "{}"), path.name
    assert compared >= 15


def test_a_face_s_weight_is_asked_of_its_name_and_not_of_one_before() -> None:
    """A name that does not fit is not written, so what was there before must not count."""
    names = iter([b"SimHei\0", b"x" * 200, b"", b"SimSun-Bold\0", b"SimSun\0"])

    def asked(_page: object, _number: int, buffer: Array[c_char], _size: int, _flags: object) -> int:
        name = next(names)
        if len(name) <= pdf_lines._FACE:
            buffer.raw = name.ljust(pdf_lines._FACE, b"\0")
        return len(name)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pypdfium2.raw, "FPDFText_GetFontWeight", lambda _page, _number: 400)
        patched.setattr(pypdfium2.raw, "FPDFText_GetFontInfo", asked)
        buffer = create_string_buffer(pdf_lines._FACE)
        found = [pdf_lines._is_strong(None, 0, buffer) for _ in range(5)]

    assert found == [True, False, False, True, False]


# ---------------------------------------------------------------- the child that reads them


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is asked of Linux's /proc")
def test_one_child_reads_hundreds_of_files_and_does_not_grow() -> None:
    """Its start takes as long as sixty files, so it serves a thousand."""

    def served(count: int) -> tuple[int, int]:
        for _ in range(count):
            child.ask("pdf", report, "{}")
        assert child._KEEPER._running is not None
        number = child._KEEPER._running.process.pid
        held = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{number}/status").read_text())
        assert held
        return number, int(held[1])

    report = leaf(written([LINES]))
    child._KEEPER.stop()
    first, before = served(50)
    last, after = served(250)

    assert last == first
    assert after - before < 20_000
