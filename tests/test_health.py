"""An operator knows within minutes that mails are not collected, and what to do: every line, every way of asking."""

from __future__ import annotations

import json
import os
import re
import resource
import socket
import sqlite3
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from pipeline.commands import run
from pipeline.commands.operating import daily_text, keep_daily
from pipeline.commands.options import Office
from pipeline.errors import SettingsError, TransientError
from pipeline.health import Colour, Facts, Health, Known, Line, gather, judge, notify, status_file
from pipeline.health.daily import deeds, paragraph
from pipeline.health.gathering import adds_up
from pipeline.health.reporter import Reporter
from pipeline.health.serving import serving
from pipeline.records import Filing, Identification, Kind, Link, Mail
from pipeline.register import MAX_ATTEMPTS, Capture, Poll, Register, Sighting, basis
from pipeline.worker import only_writer
from tests.starts import start_seconds
from tests.support import ROOT

NOW = datetime(2024, 6, 10, 4, tzinfo=UTC)
"""Noon in Beijing."""
KNOWN = Known(poll_seconds=300, rules="5" * 64, tools=("antiword",), window="")
BASIS = basis("rules")
POLL = Poll(account="collector@qq.com", folder="INBOX", at=NOW - timedelta(minutes=2), uidvalidity=1)


def file_of(register: Register) -> Path:
    """The file that the register of these tests is."""
    assert isinstance(register._place, Path)
    return register._place


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    with closing(Register(tmp_path / "register.db", year=2024)) as register:
        yield register


@pytest.fixture
def healthy(register: Register) -> Register:
    """A register with one mail that was filed, sealed this morning, and polled two minutes ago."""
    take_in(register, 1, at=NOW - timedelta(hours=3))
    file(register, 1, at=NOW - timedelta(hours=3))
    register.seal(at=NOW - timedelta(hours=2))
    register.polled(replace(POLL, exists=1, known=1))
    return register


def take_in(register: Register, number: int, *, at: datetime = NOW) -> str:
    place = Sighting(account=POLL.account, folder="INBOX", uidvalidity=1, uid=number)
    capture = Capture(
        sha256=f"{number:064x}", size=1, received=at, received_from="internaldate", sighting=place
    )
    return register.capture([capture], at=at)[0]


def file(
    register: Register,
    number: int,
    *,
    at: datetime = NOW,
    kind: Kind = Kind.SUBMISSION,
    expires: tuple[datetime | None, ...] = (),
) -> None:
    accession = f"2024-{number:05d}"
    filing = Filing(
        mail=Mail(subject="渝北区总结"),
        parts=(),
        kind=kind,
        identification=Identification(best=None, in_roster=False, decided=False),
        links=tuple(Link(part="1", kind="qq", url="https://x.example", expires=one) for one in expires),
    )
    register.begin(accession, at=at)
    register.file(accession, filing, basis=BASIS, at=at)


def hold(register: Register, accession: str, *, at: datetime = NOW) -> None:
    for attempt in range(MAX_ATTEMPTS):
        register.begin(accession, at=at)
        if attempt + 1 < MAX_ATTEMPTS:
            register.defer(accession, why="读不了", at=at)
    register.hold(accession, why="读不了", at=at)


def look(register: Register, known: Known = KNOWN, now: datetime = NOW) -> Health:
    return judge(gather(file_of(register).parent, known), now)


def line(health: Health, subject: str) -> Line:
    found = [one for one in health.lines if one.subject == subject]
    assert len(found) == 1, found
    return found[0]


# ------------------------------------------------------------ collecting


def test_all_is_green_where_all_is_well_and_every_subject_is_named(healthy: Register) -> None:
    health = look(healthy)

    assert (health.colour, health.exit_code) == (Colour.GREEN, 0)
    assert [one.subject for one in health.lines] == [
        "收件", "三十天窗口", "守护", "来件", "待办", "待人工", "已从服务器消失", "链接", "封印", "登记簿",
        "时钟", "磁盘", "版本",
    ]  # fmt: skip
    assert not any(one.cure for one in health.lines)


def test_three_missed_polls_and_a_minute_turn_it_red_and_exit_69(healthy: Register) -> None:
    limit = POLL.at + timedelta(seconds=3 * 300 + 60)

    assert look(healthy, now=limit).colour is Colour.GREEN
    late = look(healthy, now=limit + timedelta(seconds=1))

    assert line(late, "收件").state is Colour.RED
    assert "INBOX" in line(late, "收件").fact
    assert line(late, "收件").cure
    assert late.exit_code == 69


def test_a_poll_that_failed_since_is_told_with_its_error_and_turns_red_in_time(healthy: Register) -> None:
    refused = "登录被拒：授权码不对、服务没有开启，或登录过密"
    healthy.polled(replace(POLL, at=NOW - timedelta(seconds=30), error=refused))

    soon, late = look(healthy), look(healthy, now=NOW + timedelta(minutes=15))

    assert line(soon, "收件").state is Colour.YELLOW
    assert line(late, "收件").state is Colour.RED
    assert refused in line(soon, "收件").fact
    assert refused in line(late, "收件").fact


def test_a_server_that_does_not_even_tell_its_folders_turns_its_folders_red(healthy: Register) -> None:
    for minutes in range(0, 60, 5):
        at = NOW + timedelta(minutes=minutes)
        healthy.polled(Poll(account=POLL.account, folder="", at=at, error="连不上 imap.qq.com"))

    told = line(look(healthy, now=NOW + timedelta(hours=1)), "收件")

    assert told.state is Colour.RED
    assert told.fact.startswith("INBOX")
    assert "连不上 imap.qq.com" in told.fact


@pytest.mark.parametrize("error", ["", "连不上"])
def test_what_was_never_collected_is_red(register: Register, error: str) -> None:
    if error:
        register.polled(Poll(account="a", folder="", at=NOW, error=error))

    told = line(look(register), "收件")

    assert (told.state, told.code) == (Colour.RED, 69)
    assert error in told.fact
    assert "shouwen check" in told.cure


def test_numbers_that_do_not_add_up_are_red(healthy: Register) -> None:
    healthy.polled(replace(POLL, exists=3, known=1))

    assert line(look(healthy), "收件").state is Colour.RED
    assert "对不上" in line(look(healthy), "收件").fact


@given(st.tuples(*(st.integers(0, 2) for _ in range(6))), st.sampled_from(["", "错"]))
def test_numbers_add_up_here_as_they_do_for_the_register(numbers: tuple[int, ...], error: str) -> None:
    names = ("exists", "known", "new", "fetched", "refused", "vanished")
    fields: dict[str, int | str] = {**dict(zip(names, numbers, strict=True)), "error": error}

    assert adds_up(fields) == Poll(account="a", folder="b", at=NOW, **fields).adds_up  # type: ignore[arg-type]  # by name


def test_a_server_that_refuses_mails_through_three_polls_is_red_and_one_broken_mail_is_not(
    healthy: Register,
) -> None:
    for minutes in (20, 15, 10, 5):
        many = replace(POLL, at=NOW - timedelta(minutes=minutes), exists=3, known=1, new=2, refused=2)
        healthy.polled(many)
    assert line(look(healthy), "收件").state is Colour.RED
    assert "连续拒绝交出 2 封" in line(look(healthy), "收件").fact

    healthy.polled(replace(many, at=NOW, exists=2, new=1, refused=1))
    assert line(look(healthy), "收件").state is Colour.YELLOW


def test_mails_that_the_server_refused_are_yellow(healthy: Register) -> None:
    healthy.polled(replace(POLL, exists=3, known=1, new=2, refused=2))

    assert line(look(healthy), "收件").state is Colour.YELLOW
    assert "2 封" in line(look(healthy), "收件").fact


def test_each_folder_has_its_line_and_one_that_is_polled_no_more_is_asked_about_for_a_week(
    healthy: Register,
) -> None:
    healthy.polled(replace(POLL, folder="Junk", at=NOW - timedelta(hours=2)))
    healthy.polled(replace(POLL, exists=1, known=1))

    states = [one.state for one in look(healthy).lines if one.subject == "收件"]
    later = replace(POLL, at=NOW + timedelta(days=8), exists=1, known=1)
    healthy.polled(later)

    assert states == [Colour.GREEN, Colour.YELLOW]
    assert line(look(healthy, now=later.at), "收件").state is Colour.GREEN


def test_a_mailbox_that_was_given_up_for_another_keeps_nobody_waiting(healthy: Register) -> None:
    healthy.polled(replace(POLL, account="another@qq.com", at=NOW + timedelta(days=1)))

    assert line(look(healthy, now=NOW + timedelta(days=1)), "收件").state is Colour.GREEN


def test_what_the_mailbox_says_about_thirty_days_is_yellow_and_not_knowing_is_said(healthy: Register) -> None:
    said = look(healthy, replace(KNOWN, window="服务器上最早只看得到 5 月 20 日的邮件"))
    unknown = look(healthy, replace(KNOWN, window=None))

    assert line(said, "三十天窗口").state is Colour.YELLOW
    assert "5 月 20 日" in line(said, "三十天窗口").fact
    assert "没有这项数据" in line(unknown, "三十天窗口").fact


def test_gather_tells_what_the_window_is_judged_by(healthy: Register) -> None:
    healthy.polled(replace(POLL, exists=1, known=1, earliest=NOW - timedelta(days=30)))

    contents = gather(file_of(healthy).parent, KNOWN).contents
    assert contents is not None
    (folder,) = contents.folders
    assert (folder.earliest, folder.known_earliest) == (NOW - timedelta(days=30), NOW - timedelta(hours=3))


# ------------------------------------------------------------ what waits


def test_a_mail_that_waits_an_hour_is_yellow_and_a_released_one_waits_since_its_release(
    healthy: Register,
) -> None:
    hold(healthy, take_in(healthy, 2, at=NOW - timedelta(hours=5)), at=NOW - timedelta(hours=4))
    healthy.release("2024-00002", by="王经办", why="再试", at=NOW - timedelta(minutes=30))

    fresh, old = look(healthy), look(healthy, now=NOW + timedelta(minutes=31))

    assert line(fresh, "待办").state is Colour.GREEN
    assert "1 件等着办理，最久的等了 30 分钟" in line(fresh, "待办").fact
    assert line(old, "待办").state is Colour.YELLOW


def test_filings_that_rest_on_another_basis_are_counted_where_the_basis_is_known(healthy: Register) -> None:
    assert "待重办" not in line(look(healthy), "待办").fact
    assert "待重办" not in line(look(healthy, replace(KNOWN, basis=BASIS.digest)), "待办").fact
    assert "1 件" in line(look(healthy, replace(KNOWN, basis="another")), "待办").fact


def test_held_mails_are_yellow_and_named(healthy: Register) -> None:
    hold(healthy, take_in(healthy, 2))

    assert line(look(healthy), "待人工").state is Colour.YELLOW
    assert "2024-00002" in line(look(healthy), "待人工").fact
    assert "shouwen held" in line(look(healthy), "待人工").cure


def test_mails_gone_from_the_server_are_counted_and_no_fault(healthy: Register) -> None:
    healthy.note_missing([seen for seen, _ in healthy.sightings()], at=NOW)

    told = line(look(healthy), "已从服务器消失")
    assert told.state is Colour.GREEN
    assert "1 件" in told.fact


@pytest.mark.parametrize(
    ("days", "state", "said"),
    [
        (8, Colour.GREEN, "没有快到期的"),
        (6.5, Colour.YELLOW, "2024-00002 剩 6 天"),
        (1.5, Colour.RED, "2024-00002 剩 1 天"),
        (-1, Colour.YELLOW, "1 个已过期：2024-00002"),
        (-9, Colour.GREEN, "1 个已过期：2024-00002"),
    ],
)
def test_links_that_expire_are_yellow_in_a_week_and_red_in_two_days(
    healthy: Register, days: float, state: Colour, said: str
) -> None:
    take_in(healthy, 2)
    file(healthy, 2, expires=(NOW + timedelta(days=days),))

    told = line(look(healthy), "链接")
    assert (told.state, told.fact) == (state, said if days == 8 or days < 0 else f"1 个 7 天内到期：{said}")
    assert bool(told.cure) == (state is not Colour.GREEN)


def test_links_without_a_date_are_counted_and_those_of_other_mails_are_not(healthy: Register) -> None:
    take_in(healthy, 2)
    file(healthy, 2, expires=(None,))
    take_in(healthy, 3)
    file(healthy, 3, kind=Kind.OTHER, expires=(NOW + timedelta(days=1),))

    assert line(look(healthy), "链接").fact == "1 个没有写明到期日"


# ------------------------------------------------------------ what is kept


@pytest.mark.parametrize(
    ("megabytes", "state"), [(2000, Colour.GREEN), (1999, Colour.YELLOW), (499, Colour.RED)]
)
def test_a_disk_that_fills_up_is_yellow_then_red(healthy: Register, megabytes: int, state: Colour) -> None:
    facts = replace(gather(file_of(healthy).parent, KNOWN), free_octets=megabytes * 1024**2)

    health = judge(facts, NOW)
    assert line(health, "磁盘").state is state
    assert health.exit_code == (75 if state is Colour.RED else 0)


@pytest.mark.parametrize(("hours", "state"), [(36, Colour.GREEN), (37, Colour.YELLOW), (73, Colour.RED)])
def test_an_old_seal_is_yellow_then_red(healthy: Register, hours: int, state: Colour) -> None:
    now = NOW - timedelta(hours=2) + timedelta(hours=hours)

    assert line(look(healthy, now=now), "封印").state is state


def test_a_log_without_any_seal_grows_old_as_well_and_a_seal_that_did_not_get_out_is_told(
    register: Register,
) -> None:
    assert line(look(register), "封印").state is Colour.GREEN
    take_in(register, 1)
    assert line(look(register, now=NOW + timedelta(hours=37)), "封印").state is Colour.YELLOW
    register.seal(at=NOW)

    told = line(look(register, replace(KNOWN, seal_trouble="/mnt/audit 没有挂上")), "封印")
    assert told.state is Colour.YELLOW
    assert "/mnt/audit 没有挂上" in told.fact


def test_a_time_to_come_is_a_matter_of_the_clock(healthy: Register) -> None:
    assert line(look(healthy, now=POLL.at - timedelta(minutes=5)), "时钟").state is Colour.GREEN
    health = look(healthy, now=POLL.at - timedelta(minutes=6))

    assert line(health, "时钟").state is Colour.YELLOW
    assert "时钟" in line(health, "时钟").cure
    assert line(health, "收件").state is Colour.YELLOW, "nobody can tell how long ago it was"


def test_rules_that_cannot_be_read_are_said(healthy: Register) -> None:
    told = line(look(healthy, replace(KNOWN, rules="", tools=None)), "版本")

    assert told.state is Colour.YELLOW
    assert "规则 读不出" in told.fact
    assert "转换程序 没有查" in told.fact


def test_a_register_that_is_damaged_or_gone_is_red_with_4_and_says_what_is_not_known(tmp_path: Path) -> None:
    (tmp_path / "register.db").write_bytes(b"garbage" * 1000)
    damaged = judge(gather(tmp_path, KNOWN), NOW)
    (tmp_path / "register.db").unlink()
    gone = judge(gather(tmp_path, KNOWN), NOW)

    for health in (damaged, gone):
        assert health.exit_code == 4
        assert "备份" in line(health, "登记簿").cure
        assert "没有这些数据" in line(health, "其余").fact


def test_a_page_that_was_overwritten_is_found_by_the_quick_check_or_the_questions(healthy: Register) -> None:
    for number in range(2, 200):
        take_in(healthy, number)
    healthy.close()
    path = file_of(healthy)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'readings'").fetchone()[0]
    with path.open("r+b") as file_:
        file_.seek((page - 1) * 4096)
        file_.write(b"\xff" * 4096)

    assert judge(gather(path.parent, replace(KNOWN, check_seconds=30)), NOW).exit_code == 4


def test_a_check_that_is_not_finished_in_time_is_not_taken_for_a_good_one(healthy: Register) -> None:
    for number in range(2, 300):
        take_in(healthy, number)

    facts = gather(file_of(healthy).parent, replace(KNOWN, check_seconds=0))

    assert facts.checked == ""
    assert "没有做完" in line(judge(facts, NOW), "登记簿").fact


def test_a_register_that_somebody_keeps_to_himself_is_75_within_a_second(healthy: Register) -> None:
    with closing(sqlite3.connect(file_of(healthy), isolation_level=None)) as other:
        healthy.close()
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        other.execute("DELETE FROM polls")
        begun = datetime.now(UTC)
        health = judge(gather(file_of(healthy).parent, KNOWN), NOW)

    assert health.exit_code == 75
    assert "占用" in line(health, "登记簿").fact
    assert datetime.now(UTC) - begun < timedelta(seconds=3)


# ------------------------------------------------------------ the daemon


def word(data: Path, *, process: int, at: datetime) -> None:
    """Leave the word of a daemon."""
    (data / "status.json").write_text(json.dumps({"written": at.isoformat(), "process": process}), "utf-8")


@contextmanager
def another_writer(data: Path) -> Iterator[int]:
    """Let a process of its own hold the lock of *data*."""
    code = (
        "import sys; from pathlib import Path; from pipeline.worker import only_writer\n"
        "with only_writer(Path(sys.argv[1])): print('mine', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(data)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"mine\n"
        yield process.pid
        process.kill()


def test_a_daemon_is_alive_hangs_or_is_gone_and_once_from_cron_is_neither(
    healthy: Register, tmp_path: Path
) -> None:
    assert "没有运行过" in line(look(healthy), "守护").fact
    with another_writer(tmp_path) as process:
        word(tmp_path, process=process, at=NOW - timedelta(seconds=40))
        alive = line(look(healthy), "守护")
        word(tmp_path, process=process, at=NOW - timedelta(minutes=17))
        hangs = line(look(healthy), "守护")
        word(tmp_path, process=process + 1, at=NOW - timedelta(days=30))
        once = line(look(healthy), "守护")
    gone = line(look(healthy), "守护")
    word(tmp_path, process=1, at=NOW - timedelta(minutes=1))
    just_gone = line(look(healthy), "守护")

    assert (alive.state, f"进程 {process}" in alive.fact) == (Colour.GREEN, True)
    assert (hangs.state, hangs.code, "卡住" in hangs.fact) == (Colour.RED, 69, True)
    assert (once.state, "once" in once.fact) == (Colour.GREEN, True)
    assert (gone.state, "改由 once 收件" in gone.fact) == (Colour.GREEN, True)
    assert (just_gone.state, just_gone.code) == (Colour.RED, 69)
    assert "systemctl start shouwen" in just_gone.cure


def test_whoever_asks_whether_the_lock_is_held_keeps_no_writer_out(tmp_path: Path) -> None:
    asked, end = 0, threading.Event()

    def ask() -> None:
        nonlocal asked
        while not end.is_set():
            status_file.writer(tmp_path)
            asked += 1

    with only_writer(tmp_path):
        pass
    asking = threading.Thread(target=ask)
    asking.start()
    try:
        for _ in range(200):
            with only_writer(tmp_path):
                assert status_file.writer(tmp_path).held
    finally:
        end.set()
        asking.join()
    assert asked > 0


def test_the_reporter_gives_the_same_content_as_status_and_its_time(
    healthy: Register, tmp_path: Path
) -> None:
    times = [NOW]
    trouble = [""]
    reporter = Reporter(
        data_dir=tmp_path, known=lambda: replace(KNOWN, seal_trouble=trouble[-1]), clock=lambda: times[-1]
    )
    with only_writer(tmp_path):
        health = reporter.begin()
        first = json.loads((tmp_path / "status.json").read_bytes())
        times.append(NOW + timedelta(seconds=29))
        assert reporter.beat() == ""
        assert json.loads((tmp_path / "status.json").read_bytes()) == first
        times.append(NOW + timedelta(seconds=31))
        trouble.append("没有挂上")
        assert reporter.beat() == ""
        times.append(NOW + timedelta(seconds=37))
        assert reporter.beat() == "", "what is not well is told sooner"

    written = json.loads((tmp_path / "status.json").read_bytes())
    facts = gather(tmp_path, replace(KNOWN, beating=True))
    assert first.items() >= status_file.content(health, facts).items()
    assert written["written"] == times[-1].isoformat()
    assert written["process"] == os.getpid()
    assert status_file.seal_trouble(tmp_path) == "没有挂上"


def test_a_full_disk_stops_no_beat_and_is_told(healthy: Register, tmp_path: Path) -> None:
    (tmp_path / ".status.json.new").mkdir()
    reporter = Reporter(data_dir=tmp_path, known=lambda: KNOWN, clock=lambda: NOW)

    assert "状态文件" in reporter.beat()


@pytest.mark.parametrize(
    "octets", [b"", b"[]", b"{", b'{"written": 5}', b'{"written": "2024-01-01", "process": 1}']
)
def test_a_status_file_without_sense_is_none(tmp_path: Path, octets: bytes) -> None:
    (tmp_path / "status.json").write_bytes(octets)

    assert status_file.writer(tmp_path).written is None
    assert status_file.seal_trouble(tmp_path) == ""


# ------------------------------------------------------------ status and daily


def shouwen(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pipeline", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)


def test_status_says_the_colour_first_and_each_cure(
    healthy: Register, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["status", "--data-dir", str(tmp_path)]) == 69

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("红：收件")
    assert re.search(r"✗ 收件：INBOX.*\n    办法：", "\n".join(lines))
    assert any(one.startswith("✓ 登记簿：打得开，快速自检通过") for one in lines)


def test_status_in_json_has_colour_lines_and_counts(
    healthy: Register, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    healthy.polled(replace(POLL, at=datetime.now(UTC), exists=1, known=1))
    healthy.seal(at=datetime.now(UTC))
    assert run(["status", "--json", "--data-dir", str(tmp_path)]) == 0

    told = json.loads(capsys.readouterr().out)
    assert told["colour"] == "green"
    assert told["states"] == {"captured": 0, "filed": 1, "held": 0, "dismissed": 0}
    assert (told["events"], told["head"]) == healthy.head()
    assert {"subject", "state", "fact", "cure"} == told["lines"][0].keys()


def test_status_finds_the_window_of_thirty_days_without_the_daemon(
    healthy: Register, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    healthy.polled(replace(POLL, exists=1, known=1, earliest=NOW))
    take_in(healthy, 2, at=NOW - timedelta(days=20))
    run(["status", "--json", "--data-dir", str(tmp_path)])

    lines = {line["subject"]: line for line in json.loads(capsys.readouterr().out)["lines"]}
    assert lines["三十天窗口"]["state"] == "yellow"
    assert "此前从这个文件夹收过 2024年5月21日" in lines["三十天窗口"]["fact"]


def test_status_of_a_broken_register_exits_4_in_chinese(tmp_path: Path) -> None:
    (tmp_path / "register.db").write_bytes(b"garbage" * 1000)

    done = shouwen("status", "--data-dir", str(tmp_path))

    assert done.returncode == 4
    assert "已损坏" in done.stdout
    assert "Traceback" not in done.stderr


def test_status_of_a_register_that_vanished_from_beside_its_archive_exits_4(tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()

    assert shouwen("status", "--data-dir", str(tmp_path)).returncode == 4


@pytest.mark.alone
def test_status_answers_at_once_while_a_daemon_holds_the_lock_and_writes(
    healthy: Register, tmp_path: Path
) -> None:
    """Little more than its libraries take to start, best of three; the seconds themselves are bench/startup.py's."""
    spent = []
    with (
        another_writer(tmp_path),
        closing(sqlite3.connect(file_of(healthy), isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM polls")
        for _ in range(3):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            done = shouwen("status", "--json", "--data-dir", str(tmp_path))
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            spent.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)

    assert done.returncode == 69, done.stderr
    assert json.loads(done.stdout)["states"]["filed"] == 1
    assert min(spent) < 1.5 * start_seconds()


def facts_of(register: Register) -> Facts:
    return gather(file_of(register).parent, KNOWN)


def test_the_daily_says_trouble_first_and_what_came_in_on_which_beijing_day(healthy: Register) -> None:
    midnight = datetime(2024, 6, 9, 16, tzinfo=UTC)
    take_in(healthy, 2, at=midnight - timedelta(seconds=1))
    hold(healthy, take_in(healthy, 3, at=midnight))
    facts = facts_of(healthy)
    done = deeds(file_of(healthy), date(2024, 6, 10), NOW)

    text = paragraph(facts, judge(facts, NOW + timedelta(hours=1)), done, 31)

    assert text.count("\n") == 1
    assert text.startswith("【收文日报】6月10日；！收件：INBOX")
    assert "昨日收到 1 件、办结 0 件，今日到此时收到 2 件、办结 1 件、转待人工 1 件" in text
    assert "待人工 1 件（2024-00003）；7 天内到期的链接 0 个；未报送 31 个单位；封印第 1 号" in text
    assert "渝北" not in text
    assert text == paragraph(facts, judge(facts, NOW + timedelta(hours=1)), done, 31)


def test_the_daily_of_a_day_gone_by_and_of_a_broken_register(healthy: Register, tmp_path: Path) -> None:
    office = Office(settings_file=None, data_dir_option=tmp_path)
    try:
        yesterday = daily_text(office, NOW, date(2024, 6, 9))
        path = keep_daily(office, NOW)
    finally:
        office.register.close()
    healthy.close()
    (tmp_path / "register.db").write_bytes(b"garbage" * 1000)
    broken = daily_text(Office(settings_file=None, data_dir_option=tmp_path), NOW)

    assert "6月9日" in yesterday
    assert "当日收到 0 件" in yesterday
    assert path.name == "日报-2024-06-10.txt"
    assert f"未报送 {len(office.rules.units)} 个单位" in path.read_text("utf-8")
    assert "！登记簿" in broken
    assert "未报送单位数没有算出" in broken


def test_the_daily_command_prints_one_paragraph(
    healthy: Register, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["daily", "--date", "2024-06-10", "--data-dir", str(tmp_path)]) == 0
    assert capsys.readouterr().out.count("\n") == 1
    assert run(["daily", "--date", "gestern", "--data-dir", str(tmp_path)]) == 2


def test_a_daily_that_cannot_be_written_names_its_cure(healthy: Register, tmp_path: Path) -> None:
    (tmp_path / "logs").write_bytes(b"")
    office = Office(settings_file=None, data_dir_option=tmp_path)
    try:
        with pytest.raises(TransientError, match="日报"):
            keep_daily(office, NOW)
    finally:
        office.register.close()


# ------------------------------------------------------------ /healthz and /metrics


def ask(address: str, path: str, method: str = "GET") -> tuple[int, str]:
    request = urllib.request.Request(f"http://{address}{path}", method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def looking(register: Register, now: datetime = NOW) -> tuple[Facts, Health]:
    facts = facts_of(register)
    return facts, judge(facts, now)


def test_healthz_is_200_or_503_with_one_line_that_names_nobody(healthy: Register) -> None:
    now = [NOW]
    with serving("127.0.0.1:0", lambda: looking(healthy, now[-1])) as address:
        well = ask(address, "/healthz")
        now.append(NOW + timedelta(hours=1))
        ill = ask(address, "/healthz?verbose")
        head = ask(address, "/healthz", "HEAD")
        other = ask(address, "/")

    assert well == (200, "绿：正常\n")
    assert ill == (503, "红：收件\n")
    assert head == (503, "")
    assert other[0] == 404


def test_metrics_are_what_prometheus_reads_and_name_no_account_folder_or_mail(healthy: Register) -> None:
    hold(healthy, take_in(healthy, 2))
    with serving(
        "[::1]:0" if socket.has_dualstack_ipv6() else "127.0.0.1:0", lambda: looking(healthy)
    ) as address:
        status, text = ask(address, "/metrics")

    samples = {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert status == 200
    assert samples["shouwen_up", ()] == 1
    assert samples["shouwen_polls_total", ()] == 1
    assert samples["shouwen_last_success_timestamp_seconds", ()] == POLL.at.timestamp()
    assert samples["shouwen_items", ("filed",)] == 1
    assert samples["shouwen_held", ()] == 1
    assert samples["shouwen_seal_age_seconds", ()] == 7200
    assert samples["shouwen_disk_free_bytes", ()] > 0
    assert ("shouwen_links_expiring", ()) in samples
    assert not re.search(r"collector|qq\.com|INBOX|2024-0", text)


def test_metrics_of_a_broken_register_say_so_and_give_no_zeros(tmp_path: Path) -> None:
    (tmp_path / "register.db").write_bytes(b"garbage" * 1000)
    facts = gather(tmp_path, KNOWN)
    with serving("127.0.0.1:0", lambda: (facts, judge(facts, NOW))) as address:
        _, text = ask(address, "/metrics")

    assert "shouwen_register_readable 0.0" in text
    assert "shouwen_held" not in text


def test_without_the_library_metrics_answer_501_and_healthz_works(
    healthy: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    with serving("127.0.0.1:0", lambda: looking(healthy)) as address:
        status, text = ask(address, "/metrics")
        assert ask(address, "/healthz")[0] == 200

    assert status == 501
    assert "pip install 'shouwen[metrics]'" in text


def test_a_port_that_is_taken_is_a_matter_of_settings_and_the_threads_end(healthy: Register) -> None:
    before = threading.active_count()
    with (
        serving("127.0.0.1:0", lambda: looking(healthy)) as address,
        pytest.raises(SettingsError, match=rf"{address}.*listen"),
        serving(address, lambda: looking(healthy)),
    ):
        pass
    with pytest.raises(SettingsError, match="端口"), serving("127.0.0.1:99999", lambda: looking(healthy)):
        pass
    with serving("", lambda: looking(healthy)) as address:
        assert address == ""

    assert threading.active_count() == before


# ------------------------------------------------------------ the service manager


@pytest.fixture(params=["file", "abstract"])
def manager(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[socket.socket]:
    name = str(tmp_path / "notify") if request.param == "file" else f"@shouwen-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(name.replace("@", "\0"))
        channel.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        yield channel


def test_the_manager_is_told_ready_alive_and_stopping(manager: socket.socket) -> None:
    assert notify.ready("守护运行；\n绿")
    assert notify.alive()
    assert notify.status("黄：待人工")
    assert notify.stopping()

    told = [manager.recv(4096).decode().split("\n") for _ in range(4)]
    assert told == [
        ["READY=1", "STATUS=守护运行； 绿"],
        ["WATCHDOG=1"],
        ["STATUS=黄：待人工"],
        ["STOPPING=1", "STATUS=正在停止：手里的办完就停"],
    ]


def test_where_nobody_listens_nothing_happens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    assert not notify.ready("")
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    assert not notify.alive()


def test_every_beat_tells_the_manager_that_the_daemon_goes_on(
    manager: socket.socket, healthy: Register, tmp_path: Path
) -> None:
    reporter = Reporter(data_dir=tmp_path, known=lambda: KNOWN, clock=lambda: NOW)
    reporter.begin()
    assert manager.recv(4096).startswith(b"READY=1")
    reporter.beat()

    assert manager.recv(4096) == b"WATCHDOG=1"
