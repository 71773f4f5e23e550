"""An office whose register is in PostgreSQL: the commands, the daemon's work, backups and the workbook are the same."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import time_machine

from pipeline.archive import FolderArchive
from pipeline.commands.compiling import compiled
from pipeline.commands.options import opened
from pipeline.database import Database
from pipeline.executor import Serial
from pipeline.keeping import BackingUp, Restoring, check
from pipeline.mailbox import open_mailbox
from pipeline.records import State
from pipeline.register import MAX_ATTEMPTS, Place, Register
from pipeline.worker import Worker
from tests.database import cluster, register_database
from tests.mailbox import attempts
from tests.mailbox.mails import mail
from tests.mailbox.rounds import rules
from tests.reviewed import Reviewed
from tests.season import at

Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def office(tmp_path: Path) -> Reviewed:
    return Reviewed(tmp_path)


def moved(office: Reviewed) -> Database:
    """Move the register of *office* into PostgreSQL and write that into its settings."""
    place = cluster().database()
    assert office.run("move", "--register", str(place)) == 0
    office.settings.write_text(f'{office.settings.read_text("utf-8")}\nregister = "{place}"\n', "utf-8")
    (office.data / "register.db").unlink()
    return place


def test_both_kinds_give_the_same_workbook_octet_by_octet(office: Reviewed, tmp_path: Path) -> None:
    shutil.copytree(office.data, tmp_path / "twin")
    with opened(office.settings, tmp_path / "twin") as twin:
        from_file = compiled(twin, at(26)).read_bytes()

    moved(office)
    with opened(office.settings, office.data) as served:
        assert served.register_file is None
        assert compiled(served, at(26)).read_bytes() == from_file


def test_the_commands_of_an_office_work_on_a_server(office: Reviewed, capsys: Capsys) -> None:
    place = moved(office)
    capsys.readouterr()
    for command in (
        ("verify",),
        ("held",),
        ("log",),
        ("links",),
        ("daily",),
        ("review", "list"),
        ("export", "filings"),
    ):
        assert office.run(*command) == 0, command
    capsys.readouterr()
    office.run("status")
    assert "登记簿：打得开，在数据库服务器里" in capsys.readouterr().out
    office.run("check", "--json")
    lines = {line["subject"]: line for line in json.loads(capsys.readouterr().out)["lines"]}
    assert lines["登记簿"]["state"] == "ok"
    assert "fsync 开" in lines["登记簿"]["fact"]
    assert not (office.data / "register.db").exists()

    text = office.settings.read_text("utf-8")
    office.settings.write_text(text.replace(place.name, "absent"), "utf-8")
    assert office.run("verify") == 78
    assert office.run("held") == 78
    office.run("check", "--json")
    lines = {line["subject"]: line for line in json.loads(capsys.readouterr().out)["lines"]}
    assert lines["登记簿"]["state"] == "bad"
    office.run("status")
    assert "absent" in capsys.readouterr().out


def test_nothing_was_ever_taken_in_is_said_of_an_empty_database(tmp_path: Path, capsys: Capsys) -> None:
    settings = tmp_path / "shouwen.toml"
    settings.write_text(f'register = "{cluster().database()}"\n', "utf-8")
    with opened(settings, tmp_path / "data") as office, pytest.raises(Exception, match="没有登记簿"):
        office.existing()


def test_a_backup_of_a_server_is_a_file_that_restores(office: Reviewed, tmp_path: Path) -> None:
    place = moved(office)
    with closing(Register(place, year=2024)) as register:
        made = BackingUp(
            archive=FolderArchive(office.data / "archive"),
            register=register,
            data_dir=office.data,
            folder=tmp_path / "backups",
            at=at(26),
        ).run()
        assert made.backup.head == register.head()[1]
        assert check(made.path).backup == made.backup
        Restoring(backup=made.path, data_dir=tmp_path / "again", by="王芳", why="演练", at=at(27)).run()
        with closing(Register(tmp_path / "again" / "register.db", year=2024, new=False)) as again:
            assert again.items() == register.items()
            assert list(again.filed()) == list(register.filed())


# ------------------------------------------------------------ the worker


class Intake:
    """A worker over a register of either kind, and a folder of mails before it."""

    def __init__(self, folder: Path, place: Place) -> None:
        self.mails = folder / "mails"
        self.mails.mkdir(parents=True)
        self.register = Register(place, year=2024)
        self.worker = Worker(
            archive=FolderArchive(folder / "archive"),
            register=self.register,
            rules=rules(),
            executor=Serial(),
            clock=lambda: at(20),
            attempt=attempts.attempt,
            prepare=attempts.prepare,
        )

    def take(self, *octets: bytes) -> None:
        for number, one in enumerate(octets, len(list(self.mails.iterdir()))):
            (self.mails / f"{number}.eml").write_bytes(one)
        self.worker.once(open_mailbox(str(self.mails)))


@pytest.fixture(params=["sqlite", "postgresql"])
def intake(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Intake]:
    place = tmp_path / "register.db" if request.param == "sqlite" else register_database()
    intake = Intake(tmp_path / "intake", place)
    yield intake
    intake.register.close()


def test_once_files_what_can_be_filed_holds_what_cannot_and_takes_nothing_twice(intake: Intake) -> None:
    with time_machine.travel(at(20)), intake.register.alone():
        intake.take(mail(1), mail(2), mail(3, attempts.RAISES.decode()), mail(2))
        intake.take(mail(4))

    assert intake.register.count() == {State.FILED: 3, State.HELD: 1}
    assert len(intake.register.items()) == 4
    assert next(one for one in intake.register.items(State.HELD)).attempts == MAX_ATTEMPTS
    assert intake.register.verify(intake.worker.archive) == ()
    assert intake.register.last_poll() is not None


def test_both_kinds_file_the_same(tmp_path: Path) -> None:
    filed = []
    for name, place in (("a", tmp_path / "register.db"), ("b", register_database())):
        intake = Intake(tmp_path / name, place)
        with closing(intake.register) as register, time_machine.travel(at(20)):
            intake.take(*(mail(number) for number in range(1, 6)))
            told = [
                (e.at, e.action, e.actor, e.outcome, e.before, e.after, e.rule, e.row)
                for e in register.events()
            ]
            polls = [replace(poll, account="") for poll in register.polls()]
            filed.append((list(register.filed()), told, polls))
    assert filed[0] == filed[1]
