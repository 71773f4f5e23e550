"""Attempts begin, and end as filed: those of one moment share one transaction, its lock, its look at the log, its fsync.

Purpose: `Ended.of(…)` packs what an attempt came to, before the lock is taken; `proceed(connection, …)` writes what ended and
then marks what begins; `kept(connection, …)` is what the register has for those that are about to begin.
Source: ../../docs/decisions.md. The crash argument holds for all of them together: a mark is durable before its attempt is made,
whoever shares its commit, and a filing stands in the commit of its own events. Before that commit nothing of it is so: the
octets are read again. After it, an attempt that was marked and not made is given back, as any that ran in a process of its own.
Limits: who is refused (a person decided meanwhile) is told so and costs the others nothing; what the database refuses is
refused to all of them, and the caller may write them one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from pipeline.errors import UsageError
from pipeline.records import Attachment, Filing, Item, Reading, State
from pipeline.register import chain, outcomes, rows, tables
from pipeline.register.deciding import STATES
from pipeline.register.replacing import put
from pipeline.register.step import Row, Step, rows_of, write
from pipeline.register.values import Basis

MAX_ATTEMPTS = 3
"""Failed attempts after which a mail is held for a person."""

_filing, _reading, _attachment = tables.filings.c, tables.readings.c, tables.attachments.c
_BEFORE = select(_filing.accession, _filing.content).where(
    _filing.accession.in_(bindparam("of", expanding=True))
)
_OTHER_READINGS = delete(tables.readings).where(_reading.sha256 == bindparam("of"))
_READINGS = select(_reading.sha256, _reading.content).where(
    _reading.sha256.in_(bindparam("of", expanding=True)),
    _reading.version == bindparam("version"),
    _reading.abilities == bindparam("abilities"),
)
_ATTACHMENTS = (
    select(tables.attachments)
    .where(_attachment.accession.in_(bindparam("of", expanding=True)))
    .order_by(_attachment.number)
)


@dataclass(frozen=True, kw_only=True)
class Ended:
    """An attempt that ended well, packed as the register keeps it. kept_reading, kept_filing: columns; no reading: it had one."""

    accession: str
    filing: Filing
    reading: Reading | None
    basis: Basis
    kept_filing: Row
    kept_reading: Row

    @classmethod
    def of(cls, accession: str, filing: Filing, *, basis: Basis, reading: Reading | None = None) -> Ended:
        """Pack them; what cannot be packed raises here, where it is one mail's failure."""
        return cls(
            accession=accession,
            filing=filing,
            reading=reading,
            basis=basis,
            kept_filing=_packed(filing, accession=accession, basis=basis.digest),
            kept_reading=_packed(
                reading, sha256=reading.sha256, version=basis.version, abilities=basis.abilities
            )
            if reading
            else {},
        )


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What the register has for an attempt: files that staff added, and the reading, None if it must be read (again)."""

    attachments: tuple[Attachment, ...] = ()
    reading: Reading | None = None


def _packed(value: Reading | Filing, **key: str | int) -> Row:
    content = rows.packed(value)
    return {**key, "content": content, "digest": rows.content_digest(content, **key)}


# ------------------------------------------------------------ before attempts


def kept(connection: Connection, items: Sequence[Item], basis: Basis) -> dict[str, Kept]:
    """What is kept for each of *items*, by accession; a reading without the files that were added since is another reading."""
    added: dict[str, list[Attachment]] = {one.accession: [] for one in items}
    for row in connection.execute(_ATTACHMENTS, {"of": list(added)}).mappings():
        added[row["accession"]].append(rows.attachment(row))
    wanted = {"of": [one.sha256 for one in items], "version": basis.version, "abilities": basis.abilities}
    read = {row["sha256"]: row["content"] for row in connection.execute(_READINGS, wanted).mappings()}
    return {
        one.accession: Kept(
            attachments=tuple(added[one.accession]),
            reading=_read(read.get(one.sha256), added[one.accession]),
        )
        for one in items
    }


def _read(content: bytes | None, added: Iterable[Attachment]) -> Reading | None:
    found = rows.unpacked(content, Reading) if content is not None else None
    return found if found is not None and found.attached == tuple(one.sha256 for one in added) else None


# ------------------------------------------------------------ one transaction


def proceed(
    connection: Connection, ended: Sequence[Ended], begun: Sequence[str], *, at: datetime, isolated: bool
) -> dict[str, UsageError]:
    """File what *ended*, then count the attempts of *begun*, in this order; return why each that is refused is refused."""
    found = rows_of(connection, (*(one.accession for one in ended), *begun))
    before = _before(connection, found, ended)
    steps: list[Step] = []
    filed: list[Ended] = []
    refused: dict[str, UsageError] = {}
    for one in ended:
        with _noted(refused, one.accession):
            steps.append(_filed(_step(connection, found, one.accession, "归档"), one, before, at))
            found[one.accession] = steps[-1].written
            filed.append(one)
    for accession in begun:
        with _noted(refused, accession):
            steps.append(_begun(_step(connection, found, accession, "办理"), at, isolated=isolated))
            found[accession] = steps[-1].written
    _keep(connection, filed, before)
    write(connection, steps)
    return refused


@contextmanager
def _noted(refused: dict[str, UsageError], accession: str) -> Iterator[None]:
    """Note that *accession* is *refused*, and go on: nothing was written of it yet."""
    try:
        yield
    except UsageError as error:
        refused[accession] = error


def _step(connection: Connection, found: dict[str, Row], accession: str, verb: str) -> Step:
    step = Step.among(found, connection, accession, verb=verb)
    step.require(step.state in (State.CAPTURED, State.FILED), f"现为{STATES[State(step.state)]}")
    return step


def _before(
    connection: Connection, found: dict[str, Row], ended: Sequence[Ended]
) -> dict[str, Filing | None]:
    """The filings that stand now; None where another program wrote it. Most mails have none, and nobody asks."""
    again = [one.accession for one in ended if found.get(one.accession, {}).get("filing")]
    if not again:
        return {}
    stand: Any = connection.execute(_BEFORE, {"of": again})
    return {accession: rows.unpacked(content, Filing) for accession, content in stand}


def _begun(step: Step, at: datetime, *, isolated: bool) -> Step:
    """Count an attempt before it is made."""
    step.require(step.row["begun"] is None, "上一次办理还没有结束")
    step.require(step.attempts < MAX_ATTEMPTS, f"已经试过 {MAX_ATTEMPTS} 次")
    step.move(attempts=step.attempts + 1, begun=chain.moment(at), isolated=int(isolated), due=None)
    step.tell("begin", f"第 {step.attempts + 1} 次办理开始", at)
    return step


def _filed(step: Step, one: Ended, earlier: dict[str, Filing | None], at: datetime) -> Step:
    """File the item of the open attempt, whose octets came fixity-checked from the archive."""
    before = earlier.get(one.accession)
    step.require(step.row["begun"] is not None, "没有正在办理")
    rules = one.basis.rules
    step.tell("fixity", f"原件 SHA-256 核对相符：{step.row['sha256']}", at, row="")
    if one.reading is not None:
        step.tell(
            "unpack",
            outcomes.unpacked(one.reading),
            at,
            detail=outcomes.abilities(one.reading),
            row=str(one.kept_reading["digest"]),
        )
    step.tell("identify", outcomes.identified(one.filing, before), at, rule=rules, row="")
    step.tell("classify", outcomes.classified(one.filing, before), at, rule=rules, row="")
    step.move(
        state=State.FILED.value,
        attempts=0,
        begun=None,
        due=None,
        reason="",
        basis=one.basis.digest,
        filing=one.kept_filing["digest"],
    )
    step.tell("file", outcomes.filed(one.filing, before), at, detail=f"依据 {one.basis.digest}", rule=rules)
    return step


def _keep(connection: Connection, filed: Sequence[Ended], before: dict[str, Filing | None]) -> None:
    """Write the filings in place of earlier ones, and the readings instead of others of the same octets."""
    read = [one for one in filed if one.reading is not None]
    others = [{"of": one.kept_reading["sha256"]} for one in read if one.accession in before]
    if others:
        connection.execute(_OTHER_READINGS, others)
    put(connection, tables.readings, [one.kept_reading for one in read])
    put(connection, tables.filings, [one.kept_filing for one in filed])
