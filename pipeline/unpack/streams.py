"""Single compressed files: .gz, .bz2, .xz, and tar inside them.

Purpose: `read_stream()`: the one file, or the members of the tar that it is.
Source: RFC 1952 section 2.3 (the name in a gzip header).
Limits: those of limits.py. A cut stream gives what came before the cut.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath

from pipeline.records import Code
from pipeline.unpack import inflate
from pipeline.unpack.limits import Budget, Member, Opened, Refused, too_big
from pipeline.unpack.tars import is_tar, read_tar

_CUT = "压缩流中断或损坏，只读出前面一段"
_SUFFIXES = {
    ".gz": "",
    ".bz2": "",
    ".xz": "",
    ".tgz": ".tar",
    ".tbz": ".tar",
    ".tbz2": ".tar",
    ".txz": ".tar",
}


def read_stream(data: bytes, media_type: str, name: str) -> Opened:
    """Read the compressed file *data* of *media_type*, whose own *name* is the second choice for its member's."""
    got = inflate.open_stream(data, media_type, Budget(packed=len(data)).room(len(data)))
    if got.over:
        return Opened(refused=(too_big(_inner_name(data, media_type, name)),))
    cut = () if got.complete else (Refused(code=Code.DAMAGED, why=_CUT),)
    if is_tar(got.data):
        opened = read_tar(got.data)
        return replace(opened, refused=opened.refused + cut)
    if not got.data and cut:
        return Opened(refused=cut)
    inner = Member(
        name=_inner_name(data, media_type, name), data=got.data, fault="" if got.complete else _CUT
    )
    return Opened(members=(inner,), refused=cut, unix=True)


def _inner_name(data: bytes, media_type: str, name: str) -> bytes:
    stated = _stated_name(data) if media_type == "application/gzip" else b""
    path = PurePosixPath(name.replace("\x00", ""))
    suffix = _SUFFIXES.get(path.suffix.lower())
    return stated or (path.stem + (suffix or "") if suffix is not None else path.name).encode(
        "utf-8", "replace"
    )


def _stated_name(data: bytes) -> bytes:
    """The FNAME of a gzip header, b"" if there is none."""
    if len(data) < 12 or not data[3] & 0x08:
        return b""
    start = 12 + int.from_bytes(data[10:12], "little") if data[3] & 0x04 else 10
    end = data.find(b"\x00", start, start + 1_024)
    return data[start:end] if end > start else b""
