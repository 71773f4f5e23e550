"""Tests of pipeline/register/sharing.py."""

from __future__ import annotations

import msgspec

from pipeline.records import Address, Filing
from pipeline.register.sharing import share
from tests.season import activity, filing

OCTETS = msgspec.json.encode(
    filing("甲学会", [activity("开放日", "5月30日开放日，30人参加", 5, people=(30, "30人"))])
)


def _decoded() -> Filing:
    return msgspec.json.decode(OCTETS, type=Filing)


def test_records_say_after_it_what_they_said_before() -> None:
    """Only what is equal takes the place of anything."""
    one, other = _decoded(), _decoded()

    share([one])

    assert one == other
    assert msgspec.json.encode(one) == OCTETS


def test_equal_words_of_two_mails_are_one_string() -> None:
    """Paths, names and quotations of one mail are those of the next; so are those within pairs."""
    one, other = _decoded(), _decoded()
    assert one.parts[0].path is not other.parts[0].path

    share([one, other])

    assert one.parts[0].path is other.parts[0].path
    assert one.activities[0].activity.spans[0].part is other.activities[0].activity.spans[0].part
    assert one.identification.evidence[0][1] is other.identification.evidence[0][1]


def test_equal_words_deep_in_records_are_one_string() -> None:
    """In records that stand alone, in tuples, or where there may be none; of what hardly comes twice nothing is looked up."""
    one, other = _decoded(), _decoded()

    share([one])
    share([other])

    mine, theirs = one.activities[0].activity, other.activities[0].activity
    assert mine.participants and theirs.participants
    assert mine.participants.words is theirs.participants.words
    assert mine.participants.span.part is theirs.participants.span.part
    assert one.mail.sender.name is other.mail.sender.name
    assert mine.text == theirs.text
    assert mine.text is not theirs.text


def test_records_of_several_kinds_are_shared_at_once() -> None:
    """What is no record is left alone, and so is nothing at all."""
    address, mail = Address(name="甲" * 2), _decoded()
    share([address, mail, None])

    share([])

    assert address == Address(name="甲甲")
