"""What servers do that they should not, and what providers do that nobody expects."""

from __future__ import annotations

import os
import resource
import signal
import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice

import pytest

from pipeline.errors import SettingsError, UnavailableError
from pipeline.mailbox import Message, Missed, Seen, WithheldError, open_mailbox
from pipeline.mailbox.imap import ImapMailbox
from pipeline.mailbox.pieces import PIECE_OCTETS, Piece, in_pieces
from pipeline.stop import Stop
from tests.mailbox.boxes import PASSWORD, USER
from tests.mailbox.mails import mail
from tests.mailbox.providers import QQ_REFUSAL, netease, qq
from tests.mailbox.scripted import Scripted, Session, scripted
from tests.mailbox.taking import Taken, collected, messages, over

BIG = 9 * 1024**2 + 321
"""Above the limit from which a mail comes in pieces, and no multiple of one."""


@cache
def big(octets: int = BIG) -> bytes:
    """A mail of so many octets in which no piece is like another."""
    head = mail(1)
    line = b"%015d\r\n"
    body = b"".join(line % number for number in range((octets - len(head)) // 17 + 1))
    return (head + body)[:octets]


# ------------------------------------------------------------ lists and bodies


def test_only_reading_commands_are_sent() -> None:
    with scripted(Scripted(mails={uid: mail(uid) for uid in (3, 5, 9)})) as server:
        source = over(server)
        collected(source, after_uid=3)
        source.close()

    verbs = [
        " ".join(line.split()[:2]) if line.startswith("UID") else line.split()[0] for line in server.lines
    ]
    assert set(verbs) <= {"CAPABILITY", "LOGIN", "ID", "EXAMINE", "FETCH", "UID FETCH", "LOGOUT"}
    assert [line for line in server.lines if "BODY" in line] == ["UID FETCH 5,9 (BODY.PEEK[])"]


def test_a_server_without_id_is_tolerated() -> None:
    with scripted(Scripted(mails={1: mail(1)}, knows_id=False)) as server:
        source = over(server)

        assert len(collected(source)) == 1
        assert any(line.startswith("ID (") for line in server.lines)
        source.close()


def test_a_body_that_is_withheld_is_asked_for_again_and_then_counted() -> None:
    with scripted(Scripted(mails={uid: mail(uid) for uid in (1, 2, 3)}, withheld={2})) as server:
        source = over(server)
        found = collected(source)
        source.close()

    assert [(one.uid, isinstance(one, Taken)) for one in found] == [(1, True), (2, False), (3, True)]
    assert sum(line == "UID FETCH 2 (BODY.PEEK[])" for line in server.lines) == 1


def test_a_mail_removed_while_it_was_fetched_is_gone_and_not_refused() -> None:
    with scripted(Scripted(mails={uid: mail(uid) for uid in (1, 2)}, gone={2})) as server:
        source = over(server)
        found = collected(source)
        source.close()

    assert isinstance(found[1], Missed)
    assert found[1].gone


@pytest.mark.parametrize("unlisted", [{1}, {2}, {3}])
def test_a_mail_that_is_left_out_of_the_list_is_noticed_wherever_it_stands(unlisted: set[int]) -> None:
    with scripted(Scripted(mails={uid: mail(uid) for uid in (1, 2, 3)}, unlisted=unlisted)) as server:
        source = over(server)
        found = collected(source)
        source.close()

    assert [one.uid for one in found if isinstance(one, Taken)] == sorted({1, 2, 3} - unlisted)
    assert [one.uid for one in found if isinstance(one, Missed)] == [0]


def test_a_mail_left_out_below_the_mark_is_nobody_s_business() -> None:
    with scripted(Scripted(mails={uid: mail(uid) for uid in (1, 2, 3)}, unlisted={1})) as server:
        source = over(server)

        assert [one.uid for one in collected(source, after_uid=2)] == [3]
        source.close()


def test_a_mailbox_longer_than_one_list_is_listed_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.mailbox.imap.LISTED_AT_ONCE", 2)
    with scripted(Scripted(mails={uid: mail(uid) for uid in range(1, 8)})) as server:
        source = over(server)

        assert [one.uid for one in collected(source, after_uid=2)] == [3, 4, 5, 6, 7]
        server.lines.clear()
        assert [one.uid for one in collected(source, after_uid=6)] == [7]
        assert [line for line in server.lines if "RFC822.SIZE" in line] == [
            "FETCH 6,7 (UID RFC822.SIZE INTERNALDATE)"
        ]
        source.close()


def test_a_server_that_stalls_is_given_up_in_time_and_asked_anew_later() -> None:
    with scripted(Scripted(mails={1: mail(1)}, hangs="UID FETCH")) as server:
        source = over(server, timeout_seconds=0.3)

        with pytest.raises(UnavailableError, match=r"0\.3 秒内没有回应"):
            collected(source)
        server.hangs = ""
        assert len(collected(source)) == 1
        source.close()


def test_numbers_that_changed_after_the_look_are_not_believed() -> None:
    with scripted(Scripted(mails={1: mail(1)})) as server:
        source = over(server)
        source.look("INBOX")

        with pytest.raises(UnavailableError, match="UIDVALIDITY"):
            source.list("INBOX", Seen(uidvalidity=8, exists=1))
        source.close()


def test_a_mail_that_is_answered_with_no_costs_the_others_nothing() -> None:
    """NetEase answers NO to a command in which one mail cannot be shown."""
    with scripted(Scripted(mails={uid: mail(uid) for uid in (1, 2, 3)}, refused={2})) as server:
        source = over(server)
        found = collected(source)
        source.close()

    assert [(one.uid, isinstance(one, Taken)) for one in found] == [(1, True), (2, False), (3, True)]
    assert len(server.logins) == 1


def test_a_mail_without_a_single_octet_is_withheld_and_not_taken_in() -> None:
    with scripted(Scripted(mails={1: mail(1), 2: b""}, announced={2: 500})) as server:
        source = over(server)
        found = collected(source)
        source.close()

    assert [isinstance(one, Taken) for one in found] == [True, False]


def test_nothing_is_asked_for_with_a_star_which_names_the_last_mail_even_below_the_mark() -> None:
    with scripted(Scripted(mails={uid: mail(uid) for uid in (1, 2)})) as server:
        source = over(server)

        assert collected(source, after_uid=2) == []
        assert collected(source, after_uid=9) == []
        source.close()

    assert not any("*" in line for line in server.lines)


@pytest.mark.parametrize("announced", [0, 1, 10**9])
@pytest.mark.parametrize("octets", [1, 4000])
def test_a_small_mail_comes_whole_whatever_size_is_announced(announced: int, octets: int) -> None:
    text = mail(1, "x" * octets)
    with scripted(Scripted(mails={1: text, 2: mail(2)}, announced={1: announced})) as server:
        source = over(server)

        assert [one.octets for one in messages(collected(source))] == [text, mail(2)]
        source.close()


@pytest.mark.parametrize("uidvalidity", [0, 7])
def test_a_uidvalidity_of_zero_is_handed_on_as_it_is(uidvalidity: int) -> None:
    with scripted(Scripted(mails={1: mail(1)}, uidvalidity=uidvalidity)) as server:
        source = over(server)

        assert source.look("INBOX").uidvalidity == uidvalidity
        assert len(collected(source)) == 1
        source.close()


@pytest.mark.parametrize("bye", [True, False])
@pytest.mark.parametrize("octets", [mail(1), big()])
def test_a_connection_that_ends_or_stalls_in_a_mail_hands_over_nothing_of_it(
    bye: bool, octets: bytes
) -> None:
    server = Scripted(mails={1: octets}, broken="UID FETCH", bye_mid_literal=bye)
    with scripted(server):
        source = over(server, timeout_seconds=0.3)
        with pytest.raises(UnavailableError, match=r"没有回应|断了"):
            collected(source)
        server.broken = ""

        assert [one.octets for one in messages(collected(source))] == [octets]
        source.close()


# ------------------------------------------------------------ big mails


@pytest.mark.parametrize("ranges", ["kept", "ignored", "echoed", "unlabelled", "short"])
@pytest.mark.parametrize("announced", [BIG - 400_000, BIG, BIG + 10**6])
@pytest.mark.parametrize("octets", [BIG, 9 * PIECE_OCTETS])
def test_no_octet_of_a_big_mail_comes_twice_or_is_lost(ranges: str, announced: int, octets: int) -> None:
    with scripted(Scripted(mails={1: big(octets)}, announced={1: announced}, ranges=ranges)) as server:
        source = over(server, timeout_seconds=10)
        (found,) = messages(collected(source))
        source.close()

    assert found.octets == big(octets)
    assert found.size == announced


def test_a_big_mail_is_asked_for_in_pieces_until_one_is_short() -> None:
    with scripted(Scripted(mails={1: big()})) as server:
        source = over(server)
        collected(source)
        source.close()

    asked = [line.removeprefix("UID FETCH 1 ") for line in server.lines if "BODY" in line]
    assert asked == [
        f"(BODY.PEEK[]<{n * PIECE_OCTETS}.{PIECE_OCTETS}>)" for n in range(BIG // PIECE_OCTETS + 1)
    ]


def test_a_big_mail_of_thirty_megabytes_costs_a_few_of_memory() -> None:
    octets = big(30 * 1024**2)
    with scripted(Scripted(mails={1: octets}, announced={1: 31 * 1024**2})) as server:
        source = over(server, timeout_seconds=10)
        listing = source.list("INBOX", source.look("INBOX"))
        tracemalloc.start()
        (one,) = source.fetch("INBOX", listing.mails)
        assert isinstance(one, Message)
        had = sum(len(piece) for piece in one.pieces)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        source.close()

    assert had == len(octets)
    assert most < 12 * 1024**2


def test_a_big_mail_without_a_time_of_the_server_is_dated_by_its_first_piece() -> None:
    server = Scripted(mails={1: big()}, received={1: datetime(1970, 1, 1, tzinfo=UTC)})
    with scripted(server):
        source = over(server)
        (found,) = messages(collected(source))
        source.close()

    assert (found.received_from, found.received) == ("received", datetime(2024, 6, 1, 2, tzinfo=UTC))


def test_a_big_mail_that_does_not_begin_is_missed() -> None:
    with scripted(Scripted(mails={1: big(), 2: mail(2)}, nil_from=0)) as server:
        source = over(server)
        found = collected(source)
        source.close()

    assert [(one.uid, isinstance(one, Taken)) for one in found] == [(1, False), (2, True)]


def test_a_big_mail_that_stops_before_its_end_is_withheld_and_the_others_come() -> None:
    with scripted(Scripted(mails={1: big(), 2: mail(2)}, nil_from=2 * PIECE_OCTETS)) as server:
        source = over(server)
        listing = source.list("INBOX", source.look("INBOX"))
        handed: Iterator[Message | Missed] = source.fetch("INBOX", listing.mails)
        first = next(handed)
        assert isinstance(first, Message)
        pieces = iter(first.pieces)
        assert sum(map(len, islice(pieces, 2))) == 2 * PIECE_OCTETS
        server.withheld.add(1)
        with pytest.raises(WithheldError, match="没有把整封交出"):
            next(pieces)
        assert isinstance(next(handed), Message)
        source.close()


@pytest.mark.parametrize(
    ("stops", "gives"),
    [
        (
            "refuses from the third piece on",
            lambda offset: PIECE_OCTETS if offset < 2 * PIECE_OCTETS else None,
        ),
        ("is empty from the third piece on", lambda offset: PIECE_OCTETS if offset < 2 * PIECE_OCTETS else 0),
        ("is short and then refuses", {0: PIECE_OCTETS, PIECE_OCTETS: 500}.get),
        ("gives less than was asked for", lambda _offset: 300_000),
    ],
)
def test_an_end_before_the_announced_size_is_looked_at_again(
    stops: str, gives: Callable[[int], int | None]
) -> None:
    octets = big(6 * PIECE_OCTETS)

    def ask(offset: int | None) -> Piece | None:
        if offset is None:
            return Piece(origin=0, octets=octets)
        length = gives(offset)
        return None if length is None else Piece(origin=offset, octets=octets[offset : offset + length])

    assert b"".join(in_pieces(ask, len(octets))) == octets, stops


def test_a_server_that_answers_no_to_everything_has_removed_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Throttling: a NO says nothing of what is there."""
    as_ever = Session._fetch

    def throttled(self: Session, rest: str, *, by_uid: bool) -> bytes | str:
        return "NO [LIMIT] too many requests" if by_uid else as_ever(self, rest, by_uid=by_uid)

    monkeypatch.setattr(Session, "_fetch", throttled)
    with scripted(Scripted(mails={1: mail(1), 2: mail(2)})) as server:
        source = over(server)
        listing = source.list("INBOX", source.look("INBOX"))
        missed = list(source.fetch("INBOX", listing.mails))
        source.close()

    assert [(one.uid, one.gone) for one in missed if isinstance(one, Missed)] == [(1, False), (2, False)]


# ------------------------------------------------------------ providers


def test_qq_is_asked_nothing_that_it_answers_with_bad() -> None:
    with scripted(qq({uid: mail(uid) for uid in range(1, 60)})) as server:
        source = over(server)

        assert len(messages(collected(source))) == 59
        source.close()

    sets = [line.split()[2 if line.startswith("UID") else 1] for line in server.lines if "FETCH" in line]
    assert all([*map(int, one.split(","))] == sorted(map(int, one.split(","))) for one in sets)
    assert not any("SEARCH" in line or "CHARSET" in line for line in server.lines)


def test_mails_that_a_window_hid_are_listed_once_it_opens() -> None:
    start = datetime(2024, 5, 1, tzinfo=UTC)
    server = qq(
        {uid: mail(uid) for uid in (1, 2, 3)},
        received={uid: start + timedelta(days=20 * uid) for uid in (1, 2, 3)},
        window_from=start + timedelta(days=30),
    )
    with scripted(server):
        source = over(server)
        seen = source.look("INBOX")
        assert (seen.exists, seen.earliest) == (2, start + timedelta(days=40))
        assert [one.uid for one in collected(source)] == [2, 3]

        server.hidden_before = None
        assert source.look("INBOX").earliest == start + timedelta(days=20)
        assert [one.uid for one in collected(source)] == [1, 2, 3]
        source.close()


def test_the_one_refusal_of_qq_is_told_with_its_three_causes() -> None:
    server = qq({})
    server.login = QQ_REFUSAL
    with (
        scripted(server),
        pytest.raises(UnavailableError, match=r"Login fail.*授权码错误.*服务未开启.*登录过于频繁"),
    ):
        over(server).look("INBOX")


def test_a_server_that_hangs_up_at_the_login_twice_in_a_row_counts_as_a_refusal() -> None:
    with scripted(qq({}, bears=(1, 60))) as server, closing(over(server)) as first:
        first.look("INBOX")
        second = over(server)
        with pytest.raises(UnavailableError, match=r"断开了连接.*下次再试"):
            second.look("INBOX")
        with pytest.raises(UnavailableError, match=r"断开了连接.*登录过于频繁"):
            second.look("INBOX")
        with pytest.raises(UnavailableError, match="以前不再登录"):
            second.look("INBOX")

    assert len(server.logins) == 3


def test_netease_is_told_who_asks_after_the_login() -> None:
    with scripted(netease({1: mail(1)})) as server:
        source = over(server)

        assert len(messages(collected(source))) == 1
        source.close()


def test_a_folder_that_is_there_and_not_shown_is_no_wrong_setting() -> None:
    server = netease({})
    server.knows_id = False
    with (
        scripted(server),
        closing(over(server)) as source,
        pytest.raises(UnavailableError, match=r"现在不让看文件夹 INBOX.*Unsafe Login"),
    ):
        source.look("INBOX")


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        (qq({}), ("INBOX", "Junk")),
        (netease({}), ("INBOX", "垃圾邮件")),
        (Scripted(folders={"INBOX": "", "Junk E-mail": ""}), ("INBOX", "Junk E-mail")),
        (Scripted(folders={"INBOX": "", "Spam": "", "INBOX/Ads": "\\Junk"}), ("INBOX", "INBOX/Ads")),
        (Scripted(folders={"INBOX": "", "Junk": "\\Noselect"}), ("INBOX",)),
        (Scripted(), ("INBOX",)),
    ],
)
def test_the_junk_folder_is_found_by_its_mark_or_its_name(
    server: Scripted, expected: tuple[str, ...]
) -> None:
    with scripted(server):
        source = open_mailbox(server.address, user=USER, password=PASSWORD, timeout_seconds=2, junk=True)

        assert source.folders() == expected
        source.close()


def test_no_folder_is_polled_twice() -> None:
    with scripted(qq({})) as server:
        source = open_mailbox(
            server.address,
            user=USER,
            password=PASSWORD,
            folders=("Inbox", "Junk", "INBOX"),
            timeout_seconds=2,
            junk=True,
        )

        assert source.folders() == ("Inbox", "Junk")
        source.close()


def test_chinese_names_of_folders_travel_in_modified_utf_7() -> None:
    with scripted(qq({1: mail(1)})) as server:
        source = over(server, folders=("其他文件夹/活动材料",))

        assert len(messages(collected(source))) == 1
        source.close()

    assert 'EXAMINE "&UXZO1mWHTvZZOQ-/&bTtSqGdQZZk-"' in server.lines


def test_a_folder_that_is_not_there_is_refused_with_those_that_are() -> None:
    with scripted(qq({})) as server:
        source = over(server, folders=("垃圾桶",))

        with pytest.raises(
            SettingsError, match=r"没有文件夹 垃圾桶.*现有：INBOX、.*Junk、其他文件夹/活动材料$"
        ):
            source.look("垃圾桶")
        assert source.look("INBOX").exists == 0, "the connection is as good as before"
        source.close()

    assert len(server.logins) == 1


def test_a_folder_whose_name_is_badly_coded_hides_no_other() -> None:
    server = Scripted(folders={"INBOX": "", "R&D": "", "&V4NXPpCuTvY-": ""})
    with (
        scripted(server),
        closing(over(server)) as source,
        pytest.raises(SettingsError, match="现有：INBOX、R&D、垃圾邮件"),
    ):
        source.look("nowhere")


# ------------------------------------------------------------ waiting


def test_who_waits_for_the_server_wakes_up_once() -> None:
    """A machine that sleeps well pays for every time it is woken."""
    client, server = socket.socketpair()
    with client, server:
        before = resource.getrusage(resource.RUSAGE_THREAD).ru_nvcsw
        Stop().wait(1.2, client)
        woken = resource.getrusage(resource.RUSAGE_THREAD).ru_nvcsw - before

    assert woken == 1


def waiting(source: ImapMailbox, seconds: float = 5) -> tuple[bool, float]:
    began = time.monotonic()
    return source.wait("INBOX", seconds), time.monotonic() - began


def test_a_mail_that_comes_ends_the_wait_at_once() -> None:
    with scripted(qq({1: mail(1)})) as server:
        source = over(server)
        collected(source)
        threading.Timer(0.5, server.deliver, (2, mail(2))).start()

        told, seconds = waiting(source)

        assert told
        assert seconds < 2
        assert [one.uid for one in collected(source, after_uid=1)] == [2]
        source.close()


def test_a_mail_that_came_between_poll_and_wait_is_not_waited_for() -> None:
    with scripted(qq({1: mail(1)})) as server:
        source = over(server)
        collected(source)
        server.mails[2] = mail(2)

        assert waiting(source)[0]
        source.look("INBOX")
        assert not waiting(source, 0.7)[0]
        source.close()


def test_without_idle_after_the_login_the_wait_is_a_sleep() -> None:
    with scripted(Scripted(mails={1: mail(1)})) as server:
        source = over(server)
        collected(source)

        told, seconds = waiting(source, 0.6)

        assert not told
        assert 0.5 < seconds < 1.5
        assert "IDLE" not in server.lines
        source.close()


def test_words_of_the_server_that_come_in_halves_are_read_whole() -> None:
    """One packet may end in the middle of a line: the mail is told of, and the connection stays."""
    with scripted(qq({1: mail(1)})) as server:
        source = over(server)
        collected(source)

        threading.Timer(0.3, server.deliver, (2, mail(2)), {"in_halves": True}).start()
        told, seconds = waiting(source, 20)

        assert told
        assert seconds < 3
        assert source._connection.client is not None
        assert len(messages(collected(source))) == 2
        assert len(server.logins) == 1
        source.close()


def test_a_server_that_hangs_up_in_idle_is_noticed_and_does_not_make_us_spin() -> None:
    with scripted(qq({1: mail(1)})) as server:
        source = over(server)
        collected(source)
        threading.Timer(0.3, server.hang_up).start()
        began = time.process_time()

        told, seconds = waiting(source, 2)

        assert not told
        assert 1.9 < seconds < 3
        assert time.process_time() - began < 0.5
        assert source._connection.client is None
        assert server.lines.count("IDLE") == 1
        assert len(messages(collected(source))) == 1
        source.close()


def test_a_server_that_offers_idle_and_does_not_answer_it_is_not_asked_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pipeline.mailbox.imap.IDLE_FAILURES", 2)
    server = qq({1: mail(1)})
    server.hangs = "IDLE"
    with scripted(server):
        source = over(server, timeout_seconds=0.2)
        for _ in range(4):
            collected(source)
            assert not source.wait("INBOX", 0.7)
        source.close()

    assert len(server.logins) == 3


@pytest.mark.parametrize("capabilities", ["IDLE", ""])
def test_sigterm_ends_the_wait_within_a_second(capabilities: str) -> None:
    stop = Stop()
    before = signal.signal(signal.SIGTERM, lambda *_: stop.set())
    try:
        with scripted(Scripted(mails={1: mail(1)}, capabilities_inside=capabilities)) as server:
            source = over(server)
            collected(source)
            threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGTERM)).start()
            began = time.monotonic()

            assert not source.wait("INBOX", 20, stop)
            assert time.monotonic() - began < 1.3
            source.close()
    finally:
        signal.signal(signal.SIGTERM, before)


def test_no_wait_logs_in_by_itself() -> None:
    with scripted(qq({})) as server:
        assert not over(server).wait("INBOX", 0.1)

    assert server.logins == []


def test_numbers_that_changed_between_look_and_list_are_not_believed() -> None:
    with scripted(Scripted(mails={1: mail(1)})) as server:
        source = over(server)
        seen = source.look("INBOX")
        source._connection.drop()
        server.uidvalidity = 8

        with pytest.raises(UnavailableError, match="UIDVALIDITY"):
            source.list("INBOX", seen)
        source.close()
