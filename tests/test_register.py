"""The law of states, the chain and its triggers, and tampering that verify finds."""

from __future__ import annotations

import os
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg.errors import RaiseException
from sqlalchemy import select, update

from pipeline import VERSION
from pipeline.archive import Archive, FolderArchive
from pipeline.errors import IntegrityError, PermanentError, ShouwenError, TransientError, UsageError
from pipeline.records import (
    Act,
    Activity,
    Attachment,
    Block,
    Classification,
    Correction,
    Document,
    Event,
    Filing,
    Identification,
    Judged,
    Kind,
    Mail,
    Part,
    Picture,
    Reading,
    Span,
    State,
    Stated,
    Style,
)
from pipeline.register import MAX_ATTEMPTS, Basis, Capture, Poll, Register, Sighting, Standing, basis, chain
from pipeline.register.chain import event_digest, words_digest
from pipeline.register.opening import MIGRATIONS, transaction
from pipeline.register.step import MACHINE
from pipeline.register.tables import REVISION, metadata
from tests.database import emptied_register, tamper

NOW = datetime(2024, 6, 1, 1, 2, 3, 4, tzinfo=UTC)
BASIS = basis("rules", ("antiword",), ("1234",))
SPAN = Span(part="1", block=0, start=0, end=2)
FILING = Filing(
    mail=Mail(subject="总结", sent=NOW),
    parts=(Part(path="1", name_octets=b"\xbd\xd8", sha256="0" * 64, size=3),),
    pictures=(Picture(part="1", width=1, height=1, thumbnail=b"\xff\xd8"),),
    kind=Kind.SUBMISSION,
    identification=Identification(best="某区科协", in_roster=True, decided=True),
    activities=(
        Judged(
            activity=Activity(
                title="义诊",
                text="义诊50人",
                spans=(SPAN,),
                date_start=Stated(value=date(2024, 5, 30), words="5月30日", span=SPAN),
                participants=Stated(value=50, words="50人", span=SPAN),
            ),
            classification=Classification(code=5, decided=True, confidence=0.9, candidates=((5, 0.9),)),
        ),
    ),
)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return FolderArchive(tmp_path / "archive")


@pytest.fixture(params=["sqlite", "postgresql"])
def register(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Register]:
    """Whatever holds of a register holds of one in a file and of one in a database server."""
    if request.param == "postgresql":
        yield emptied_register()
        return
    with closing(Register(tmp_path / "register.db", year=2024)) as register:
        yield register


@pytest.fixture
def file_register(tmp_path: Path) -> Iterator[Register]:
    with closing(Register(tmp_path / "register.db", year=2024)) as register:
        yield register


def capture(archive: Archive, number: int = 1, *, uid: int | None = None, uidvalidity: int = 7) -> Capture:
    blob = archive.put(b"mail %d" % number)
    place = Sighting(account="me@host", folder="INBOX", uidvalidity=uidvalidity, uid=uid or number)
    return Capture(
        sha256=blob.sha256, size=blob.size, received=NOW, received_from="internaldate", sighting=place
    )


def reading(archive: Archive, number: int = 1) -> Reading:
    return Reading(
        sha256=archive.put(b"mail %d" % number).sha256,
        version=VERSION,
        abilities=("antiword",),
        mails=(Mail(subject="总结"),),
        parts=FILING.parts,
        documents=(Document(part="1", blocks=(Block(style=Style.PARAGRAPH, text="义诊50人"),)),),
    )


def stand(register: Register, archive: Archive, state: State) -> str:
    """Bring one mail into *state* by the ways there are."""
    (accession,) = register.capture([capture(archive)], at=NOW)
    if state is State.FILED:
        file(register, accession)
    elif state is State.HELD:
        hold(register, accession)
    elif state is State.DISMISSED:
        register.dismiss(accession, by="王芳", why="广告", at=NOW)
    return accession


def file(register: Register, accession: str, filing: Filing = FILING, on: Basis = BASIS) -> None:
    register.begin(accession, at=NOW)
    register.file(accession, filing, basis=on, at=NOW)


def hold(register: Register, accession: str) -> None:
    for _ in range(MAX_ATTEMPTS - 1):
        register.begin(accession, at=NOW)
        register.defer(accession, why="读件进程死掉", at=NOW)
    register.begin(accession, at=NOW)
    register.hold(accession, why="读件进程死掉", at=NOW)


def correction(accession: str) -> Correction:
    return Correction(
        accession=accession, field="unit", old="甲", new="乙", by="王芳", why="电话核实", at=NOW
    )


def score() -> Correction:
    return replace(correction(""), field="score/B1/某区科协", old="", new="8", why="看了原件")


def about(number: int, act: Act, by: str = "王芳") -> Correction:
    """What undoes or signs."""
    return Correction(
        accession="", field="", old="", new="", by=by, why="看错了", at=NOW, act=act, about=number
    )


def attachment(archive: Archive, accession: str, octets: bytes = b"PK photos") -> Attachment:
    blob = archive.put(octets)
    return Attachment(
        accession=accession,
        name="照片.zip",
        sha256=blob.sha256,
        size=blob.size,
        link="https://pan.baidu.com/s/1AbC?pwd=k3m9",
        by="王芳",
        at=NOW,
    )


# ------------------------------------------------------------ the law of states

MAIL = sha256(b"mail 1").hexdigest()
"""What the archive of these tests holds: a mail may be added to itself."""
MOVES: dict[str, Callable[[Register, str], object]] = {
    "begin": lambda register, a: register.begin(a, at=NOW),
    "file": lambda register, a: register.file(a, FILING, basis=BASIS, at=NOW),
    "defer": lambda register, a: register.defer(a, why="x", at=NOW),
    "hold": lambda register, a: register.hold(a, why="x", at=NOW),
    "release": lambda register, a: register.release(a, by="王芳", why="x", at=NOW),
    "dismiss": lambda register, a: register.dismiss(a, by="王芳", why="x", at=NOW),
    "correct": lambda register, a: register.correct(correction(a)),
    "reopen": lambda register, a: register.reopen(a, by="王芳", why="x", at=NOW),
    "attach": lambda register, a: register.attach(
        Attachment(accession=a, name="x", sha256=MAIL, size=6, by="王芳", at=NOW)
    ),
}
LAW = {
    (State.CAPTURED, "begin"): State.CAPTURED,
    (State.CAPTURED, "dismiss"): State.DISMISSED,
    (State.FILED, "begin"): State.FILED,
    (State.FILED, "correct"): State.FILED,
    (State.FILED, "reopen"): State.FILED,
    (State.CAPTURED, "attach"): State.CAPTURED,
    (State.FILED, "attach"): State.FILED,
    (State.HELD, "attach"): State.HELD,
    (State.HELD, "release"): State.CAPTURED,
    (State.HELD, "dismiss"): State.DISMISSED,
}
"""All that is possible where no attempt is open; everything else must raise and write nothing."""


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("move", list(MOVES))
def test_the_law_of_states(register: Register, archive: Archive, state: State, move: str) -> None:
    accession = stand(register, archive, state)
    head, item = register.head(), register.item(accession)

    if (state, move) in LAW:
        MOVES[move](register, accession)
        assert register.item(accession).state is LAW[state, move]
        both = (state, move) == (State.FILED, "attach")  # what was added, and that the mail is due again
        assert register.head()[0] == head[0] + 1 + both
    else:
        with pytest.raises(UsageError, match=accession):
            MOVES[move](register, accession)
        assert (register.head(), register.item(accession)) == (head, item)
    assert register.verify(archive) == ()


def test_an_open_attempt_ends_once(register: Register, archive: Archive) -> None:
    accession = stand(register, archive, State.CAPTURED)
    register.begin(accession, at=NOW)
    with pytest.raises(UsageError, match="还没有结束"):
        register.begin(accession, at=NOW)
    with pytest.raises(UsageError, match="只试过 1 次"):
        register.hold(accession, why="x", at=NOW)

    register.file(accession, FILING, basis=BASIS, at=NOW)

    with pytest.raises(UsageError, match="没有正在办理"):
        register.file(accession, FILING, basis=BASIS, at=NOW)


def test_a_mail_dismissed_while_it_is_read_is_not_filed(register: Register, archive: Archive) -> None:
    accession = stand(register, archive, State.CAPTURED)
    register.begin(accession, at=NOW)
    register.dismiss(accession, by="王芳", why="广告", at=NOW)

    with pytest.raises(UsageError, match="不予受理"):
        register.file(accession, FILING, basis=BASIS, at=NOW)


def test_three_failed_attempts_and_a_fourth_is_refused(register: Register, archive: Archive) -> None:
    accession = stand(register, archive, State.CAPTURED)
    for _ in range(MAX_ATTEMPTS):
        register.begin(accession, at=NOW)
        register.defer(accession, why="x", at=NOW)

    with pytest.raises(UsageError, match="已经试过 3 次"):
        register.begin(accession, at=NOW)


def test_a_released_mail_has_three_attempts_again(register: Register, archive: Archive) -> None:
    accession = stand(register, archive, State.HELD)
    assert "读件进程死掉" in register.item(accession).reason
    register.release(accession, by="王芳", why="工具已装", at=NOW)

    assert (register.item(accession).attempts, register.item(accession).reason) == (0, "")
    hold(register, accession)


def test_a_decision_needs_a_name_and_a_reason(register: Register, archive: Archive) -> None:
    accession = stand(register, archive, State.HELD)
    for by, why in (("", "x"), ("王芳", " ")):
        with pytest.raises(UsageError, match="姓名"):
            register.release(accession, by=by, why=why, at=NOW)


def test_an_unknown_accession_is_said_to_be_unknown(register: Register) -> None:
    for ask in (register.item, lambda a: register.begin(a, at=NOW)):
        with pytest.raises(UsageError, match="没有收文号 2024-00099"):
            ask("2024-00099")


# ------------------------------------------------------------ taking in


def test_accessions_count_from_one_in_order_of_arrival(register: Register, archive: Archive) -> None:
    assert register.capture([capture(archive, n) for n in (1, 2)], at=NOW) == ("2024-00001", "2024-00002")
    assert register.capture([capture(archive, 3)], at=NOW) == ("2024-00003",)


def test_the_same_octets_elsewhere_are_a_sighting_with_an_event_and_no_second_item(
    register: Register, archive: Archive
) -> None:
    register.capture([capture(archive)], at=NOW)

    assert (
        register.capture([capture(archive, uid=50), capture(archive, uid=50)], at=NOW) == ("2024-00001",) * 2
    )
    assert len(register.items()) == 1
    assert [event.action for event in register.events()] == ["capture", "sight"]
    assert [sighting.uid for sighting, _ in register.sightings("2024-00001")] == [1, 50]


def test_capturing_twice_changes_nothing(register: Register, archive: Archive) -> None:
    register.capture([capture(archive, n) for n in (1, 2)], at=NOW)
    head = register.head()

    register.capture([capture(archive, n) for n in (1, 2)], at=NOW)

    assert register.head() == head


def test_a_uid_that_was_given_to_other_octets_is_another_mail(register: Register, archive: Archive) -> None:
    register.capture([capture(archive, 1, uid=5)], at=NOW)

    assert register.capture([capture(archive, 2, uid=5)], at=NOW) == ("2024-00002",)
    assert register.verify(archive) == ()


def test_a_batch_is_taken_in_whole_or_not_at_all(register: Register, archive: Archive) -> None:
    with pytest.raises(KeyError):
        register.capture([capture(archive), replace(capture(archive, 2), received_from="hearsay")], at=NOW)

    assert register.items() == ()
    assert register.head()[0] == 0


def test_what_is_gone_from_the_server_and_what_is_back_is_noted_with_an_event_and_stays_here(
    register: Register, archive: Archive
) -> None:
    captures = [capture(archive, n) for n in (1, 2)]
    register.capture(captures, at=NOW)

    register.note_missing([captures[1].sighting], at=NOW)
    register.note_missing([captures[1].sighting], at=NOW)
    assert register.standing("me@host", "INBOX", 7) == Standing(live=1, highest=1, ever=2)
    assert [event.action for event in register.events(accession="2024-00002")] == ["capture", "vanish"]
    assert register.verify(archive) == ()

    register.note_missing([], [replace(captures[1].sighting, gone=NOW)], at=NOW)
    assert register.standing("me@host", "INBOX", 7) == Standing(live=2, highest=2, ever=2)
    assert len(register.items()) == 2
    assert register.verify(archive) == ()


def test_a_mail_that_is_listed_otherwise_than_before_stays_one_sighting(
    register: Register, archive: Archive
) -> None:
    one = capture(archive)
    register.capture([one], at=NOW)
    register.capture([replace(one, sighting=replace(one.sighting, size=99))], at=NOW)

    assert [sighting.size for sighting, _ in register.sightings()] == [99]
    assert [event.action for event in register.events()] == ["capture", "sight"]
    assert register.verify(archive) == ()


def test_a_poll_adds_up_where_every_mail_of_the_server_is_here_or_was_refused() -> None:
    poll = Poll(account="me@host", folder="INBOX", at=NOW, exists=3, new=2, fetched=1, refused=1, known=2)

    assert poll.adds_up
    assert not replace(poll, exists=4).adds_up
    assert not replace(poll, refused=0).adds_up
    assert replace(poll, exists=4, error="断了").adds_up, "a poll that failed counts nothing"


def test_a_poll_is_written_down_without_an_event(register: Register) -> None:
    poll = Poll(account="me@host", folder="INBOX", at=NOW, exists=3, earliest=NOW, new=1, fetched=1)
    register.polled(poll)
    register.polled(replace(poll, at=NOW + timedelta(minutes=5), error="断了"))

    assert len(register.polls()) == 2
    assert register.last_poll() == poll, "the last one that went through"
    assert register.head()[0] == 0


# ------------------------------------------------------------ what is due


def test_captured_mails_and_those_filed_on_another_basis_are_due(
    register: Register, archive: Archive
) -> None:
    filed, _ = register.capture([capture(archive, n) for n in (1, 2)], at=NOW)
    file(register, filed)
    other = basis("other rules", ("antiword",), ("1234",))

    assert [item.accession for item in register.due(NOW, BASIS)] == ["2024-00002"]
    assert [item.accession for item in register.due(NOW, other)] == ["2024-00001", "2024-00002"]


def test_the_order_of_abilities_is_no_other_basis_but_a_gained_one_is() -> None:
    assert basis("r", ("a", "b")).digest == basis("r", ("b", "a")).digest
    assert len({basis("r", hands).digest for hands in ((), ("a",), ("a", "b"))}) == 3
    assert basis("r", (), ("1",)).digest != basis("r", ("1",), ()).digest


def test_failed_attempts_wait_one_five_and_twenty_minutes_and_a_little(
    register: Register, archive: Archive
) -> None:
    accession = stand(register, archive, State.CAPTURED)
    for minutes in (1, 5, 20):
        register.begin(accession, at=NOW)
        register.defer(accession, why="x", at=NOW)

        assert register.due(NOW + timedelta(minutes=minutes) - timedelta(seconds=1), BASIS) == ()
        assert len(register.due(NOW + timedelta(minutes=minutes * 1.2), BASIS)) == 1
        assert len(register.due(None, BASIS)) == 1


def test_our_own_death_is_charged_only_where_the_mail_may_have_caused_it(
    register: Register, archive: Archive
) -> None:
    inside, outside = register.capture([capture(archive, n) for n in (1, 2)], at=NOW)
    register.begin(inside, at=NOW)
    register.begin(outside, at=NOW, isolated=True)

    assert register.interrupt(at=NOW) == (inside, outside)
    assert [register.item(a).attempts for a in (inside, outside)] == [1, 0]
    assert register.interrupt(at=NOW) == ()
    assert register.verify(archive) == ()


# ------------------------------------------------------------ filings, readings, corrections

STEPS = ["capture", "begin", "fixity", "unpack", "identify", "classify", "file"]


def test_a_filing_and_a_reading_come_back_as_they_were(register: Register, archive: Archive) -> None:
    (accession,) = register.capture([capture(archive)], at=NOW)
    register.begin(accession, at=NOW)
    register.file(accession, FILING, basis=BASIS, at=NOW, reading=reading(archive))

    item = register.item(accession)
    assert (register.filing(accession), item.basis, item.attempts) == (FILING, BASIS.digest, 0)
    assert register.reading(item.sha256, BASIS) == register.latest_reading(item.sha256) == reading(archive)
    assert register.reading(item.sha256, basis("rules")) is None, "other abilities read anew"
    assert [event.action for event in register.events()] == STEPS


def test_filed_gives_every_item_in_order_and_a_filing_to_those_that_stand_filed(
    register: Register, archive: Archive
) -> None:
    first, second, third = register.capture([capture(archive, n) for n in (1, 2, 3)], at=NOW)
    file(register, third)
    register.dismiss(first, by="王芳", why="广告", at=NOW)

    assert [(one.item.accession, one.filing) for one in register.filed()] == [
        (first, None),
        (second, None),
        (third, FILING),
    ]
    assert register.count() == {State.CAPTURED: 1, State.FILED: 1, State.DISMISSED: 1}


def test_a_correction_stands_beside_the_filing(register: Register, archive: Archive) -> None:
    accession = stand(register, archive, State.FILED)
    stored = register.correct(correction(accession))

    assert stored == replace(correction(accession), number=1)
    assert register.corrections() == register.corrections(accession) == (stored,)
    assert register.filing(accession) == FILING
    assert register.last_material() == register.events(action="correct")[0]


def test_an_import_is_taken_whole_or_not_at_all(register: Register, archive: Archive) -> None:
    accession = stand(register, archive, State.FILED)
    head = register.head()

    with pytest.raises(UsageError, match="姓名"):
        register.correct_all((correction(accession), replace(correction(accession), by=" ")))
    with pytest.raises(UsageError, match="2024-00099"):
        register.correct_all((correction(accession), correction("2024-00099")))
    assert (register.head(), register.corrections()) == (head, ())

    stored = register.correct_all((correction(accession), replace(correction(accession), new="丙")))
    assert [one.number for one in stored] == [1, 2]
    assert register.corrections() == stored
    assert register.verify(archive) == ()


def test_a_decision_about_a_unit_stands_at_no_mail(register: Register, archive: Archive) -> None:
    stored = register.correct(score())

    assert register.corrections("") == (stored,)
    (event,) = register.events(action="correct")
    assert (event.accession, event.outcome) == ("", "更正某区科协 B1 的得分：看了原件")
    assert register.last_material() == event
    assert register.verify(archive) == ()


def test_an_activitys_decision_knows_its_activity_by_its_words(register: Register, archive: Archive) -> None:
    accession = stand(register, archive, State.FILED)
    anchor = FILING.activities[0].activity.anchor

    own = register.correct(replace(correction(accession), field="activity/1/category"))
    brought = register.correct(replace(correction(accession), field="activity/1/title", anchor="a-b"))
    (other,) = register.capture([capture(archive, 2)], at=NOW)
    file(register, other)
    both = register.correct(replace(correction(accession), field=f"joint/{accession}.1+{other}.1", new="yes"))

    assert (own.anchor, brought.anchor, both.anchor) == (anchor, "a-b", f"{anchor}+{anchor}")
    for field in (
        "activity/2/category",
        f"joint/{accession}.1+{other}.2",
        f"joint/{accession}.1+2024-00099.1",
    ):
        with pytest.raises(UsageError, match="项活动"):
            register.correct(replace(correction(accession), field=field))
    assert register.verify(archive) == ()


def test_what_is_undone_is_said_in_the_log_and_once(register: Register, archive: Archive) -> None:
    accession = stand(register, archive, State.FILED)
    register.correct(correction(accession))

    undone = register.correct(about(1, Act.UNDO))

    assert (undone.number, undone.accession, undone.field, undone.old) == (2, accession, "unit", "乙")
    (event,) = register.events(action="undo")
    assert (event.accession, event.outcome) == (accession, "撤销第 1 号决定（报送单位）：看错了")
    assert register.last_material() == event
    for number, words in ((1, "已经撤销"), (2, "是一次撤销"), (9, "没有第 9 号")):
        with pytest.raises(UsageError, match=words):
            register.correct(about(number, Act.UNDO))
    assert register.verify(archive) == ()


def test_only_a_score_is_signed_once_and_by_another_person(register: Register, archive: Archive) -> None:
    accession = stand(register, archive, State.FILED)
    register.correct_all((score(), correction(accession)))

    for number, by, words in (
        (1, "王 芳", "不能是同一个人"),
        (1, "\u200b王\u3000芳\ufeff", "不能是同一个人"),
        (1, "王·芳", "不能是同一个人"),
        (2, "李主任", "不是评分"),
        (3, "李主任", "没有第 3 号"),
        (1, " ", "姓名"),
    ):
        with pytest.raises(UsageError, match=words):
            register.correct(about(number, Act.SIGN, by=by))
    signed = register.correct(about(1, Act.SIGN, by="李主任"))
    with pytest.raises(UsageError, match="已由 李主任 签认"):
        register.correct(about(1, Act.SIGN, by="张主任"))

    assert (signed.number, signed.field, signed.new) == (3, "score/B1/某区科协", "8")
    assert register.events(action="sign")[0].outcome == "签认第 1 号决定（某区科协 B1 的得分）：看错了"
    register.correct(about(3, Act.UNDO))  # the signature is taken back
    assert register.correct(about(1, Act.SIGN, by="张主任")).number == 5
    register.correct(about(1, Act.UNDO))
    with pytest.raises(UsageError, match="已经撤销"):
        register.correct(about(1, Act.SIGN, by="李主任"))
    assert register.verify(archive) == ()


def test_a_register_of_the_second_revision_is_brought_up_to_date_and_still_verifies(
    archive: Archive, tmp_path: Path
) -> None:
    """The rows and digests of a decision stay as they are; only the table around them is made anew."""
    path = tmp_path / "register.db"
    with closing(Register(path, year=2024)) as register:
        accession = stand(register, archive, State.FILED)
        old = register.correct_all((correction(accession), replace(correction(accession), new="丙")))
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript(SECOND)

    with closing(Register(path, year=2024)) as register:
        assert register.corrections() == old
        assert register.verify(archive) == ()
        assert register.correct(score()).number == 3
        assert register.verify(archive) == ()


NO_FIFTH = "DROP INDEX items_standing; DROP INDEX items_begun; DROP INDEX sightings_there; DROP INDEX events_of_action;"
"""What the fifth revision added is taken away."""
SECOND = f"""{NO_FIFTH}
DROP TABLE sendings;
ALTER TABLE corrections RENAME TO new; DROP INDEX corrections_of; DROP TRIGGER corrections_no_update;
DROP TRIGGER corrections_no_delete;
CREATE TABLE corrections (number INTEGER NOT NULL, accession VARCHAR NOT NULL, field VARCHAR NOT NULL, old VARCHAR NOT NULL,
    new VARCHAR NOT NULL, "by" VARCHAR NOT NULL, why VARCHAR NOT NULL, at VARCHAR NOT NULL, digest VARCHAR NOT NULL,
    PRIMARY KEY (number), FOREIGN KEY(accession) REFERENCES items (accession));
INSERT INTO corrections SELECT number, accession, field, old, new, "by", why, at, digest FROM new;
DROP TABLE new; CREATE INDEX corrections_of ON corrections (accession);
CREATE TRIGGER corrections_no_update BEFORE UPDATE ON corrections
BEGIN SELECT RAISE(ABORT, 'corrections: append only'); END;
CREATE TRIGGER corrections_no_delete BEFORE DELETE ON corrections
BEGIN SELECT RAISE(ABORT, 'corrections: append only'); END;
UPDATE alembic_version SET version_num = '0002';
"""
"""What takes a register of now back to how the second revision had it."""


def test_a_second_judgement_says_what_it_was_before_and_by_which_rules(
    register: Register, archive: Archive
) -> None:
    accession = stand(register, archive, State.FILED)
    other = basis("other rules")
    file(register, accession, replace(FILING, activities=()), on=other)

    told = {event.action: event for event in register.events()[-4:]}
    assert told["identify"].outcome == "单位：某区科协"
    assert told["classify"].outcome == "没有活动（原为：类别 5：1 项）"
    assert told["file"].outcome == "重新归档为报送"
    assert {told[action].rule for action in ("identify", "classify", "file")} == {other.rules}


def test_the_log_is_filtered_by_mail_action_time_and_number(register: Register, archive: Archive) -> None:
    for number in (1, 2, 3):
        register.capture([capture(archive, number)], at=NOW + timedelta(hours=number))

    def numbers(events: tuple[Event, ...]) -> list[int]:
        return [event.number for event in events]

    two = NOW + timedelta(hours=2)
    assert numbers(register.events(accession="2024-00002")) == [2]
    assert numbers(register.events(since=two, until=two)) == [2]
    assert numbers(register.events(action="file")) == []
    assert numbers(register.events(limit=2)) == [2, 3]


def test_outcomes_hold_no_word_of_the_mail(register: Register, archive: Archive) -> None:
    """A unit of the roster is named by the roster's word for it; one outside is the mail's own word."""
    accession = stand(register, archive, State.FILED)
    outside = Identification(best="某区民间社团", in_roster=False, decided=False)
    file(register, accession, replace(FILING, identification=outside))

    assert not any(
        word in event.outcome + event.detail
        for event in register.events()
        for word in ("总结", "义诊", "民间社团")
    )


# ------------------------------------------------------------ the chain


def test_each_event_names_the_one_before_and_carries_its_row(register: Register, archive: Archive) -> None:
    stand(register, archive, State.HELD)
    events = register.events()

    assert [event.number for event in events] == list(range(1, len(events) + 1))
    assert [event.previous for event in events] == ["0" * 64, *(event.digest for event in events[:-1])]
    assert all(event.digest == event_digest(event) for event in events)
    assert all(event.said == words_digest(asdict(event)) for event in events)
    assert all(len(event.row) == 64 for event in events)
    assert register.head() == (len(events), events[-1].digest)
    assert register.events(limit=2) == events[-2:]
    assert (
        events[1].previous is events[0].digest
    )  # one string: a log is kept whole while a workbook is compiled


@pytest.mark.parametrize("table", ["events", "corrections", "seals", "attachments"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET number = 9", "DELETE FROM {}"])
def test_the_log_and_the_corrections_take_no_edit(
    register: Register, archive: Archive, tmp_path: Path, table: str, statement: str
) -> None:
    accession = stand(register, archive, State.FILED)
    register.correct(correction(accession))
    register.attach(attachment(archive, accession))
    register.seal(at=NOW)

    with pytest.raises((sqlite3.IntegrityError, RaiseException), match="append only"):
        tamper(register._place, statement.format(table))


TAMPERINGS = {
    "an item's state": ("UPDATE items SET state = 'dismissed'", "item"),
    "an item's time of arrival": ("UPDATE items SET received = '2024-06-20T00:00:00.000000+00:00'", "item"),
    "an item's attempts": ("UPDATE items SET attempts = 2", "item"),
    "an item removed": ("DELETE FROM items", "item"),
    "an item added": (
        "INSERT INTO items SELECT '2024-00002', year, 2, 'x', size, state, received, received_from, captured, due, "
        "begun, isolated, attempts, reason, basis, filing, digest FROM items",
        "item",
    ),
    "a filing removed": ("DELETE FROM filings", "filing"),
    "a filing's basis": ("UPDATE filings SET basis = 'x'", "filing"),
    "a sighting's number": ("UPDATE sightings SET uid = 99", "sighting"),
    "a sighting's listed size": ("UPDATE sightings SET size = 99", "sighting"),
    "a sighting made gone": ("UPDATE sightings SET gone = captured FROM items", "sighting"),
    "a sighting removed": ("DELETE FROM sightings", "sighting"),
    "a correction's value": (
        "DROP TRIGGER corrections_no_update; UPDATE corrections SET new = '丙'",
        "correction",
    ),
    "a decision made a signature": (
        "DROP TRIGGER corrections_no_update; UPDATE corrections SET act = 'sign', about = 1 WHERE number = 2",
        "correction",
    ),
    "a decision given to another activity": (
        "DROP TRIGGER corrections_no_update; UPDATE corrections SET anchor = 'a-b' WHERE number = 2",
        "correction",
    ),
    "what the machine had said": (
        "DROP TRIGGER corrections_no_update; UPDATE corrections SET machine = '3' WHERE number = 2",
        "correction",
    ),
    "decisions numbered anew, so that what takes back means another": (
        "DROP TRIGGER corrections_no_update; UPDATE corrections SET number = number + 10",
        "correction",
    ),
    "a correction removed": ("DROP TRIGGER corrections_no_delete; DELETE FROM corrections", "correction"),
    "a correction's time made nonsense": (
        "DROP TRIGGER corrections_no_update; UPDATE corrections SET at = 'x'",
        "correction",
    ),
    "a filing made nonsense": ("UPDATE filings SET content = 'x'", "filing"),
    "an event's outcome": (
        "DROP TRIGGER events_no_update; UPDATE events SET outcome = 'x' WHERE number = 2",
        "chain",
    ),
    "an event in the middle removed": (
        "DROP TRIGGER events_no_delete; DELETE FROM events WHERE number = 2",
        "chain",
    ),
    "the tail of the log cut": (
        "DROP TRIGGER events_no_delete; DELETE FROM events WHERE number > 2",
        "item",
    ),
    "two events exchanged": (
        "DROP TRIGGER events_no_update; UPDATE events SET number = -1 WHERE number = 2; "
        "UPDATE events SET number = 2 WHERE number = 3; UPDATE events SET number = 3 WHERE number = -1",
        "chain",
    ),
    "a guard taken away": ("DROP TRIGGER events_no_update", "trigger"),
    "an accession renumbered": ("UPDATE items SET number = 5", "gap"),
    "two corrections exchanged, of which the later counts": (
        "DROP TRIGGER corrections_no_update; UPDATE corrections SET number = -1 WHERE number = 1; "
        "UPDATE corrections SET number = 1 WHERE number = 2; UPDATE corrections SET number = 2 WHERE number = -1",
        "correction",
    ),
    "an old correction written once more": (
        "INSERT INTO corrections(number, accession, field, old, new, by, why, at, act, about, workbook, anchor, machine, digest) "
        "SELECT 3, accession, field, old, new, by, why, at, act, about, workbook, anchor, machine, digest "
        "FROM corrections WHERE number = 1",
        "correction",
    ),
    "a filing without a mail": (
        "INSERT INTO filings SELECT '2024-00099', basis, content, digest FROM filings",
        "filing",
    ),
    "a trigger of somebody's own": (
        "CREATE TRIGGER x BEFORE INSERT ON corrections BEGIN SELECT RAISE(IGNORE); END",
        "trigger",
    ),
    "a sighting's time made nonsense": ("UPDATE sightings SET received = 'garbage'", "database"),
    "an added file's name": (
        "DROP TRIGGER attachments_no_update; UPDATE attachments SET name = 'x'",
        "attachment",
    ),
    "the link that an added file answers": (
        "DROP TRIGGER attachments_no_update; UPDATE attachments SET link = ''",
        "attachment",
    ),
    "who added a file": ("DROP TRIGGER attachments_no_update; UPDATE attachments SET by = 'x'", "attachment"),
    "when a file was added": (
        "DROP TRIGGER attachments_no_update; UPDATE attachments SET at = '2024-06-01T00:00:00.000000+00:00'",
        "attachment",
    ),
    "an added file's digest": (
        "DROP TRIGGER attachments_no_update; UPDATE attachments SET sha256 = 'x'",
        "attachment",
    ),
    "an added file removed": (
        "DROP TRIGGER attachments_no_delete; DELETE FROM attachments",
        "attachment",
    ),
    "an added file that no event tells of": (
        "INSERT INTO attachments(number, accession, place, name, sha256, size, link, by, at, digest) "
        "SELECT 2, accession, 2, name, 'x', size, link, by, at, digest FROM attachments",
        "attachment",
    ),
    "the guard of added files taken away": ("DROP TRIGGER attachments_no_delete", "trigger"),
    "a state that is none": ("PRAGMA ignore_check_constraints = 1; UPDATE items SET state = 'weird'", "item"),
}


IN_POSTGRESQL = {
    "a trigger of somebody's own": (
        "CREATE TRIGGER x BEFORE INSERT ON corrections FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()"
    ),
    "a state that is none": "ALTER TABLE items DROP CONSTRAINT known_state; UPDATE items SET state = 'weird'",
}
OF_ANOTHER_TYPE = {
    "an accession's number made nonsense": ("UPDATE items SET number = 'x'", "item"),
    "octets in a word of the log": (
        "DROP TRIGGER events_no_update; UPDATE events SET detail = x'ff00' WHERE number = 2",
        "chain",
    ),
    "a word of the log that is no UTF-8": (
        "DROP TRIGGER events_no_update; UPDATE events SET detail = CAST(x'ff41' AS TEXT) WHERE number = 2",
        "database",
    ),
    "a correction's value made octets": (
        "DROP TRIGGER corrections_no_update; UPDATE corrections SET old = x'ff' WHERE number = 1",
        "database",
    ),
}
"""What a file takes; a column of PostgreSQL takes its own type alone."""


@pytest.mark.parametrize("what", list(TAMPERINGS))
def test_verify_finds(what: str, register: Register, archive: Archive, tmp_path: Path) -> None:
    accession = stand(register, archive, State.FILED)
    register.correct(correction(accession))
    register.correct(replace(correction(accession), new="丙"))
    register.attach(attachment(archive, accession))
    assert register.verify(archive) == ()
    statements, kind = TAMPERINGS[what]
    if not isinstance(register._place, Path):
        statements = IN_POSTGRESQL.get(what, statements)

    tamper(register._place, statements)

    assert kind in {finding.kind for finding in register.verify(archive)}


@pytest.mark.parametrize("what", list(OF_ANOTHER_TYPE))
def test_verify_finds_in_a_file(what: str, file_register: Register, archive: Archive) -> None:
    accession = stand(file_register, archive, State.FILED)
    file_register.correct(correction(accession))
    statements, kind = OF_ANOTHER_TYPE[what]

    tamper(file_register._place, statements)

    assert kind in {finding.kind for finding in file_register.verify(archive)}


def test_one_part_that_cannot_be_read_hides_nothing_of_the_others(
    register: Register, archive: Archive, tmp_path: Path
) -> None:
    stand(register, archive, State.FILED)
    tamper(register._place, "UPDATE sightings SET received = 'garbage'; DELETE FROM filings")
    (blob,) = (path for path in (tmp_path / "archive").rglob("*") if path.is_file())
    blob.unlink()

    assert {finding.kind for finding in register.verify(archive)} >= {"database", "filing", "blob"}


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: path.symlink_to("/dev/null"), os.mkfifo])
def test_an_original_that_is_no_file_of_its_own_is_altered_whatever_it_shows(
    register: Register, archive: Archive, tmp_path: Path, make: Callable[[Path], None]
) -> None:
    register.capture([capture(archive)], at=NOW)
    (blob,) = (path for path in (tmp_path / "archive").rglob("*") if path.is_file())
    blob.unlink()
    make(blob)

    assert [finding.kind for finding in register.verify(archive)] == ["blob"]


def test_an_event_that_no_program_writes_is_found_though_the_chain_is_whole(
    register: Register, archive: Archive
) -> None:
    accession = stand(register, archive, State.FILED)
    with transaction(register._engine, writing=True) as connection:
        chain.append(
            connection,
            at=NOW,
            accession=accession,
            action="begin",
            actor=MACHINE,
            before="held",
            after="filed",
        )
        chain.append(connection, at=NOW, accession="", action="restore", actor=MACHINE)

    assert [finding.subject for finding in register.verify(archive) if finding.kind == "chain"] == ["7", "8"]


def test_what_verify_cannot_see_is_said(register: Register, archive: Archive) -> None:
    register.capture([capture(archive, 1)], at=NOW)
    assert "看不出来" in "".join(register.remarks(archive))

    seal = register.seal(at=NOW + timedelta(days=1))
    assert register.remarks(archive, [seal]) == ()

    register.capture([capture(archive, 2)], at=NOW)
    archive.put(b"nobody's")
    unsealed, backdated, orphan = register.remarks(archive, [seal])
    assert "第 2 至 2 条还没有封印" in unsealed
    assert "第 2 日志的时间早于第 1 号封印" in backdated
    assert "1 份没有登记" in orphan


@pytest.mark.parametrize(("table", "kind"), [("filings", "filing"), ("readings", "reading")])
def test_verify_finds_altered_content(
    table: str, kind: str, register: Register, archive: Archive, tmp_path: Path
) -> None:
    (accession,) = register.capture([capture(archive)], at=NOW)
    register.begin(accession, at=NOW)
    register.file(accession, FILING, basis=BASIS, at=NOW, reading=reading(archive))
    stored = metadata.tables[table]
    with transaction(register._engine, writing=True) as connection:
        content = bytes(connection.scalar(select(stored.c.content)) or b"")
        altered = zlib.compress(zlib.decompress(content).replace("总结".encode(), "捏造".encode()))
        connection.execute(update(stored).values(content=altered))

    assert [finding.kind for finding in register.verify(archive)] == [kind]


def test_verify_finds_a_flipped_bit_and_a_missing_blob_and_leaves_orphans_apart(
    register: Register, archive: Archive, tmp_path: Path
) -> None:
    register.capture([capture(archive, n) for n in (1, 2)], at=NOW)
    orphan = archive.put(b"between archive and register").sha256
    assert register.verify(archive) == ()
    assert register.orphans(archive) == (orphan,)

    first, second = (tmp_path / "archive" / s[:2] / s[2:4] / s for s in (i.sha256 for i in register.items()))
    first.chmod(0o644)
    first.write_bytes(bytes([first.read_bytes()[0] ^ 1]) + first.read_bytes()[1:])
    second.unlink()

    assert [(f.kind, f.subject) for f in register.verify(archive)] == [
        ("blob", "2024-00001"),
        ("blob", "2024-00002"),
    ]


# ------------------------------------------------------------ files that staff add


def test_a_file_that_staff_add_makes_its_mail_due_and_stands_in_the_log(
    register: Register, archive: Archive
) -> None:
    accession = stand(register, archive, State.FILED)
    assert register.due(NOW, BASIS) == ()

    added = register.attach(attachment(archive, accession))

    assert added.place == 1
    assert register.attachments(accession) == register.attachments() == (added,)
    assert [item.accession for item in register.due(NOW, BASIS)] == [accession]
    event, again = register.events()[-2:]
    assert (event.action, event.actor, event.before, event.after) == ("attach", "王芳", "filed", "filed")
    assert (again.action, again.actor) == ("reprocess", "王芳")
    assert added.sha256 in event.outcome
    assert "照片.zip" in event.detail
    assert "pan.baidu.com" in event.detail
    assert "k3m9" not in event.outcome + event.detail, "a 提取码 stands in no log"
    assert register.last_material() == event
    assert register.orphans(archive) == ()
    assert not any("没有登记" in one for one in register.remarks(archive))


def test_the_same_file_is_added_once_and_another_has_the_next_place(
    register: Register, archive: Archive
) -> None:
    accession = stand(register, archive, State.FILED)
    register.attach(attachment(archive, accession))
    head = register.head()
    with pytest.raises(UsageError, match=r"第 1 份“照片\.zip”"):
        register.attach(replace(attachment(archive, accession), name="改了名.zip"))
    assert register.head() == head

    assert register.attach(attachment(archive, accession, b"other")).place == 2


def test_a_file_is_added_by_somebody_and_not_without_end(
    register: Register, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    accession = stand(register, archive, State.FILED)
    with pytest.raises(UsageError, match="姓名"):
        register.attach(replace(attachment(archive, accession), by=" "))
    monkeypatch.setattr("pipeline.register.attaching.MAX_OCTETS", 10)
    register.attach(attachment(archive, accession, b"12345"))
    with pytest.raises(UsageError, match="合计 11 字节"):
        register.attach(attachment(archive, accession, b"123456"))
    monkeypatch.setattr("pipeline.register.attaching.MAX_FILES", 1)
    with pytest.raises(UsageError, match="压缩包"):
        register.attach(attachment(archive, accession, b"1"))
    assert len(register.attachments()) == 1


def test_an_attempt_that_reads_without_the_added_file_is_ended_and_not_charged(
    register: Register, archive: Archive
) -> None:
    accession = stand(register, archive, State.CAPTURED)
    register.begin(accession, at=NOW)

    register.attach(attachment(archive, accession))

    with pytest.raises(UsageError, match="没有正在办理"):
        register.file(accession, FILING, basis=BASIS, at=NOW, reading=reading(archive))
    assert register.item(accession).attempts == 0
    assert [item.accession for item in register.due(NOW, BASIS)] == [accession]
    file(register, accession)
    assert register.verify(archive) == ()


def test_a_reading_without_the_added_file_is_another_reading(register: Register, archive: Archive) -> None:
    (accession,) = register.capture([capture(archive)], at=NOW)
    register.begin(accession, at=NOW)
    register.file(accession, FILING, basis=BASIS, at=NOW, reading=reading(archive))
    mail = register.item(accession).sha256
    assert register.reading(mail, BASIS) is not None
    assert register.reading(mail, BASIS, ("x",)) is None

    added = register.attach(attachment(archive, accession))
    assert register.latest_reading(mail) is None

    register.begin(accession, at=NOW)
    with_it = replace(reading(archive), attached=(added.sha256,))
    register.file(accession, FILING, basis=BASIS, at=NOW, reading=with_it)
    assert register.reading(mail, BASIS) is None
    assert register.reading(mail, BASIS, (added.sha256,)) == with_it
    assert register.verify(archive) == ()


def test_verify_finds_an_added_file_that_is_gone(
    register: Register, archive: Archive, tmp_path: Path
) -> None:
    accession = stand(register, archive, State.FILED)
    digest = register.attach(attachment(archive, accession)).sha256
    (tmp_path / "archive" / digest[:2] / digest[2:4] / digest).unlink()

    assert [(one.kind, one.subject) for one in register.verify(archive)] == [("blob", accession)]
    assert "补入材料" in register.verify(archive)[0].detail


def test_a_register_from_before_files_could_be_added_is_brought_up_to_date(
    file_register: Register, archive: Archive, tmp_path: Path
) -> None:
    accession = stand(file_register, archive, State.FILED)
    with closing(sqlite3.connect(tmp_path / "register.db")) as raw:
        raw.executescript(
            f"{NO_FIFTH} DROP TABLE attachments; DROP TABLE sendings; UPDATE alembic_version SET version_num = '0001'"
        )

    with closing(Register(tmp_path / "register.db", year=2024, new=False)) as again:
        assert again.verify(archive) == ()
        again.attach(attachment(archive, accession))
        assert again.verify(archive) == ()


# ------------------------------------------------------------ the file


def test_the_migrations_make_the_tables_that_the_statements_expect(register: Register) -> None:
    with transaction(register._engine, writing=False) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == REVISION


def test_a_commit_outlives_a_power_cut(file_register: Register) -> None:
    with file_register._engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }

    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


def test_what_is_written_is_there_for_the_next_who_opens(archive: Archive, tmp_path: Path) -> None:
    with closing(Register(tmp_path / "register.db", year=2024)) as first:
        accession = stand(first, archive, State.FILED)
    with closing(Register(tmp_path / "register.db", year=2024)) as second:
        assert second.item(accession).state is State.FILED
        assert second.verify(archive) == ()


def test_a_newer_register_is_refused(register: Register) -> None:
    tamper(register._place, "UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(PermanentError, match="更新版本的程序"):
        Register(register._place, year=2024)


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda path: path.write_bytes(b"not a database at all, " * 100), IntegrityError, "已损坏"),
        (lambda path: sqlite3.connect(path).execute("CREATE TABLE x (y)").connection.close(), IntegrityError, "不是"),
        (lambda path: path.mkdir(), PermanentError, "打不开"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_register_is_refused_with_the_cure(
    tmp_path: Path, make: Callable[[Path], None], error: type[ShouwenError], words: str
) -> None:
    make(tmp_path / "register.db")

    with pytest.raises(error, match=words):
        Register(tmp_path / "register.db", year=2024)


def test_a_register_that_another_writes_to_is_a_thing_for_later(
    file_register: Register, archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.register.sqlite.BUSY_SECONDS", 0)
    with (
        closing(Register(tmp_path / "register.db", year=2024)) as impatient,
        closing(sqlite3.connect(tmp_path / "register.db")) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(TransientError, match="占用"):
            impatient.capture([capture(archive)], at=NOW)
