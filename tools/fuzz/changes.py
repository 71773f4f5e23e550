"""How inputs are changed: pieces of octets put in, taken out or said again, in a package inside one of its parts.

Purpose: `Edit` and `edited()`, which both engines use: Hypothesis draws edits, libFuzzer's mutator makes them from a seed.
Source: what breaks readers in practice: numbers at the edge, lost ends, marks of the format in the wrong place.
Limits: a package (ZIP) is written again with stored members, so that its checksums are right and the reader gets to the
XML; one edit in five goes to the octets of the package itself.
"""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Sequence
from typing import NamedTuple

MAX_OCTETS = 32 * 1024
"""Octets of an input; larger ones only take longer."""
RAW = 0.2
"""Share of the places 0..1 from which down an edit goes to the package itself."""
PACKAGES = frozenset({"docx", "sheet", "slides", "ofd"})
KINDS = ("insert", "replace", "delete", "repeat", "cut")

_NUMBERS = (
    b"0",
    b"-1",
    b"255",
    b"65536",
    b"1048577",
    b"2147483648",
    b"99999999999999999999",
    b"1e999",
    b"NaN",
)
_XML = (
    b"<w:p>",
    b"</w:p>",
    b"<w:tbl>",
    b"<w:tc>",
    b"</w:tc>",
    b"<a:p>",
    b"/>",
    b"<!--",
    b"]]>",
    b"&#65;",
    b"&x;",
    b"xmlns=''",
)
_CHINESE = tuple(
    text.encode()
    for text in "万 余 百 千 一 二 两 〇 零 十 ９ 人次 人 名 户 场 期 份 册 资料 发放 参加 共 5月 28日 至 起 当天 上周四 《重庆日报》 在 馆 、 ， 。 ．".split()
)
WORDS: dict[str, tuple[bytes, ...]] = {
    "parse": (
        b"\r\n",
        b"\r\n\r\n",
        b"--b1",
        b"--b1--",
        b"Content-Type: ",
        b"multipart/mixed; boundary=",
        b"=?gbk?B?",
        b"?=",
        b"*0*=",
        b"''",
        b"base64",
        b"begin 644 a",
        b"From ",
        b"\0",
        b";",
        b'"',
    ),
    "unpack": (
        b"PK\x03\x04",
        b"PK\x01\x02",
        b"PK\x05\x06",
        b"PK\x06\x06",
        b"../",
        b"C:\\",
        b"\x75\x70",
        b"\xff\xff\xff\xff",
        b"\0\0\0\0",
        b"ustar\0",
        b"path=../x\n",
    ),
    "tnef": (
        b"\x78\x9f\x3e\x22",
        b"\x02\x90\x06\0",
        b"\x05\x90\x06\0",
        b"\xff\xff\xff\xff",
        b"\x01\x37",
        b"\x1f\0\x07\x37",
        b"\0\x10",
    ),
    "docx": (
        *_XML,
        b"<w:gridSpan w:val='",
        b"<w:vMerge/>",
        b"<mc:AlternateContent>",
        b"<w:txbxContent>",
        b"w:val='",
    ),
    "sheet": (
        *_XML,
        b"<c r='A3' t='s'><v>",
        b"t='d'",
        b"t='e'",
        b"<mergeCell ref='A1:C9'/>",
        b"</v></c>",
        b"<f>",
    ),
    "slides": (*_XML, b"<a:tbl>", b"<a:tr>", b"<a:t>", b"../", b"r:id='"),
    "ofd": (*_XML, b"<ofd:TextObject ", b"Boundary='", b"<ofd:TextCode>", b"../", b"BaseLoc='"),
    "rtf": (
        b"{",
        b"}",
        b"\\par",
        b"\\u",
        b"\\'",
        b"\\cell",
        b"\\row",
        b"\\pict",
        b"\\bin",
        b"\\*",
        b"\\uc",
        b"\\header",
        b"\\intbl",
        b"\\footnote",
    ),
    "html": (
        b"<table>",
        b"<td colspan=",
        b"<div>",
        b"<br>",
        b"<!--",
        b"<![CDATA[",
        b"&#xD800;",
        b"&#",
        b"<blockquote>",
        b"</",
        b"<?xml encoding='utf-16'?>",
    ),
    "links": (
        b"https://",
        b"pan.baidu.com/s/",
        b"?pwd=",
        b"&amp;",
        b"<a href='",
        b"(1.2G)",
        b"9999\xe5\xb9\xb4",
        b"[",
        b"]",
        b"%",
    ),
    "compound": (b"\xff\xff\xff\xff", b"\xfe\xff\xff\xff", b"\0\0\0\0", b"\x01\0\0\0"),
    "figures": (*_CHINESE, b"\n", b"\t"),
}
"""What stands in inputs of each target beside numbers: put in whole, they get further than single octets do."""


class Edit(NamedTuple):
    """One change: where (0..1 of the octets), what is put in, and how many octets are taken out or said again."""

    kind: str
    place: float
    octets: bytes
    count: int


def words(target: str) -> tuple[bytes, ...]:
    """Give what is put into inputs of *target*."""
    return (*WORDS.get(target, ()), *_NUMBERS)


def edited(octets: bytes, edits: Sequence[Edit], *, package: bool) -> bytes:
    """Make the *edits* one after the other; in a package, in that part of it which the first edit's place points at."""
    if package and edits and edits[0].place > RAW:
        try:
            octets = _within(octets, edits)
        except Exception:  # noqa: BLE001 - it is no package any more
            octets = _plainly(octets, edits)
    else:
        octets = _plainly(octets, edits)
    return octets[:MAX_OCTETS]


def random_edits(chance: random.Random, target: str) -> list[Edit]:
    """Make one to four edits."""
    known = words(target)
    return [
        Edit(
            chance.choice(KINDS),
            chance.random(),
            chance.choice((*known, chance.randbytes(chance.randint(1, 4)))),
            chance.randint(1, 64),
        )
        for _ in range(chance.randint(1, 4))
    ]


def _plainly(octets: bytes, edits: Sequence[Edit]) -> bytes:
    for edit in edits:
        at = round(edit.place * len(octets))
        after = octets[at:]
        if edit.kind == "replace":
            after = after[len(edit.octets) :]
        elif edit.kind == "delete":
            after = after[edit.count :]
        elif edit.kind == "cut":
            after = b""
        put = (
            after[: edit.count] * 2
            if edit.kind == "repeat"
            else edit.octets
            if edit.kind in {"insert", "replace"}
            else b""
        )
        octets = octets[:at] + put + after
    return octets


def _within(octets: bytes, edits: Sequence[Edit]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(octets)) as package, zipfile.ZipFile(out, "w") as made:
        names = package.namelist()
        chosen = min(int((edits[0].place - RAW) / (1 - RAW) * len(names)), len(names) - 1)
        within = [edits[0]._replace(place=edits[-1].count / 64), *edits[1:]]
        for number, name in enumerate(names):
            data = package.read(name)
            made.writestr(zipfile.ZipInfo(name), _plainly(data, within) if number == chosen else data)
    return out.getvalue()
