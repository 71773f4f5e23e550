"""Which earlier mail a correction replaces, a supplement adds to, and a report sent again stands for.

Limits: a correction that names no mail replaces the newest that is like it. A report that comes again without a word about it
replaces the earlier one only where its words are the same but for the figures and its days are the same: two events of
one kind have days of their own.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from pipeline.beijing import BEIJING
from pipeline.records import Kind, Relation, RelationKind
from pipeline.relate.sent import REPORTS, Sent, alike, common, of_one_party, shingles

ALIKE = 0.5
"""Share of common shingles from which two reports are versions of one."""
LIKE_SUBJECT = 0.8
"""Share of common character pairs from which two subjects are the same but for a word."""


def successors(mails: Sequence[Sent], relations: dict[str, Relation]) -> None:
    """Find for each correction and supplement the earlier mail it is about, and mark reports that came again."""
    by_unit: dict[str, list[Sent]] = defaultdict(list)
    by_address: dict[str, list[Sent]] = defaultdict(list)
    for one in mails:
        if relations[one.accession].kind is not None or one.kind not in REPORTS:
            continue
        unit, address = one.filing.identification.best or "", one.filing.mail.sender.address
        near = {other.order: other for other in (*by_unit[unit], *by_address[address])}
        earlier = [near[order] for order in sorted(near) if of_one_party(one, near[order])]
        if one.kind is Kind.SUBMISSION:
            _sent_again(one, earlier, relations)
        elif earlier:
            meant = max(earlier, key=lambda other: (_likelihood(one, other), other.order))
            relations[one.accession] = replace(relations[one.accession], supersedes=meant.accession)
        by_unit[unit].append(one)
        by_address[address].append(one)


def _sent_again(one: Sent, earlier: Sequence[Sent], relations: dict[str, Relation]) -> None:
    """The same report in another file: a copy, or, where it brings more pictures or other figures, the one that stands."""
    valid = [other for other in reversed(earlier) if not relations[other.accession].recalled]
    same = next((other for other in valid if alike(one.shingles, other.shingles)), None)
    last = same or next((other for other in valid if _restated(one, other)), None)
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


def _restated(one: Sent, other: Sent) -> bool:
    """Is it the same report with other figures: the words and the days the same, so that only counts differ?"""
    return bool(one.days) and one.days == other.days and alike(one.figureless, other.figureless)


def _likelihood(one: Sent, other: Sent) -> float:
    """How likely *one* speaks of *other*, in points; ties go to the newest."""
    points = 0.0
    if one.filing.mail.in_reply_to and one.filing.mail.in_reply_to == other.filing.mail.message_id:
        points += 3
    received = other.one.item.received.astimezone(BEIJING)
    if (received.month, received.day) in _days(one):
        points += 2
    if common(shingles(one.subject, 2), shingles(other.subject, 2)) >= LIKE_SUBJECT:
        points += 1
    if one.kind is Kind.CORRECTION:
        shared = common(one.shingles, other.shingles)
        points += 4 if shared >= ALIKE else 1 if shared >= ALIKE / 2 else 0
    elif other.kind is Kind.SUPPLEMENT:
        points -= 2
    return points


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
