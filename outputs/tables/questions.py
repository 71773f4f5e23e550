"""待核事项: everything that only a person can decide, what weighs most first, each with the machine's 建议 and one drop-down.

Purpose: `questions`, the sheet; asked.py and asked_of_activities.py say what is asked, effect.py what hangs on it, handled.py what
people have answered.
Limits: of 处理 the drop-down offers `Sheet.choices`. Words of one's own are allowed where the row id ends with /unit (a name of the
roster, else a unit outside it) or holds /question/; the others take what is offered alone. 处理意见 is due only where 处理 is
另行处理.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from outputs.tables import leads
from outputs.tables.asked import of_mail, of_waiting
from outputs.tables.asked_of_activities import of_activity, of_joint, of_photograph, of_unit
from outputs.tables.effect import Stakes
from outputs.tables.handled import DECIDED_ELSEWHERE, answered, decisions, kind_of, signature, value
from outputs.tables.joined import undecided
from outputs.tables.question import Question
from outputs.tables.season import Season
from outputs.tables.sheet import Column, Edit, Form, Place, Sheet, Value, framed
from outputs.tables.shown import named, reused
from pipeline.records import Correction, Filed

QUESTIONS = (
    Column(header="序号", width=5, form=Form.CENTRE),
    Column(header="收文号", width=12, form=Form.CENTRE),
    Column(header="单位", width=22),
    Column(header="事项", width=13, form=Form.CENTRE),
    Column(header="说明", width=38),
    Column(header="影响", width=18, form=Form.CENTRE),
    Column(header="建议", width=26),
    Column(header="候选", width=20),
    Column(header="依据（原话）", width=34),
    leads.MATERIAL,
    Column(header="处理", width=24, edit=Edit.CHOICE, field="", why="处理意见"),
    Column(header="处理意见", width=20, edit=Edit.FREE),
    Column(header="备注", width=18),
)
MOST_ACCESSIONS = 6
"""Mails of one row that are named."""


def questions(season: Season) -> Sheet:
    """One row a question, open ones by what hangs on them, then those that a person has answered."""
    made = decisions(season.custody.corrections)
    found = {one.row: one for one in _asked(season)}
    ordered = sorted(
        (one for one in found.values() if one.row not in made),
        key=lambda one: (*one.effect.order, one.accessions[:1], one.row),
    )
    done = [one for one in found.values() if one.row in made]
    done += answered(season, made, frozenset(found))
    done.sort(key=lambda one: (made[one.row].at, made[one.row].number, one.row))
    rows, mails = (*ordered, *done), season.mails
    return Sheet(
        name="待核事项",
        title=f"{season.rules.notice.name}待核事项表",
        paper="A3",
        columns=QUESTIONS,
        frame=framed(
            QUESTIONS,
            (_row(season, mails, one, made.get(one.row)) for one in rows),
            [one.row for one in rows],
        ),
        pinned=4,
        faded=frozenset(one.row for one in done),
        locked=frozenset(_locked(done)),
        choices={one.row: one.choices for one in rows if one.choices},
        links=dict(_links(mails, rows)),
    )


def _asked(season: Season) -> Iterator[Question]:
    stakes = Stakes.of(season)
    yield from of_waiting(season.filed)
    for mail in season.filed:
        yield from of_mail(season, stakes, mail)
    for told in season.activities:
        if not told.reason:
            yield from of_activity(season, stakes, told)
    for evaluation in season.evaluations:
        yield from of_unit(season, stakes, evaluation)
    for photograph in reused(season.filed):
        yield of_photograph(season, stakes, photograph)
    activities = {(told.one.item.accession, told.number): told.judged for told in season.activities}
    for found in undecided(season.filed):
        yield of_joint(activities, found)


def _row(
    season: Season, mails: Mapping[str, Filed], one: Question, decision: Correction | None
) -> dict[str, Value]:
    more = f"\n等 {len(one.accessions)} 件" if len(one.accessions) > MOST_ACCESSIONS else ""
    return {
        "收文号": "\n".join(one.accessions[:MOST_ACCESSIONS]) + more,
        "单位": one.unit,
        "事项": one.matter,
        "说明": one.detail,
        "影响": one.effect.words.replace("；", "\n"),
        "建议": one.proposal,
        "候选": one.candidates,
        "依据（原话）": one.words or _source(mails, one),
        leads.MATERIAL.header: leads.OPEN if one.accessions and one.accessions[0] in mails else "",
        "处理": value(season, one.row, decision) if decision else "",
        "处理意见": decision.why if decision else "",
        "备注": signature(one.row, decision) if decision else "",
    }


def _source(mails: Mapping[str, Filed], one: Question) -> str:
    """The name of the file that shows it, where no words do."""
    mail = mails.get(one.accessions[0]) if one.accessions else None
    filing = mail.filing if mail else None
    return f"见 {named(filing, one.part)}" if filing and one.part else ""


def _links(mails: Mapping[str, Filed], rows: tuple[Question, ...]) -> Iterator[tuple[Place, str]]:
    """收文号 to the mail as it came where it is one, 原件 to the file that shows it, else to the first mail."""
    for one in rows:
        mail = mails.get(one.accessions[0]) if one.accessions else None
        if mail is None:
            continue
        yield (one.row, leads.MATERIAL.header), leads.file(mail, one.part)
        if len(one.accessions) == 1:
            yield (one.row, "收文号"), leads.original(mail.item.accession)


def _locked(done: list[Question]) -> Iterator[Place]:
    """What was decided here or elsewhere and is edited elsewhere from now on."""
    for one in done:
        if kind_of(one.row) in DECIDED_ELSEWHERE:
            yield one.row, "处理"
            yield one.row, "处理意见"
