"""A daemon that has nothing to read keeps no reading processes, and has them again for the next mail."""

from __future__ import annotations

import multiprocessing
import threading
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.archive import FolderArchive
from pipeline.executor import open_executor
from pipeline.mailbox import open_mailbox
from pipeline.records import State
from pipeline.register import Register
from pipeline.worker import NO_DUTIES, Worker
from pipeline.worker.rounds import RESTING_SECONDS, Rounds
from tests.mailbox import attempts
from tests.mailbox.mails import mail
from tests.mailbox.rounds import rules


@pytest.mark.parametrize("resting_seconds", [0, RESTING_SECONDS])
def test_reading_processes_rest_only_after_a_while_and_come_back(
    tmp_path: Path, resting_seconds: float
) -> None:
    mails = tmp_path / "mails"
    mails.mkdir()
    with (
        closing(Register(tmp_path / "register.db", year=2024)) as register,
        open_executor("processes:1") as pool,
    ):
        rounds = Rounds(
            worker=Worker(
                archive=FolderArchive(tmp_path / "archive"),
                register=register,
                rules=rules(),
                executor=pool,
                attempt=attempts.attempt,
                prepare=attempts.prepare,
            ),
            source=open_mailbox(str(mails)),
            every_seconds=60,
            stop=threading.Event(),
            duties=NO_DUTIES,
            resting_seconds=resting_seconds,
        )
        running = []
        for number in (1, 2):
            (mails / f"{number}.eml").write_bytes(mail(number))
            for _ in range(2):
                rounds._round()
                running.append(len(multiprocessing.active_children()))

        assert register.count() == {State.FILED: 2}
        assert running == ([1, 0, 1, 0] if resting_seconds == 0 else [1, 1, 1, 1])
