"""The reports of a season, by whom they are from, and by what a later one may ask for: the mails of one party are many.

Purpose: `Parties`: `add` each report in its order; `same`, `restated`, `answered` and `likest` find what a later one may stand for
or speak of.
Source: prefix filtering (Chaudhuri, Ganti, Kaushik 2006): of two sets that share so many of their members, the rarest few of each
have one in common; so only sets that share a rare shingle are compared, and none that is alike is missed.
Limits: recalled reports are found by `answered` and `likest` alone: nothing sent again stands for them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from math import floor

import numpy as np
from numpy.typing import NDArray

from pipeline.records import Kind
from pipeline.relate.sent import SAME, Scope, Sent
from pipeline.relate.shingles import Codes, Overlap, Shingles, shared

Points = Callable[["Mails", int], NDArray[np.float64]]
"""What speaks for each of the first so many mails of a scope."""


@dataclass(kw_only=True)
class Texts:
    """Reports by their words, of each scope the newest with just these. rarest: by which each text is found."""

    rarest: dict[Shingles, tuple[int, ...]]
    last: dict[tuple[Scope, Shingles], Sent] = field(default_factory=dict)
    posted: dict[tuple[Scope, int], list[Shingles]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, texts: Iterable[Shingles]) -> Texts:
        """None of these *texts* has come yet."""
        every = tuple(dict.fromkeys(texts))
        often = shared([text.codes for text in every])
        found = (_rarest(text.codes, times) for text, times in zip(every, often, strict=True))
        return cls(rarest=dict(zip(every, found, strict=True)))

    def add(self, scope: Scope, words: Shingles, one: Sent) -> None:
        """Let *one*, the newest yet, be found by *words* in *scope*."""
        if (scope, words) not in self.last:
            for shingle in self.rarest[words]:
                self.posted[scope, shingle].append(words)
        self.last[scope, words] = one

    def alike(self, scope: Scope, words: Shingles) -> Iterator[Sent]:
        """The newest report of each text in *scope* that is like *words*."""
        near = {other for shingle in self.rarest[words] for other in self.posted.get((scope, shingle), ())}
        equal = self.last.get((scope, words))
        if equal is not None and len(words):
            near.discard(words)
            yield equal
        yield from (self.last[scope, other] for other in near if words.alike(other))


def _rarest(codes: Codes, often: NDArray[np.uint8]) -> tuple[int, ...]:
    """As many of the rarest *codes* as two texts that are alike cannot both have for themselves, but for those no other has.

    Args:
        often: in how many texts each stands; too many is no harm, as long as it is the same for every text.
    """
    again = often > 1
    alone = len(codes) - floor(SAME * SAME * len(codes)) + 1
    left = alone - (len(codes) - int(np.count_nonzero(again)))
    if left <= 0:
        return ()
    rarest = np.argsort(often[again], kind="stable")[:left]
    return tuple(codes[again][rarest].tolist())


@dataclass(kw_only=True)
class Mails:
    """All mails of one scope in their order; the first *came* of them have come, and are found by Message-ID and day.

    asking: those that will ask which of them they speak of.
    """

    all: list[Sent] = field(default_factory=list)
    asking: list[Sent] = field(default_factory=list)
    came: int = 0
    by_message: dict[str, list[Sent]] = field(default_factory=lambda: defaultdict(list))
    by_day: dict[tuple[int, int], list[Sent]] = field(default_factory=lambda: defaultdict(list))

    @cached_property
    def words(self) -> Overlap:
        """Their words."""
        return Overlap.of([one.shingles for one in self.all], [one.shingles for one in self.asking])

    @cached_property
    def subjects(self) -> Overlap:
        """Their subjects."""
        told, asking = ([Shingles.of(one.subject, 2) for one in mails] for mails in (self.all, self.asking))
        return Overlap.of(told, asking)

    @cached_property
    def supplements(self) -> NDArray[np.bool_]:
        """Which of them add to others."""
        return np.array([one.kind is Kind.SUPPLEMENT for one in self.all], np.bool_)

    def add(self, one: Sent) -> None:
        """*one*, the next of them, has come."""
        self.came += 1
        self.by_message[one.filing.mail.message_id].append(one)
        self.by_day[one.received].append(one)


@dataclass(kw_only=True)
class Parties:
    """The reports that came so far. restatable: accessions of those that have others of their party and days."""

    texts: Texts
    figureless: Texts
    mails: dict[Scope, Mails]
    restatable: frozenset[str]

    @classmethod
    def of(cls, mails: Iterable[Sent]) -> Parties:
        """Nothing has come yet of *mails*, all that will be added, in that order."""
        mails = tuple(mails)
        parties: dict[Scope, Mails] = defaultdict(Mails)
        for one in mails:
            for scope in one.scopes:
                parties[scope].all.append(one)
            for scope in one.asked if one.kind is not Kind.SUBMISSION else ():
                parties[scope].asking.append(one)
        restatable = _restatable(mails)
        return cls(
            texts=Texts.of(one.shingles for one in mails),
            figureless=Texts.of(one.figureless for one in mails if one.accession in restatable),
            mails=dict(parties),
            restatable=restatable,
        )

    def add(self, one: Sent, *, recalled: bool) -> None:
        """*one* has come after all the others."""
        for scope in one.scopes:
            self.mails[scope].add(one)
            if not recalled:
                self.texts.add(scope, one.shingles, one)
                if one.accession in self.restatable:
                    self.figureless.add((scope, one.days), one.figureless, one)

    def same(self, one: Sent) -> Sent | None:
        """The newest report of the same party with the same words."""
        found = (other for scope in one.asked for other in self.texts.alike(scope, one.shingles))
        return max(found, key=lambda other: other.order, default=None)

    def restated(self, one: Sent) -> Sent | None:
        """The newest report of the same party and days whose words are the same but for the figures."""
        if one.accession not in self.restatable:
            return None
        asked = ((scope, one.days) for scope in one.asked)
        found = (other for scope in asked for other in self.figureless.alike(scope, one.figureless))
        return max(found, key=lambda other: other.order, default=None)

    def answered(self, one: Sent, days: Iterable[tuple[int, int]]) -> Iterator[Sent]:
        """The reports of the same party that *one* answers, or that came on one of these *days*."""
        answers, days = one.filing.mail.in_reply_to, tuple(days)
        for mails in self._asked(one):
            if answers:
                yield from mails.by_message.get(answers, ())
            for day in days:
                yield from mails.by_day.get(day, ())

    def likest(self, one: Sent, points: Points) -> Iterator[Sent]:
        """Of each scope of the same party the report with the most *points*, the newest of several."""
        for mails in self._asked(one):
            found = points(mails, mails.came)
            yield mails.all[mails.came - 1 - int(np.argmax(found[::-1]))]

    def _asked(self, one: Sent) -> Iterator[Mails]:
        """The scopes in which *one* asks and something came."""
        found = (self.mails.get(scope) for scope in one.asked)
        return (mails for mails in found if mails and mails.came)


def _restatable(mails: Sequence[Sent]) -> frozenset[str]:
    """Accessions of the *mails* that tell of days of which another of their party tells too."""
    told: dict[tuple[Scope, frozenset[date]], list[str]] = defaultdict(list)
    for one in mails:
        for scope in {*one.scopes, *one.asked} if one.days else ():
            told[scope, one.days].append(one.accession)
    return frozenset(accession for together in told.values() if len(together) > 1 for accession in together)
