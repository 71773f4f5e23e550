"""Archives opened by unar: those with passwords, in volumes, and of old formats.

Purpose: `read_unar()`: lists first (listing.py), then has those members that the limits allow written one after the other to
    standard output, and cuts that by the sizes in the listing.
Source: unar(1) and lsar(1) 1.10; measured: they open RAR 3 and 5 with passwords, solid ones and encrypted headers, 7z too;
    written as files, the second of two members of one name replaces the first, and names are changed.
Limits: no name becomes a path; links, devices and what would grow beyond the limits are not extracted at all. unar says nothing
    of damage when it writes to standard output: checksums are compared here, or by lsar where the listing has none. unar takes
    the password as an argument; it is one that stands in the mail.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline import tools
from pipeline.records import Code
from pipeline.unpack.limits import LINK, Budget, Member, Opened, Refused, seconds, too_big, too_many
from pipeline.unpack.listing import (
    BROKEN,
    MEGABYTES,
    SLOW,
    WRONG_PASSWORD,
    Entry,
    Files,
    Listing,
    as_option,
    listed,
    named,
    tested,
    wants_password,
)

MAX_TRIES = 12
"""Passwords tried on one archive; a mail states one or two, each in some forms."""
MAX_DAMAGED = 20
"""Damaged members of one archive of which it is looked whether some octets can be had; each takes a run of its own."""

LOCKED = ("待补密码：有密码，来信没有写明", "待补密码：有密码，已知的密码都不对")
_NOTHING = "没有解出任何文件，可能是分卷压缩包，缺少其他分卷"
_METHOD = "压缩方法不支持"


def read_unar(files: Files, passwords: tuple[str, ...]) -> Opened:
    """Read all members of the archive *files* (name and octets of each volume), trying *passwords* where it wants one."""
    listing = named(files)
    for password in passwords[:MAX_TRIES]:
        if not listing.locked:
            break
        listing = listed(files, as_option(password))
    if listing.locked or (not listing.entries and wants_password(listing.said)):
        return Opened(refused=(_locked(passwords),))
    if listing.said == SLOW:
        return Opened(refused=(too_many(),))
    if not listing.entries:
        return Opened(refused=(Refused(code=Code.DAMAGED, why=BROKEN if listing.said else _NOTHING),))
    return _read(files, listing, passwords)


def _read(files: Files, listing: Listing, passwords: tuple[str, ...]) -> Opened:
    """Read an archive whose names are known; its members may be encrypted."""
    chosen, refused = _chosen(listing.entries, Budget(packed=_packed(files)))
    secret = [entry for entry in chosen if entry.encrypted]
    if secret and "-password" not in listing.options:
        smallest = min(secret, key=lambda entry: entry.size or 0)
        for password in passwords[:MAX_TRIES]:
            options = (*listing.options, *as_option(password))
            if tested(files, options, [smallest]).get(smallest.number) in ("ok", "no_checksum"):
                listing = replace(listing, options=options)
                break
        else:
            chosen = [entry for entry in chosen if not entry.encrypted]
            refused.append(_locked(passwords))
    opened = _extracted(files, listing.options, chosen)
    if listing.said and not opened.refused:
        refused.append(Refused(code=Code.DAMAGED, why=BROKEN))
    return replace(opened, refused=(*refused, *opened.refused))


def _chosen(entries: Sequence[Entry], budget: Budget) -> tuple[list[Entry], list[Refused]]:
    """What of *entries* may be extracted, and why the others may not."""
    chosen: list[Entry] = []
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


def _packed(files: Files) -> int:
    return sum(len(data) for _, data in files)


def _locked(passwords: tuple[str, ...]) -> Refused:
    return Refused(code=Code.ENCRYPTED, why=LOCKED[bool(passwords)])


# ---------------------------------------------------------------- octets


def _extracted(files: Files, options: tuple[str, ...], entries: Sequence[Entry]) -> Opened:
    """Extract *entries*; those that are damaged one by one, as far as they go."""
    pieces = _poured(files, options, entries)
    if pieces is None:
        return Opened(refused=(too_many(),))
    if len(pieces) == len(entries) and all(
        zlib.crc32(piece) == entry.crc for entry, piece in zip(entries, pieces, strict=True)
    ):
        return Opened(members=tuple(map(_member, entries, pieces)))
    results = tested(files, options, entries)
    sound = [entry for entry in entries if results.get(entry.number) in ("ok", "no_checksum")]
    found = dict(zip(sound, _poured(files, options, sound) or (), strict=False))
    members: list[Member] = []
    refused: list[Refused] = []
    damaged = 0
    for entry in entries:
        if entry in found:
            members.append(_member(entry, found[entry]))
            continue
        result = results.get(entry.number, "")
        refused.append(_refusal(entry, result))
        damaged += 1
        if result != WRONG_PASSWORD and damaged <= MAX_DAMAGED:
            members += _rest(files, options, entry)
    return Opened(members=tuple(members), refused=tuple(refused))


def _poured(files: Files, options: tuple[str, ...], entries: Sequence[Entry]) -> list[bytes] | None:
    """The octets of each of *entries*, [] if what comes out has another size than they have, None if it takes too long."""
    octets = _out(files, options, entries) if entries else b""
    if octets is None:
        return None
    if len(octets) != sum(entry.size or 0 for entry in entries):
        return []
    return list(_cut(octets, [entry.size or 0 for entry in entries]))


def _cut(octets: bytes, sizes: Sequence[int]) -> Iterator[bytes]:
    start = 0
    for size in sizes:
        yield octets[start : start + size]
        start += size


def _rest(files: Files, options: tuple[str, ...], entry: Entry) -> list[Member]:
    """What can be had of a damaged member."""
    octets = _out(files, options, [entry]) or b""
    fits = octets and len(octets) <= Budget(packed=_packed(files)).room(_packed(files))
    return [replace(_member(entry, octets), fault=BROKEN)] if fits else []


def _out(files: Files, options: tuple[str, ...], entries: Sequence[Entry]) -> bytes | None:
    """What unar writes for *entries*, None if it had to be stopped."""
    numbers = [str(entry.number) for entry in entries]
    command = ["unar", "-output-directory", "-", "-no-recursion", "-forks", "skip", *options]
    result = tools.run(
        [*command, "-indexes", files[0][0], *numbers],
        inputs=files,
        seconds=seconds(_packed(files)),
        megabytes=MEGABYTES,
    )
    return None if result.overrun else result.out


def _member(entry: Entry, octets: bytes) -> Member:
    return Member(name=entry.octets, text=entry.name.encode("utf-8", "replace").decode(), data=octets)


def _refusal(entry: Entry, result: str) -> Refused:
    """Say why *entry* was not read, by the *result* of its test."""
    if result == WRONG_PASSWORD:
        return Refused(text=entry.name, code=Code.ENCRYPTED, why=LOCKED[1])
    if result == "not_supported":
        return Refused(text=entry.name, code=Code.UNSUPPORTED, why=_METHOD)
    return Refused(text=entry.name, code=Code.DAMAGED, why=BROKEN)
