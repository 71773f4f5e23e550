"""Hostile mails, packages and archives, built from their formats.

Source: ECMA-376, [MS-XLSB], ODF 1.2, GB/T 33190 for packages; APPNOTE, POSIX ustar, the formats of 7z (stored), cab and RAR 4 (stored).
Limits: each is as small as it can be and still reach the reader.
"""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Mapping
from email.message import EmailMessage

from tools.fuzz.seeds import seeds

SEEDS = {name: octets for _, name, octets in seeds()}
ODF = "application/vnd.oasis.opendocument.text"
NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" office:version="1.2"'
)
SAID = "渝北区科协在龙山社区举办科普集市，服务居民三百余人。"


def mail(*files: tuple[str, bytes], text: str = "材料见附件。", subject: str = "渝北区科协活动总结") -> bytes:
    """A mail with *files* (name, octets) attached."""
    message = EmailMessage()
    message["From"] = "渝北区科协 <kx@kx.yubei.example>"
    message["Subject"] = subject
    message.set_content(text)
    for name, data in files:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def packed(parts: Mapping[str, bytes | str], *, deflated: bool = True) -> bytes:
    """A ZIP of *parts*."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return out.getvalue()


def parts_of(package: bytes) -> dict[str, bytes]:
    """The parts of a package by name."""
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def odt(body: str, head: str = "") -> bytes:
    """An ODF text; *head* stands before its root element."""
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODF}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    content = f"<?xml version='1.0'?>{head}<office:document-content {NAMES}><office:body><office:text>{body}</office:text>"
    content += "</office:body></office:document-content>"
    return packed(
        {"mimetype": ODF, "META-INF/manifest.xml": manifest, "content.xml": content}, deflated=False
    )


# ---------------------------------------------------------------- entities


def billion_laughs(element: str, text: str) -> tuple[str, str]:
    """(a DTD of entities that unfold to 10^9 words, *text* with a reference to the last) for the root *element*."""
    lines = ["<!ENTITY l0 'lol'>"]
    lines += [f"<!ENTITY l{level} '{f'&l{level - 1};' * 10}'>" for level in range(1, 10)]
    return f"<!DOCTYPE {element} [{''.join(lines)}]>", f"{text}&l9;"


def quadratic(element: str, text: str) -> tuple[str, str]:
    """One entity of 100,000 letters, said 20,000 times: 2 thousand million."""
    return f"<!DOCTYPE {element} [<!ENTITY q '{'a' * 100_000}'>]>", text + "&q;" * 20_000


def external(element: str, text: str, url: str) -> tuple[str, str]:
    """Entities, a parameter entity and a DTD that stand at *url*."""
    inner = f"<!ENTITY e SYSTEM '{url}'><!ENTITY % p SYSTEM '{url}'>%p;"
    return f"<!DOCTYPE {element} SYSTEM '{url}' [{inner}]>", f"{text}&e;"


def with_entities(kind: str, made: tuple[str, str]) -> bytes:
    """A document of *kind* whose main part has the DTD and the text *made*."""
    head, text = made
    if kind == "odt":
        return odt(f"<text:p>{SAID}{text}</text:p>", head)
    seed, part, words = PLACES[kind]
    parts = parts_of(SEEDS[seed])
    parts[part] = parts[part].replace(words.encode(), f"{words}{text}".encode(), 1)
    parts[part] = f"<?xml version='1.0' encoding='UTF-8'?>{head}".encode() + parts[part]
    return packed(parts)


PLACES = {
    "docx": ("text.docx", "word/document.xml", "发放宣传资料"),
    "xlsx": ("table.xlsx", "xl/sharedStrings.xml", "名称"),
    "pptx": ("slides.pptx", "ppt/slides/slide1.xml", "发放宣传资料"),
    "ofd": ("letter.ofd", "Doc_0/Pages/Page_0/Content.xml", "发放宣传资料"),
}
"""Kind to the seed that it is made of, the part with the text, and the words after which the entity is said."""
ROOTS = {
    "docx": "w:document",
    "xlsx": "sst",
    "pptx": "p:sld",
    "ofd": "ofd:Page",
    "odt": "office:document-content",
}


# ---------------------------------------------------------------- sheets


def xlsb_of_corners() -> bytes:
    """A binary workbook whose two cells are A1 and XFD1048576."""
    return xlsb((0, 0), (1_048_575, 16_383))


def xlsb(*places: tuple[int, int]) -> bytes:
    """A binary workbook ([MS-XLSB]) of one sheet; the cells at *places* (row, column from 0, in order) hold 1."""
    last_row, last_column = (max(numbers) for numbers in zip(*places, strict=True))
    cells = b"".join(
        _record(0, struct.pack("<I13x", row)) + _record(5, struct.pack("<IId", column, 0, 1.0))
        for row, column in places
    )
    extent = _record(148, struct.pack("<4I", 0, last_row, 0, last_column))
    bundle = _record(156, struct.pack("<II", 0, 1) + _wide("rId1") + _wide("Sheet"))
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'><Relationship {}/></Relationships>"
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    main = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"
    return packed(
        {
            "[Content_Types].xml": f"<Types xmlns='{types}'><Default Extension='bin' ContentType='{main}'/></Types>",
            "_rels/.rels": relations.format(
                f"Id='r' Type='{office}/officeDocument' Target='xl/workbook.bin'"
            ),
            "xl/workbook.bin": _record(131) + _record(143) + bundle + _record(144) + _record(132),
            "xl/_rels/workbook.bin.rels": relations.format(
                f"Id='rId1' Type='{office}/worksheet' Target='worksheets/sheet1.bin'"
            ),
            "xl/worksheets/sheet1.bin": _record(129)
            + extent
            + _record(145)
            + cells
            + _record(146)
            + _record(130),
        }
    )


def _record(kind: int, body: bytes = b"") -> bytes:
    """One record of [MS-XLSB] section 2.1.4, shorter than 128 octets."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return head + bytes([len(body)]) + body


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


# ---------------------------------------------------------------- archives that lead elsewhere


def zip_of(name: str, data: bytes, *, link: str = "") -> bytes:
    """A ZIP of one member; with *link*, before it a symbolic link of that name to the folder of *name*."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        if link:
            entry = zipfile.ZipInfo(link)
            entry.create_system, entry.external_attr = 3, 0o120777 << 16
            archive.writestr(entry, name.rpartition("/")[0])
            name = f"{link}/{name.rpartition('/')[2]}"
        archive.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()


def tar_of(name: str, data: bytes, *, link: str = "", mode: str = "w") -> bytes:
    """The same as a tar."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]  # the mode is "w" or "w:gz"
        if link:
            entry = tarfile.TarInfo(link)
            entry.type, entry.linkname = tarfile.SYMTYPE, name.rpartition("/")[0]
            archive.addfile(entry)
            name = f"{link}/{name.rpartition('/')[2]}"
        entry = tarfile.TarInfo(name)
        entry.size = len(data)
        archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


def cab_of(name: str, data: bytes) -> bytes:
    """A cabinet of one stored member."""
    entry = struct.pack("<IIHHHH", len(data), 0, 0, 0, 0, 0x80) + name.encode() + b"\0"
    block = struct.pack("<IHH", 0, len(data), len(data)) + data
    start = 36 + 8 + len(entry)
    folder = struct.pack("<IHH", start, 1, 0)
    head = struct.pack("<4sIIIIIBBHHHHH", b"MSCF", 0, start + len(block), 0, 44, 0, 3, 1, 1, 1, 0, 0, 0)
    return head + folder + entry + block


def rar_of(name: str, data: bytes, *, link: str = "") -> bytes:
    """A RAR 4 of stored members, made on Unix."""
    made = b"Rar!\x1a\x07\x00" + _rar_block(0x73, 0, bytes(6))
    if link:
        made += _rar_file(link, name.rpartition("/")[0].encode(), 0o120777)
        name = f"{link}/{name.rpartition('/')[2]}"
    return made + _rar_file(name, data, 0o100644) + _rar_block(0x7B, 0x4000, b"")


def _rar_file(name: str, data: bytes, mode: int) -> bytes:
    octets = name.encode()
    body = struct.pack(
        "<IIBIIBBHI", len(data), len(data), 3, zlib.crc32(data), 0, 20, 0x30, len(octets), mode
    )
    return _rar_block(0x74, 0x8000, body + octets) + data


def _rar_block(kind: int, flags: int, body: bytes) -> bytes:
    head = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
    return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head


def seven_of(name: str, data: bytes, *, link: str = "") -> bytes:
    """A 7z of stored members with Unix attributes."""
    files = [(name, data, 0o100644)]
    if link:
        target, _, base = name.rpartition("/")
        files = [(link, target.encode(), 0o120777), (f"{link}/{base}", data, 0o100644)]
    stream = b"".join(octets for _, octets, _ in files)
    names = b"".join(one.encode("utf-16-le") + b"\0\0" for one, _, _ in files)
    attributes = b"".join(struct.pack("<I", 0x8000 | mode << 16) for _, _, mode in files)
    packs = b"\x06" + _number(0) + _number(1) + b"\x09" + _number(len(stream)) + b"\x00"
    folders = b"\x07\x0b" + _number(1) + b"\x00\x01\x01\x00\x0c" + _number(len(stream)) + b"\x00"
    sizes = b"".join(_number(len(octets)) for _, octets, _ in files[:-1])
    sums = b"".join(struct.pack("<I", zlib.crc32(octets)) for _, octets, _ in files)
    subs = (
        b"\x08"
        + (b"\x0d" + _number(len(files)) + b"\x09" + sizes if len(files) > 1 else b"")
        + b"\x0a\x01"
        + sums
        + b"\x00"
    )
    listed = b"\x05" + _number(len(files)) + b"\x11" + _number(len(names) + 1) + b"\x00" + names
    listed += b"\x15" + _number(len(attributes) + 2) + b"\x01\x00" + attributes + b"\x00"
    header = b"\x01\x04" + packs + folders + subs + b"\x00" + listed + b"\x00"
    start = struct.pack("<QQI", len(stream), len(header), zlib.crc32(header))
    return b"7z\xbc\xaf\x27\x1c\x00\x04" + struct.pack("<I", zlib.crc32(start)) + start + stream + header


def _number(value: int) -> bytes:
    """7z's own variable-length number."""
    if value < 0x80:
        return bytes([value])
    return (
        bytes([0x80 | value >> 8, value & 0xFF])
        if value < 0x4000
        else b"\xc0" + bytes([value >> 16]) + struct.pack("<H", value & 0xFFFF)
    )
