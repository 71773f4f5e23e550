"""outputs/intakelog.py: the log as CSV for Excel, as JSON lines, and for a terminal."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

from outputs import intakelog
from pipeline.records import Event
from tests.season import custody

EVENTS = custody().events


def _rows(events: tuple[Event, ...]) -> list[list[str]]:
    text = "\r\n".join(intakelog.csv(events))
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_the_first_line_begins_with_a_bom_and_holds_the_headers() -> None:
    first = next(intakelog.csv(EVENTS))

    assert first == "\ufeff" + ",".join(intakelog.HEADERS)


def test_one_event_is_one_line_whatever_stands_in_it() -> None:
    event = replace(EVENTS[0], outcome='一行\n两行\r\n"引号",逗号\x00')

    rows = _rows((event,))

    assert len(rows) == 2
    assert rows[1][6] == '一行 两行 "引号",逗号'


def test_a_field_that_looks_like_a_formula_is_written_as_text() -> None:
    for start in ("=1+1", "+86", "-印务", "@所有人", "＝1"):
        assert _rows((replace(EVENTS[0], outcome=start),))[1][6] == "'" + start


def test_times_stand_in_beijing_time_and_in_utc() -> None:
    row = _rows(EVENTS[:1])[1]

    assert (row[1], row[2]) == ("2024-06-12 10:03:00", "2024-06-12 02:03:00")


def test_actions_and_states_are_chinese_and_unknown_ones_stay_as_they_are() -> None:
    assert _rows(EVENTS[:1])[1][4:9:4] == ["接收", "已接收"]
    assert _rows((replace(EVENTS[0], action="seal"),))[1][4] == "seal"


def test_json_lines_carry_what_the_digest_covers() -> None:
    event = replace(EVENTS[1], at=EVENTS[1].at.replace(microsecond=5), outcome="=不改动")

    told = json.loads(next(intakelog.jsonl((event,))))

    assert told["at"] == event.at.isoformat(timespec="microseconds")
    assert (told["action"], told["after"], told["结果"]) == ("file", "filed", "=不改动")
    assert list(told)[: len(intakelog.HEADERS)] == list(intakelog.HEADERS)


def test_a_terminal_gets_one_line_an_event() -> None:
    lines = list(intakelog.plain(EVENTS))

    assert len(lines) == len(EVENTS)
    assert "2024-00001" in lines[0] and "接收" in lines[0]
