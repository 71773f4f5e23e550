"""Whether the log still is what its seals say: those in the register, and those that were kept elsewhere.

Purpose: `findings(connection, kept)`, a part of verify; `decode(octets)` reads a seal's file.
Source: FIELD: a chain alone does not show that its tail was cut or that the whole was replaced; an anchor outside does.
Limits: sees nothing that happened after the last seal that is at hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, RowMapping, func, select

from pipeline.errors import UsageError
from pipeline.register import rows, tables
from pipeline.register.chain import START, canonical
from pipeline.register.values import Finding, Seal


def encode(seal: Seal) -> bytes:
    """Write *seal* as its file holds it: one line of canonical JSON, its digest included."""
    return canonical(rows.seal_fields(seal)) + b"\n"


def decode(octets: bytes, name: str) -> Seal:
    """Read a seal's file called *name*.

    Raises:
        UsageError: it holds no seal.
    """
    try:
        fields = msgspec.json.decode(octets, type=_Fields)
        return Seal(**{**msgspec.structs.asdict(fields), "at": datetime.fromisoformat(fields.at)})
    except (msgspec.DecodeError, ValueError) as error:
        raise UsageError(f"{name} 不是封印文件；封印文件形如 seal-00012-20240610.json") from error


class _Fields(msgspec.Struct, forbid_unknown_fields=True):
    number: int
    at: str
    first: int
    last: int
    head: str
    items: int
    sightings: int
    corrections: int
    previous: str
    digest: str


def findings(connection: Connection, kept: Sequence[Seal]) -> Iterator[Finding]:
    """Hold every seal against the log and against its neighbours; the register's own first."""
    last = connection.scalar(select(func.max(tables.events.c.number))) or 0
    number, previous, digests = 0, START, dict[int, str]()
    for row in connection.execute(select(tables.seals).order_by(tables.seals.c.number)).mappings():
        subject = f"第 {row['number']} 号封印"
        if row["number"] != number + 1 or row["previous"] != previous:
            yield Finding(
                kind="seal", subject=subject, detail="与前一号封印接不上：中间的封印被删、被换或被插入"
            )
        if rows.seal_digest(dict(row)) != row["digest"]:
            yield Finding(kind="seal", subject=subject, detail="内容与摘要不符：这一号封印被改过")
        yield from _against_log(connection, row["last"], row["head"], last, subject)
        number, previous = row["number"], row["digest"]
        digests[number] = previous
    for seal in sorted(kept, key=lambda one: one.number):
        yield from _kept(connection, seal, digests, last)


def _kept(connection: Connection, seal: Seal, digests: dict[int, str], last: int) -> Iterator[Finding]:
    subject = f"第 {seal.number} 号封印（封印文件）"
    if rows.seal_digest(rows.seal_fields(seal)) != seal.digest:
        yield Finding(kind="seal", subject=subject, detail="这份封印文件自身被改过，不能作凭据；请另找一份")
        return
    if digests.get(seal.number) != seal.digest:
        fact = "登记簿里没有这一号封印" if seal.number not in digests else "登记簿里的同号封印与它不同"
        yield Finding(
            kind="seal", subject=subject, detail=f"{fact}：登记簿可能被换成了较早的备份，或整个重写过"
        )
    yield from _against_log(connection, seal.last, seal.head, last, subject)


def _against_log(
    connection: Connection, number: int, head: str, last: int, subject: str
) -> Iterator[Finding]:
    if number > last:
        yield Finding(
            kind="seal",
            subject=subject,
            detail=f"封印时日志已有 {number} 条，现在只到第 {last} 条：日志尾部被截去，或登记簿被换成了较早的备份",
        )
    elif number and _digest(connection, number) != head:
        yield Finding(
            kind="seal",
            subject=subject,
            detail=f"第 {number} 条日志的摘要与封印不同：这一条或它之前的日志被改写过",
        )


def _digest(connection: Connection, number: int) -> str | None:
    found: RowMapping | None = (
        connection.execute(select(tables.events.c.digest).where(tables.events.c.number == number))
        .mappings()
        .first()
    )
    return found["digest"] if found else None
