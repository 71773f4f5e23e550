"""The reports that came so far, by whom they are from, and by what a later one may ask for: the mails of one party are many.

Purpose: `Parties`: `add` each report in its order; `same`, `restated` and `newest_first` find what a later one may stand for.
Source: prefix filtering (Chaudhuri, Ganti, Kaushik 2006): of two sets that share so many of their members, the rarest few of each
have one in common; so only sets that share a rare shingle are compared, and none that is alike is missed.
Limits: recalled reports are found by `newest_first` alone: nothing sent again stands for them.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from math import floor

from pipeline.relate.sent import SAME, Sent, alike

Words = frozenset[str]
Scope = Hashable


@dataclass(kw_only=True)
class Texts:
    """Reports by their words, of each scope the newest with just these. often: in how many texts each shingle stands."""

    often: Counter[str]
    last: dict[tuple[Scope, Words], Sent] = field(default_factory=dict)
    posted: dict[tuple[Scope, str], list[Words]] = field(default_factory=lambda: defaultdict(list))
    rarest: dict[Words, tuple[str, ...]] = field(default_factory=dict)

    def add(self, scope: Scope, words: Words, one: Sent) -> None:
        """Let *one*, the newest yet, be found by *words* in *scope*."""
        if (scope, words) not in self.last:
            for shingle in self._rarest(words):
                self.posted[scope, shingle].append(words)
        self.last[scope, words] = one

    def alike(self, scope: Scope, words: Words) -> Iterator[Sent]:
        """The newest report of each text in *scope* that is like *words*."""
        near = {other for shingle in self._rarest(words) for other in self.posted.get((scope, shingle), ())}
        return (self.last[scope, other] for other in near if alike(words, other))

    def _rarest(self, words: Words) -> tuple[str, ...]:
        """As many of the rarest shingles as two texts that are alike cannot both have for themselves."""
        if words not in self.rarest:
            alone = len(words) - floor(SAME * SAME * len(words)) + 1
            counted = sorted(zip(map(self.often.__getitem__, words), words, strict=True))
            self.rarest[words] = tuple(one for _, one in counted[:alone])
        return self.rarest[words]


@dataclass(kw_only=True)
class _Mails:
    """All mails of one scope in their order, and by Message-ID and day of arrival."""

    all: list[Sent] = field(default_factory=list)
    by_message: dict[str, list[Sent]] = field(default_factory=lambda: defaultdict(list))
    by_day: dict[tuple[int, int], list[Sent]] = field(default_factory=lambda: defaultdict(list))


@dataclass(kw_only=True)
class Parties:
    """The reports that came so far."""

    texts: Texts
    figureless: Texts
    mails: dict[Scope, _Mails] = field(default_factory=lambda: defaultdict(_Mails))

    @classmethod
    def of(cls, mails: Iterable[Sent]) -> Parties:
        """Nothing has come yet of *mails*, whose words are counted."""
        mails = tuple(mails)
        often = Counter(shingle for one in mails for shingle in one.shingles)
        plainly = Counter(shingle for one in mails for shingle in one.figureless)
        return cls(texts=Texts(often=often), figureless=Texts(often=plainly))

    def add(self, one: Sent, *, recalled: bool) -> None:
        """*one* has come after all the others."""
        for scope in _of(one):
            mails = self.mails[scope]
            mails.all.append(one)
            mails.by_message[one.filing.mail.message_id].append(one)
            mails.by_day[one.received].append(one)
            if not recalled:
                self.texts.add(scope, one.shingles, one)
                self.figureless.add((scope, one.days), one.figureless, one)

    def same(self, one: Sent) -> Sent | None:
        """The newest report of the same party with the same words."""
        found = (other for scope in _asked(one) for other in self.texts.alike(scope, one.shingles))
        return max(found, key=lambda other: other.order, default=None)

    def restated(self, one: Sent) -> Sent | None:
        """The newest report of the same party and days whose words are the same but for the figures."""
        if not one.days:
            return None
        asked = ((scope, one.days) for scope in _asked(one))
        found = (other for scope in asked for other in self.figureless.alike(scope, one.figureless))
        return max(found, key=lambda other: other.order, default=None)

    def answered(self, one: Sent, days: Iterable[tuple[int, int]]) -> dict[str, Sent]:
        """The reports of the same party that *one* answers, or that came on one of these *days*, by accession."""
        answers, days = one.filing.mail.in_reply_to, tuple(days)
        mails = [self.mails[scope] for scope in _asked(one) if scope in self.mails]
        found = [other for some in mails for other in (some.by_message.get(answers, ()) if answers else ())]
        found += [other for some in mails for day in days for other in some.by_day.get(day, ())]
        return {other.accession: other for other in found}

    def newest_first(self, one: Sent) -> Iterator[Sent]:
        """All reports of the same party, each once or twice."""
        mails = (reversed(self.mails[scope].all) for scope in _asked(one) if scope in self.mails)
        return heapq.merge(*mails, key=lambda other: other.order, reverse=True)


def _of(one: Sent) -> Iterator[Scope]:
    """Where *one* is found: by its unit, and by its address, where its unit is in doubt by that alone."""
    found, address = one.filing.identification, one.filing.mail.sender.address
    if found.best is not None:
        yield "unit", found.best
    if address:
        yield "address", address
        if not found.decided:
            yield "doubtful", address


def _asked(one: Sent) -> Iterator[Scope]:
    """Where the reports are that `sent.of_one_party` says are of the party of *one*."""
    found, address = one.filing.identification, one.filing.mail.sender.address
    if found.best is not None:
        yield "unit", found.best
    if address:
        yield "doubtful" if found.decided else "address", address
