"""Archives that only a foreign program opens: rar, 7z and older ones, by unar.

Purpose: `read_foreign()`.
Source: unar(1) 1.10; measured: it opens RAR 3 and 5 with passwords, solid ones and encrypted headers, 7z with them too.
Limits: needs the ability "unar". It guesses the charset of names itself, so the octets of names are not kept. Links are
    not handed over. unar takes the password as an argument; it is one that stands in the mail.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pipeline import tools
from pipeline.records import Code
from pipeline.unpack.limits import MAX_TOTAL, Budget, Member, Opened, Refused, too_many

SECONDS = 60
"""For one try: unar unpacks some 10 MB a second."""
MEGABYTES = MAX_TOTAL // 1024**2 * 4
"""Address space; the runner lets files grow to a quarter of it."""
MAX_TRIES = 8
"""Passwords tried on one archive; a mail states one or two."""

MEDIA_TYPES = {
    "application/vnd.rar": "a.rar",
    "application/x-7z-compressed": "a.7z",
    "application/vnd.ms-cab-compressed": "a.cab",
    "application/x-lzh-compressed": "a.lzh",
    "application/x-arj": "a.arj",
}
"""Media types that unar opens, and the name it gets each under."""

_FAILED = re.compile(r"^ {2}(.*?) {2}\([^()]*\)\.\.\. Failed! \((.*)\)$", re.MULTILINE)
_NO_PROGRAM = "本机没有能解开这种压缩包的程序（unar），请人工解开"
_LOCKED = ("有密码，来信没有写明", "有密码，已知的密码都不对")
_BROKEN = "压缩包损坏或不完整"
_NOTHING = "没有解出任何文件，可能是分卷压缩包，缺少其他分卷"


def read_foreign(
    data: bytes, media_type: str, passwords: tuple[str, ...], abilities: tuple[str, ...]
) -> Opened:
    """Read all members of the archive *data*, trying *passwords* where it wants one."""
    if "unar" not in abilities:
        return Opened(refused=(Refused(code=Code.UNSUPPORTED, why=_NO_PROGRAM),))
    opened = _try(data, media_type, None)
    if not any(refusal.code is Code.ENCRYPTED for refusal in opened.refused):
        return opened
    members: tuple[Member, ...] = ()
    for password in passwords[:MAX_TRIES]:
        opened = _try(data, media_type, password)
        if not opened.refused:
            return opened
        sound = tuple(member for member in opened.members if not member.fault)
        members = max(members, sound, key=len)
    return Opened(members=members, refused=(Refused(code=Code.ENCRYPTED, why=_LOCKED[bool(passwords)]),))


def _try(data: bytes, media_type: str, password: str | None) -> Opened:
    """Run unar once, with *password* or with none: then it says so where one is wanted, and writes nothing."""
    given = MEDIA_TYPES[media_type]
    options = [
        "-quiet",
        "-no-directory",
        "-force-rename",
        "-no-recursion",
        "-forks",
        "skip",
        "-output-directory",
        "out",
    ]
    if password is not None:
        options += ["-password", password]
    result = tools.run(
        ["unar", *options, given], inputs=[(given, data)], seconds=SECONDS, megabytes=MEGABYTES
    )
    said = (result.out + b"\n" + result.error).decode("utf-8", "replace")
    failed = dict(_FAILED.findall(said))
    refused = [_refusal(name, why) for name, why in failed.items()]
    if result.overrun:
        refused.append(too_many())
    elif not failed and (not result.ok or not result.files):
        refused.append(_refusal("", said))
    members, over = _within(result.files, failed, Budget(packed=len(data)))
    return Opened(members=tuple(members), refused=(*refused, *over))


def _within(
    files: Sequence[tuple[str, bytes]], failed: Mapping[str, str], budget: Budget
) -> tuple[list[Member], list[Refused]]:
    """The *files* that unar left, as members, as far as the *budget* goes; empty ones that it *failed* on are left out."""
    members: list[Member] = []
    for path, octets in files:
        name = path.removeprefix("out/")
        if name in failed and not octets:
            continue
        if budget.spent or len(octets) > budget.octets:
            return members, [too_many()]
        budget.spend(len(octets))
        members.append(Member(name=b"", text=name, data=octets, fault=_BROKEN if name in failed else ""))
    return members, []


def _refusal(name: str, said: str) -> Refused:
    """Say why a member, or with name "" the whole archive, was not read, by what unar *said*."""
    if "assword" in said or "ncrypted" in said:
        return Refused(text=name, code=Code.ENCRYPTED, why="有密码")
    if "not supported" in said or "ouldn't recognize" in said:
        return Refused(text=name, code=Code.UNSUPPORTED, why="压缩方法不支持")
    if not name and not said.strip():
        return Refused(code=Code.DAMAGED, why=_NOTHING)
    return Refused(text=name, code=Code.DAMAGED, why=_BROKEN)
