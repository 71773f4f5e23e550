"""One sheet and one cell seen from three sides: as it came back, as its compile wrote it, as it would be now.

Purpose: `Side` and `Place`, what compare.py and edits.py ask.
Limits: judges nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from outputs.cells import clean
from outputs.tables import Column, Edit, Sheet, Value
from outputs.tables.sheet import decided
from outputs.workbook.baseline import Written
from pipeline.reviewing.cells import Cell, Page, Row
from pipeline.reviewing.found import Standing
from pipeline.reviewing.values import Words, alike

NOTHING = Cell(place="", value=None)
"""A cell that is not there."""


@dataclass(frozen=True, kw_only=True)
class Side:
    """One sheet seen from three sides: the page that came back, what its compile wrote, the sheet as it would be now.

    standing: what is decided. others: rows of activities that stand for another activity now.
    """

    page: Page
    base: Written
    now: Sheet | None
    words: Words
    standing: Standing
    others: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """Name of the sheet."""
        return self.page.name

    @cached_property
    def rows(self) -> Mapping[str, Mapping[str, object]]:
        """Row id, as the file shows it, to header to value, as written."""
        return {clean(id_): row for id_, row in self.base.rows.items()}

    @cached_property
    def ids(self) -> Mapping[str, str]:
        """Row id as the file shows it to what it is; few have signs that no cell can show."""
        return {clean(id_): id_ for id_ in self.base.rows}

    @cached_property
    def columns(self) -> Mapping[str, Column]:
        """Header to column, as it was written."""
        return {column.header: column for column in self.base.columns}

    @cached_property
    def kept(self) -> frozenset[str]:
        """The headers that the sheet has now too."""
        return frozenset(column.header for column in self.now.columns) if self.now else frozenset()

    @cached_property
    def values(self) -> Mapping[str, Mapping[str, Value]]:
        """Row id to header to value, as it would be written now."""
        if self.now is None:
            return {}
        rows = zip(self.now.frame.index, self.now.frame.itertuples(index=False, name=None), strict=True)
        return {str(id_): dict(zip(self.now.frame.columns, values, strict=True)) for id_, values in rows}


@dataclass(frozen=True, kw_only=True)
class Place:
    """One cell from three sides. field: path of the decision, None where the column decides nothing."""

    side: Side
    id: str
    row: Row
    column: Column

    @property
    def cell(self) -> Cell:
        """The cell as it came back."""
        return self.row.cells.get(self.column.header, NOTHING)

    @property
    def given(self) -> object:
        """What the person left in it."""
        return self.cell.value

    @property
    def base(self) -> object:
        """What its compile wrote into it."""
        return self.side.base.rows[self.id].get(self.column.header)

    @property
    def there(self) -> bool:
        """Whether the row is in the sheet of now."""
        return self.id in self.side.values

    @property
    def now(self) -> object:
        """What stands now: in the table, or, where the row is gone, as a decision."""
        if self.there:
            return self.side.values[self.id].get(self.column.header)
        found = self.side.standing.get(self.path, ())
        return found[-1].new if found else None

    @property
    def was_open(self) -> bool:
        """Whether it was yellow."""
        yellow = self.column.edit is not Edit.NO
        return yellow and (self.id, self.column.header) not in self.side.base.locked

    @property
    def is_open(self) -> bool:
        """Whether it would be yellow now."""
        return self.side.now is not None and self.side.now.open(self.id, self.column)

    @property
    def path(self) -> tuple[str, str]:
        """Accession and field; a cell that nobody may write into decides nothing."""
        decides = self.was_open and self.column.field is not None
        return decided(self.id, self.column) if decides else ("", "")

    @property
    def field(self) -> str | None:
        """What a change of it decides, None where it decides nothing."""
        return self.path[1] or None

    @property
    def edited(self) -> bool:
        """Whether somebody changed it."""
        return not alike(self.field, self.base, self.given, self.side.words)
