"""What was sent to units: what was about to be sent, and what became of it, each a row of its own; append-only."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table and the two triggers that guard it."""
    op.create_table(
        "sendings",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("about", sa.Integer, nullable=False),
        *(
            sa.Column(name, sa.String, nullable=False)
            for name in (
                "kind",
                "accession",
                "unit",
                "recipient",
                "message_id",
                "facts",
                "text",
                "outcome",
                "said",
                "by",
                "at",
                "digest",
            )
        ),
        sa.CheckConstraint(
            "outcome IN ('intent', 'sent', 'refused', 'failed', 'unknown')", name="known_outcome"
        ),
    )
    op.create_index("sendings_of", "sendings", ["kind", "accession", "unit"])
    for verb in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER sendings_no_{verb} BEFORE {verb.upper()} ON sendings "
            f"BEGIN SELECT RAISE(ABORT, 'sendings: append only'); END"
        )
