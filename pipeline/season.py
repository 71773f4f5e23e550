"""season() and scored(): all filings and all that people decided, folded into one season. The stages after judge() composed.

Purpose: what workbook, page, papers and export show is made of what this returns; recomputed each time.
Source: DESIGN.md sections 2 (4, 9) and 3.
Limits: pure; the same mails and corrections, in whatever order, give the same season.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from pipeline.evaluate import evaluate, why_not
from pipeline.evaluate.sources import doubted
from pipeline.records import Correction, Evaluation, Filed, Joint, Reuse
from pipeline.relate import joint, relate
from pipeline.reuse import reuse
from pipeline.review import apply, independent, joined, scores
from rules import Rules

T = TypeVar("T")


def season(filed: Sequence[Filed], corrections: Sequence[Correction], rules: Rules) -> tuple[Filed, ...]:
    """Fold all mails with what people decided about them.

    Args:
        filed: all mails as the register has them.
        corrections: as the register has them, what undoes and signs included; none: what the machine alone says.
        rules: of the notice; the roster's names and addresses are used.

    Returns:
        the mails in order of accession, corrected, with relations, reused photographs, joint activities and doubtful senders.
    """
    corrected = _corrected(sorted(filed, key=lambda one: one.item.accession), corrections)
    relations = {relation.accession: relation for relation in relate(corrected)}
    related = [replace(one, relation=relations.get(one.item.accession)) for one in corrected]
    related = independent(related, corrections)
    reused = reuse(related)
    related, together = joined(related, joint(related, rules.units), corrections, _counting(related))
    reused_by = _by_mail((found, (use.accession for use in found.uses)) for found in reused)
    told_by = _by_mail((found, (accession for accession, _ in found.members)) for found in together)
    shown = [
        _with(one, reused_by.get(one.item.accession, ()), told_by.get(one.item.accession, ()))
        for one in related
    ]
    return doubted(shown, rules.units)


def scored(
    filed: Sequence[Filed], corrections: Sequence[Correction], rules: Rules, *, signature_due: bool
) -> tuple[tuple[Filed, ...], tuple[Evaluation, ...]]:
    """Give the season, and its units scored, with what people decided about either.

    Args:
        signature_due: a reviewer's points count only when a second person signed them.
    """
    folded = season(filed, corrections, rules)
    return folded, evaluate(folded, rules, scores(corrections, signature_due=signature_due))


def _with(one: Filed, reused: Sequence[Reuse], told: Sequence[Joint]) -> Filed:
    """*one* with what was found about it, which for most mails is nothing."""
    if not (reused or told or one.reused or one.joint):
        return one
    return replace(one, reused=tuple(reused), joint=tuple(told))


def _by_mail(found: Iterable[tuple[T, Iterable[str]]]) -> dict[str, list[T]]:
    """What was *found*, each with the accessions that it is about, by accession, in the order given."""
    by_mail: dict[str, list[T]] = defaultdict(list)
    for one, accessions in found:
        for accession in dict.fromkeys(accessions):
            by_mail[accession].append(one)
    return by_mail


def _counting(filed: Sequence[Filed]) -> frozenset[tuple[str, int]]:
    """The activities that count, by accession and number."""
    return frozenset(
        (one.item.accession, number)
        for one in filed
        if one.filing is not None and not why_not(one)
        for number, judged in enumerate(one.filing.activities, 1)
        if judged.counted
    )


def _corrected(filed: Sequence[Filed], corrections: Sequence[Correction]) -> list[Filed]:
    made: dict[str, list[Correction]] = defaultdict(list)
    for one in corrections:
        made[one.accession].append(one)
    return [
        replace(one, filing=apply(one.filing, made[one.item.accession])) if one.filing else one
        for one in filed
    ]
