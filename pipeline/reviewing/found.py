"""What the comparison of a reviewed workbook finds: changes, conflicts, and what it is refused for.

Purpose: the values that travel between compare.py, decisions.py, effects.py and the command.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from outputs.workbook.baseline import Written
from pipeline.records import Correction

SHOWN = 60
"""Characters of a value in a line about it."""
Baseline = Mapping[str, Written]
"""What a compile wrote into its sheets with yellow cells, by name."""
Standing = Mapping[tuple[str, str], tuple[Correction, ...]]
"""(accession, field) to the decisions that nobody undid, in their order; "unit" has those of "unit/outside" among them."""


@dataclass(frozen=True, kw_only=True)
class Refused:
    """Why the workbook cannot be taken. cell: "H12", "" for a whole sheet."""

    sheet: str
    cell: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Change:
    """One decision that a person made in a cell. row: its id. accession, field: as in Correction.

    about: the row as people know it.
    old, new: as decisions hold them; old is what stands now. stood, given: the same as cells show them, for people. outside: a
    unit that is not in the roster.
    """

    sheet: str
    cell: str
    header: str
    row: str
    accession: str
    field: str
    old: str
    new: str
    why: str
    stood: str = ""
    given: str = ""
    outside: bool = False
    about: str = ""


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """An edited cell that changed since its compile. base, now, edited: what people see. why, about: Chinese."""

    sheet: str
    cell: str
    header: str
    row: str
    field: str
    base: str
    now: str
    edited: str
    why: str
    about: str = ""


@dataclass(frozen=True, kw_only=True)
class Already:
    """An edited cell that stands so by now."""

    sheet: str
    cell: str


Found = Change | Conflict | Refused | Already | str
"""What one cell comes to; a remark as text."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Everything that was found, in the order of the sheets. remarks: Chinese, what was left out and why."""

    changes: tuple[Change, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    refused: tuple[Refused, ...] = ()
    already: int = 0
    remarks: tuple[str, ...] = ()


def short(words: str) -> str:
    """*words* on one line, cut where they are long."""
    line = " ".join(words.split())
    return line if len(line) <= SHOWN else f"{line[: SHOWN - 1]}…"
