"""Which decisions count: those that nobody undid, and of one field the last of them.

Purpose: `standing`, `latest`, `answers`, `signed`.
Limits: an undone decision lets the one before it stand again; what the machine said is not asked here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.records import Act, Correction


def standing(corrections: Sequence[Correction]) -> tuple[Correction, ...]:
    """The decisions that are not undone, in their order; several of one field may be among them.

    Args:
        corrections: as the register has them, what undoes and signs included; what stands already stands again.
    """
    undone = {one.about for one in corrections if one.act is Act.UNDO}
    return tuple(one for one in corrections if one.act is Act.DECIDE and (one.number or -1) not in undone)


def signed(corrections: Sequence[Correction]) -> Mapping[int, Correction]:
    """Number of each decision that stands and is countersigned, to what signs it."""
    there = {one.number for one in standing(corrections)}
    undone = {one.about for one in corrections if one.act is Act.UNDO}
    return {
        one.about: one
        for one in corrections
        if one.act is Act.SIGN and one.about in there and one.number not in undone
    }


def latest(corrections: Sequence[Correction]) -> Mapping[tuple[str, str], Correction]:
    """(accession, field) to the decision that counts; of an activity by the number that it had when it was decided."""
    return {(one.accession, one.field): one for one in standing(corrections)}


def answers(corrections: Sequence[Correction]) -> Mapping[tuple[str, str], Correction]:
    """What people did about questions: (accession, "question/…") to the decision; accession "" about a unit."""
    return {
        key: one
        for key, one in latest(corrections).items()
        if one.field.startswith("question/") and one.new.strip()
    }
