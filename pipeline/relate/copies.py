"""Mails that bring nothing new: delivered again, sent again, or passed on by another hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import floor

import numpy as np

from pipeline.records import Kind, Notice, Relation, RelationKind
from pipeline.relate.sent import REPORTS, SAME, Order, Sent, newest
from pipeline.relate.shingles import held


def copies(mails: Sequence[Sent], relations: dict[str, Relation], recalled: dict[str, Order]) -> None:
    """Of several copies the first is the original; one that comes after its original's recall stands for itself."""
    first: dict[tuple[object, ...], Sent] = {}
    for one in mails:
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


def _marks(one: Sent) -> Iterator[tuple[object, ...]]:
    """What only copies share. One Message-ID alone is no mark: two units' mails may bear the same."""
    if one.filing.mail.message_id and one.material:
        yield "delivered again", one.filing.mail.message_id, one.material
    unit, address = one.filing.identification.best, one.filing.mail.sender.address
    if one.kind in REPORTS and one.material:
        yield "sent again", unit or address, one.subject, one.material
    if one.kind is Kind.SUBMISSION and one.files and unit:
        yield "sent again with other words", unit, one.subject, one.files, one.shingles


def forwards(mails: Sequence[Sent], relations: dict[str, Relation]) -> None:
    """A forward of what is here already counts once, unless another unit had sent it: then a person knows better."""
    passed = [
        one
        for one in mails
        if one.filing.announces is Notice.FORWARD and relations[one.accession].kind is None
    ]
    holding = _holding(mails, passed)
    for one in passed:
        near = {other.accession: other for mark in _marks_of(one) for other in holding[mark]}
        meant = newest(sorted(near.values(), key=lambda other: other.order), one, _is_forwarded)
        if meant:
            forward = replace(relations[one.accession], kind=RelationKind.FORWARD, of=meant.accession)
            relations[one.accession] = forward


Mark = tuple[str, str | int]


def _marks_of(forward: Sent) -> Iterator[Mark]:
    """One file, and so many shingles that what *forward* was made of has that file, or has one of these."""
    if forward.files:
        yield "file", min(forward.files)
    words = forward.shingles.codes
    alone = len(words) - floor(SAME * len(words)) + 1
    yield from (("shingle", one) for one in words[:alone].tolist())


def _holding(mails: Sequence[Sent], passed: Sequence[Sent]) -> dict[Mark, list[Sent]]:
    """The reports that have a mark of one of the forwards in *passed*, by that mark."""
    wanted = {mark for one in passed for mark in _marks_of(one)}
    files = {name for kind, name in wanted if kind == "file"}
    words = np.array(sorted(name for kind, name in wanted if kind == "shingle"), np.uint64)
    holding: dict[Mark, list[Sent]] = {mark: [] for mark in wanted}
    for one in mails if wanted else ():
        if one.kind in REPORTS:
            told = one.shingles.codes
            marks = [("file", name) for name in files & one.files]
            marks += [("shingle", name) for name in told[held(told, words)].tolist()]
            for mark in marks:
                holding[mark].append(one)
    return holding


def _is_forwarded(one: Sent, later: Sent) -> bool:
    mine, theirs = later.filing.identification, one.filing.identification
    if one.kind not in REPORTS or (mine.decided and theirs.decided and mine.best != theirs.best):
        return False
    whole = bool(later.files) and later.files <= one.files
    return whole or (later.shingles.common(one.shingles) >= SAME and len(later.shingles) <= len(one.shingles))
