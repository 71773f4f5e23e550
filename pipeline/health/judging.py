"""What the facts mean: one line a subject, trouble with its cure; pure.

Purpose: `judge(facts, now) -> Health`.
Limits: a register that cannot be read leaves its lines out and says so in one; what is missing is never green by guess.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from pipeline.health import collecting, keeping
from pipeline.health.values import Colour, Facts, Health, Line


def judge(facts: Facts, now: datetime) -> Health:
    """Judge *facts* at *now* (with zone)."""
    return Health(at=now, lines=tuple(_lines(facts, now)))


def _lines(facts: Facts, now: datetime) -> Iterator[Line]:
    contents = facts.contents
    if contents is None:
        missing = "收件、待办、待人工、链接、封印、时钟：登记簿读不出，没有这些数据"
        yield keeping.register(facts)
        yield Line(subject="其余", state=Colour.YELLOW, fact=missing, cure="先按“登记簿”一行处理")
    else:
        yield from collecting.collecting(facts, contents, now)
    yield collecting.window(facts)
    yield collecting.daemon(facts, now)
    if contents is not None:
        yield keeping.counts(contents)
        yield collecting.backlog(contents, now)
        yield collecting.held(contents)
        yield collecting.gone(contents)
        yield collecting.links(contents, now)
        yield keeping.seal(facts, contents, now)
        yield keeping.register(facts)
        yield keeping.clock(contents, now)
    if facts.known.compile_trouble and facts.known.compile_since:
        yield keeping.workbook(facts.known.compile_trouble, facts.known.compile_since, now)
    if facts.known.learned:
        yield keeping.learned(facts.known.learned)
    yield keeping.disk(facts)
    yield keeping.versions(facts)
