"""One transition of one item on its way: the row as it was found, what it becomes, and the events that say so.

Purpose: `Step.of(connection, accession)`, then `require`, `move`, `tell` within the same transaction, and `done` at its end;
`rows_of` and `write` for many steps: the rows read at once, what became of them written at once.
Limits: knows no law of states; register.py and attempts.py have it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain as one_after_the_other
from itertools import groupby

from sqlalchemy import Connection, bindparam, select, update

from pipeline import VERSION
from pipeline.errors import UsageError
from pipeline.register import chain, rows, tables

MACHINE = f"shouwen v{VERSION}"
"""The actor of what no person did."""
Row = dict[str, object]
_ITEMS = select(tables.items).where(tables.items.c.accession.in_(bindparam("of", expanding=True)))
_MOVE = update(tables.items).where(tables.items.c.accession == bindparam("of"))


@dataclass(kw_only=True)
class Step:
    """One transition on its way: the row as it was found, then as it is to be written.

    changes: the columns that become others. told: its events, until they are appended.
    """

    connection: Connection
    row: Row
    verb: str
    written: Row = field(default_factory=dict)
    changes: Row = field(default_factory=dict)
    told: list[chain.Entry] = field(default_factory=list)

    @classmethod
    def of(cls, connection: Connection, accession: str, *, verb: str = "") -> Step:
        """Find the row of *accession*.

        Raises:
            UsageError: there is none.
        """
        return cls.among(rows_of(connection, (accession,)), connection, accession, verb=verb)

    @classmethod
    def among(cls, found: Mapping[str, Row], connection: Connection, accession: str, *, verb: str) -> Step:
        """The same, where *found* are the rows that `rows_of` read."""
        if accession not in found:
            raise UsageError(f"没有收文号 {accession}；收文号形如 2024-00031，可用 shouwen log 查看")
        return cls(connection=connection, row=found[accession], verb=verb)

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
        """Let these columns become others, and the digest with them; the rest is not written, so that no other index is touched."""
        row = {**self.row, **changes}
        self.written = {**row, "digest": rows.item_digest(row)}
        self.changes = {**self.changes, **changes, "digest": self.written["digest"]}

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
        """Write the row, and append what was told to the chain, in its order."""
        write(self.connection, (self,))


def rows_of(connection: Connection, accessions: Iterable[str]) -> dict[str, Row]:
    """The rows of items with these *accessions*, as far as there are such, by accession: one statement."""
    found = connection.execute(_ITEMS, {"of": sorted(set(accessions))}).mappings()
    return {str(row["accession"]): dict(row) for row in found}


def write(connection: Connection, steps: Iterable[Step]) -> None:
    """Write what became of the rows, one statement for those that follow one another with the same columns, and all events."""
    going = tuple(steps)
    moved = (step for step in going if step.changes)
    for _, alike in groupby(moved, lambda step: tuple(step.changes)):
        connection.execute(_MOVE, [{**step.changes, "of": step.row["accession"]} for step in alike])
    chain.append_all(connection, one_after_the_other.from_iterable(step.told for step in going))
