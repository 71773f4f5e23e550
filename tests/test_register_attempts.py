"""Attempts that begin and end together leave what they leave one by one, cost one commit, and keep nobody back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest
from sqlalchemy import Connection, event

from pipeline.archive import FolderArchive
from pipeline.errors import PermanentError, UnavailableError, UsageError
from pipeline.executor.waiting import Waits
from pipeline.mailbox import open_mailbox
from pipeline.records import State
from pipeline.register import Basis, Ended, Register
from pipeline.register.opening import transaction
from pipeline.worker import Result, Task, Worker, process
from pipeline.worker.hands import Hands
from tests.database import emptied_register
from tests.mailbox import attempts
from tests.mailbox.mails import mail
from tests.mailbox.rounds import rules
from tests.test_register import BASIS, FILING, NOW, capture, reading
from tests.test_register_batches import RANDOM
from tests.test_register_queries import heard

P = ParamSpec("P")
T = TypeVar("T")
LATER = datetime(2024, 6, 2, tzinfo=UTC)
OTHER = Basis(rules="others", version=BASIS.version, abilities="other hands")


@pytest.fixture(params=["sqlite", "postgresql"])
def register(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Register]:
    if request.param == "postgresql":
        yield emptied_register()
        return
    with _file(tmp_path / "a.db") as made:
        yield made


def _file(path: Path) -> closing[Register]:
    return closing(Register(path, year=2024))


def ended(archive: FolderArchive, number: int, on: Basis = BASIS, *, read: bool = True) -> Ended:
    filing = replace(FILING, mail=replace(FILING.mail, subject=f"总结 {number} {on.rules}"))
    return Ended.of(
        f"2024-{number:05d}", filing, basis=on, reading=reading(archive, number) if read else None
    )


def facts(register: Register, mails: int) -> object:
    events = [
        {name: value for name, value in asdict(one).items() if name not in RANDOM}
        for one in register.events()
    ]
    shas = [item.sha256 for item in register.items()]
    return (
        register.items(),
        tuple(register.filed()),
        [register.reading(sha256, basis) for sha256 in shas for basis in (BASIS, OTHER)],
        events,
        mails,
    )


def test_what_is_filed_and_begun_together_leaves_what_it_leaves_one_by_one(
    register: Register, tmp_path: Path
) -> None:
    """Filed anew on another basis, without a reading, refused for a person's decision: the same rows and events in order."""
    archive = FolderArchive(tmp_path / "archive")
    first, second = [f"2024-{number:05d}" for number in (1, 2, 3)], ["2024-00004", "2024-00005", "2024-00009"]
    with _file(tmp_path / "singly.db") as singly:
        for one in (register, singly):
            one.capture([capture(archive, number) for number in range(1, 6)], at=NOW)
            for accession in first:
                one.begin(accession, at=NOW, isolated=True)
            one.dismiss("2024-00002", by="王芳", why="广告", at=NOW)

        refused = register.proceed(
            [ended(archive, number) for number in (1, 2, 3)], [*second, "2024-00003"], at=LATER, isolated=True
        )
        again = register.proceed(
            [ended(archive, 4), ended(archive, 3, OTHER), ended(archive, 5, read=False)],
            ["2024-00001"],
            at=LATER,
            isolated=True,
        )
        refused_singly = [
            *_singly(singly, [ended(archive, number) for number in (1, 2, 3)], [*second, "2024-00003"]),
            *_singly(
                singly,
                [ended(archive, 4), ended(archive, 3, OTHER), ended(archive, 5, read=False)],
                ["2024-00001"],
            ),
        ]

        assert facts(register, 5) == facts(singly, 5)
        told = [(accession, str(error)) for accession, error in [*refused.items(), *again.items()]]
        assert told == refused_singly
        assert {accession for accession, _ in told} == {"2024-00002", "2024-00009"}
    assert [one for one in register.verify(archive) if one.kind != "blob"] == []
    assert register.count() == {State.FILED: 4, State.DISMISSED: 1}


def _singly(register: Register, over: list[Ended], begun: list[str]) -> list[tuple[str, str]]:
    refused: list[tuple[str, UsageError]] = []
    for one in over:
        refused += register.proceed([one], at=LATER).items()
    for accession in begun:
        refused += register.proceed([], [accession], at=LATER, isolated=True).items()
    return [(accession, str(error)) for accession, error in refused]


# ------------------------------------------------------------ what it costs


@contextmanager
def counted(register: Register) -> Iterator[Counter[str]]:
    """Statements, by what the driver is given, and commits of transactions that write."""
    told: Counter[str] = Counter()

    def commit(connection: Connection) -> None:
        told["commits"] += bool(connection.get_execution_options().get("writing"))

    event.listen(register._engine, "commit", commit)
    with heard(register._engine) as asked:
        yield told
    event.remove(register._engine, "commit", commit)
    told["statements"] = sum(not statement.startswith("BEGIN") for statement, _ in asked)


@pytest.mark.parametrize("mails", [1, 40])
def test_a_moment_is_seven_statements_and_one_commit_however_many_mails_it_has(
    mails: int, tmp_path: Path
) -> None:
    """Mails of the moment are filed and as many begin. It was 14 statements and two commits a mail."""
    archive = FolderArchive(tmp_path / "archive")
    with _file(tmp_path / "a.db") as register:
        register.capture([capture(archive, number) for number in range(1, 2 * mails + 1)], at=NOW)
        register.proceed([], [f"2024-{number:05d}" for number in range(1, mails + 1)], at=NOW)
        over = [ended(archive, number) for number in range(1, mails + 1)]
        items = register.items()[mails:]

        with counted(register) as told:
            register.kept(items, BASIS)
            refused = register.proceed(over, [item.accession for item in items], at=LATER, isolated=True)

        assert not refused
        assert register.count()[State.FILED] == mails
    assert told == {"commits": 1, "statements": 2 + 7}


class Together(Waits):
    """Four hands that are through with their tasks all at the same time. on_submit: called before each task is taken."""

    width = 4
    isolated = True
    remote = False

    def __init__(self) -> None:
        self.taken: list[tuple[Future[object], Callable[[], object]]] = []
        self.on_submit: Callable[[], None] = lambda: None

    def ready(self, first: Callable[[], object]) -> None:
        first()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        self.on_submit()
        future: Future[T] = Future()
        self.taken.append((future, lambda: fn(*args, **kwargs)))  # type: ignore[arg-type]  # of whatever it is
        return future

    def wait(self, futures: Collection[Future[T]], seconds: float) -> Collection[Future[T]]:
        for future, work in self.taken:
            try:
                future.set_result(work())
            except Exception as error:  # noqa: BLE001 - an executor hands every exception to its future
                future.set_exception(error)
        self.taken = []
        return super().wait(futures, seconds)

    def cut(self) -> None:
        self.taken = []

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Nothing is open."""


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    (tmp_path / "mails").mkdir()
    with _file(tmp_path / "register.db") as register:
        yield Worker(
            archive=FolderArchive(tmp_path / "archive"),
            register=register,
            rules=rules(),
            executor=Together(),
            clock=lambda: NOW,
            attempt=attempts.attempt,
            prepare=attempts.prepare,
        )


def come(worker: Worker, folder: Path, *octets: bytes) -> None:
    for number, one in enumerate(octets):
        (folder / "mails" / f"{number:03d}.eml").write_bytes(one)
    worker.capture(open_mailbox(str(folder / "mails")))


def test_mails_that_are_read_at_the_same_time_wait_for_the_disk_together(
    worker: Worker, tmp_path: Path
) -> None:
    come(worker, tmp_path, *(mail(number) for number in range(40)))

    with counted(worker.register) as told:
        done = worker.process()

    assert done.filed == 40
    assert told["commits"] <= 40 / Together.width + 3


def test_every_attempt_is_counted_on_the_disk_before_it_is_made(worker: Worker, tmp_path: Path) -> None:
    """Seen by another program at the moment at which the readers are given the mail."""
    come(worker, tmp_path, *(mail(number) for number in range(10)))
    seen: list[int] = []
    hands = worker.executor
    assert isinstance(hands, Together)

    with _file(tmp_path / "register.db") as other:
        hands.on_submit = lambda: seen.append(sum(one.action == "begin" for one in other.events()))
        worker.process()

    assert len(seen) == 10
    assert all(begun > number for number, begun in enumerate(seen))


# ------------------------------------------------------------ what goes wrong


def test_a_filing_that_cannot_be_written_keeps_none_of_its_company_back(
    worker: Worker, tmp_path: Path
) -> None:
    """The database refuses one of four that are filed together: those before it are filed, and the round says what it was."""
    come(worker, tmp_path, *(mail(number) for number in range(4)))
    with transaction(worker.register._engine, writing=True) as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER refused BEFORE INSERT ON filings WHEN NEW.accession = '2024-00003' "
            "BEGIN SELECT RAISE(ABORT, 'no'); END"
        )

    with pytest.raises(PermanentError):
        worker.process()

    states = {item.accession: item.state for item in worker.register.items()}
    assert states == {
        "2024-00001": State.FILED,
        "2024-00002": State.FILED,
        "2024-00003": State.CAPTURED,
        "2024-00004": State.CAPTURED,
    }


def test_a_result_that_cannot_be_packed_is_its_mail_s_failure(worker: Worker, tmp_path: Path) -> None:
    come(worker, tmp_path, *(mail(number) for number in range(4)))
    whole = worker.attempt
    bad = worker.register.items()[1].sha256

    def unpackable(task: Task) -> Result:
        result = whole(task)
        return replace(result, filing=object()) if result.filing.mail.subject == bad else result  # type: ignore[arg-type]  # on purpose

    done = replace(worker, attempt=unpackable).process()

    assert (done.filed, done.held) == (3, 1)


def test_what_was_read_is_filed_though_the_archive_goes_away(
    worker: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The round ends; the mails in hand are filed, and no attempt is left open or charged."""
    come(worker, tmp_path, *(mail(number) for number in range(12)))
    asked = iter(range(100))

    def gone(self: object, item: object, archive: object, kept: object, **_: object) -> object:
        if next(asked) >= 6:
            raise UnavailableError("the archive is away")
        return plain(self, item, archive, kept)  # type: ignore[arg-type]  # as it was called

    plain = Hands.task
    monkeypatch.setattr(Hands, "task", gone)

    with pytest.raises(UnavailableError):
        worker.process()

    assert worker.register.count() == {State.FILED: 6, State.CAPTURED: 6}
    assert {item.attempts for item in worker.register.items()} == {0}


def test_no_more_octets_are_in_hand_than_memory_should_hold(
    worker: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where readers cannot fetch them, mails are handed over one after the other."""
    come(worker, tmp_path, *(mail(number) for number in range(8)))
    monkeypatch.setattr(process, "OCTETS_AT_ONCE", 1)
    monkeypatch.setattr(FolderArchive, "here", "")

    with counted(worker.register) as told:
        done = worker.process()

    assert done.filed == 8
    assert told["commits"] >= 8
