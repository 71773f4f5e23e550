"""The runs of four characters of a text, by which two texts are compared, as sorted numbers.

Purpose: `Shingles` keeps eight octets a run where a set of strings keeps more than a hundred; `Overlap` compares one text with all of
a party at once; `shared` says in how many texts each run stands, `in_several` which runs tell nothing from nothing.
Limits: exact for characters below U+10000. A run with a rarer character (a name in CJK extension B) is a hash of 64 bits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

SHINGLE = 4
"""Characters of one shingle: two words, so that shared phrases count and shared characters do not."""
SAME = 0.97
"""Share of common shingles from which two reports are the same."""
MANY = 255
"""Texts up to which those that share a code are counted."""
Codes = NDArray[np.uint64]
_LOW = np.uint64(0xFFFF)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""Odd, so that no two of what it multiplies are one."""


@dataclass(frozen=True, eq=False)
class Shingles:
    """codes: ascending, each once. Equal where the runs are the same."""

    codes: Codes

    @classmethod
    def of(cls, text: str, length: int = SHINGLE) -> Shingles:
        """All runs of *length* characters (4 at most) of *text*."""
        return cls(distinct(_packed(text, length)))

    @cached_property
    def _hash(self) -> int:
        return hash(self.codes.tobytes())

    def __len__(self) -> int:
        """How many runs."""
        return len(self.codes)

    def __hash__(self) -> int:
        """Of the codes, taken once."""
        return self._hash

    def __eq__(self, other: object) -> bool:
        """Are the runs the same?"""
        return self is other or (
            isinstance(other, Shingles)
            and self._hash == other._hash
            and bool(np.array_equal(self.codes, other.codes))
        )

    def common(self, other: Shingles) -> float:
        """Share of the smaller set that the other has too; 0 where one is empty."""
        few, many = sorted((self.codes, other.codes), key=len)
        return int(np.count_nonzero(held(few, many))) / len(few) if len(few) else 0.0

    def alike(self, other: Shingles) -> bool:
        """Do the two tell the same, neither more than the other?"""
        fewer, more = sorted((len(self), len(other)))
        return fewer >= SAME * more and self.common(other) >= SAME

    def without(self, worn: Codes) -> Shingles:
        """Those that *worn*, which ascends, has not."""
        gone = held(self.codes, worn)
        return Shingles(self.codes[~gone]) if gone.any() else self


def _packed(text: str, length: int) -> Codes:
    """The runs of *text* in reading order, 16 bits a character, the first lowest."""
    many = max(0, len(text) - length + 1)
    octets = text.encode("utf-16-le", "surrogatepass")
    if len(octets) > 2 * len(text):
        return _of_any_plane(text, length, many)
    octets += bytes(8 - 2 * length)
    runs: Codes = np.ndarray((many,), np.dtype("<u8"), octets, strides=(2,))
    return runs if length == SHINGLE else runs & np.uint64((1 << 16 * length) - 1)


def _of_any_plane(text: str, length: int, many: int) -> Codes:
    """The same where some character needs more than 16 bits: what is above them is mixed in."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint64)
    runs, above = np.zeros(many, np.uint64), np.zeros(many, np.uint64)
    for place in range(length):
        here = points[place : place + many]
        runs |= (here & _LOW) << np.uint64(16 * place)
        above |= (here >> np.uint64(16)) << np.uint64(5 * place)
    return runs + above * _SPREAD


def distinct(codes: Codes) -> Codes:
    """*codes* ascending, each once."""
    codes = np.sort(codes)
    return codes[np.concatenate(([True], codes[1:] != codes[:-1]))] if len(codes) else codes


def held(few: Codes, many: Codes) -> NDArray[np.bool_]:
    """Which of *few* stand in *many*, which ascends."""
    if not len(many):
        return np.zeros(len(few), np.bool_)
    found: NDArray[np.bool_] = many.take(many.searchsorted(few), mode="clip") == few
    return found


def in_several(each: Iterable[Codes], several: int) -> tuple[Codes, NDArray[np.int64]]:
    """What stands in *several* of *each* or more, ascending, and in how many."""
    every = np.concatenate((np.zeros(0, np.uint64), *each))
    every.sort()
    if not len(every):
        return every, np.zeros(0, np.int64)
    begins = np.flatnonzero(np.concatenate(([True], every[1:] != every[:-1])))
    often: NDArray[np.int64] = np.concatenate((begins[1:], [len(every)])) - begins
    kept = often >= several
    return every[begins[kept]], often[kept]


def shared(each: Sequence[Codes]) -> Iterator[NDArray[np.uint8]]:
    """In how many of *each* every code stands, up to MANY: counted by its hash, so that some are told too many, none too few.

    A place in one table each, where sorting and searching all codes of a season takes the longer the more there are.
    """
    bits = sum(map(len, each)).bit_length() or 1
    past = np.uint64(64 - bits)
    counts = np.zeros(1 << bits, np.uint8)
    for codes in each:
        places = codes * _SPREAD >> past
        often = counts[places]
        counts[places] = often + (often < MANY)
    return (counts[codes * _SPREAD >> past] for codes in each)


def _asked_for(codes: Codes, asked: Codes) -> NDArray[np.bool_]:
    """Which of *codes* are *asked* for, by their hash: some too many, none too few."""
    past = np.uint64(64 - ((8 * len(asked)).bit_length() or 1))
    table = np.zeros(1 << (64 - int(past)), np.bool_)
    table[asked * _SPREAD >> past] = True
    found: NDArray[np.bool_] = table[codes * _SPREAD >> past]
    return found


@dataclass(frozen=True)
class Overlap:
    """Texts in their order: the codes of all of them ascending, each once; where the texts that have it begin in `whose`.

    begins: one more than codes. sizes: how many codes each text has.
    """

    codes: Codes
    begins: NDArray[np.int64]
    whose: NDArray[np.int32]
    sizes: NDArray[np.int64]

    @classmethod
    def of(cls, texts: Sequence[Shingles], asking: Sequence[Shingles]) -> Overlap:
        """Of these *texts*, to be asked for no others than *asking*: what none of those has is left out before all is sorted."""
        sizes = np.fromiter(map(len, texts), np.int64, len(texts))
        whose = np.repeat(np.arange(len(texts), dtype=np.int32), sizes)
        every = np.concatenate((np.zeros(0, np.uint64), *(text.codes for text in texts)))
        likely = _asked_for(every, np.concatenate((np.zeros(0, np.uint64), *(one.codes for one in asking))))
        every, whose = every[likely], whose[likely]
        order = np.argsort(every, kind="stable")
        codes, begins = np.unique(every[order], return_index=True)
        if not len(codes):  # no text has that code, which is then no harm to find
            codes, begins = np.zeros(1, np.uint64), np.zeros(1, np.int64)
        return cls(codes, np.append(begins, len(every)), whose[order], sizes)

    def shares(self, asked: Shingles, before: int) -> NDArray[np.float64]:
        """`asked.common` with each of the first *before* texts."""
        at = self.codes.searchsorted(asked.codes)
        at = at[self.codes.take(at, mode="clip") == asked.codes]
        starts = self.begins[at]
        many = self.begins[at + 1] - starts
        past = np.cumsum(many) - many
        at = np.repeat(starts - past, many) + np.arange(int(many.sum()))
        shared = np.bincount(self.whose[at], minlength=len(self.sizes))[:before]
        least = np.minimum(self.sizes[:before], len(asked))
        found: NDArray[np.float64] = shared / np.maximum(least, 1)
        return found
