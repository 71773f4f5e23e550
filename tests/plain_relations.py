"""How mails stand to one another, found plainly: each compared with all that came before. The reference of pipeline/relate.

Limits: quadratic; as it was before the reports of a party were indexed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from pipeline.beijing import BEIJING
from pipeline.records import Kind, Notice, Relation, RelationKind
from pipeline.relate.sent import REPORTS, Order, Sent, newest, of_one_party, subject, told

SAME = 0.97
"""Share of common shingles from which two reports are the same."""

ALIKE = 0.5
"""Share of common shingles from which two reports are versions of one."""
LIKE_SUBJECT = 0.8
"""Share of common character pairs from which two subjects are the same but for a word."""


def shingles(text: str, length: int = 4) -> frozenset[str]:
    """All runs of *length* characters, as strings."""
    return frozenset(text[at : at + length] for at in range(len(text) - length + 1))


def words(one: Sent) -> frozenset[str]:
    """The runs of what *one* tells."""
    return shingles(told(one.filing.activities))


def figureless(one: Sent) -> frozenset[str]:
    """The same without digits."""
    return shingles(re.sub(r"\d+", "", told(one.filing.activities)))


def common(one: frozenset[str], other: frozenset[str]) -> float:
    """Share of the smaller set that the other has too; 0 where one is empty."""
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0


def alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Do the two tell the same, neither more than the other?"""
    fewer, more = sorted((len(one), len(other)))
    return common(one, other) >= SAME and fewer >= SAME * more


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
    same = next((other for other in valid if alike(words(one), words(other))), None)
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
    return bool(one.days) and one.days == other.days and alike(figureless(one), figureless(other))


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
        shared = common(words(one), words(other))
        points += 4 if shared >= ALIKE else 1 if shared >= ALIKE / 2 else 0
    elif other.kind is Kind.SUPPLEMENT:
        points -= 2
    return points


_DAY = re.compile(r"(\d{1,2})月(\d{1,2})[日号]")


def _days(one: Sent) -> set[tuple[int, int]]:
    """Days (month, day) that the words about an earlier mail name."""
    return {(int(month), int(day)) for month, day in _DAY.findall(one.filing.kind_words)}


def forwards(mails: Sequence[Sent], relations: dict[str, Relation]) -> None:
    """A forward of what is here already counts once, unless another unit had sent it: then a person knows better."""
    for one in mails:
        if one.filing.announces is Notice.FORWARD and relations[one.accession].kind is None:
            meant = newest(mails, one, _is_forwarded)
            if meant:
                forward = replace(relations[one.accession], kind=RelationKind.FORWARD, of=meant.accession)
                relations[one.accession] = forward


def _is_forwarded(one: Sent, later: Sent) -> bool:
    mine, theirs = later.filing.identification, one.filing.identification
    if one.kind not in REPORTS or (mine.decided and theirs.decided and mine.best != theirs.best):
        return False
    whole = bool(later.files) and later.files <= one.files
    return whole or (common(words(later), words(one)) >= SAME and len(words(later)) <= len(words(one)))


_RECALL_PREFIX = re.compile(
    r"^(?:发信方已撤回邮件|发件人已撤回邮件|邮件撤回|撤回|recall)[:：]?", re.IGNORECASE
)


def recalls(mails: Sequence[Sent], relations: dict[str, Relation]) -> dict[str, Order]:
    """Tie each notice of recall to the mail it means; returns when each of those was recalled."""
    recalled: dict[str, Order] = {}
    for notice in mails:
        if notice.filing.announces is not Notice.RECALL:
            continue
        meant = newest(mails, notice, _is_recalled)
        of = meant.accession if meant else None
        relations[notice.accession] = replace(relations[notice.accession], kind=RelationKind.RECALL, of=of)
        if meant:
            relations[meant.accession] = replace(relations[meant.accession], recalled=True)
            recalled[meant.accession] = notice.order
    return recalled


def _is_recalled(one: Sent, notice: Sent) -> bool:
    named = subject(_RECALL_PREFIX.sub("", re.sub(r"\s+", "", notice.filing.mail.subject)))
    answered = notice.filing.mail.in_reply_to
    ours = one.filing.mail.sender.address == notice.filing.mail.sender.address
    return ours and (one.subject == named or (bool(answered) and answered == one.filing.mail.message_id))
