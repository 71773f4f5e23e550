"""What the daemon asks for at each mail and each poll is found by index, however many mails there are."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the indexes: what is due, what is begun, what is there on the server, the last event of a kind."""
    op.create_index("items_standing", "items", ["state", "basis"])
    _partial("items_begun", "items", ["begun"], "begun IS NOT NULL")
    _partial("sightings_there", "sightings", ["account", "folder", "uidvalidity", "uid"], "gone IS NULL")
    op.create_index("events_of_action", "events", ["action", "number"])


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    """An index of the few rows, or of the columns, that a question needs."""
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
