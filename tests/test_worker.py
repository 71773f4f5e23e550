"""Nothing lost, nothing twice, nothing silent: capture and process on real folders, servers, processes and SQLite."""

from __future__ import annotations

import hashlib
import logging
import multiprocessing
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from pipeline.archive import FolderArchive
from pipeline.errors import SettingsError, TransientError, UnavailableError
from pipeline.executor import open_executor
from pipeline.mailbox import Seen, open_mailbox
from pipeline.mailbox.folder import FolderMailbox
from pipeline.records import Filing, Kind, State
from pipeline.register import Register
from pipeline.stop import Stop
from pipeline.worker import NO_DUTIES, Duties, Result, Task, Worker, one_mail, only_writer
from rules import load
from tests.mailbox import attempts
from tests.mailbox.boxes import PASSWORD, USER, opened, pymap_box
from tests.mailbox.mails import arrived, mail
from tests.mailbox.rounds import rules
from tests.mailbox.scripted import Scripted, Session, scripted
from tests.support import ROOT, SAMPLES

WALL_CLOCK = datetime(2024, 6, 10, tzinfo=UTC)


class Intake:
    """A worker on its own data folder, and a folder of mails before it."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.mails = folder / "mails"
        self.mails.mkdir(parents=True)
        self.data = folder / "data"
        self.data.mkdir()
        self._stack = stack
        self.worker = self.make("serial")

    def make(self, executor: str, *, seconds: float = 60, megabytes: int = 2048) -> Worker:
        register = Register(self.data / "register.db", year=2024)
        self._stack.callback(register.close)
        pool = open_executor(executor, seconds=seconds, megabytes=megabytes)
        self._stack.enter_context(pool)
        return Worker(
            archive=FolderArchive(self.data / "archive"),
            register=register,
            rules=rules(),
            executor=pool,
            clock=lambda: WALL_CLOCK,
            attempt=attempts.attempt,
            prepare=attempts.prepare,
        )

    @property
    def register(self) -> Register:
        return self.worker.register

    def put(self, *octets: bytes) -> None:
        for one in octets:
            (self.mails / f"{len(list(self.mails.iterdir()))}.eml").write_bytes(one)

    def once(self) -> None:
        self.worker.once(open_mailbox(str(self.mails)))

    def is_intact(self) -> bool:
        return self.register.verify(self.worker.archive) == ()


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def intake(tmp_path: Path, stack: ExitStack) -> Intake:
    return Intake(tmp_path, stack)


def filings(register: Register) -> list[tuple[str, State, Filing | None]]:
    return [(one.item.accession, one.item.state, one.filing) for one in register.filed()]


# ------------------------------------------------------------ once


def test_once_files_every_mail_in_order_of_arrival(intake: Intake) -> None:
    intake.put(mail(2), mail(1), mail(3))
    intake.once()

    assert intake.register.count() == {State.FILED: 3}
    assert [item.received for item in intake.register.items()] == [arrived(n) for n in (1, 2, 3)]
    assert {item.received_from for item in intake.register.items()} == {"received"}
    assert intake.is_intact()


def test_a_second_once_changes_nothing(intake: Intake) -> None:
    intake.put(*(mail(number) for number in range(20)))
    intake.once()
    head, before = intake.register.head(), filings(intake.register)

    intake.once()

    assert (intake.register.head(), filings(intake.register)) == (head, before)
    assert len(intake.register.polls()) == 2, "the poll that found nothing is written down"


def test_judging_sees_beijing_time(intake: Intake) -> None:
    intake.put(mail(15))
    intake.once()

    ((_, _, filing),) = filings(intake.register)
    assert filing is not None
    assert filing.mail.received == arrived(15)
    assert intake.register.items()[0].received.utcoffset() == UTC.utcoffset(None)


def test_a_mail_without_any_time_is_received_when_it_is_captured(intake: Intake) -> None:
    intake.put(b"no header at all")
    intake.once()

    (item,) = intake.register.items()
    assert (item.received, item.received_from) == (WALL_CLOCK, "captured")


JUDGED = ["identify", "classify", "file"]


def test_other_rules_judge_again_without_reading_again(intake: Intake) -> None:
    intake.put(mail(1))
    intake.once()

    again = replace(intake.worker, rules=rules("second"))
    again.process()

    assert [event.action for event in intake.register.events()][7:] == ["begin", "fixity", *JUDGED]
    assert [filing.kind for _, _, filing in filings(intake.register) if filing] == [Kind.OTHER]
    assert intake.is_intact()


def test_a_gained_ability_reads_again(intake: Intake) -> None:
    intake.put(mail(1))
    intake.once()

    replace(intake.worker, abilities=("antiword",)).process()

    assert [event.action for event in intake.register.events()][7:] == ["begin", "fixity", "unpack", *JUDGED]


def test_progress_counts_to_the_end(intake: Intake) -> None:
    intake.put(*(mail(number) for number in range(3)))
    seen: list[tuple[int, int]] = []
    intake.worker.once(open_mailbox(str(intake.mails)), lambda done, of: seen.append((done, of)))

    assert seen == [(1, 3), (2, 3), (3, 3)]


# ------------------------------------------------------------ failures of a mail


@pytest.mark.parametrize("executor", ["serial", "processes:2"])
def test_a_failing_mail_is_held_after_three_attempts_and_the_others_are_filed(
    intake: Intake, executor: str
) -> None:
    intake.worker = intake.make(executor)
    intake.put(
        mail(0), mail(1, attempts.RAISES.decode()), mail(2), mail(3, attempts.NOT_NOW.decode()), mail(4)
    )
    intake.once()

    assert [state for _, state, _ in filings(intake.register)] == [
        State.FILED,
        State.HELD,
        State.FILED,
        State.HELD,
        State.FILED,
    ]
    assert [e.action for e in intake.register.events(accession="2024-00002")] == [
        "capture",
        "begin",
        "defer",
        "begin",
        "defer",
        "begin",
        "hold",
    ]
    assert "soffice：120 秒内没有回应" in intake.register.item("2024-00004").reason
    assert intake.is_intact()


def test_neither_log_nor_register_quotes_a_mail_that_failed(
    intake: Intake, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    intake.put(mail(1, attempts.RAISES.decode()))
    intake.once()

    told = [event.outcome + event.detail for event in intake.register.events()]
    assert "attempt failed" in caplog.text
    assert "ValueError" in intake.register.items()[0].reason
    assert not any("13800138000" in text for text in (caplog.text, intake.register.items()[0].reason, *told))


def test_a_mail_that_kills_its_reader_is_held_and_the_others_are_filed(intake: Intake) -> None:
    """A crash of a reader costs one mail three attempts and the others nothing."""
    intake.worker = intake.make("processes:2")
    intake.put(mail(0, attempts.KILLS.decode()), *(mail(number) for number in range(1, 9)))
    intake.once()

    assert intake.register.count() == {State.FILED: 8, State.HELD: 1}
    assert "读件程序崩溃" in intake.register.item("2024-00001").reason
    assert intake.is_intact()


def test_a_mail_that_kills_a_serial_reader_takes_the_program_down_once(intake: Intake) -> None:
    intake.put(mail(0), mail(1, attempts.KILLS.decode()), mail(2))
    command = [
        sys.executable,
        "-m",
        "tests.mailbox.rounds",
        str(intake.mails),
        str(intake.data),
        "serial",
        "slow",
    ]

    codes = [
        subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False).returncode for _ in range(2)
    ]

    assert codes == [-9, 0]
    assert intake.register.count() == {State.FILED: 2, State.HELD: 1}
    assert intake.is_intact()


def test_without_haste_a_failed_mail_waits_and_is_tried_when_its_time_comes(intake: Intake) -> None:
    intake.put(mail(1, attempts.NOT_NOW.decode()))
    intake.worker.capture(open_mailbox(str(intake.mails)))

    assert intake.worker.process(at_once=False).deferred == 1
    assert intake.worker.process(at_once=False).deferred == 0
    later = replace(intake.worker, clock=lambda: WALL_CLOCK.replace(hour=1))
    assert later.process(at_once=False).deferred == 1


def test_a_damaged_original_is_held_with_the_cure_and_not_judged(intake: Intake) -> None:
    intake.put(mail(1))
    intake.worker.capture(open_mailbox(str(intake.mails)))
    (blob,) = (path for path in (intake.data / "archive").rglob("*") if path.is_file())
    blob.chmod(0o644)
    blob.write_bytes(b"x")
    intake.worker.process()

    assert "从备份恢复" in intake.register.items()[0].reason


def test_serial_and_processes_give_equal_filings(tmp_path: Path, stack: ExitStack) -> None:
    both = []
    for executor in ("serial", "processes:2"):
        intake = Intake(tmp_path / executor.replace(":", ""), stack)
        intake.worker = intake.make(executor)
        intake.put(*(mail(number) for number in range(7)))
        intake.once()
        both.append(filings(intake.register))

    assert both[0] == both[1]


def test_a_person_s_decision_during_the_reading_stands(intake: Intake) -> None:
    intake.put(mail(1))

    def dismissing(task: Task) -> Result:
        intake.register.dismiss("2024-00001", by="王芳", why="广告", at=WALL_CLOCK)
        return attempts.attempt(task)

    intake.worker = replace(intake.worker, attempt=dismissing)
    intake.once()

    assert intake.register.count() == {State.DISMISSED: 1}
    assert intake.is_intact()


# ------------------------------------------------------------ the mailbox


def test_the_same_mail_delivered_five_times_is_one_item_and_five_sightings(
    intake: Intake, tmp_path: Path
) -> None:
    with pymap_box(tmp_path) as box:
        for _ in range(5):
            box.deliver(mail(1), arrived(1))
        source = opened(box)
        polls, _ = intake.worker.once(source)
        source.close()

    assert (polls[0].fetched, polls[0].captured) == (5, 1)
    assert len(intake.register.sightings()) == 5
    assert [event.action for event in intake.register.events()].count("sight") == 4
    assert intake.is_intact()


def test_another_uidvalidity_takes_nothing_twice_and_skips_nothing(intake: Intake, tmp_path: Path) -> None:
    with pymap_box(tmp_path) as box:
        for number in (1, 2):
            box.deliver(mail(number), arrived(number))
        source = opened(box)
        intake.worker.once(source)
        before = filings(intake.register)

        box.server.renumber()
        box.deliver(mail(3), arrived(3))
        intake.worker.once(source)
        head = intake.register.head()
        intake.worker.once(source)
        source.close()

    assert filings(intake.register)[:2] == before
    assert len(intake.register.sightings()) == 2 + 3
    assert intake.register.count() == {State.FILED: 3}
    assert intake.register.head() == head
    assert intake.is_intact()


@pytest.mark.parametrize("uidvalidity", [0, 7])
def test_numbers_that_begin_anew_under_the_same_uidvalidity_lose_nothing(
    intake: Intake, uidvalidity: int
) -> None:
    with scripted(Scripted(mails={uid: mail(uid) for uid in (8, 9)}, uidvalidity=uidvalidity)) as server:
        source = open_mailbox(server.address, user=USER, password=PASSWORD, timeout_seconds=5)
        intake.worker.once(source)
        server.mails = {1: mail(9), 2: mail(10)}
        intake.worker.once(source)
        source.close()

    assert [item.sha256 for item in intake.register.items()] == [digest(mail(n)) for n in (8, 9, 10)]


def test_a_mail_that_was_not_handed_over_is_asked_for_again_and_the_others_are_not(intake: Intake) -> None:
    server = Scripted(mails={uid: mail(uid) for uid in (1, 2, 3)}, withheld={2})
    with scripted(server):
        source = open_mailbox(server.address, user=USER, password=PASSWORD, timeout_seconds=5)
        (first,), _ = intake.worker.once(source)

        server.withheld = set()
        server.lines.clear()
        (second,), _ = intake.worker.once(source)
        source.close()

    assert (first.new, first.fetched, first.refused, first.known) == (3, 2, 1, 2)
    assert (second.new, second.fetched, second.refused, second.known) == (1, 1, 0, 3)
    assert first.adds_up
    assert second.adds_up
    assert [line for line in server.lines if "BODY" in line] == ["UID FETCH 2 (BODY.PEEK[])"]
    assert intake.register.count() == {State.FILED: 3}


def test_mails_that_the_server_hid_and_shows_later_are_taken_in_whatever_their_numbers(
    intake: Intake,
) -> None:
    """The thirty days of QQ: the owner widens the window, and older mails with lower UIDs appear."""
    server = Scripted(mails={uid: mail(uid) for uid in (5, 6)})
    with scripted(server):
        source = open_mailbox(server.address, user=USER, password=PASSWORD, timeout_seconds=5)
        intake.worker.once(source)
        server.mails |= {uid: mail(uid) for uid in (1, 2)}
        (poll,), _ = intake.worker.once(source)
        source.close()

    assert (poll.new, poll.captured, poll.known) == (2, 2, 4)
    assert intake.register.count() == {State.FILED: 4}


def test_a_server_that_says_its_next_uid_wrong_hands_over_nothing_twice(intake: Intake) -> None:
    server = Scripted(mails={uid: mail(uid) for uid in (1, 2, 3)}, uidnext=2)
    with scripted(server):
        source = open_mailbox(server.address, user=USER, password=PASSWORD, timeout_seconds=5)
        polls = [intake.worker.once(source)[0][0] for _ in range(3)]
        source.close()

    assert [poll.fetched for poll in polls] == [3, 0, 0]
    assert all(poll.adds_up for poll in polls)


def test_a_known_mail_that_is_left_out_of_the_list_is_neither_new_nor_refused(intake: Intake) -> None:
    server = Scripted(mails={uid: mail(uid) for uid in (1, 2, 3)})
    with scripted(server):
        source = open_mailbox(server.address, user=USER, password=PASSWORD, timeout_seconds=5)
        intake.worker.once(source)
        server.unlisted = {2}
        intake.worker.listed_whole.clear()
        (poll,), _ = intake.worker.once(source)
        source.close()

    assert (poll.new, poll.refused, poll.known) == (0, 0, 3)
    assert poll.adds_up


def test_a_folder_that_is_not_shown_now_keeps_no_other_from_being_polled(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_ever = Session._examine
    monkeypatch.setattr(
        Session,
        "_examine",
        lambda self, rest: "NO [UNAVAILABLE] locked" if "Bad" in rest else as_ever(self, rest),
    )
    with scripted(Scripted(mails={1: mail(1)}, folders={"INBOX": "", "Bad": ""})) as server:
        source = open_mailbox(
            server.address, user=USER, password=PASSWORD, timeout_seconds=5, folders=("Bad", "INBOX")
        )
        with pytest.raises(UnavailableError, match="Bad"):
            intake.worker.once(source)
        source.close()

    assert intake.register.count() == {State.FILED: 1}


def test_an_emptied_folder_is_noted_and_nothing_is_lost(intake: Intake) -> None:
    server = Scripted(mails={uid: mail(uid) for uid in (1, 2, 3)}, uidnext=4)
    with scripted(server):
        source = open_mailbox(server.address, user=USER, password=PASSWORD, timeout_seconds=5)
        intake.worker.once(source)
        kept, server.mails = server.mails, {}
        (emptied,), _ = intake.worker.once(source)
        head = intake.register.head()
        (again,), _ = intake.worker.once(source)
        assert intake.register.head() == head, "noted once"
        server.mails = kept
        (back,), _ = intake.worker.once(source)
        source.close()

    assert [(poll.exists, poll.known, poll.new) for poll in (emptied, again, back)] == [
        (0, 0, 0),
        (0, 0, 0),
        (3, 3, 0),
    ]
    assert all(poll.adds_up and not poll.error for poll in (emptied, again, back))
    assert intake.register.count() == {State.FILED: 3}
    assert intake.is_intact()


def test_a_server_that_dies_costs_only_what_it_had_not_handed_over(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.mailbox.imap.FETCHED_AT_ONCE", 1)
    server = Scripted(mails={uid: mail(uid) for uid in (1, 2, 3)}, hangs="UID FETCH 3")
    with scripted(server):
        source = open_mailbox(server.address, user=USER, password=PASSWORD, timeout_seconds=0.3)
        with pytest.raises(UnavailableError):
            intake.worker.once(source)
        assert intake.register.count() == {State.FILED: 2}, "what came is processed all the same"
        assert intake.register.last_poll() is None
        assert "没有回应" in intake.register.polls()[0].error

        server.hangs = ""
        intake.worker.once(source)
        source.close()

    assert intake.register.count() == {State.FILED: 3}


def test_a_folder_that_is_not_there_does_not_keep_the_others_from_being_polled(
    intake: Intake, tmp_path: Path
) -> None:
    with pymap_box(tmp_path) as box:
        box.deliver(mail(1), arrived(1))
        source = opened(box, folders=("Nowhere", "INBOX"))
        with pytest.raises(SettingsError, match="Nowhere"):
            intake.worker.once(source)
        source.close()

    assert intake.register.count() == {State.FILED: 1}


# ------------------------------------------------------------ the daemon and its lock


class Flickering(FolderMailbox):
    """A folder that cannot be reached the first time."""

    looks = 0

    def look(self, folder: str) -> Seen:
        self.looks += 1
        if self.looks == 1:
            raise UnavailableError("连不上")
        return super().look(folder)


def daemon(
    intake: Intake, source: FolderMailbox, stop: Stop, duties: Duties, *, every_seconds: int = 1
) -> None:
    """Run until *stop*, half a minute at most."""
    giving_up = threading.Timer(30, stop.set)
    giving_up.start()
    intake.worker.run(source, every_seconds=every_seconds, stop=stop, duties=duties)
    assert giving_up.is_alive(), "the daemon did not come to what the test waits for"
    giving_up.cancel()


def test_the_daemon_polls_survives_a_dead_server_and_stops_when_told(intake: Intake) -> None:
    intake.put(mail(1))
    stop = Stop()
    troubles: list[str] = []

    def done() -> None:
        if intake.register.count() == {State.FILED: 1}:
            stop.set()

    source = Flickering(intake.mails)
    daemon(intake, source, stop, Duties(changed=done, beat=troubles.append))

    assert source.looks == 2
    assert troubles[0] == "连不上"
    assert troubles[-1] == ""


def test_a_server_that_says_that_something_is_new_is_polled_at_once(intake: Intake) -> None:
    stop = Stop()

    class Telling(FolderMailbox):
        def wait(self, folder: str, seconds: float, stop: Stop | None = None) -> bool:
            intake.put(mail(1))
            return True

    daemon(intake, Telling(intake.mails), stop, Duties(changed=stop.set), every_seconds=86_400)

    assert intake.register.count()[State.CAPTURED] == 1


def test_a_clock_that_is_set_back_a_day_does_not_put_off_the_next_poll(intake: Intake) -> None:
    stop = Stop()
    looks: list[datetime] = []

    class Watched(FolderMailbox):
        def look(self, folder: str) -> Seen:
            looks.append(datetime.now(UTC))
            if len(looks) == 1:
                traveller.move_to(WALL_CLOCK - timedelta(days=1))
            elif len(looks) == 3:
                stop.set()
            return super().look(folder)

    with time_machine.travel(WALL_CLOCK) as traveller:
        daemon(intake, Watched(intake.mails), stop, NO_DUTIES)

    assert len(looks) == 3


def test_a_mail_that_takes_long_keeps_no_poll_waiting(intake: Intake) -> None:
    intake.worker = intake.make("processes:1")
    intake.put(mail(1, attempts.HANGS.decode()))
    stop = Stop()
    looks: list[int] = []

    class Watched(FolderMailbox):
        def look(self, folder: str) -> Seen:
            looks.append(intake.register.events()[-1].number if looks else 0)
            if len(looks) == 3:
                stop.set()
            return super().look(folder)

    daemon(intake, Watched(intake.mails), stop, NO_DUTIES)

    assert looks[1:] == [2, 2], "both polls while the mail that was begun is still read"
    assert intake.register.count() == {State.CAPTURED: 1}
    assert intake.register.items()[0].attempts == 0, "cut by the stop, not charged"


def test_a_stop_finishes_the_mail_in_hand_and_begins_no_other(intake: Intake) -> None:
    intake.put(*(mail(number) for number in range(3)))
    stop = Stop()

    def stopping(task: Task) -> Result:
        stop.set()
        return attempts.attempt(task)

    intake.worker = replace(intake.worker, attempt=stopping)
    intake.worker.capture(open_mailbox(str(intake.mails)))
    intake.worker.process(stop=stop)

    assert intake.register.count() == {State.CAPTURED: 2, State.FILED: 1}


def test_a_second_writer_is_told_who_is_the_first(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from pipeline.worker import only_writer\n"
        "with only_writer(Path(sys.argv[1])): print('mine', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == b"mine\n"
        with pytest.raises(TransientError, match=rf"进程 {first.pid}") as raised, only_writer(tmp_path):
            pass
        assert raised.value.exit_code == 75
        first.kill()

    with only_writer(tmp_path):
        pass


# ------------------------------------------------------------ executors


def test_a_pool_that_cannot_start_is_charged_to_nobody(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.executor.inside.become_worker", attempts.never_ready)
    intake.worker = intake.make("processes:1")
    intake.put(mail(1))
    with pytest.raises(TransientError, match="读件进程起不来"):
        intake.once()

    assert [event.action for event in intake.register.events()] == ["capture"]


@pytest.mark.parametrize("executor", ["serial", "processes:1"])
def test_a_failure_says_in_which_file_and_line_of_the_stages_it_was(intake: Intake, executor: str) -> None:
    intake.worker = replace(intake.make(executor), attempt=attempts.misread)
    intake.put(mail(1))
    intake.once()

    assert re.search(r"TypeError（folder\.py 第 \d+ 行）", intake.register.items()[0].reason)


@pytest.mark.parametrize("executor", ["serial", "processes:1"])
def test_an_installation_that_cannot_read_is_charged_to_nobody(intake: Intake, executor: str) -> None:
    intake.worker = replace(intake.make(executor), prepare=attempts.broken)
    intake.put(mail(1))
    with pytest.raises(ModuleNotFoundError):
        intake.once()

    assert [event.action for event in intake.register.events()] == ["capture"]


# ------------------------------------------------------------ limits of a mail, and a stop


@pytest.mark.parametrize(
    ("poison", "told"),
    [(attempts.HANGS, "办理超过 1 秒，已中止"), (attempts.EATS, "内存超过 300 MB 或读件程序崩溃")],
)
def test_a_mail_that_hangs_or_eats_memory_is_held_and_thirty_others_are_filed(
    intake: Intake, poison: bytes, told: str
) -> None:
    intake.worker = intake.make("processes:1", seconds=1, megabytes=300)
    intake.put(*(mail(number, poison.decode() if number == 7 else "") for number in range(31)))
    intake.once()

    assert intake.register.count() == {State.FILED: 30, State.HELD: 1}
    (held,) = intake.register.items(State.HELD)
    assert held.reason == f"办理 3 次未成：{told}"
    assert actions(intake, held.accession) == [
        "capture", "begin", "defer", "begin", "defer", "begin", "hold",
    ]  # fmt: skip
    assert intake.is_intact()


def test_poison_mails_side_by_side_cost_the_others_nothing(intake: Intake) -> None:
    poison = {3: attempts.HANGS, 4: attempts.KILLS, 9: attempts.EATS}
    intake.worker = intake.make("processes:2", seconds=1, megabytes=300)
    intake.put(*(mail(number, poison.get(number, b"").decode()) for number in range(24)))
    intake.once()

    assert intake.register.count() == {State.FILED: 21, State.HELD: 3}
    filed = intake.register.items(State.FILED)
    assert {tuple(actions(intake, item.accession)) for item in filed} == {
        ("capture", "begin", "fixity", "unpack", "identify", "classify", "file")
    }


DAEMON = """
import signal, sys
from pathlib import Path
from pipeline.archive import FolderArchive
from pipeline.executor import open_executor
from pipeline.mailbox import open_mailbox
from pipeline.register import Register
from pipeline.stop import Stop
from pipeline.worker import Worker
from tests.mailbox import attempts
from tests.mailbox.rounds import rules

mails, data = sys.argv[1:]
stop = Stop()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
with open_executor("processes:1") as pool:
    worker = Worker(
        archive=FolderArchive(Path(data) / "archive"), register=Register(Path(data) / "register.db", year=2024),
        rules=rules(), executor=pool, attempt=attempts.attempt, prepare=attempts.prepare,
    )
    worker.run(open_mailbox(mails), every_seconds=300, stop=stop)
"""


@pytest.mark.parametrize("whole_service", [False, True])
def test_sigterm_ends_the_daemon_within_five_seconds_though_a_mail_hangs(
    intake: Intake, whole_service: bool
) -> None:
    """The mail stays due, and the attempt is given back; also where all processes of the service are told."""
    intake.put(mail(1, attempts.HANGS.decode()), mail(2))
    command = [sys.executable, "-c", DAEMON, str(intake.mails), str(intake.data)]
    with subprocess.Popen(command, cwd=ROOT, start_new_session=True) as daemon:
        while "begin" not in actions(intake, "2024-00001"):
            assert daemon.poll() is None
            time.sleep(0.05)
        time.sleep(0.2)
        told = time.monotonic()
        (os.killpg if whole_service else os.kill)(daemon.pid, signal.SIGTERM)
        assert daemon.wait(timeout=20) == 0
        took = time.monotonic() - told

    assert took < 5
    assert actions(intake, "2024-00001") == ["capture", "begin", "interrupt"]
    due = intake.register.due(WALL_CLOCK, intake.worker.basis)
    assert [(item.accession, item.attempts) for item in due] == [("2024-00001", 0), ("2024-00002", 0)]
    assert intake.is_intact()


def test_a_stop_lets_a_mail_finish_that_needs_only_a_moment(intake: Intake) -> None:
    intake.worker = intake.make("processes:1")
    intake.put(mail(1, attempts.LINGERS.decode()), mail(2))
    intake.worker.capture(open_mailbox(str(intake.mails)))
    stop = Stop()
    set_when(stop, lambda: "begin" in actions(intake, "2024-00001"))
    intake.worker.process(stop=stop)

    assert intake.register.count() == {State.CAPTURED: 1, State.FILED: 1}


def test_a_process_that_is_killed_during_a_stop_is_charged_to_no_mail(intake: Intake) -> None:
    """Who stops a service may kill all its processes."""
    intake.worker = intake.make("processes:1")
    intake.put(mail(1, attempts.HANGS.decode()))
    intake.worker.capture(open_mailbox(str(intake.mails)))
    stop = Stop()

    def begun() -> bool:
        if "begin" not in actions(intake, "2024-00001"):
            return False
        threading.Timer(0.5, kill_children).start()
        return True

    set_when(stop, begun)
    intake.worker.process(stop=stop)

    assert actions(intake, "2024-00001") == ["capture", "begin", "interrupt"]


def test_an_idle_process_that_was_killed_is_charged_to_no_mail(intake: Intake) -> None:
    intake.worker = intake.make("processes:1")
    intake.put(*(mail(number) for number in range(6)))
    intake.worker.capture(open_mailbox(str(intake.mails)))
    intake.worker.process(lambda done, _of: kill_children() if done == 3 else None)

    begun = [event.action for event in intake.register.events()]
    assert intake.register.count() == {State.FILED: 6}
    assert "defer" not in begun
    assert begun.count("begin") == 6 + begun.count("interrupt")


def test_the_real_stages_give_equal_filings_in_a_process_of_their_own(
    tmp_path: Path, stack: ExitStack
) -> None:
    both = []
    for executor in ("serial", "processes:1"):
        intake = Intake(tmp_path / executor.replace(":", ""), stack)
        intake.worker = replace(
            intake.make(executor), rules=load(), attempt=one_mail.attempt, prepare=one_mail.prepare
        )
        intake.put(*(path.read_bytes() for path in sorted(SAMPLES.glob("*.eml"))[:8]))
        intake.once()
        both.append(filings(intake.register))

    assert both[0] == both[1]


def kill_children() -> None:
    for child in multiprocessing.active_children():
        child.kill()


def actions(intake: Intake, accession: str) -> list[str]:
    """What was done with one mail, in order."""
    return [event.action for event in intake.register.events(accession=accession)]


def set_when(stop: Stop, condition: Callable[[], bool]) -> None:
    """Set *stop* as soon as *condition* holds."""

    def watch() -> None:
        while not condition():
            time.sleep(0.02)
        stop.set()

    threading.Thread(target=watch, daemon=True).start()


def digest(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest()
