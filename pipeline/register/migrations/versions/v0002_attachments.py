"""Files that staff added to mails: append-only, as corrections are."""

import sqlalchemy as sa
from alembic import op

from pipeline.register.portable import NUMBER, TEXT, guarding

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table and the two triggers that guard it."""
    op.create_table(
        "attachments",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("accession", TEXT, sa.ForeignKey("items.accession"), nullable=False),
        sa.Column("place", NUMBER, nullable=False),
        *(sa.Column(name, TEXT, nullable=False) for name in ("name", "sha256")),
        sa.Column("size", NUMBER, nullable=False),
        *(sa.Column(name, TEXT, nullable=False) for name in ("link", "by", "at", "digest")),
        sa.UniqueConstraint("accession", "place", name="one_place_a_mail"),
        sa.UniqueConstraint("accession", "sha256", name="once_a_mail"),
    )
    for statement in guarding(op.get_bind().dialect.name, "attachments"):
        op.execute(statement)
