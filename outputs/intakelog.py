"""The intake log as text: for Excel and WPS, for programs, for a terminal.

Purpose: events -> lines. `csv` opens in Excel as it is (UTF-8 with BOM), `jsonl` is for programs, `plain` for eyes.
Source: RFC 4180; the fields are those of records.Event.
Limits: one event is one line; nothing in it can become a formula. Times stand in Beijing time and in UTC.
"""

from __future__ import annotations

import csv as csv_
import io
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, timezone

from outputs.cells import harmless
from outputs.words import ACTIONS, STATES
from pipeline.records import Event, State

BEIJING = timezone(timedelta(hours=8))
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
    "状态行摘要",
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
    """Yield one JSON object an event: HEADERS, then the fields as the register digested them (at, action, before, after)."""
    for event in events:
        row: dict[str, object] = dict(zip(HEADERS, _row(event), strict=True))
        digested = {
            "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "action": event.action,
            "before": event.before,
            "after": event.after,
        }
        yield json.dumps(row | digested, ensure_ascii=False)


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
        event.row,
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
