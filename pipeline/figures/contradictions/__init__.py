"""What one mail says twice and differently, or says and cannot be (前后矛盾).

Purpose: `contradictions`, each a Problem in Chinese with the words it rests on.
Source: the rubric, F 材料报送 (consistent) and the points taken off; the labelling guide, section C.
Limits: a false accusation harms a unit more than a missed slip: only what cannot be read otherwise is CONTRADICTION, what
is likely is COMPARE, and all else is silence.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.figures.contradictions.copies import may_be_told, may_tell_again, retold, tabled
from pipeline.figures.contradictions.days import days
from pipeline.figures.contradictions.listed import listed
from pipeline.figures.contradictions.sums import sums
from pipeline.records import Activity, Document, Problem

__all__ = ["contradictions", "may_be_told", "may_tell_again"]

MOST = 12
"""Contradictions of one mail that are told; one with more was hardly read as it was meant."""


def contradictions(
    activities: Sequence[Activity], others: Sequence[Activity], documents: Sequence[Document], *, year: int
) -> tuple[Problem, ...]:
    """Find what the mail says against itself.

    Args:
        activities: with their figures, as they count; nothing is looked for where there are none.
        others: with their figures, as the documents tell them that the report was not read from; at least those that
            `may_be_told`, in the documents that `may_tell_again`.
        documents: all of the mail.
        year: of the notice, for days without one.

    Returns:
        each once, whatever the number of files that say it, in this order: days, sums, lists, copies, tables; at most MOST.
    """
    found = (
        *days(activities, documents, year=year),
        *sums(activities, documents),
        *listed(activities, documents),
        *retold(activities, documents),
        *tabled(activities, others, documents),
    )
    once = {one.detail: one for one in reversed(found)}
    return tuple(one for one in found if once[one.detail] is one)[:MOST]
