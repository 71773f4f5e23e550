"""Seals: what they hold, where they are kept, and that verify sees a register that is not the one that was sealed."""

from __future__ import annotations

import shutil
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from pydantic import SecretStr

from outputs.audit import seals
from outputs.custody import Custody
from pipeline.archive import Archive, FolderArchive
from pipeline.commands.options import Office
from pipeline.commands.sealing import seal_folders, seal_if_due
from pipeline.errors import IntegrityError, SettingsError, TransientError, UsageError
from pipeline.register import Capture, Finding, Register, Sighting
from tests.mailbox.boxes import certificate

NOW = datetime(2024, 6, 10, 1, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return FolderArchive(tmp_path / "archive")


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    with closing(Register(tmp_path / "register.db", year=2024)) as register:
        yield register


def take_in(register: Register, archive: Archive, *numbers: int) -> None:
    for number in numbers:
        blob = archive.put(b"mail %d" % number)
        place = Sighting(account="me@host", folder="INBOX", uidvalidity=7, uid=number)
        one = Capture(
            sha256=blob.sha256, size=blob.size, received=NOW, received_from="internaldate", sighting=place
        )
        register.capture([one], at=NOW)


def told(findings: tuple[Finding, ...]) -> str:
    return "\n".join(f"{one.kind} {one.subject} {one.detail}" for one in findings)


def test_a_seal_holds_head_counts_and_the_numbers_since_the_one_before(
    register: Register, archive: Archive
) -> None:
    take_in(register, archive, 1, 2)
    first = register.seal(at=NOW)
    take_in(register, archive, 3)
    second = register.seal(at=NOW + timedelta(days=1))
    idle = register.seal(at=NOW + timedelta(days=2))

    assert (first.first, first.last, first.items, first.sightings) == (1, 2, 2, 2)
    assert (second.number, second.first, second.last, second.previous) == (2, 3, 3, first.digest)
    assert (idle.first, idle.last, idle.head) == (4, 3, register.head()[1])
    assert register.head()[0] == 3, "a seal is no event"
    assert register.verify(archive, register.seals()) == ()


def test_a_seal_of_an_empty_log_verifies(register: Register, archive: Archive) -> None:
    register.seal(at=NOW)

    assert register.verify(archive, register.seals()) == ()


def test_a_seal_s_file_is_read_back_and_a_second_keep_changes_nothing(
    register: Register, archive: Archive, tmp_path: Path
) -> None:
    take_in(register, archive, 1)
    seal = register.seal(at=NOW)
    (tmp_path / "elsewhere").mkdir()
    path = seals.keep(seal, tmp_path / "elsewhere")

    assert path.name == "seal-00001-20240610.json"
    assert seals.keep(seal, tmp_path / "elsewhere") == path
    assert seals.kept([tmp_path / "elsewhere"]) == seals.kept([path]) == (seal,)
    with pytest.raises(IntegrityError, match="同号封印"):
        seals.keep(replace(seal, items=9), tmp_path / "elsewhere")


@pytest.mark.parametrize("octets", [b"", b"{}", b"[1]", b'{"number": 1}', b"\xff"])
def test_what_is_no_seal_is_refused(tmp_path: Path, octets: bytes) -> None:
    (tmp_path / "seal-00001-20240610.json").write_bytes(octets)

    with pytest.raises(UsageError, match="不是封印文件"):
        seals.kept([tmp_path])


def without_guards(register_file: Path, statements: str) -> None:
    with closing(sqlite3.connect(register_file)) as raw:
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {name}")
        raw.executescript(statements)


def test_a_cut_tail_shows_by_the_seal_even_where_the_items_were_cut_with_it(
    register: Register, archive: Archive, tmp_path: Path
) -> None:
    take_in(register, archive, 1, 2)
    register.seal(at=NOW)
    without_guards(
        tmp_path / "register.db",
        "DELETE FROM events WHERE number = 2; DELETE FROM sightings WHERE uid = 2; DELETE FROM items WHERE number = 2;",
    )

    assert "日志尾部被截去" in told(register.verify(archive))


def test_a_register_replaced_by_an_older_backup_shows_by_a_seal_kept_elsewhere(
    register: Register, archive: Archive, tmp_path: Path
) -> None:
    take_in(register, archive, 1)
    register.seal(at=NOW)
    register.close()
    shutil.copy(tmp_path / "register.db", tmp_path / "older.db")
    with closing(Register(tmp_path / "register.db", year=2024)) as newer:
        take_in(newer, archive, 2)
        kept = newer.seal(at=NOW + timedelta(days=1))
    shutil.copy(tmp_path / "older.db", tmp_path / "register.db")

    with closing(Register(tmp_path / "register.db", year=2024)) as replaced:
        assert replaced.verify(archive) == (), "by itself it is whole"
        assert "较早的备份" in told(replaced.verify(archive, [kept]))


def test_a_register_rewritten_from_the_start_shows_by_a_seal_kept_elsewhere(
    register: Register, archive: Archive, tmp_path: Path
) -> None:
    take_in(register, archive, 1, 2)
    kept = register.seal(at=NOW)
    with closing(Register(tmp_path / "other.db", year=2024)) as rewritten:
        take_in(rewritten, archive, 1, 3)
        rewritten.seal(at=NOW)

        assert rewritten.verify(archive) == ()
        assert "整个重写过" in told(rewritten.verify(archive, [kept]))


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE seals SET items = 9 WHERE number = 1", "这一号封印被改过"),
        ("DELETE FROM seals WHERE number = 1", "接不上"),
        ("UPDATE seals SET number = 5 WHERE number = 2", "接不上"),
    ],
)
def test_a_seal_that_is_altered_or_removed_is_found(
    register: Register, archive: Archive, tmp_path: Path, statement: str, words: str
) -> None:
    take_in(register, archive, 1)
    for day in range(2):
        register.seal(at=NOW + timedelta(days=day))
    without_guards(tmp_path / "register.db", statement)

    assert words in told(register.verify(archive))


def test_the_last_seal_removed_from_the_register_shows_by_its_file(
    register: Register, archive: Archive, tmp_path: Path
) -> None:
    take_in(register, archive, 1)
    kept = [register.seal(at=NOW), register.seal(at=NOW + timedelta(days=1))]
    without_guards(tmp_path / "register.db", "DELETE FROM seals WHERE number = 2")

    assert "没有这一号封印" in told(register.verify(archive, kept))
    assert "自身被改过" in told(register.verify(archive, [replace(kept[0], items=7)]))


# ------------------------------------------------------------ every day, and to a second place


def office(tmp_path: Path, text: str = "") -> Office:
    settings = tmp_path / "shouwen.toml"
    settings.write_text(
        f'data_dir = "{tmp_path / "data"}"\n[mailbox]\nca_file = "{tmp_path}/ca.pem"\n{text}', "utf-8"
    )
    (tmp_path / "data").mkdir(exist_ok=True)
    return Office(settings_file=settings, data_dir_option=None)


def test_there_is_one_seal_a_beijing_day_in_every_place(tmp_path: Path) -> None:
    (tmp_path / "audit").mkdir()
    at_work = office(tmp_path, f'[seal]\nfolder = "{tmp_path}/audit"\n')
    last_second = datetime(2024, 6, 10, 15, 59, 59, tzinfo=UTC)

    assert seal_if_due(at_work, NOW)
    assert not seal_if_due(at_work, last_second)
    assert seal_if_due(at_work, last_second + timedelta(seconds=1))

    assert [seal.number for seal in seals.kept(seal_folders(at_work))] == [1, 2, 1, 2]
    assert Custody.of(at_work.register).seal == at_work.register.seals()[-1]
    at_work.register.close()


def test_a_place_that_was_away_gets_all_that_it_lacks(tmp_path: Path) -> None:
    """Such as a share that is not mounted: nothing is made in its stead."""
    at_work = office(tmp_path, f'[seal]\nfolder = "{tmp_path}/audit"\n')
    for day in range(2):
        with pytest.raises(TransientError, match=r"\[seal\] folder"):
            seal_if_due(at_work, NOW + timedelta(days=day))

    assert not (tmp_path / "audit").exists()
    (tmp_path / "audit").mkdir()
    seal_if_due(at_work, NOW + timedelta(days=1))

    assert [seal.number for seal in seals.kept([tmp_path / "audit"])] == [1, 2]
    at_work.register.close()


class Kept:
    """What the auditor's mail server got."""

    def __init__(self) -> None:
        self.letters: list[Message] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        from email import message_from_bytes

        self.letters.append(message_from_bytes(envelope.content))
        return "250 OK"


@pytest.fixture
def auditor(tmp_path: Path) -> Iterator[tuple[Controller, Kept]]:
    import ssl

    _, cert, key = certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    kept = Kept()
    controller = Controller(kept, hostname="127.0.0.1", port=free_port(), ssl_context=context)
    controller.start()
    yield controller, kept
    controller.stop()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_the_seal_is_mailed_to_the_auditor_once_over_tls(
    tmp_path: Path, auditor: tuple[Controller, Kept]
) -> None:
    controller, kept = auditor
    at_work = office(
        tmp_path,
        f'[seal]\nmail_to = ["audit@example.org"]\nmail_from = "in@example.org"\nsmtp = "smtps://localhost:{controller.port}"\n',
    )
    seal_if_due(at_work, NOW)
    seal_if_due(at_work, NOW)

    (letter,) = kept.letters
    (attachment,) = (part for part in letter.walk() if part.get_filename())
    octets = attachment.get_payload(decode=True)
    assert isinstance(octets, bytes)
    (tmp_path / "got.json").write_bytes(octets)
    assert seals.kept([tmp_path / "got.json"]) == at_work.register.seals()
    at_work.register.close()


def test_a_disk_that_takes_no_marker_lets_no_mail_out_again_and_again(
    tmp_path: Path, auditor: tuple[Controller, Kept]
) -> None:
    controller, kept = auditor
    at_work = office(
        tmp_path,
        f'[seal]\nmail_to = ["audit@example.org"]\nmail_from = "in@example.org"\nsmtp = "smtps://localhost:{controller.port}"\n',
    )
    (tmp_path / "data" / "seals" / "mailed").mkdir(parents=True)
    for _ in range(2):
        with pytest.raises(TransientError, match="mailed"):
            seal_if_due(at_work, NOW)

    assert kept.letters == []
    at_work.register.close()


def test_a_mail_server_that_is_away_is_a_thing_for_later_and_the_password_is_in_no_word_of_it(
    register: Register,
) -> None:
    post = seals.Post(
        smtp="smtps://127.0.0.1:1", sender="a@b.c", to=("d@e.f",), user="a", password=SecretStr("hidden-code")
    )
    with pytest.raises(TransientError, match="没有寄出") as caught:
        seals.send(register.seal(at=NOW), post)

    assert "hidden-code" not in repr(post) + str(caught.value)
    with pytest.raises(SettingsError, match="smtps://"):
        seals.send(register.seals()[0], replace(post, smtp="mail.example.org"))


def test_a_seal_is_never_mailed_in_clear(register: Register) -> None:
    controller = Controller(Kept(), hostname="127.0.0.1", port=free_port())
    controller.start()
    post = seals.Post(smtp=f"smtp://127.0.0.1:{controller.port}", sender="a@b.c", to=("d@e.f",))

    with pytest.raises(SettingsError, match="不支持加密"):
        seals.send(register.seal(at=NOW), post)
    controller.stop()
