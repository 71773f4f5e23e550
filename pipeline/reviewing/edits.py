"""One row of a reviewed workbook: what each edited cell comes to.

Purpose: `edits`, pure. An edited cell is taken where its value has not changed since its compile, stands so already, collides
with what was decided since, or must be refused.
Limits: what a decision may hold beyond its form is decisions.py's business.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from outputs.tables import Edit
from outputs.words import MISSING, OTHERWISE
from pipeline.reviewing.cells import Row
from pipeline.reviewing.found import Already, Change, Conflict, Found, Refused, short
from pipeline.reviewing.opened import UNCOMPUTED
from pipeline.reviewing.plain import same, text
from pipeline.reviewing.sides import NOTHING, Place, Side
from pipeline.reviewing.values import alike, stored, told
from pipeline.reviewing.written import UnfitError

DEFAULT_WHY = "工作簿复核"
"""Reason of a decision where none is due and none was given."""
GONE = "现在没有这一行了（来件被替代、撤回，或规则改动后不再单列），没有存"
CHANGED = "编出之后这一格已经改过，没有存"
SHUT = "编出之后这一格改为不能填了，没有存"
OTHER = "来件重新判读后，这一行现在是另一项活动，没有存"
NAMING = ("收文号", "单位", "活动名称", "评分项", "事项")
"""Headers of what people know a row by."""
NO_COLUMN = "现在的版本没有这一栏了，没有存"

UNSAID = (
    UNCOMPUTED,
    "#N/A",
    "#REF!",
    "#DIV/0!",
    "#VALUE!",
    "#NAME?",
    "#NUM!",
    "#NULL!",
    "#SPILL!",
    "#CALC!",
    "#FIELD!",
)
"""How cells begin that a formula left without a value."""


def edits(side: Side, id_: str, row: Row) -> Iterator[Found]:
    """What the edited cells of one row come to; nothing for those that nobody touched."""
    written = side.rows[id_]
    if all(same(written.get(header), row.cells.get(header, NOTHING).value) for header in side.columns):
        return
    places = {
        header: Place(side=side, id=side.ids[id_], row=row, column=column)
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


def _edited(place: Place, places: Mapping[str, Place]) -> Found:
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


def _new(place: Place) -> str:
    """What a decision would hold.

    Raises:
        UnfitError: the cell is locked, or holds what it may not.
    """
    if not place.was_open:
        where = "本行这一格不能改，原因和该在哪里定见本行“备注”" if place.column.edit else "只有黄色格可以填"
        raise UnfitError(
            f"“{place.column.header}”不能改（{where}）：原为“{_seen(place.base)}”，现写“{_seen(place.given)}”"
        )
    if str(place.given).startswith(UNSAID):
        raise UnfitError(f"公式出错或没有算出值（{_seen(place.given)}）；请直接填数或字")
    new = stored(place.field or "", place.given, place.side.words)
    _offered(place, new)
    return new


def _collision(place: Place) -> str:
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


def _offered(place: Place, new: str) -> None:
    """Make sure that a choice is one of its row's list; names of units and words about a question may be one's own."""
    offered = place.side.now.choices.get(place.id) if place.side.now else None
    field = place.field or ""
    if place.column.edit is not Edit.CHOICE or not offered or field.endswith("unit") or "question/" in field:
        return
    if new not in {told(field, one, place.side.words) for one in offered}:
        raise UnfitError(f"“{_seen(place.given)}”不在可选之内；可填 {'、'.join(offered)}")


def _change(place: Place, new: str, why: str) -> Change:
    accession, field = place.path
    outside = field == "unit" and new not in place.side.words.units
    return Change(
        sheet=place.side.name,
        cell=place.cell.place,
        header=place.column.header,
        row=place.id,
        about=_about(place),
        accession=accession,
        field="unit/outside" if outside else field,
        old=told(field, place.now, place.side.words),
        new=new,
        why=why,
        stood=_seen(place.now),
        given=_seen(place.given),
        outside=outside,
    )


def _about(place: Place) -> str:
    """The row as people know it: its 收文号, unit and what else names it."""
    written = place.side.base.rows[place.id]
    named = (short(text(written.get(header))) for header in NAMING if header != place.column.header)
    return " ".join(name for name in named if name)


def _collides(place: Place, why: str) -> Conflict:
    return Conflict(
        sheet=place.side.name,
        cell=place.cell.place,
        header=place.column.header,
        row=place.id,
        about=_about(place),
        field=place.path[1],
        base=_seen(place.base),
        now=_seen(place.now) if place.now is not None or place.there else "",
        edited=_seen(place.given),
        why=why,
    )


def _refused(place: Place, why: str) -> Refused:
    return Refused(sheet=place.side.name, cell=place.cell.place, why=why)


# ---------------------------------------------------------------- reasons


def _due(place: Place, new: str) -> bool:
    """Whether a reason must be given: of the handlings that are offered only the one that says nothing needs one."""
    return bool(place.column.why) and (place.column.edit is not Edit.CHOICE or new == OTHERWISE)


def _why(place: Place, places: Mapping[str, Place]) -> str:
    """The reason in the same row: of the column's own, else of the only one that there is."""
    reasons = [one for one in places.values() if one.column.edit is Edit.FREE and one.column.field is None]
    own = places.get(place.column.why) or (reasons[0] if len(reasons) == 1 else None)
    return text(own.given) if own else ""


def _reason(place: Place, places: Mapping[str, Place]) -> Iterator[Found]:
    """A reason that was edited alone: a decision that stands gets it, as a decision of its own."""
    owners = [one for one in places.values() if one.column.why == place.column.header and one.field]
    why = text(place.given)
    if place.there and alike(None, place.given, place.now, place.side.words):
        yield Already(sheet=place.side.name, cell=place.cell.place)
    elif len(owners) != 1 or not text(owners[0].given) or not why or (place.there and not owners[0].is_open):
        where = f"{place.side.name}!{place.cell.place}"
        yield f"{where}：只写了理由，没有改它说明的那一格，没有存"
    elif not place.there:
        stands = place.side.standing.get(owners[0].path, ())
        given = bool(stands) and stands[-1].why == why
        yield Already(sheet=place.side.name, cell=place.cell.place) if given else _collides(place, GONE)
    elif not alike(None, place.base, place.now, place.side.words):
        yield _collides(place, CHANGED)
    else:
        yield _reasoned(owners[0], why)


def _reasoned(owner: Place, why: str) -> Found:
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
