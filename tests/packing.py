"""Archives made by hand, as no program would write them: names of any octets, links, lies, volumes.

Source: APPNOTE 6.3.10; https://www.rarlab.com/technote.htm (RAR 5.0 archive format); [MS-CAB]; the LHA header of level 0.
"""

from __future__ import annotations

import io
import struct
import subprocess
import tarfile
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple


class Raw(NamedTuple):
    """One entry of a zip as it shall stand there."""

    name: bytes
    data: bytes
    method: int = 0
    flags: int = 0
    size: int | None = None
    crc: int | None = None
    system: int = 0
    mode: int = 0
    extra: bytes = b""
    disk: int = 0
    offset: int | None = None


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An honest zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def raw_zip(*entries: Raw) -> bytes:
    """A zip of *entries*, whose data are packed already; a stated offset shares the octets of another entry."""
    body, directory = bytearray(), bytearray()
    for entry in entries:
        size = len(entry.data) if entry.size is None else entry.size
        crc = zlib.crc32(entry.data) if entry.crc is None else entry.crc
        fields = struct.pack(
            "<5H3L2H",
            *(
                20,
                entry.flags,
                entry.method,
                0,
                33,
                crc,
                len(entry.data),
                size,
                len(entry.name),
                len(entry.extra),
            ),
        )
        offset = len(body) if entry.offset is None else entry.offset
        if entry.offset is None:
            body += b"PK\x03\x04" + fields + entry.name + entry.extra + entry.data
        where = struct.pack("<3H2L", 0, entry.disk, 0, entry.mode << 16, offset)
        directory += b"PK\x01\x02" + bytes((20, entry.system)) + fields + where + entry.name + entry.extra
    counts = (0, 0, len(entries), len(entries), len(directory), len(body), 0)
    return bytes(body + directory + struct.pack("<4s4H2LH", b"PK\x05\x06", *counts))


def split_zip(members: Sequence[tuple[str, bytes]], size: int) -> list[bytes]:
    """A zip in volumes of at most *size* octets: the last one, x.zip, holds the directory (section 8)."""
    body, directory = bytearray(b"PK\x07\x08"), bytearray()
    for text, data in members:
        name = text.encode()
        crc = zlib.crc32(data)
        fields = struct.pack("<5H3L2H", 20, 0x800, 0, 0, 33, crc, len(data), len(data), len(name), 0)
        disk, offset = divmod(len(body), size)
        directory += b"PK\x01\x02\x14\x00" + fields + struct.pack("<3H2L", 0, disk, 0, 0, offset) + name
        body += b"PK\x03\x04" + fields + name + data
    disk, offset = divmod(len(body), size)
    counts = (disk, disk, len(members), len(members), len(directory), offset, 0)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", *counts)
    pieces = [bytes(body[start : start + size]) for start in range(0, disk * size, size)]
    return [*pieces, bytes(body[disk * size :]) + bytes(directory) + end]


def cut(data: bytes, count: int) -> list[bytes]:
    """Octets in *count* pieces, as x.zip.001 and its like are made."""
    step = -(-len(data) // count)
    return [data[start : start + step] for start in range(0, len(data), step)]


def deflated(data: bytes) -> bytes:
    """Octets as method 8 wants them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def tarred(*members: tuple[str, bytes], links: Sequence[tuple[str, bytes, str]] = ()) -> bytes:
    """A tar of files, then of links and the like: (name, type as tarfile has it, where it leads)."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, kind, target in links:
            link = tarfile.TarInfo(name)
            link.type, link.linkname = kind, target
            archive.addfile(link)
        for name, data in members:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


def by_bsdtar(folder: Path, tar: bytes, *options: str) -> bytes:
    """What bsdtar makes of the members of *tar*: --format 7zip, --format zip --options zip:encryption=aes256 …"""
    (folder / "in.tar").write_bytes(tar)
    subprocess.run(["bsdtar", "-cf", "made", *options, "-P", "@in.tar"], cwd=folder, check=True)
    return (folder / "made").read_bytes()


def locked(folder: Path, password: str, *members: tuple[str, bytes], encryption: str = "aes256") -> bytes:
    """A zip with a password, as libarchive writes it: "zipcrypt", "aes128" or "aes256"."""
    for name, data in members:
        (folder / name).write_bytes(data)
    options = ("--format", "zip", "--options", f"zip:encryption={encryption}", "--passphrase", password)
    names = [name for name, _ in members]
    subprocess.run(["bsdtar", "-cf", "made", *options, *names], cwd=folder, check=True)
    return (folder / "made").read_bytes()


def cab(*members: tuple[bytes, bytes]) -> bytes:
    """A cabinet of one folder without compression."""
    files, data = bytearray(), bytearray()
    for name, octets in members:
        files += struct.pack("<2L4H", len(octets), len(data), 0, 0x5800, 0, 0x20) + name + b"\x00"
        data += octets
    start = 36 + 8
    head = struct.pack(
        "<4sLLLLLBBHHHHH",
        *(b"MSCF", 0, start + len(files) + 8 + len(data), 0, start, 0, 3, 1, 1, len(members), 0, 0, 0),
    )
    folder = struct.pack("<LHH", start + len(files), 1, 0)
    return head + folder + bytes(files) + struct.pack("<LHH", 0, len(data), len(data)) + bytes(data)


def lha(*members: tuple[bytes, bytes]) -> bytes:
    """An LHA archive without compression, headers of level 0."""
    out = bytearray()
    for name, data in members:
        inner = b"-lh0-" + struct.pack("<3LBB", len(data), len(data), 0, 0x20, 0)
        inner += bytes([len(name)]) + name + struct.pack("<H", _crc16(data))
        out += bytes([len(inner), sum(inner) & 0xFF]) + inner + data
    return bytes(out) + b"\x00"


def rar(
    *members: tuple[str, bytes],
    links: Sequence[tuple[str, str]] = (),
    sizes: Mapping[str, int] | None = None,
) -> bytes:
    """A RAR 5 without compression, links of Unix first: (name, where it leads); *sizes* are lies, by name."""
    out = _SIGNATURE + _block(1, 0, _vint(0))
    for name, target in links:
        out += _rar_file(name, b"", target=target)
    for name, data in members:
        out += _rar_file(name, data, size=(sizes or {}).get(name, -1))
    return out + _block(5, 4, _vint(0))


def rar_volumes(name: str, data: bytes, count: int) -> list[bytes]:
    """One file in a RAR 5 of *count* volumes."""
    step = -(-len(data) // count)
    volumes = []
    for number in range(count):
        piece = data[number * step : (number + 1) * step]
        last = number == count - 1
        head = _vint(3 if number else 1) + (_vint(number) if number else b"")
        split = (8 if number else 0) | (0 if last else 16)
        crc = zlib.crc32(data if last else piece)
        file = _rar_file(name, piece, split=split, size=len(data), crc=crc)
        volumes.append(_SIGNATURE + _block(1, 0, head) + file + _block(5, 4, _vint(0 if last else 1)))
    return volumes


_SIGNATURE = b"Rar!\x1a\x07\x01\x00"


def _rar_file(
    name: str, data: bytes, *, target: str = "", split: int = 0, size: int = -1, crc: int = -1
) -> bytes:
    octets = name.encode()
    extra = b""
    if target:
        record = _vint(5) + _vint(1) + _vint(0) + _vint(len(target.encode())) + target.encode()
        extra = _vint(len(record)) + record
    fields = _vint(4) + _vint(len(data) if size < 0 else size) + _vint(0o100644 if not target else 0o120777)
    fields += struct.pack("<L", zlib.crc32(data) if crc < 0 else crc) + _vint(0) + _vint(1)
    fields += _vint(len(octets)) + octets
    return _block(2, 2 | split, fields, extra=extra, size=len(data)) + data


def _block(kind: int, flags: int, fields: bytes, *, extra: bytes = b"", size: int | None = None) -> bytes:
    head = _vint(kind) + _vint(flags | bool(extra))
    head += (_vint(len(extra)) if extra else b"") + (_vint(size) if size is not None else b"")
    body = _vint(len(head + fields + extra)) + head + fields + extra
    return struct.pack("<L", zlib.crc32(body)) + body


def _vint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def _crc16(data: bytes) -> int:
    crc = 0
    for octet in data:
        crc ^= octet
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc
