"""outputs/audit/intakelog.py: the log as CSV for Excel, as JSON lines, and for a terminal."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from outputs.audit import intakelog
from pipeline.records import Event
from pipeline.register import Register
from tests.audited import audited
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


def _sha256(fields: dict[str, object]) -> str:
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_json_line_is_recomputed_with_json_and_hashlib_alone(tmp_path: Path) -> None:
    audited(tmp_path)
    with closing(Register(tmp_path / "register.db", year=2024)) as register:
        lines = [json.loads(line) for line in intakelog.jsonl(register.events())]

    facts = ("number", "at", "accession", "action", "before", "after", "rule", "row", "said", "previous")
    previous = "0" * 64
    for line in lines:
        assert list(line)[: len(intakelog.HEADERS)] == list(intakelog.HEADERS)
        assert _sha256({name: line[name] for name in ("salt", "actor", "outcome", "detail")}) == line["said"]
        assert _sha256({name: line[name] for name in facts}) == line["digest"]
        assert line["previous"] == previous
        previous = line["digest"]
    assert not any("masked" in line for line in lines)


def test_a_masked_json_line_has_no_salt_and_says_so() -> None:
    (line,) = intakelog.jsonl((replace(EVENTS[0], salt=""),))

    told = json.loads(line)

    assert told["masked"] is True
    assert "salt" not in told
    assert told["盐"] == ""


def test_json_lines_hold_the_words_as_they_are_and_csv_makes_them_harmless() -> None:
    event = replace(EVENTS[1], outcome="=不改动", rule="a" * 64)

    told = json.loads(next(intakelog.jsonl((event,))))

    assert (told["结果"], told["outcome"], told["依据规则"]) == ("=不改动", "=不改动", "a" * 64)
    row = dict(zip(*_rows((event,)), strict=True))
    assert (row["结果"], row["依据规则"], row["言词摘要"], row["盐"]) == (
        "'=不改动",
        "a" * 64,
        "5" * 64,
        "0" * 32,
    )


def test_a_terminal_gets_one_line_an_event() -> None:
    lines = list(intakelog.plain(EVENTS))

    assert len(lines) == len(EVENTS)
    assert "2024-00001" in lines[0] and "接收" in lines[0]
