"""Archives opened by unar: those with passwords, in volumes, and of old formats.

Purpose: `read_unar()`: lists first (lsar), then extracts by number what the listing allows.
Source: unar(1) and lsar(1) 1.10; measured: they open RAR 3 and 5 with passwords, solid ones and encrypted headers, 7z too.
Limits: links, devices and what would grow beyond the limits are not extracted at all, so that nothing can lead out of the
    private folder. unar gives names as text only: names of RAR 5 and 7z are Unicode in the archive itself, of older formats
    it guesses their charset, so their octets are not kept. unar takes the password as an argument; it is one that stands
    in the mail.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline import tools
from pipeline.records import Code
from pipeline.unpack.limits import (
    LINK,
    MAX_TOTAL,
    Budget,
    Member,
    Opened,
    Refused,
    seconds,
    too_big,
    too_many,
)

MEGABYTES = MAX_TOTAL // 1024**2 * 4
"""Address space; the runner lets files grow to a quarter of it."""
MAX_TRIES = 12
"""Passwords tried on one archive; a mail states one or two, each in some forms."""

BROKEN = "压缩包损坏或不完整"
LOCKED = ("待补密码：有密码，来信没有写明", "待补密码：有密码，已知的密码都不对")

_FAILED = re.compile(r"^ {2}(.*?) {2}\([^()]*\)\.\.\. Failed! \((.*)\)$", re.MULTILINE)
_EXTRACT = (
    "-quiet",
    "-no-directory",
    "-force-rename",
    "-no-recursion",
    "-forks",
    "skip",
    "-output-directory",
    "out",
)
_SPECIAL = ("XADIsLink", "XADIsHardLink", "XADIsCharacterDevice", "XADIsBlockDevice", "XADIsFIFO")
_CHECKSUMS = ("RARCRC32", "RAR5CRC32", "7zCRC32")
_NOTHING = "没有解出任何文件，可能是分卷压缩包，缺少其他分卷"
_Files = Sequence[tuple[str, bytes]]


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """One line of a listing. size, crc: None if the archive does not say. special: a link or a device."""

    number: int
    name: str
    size: int | None
    crc: int | None
    special: bool
    encrypted: bool


@dataclass(frozen=True, kw_only=True)
class _Listing:
    """What lsar says: entries without folders; locked: it wants a password; said: its error, "" if none."""

    entries: tuple[_Entry, ...]
    locked: bool = False
    said: str = ""


def read_unar(files: _Files, passwords: tuple[str, ...]) -> Opened:
    """Read all members of the archive *files* (name and octets of each volume), trying *passwords* where it wants one."""
    listing = _listed(files, "")
    if not listing.locked:
        return _read(files, listing, passwords)
    for password in passwords[:MAX_TRIES]:
        listing = _listed(files, password)
        if listing.entries and not listing.said:
            return _extracted(files, listing, password)
    return Opened(refused=(Refused(code=Code.ENCRYPTED, why=LOCKED[bool(passwords)]),))


def _read(files: _Files, listing: _Listing, passwords: tuple[str, ...]) -> Opened:
    """Read an archive whose names are in clear; its members may be encrypted."""
    clear = _Listing(
        entries=tuple(entry for entry in listing.entries if not entry.encrypted), said=listing.said
    )
    encrypted = {entry.name for entry in listing.entries if entry.encrypted}
    best = _extracted(files, clear, "") if clear.entries or not encrypted else Opened()
    if not encrypted:
        return best
    for password in passwords[:MAX_TRIES]:
        opened = _extracted(files, listing, password)
        if not any(
            refusal.text in encrypted and refusal.code is not Code.TOO_BIG for refusal in opened.refused
        ):
            return opened
        sound = tuple(member for member in opened.members if not member.fault)
        if len(sound) > len(best.members):
            best = Opened(members=sound)
    return Opened(
        members=best.members,
        refused=(*best.refused, Refused(code=Code.ENCRYPTED, why=LOCKED[bool(passwords)])),
    )


def checksums(files: _Files) -> frozenset[int]:
    """The checksums (CRC-32) of members that the archive itself states."""
    return frozenset(entry.crc for entry in _listed(files, "").entries if entry.crc is not None)


# ---------------------------------------------------------------- lsar


def _listed(files: _Files, password: str) -> _Listing:
    result = tools.run(
        ["lsar", "-json-ascii", "-no-recursion", *_password(password), files[0][0]],
        inputs=files,
        seconds=seconds(sum(len(data) for _, data in files)),
        megabytes=MEGABYTES,
    )
    said = result.error.decode("utf-8", "replace").strip()
    try:
        listing = json.loads(result.out, strict=False)
        entries = tuple(_entry(item) for item in listing["lsarContents"] if not item.get("XADIsDirectory"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return _Listing(entries=(), locked=_wants_password(said), said=said or BROKEN)
    failed = "lsarError" in listing or not result.ok
    return _Listing(
        entries=entries,
        locked=not entries and _wants_password(said),
        said=(said or BROKEN) if failed else "",
    )


def _entry(item: Mapping[str, Any]) -> _Entry:
    size = item.get("XADFileSize")
    crc = next((item[key] for key in _CHECKSUMS if isinstance(item.get(key), int)), None)
    return _Entry(
        number=int(item["XADIndex"]),
        name=str(item.get("XADFileName", "")),
        size=int(size) if size is not None else None,
        crc=crc,
        special=any(item.get(key) for key in _SPECIAL),
        encrypted=bool(item.get("XADIsEncrypted")) and size != 0,
    )


def _wants_password(said: str) -> bool:
    return "assword" in said or "ncrypted" in said


def _password(password: str) -> tuple[str, ...]:
    return ("-password", password) if password else ()


# ---------------------------------------------------------------- unar


def _extracted(files: _Files, listing: _Listing, password: str) -> Opened:
    """Extract what the limits allow of *listing*."""
    packed = sum(len(data) for _, data in files)
    chosen, refused = _chosen(listing.entries, Budget(packed=packed))
    if not listing.entries:
        return Opened(refused=(_refusal("", listing.said),))
    if not chosen:
        return Opened(refused=tuple(refused))
    numbers = [str(entry.number) for entry in chosen]
    result = tools.run(
        ["unar", *_EXTRACT, *_password(password), "-indexes", files[0][0], *numbers],
        inputs=files,
        seconds=seconds(packed),
        megabytes=MEGABYTES,
    )
    said = (result.out + b"\n" + result.error).decode("utf-8", "replace")
    failed = dict(_FAILED.findall(said))
    refused += [_refusal(name, why) for name, why in failed.items()]
    if result.overrun:
        refused.append(too_many())
    elif not failed and (listing.said or not result.ok or not result.files):
        refused.append(_refusal("", said.strip() or listing.said))
    names = {_on_disk(entry.name): entry.name for entry in chosen}
    members, over = _within(result.files, names, failed, Budget(packed=packed))
    return Opened(members=tuple(members), refused=(*refused, *over))


def _chosen(entries: Sequence[_Entry], budget: Budget) -> tuple[list[_Entry], list[Refused]]:
    chosen: list[_Entry] = []
    refused: list[Refused] = []
    for entry in entries:
        if budget.spent:
            return chosen, [*refused, too_many()]
        if entry.special:
            refused.append(Refused(text=entry.name, code=Code.DAMAGED, why=LINK))
        elif (entry.size or 0) > budget.room(budget.packed):
            refused.append(too_big(b"", entry.name))
        else:
            budget.spend(entry.size or 0)
            chosen.append(entry)
    return chosen, refused


def _on_disk(name: str) -> str:
    """The path below "out/" that unar gives the member *name*."""
    pieces = [piece for piece in name.split("/") if piece not in ("", ".")]
    return "/".join("__Parent__" if piece == ".." else piece for piece in pieces)


def _within(
    files: _Files, names: Mapping[str, str], failed: Mapping[str, str], budget: Budget
) -> tuple[list[Member], list[Refused]]:
    """The *files* that unar left, as members, as far as the *budget* goes; empty ones that it *failed* on are left out."""
    members: list[Member] = []
    for path, octets in files:
        name = path.removeprefix("out/")
        name = names.get(name, name).encode("utf-8", "replace").decode()
        if name in failed and not octets:
            continue
        if budget.spent or len(octets) > budget.room(budget.packed):
            return members, [too_many()]
        budget.spend(len(octets))
        members.append(Member(name=b"", text=name, data=octets, fault=BROKEN if name in failed else ""))
    return members, []


def _refusal(name: str, said: str) -> Refused:
    """Say why a member, or with name "" the whole archive, was not read, by what unar *said*."""
    if _wants_password(said):
        return Refused(text=name, code=Code.ENCRYPTED, why=LOCKED[1])
    if "not supported" in said or "ouldn't recognize" in said:
        return Refused(text=name, code=Code.UNSUPPORTED, why="压缩方法不支持")
    if not name and not said.strip():
        return Refused(code=Code.DAMAGED, why=_NOTHING)
    return Refused(text=name, code=Code.DAMAGED, why=BROKEN)
