"""Which pictures are one photograph: perceptual hashes compared, whatever was done to the copies.

Purpose: `pairs()` finds copies that were scaled, re-compressed, brightened, stamped, turned, mirrored or cropped by up to
a tenth a side.
Source: the two-dimensional cosine transform, in which mirroring changes signs alone; thresholds by trial
(../../docs/decisions.md). Square roots of its terms count, so that light and shade do not outweigh what is seen.
Limits: a copy cropped by more, or turned by a few degrees, is missed; two shots of one moment may be taken for one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

SIDE = 32
"""Levels a side of a perceptual hash (extract/depiction.py makes it)."""
COARSE, FINE = 8, 16
"""Terms a side that find candidates, and that decide."""
LIKELY, SAME = 0.55, 0.75
"""Cosines from which two pictures are looked at closely, and from which they are one photograph. Different photographs
reach 0.68 in the most uniform sets tried, copies 0.8 and more; a stamp over a sixth of the picture costs the most."""
CROPS = (0.0, 0.05, 0.1)
"""Shares of a side that a crop may have taken; those between are near enough to one of them."""
SQUARE = 1.2
"""Long to short side up to which one cannot say whether a copy was turned by a quarter."""
MAX_LIKELY = 24
"""Candidates of one picture, the likeliest first: a thousand pictures of one wall cost no more than others."""
ROWS = 128
"""Pictures compared with all others at a time, so that the cosines stay in the processor's cache."""

Numbers: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Look:
    """One picture to compare. levels: SIDE x SIDE octets by row. width, height: its pixels."""

    levels: bytes
    width: int
    height: int


def pairs(looks: Sequence[Look]) -> Iterator[tuple[int, int, float]]:
    """Yield (index, larger index, cosine SAME..1) of pictures that are one photograph, each pair once, in order."""
    owners, levels = _laid(looks)
    if not owners:
        return
    whole = _terms(levels)
    likely = np.array([pair for pair in _likely(levels) if owners[pair[0]] != owners[pair[1]]], np.intp)
    found: dict[tuple[int, int], float] = {}
    close: dict[int, set[int]] = defaultdict(set)
    for one, other, cosine in _uncropped(whole, likely.reshape(-1, 2)):
        if cosine >= SAME:
            _keep(found, owners[one], owners[other], cosine)
        else:
            close[one].add(other)
            close[other].add(one)
    for one in sorted(close):
        others = sorted(close[one])
        for other, cosine in zip(others, _best(levels[one], whole[others]), strict=True):
            _keep(found, owners[one], owners[other], cosine)
    for pair in sorted(found):
        if found[pair] >= SAME:
            yield (*pair, round(min(found[pair], 1.0), 3))


def _keep(found: dict[tuple[int, int], float], one: int, other: int, cosine: float) -> None:
    pair = (min(one, other), max(one, other))
    found[pair] = max(found.get(pair, 0.0), cosine)


def _laid(looks: Sequence[Look]) -> tuple[list[int], NDArray[np.uint8]]:
    """All pictures lying on their long side; those that have none lie on either. Returns their indices with the levels."""
    owners: list[int] = []
    laid: list[NDArray[np.uint8]] = []
    for index, look in enumerate(looks):
        levels = np.frombuffer(look.levels, np.uint8).reshape(SIDE, SIDE)
        if look.width * SQUARE >= look.height:
            owners.append(index)
            laid.append(levels)
        if look.height * SQUARE >= look.width:
            owners.append(index)
            laid.append(levels.T)
    return owners, np.array(laid)


# ---------------------------------------------------------------- terms of the transform


def _waves(terms: int, samples: int) -> Numbers:
    """The first *terms* cosines over so many samples, a row each."""
    at = np.arange(samples)
    waves = np.cos(np.pi * np.arange(terms)[:, None] * (2 * at + 1) / (2 * samples))
    waves[0] *= np.sqrt(0.5)
    return np.asarray(waves, np.float32)


def _window(start: float, end: float, samples: int) -> Numbers:
    """A matrix that takes the levels between two shares of a side as so many samples, each the mean of what it covers."""
    edges = SIDE * (start + (end - start) * np.arange(samples + 1) / samples)
    cells = np.arange(SIDE)
    covered = np.minimum(edges[1:, None], cells + 1) - np.maximum(edges[:-1, None], cells)
    covered = np.clip(covered, 0, None)
    return np.asarray(covered / covered.sum(axis=1, keepdims=True), np.float32)


_SAMPLES = 24
_CROPPED = np.array(
    [_waves(FINE, _SAMPLES) @ _window(start, 1 - end, _SAMPLES) for start in CROPS for end in CROPS]
)
"""Of each crop of one side, the cosines that it is seen by: (crop, term, level). The first is the whole side."""
_SIGNS = (-1.0) ** np.arange(FINE, dtype=np.float32)
_MIRRORED = np.array(
    [np.outer(down, across).ravel() for down in (_SIGNS**2, _SIGNS) for across in (_SIGNS**2, _SIGNS)],
    np.float32,
)
"""Signs of the terms of a picture mirrored in none, one and both ways."""


def _unit(terms: Numbers) -> Numbers:
    """Square roots with their signs, without the mean level, a vector of length 1 in the last axis."""
    flat = terms.reshape(*terms.shape[:-2], -1)
    flat[..., 0] = 0
    roots = np.sign(flat) * np.sqrt(np.abs(flat))
    lengths = np.linalg.norm(roots, axis=-1, keepdims=True)
    return np.asarray(roots / np.maximum(lengths, 1e-6), np.float32)


def _terms(levels: NDArray[np.uint8], terms: int = FINE) -> Numbers:
    """Vectors of whole pictures: (picture, terms x terms)."""
    waves = _CROPPED[0][:terms]
    parts = [
        _unit(waves @ levels[at : at + 1024].astype(np.float32) @ waves.T)
        for at in range(0, len(levels), 1024)
    ]
    return np.concatenate(parts)


# ---------------------------------------------------------------- candidates, then a close look


def _likely(levels: NDArray[np.uint8]) -> Iterator[tuple[int, int]]:
    """Pairs (smaller index first) whose few lowest terms are alike, mirrored or not."""
    coarse = _terms(levels, COARSE)
    odd = np.arange(COARSE) % 2
    kinds = [np.flatnonzero(np.outer(odd == down, odd == across)) for down in (0, 1) for across in (0, 1)]
    sorted_ = [np.ascontiguousarray(coarse[:, kind]) for kind in kinds]
    for start in range(0, len(coarse), ROWS):
        # Mirroring changes the sign of the odd terms of its direction, so four products give all four cosines.
        even, across, down, both = (part[start : start + ROWS] @ part[start:].T for part in sorted_)
        best = np.maximum(even + across + np.abs(down + both), even - across + np.abs(down - both))
        for row, cosines in enumerate(best):
            cosines[: row + 1] = 0
            others = np.flatnonzero(cosines >= LIKELY)
            if len(others) > MAX_LIKELY:
                others = others[np.argsort(-cosines[others], kind="stable")[:MAX_LIKELY]]
            for other in others:
                yield start + row, start + int(other)


def _uncropped(whole: Numbers, likely: NDArray[np.intp]) -> Iterator[tuple[int, int, float]]:
    """The cosine of each likely pair as whole pictures, mirrored or not."""
    for start in range(0, len(likely), 4096):
        block = likely[start : start + 4096]
        cosines = ((whole[block[:, 0]] * whole[block[:, 1]]) @ _MIRRORED.T).max(axis=1)
        for (one, other), cosine in zip(block.tolist(), cosines.tolist(), strict=True):
            yield one, other, cosine


def _best(levels: NDArray[np.uint8], others: Numbers) -> list[float]:
    """How like each of *others*, mirrored or not, is to the whole of one picture or to a crop of it."""
    down = _CROPPED @ levels.astype(np.float32)
    crops = _unit(down[:, None] @ _CROPPED.transpose(0, 2, 1)[None])
    mirrored = (others[:, None] * _MIRRORED).reshape(-1, others.shape[1])
    cosines = crops.reshape(-1, others.shape[1]) @ mirrored.T
    return [float(cosine) for cosine in cosines.max(axis=0).reshape(len(others), -1).max(axis=1)]
