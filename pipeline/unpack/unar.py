"""Archives opened by unar: those with passwords, in volumes, and of old formats.

Purpose: `read_unar()`: lists first (lsar), then extracts by number what the listing (listing.py) allows.
Source: unar(1) and lsar(1) 1.10; measured: they open RAR 3 and 5 with passwords, solid ones and encrypted headers, 7z too.
Limits: links, devices and what would grow beyond the limits are not extracted at all, so that nothing can lead out of the
    private folder. unar takes the password as an argument; it is one that stands in the mail.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline import tools
from pipeline.records import Code
from pipeline.unpack.limits import (
    LINK,
    Budget,
    Member,
    Opened,
    Refused,
    seconds,
    too_big,
    too_many,
)
from pipeline.unpack.listing import (
    BROKEN,
    MEGABYTES,
    Entry,
    Files,
    Listing,
    as_option,
    listed,
    named,
    wants_password,
)

MAX_TRIES = 12
"""Passwords tried on one archive; a mail states one or two, each in some forms."""

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
_NOTHING = "没有解出任何文件，可能是分卷压缩包，缺少其他分卷"


def read_unar(files: Files, passwords: tuple[str, ...]) -> Opened:
    """Read all members of the archive *files* (name and octets of each volume), trying *passwords* where it wants one."""
    listing = named(files)
    if not listing.locked:
        return _read(files, listing, passwords)
    for password in passwords[:MAX_TRIES]:
        listing = listed(files, as_option(password))
        if listing.entries and not listing.said:
            return _extracted(files, listing)
    return Opened(refused=(Refused(code=Code.ENCRYPTED, why=LOCKED[bool(passwords)]),))


def _read(files: Files, listing: Listing, passwords: tuple[str, ...]) -> Opened:
    """Read an archive whose names are in clear; its members may be encrypted."""
    clear = replace(listing, entries=tuple(entry for entry in listing.entries if not entry.encrypted))
    encrypted = {entry.name for entry in listing.entries if entry.encrypted}
    best = _extracted(files, clear) if clear.entries or not encrypted else Opened()
    if not encrypted:
        return best
    for password in passwords[:MAX_TRIES]:
        opened = _extracted(files, replace(listing, options=(*listing.options, *as_option(password))))
        wrong = (one.text in encrypted and one.code is not Code.TOO_BIG for one in opened.refused)
        if not any(wrong):
            return opened
        sound = tuple(member for member in opened.members if not member.fault)
        if len(sound) > len(best.members):
            best = Opened(members=sound)
    locked = Refused(code=Code.ENCRYPTED, why=LOCKED[bool(passwords)])
    return Opened(members=best.members, refused=(*best.refused, locked))


def _extracted(files: Files, listing: Listing) -> Opened:
    """Extract what the limits allow of *listing*."""
    packed = sum(len(data) for _, data in files)
    chosen, refused = _chosen(listing.entries, Budget(packed=packed))
    if not listing.entries:
        return Opened(refused=(_refusal("", listing.said),))
    if not chosen:
        return Opened(refused=tuple(refused))
    numbers = [str(entry.number) for entry in chosen]
    result = tools.run(
        ["unar", *_EXTRACT, *listing.options, "-indexes", files[0][0], *numbers],
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
    members, over = _within(result.files, chosen, failed, Budget(packed=packed))
    return Opened(members=tuple(members), refused=(*refused, *over))


def _chosen(entries: Sequence[Entry], budget: Budget) -> tuple[list[Entry], list[Refused]]:
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


def _on_disk(name: str) -> str:
    """The path below "out/" that unar gives the member *name*."""
    pieces = [piece for piece in name.split("/") if piece not in ("", ".")]
    return "/".join("__Parent__" if piece == ".." else piece for piece in pieces)


def _within(
    files: Files, chosen: Sequence[Entry], failed: Mapping[str, str], budget: Budget
) -> tuple[list[Member], list[Refused]]:
    """The *files* that unar left, as members in the archive's order; empty ones that it *failed* on are left out."""
    entries = {_on_disk(entry.name): entry for entry in chosen}
    found: list[tuple[int, Member]] = []
    for path, octets in files:
        place = path.removeprefix("out/")
        entry = entries.get(place)
        name = (entry.name if entry else place).encode("utf-8", "replace").decode()
        if name in failed and not octets:
            continue
        if budget.spent or len(octets) > budget.room(budget.packed):
            return [member for _, member in found], [too_many()]
        budget.spend(len(octets))
        member = Member(
            name=entry.octets if entry else b"",
            text=name,
            data=octets,
            fault=BROKEN if name in failed else "",
        )
        found.append((entry.number if entry else len(chosen), member))
    return [member for _, member in sorted(found, key=lambda one: one[0])], []


def _refusal(name: str, said: str) -> Refused:
    """Say why a member, or with name "" the whole archive, was not read, by what unar *said*."""
    if wants_password(said):
        return Refused(text=name, code=Code.ENCRYPTED, why=LOCKED[1])
    if "not supported" in said or "ouldn't recognize" in said:
        return Refused(text=name, code=Code.UNSUPPORTED, why="压缩方法不支持")
    if not name and not said.strip():
        return Refused(code=Code.DAMAGED, why=_NOTHING)
    return Refused(text=name, code=Code.DAMAGED, why=BROKEN)
