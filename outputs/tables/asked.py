"""The questions of 待核事项 about mails: what waits, whose it is, what replaced it, what could not be read, what is contradictory.

Purpose: `of_mail`, all questions about one mail, each with what hangs on it.
Limits: a mail that counts for nothing changes no points, and its questions say so. A sender in doubt bears on nothing: the mail
counts as before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from outputs.changed import changes
from outputs.formats import readable
from outputs.tables.effect import Effect, Range, Stakes, people
from outputs.tables.question import Question, key, path
from outputs.tables.season import Season
from outputs.tables.shown import named
from outputs.tables.unread import UNREAD, unread, waiting
from outputs.words import (
    CODES,
    HANDLINGS,
    KINDS,
    PLACES,
    PROPOSALS,
    RELATION_DECISIONS,
    RELATIONS,
    STATES,
    UNKNOWN_UNIT,
)
from pipeline.evaluate import flat, quoted, sharers, why_not
from pipeline.records import Code, Filed, Filing, Problem, Relation, RelationKind, State

SETTLED = (Code.NO_UNIT, Code.UNIT_UNDECIDED, Code.CATEGORY_UNDECIDED)
"""Problems that have a row of their own with candidates."""
NO_QUESTION = (Code.MACRO,)
"""Facts that need no decision: 材料清单 tells them."""
MOST_CANDIDATES = 5
AS_SAID = "照说明所写的办"
"""The proposal where the words of a problem name their cure."""
MOST_CHANGES = 12
"""Differences between a mail and the one that replaces it that one cell shows."""
ANSWERS = {
    Code.LINK_ONLY: "link",
    Code.CONTRADICTION: "contradiction",
    Code.COMPARE: "contradiction",
    Code.SENDER: "sender",
    Code.NEEDS_ANSWER: "answer",
}
"""Code to the key of HANDLINGS."""
BY_WORDS = (Code.CONTRADICTION, Code.COMPARE, Code.REVIEW)
"""Problems of which one part may have several, each a question of its own."""


def of_mail(season: Season, stakes: Stakes, one: Filed) -> Iterator[Question]:
    """All questions about one mail, in no order."""
    if one.item.state is State.HELD:
        yield _held(one)
        return
    if one.filing is None or one.item.state is not State.FILED:
        return
    counts = not why_not(one)
    if counts and (not one.filing.identification.decided or one.filing.identification.best is None):
        yield _unit(stakes, one, one.filing)
    yield from _relation(one, one.filing)
    yield from _unread(stakes, one, one.filing)
    yield from _problems(season, stakes, one, one.filing)


def of_waiting(filed: Iterable[Filed]) -> Iterator[Question]:
    """One question about all mails that are not begun: most often the next round settles it."""
    waiting = tuple(one.item.accession for one in filed if one.item.state is State.CAPTURED)
    if waiting:
        yield Question(
            row=path(waiting[0], "state"),
            accessions=waiting,
            unit=UNKNOWN_UNIT,
            matter=STATES[State.CAPTURED],
            detail=f"共 {len(waiting)} 件还没有办理，内容未计入任何一张表",
            effect=Effect(urgent=True, said="整件未计入"),
            proposal="等下一轮办理；一直在这里的，看 shouwen status",
            choices=HANDLINGS["state"],
        )


def _held(one: Filed) -> Question:
    return Question(
        row=path(one.item.accession, "state"),
        accessions=(one.item.accession,),
        unit=UNKNOWN_UNIT,
        matter=STATES[State.HELD],
        detail=one.item.reason or "办理不成，内容未计入任何一张表",
        effect=Effect(urgent=True, said="整件未计入"),
        proposal="看原件；能办的放行重办（shouwen release），不是报送的不予受理（shouwen dismiss）",
        choices=HANDLINGS["state"],
    )


def _unit(stakes: Stakes, one: Filed, filing: Filing) -> Question:
    found = filing.identification
    names = tuple(flat(candidate.name, 60) for candidate in found.candidates[:MOST_CANDIDATES])
    words = "\n".join(
        f"{PLACES.get(where, where)}：“{flat(words, 60)}”" for where, words in found.evidence[:5]
    )
    low, high = stakes.whole(sharers(filing))
    return Question(
        row=f"{one.item.accession}/unit",
        accessions=(one.item.accession,),
        unit=found.best or UNKNOWN_UNIT,
        matter="单位待核",
        detail=f"邮件{quoted(filing.mail.subject, 80)}是哪个单位报的",
        effect=Effect(low=low, high=high, people=people(filing.activities)),
        proposal=found.best or "看原件的落款、红头；问发件人",
        candidates="\n".join(names),
        words=words,
        choices=tuple(name for name in names if "," not in name),
    )


# ---------------------------------------------------------------- what replaced it


def _relation(one: Filed, filing: Filing) -> Iterator[Question]:
    relation = one.relation
    if relation is None:
        return
    accession = one.item.accession
    if relation.kind in (RelationKind.FORWARD, RelationKind.RECALL) and not relation.of:
        detail = f"{RELATIONS[relation.kind]}，没有找到相关的来件，请核对"
        yield _related(one, filing, path(accession, "relation"), detail)
    if relation.superseded_by:
        detail = (
            f"{KINDS[filing.kind]}，已由 {relation.superseded_by} 替代，本件不再计入；如不对请选“两件都计”"
        )
        gone = sum(difference.new is None for difference in relation.differences)
        lost = f"新件少了 {gone} 项活动，请向单位核实：是不报了，还是漏写"
        yield replace(
            _related(one, filing, f"{accession}/relation", detail),
            proposal=lost if gone else RELATION_DECISIONS["accept"],
            words="\n".join(_changes(relation)) or "两件所写的活动和数字相同",
            choices=tuple(RELATION_DECISIONS.values()),
        )
    elif relation.recalled or (
        relation.kind in (RelationKind.DUPLICATE, RelationKind.FORWARD) and relation.of
    ):
        both = RELATION_DECISIONS["independent"]
        detail = f"{why_not(one)}，本件不计；弄错了、本件应当计入的，请选“{both}”"
        asked = _related(one, filing, f"{accession}/relation", detail)
        yield replace(asked, effect=Effect(said="本件不计入"), proposal="本件不计", choices=(both,))


def _related(one: Filed, filing: Filing, row: str, detail: str) -> Question:
    return Question(
        row=row,
        accessions=(one.item.accession,),
        unit=filing.identification.best or UNKNOWN_UNIT,
        matter="来件关系",
        detail=detail,
        effect=Effect(people=people(filing.activities)),
    )


def _changes(relation: Relation) -> Iterator[str]:
    """What the newer mail says otherwise, a line each."""
    found = changes(relation)
    yield from found[:MOST_CHANGES]
    if len(found) > MOST_CHANGES:
        yield f"…… 共 {len(found)} 处不同"


# ---------------------------------------------------------------- what could not be read, and all other problems


def _unread(stakes: Stakes, one: Filed, filing: Filing) -> Iterator[Question]:
    for found in unread(filing):
        executable = found.code is Code.EXECUTABLE
        yield Question(
            row=path(one.item.accession, (found.code or "partly"), found.paths[0]),
            accessions=(one.item.accession,),
            unit=filing.identification.best or UNKNOWN_UNIT,
            matter=found.matter,
            detail=found.told(filing),
            effect=_effect(one, (0, 0) if executable else stakes.unread(sharers(filing))),
            proposal=found.cure or AS_SAID,
            part=found.paths[0],
            choices=HANDLINGS["unread"],
        )


def _problems(season: Season, stakes: Stakes, one: Filed, filing: Filing) -> Iterator[Question]:
    """All other problems, those with one answer together; that nothing was read of a report is told by what could not be."""
    told = any(unread(filing)) or any(problem.code is Code.LINK_ONLY for problem in filing.problems)
    elsewhere = (*SETTLED, *UNREAD, *NO_QUESTION, *((Code.NO_REPORT,) if told else ()))
    together: dict[str, list[Problem]] = {}
    for problem in filing.problems:
        if problem.code not in elsewhere:
            words = problem.detail if problem.code in BY_WORDS else ""
            part = "" if problem.code is Code.SENDER else problem.part
            together.setdefault(key(problem.code, part, words), []).append(problem)
    for what, problems in together.items():
        yield _problem(season, stakes, one, filing, f"{one.item.accession}/question/{what}", problems)


def _problem(
    season: Season, stakes: Stakes, one: Filed, filing: Filing, row: str, problems: list[Problem]
) -> Question:
    first = problems[0]
    where = f"{named(filing, first.part)}：" if first.part else ""
    urgent, proposal = False, PROPOSALS.get(first.code, "")
    if first.code is Code.LINK_ONLY:
        urgent, proposal = waiting(season.links.get(one.item.accession, ()))
    return Question(
        row=row,
        accessions=(one.item.accession,),
        unit=filing.identification.best or UNKNOWN_UNIT,
        matter=CODES.get(first.code, first.code.value),
        detail=readable(flat(where + "；".join(problem.detail for problem in problems), 300)),
        effect=_effect(one, _stake(stakes, filing, first.code), urgent=urgent and not why_not(one)),
        proposal=proposal,
        part=first.part,
        choices=HANDLINGS[ANSWERS.get(first.code, "")],
    )


def _stake(stakes: Stakes, filing: Filing, code: Code) -> Range:
    """Points that such a problem bears on."""
    units = sharers(filing)
    if code is Code.CONTRADICTION:
        return stakes.contested(units, ("consistency", "contradiction"))
    if code is Code.COMPARE:
        return stakes.open_points(units, ("participants", "workers"))
    if code is Code.LINK_ONLY:
        return stakes.unread(units)
    return stakes.whole(units) if code in (Code.NO_REPORT, Code.BEHALF) else (0.0, 0.0)


def _effect(one: Filed, points: Range, *, urgent: bool = False) -> Effect:
    """What hangs on a question about one mail: nothing where the mail does not count."""
    if why_not(one) or one.filing is None:
        return Effect(said="本件不计入")
    return Effect(urgent=urgent, low=points[0], high=points[1], people=people(one.filing.activities))
