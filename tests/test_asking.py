"""One question ahead: the server sends the next mails while these are written down, and no answer is mixed up."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.mailbox import Message, Missed
from pipeline.mailbox.asking import Question, _answer, _sent
from pipeline.mailbox.imap import ImapMailbox
from pipeline.mailbox.pieces import PIECE_OCTETS
from tests.mailbox.boxes import opened, pymap_box
from tests.mailbox.mails import arrived, mail
from tests.mailbox.scripted import Scripted, scripted
from tests.mailbox.taking import collected, messages, over, taken

BIG = 9 * PIECE_OCTETS


@pytest.fixture(autouse=True)
def _two_mails_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.mailbox.imap.FETCHED_AT_ONCE", 2)


def asked(server: Scripted) -> list[str]:
    return [line for line in server.lines if "BODY" in line]


def within(true: Callable[[], bool], seconds: float = 10) -> bool:
    """Whether it becomes true in time: the server has threads of its own."""
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    return true()


def big(uid: int) -> bytes:
    return mail(uid) + bytes([uid]) * (BIG - len(mail(uid)))


def test_the_halves_of_a_fetch_are_the_whole(tmp_path: Path) -> None:
    with pymap_box(tmp_path) as box:
        for number in (1, 2, 3):
            box.deliver(mail(number), arrived(number))
        source = opened(box)
        assert isinstance(source, ImapMailbox)
        source.look("INBOX")
        with source._connection.talking() as client:
            for item in ("BODY.PEEK[]", "RFC822.SIZE", "BODY.PEEK[]<3.5>"):
                assert _answer(client, _sent(client, Question((1, 3), item))) == client.fetch([1, 3], [item])
        source.close()


@pytest.mark.parametrize("octets", [mail, big])
def test_the_next_mails_are_asked_for_before_these_are_used(octets: Callable[[int], bytes]) -> None:
    with scripted(Scripted(mails={uid: octets(uid) for uid in range(1, 6)})) as server:
        source = over(server)
        listing = source.list("INBOX", source.look("INBOX"))
        handed = source.fetch("INBOX", listing.mails)

        first = next(handed)

        assert isinstance(first, Message)
        second = f"1 (BODY.PEEK[]<{PIECE_OCTETS}.{PIECE_OCTETS}>)" if octets is big else "3,4 (BODY.PEEK[])"
        assert within(lambda: asked(server)[1:] == [f"UID FETCH {second}"]), asked(server)
        handed.close()  # type: ignore[attr-defined] # it is a generator
        source.close()


def test_what_was_asked_ahead_and_is_not_wanted_leaves_a_connection_that_can_be_used() -> None:
    with scripted(Scripted(mails={uid: mail(uid) for uid in range(1, 6)})) as server:
        source = over(server)
        listing = source.list("INBOX", source.look("INBOX"))
        handed = source.fetch("INBOX", listing.mails)
        next(handed)
        handed.close()  # type: ignore[attr-defined]  # it is a generator

        assert [one.octets for one in messages(collected(source))] == [mail(uid) for uid in range(1, 6)]
        assert len(server.logins) == 1
        source.close()


def test_another_question_in_between_gets_its_own_answer() -> None:
    """A mail that is left out is asked for alone, while the answer to the question ahead is on its way."""
    mails = {uid: big(uid) if uid == 4 else mail(uid) for uid in range(1, 8)}
    with scripted(Scripted(mails=mails, withheld={2, 6}, refused={7})) as server:
        source = over(server, timeout_seconds=10)
        found = collected(source)
        source.close()

    assert {one.uid: one.octets for one in found if not isinstance(one, Missed)} == {
        uid: mails[uid] for uid in (1, 3, 4, 5)
    }
    assert [one.uid for one in found] == sorted(mails)


def test_no_mail_is_asked_for_twice_where_the_server_answers() -> None:
    mails = {uid: big(uid) if uid % 3 == 0 else mail(uid) for uid in range(1, 10)}
    with scripted(Scripted(mails=mails)) as server:
        source = over(server, timeout_seconds=10)
        listing = source.list("INBOX", source.look("INBOX"))
        had = {
            one.uid: one.octets
            for one in taken(source.fetch("INBOX", listing.mails))
            if not isinstance(one, Missed)
        }
        source.close()

    assert had == mails
    assert len(asked(server)) == len(set(asked(server)))
