"""One row of a reviewed workbook: what each edited cell comes to.

Purpose: `edits`, pure. An edited cell is taken where its value has not changed since its compile, stands so already, collides
with what was decided since, or must be refused.
Limits: what a decision may hold beyond its form is decisions.py's business.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from outputs.baseline import Written
from outputs.cells import clean
from outputs.tables import Column, Edit, Sheet, Value
from outputs.tables.sheet import decided
from outputs.words import MISSING, OTHERWISE
from pipeline.reviewing.cells import Cell, Page, Row
from pipeline.reviewing.found import Already, Change, Conflict, Found, Refused, Standing, short
from pipeline.reviewing.values import UnfitError, Words, alike, same, stored, text, told

DEFAULT_WHY = "工作簿复核"
"""Reason of a decision where none is due and none was given."""
GONE = "现在没有这一行了（来件被替代、撤回，或规则改动后不再单列），没有存"
CHANGED = "编出之后这一格已经改过，没有存"
SHUT = "编出之后这一格改为不能填了，没有存"
OTHER = "来件重新判读后，这一行现在是另一项活动，没有存"
NO_COLUMN = "现在的版本没有这一栏了，没有存"
_NOTHING = Cell(place="", value=None)


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
class _Place:
    """One cell from three sides. field: path of the decision, None where the column decides nothing."""

    side: Side
    id: str
    row: Row
    column: Column

    @property
    def cell(self) -> Cell:
        return self.row.cells.get(self.column.header, _NOTHING)

    @property
    def given(self) -> object:
        return self.cell.value

    @property
    def base(self) -> object:
        return self.side.base.rows[self.id].get(self.column.header)

    @property
    def there(self) -> bool:
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
        yellow = self.column.edit is not Edit.NO
        return yellow and (self.id, self.column.header) not in self.side.base.locked

    @property
    def is_open(self) -> bool:
        return self.side.now is not None and self.side.now.open(self.id, self.column)

    @property
    def path(self) -> tuple[str, str]:
        """Accession and field; a cell that nobody may write into decides nothing."""
        decides = self.was_open and self.column.field is not None
        return decided(self.id, self.column) if decides else ("", "")

    @property
    def field(self) -> str | None:
        return self.path[1] or None

    @property
    def edited(self) -> bool:
        return not alike(self.field, self.base, self.given, self.side.words)


def edits(side: Side, id_: str, row: Row) -> Iterator[Found]:
    """What the edited cells of one row come to; nothing for those that nobody touched."""
    written = side.rows[id_]
    if all(same(written.get(header), row.cells.get(header, _NOTHING).value) for header in side.columns):
        return
    places = {
        header: _Place(side=side, id=side.ids[id_], row=row, column=column)
        for header, column in side.columns.items()
    }
    edited = [place for place in places.values() if place.edited]
    decides = any(place.field is not None for place in edited)
    for place in edited:
        if place.column.edit is not Edit.NO and place.column.field is None and place.was_open:
            if not decides:
                yield from _reason(place, places)
        else:
            yield _edited(place, places)


def _edited(place: _Place, places: Mapping[str, _Place]) -> Found:
    try:
        new = _new(place)
    except UnfitError as error:
        return _refused(place, str(error))
    if alike(place.field, place.given, place.now, place.side.words):
        return Already(sheet=place.side.name, cell=place.cell.place)
    if why := _collision(place):
        return _collides(place, why)
    reason = _why(place, places)
    if reason or not _due(place, new):
        return _change(place, new, reason or DEFAULT_WHY)
    at = places.get(place.column.why)
    why = f"{place.cell.place} 改了“{place.column.header}”，要在这里写明理由"
    return Refused(sheet=place.side.name, cell=at.cell.place if at else place.cell.place, why=why)


def _new(place: _Place) -> str:
    """What a decision would hold.

    Raises:
        UnfitError: the cell is locked, or holds what it may not.
    """
    if not place.was_open:
        raise UnfitError(
            f"“{place.column.header}”不能改（只有黄色格可以填）：原为“{_seen(place.base)}”，现写“{_seen(place.given)}”"
        )
    new = stored(place.field or "", place.given, place.side.words)
    _offered(place, new)
    return new


def _collision(place: _Place) -> str:
    """Why the change of a cell cannot stand beside what was decided since its compile, "" if it can."""
    if place.column.header not in place.side.kept or place.field is None:
        return NO_COLUMN
    if not place.there:
        return CHANGED if place.now is not None else GONE
    if "/".join(place.id.split("/")[:3]) in place.side.others:
        return OTHER
    if not alike(place.field, place.base, place.now, place.side.words):
        return CHANGED
    return "" if place.is_open else SHUT


def _offered(place: _Place, new: str) -> None:
    """Make sure that a choice is one of its row's list; names of units and words about a question may be one's own."""
    offered = place.side.now.choices.get(place.id) if place.side.now else None
    field = place.field or ""
    if place.column.edit is not Edit.CHOICE or not offered or field.endswith("unit") or "question/" in field:
        return
    if new not in {told(field, one, place.side.words) for one in offered}:
        raise UnfitError(f"“{_seen(place.given)}”不在可选之内；可填 {'、'.join(offered)}")


def _change(place: _Place, new: str, why: str) -> Change:
    accession, field = place.path
    outside = field == "unit" and new not in place.side.words.units
    return Change(
        sheet=place.side.name,
        cell=place.cell.place,
        header=place.column.header,
        row=place.id,
        accession=accession,
        field="unit/outside" if outside else field,
        old=told(field, place.now, place.side.words),
        new=new,
        why=why,
        given=_seen(place.given),
        outside=outside,
    )


def _collides(place: _Place, why: str) -> Conflict:
    return Conflict(
        sheet=place.side.name,
        cell=place.cell.place,
        header=place.column.header,
        row=place.id,
        field=place.path[1],
        base=_seen(place.base),
        now=_seen(place.now) if place.now is not None or place.there else "",
        edited=_seen(place.given),
        why=why,
    )


def _refused(place: _Place, why: str) -> Refused:
    return Refused(sheet=place.side.name, cell=place.cell.place, why=why)


# ---------------------------------------------------------------- reasons


def _due(place: _Place, new: str) -> bool:
    """Whether a reason must be given: of the handlings that are offered only the one that says nothing needs one."""
    return bool(place.column.why) and (place.column.edit is not Edit.CHOICE or new == OTHERWISE)


def _why(place: _Place, places: Mapping[str, _Place]) -> str:
    """The reason in the same row: of the column's own, else of the only one that there is."""
    reasons = [one for one in places.values() if one.column.edit is Edit.FREE and one.column.field is None]
    own = places.get(place.column.why) or (reasons[0] if len(reasons) == 1 else None)
    return text(own.given) if own else ""


def _reason(place: _Place, places: Mapping[str, _Place]) -> Iterator[Found]:
    """A reason that was edited alone: a decision that stands gets it, as a decision of its own."""
    owners = [
        one for one in places.values() if one.column.why == place.column.header and one.field is not None
    ]
    where = f"{place.side.name}!{place.cell.place}"
    if not place.there:
        yield _collides(place, GONE)
    elif alike(None, place.given, place.now, place.side.words):
        yield Already(sheet=place.side.name, cell=place.cell.place)
    elif not alike(None, place.base, place.now, place.side.words):
        yield _collides(place, CHANGED)
    elif len(owners) != 1 or not text(owners[0].given) or not text(place.given) or not owners[0].is_open:
        yield f"{where}：只写了理由，没有改它说明的那一格，没有存"
    else:
        yield _reasoned(owners[0], text(place.given))


def _reasoned(owner: _Place, why: str) -> Found:
    if not alike(owner.field, owner.base, owner.now, owner.side.words):
        return _collides(owner, CHANGED)
    try:
        return _change(owner, stored(owner.field or "", owner.given, owner.side.words), why)
    except UnfitError as error:
        return _refused(owner, str(error))


def _seen(value: object) -> str:
    """A cell as people see it, on one line."""
    if isinstance(value, str) and not value.strip():
        return "空白"
    return short(text(value)) or MISSING
