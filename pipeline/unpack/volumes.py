"""Volumes of split archives (分卷压缩包) that came as separate files, joined by their names.

Purpose: `sets()` finds, among the files that stand side by side in one mail or folder, those that are one archive.
Source: the names that WinRAR, 7-Zip, WinZip, Bandizip and 360 give: x.part1.rar, x.rar with x.r00, x.zip.001, x.7z.001,
    x.z01 with x.zip; APPNOTE 6.3.10 section 8; https://www.rarlab.com/technote.htm (end of archive header).
Limits: names in any case; "(1)", which mail programs add to a name that they have seen, is overlooked where the volumes
    would not come together otherwise. Volumes of one archive that came in different mails are not joined: the reason says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pipeline.records import Leaf
from pipeline.unpack.directory import volume_of

RAR = "application/vnd.rar"
MAX_NUMBER = 999
"""Volumes of one archive: a mail of 50 MB in pieces of 1 MB has fifty."""
MAX_SETS = 100
"""Split archives looked at among the files of one mail or folder."""

_NAMES = (
    (
        re.compile(
            r"(?P<stem>.*)\.part(?P<number>\d{1,4})(?:\s?[(（]\d+[)）])?\.rar", re.IGNORECASE | re.DOTALL
        ),
        "part",
        0,
    ),
    (re.compile(r"(?P<stem>.*)\.r(?P<number>\d{2,3})", re.IGNORECASE | re.DOTALL), "rar", 2),
    (re.compile(r"(?P<stem>.*)\.z(?P<number>\d{2,3})", re.IGNORECASE | re.DOTALL), "zip", 0),
    (
        re.compile(
            r"(?P<stem>.*\.(?:zip|7z|rar))(?:\s?[(（]\d+[)）])?\.(?P<number>\d{3})", re.IGNORECASE | re.DOTALL
        ),
        "split",
        0,
    ),
    (re.compile(r"(?P<stem>.*)\.(?P<number>)(?P<kind>rar|zip)", re.IGNORECASE | re.DOTALL), "", 0),
)
"""Names of volumes: pattern, kind of set, and what to add to the number to count from 1."""
_ADDED = re.compile(r"补入\d+/")
"""Folder of a file that staff added to the mail: it stands beside the mail's own files."""
_COPY = re.compile(r"\s?[(（]\d+[)）](?=$|\.[^.]*$)")
_MAGIC = {
    b"PK": "application/zip",
    b"Rar!": RAR,
    b"7z\xbc\xaf": "application/x-7z-compressed",
}
_SUFFIXES = {"zip": "application/zip", "rar": RAR, "7z": "application/x-7z-compressed"}
_SEPARATE = ("part", "rar")
_LAST = MAX_NUMBER + 1
"""Stands for the number of x.zip, the last volume, until its end says which it is."""
_ADVICE = "缺的卷如在另一封来信里，请用 shouwen attach 补入本件，或请报送单位把各卷放在一封信里重发"


@dataclass(frozen=True, kw_only=True)
class Volumes:
    """One split archive.

    media_type: of the whole. separate: each volume has headers of its own (rar), so that they are not simply joined.
    leaves: those that follow each other without a gap, the lowest number first; members hang below the first of them.
    others: volumes behind a gap. missing: Chinese, "" if all are there.
    """

    media_type: str
    separate: bool
    leaves: tuple[Leaf, ...]
    numbers: tuple[int, ...]
    others: tuple[Leaf, ...] = ()
    missing: str = ""

    @property
    def octets(self) -> bytes:
        """The volumes joined."""
        return b"".join(leaf.data for leaf in self.leaves)

    @property
    def offsets(self) -> dict[int, int]:
        """Number of each volume, from 0, to its offset in `octets`."""
        found, offset = {}, 0
        for number, leaf in zip(self.numbers, self.leaves, strict=True):
            found[number - 1] = offset
            offset += len(leaf.data)
        return found


@dataclass(frozen=True, kw_only=True)
class _Volume:
    """A leaf whose name is one of a volume: number from 1, _LAST for x.zip."""

    leaf: Leaf
    stem: str
    kind: str
    number: int


def sets(leaves: Sequence[Leaf]) -> dict[str, Volumes]:
    """Find the split archives among *leaves*, which stand side by side.

    Returns:
        path of each leaf that is a volume to its archive. A file that is an archive of its own is none, nor is one
        whose name merely looks like a volume's.
    """
    volumes = [volume for leaf in leaves if (volume := _volume(leaf))]
    strict = _groups(volumes, lambda volume: volume.stem)
    done = [group for group in strict if not _set(group).missing and len(group) > 1]
    taken = {volume.leaf.path for group in done for volume in group}
    rest = [volume for volume in volumes if volume.leaf.path not in taken]
    found: dict[str, Volumes] = {}
    for group in [*done, *_groups(rest, lambda volume: _COPY.sub("", volume.stem))][:MAX_SETS]:
        joined = _set(group)
        if joined.media_type and (len(group) > 1 or joined.missing):
            found |= {leaf.path: joined for leaf in (*joined.leaves, *joined.others)}
    return found


def named(name: str) -> bool:
    """Say whether a file of that *name* can be a volume: then `sets` looks at its octets."""
    return any(pattern.fullmatch(name.strip()) for pattern, _, _ in _NAMES)


def _volume(leaf: Leaf) -> _Volume | None:
    folder = leaf.path.removesuffix(leaf.name) if leaf.path.endswith(f"/{leaf.name}") else ""
    folder = "" if _ADDED.fullmatch(folder) else folder
    name = leaf.name.strip()
    for pattern, kind, add in _NAMES:
        match = pattern.fullmatch(name)
        if match is None:
            continue
        stem = folder + match["stem"].casefold()
        if not kind:
            suffix = match["kind"].casefold()
            return _Volume(leaf=leaf, stem=stem, kind=suffix, number=1 if suffix == "rar" else _LAST)
        number = int(match["number"]) + add
        fits = 1 <= number <= MAX_NUMBER and (kind not in _SEPARATE or leaf.data.startswith(b"Rar!"))
        return _Volume(leaf=leaf, stem=stem, kind=kind, number=number) if fits else None
    return None


def _groups(volumes: Iterable[_Volume], stem: Callable[[_Volume], str]) -> list[list[_Volume]]:
    """Volumes of one stem and kind in order of their numbers; of two with one number the first counts."""
    found: dict[tuple[str, str], dict[int, _Volume]] = {}
    for volume in volumes:
        found.setdefault((stem(volume), volume.kind), {}).setdefault(volume.number, volume)
    return [[group[number] for number in sorted(group)] for group in found.values()]


def _set(group: Sequence[_Volume]) -> Volumes:
    """Say of the volumes in *group* which follow each other and which are missing."""
    kind = group[0].kind
    numbers = [volume.number for volume in group]
    last = numbers[-1]
    if last == _LAST:
        stated = volume_of(group[-1].leaf.data) + 1
        last = numbers[-1] = max(stated, numbers[-2] + 1 if len(numbers) > 1 else 1)
    elif kind == "zip" or _goes_on(kind, group):
        last += 1
    run = 1
    while run < len(numbers) and numbers[run] == numbers[run - 1] + 1:
        run += 1
    missing = _ranges(sorted(set(range(1, last + 1)) - set(numbers)))
    return Volumes(
        media_type=_media_type(group[0]),
        separate=kind in _SEPARATE,
        leaves=tuple(volume.leaf for volume in group[:run]),
        numbers=tuple(numbers[:run]),
        others=tuple(volume.leaf for volume in group[run:]),
        missing=f"分卷压缩包缺少{missing}（收到{_ranges(numbers)}）；{_ADVICE}" if missing else "",
    )


def _media_type(first: _Volume) -> str:
    """By the first octets of the first volume; where that is missing, by the name."""
    for magic, media_type in _MAGIC.items():
        if first.leaf.data.startswith(magic):
            return media_type
    if first.number == 1:
        return ""
    return _SUFFIXES[first.stem.rpartition(".")[2]] if first.kind == "split" else _SUFFIXES["zip"]


def _goes_on(kind: str, group: Sequence[_Volume]) -> bool:
    """True where the last volume that is there says that another one follows."""
    data = group[-1].leaf.data
    if kind in _SEPARATE:
        return _rar_goes_on(data[-64:])
    whole = b"".join(volume.leaf.data for volume in group) if group[0].number == 1 else b""
    if whole.startswith(b"7z\xbc\xaf\x27\x1c"):
        offset, size = (int.from_bytes(whole[at : at + 8], "little") for at in (12, 20))
        return len(group) == group[-1].number and 32 + offset + size > len(whole)
    return whole.startswith(b"PK\x03\x04") and b"PK\x05\x06" not in data[-65_600:]


def _rar_goes_on(end: bytes) -> bool:
    """Read the end of archive header of RAR 5 (type 5, flags 4, then the bit) or of RAR 3 (type 0x7B, flags)."""
    five = end.rfind(b"\x03\x05\x04")
    if five >= 0:
        return bool(end[five + 3 : five + 4] == b"\x01")
    three = list(re.finditer(rb"\x7b(.)\x40[\x07-\x14]\x00", end, re.DOTALL))
    return bool(three) and bool(three[-1][1][0] & 1)


def _ranges(numbers: Sequence[int]) -> str:
    """第 1、3–5 卷; "" for none."""
    pieces: list[list[int]] = []
    for number in numbers:
        if pieces and number == pieces[-1][-1] + 1:
            pieces[-1].append(number)
        else:
            pieces.append([number])
    words = [str(piece[0]) if len(piece) == 1 else f"{piece[0]}–{piece[-1]}" for piece in pieces]
    return f"第 {'、'.join(words)} 卷" if words else ""
