"""How many people took part: every head count with its role, and the one that the guide's order of precedence names.

Source: the labelling guide, C.1-C.2: on the spot before served before online; those who staff only where nobody else is;
who speaks, is honoured, reads or is a member never. Never added, never averaged.
Limits: roles are read from the clause (pipeline/figures/roles.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from pipeline.figures import phrases
from pipeline.figures.clauses import performing
from pipeline.figures.heads import Count, counts
from pipeline.figures.roles import role_of
from pipeline.figures.words import Words
from pipeline.records import Heads, Role, Stated

RANKS = {Role.ON_THE_SPOT: 1, Role.SERVED: 2, Role.ONLINE: 4, Role.HELPERS: 6}
"""Precedence of the roles, best first; all others are no participants."""
CROWD, FEW = 3, 5
"""Where only the subject of the clause is counted: a crowd stands before online viewers, a few people after them."""
MANY = 10
COLUMNS = (
    (re.compile(r"原报|原填|更正前|应到|应参|计划|预计|报名|去年"), Role.UNCLEAR),
    (re.compile(r"线上|在线|直播|网络|观看"), Role.ONLINE),
    (re.compile(r"[场日人]均|平均|每场"), Role.AVERAGE),
    (re.compile(r"专家|志愿|工作人员|医护|讲解"), Role.HELPERS),
    (re.compile(r"获奖|表彰|评选"), Role.HONOURED),
    (re.compile(r"服务|受益|惠及|咨询|诊"), Role.SERVED),
)
"""What the header of a column says of the people in it."""


@dataclass(frozen=True, kw_only=True)
class People:
    """The counts of one activity in reading order, and the chosen one (None where none is a participant figure)."""

    heads: tuple[Heads, ...] = ()
    chosen: Stated[int] | None = None


def people(runs: Sequence[Words], *, labels: Sequence[str] = (), told: Sequence[Words] = ()) -> People:
    """Read all counts of people in *runs* and choose one; among equals the first named, of several platforms the largest.

    labels: where the runs are cells of columns for people, the header of each; () for running text.
    told: all words of the activity, where *runs* are only some of them.
    """
    tale = any(phrases.TALE.search(run.text) for run in told or runs)
    read: list[tuple[Count, Role, bool]] = []
    for run, label in zip_longest(runs, labels, fillvalue=""):
        if isinstance(run, Words):
            read.extend(
                (count, Role.SPEAKERS if tale and performing(count) else role, sure)
                for count, role, sure in _read(run, label, of_people=bool(labels))
            )
    averaged = any(role is Role.AVERAGE and count.value > 1 for count, role, _ in read)
    ranked = [
        (_rank(count, role, sure=sure), -count.value if role is Role.ONLINE else place, place)
        for place, (count, role, sure) in enumerate(read)
        if role in RANKS and not (role is Role.HELPERS and averaged)
    ]
    best = read[min(ranked)[2]][0] if ranked else None
    return People(
        heads=tuple(_heads(count, role) for count, role, _ in read),
        chosen=best.run.stated(best.value, best.start, best.end) if best else None,
    )


def _read(run: Words, label: str, *, of_people: bool) -> Iterator[tuple[Count, Role, bool]]:
    """(count, role, whether the words say it); “12名专家和20名学生” share the first one's role."""
    told = next((role for words, role in COLUMNS if label and words.search(label)), None)
    before: tuple[Role, bool] | None = None
    for count in counts(run, of_people=of_people):
        role, sure = before if count.joined and before else role_of(count, of_people=of_people)
        if told and role is Role.ON_THE_SPOT:
            role = told
        before = (role, sure)
        yield count, role, sure


def _rank(count: Count, role: Role, *, sure: bool) -> int:
    if sure:
        return RANKS[role]
    return CROWD if count.value >= MANY else FEW


def _heads(count: Count, role: Role) -> Heads:
    return Heads(
        value=count.value,
        counter=count.counter,
        qualifier=count.qualifier,
        role=role,
        words=count.run.text[count.start : count.end],
        span=count.run.at(count.start, count.end),
    )
