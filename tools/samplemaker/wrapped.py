"""Containers that not everybody can open: a zip locked with AES, a zip in two volumes, Outlook's winmail.dat.

Purpose: `locked`, `in_two`, `tnef`.
Source: APPNOTE.TXT 6.3 section 8 (volumes); WinZip's AE-2 (an extra field 0x9901, PBKDF2, counter mode from the low
octet, ten octets of HMAC-SHA1); [MS-OXTNEF] sections 2.1.3.3 and 2.1.3.4.
Limits: salts are fixed, so that the octets never change; nothing that must stay secret may be locked with them.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from collections.abc import Iterable
from zlib import crc32

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tools.samplemaker.archives import DATE, ENCRYPTED, STORED, TIME, UTF8, VERSION, Member

AES_METHOD, AES_VERSION, AES_256, KEY, ROUNDS = 99, 2, 3, 32, 1000
SPANNED = b"PK\7\x08"
"""Begins the first volume of a zip that has several."""


def locked(members: Iterable[Member], *, password: bytes) -> bytes:
    """A zip of *members* encrypted with AES-256 and *password*."""
    extra = struct.pack("<2HH2sBH", 0x9901, 7, AES_VERSION, b"AE", AES_256, STORED)
    files, directory, count = bytearray(), bytearray(), 0
    for member in members:
        stored = _encrypted(member.data, password, salt=hashlib.sha256(member.name.encode()).digest()[:16])
        name = member.name.encode()
        common = _common(
            member, method=AES_METHOD, flags=UTF8 | ENCRYPTED, crc=0, stored=len(stored), extra=len(extra)
        )
        directory += _entry(common, 0, len(files), name) + extra
        files += b"PK\3\4" + common + name + extra + stored
        count += 1
    return bytes(files + directory) + _end(0, count, len(directory), len(files))


def in_two(members: Iterable[Member]) -> tuple[bytes, bytes]:
    """The volumes x.z01 and x.zip of a zip of *members*, cut in the middle; the second holds the directory."""
    entries, body = [], bytearray(SPANNED)
    for member in members:
        name = member.name.encode()
        crc, size = crc32(member.data), len(member.data)
        common = _common(member, method=STORED, flags=UTF8, crc=crc, stored=size, extra=0)
        entries.append((common, len(body), name))
        body += b"PK\3\4" + common + name + member.data
    cut = len(body) // 2
    directory = b"".join(_entry(common, *divmod(at, cut), name) for common, at, name in entries)
    return bytes(body[:cut]), bytes(body[cut:]) + directory + _end(
        1, len(entries), len(directory), len(body) - cut
    )


def tnef(name: str, data: bytes) -> bytes:
    """A winmail.dat that holds the file *data*; its name is in GBK, as Outlook in Chinese writes it."""
    head = struct.pack("<IH", 0x223E9F78, 1)
    codepage = _attribute(1, 0x00069007, struct.pack("<2I", 936, 0))
    render = _attribute(2, 0x00069002, struct.pack("<HIHHI", 1, 0xFFFFFFFF, 32, 32, 0))
    title = _attribute(2, 0x00018010, name.encode("gbk") + b"\0")
    return head + codepage + render + title + _attribute(2, 0x0006800F, data)


def _attribute(level: int, number: int, data: bytes) -> bytes:
    return struct.pack("<B2I", level, number, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def _encrypted(data: bytes, password: bytes, *, salt: bytes) -> bytes:
    """Salt, two octets that check the password, *data* in AES, and its seal."""
    keys = hashlib.pbkdf2_hmac("sha1", password, salt, ROUNDS, 2 * KEY + 2)
    blocks = -(-len(data) // 16)
    counters = b"".join(number.to_bytes(16, "little") for number in range(1, blocks + 1))
    # The mode counts from the low octet, which the library's own counter mode does not.
    stream = Cipher(algorithms.AES(keys[:KEY]), modes.ECB()).encryptor().update(counters)  # noqa: S305
    secret = bytes(one ^ other for one, other in zip(data, stream, strict=False))
    return salt + keys[2 * KEY :] + secret + hmac.new(keys[KEY : 2 * KEY], secret, "sha1").digest()[:10]


def _common(member: Member, *, method: int, flags: int, crc: int, stored: int, extra: int) -> bytes:
    """The fields that a member's header and its entry in the directory share (sections 4.3.7 and 4.3.12)."""
    sizes = struct.pack("<3I2H", crc, stored, len(member.data), len(member.name.encode()), extra)
    return struct.pack("<5H", VERSION, flags, method, TIME, DATE) + sizes


def _entry(common: bytes, disk: int, offset: int, name: bytes) -> bytes:
    version = struct.pack("<H", VERSION)
    return b"PK\1\2" + version + common + struct.pack("<3H2I", 0, disk, 0, 0, offset) + name


def _end(disk: int, count: int, directory: int, offset: int) -> bytes:
    return b"PK\5\6" + struct.pack("<4H2IH", disk, disk, count, count, directory, offset, 0)
