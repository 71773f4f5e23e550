"""One mail with what it is compared by, taken once, and how two are compared.

Limits: sees rows and filings alone, no octets; of a report only its activities' words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import pairwise

from pipeline.beijing import BEIJING
from pipeline.records import Filed, Filing, Judged, Kind, Notice, State, Status
from pipeline.relate.shingles import SAME, Shingles

__all__ = [
    "MAX_TEXT",
    "REPORTS",
    "SAME",
    "Order",
    "Scope",
    "Sent",
    "common",
    "newest",
    "of_one_party",
    "pairs",
    "sent",
    "subject",
    "told",
]

MAX_TEXT = 20_000
"""Characters of one mail's activities that are compared; a long report of forty activities has that many."""
Scope = Hashable
"""What the reports of one party have in common."""
Order = tuple[datetime, str]
"""When a mail came and, of two in one second, which has the smaller digest: the same whatever their accession."""
REPORTS = (Kind.SUBMISSION, Kind.CORRECTION, Kind.SUPPLEMENT)


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One filed mail. text: as `told` gives it. material: digests of all parts; files: of named ones."""

    one: Filed
    accession: str
    filing: Filing
    order: Order
    subject: str
    text: str
    shingles: Shingles
    days: frozenset[date]
    material: tuple[str, ...]
    files: frozenset[str]
    pictures: frozenset[str]

    @property
    def received(self) -> tuple[int, int]:
        """Month and day, in Beijing."""
        received = self.one.item.received.astimezone(BEIJING)
        return received.month, received.day

    @property
    def kind(self) -> Kind:
        """What it is judged to be."""
        return self.filing.kind

    @cached_property
    def scopes(self) -> tuple[Scope, ...]:
        """Where it is found: by its unit, and by its address, where its unit is in doubt by that alone."""
        found, address = self.filing.identification, self.filing.mail.sender.address
        unit = (("unit", found.best),) if found.best is not None else ()
        doubtful = (("doubtful", address),) if address and not found.decided else ()
        return (*unit, *((("address", address),) if address else ()), *doubtful)

    @cached_property
    def asked(self) -> tuple[Scope, ...]:
        """Where the reports are that `of_one_party` says are of its party."""
        found, address = self.filing.identification, self.filing.mail.sender.address
        unit = (("unit", found.best),) if found.best is not None else ()
        return (*unit, ("doubtful" if found.decided else "address", address)) if address else unit

    @cached_property
    def figureless(self) -> Shingles:
        """Shingles of the text without digits; few have one of their party and days to be compared with."""
        bare = re.sub(r"\d+", "", self.text)
        return self.shingles if bare == self.text else Shingles.of(bare)


def sent(filed: Iterable[Filed]) -> tuple[Sent, ...]:
    """The mails that were filed, in the order in which the server got them."""
    return tuple(sorted(_sent(filed), key=lambda one: one.order))


def _sent(filed: Iterable[Filed]) -> Iterator[Sent]:
    for one in filed:
        if one.filing is not None and one.item.state is State.FILED:
            filing = one.filing
            parts = [part for part in filing.parts if part.status is not Status.NOISE]
            pictures = {picture.part for picture in filing.pictures if not picture.logo}
            text = told(filing.activities)
            yield Sent(
                one=one,
                accession=one.item.accession,
                filing=filing,
                order=(one.item.received, one.item.sha256),
                subject=subject(filing.mail.subject),
                text=text,
                shingles=Shingles.of(text),
                days=frozenset(day.value for a in filing.activities if (day := a.activity.date_start)),
                material=tuple(sorted(part.sha256 for part in parts)),
                files=frozenset(part.sha256 for part in parts if part.name),
                pictures=frozenset(part.sha256 for part in parts if part.path in pictures),
            )


_PREFIX = re.compile(r"^(?:re|fwd?|回复|转发|答复|【?更正】?|补充|勘误)\s*[:：]?\s*", re.IGNORECASE)


def subject(text: str) -> str:
    """A subject without spaces and without what marks an answer, a forward or a correction."""
    flat = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()
    while _PREFIX.match(flat) and _PREFIX.sub("", flat) != flat:
        flat = _PREFIX.sub("", flat)
    return flat


_SIGNS = re.compile(r"[ \n\t，。、；：！？“”‘’（）《》,.;:!?()\"'-]+")
"""What runs through every text, is no word in any form, and joins with nothing beside it."""


def told(activities: Sequence[Judged]) -> str:
    """The words of *activities* in NFKC, without spaces and signs, at most MAX_TEXT."""
    text = "".join(judged.activity.text for judged in activities)
    bare = _SIGNS.sub("", text)
    if not unicodedata.is_normalized("NFKC", bare):  # without its signs nearly every text is
        bare = unicodedata.normalize("NFKC", text)
    return re.sub(r"\W+", "", bare)[:MAX_TEXT]


def pairs(text: str) -> frozenset[str]:
    """All pairs of characters that stand side by side."""
    return frozenset(map("".join, pairwise(text)))


def common(one: frozenset[str], other: frozenset[str]) -> float:
    """Share of the smaller set that the other has too; 0 where one is empty."""
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0


def of_one_party(one: Sent, other: Sent) -> bool:
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


def newest(mails: Sequence[Sent], later: Sent, fits: Callable[[Sent, Sent], bool]) -> Sent | None:
    """The newest mail before *later* for which fits(it, later)."""
    before = (one for one in reversed(mails) if one.order < later.order)
    return next(
        (one for one in before if one.filing.announces is not Notice.RECALL and fits(one, later)), None
    )
