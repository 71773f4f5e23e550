"""Whether what people decided stands in the register as the log tells it: corrections, files that they added, what was sent.

Purpose: `corrections(connection, logged)`, `attachments(connection, logged)`, `sendings(connection, logged)`, parts of verify.
Limits: *logged* is what the chain says; whether that is whole is verifying.py's business.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import Connection, Table, select

from pipeline.records import Act
from pipeline.register import rows, tables
from pipeline.register.chain import one_line
from pipeline.register.values import Finding

ACTIONS = {Act.DECIDE: "correct", Act.UNDO: "undo", Act.SIGN: "sign"}
"""What the log calls each act."""


def corrections(connection: Connection, logged: list[str]) -> Iterator[Finding]:
    """Each row is as written, and the rows stand in the order of their events: of two, the later one counts."""
    there, told = list[str](), Counter(logged)
    yield from _numbers(connection, tables.corrections, "correction", "人工更正")
    for row in connection.execute(
        select(tables.corrections).order_by(tables.corrections.c.number)
    ).mappings():
        recomputed = rows.correction_digest(dict(row))
        there.append(recomputed)
        if recomputed != row["digest"] or recomputed not in told:
            yield Finding(
                kind="correction",
                subject=row["accession"] or row["field"],
                detail="人工更正与日志所记不符：被改过或不是经程序写入",
            )
    registered = Counter(there)
    for digest in sorted((told - registered).keys()):
        yield Finding(
            kind="correction", subject=digest, detail="日志里有这条人工更正，登记簿里没有：被改或被删"
        )
    for digest in sorted((registered - told).keys() & told.keys()):
        yield Finding(kind="correction", subject=digest, detail="登记簿里这条人工更正比日志里多：被重复写入")
    if told == registered and there != logged:
        yield Finding(
            kind="correction", subject="次序", detail="人工更正的先后与日志不同（后一条算数）：次序被改过"
        )


def attachments(connection: Connection, logged: list[tuple[str, ...]]) -> Iterator[Finding]:
    """Each row is as written, and the log tells of it: of that mail, then, by that person."""
    there, told = Counter[tuple[str, ...]](), Counter(logged)
    for row in connection.execute(select(tables.attachments)).mappings():
        recomputed = rows.attachment_digest(dict(row))
        octets = str(rows.octets_added(dict(row))["digest"])
        one = (str(row["accession"]), str(row["at"]), one_line(str(row["by"])), recomputed, octets)
        there[one] += 1
        if recomputed != row["digest"] or one not in told:
            fact = f"补入材料第 {row['place']} 份与日志所记不符：被改过或不是经程序写入"
            yield Finding(kind="attachment", subject=row["accession"], detail=fact)
    for accession, *_ in sorted((told - there).keys()):
        fact = "日志里有这份补入材料，登记簿里没有：被改或被删"
        yield Finding(kind="attachment", subject=accession, detail=fact)


def sendings(connection: Connection, logged: list[str]) -> Iterator[Finding]:
    """Each row is as written, and the rows stand as the log tells them: intents and outcomes, in their order."""
    there, told = list[str](), Counter(logged)
    yield from _numbers(connection, tables.sendings, "sending", "寄发")
    for row in connection.execute(select(tables.sendings).order_by(tables.sendings.c.number)).mappings():
        there.append(rows.sending_digest(dict(row)))
        if there[-1] != row["digest"] or there[-1] not in told:
            fact = f"寄发表第 {row['number']} 笔与日志所记不符：被改过或不是经程序写入"
            yield Finding(kind="sending", subject=str(row["number"]), detail=fact)
    registered = Counter(there)
    for digest in sorted((told - registered).keys()):
        fact = "日志里有这笔寄发，寄发表里没有：被改或被删"
        yield Finding(kind="sending", subject=digest, detail=fact)
    for digest in sorted((registered - told).keys() & told.keys()):
        yield Finding(kind="sending", subject=digest, detail="寄发表里这笔寄发比日志里多：被重复写入")
    if told == registered and there != logged:
        yield Finding(kind="sending", subject="次序", detail="寄发的先后与日志不同：次序被改过")


def _numbers(connection: Connection, table: Table, kind: str, what: str) -> Iterator[Finding]:
    """Rows are numbered from 1 without a gap: what takes back, signs or ends names another row by its number, which no digest has."""
    numbers = list(connection.scalars(select(table.c.number).order_by(table.c.number)))
    if numbers != list(range(1, len(numbers) + 1)):
        fact = f"{what}的编号不是从 1 起连续的：编号被改过，“撤销、签认第几号”就指到别的上去了"
        yield Finding(kind=kind, subject="编号", detail=fact)
