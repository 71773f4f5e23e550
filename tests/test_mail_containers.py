"""What mail programs wrap mails in: .msg, winmail.dat, S/MIME, web archives; all of it is read, or says why it is not."""

from __future__ import annotations

import base64
import time
import zlib
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import intake, unpack
from pipeline.extract import sniff
from pipeline.ole import Compound
from pipeline.records import Code, Leaf, Part, Reading, Status, Unpacked
from pipeline.unpack import lzfu
from tests.support import SHARED, needs_shared
from tools.formatmaker.compound import attached, attribute, compound, mapi, message, rtf_packed, tnef

REPORT = "江津区科协2024年全国科技工作者日活动总结\r\n5月30日，开展义诊，服务群众120人。\r\n"
SECONDS = 10
MSG, TNEF, SMIME = "application/vnd.ms-outlook", "application/ms-tnef", "application/pkcs7-mime"


def read(data: bytes, name: str = "材料") -> Reading:
    return intake.read_document(data, name)


def parts(reading: Reading) -> dict[str, Part]:
    return {part.path: part for part in reading.parts}


def text_of(reading: Reading) -> str:
    return "\n".join(block.text for document in reading.documents for block in document.blocks)


def opened(data: bytes, media_type: str, name: str = "", declared: str = "") -> Unpacked:
    return unpack.unpack(Leaf(path="2", name=name, data=data, declared=declared), media_type, (), ())


# ---------------------------------------------------------------- compound files


def test_a_stream_is_found_by_its_path_and_by_its_name() -> None:
    big = bytes(range(256)) * 40
    found = Compound(compound({"a": b"one", "s": {"a": big, "t": {"b": b"", "c": b"three"}}}))

    assert list(found.paths) == ["a", "s/a", "s/t/b", "s/t/c"]
    assert [found.read(found.paths[path]) for path in found.paths] == [b"one", big, b"", b"three"]
    assert found.octets("a") == b"one"


def test_a_document_inside_a_mail_does_not_make_the_mail_a_document() -> None:
    saved = compound(message({0x0037: "主题"}, attachments=[attached("a", {"WordDocument": b"x" * 5000})]))

    assert sniff(saved) == MSG
    assert (
        sniff(compound({"WordDocument": b"x", "ObjectPool": {"__properties_version1.0": b"y"}}))
        == "application/msword"
    )


# ---------------------------------------------------------------- .msg

SENT = datetime(2024, 6, 18, 2, 22, 1, tzinfo=UTC)
TICKS = (SENT - datetime(1601, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 10
HEADER = {0x0037: "报送：活动总结", 0x0C1A: "江津区科协", 0x0C1F: "JJKX@jiangjin.example", 0x0E04: "收集邮箱"}


def test_a_saved_mail_is_read_with_its_header_its_text_and_its_attachments() -> None:
    picture, table = b"\x89PNG\r\n\x1a\n" + bytes(5000), b"a,b\r\n1,2\r\n"
    saved = message(
        HEADER | {0x1000: REPORT},
        numbers={0x0039: TICKS},
        attachments=[attached("照片（一）.png", picture), attached("附件 1：统计表.csv", table)],
    )
    reading = read(compound(saved), "转来的邮件.msg")
    mail = reading.mails[1]

    assert (mail.subject, mail.sender.name, mail.sender.address) == (
        "报送：活动总结",
        "江津区科协",
        "jjkx@jiangjin.example",
    )
    assert (mail.sent, mail.section) == (SENT, "转来的邮件.msg/邮件.eml")
    assert list(parts(reading)) == [
        "转来的邮件.msg",
        "转来的邮件.msg/邮件.eml",
        "转来的邮件.msg/邮件.eml/1",
        "转来的邮件.msg/照片（一）.png",
        "转来的邮件.msg/附件 1：统计表.csv",
    ]
    assert [part.size for part in reading.parts[3:]] == [len(picture), len(table)]
    assert reading.parts[0].status is Status.OK
    assert reading.documents[0].body
    assert "服务群众120人" in text_of(reading)


def test_text_and_html_of_a_saved_mail_are_read_once() -> None:
    html = "<p>江津区科协2024年全国科技工作者日活动总结</p><p>5月30日，开展义诊，服务群众120人。</p>".encode(
        "gbk"
    )
    reading = read(compound(message(HEADER | {0x1000: REPORT}, octets={0x1013: html}, numbers={0x3FDE: 936})))

    assert [part.media_type for part in reading.parts[2:]] == ["text/plain", "text/html"]
    assert text_of(reading).count("120人") == 1


def test_a_saved_mail_whose_text_is_only_rtf_has_it_as_rtf() -> None:
    rtf = (
        rb"{\rtf1\ansi\ansicpg936{\fonttbl{\f0 SimSun;}}\f0 "
        + b"".join(b"\\'%02x" % octet for octet in "总结：义诊服务120人".encode("gbk"))
        + rb"\par}"
    )
    reading = read(compound(message(HEADER, octets={0x1009: rtf_packed(rtf)})))

    assert parts(reading)["材料/正文.rtf"].size == len(rtf)
    assert "总结：义诊服务120人" in text_of(reading)


def test_a_saved_mail_of_an_old_outlook_is_in_its_code_page() -> None:
    saved = message(
        HEADER | {0x1000: "赵翀、镕、珺\r\n" + REPORT},
        numbers={0x3FFD: 936},
        charset="gbk",
        attachments=[attached("镕基小学.txt", REPORT.encode("gbk"), charset="gbk")],
    )
    reading = read(compound(saved))

    assert reading.mails[1].subject == "报送：活动总结"
    assert "赵翀、镕、珺" in text_of(reading)
    assert "材料/镕基小学.txt" in parts(reading)


def test_mails_attached_to_a_saved_mail_are_folders_of_the_same() -> None:
    tree = message(
        HEADER | {0x1000: REPORT}, nested=True, attachments=[attached("总结.txt", REPORT.encode())]
    )
    for level in range(3):
        tree = message(
            {0x0037: f"转发{level}"}, nested=True, attachments=[attached(f"a/邮件{level}", tree, method=5)]
        )
    reading = read(compound(message({0x0037: "最外"}, attachments=[attached("转", tree, method=5)])))

    assert [mail.subject for mail in reading.mails[1:]] == [
        "最外",
        "转发2",
        "转发1",
        "转发0",
        "报送：活动总结",
    ]
    assert "材料/转/a_邮件2/a_邮件1/a_邮件0/总结.txt" in parts(reading)


def test_the_header_lines_that_a_saved_mail_kept_are_its_header() -> None:
    kept = (
        "Received: from a by b; Thu, 20 Jun 2024 23:59:59 +0800\r\nSubject: =?gbk?B?1tzB9A==?=\r\n kept\r\n"
        'Content-Type: multipart/mixed; boundary="gone"\r\nMIME-Version: 1.0\r\n\r\n'
    )
    mail = read(compound(message(HEADER | {0x007D: kept, 0x1000: REPORT}))).mails[1]

    assert mail.subject.endswith("kept")
    assert mail.received is not None
    assert mail.sender.address == "jjkx@jiangjin.example"


def test_what_a_saved_mail_only_points_to_is_told() -> None:
    link = attached("大文件.mp4", {}, method=7)
    found = opened(compound(message(HEADER, attachments=[link, attached("图", {"x": b"y"}, method=6)])), MSG)

    assert [problem.code for problem in found.problems] == [Code.LINK_ONLY, Code.UNSUPPORTED]
    assert "大文件.mp4" in found.problems[0].detail
    assert found.status is Status.PARTLY


def test_a_picture_pasted_into_an_rtf_mail_is_a_picture() -> None:
    bitmap = b"BM\x36\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00" + bytes(40)
    pasted = {"\x03MailStream": bytes(12), "CONTENTS": bitmap}

    found = opened(compound(message(HEADER, attachments=[attached("图", pasted, method=6)])), MSG)
    wrapped = attribute(2, 0x069005, mapi({0x3701: (0x0D, bytes(16) + compound(pasted))}))
    from_tnef = opened(tnef(attribute(2, 0x069002, bytes(14)), wrapped), TNEF)

    assert found.members[-1].data == bitmap
    assert [member.data for member in from_tnef.members] == [bitmap]


def test_a_signed_mail_in_a_saved_mail_is_read() -> None:
    inner = (
        b'Content-Type: multipart/signed; boundary="b"\r\n\r\n--b\r\n\r\n'
        + REPORT.encode()
        + b"\r\n--b--\r\n"
    )
    saved = compound(message(HEADER, attachments=[attached("smime.p7m", inner, tag="multipart/signed")]))

    assert "服务群众120人" in text_of(read(saved))


def test_mails_in_one_another_beyond_the_limit_are_told() -> None:
    tree = message(HEADER, nested=True)
    for _ in range(20):
        tree = message(HEADER, nested=True, attachments=[attached("转", tree, method=5)])
    found = opened(compound(message(HEADER, attachments=[attached("转", tree, method=5)])), MSG)

    assert Code.TOO_BIG in {problem.code for problem in found.problems}
    assert found.reason


SAVED = compound(
    message(
        HEADER | {0x1000: REPORT * 200},
        octets={0x1009: rtf_packed(b"{\\rtf1 text}")},
        attachments=[attached("a.bin", bytes(6000)), attached("b", message(HEADER, nested=True), method=5)],
    )
)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_torn_saved_mail_makes_anything_raise(data: st.DataObject) -> None:
    octets = bytearray(SAVED)
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(octets) - 4))
        octets[place : place + 4] = data.draw(st.binary(min_size=4, max_size=4))
    torn = bytes(octets[: data.draw(st.integers(0, len(octets)))])

    found = opened(torn, MSG)

    assert found.status is Status.OK or found.reason
    assert Compound(torn).names is not None


def test_streams_that_share_their_sectors_are_read_within_the_budget() -> None:
    files = [attached(f"{number}.bin", bytes(6 * 1024**2) if not number else b"x") for number in range(900)]
    octets = bytearray(compound(message(HEADER, attachments=files)))
    data = "__substg1.0_37010102"
    shared = Compound(bytes(octets)).paths[f"__attach_version1.0_#00000000/{data}"]
    place = -1
    while (place := octets.find(data.encode("utf-16-le"), place + 1)) >= 0:
        octets[place + 116 : place + 124] = shared.first.to_bytes(4, "little") + shared.size.to_bytes(
            4, "little"
        )
    began = time.process_time()

    found = opened(bytes(octets), MSG)

    assert found.status is Status.TOO_BIG
    assert 10 < len(found.members) < 100
    assert time.process_time() - began < SECONDS


# ---------------------------------------------------------------- winmail.dat


def test_compressed_rtf_is_what_it_was() -> None:
    rtf = b"{\\rtf1\\ansi " + b"WXYZWXYZWXYZWXYZWXYZ and the same again " * 400 + b"}"

    assert lzfu.decompress(rtf_packed(rtf)) == (rtf, True)
    assert lzfu.decompress(rtf_packed(rtf)[:-40])[1] is False
    assert rtf.startswith(lzfu.decompress(rtf_packed(rtf)[:-40])[0])


def test_the_example_of_the_specification_is_decompressed() -> None:
    packed = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320a f3206865 6c09002062770 5b06c647d0a800fa0".replace(
            " ", ""
        )
    )

    assert lzfu.decompress(packed) == (b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n", True)


@given(data=st.binary(max_size=300))
def test_no_octets_make_decompression_raise_or_grow(data: bytes) -> None:
    clear, _ = lzfu.decompress(data[:8] + b"LZFu" + data[8:])

    assert len(clear) <= len(data) * 17


def test_of_winmail_dat_the_text_the_files_and_the_mails_in_it_are_read() -> None:
    rtf = rb"{\rtf1\ansi the covering letter\par}"
    inner = tnef(attribute(1, 0x069003, mapi({0x1000: (0x1F, REPORT.encode("utf-16-le"))})))
    octets = tnef(
        attribute(1, 0x069003, mapi({0x1009: (0x102, rtf_packed(rtf))})),
        attribute(2, 0x069002, bytes(14)),
        attribute(2, 0x06800F, b"a,b\r\n"),
        attribute(2, 0x069005, mapi({0x3707: (0x1F, "统计表.csv".encode("utf-16-le"))})),
        attribute(2, 0x069002, bytes(14)),
        attribute(2, 0x018010, "转发".encode("gbk") + b"\0"),
        attribute(2, 0x069005, mapi({0x3701: (0x0D, bytes(16) + inner)})),
    )
    reading = read(octets, "winmail.dat")

    assert list(parts(reading)) == [
        "winmail.dat",
        "winmail.dat/正文.rtf",
        "winmail.dat/统计表.csv",
        "winmail.dat/转发",
        "winmail.dat/转发/正文.txt",
    ]
    assert all(part.status is Status.OK for part in reading.parts)
    assert "the covering letter" in text_of(reading)
    assert "服务群众120人" in text_of(reading)


def test_a_text_that_winmail_dat_repeats_is_read_once() -> None:
    wrapped = tnef(attribute(1, 0x069003, mapi({0x1000: (0x1F, REPORT.encode("utf-16-le"))})))
    octets = (
        b"From: a@b.example\r\nSubject: s\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n"
        + REPORT.encode()
        + b"\r\n--b\r\nContent-Type: application/ms-tnef\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(wrapped)
        + b"--b--\r\n"
    )

    assert text_of(intake.read(octets)).count("120人") == 1


def test_what_is_no_mail_in_winmail_dat_is_named_and_a_broken_one_is_damaged() -> None:
    meeting = tnef(attribute(1, 0x078008, b"IPM.Schedule.Meeting.Request\0"))

    assert (opened(meeting, TNEF).status, opened(tnef(), TNEF).status) == (Status.NOISE, Status.NOISE)
    assert "IPM.Schedule.Meeting.Request" in opened(meeting, TNEF).reason
    assert opened(meeting[:-3], TNEF).status is Status.DAMAGED


@needs_shared
def test_the_winmail_dat_files_of_the_corpus_are_read() -> None:
    folder = SHARED / "corpus" / "documents"
    hostile = read((folder / "apache+poi" / "oom.tnef").read_bytes())
    whole = read((folder / "jstedfast+MimeKit" / "winmail.tnef").read_bytes())

    assert hostile.parts[0].status is Status.DAMAGED
    assert "1111" in text_of(whole)
    assert [part.media_type for part in whole.parts] == [TNEF, "application/rtf", "image/bmp", "image/bmp"]


# ---------------------------------------------------------------- S/MIME

ENTITY = (
    b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + REPORT.encode()
)
WITH_FILE = (
    b'Content-Type: multipart/mixed; boundary="in"\r\n\r\n--in\r\n'
    + ENTITY
    + b'\r\n--in\r\nContent-Type: text/csv; name="a.csv"\r\n\r\na,b\r\n--in--\r\n'
)


@cache
def signer() -> tuple[x509.Certificate, rsa.RSAPrivateKey]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, "张三"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "江津区科协"),
        ]
    )
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "重庆CA")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(SENT)
        .not_valid_after(SENT + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return certificate, key


@cache
def signed(content: bytes, *options: pkcs7.PKCS7Options) -> bytes:
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content).add_signer(*signer(), hashes.SHA256())
    return builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary, *options])


def in_pieces(der: bytes, content: bytes, size: int) -> bytes:
    """The signed message *der* in indefinite form, its *content* in pieces of *size* octets."""
    whole = b"\x04" + _length(len(content)) + content
    assert der.count(whole) == 1
    pieces = b"".join(
        b"\x04" + _length(len(content[at : at + size])) + content[at : at + size]
        for at in range(0, len(content), size)
    )
    rest = cms.ContentInfo.load(der)["content"]
    fields = [rest[name].dump() for name in ("version", "digest_algorithms")]
    after = [rest[name].dump() for name in ("certificates", "signer_infos")]
    data, kind = cms.ContentType("data").dump(), cms.ContentType("signed_data").dump()
    inner = b"\x30\x80" + data + b"\xa0\x80\x24\x80" + pieces + bytes(6)
    return b"".join([b"\x30\x80", kind, b"\xa0\x80\x30\x80", *fields, inner, *after, bytes(6)])


def _length(size: int) -> bytes:
    if size < 0x80:
        return bytes([size])
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(octets)]) + octets


@pytest.mark.parametrize("size", [0, 76, 1000])
def test_an_opaque_signed_mail_is_read_and_its_signer_is_noted(size: int) -> None:
    der = signed(WITH_FILE)
    octets = in_pieces(der, WITH_FILE, size) if size else der
    mail = (
        b"From: a@b.example\r\nSubject: s\r\nContent-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(octets)
    )
    reading = intake.read(mail)

    assert list(parts(reading)) == ["1", "1/签名内容.eml", "1/签名内容.eml/1", "1/签名内容.eml/2"]
    assert reading.parts[3].name == "a.csv"
    assert reading.parts[0].status is Status.OK
    assert (
        reading.parts[0].reason == "数字签名，签名人：张三 江津区科协，颁发者：重庆CA（仅记录，未验证真伪）"
    )
    assert "服务群众120人" in text_of(reading)
    assert reading.problems == ()


def test_a_signature_beside_its_text_is_no_material_but_noted() -> None:
    signature = signed(ENTITY, pkcs7.PKCS7Options.DetachedSignature)
    mail = (
        b'From: a@b.example\r\nSubject: s\r\nContent-Type: multipart/signed; boundary="s"\r\n\r\n--s\r\n'
        + ENTITY
        + b"\r\n--s\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\nContent-Transfer-Encoding: base64\r\n"
        b"Content-Disposition: attachment; filename=smime.p7s\r\n\r\n"
        + base64.encodebytes(signature)
        + b"--s--\r\n"
    )
    reading = intake.read(mail)

    assert [part.status for part in reading.parts] == [Status.OK, Status.NOISE]
    assert "张三" in reading.parts[1].reason
    assert "服务群众120人" in text_of(reading)
    assert opened(signature[:30], SMIME, "smime.p7s").status is Status.NOISE


def test_an_encrypted_mail_says_who_can_read_it() -> None:
    sealed = (
        pkcs7.PKCS7EnvelopeBuilder()
        .set_data(ENTITY)
        .add_recipient(signer()[0])
        .encrypt(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])
    )
    reading = read(sealed, "smime.p7m")

    assert sniff(sealed) == SMIME
    assert reading.parts[0].status is Status.NEEDS_PASSWORD
    assert "只有收件人的私钥能解开" in reading.parts[0].reason
    assert [problem.code for problem in reading.problems] == [Code.ENCRYPTED]


def test_a_compressed_mail_is_read_and_a_bomb_is_not() -> None:
    def compressed(content: bytes) -> bytes:
        return bytes(
            cms.ContentInfo(
                {
                    "content_type": "compressed_data",
                    "content": {
                        "version": "v0",
                        "compression_algorithm": {"algorithm": "zlib"},
                        "encap_content_info": {"content_type": "data", "content": zlib.compress(content)},
                    },
                }
            ).dump()
        )

    assert "服务群众120人" in text_of(read(compressed(ENTITY), "smime.p7z"))
    assert opened(compressed(bytes(120 * 1024**2)), SMIME).status is Status.TOO_BIG


def test_a_signed_file_is_the_file() -> None:
    data = b"a,b\r\n1,2\r\n"
    reading = read(signed(data), "统计表.csv.p7m")

    assert list(parts(reading)) == ["统计表.csv.p7m", "统计表.csv.p7m/统计表.csv"]
    assert reading.parts[1].media_type == "text/csv"


def test_a_message_of_the_chinese_standard_is_read_as_its_model() -> None:
    der = signed(WITH_FILE)
    octets = der.replace(
        bytes.fromhex("06092a864886f70d010702"),
        bytes.fromhex("060a2a811ccf5506010402 02".replace(" ", "")),
        1,
    )
    grown = b"\x30\x80" + octets[4:] + bytes(2)

    assert der[:2] == b"\x30\x82"
    assert sniff(grown) == SMIME
    assert "服务群众120人" in text_of(read(grown, "国密.p7m"))


def test_a_cut_signed_mail_gives_what_came_before_the_cut() -> None:
    octets = in_pieces(signed(WITH_FILE), WITH_FILE, 76)
    reading = read(octets[:300], "smime.p7m")

    assert reading.parts[0].status is Status.PARTLY
    assert "全国科技工作者日" in text_of(reading)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_torn_signed_mail_makes_anything_raise(data: st.DataObject) -> None:
    octets = bytearray(
        in_pieces(signed(WITH_FILE), WITH_FILE, 76) if data.draw(st.booleans()) else signed(WITH_FILE)
    )
    for _ in range(data.draw(st.integers(1, 8))):
        octets[data.draw(st.integers(0, min(300, len(octets) - 1)))] = data.draw(st.integers(0, 255))
    found = opened(bytes(octets[: data.draw(st.integers(0, len(octets)))]), SMIME)

    assert found.status is Status.OK or found.reason


def test_hostile_frames_end_in_time() -> None:
    head = bytes.fromhex(
        "308006092a864886f70d010702a0803080020101310030 8006092a864886f70d010701a0802480".replace(" ", "")
    )
    for filling in (b"\x04\x00" * 12_000_000, b"\x24\x80" * 3_000_000, b"\x30\x80" * 3_000_000):
        began = time.process_time()
        assert opened(head + filling, SMIME).reason
        assert time.process_time() - began < SECONDS


def test_pgp_says_what_it_is() -> None:
    signature = b"-----BEGIN PGP SIGNATURE-----\r\n\r\niQEz\r\n-----END PGP SIGNATURE-----\r\n"
    sealed = b"-----BEGIN PGP MESSAGE-----\r\n\r\nhQEM\r\n-----END PGP MESSAGE-----\r\n"

    assert read(signature, "signature.asc").parts[0].status is Status.NOISE
    assert read(sealed, "encrypted.asc").parts[0].status is Status.NEEDS_PASSWORD


# ---------------------------------------------------------------- mails in pieces, elsewhere, and web archives


def with_part(head: str, body: bytes) -> Reading:
    return intake.read(
        b"From: a@b.example\r\nSubject: s\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        + head.encode()
        + b"\r\n\r\n"
        + body
        + b"\r\n--b--\r\n"
    )


def test_what_is_kept_elsewhere_is_link_only_with_its_place() -> None:
    reading = with_part(
        'Content-Type: message/external-body; access-type=URL; url="http://pan.example/x"',
        b"Content-Type: application/pdf\r\n\r\n",
    )

    assert reading.parts[0].status is Status.LINK_ONLY
    assert "http://pan.example/x" in reading.parts[0].reason
    assert [problem.code for problem in reading.problems] == [Code.LINK_ONLY]


def test_a_mail_in_pieces_says_which_piece_it_is_and_the_first_is_read() -> None:
    first = with_part(
        'Content-Type: message/partial; number=1; total=3; id="x"',
        b"From: c@d.example\r\nSubject: whole\r\nDate: Thu, 20 Jun 2024 10:00:00 +0800\r\n\r\n"
        + REPORT.encode(),
    )
    second = with_part('Content-Type: message/partial; number=2; total=3; id="x"', b"QUJD\r\n")

    assert [mail.subject for mail in first.mails] == ["s", "whole"]
    assert "第 1 封" in first.problems[0].detail
    assert (second.parts[0].status, "第 2 封" in second.parts[0].reason) == (Status.PARTLY, True)


def test_reports_of_machines_are_text() -> None:
    for kind, body in (
        (
            "message/delivery-status",
            b"Reporting-MTA: dns; a\r\n\r\nFinal-Recipient: rfc822; a@b\r\nAction: failed\r\n",
        ),
        ("text/rfc822-headers", b"From: a@b.example\r\nSubject: gone\r\nDate: x\r\nMessage-ID: <a@b>\r\n"),
        (
            "message/disposition-notification",
            b"Final-Recipient: rfc822;a@b\r\nDisposition: manual-action\r\n",
        ),
    ):
        part = with_part(f"Content-Type: {kind}", body).parts[0]
        assert (part.status, part.characters > 20) == (Status.OK, True), kind


def test_both_halves_of_a_macintosh_file_are_parts_and_its_fork_is_noise() -> None:
    octets = (
        b"From: a@b.example\r\nContent-Type: multipart/appledouble; boundary=b\r\n\r\n--b\r\nContent-Type: application/applefile\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(b"\x00\x05\x16\x07\x00\x02\x00\x00" + bytes(40))
        + b"--b\r\nContent-Type: application/octet-stream; name=a.txt\r\n\r\n"
        + REPORT.encode()
        + b"\r\n--b--\r\n"
    )

    assert [part.status for part in intake.read(octets).parts] == [Status.NOISE, Status.OK]


def test_a_nested_mail_with_binary_parts_is_read() -> None:
    inner = (
        b"From: c@d.example\r\nSubject: inside\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n"
        b"Content-Type: image/png\r\nContent-Transfer-Encoding: binary\r\n\r\n"
        + bytes(range(256)) * 20
        + b"\r\n--i--\r\n"
    )
    reading = with_part("Content-Type: message/rfc822\r\nContent-Transfer-Encoding: binary", inner)

    assert [mail.subject for mail in reading.mails] == ["s", "inside"]
    assert [part.path for part in reading.parts] == ["1", "1/1"]


def test_a_web_page_saved_as_one_file_is_a_document_under_any_name() -> None:
    page = "<html><body><p>江津区科协总结</p><p>义诊服务120人。</p><img src='image001.png'></body></html>".encode(
        "gbk"
    )
    archive = (
        b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="----=_Next"\r\n\r\n'
        + "此文档为“单个文件网页”，也称为“Web 存档”文件。\r\n\r\n".encode("gbk")
        + b"------=_Next\r\nContent-Location: file:///C:/D3A1/%E6%80%BB%E7%BB%93.htm\r\nContent-Transfer-Encoding: base64\r\n"
        b'Content-Type: text/html; charset="gb2312"\r\n\r\n'
        + base64.encodebytes(page)
        + b"------=_Next\r\nContent-Location: file:///C:/D3A1/files/image001.png\r\nContent-Transfer-Encoding: base64\r\n"
        b"Content-Type: image/png\r\n\r\niVBORw0KGgo=\r\n------=_Next--\r\n"
    )
    for name in ("总结.doc", "总结.mht"):
        reading = read(archive, name)

        assert [part.name for part in reading.parts] == [name, "总结.htm", "image001.png"]
        assert [document.body for document in reading.documents] == [False]
        assert "义诊服务120人" in text_of(reading)
