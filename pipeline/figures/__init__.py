"""The figures that an activity states: dates, place, people, sessions, copies, media, each with its words and place.

Purpose: what the report says in figures, and nothing else: a figure that is not stated is None, never 0.
Source: the labelling guide, section C; notice, part 2 (the year of a date without one).
Limits: judges clause by clause; who "他们" are, where only the paragraph before tells, is not seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from pipeline.figures.cells import COPIES, PEOPLE, PLACES, SESSIONS, TIMES, Row, form_above, row_of
from pipeline.figures.counts import materials, sessions
from pipeline.figures.dates import dates
from pipeline.figures.people import People, people
from pipeline.figures.places import media, place
from pipeline.figures.words import Words, words_of
from pipeline.records import Activity, Document, Stated


def figures(activity: Activity, documents: Sequence[Document], *, received: datetime, year: int) -> Activity:
    """Return *activity* with its figures.

    Args:
        documents: those of the mail; beside the activity's own words only what stands before it is looked at.
        received: with zone; "上周四" counts from it.
        year: of the notice; a date without a year is of it, a date of another year is none.
    """
    words = words_of(activity, documents)
    row = _row(words, documents)
    form = form_above(activity, documents)
    start, end = dates(activity, words, documents, received=received, year=year)
    if form and start is None:
        start, end = dates(activity, form.run_of(TIMES), documents, received=received, year=year)
    crowd = _people(words, row, form)
    return replace(
        activity,
        date_start=start,
        date_end=end,
        place=row.words(PLACES)
        if row and row.has(PLACES)
        else place(words) or (form.words(PLACES) if form else None),
        participants=crowd.chosen,
        heads=crowd.heads,
        sessions=_of_column(row, form, SESSIONS, sessions, words),
        materials=_of_column(row, form, COPIES, materials, words),
        media=media(words),
    )


BODIES = re.compile(r"\d(?:余|多)?(?:家|个|所|支|镇|村|社区)")
"""Where firms or villages stand in the column for people, the people stand elsewhere in the row."""


def _people(words: Sequence[Words], row: Row | None, form: Row | None) -> People:
    """The head counts: of the column for people where the row has one, else of the running text, else of the form."""
    if row and row.has(PEOPLE):
        column = people(row.run_of(PEOPLE), labels=row.labels_of(PEOPLE), told=words)
        others = people((*row.run_of_others(PEOPLE), *(run for run in words if run is not row.run)))
        of_bodies = not column.heads and any(BODIES.search(cell.text) for cell in row.run_of(PEOPLE))
        beside = others.chosen if of_bodies or len(words) > 1 else None
        chosen = beside if of_bodies else column.chosen or beside
        return replace(column, heads=(*column.heads, *others.heads), chosen=chosen)
    stated = people(form.run_of(PEOPLE), labels=form.labels_of(PEOPLE), told=words) if form else People()
    told = people(words)
    return replace(stated, heads=(*stated.heads, *told.heads)) if stated.chosen else told


def _of_column(
    row: Row | None,
    form: Row | None,
    wanted: re.Pattern[str],
    read: Callable[[Sequence[Words]], Stated[int] | None],
    words: Sequence[Words],
) -> Stated[int] | None:
    """The figure of the row's column *wanted*; else of the form's field; else what *read* finds in the running text."""
    if row and row.has(wanted):
        return row.figure(wanted) or read(row.run_of(wanted))
    field = (form.figure(wanted) or read(form.run_of(wanted))) if form and form.has(wanted) else None
    return field or read(words)


def _row(words: Sequence[Words], documents: Sequence[Document]) -> Row | None:
    """The row of a table that the activity is, or that stands for it beside its telling."""
    for run in words[-1:]:
        span = run.span
        block = next(document.blocks[span.block] for document in documents if document.part == span.part)
        return row_of(run, block)
    return None
