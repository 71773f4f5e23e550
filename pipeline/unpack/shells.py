"""Files inside a shell that the format of the outer octets does not show.

Purpose: `inside()` says what a part holds that is sniffed as a program, a text or nothing known: a self-extracting archive, a
    zip behind foreign octets, a file written as text (base64, uuencode, BinHex). `read_text()` opens the first two of the
    texts, `archive_of()` finds the archive in a program; BinHex goes to foreign.py.
Source: APPNOTE 6.3.10 section 4.1.9 (self-extracting zips); https://www.rarlab.com/technote.htm (a module stands before the
    signature); 7zFormat.txt (signature header); RFC 4648 section 4; RFC 1741. Mail programs lose the
    Content-Transfer-Encoding of a part, and what arrives is its base64.
Limits: nothing is run. A signature counts with a header behind it that can be true, within MAX_MODULE octets; base64 counts
    where it is the whole file and begins as a document, a picture or an archive does.
"""

from __future__ import annotations

import binascii
import re
from pathlib import PurePosixPath

import pybase64

from pipeline import charsets, uuencode
from pipeline.records import Code
from pipeline.unpack.limits import MAX_MEMBERS, Member, Opened, Refused, too_big

SELF_EXTRACTING = "application/x-self-extracting"
BINHEX = "application/mac-binhex40"
BASE64 = "application/x-base64"
UUENCODED = "text/x-uuencode"
TEXTS = frozenset({BASE64, UUENCODED})
"""Media types that `read_text()` takes."""
MAX_MODULE = 2 * 1024**2
"""Octets of a self-extracting program in front of its archive; those of WinRAR and 7-Zip have half a megabyte."""
MAX_OCTETS = 96 * 1024**2
"""Octets of a text that is looked at as a file; no mail carries as much."""

_HEAD = 4_096
_END = 66_000  # octets at the end of a zip where its end record stands: 22 and a comment of 65,535
_PROGRAM, _UNKNOWN, _PLAIN = "application/x-msdownload", "application/octet-stream", "text/plain"
_EMBEDDED = re.compile(
    rb"(?P<rar>Rar!\x1a\x07(?:\x00.{2}\x73|\x01\x00.{4}[\x02-\x7f]\x01))|7z\xbc\xaf\x27\x1c\x00[\x02-\x05]",
    re.DOTALL,
)
_BINHEX = re.compile(rb"\s*\(This file must be converted with BinHex[^\r\n]{0,80}\)\s+:")
_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} [^\r\n]{1,1000}\r?\n", re.MULTILINE)
_MAGIC = re.compile(
    rb"\s*(?:UEsDB|JVBERi0|0M8R4KGxGuE|/9j/[24]|iVBORw0KGgo|R0lGODlh|UmFyIRoH|N3q8ryc|H4sI|e1xydGY)[A-Za-z0-9+/\r\n]{60}"
)
"""First letters of what units send, in base64: zip and office, PDF, Word, JPEG, PNG, GIF, rar, 7z, gzip, RTF."""
_LETTERS = re.compile(rb"[A-Za-z0-9+/\s]*+=?\s*=?\s*\Z")
_OTHERS = bytes(
    octet for octet in range(256) if not (chr(octet).isalnum() and octet < 128) and octet not in b"+/"
)
_UU_NAMES = (".uue", ".uu")
_SHELL = "自解压程序（.exe），没有运行；里面的压缩包已当作普通压缩包解开，请核对"


def inside(data: bytes, name: str, media_type: str) -> str:
    """Say what *data* is, sniffed as *media_type*: one of the types above, application/zip, or *media_type* as it is."""
    if media_type == _PROGRAM:
        return SELF_EXTRACTING if archive_of(data) else media_type
    if media_type == _UNKNOWN:
        return "application/zip" if _is_zip(data) else media_type
    if media_type != _PLAIN or len(data) > MAX_OCTETS:
        return media_type
    if _BINHEX.match(data):
        return BINHEX
    if _MAGIC.match(data[:_HEAD]) and _LETTERS.match(data):
        return BASE64
    uuencoded = name.lower().endswith(_UU_NAMES) and _BEGIN.search(data, 0, _HEAD)
    return UUENCODED if uuencoded else media_type


def archive_of(data: bytes) -> tuple[str, bytes] | None:
    """The archive in the self-extracting program *data*: (media type, octets); None where there is none."""
    found = _EMBEDDED.search(data, 0, MAX_MODULE)
    if found:
        kind = "application/vnd.rar" if found["rar"] else "application/x-7z-compressed"
        return kind, data[found.start() :]
    return ("application/zip", data) if _is_zip(data) else None


def told_of_program(opened: Opened) -> Opened:
    """Add to what was *opened* that it came in a program."""
    shell = Refused(code=Code.EXECUTABLE, why=_SHELL)
    return Opened(members=opened.members, refused=(shell, *opened.refused), note=opened.note)


def read_text(data: bytes, media_type: str, name: str) -> Opened:
    """Read the files that stand in the text *data*: one in base64, called *name*, or those that are uuencoded."""
    if media_type == BASE64:
        return _base64(data, name)
    members: list[Member] = []
    for file in uuencode.cut_out(data)[1][:MAX_MEMBERS]:
        fault = "" if file.whole else "uuencode 文件没有结束行，内容可能不完整"
        members.append(Member(name=file.name, text=charsets.decode(file.name), data=file.data, fault=fault))
    return Opened(members=tuple(members))


def _base64(data: bytes, name: str) -> Opened:
    letters = b"".join(data.split())
    own = PurePosixPath(name.replace("\x00", "")).name or "附件"
    if len(letters) > MAX_OCTETS:
        return Opened(refused=(too_big(b"", own),))
    try:
        octets, fault = pybase64.b64decode(letters, validate=True), ""
    except (binascii.Error, ValueError):
        bare = letters.translate(None, _OTHERS)
        bare = bare[: len(bare) - (len(bare) % 4 == 1)]
        octets = pybase64.b64decode(bare + b"=" * (-len(bare) % 4))
        fault = "base64 编码不完整，内容可能不完整"
    return Opened(members=(Member(name=b"", text=own, data=octets, fault=fault),))


def _is_zip(data: bytes) -> bool:
    """Say whether the end record of a zip stands at the end of *data*, and members before it."""
    return data.find(b"PK\x05\x06", max(0, len(data) - _END)) > 0 and data.find(b"PK\x03\x04") >= 0
