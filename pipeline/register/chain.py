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
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime

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


def canonical(fields: Mapping[str, object]) -> bytes:
    """Write *fields* (text, whole numbers, None, lists of them) in the one way that is digested."""
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
    last = connection.execute(
        select(events.c.number, events.c.digest).order_by(desc(events.c.number)).limit(1)
    ).first()
    fields: dict[str, object] = {
        "number": (last.number if last else 0) + 1,
        "at": moment(at),
        "accession": accession,
        "action": action,
        "actor": one_line(actor),
        **{
            name: one_line(told.get(name, ""))
            for name in ("outcome", "before", "after", "detail", "rule", "row")
        },
        "salt": secrets.token_hex(16),
        "previous": last.digest if last else START,
    }
    fields["said"] = words_digest(fields)
    connection.execute(insert(events), {**fields, "digest": facts_digest(fields)})


def one_line(text: str) -> str:
    """Return *text* with each run of white space made one space, at most 500 characters."""
    return " ".join(text.split())[:MOST_CHARACTERS]
