"""Decisions about units, decisions taken back and countersigned: the table of corrections made anew, its rows as they were.

SQLite cannot drop a foreign key from a table, so the rows move into a new one; their digests stay what they were.
"""

import sqlalchemy as sa
from alembic import op

from pipeline.register.portable import NUMBER, TEXT, guarding

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Move the rows into a table with more columns and without the reference to items; guard it as before."""
    op.rename_table("corrections", "corrections_before")
    op.drop_index("corrections_of", "corrections_before")
    op.create_table(
        "corrections",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
        *(_text(name) for name in ("accession", "field", "old", "new", "by", "why", "at", "act")),
        sa.Column("about", NUMBER, nullable=False),
        *(_text(name) for name in ("workbook", "anchor", "machine", "digest")),
    )
    op.execute(
        "INSERT INTO corrections (number, accession, field, old, new, by, why, at, digest, "
        "act, about, workbook, anchor, machine) "
        "SELECT number, accession, field, old, new, by, why, at, digest, 'decide', 0, '', '', '' "
        "FROM corrections_before ORDER BY number"
    )
    op.drop_table("corrections_before")
    op.create_index("corrections_of", "corrections", ["accession"])
    for statement in guarding(op.get_bind().dialect.name, "corrections"):
        op.execute(statement)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, TEXT, nullable=False)
