"""How inputs are changed: pieces of octets put in, taken out or said again, in a package inside one of its parts.

Purpose: `Edit` and `edited()`, which both engines use: Hypothesis draws edits, libFuzzer's mutator makes them from a seed.
Source: what breaks readers in practice: numbers at the edge, lost ends, marks of the format in the wrong place.
Limits: a package (ZIP) is written again with stored members, so that its checksums are right and the reader gets to the
XML; one edit in five goes to the octets of the package itself.
"""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Sequence
from typing import NamedTuple

from tools.fuzz.words import words

MAX_OCTETS = 32 * 1024
"""Octets of an input; larger ones only take longer."""
RAW = 0.2
"""Share of the places 0..1 from which down an edit goes to the package itself."""
PACKAGES = frozenset({"docx", "sheet", "slides", "ofd", "odf"})
KINDS = ("insert", "replace", "delete", "repeat", "cut")


class Edit(NamedTuple):
    """One change: where (0..1 of the octets), what is put in, and how many octets are taken out or said again."""

    kind: str
    place: float
    octets: bytes
    length: int


def edited(octets: bytes, edits: Sequence[Edit], *, package: bool) -> bytes:
    """Make the *edits* one after the other; in a package, in that part of it which the first edit's place points at."""
    if package and edits and edits[0].place > RAW:
        try:
            octets = _within(octets, edits)
        except Exception:  # noqa: BLE001 - it is no package any more
            octets = _plainly(octets, edits)
    else:
        octets = _plainly(octets, edits)
    return octets[:MAX_OCTETS]


def random_edits(chance: random.Random, target: str) -> list[Edit]:
    """Make one to four edits."""
    known = words(target)
    return [
        Edit(
            chance.choice(KINDS),
            chance.random(),
            chance.choice((*known, chance.randbytes(chance.randint(1, 4)))),
            chance.randint(1, 64),
        )
        for _ in range(chance.randint(1, 4))
    ]


def _plainly(octets: bytes, edits: Sequence[Edit]) -> bytes:
    for edit in edits:
        at = round(edit.place * len(octets))
        after = octets[at:]
        if edit.kind == "replace":
            after = after[len(edit.octets) :]
        elif edit.kind == "delete":
            after = after[edit.length :]
        elif edit.kind == "cut":
            after = b""
        put = (
            after[: edit.length] * 2
            if edit.kind == "repeat"
            else edit.octets
            if edit.kind in {"insert", "replace"}
            else b""
        )
        octets = octets[:at] + put + after
    return octets


def _within(octets: bytes, edits: Sequence[Edit]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(octets)) as package, zipfile.ZipFile(out, "w") as made:
        names = package.namelist()
        chosen = min(int((edits[0].place - RAW) / (1 - RAW) * len(names)), len(names) - 1)
        within = [edits[0]._replace(place=edits[-1].length / 64), *edits[1:]]
        for number, name in enumerate(names):
            data = package.read(name)
            made.writestr(zipfile.ZipInfo(name), _plainly(data, within) if number == chosen else data)
    return out.getvalue()
