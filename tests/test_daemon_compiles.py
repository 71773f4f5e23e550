"""The daemon compiles by itself: a workbook appears where something is new, at most hourly, and none where nothing changed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from pipeline.commands.compiling import Compiling
from pipeline.commands.options import opened
from tests import recomputed
from tests.reviewed import Reviewed
from tests.support import ROOT, SAMPLES
from tests.taught import taught
from tools.embedded_mailbox import Served, serve

USER, PASSWORD = "someone@example.org", "embedded"
RECEIVED = datetime(2024, 6, 18, 2, tzinfo=UTC)
PATIENCE_SECONDS = 240
GRACE_SECONDS = 12
"""A stop ends a compile at once: one that should not be would be there by then."""


def runs(data: Path) -> set[str]:
    return {path.parent.name for path in (data / "workbooks").glob("[0-9]*/评价工作簿-*.xlsx")}


def until(done: Callable[[], bool], daemon: subprocess.Popen[bytes]) -> None:
    giving_up = time.monotonic() + PATIENCE_SECONDS
    while not done():
        assert daemon.poll() is None, "the daemon ended"
        assert time.monotonic() < giving_up, "what the test waits for did not come"
        time.sleep(0.1)


def after_a_round(folder: Path, url: str, *, more: int) -> set[str]:
    """The runs that are there after the daemon polled, filed and did its daily duties once; *more* are waited for."""
    data, before = folder / "data", runs(folder / "data")
    command = [sys.executable, "-m", "pipeline", "run", "--data-dir", str(data), "--mailbox", url]
    command += ["--settings", str(folder / "shouwen.toml"), "--executor", "processes:1"]
    environment = {**os.environ, "SHOUWEN_PASSWORD": PASSWORD}
    began = time.time()

    def done() -> bool:
        """The day's report is written just before the compile."""
        told = any(one.stat().st_mtime >= began for one in (data / "logs").glob("日报-*.txt"))
        return told and len(runs(data) - before) >= more

    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as daemon:
        try:
            until(done, daemon)
            time.sleep(0 if more else GRACE_SECONDS)
        finally:
            daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(timeout=60) == 0
    return runs(data)


def supplement() -> bytes:
    made = EmailMessage()
    made["Subject"] = "璧山区科协科技工作者日活动情况"
    made["From"] = "小李 <li@example.org>"
    made["To"] = USER
    made.set_content(
        "璧山区科协科技工作者日活动情况\n5月30日，璧山区科协在文化广场开展科技志愿服务，服务居民120人。"
    )
    return bytes(made)


def test_a_workbook_appears_without_anybody_asking_and_none_where_nothing_changed(tmp_path: Path) -> None:
    (tmp_path / "shouwen.toml").write_text(f'[mailbox]\nuser = "{USER}"\n', "utf-8")
    taught(tmp_path / "data")
    first = (SAMPLES / "02-docx-photos.eml").read_bytes()
    with serve([Served(octets=first, received=RECEIVED)], user=USER, password=PASSWORD) as server:
        one = after_a_round(tmp_path, server.url, more=1)
        again = after_a_round(tmp_path, server.url, more=0)
        server.append([Served(octets=supplement(), received=RECEIVED + timedelta(hours=1))])
        two = after_a_round(tmp_path, server.url, more=1)

    assert (len(one), again) == (1, one)
    assert one < two and len(two) == 2
    (newest,) = (tmp_path / "data" / "workbooks" / (two - one).pop()).glob("*.xlsx")
    assert "重庆市璧山区科学技术协会" in {row["单位"] for row in recomputed.rows(newest, "活动明细")}


def test_the_daemon_compiles_at_most_hourly_and_what_is_decided_meanwhile_waits(tmp_path: Path) -> None:
    made = Reviewed(tmp_path)
    begun = datetime(2024, 6, 25, tzinfo=UTC)
    with opened(made.settings, made.data) as office:
        compiling = Compiling(office=office)

        assert compiling.if_due(begun) is not None
        assert compiling.if_due(begun + timedelta(hours=2)) is None, "nothing changed"
        made.correct("2024-00001", "activity/1/participants", "123")
        assert compiling.if_due(begun + timedelta(hours=2)) is not None
        made.correct("2024-00001", "activity/1/participants", "124")
        assert compiling.if_due(begun + timedelta(hours=2, minutes=59)) is None
        assert compiling.if_due(begun + timedelta(hours=3)) is not None

    assert len(runs(made.data)) == 3


def test_the_daemon_compiles_where_the_rules_changed_and_never_where_settings_say_so(tmp_path: Path) -> None:
    made = Reviewed(tmp_path)
    begun = datetime(2024, 6, 25, tzinfo=UTC)
    with opened(made.settings, made.data) as office:
        assert Compiling(office=office).if_due(begun) is not None
    scoring = tmp_path / "rules" / "scoring.toml"
    scoring.write_text(scoring.read_text("utf-8").replace("bonus_cap = 5", "bonus_cap = 4"), "utf-8")
    with opened(made.settings, made.data) as office:
        assert Compiling(office=office).if_due(begun) is not None

    made.settings.write_text(made.settings.read_text("utf-8") + "[workbook]\nevery_minutes = 0\n", "utf-8")
    made.correct("2024-00001", "activity/1/participants", "125")
    with opened(made.settings, made.data) as office:
        assert Compiling(office=office).if_due(begun) is None
