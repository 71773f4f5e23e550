"""Mails and archives as they stray from the rules: what is inside is read all the same, or its state says why not."""

from __future__ import annotations

import base64
import binascii
import struct
import time

import pytest

from pipeline import intake, tools
from pipeline.extract import sniff
from pipeline.links import links, passwords, passwords_in_name, passwords_in_note
from pipeline.parse import parse
from pipeline.records import Block, Code, Leaf, Part, Reading, Status, Style
from pipeline.unpack import limits
from pipeline.unpack.shells import BASE64, BINHEX, SELF_EXTRACTING, UUENCODED, inside
from tests.packing import by_bsdtar, rar, tarred, zipped
from tests.support import need_tool

REPORT = "江津区科协举办全国科技工作者日座谈会，参加人数60人。".encode("gbk")
PHOTO = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 20
ARCHIVE = zipped(("总结.txt", REPORT), ("照片/1.bin", PHOTO))


def mail(
    name: str, data: bytes, *, encoding: str = "base64", boundary: str = "----=_Part_1", stated: str = ""
) -> bytes:
    """A mail with a text and one attachment; its header may state another boundary than the parts have."""
    coded = base64.encodebytes(data).replace(b"\n", b"\r\n")
    head = (
        "From: kx@foxmail.com\r\nSubject: s\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: multipart/mixed;\r\n\tboundary="{stated or boundary}"\r\n\r\n'
        f"--{boundary}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n请查收\r\n--{boundary}\r\n"
        f'Content-Type: application/octet-stream; name="{name}"\r\nContent-Disposition: attachment; filename="{name}"\r\n'
    )
    coding = f"Content-Transfer-Encoding: {encoding}\r\n" if encoding else ""
    body = coded if encoding in ("base64", "") else data.rstrip() + b"\r\n"
    return (head + coding + "\r\n").encode() + body + f"--{boundary}--\r\n".encode()


def read(octets: bytes) -> Reading:
    return intake.read(octets, abilities=tools.abilities())


def parts(reading: Reading) -> dict[str, Part]:
    return {part.path: part for part in reading.parts}


def blocks(text: str) -> list[Block]:
    return [Block(style=Style.PARAGRAPH, text=line) for line in text.split("\n")]


# ---------------------------------------------------------------- boundaries and encodings


@pytest.mark.parametrize("stated", ["----=_Part_2", "----=_PART_1", "'----=_Part_1'", "=_Part_1"])
def test_a_boundary_that_is_not_the_one_of_the_parts_is_found_though_it_begins_with_hyphens(
    stated: str,
) -> None:
    parsed = parse(mail("a.bin", PHOTO, stated=stated))
    assert [leaf.path for leaf in parsed.leaves] == ["1", "2"]
    assert parsed.leaves[0].data.decode() == "请查收"
    assert parsed.leaves[1].data == PHOTO
    assert parsed.leaves[1].name == "a.bin"
    assert any("分段标记" in problem.detail for problem in parsed.problems)


def test_a_mail_cut_inside_the_boundary_line_adds_nothing_to_the_file_before_it() -> None:
    whole = mail("a.bin", PHOTO)
    closing = whole.rindex(b"------=_Part_1--")
    for end in range(closing, len(whole) + 1):
        leaf = parse(whole[:end]).leaves[1]
        assert leaf.data == PHOTO, end


def test_of_a_file_cut_anywhere_what_came_before_the_cut_is_kept() -> None:
    whole = mail("a.bin", PHOTO)
    start = whole.rindex(b"\r\n\r\n") + 4
    for end in range(start, len(whole), 10):
        data = parse(whole[:end]).leaves[1].data
        letters = whole[start:end].partition(b"--")[0].translate(None, b"\r\n")
        assert PHOTO.startswith(data)
        assert len(data) >= min(len(PHOTO), len(letters) // 4 * 3 - 2)


def test_a_text_that_calls_itself_base64_is_read_as_the_text_that_it_is() -> None:
    octets = (
        b"From: a@b.cn\r\nContent-Type: text/plain; charset=gbk\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + REPORT
    )
    reading = read(octets)
    assert reading.documents[0].blocks[0].text == REPORT.decode("gbk")
    assert any("base64" in problem.detail for problem in reading.problems)


@pytest.mark.parametrize("encoding", ["", "7bit", "quoted-printable"])
def test_an_attachment_whose_transfer_encoding_was_lost_is_decoded_and_its_octets_are_kept(
    encoding: str,
) -> None:
    coded = base64.encodebytes(ARCHIVE).replace(b"\n", b"\r\n")
    found = parts(read(mail("材料.zip", coded if encoding else ARCHIVE, encoding=encoding)))
    assert found["2"].media_type == BASE64
    assert found["2"].status is Status.OK
    assert found["2/材料.zip"].media_type == "application/zip"
    assert found["2/材料.zip/总结.txt"].characters == len(REPORT.decode("gbk"))
    assert found["2/材料.zip/照片/1.bin"].size == len(PHOTO)


def test_base64_that_was_cut_gives_what_arrived_and_says_so() -> None:
    found = parts(read(mail("材料.zip", base64.b64encode(ARCHIVE)[:-7], encoding="7bit")))
    assert found["2/材料.zip"].size >= len(ARCHIVE) - 8
    assert found["2"].status is Status.PARTLY


def test_a_text_is_no_file_because_it_begins_like_one() -> None:
    for text in (b"UEsDB is how a zip begins in base64", b"begin 644 is a word", b"H4sIabout\n", b"/9j/4"):
        assert inside(text, "说明.txt", "text/plain") == "text/plain"
    assert inside(b"begin 644 a.txt\n", "a.uue", "text/plain") == UUENCODED
    assert inside(b"begin 644 a.txt\n", "a.txt", "text/plain") == "text/plain"


def test_uuencoded_attachments_are_opened() -> None:
    lines = [binascii.b2a_uu(ARCHIVE[at : at + 45]) for at in range(0, len(ARCHIVE), 45)]
    coded = b"begin 644 \xb2\xc4\xc1\xcf.zip\n" + b"".join(lines) + b"`\nend\n"
    found = parts(read(mail("cl.uue", coded)))
    assert found["2"].media_type == UUENCODED
    assert found["2/材料.zip"].size == len(ARCHIVE)
    assert found["2/材料.zip/照片/1.bin"].size == len(PHOTO)


def test_a_binhex_attachment_is_opened() -> None:
    need_tool("unar")
    found = parts(read(mail("cl.hqx", binhex("cl.zip", ARCHIVE))))
    assert found["2"].media_type == BINHEX
    assert found["2/cl.zip"].size == len(ARCHIVE)
    assert found["2/cl.zip/照片/1.bin"].size == len(PHOTO)


def binhex(name: str, data: bytes) -> bytes:
    """RFC 1741: header, data and resource fork, each with its checksum, in letters of six bits."""
    letters = b"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr"
    head = bytes([len(name)]) + name.encode() + b"\0ZIP SITx" + struct.pack(">HLL", 0, len(data), 0)
    raw = b"".join(piece + struct.pack(">H", binascii.crc_hqx(piece, 0)) for piece in (head, data)) + bytes(2)
    bits = "".join(f"{octet:08b}" for octet in raw.replace(b"\x90", b"\x90\x00"))
    bits += "0" * (-len(bits) % 6)
    text = b":" + bytes(letters[int(bits[at : at + 6], 2)] for at in range(0, len(bits), 6)) + b":"
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return b"(This file must be converted with BinHex 4.0)\r\n\r\n" + b"\r\n".join(lines) + b"\r\n"


# ---------------------------------------------------------------- archives in programs


def _seven(folder: object) -> bytes:
    return by_bsdtar(folder, tarred(("总结.txt", REPORT)), "--format", "7zip")  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["zip", "rar", "7z"])
def test_a_self_extracting_program_is_opened_and_not_run(kind: str, tmp_path: object) -> None:
    if kind != "zip":
        need_tool("unar")
    if kind == "7z":
        need_tool("bsdtar")
    archive = {
        "zip": lambda: zipped(("总结.txt", REPORT)),
        "rar": lambda: rar(("总结.txt", REPORT)),
        "7z": lambda: _seven(tmp_path),
    }[kind]()
    stub = b"MZ" + bytes(5_000) + b"Rar! 7z\xbc\xaf is looked for here" + bytes(3_000)
    reading = read(mail("材料.exe", stub + archive))
    found = parts(reading)
    assert found["2"].media_type == SELF_EXTRACTING
    assert found["2"].status is Status.PARTLY
    assert "没有运行" in found["2"].reason
    assert [problem.code for problem in reading.problems] == [Code.EXECUTABLE]
    assert found["2/总结.txt"].characters == len(REPORT.decode("gbk"))


def test_a_program_that_holds_no_archive_stays_one() -> None:
    reading = read(mail("setup.exe", b"MZ" + bytes(5_000) + b"Rar!\x1a\x07 7z\xbc\xaf\x27\x1c"))
    assert parts(reading)["2"].media_type == "application/x-msdownload"
    assert [problem.code for problem in reading.problems] == [Code.EXECUTABLE]


def test_a_zip_behind_foreign_octets_is_opened() -> None:
    found = parts(read(mail("材料.zip", b"\x00\x01\x02\x03 foreign" * 9 + ARCHIVE)))
    assert found["2"].media_type == "application/zip"
    assert found["2"].status is Status.OK
    assert found["2/照片/1.bin"].size == len(PHOTO)


# ---------------------------------------------------------------- limits that are fair


def test_what_hardly_grows_may_be_larger_than_the_limit_of_a_member(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_MEMBER", 1_000)
    film = bytes(range(256)) * 20
    stored = zipped(("视频.bin", film), method=0)
    found = parts(read(mail("材料.zip", stored)))
    assert found["2/视频.bin"].size == len(film)
    grows = zipped(("大.bin", film * 4))
    found = parts(read(mail("材料.zip", grows)))
    assert found["2"].status is Status.TOO_BIG
    assert "原件已存" in found["2"].reason
    assert "2/大.bin" not in found


# ---------------------------------------------------------------- words of headers


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("=?utf-8?B?" + base64.b64encode(b"=?gbk?B?va298sf4v8bQrQ==?=").decode() + "?=", "江津区科协"),
        ("=?gbk?B?va298sf4v8bQrQ==", "江津区科协"),
        ("=??B?va298sf4v8bQrQ==?=", "江津区科协"),
        ("=?utf-8?Q?=E6=B1=9F=E6=B4=A5\r\n =E5=8C=BA?=", "江津区"),
        ("=?utf-8?Q?=E6=B1=9F 2024 =E6=B4=A5?=", "江 2024 津"),
        ("=?utf-8?Q?about_=3D=3Fa?= =?b?=", "about =?a =?b?="),
    ],
)
def test_encoded_words_that_break_the_rule_are_read_as_meant(value: str, meant: str) -> None:
    assert parse(f"From: a@b.cn\r\nSubject: {value}\r\n\r\nx".encode()).mail.subject == meant


def test_words_that_look_encoded_a_thousand_times_take_no_time() -> None:
    began = time.process_time()
    for piece in (b"=?a?b?x", b"=?a?b?x?=", b"=?a?Q?=41 ", b"=?a?b?=?"):
        parse(b"Subject: " + piece * 8_000 + b"!\r\n\r\nx")
    assert time.process_time() - began < 3


# ---------------------------------------------------------------- passwords


@pytest.mark.parametrize(
    "text",
    [
        "解压请输入Kx2024!",
        "解压时需输入：Kx2024!",
        "密码见下行\nKx2024!",
        "解压密码如下：\nKx2024!",
        "（密码Kx2024!）",
        "密码：Kx2024!。",
    ],
)
def test_a_password_is_found_however_it_is_introduced(text: str) -> None:
    assert "Kx2024!" in passwords(blocks(text))


def test_a_password_that_ends_in_a_sign_is_found_inside_brackets() -> None:
    assert "Kx2024!" in passwords_in_name("江津区科协材料（密码Kx2024!）")
    assert "Kx2024!" in passwords_in_name("材料(密码Kx2024!).zip")


def test_a_file_that_is_called_password_holds_one() -> None:
    assert "Kx2024" in passwords_in_note("解压密码.txt", blocks("Kx2024\n"))
    assert passwords_in_note("说明.txt", blocks("Kx2024")) == ()
    assert passwords_in_note("密码管理制度.docx", blocks("第一条 为加强密码管理，制定本制度。" * 9)) == ()


def test_a_password_that_is_described_is_not_guessed() -> None:
    found = passwords(blocks("密码是我单位电话后四位"))
    assert not any(form.isascii() and form for form in found)


# ---------------------------------------------------------------- what is not opened is told


def test_mails_nested_too_deep_are_told_once() -> None:
    octets = mail("a.bin", PHOTO)
    for level in range(30):
        head = f"From: a@b.cn\r\nContent-Type: multipart/mixed; boundary=q{level}\r\n\r\n--q{level}\r\n\r\n转\r\n"
        middle = f"--q{level}\r\nContent-Type: message/rfc822\r\n\r\n"
        octets = (head + middle).encode() + octets + f"\r\n--q{level}--\r\n".encode()
    reading = read(octets)
    refused = [part for part in reading.parts if part.status is Status.TOO_BIG]
    told = [problem for problem in reading.problems if problem.code is Code.TOO_BIG]
    assert refused
    assert [problem.detail for problem in told] == [refused[0].reason]
    assert told[0].part == refused[0].path


# ---------------------------------------------------------------- archives that hold a document in clear; links


def _package() -> bytes:
    return zipped(("[Content_Types].xml", b"<Types/>" * 40), ("word/document.xml", b"<w/>" * 40), method=0)


@pytest.mark.parametrize("kept", [1.0, 0.6])
def test_an_archive_without_a_directory_is_no_document_because_its_first_member_is_one(kept: float) -> None:
    archive = zipped(("总结.docx", _package()), ("照片.bin", PHOTO), method=0)
    whole = archive[: archive.index(b"PK\x01\x02", 30 + len(_package()))]
    found = parts(read(mail("材料.zip", whole[: int(len(whole) * kept)])))
    assert found["2"].media_type == "application/zip"
    assert found["2/总结.docx"].size == len(_package())
    assert "2/照片.bin" in found


def test_a_document_without_a_directory_stays_one() -> None:
    assert sniff(_package()[:300], "总结.docx").endswith("wordprocessingml.document")


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        (
            "我用夸克网盘给你分享了「照片」，点击链接或复制整段内容，打开「夸克APP」即可获取。\n链接：https://pan.quark.cn/s/a1",
            "quark",
            "照片",
        ),
        (
            "点按以下载 照片.zip 98.8 MB https://www.icloud.com/attachment/?u=https%3A%2F%2Fc.cn&f=a.zip",
            "icloud",
            "照片.zip",
        ),
        ("文件：视频.mp4\nhttps://space.dingtalk.com/s/gw1", "dingtalk", "视频.mp4"),
    ],
)
def test_shares_of_telephones_are_links_with_the_name_of_the_file(text: str, kind: str, name: str) -> None:
    leaf = Leaf(path="1", data=text.encode(), declared="text/plain", charset="utf-8", body=True)
    found = links(leaf, blocks(text))
    assert [(link.kind, link.name) for link in found] == [(kind, name)]


def test_the_term_of_a_mail_drop_is_seen() -> None:
    text = "https://www.icloud.com/attachment/?u=a 照片.zip 98.8 MB 可供下载至 2024年7月13日"
    leaf = Leaf(path="1", data=text.encode(), declared="text/plain", charset="utf-8", body=True)
    (link,) = links(leaf, blocks(text))
    assert link.expires is not None
    assert (link.expires.month, link.expires.day, link.size) == (7, 13, "98.8 MB")
