"""What every executor promises, asked of all three kinds: this process, a pool of processes, a cluster. Results are `serial`'s.

In a module of its own, for the processes stay as long as it runs. test_executor.py asks what a pool adds, test_cluster.py
what becomes of a cluster whose machines fail.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest

from pipeline.beijing import BEIJING
from pipeline.commands.taking_in import REMEMBERED
from pipeline.errors import TransientError
from pipeline.executor import Processes, Readers, Serial
from pipeline.tools import abilities
from pipeline.worker import Result, Task, one_mail
from rules import load
from tests.cluster import opened_site
from tests.mailbox import attempts
from tests.mailbox.rounds import rules
from tests.support import SAMPLES
from tests.taught import taught

RECEIVED = datetime(2024, 6, 10, 12, tzinfo=UTC).astimezone(BEIJING)


@pytest.fixture(scope="module")
def everywhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Readers]]:
    """One of each kind, asked and ready; the cluster is a scheduler and one reading machine, processes of their own."""
    with (
        contextmanager(opened_site)(tmp_path_factory.mktemp("site"), readers=1) as site,
        site.cluster(seconds=60) as cluster,
        Processes(1, seconds=60) as processes,
    ):
        found: dict[str, Readers] = {"serial": Serial(), "processes": processes, "cluster": cluster}
        for one in found.values():
            one.ready(one_mail.prepare)
        yield found


@pytest.fixture(params=["serial", "processes", "cluster"])
def readers(everywhere: dict[str, Readers], request: pytest.FixtureRequest) -> Readers:
    return everywhere[request.param]


@pytest.fixture(scope="module")
def plainly(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Task, Result]]:
    """Some mails, and what comes of them in this process. Every fourth sample: all their formats are read elsewhere too."""
    folder = str(taught(tmp_path_factory.mktemp("data")) / REMEMBERED)
    tasks = [
        Task(
            octets=path.read_bytes(), reading=None, rules=load(), received=RECEIVED, abilities=abilities(),
            remembered=folder,
        )
        for path in sorted(SAMPLES.glob("*.eml"))[1::4]
    ]  # fmt: skip
    return [(task, one_mail.attempt(task)) for task in tasks]


def test_what_comes_of_a_mail_is_the_same_to_the_octet_wherever_it_is_read(
    readers: Readers, plainly: list[tuple[Task, Result]]
) -> None:
    futures = [readers.submit(one_mail.attempt, task) for task, _ in plainly]

    for future, (_, expected) in zip(futures, plainly, strict=True):
        assert msgspec.json.encode(future.result()) == msgspec.json.encode(expected)


def test_what_is_judged_again_without_its_octets_is_the_same_wherever_it_is_judged(
    readers: Readers, plainly: list[tuple[Task, Result]]
) -> None:
    for task, expected in plainly:
        again = replace(task, octets=b"", reading=expected.reading)

        assert readers.submit(one_mail.attempt, again).result() == Result(
            reading=None, filing=expected.filing
        )


def test_answers_are_those_of_their_own_tasks(readers: Readers) -> None:
    tasks = [readers.submit(pow, 2, number) for number in range(40)]

    assert [task.result() for task in tasks] == [2**number for number in range(40)]


def test_an_exception_comes_back_with_its_kind_and_its_words_and_the_next_task_is_done(
    readers: Readers,
) -> None:
    with pytest.raises(ValueError, match=r"invalid literal for int.*'甲'"):
        readers.submit(int, "甲").result()
    with pytest.raises(TransientError, match=r"^soffice：120 秒内没有回应$"):
        readers.submit(attempts.attempt, not_now()).result()

    assert readers.submit(pow, 2, 3).result() == 8


def test_octets_travel_as_they_are(readers: Readers) -> None:
    octets = bytes(range(256)) * 20_000

    assert readers.submit(bytes.swapcase, octets).result() == octets.swapcase()


def test_after_a_cut_all_goes_on(readers: Readers) -> None:
    readers.cut()

    readers.ready(one_mail.prepare)
    assert readers.submit(pow, 2, 3).result() == 8


def not_now() -> Task:
    return Task(octets=attempts.NOT_NOW, reading=None, rules=rules(), received=RECEIVED)
