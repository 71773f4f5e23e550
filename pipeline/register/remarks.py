"""What verify cannot decide, or cannot see: said beside its findings, so that nobody takes silence for proof.

Purpose: `remarks(connection, archive, kept)`, Chinese lines.
Limits: a remark is no finding: a clock that was set back, or a crash between archive and register, explains some.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, func, select

from pipeline.register import tables
from pipeline.register.chain import moment
from pipeline.register.values import Fixities, Seal

SHOWN = 3
"""Names that a remark gives; the number says how many more there are."""


def remarks(connection: Connection, archive: Fixities, kept: Sequence[Seal]) -> Iterator[str]:
    """Say what is unsealed, what is dated before a seal that does not hold it, and which blobs have no item."""
    yield from _unsealed(connection, kept)
    yield from _backdated(connection, kept)
    yield from _orphans(connection, archive)


def _unsealed(connection: Connection, kept: Sequence[Seal]) -> Iterator[str]:
    last = connection.scalar(select(func.max(tables.events.c.number))) or 0
    sealed = max((seal.last for seal in kept), default=0)
    if not kept:
        yield f"没有封印文件可以核对：{last} 条日志如果整个重写过，看不出来"
    elif sealed < last:
        yield f"最新一份封印文件到第 {sealed} 条，之后的第 {sealed + 1} 至 {last} 条还没有封印：这一段如果改写过，看不出来"


def _backdated(connection: Connection, kept: Sequence[Seal]) -> Iterator[str]:
    event = tables.events.c
    for seal in sorted(kept, key=lambda one: one.number):
        early = select(event.number).where(event.number > seal.last, event.at < moment(seal.at))
        numbers = list(connection.scalars(early.order_by(event.number)))
        if numbers:
            told = "、".join(map(str, numbers[:SHOWN])) + (
                f" 等 {len(numbers)} 条" if len(numbers) > SHOWN else ""
            )
            yield f"第 {told} 日志的时间早于第 {seal.number} 号封印，封印里却没有：时钟拨回过，或是事后补记的，请查"
            return


def _orphans(connection: Connection, archive: Fixities) -> Iterator[str]:
    named = tables.named(connection)
    orphans = [digest for digest in archive.digests() if digest not in named]
    if orphans:
        told = "、".join(digest[:16] for digest in orphans[:SHOWN])
        yield f"原件库里有 {len(orphans)} 份没有登记的文件（{told} …）：断电可能留下，也可能是登记被删或有人放入，请查"
