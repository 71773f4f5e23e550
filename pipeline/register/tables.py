"""The tables of the register as it is now; how it became so stands in migrations/.

Purpose: names of tables and columns for the statements of this package. A test compares them with what the
migrations make.
Source: ../../docs/decisions.md. Times are text of ISO 8601 in UTC with microseconds, so that they sort as they read.
Limits: types that SQLite and PostgreSQL both have (portable.py), no number that a database hands out, for those have gaps;
content (readings, filings) is zlib-compressed JSON.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    func,
    select,
    text,
)

from pipeline.register.portable import NUMBER, TEXT

REVISION = "0005"
"""The revision of migrations/ that these tables are."""

metadata = MetaData()

items = Table(
    "items",
    metadata,
    Column("accession", TEXT, primary_key=True),
    Column("year", NUMBER, nullable=False),
    Column("number", NUMBER, nullable=False),
    Column("sha256", TEXT, nullable=False, unique=True),
    Column("size", NUMBER, nullable=False),
    Column("state", TEXT, nullable=False),
    Column("received", TEXT, nullable=False),
    Column("received_from", TEXT, nullable=False),
    Column("captured", TEXT, nullable=False),
    Column("due", TEXT),  # not before this time; NULL: at once
    Column("begun", TEXT),  # when the open attempt began; NULL: none is open
    Column("isolated", NUMBER, nullable=False),  # 1: the open attempt runs in a process of its own
    Column("attempts", NUMBER, nullable=False),
    Column("reason", TEXT, nullable=False),
    Column("basis", TEXT, nullable=False),
    Column("filing", TEXT, nullable=False),  # digest of its row in filings, "" if none
    Column("digest", TEXT, nullable=False),
    UniqueConstraint("year", "number", name="one_number_a_year"),
    CheckConstraint("state IN ('captured', 'filed', 'held', 'dismissed')", name="known_state"),
    Index("items_standing", "state", "basis"),
    Index(
        "items_begun",
        "begun",
        sqlite_where=text("begun IS NOT NULL"),
        postgresql_where=text("begun IS NOT NULL"),
    ),
)

sightings = Table(
    "sightings",
    metadata,
    Column("account", TEXT, nullable=False),
    Column("folder", TEXT, nullable=False),
    Column("uidvalidity", NUMBER, nullable=False),
    Column("uid", NUMBER, nullable=False),
    Column("accession", TEXT, ForeignKey("items.accession"), nullable=False),
    Column("size", NUMBER, nullable=False),  # as the server listed it, which may be wrong
    Column("received", TEXT),  # INTERNALDATE as listed; NULL where the server told none
    Column("gone", TEXT),  # when it was no longer on the server; NULL: it is there
    PrimaryKeyConstraint("account", "folder", "uidvalidity", "uid", "accession"),
    Index("sightings_of", "accession"),
    Index(
        "sightings_there",
        "account",
        "folder",
        "uidvalidity",
        "uid",
        sqlite_where=text("gone IS NULL"),
        postgresql_where=text("gone IS NULL"),
    ),
)

events = Table(
    "events",
    metadata,
    Column("number", NUMBER, primary_key=True, autoincrement=False),
    Column("at", TEXT, nullable=False),
    Column("accession", TEXT, nullable=False),
    Column("action", TEXT, nullable=False),
    Column("actor", TEXT, nullable=False),
    Column("outcome", TEXT, nullable=False),
    Column("before", TEXT, nullable=False),
    Column("after", TEXT, nullable=False),
    Column("detail", TEXT, nullable=False),
    Column("rule", TEXT, nullable=False),
    Column("row", TEXT, nullable=False),
    Column("salt", TEXT, nullable=False),
    Column("said", TEXT, nullable=False),
    Column("previous", TEXT, nullable=False),
    Column("digest", TEXT, nullable=False),
    Index("events_of", "accession"),
    Index("events_of_action", "action", "number"),
)

readings = Table(
    "readings",
    metadata,
    Column("sha256", TEXT, ForeignKey("items.sha256"), nullable=False),
    Column("version", NUMBER, nullable=False),
    Column("abilities", TEXT, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("digest", TEXT, nullable=False),
    PrimaryKeyConstraint("sha256", "version", "abilities"),
)

filings = Table(
    "filings",
    metadata,
    Column("accession", TEXT, ForeignKey("items.accession"), primary_key=True),
    Column("basis", TEXT, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("digest", TEXT, nullable=False),
)

corrections = Table(
    "corrections",
    metadata,
    Column("number", NUMBER, primary_key=True, autoincrement=False),
    Column("accession", TEXT, nullable=False),  # "": about a unit
    Column("field", TEXT, nullable=False),
    Column("old", TEXT, nullable=False),
    Column("new", TEXT, nullable=False),
    Column("by", TEXT, nullable=False),
    Column("why", TEXT, nullable=False),
    Column("at", TEXT, nullable=False),
    Column("act", TEXT, nullable=False),
    Column("about", NUMBER, nullable=False),
    Column("workbook", TEXT, nullable=False),
    Column("anchor", TEXT, nullable=False),
    Column("machine", TEXT, nullable=False),
    Column("digest", TEXT, nullable=False),
    Index("corrections_of", "accession"),
)

attachments = Table(
    "attachments",
    metadata,
    Column("number", NUMBER, primary_key=True, autoincrement=False),
    Column("accession", TEXT, ForeignKey("items.accession"), nullable=False),
    Column("place", NUMBER, nullable=False),  # from 1 in its mail
    Column("name", TEXT, nullable=False),
    Column("sha256", TEXT, nullable=False),
    Column("size", NUMBER, nullable=False),
    Column("link", TEXT, nullable=False),  # URL that it answers, "" if none
    Column("by", TEXT, nullable=False),
    Column("at", TEXT, nullable=False),
    Column("digest", TEXT, nullable=False),
    UniqueConstraint("accession", "place", name="one_place_a_mail"),
    UniqueConstraint("accession", "sha256", name="once_a_mail"),
)

sendings = Table(
    "sendings",
    metadata,
    Column("number", NUMBER, primary_key=True, autoincrement=False),
    Column("about", NUMBER, nullable=False),  # number of the intent that an outcome is about; 0: an intent
    Column("kind", TEXT, nullable=False),
    Column("accession", TEXT, nullable=False),  # "": about a unit
    Column("unit", TEXT, nullable=False),
    Column("recipient", TEXT, nullable=False),
    Column("message_id", TEXT, nullable=False),
    Column("facts", TEXT, nullable=False),  # digest of what the paper says
    Column("text", TEXT, nullable=False),  # sha256 of its words
    Column("outcome", TEXT, nullable=False),
    Column("said", TEXT, nullable=False),  # Chinese, what the server answered, "" for an intent
    Column("by", TEXT, nullable=False),
    Column("at", TEXT, nullable=False),
    Column("digest", TEXT, nullable=False),
    CheckConstraint("outcome IN ('intent', 'sent', 'refused', 'failed', 'unknown')", name="known_outcome"),
    Index("sendings_of", "kind", "accession", "unit"),
)

polls = Table(
    "polls",
    metadata,
    Column("number", NUMBER, primary_key=True, autoincrement=False),
    Column("account", TEXT, nullable=False),
    Column("folder", TEXT, nullable=False),
    Column("at", TEXT, nullable=False),
    Column("uidvalidity", NUMBER, nullable=False),
    Column("exists", NUMBER, nullable=False),
    Column("uidnext", NUMBER, nullable=False),
    Column("earliest", TEXT),
    Column("new", NUMBER, nullable=False),
    Column("fetched", NUMBER, nullable=False),
    Column("refused", NUMBER, nullable=False),
    Column("vanished", NUMBER, nullable=False),
    Column("captured", NUMBER, nullable=False),
    Column("known", NUMBER, nullable=False),
    Column("error", TEXT, nullable=False),
)

seals = Table(
    "seals",
    metadata,
    Column("number", NUMBER, primary_key=True, autoincrement=False),
    Column("at", TEXT, nullable=False),
    Column("first", NUMBER, nullable=False),
    Column("last", NUMBER, nullable=False),
    Column("head", TEXT, nullable=False),
    Column("items", NUMBER, nullable=False),
    Column("sightings", NUMBER, nullable=False),
    Column("corrections", NUMBER, nullable=False),
    Column("previous", TEXT, nullable=False),
    Column("digest", TEXT, nullable=False),
)

APPEND_ONLY = ("events", "corrections", "seals", "attachments", "sendings")
"""Tables whose rows no statement may change or remove; its triggers stand in `portable.guards`."""


def next_number(connection: Connection, table: Table) -> int:
    """The number of the next row of *table*, within a transaction that writes: no gap, whatever was undone before."""
    return (connection.scalar(select(func.max(table.c.number))) or 0) + 1


def named(connection: Connection) -> set[str]:
    """The digests of all blobs that the register names: mails, and files that staff added to them."""
    return {
        sha256
        for column in (items.c.sha256, attachments.c.sha256)
        for sha256 in connection.scalars(select(column))
    }
