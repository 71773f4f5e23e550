"""What people gave instead of the machine's points, and whether it counts.

Purpose: `scores(corrections, signature_due=…)`; evaluate puts it into the scores.
Limits: whether unit and criterion exist, and how many points there are at most, is evaluate's to know.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.records import Correction, ScoreDecision, same_person
from pipeline.review.fields import SCORE
from pipeline.review.standing import latest, signed


def scores(
    corrections: Sequence[Correction], *, signature_due: bool = False
) -> Mapping[tuple[str, str], ScoreDecision]:
    """The last decision about each score, by (unit, criterion); none where it gave the score back to the machine.

    Args:
        corrections: as the register has them, what undoes and signs included.
        signature_due: a second person must sign; one who decides and signs counts as one, however the name is spelled.
    """
    signatures = signed(corrections)
    found = {}
    for one in latest(corrections).values():
        about = SCORE.fullmatch(one.field)
        if one.accession or about is None or not one.new.strip():
            continue
        signature = signatures.get(one.number)
        by = signature.by if signature is not None else ""
        second = bool(by) and not same_person(by, one.by)
        found[about[2], about[1]] = ScoreDecision(
            number=one.number,
            points=float(one.new.strip()),
            by=one.by,
            why=one.why,
            signed=by if second else "",
            stands=second or not signature_due,
        )
    return found
