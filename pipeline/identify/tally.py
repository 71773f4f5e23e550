"""The points that each candidate has, place by place.

Purpose: `Tally` keeps of every place the best mention alone, so that a name repeated ten times in one place weighs as one.
Limits: knows sums, not reasons; who is decided is said by `identify`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from pipeline.identify.places import FIRM

SURE = 0.7
"""Quality of a name (or share of a district named alone) from which its words mean this candidate."""
KNOWN_BY_NAME = 0.8
"""The same for the name of the sender, which nothing in the mail explains."""
CONFIRMS = ("file", "address", "own", "lead", "text")
"""What agrees with the sender's name: a file's name, the roster's address, 我会 and its like, the running text."""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What one place says for a candidate. words: those it rests on. quality 0..1: how surely they mean it."""

    points: float
    words: str
    quality: float


@dataclass(kw_only=True)
class Tally:
    """The marks of one candidate by place (a key of places.WEIGHTS)."""

    marks: dict[str, Mark] = field(default_factory=dict)

    def add(self, where: str, points: float, words: str, quality: float = 1.0) -> None:
        """Keep the better of this mark and the one that the place has."""
        old = self.marks.get(where)
        if old:
            quality = max(quality, old.quality)
            points, words = (old.points, old.words) if old.points >= points else (points, words)
        self.marks[where] = Mark(points=points, words=words, quality=quality)

    def shrink(self, share: float) -> None:
        """Leave *share* of all points."""
        self.marks = {where: replace(one, points=one.points * share) for where, one in self.marks.items()}

    @property
    def total(self) -> float:
        """All points."""
        return sum(one.points for one in self.marks.values())

    @property
    def speaks(self) -> bool:
        """Does the unit speak for itself: in a firm place, or as the sender whose name something else confirms?"""
        if any(self.marks[where].quality >= SURE for where in FIRM & self.marks.keys()):
            return True
        sender = self.marks.get("sender")
        return bool(sender and sender.quality >= KNOWN_BY_NAME and self.marks.keys() & set(CONFIRMS))

    @property
    def evidence(self) -> tuple[tuple[str, str], ...]:
        """Places and words, the weightiest first."""
        ranked = sorted(self.marks.items(), key=lambda item: -item[1].points)
        return tuple((where, one.words) for where, one in ranked)
