"""A trained judge as octets, so that it is trained once for each set of examples and not in every process.

Purpose: `packed(voice, weights)`, `unpacked(octets)`, and `name()` and `told()`, by which remembered.py knows it.
Source: training and the import of scikit-learn cost each reading process some seconds; the numbers are a megabyte. They
are kept as they are (IEEE 754, 64 bits), so a judge from memory judges to the last bit as the trained one does.
Limits: nothing is executed; octets that do not fit are no judge. Holds for this source, these libraries, these examples.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from importlib import metadata
from pathlib import Path

import msgspec

from pipeline import folding
from pipeline.classify.learned import Voice
from rules import Category, Example

LIBRARIES = ("numpy", "scipy", "scikit-learn")
FLOAT = "<f8"


class _Numbers(msgspec.Struct, frozen=True):
    """features: by their place. idf, weights, bias: octets of FLOAT; weights row by row. counts: how much each voice counts."""

    features: tuple[str, ...]
    idf: bytes
    weights: bytes
    bias: bytes
    codes: tuple[int, ...]
    counts: tuple[float, float]


@cache
def name() -> str:
    """Name all that could train another judge of the same examples: our source and the libraries."""
    sources = (*sorted(Path(__file__).parent.glob("*.py")), Path(folding.__file__))
    digest = hashlib.sha256(b"\n".join(path.read_bytes() for path in sources)).hexdigest()
    return "\n".join((digest, *(f"{library} {metadata.version(library)}" for library in LIBRARIES)))


def told(examples: Sequence[Example], categories: Sequence[Category]) -> bytes:
    """What a judge is made of, as octets."""
    return msgspec.msgpack.encode((tuple(examples), tuple(categories)))


def packed(voice: Voice, counts: tuple[float, float]) -> bytes:
    """Pack a voice, and how much it and the hints count."""
    features = tuple(sorted(voice.features, key=voice.features.__getitem__))
    idf, weights, bias = (array.astype(FLOAT).tobytes() for array in (voice.idf, voice.weights, voice.bias))
    return msgspec.msgpack.encode(_Numbers(features, idf, weights, bias, voice.codes, counts))


def unpacked(octets: bytes) -> tuple[Voice, tuple[float, float]] | None:
    """Give what was packed; None where the octets do not fit."""
    import numpy as np

    try:
        numbers = msgspec.msgpack.decode(octets, type=_Numbers)
        idf, weights, bias = (
            np.frombuffer(one, FLOAT).astype(np.float64)
            for one in (numbers.idf, numbers.weights, numbers.bias)
        )
        shape = len(numbers.features), len(numbers.codes)
        voice = Voice(
            features={gram: place for place, gram in enumerate(numbers.features)},
            idf=idf.reshape(shape[0]),
            weights=weights.reshape(shape),
            bias=bias.reshape(shape[1]),
            codes=numbers.codes,
        )
    except (msgspec.MsgspecError, ValueError):
        return None
    return voice, numbers.counts
