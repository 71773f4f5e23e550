"""The seed corpus in tests/fuzz_seeds: small files, made for it; `python -m tools.fuzz.seeds` writes them again.

Purpose: `seeds()` gives target and name of each seed with its octets, the same each time.
Source: made here; what mails, archives and documents of units have in them, each once and small.
Limits: seeds whose name begins with "found-" are inputs that once broke a promise; they are kept, not made.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
from collections.abc import Iterator
from pathlib import Path

from tools.fuzz import documents
from tools.fuzz.documents import TEXT
from tools.samplemaker.archives import Member, zipped

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "fuzz_seeds"

_HEAD = b"From: =?gb2312?B?08mxsb/G0K0=?= <kx@yubei.example>\r\nSubject: =?utf-8?Q?=E6=80=BB=E7=BB=93?=\r\n"


def seeds() -> Iterator[tuple[str, str, bytes]]:
    """Give (target, file name, octets) of every seed that is made."""
    for target, made in _MADE.items():
        for name, octets in made().items():
            yield target, name, octets


def write() -> None:
    """Write them all below FOLDER."""
    for target, name, octets in seeds():
        path = FOLDER / target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(octets)


# ---------------------------------------------------------------- mails and archives


def _mails() -> dict[str, bytes]:
    plain = _HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + TEXT.encode() + b"\r\n"
    multipart = (
        _HEAD + b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b1"\r\n\r\n--b1\r\n'
        b'Content-Type: multipart/alternative; boundary=b2\r\n\r\n--b2\r\nContent-Type: text/plain; charset="gb2312";'
        b" format=flowed; delsp=yes\r\nContent-Transfer-Encoding: base64\r\n\r\nxOO6w6OsvNzOxA==\r\n--b2\r\n"
        b"Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>=E4=BD=A0=\r\n</p>\r\n--b2--\r\n"
        b"--b1\r\nContent-Type: application/octet-stream; name*0*=utf-8''%E6%80%BB; name*1=.docx\r\n"
        b'Content-Disposition: attachment; filename="=?gbk?B?19y94S5kb2N4?="\r\nContent-ID: <a@b>\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\nUEsDBA==\r\n--b1\r\nContent-Type: message/rfc822\r\n\r\n"
        + plain
        + b"\r\n--b1--\r\n"
    )
    uu = _HEAD + b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a.txt\r\n#86)C\r\n`\r\nend\r\n"
    raw = "Subject: 总结\r\nReceived: from a by b; Mon, 3 Jun 2024 16:05:00 +0800\r\nDate: Mon, 3 Jun 2024\r\n\r\n正文".encode(
        "gbk"
    )
    verdicts = (
        b"Authentication-Results: mx.example; spf=pass (x) smtp.mailfrom=a@b; dkim=fail header.d=b\r\n"
        + plain
    )
    return {
        "plain.eml": plain,
        "multipart.eml": multipart,
        "uu.eml": uu,
        "raw.eml": raw,
        "verdicts.eml": verdicts,
    }


def _archives() -> dict[str, bytes]:
    members = [Member(name="照片/1.jpg", data=b"\xff\xd8\xff"), Member(name="总结.txt", data=TEXT.encode())]
    return {
        "utf8.zip": zipped(members),
        "gbk.zip": zipped(members, charset="gb18030"),
        "locked.zip": zipped(members, password=b"2024"),
        "pax.tar": _tar(tarfile.PAX_FORMAT),
        "gnu.tar": _tar(tarfile.GNU_FORMAT),
        "a.gz": gzip.compress(TEXT.encode(), mtime=0),
        "a.tar.gz": gzip.compress(_tar(tarfile.USTAR_FORMAT), mtime=0),
        "a.bz2": bz2.compress(TEXT.encode()),
        "a.xz": lzma.compress(TEXT.encode()),
    }


def _tar(layout: int) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=layout) as archive:
        for name, kind, size in (
            ("照片/1.jpg", tarfile.REGTYPE, 3),
            ("../x", tarfile.REGTYPE, 1),
            ("l", tarfile.SYMTYPE, 0),
        ):
            entry = tarfile.TarInfo(name)
            entry.type, entry.size, entry.linkname = (
                kind,
                size,
                "/etc/hostname" if kind == tarfile.SYMTYPE else "",
            )
            archive.addfile(entry, io.BytesIO(b"abc"[:size]))
    return out.getvalue()


def _winmail() -> dict[str, bytes]:
    name = "总结.docx".encode("utf-16-le") + b"\0\0"
    properties = (
        struct.pack("<L", 2) + struct.pack("<HHLL", 0x1F, 0x3707, 1, len(name)) + name + bytes(-len(name) % 4)
    )
    properties += struct.pack("<HHLL", 0x102, 0x3701, 1, 4) + b"abcd"
    body = struct.pack("<LHHLL", 1, 0x1E, 0x1000, 1, 4) + b"text"
    attributes: tuple[tuple[int, bytes], ...] = (
        (0x69007, struct.pack("<LL", 936, 0)),
        (0x69003, body),
        (0x69002, bytes(14)),
        (0x18010, b"a.docx\0"),
    )
    attributes += ((0x6800F, b"octets"), (0x69005, properties))
    stream = b"\x78\x9f\x3e\x22\x01\x00"
    for number, data in attributes:
        stream += struct.pack("<BLL", 2, number, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)
    return {"winmail.dat": stream}


# ---------------------------------------------------------------- texts


def _pages() -> dict[str, bytes]:
    quote = "<blockquote class='gmail_quote'>原始邮件</blockquote>"
    table = "<table><tr><th colspan=2>活动</th></tr><tr><td rowspan='2'>集市</td><td>300</td></tr></table>"
    page = "<html><head><meta charset=utf-8></head><body>"
    page += f"<h1 style='text-align:center'>总结</h1><p>{TEXT}<br>&#20154;</p>{table}{quote}</body></html>"
    return {
        "page.html": page.encode(),
        "gbk.html": f"<div style='display:none'>x</div><p>{TEXT}".encode("gbk"),
    }


def _links() -> dict[str, bytes]:
    card = (
        "<a href='https://wx.mail.qq.com/ftn/download?k=a&amp;code=b'>照片.zip (1.2G)</a> 到期时间：2024年07月01日 12:00 "
        "链接：https://pan.baidu.com/s/1abc 提取码: x7y8"
    )
    return {"card.html": card.encode()}


def _compounds() -> dict[str, bytes]:
    head = bytearray(512)
    head[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", head, 24, 62, 3, 0xFFFE, 9, 6)
    struct.pack_into("<7I", head, 44, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE)
    struct.pack_into("<2I", head, 72, 0, 0)
    struct.pack_into("<109I", head, 76, 0, *[0xFFFFFFFF] * 108)
    table = struct.pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, 0xFFFFFFFE, *[0xFFFFFFFF] * 125)
    entries = b""
    for name, kind, first, size in (("Root Entry", 5, 0xFFFFFFFE, 0), ("WordDocument", 2, 2, 512)):
        text = name.encode("utf-16-le")
        entry = bytearray(128)
        entry[: len(text)] = text
        struct.pack_into("<HB", entry, 64, len(text) + 2, kind)
        struct.pack_into("<II", entry, 116, first, size)
        entries += bytes(entry)
    return {"word.ole": bytes(head) + table + entries.ljust(512, b"\0") + bytes(512)}


def _figures() -> dict[str, bytes]:
    table = "序号\t活动\t参与人数\t发放资料\n1\t集市\t300余人\t５００份"
    more = "5月20日至6月3日，先后举办讲座12场，共１.2万余人次参加，线上观看三百六十来户，《重庆日报》报道。上周四在龙山小学开展。"
    return {"report.txt": TEXT.encode(), "table.txt": table.encode(), "more.txt": more.encode()}


_MADE = {
    "parse": _mails,
    "unpack": _archives,
    "tnef": _winmail,
    "docx": documents.words,
    "sheet": documents.sheets,
    "slides": documents.slides,
    "ofd": documents.layouts,
    "rtf": documents.rtfs,
    "doc": lambda: documents.given("word.doc"),
    "odf": documents.open_documents,
    "flat_word": documents.flat_words,
    "flat_sheet": lambda: documents.given("sheet-xml2003.xls"),
    "html": _pages,
    "links": _links,
    "compound": _compounds,
    "figures": _figures,
}

if __name__ == "__main__":
    write()
