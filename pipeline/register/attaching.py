"""A file that staff fetched joins its mail: a row of its own, one event, and the mail falls due again.

Purpose: `attach(step, attachment)`, within the transaction of its caller. The event's `row` proves which octets were added,
also where its words are masked; in the words, behind `ROW`, stands the digest of the whole row, name and link with it.
Source: a link runs out, the mail stays: what staff fetched in time is kept with it (../../docs/decisions.md).
Limits: the octets are in the archive before it is said here. Which link a file answers is the caller's to find out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from urllib.parse import urlsplit

from sqlalchemy import delete, insert, select

from pipeline.errors import UsageError
from pipeline.records import Attachment, State
from pipeline.register import chain, rows, tables
from pipeline.register.step import Step

ROW = "；登记行 "
"""What stands before the digest of the row of attachments in an event's detail."""
MAX_NAME = 200
"""Characters of a name: an event's detail, which holds it, has 500 at most."""
MAX_HOST = 100
"""Characters of a host, likewise."""
MAX_FILES = 50
"""Files added to one mail: each is a decision; what is more comes as an archive."""
MAX_OCTETS = 512 * 1024**2
"""Octets added to one mail in all: they go to its reader with the mail, in a process that may take 2 GB by default and
holds them twice, as sent and as unpacked."""


def attach(step: Step, attachment: Attachment) -> Attachment:
    """Write the row and its event, and give it back with its place.

    An attempt that is open is ended and not charged: it reads the mail without the file. A held mail stays held.

    Raises:
        UsageError: the same file was added before, or the mail has as much as it may have.
    """
    stored = tables.attachments
    wanted = select(stored).where(stored.c.accession == attachment.accession).order_by(stored.c.place)
    there = [rows.attachment(row) for row in step.connection.execute(wanted).mappings()]
    _require_room(there, attachment)
    name = chain.one_line(attachment.name)[:MAX_NAME]
    added = replace(attachment, name=name, place=len(there) + 1, at=attachment.at)
    fields = {**asdict(added), "at": chain.moment(added.at), "digest": rows.attachment_digest(asdict(added))}
    number = tables.next_number(step.connection, stored)
    step.connection.execute(insert(stored).values(**fields, number=number))
    reading = tables.readings
    step.connection.execute(delete(reading).where(reading.c.sha256 == step.row["sha256"]))
    step.tell(
        "attach",
        f"补入第 {added.place} 份材料：{added.size} 字节，SHA-256 {added.sha256}",
        added.at,
        actor=added.by,
        detail=f"{name}{_answers(added.link)}{ROW}{fields['digest']}",
        row=str(rows.octets_added(fields)["digest"]),
    )
    _fall_due(step, added)
    return added


def _require_room(there: Sequence[Attachment], new: Attachment) -> None:
    same = next((one for one in there if one.sha256 == new.sha256), None)
    if same is not None:
        raise UsageError(
            f"{new.accession} 已补入过这份文件（第 {same.place} 份“{same.name}”，内容相同），没有再补"
        )
    if len(there) >= MAX_FILES:
        raise UsageError(f"{new.accession} 已补入 {len(there)} 份，不能再多；请把其余的打成一个压缩包再补入")
    total = sum(one.size for one in there) + new.size
    if total > MAX_OCTETS:
        raise UsageError(
            f"{new.accession} 补入的材料合计 {total} 字节，超过 {MAX_OCTETS // 1024**2} MB；"
            "请只补入总结、报表和照片，视频另行存放"
        )


def _fall_due(step: Step, added: Attachment) -> None:
    """Make the item due once more, with an event of its own where that changes its row."""
    if step.state == State.FILED:
        step.move(basis="", attempts=0, begun=None, due=None)
        step.tell("reprocess", f"补入第 {added.place} 份材料，连同邮件重读", added.at, actor=added.by)
    elif step.row["begun"] is not None:
        step.move(attempts=step.attempts - 1, begun=None, due=None)
        step.tell("interrupt", f"第 {step.attempts} 次办理被补入材料打断，不计次数", added.at)


def _answers(link: str) -> str:
    """The host of the link that the file answers: the rest of a URL may hold a 提取码."""
    try:
        host = urlsplit(link).hostname if "//" in link else link.partition("/")[0]
    except ValueError:
        host = ""
    return f"，对应 {host[:MAX_HOST]} 的链接" if host else "，对应邮件里的一个链接" if link else ""
