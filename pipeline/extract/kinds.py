"""What octets are: the media type that decides which reader or unpacker gets them.

Purpose: the octets decide; the declared type and the name only break ties between texts.
Source: the formats' own magic numbers; media types of IANA, and those in common use where IANA has none.
Limits: looks at the head and, of ZIP and OLE, at the directory; inflates nothing but the two small parts of a package
that name its type.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from pathlib import PurePosixPath

from pipeline import ole
from pipeline.extract import charset, recorded

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
SHEET_BINARY = "application/vnd.ms-excel.sheet.binary.macroenabled.12"
FLAT_SHEET = "application/vnd.ms-excel2003ml"
FLAT_WORD = "application/vnd.ms-word2006ml"
ENCRYPTED = "application/x-ole-encrypted"
UOF = "application/vnd.uof.text"
WORKS = "application/vnd.ms-works"
OBJECT = "application/x-ole-storage"
THUMBNAILS = "application/x-thumbs-db"
PGP_SIGNATURE = "application/pgp-signature"
PGP_MESSAGE = "application/pgp-encrypted"
EMPTY = "application/x-empty"
BINARY = "application/octet-stream"

HEAD = 4096
"""Octets looked at for a magic number, a tag or mail headers."""
MAX_DIRECTORY = 20_000
"""Entries of a ZIP's directory that are looked at."""
_MAX_TYPES = 1024**2
"""Octets of the part that names a package's type; real ones have some kilobytes."""

_MAGIC = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"8BPS", "image/vnd.adobe.photoshop"),
    (b"\xd7\xcd\xc6\x9a", "image/wmf"),
    (b"\x00\x00\x01\x00", "image/vnd.microsoft.icon"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"\x1f\x9d", "application/x-compress"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"xar!\x00", "application/x-xar"),
    (b"MSCF", "application/vnd.ms-cab-compressed"),
    (b"\x60\xea", "application/x-arj"),
    (b"\x78\x9f\x3e\x22", "application/ms-tnef"),
    (b"{\\rtf", "application/rtf"),
    (b"MZ", "application/x-msdownload"),
    (b"\x7fELF", "application/x-executable"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "application/x-ms-shortcut"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "video/x-ms-asf"),
    (b"\x1a\x45\xdf\xa3", "video/x-matroska"),
    (b"\x00\x00\x01\xba", "video/mpeg"),
    (b"\x00\x00\x01\xb3", "video/mpeg"),
    (b".RMF", "video/vnd.rn-realvideo"),
    (b"FLV\x01", "video/x-flv"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf2", "audio/mpeg"),
    (b"\xff\xf1", "audio/aac"),
    (b"\xff\xf9", "audio/aac"),
    (b"FUJIFILMCCD-RAW", recorded.RAW),
    (b"#!AMR", "audio/amr"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"Bud1", "application/x-ds-store"),
    (b"\x00\x00\x00\x01Bud1", "application/x-ds-store"),
    (b"\x00\x05\x16\x07", "application/x-appledouble"),
    (b"-----BEGIN PGP SIGNATURE", PGP_SIGNATURE),
    (b"-----BEGIN PGP MESSAGE", PGP_MESSAGE),
)
_PKCS7 = re.compile(
    rb"\x30[\x80-\x88\x00-\x7f].{0,8}?\x06(?:\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07[\x01-\x06]"
    rb"|\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01[\x09\x17]|\x0a\x2a\x81\x1c\xcf\x55\x06\x01\x04\x02[\x01-\x06])",
    re.DOTALL,
)
"""A CMS message (S/MIME): SEQUENCE, its length, then the number of its type; the last line is that of GM/T 0010."""
_RIFF = {b"WEBP": "image/webp", b"AVI ": "video/x-msvideo", b"WAVE": "audio/wav"}
_STREAMS = (
    ("EncryptedPackage", ENCRYPTED),
    ("WordDocument", "application/msword"),
    ("Workbook", "application/vnd.ms-excel"),
    ("Book", "application/vnd.ms-excel"),
    ("PowerPoint Document", "application/vnd.ms-powerpoint"),
    ("__properties_version1.0", "application/vnd.ms-outlook"),
    ("VisioDocument", "application/vnd.visio"),
    ("Catalog", THUMBNAILS),
    ("MM", WORKS),
    ("CONTENTS", WORKS),
)
"""Streams that tell a compound file's format; the first that is there decides."""
_PACKAGES = ((b"wordprocessingml", WORD), (b"presentationml", SLIDES), (b"spreadsheetml", SHEET))
_ROOTS = {"ofd.xml": "application/ofd", "uof.xml": UOF}
_FOLDERS = (("word/", WORD), ("ppt/", SLIDES), ("xl/", SHEET))
_FLAT = (
    (b"Word.Document", FLAT_WORD),
    (b"urn:schemas-microsoft-com:office:spreadsheet", FLAT_SHEET),
    (b":UOF", UOF),
)
_KEPT = frozenset({"message/partial", "message/external-body"})
"""Types that the octets cannot show: what they stand for is in another mail, or elsewhere."""
_MAILS = frozenset({"message/rfc822", "message/global", "message/news"})
_FIELD = re.compile(rb"\s*(?:from |[!-9;-~]+[ \t]*:)", re.IGNORECASE)
_TAG = re.compile(rb"<(!doctype\s+html|html|head|body|table|div|meta|p|span)\b", re.IGNORECASE)
_DRAWING = re.compile(
    rb"(?:<\?[^>]*>\s*|<!--(?:(?!-->).)*-->\s*|<!DOCTYPE svg[^>]*>\s*)*<svg[\s>]", re.DOTALL
)
_HEADER = re.compile(
    rb"^(from|to|cc|subject|date|message-id|mime-version|received|return-path|content-type|reply-to|"
    rb"delivered-to|x-mailer|content-transfer-encoding|x-qq-[a-z]+|dkim-signature|sender):",
    re.IGNORECASE | re.MULTILINE,
)
_PACKAGED = re.compile(
    rb"\[Content_Types\]\.xml|mimetype|(?:_rels|docProps|customXml|word|xl|ppt|META-INF|Doc_\d+)[/\\]|OFD\.xml",
    re.IGNORECASE,
)
"""The first name in a package that is a document, where its directory cannot be read."""
_ODF_TYPE = re.compile(rb"mimetype[^<]{0,40}?(application/vnd\.oasis\.opendocument\.[a-z-]+)")
"""The first entry of an ODF package; the same word stands at the root of a flat one."""
_TEXTS = {
    **dict.fromkeys((".csv", ".tsv", ".xls", ".xlsx", ".et"), "text/csv"),
    **dict.fromkeys((".htm", ".html"), "text/html"),
}
_ARCHIVE = re.compile(rb"^content-type:\s*multipart/related", re.IGNORECASE | re.MULTILINE)
"""A web page saved as one file, which Word also calls .doc: its whole header is two lines."""


def sniff(data: bytes, name: str = "", declared: str = "") -> str:
    """Say what the octets *data* are.

    Args:
        name: file name, "" if none. declared: media type the mail claims, "" if none.

    Returns:
        a media type in lower case; "application/octet-stream" where nothing fits. A document that is a ZIP inside
        (OOXML, ODF, OFD) has its own type, never that of an archive.
    """
    if not data:
        return EMPTY
    head = data[:HEAD]
    found = _by_magic(head) or _by_container(data) or _by_structure(data)
    if found:
        return recorded.RAW if found == "image/tiff" and recorded.is_raw(name) else found
    if declared.lower().startswith("message/") and (mail := _stated_mail(head, declared.lower())):
        return mail
    stated = declared.lower().startswith("text/") or name.lower().endswith((".txt", *_TEXTS))
    if charset.looks_like_text(data, stated=stated):
        return _text(head, name.lower(), declared.lower())
    return BINARY


def _stated_mail(head: bytes, declared: str) -> str:
    """A mail that says so, be it binary; of a mail in pieces only the first begins as one; "" for other messages."""
    if declared in _MAILS and _FIELD.match(head):
        return "message/rfc822"
    if declared == "message/partial" and _looks_like_mail(head, "", declared):
        return "message/rfc822"
    return declared if declared in _KEPT else ""


def _by_magic(head: bytes) -> str:
    for magic, media_type in _MAGIC:
        if head.startswith(magic):
            return media_type
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12], BINARY)
    if b"%PDF-" in head[:1024]:
        return "application/pdf"
    return recorded.by_atoms(head)


def _by_container(data: bytes) -> str:
    if data.startswith(ole.MAGIC):
        return _compound(data)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _zip(data)
    return "application/pkcs7-mime" if _PKCS7.match(data) else ""


def _compound(data: bytes) -> str:
    compound = ole.Compound(data)
    names = set(compound.names)
    for known in (
        compound.paths,
        names,
    ):  # what stands at the root first: a mail may hold a document, and the reverse
        for stream, media_type in _STREAMS:
            if stream in known:
                return media_type
    if any(name.startswith("__substg1.0_") for name in names):
        return "application/vnd.ms-outlook"
    return OBJECT


def _zip(data: bytes) -> str:
    """Tell the documents that are packages from archives, by what they say or else by their folders."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()[:MAX_DIRECTORY]
            inner = data.startswith(b"PK\x03\x04") and entries and min(one.header_offset for one in entries)
            if inner:  # the directory is that of a member: the archive's own was cut off
                return "application/zip"
            return _package(archive, [entry.filename for entry in entries])
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        if not _PACKAGED.match(data, 30):  # not the first member of a package: an archive that holds one
            return "application/zip"
        if b"[Content_Types].xml" in data[:HEAD] or b"word/" in data[:HEAD]:
            return next((kind for folder, kind in _FOLDERS if folder.encode() in data), WORD)
        stated = _ODF_TYPE.search(data[:HEAD])
        if stated:
            return stated[1].decode()
        return "application/zip"


def _package(archive: zipfile.ZipFile, names: list[str]) -> str:
    folded = {name.replace("\\", "/").lstrip("/").lower(): name for name in names}
    for name, media_type in _ROOTS.items():
        if name in folded:
            return media_type
    if "mimetype" in folded:
        stated = _small(archive, folded["mimetype"]).decode("ascii", "ignore").strip()
        if stated.startswith("application/"):
            return stated
    if "[content_types].xml" in folded:
        if "xl/workbook.bin" in folded:
            return SHEET_BINARY
        return _office(_small(archive, folded["[content_types].xml"]), list(folded))
    if "androidmanifest.xml" in folded or ("meta-inf/manifest.mf" in folded and _has_classes(folded)):
        return "application/java-archive"
    return "application/zip"


def _office(types: bytes, names: list[str]) -> str:
    for word, media_type in _PACKAGES:
        if word in types:
            return media_type
    for folder, media_type in _FOLDERS:
        if any(name.startswith(folder) for name in names):
            return media_type
    return "application/zip"


def _has_classes(names: dict[str, str]) -> bool:
    return any(name.endswith(".class") for name in names)


def _small(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        with archive.open(name) as stream:
            return stream.read(_MAX_TYPES)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError, NotImplementedError):
        return b""


def _by_structure(data: bytes) -> str:
    """Recognise what has no magic number at its start: tar by its checksum, BMP by its size."""
    if len(data) >= 512 and (data[257:262] == b"ustar" or _tar_sum(data[:512])):
        return "application/x-tar"
    if (
        data.startswith(b"BM")
        and data[6:10] == bytes(4)
        and data[14:18] in {b"\x28\0\0\0", b"\x0c\0\0\0", b"\x6c\0\0\0", b"\x7c\0\0\0"}
    ):
        return "image/bmp"
    if re.match(rb"-lh[0-7d]-", data[2:7]):
        return "application/x-lzh-compressed"
    if data[40:44] == b" EMF":
        return "image/emf"
    if data[32769:32774] == b"CD001":
        return "application/x-iso9660-image"
    return ""


def _tar_sum(header: bytes) -> bool:
    stated = header[148:156].strip(b" \x00")
    if not header[0] or not re.fullmatch(rb"[0-7]+", stated):
        return False
    return int(stated, 8) == sum(header) - sum(header[148:156]) + 8 * 0x20


# ---------------------------------------------------------------- texts: here the name and the declared type count


def _text(head: bytes, name: str, declared: str) -> str:
    start = head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    plain = start.replace(b"\x00", b"") if b"\x00" in start else start
    stated = _told(plain)
    if stated:
        return stated
    suffix = PurePosixPath(name.replace("\\", "/")).suffix
    if declared == "message/rfc822" or _looks_like_mail(plain, suffix, declared):
        return "message/rfc822"
    if _TAG.search(plain) and (
        plain.startswith((b"<", b"&")) or suffix in {".htm", ".html"} or declared == "text/html"
    ):
        return "text/html"
    if declared in {"text/html", "text/csv"} and suffix not in _TEXTS:
        return declared
    return _TEXTS.get(suffix, "text/plain")


def _told(head: bytes) -> str:
    """Give the type that a text names itself (documents that are one XML file, calendars), "" if it names none."""
    if head.startswith(b"BEGIN:VCALENDAR"):
        return "text/calendar"
    if _DRAWING.match(head):
        return "image/svg+xml"
    if not head.startswith((b"<?xml", b"<Workbook")):
        return ""
    stated = _ODF_TYPE.search(head) if b"<office:document" in head else None
    return stated[1].decode() if stated else next((kind for word, kind in _FLAT if word in head), "")


def _looks_like_mail(head: bytes, suffix: str, declared: str) -> bool:
    """A block of mail headers stands at the start; a text that says it is one needs the name of a mail too."""
    if declared.startswith("text/") and suffix not in {".eml", ".mht", ".mhtml"}:
        return False
    block = re.split(rb"\r?\n\r?\n", re.sub(rb"\A>?From .*\r?\n", b"", head), maxsplit=1)[0]
    if not re.match(rb"[!-9;-~]+:", block):
        return False
    found = {match[1].lower() for match in _HEADER.finditer(block)}
    whole = suffix in {".eml", ".mht", ".mhtml", ".xls"} or bool(
        _ARCHIVE.search(block)
    )  # Excel's web page in one file
    needed = 2 if whole else 3
    return len(found) >= needed and bool(
        found & {b"from", b"received", b"message-id", b"mime-version", b"date"}
    )
