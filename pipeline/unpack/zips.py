"""Members of a zip.

Purpose: `read_zip()`.
Source: APPNOTE 6.3.10; sections 6.1 (traditional encryption) and 4.4.5 (methods). The directory: directory.py.
Limits: those of limits.py. AES and the other strong encryptions are not read: no library for them is among ours. Entries
    whose octets overlap are refused (Fifield's bomb); links are not followed; sizes and checksums are checked, not believed.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from pipeline.records import Code
from pipeline.unpack import cipher, inflate
from pipeline.unpack.directory import UNIX_SYSTEMS, Entry, read_directory
from pipeline.unpack.limits import Budget, Member, Opened, Refused, too_big, too_many

_NO_DIRECTORY = "压缩包不完整（没有目录），按残存内容读出"
_OVERLAP = "成员数据互相重叠（压缩炸弹的做法），未解开"
_LINK = "符号链接，未跟随"
_UNLISTED = "不在压缩包目录里的成员，已一并读出，请核对"
_LOST = "目录里有、内容找不到"


def read_zip(data: bytes, passwords: tuple[str, ...]) -> Opened:
    """Read all members of the zip *data*, trying *passwords* on encrypted ones."""
    directory = read_directory(data)
    entries = directory.entries
    members: list[Member] = []
    refused: list[Refused] = []
    if not directory.whole:
        refused.append(Refused(code=Code.DAMAGED, why=_NO_DIRECTORY))
    reader = _Reader(data, passwords)
    overlapping = _overlapping(entries)
    for entry in entries:
        if entry.folder:
            continue
        if reader.budget.spent:
            refused.append(too_many())
            break
        got = _refused(entry, overlapping) or reader.read(entry)
        (members if isinstance(got, Member) else refused).append(got)  # type: ignore[arg-type] # - by its own type
        if not entry.listed and directory.whole:
            refused.append(Refused(name=entry.name, text=_text(entry), code=Code.DAMAGED, why=_UNLISTED))
    unix = any(entry.system in UNIX_SYSTEMS for entry in entries)
    return Opened(members=tuple(members), refused=tuple(refused), unix=unix)


def _refused(entry: Entry, overlapping: frozenset[int]) -> Refused | None:
    why = _LINK if entry.link else _OVERLAP if entry.header in overlapping else _LOST if entry.lost else ""
    return Refused(name=entry.name, text=_text(entry), code=Code.DAMAGED, why=why) if why else None


def _overlapping(entries: tuple[Entry, ...]) -> frozenset[int]:
    """Offsets of the local headers of entries whose octets reach into another one."""
    found: set[int] = set()
    before: Entry | None = None
    for entry in sorted((entry for entry in entries if not entry.lost), key=lambda entry: entry.header):
        if before and entry.header < before.end:
            found |= {before.header, entry.header}
        if before is None or entry.end > before.end:
            before = entry
    return frozenset(found)


def _text(entry: Entry) -> str:
    """The name where the archive says how to read it: Unicode path field, then bit 11 if it tells the truth."""
    if entry.text or not entry.utf8:
        return entry.text
    try:
        return entry.name.decode("utf-8")
    except UnicodeDecodeError:
        return ""


class _Reader:
    """Reads entry after entry within one budget; a password that fitted is tried first."""

    def __init__(self, data: bytes, passwords: tuple[str, ...]) -> None:
        self.data = data
        self.budget = Budget(packed=len(data))
        self.keys = list(_keys(passwords))
        self.clear = cipher.MAX_OCTETS

    def read(self, entry: Entry) -> Member | Refused:
        """Read one entry."""
        packed = self.data[entry.start : entry.end]
        cut = entry.end > len(self.data)
        if entry.encrypted:
            return self._decrypted(entry, packed)
        room = self.budget.room(len(packed))
        got = inflate.inflate(packed, entry.method, room)
        if got is None:
            why = f"压缩方法 {entry.method} 不支持"
            return Refused(name=entry.name, text=_text(entry), code=Code.UNSUPPORTED, why=why)
        if got.over:
            return too_big(entry.name, _text(entry))
        return self._member(entry, got.data, cut=cut)

    def _member(self, entry: Entry, data: bytes, *, cut: bool = False) -> Member:
        self.budget.spend(len(data))
        fault = ""
        if cut:
            fault = "压缩包在此中断，内容不完整"
        elif entry.size not in (-1, len(data)):
            fault = f"大小与目录不符（应为 {entry.size} 字节，实为 {len(data)} 字节），内容可能损坏"
        elif entry.size != -1 and zlib.crc32(data) != entry.crc:
            fault = "校验和不符，内容可能损坏"
        return Member(name=entry.name, text=_text(entry), data=data, fault=fault)

    def _decrypted(self, entry: Entry, packed: bytes) -> Member | Refused:
        if entry.strong:
            return _locked(
                entry, "用 AES 加密，本机没有解密程序", Code.UNSUPPORTED if self.keys else Code.ENCRYPTED
            )
        if len(packed) > self.clear:
            return too_big(entry.name, _text(entry))
        for key in tuple(self.keys):
            opened = cipher.decrypt(packed, key, entry.check)
            if opened is None:
                continue
            self.clear -= len(packed)
            got = inflate.inflate(opened, entry.method, self.budget.room(len(opened)))
            if got and got.over:
                return too_big(entry.name, _text(entry))
            if got and zlib.crc32(got.data) == entry.crc:
                self.keys.remove(key)
                self.keys.insert(0, key)
                return self._member(entry, got.data)
            if self.clear <= 0:
                break
        return _locked(
            entry, "有密码" + ("，已知的密码都不对" if self.keys else "，来信没有写明"), Code.ENCRYPTED
        )


def _locked(entry: Entry, why: str, code: Code) -> Refused:
    return Refused(name=entry.name, text=_text(entry), code=code, why=why)


def _keys(passwords: tuple[str, ...]) -> Iterator[bytes]:
    """Each password in the octets that archivers make of it: UTF-8, and GBK as on Chinese Windows."""
    seen: set[bytes] = set()
    for password in passwords:
        for octets in (password.encode("utf-8", "replace"), password.encode("gb18030", "replace")):
            if octets and octets not in seen:
                seen.add(octets)
                yield octets
