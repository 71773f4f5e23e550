"""Which earlier mail a correction replaces, a supplement adds to, and a report sent again stands for.

Limits: a correction that names no mail replaces the newest that is like it. A report that comes again without a word about it
replaces the earlier one only where its words are the same but for the figures and its days are the same: two events of
one kind have days of their own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.records import Kind, Relation, RelationKind
from pipeline.relate.parties import Mails, Parties
from pipeline.relate.sent import REPORTS, Sent, common, pairs
from pipeline.relate.shingles import Shingles

ALIKE = 0.5
"""Share of common shingles from which two reports are versions of one."""
LIKE_SUBJECT = 0.8
"""Share of common character pairs from which two subjects are the same but for a word."""


def successors(mails: Sequence[Sent], relations: dict[str, Relation]) -> None:
    """Find for each correction and supplement the earlier mail it is about, and mark reports that came again."""
    reports = [one for one in mails if relations[one.accession].kind is None and one.kind in REPORTS]
    parties = Parties.of(reports)
    for one in reports:
        relation = relations[one.accession]
        if one.kind is Kind.SUBMISSION:
            _sent_again(one, parties, relations)
        else:
            meant = _meant(one, parties)
            if meant is not None:
                relations[one.accession] = replace(relation, supersedes=meant.accession)
        parties.add(one, recalled=relation.recalled)


def _sent_again(one: Sent, earlier: Parties, relations: dict[str, Relation]) -> None:
    """The same report in another file: a copy, or, where it brings more pictures or other figures, the one that stands."""
    same = earlier.same(one)
    last = same or earlier.restated(one)
    if last is None:
        return
    relation = relations[one.accession]
    if last is same and _figures_of(one) == _figures_of(last) and one.pictures <= last.pictures:
        relations[one.accession] = replace(relation, kind=RelationKind.DUPLICATE, of=last.accession)
    else:
        relations[one.accession] = replace(relation, supersedes=last.accession)


def _figures_of(one: Sent) -> list[tuple[object, ...]]:
    """What the activities state; one digit of a long report leaves nearly all its shingles as they are."""
    acts = (judged.activity for judged in one.filing.activities)
    return [
        tuple(
            stated and stated.value
            for stated in (a.date_start, a.date_end, a.participants, a.sessions, a.materials)
        )
        for a in acts
    ]


def _meant(one: Sent, earlier: Parties) -> Sent | None:
    """The likeliest mail before *one*, the newest of several; None where the party sent none.

    What is answered or named by its day has points of its own; of the others all points are taken at once.
    """

    def points(mails: Mails, came: int) -> NDArray[np.float64]:
        return _alike_in_words(one, mails, came)

    near = (*earlier.answered(one, _days(one)), *earlier.likest(one, points))
    return max(near, default=None, key=lambda other: (_likelihood(one, other), other.order))


def _likelihood(one: Sent, other: Sent) -> float:
    """How likely *one* speaks of *other*, in points; ties go to the newest."""
    points = 0.0
    if one.filing.mail.in_reply_to and one.filing.mail.in_reply_to == other.filing.mail.message_id:
        points += 3
    if other.received in _days(one):
        points += 2
    if common(_pairs(one.subject), _pairs(other.subject)) >= LIKE_SUBJECT:
        points += 1
    if one.kind is Kind.CORRECTION:
        shared = one.shingles.common(other.shingles)
        points += 4 if shared >= ALIKE else 1 if shared >= ALIKE / 2 else 0
    elif other.kind is Kind.SUPPLEMENT:
        points -= 2
    return points


def _alike_in_words(one: Sent, mails: Mails, came: int) -> NDArray[np.float64]:
    """`_likelihood` of the first *came* mails, as if none were answered or named by its day."""
    points = (mails.subjects.shares(Shingles.of(one.subject, 2), came) >= LIKE_SUBJECT).astype(np.float64)
    if one.kind is Kind.CORRECTION:
        shared = mails.words.shares(one.shingles, came)
        points += np.where(shared >= ALIKE, 4, np.where(shared >= ALIKE / 2, 1, 0))
    else:
        points -= 2 * mails.supplements[:came]
    return points


@lru_cache(maxsize=4096)
def _pairs(subject: str) -> frozenset[str]:
    return pairs(subject)


_DAY = re.compile(r"(\d{1,2})月(\d{1,2})[日号]")


def _days(one: Sent) -> set[tuple[int, int]]:
    """Days (month, day) that the words about an earlier mail name."""
    return {(int(month), int(day)) for month, day in _DAY.findall(one.filing.kind_words)}


def replaced(mails: Sequence[Sent], relations: dict[str, Relation]) -> None:
    """Let what corrections replace point to the newest valid one; a correction taken back replaces nothing itself.

    A later correction of one that was taken back replaces what that one had replaced.
    """
    newest: dict[str, str] = {}
    for one in reversed(mails):
        relation = relations[one.accession]
        last = newest.get(one.accession)
        if last:
            relations[one.accession] = replace(relation, superseded_by=last)
        standing = last or (None if relation.recalled else one.accession)
        if relation.supersedes and one.kind is not Kind.SUPPLEMENT and standing:
            newest.setdefault(relation.supersedes, standing)
