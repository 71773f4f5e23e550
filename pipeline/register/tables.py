"""The tables of the register as it is now; how it became so stands in migrations/.

Purpose: names of tables and columns for the statements of this package. A test compares them with what the
migrations make.
Source: ../../docs/decisions.md. Times are text of ISO 8601 in UTC with microseconds, so that they sort as they read.
Limits: SQLite's types alone; content (readings, filings) is zlib-compressed JSON.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    select,
    text,
)

REVISION = "0005"
"""The revision of migrations/ that these tables are."""

metadata = MetaData()

items = Table(
    "items",
    metadata,
    Column("accession", String, primary_key=True),
    Column("year", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("sha256", String, nullable=False, unique=True),
    Column("size", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("received", String, nullable=False),
    Column("received_from", String, nullable=False),
    Column("captured", String, nullable=False),
    Column("due", String),  # not before this time; NULL: at once
    Column("begun", String),  # when the open attempt began; NULL: none is open
    Column("isolated", Integer, nullable=False),  # 1: the open attempt runs in a process of its own
    Column("attempts", Integer, nullable=False),
    Column("reason", String, nullable=False),
    Column("basis", String, nullable=False),
    Column("filing", String, nullable=False),  # digest of its row in filings, "" if none
    Column("digest", String, nullable=False),
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
    Column("account", String, nullable=False),
    Column("folder", String, nullable=False),
    Column("uidvalidity", Integer, nullable=False),
    Column("uid", Integer, nullable=False),
    Column("accession", String, ForeignKey("items.accession"), nullable=False),
    Column("size", Integer, nullable=False),  # as the server listed it, which may be wrong
    Column("received", String),  # INTERNALDATE as listed; NULL where the server told none
    Column("gone", String),  # when it was no longer on the server; NULL: it is there
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
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", String, nullable=False),
    Column("accession", String, nullable=False),
    Column("action", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("outcome", String, nullable=False),
    Column("before", String, nullable=False),
    Column("after", String, nullable=False),
    Column("detail", String, nullable=False),
    Column("rule", String, nullable=False),
    Column("row", String, nullable=False),
    Column("salt", String, nullable=False),
    Column("said", String, nullable=False),
    Column("previous", String, nullable=False),
    Column("digest", String, nullable=False),
    Index("events_of", "accession"),
    Index("events_of_action", "action", "number"),
)

readings = Table(
    "readings",
    metadata,
    Column("sha256", String, ForeignKey("items.sha256"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("abilities", String, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("digest", String, nullable=False),
    PrimaryKeyConstraint("sha256", "version", "abilities"),
)

filings = Table(
    "filings",
    metadata,
    Column("accession", String, ForeignKey("items.accession"), primary_key=True),
    Column("basis", String, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("digest", String, nullable=False),
)

corrections = Table(
    "corrections",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("accession", String, nullable=False),  # "": about a unit
    Column("field", String, nullable=False),
    Column("old", String, nullable=False),
    Column("new", String, nullable=False),
    Column("by", String, nullable=False),
    Column("why", String, nullable=False),
    Column("at", String, nullable=False),
    Column("act", String, nullable=False),
    Column("about", Integer, nullable=False),
    Column("workbook", String, nullable=False),
    Column("anchor", String, nullable=False),
    Column("machine", String, nullable=False),
    Column("digest", String, nullable=False),
    Index("corrections_of", "accession"),
)

attachments = Table(
    "attachments",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("accession", String, ForeignKey("items.accession"), nullable=False),
    Column("place", Integer, nullable=False),  # from 1 in its mail
    Column("name", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("size", Integer, nullable=False),
    Column("link", String, nullable=False),  # URL that it answers, "" if none
    Column("by", String, nullable=False),
    Column("at", String, nullable=False),
    Column("digest", String, nullable=False),
    UniqueConstraint("accession", "place", name="one_place_a_mail"),
    UniqueConstraint("accession", "sha256", name="once_a_mail"),
)

sendings = Table(
    "sendings",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("about", Integer, nullable=False),  # number of the intent that an outcome is about; 0: an intent
    Column("kind", String, nullable=False),
    Column("accession", String, nullable=False),  # "": about a unit
    Column("unit", String, nullable=False),
    Column("recipient", String, nullable=False),
    Column("message_id", String, nullable=False),
    Column("facts", String, nullable=False),  # digest of what the paper says
    Column("text", String, nullable=False),  # sha256 of its words
    Column("outcome", String, nullable=False),
    Column("said", String, nullable=False),  # Chinese, what the server answered, "" for an intent
    Column("by", String, nullable=False),
    Column("at", String, nullable=False),
    Column("digest", String, nullable=False),
    CheckConstraint("outcome IN ('intent', 'sent', 'refused', 'failed', 'unknown')", name="known_outcome"),
    Index("sendings_of", "kind", "accession", "unit"),
)

polls = Table(
    "polls",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("account", String, nullable=False),
    Column("folder", String, nullable=False),
    Column("at", String, nullable=False),
    Column("uidvalidity", Integer, nullable=False),
    Column("exists", Integer, nullable=False),
    Column("uidnext", Integer, nullable=False),
    Column("earliest", String),
    Column("new", Integer, nullable=False),
    Column("fetched", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("vanished", Integer, nullable=False),
    Column("captured", Integer, nullable=False),
    Column("known", Integer, nullable=False),
    Column("error", String, nullable=False),
)

seals = Table(
    "seals",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", String, nullable=False),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    Column("head", String, nullable=False),
    Column("items", Integer, nullable=False),
    Column("sightings", Integer, nullable=False),
    Column("corrections", Integer, nullable=False),
    Column("previous", String, nullable=False),
    Column("digest", String, nullable=False),
)

APPEND_ONLY = ("events", "corrections", "seals", "attachments", "sendings")
"""Tables whose rows no statement may change or remove; each has two triggers, named as in `triggers`."""


def named(connection: Connection) -> set[str]:
    """The digests of all blobs that the register names: mails, and files that staff added to them."""
    return {
        sha256
        for column in (items.c.sha256, attachments.c.sha256)
        for sha256 in connection.scalars(select(column))
    }


def triggers(table: str) -> dict[str, str]:
    """Return the statements of the two triggers that guard *table*, by name."""
    return {
        f"{table}_no_{verb}": f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table}: append only'); END"
        for verb in ("update", "delete")
    }
