"""A unit as staff call it: full name, an alias of the roster, a name in the mails, or a part that only one name has.

Purpose: `unit`, for every --unit.
Limits: never guesses: where it could be several or none, the names that are most like it are offered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.records import Filed
    from rules import Rules

NEAR = 5
"""Units that are offered where none is called so."""


def unit(name: str, filed: Sequence[Filed], rules: Rules) -> str:
    """The full name of the unit that is called *name*.

    Args:
        filed: all mails; units outside the roster are known from them.

    Raises:
        UsageError: none is called so, or several could be meant.
    """
    from rapidfuzz import process

    names = {best: best for one in filed if one.filing and (best := one.filing.identification.best)}
    names |= {alias: one.name for one in rules.units for alias in (*one.aliases, one.name)}
    if name in names:
        return names[name]
    alike = dict.fromkeys(full for full in names.values() if name in full)
    if len(alike) == 1:
        return next(iter(alike))
    near = alike or dict.fromkeys(names[found] for found, _, _ in process.extract(name, names, limit=NEAR))
    raise UsageError(
        f"名册和来件里都没有单位“{name}”；请写全称，或名册 units.csv 里的别名；"
        f"相近的有：{'、'.join(list(near)[:NEAR])}"
    )
