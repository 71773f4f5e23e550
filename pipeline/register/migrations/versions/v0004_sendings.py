"""What was sent to units: what was about to be sent, and what became of it, each a row of its own; append-only."""

import sqlalchemy as sa
from alembic import op

from pipeline.register.portable import NUMBER, TEXT, guarding

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table and the two triggers that guard it."""
    op.create_table(
        "sendings",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("about", NUMBER, nullable=False),
        *(
            sa.Column(name, TEXT, nullable=False)
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
    for statement in guarding(op.get_bind().dialect.name, "sendings"):
        op.execute(statement)
