"""The register as it stood at a moment: what had come by then, and what people had decided by then."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.earlier import Facts, earlier, moment
from pipeline.errors import UsageError
from pipeline.records import Attachment, Correction, Filed, Span, State
from tests import season as made

LAST = made.at(23, 12)
DEADLINE = moment("2024-06-20 24:00")


def facts(filed: tuple[Filed, ...] | None = None, **traits: object) -> Facts:
    mails = made.season() if filed is None else filed
    return replace(Facts(filed=mails, corrections=(), events=made.custody(mails).events), **traits)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2024-06-20 24:00", datetime(2024, 6, 20, 16, tzinfo=UTC)),
        ("2024-06-20", datetime(2024, 6, 20, 16, tzinfo=UTC)),
        ("2024-6-20 18:05", datetime(2024, 6, 20, 10, 5, tzinfo=UTC)),
        ("2024-06-20T18:05:09", datetime(2024, 6, 20, 10, 5, 9, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_as_people_write_it(written: str, utc: datetime) -> None:
    assert moment(written) == utc


@pytest.mark.parametrize(
    "written", ["", "6月20日", "2024-13-01", "2024-06-31 10:00", "2024-06-20 24:01", "2024-06-20 25:00"]
)
def test_what_is_no_moment_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(UsageError, match="2024-06-20 24:00"):
        moment(written)


def test_mails_that_the_mailbox_got_later_are_not_there() -> None:
    """The deadline's last second is in, the next is out, whenever we took them in."""
    then = earlier(facts(), DEADLINE)

    assert [one.item.accession for one in then.filed] == [f"2024-{n:05d}" for n in range(1, 8)]
    assert {one.accession for one in then.events} == {f"2024-{n:05d}" for n in range(1, 8)}


def test_a_mail_whose_time_only_the_sender_says_is_there_since_we_took_it_in() -> None:
    mails = made.season()
    item = replace(mails[0].item, received_from="date", captured=DEADLINE + timedelta(seconds=1))
    then = earlier(facts((replace(mails[0], item=item),)), DEADLINE)

    assert then.filed == ()


def test_of_now_all_is_as_it_is() -> None:
    assert earlier(facts(), LAST) == facts()


@given(st.integers(0, 23), st.integers(0, 23))
def test_the_earlier_of_the_later_is_the_earlier(one: int, other: int) -> None:
    first, second = sorted((made.at(1) + timedelta(days=one), made.at(1) + timedelta(days=other)))

    assert earlier(earlier(facts(), second), first) == earlier(facts(), first)


def test_a_mail_dismissed_later_still_waited_then() -> None:
    mails = made.season()
    held = mails[9]
    dismissed = replace(held, item=replace(held.item, state=State.DISMISSED, reason="广告"))
    event = replace(
        made.custody().events[-1],
        accession=held.item.accession,
        action="dismiss",
        before="held",
        after="dismissed",
        at=LAST + timedelta(days=1),
    )
    now = facts((dismissed,))
    now = replace(now, events=(*now.events, event))

    (then,) = earlier(now, LAST).filed
    assert (then.item.state, then.item.reason) == (State.HELD, "")
    assert earlier(now, LAST + timedelta(days=2)).filed == (dismissed,)


def test_decisions_of_later_do_not_count_yet() -> None:
    def decided(when: datetime) -> Correction:
        return Correction(
            accession="2024-00001",
            field="kind",
            old="submission",
            new="other",
            by="王芳",
            why="广告",
            at=when,
        )

    early, late = decided(made.at(15)), decided(made.at(22))

    assert earlier(facts(corrections=(early, late)), DEADLINE).corrections == (early,)


def test_a_file_added_later_is_taken_out_with_all_that_was_found_in_it() -> None:
    (one,) = made.season()[:1]
    assert one.filing is not None
    place = "补入1/补充.docx"
    first = one.filing.activities[0]
    moved = replace(
        first, activity=replace(first.activity, spans=(Span(part=place, block=0, start=0, end=2),))
    )
    part = replace(one.filing.parts[0], path=place)
    filing = replace(one.filing, parts=(*one.filing.parts, part), activities=(*one.filing.activities, moved))
    added = Attachment(
        accession=one.item.accession,
        place=1,
        name="补充.docx",
        sha256="a" * 64,
        size=3,
        by="王芳",
        at=made.at(22),
    )
    now = facts((replace(one, filing=filing),), attachments=(added,))

    then = earlier(now, DEADLINE)

    assert (then.filed, then.attachments) == ((one,), ())
    assert earlier(now, made.at(22)).filed == now.filed
