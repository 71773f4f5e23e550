"""Which activity a decision is about, now that the mail may have been judged again.

Purpose: `place(filing, correction)`, `found(activities, number, anchor)`, and `present(filings, corrections)` for all at once.
Source: principle 9; a number alone is another activity's as soon as one is found before it.
Limits: an activity is known by its words, else by its title (then `Place.other` says so); one that changed both is gone. Of two
with the same words only the one that kept its number is known. A decision without an anchor is about its number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.records import Correction, Filing, Judged
from pipeline.review.fields import ACTIVITY, JOINT, joint_key, joint_members

UNTITLED = hashlib.sha256(b"").hexdigest()[:20]
"""The half of an anchor that tells no activity from another."""

MOST = 99_999
"""The highest number that the field of an activity may have."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the activity stands. index: from 0. other: its title is the same, its words are not."""

    index: int
    other: bool = False


def place(filing: Filing, correction: Correction) -> Place | None:
    """Where the activity of *correction* stands in *filing*; None where it is gone, or it is about none."""
    numbered = ACTIVITY.fullmatch(correction.field)
    return found(filing.activities, int(numbered[1]), correction.anchor) if numbered else None


def present(
    filings: Mapping[str, Filing | None], corrections: Sequence[Correction]
) -> tuple[Correction, ...]:
    """*corrections* with the numbers that their activities have now, for whoever looks decisions up by field.

    Args:
        filings: accession to the mail as it is judged now; the decisions of one that is not here stay as they are.

    Returns:
        the same rows in the same order; one whose activity is gone has a number that none has (`apply` shows it).
    """
    return tuple(_present(filings, one) for one in corrections)


def _present(filings: Mapping[str, Filing | None], one: Correction) -> Correction:
    if numbered := ACTIVITY.fullmatch(one.field):
        _, number = _there(filings, (one.accession, int(numbered[1])), one.anchor)
        return replace(one, field=f"activity/{number}/{numbered[2]}")
    if key := JOINT.fullmatch(one.field):
        members = [_there(filings, *each) for each in anchored(key[1], one.anchor)]
        anchors = [anchor for _, anchor in sorted(zip(members, one.anchor.split("+"), strict=False))]
        return replace(one, field=f"joint/{joint_key(members)}", anchor="+".join(anchors))
    return one


def _there(filings: Mapping[str, Filing | None], key: tuple[str, int], anchor: str) -> tuple[str, int]:
    """Where the activity stands now, or a place behind all others of its mail."""
    filing = filings.get(key[0])
    behind = len(filing.activities) if filing is not None else 0
    return now(filings, key, anchor) or (key[0], min(behind + key[1], MOST))


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


def found(activities: Sequence[Judged], number: int, anchor: str) -> Place | None:
    """Where the activity is that had the *number*, from 1, and the *anchor*, "" where nobody noted it."""
    if not anchor:
        return Place(index=number - 1) if 0 < number <= len(activities) else None
    text, _, title = anchor.partition("-")
    halves = [one.activity.anchor.partition("-") for one in activities]
    same_words = [index for index, half in enumerate(halves) if half[0] == text and text != UNTITLED]
    both = [index for index in same_words if halves[index][2] == title]
    same_title = [index for index, half in enumerate(halves) if half[2] == title and title != UNTITLED]
    for those in (both, same_words, same_title):
        if those:
            index = _one_of(those, number - 1)
            return None if index is None else Place(index=index, other=those is same_title)
    return None


def _one_of(those: Sequence[int], kept: int) -> int | None:
    if kept in those:
        return kept
    return those[0] if len(those) == 1 else None
