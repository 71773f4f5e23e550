"""A daemon that has nothing to read keeps no reading processes, and has them again for the next mail."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from pipeline.records import State
from pipeline.worker.rounds import RESTING_SECONDS
from tests.mailbox.mails import mail
from tests.mailbox.workers import rounds


@pytest.mark.parametrize("resting_seconds", [0, RESTING_SECONDS])
def test_reading_processes_rest_only_after_a_while_and_come_back(
    tmp_path: Path, resting_seconds: float
) -> None:
    mails = tmp_path / "mails"
    mails.mkdir()
    with rounds(mails, tmp_path, resting_seconds=resting_seconds) as going:
        running = []
        for number in (1, 2):
            (mails / f"{number}.eml").write_bytes(mail(number))
            for _ in range(2):
                going._round()
                running.append(len(multiprocessing.active_children()))

        assert going.worker.register.count() == {State.FILED: 2}
        assert running == ([1, 0, 1, 0] if resting_seconds == 0 else [1, 1, 1, 1])
