"""What octets are: the octets decide, name and declared type only break ties between texts."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile

import pytest

from pipeline.extract import kinds, sniff
from pipeline.ole import MAGIC, Compound


def packed(*names: str, types: str = "") -> bytes:
    """Make a ZIP with these members."""
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w") as archive:
        if types:
            archive.writestr("[Content_Types].xml", types)
        for name in names:
            archive.writestr(name, "x")
    return octets.getvalue()


def tarred(*, old: bool) -> bytes:
    """Make a tar; an old one lacks the magic word."""
    octets = io.BytesIO()
    with tarfile.open(fileobj=octets, mode="w", format=tarfile.GNU_FORMAT) as archive:
        archive.addfile(tarfile.TarInfo("照片.jpg"), io.BytesIO(b""))
    data = octets.getvalue()
    if not old:
        return data
    header = bytearray(data[:512])
    header[257:265] = bytes(8)
    header[148:156] = b" " * 8
    header[148:156] = f"{sum(header):06o}\0 ".encode()
    return bytes(header) + data[512:]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (packed("word/document.xml", types="...wordprocessingml.document.main+xml"), kinds.WORD),
        (packed("xl/workbook.xml", types="...spreadsheetml.sheet.main+xml"), kinds.SHEET),
        (packed("ppt/presentation.xml", types="...presentationml.presentation.main+xml"), kinds.SLIDES),
        (packed("word/document.xml", types="no hint"), kinds.WORD),
        (packed("xl/workbook.bin", types="..."), kinds.SHEET_BINARY),
        (packed("OFD.xml", "Doc_0/Document.xml"), "application/ofd"),
        (packed("照片/1.jpg", "word.docx"), "application/zip"),
        (packed("META-INF/MANIFEST.MF", "a/B.class"), "application/java-archive"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x18ftypheic", "image/heic"),
        (b"\x00\x00\x00\x18ftypisom", "video/mp4"),
        (b"\xef\xbb\xbf\n%PDF-1.7", "application/pdf"),
        (b"{\\rtf1\\ansi", "application/rtf"),
        (b"Rar!\x1a\x07\x01\x00", "application/vnd.rar"),
        (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
        (gzip.compress(b"x", mtime=0), "application/gzip"),
        (b"\x78\x9f\x3e\x22\x01\x00", "application/ms-tnef"),
        (b"MZ\x90\x00", "application/x-msdownload"),
        (tarred(old=False), "application/x-tar"),
        (tarred(old=True), "application/x-tar"),
        (b"", kinds.EMPTY),
        (bytes(range(256)) * 4, kinds.BINARY),
    ],
)
def test_the_octets_decide_whatever_name_and_declaration_say(data: bytes, expected: str) -> None:
    assert sniff(data, "总结.txt", "image/png") == expected


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "utf-16-le", "gb18030", "big5"])
def test_chinese_text_is_text_in_every_charset(charset: str) -> None:
    text = (
        "重慶市科協活動總結，參加人數三百餘人。\n"
        if charset == "big5"
        else "重庆市科协活动总结，参加三百余人。\n"
    )

    assert sniff((text * 3).encode(charset), "", "application/octet-stream") == "text/plain"


def test_a_document_whose_directory_is_lost_is_still_a_document() -> None:
    data = packed("word/document.xml", types="...wordprocessingml...")

    assert sniff(data[: len(data) // 2], "总结.docx") == kinds.WORD


@pytest.mark.parametrize(
    ("name", "declared", "expected"),
    [
        ("通知.eml", "application/octet-stream", "message/rfc822"),
        ("", "message/rfc822", "message/rfc822"),
        ("", "application/octet-stream", "message/rfc822"),
        ("", "text/plain", "text/plain"),
    ],
)
def test_a_mail_is_a_mail_unless_a_body_only_quotes_one(name: str, declared: str, expected: str) -> None:
    mail = b"From: a@b.example\r\nSubject: x\r\nDate: Mon, 3 Jun 2024 16:05:00 +0800\r\nMIME-Version: 1.0\r\n\r\nbody"

    assert sniff(mail, name, declared) == expected


def test_html_is_known_under_the_name_doc() -> None:
    assert (
        sniff(b"<html><body>\xd7\xdc\xbd\xe1</body></html>", "总结.doc", "application/msword") == "text/html"
    )


def test_text_in_columns_is_csv_only_by_its_name_or_declaration() -> None:
    data = "序号,名称\n1,座谈会\n".encode("gb18030")

    assert sniff(data, "表.csv") == "text/csv"
    assert sniff(data, "", "text/csv") == "text/csv"
    assert sniff(data, "表.txt") == "text/plain"


def test_hostile_compound_files_end() -> None:
    looped = bytearray(MAGIC + bytes(504))
    looped[30:34] = (9).to_bytes(2, "little") + (6).to_bytes(2, "little")
    looped += bytes(4) * 128

    assert Compound(bytes(looped)).names == ()
    assert Compound(MAGIC).names == ()
    assert sniff(bytes(looped)) == "application/x-ole-storage"
