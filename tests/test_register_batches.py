"""What is taken in at once is what would have been taken in one by one; the chain's octets are the standard library's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.register import Capture, Register, Sighting
from pipeline.register.chain import canonical

NOW = datetime(2024, 6, 1, tzinfo=UTC)
LATER = datetime(2024, 6, 2, tzinfo=UTC)
RANDOM = ("salt", "said", "previous", "digest")
"""Fields of an event that a salt makes other each time."""

places = st.builds(
    Sighting,
    account=st.just("me@host"),
    folder=st.sampled_from(("INBOX", "Junk")),
    uidvalidity=st.sampled_from((7, 8)),
    uid=st.integers(1, 4),
    size=st.sampled_from((10, 20)),
    received=st.sampled_from((None, NOW)),
)
captures = st.builds(
    Capture,
    sha256=st.integers(1, 5).map(lambda number: sha256(b"%d" % number).hexdigest()),
    size=st.just(10),
    received=st.just(NOW),
    received_from=st.just("internaldate"),
    sighting=places,
    mended=st.booleans(),
    fresh=st.booleans(),
)


def facts(register: Register) -> tuple[object, ...]:
    events = [
        {name: value for name, value in asdict(one).items() if name not in RANDOM}
        for one in register.events()
    ]
    return register.items(), register.sightings(), events


@settings(max_examples=30, deadline=None)
@given(
    before=st.lists(captures, max_size=4),
    batch=st.lists(captures, max_size=8),
    gone=st.lists(places, max_size=4),
)
def test_a_batch_leaves_what_its_captures_leave_one_by_one(
    before: list[Capture], batch: list[Capture], gone: list[Sighting]
) -> None:
    """The same items, sightings and events in the same order, whatever was there, twice, or at one UID."""
    with (
        TemporaryDirectory() as folder,
        _empty(folder, "at_once") as at_once,
        _empty(folder, "singly") as singly,
    ):
        for register in (at_once, singly):
            register.capture(before, at=NOW)
        taken = at_once.capture(batch, at=LATER)
        at_once.note_missing(gone, gone, at=LATER)
        for one, accession in zip(batch, taken, strict=True):
            assert singly.capture([one], at=LATER) == (accession,)
        for place in gone:
            singly.note_missing([place], at=LATER)
        for place in gone:
            singly.note_missing((), [place], at=LATER)

        assert facts(at_once) == facts(singly)
        chain = at_once.verify(_Nothing())
        assert [one for one in chain if one.kind != "blob"] == []


@cache
def _made() -> bytes:
    """An empty register, made once."""
    with TemporaryDirectory() as folder:
        Register(Path(folder) / "register.db", year=2024).close()
        return (Path(folder) / "register.db").read_bytes()


@contextmanager
def _empty(folder: str, name: str) -> Iterator[Register]:
    path = Path(folder) / f"{name}.db"
    path.write_bytes(_made())
    with closing(Register(path, year=2024)) as register:
        yield register


@settings(max_examples=60, deadline=None)
@given(
    batches=st.lists(
        st.tuples(st.booleans(), st.lists(captures, max_size=4), st.lists(places, max_size=3)), max_size=5
    )
)
def test_what_stands_on_the_server_is_kept_in_mind_as_it_would_be_counted(
    batches: list[tuple[bool, list[Capture], list[Sighting]]],
) -> None:
    """Whoever writes, another program on the same register among them: as a program counts it that was just started."""
    folders = [("me@host", folder, uidvalidity) for folder in ("INBOX", "Junk") for uidvalidity in (7, 8)]
    with TemporaryDirectory() as folder, _empty(folder, "one") as ours, _empty(folder, "one") as other:
        for elsewhere, taken, gone in batches:
            writer = other if elsewhere else ours
            writer.capture(taken, at=NOW)
            writer.note_missing(gone, gone[1:], at=LATER)
            with _empty(folder, "one") as fresh:
                for each in folders:
                    assert ours.standing(*each) == fresh.standing(*each)


class _Nothing:
    """An archive of which only the blobs are missing."""

    def check(self, _sha256: str) -> str:
        return "missing"

    def digests(self) -> Iterator[str]:
        return iter(())


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(
        st.text(max_size=5),
        st.one_of(
            st.text(max_size=20),
            st.integers(),
            st.none(),
            st.lists(st.text(max_size=3), max_size=2),
            st.sampled_from(
                ("\x7f", "\u2028", "\ud800", "\x1f\x00", '"\\/', "\U0001f600", 2**63, 2**64, b"text")
            ),
        ),
        max_size=4,
    )
)
def test_the_canonical_form_is_what_the_standard_library_writes(fields: dict[str, object]) -> None:
    """An auditor has nothing else; and what it refuses is refused."""

    def plainly() -> bytes:
        return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    def outcome(write: Callable[[], bytes]) -> bytes | type[Exception]:
        try:
            return write()
        except (TypeError, ValueError) as error:
            return type(error)

    assert outcome(lambda: canonical(fields)) == outcome(plainly)
