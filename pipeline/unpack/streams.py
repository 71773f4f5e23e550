"""Single compressed files: .gz, .bz2, .xz, .Z, .zst, and tar inside them.

Purpose: `read_stream()`: the one file, or the members of the tar that it is.
Source: RFC 1952 section 2.3 (the name in a gzip header).
Limits: those of limits.py. A cut stream gives what came before the cut.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath

from pipeline.records import Code
from pipeline.unpack import foreign, inflate
from pipeline.unpack.limits import FREE, MAX_MEMBER, MAX_RATIO, MAX_TOTAL, Member, Opened, Refused, too_big
from pipeline.unpack.tars import is_tar, read_tar

MEDIA_TYPES = frozenset({"application/gzip", "application/x-bzip2", "application/x-xz", *foreign.STREAMS})
"""Media types that `read_stream()` takes."""

_CUT = "压缩流中断或损坏，只读出前面一段"
_NO_PROGRAM = "本机没有能解开这种压缩文件的程序（bsdcat），请人工解开"
_SUFFIXES = dict.fromkeys((".gz", ".bz2", ".xz", ".z", ".zst"), "") | dict.fromkeys(
    (".tgz", ".tbz", ".tbz2", ".txz", ".taz", ".tzst"), ".tar"
)


def read_stream(data: bytes, media_type: str, name: str, abilities: tuple[str, ...]) -> Opened:
    """Read the compressed file *data* of *media_type*, whose own *name* is the second choice for its member's."""
    inner = _inner_name(data, media_type, name)
    if media_type in foreign.STREAMS and "bsdcat" not in abilities:
        return Opened(refused=(Refused(code=Code.UNSUPPORTED, why=_NO_PROGRAM),))
    got = _inflated(data, media_type)
    if got.over:
        return Opened(refused=(too_big(inner),))
    cut = () if got.complete else (Refused(code=Code.DAMAGED, why=_CUT),)
    if is_tar(got.data):
        opened = read_tar(got.data)
        return replace(opened, refused=opened.refused + cut)
    if not got.data and cut:
        return Opened(refused=cut)
    if len(got.data) > MAX_MEMBER:
        return Opened(refused=(too_big(inner),))
    fault = "" if got.complete else _CUT
    return Opened(members=(Member(name=inner, data=got.data, fault=fault),), refused=cut)


def _inflated(data: bytes, media_type: str) -> inflate.Inflated:
    room = min(MAX_TOTAL, max(FREE, len(data) * MAX_RATIO))
    if media_type not in foreign.STREAMS:
        return inflate.open_stream(data, media_type, room)
    octets, well, over = foreign.decompress(data, media_type)
    return inflate.Inflated(data=octets, complete=well, over=over or len(octets) > room)


def _inner_name(data: bytes, media_type: str, name: str) -> bytes:
    stated = _stated_name(data) if media_type == "application/gzip" else b""
    path = PurePosixPath(name.replace("\x00", ""))
    suffix = _SUFFIXES.get(path.suffix.lower())
    own = path.name if suffix is None else path.stem + suffix
    return stated or own.encode("utf-8", "replace")


def _stated_name(data: bytes) -> bytes:
    """The FNAME of a gzip header, b"" if there is none."""
    if len(data) < 12 or not data[3] & 0x08:
        return b""
    start = 12 + int.from_bytes(data[10:12], "little") if data[3] & 0x04 else 10
    end = data.find(b"\x00", start, start + 1_024)
    return data[start:end] if end > start else b""
