"""links, attach: material that mails only link to, fetched by staff.

Purpose: `links` lists what is still to be fetched and until when; `attach` adds a fetched file to its mail.
Source: FIELD: the daemon logs into no cloud and follows no link; staff do, and the file joins its mail with an event.
Limits: attach works beside the daemon, as release does: octets into the archive, then one transaction of the register.
Only a file of its own is taken, never a folder, a link or a device. The 提取码 is shown to staff and stands in no log.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from pipeline import beijing
from pipeline.commands.chinese import ChineseCommand
from pipeline.commands.options import Accession, By, DataDir, Json, Office, SettingsFile, give, opened, say
from pipeline.errors import UsageError
from pipeline.records import Attachment, Item, Link, State

if TYPE_CHECKING:
    from pipeline.links.ledger import Entry

PIECE = 1024**2
"""Octets read at a time: a file is never held whole."""
SHOWN = 10
"""Links that a refusal lists."""

FileToAdd = Annotated[Path, typer.Argument(help="已下载到本机的文件", metavar="文件", show_default=False)]
OneMail = Annotated[str | None, typer.Argument(help="只看这一件", metavar="收文号", show_default=False)]
Number = Annotated[
    int | None,
    typer.Option(
        "--link",
        help="对应 shouwen links 列出的第几个链接；0 表示不对应任何链接",
        min=0,
        show_default=False,
    ),
]


def register(app: typer.Typer) -> None:
    """Add this family's commands to *app*."""
    app.command("links", cls=ChineseCommand)(links)
    app.command("attach", cls=ChineseCommand)(attach)


# ------------------------------------------------------------ links


def links(
    accession: OneMail = None, settings: SettingsFile = None, data_dir: DataDir = None, as_json: Json = False
) -> None:
    """待下载的材料：邮件里只给了链接的材料，快到期的在前；提取码照列。"""
    from pipeline.commands.compiling import folded
    from pipeline.links.ledger import Standing, ledger

    with opened(settings, data_dir) as office:
        own = office.existing().register.item(accession).accession if accession else None
        filed = [one for one in folded(office, final=True) if own in (None, one.item.accession)]
        found = ledger(filed, datetime.now(UTC), office.register.attachments())
    for one in found:
        give(msgspec.json.encode(one).decode() if as_json else _told(one))
    left = sum(one.standing in (Standing.OPEN, Standing.UNLIMITED) for one in found)
    over = sum(one.standing is Standing.EXPIRED for one in found)
    say(
        f"待取 {left} 份，已过期 {over} 份，已补入 {len(found) - left - over} 份"
        + ("；人工下载后用 shouwen attach 收文号 文件 --by 姓名 补入" if left else "")
        + ("；已过期的请单位重发" if over else "")
    )


def _told(one: Entry) -> str:
    """One link as staff read it, in three short lines: how long and whose, what, where."""
    from outputs.words import LINKED, LINKS

    link = one.link
    until = f"{beijing.minute(link.expires)} 到期" if link.expires else link.term
    days = f"剩 {one.days} 天" if one.days is not None and one.days >= 0 else ""
    name = f"{link.name or '（没有文件名）'}{f'（{link.size}）' if link.size else ''}"
    lines = (
        (
            f"{one.accession} 链接 {one.number}",
            LINKED[one.standing],
            "，".join(words for words in (until, days) if words) or "没有写明期限",
            one.unit or "单位不明",
        ),
        (LINKS.get(link.kind, link.kind), name, f"提取码 {link.code}" if link.code else "", one.added),
        (link.url,),
    )
    return "\n    ".join("  ".join(" ".join(word.split()) for word in line if word) for line in lines)


# ------------------------------------------------------------ attach


def attach(
    accession: Accession,
    file: FileToAdd,
    by: By,
    link: Number = None,
    settings: SettingsFile = None,
    data_dir: DataDir = None,
) -> None:
    """把人工取回的文件补入它那封来件：存进原件库，记入日志，下次办理时连同邮件一起重读。"""
    with opened(settings, data_dir) as office:
        register = office.existing().register
        item = _willing(register.item(accession))
        name = _name_of(file)
        answers = _answers(office, item, name, link)
        blob = office.archive.put(_pieces(file))
        added = register.attach(
            Attachment(
                accession=accession,
                name=name,
                sha256=blob.sha256,
                size=blob.size,
                link=answers.url if answers else "",
                by=by,
                at=datetime.now(UTC),
            )
        )
    say(
        f"已补入 {accession} 的第 {added.place} 份材料：{added.name}，{added.size} 字节，SHA-256 {added.sha256}"
    )
    say(f"对应链接：{answers.name or answers.url}" if answers else "没有对应到邮件里的链接")
    if item.state is State.HELD:
        say(f"这件正待人工，补入后仍是；用 shouwen release {accession} 放行后，连同补入的一起读")
    else:
        say("下次 once 或 run 办理时，连同补入的一起重读、重新判断")


def _willing(item: Item) -> Item:
    """Return *item* unless nothing is read of it any more."""
    if item.state is State.DISMISSED:
        raise UsageError(
            f"{item.accession} 已定为不予受理，不再办理，不能补入材料；确要采用的，请单位重新发一封邮件"
        )
    return item


def _answers(office: Office, item: Item, name: str, number: int | None) -> Link | None:
    """Say which link the file answers; where that is not clear, ask instead of guessing."""
    from pipeline.links.ledger import answered, open_of

    filing = office.register.filing(item.accession)
    found = filing.links if filing else ()
    if number is not None:
        if number > len(found):
            raise UsageError(f"{item.accession} 没有第 {number} 个链接{_listed(found, found)}")
        return found[number - 1] if number else None
    added = office.register.attachments(item.accession)
    link = answered(found, added, name)
    left = open_of(found, added)
    if link is None and left:
        raise UsageError(
            f"不清楚“{name}”对应 {item.accession} 的哪个链接，没有补入；请加 --link 序号（都不对应的写 --link 0）"
            f"{_listed(found, left)}"
        )
    return link


def _listed(found: Sequence[Link], shown: Sequence[Link]) -> str:
    """The links *shown*, each with its number among all that were *found*."""
    told = [f"{number} {link.name or link.url}" for number, link in enumerate(found, 1) if link in shown]
    more = f" 等 {len(told)} 个" if len(told) > SHOWN else ""
    return f"。还没有取的：{'；'.join(told[:SHOWN])}{more}" if told else "；这封邮件里没有读到链接"


def _name_of(file: Path) -> str:
    """The file's name as text: from another system it may be in GBK, and it is never used as a path again."""
    from pipeline import charsets

    return " ".join(charsets.decode(os.fsencode(file.name), "").split())


def _pieces(file: Path) -> Iterator[bytes]:
    """Read *file* piece by piece; what was read counts, whatever becomes of the file meanwhile.

    Raises:
        UsageError: it is none of its own, empty, too big, or cannot be read.
    """
    from pipeline.register import MAX_OCTETS

    read = 0
    try:
        # A pipe must not keep us waiting, and a link could lead anywhere.
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise UsageError(f"{file} 不是普通文件（是目录、管道或设备）；请指明下载好的那个文件")
        with open(descriptor, "rb") as octets:  # noqa: PTH123 - what was looked at is what is read
            while piece := octets.read(PIECE):
                read += len(piece)
                if read > MAX_OCTETS:
                    raise UsageError(
                        f"{file} 超过 {MAX_OCTETS // 1024**2} MB，读件放不下；请只补入总结、报表和照片，视频另行存放"
                    )
                yield piece
    except OSError as error:
        why = "是符号链接" if error.errno == errno.ELOOP else error.strerror
        raise UsageError(f"读不了 {file}：{why}；请指明下载好的那个文件") from error
    if not read:
        raise UsageError(f"{file} 是空文件，没有补入；请重新下载")
