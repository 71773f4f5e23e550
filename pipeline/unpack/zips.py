"""Members of a zip.

Purpose: `read_zip()`.
Source: APPNOTE 6.3.10; sections 6.1 (traditional encryption) and 4.4.5 (methods). The directory: directory.py; encryption:
    cipher.py and aes.py; what zlib, bz2 and lzma cannot inflate: foreign.py.
Limits: those of limits.py. PKWARE's strong encryption (section 7) is not read. Entries whose octets overlap are refused
    (Fifield's bomb); links are not followed; sizes and checksums are checked, not believed.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline.records import Code
from pipeline.unpack import aes, cipher, foreign, inflate
from pipeline.unpack.directory import read_directory
from pipeline.unpack.headers import Entry
from pipeline.unpack.limits import LINK, Budget, Member, Opened, Refused, too_big, too_many
from pipeline.unpack.unar import LOCKED

_MOST_DEFLATED = 1_032
"""Octets that deflate can make of one: a size up to there may be true, and is refused without inflating what is too big."""
_NO_DIRECTORY = "压缩包不完整（没有目录），按残存内容读出"
_OVERLAP = "成员数据互相重叠（压缩炸弹的做法），未解开"
_UNLISTED = "不在压缩包目录里的成员，已一并读出，请核对"
_LOST = "目录里有、内容找不到"
_ALTERED = "加密的内容校验不符，已损坏或不完整"
_STRONG = "用 PKWARE 强加密，没有能解密的程序，请报送单位改发不加密的文件"


@dataclass(frozen=True, kw_only=True)
class _Waiting:
    """An entry in clear that zlib cannot inflate."""

    entry: Entry
    packed: foreign.Packed


def read_zip(
    data: bytes,
    passwords: tuple[str, ...] = (),
    abilities: tuple[str, ...] = (),
    disks: Mapping[int, int] | None = None,
) -> Opened:
    """Read all members of the zip *data*, trying *passwords* on encrypted ones.

    Args:
        disks: where its volumes begin in *data*, as `read_directory` takes it.
    """
    directory = read_directory(data, disks)
    entries = directory.entries
    results: list[Member | Refused | _Waiting] = []
    if not directory.whole:
        results.append(Refused(code=Code.DAMAGED, why=_NO_DIRECTORY))
    reader = _Reader(data, passwords)
    overlapping = _overlapping(entries)
    for entry in entries:
        if entry.folder:
            continue
        if reader.budget.spent:
            results.append(too_many())
            break
        results.append(_refused(entry, overlapping) or reader.read(entry))
        if not entry.listed and directory.whole:
            results.append(Refused(name=entry.name, text=_text(entry), code=Code.DAMAGED, why=_UNLISTED))
    settled = _settled(results, reader, abilities)
    return Opened(
        members=tuple(one for one in settled if isinstance(one, Member)),
        refused=tuple(one for one in settled if isinstance(one, Refused)),
    )


def _refused(entry: Entry, overlapping: frozenset[int]) -> Refused | None:
    why = LINK if entry.link else _OVERLAP if entry.header in overlapping else _LOST if entry.lost else ""
    return _refusal(entry, Code.DAMAGED, why) if why else None


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


def _settled(
    results: list[Member | Refused | _Waiting], reader: _Reader, abilities: tuple[str, ...]
) -> list[Member | Refused]:
    """Give the entries that wait to a foreign program, all together; in the order of *results*."""
    waiting = [one for one in results if isinstance(one, _Waiting)]
    inflated = foreign.inflate_foreign([one.packed for one in waiting], abilities)
    settled: list[Member | Refused] = []
    place = 0
    for one in results:
        if not isinstance(one, _Waiting):
            settled.append(one)
            continue
        if place in inflated:
            settled.append(reader.member(one.entry, inflated[place]))
        elif foreign.program(one.packed.method) in abilities:
            settled.append(
                _refusal(
                    one.entry, Code.DAMAGED, f"压缩方法 {one.packed.method} 解不开（方法少见，或内容已损坏）"
                )
            )
        else:
            settled.append(_refusal(one.entry, Code.UNSUPPORTED, f"压缩方法 {one.packed.method} 不支持"))
        place += 1
    return settled


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
        self.derivations = aes.MAX_DERIVATIONS

    def read(self, entry: Entry) -> Member | Refused | _Waiting:
        """Read one entry."""
        packed = self.data[entry.start : entry.end]
        if not entry.encrypted:
            return self._inflated(entry, packed, entry.method)
        if entry.strong:
            return _refusal(entry, Code.UNSUPPORTED, _STRONG)
        return self._opened_by_aes(entry, packed) if entry.aes else self._opened(entry, packed)

    def member(self, entry: Entry, data: bytes) -> Member:
        """Count *data* as what *entry* holds, and say what is wrong with it."""
        self.budget.spend(len(data))
        fault = ""
        if entry.end > len(self.data):
            fault = "压缩包在此中断，内容不完整"
        elif entry.size not in (-1, len(data)):
            fault = f"大小与目录不符（应为 {entry.size} 字节，实为 {len(data)} 字节），内容可能损坏"
        elif entry.size != -1 and zlib.crc32(data) != entry.crc and not (entry.aes and not entry.crc):
            fault = "校验和不符，内容可能损坏"
        return Member(name=entry.name, text=_text(entry), data=data, fault=fault)

    def _inflated(self, entry: Entry, packed: bytes, method: int) -> Member | Refused | _Waiting:
        room = self.budget.room(len(packed))
        if room < entry.size <= len(packed) * _MOST_DEFLATED:
            return too_big(entry.name, _text(entry))
        got = inflate.inflate(packed, method, room)
        if got is None:
            return _waiting(entry, packed, method)
        return too_big(entry.name, _text(entry)) if got.over else self.member(entry, got.data)

    def _opened_by_aes(self, entry: Entry, packed: bytes) -> Member | Refused | _Waiting:
        strength, method = entry.aes or (1, 0)
        altered = False
        for key in tuple(self.keys):
            if self.derivations <= 0:
                break
            self.derivations -= 1
            try:
                clear = aes.decrypt(packed, key, strength)
            except aes.AlteredError:
                altered = True
                continue
            if clear is not None:
                self._fits(key)
                return self._inflated(entry, clear, method)
        return _refusal(entry, Code.DAMAGED, _ALTERED) if altered else self._locked(entry)

    def _opened(self, entry: Entry, packed: bytes) -> Member | Refused | _Waiting:
        if len(packed) > self.clear:
            return too_big(entry.name, _text(entry))
        for key in tuple(self.keys):
            clear = cipher.decrypt(packed, key, entry.check)
            if clear is None:
                continue
            self.clear -= len(packed)
            got = inflate.inflate(clear, entry.method, self.budget.room(len(clear)))
            if got is None:
                return _waiting(entry, clear, entry.method)
            if got.over:
                return too_big(entry.name, _text(entry))
            if zlib.crc32(got.data) == entry.crc:
                self._fits(key)
                return self.member(entry, got.data)
            if self.clear <= 0:
                break
        return self._locked(entry)

    def _fits(self, key: bytes) -> None:
        self.keys.remove(key)
        self.keys.insert(0, key)

    def _locked(self, entry: Entry) -> Refused:
        return _refusal(entry, Code.ENCRYPTED, LOCKED[bool(self.keys)])


def _waiting(entry: Entry, octets: bytes, method: int) -> _Waiting:
    packed = foreign.Packed(entry.flags, method, octets, entry.crc, max(entry.size, 0) & 0xFFFFFFFF)
    return _Waiting(entry=entry, packed=packed)


def _refusal(entry: Entry, code: Code, why: str) -> Refused:
    return Refused(name=entry.name, text=_text(entry), code=code, why=why)


def _keys(passwords: tuple[str, ...]) -> Iterator[bytes]:
    """Each password in the octets that archivers make of it: UTF-8, and GBK as on Chinese Windows."""
    seen: set[bytes] = set()
    for password in passwords:
        for octets in (password.encode("utf-8", "replace"), password.encode("gb18030", "replace")):
            if octets and octets not in seen:
                seen.add(octets)
                yield octets
