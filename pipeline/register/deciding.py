"""A person's decision is written down, taken back or countersigned: a row of its own and one event, whatever the filing says.

Purpose: `store(connection, corrections)`, within the transaction of its caller, so that many are taken whole or not at all.
Source: principle 9 (people decide; a decision is a fact beside the filing). Which decisions stand: ../review/standing.py.
Limits: whether a field and its value exist is asked before (../review/fields.py): the register knows no field but scores,
which alone are countersigned.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, insert, select

from pipeline.errors import UsageError
from pipeline.records import Act, Correction, Filing, State, same_person
from pipeline.register import chain, outcomes, rows, tables
from pipeline.register.decided import ACTIONS
from pipeline.register.step import Step

STATES = {State.CAPTURED: "已接收", State.FILED: "已归档", State.HELD: "待人工", State.DISMISSED: "不予受理"}
SCORE = "score/"
"""How the field of a score begins."""
QUESTION = "question/"
"""How the field of an answer begins; a mail that is not filed yet has questions too."""
_ACTIVITY = re.compile(r"activity/(\d{1,5})/")
_MEMBER = re.compile(r"(\d+-\d+)\.(\d{1,5})")
"""An activity in the field of a joint one: accession, point, number."""


def store(connection: Connection, corrections: Sequence[Correction]) -> tuple[Correction, ...]:
    """Write a row of each of *corrections*, in their order, and its event; give them back with their numbers.

    What undoes or signs takes accession, field and anchor from the row that it is about; an activity's decision without an anchor
    gets that of the activity as it is filed now.

    Raises:
        UsageError: name or reason is missing, the mail is not filed or has no such activity, or there is nothing (any more)
            to undo or to sign.
    """
    there = _there(connection)
    return tuple(_store(connection, one, there) for one in corrections)


def _store(connection: Connection, correction: Correction, there: dict[int, Correction]) -> Correction:
    """Write one, and note it in *there*, the rows by number."""
    require_person(correction.by, correction.why)
    deciding = correction.act is Act.DECIDE
    whole = _anchored(connection, replace(correction, about=0)) if deciding else _about(there, correction)
    numbered = replace(whole, number=max(there, default=0) + 1)
    fields = rows.correction_fields(numbered)
    digest = rows.correction_digest(fields)
    row = {**fields, "number": numbered.number, "digest": digest}
    connection.execute(insert(tables.corrections).values(**row))
    _tell(connection, numbered, digest)
    there[numbered.number] = numbered
    return numbered


def require_person(by: str, why: str) -> None:
    """Refuse a decision of nobody, or without a reason."""
    if not by.strip() or not why.strip():
        raise UsageError("人工决定要有姓名（--by）和理由（--why）")


def _there(connection: Connection) -> dict[int, Correction]:
    found = connection.execute(select(tables.corrections).order_by(tables.corrections.c.number)).mappings()
    return {row["number"]: rows.correction(row) for row in found}


# ---------------------------------------------------------------- a decision


def _anchored(connection: Connection, one: Correction) -> Correction:
    """*one* with the anchors of the activities that it is about, as they are filed now, unless it brings them."""
    if one.anchor:
        return one
    if numbered := _ACTIVITY.match(one.field):
        return replace(one, anchor=_anchor(connection, one.accession, int(numbered[1])))
    if one.field.startswith("joint/"):
        anchors = [_anchor(connection, mail, int(number)) for mail, number in _MEMBER.findall(one.field)]
        return replace(one, anchor="+".join(anchors))
    return one


def _anchor(connection: Connection, accession: str, number: int) -> str:
    """The anchor of an activity; a decision about one that is not there would be another's as soon as one is."""
    wanted = select(tables.filings.c.content).where(tables.filings.c.accession == accession)
    content = connection.scalar(wanted)
    filing = rows.unpacked(content, Filing) if content is not None else None
    if filing is None or not 0 < number <= len(filing.activities):
        raise UsageError(f"{accession} 没有第 {number} 项活动，不能更正；活动的号见 shouwen show {accession}")
    return filing.activities[number - 1].activity.anchor


# ---------------------------------------------------------------- what is about a decision


def _about(there: dict[int, Correction], correction: Correction) -> Correction:
    """What undoes or signs, with accession, field and anchor of the row that it is about."""
    number, verb = correction.about, "撤销" if correction.act is Act.UNDO else "签认"
    about = there.get(number)
    if about is None:
        raise UsageError(f"没有第 {number} 号人工决定，不能{verb}；各号见 shouwen review list --all")
    undone = {one.about for one in there.values() if one.act is Act.UNDO}
    if about.act is Act.UNDO:
        raise UsageError(f"第 {number} 号是一次撤销，不能{verb}；要恢复原来的决定，请重新作一次")
    if number in undone:
        raise UsageError(f"第 {number} 号人工决定已经撤销，不能{verb}")
    of_same = replace(correction, accession=about.accession, field=about.field, anchor=about.anchor)
    if correction.act is Act.UNDO:
        new = about.new if about.act is Act.SIGN else _before(there, about, undone)
        return replace(of_same, old=about.new, new=new)
    _require_signable(there, about, correction, undone)
    return replace(of_same, old=about.new, new=about.new)


def _before(there: dict[int, Correction], about: Correction, undone: set[int]) -> str:
    """What people had said of the field and still say without *about*, "" where only the machine has."""
    others = (
        one.new
        for one in there.values()
        if (one.act, one.accession, one.field) == (Act.DECIDE, about.accession, about.field)
        if one.number not in {*undone, about.number}
    )
    return ["", *others][-1]


def _require_signable(
    there: dict[int, Correction], about: Correction, correction: Correction, undone: set[int]
) -> None:
    number = about.number
    if about.act is not Act.DECIDE or not about.field.startswith(SCORE):
        raise UsageError(f"第 {number} 号不是评分的决定，不用签认；要签认的见 shouwen review list")
    if same_person(about.by, correction.by):
        raise UsageError(
            f"第 {number} 号是 {about.by} 自己定的分；复核人和经办人不能是同一个人，请换一个人签认"
        )
    signed = next(
        (o for o in there.values() if (o.act, o.about) == (Act.SIGN, number) and o.number not in undone), None
    )
    if signed is not None:
        raise UsageError(f"第 {number} 号已由 {signed.by} 签认，不用再签")


# ---------------------------------------------------------------- the event


def _tell(connection: Connection, one: Correction, digest: str) -> None:
    told = {"actor": one.by, "detail": outcomes.turned(one), "row": digest}
    action, outcome = ACTIONS[one.act], outcomes.said(one)
    if not one.accession:
        chain.append(connection, at=one.at, accession="", action=action, outcome=outcome, **told)
        return
    step = Step.of(connection, one.accession, verb="更正")
    anywhere = one.act is not Act.DECIDE or one.field.startswith(QUESTION)
    step.require(anywhere or step.state == State.FILED, f"现为{STATES[State(step.state)]}")
    step.tell(action, outcome, one.at, **told)
    step.done()
