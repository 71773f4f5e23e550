"""Archives that only a foreign program opens: rar, 7z and older ones; and what zlib cannot do for others.

Purpose: `read_foreign()` for whole archives; `inflate_foreign()` for members of zip packed by rarer methods; `decompress()`
    for .Z and .zst files.
Source: unar(1) and lsar(1) 1.10, bsdtar(1) and bsdcat(1) of libarchive 3.6; measured: unar knows passwords, volumes and
    checksums; bsdtar opens solid RAR 5 that unar cannot, and never compares a checksum, so it comes second and what it
    gives is compared here.
Limits: needs the abilities "unar", "bsdtar" or "bsdcat". bsdtar writes a tar on its standard output, so that no name becomes
    a path, and gets only formats that their first octets prove: from a text, libarchive would make an mtree, which names
    files of this machine.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from pipeline import tools
from pipeline.records import Code
from pipeline.unpack.limits import LINK, Opened, Refused, seconds, too_many
from pipeline.unpack.listing import BROKEN, MEGABYTES, checksums
from pipeline.unpack.tars import read_tar
from pipeline.unpack.unar import read_unar

MEDIA_TYPES = {
    "application/vnd.rar": "a.rar",
    "application/x-7z-compressed": "a.7z",
    "application/vnd.ms-cab-compressed": "a.cab",
    "application/x-lzh-compressed": "a.lzh",
    "application/x-arj": "a.arj",
    "application/mac-binhex40": "a.hqx",
}
"""Media types that these programs open, and the name they get each under."""
STREAMS = {"application/x-compress": "a.Z", "application/zstd": "a.zst"}
"""Media types of single compressed files that bsdcat opens."""

_BY_TAR = frozenset(
    {"application/vnd.rar", "application/x-7z-compressed", "application/vnd.ms-cab-compressed"}
)
_PROGRAMS = dict.fromkeys((1, 2, 3, 4, 5, 6, 9, 96, 97, 98), "unar") | dict.fromkeys((20, 93), "bsdtar")
"""Method of zip (APPNOTE 6.3.10 section 4.4.5) to the program that knows it: shrunk, reduced, imploded, Deflate64, Zstandard,
JPEG, WavPack, PPMd."""
_METHOD_FLAGS = 0x6  # dictionary and trees of imploded members, end mark of LZMA
_NO_PROGRAM = "本机没有能解开这种压缩包的程序（unar、bsdtar），请人工解开"
_UNSURE = "解压程序报告压缩包有错，内容请核对"
_UNPROVEN = "校验和没有核对（本机没有 unar），内容请核对"


def read_foreign(
    files: Sequence[bytes], media_type: str, passwords: tuple[str, ...], abilities: tuple[str, ...]
) -> Opened:
    """Read all members of an archive, trying *passwords* where it wants one.

    Args:
        files: the octets of the archive; of a rar in volumes, those of each volume in order.
    """
    second = "bsdtar" in abilities and len(files) == 1 and media_type in _BY_TAR
    name = MEDIA_TYPES[media_type]
    if "unar" not in abilities:
        if not second:
            return Opened(refused=(Refused(code=Code.UNSUPPORTED, why=_NO_PROGRAM),))
        opened = _by_tar(files[0], name)
        unproven = Refused(code=Code.UNSUPPORTED, why=_UNPROVEN)
        return replace(opened, refused=(*opened.refused, unproven)) if opened.members else opened
    named = [(name, files[0])] if len(files) == 1 else _volumes(files)
    opened = read_unar(named, passwords)
    if not second or not any(_hopeful(refusal) for refusal in opened.refused):
        return opened
    other = _by_tar(files[0], name)
    sums = checksums(named) if other.members else frozenset()
    proven = [
        member if zlib.crc32(member.data) in sums else replace(member, fault=member.fault or _UNSURE)
        for member in other.members
    ]
    other = replace(other, members=tuple(proven))
    return other if _sound(other) > _sound(opened) else opened


class Packed(NamedTuple):
    """A member of a zip in clear, still packed: flags and method as in its header, its checksum and size."""

    flags: int
    method: int
    octets: bytes
    crc: int
    size: int


def program(method: int) -> str:
    """The ability that inflates members of zip packed by *method*, "" if none does."""
    return _PROGRAMS.get(method, "")


def inflate_foreign(packed: Sequence[Packed], abilities: tuple[str, ...]) -> dict[int, bytes]:
    """Inflate members of a zip.

    Returns:
        place in *packed* to its octets, as far as a program of *abilities* could read them and their checksum is right.
    """
    found: dict[int, bytes] = {}
    for name in ("unar", "bsdtar"):
        places = [place for place, item in enumerate(packed) if program(item.method) == name]
        if not places or name not in abilities:
            continue
        archive = _zip([(str(place), packed[place]) for place in places])
        opened = read_unar([("a.zip", archive)], ()) if name == "unar" else _by_tar(archive, "a.zip")
        for member in opened.members:
            place = member.text or member.name.decode("ascii", "replace")
            if place.isdecimal() and zlib.crc32(member.data) == packed[int(place)].crc:
                found[int(place)] = member.data
    return found


def decompress(data: bytes, media_type: str) -> tuple[bytes, bool, bool]:
    """Inflate a file of STREAMS: (octets, True if all went well, True if it would be too big)."""
    name = STREAMS[media_type]
    result = tools.run(
        ["bsdcat", name], inputs=[(name, data)], seconds=seconds(len(data)), megabytes=MEGABYTES
    )
    return result.out, result.ok, result.overrun


def _by_tar(data: bytes, name: str) -> Opened:
    """Have bsdtar write the archive as a tar and read that."""
    result = tools.run(
        ["bsdtar", "-cf", "-", "--format", "pax", f"@{name}"],
        inputs=[(name, data)],
        seconds=seconds(len(data)),
        megabytes=MEGABYTES,
    )
    opened = read_tar(result.out, packed=len(data)) if result.out else Opened()
    if result.overrun:
        return replace(opened, refused=(*opened.refused, too_many()))
    if result.ok:
        return opened
    said = result.error.decode("utf-8", "replace")
    if "ncrypt" in said or "assphrase" in said:
        return replace(opened, refused=(Refused(code=Code.ENCRYPTED, why=_NO_PROGRAM),))
    return replace(opened, refused=(Refused(code=Code.DAMAGED, why=BROKEN),))


def _hopeful(refusal: Refused) -> bool:
    """True of a refusal that another program may not share."""
    return refusal.code in (Code.DAMAGED, Code.UNSUPPORTED) and refusal.why != LINK


def _sound(opened: Opened) -> int:
    return sum(not member.fault for member in opened.members)


def _volumes(files: Sequence[bytes]) -> list[tuple[str, bytes]]:
    """Names of ours by which unar finds the volumes."""
    return [(f"a.part{number}.rar", data) for number, data in enumerate(files, 1)]


def _zip(members: Sequence[tuple[str, Packed]]) -> bytes:
    """A zip of members that are packed already, under names of ours."""
    body, directory = bytearray(), bytearray()
    for name, item in members:
        flags = item.flags & _METHOD_FLAGS
        sizes = (item.crc, len(item.octets), item.size, len(name), 0)
        fields = struct.pack("<5H3L2H", 63, flags, item.method, 0, 0x21, *sizes)
        directory += (
            b"PK\x01\x02\x3f\x00" + fields + struct.pack("<3H2L", 0, 0, 0, 0, len(body)) + name.encode()
        )
        body += b"PK\x03\x04" + fields + name.encode() + item.octets
    counts = (0, 0, len(members), len(members), len(directory), len(body), 0)
    return bytes(body + directory + struct.pack("<4s4H2LH", b"PK\x05\x06", *counts))
