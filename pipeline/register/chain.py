"""The chain of events: canonical JSON, digests, and the one statement that appends.

Purpose: every event's digest covers its facts, a digest of its words and the digest of the event before, so that an
edit, a removal or an insertion shows; `row` is the digest of the state row that was written with it.
Source: RFC 8785 in spirit: keys sorted, no white space, UTF-8, text and whole numbers only, so that an auditor needs
nothing but sha256 and a JSON library to recompute it.
Limits: a chain does not show that its tail was cut or that all of it was rewritten; a seal kept elsewhere does.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime

import msgspec
from sqlalchemy import Connection, desc, insert, select

from pipeline.records import Event
from pipeline.register.tables import events

START = "0" * 64
"""What the first event names as the digest before it."""
WORDS = ("actor", "outcome", "detail")
"""Fields in which people write or are named. The chain covers a salted digest of them, so that a copy of the log in
which a name or a telephone number is masked is still a whole chain, and the number cannot be guessed from it."""
FACTS = ("number", "at", "accession", "action", "before", "after", "rule", "row", "said", "previous")
"""Fields that an event's digest covers as they are."""
MOST_CHARACTERS = 500
"""Of one field: a line that a person can read; a mail cannot fill the log with its own words."""
Entry = dict[str, object]
"""An event that is not in the chain yet: its fields but number, salt and digests."""
_PLAIN = frozenset((str, int, type(None)))
_CANONICAL = msgspec.json.Encoder(order="sorted")
"""Writes plain values as the standard library does, eight times as fast; a property says so. Others are not left to it: it
would write octets as base64, and a text that somebody made octets in the database would keep its digest."""
_HEAD = select(events.c.number, events.c.digest).order_by(desc(events.c.number)).limit(1)
_APPEND = insert(events)


def canonical(fields: Mapping[str, object]) -> bytes:
    """Write *fields* (text, whole numbers, None, lists of them) in the one way that is digested."""
    if _PLAIN.issuperset(map(type, fields.values())):
        return _CANONICAL.encode(fields)
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest_of(fields: Mapping[str, object]) -> str:
    """Return the sha256 of the canonical form, in hex."""
    return hashlib.sha256(canonical(fields)).hexdigest()


def moment(at: datetime) -> str:
    """Write a time with zone as the tables hold it: UTC, microseconds.

    Raises:
        ValueError: it has no zone.
    """
    if at.tzinfo is None:
        raise ValueError("a time without a zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def words_digest(words: Mapping[str, object]) -> str:
    """Return what `said` must be for the salt, actor, outcome and detail in *words*."""
    return digest_of({name: words[name] for name in ("salt", *WORDS)})


def facts_digest(facts: Mapping[str, object]) -> str:
    """Return the digest of the event with these *facts* (`at` as text); other fields are not looked at."""
    return digest_of({name: facts[name] for name in FACTS})


def event_digest(event: Event) -> str:
    """Recompute what the digest of *event* must be."""
    return facts_digest({**asdict(event), "at": moment(event.at)})


def append(
    connection: Connection, *, at: datetime, accession: str, action: str, actor: str, **told: str
) -> None:
    """Append one event to the chain, within the transaction of *connection*; *told*: its other fields, one line each."""
    append_all(connection, (entry(at=at, accession=accession, action=action, actor=actor, **told),))


def entry(*, at: datetime, accession: str, action: str, actor: str, **told: str) -> Entry:
    """Return an event that `append_all` takes; *told*: its other fields, one line each."""
    return {
        "at": moment(at),
        "accession": accession,
        "action": action,
        "actor": one_line(actor),
        **{
            name: one_line(told.get(name, ""))
            for name in ("outcome", "before", "after", "detail", "rule", "row")
        },
    }


def append_all(connection: Connection, entries: Iterable[Entry]) -> int:
    """Append *entries* to the chain in their order, within the transaction of *connection*: one look at its end, one statement.

    Returns:
        the number of the last event that there is now.
    """
    last = connection.execute(_HEAD).first()
    number, digest = (last.number, last.digest) if last else (0, START)
    chained = []
    for one in entries:
        number += 1
        fields = {**one, "number": number, "salt": secrets.token_hex(16), "previous": digest}
        fields["said"] = words_digest(fields)
        digest = facts_digest(fields)
        chained.append({**fields, "digest": digest})
    if chained:
        connection.execute(_APPEND, chained)
    return int(number)


def one_line(text: str) -> str:
    """Return *text* with each run of white space made one space, at most 500 characters."""
    return " ".join(text.split())[:MOST_CHARACTERS] if text else ""
