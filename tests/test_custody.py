"""outputs/custody.py: the register as the workbook sees it, as of the last event about material."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from outputs import workbook
from outputs.custody import Custody
from pipeline.evaluate import evaluate
from pipeline.register import Capture, Poll, Register, Sighting, basis
from rules import Rules
from tests.season import YUBEI, filing, small_rules

START = datetime(2024, 6, 1, tzinfo=UTC)
BASIS = basis("r" * 64)


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    """A register with one filed mail, seen once."""
    opened = Register(tmp_path / "register.db", year=2024)
    opened.capture((_capture(7),), at=START)
    opened.begin("2024-00001", at=START + timedelta(seconds=1))
    opened.file("2024-00001", filing(YUBEI), basis=BASIS, at=START + timedelta(seconds=2))
    yield opened
    opened.close()


@pytest.fixture
def rules(tmp_path: Path) -> Rules:
    return small_rules(tmp_path / "rules")


def _capture(uid: int) -> Capture:
    sighting = Sighting(account="imap.example", folder="INBOX", uidvalidity=1, uid=uid)
    return Capture(sha256="a" * 64, size=10, received=START, received_from="internaldate", sighting=sighting)


def _poll(at: datetime, exists: int, error: str = "") -> Poll:
    return Poll(account="imap.example", folder="INBOX", at=at, exists=exists, error=error)


def test_the_head_is_the_last_event_about_material(register: Register) -> None:
    register.begin("2024-00001", at=START + timedelta(seconds=9))

    custody = Custody.of(register)

    assert custody.head == register.last_material()
    assert custody.as_of == START + timedelta(seconds=2)
    assert custody.told["2024-00001"] == custody.events
    assert [str(one.uid) for one in custody.seen["2024-00001"]] == ["7"]


def test_the_servers_count_is_that_of_the_last_poll_of_each_folder_that_went_through(
    register: Register,
) -> None:
    nothing_yet = Custody.of(register).exists
    for second, exists, error in ((1, 5, ""), (2, 6, ""), (3, 0, "连不上")):
        register.polled(_poll(START + timedelta(seconds=second), exists, error))

    assert nothing_yet is None
    assert Custody.of(register).exists == 6


def test_a_poll_that_finds_nothing_changes_no_octet_of_the_workbook(
    register: Register, rules: Rules, tmp_path: Path
) -> None:
    written = []
    for minute in (1, 2):
        register.polled(_poll(START + timedelta(minutes=minute), 1))
        filed = tuple(register.filed())
        path = workbook.write(
            filed, evaluate(filed, rules), rules, Custody.of(register), folder=tmp_path / str(minute)
        )
        written.append((path.name, path.read_bytes()))

    assert written[0] == written[1]


def test_an_empty_register_has_no_head(tmp_path: Path) -> None:
    empty = Register(tmp_path / "register.db", year=2024)

    assert Custody.of(empty) == Custody()
    empty.close()
