"""verify: whether the register and the archive are still what was written.

Purpose: recompute the chain, the digest of every row and every blob, and hold them against each other.
Source: ../../docs/decisions.md; DA/T 70-2018 (真实 完整 可用). What people decided is held against the log by decided.py.
Limits: whoever rewrites everything, chain and seals and all, is not seen without a seal kept elsewhere, nor what was
written after the last seal (remarks.py says so). Readings are a cache: one that is gone is no finding, one that was altered
is. Polls are a heartbeat and stand in no digest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, RowMapping, Select, select
from sqlalchemy.exc import SQLAlchemyError

from pipeline.records import State
from pipeline.register import decided, rows, sealing, sqlite, tables
from pipeline.register.attaching import ROW
from pipeline.register.chain import START, facts_digest, moment, one_line, words_digest
from pipeline.register.step import MACHINE
from pipeline.register.values import LISTED, Finding, Fixities, Seal

ITEM_ACTIONS = (
    "capture",
    "begin",
    "file",
    "defer",
    "hold",
    "interrupt",
    "release",
    "dismiss",
    "reprocess",
)
"""Actions whose `row` is the digest of the item's row."""


PEOPLES_ACTIONS = (
    "release",
    "dismiss",
    *decided.ACTIONS.values(),
    "attach",
    "reprocess",
    "restore",
    "teach",
    "unteach",
)
"""Actions that no machine takes."""
AMISS = (ArithmeticError, AttributeError, LookupError, SQLAlchemyError, TypeError, ValueError)
"""What reading a row of another shape than ours may raise."""


@dataclass(kw_only=True)
class _Told:
    """What the chain says: last digest and state of each item, digests of readings and (in order) corrections; files that were
    added; sightings, and since when they are gone."""

    items: dict[str, str] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    readings: set[str] = field(default_factory=set)
    corrections: list[str] = field(default_factory=list)
    attachments: list[tuple[str, ...]] = field(default_factory=list)
    sendings: list[str] = field(default_factory=list)
    sightings: dict[tuple[str, str], str] = field(default_factory=dict)
    gone: dict[tuple[str, str], str] = field(default_factory=dict)


def findings(connection: Connection, archive: Fixities, kept: Sequence[Seal] = ()) -> Iterator[Finding]:
    """Find what is wrong: database, schema, chain, seals, rows, accessions, blobs, in this order.

    What cannot even be read ends its own part and is a finding itself.
    """
    told = _Told()
    for part, found in (
        ("数据库", _database(connection)),
        ("日志", _chain(connection, told)),
        ("封印", sealing.findings(connection, kept)),
        ("来文登记", _items(connection, told)),
        ("见信处", _sightings(connection, told)),
        ("归档结果", _filings(connection)),
        ("读件结果", _readings(connection, told)),
        ("人工更正", decided.corrections(connection, told.corrections)),
        ("补入材料", decided.attachments(connection, told.attachments)),
        ("寄发", decided.sendings(connection, told.sendings)),
        ("收文号", _gaps(connection)),
        ("原件", _blobs(connection, archive)),
    ):
        try:
            with (
                connection.begin_nested()
            ):  # a server answers nothing more after an error, but to what is undone
                yield from found
        except AMISS as error:
            fact = f"{part}里有不合格式的内容，被改过；这一部分核对到此中断（{type(error).__name__}）"
            yield Finding(kind="database", subject=part, detail=fact)


def _database(connection: Connection) -> Iterator[Finding]:
    if connection.dialect.name == "sqlite":
        yield from sqlite.findings(connection)
        return
    from pipeline.register import postgres

    yield from postgres.findings(connection)


def _chain(connection: Connection, told: _Told) -> Iterator[Finding]:
    number, previous = 0, START
    for row in _streamed(connection, select(tables.events).order_by(tables.events.c.number)):
        subject = str(row["number"])
        if row["number"] != number + 1:
            yield Finding(
                kind="chain", subject=subject, detail=f"第 {number} 条之后缺 {row['number'] - number - 1} 条"
            )
        elif row["previous"] != previous:
            yield Finding(
                kind="chain", subject=subject, detail="与前一条接不上：前一条被换过，或这一条是插入的"
            )
        if not _is_as_written(row):
            yield Finding(
                kind="chain", subject=subject, detail=f"内容与摘要不符：这一条被改过（{row['accession']}）"
            )
        else:
            yield from _sense(row, told)
        number, previous = row["number"], row["digest"]
        _remember(row, told)


def _streamed(connection: Connection, wanted: Select[*tuple[object, ...]]) -> Iterator[RowMapping]:
    """Rows as they come: a server would send all of them at once."""
    with connection.execute(wanted.execution_options(stream_results=True)) as found:
        yield from found.mappings()


def _is_as_written(row: RowMapping) -> bool:
    try:
        return bool(words_digest(dict(row)) == row["said"] and facts_digest(dict(row)) == row["digest"])
    except AMISS:
        return False


def _sense(row: RowMapping, told: _Told) -> Iterator[Finding]:
    """Find an event that no program of ours writes: from a state that was not, or of a person who is none."""
    accession, before = row["accession"], told.states.get(row["accession"], "")
    if accession and row["before"] != before:
        fact = f"{accession} 此前为“{before or '未登记'}”，这一条却写原为“{row['before'] or '未登记'}”：这一条或之前的是伪造的"
        yield Finding(kind="chain", subject=str(row["number"]), detail=fact)
    if row["action"] in PEOPLES_ACTIONS and row["actor"] == MACHINE:
        fact = f"{row['action']} 只能由人决定，这一条却记为程序所为"
        yield Finding(kind="chain", subject=str(row["number"]), detail=fact)


def _remember(row: RowMapping, told: _Told) -> None:
    action = row["action"]
    told.states[row["accession"]] = row["after"]
    if action in ITEM_ACTIONS:
        told.items[row["accession"]] = row["row"]
    if action in ("capture", "sight"):
        told.sightings[_place(row)] = row["detail"]
        told.gone.pop(_place(row), None)
    elif action == "vanish":
        told.gone[_place(row)] = row["at"]
    elif action == "reappear":
        told.gone.pop(_place(row), None)
    elif action == "unpack":
        told.readings.add(row["row"])
    elif action in decided.ACTIONS.values():
        told.corrections.append(row["row"])
    elif action == "send":
        told.sendings.append(row["row"])
    elif action == "attach":
        whole = row["detail"].rpartition(ROW)[2]
        told.attachments.append((row["accession"], row["at"], row["actor"], whole, row["row"]))


def _place(row: RowMapping) -> tuple[str, str]:
    """Accession and place of a sighting that an event tells of."""
    return row["accession"], row["detail"].partition(LISTED)[0]


def _items(connection: Connection, told: _Told) -> Iterator[Finding]:
    seen = set()
    for row in connection.execute(select(tables.items)).mappings():
        accession = row["accession"]
        seen.add(accession)
        if rows.item_digest(dict(row)) != row["digest"]:
            yield Finding(kind="item", subject=accession, detail="登记内容与摘要不符：登记簿中这一行被改过")
        elif told.items.get(accession) != row["digest"] or told.states.get(accession) != row["state"]:
            yield Finding(
                kind="item", subject=accession, detail="登记内容与日志最后所记不符：这一行或日志被改过"
            )
    for accession in sorted(set(told.items) - seen):
        yield Finding(kind="item", subject=accession, detail="日志里有这件来文，登记簿里没有：这一行被删")


def _sightings(connection: Connection, told: _Told) -> Iterator[Finding]:
    there = dict[tuple[str, str], str]()
    for row in connection.execute(select(tables.sightings)).mappings():
        seen = rows.sighting(row)
        place = row["accession"], one_line(str(seen))
        there[place] = one_line(seen.described)
        if (moment(seen.gone) if seen.gone else None) != told.gone.get(place):
            fact = f"{place[1]} 是否还在服务器上、何时不在的，登记簿与日志不一致"
            yield Finding(kind="sighting", subject=place[0], detail=fact)
    for place in sorted(told.sightings.keys() | there.keys()):
        logged, registered = told.sightings.get(place), there.get(place)
        if registered is None:
            yield Finding(
                kind="sighting", subject=place[0], detail=f"日志记有在 {place[1]} 见到，登记簿里没有"
            )
        elif logged is None:
            yield Finding(
                kind="sighting", subject=place[0], detail=f"登记簿写有在 {place[1]} 见到，日志里没有"
            )
        elif logged != registered:
            yield Finding(kind="sighting", subject=place[0], detail=f"{place[1]} 的所列大小或时间与日志不符")


def _orphan_filings(connection: Connection) -> Iterator[Finding]:
    item, filing = tables.items.c.accession, tables.filings
    alone = select(filing.c.accession).where(filing.c.accession.not_in(select(item)))
    for accession in connection.scalars(alone.order_by(filing.c.accession)):
        yield Finding(kind="filing", subject=str(accession), detail="有归档结果而没有这件来文：是加进来的")


def _filings(connection: Connection) -> Iterator[Finding]:
    yield from _orphan_filings(connection)
    item, filing = tables.items, tables.filings
    wanted = select(
        item.c.accession, item.c.state, item.c.filing, filing.c.basis, filing.c.content, filing.c.digest
    )
    for row in _streamed(connection, wanted.join(filing, isouter=True).order_by(item.c.accession)):
        accession = row["accession"]
        if row["content"] is None:
            if row["filing"] or row["state"] == State.FILED:
                yield Finding(kind="filing", subject=accession, detail="归档结果不在登记簿里：被删")
            continue
        recomputed = rows.content_digest(row["content"], accession=accession, basis=row["basis"])
        if recomputed != row["digest"] or recomputed != row["filing"]:
            yield Finding(kind="filing", subject=accession, detail="归档结果与登记的摘要不符：被改过")


def _readings(connection: Connection, told: _Told) -> Iterator[Finding]:
    for row in _streamed(connection, select(tables.readings)):
        key = {name: row[name] for name in ("sha256", "version", "abilities")}
        recomputed = rows.content_digest(row["content"], **key)
        if recomputed != row["digest"] or recomputed not in told.readings:
            yield Finding(kind="reading", subject=row["sha256"], detail="读件结果与日志所记不符：被改过")


def _gaps(connection: Connection) -> Iterator[Finding]:
    expected: dict[int, int] = {}
    wanted = select(tables.items.c.year, tables.items.c.number).order_by(
        tables.items.c.year, tables.items.c.number
    )
    for year, number in connection.execute(wanted):
        last = expected.get(year, 0)
        if not isinstance(number, int):
            continue  # said of the item already
        if number != last + 1:
            yield Finding(
                kind="gap",
                subject=f"{year}-{last + 1:05d}",
                detail=f"收文号断号：到 {year}-{number:05d} 之前缺 {number - last - 1} 个",
            )
        expected[year] = number


def _blobs(connection: Connection, archive: Fixities) -> Iterator[Finding]:
    for what, table in (("原件", tables.items), ("补入材料", tables.attachments)):
        wanted = select(table.c.accession, table.c.sha256).order_by(table.c.accession)
        for accession, sha256 in connection.execute(wanted):
            state = archive.check(sha256)
            if state == "missing":
                yield Finding(
                    kind="blob", subject=accession, detail=f"{what} {sha256} 不在原件库；请从备份恢复"
                )
            elif state != "intact":
                yield Finding(
                    kind="blob", subject=accession, detail=f"{what} {sha256} 与收到时不符；请从备份恢复"
                )
