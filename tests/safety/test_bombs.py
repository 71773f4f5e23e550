"""What unfolds without end costs some seconds and a bounded memory, has a reason, and the file after it is read."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from PIL import Image

from pipeline.extract.package import MAX_PART
from pipeline.records import Status
from pipeline.unpack.limits import MAX_TOTAL
from tests.safety.attacks import SEEDS, mail, packed, parts_of
from tests.safety.reading import encoded, read_apart

MEGABYTE = 1024**2
BEYOND = MAX_TOTAL // MEGABYTE + 16
"""Megabytes, more than all members of an archive may have together."""
GOOD = ("说明.txt", "后面的文件照样读。".encode())


@cache
def zeros(megabytes: int) -> bytes:
    return bytes(megabytes * MEGABYTE)


def nested(levels: int) -> bytes:
    """Ten archives in each of ten archives …"""
    data = packed({"0.txt": zeros(10)})
    for _ in range(levels):
        data = packed({f"{number}.zip": data for number in range(10)})
    return data


def overlapping() -> bytes:
    """A directory whose thousand entries are all the same octets."""
    inner = zlib.compress(zeros(8), 9)[2:-4]
    local = (
        struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 0, 8, 0, 33, 0, len(inner), 8 * MEGABYTE, 1, 0)
        + b"a"
        + inner
    )
    entry = struct.pack(
        "<4sHHHHHHIIIHHHHHII",
        b"PK\1\2",
        20,
        20,
        0,
        8,
        0,
        33,
        0,
        len(inner),
        8 * MEGABYTE,
        1,
        0,
        0,
        0,
        0,
        0,
        0,
    )
    directory = (entry + b"a") * 1000
    return (
        local
        + directory
        + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 1000, 1000, len(directory), len(local), 0)
    )


def tar_in_gzip() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        entry = tarfile.TarInfo("a")
        entry.size = BEYOND * MEGABYTE
        archive.addfile(entry, io.BytesIO(zeros(BEYOND)))
    return out.getvalue()


def office(seed: str, part: str, tag: bytes) -> Callable[[], bytes]:
    """A package whose main part has, before *tag*, more white space than one part may have octets."""

    def made() -> bytes:
        parts: dict[str, bytes | str] = dict(parts_of(SEEDS[seed]))
        parts[part] = parts_of(SEEDS[seed])[part].replace(tag, b" " * (MAX_PART + 16 * MEGABYTE) + tag, 1)
        return packed(parts)

    return made


def many(seed: str, part: str, tag: bytes, piece: bytes, count: int) -> Callable[[], bytes]:
    """A package whose main part says *piece* so often, before *tag*."""

    def made() -> bytes:
        parts: dict[str, bytes | str] = dict(parts_of(SEEDS[seed]))
        parts[part] = parts_of(SEEDS[seed])[part].replace(tag, piece * count + tag, 1)
        return packed(parts)

    return made


QUICKLY: dict[str, dict[str, Any]] = {
    "PNG": {"compress_level": 1},
    "TIFF": {"compression": "group4"},
    "WEBP": {"lossless": True, "method": 0, "quality": 0},
}
"""How Pillow packs an empty picture in little time."""


def picture(kind: str, side: int) -> Callable[[], bytes]:
    def made() -> bytes:
        out = io.BytesIO()
        Image.new("RGB" if kind == "WEBP" else "1", (side, side)).save(out, kind, **QUICKLY[kind])
        return out.getvalue()

    return made


def claims(kind: str) -> Callable[[], bytes]:
    """A picture of a few octets that claims to have 65,000 by 65,000 pixels."""
    chunk = struct.pack(">II", 65_000, 65_000) + b"\x08\x06\0\0\0"
    png = (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + b"IHDR"
        + chunk
        + struct.pack(">I", zlib.crc32(b"IHDR" + chunk))
    )
    gif = (
        b"GIF89a"
        + struct.pack("<HHBBB", 65_000, 65_000, 0x80, 0, 0)
        + bytes(6)
        + b","
        + struct.pack("<HHHHB", 0, 0, 65_000, 65_000, 0)
        + b"\x02\x01\x44\0;"
    )
    return lambda: (
        png + struct.pack(">I", 8) + b"IDAT" + zlib.compress(b"") + bytes(4) if kind == "png" else gif
    )


def pdf(*objects: bytes) -> bytes:
    body = b"%PDF-1.7\n" + b"".join(
        b"%d 0 obj\n%s\nendobj\n" % (number, one) for number, one in enumerate(objects, 1)
    )
    return body + b"trailer << /Root 1 0 R /Size %d >>\n" % (len(objects) + 1)


def flate_twice() -> bytes:
    inner = zlib.compress(zlib.compress(b"BT (x) Tj ET " * (20 * MEGABYTE), 9), 9)
    stream = b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n%s\nendstream" % (
        len(inner),
        inner,
    )
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R >>"
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page, stream
    )


def huge_page() -> bytes:
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [-1e9 -1e9 1e9 1e9] /UserUnit 75000 >>"
    return pdf(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page)


def looping_tree() -> bytes:
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R 3 0 R] /Count 2000000000 >>",
        b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 9 >>",
    )


def svg() -> bytes:
    return b"<svg xmlns='http://www.w3.org/2000/svg'>" + b"<g>" * 2_000_000 + b"<text>x</text></svg>"


BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "zip": ("a.zip", lambda: packed({"a": zeros(BEYOND)})),
    "zip in zip": ("a.zip", lambda: nested(3)),
    "zip of overlapping members": ("a.zip", overlapping),
    "gzip": ("a.gz", lambda: gzip.compress(zeros(BEYOND))),
    "bzip2": ("a.bz2", lambda: bz2.compress(zeros(BEYOND))),
    "xz": ("a.xz", lambda: lzma.compress(zeros(BEYOND), preset=1)),
    "tar in gzip": ("a.tar.gz", tar_in_gzip),
    "docx": ("总结.docx", office("text.docx", "word/document.xml", b"<w:body>")),
    "docx of paragraphs": (
        "总结.docx",
        many("text.docx", "word/document.xml", b"</w:body>", b"<w:p><w:r><w:t>x</w:t></w:r></w:p>", 300_000),
    ),
    "docx of depth": ("总结.docx", many("text.docx", "word/document.xml", b"</w:body>", b"<w:sdt>", 200_000)),
    "xlsx": ("总结.xlsx", office("table.xlsx", "xl/worksheets/sheet1.xml", b"<sheetData>")),
    "xlsx of rows": (
        "总结.xlsx",
        many(
            "table.xlsx",
            "xl/worksheets/sheet1.xml",
            b"</sheetData>",
            b"<row><c t='s'><v>0</v></c></row>",
            1_000_000,
        ),
    ),
    "pptx": ("总结.pptx", office("slides.pptx", "ppt/slides/slide1.xml", b"<p:sp>")),
    "ofd": ("总结.ofd", office("letter.ofd", "Doc_0/Pages/Page_0/Content.xml", b"<ofd:Area>")),
    "png of pixels": ("a.png", picture("PNG", 10_100)),
    "png that claims": ("a.png", claims("png")),
    "gif that claims": ("a.gif", claims("gif")),
    "tiff": ("a.tif", picture("TIFF", 20_000)),
    "webp": ("a.webp", picture("WEBP", 10_100)),
    "pdf packed twice": ("a.pdf", flate_twice),
    "pdf of a huge page": ("a.pdf", huge_page),
    "pdf whose pages loop": ("a.pdf", looping_tree),
    "svg": ("a.svg", svg),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_bounded_and_says_why(bomb: str) -> None:
    name, made = BOMBS[bomb]

    reading, _ = read_apart(mail((name, made()), GOOD))

    assert GOOD[1] in encoded(reading)
    below = [part for part in reading.parts if part.path.startswith("2")]
    silent = [part for part in below if part.status not in {Status.OK, Status.NOISE} and not part.reason]
    assert silent == []
    assert sum(part.size for part in reading.parts) < 600 * MEGABYTE


def test_the_check_can_fail_a_zip_of_what_is_allowed_is_opened_whole() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "集市" * 1_000_000)

    reading, _ = read_apart(mail(("a.zip", out.getvalue())))

    assert [part.size for part in reading.parts if part.path == "2/a.txt"] == [6_000_000]
