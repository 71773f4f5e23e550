"""Files that stand uuencoded inside a text.

Purpose: `cut_out()` takes them out of a text body; `from_uuencode()` reads a part whose transfer encoding this is.
Source: POSIX.1-2017, uuencode (both its forms). Beyond it, as mails really are: lines that lost their trailing blanks or
    got a checksum, files without end because the mail was cut.
Limits: a text that only speaks of "begin" stays text: a file needs lines of the right length, and its end or the end of the
    text. Of one text MAX_FILES. Linear time, never raises.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass

import pybase64

MAX_FILES = 500
"""Files of one text that are taken out; programs that sent them so put in a handful."""
SURE = 2
"""Lines of exactly the right length that show a file which has no end."""

_BEGIN = re.compile(rb"^begin(-base64)? [0-7]{3,4} ([^\r\n]{1,1000})(?:\r?\n|\Z)", re.MULTILINE)
_LINE = re.compile(rb"([\x20-\x60]*)\r?(?:\n|\Z)")
_END = re.compile(rb"[` \t]*\r?\n(?:[ \t]*\r?\n)?end[ \t]*\r?(?:\n|\Z)|end[ \t]*\r?(?:\n|\Z)")
_BASE64 = re.compile(rb"((?:[A-Za-z0-9+/]{1,200}={0,2}[ \t]*+\r?\n)*+)====[ \t]*\r?(?:\n|\Z)")


@dataclass(frozen=True, kw_only=True)
class File:
    """One uuencoded file: its name as it stands, its octets; whole: its end was there."""

    name: bytes
    data: bytes
    whole: bool


def cut_out(octets: bytes) -> tuple[bytes, tuple[File, ...]]:
    """Return (the text *octets* without the files in it, these files in their order)."""
    kept: list[bytes] = []
    files: list[File] = []
    position = search = 0
    while len(files) < MAX_FILES and (begin := _BEGIN.search(octets, search)):
        search = begin.end()
        found = _base64(octets, begin) if begin[1] else _lines(octets, begin)
        if found:
            file, search = found
            files.append(file)
            kept.append(octets[position : begin.start()])
            position = search
    return (b"".join([*kept, octets[position:]]), tuple(files)) if files else (octets, ())


def from_uuencode(octets: bytes) -> tuple[bytes, str]:
    """Decode the first uuencoded file in *octets*; (octets as they are, why) if there is none."""
    begin = _BEGIN.search(octets)
    if begin is None:
        return octets, "uuencode 编码缺少 begin 行，按原样保存"
    if begin[1]:
        found = _base64(octets, begin)
        return (found[0].data, "") if found else (octets, "uuencode 编码没有结束行，按原样保存")
    decoded: list[bytes] = []
    for line in octets[begin.end() :].splitlines():
        if line.strip() in (b"end", b"`", b""):
            break
        decoded.append(_decoded(line))
    return b"".join(decoded), ""


def _lines(octets: bytes, begin: re.Match[bytes]) -> tuple[File, int] | None:
    """The file whose lines follow *begin*, and where the text goes on; None where no file follows."""
    decoded: list[bytes] = []
    position, exact = begin.end(), 0
    ended = None
    while position < len(octets) and not (ended := _END.match(octets, position)):
        line = _LINE.match(octets, position)
        if line is None or not line[1] or len(line[1]) > _needed(line[1]) + 1:
            break
        exact += len(line[1]) >= _needed(line[1])
        decoded.append(_decoded(line[1]))
        position = line.end()
    data = b"".join(decoded)
    if not decoded or not (ended or exact >= SURE):
        return None
    return File(name=begin[2].strip(), data=data, whole=bool(ended)), ended.end() if ended else position


def _base64(octets: bytes, begin: re.Match[bytes]) -> tuple[File, int] | None:
    """The file in base64 that follows *begin*, and where the text goes on; None where none follows."""
    found = _BASE64.match(octets, begin.end())
    try:
        data = pybase64.b64decode(b"".join(found[1].split()), validate=True) if found else b""
    except (binascii.Error, ValueError):
        return None
    return (File(name=begin[2].strip(), data=data, whole=True), found.end()) if found else None


def _needed(line: bytes) -> int:
    """Characters that a line has which states its own length."""
    return 1 + ((line[0] - 32) & 63) // 3 * 4 + (4 if ((line[0] - 32) & 63) % 3 else 0)


def _decoded(line: bytes) -> bytes:
    """One line; a line that lost its trailing blanks, or has too many, is forgiven."""
    needed = _needed(line)
    try:
        return binascii.a2b_uu(line[:needed].ljust(needed))
    except binascii.Error:
        return b""
