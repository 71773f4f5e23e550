"""What is decided now, by field: what an import is compared with, and what it takes back.

Purpose: `by_field`, pure.
Limits: of an activity by the number that it had when it was decided.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.records import Correction
from pipeline.review import standing
from pipeline.reviewing.found import Standing


def by_field(corrections: Sequence[Correction]) -> Standing:
    """(accession, field) to the decisions that nobody undid, in their order.

    Args:
        corrections: as the register has them, what undoes and signs included.
    """
    found: dict[tuple[str, str], tuple[Correction, ...]] = {}
    for one in standing(corrections):
        key = (one.accession, "unit" if one.field == "unit/outside" else one.field)
        found[key] = (*found.get(key, ()), one)
    return found
