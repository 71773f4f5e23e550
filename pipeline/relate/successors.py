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

from pipeline.records import Kind, Relation, RelationKind
from pipeline.relate.parties import Parties
from pipeline.relate.sent import REPORTS, Order, Sent, common, shingles

ALIKE = 0.5
"""Share of common shingles from which two reports are versions of one."""
LIKE_SUBJECT = 0.8
"""Share of common character pairs from which two subjects are the same but for a word."""
LIKE_SUBJECT_POINTS, VERSION_POINTS = 1, 4
"""The most that speaks for a mail that is neither answered nor named by its day."""


def successors(mails: Sequence[Sent], relations: dict[str, Relation]) -> None:
    """Find for each correction and supplement the earlier mail it is about, and mark reports that came again."""
    parties = Parties.of(mails)
    for one in mails:
        relation = relations[one.accession]
        if relation.kind is not None or one.kind not in REPORTS:
            continue
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

    What is answered or named by its day is looked at first; of the others, from the newest on, only as long as one may be likelier.
    """
    named = earlier.answered(one, _days(one))
    best = max(
        ((_likelihood(one, other), other.order, other) for other in named.values()), default=None, key=_rank
    )
    most = LIKE_SUBJECT_POINTS + (VERSION_POINTS if one.kind is Kind.CORRECTION else 0)
    for other in earlier.newest_first(one):
        if best is not None and (best[0], best[1]) >= (most, other.order):
            break
        if other.accession not in named:
            found = (_likelihood(one, other), other.order, other)
            best = found if best is None else max(best, found, key=_rank)
    return best[2] if best is not None else None


def _rank(found: tuple[float, Order, Sent]) -> tuple[float, Order]:
    return found[:2]


def _likelihood(one: Sent, other: Sent) -> float:
    """How likely *one* speaks of *other*, in points; ties go to the newest."""
    points = 0.0
    if one.filing.mail.in_reply_to and one.filing.mail.in_reply_to == other.filing.mail.message_id:
        points += 3
    if other.received in _days(one):
        points += 2
    if common(_pairs(one.subject), _pairs(other.subject)) >= LIKE_SUBJECT:
        points += LIKE_SUBJECT_POINTS
    if one.kind is Kind.CORRECTION:
        shared = common(one.shingles, other.shingles)
        points += VERSION_POINTS if shared >= ALIKE else 1 if shared >= ALIKE / 2 else 0
    elif other.kind is Kind.SUPPLEMENT:
        points -= 2
    return points


@lru_cache(maxsize=4096)
def _pairs(subject: str) -> frozenset[str]:
    return shingles(subject, 2)


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
