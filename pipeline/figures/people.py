"""How many people took part: every head count with its role, and the one that the guide's order of precedence names.

Source: the labelling guide, C.1-C.2: on the spot before served before online; those who staff only where nobody else is;
who speaks, is honoured, reads or is a member never. Never added, never averaged.
Limits: roles are read from the clause (pipeline/figures/roles.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.figures.heads import Count, counts
from pipeline.figures.roles import role_of
from pipeline.figures.words import Words
from pipeline.records import Heads, Role, Stated

RANKS = {Role.ON_THE_SPOT: 1, Role.SERVED: 2, Role.ONLINE: 4, Role.HELPERS: 6}
"""Precedence of the roles, best first; all others are no participants."""
CROWD, FEW = 3, 5
"""Where only the subject of the clause is counted: a crowd stands before online viewers, a few people after them."""
MANY = 10


@dataclass(frozen=True, kw_only=True)
class People:
    """The counts of one activity in reading order, and the chosen one (None where none is a participant figure)."""

    heads: tuple[Heads, ...] = ()
    chosen: Stated[int] | None = None


def people(runs: Sequence[Words], *, of_people: bool = False) -> People:
    """Read all counts of people in *runs* and choose one; among equals the first named, of several platforms the largest.

    of_people: the runs are cells of a column for people.
    """
    read: list[tuple[Count, Role, bool]] = []
    for count in (count for run in runs for count in counts(run, of_people=of_people)):
        role, sure = read[-1][1:] if count.joined and read else role_of(count, of_people=of_people)
        read.append((count, role, sure))
    ranked = [
        (_rank(count, role, sure=sure), -count.value if role is Role.ONLINE else place, place)
        for place, (count, role, sure) in enumerate(read)
        if role in RANKS
    ]
    best = read[min(ranked)[2]][0] if ranked else None
    return People(
        heads=tuple(_heads(count, role) for count, role, _ in read),
        chosen=best.run.stated(best.value, best.start, best.end) if best else None,
    )


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
        words=count.run.written[count.start : count.end],
        span=count.run.at(count.start, count.end),
    )
