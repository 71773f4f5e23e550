"""Clocks that jump, servers that are gone, two daemons, and a stop in the middle: nothing lost, nothing twice, no wait."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import time
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.errors import UnavailableError
from pipeline.mailbox import open_mailbox
from pipeline.records import State
from pipeline.register import MAX_ATTEMPTS
from pipeline.register.looking import LONGEST_WAIT
from pipeline.register.register import DELAYS
from tests.commanded import here
from tests.mailbox import attempts
from tests.mailbox.boxes import PASSWORD, USER, opened, pymap_box
from tests.mailbox.desk import Desk, daemon, desk, folder_with, shouwen, until
from tests.mailbox.mails import arrived, mail
from tests.mailbox.proxy import FINISHED, RESET, Proxy, proxied
from tests.mailbox.scripted import Scripted, scripted
from tests.taught import taught
from tools.samplemaker import documents
from tools.samplemaker.mime import attachment, multipart, text

DAY = timedelta(days=1)
STOP_SECONDS = 5


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return taught(tmp_path / "data")


def assert_all_is_well(at: Desk, mails: int) -> None:
    """Filed once each; the numbers of the events ascend without a gap; verify finds nothing."""
    assert at.register.count() == {State.FILED: mails}
    numbers = [event.number for event in at.register.events()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert at.findings == ()


# ------------------------------------------------------------ the clock


@pytest.mark.parametrize("jump", [-DAY, -400 * DAY, DAY, 400 * DAY])
def test_a_clock_that_jumps_between_capture_and_processing_keeps_no_mail_waiting(
    data: Path, tmp_path: Path, jump: timedelta
) -> None:
    with desk(data) as at:
        at.worker.capture(folder_with(tmp_path / "mails", mail(1), mail(2)))
        at.now += jump
        at.worker.process(at_once=False)

        assert_all_is_well(at, 2)


@pytest.mark.parametrize("jump", [-DAY, DAY])
def test_a_clock_that_jumps_between_polls_hides_no_mail(data: Path, tmp_path: Path, jump: timedelta) -> None:
    """What is new is the register's word, not a date's; the log keeps its order, whatever its times say."""
    with desk(data) as at, pymap_box(tmp_path) as box:
        source = opened(box)
        for number in range(4):
            box.deliver(mail(number), arrived(number))
            at.worker.capture(source)
            at.worker.process(at_once=False)
            at.now += jump
        source.close()

        assert_all_is_well(at, 4)
        assert len(at.register.sightings()) == 4
        assert all(poll.adds_up for poll in at.register.polls())


def test_a_deferred_mail_does_not_wait_for_a_clock_that_was_set_back_to_come_round_again(
    data: Path, tmp_path: Path
) -> None:
    """Deferred at noon for a minute, clock set back a day: due at once, not in a day and a minute."""
    with desk(data) as at:
        at.worker.capture(folder_with(tmp_path / "mails", mail(1, attempts.NOT_NOW.decode())))
        assert at.worker.process(at_once=False).deferred == 1
        at.now -= DAY

        assert at.worker.process(at_once=False).deferred == 1
        assert at.worker.process(at_once=False).deferred == 0, "and then it waits as it should"
        at.now += DELAYS[1] * 1.2
        assert at.worker.process(at_once=False).held == 1


def test_no_deferral_is_as_long_as_what_counts_as_absurd() -> None:
    assert len(DELAYS) == MAX_ATTEMPTS
    assert max(DELAYS) * 1.2 < LONGEST_WAIT


# ------------------------------------------------------------ the server


def address(proxy: Proxy) -> str:
    return f"imap://127.0.0.1:{proxy.port}"


def test_a_server_that_is_gone_for_hours_costs_nothing_but_time(data: Path, tmp_path: Path) -> None:
    """Refused, polled in vain, and the daemon lives; when the server is back, everything is taken in once."""
    with desk(data) as at, pymap_box(tmp_path) as box, proxied(box.server.port) as proxy:
        box.deliver(mail(0), arrived(0))
        source = open_mailbox(address(proxy), user=USER, password=PASSWORD, timeout_seconds=5)
        with at.running(source) as beats:
            until(lambda: at.register.count() == {State.FILED: 1}, "the first is filed")
            proxy.refuse()
            proxy.cut()
            box.deliver(mail(1), arrived(1))
            failed = len([beat for beat in beats if beat])
            for hour in range(1, 4):
                at.now += timedelta(hours=2)
                until(lambda hour=hour: sum(map(bool, beats)) >= failed + hour, "a poll in vain")  # type: ignore[misc]  # bound
            assert all("连不上" in beat or "连接断了" in beat for beat in beats if beat)
            box.deliver(mail(2), arrived(2))
            proxy.accept()
            until(lambda: at.register.count() == {State.FILED: 3}, "the others are filed")

        assert_all_is_well(at, 3)
        assert len(at.register.sightings()) == 3
        assert any(poll.error for poll in at.register.polls())


@pytest.mark.parametrize("how", [RESET, FINISHED])
@pytest.mark.parametrize("octets", [1, 200, 3_000, 70_000, 200_000])
def test_a_connection_cut_after_any_number_of_octets_loses_and_doubles_nothing(
    data: Path, tmp_path: Path, octets: int, how: str
) -> None:
    """Within an answer, a literal, a mail: what came whole is kept, the rest comes with the next connection."""
    with desk(data) as at, pymap_box(tmp_path) as box, proxied(box.server.port) as proxy:
        source = open_mailbox(address(proxy), user=USER, password=PASSWORD, timeout_seconds=5)
        at.worker.capture(source)
        for number in range(6):
            box.deliver(mail(number) + b"x" * 30_000, arrived(number))
        proxy.cut_after(octets, how)
        with suppress(UnavailableError):
            at.worker.capture(source)
        at.worker.once(source)
        source.close()

        assert_all_is_well(at, 6)
        assert len(at.register.sightings()) == 6
        assert not list(data.glob("archive/.unfinished/*"))


def test_a_server_that_stalls_is_given_up_and_asked_again(data: Path, tmp_path: Path) -> None:
    with desk(data) as at, pymap_box(tmp_path) as box, proxied(box.server.port) as proxy:
        source = open_mailbox(address(proxy), user=USER, password=PASSWORD, timeout_seconds=2)
        at.worker.capture(source)
        box.deliver(mail(1), arrived(1))
        proxy.stall()
        with pytest.raises(UnavailableError, match="没有回应"):
            at.worker.capture(source)
        proxy.flow()
        at.worker.once(source)
        source.close()

        assert_all_is_well(at, 1)


def test_a_folder_that_is_emptied_and_filled_with_others_loses_none_of_either(
    data: Path, tmp_path: Path
) -> None:
    """Whoever cleans up the mailbox takes nothing from us; what comes after has new numbers and is new."""
    with desk(data) as at, pymap_box(tmp_path) as box:
        source = opened(box)
        for number in (1, 2, 3):
            box.deliver(mail(number), arrived(number))
        at.worker.once(source)
        for uid in {one.uid for one, _ in at.register.sightings()}:
            box.server.remove(uid)
        at.worker.once(source)
        for number in (3, 4, 5):
            box.deliver(mail(number), arrived(number))
        polls, _ = at.worker.once(source)
        source.close()

        assert (polls[0].new, polls[0].captured, polls[0].known, polls[0].adds_up) == (3, 2, 3, True)
        assert_all_is_well(at, 5)
        assert [one.gone is not None for one, _ in at.register.sightings()] == [True] * 3 + [False] * 3


def test_a_mail_that_vanishes_between_list_and_fetch_is_counted_and_holds_nothing_up(data: Path) -> None:
    server = Scripted(mails={uid: mail(uid) for uid in (1, 2, 3)}, gone={2})
    with desk(data) as at, scripted(server):
        source = open_mailbox(server.address, user=USER, password=PASSWORD, timeout_seconds=5)
        (first,), _ = at.worker.once(source)
        (second,), _ = at.worker.once(source)
        source.close()

        assert (first.new, first.fetched, first.vanished, first.refused) == (3, 2, 1, 0)
        assert (second.new, second.exists, second.known) == (0, 2, 2)
        assert first.adds_up
        assert second.adds_up
        assert_all_is_well(at, 2)


# ------------------------------------------------------------ as an operator meets it


def test_a_second_daemon_exits_75_and_names_the_first_which_goes_on(data: Path, tmp_path: Path) -> None:
    folder_with(tmp_path / "mails", mail(1))
    arguments = ("--mailbox", tmp_path / "mails", "--data-dir", data)
    with daemon(*arguments) as first:
        for command in ("run", "once"):
            second = shouwen(command, *arguments)
            assert second.returncode == 75
            assert f"进程 {first.pid}" in second.stderr
            assert "先停掉它" in second.stderr
        until(lambda: "已归档 1" in here("status", "--data-dir", data).stdout, "the first files its mail")
        assert first.poll() is None
        assert stopped(first) < STOP_SECONDS

    assert here("verify", "--data-dir", data).returncode == 0


def test_a_daemon_that_waits_at_a_folder_stops_within_five_seconds(data: Path, tmp_path: Path) -> None:
    folder_with(tmp_path / "mails", mail(1))
    with daemon("--mailbox", tmp_path / "mails", "--data-dir", data) as process:
        until(lambda: said(data, "file") == 1, "its mail is filed")
        assert stopped(process) < STOP_SECONDS

    assert here("verify", "--data-dir", data).returncode == 0


@pytest.mark.parametrize("command", [signal.SIGTERM, signal.SIGINT])
def test_a_daemon_that_waits_at_a_server_stops_within_five_seconds(
    data: Path, tmp_path: Path, command: signal.Signals
) -> None:
    with pymap_box(tmp_path) as box:
        box.deliver(mail(1), arrived(1))
        with daemon("--mailbox", box.address, "--data-dir", data, **credentials()) as process:
            until(lambda: said(data, "file") == 1, "its mail is filed")
            assert stopped(process, command) < STOP_SECONDS

    assert here("verify", "--data-dir", data).returncode == 0


@pytest.mark.parametrize("when", ["while it waits", "before the greeting", "in the middle of a poll"])
def test_a_daemon_whose_server_has_gone_silent_stops_within_five_seconds(
    data: Path, tmp_path: Path, when: str
) -> None:
    """No answer is waited for longer than the stop allows, whatever timeout_seconds says."""
    with pymap_box(tmp_path) as box, proxied(box.server.port) as proxy:
        for number in range(3):
            box.deliver(mail(number) + b"x" * 1_000_000, arrived(number))
        if when == "before the greeting":
            proxy.stall()
        elif when == "in the middle of a poll":
            proxy.stall_after(500_000)
        with daemon("--mailbox", address(proxy), "--data-dir", data, **credentials()) as process:
            if when == "while it waits":
                until(lambda: polled(data) >= 1, "the first poll")
                proxy.stall()
            time.sleep(2)
            assert stopped(process) < STOP_SECONDS

    assert here("verify", "--data-dir", data).returncode == 0


@pytest.mark.alone  # a stop has some seconds
def test_a_stop_while_a_mail_is_read_gives_its_attempt_back_and_leaves_it_due(
    data: Path, tmp_path: Path
) -> None:
    """Two hundred long Word files keep the reader busy for longer than a stop may take."""
    mails = tmp_path / "mails"
    folder_with(mails, laborious())
    with daemon("--mailbox", mails, "--data-dir", data) as process:
        until(lambda: said(data, "begin") == 1, "its reading has begun")
        assert stopped(process) < STOP_SECONDS

    assert [said(data, action) for action in ("file", "interrupt")] == [0, 1]
    assert asked(data, "SELECT count(*) FROM items WHERE state = 'captured' AND attempts = 0") == 1
    assert here("verify", "--data-dir", data).returncode == 0


def laborious() -> bytes:
    """A mail whose documents take some fourteen seconds to read (measured, alone on two cores)."""
    word = documents.word("5月30日，我会举办科普集市，300人参加。\n" * 400)
    files = [attachment(word + bytes(number), f"{number}.docx") for number in range(200)]
    entity = multipart("mixed", text("附件请查收"), *files)
    return mail(1).partition(b"\r\n\r\n")[0] + b"\r\n" + entity.octets


def credentials() -> dict[str, str]:
    return {"SHOUWEN_SET_MAILBOX__USER": USER, "SHOUWEN_PASSWORD": PASSWORD}


def stopped(process: subprocess.Popen[str], command: signal.Signals = signal.SIGTERM) -> float:
    """Stop a daemon, make sure that it ends well, and say how many seconds that took."""
    begun = time.monotonic()
    process.send_signal(command)
    assert process.wait(timeout=60) == 0
    return time.monotonic() - begun


def said(data: Path, action: str) -> int:
    """How many events of that action the log has, as another process sees it."""
    return asked(data, f"SELECT count(*) FROM events WHERE action = '{action}'")


def polled(data: Path) -> int:
    return asked(data, "SELECT count(*) FROM polls WHERE error = ''")


def asked(data: Path, question: str) -> int:
    with (
        suppress(sqlite3.OperationalError),
        closing(sqlite3.connect(f"file:{data}/register.db?mode=ro", uri=True)) as raw,
    ):
        return int(raw.execute(question).fetchone()[0])
    return -1
