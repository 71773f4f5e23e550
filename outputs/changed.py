"""What a replaced mail says otherwise than the mail that replaces it, as staff read it: “参与人数 46 → 64”."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from outputs.words import FIELDS, MISSING
from pipeline.evaluate import flat, quoted
from pipeline.records import Difference, Relation

LONGEST = 40
"""Characters of a title or value in a line of differences."""


def changes(relation: Relation | None) -> tuple[str, ...]:
    """Each difference of the mail from the one that replaces it; () where it is not replaced or says the same."""
    return (
        tuple(f"{quoted(one.title, LONGEST)}{_change(one)}" for one in relation.differences)
        if relation
        else ()
    )


def changed(relation: Relation | None, number: int) -> Iterator[str]:
    """What became of activity *number* of the replaced mail."""
    for one in relation.differences if relation else ():
        if one.old == number:
            yield _change(one)


def _change(one: Difference) -> str:
    if one.field is None:
        return "新增" if one.old is None else "新件已去掉"
    values: Sequence[str] = [flat(value, LONGEST) or MISSING for value in (one.before, one.after)]
    return f"{FIELDS[one.field]} {' → '.join(values)}"
