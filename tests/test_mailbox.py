"""The contract of every source on every server, and what servers do that they should not."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from imapclient import IMAPClient

from pipeline.errors import SettingsError, UnavailableError
from pipeline.mailbox import Message, Missed, WithheldError, arrival, folder, open_mailbox
from pipeline.mailbox.imap import ImapMailbox
from pipeline.stop import Stop
from tests.mailbox.boxes import (
    PASSWORD,
    USER,
    Box,
    DovecotBox,
    FolderBox,
    MaildirBox,
    PymapBox,
    dovecot_box,
    opened,
    pymap_box,
)
from tests.mailbox.mails import arrived, mail
from tests.mailbox.scripted import Scripted, scripted
from tests.mailbox.taking import collected, messages, over
from tests.support import need_tool


@pytest.fixture(params=["folder", "maildir", "pymap", "pymap-starttls", "pymap-tls", "dovecot"])
def box(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Box]:
    """An empty mailbox of each kind."""
    if request.param == "folder":
        yield FolderBox(tmp_path / "mails")
    elif request.param == "maildir":
        yield MaildirBox(tmp_path / "Maildir")
    elif request.param == "dovecot":
        need_tool("dovecot")
        with dovecot_box() as dovecot:
            yield dovecot
    else:
        with pymap_box(
            tmp_path, encryption=request.param.removeprefix("pymap-").replace("pymap", "plain")
        ) as pymap:
            yield pymap


# ------------------------------------------------------------ the contract


def test_a_source_keeps_its_contract(box: Box) -> None:
    """One test, so that a server is started once: octets, times, order, nothing twice, nothing touched."""
    sent = [mail(number) for number in (1, 2, 3)]
    for number, octets in enumerate(sent, 1):
        box.deliver(octets, arrived(number))
    source = opened(box)

    first = messages(collected(source))

    assert [one.octets for one in first] == sent
    assert [one.received for one in first] == [arrived(number) for number in (1, 2, 3)]
    assert {one.received_from for one in first} == {"internaldate" if source.ascending else "received"}
    assert source.look(source.folders()[0]).exists == 3
    highest = first[-1].uid if source.ascending else 0
    had = frozenset() if source.ascending else frozenset(one.uid for one in first)
    assert collected(source, after_uid=highest, known=had) == []

    box.deliver(mail(0), arrived(0))
    again = messages(collected(source, after_uid=highest, known=had))

    assert [one.octets for one in again] == [mail(0)]
    assert box.flags() in (None, [()] * 4), "no mail may be marked as read"
    source.close()


def test_a_closed_source_opens_again(tmp_path: Path) -> None:
    with pymap_box(tmp_path) as box:
        box.deliver(mail(1), arrived(1))
        source = opened(box)
        collected(source)
        source.close()

        assert len(collected(source)) == 1
        source.close()


def test_a_known_mail_above_the_mark_is_not_fetched_again(tmp_path: Path) -> None:
    with pymap_box(tmp_path) as box:
        for number in (1, 2, 3):
            box.deliver(mail(number), arrived(number))
        source = opened(box)
        uids = [one.uid for one in messages(collected(source))]

        assert [one.uid for one in collected(source, known=frozenset(uids[1:2]))] == [uids[0], uids[2]]
        source.close()


CHINESE = "其他文件夹/活动材料"


@pytest.fixture(params=["pymap", "dovecot"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PymapBox | DovecotBox]:
    """A server of each kind."""
    if request.param == "pymap":
        with pymap_box(tmp_path) as pymap:
            yield pymap
    else:
        need_tool("dovecot")
        with dovecot_box() as dovecot:
            yield dovecot


def test_a_server_takes_chinese_names_idles_and_hands_over_big_mails(server: PymapBox | DovecotBox) -> None:
    """One test, so that a server is started once."""
    server.deliver(mail(1), arrived(1), CHINESE)
    source = opened(server, folders=(CHINESE,), junk=True)

    assert [one.octets for one in messages(collected(source, CHINESE))] == [mail(1)]
    with pytest.raises(SettingsError, match=f"没有文件夹 活动材料.*{CHINESE}"):
        source.look("活动材料")
    junk = "广告信" if isinstance(server, DovecotBox) else None
    assert source.folders() == ((CHINESE, junk) if junk else (CHINESE,))

    source.look(CHINESE)
    threading.Timer(0.5, server.deliver, (mail(2), arrived(2), CHINESE)).start()
    began = time.monotonic()
    assert source.wait(CHINESE, 20)
    assert time.monotonic() - began < 5

    large = mail(3, "0123456789abcdef" * 400_000)
    server.deliver(large, arrived(3), CHINESE)
    assert [one.octets for one in messages(collected(source, CHINESE))] == [mail(1), mail(2), large]
    source.close()


# ------------------------------------------------------------ a folder


def test_a_folder_is_taken_in_order_of_arrival_whatever_the_files_are_called(tmp_path: Path) -> None:
    for name, number in (("a", 3), ("b", 1), ("c", 2)):
        (tmp_path / f"{name}.EML").write_bytes(mail(number))

    assert [one.octets for one in messages(collected(open_mailbox(str(tmp_path))))] == [
        mail(1),
        mail(2),
        mail(3),
    ]


def test_uids_of_a_folder_stay_when_files_are_added_and_renamed(tmp_path: Path) -> None:
    (tmp_path / "b.eml").write_bytes(mail(5))
    before = {one.octets: one.uid for one in messages(collected(open_mailbox(str(tmp_path))))}

    (tmp_path / "b.eml").rename(tmp_path / "z.eml")
    (tmp_path / "a.eml").write_bytes(mail(1))
    after = {one.octets: one.uid for one in messages(collected(open_mailbox(str(tmp_path))))}

    assert after[mail(5)] == before[mail(5)]
    assert len(set(after.values())) == 2


def test_two_files_with_the_same_octets_are_one_mail(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.eml").write_bytes(mail(1))

    assert len(collected(open_mailbox(str(tmp_path)))) == 1


def test_a_file_removed_after_the_list_is_gone(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(mail(1))
    source = open_mailbox(str(tmp_path))
    listing = source.list(".", source.look("."))
    (tmp_path / "a.eml").unlink()

    (missed,) = source.fetch(".", listing.mails)

    assert isinstance(missed, Missed)
    assert missed.gone


def test_a_file_rewritten_after_the_list_is_withheld_at_its_end(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(mail(1))
    source = open_mailbox(str(tmp_path))
    listing = source.list(".", source.look("."))
    (tmp_path / "a.eml").write_bytes(mail(1)[:-1])

    (message,) = source.fetch(".", listing.mails)

    assert isinstance(message, Message)
    with pytest.raises(WithheldError, match="正在被改写"):
        list(message.pieces)


def test_a_later_list_of_a_folder_reads_only_what_is_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An archive of 20 GB as a mailbox must not be read at every poll."""
    monkeypatch.setattr(folder, "SETTLED_SECONDS", 0)
    (tmp_path / "a.eml").write_bytes(mail(1) + b"x" * 2**22)
    source = open_mailbox(str(tmp_path))
    first = source.list(".", source.look("."))
    (tmp_path / "b.eml").write_bytes(mail(2))

    before = octets_read()
    second = source.list(".", source.look("."))

    assert octets_read() - before < 2**20
    assert set(first.mails) < set(second.mails)
    assert second == (fresh := open_mailbox(str(tmp_path))).list(".", fresh.look("."))


def octets_read() -> int:
    """What this process has read so far, from files and caches (proc(5), io)."""
    lines = Path("/proc/self/io").read_text("ascii").splitlines()
    return int(dict(line.split(": ") for line in lines)["rchar"])


@pytest.mark.parametrize("settled", [0, 1e9])
def test_a_file_rewritten_between_lists_is_another_mail_though_size_and_time_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settled: float
) -> None:
    """ctime shows it where it can; a file that changed too lately for that is read again."""
    monkeypatch.setattr(folder, "SETTLED_SECONDS", settled)
    path = tmp_path / "a.eml"
    path.write_bytes(mail(1) + b"x")
    source = open_mailbox(str(tmp_path))
    (first,) = source.list(".", source.look(".")).mails
    time.sleep(0.05 if not settled else 0)
    was = path.stat().st_mtime_ns
    path.write_bytes(mail(1) + b"y")
    os.utime(path, ns=(was, was))

    (second,) = source.list(".", source.look(".")).mails

    assert second.size == first.size
    assert second.uid != first.uid


def test_a_file_that_is_not_what_was_listed_is_read_anew_even_if_its_times_say_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Disks of other machines are known to tell old times."""
    monkeypatch.setattr(folder, "SETTLED_SECONDS", 0)
    monkeypatch.setattr(folder, "_stamp", lambda _found: (0, 0, 0, 0, 0))
    (tmp_path / "a.eml").write_bytes(mail(1))
    source = open_mailbox(str(tmp_path))
    listing = source.list(".", source.look("."))
    (tmp_path / "a.eml").write_bytes(mail(2))
    (message,) = source.fetch(".", listing.mails)
    assert isinstance(message, Message)
    with pytest.raises(WithheldError, match="正在被改写"):
        list(message.pieces)

    (again,) = source.fetch(".", source.list(".", source.look(".")).mails)

    assert isinstance(again, Message)
    assert b"".join(again.pieces) == mail(2)


def test_a_wait_on_a_folder_ends_when_told_to_stop(tmp_path: Path) -> None:
    stop = Stop()
    threading.Timer(0.2, stop.set).start()
    began = time.monotonic()

    assert not open_mailbox(str(tmp_path)).wait(".", 20, stop)
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (mail(1), (arrived(1), "received")),
        (b"Date: Sat, 1 Jun 2024 09:00:00 +0800\n\n", (datetime(2024, 6, 1, 1, tzinfo=UTC), "date")),
        (b"DATE: Sat, 1 Jun 2024 09:00:00\n\n", (datetime(2024, 6, 1, 1, tzinfo=UTC), "date")),
        (b"Date: Sat, 1 Jun 2024 09:00:00 -0000\n\n", (datetime(2024, 6, 1, 9, tzinfo=UTC), "date")),
        (
            b"Received: from x; nonsense\r\nDate: Sat, 1 Jun 2024 09:00:00 +0800\r\n\r\n",
            (datetime(2024, 6, 1, 1, tzinfo=UTC), "date"),
        ),
        (
            b"Received: from x\r\n\tby y;\r\n\tSat, 1 Jun 2024 09:00:00 +0800 (CST)\r\n\r\n",
            (datetime(2024, 6, 1, 1, tzinfo=UTC), "received"),
        ),
        (b"Date: Fri, 31 Dec 9999 23:59:59 -2359\n\n", (None, "captured")),
        (b"Subject: x\n\nDate: Sat, 1 Jun 2024 09:00:00 +0800\n", (None, "captured")),
        (b"", (None, "captured")),
        (b"\xff\x00" * 100, (None, "captured")),
        (b"Date: " + b"(" * 100_000 + b"\n\n", (None, "captured")),
    ],
)  # fmt: skip
def test_arrival_is_the_topmost_received_else_the_date_else_unknown(
    octets: bytes, expected: tuple[datetime | None, str]
) -> None:
    assert arrival(octets) == expected


# ------------------------------------------------------------ refusals


def test_a_refused_login_names_three_causes_and_never_the_password() -> None:
    with (
        scripted(Scripted(login=f"NO Login fail. {PASSWORD}")) as server,
        pytest.raises(UnavailableError, match=r"授权码错误.*服务未开启.*登录过于频繁") as raised,
    ):
        collected(over(server))

    assert PASSWORD not in str(raised.getrepr(showlocals=False, style="long"))
    assert raised.value.__cause__ is None
    assert PASSWORD not in str(raised.value)


def test_the_password_is_in_no_log_and_no_repr(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with scripted(Scripted(mails={1: mail(1)})) as server:
        source = over(server)
        collected(source)
        source.close()

    assert PASSWORD not in caplog.text
    assert PASSWORD not in repr(source) + repr(vars(source))


def test_a_server_that_is_not_there_is_unavailable_and_stdout_stays_clean(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.mailbox.connection.CONNECT_TRIES", 2)
    with scripted(Scripted()) as server:
        address = server.address

    with pytest.raises(UnavailableError, match="连不上服务器"):
        collected(open_mailbox(address, user=USER, password=PASSWORD, timeout_seconds=2))
    assert capfd.readouterr().out == ""


def test_a_certificate_of_nobody_is_refused(tmp_path: Path) -> None:
    with pymap_box(tmp_path, encryption="tls") as box:
        stranger = open_mailbox(box.address, user=USER, password=PASSWORD, timeout_seconds=5)

        with pytest.raises(SettingsError, match="证书不可信"):
            collected(stranger)


def test_no_password_is_sent_in_clear_beyond_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.mailbox._is_loopback", lambda _host: False)
    with scripted(Scripted()) as server:
        with pytest.raises(SettingsError, match="STARTTLS"):
            collected(over(server))

        assert not any(line.startswith("LOGIN") for line in server.lines)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("pop3://pop.example.org", "不认识收件地址"),
        ("imaps://", "写得不对"),
        ("imaps://host:99999", "写得不对"),
        ("imaps://me:secret@host", "不要写授权码"),
        ("imaps://host/INBOX", "不要再写东西"),
        ("no/such/folder", "不存在或不是目录"),
    ],
)
def test_a_wrong_address_is_refused_with_its_cure(address: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words) as raised:
        open_mailbox(address, user=USER, password=PASSWORD)

    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("user", "password", "words"), [("", "x", "登录名"), (USER, "", "没有授权码"), (USER, "ａｂｃｄ", "全角")]
)
def test_missing_or_full_width_credentials_are_refused(user: str, password: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words) as raised:
        open_mailbox("imaps://imap.example.org", user=user, password=password)

    assert "ａｂｃｄ" not in str(raised.value)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pymap_box(tmp_path) as box:
        source = opened(box, folders=("Nowhere",))

        with pytest.raises(SettingsError, match="Nowhere"):
            source.look("Nowhere")
        source.close()


def test_folders_beyond_the_inbox_are_read(tmp_path: Path) -> None:
    with pymap_box(tmp_path) as box:
        from tools.embedded_mailbox import Served

        box.server.append([Served(octets=mail(1), received=arrived(1))], folder="Junk")
        source = opened(box, folders=("Junk",))

        assert [one.octets for one in messages(collected(source))] == [mail(1)]
        source.close()


# ------------------------------------------------------------ guards


def test_the_debug_level_of_imaplib_is_still_what_we_turn_off(tmp_path: Path) -> None:
    """imapclient's constructor sets 5 there; if this fails, look whether turning it off still works and is needed."""
    with pymap_box(tmp_path) as box:
        port = box.server.port
        with IMAPClient("127.0.0.1", port, ssl=False) as plain:
            assert plain._imap.debug == 5
        source = opened(box)
        collected(source)
        assert isinstance(source, ImapMailbox)
        client = source._connection.client
        assert client is not None
        assert client._imap.debug == 0
        source.close()


def test_the_embedded_server_hands_out_what_it_was_given(tmp_path: Path) -> None:
    odd = [b"no header at all\nbare lf\r\n\x00\xff", b"Subject: x\r\n\r\n", b"\r\n", mail(1) * 500]
    with pymap_box(tmp_path) as box:
        assert isinstance(box, PymapBox)
        for octets in odd:
            box.deliver(octets, arrived(1))
        source = opened(box)

        assert [one.octets for one in messages(collected(source))] == odd
        source.close()
