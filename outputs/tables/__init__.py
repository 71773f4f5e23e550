"""The sheets of the workbook as DataFrames with Chinese headers: the only place that knows pandas.

Purpose: `tables`, a pure function of mails, evaluations, rules and custody.
Source: ../../docs/workbook.md lists every sheet and header.
Limits: holds what cells say, not how they look; that is outputs/workbook.
"""

from __future__ import annotations

from collections.abc import Sequence

from outputs.custody import Custody
from outputs.tables.activities import details
from outputs.tables.aside import set_aside
from outputs.tables.categories import statistics
from outputs.tables.contacts import contacts
from outputs.tables.cover import cover
from outputs.tables.custody import log, materials
from outputs.tables.featured import featured
from outputs.tables.linked import linked
from outputs.tables.passages import advice, experience
from outputs.tables.photos import photos
from outputs.tables.press import press
from outputs.tables.progress import standing, unsent
from outputs.tables.quarantine import quarantine
from outputs.tables.questions import questions
from outputs.tables.scores import scores
from outputs.tables.season import Season
from outputs.tables.sensitivity import firmness
from outputs.tables.sheet import Column, Comment, Edit, Form, Sheet, Value
from outputs.tables.units import summary
from pipeline.records import Evaluation, Filed
from rules import Rules

__all__ = ["Column", "Comment", "Edit", "Form", "Sheet", "Value", "tables"]


def tables(
    filed: Sequence[Filed],
    evaluations: Sequence[Evaluation],
    rules: Rules,
    custody: Custody,
    *,
    release: str,
) -> tuple[Sheet, ...]:
    """Make all sheets, in the order of the workbook.

    Args:
        filed: all mails, in any order.
        evaluations: of the same mails by the same rules.
        release: version of the software, for the cover.
    """
    ordered = tuple(sorted(filed, key=lambda one: one.item.accession))
    season = Season(ordered, tuple(evaluations), rules, custody)
    return (
        cover(season, release),
        standing(season),
        unsent(season),
        summary(season),
        details(season),
        statistics(season),
        scores(season),
        firmness(season),
        featured(season),
        press(season),
        experience(season),
        advice(season),
        set_aside(season),
        photos(season),
        materials(season),
        linked(season),
        questions(season),
        quarantine(season),
        contacts(season),
        log(season),
    )
