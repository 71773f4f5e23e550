"""Files that staff added to mails: append-only, as corrections are."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table and the two triggers that guard it."""
    op.create_table(
        "attachments",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("accession", sa.String, sa.ForeignKey("items.accession"), nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("name", "sha256")),
        sa.Column("size", sa.Integer, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("link", "by", "at", "digest")),
        sa.UniqueConstraint("accession", "place", name="one_place_a_mail"),
        sa.UniqueConstraint("accession", "sha256", name="once_a_mail"),
    )
    for verb in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER attachments_no_{verb} BEFORE {verb.upper()} ON attachments "
            f"BEGIN SELECT RAISE(ABORT, 'attachments: append only'); END"
        )
