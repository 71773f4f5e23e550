"""The crash argument, by killing: whatever the moment, a rerun ends with the same filings and an intact register."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest

from pipeline.archive import FolderArchive
from pipeline.records import Filing, State
from pipeline.register import Register
from tests.mailbox.mails import mail
from tests.support import ROOT, SAMPLES

MAILS = 24


@pytest.fixture
def mails(tmp_path: Path) -> Path:
    folder = tmp_path / "mails"
    folder.mkdir()
    for number in range(MAILS):
        (folder / f"{number}.eml").write_bytes(mail(number) * (1 + number % 5))
    return folder


def outcome(data: Path) -> list[tuple[str, State, Filing | None]]:
    """What stands in the register, after verify found nothing wrong."""
    archive = FolderArchive(data / "archive")
    with closing(Register(data / "register.db", year=2024)) as register:
        assert register.verify(archive) == ()
        assert register.orphans(archive) == ()
        assert len(register.sightings()) == len(register.items()) == len(list(archive.digests()))
        return [(one.item.accession, one.item.state, one.filing) for one in register.filed()]


@pytest.mark.parametrize(("executor", "kills"), [("serial", 10), ("processes:2", 3)])
def test_kills_at_random_moments_change_nothing(
    mails: Path, tmp_path: Path, executor: str, kills: int
) -> None:
    filings = after_kills(mails, tmp_path, executor=executor, stages="slow", kills=kills)

    assert [state for _, state, _ in filings] == [State.FILED] * MAILS


def test_the_sample_mails_and_the_real_stages_bear_kills_as_well(tmp_path: Path) -> None:
    filings = after_kills(SAMPLES, tmp_path, executor="serial", stages="real", kills=3)

    assert {state for _, state, _ in filings} == {State.FILED}


def after_kills(
    mails: Path, tmp_path: Path, *, executor: str, stages: str, kills: int
) -> list[tuple[str, State, Filing | None]]:
    """Run over *mails* undisturbed, and again killed so many times; return the outcome, which must be the same."""
    module = [sys.executable, "-m", "tests.mailbox.rounds", str(mails)]
    undisturbed, killed = tmp_path / "undisturbed", tmp_path / "killed"
    subprocess.run(
        [*module, str(undisturbed), "serial", stages], cwd=ROOT, stdout=subprocess.DEVNULL, check=True
    )
    command = [*module, str(killed), executor, stages]
    moments = random.Random(20240530)

    for events in sorted(moments.sample(range(MAILS * 3), kills)):
        with subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            wait_for(killed, events, process)
            time.sleep(moments.uniform(0, 0.03))
            process.kill()
            assert process.wait() == -9, "the kill must hit a running program"
        assert is_gone(process.pid), "no process for reading may outlive its parent"
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)

    assert outcome(killed) == outcome(undisturbed)
    return outcome(killed)


def wait_for(data: Path, events: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until the log of *data* has so many events, whatever the speed of the machine."""
    while process.poll() is None:
        with (
            suppress(sqlite3.OperationalError),
            closing(sqlite3.connect(f"file:{data}/register.db?mode=ro", uri=True)) as raw,
        ):
            if raw.execute("SELECT count(*) FROM events").fetchone()[0] >= events:
                return
        time.sleep(0.001)


def is_gone(group: int) -> bool:
    """Say whether every process of *group* ends within some seconds."""
    for _ in range(500):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.01)
    return False
