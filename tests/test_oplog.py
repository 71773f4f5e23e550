"""The operations log: whole lines, a file a Beijing day, six months at least, and never a word of a mail."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from pipeline.worker.logfile import DailyFile
from pipeline.worker.oplog import LEFT_OUT, discreet, keep, log
from tests.support import ROOT

EVENING = datetime(2024, 6, 10, 15, 59, tzinfo=UTC)
"""23:59 in Beijing."""


def lines(folder: Path, name: str = "operations.jsonl") -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / name).read_text("utf-8").splitlines()]


def test_an_event_is_one_json_line_with_both_times_level_and_fields(tmp_path: Path) -> None:
    with time_machine.travel(EVENING, tick=False), keep(tmp_path / "logs", 400):
        log.info("filed", accession="2024-00031", size=4096)
        logging.getLogger("shouwen.operations").warning(
            "compiled", extra={"fields": {"file": "评价.xlsx", "count": 25}}
        )

    assert lines(tmp_path / "logs") == [
        {
            "at": "2024-06-10T15:59:00.000+00:00",
            "beijing": "2024-06-10T23:59:00.000+08:00",
            "level": "info",
            "logger": "shouwen.worker",
            "accession": "2024-00031",
            "size": 4096,
            "event": "filed",
        },
        {
            "at": "2024-06-10T15:59:00.000+00:00",
            "beijing": "2024-06-10T23:59:00.000+08:00",
            "level": "warning",
            "logger": "shouwen.operations",
            "event": "compiled",
            "file": "评价.xlsx",
            "count": 25,
        },
    ]


def test_after_the_end_nothing_is_written_and_nothing_is_left_on_the_logger(tmp_path: Path) -> None:
    before = list(logging.getLogger("shouwen").handlers)
    with keep(tmp_path, 400):
        pass
    log.info("filed", accession="2024-00031")

    assert logging.getLogger("shouwen").handlers == before
    assert (tmp_path / "operations.jsonl").read_bytes() == b""


@pytest.mark.parametrize(
    "personal",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "+86 13800138000",
        "１３８００１３８０００",
        "023-63659873",
        "（023）63659873",
        "63659873",
        "wanzhoukx@qq.com",
        "王某.kx@mail.example.cn",
        "50010119900307777X",
    ],
)
def test_what_looks_like_an_address_or_a_number_is_dropped(tmp_path: Path, personal: str) -> None:
    with keep(tmp_path, 400):
        log.warning("attempt failed", accession="2024-00031", why=f"请联系 {personal} 处理")
        logging.getLogger("shouwen.operations").info("export to %s", personal)

    first, second = lines(tmp_path)
    text = (tmp_path / "operations.jsonl").read_text("utf-8")
    assert personal not in text
    assert first["why"] == f"请联系 {LEFT_OUT} 处理"
    assert second["event"] == f"export to {LEFT_OUT}"


@pytest.mark.parametrize(
    "ours",
    [
        "2024-00031",
        "日报-2024-06-10.txt",
        "20240610",
        "seal-00012-20240610.json",
        "a1b2" * 16,
        "120 秒",
        "1.5 MB",
    ],
)
def test_what_is_ours_stays(ours: str) -> None:
    assert discreet(f"写好 {ours}") == f"写好 {ours}"


def test_text_of_a_field_that_is_not_ours_is_left_out(tmp_path: Path) -> None:
    with keep(tmp_path, 400):
        log.info("filed", accession="2024-00031", subject="渝北区总结", unit=["某区科协"], size=3)

    (line,) = lines(tmp_path)
    assert (line["subject"], line["unit"], line["size"]) == (LEFT_OUT, LEFT_OUT, 3)


def test_of_an_exception_its_class_alone_is_told(tmp_path: Path) -> None:
    with keep(tmp_path, 400):
        try:
            int("渝北区总结")
        except ValueError:
            logging.getLogger("shouwen.operations").exception("failed")

    (line,) = lines(tmp_path)
    assert (line["event"], line["raised"]) == ("failed", "ValueError")
    assert "渝北" not in (tmp_path / "operations.jsonl").read_text("utf-8")


def test_a_warning_goes_to_stderr_as_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with keep(tmp_path, 400):
        log.info("filed", accession="2024-00030")
        log.warning("attempt failed", accession="2024-00031", why="100% 13800138000")

    said = capsys.readouterr().err
    assert "attempt failed" in said
    assert "100%" in said
    assert "13800138000" not in said
    assert "2024-00030" not in said


# ------------------------------------------------------------ days


def put(folder: Path, at: datetime, text: str, days: int = 400) -> None:
    file = DailyFile(folder, days)
    with time_machine.travel(at, tick=False):
        file.write(text.encode() + b"\n", at)
        file.close()
    os.utime(folder / "operations.jsonl", (at.timestamp(), at.timestamp()))


def test_the_page_is_turned_at_midnight_in_beijing(tmp_path: Path) -> None:
    put(tmp_path, EVENING, "before")
    put(tmp_path, EVENING + timedelta(minutes=1), "after")

    assert (tmp_path / "operations-2024-06-10.jsonl").read_text("utf-8") == "before\n"
    assert (tmp_path / "operations.jsonl").read_text("utf-8") == "after\n"


def test_a_day_that_comes_twice_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "operations-2024-06-10.jsonl").write_text("there before\n", "utf-8")
    put(tmp_path, EVENING, "before")
    put(tmp_path, EVENING + timedelta(minutes=1), "after")

    assert (tmp_path / "operations-2024-06-10.jsonl").read_text("utf-8") == "there before\n"
    assert (tmp_path / "operations-2024-06-10-2.jsonl").read_text("utf-8") == "before\n"


def test_a_file_goes_after_its_days_and_no_day_before_six_months(tmp_path: Path) -> None:
    for back in (182, 183, 184):
        (tmp_path / f"operations-{date(2024, 6, 10) - timedelta(back)}.jsonl").write_text("x\n", "utf-8")
    (tmp_path / "operations-notes.txt").write_text("not ours", "utf-8")
    put(tmp_path, EVENING, "before")
    with time_machine.travel(EVENING + timedelta(minutes=1), tick=False), keep(tmp_path, 1):
        log.info("polled")

    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == [
        f"operations-{date(2024, 6, 10) - timedelta(183)}.jsonl",
        f"operations-{date(2024, 6, 10) - timedelta(182)}.jsonl",
        "operations-2024-06-10.jsonl",
        "operations-notes.txt",
        "operations.jsonl",
    ]


def test_a_clock_that_is_years_ahead_for_an_hour_removes_nothing(tmp_path: Path) -> None:
    old = tmp_path / f"operations-{date(2024, 6, 10) - timedelta(300)}.jsonl"
    old.write_text("x\n", "utf-8")
    put(tmp_path, EVENING, "now")
    put(tmp_path, EVENING + timedelta(days=3000), "far ahead")

    assert old.exists()


def test_two_processes_share_the_file_and_one_of_them_turns_the_page(tmp_path: Path) -> None:
    first, second = DailyFile(tmp_path, 400), DailyFile(tmp_path, 400)
    for file in (first, second):
        file.write(b"before\n", EVENING)
        os.utime(tmp_path / "operations.jsonl", (EVENING.timestamp(), EVENING.timestamp()))
    midnight = EVENING + timedelta(minutes=1)
    with time_machine.travel(midnight, tick=False):
        first.write(b"after\n", midnight)
        os.utime(tmp_path / "operations.jsonl", (midnight.timestamp(), midnight.timestamp()))
        second.write(b"after\n", midnight)
    first.close()
    second.close()

    assert (tmp_path / "operations-2024-06-10.jsonl").read_bytes() == b"before\nbefore\n"
    assert (tmp_path / "operations.jsonl").read_bytes() == b"after\nafter\n"


# ------------------------------------------------------------ what goes wrong


def test_a_folder_that_cannot_be_written_stops_nobody_and_is_said_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "logs").write_bytes(b"")
    with keep(tmp_path / "logs", 400):
        for number in range(3):
            log.info("filed", accession=f"2024-{number:05d}")
        (tmp_path / "logs").unlink()
        log.info("filed", accession="2024-00009")

    said = capsys.readouterr().err
    assert said.count("写不进去") == 2, "at the beginning, and when the first line was lost"
    assert "请检查磁盘空间和权限" in said
    assert [(line["event"], line.get("count")) for line in lines(tmp_path / "logs")] == [
        ("lines lost", 3),
        ("filed", None),
    ]


CHILD = """
import os, sys, resource, signal
from pathlib import Path
from pipeline.worker.oplog import keep, log
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
kept = keep(Path(sys.argv[1]), 400)
if len(sys.argv) > 2:
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
for number in range(100):
    log.info("filed", accession=f"2024-{number:05d}")
if len(sys.argv) > 2:
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    log.info("room again")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_kill_costs_no_line(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", CHILD, str(tmp_path)], cwd=ROOT, check=False)

    assert done.returncode == -signal.SIGKILL
    assert [line["accession"] for line in lines(tmp_path)] == [f"2024-{n:05d}" for n in range(100)]


def test_a_disk_that_is_full_in_the_middle_of_a_line_costs_what_did_not_fit_and_is_told(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-c", CHILD, str(tmp_path), "1000"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    written = (tmp_path / "operations.jsonl").read_text("utf-8").splitlines()
    whole = [json.loads(line) for line in written if line.endswith("}")]
    torn = [line for line in written if not line.endswith("}")]
    assert done.returncode == -signal.SIGKILL
    assert done.stderr.count("写不进去") == 1
    assert len(torn) == 1
    assert [line["event"] for line in whole[-2:]] == ["lines lost", "room again"]
    assert whole[-2]["count"] + len(whole) - 2 == 100
