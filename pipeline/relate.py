"""How the mails of a season stand to one another: copies, recalls, forwards, corrections, supplements.

Purpose: `relate` is a fold over all filings; the same set gives the same relations in whatever order the mails came in.
Source: DESIGN.md sections 3 and 6; dataset/README.md (supersedes; mails that share one Message-ID and are two).
Limits: sees rows and filings alone, no octets. Only mails of one unit, or of one address where the unit is in doubt,
are compared, and only by their activities' words; a correction that names no mail replaces the newest that is like it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone

from pipeline.records import Filed, Filing, Kind, Notice, Relation, RelationKind, State, Status

SHINGLE = 4
"""Characters of one shingle: two words, so that shared phrases count and shared characters do not."""
MAX_TEXT = 20_000
"""Characters of one mail's activities that are compared; a long report of forty activities has that many."""
ALIKE, SAME = 0.5, 0.97
"""Share of common shingles from which two reports are versions of one, and from which they are the same."""
LIKE_SUBJECT = 0.8
"""Share of common character pairs from which two subjects are the same but for a word."""
BEIJING = timezone(timedelta(hours=8))
Order = tuple[datetime, str]
"""When a mail came and, of two in one second, which has the smaller digest: the same whatever their accession."""
REPORTS = (Kind.SUBMISSION, Kind.CORRECTION, Kind.SUPPLEMENT)


@dataclass(frozen=True, kw_only=True)
class _Sent:
    """One filed mail with what it is compared by, taken once. material: digests of all parts; files: of named ones."""

    one: Filed
    filing: Filing
    order: Order
    subject: str
    shingles: frozenset[str]
    material: tuple[str, ...]
    files: frozenset[str]
    pictures: frozenset[str]

    @property
    def accession(self) -> str:
        return self.one.item.accession

    @property
    def kind(self) -> Kind:
        return self.filing.kind


def relate(filed: Sequence[Filed]) -> tuple[Relation, ...]:
    """Say how each mail of *filed* stands to the others.

    Args:
        filed: all mails of the season in any order; those without filing, held or dismissed stand to nothing.

    Returns:
        one Relation a mail, in order of accession. supersedes: the mail that a correction replaces or a supplement
        adds to. superseded_by: the newest that replaces it. of: None where the other mail is not here.
    """
    sent = tuple(sorted(_sent(filed), key=lambda one: one.order))
    relations = {one.item.accession: Relation(accession=one.item.accession) for one in filed}
    recalled = _recalls(sent, relations)
    _copies(sent, relations, recalled)
    _forwards(sent, relations)
    _successors(sent, relations)
    _replaced(sent, relations)
    return tuple(relations[accession] for accession in sorted(relations))


# ---------------------------------------------------------------- what is compared

_PREFIX = re.compile(r"^(?:re|fwd?|回复|转发|答复|【?更正】?|补充|勘误)\s*[:：]?\s*", re.IGNORECASE)


def _sent(filed: Iterable[Filed]) -> Iterator[_Sent]:
    for one in filed:
        if one.filing is not None and one.item.state is State.FILED:
            filing = one.filing
            parts = [part for part in filing.parts if part.status is not Status.NOISE]
            pictures = {picture.part for picture in filing.pictures if not picture.logo}
            yield _Sent(
                one=one,
                filing=filing,
                order=(one.item.received, one.item.sha256),
                subject=_subject(filing.mail.subject),
                shingles=_shingles(filing),
                material=tuple(sorted(part.sha256 for part in parts)),
                files=frozenset(part.sha256 for part in parts if part.name),
                pictures=frozenset(part.sha256 for part in parts if part.path in pictures),
            )


def _subject(text: str) -> str:
    flat = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()
    while _PREFIX.match(flat) and _PREFIX.sub("", flat) != flat:
        flat = _PREFIX.sub("", flat)
    return flat


def _shingles(filing: Filing) -> frozenset[str]:
    text = "".join(judged.activity.text for judged in filing.activities)
    flat = re.sub(r"\W+", "", unicodedata.normalize("NFKC", text))[:MAX_TEXT]
    return frozenset(flat[at : at + SHINGLE] for at in range(len(flat) - SHINGLE + 1))


def _common(one: frozenset[str], other: frozenset[str]) -> float:
    """Share of the smaller set that the other has too; 0 where one is empty."""
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0


def _of_one_party(one: _Sent, other: _Sent) -> bool:
    """Do both come from one unit, or from one address where one of the units is in doubt?"""
    mine, theirs = one.filing.identification, other.filing.identification
    if mine.best is not None and mine.best == theirs.best:
        return True
    address = one.filing.mail.sender.address
    return (
        bool(address)
        and address == other.filing.mail.sender.address
        and not (mine.decided and theirs.decided)
    )


# ---------------------------------------------------------------- recalls

_RECALL_PREFIX = re.compile(
    r"^(?:发信方已撤回邮件|发件人已撤回邮件|邮件撤回|撤回|recall)[:：]?", re.IGNORECASE
)


def _recalls(sent: Sequence[_Sent], relations: dict[str, Relation]) -> dict[str, Order]:
    """Tie each notice of recall to the mail it means; returns when each of those was recalled."""
    recalled: dict[str, Order] = {}
    for notice in sent:
        if notice.filing.announces is not Notice.RECALL:
            continue
        meant = _newest(sent, notice, _is_recalled)
        of = meant.accession if meant else None
        relations[notice.accession] = replace(relations[notice.accession], kind=RelationKind.RECALL, of=of)
        if meant:
            relations[meant.accession] = replace(relations[meant.accession], recalled=True)
            recalled[meant.accession] = notice.order
    return recalled


def _is_recalled(one: _Sent, notice: _Sent) -> bool:
    named = _subject(_RECALL_PREFIX.sub("", re.sub(r"\s+", "", notice.filing.mail.subject)))
    answered = notice.filing.mail.in_reply_to
    ours = one.filing.mail.sender.address == notice.filing.mail.sender.address
    return ours and (one.subject == named or (bool(answered) and answered == one.filing.mail.message_id))


def _newest(sent: Sequence[_Sent], later: _Sent, fits: Callable[[_Sent, _Sent], bool]) -> _Sent | None:
    """The newest mail before *later* for which fits(it, later)."""
    before = (one for one in reversed(sent) if one.order < later.order)
    return next(
        (one for one in before if one.filing.announces is not Notice.RECALL and fits(one, later)), None
    )


# ---------------------------------------------------------------- copies and forwards


def _copies(sent: Sequence[_Sent], relations: dict[str, Relation], recalled: dict[str, Order]) -> None:
    """Of several copies the first is the original; one that comes after its original's recall stands for itself."""
    first: dict[tuple[object, ...], _Sent] = {}
    for one in sent:
        if relations[one.accession].kind is not None:
            continue
        for mark in _marks(one):
            original = first.setdefault(mark, one)
            if original.accession in recalled and recalled[original.accession] < one.order:
                first[mark] = one
            elif original is not one:
                copy = replace(relations[one.accession], kind=RelationKind.DUPLICATE, of=original.accession)
                relations[one.accession] = copy
                break


def _marks(one: _Sent) -> Iterator[tuple[object, ...]]:
    """What only copies share. One Message-ID alone is no mark: two units' mails may bear the same."""
    if one.filing.mail.message_id and one.material:
        yield "delivered again", one.filing.mail.message_id, one.material
    unit, address = one.filing.identification.best, one.filing.mail.sender.address
    if one.kind in REPORTS and one.material:
        yield "sent again", unit or address, one.subject, one.material
    if one.kind is Kind.SUBMISSION and one.files and unit:
        yield "sent again with other words", unit, one.subject, one.files, one.shingles


def _forwards(sent: Sequence[_Sent], relations: dict[str, Relation]) -> None:
    """A forward of what is here already counts once, unless another unit had sent it: then a person knows better."""
    for one in sent:
        if one.filing.announces is Notice.FORWARD and relations[one.accession].kind is None:
            meant = _newest(sent, one, _is_forwarded)
            if meant:
                forward = replace(relations[one.accession], kind=RelationKind.FORWARD, of=meant.accession)
                relations[one.accession] = forward


def _is_forwarded(one: _Sent, later: _Sent) -> bool:
    mine, theirs = later.filing.identification, one.filing.identification
    if one.kind not in REPORTS or (mine.decided and theirs.decided and mine.best != theirs.best):
        return False
    whole = bool(later.files) and later.files <= one.files
    return whole or (
        _common(later.shingles, one.shingles) >= SAME and len(later.shingles) <= len(one.shingles)
    )


# ---------------------------------------------------------------- corrections and supplements


def _successors(sent: Sequence[_Sent], relations: dict[str, Relation]) -> None:
    """Find for each correction and supplement the earlier mail it is about, and mark reports that came again."""
    by_unit: dict[str, list[_Sent]] = defaultdict(list)
    by_address: dict[str, list[_Sent]] = defaultdict(list)
    for one in sent:
        if relations[one.accession].kind is not None or one.kind not in REPORTS:
            continue
        unit, address = one.filing.identification.best or "", one.filing.mail.sender.address
        near = {other.order: other for other in (*by_unit[unit], *by_address[address])}
        earlier = [near[order] for order in sorted(near) if _of_one_party(one, near[order])]
        if one.kind is Kind.SUBMISSION:
            _sent_again(one, earlier, relations)
        elif earlier:
            meant = max(earlier, key=lambda other: (_likelihood(one, other), other.order))
            relations[one.accession] = replace(relations[one.accession], supersedes=meant.accession)
        by_unit[unit].append(one)
        by_address[address].append(one)


def _sent_again(one: _Sent, earlier: Sequence[_Sent], relations: dict[str, Relation]) -> None:
    """The same report in another file: a copy, or, where it brings more pictures, the one that stands."""
    last = next((o for o in reversed(earlier) if _same(one, o) and not relations[o.accession].recalled), None)
    if last is None:
        return
    relation = relations[one.accession]
    if one.pictures <= last.pictures:
        relations[one.accession] = replace(relation, kind=RelationKind.DUPLICATE, of=last.accession)
    else:
        relations[one.accession] = replace(relation, supersedes=last.accession)


def _same(one: _Sent, other: _Sent) -> bool:
    """Do the two tell the same, neither more than the other?"""
    fewer, more = sorted((len(one.shingles), len(other.shingles)))
    return _common(one.shingles, other.shingles) >= SAME and fewer >= SAME * more


def _likelihood(one: _Sent, other: _Sent) -> float:
    """How likely *one* speaks of *other*, in points; ties go to the newest."""
    points = 0.0
    if one.filing.mail.in_reply_to and one.filing.mail.in_reply_to == other.filing.mail.message_id:
        points += 3
    received = other.one.item.received.astimezone(BEIJING)
    if (received.month, received.day) in _days(one):
        points += 2
    if _common(_pairs(one.subject), _pairs(other.subject)) >= LIKE_SUBJECT:
        points += 1
    if one.kind is Kind.CORRECTION:
        common = _common(one.shingles, other.shingles)
        points += 4 if common >= ALIKE else 1 if common >= ALIKE / 2 else 0
    elif other.kind is Kind.SUPPLEMENT:
        points -= 2
    return points


_DAY = re.compile(r"(\d{1,2})月(\d{1,2})[日号]")


def _days(one: _Sent) -> set[tuple[int, int]]:
    """Days (month, day) that the words about an earlier mail name."""
    return {(int(month), int(day)) for month, day in _DAY.findall(one.filing.kind_words)}


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[at : at + 2] for at in range(len(text) - 1))


def _replaced(sent: Sequence[_Sent], relations: dict[str, Relation]) -> None:
    """Let what corrections replace point to the newest of them; a correction taken back replaces nothing."""
    by: dict[str, str] = {}
    for one in sent:
        relation = relations[one.accession]
        if relation.supersedes and one.kind is not Kind.SUPPLEMENT and not relation.recalled:
            by[relation.supersedes] = one.accession
    for accession, newest in by.items():
        last = newest
        while last in by:
            last = by[last]
        relations[accession] = replace(relations[accession], superseded_by=last)
