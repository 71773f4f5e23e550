"""The numbers that the activities of decisions have now, whichever they had when it was decided.

Purpose: `present(filings, corrections)`, for whoever looks decisions up by field; `now` for one activity.
Limits: places.py says which activity is meant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.records import Correction, Filing
from pipeline.review.fields import ACTIVITY, JOINT, joint_key, joint_members
from pipeline.review.places import found


def present(
    filings: Mapping[str, Filing | None], corrections: Sequence[Correction]
) -> tuple[Correction, ...]:
    """*corrections* with the numbers that their activities have now, for whoever looks decisions up by field.

    Args:
        filings: accession to the mail as it is judged now; the decisions of one that is not here stay as they are.

    Returns:
        the same rows in the same order, but for those whose activity is gone (`apply` shows them).
    """
    rows = (_present(filings, one) for one in corrections)
    return tuple(one for one in rows if one is not None)


def _present(filings: Mapping[str, Filing | None], one: Correction) -> Correction | None:
    if numbered := ACTIVITY.fullmatch(one.field):
        at = now(filings, (one.accession, int(numbered[1])), one.anchor)
        return replace(one, field=f"activity/{at[1]}/{numbered[2]}") if at is not None else None
    if key := JOINT.fullmatch(one.field):
        members = [now(filings, *each) for each in anchored(key[1], one.anchor)]
        there = [each for each in members if each is not None]
        return replace(one, field=f"joint/{joint_key(there)}") if len(there) == len(members) else None
    return one


def anchored(key: str, anchor: str) -> tuple[tuple[tuple[str, int], str], ...]:
    """The activities that the K of joint/K names, in its order, each with its anchor, "" where nobody noted it."""
    members = joint_members(key)
    anchors = anchor.split("+") if anchor else [""] * len(members)
    return tuple(zip(members, (*anchors, *[""] * len(members)), strict=False))


def now(filings: Mapping[str, Filing | None], key: tuple[str, int], anchor: str) -> tuple[str, int] | None:
    """Where the activity *key* with that *anchor* stands now; as it is where its mail has no filing here, None if gone."""
    filing = filings.get(key[0])
    if filing is None:
        return key
    where = found(filing.activities, key[1], anchor)
    return (key[0], where.index + 1) if where is not None else None
