"""What a person changed in a workbook, as decisions that the register can hold.

Purpose: pure; `by_field`, what is decided now; `decisions`, `Correction`s in the order of the workbook; `disallowed`, what the
rules do not allow.
Source: pipeline/review (fields), the rubric's bounds. A cell that is emptied takes back the decision that stands in it.
Limits: a unit outside the roster is allowed, and told (`Change.outside`), for only people know who wrote.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from pipeline.errors import PermanentError
from pipeline.evaluate import within
from pipeline.records import Act, Correction, Item, State
from pipeline.review import standing as undone_by_none
from pipeline.review import wrong
from pipeline.reviewing.found import Change, Refused, Standing, short
from pipeline.reviewing.values import Words
from rules import Rules

STATES = {State.CAPTURED: "已接收、还没有归档", State.HELD: "待人工", State.DISMISSED: "不予受理"}
TAKEN_BACK = ("question/", "joint/", "relation")
"""Fields that hold no "nothing": who empties their cell takes back what was decided."""
LONGEST = 2000
"""Characters of what a person writes into one cell."""
ALIKE = 0.75
"""How like a name of the roster a name outside it is that is asked about."""


Made = tuple[Change, Correction]


def by_field(corrections: Sequence[Correction]) -> Standing:
    """(accession, field) to the decisions that nobody undid, in their order.

    Args:
        corrections: as the register has them, what undoes and signs included.
    """
    found: dict[tuple[str, str], tuple[Correction, ...]] = {}
    for one in undone_by_none(corrections):
        key = (one.accession, "unit" if one.field == "unit/outside" else one.field)
        found[key] = (*found.get(key, ()), one)
    return found


def decisions(
    changes: Sequence[Change], standing: Standing, *, by: str, at: datetime, workbook: str
) -> tuple[Made, ...]:
    """Give the decisions that each change is, in their order.

    Args:
        standing: what is decided now, for what is taken back.
        by: who reviewed. workbook: sha256 of the file.
    """
    return tuple(
        (one, made)
        for one in changes
        for made in _decisions(
            one,
            standing,
            Correction(
                accession=one.accession,
                field=one.field,
                old=one.old,
                new=one.new,
                by=by,
                why=one.why,
                at=at,
                workbook=workbook,
            ),
        )
    )


def disallowed(made: Sequence[Made], items: Mapping[str, Item], rules: Rules) -> Iterator[Refused]:
    """What no decision may say: points beyond the rubric, a mail that is not filed, too many words."""
    for change, correction in made:
        if why := _why_not(correction, items, rules):
            yield Refused(sheet=change.sheet, cell=change.cell, why=why)


def outside(changes: Sequence[Change], words: Words) -> Iterator[str]:
    """A line for each unit that is not in the roster, with the names there that are most like it or hold it."""
    names = sorted(words.units)
    for one in changes:
        if one.outside:
            near = difflib.get_close_matches(one.new, names, n=1, cutoff=ALIKE) or [
                name for name in names if one.new in name
            ]
            hint = (
                f"；名册里有“{'”“'.join(near[:3])}”，如是同一单位请改成名册里的名称再导入一次" if near else ""
            )
            yield f"名册外单位：{one.sheet}!{one.cell} “{short(one.new)}”，按名册外单位存{hint}"


def _decisions(one: Change, standing: Standing, made: Correction) -> Iterator[Correction]:
    """The decision of one cell; of one that was emptied, what takes back each decision that stands there."""
    if one.new or not one.field.startswith(TAKEN_BACK):
        yield made
        return
    for before in reversed(standing.get((one.accession, one.field), ())):
        yield replace(made, act=Act.UNDO, about=before.number)


def _why_not(one: Correction, items: Mapping[str, Item], rules: Rules) -> str:
    if len(one.new) > LONGEST or len(one.why) > LONGEST:
        return f"超过 {LONGEST} 字，请写短些"
    item = items.get(one.accession)
    if one.accession and item is None:
        return f"登记簿里没有收文号 {one.accession}"
    if item is not None and item.state is not State.FILED and not one.field.startswith("question/"):
        return f"{one.accession} 现为{STATES[item.state]}，不能更正"
    if why := wrong(one):
        return why
    if one.field.startswith("score/") and one.new:
        try:
            within(one.field.split("/", 2)[1], float(one.new), rules)
        except PermanentError as error:
            return str(error)
    return ""
