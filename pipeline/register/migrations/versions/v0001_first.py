"""The register of the first day: items, sightings, events, readings, filings, corrections, polls, seals."""

import sqlalchemy as sa
from alembic import op

from pipeline.register.portable import NUMBER, TEXT, guarding

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make all tables, and the triggers that keep events, corrections and seals append-only."""
    _items()
    _log()
    _content()
    _operations()
    for table in ("events", "corrections", "seals"):
        for statement in guarding(op.get_bind().dialect.name, table):
            op.execute(statement)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, TEXT, nullable=nullable)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, NUMBER, nullable=False)


def _items() -> None:
    op.create_table(
        "items",
        sa.Column("accession", TEXT, primary_key=True),
        *map(_number, ("year", "number")),
        sa.Column("sha256", TEXT, nullable=False, unique=True),
        _number("size"),
        *map(_text, ("state", "received", "received_from", "captured")),
        _text("due", nullable=True),
        _text("begun", nullable=True),
        *map(_number, ("isolated", "attempts")),
        *map(_text, ("reason", "basis", "filing", "digest")),
        sa.UniqueConstraint("year", "number", name="one_number_a_year"),
        sa.CheckConstraint("state IN ('captured', 'filed', 'held', 'dismissed')", name="known_state"),
    )
    op.create_table(
        "sightings",
        *map(_text, ("account", "folder")),
        *map(_number, ("uidvalidity", "uid")),
        sa.Column("accession", TEXT, sa.ForeignKey("items.accession"), nullable=False),
        _number("size"),
        *(_text(name, nullable=True) for name in ("received", "gone")),
        sa.PrimaryKeyConstraint("account", "folder", "uidvalidity", "uid", "accession"),
    )
    op.create_index("sightings_of", "sightings", ["accession"])


def _log() -> None:
    op.create_table(
        "events",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
        *map(
            _text,
            ("at", "accession", "action", "actor", "outcome", "before", "after", "detail", "rule", "row"),
        ),
        *map(_text, ("salt", "said", "previous", "digest")),
    )
    op.create_index("events_of", "events", ["accession"])
    op.create_table(
        "seals",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
        _text("at"),
        *map(_number, ("first", "last")),
        _text("head"),
        *map(_number, ("items", "sightings", "corrections")),
        *map(_text, ("previous", "digest")),
    )


def _content() -> None:
    op.create_table(
        "readings",
        sa.Column("sha256", TEXT, sa.ForeignKey("items.sha256"), nullable=False),
        _number("version"),
        _text("abilities"),
        sa.Column("content", sa.LargeBinary, nullable=False),
        _text("digest"),
        sa.PrimaryKeyConstraint("sha256", "version", "abilities"),
    )
    op.create_table(
        "filings",
        sa.Column("accession", TEXT, sa.ForeignKey("items.accession"), primary_key=True),
        _text("basis"),
        sa.Column("content", sa.LargeBinary, nullable=False),
        _text("digest"),
    )
    op.create_table(
        "corrections",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("accession", TEXT, sa.ForeignKey("items.accession"), nullable=False),
        *map(_text, ("field", "old", "new", "by", "why", "at", "digest")),
    )
    op.create_index("corrections_of", "corrections", ["accession"])


def _operations() -> None:
    op.create_table(
        "polls",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
        *map(_text, ("account", "folder", "at")),
        *map(_number, ("uidvalidity", "exists", "uidnext")),
        _text("earliest", nullable=True),
        *map(_number, ("new", "fetched", "refused", "vanished", "captured", "known")),
        _text("error"),
    )
