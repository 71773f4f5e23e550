"""A zip writer that can do what old archivers do: names in GBK without a flag, and the old encryption.

Purpose: `zipped(members)`; also the last step of every Office document here, so that their octets never change.
Source: APPNOTE.TXT 6.3, sections 4.3 (records), 4.4.4 (flags), 6.1 (traditional PKWARE encryption).
Limits: members are stored, not deflated: compressors differ from one build of zlib to the next. No zip64.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from zlib import crc32

ENCRYPTED, UTF8 = 0x0001, 0x0800
STORED, VERSION = 0, 20
TIME, DATE = 10 << 11, (2024 - 1980) << 9 | 5 << 5 | 30
"""10:00 on 30 May 2024 in the format's own bits, of every member."""


@dataclass(frozen=True, kw_only=True)
class Member:
    """One file of an archive. name: with `/` between folders."""

    name: str
    data: bytes


def zipped(members: Iterable[Member], *, charset: str = "utf-8", password: bytes = b"") -> bytes:
    """Return a zip of *members*.

    Args:
        charset: of the names; the UTF-8 flag is set for utf-8 alone, Windows' own archiver sets none.
        password: encrypts every member where it is not empty.
    """
    files, directory, count = bytearray(), bytearray(), 0
    for member in members:
        name = member.name.encode(charset)
        flags = (UTF8 if charset == "utf-8" else 0) | (ENCRYPTED if password else 0)
        stored = _encrypted(member.data, password) if password else member.data
        common = struct.pack("<5H", VERSION, flags, STORED, TIME, DATE) + struct.pack(
            "<3I2H", crc32(member.data), len(stored), len(member.data), len(name), 0
        )
        directory += b"PK\1\2" + struct.pack("<H", VERSION) + common
        directory += struct.pack("<3H2I", 0, 0, 0, 0, len(files)) + name
        files += b"PK\3\4" + common + name + stored
        count += 1
    end = b"PK\5\6" + struct.pack("<4H2IH", 0, 0, count, count, len(directory), len(files), 0)
    return bytes(files + directory + end)


def restored(document: bytes) -> bytes:
    """Write the members of an Office *document* again, without compression and without the hour it was made."""
    with zipfile.ZipFile(io.BytesIO(document)) as package:
        return zipped(Member(name=name, data=package.read(name)) for name in package.namelist())


# ---------------------------------------------------------------- section 6.1


def _encrypted(data: bytes, password: bytes) -> bytes:
    """*data* after its 12 octets of header, whose last one lets a reader check the password."""
    keys = _Keys(password)
    header = bytes(range(11)) + bytes((crc32(data) >> 24,))
    return bytes(keys.encrypt(octet) for octet in header + data)


class _Keys:
    """The three keys of section 6.1.5; they change with every octet."""

    def __init__(self, password: bytes) -> None:
        self._a, self._b, self._c = 0x12345678, 0x23456789, 0x34567890
        for octet in password:
            self._update(octet)

    def encrypt(self, octet: int) -> int:
        """Encrypt one octet."""
        word = (self._c | 2) & 0xFFFF
        self._update(octet)
        return octet ^ (word * (word ^ 1) >> 8) & 0xFF

    def _update(self, octet: int) -> None:
        self._a = _crc_step(self._a, octet)
        self._b = ((self._b + (self._a & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        self._c = _crc_step(self._c, self._b >> 24)


def _crc_step(crc: int, octet: int) -> int:
    """One step of CRC-32 without the inversions that zlib puts around it."""
    return crc32(bytes((octet,)), crc ^ 0xFFFFFFFF) ^ 0xFFFFFFFF
