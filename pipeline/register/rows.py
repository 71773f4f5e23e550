"""Rows of the tables and the values they hold: there and back, and the digest of each row.

Purpose: one place that knows how an Item, Event, Correction, Attachment, Reading or Filing lies in its table.
Source: msgspec's JSON for content, zlib around it; digests by chain.py.
Limits: content written by a program with other nouns does not decode; a reading is then made again, a filing is due.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from sys import intern
from typing import Any, TypeVar

import msgspec
from sqlalchemy import RowMapping

from pipeline.records import (
    Act,
    Attachment,
    Correction,
    Event,
    Filing,
    Item,
    Outcome,
    Reading,
    Sending,
    State,
)
from pipeline.register.chain import digest_of, moment
from pipeline.register.tables import items
from pipeline.register.values import Poll, Seal, Sighting

T = TypeVar("T", Reading, Filing)

ITEM_FIELDS = tuple(column.name for column in items.columns if column.name != "digest")


def item_digest(row: dict[str, object]) -> str:
    """Return the digest of a row of items; *row* may hold its stored digest, which is not looked at."""
    return digest_of({name: row[name] for name in ITEM_FIELDS})


def item(row: RowMapping) -> Item:
    """Read a row of items."""
    return Item(
        accession=row["accession"],
        sha256=row["sha256"],
        size=row["size"],
        state=State(row["state"]),
        received=datetime.fromisoformat(row["received"]),
        received_from=row["received_from"],
        captured=datetime.fromisoformat(row["captured"]),
        attempts=row["attempts"],
        reason=row["reason"],
        basis=row["basis"],
    )


def event(row: Sequence[Any]) -> Event:
    """Read a row of events, all columns in their order.

    What stands in many of them, and the digest that is the next one's `previous`, is one string.
    """
    number, at, accession, action, actor, outcome, before, after, detail, rule, *digests = row
    wrote, salt, said, previous, digest = digests
    return Event(
        number=number,
        at=datetime.fromisoformat(at),
        accession=intern(accession),
        action=intern(action),
        actor=intern(actor),
        outcome=intern(outcome),
        before=intern(before),
        after=intern(after),
        detail=intern(detail),
        rule=intern(rule),
        row=intern(wrote),
        salt=salt,
        said=said,
        previous=intern(previous),
        digest=intern(digest),
    )


def correction(row: RowMapping) -> Correction:
    """Read a row of corrections."""
    return Correction(
        number=row["number"],
        accession=row["accession"],
        field=row["field"],
        old=row["old"],
        new=row["new"],
        by=row["by"],
        why=row["why"],
        at=datetime.fromisoformat(row["at"]),
        act=Act(row["act"]),
        about=row["about"],
        workbook=row["workbook"],
        anchor=row["anchor"],
        machine=row["machine"],
    )


CORRECTION_ALWAYS = ("accession", "field", "old", "new", "by", "why", "at")
CORRECTION_PLAIN = {"act": Act.DECIDE.value, "about": 0, "workbook": "", "anchor": "", "machine": ""}
"""Columns that came later, with what stands in them in every row that was there before: the digest leaves that out."""


def correction_fields(correction: Correction) -> dict[str, str | int]:
    """Return the columns of *correction*, without its number and digest."""
    names = ("accession", "field", "old", "new", "by", "why", "about", "workbook", "anchor", "machine")
    told = {name: getattr(correction, name) for name in names}
    return {**told, "at": moment(correction.at), "act": correction.act.value}


def correction_digest(fields: Mapping[str, object]) -> str:
    """Return the digest of a row of corrections with these columns; number and digest are not looked at."""
    later = {name: fields[name] for name, plain in CORRECTION_PLAIN.items() if fields[name] != plain}
    return digest_of({**{name: fields[name] for name in CORRECTION_ALWAYS}, **later})


ATTACHMENT_FACTS = ("accession", "place", "name", "sha256", "size", "link")
"""What the digest of a row of attachments covers; who and when stand in its event, and no unsalted digest names a person."""


def attachment(row: RowMapping) -> Attachment:
    """Read a row of attachments."""
    fields = {name: row[name] for name in (*ATTACHMENT_FACTS, "by")}
    return Attachment(**fields, at=datetime.fromisoformat(row["at"]))


def attachment_digest(fields: Mapping[str, object]) -> str:
    """Return the digest of a row of attachments with these columns."""
    return digest_of({name: fields[name] for name in ATTACHMENT_FACTS})


def octets_added(fields: Mapping[str, object]) -> dict[str, str | int | None]:
    """Give what the log proves of a row of attachments to whoever may not read its words: no name, no link, with digest."""
    told = {name: fields[name] for name in ("accession", "place", "sha256", "size")}
    return {**told, "digest": digest_of(told)}  # type: ignore[dict-item]  # a row's columns: text and numbers


def sending(row: RowMapping) -> Sending:
    """Read a row of sendings."""
    fields = {name: value for name, value in row.items() if name != "digest"}
    return Sending(**{**fields, "outcome": Outcome(row["outcome"]), "at": datetime.fromisoformat(row["at"])})


def sending_fields(sending: Sending) -> dict[str, object]:
    """Return the columns of *sending* but its number, which the register counts, and its digest."""
    fields = {name: value for name, value in asdict(sending).items() if name != "number"}
    return {**fields, "outcome": sending.outcome.value, "at": moment(sending.at)}


def sending_digest(fields: Mapping[str, object]) -> str:
    """Return the digest of a row of sendings with these columns; number and digest among them are not looked at."""
    return digest_of({name: value for name, value in fields.items() if name not in ("number", "digest")})


def poll(row: RowMapping) -> Poll:
    """Read a row of polls."""
    fields = {name: value for name, value in row.items() if name != "number"}
    earliest = row["earliest"]
    return Poll(
        **{
            **fields,
            "at": datetime.fromisoformat(row["at"]),
            "earliest": datetime.fromisoformat(earliest) if earliest else None,
        }
    )


def sighting_fields(sighting: Sighting) -> dict[str, object]:
    """Return the columns of *sighting*, without its accession."""
    return {
        "account": sighting.account,
        "folder": sighting.folder,
        "uidvalidity": sighting.uidvalidity,
        "uid": sighting.uid,
        "size": sighting.size,
        "received": _text(sighting.received),
        "gone": _text(sighting.gone),
    }


def sighting(row: RowMapping | Mapping[str, Any]) -> Sighting:
    """Read a row of sightings; its accession is left out."""
    fields = {name: value for name, value in row.items() if name != "accession"}
    return Sighting(**{**fields, "received": _time(row["received"]), "gone": _time(row["gone"])})


def seal(row: RowMapping) -> Seal:
    """Read a row of seals."""
    return Seal(**{**row, "at": datetime.fromisoformat(row["at"])})


def seal_fields(seal: Seal) -> dict[str, object]:
    """Return the columns of *seal*: what its file holds as well."""
    return {**asdict(seal), "at": moment(seal.at)}


def seal_digest(fields: Mapping[str, object]) -> str:
    """Return the digest of a seal with these columns; a digest among them is not looked at."""
    return digest_of({name: value for name, value in fields.items() if name != "digest"})


def _text(at: datetime | None) -> str | None:
    return moment(at) if at is not None else None


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text is not None else None


def packed(value: Reading | Filing) -> bytes:
    """Write *value* as compressed JSON: the same value, the same octets."""
    return zlib.compress(msgspec.json.encode(value), 6)


def unpacked(content: bytes, kind: type[T]) -> T | None:
    """Read compressed JSON as a *kind*; None where it is none (written by another version, or damaged)."""
    try:
        return msgspec.json.decode(zlib.decompress(content), type=kind)
    except (zlib.error, msgspec.DecodeError):
        return None


def content_digest(content: bytes, **key: str | int) -> str:
    """Return the digest of a row of readings or filings: its *key* and its content as JSON."""
    try:
        content_sha256 = hashlib.sha256(zlib.decompress(content)).hexdigest()
    except (zlib.error, TypeError):
        content_sha256 = "unreadable"
    return digest_of({**key, "content": content_sha256})
