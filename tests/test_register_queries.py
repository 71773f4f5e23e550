"""What the daemon asks the register at each mail and each poll is found by index, and is no more with many mails than with few."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from pipeline.archive import FolderArchive
from pipeline.executor import Serial
from pipeline.mailbox import open_mailbox
from pipeline.register import Register
from pipeline.worker import Worker
from tests.mailbox import attempts
from tests.mailbox.mails import mail
from tests.mailbox.rounds import rules

NOW = datetime(2024, 6, 10, tzinfo=UTC)
GROWING = (
    "items",
    "sightings",
    "events",
    "readings",
    "filings",
    "polls",
    "corrections",
    "attachments",
    "sendings",
)
FEW, MANY = 30, 300

Asked = tuple[str, Any]
"""A statement with its parameters, as the driver got them."""


class Season:
    """A worker on a data folder of its own, before a folder of mails, whose statements are listened to."""

    def __init__(self, folder: Path, register: Register) -> None:
        self.mails = folder / "mails"
        self.mails.mkdir(parents=True)
        self.register = register
        self.at = NOW
        self.worker = Worker(
            archive=FolderArchive(folder / "archive"),
            register=register,
            rules=rules(),
            executor=Serial(),
            clock=lambda: self.at,
            attempt=attempts.attempt,
            prepare=attempts.prepare,
        )

    @property
    def engine(self) -> Engine:
        return self.register._engine

    def come(self, numbers: range, text: str = "activity report") -> None:
        for number in numbers:
            (self.mails / f"{number:06d}.eml").write_bytes(mail(number, text))

    def capture(self) -> None:
        self.worker.capture(open_mailbox(str(self.mails)))

    def process(self, *, at_once: bool = False) -> None:
        self.worker.process(at_once=at_once)


@contextmanager
def season(folder: Path) -> Iterator[Season]:
    folder.mkdir(exist_ok=True)
    with closing(Register(folder / "register.db", year=2024)) as register:
        yield Season(folder, register)


@contextmanager
def heard(engine: Engine) -> Iterator[list[Asked]]:
    """Everything that *engine* is asked within."""
    asked: list[Asked] = []

    def hear(
        _connection: Connection, _cursor: object, statement: str, parameters: Any, *_rest: object
    ) -> None:
        asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", hear)


def everything(one: Season) -> list[Asked]:
    """What the daemon asks in a season: mails come, fail, vanish, come again; polls find nothing; rules change."""
    with heard(one.engine) as asked:
        one.come(range(1, 30))
        one.come(range(30, 31), attempts.RAISES.decode())
        one.capture()
        one.capture()
        for _ in range(4):
            one.process()
            one.at += timedelta(minutes=30)
        (one.mails / "000001.eml").unlink()
        (one.mails / "000040.eml").write_bytes(mail(2))
        one.at += timedelta(days=2)
        one.capture()
        one.worker.rules = rules("second")
        one.process(at_once=True)
        one.register.last_material()
        one.register.issued("digest", "工作簿", at=one.at)
        one.register.seal(at=one.at)
    return asked


MEANT_TO_READ_ALL = {
    "SELECT count(*) AS count_1 \nFROM items": "a seal, once a day, tells how many rows there are",
    "SELECT count(*) AS count_1 \nFROM sightings": "a seal, once a day",
    "SELECT count(*) AS count_1 \nFROM corrections": "a seal, once a day",
}
"""Statements that read a whole growing table, with the reason."""
NEWEST_FIRST = "LIMIT"


def is_by_index(engine: Engine, asked: Asked) -> tuple[bool, Sequence[str]]:
    """Whether no growing table is read from end to end; how it is read. The first row in order of the key is no scan."""
    statement, parameters = asked
    first = parameters[0] if isinstance(parameters, list) else parameters
    with engine.connect() as connection:
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", first)]
    scans = [line for line in plan if line.split()[0] == "SCAN" and line.split()[1] in GROWING]
    ordered = (
        "WHERE" not in statement and NEWEST_FIRST in statement and not any("TEMP" in one for one in plan)
    )
    return not scans or ordered, plan


def test_what_the_daemon_asks_at_each_mail_and_poll_is_found_by_index(tmp_path: Path) -> None:
    """Every statement that a season of everything runs through the real worker, explained by SQLite."""
    with season(tmp_path) as one:
        asked = dict(everything(one))
        explained = {
            statement: is_by_index(one.engine, (statement, parameters))
            for statement, parameters in asked.items()
            if statement.split()[0] in ("SELECT", "UPDATE", "DELETE", "INSERT", "REPLACE")
        }

    scanning = {statement: plan for statement, (by_index, plan) in explained.items() if not by_index}

    assert {
        statement: plan for statement, plan in scanning.items() if statement not in MEANT_TO_READ_ALL
    } == {}
    assert scanning.keys() == MEANT_TO_READ_ALL.keys()
    assert len(explained) > 20


def test_an_index_that_is_missing_is_found_out(tmp_path: Path) -> None:
    """The claim above can fail."""
    with season(tmp_path) as one:
        one.come(range(3))
        with heard(one.engine) as asked:
            one.capture()
            one.process()
        with one.engine.begin() as connection:
            connection.exec_driver_sql("DROP INDEX items_standing")

        scanning = [each[0] for each in asked if "SELECT" in each[0] and not is_by_index(one.engine, each)[0]]

    assert any("ORDER BY items.attempts" in statement for statement in scanning)


# ------------------------------------------------------------ as many statements a mail, however many mails


def statements(folder: Path, count: int) -> tuple[Counter[str], Counter[str]]:
    """How often each statement runs while *count* mails are captured, and while they are processed."""
    with season(folder) as one:
        one.come(range(count))
        with heard(one.engine) as capturing:
            one.capture()
        with heard(one.engine) as processing:
            one.process()
        assert one.register.taken == count
    return _counted(capturing), _counted(processing)


def _counted(asked: Sequence[Asked]) -> Counter[str]:
    """How often each statement ran, however many values its IN (…) had."""
    return Counter(re.sub(r"IN \(\?(?:, \?)*\)", "IN (?)", statement) for statement, _ in asked)


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> tuple[tuple[Counter[str], Counter[str]], ...]:
    """Capturing and processing, of FEW and of MANY."""
    return tuple(statements(tmp_path_factory.mktemp("season"), count) for count in (FEW, MANY))


def test_a_batch_of_captures_asks_as_much_as_one_capture(
    counted: tuple[tuple[Counter[str], Counter[str]], ...],
) -> None:
    """Ten times the mails are two transactions instead of one; no statement runs once a mail."""
    few, many = (capturing for capturing, _ in counted)

    assert few.keys() == many.keys()
    assert many.total() < 2 * few.total()


def test_processing_asks_the_same_of_each_mail_however_many_there_are(
    counted: tuple[tuple[Counter[str], Counter[str]], ...],
) -> None:
    """Between FEW and MANY mails, no statement runs more often a mail; what runs once a round still does."""
    few, many = (processing for _, processing in counted)

    a_mail = {statement: (many[statement] - few[statement]) / (MANY - FEW) for statement in few}

    assert set(a_mail.values()) <= {0, 1, 2, 3, 4, 5}
    assert all(few[statement] - each * FEW <= 5 for statement, each in a_mail.items())
    assert many.total() / MANY <= few.total() / FEW


def test_the_rows_of_the_folder_are_not_gone_through_at_each_poll(tmp_path: Path) -> None:
    """A poll that finds nothing asks no more of a folder of MANY than of one of FEW."""

    def rows_read(folder: Path, count: int) -> int:
        with season(folder) as one:
            one.come(range(count))
            one.capture()
            with heard(one.engine) as asked:
                one.capture()
        return len(asked)

    assert rows_read(tmp_path / "many", MANY) == rows_read(tmp_path / "few", FEW)


def test_a_folder_is_counted_once_and_then_kept_in_mind(tmp_path: Path) -> None:
    """Counting goes through all of it: not at each poll, and not because mails came or went."""
    with season(tmp_path) as one:
        one.come(range(FEW))
        with heard(one.engine) as first:
            one.capture()
        with heard(one.engine) as later:
            one.come(range(FEW, FEW + 5))
            one.capture()
            (one.mails / "000001.eml").unlink()
            one.capture()
            one.capture()
        live = one.register.polls()[-1].known

    assert sum("count(DISTINCT" in statement for statement, _ in first) == 1
    assert sum("count(DISTINCT" in statement for statement, _ in later) == 0
    assert live == FEW + 4
