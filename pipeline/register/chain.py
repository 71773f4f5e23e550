"""The chain of events: canonical JSON, digests, and the one statement that appends.

Purpose: every event's digest covers all its fields and the digest before it, so that an edit, a removal or an
insertion shows; `row` is the digest of the state row that was written with it.
Source: RFC 8785 in spirit: keys sorted, no white space, UTF-8, text and whole numbers only, so that an auditor needs
nothing but sha256 and a JSON library to recompute it.
Limits: a chain does not show that its tail was cut or that all of it was rewritten; the head kept elsewhere does.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime

from sqlalchemy import Connection, desc, insert, select

from pipeline.records import Event
from pipeline.register.tables import events

START = "0" * 64
"""What the first event names as the digest before it."""


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


def event_digest(event: Event) -> str:
    """Recompute what the digest of *event* must be."""
    fields = {**asdict(event), "at": moment(event.at)}
    del fields["digest"]
    return digest_of(fields)


def append(
    connection: Connection, *, at: datetime, accession: str, action: str, actor: str, **told: str
) -> None:
    """Append one event to the chain, within the transaction of *connection*; *told*: its other fields, one line each."""
    last = connection.execute(
        select(events.c.number, events.c.digest).order_by(desc(events.c.number)).limit(1)
    ).first()
    fields: dict[str, str | int] = {
        "number": (last.number if last else 0) + 1,
        "at": moment(at),
        "accession": accession,
        "action": action,
        "actor": one_line(actor),
        **{name: one_line(told.get(name, "")) for name in ("outcome", "before", "after", "detail", "row")},
        "previous": last.digest if last else START,
    }
    connection.execute(insert(events).values(**fields, digest=digest_of(fields)))


def one_line(text: str) -> str:
    """Return *text* with each run of white space made one space, at most 500 characters."""
    return " ".join(text.split())[:500]
