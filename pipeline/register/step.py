"""One transition of one item on its way: the row as it was found, what it becomes, and the events that say so.

Purpose: `Step.of(connection, accession)`, then `require`, `move`, `tell` within the same transaction, and `done` at its end.
Limits: knows no law of states; register.py has it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from pipeline import VERSION
from pipeline.errors import UsageError
from pipeline.register import chain, rows, tables

MACHINE = f"shouwen v{VERSION}"
"""The actor of what no person did."""
_ITEM = select(tables.items).where(tables.items.c.accession == bindparam("of"))
_MOVE = update(tables.items).where(tables.items.c.accession == bindparam("of"))


@dataclass(kw_only=True)
class Step:
    """One transition on its way: the row as it was found, then as it is written. told: its events, until they are appended."""

    connection: Connection
    row: dict[str, object]
    verb: str
    written: dict[str, object] = field(default_factory=dict)
    told: list[chain.Entry] = field(default_factory=list)

    @classmethod
    def of(cls, connection: Connection, accession: str, *, verb: str = "") -> Step:
        """Find the row of *accession*.

        Raises:
            UsageError: there is none.
        """
        found = connection.execute(_ITEM, {"of": accession}).mappings().first()
        if found is None:
            raise UsageError(f"没有收文号 {accession}；收文号形如 2024-00031，可用 shouwen log 查看")
        return cls(connection=connection, row=dict(found), verb=verb)

    @property
    def state(self) -> str:
        """The state as it was found."""
        return str(self.row["state"])

    @property
    def attempts(self) -> int:
        """The attempts as they were found."""
        return int(str(self.row["attempts"]))

    def require(self, holds: bool, fact: str) -> None:
        """Refuse the step unless it *holds*; the transaction is then undone."""
        if not holds:
            raise UsageError(f"{self.row['accession']} {fact}，不能{self.verb}")

    def move(self, **changes: object) -> None:
        """Write the row with its *changes* and its new digest; no other column, so that no other index is touched."""
        row = {**self.row, **changes}
        self.written = {**row, "digest": rows.item_digest(row)}
        self.connection.execute(_MOVE, {**changes, "digest": self.written["digest"], "of": row["accession"]})

    def tell(self, action: str, outcome: str, at: datetime, **told: str) -> None:
        """Say an event of this step.

        told: actor (the machine if not given), detail, rule, and row, the digest of what it wrote (the item's if not given).
        """
        now = self.written or self.row
        fields = {"actor": MACHINE, "row": str(now["digest"]), **told}
        self.told.append(
            chain.entry(
                at=at,
                accession=str(now["accession"]),
                action=action,
                outcome=outcome,
                before=self.state,
                after=str(now["state"]),
                **fields,
            )
        )

    def done(self) -> None:
        """Append what was told to the chain, in its order."""
        chain.append_all(self.connection, self.told)
        self.told = []
