"""What stands in an archive, as lsar lists it before anything is extracted.

Purpose: `listed()`, `named()` and `tested()`; `named()` decides the charset of names where the archive does not say it.
Source: lsar(1) 1.10 -json.
Limits: names of RAR 5 and 7z are Unicode in the archive itself, so there are no other octets to keep; of older formats the
    octets are listed first, and their charset is decided here as for zip.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipeline import tools
from pipeline.unpack.limits import MAX_TOTAL, seconds
from pipeline.unpack.names import charset_of

MEGABYTES = MAX_TOTAL // 1024**2 * 4
"""Address space; the runner lets files grow to a quarter of it."""
BROKEN = "压缩包损坏或不完整"
SLOW = "overrun"
WRONG_PASSWORD = "wrong_password"  # noqa: S105 - what lsar says, no secret

_SPECIAL = ("XADIsLink", "XADIsHardLink", "XADIsCharacterDevice", "XADIsBlockDevice", "XADIsFIFO")
_LEFT_OUT = ("XADIsDirectory", "XADIsResourceFork")
_CHECKSUMS = ("RARCRC32", "RAR5CRC32", "7zCRC32")
_UNICODE = (b"7z\xbc\xaf", b"Rar!\x1a\x07\x01")
_ONE_TO_ONE = "iso-8859-1"
_ENCODINGS = {"gb18030": "gb18030", "cp950": "Big5", "cp932": "Shift_JIS", "utf-8": "UTF-8"}
Files = Sequence[tuple[str, bytes]]
"""Name (ours) and octets of each volume."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of a listing. octets: of the name where they are known. size, crc: None if the
    archive does not say. special: a link or a device.
    """

    number: int
    name: str
    octets: bytes = b""
    size: int | None
    crc: int | None
    special: bool
    encrypted: bool


@dataclass(frozen=True, kw_only=True)
class Listing:
    """What lsar says. entries: without folders; locked: it wants a password; said: its error, "" if none; SLOW if that is it.

    options: of lsar and unar, by which the names were read.
    """

    entries: tuple[Entry, ...]
    options: tuple[str, ...] = ()
    locked: bool = False
    said: str = ""


def checksums(files: Files) -> frozenset[int]:
    """The checksums (CRC-32) of members that the archive itself states."""
    return frozenset(entry.crc for entry in listed(files).entries if entry.crc is not None)


def named(files: Files) -> Listing:
    """List an archive; where its names may be in any charset, octet by octet first, then in the charset that fits all."""
    if files[0][1].startswith(_UNICODE):
        return listed(files)
    listing = listed(files, ("-encoding", _ONE_TO_ONE))
    octets = {
        entry.number: entry.name.encode("latin-1").replace(b"/", b"\\")
        for entry in listing.entries
        if not entry.name.isascii() and max(entry.name) <= "\xff"
    }
    if not octets:
        return listing
    charset = charset_of(tuple(octets.values()))
    if charset not in _ENCODINGS:
        return listed(files)
    listing = listed(files, ("-encoding", _ENCODINGS[charset]))
    return replace(listing, entries=tuple(_with_octets(entry, octets, charset) for entry in listing.entries))


def _with_octets(entry: Entry, octets: Mapping[int, bytes], charset: str) -> Entry:
    """Add the octets that *entry* was listed with, if they are its name; lsar shows a backslash as a slash."""
    own = octets.get(entry.number, b"")
    text = own.decode(charset, "replace").replace("\\", "/")
    return replace(entry, octets=own) if own and text == entry.name else entry


def listed(files: Files, options: tuple[str, ...] = ()) -> Listing:
    """List an archive, with further *options* of lsar."""
    items, said = _lsar(files, options)
    entries = tuple(_entry(item) for item in items if not any(item.get(key) for key in _LEFT_OUT))
    locked = not items and (wants_password(said) or (bool(said) and "-password" in options))
    return Listing(entries=entries, options=options, locked=locked, said=said)


def tested(files: Files, options: tuple[str, ...], entries: Sequence[Entry]) -> dict[int, str]:
    """Have *entries* unpacked without keeping anything.

    Returns:
        number of each to what lsar says of it: "ok", "no_checksum", "wrong_checksum", WRONG_PASSWORD, "not_supported" …;
        nothing of those that the program did not come to.
    """
    numbers = tuple(str(entry.number) for entry in entries)
    items, _ = _lsar(files, ("-test", *options), numbers)
    return {int(item["XADIndex"]): str(item.get("lsarTestResult", "")) for item in items}


def _lsar(
    files: Files, options: tuple[str, ...], numbers: tuple[str, ...] = ()
) -> tuple[list[dict[str, Any]], str]:
    """(what lsar says of each member, its error, "" if it had none)."""
    chosen = ("-indexes", files[0][0], *numbers) if numbers else (files[0][0],)
    result = tools.run(
        ["lsar", "-json-ascii", "-no-recursion", *options, *chosen],
        inputs=files,
        seconds=seconds(sum(len(data) for _, data in files)),
        megabytes=MEGABYTES,
    )
    said = SLOW if result.overrun else result.error.decode("utf-8", "replace").strip()
    try:
        listing = json.loads(result.out, strict=False)
        items = [item for item in listing["lsarContents"] if isinstance(item.get("XADIndex"), int)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return [], said or BROKEN
    return items, (said or BROKEN) if "lsarError" in listing else ""


def _entry(item: Mapping[str, Any]) -> Entry:
    size = item.get("XADFileSize")
    crc = next((item[key] for key in _CHECKSUMS if isinstance(item.get(key), int)), None)
    return Entry(
        number=int(item["XADIndex"]),
        name=str(item.get("XADFileName", "")),
        size=int(size) if size is not None else None,
        crc=crc,
        special=any(item.get(key) for key in _SPECIAL),
        encrypted=bool(item.get("XADIsEncrypted")) and size != 0,
    )


def wants_password(said: str) -> bool:
    """Say whether a program that *said* so wants a password."""
    return "assword" in said or "ncrypted" in said


def as_option(password: str) -> tuple[str, ...]:
    """The words that give lsar and unar a password."""
    return ("-password", password)
