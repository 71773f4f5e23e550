"""The intake log as text: for Excel and WPS, for programs, for a terminal.

Purpose: events -> lines. `csv` opens in Excel as it is (UTF-8 with BOM), `jsonl` is for programs, `plain` for eyes.
Source: RFC 4180; the fields are those of records.Event; what its digests cover is said in pipeline/register/chain.py.
Limits: one event is one line; nothing in it can become a formula. Times stand in Beijing time and in UTC. Masks nothing:
whoever calls gives events that masking.event has gone over; such an event has no salt where its words changed.
"""

from __future__ import annotations

import csv as csv_
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime

from outputs.cells import harmless
from outputs.words import ACTIONS, STATES
from pipeline.beijing import BEIJING
from pipeline.records import Event, State
from pipeline.register.chain import FACTS, WORDS, moment

HEADERS = (
    "序号",
    "北京时间",
    "UTC时间",
    "收文号",
    "动作",
    "经办",
    "结果",
    "原状态",
    "新状态",
    "说明",
    "依据规则",
    "状态行摘要",
    "言词摘要",
    "盐",
    "上一条摘要",
    "本条摘要",
)
_BOM = "\ufeff"


def csv(events: Iterable[Event]) -> Iterator[str]:
    """Yield the header line (with the BOM) and one line an event, without line ends."""
    yield _BOM + _joined(HEADERS)
    for event in events:
        yield _joined(tuple(harmless(str(value)) for value in _row(event)))


def jsonl(events: Iterable[Event]) -> Iterator[str]:
    """Yield one JSON object an event: HEADERS, then what is digested, as it is digested, and the digest.

    `said` is the sha256 over salt, actor, outcome and detail, `digest` that over chain.FACTS, each as canonical JSON. Where
    words are masked there is no salt, and `masked` is true.
    """
    for event in events:
        row: dict[str, object] = dict(zip(HEADERS, _row(event), strict=True))
        fields = {**asdict(event), "at": moment(event.at)}
        row |= {name: fields[name] for name in (*FACTS, *WORDS, "digest")}
        row |= {"salt": event.salt} if event.salt else {"masked": True}
        yield json.dumps(row, ensure_ascii=False)


def plain(events: Iterable[Event]) -> Iterator[str]:
    """Yield one line an event for a terminal: number, Beijing time, accession, action, who, outcome."""
    for event in events:
        number, beijing, _, accession, action, actor, outcome, *_ = _row(event)
        yield f"{number:>6}  {beijing}  {accession:<10}  {action}  {actor}  {harmless(str(outcome))}"


def _row(event: Event) -> tuple[int | str, ...]:
    return (
        event.number,
        _time(event.at.astimezone(BEIJING)),
        _time(event.at.astimezone(UTC)),
        event.accession,
        ACTIONS.get(event.action, event.action),
        event.actor,
        event.outcome,
        _state(event.before),
        _state(event.after),
        event.detail,
        event.rule,
        event.row,
        event.said,
        event.salt,
        event.previous,
        event.digest,
    )


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S")


def _state(value: str) -> str:
    return STATES[State(value)] if value in list(State) else value


def _joined(fields: tuple[str, ...]) -> str:
    line = io.StringIO()
    csv_.writer(line, lineterminator="").writerow(fields)
    return line.getvalue()
