"""A task that hangs, bloats or dies costs itself and nobody else; nothing survives the end. Real processes throughout."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from pipeline.errors import PermanentError, SettingsError
from pipeline.executor import CutError, Processes, Serial, lane, open_executor
from tests.mailbox import attempts
from tests.support import ROOT


@pytest.fixture
def pool() -> Iterator[Processes]:
    """One process, limits of 2 s and 300 MB; what the tests send is imported before."""
    with Processes(1, seconds=2, megabytes=300) as pool:
        pool.ready(attempts.prepare)
        yield pool


def worker(pool: Processes) -> int:
    """The number of the process that does the next task."""
    return pool.submit(os.getpid).result()


def test_an_executor_is_named_in_settings_or_refused() -> None:
    assert isinstance(open_executor("serial"), Serial)
    with open_executor("processes:3") as pool:
        assert isinstance(pool, Processes)
        assert pool.width == 3
    for wrong in ("", "processes:0", "threads:2", "dask"):
        with pytest.raises(SettingsError, match="processes:N"):
            open_executor(wrong)


# ------------------------------------------------------------ one task fails, the others go on


def test_an_overrun_fails_its_own_future_and_no_other() -> None:
    with Processes(2, seconds=1) as pool:
        hangs = pool.submit(time.sleep, 600)
        others = [pool.submit(pow, 2, number) for number in range(40)]

        assert [other.result() for other in others] == [2**number for number in range(40)]
        with pytest.raises(CutError, match=r"^办理超过 1 秒，已中止$"):
            hangs.result()


@pytest.mark.parametrize("status", [0, 3])
def test_a_process_that_ends_fails_its_own_future_and_no_other(status: int) -> None:
    """Status 0 is no death to pebble."""
    with Processes(2, seconds=1) as pool:
        dies = pool.submit(os._exit, status)
        others = [pool.submit(pow, 2, number) for number in range(40)]

        assert [other.result() for other in others] == [2**number for number in range(40)]
        with pytest.raises(CutError) as raised:
            dies.result(timeout=10)
        assert raised.value.charged


def test_memory_beyond_the_limit_fails_the_task_and_the_next_has_a_new_process() -> None:
    with Processes(1, seconds=20, megabytes=300) as pool:
        before = worker(pool)
        for task in (pool.submit(bytearray, 400 * 1024**2), pool.submit(attempts.eat)):
            with pytest.raises(CutError, match=r"^内存超过 300 MB 或读件程序崩溃$"):
                task.result()

        assert worker(pool) != before


def test_what_cannot_travel_back_fails_its_task_and_nothing_else(pool: Processes) -> None:
    before = worker(pool)
    with pytest.raises(PermanentError, match="StubbornError"):
        pool.submit(attempts.stubborn).result()
    with pytest.raises(TypeError, match="pickle"):
        pool.submit(attempts.unsendable).result()

    assert worker(pool) == before


def test_a_large_task_and_a_large_answer_travel(pool: Processes) -> None:
    octets = os.urandom(30 * 1024**2)

    assert pool.submit(bytes.swapcase, octets).result() == octets.swapcase()


def test_an_idle_process_that_is_killed_is_replaced(pool: Processes) -> None:
    os.kill(worker(pool), signal.SIGKILL)
    time.sleep(0.5)

    assert worker(pool) > 0


def test_a_task_whose_process_was_gone_before_it_came_is_not_charged(pool: Processes) -> None:
    os.kill(worker(pool), signal.SIGSTOP)
    task = pool.submit(pow, 2, 3)
    time.sleep(0.2)
    for child in multiprocessing.active_children():
        child.kill()
    with pytest.raises(CutError) as raised:
        task.result(timeout=10)

    assert not raised.value.charged
    assert pool.submit(pow, 2, 3).result() == 8


def test_a_pool_that_was_idle_goes_on_with_the_same_process(pool: Processes) -> None:
    before = worker(pool)
    time.sleep(2.5)

    assert worker(pool) == before


def test_a_process_is_begun_anew_before_its_leaks_are_charged_to_a_mail(
    pool: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane, "MAX_SERVED", 4)

    assert len({worker(pool) for _ in range(9)}) == 3


# ------------------------------------------------------------ clocks


def test_a_clock_that_jumps_ahead_is_charged_to_no_task() -> None:
    with Processes(1, seconds=30) as pool:
        pool.ready(os.getpid)
        task = pool.submit(time.sleep, 600)
        time.sleep(0.5)
        with (
            time_machine.travel(datetime.now().astimezone() + timedelta(days=1)),
            pytest.raises(CutError) as raised,
        ):
            task.result(timeout=10)

    assert not raised.value.charged


def test_a_clock_that_jumps_back_lengthens_no_task(pool: Processes) -> None:
    task = pool.submit(time.sleep, 600)
    time.sleep(0.3)
    with (
        time_machine.travel(datetime.now().astimezone() - timedelta(days=1)),
        pytest.raises(CutError, match="超过 2 秒"),
    ):
        task.result(timeout=10)


# ------------------------------------------------------------ the end


def test_what_is_cut_ends_at_once_and_is_not_charged() -> None:
    with Processes(2) as pool:
        tasks = [pool.submit(time.sleep, 600) for _ in range(2)]
        began = time.monotonic()
        pool.cut()
        took = time.monotonic() - began

        for task in tasks:
            with pytest.raises(CutError) as raised:
                task.result(timeout=0)
            assert not raised.value.charged
        assert took < 0.9
        assert pool.submit(pow, 2, 3).result() == 8


def test_nothing_of_a_pool_survives_its_end() -> None:
    with Processes(2) as pool:
        folder = Path(pool.submit(tempfile.gettempdir).result())
        assert folder.is_dir()

    assert multiprocessing.active_children() == []
    assert not folder.exists()


def test_the_end_waits_for_what_is_in_flight_but_not_where_an_exception_is_on_its_way() -> None:
    with Processes(1) as pool:
        task = pool.submit(time.sleep, 0.5)
    assert task.result(timeout=0) is None

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt), Processes(1) as pool:
        pool.ready(os.getpid)
        began = time.monotonic()
        pool.submit(time.sleep, 600)
        raise KeyboardInterrupt
    assert time.monotonic() - began < 1.5
    assert multiprocessing.active_children() == []


def test_who_stops_the_whole_service_does_not_end_a_task_in_hand(pool: Processes) -> None:
    number = worker(pool)
    task = pool.submit(time.sleep, 0.6)
    time.sleep(0.3)
    os.kill(number, signal.SIGTERM)

    assert task.result() is None


# ------------------------------------------------------------ what a worker has, and leaves


def test_a_worker_has_no_secrets_in_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SHOUWEN_PASSWORD", "SHOUWEN_SET_ARCHIVE_PASSWORDS", "CREDENTIALS_DIRECTORY"):
        monkeypatch.setenv(name, "abcdefghijklmnop")
    with Processes(1) as pool:
        environment = pool.submit(subprocess.check_output, ["env"]).result()

    assert b"PATH=" in environment
    assert b"abcdefghijklmnop" not in environment


def test_a_worker_that_is_cut_leaves_no_converter_running() -> None:
    mark = uuid.uuid4().hex
    with Processes(1) as pool:
        pool.submit(attempts.convert, mark)
        assert wait_for(lambda: len(running(mark)) == 2)
        pool.cut()

        assert wait_for(lambda: not running(mark))


def test_a_killed_parent_leaves_neither_workers_nor_converters() -> None:
    mark = uuid.uuid4().hex
    code = (
        "from pipeline.executor import Processes; from tests.mailbox import attempts\n"
        f"if __name__ == '__main__':\n  with Processes(1) as pool: pool.submit(attempts.convert, {mark!r})"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, start_new_session=True) as parent:
        assert wait_for(lambda: len(running(mark)) == 2)
        parent.kill()

    assert wait_for(lambda: not running(mark))
    assert wait_for(lambda: not in_session(parent.pid))


def test_a_converter_dies_with_whoever_started_it(tmp_path: Path) -> None:
    mark = uuid.uuid4().hex
    code = f"from pipeline import tools; tools.run(['sh', '-c', 'sleep 600; : {mark}'], seconds=600)"
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=environment) as parent:
        assert wait_for(lambda: len(running(mark)) == 1)
        parent.kill()

    assert wait_for(lambda: not running(mark))


def running(mark: str) -> list[int]:
    """The processes (no zombies) of converters that show *mark*."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue
        if words[0].endswith(b"sh") and mark.encode() in words[2].rpartition(b"sleep")[2]:
            found.append(int(path.parent.name))
    return found


def in_session(session: int) -> list[str]:
    """The processes of a session that still run."""
    stats = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, sid = path.read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue
        if int(sid) == session and state != "Z":
            stats.append(path.parent.name)
    return stats


def wait_for(condition: Callable[[], bool]) -> bool:
    """Say whether *condition* holds within ten seconds."""
    for _ in range(500):
        if condition():
            return True
        time.sleep(0.02)
    return False
