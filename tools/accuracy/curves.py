"""What the confidence of a category is worth: risk against coverage, and calibration at the threshold.

Source: R. El-Yaniv and Y. Wiener, On the Foundations of Noise-free Selective Classification (2010): coverage is the share
that is decided, risk the share of wrong ones among it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tools.accuracy.scoring import Pair

COVERAGES = (1.0, 0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5)
BINS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)
MOST_UNDECIDED, LEAST_RIGHT = 0.15, 0.95
"""What is asked at the default threshold: at most so many left to people, at least so many of the others right."""


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """Of *total* found activities *decided* were decided, *right* of these rightly."""

    total: int
    decided: int
    right: int

    @property
    def undecided(self) -> float:
        """Share that is left to people."""
        return 1 - self.decided / max(1, self.total)

    @property
    def accuracy(self) -> float:
        """Share of right ones among the decided."""
        return self.right / max(1, self.decided)


def at_threshold(pairs: Sequence[Pair]) -> Threshold:
    """How it stands with the product's own threshold."""
    decided = [pair for pair in pairs if pair[1].classification.decided]
    return Threshold(total=len(pairs), decided=len(decided), right=sum(map(_right, decided)))


def risk_coverage(pairs: Sequence[Pair]) -> tuple[tuple[float, float], ...]:
    """(coverage, accuracy) when the least confident are left to people."""
    ranked = sorted(pairs, key=lambda pair: -pair[1].classification.confidence)
    kept = [(coverage, ranked[: max(1, round(coverage * len(ranked)))]) for coverage in COVERAGES]
    return tuple((coverage, sum(map(_right, some)) / len(some)) for coverage, some in kept if ranked)


def calibration(pairs: Sequence[Pair]) -> tuple[tuple[float, float, int, float, float], ...]:
    """(from, to, number, mean confidence, share right) of each bin of confidence that holds any."""
    rows = []
    for low, high in pairwise(BINS):
        some = [p for p in pairs if low < p[1].classification.confidence <= high]
        if some:
            mean = sum(p[1].classification.confidence for p in some) / len(some)
            rows.append((low, high, len(some), mean, sum(map(_right, some)) / len(some)))
    return tuple(rows)


def calibration_error(pairs: Sequence[Pair]) -> float:
    """Expected calibration error over BINS: how far confidence is from being right, 0..1."""
    rows = calibration(pairs)
    return sum(number * abs(mean - right) for _, _, number, mean, right in rows) / max(1, len(pairs))


def _right(pair: Pair) -> bool:
    return bool(pair[0]["category"] == pair[1].classification.code)
