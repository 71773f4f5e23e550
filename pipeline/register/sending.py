"""What was sent to units: an intent before the mail server is told, an outcome after it, each a row and an event.

Purpose: `intend` and `conclude`, within the transaction of their caller; `standing`, how it stands with each intent.
Source: a crash between the two must be seen: an intent without an outcome may have gone out, and nothing goes out twice
(../../docs/decisions.md).
Limits: whether a mail arrived is the mailbox's to say (a bounce comes in as a mail of its own). Whether it may be sent is
pipeline/sending's business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, insert, select

from pipeline.errors import UsageError
from pipeline.records import Outcome, Sending
from pipeline.register import chain, rows, tables
from pipeline.register.step import MACHINE, Step

KINDS = {"receipt": "回执", "completion": "补正单", "reminder": "催报"}
OUTCOMES = {
    Outcome.INTENT: "准备寄出",
    Outcome.SENT: "发信服务器已收下",
    Outcome.REFUSED: "被拒收",
    Outcome.FAILED: "没有寄出",
    Outcome.UNKNOWN: "不知是否寄出",
}


def intend(connection: Connection, sending: Sending, *, again: bool) -> Sending:
    """Write that *sending* is about to go out, and give it back with its number.

    Args:
        again: also where an earlier one of the same facts may have gone out, or was refused.

    Raises:
        UsageError: the same facts went out to this unit before, or may have, or were refused for good.
    """
    last = next(
        (one for one in reversed(standing(sendings(connection))) if _same(one, sending)),
        None,
    )
    if last is not None and not may_follow(last.outcome, again=again):
        raise UsageError(f"{KINDS[sending.kind]}（{_about(sending)}）{told(last)}，没有再寄")
    return _write(connection, replace(sending, about=0, outcome=Outcome.INTENT, said=""))


def may_follow(outcome: Outcome, *, again: bool) -> bool:
    """Whether another intent of the same facts may follow one that ended so (INTENT: it never ended)."""
    return outcome is Outcome.FAILED or (again and outcome is not Outcome.SENT)


def told(last: Sending) -> str:
    """Say in Chinese how it stands with an earlier one of the same facts."""
    return {
        Outcome.SENT: "内容相同的已寄过",
        Outcome.REFUSED: f"上次被拒收（{last.said}）",
        Outcome.FAILED: f"上次没有寄出（{last.said}）",
    }.get(last.outcome, "上次中断在寄出途中，可能已寄出")


def conclude(connection: Connection, number: int, outcome: Outcome, said: str, *, at: datetime) -> Sending:
    """Write what became of intent *number*.

    Raises:
        UsageError: there is no such intent, or its outcome is written.
    """
    there = sendings(connection)
    intent = next((one for one in there if one.number == number and one.outcome is Outcome.INTENT), None)
    if intent is None or any(one.about == number for one in there):
        raise UsageError(f"第 {number} 笔寄发不在办理中，结果没有写入")
    return _write(
        connection,
        replace(intent, number=0, about=number, outcome=outcome, said=chain.one_line(said), at=at),
    )


def sendings(connection: Connection) -> tuple[Sending, ...]:
    """All rows, in order."""
    wanted = select(tables.sendings).order_by(tables.sendings.c.number)
    return tuple(rows.sending(row) for row in connection.execute(wanted).mappings())


def standing(found: Sequence[Sending]) -> tuple[Sending, ...]:
    """One row an intent, in order, with the outcome it came to (INTENT: none) and what was said of it."""
    ends = {one.about: one for one in found if one.about}
    return tuple(
        replace(one, outcome=ends[one.number].outcome, said=ends[one.number].said)
        if one.number in ends
        else one
        for one in found
        if not one.about
    )


def _same(one: Sending, other: Sending) -> bool:
    return (one.kind, one.accession, one.unit, one.facts) == (
        other.kind,
        other.accession,
        other.unit,
        other.facts,
    )


def _write(connection: Connection, sending: Sending) -> Sending:
    fields = rows.sending_fields(sending)
    digest = rows.sending_digest(fields)
    number = tables.next_number(connection, tables.sendings)
    connection.execute(insert(tables.sendings).values(**fields, number=number, digest=digest))
    about = f"第 {sending.about or number} 笔"
    outcome = f"{KINDS[sending.kind]}{OUTCOMES[sending.outcome]}（寄发表{about}）" + (
        f"：{sending.said}" if sending.said else ""
    )
    actor = sending.by or MACHINE
    if sending.accession:
        step = Step.of(connection, sending.accession)
        step.tell("send", outcome, sending.at, actor=actor, row=digest)
        step.done()
    else:
        chain.append(
            connection,
            at=sending.at,
            accession="",
            action="send",
            actor=actor,
            outcome=outcome,
            row=digest,
        )
    return replace(sending, number=number)


def _about(sending: Sending) -> str:
    return sending.accession or sending.unit
