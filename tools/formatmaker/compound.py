"""Compound files ([MS-CFB] version 3) and the .msg and winmail.dat of Outlook, written for tests."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from typing import Union

Tree = Mapping[str, Union[bytes, "Tree"]]

_FREE, _END, _TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_CUTOFF = 4096


def compound(tree: Tree) -> bytes:
    """A compound file with the storages (mappings) and streams (octets) of *tree*."""
    return _Writer().write(tree)


class _Writer:
    def __init__(self) -> None:
        self.entries: list[bytearray] = []
        self.sectors: list[bytes] = []
        self.table: list[int] = []
        self.mini = b""
        self.mini_table: list[int] = []

    def write(self, tree: Tree) -> bytes:
        self._entry("Root Entry", 5)
        self.entries[0][76:80] = struct.pack("<I", self._children(tree))
        first = self._chain(self.mini) if self.mini else _END
        self.entries[0][116:124] = struct.pack("<II", first, len(self.mini))
        directory = self._chain(b"".join(self.entries))
        mini_table = (
            self._chain(struct.pack(f"<{len(self.mini_table)}I", *self.mini_table)) if self.mini else _END
        )
        count = 1
        while count * 128 < len(self.table) + count:
            count += 1
        places = list(range(len(self.sectors), len(self.sectors) + count))
        table = [*self.table, *[_TABLE] * count]
        table += [_FREE] * (count * 128 - len(table))
        head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
        head += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
        head += struct.pack("<IIIIIIIII", 0, count, directory, 0, _CUTOFF, mini_table, 1, _END, 0)
        head += struct.pack("<109I", *places, *[_FREE] * (109 - count))
        return head + b"".join(self.sectors) + struct.pack(f"<{len(table)}I", *table)

    def _children(self, tree: Tree) -> int:
        """Write the entries of one storage, each the right neighbour of the one before; return the first's number."""
        before, first = 0, _FREE
        for name, content in tree.items():
            number = self._entry(name, 2 if isinstance(content, bytes) else 1)
            if isinstance(content, bytes):
                self.entries[number][116:124] = struct.pack("<II", self._stream(content), len(content))
            else:
                self.entries[number][76:80] = struct.pack("<I", self._children(content))
            if first == _FREE:
                first = number
            else:
                self.entries[before][72:76] = struct.pack("<I", number)
            before = number
        return first

    def _entry(self, name: str, kind: int) -> int:
        octets = name.encode("utf-16-le")[:62]
        entry = bytearray(octets.ljust(64, b"\0") + struct.pack("<HBB", len(octets) + 2, kind, 1) + bytes(60))
        entry[68:80] = struct.pack("<III", _FREE, _FREE, _FREE)
        self.entries.append(entry)
        return len(self.entries) - 1

    def _stream(self, content: bytes) -> int:
        if len(content) >= _CUTOFF:
            return self._chain(content)
        if not content:
            return _END
        first, count = len(self.mini) // 64, -(-len(content) // 64)
        self.mini += content.ljust(count * 64, b"\0")
        self.mini_table += [*range(first + 1, first + count), _END]
        return first

    def _chain(self, content: bytes) -> int:
        first, count = len(self.sectors), max(1, -(-len(content) // 512))
        padded = content.ljust(count * 512, b"\0")
        self.sectors += [padded[at : at + 512] for at in range(0, len(padded), 512)]
        self.table += [*range(first + 1, first + count), _END]
        return first


# ---------------------------------------------------------------- .msg


def message(
    texts: Mapping[int, str],
    *,
    octets: Mapping[int, bytes] | None = None,
    numbers: Mapping[int, int] | None = None,
    attachments: Sequence[Tree] = (),
    charset: str = "",
    nested: bool = False,
) -> Tree:
    """The storage of one mail: properties by their numbers, texts as Unicode or, with *charset*, in it."""
    tree: dict[str, bytes | Tree] = _properties(texts, octets or {}, charset)
    head = bytes(24 if nested else 32)
    tree["__properties_version1.0"] = head + _fixed(numbers or {})
    tree["__recip_version1.0_#00000000"] = {"__substg1.0_3001001F": "收件人".encode("utf-16-le")}
    for number, attachment in enumerate(attachments):
        tree[f"__attach_version1.0_#{number:08X}"] = attachment
    return tree


def attached(name: str, content: bytes | Tree, *, charset: str = "", method: int = 1, tag: str = "") -> Tree:
    """The storage of one attachment: a file (octets), or a mail or object (a storage)."""
    texts = {0x3707: name} | ({0x370E: tag} if tag else {})
    tree: dict[str, bytes | Tree] = _properties(texts, {}, charset)
    tree["__properties_version1.0"] = bytes(8) + _fixed({0x3705: method})
    tree["__substg1.0_37010102" if isinstance(content, bytes) else "__substg1.0_3701000D"] = content
    return tree


def _properties(
    texts: Mapping[int, str], octets: Mapping[int, bytes], charset: str
) -> dict[str, bytes | Tree]:
    kind, codec = ("001E", charset) if charset else ("001F", "utf-16-le")
    found: dict[str, bytes | Tree] = {
        f"__substg1.0_{number:04X}{kind}": text.encode(codec) for number, text in texts.items()
    }
    return found | {f"__substg1.0_{number:04X}0102": content for number, content in octets.items()}


def _fixed(numbers: Mapping[int, int]) -> bytes:
    return b"".join(
        struct.pack("<IIQ", number << 16 | (0x40 if value > 0xFFFFFFFF else 0x03), 6, value)
        for number, value in numbers.items()
    )


# ---------------------------------------------------------------- winmail.dat


def tnef(*attributes: bytes, codepage: int = 936) -> bytes:
    """A TNEF stream ([MS-OXTNEF]) of *attributes*."""
    head = b"\x78\x9f\x3e\x22\x01\x00" + attribute(1, 0x069007, struct.pack("<II", codepage, 0))
    return head + b"".join(attributes)


def attribute(level: int, number: int, data: bytes) -> bytes:
    """One attribute with its checksum; the upper half of *number* is its type."""
    return struct.pack("<BII", level, number, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def mapi(values: Mapping[int, tuple[int, bytes]]) -> bytes:
    """MAPI properties: number to (type, octets); texts and octets alone."""
    out = struct.pack("<I", len(values))
    for number, (kind, content) in values.items():
        out += struct.pack("<HHII", kind, number, 1, len(content)) + content.ljust(
            len(content) + -len(content) % 4, b"\0"
        )
    return out


def rtf_packed(text: bytes) -> bytes:
    """*text* as compressed RTF ([MS-OXRTFCP]): literals, and a repeat where a run of 17 octets came before."""
    window = (
        rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans "
        rb"SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
        b"\r\n"
        rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
    )
    tokens: list[tuple[bool, bytes]] = []
    done, place = window, 0
    while place < len(text):
        run = text[place : place + 17]
        found = done.rfind(run, max(0, len(done) - 4000)) if len(run) == 17 else -1
        if found >= 0:
            tokens.append((True, struct.pack(">H", (found % 4096) << 4 | 15)))
            place, done = place + 17, done + run
        else:
            tokens.append((False, text[place : place + 1]))
            done += text[place : place + 1]
            place += 1
    tokens.append((True, struct.pack(">H", (len(done) % 4096) << 4)))
    packed = b"".join(
        bytes([sum(repeat << bit for bit, (repeat, _) in enumerate(tokens[at : at + 8]))])
        + b"".join(octets for _, octets in tokens[at : at + 8])
        for at in range(0, len(tokens), 8)
    )
    return (
        struct.pack("<III", len(packed) + 12, len(text), 0x75465A4C)
        + struct.pack("<I", zlib.crc32(packed, 0xFFFFFFFF) ^ 0xFFFFFFFF)
        + packed
    )
