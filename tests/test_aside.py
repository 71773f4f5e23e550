"""What the daemon has done in a process of its own: its outcome comes back, whatever becomes of the process."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.commands.aside import Aside, Outcome
from pipeline.commands.options import Office
from pipeline.errors import TransientError

NOON = datetime(2024, 6, 24, 4, tzinfo=UTC)
PATIENCE_SECONDS = 120


def told(office: Office, at: datetime) -> str:
    return f"{os.getpid()} {at.isoformat()} {office.settings.poll_seconds} {office.rules.digest}"


def refuses(_office: Office, _at: datetime) -> str:
    raise TransientError("磁盘满了")


def faulty(_office: Office, _at: datetime) -> str:
    return str(int("张三的手机号"))


def dies(_office: Office, _at: datetime) -> str:
    os.kill(os.getpid(), signal.SIGKILL)
    return ""


def hangs(_office: Office, _at: datetime) -> str:
    time.sleep(PATIENCE_SECONDS)
    return ""


@pytest.fixture
def aside(tmp_path: Path) -> Iterator[Aside]:
    settings = tmp_path / "shouwen.toml"
    settings.write_text("poll_seconds = 123\n", "utf-8")
    office = Office(settings_file=settings, data_dir_option=tmp_path)
    assert office.settings.poll_seconds == 123
    settings.write_text("poll_seconds = 321\n", "utf-8")
    with closing(Aside(office)) as made:
        yield made


def ended(aside: Aside) -> Outcome:
    giving_up = time.monotonic() + PATIENCE_SECONDS
    while (done := aside.outcome()) is None:
        assert time.monotonic() < giving_up
        time.sleep(0.05)
    return done


def test_it_is_another_process_that_knows_the_settings_and_rules_of_this_one(aside: Aside) -> None:
    aside.begin(told, NOON)

    pid, *rest = ended(aside).said.split()

    assert int(pid) != os.getpid()
    assert rest == [NOON.isoformat(), "123", aside.office.rules.digest]


def test_what_went_wrong_is_told_without_words_of_a_mail_and_a_death_too(aside: Aside) -> None:
    aside.begin(refuses, NOON)
    assert ended(aside) == Outcome(trouble="磁盘满了")
    aside.begin(faulty, NOON)
    fault = ended(aside)
    assert fault.fault and "ValueError" in fault.trouble and "张三" not in fault.trouble
    aside.begin(dies, NOON)
    assert "退出码 -9" in ended(aside).trouble


def test_closing_ends_what_is_under_way_at_once(aside: Aside) -> None:
    aside.begin(hangs, NOON)
    process = aside.process
    assert process is not None
    pid = process.pid
    began = time.monotonic()

    aside.close()

    assert time.monotonic() - began < 5
    assert not Path(f"/proc/{pid}").exists()
