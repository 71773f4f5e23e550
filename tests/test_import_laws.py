"""Laws of the import: what people edit is what is stored, what the next workbook shows, and it changes nothing twice."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from outputs import workbook
from outputs.tables import Column, Edit, Sheet, tables
from outputs.tables.sheet import decided
from outputs.words import KINDS, MISSING
from outputs.workbook import baseline
from pipeline.evaluate import bounds
from pipeline.records import Act, Correction
from pipeline.reviewing import cells
from pipeline.reviewing.importing import Now, Plan, Returned, plan
from pipeline.reviewing.values import Words, stored
from rules import Rules
from tests.reviewer import Reviewer
from tests.season import at, custody, season, small_rules

WORDS = st.text("一二三科协单位活动abcXYZ０１２　 ，。=+-@（）\n", min_size=1, max_size=12).filter(
    lambda said: any(one.isalpha() for one in said)
)


@dataclass(frozen=True)
class Made:
    """A made office with its first workbook. yellow: (sheet, row id, column) of the cells that may be edited."""

    folder: Path
    rules: Rules
    octets: bytes
    yellow: tuple[tuple[str, str, Column], ...]
    choices: Mapping[tuple[str, str], tuple[str, ...]]


@cache
def made() -> Made:
    folder = Path(tempfile.mkdtemp(prefix="shouwen-laws-"))
    rules = small_rules(folder / "rules")
    path = _compiled(folder / "workbooks", _now(rules))
    written = baseline.read(path.parent / baseline.NAME)
    yellow = tuple(
        (sheet.name, row, column)
        for sheet in written.values()
        for row in sheet.rows
        for column in sheet.columns
        if column.edit and column.field is not None and (row, column.header) not in sheet.locked
    )
    choices = {
        (one.name, row): offered for one in _sheets(_now(rules)) for row, offered in one.choices.items()
    }
    return Made(folder / "workbooks", rules, path.read_bytes(), yellow, choices)


def _now(rules: Rules, corrections: tuple[Correction, ...] = ()) -> Now:
    known = replace(custody(season()), corrections=corrections)
    return Now(filed=season(), corrections=corrections, custody=known, rules=rules)


def _sheets(now: Now) -> tuple[Sheet, ...]:
    filed, evaluations = now.after()
    return tables(filed, evaluations, now.rules, now.custody, release="0")


def _compiled(folder: Path, now: Now) -> Path:
    filed, evaluations = now.after()
    return workbook.write(filed, evaluations, now.rules, now.custody, folder=folder)


def _planned(octets: bytes, now: Now) -> Plan:
    return plan(Returned(octets=octets, name="a.xlsx", by="张三", at=at(25)), now, made().folder)


def _numbered(corrections: tuple[Correction, ...]) -> tuple[Correction, ...]:
    return tuple(replace(one, number=number) for number, one in enumerate(corrections, 1))


def _values(sheet: str, row: str, column: Column) -> st.SearchStrategy[Any]:
    """What a person may write into the cell."""
    rules = made().rules
    _, field = decided(row, column)
    if column.edit is Edit.POINTS:
        low, high = bounds(field.split("/")[1], rules) if field.startswith("score/") else (0, 100)
        return st.integers(round(low * 2), round(high * 2)).map(lambda half: half / 2)
    given: dict[Edit, st.SearchStrategy[Any]] = {
        Edit.CATEGORY: st.sampled_from([f"{one.code} {one.short}" for one in rules.categories])
        | st.integers(0, 6),
        Edit.UNIT: st.sampled_from([unit.name for unit in rules.units]),
        Edit.YES_NO: st.sampled_from(["是", "否"]),
        Edit.KIND: st.sampled_from(list(KINDS.values())),
        Edit.COUNT: st.integers(0, 99_999) | st.just(MISSING) | st.just("１２３"),
        Edit.DATE: st.dates(date(2024, 1, 1), date(2024, 12, 31)) | st.just(MISSING) | st.just("2024.6.1"),
        Edit.CHOICE: st.sampled_from(made().choices.get((sheet, row)) or [unit.name for unit in rules.units]),
        Edit.FREE: WORDS,
    }
    return given[column.edit]


@st.composite
def edits(draw: st.DrawFn) -> dict[tuple[str, str, str], Any]:
    """Some cells with what a person writes into them, each with a reason."""
    chosen = draw(
        st.lists(
            st.sampled_from(made().yellow),
            min_size=1,
            max_size=6,
            unique_by=lambda one: (one[0], one[1], one[2].header),
        )
    )
    found: dict[tuple[str, str, str], Any] = {}
    for sheet, row, column in chosen:
        found[sheet, row, column.header] = draw(_values(sheet, row, column))
        if column.why:
            found[sheet, row, column.why] = "看了原件"
    return found


@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.reuse, Phase.generate],  # each example compiles a workbook: shrinking takes minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(edited=edits())
def test_what_is_edited_is_stored_shown_by_the_next_workbook_and_changes_nothing_twice(
    edited: dict[tuple[str, str, str], Any],
) -> None:
    now, words = _now(made().rules), Words.of(made().rules)
    reviewer = Reviewer(made().octets)
    for place, value in edited.items():
        reviewer.put(*place, value)

    done = _planned(reviewer.octets, now)

    # what is stored is what was edited
    assert (done.found.refused, done.found.conflicts) == ((), ())
    wanted = dict(_wanted(edited, words))
    got = {
        (one.accession, one.field.removesuffix("/outside")): one.new
        for one in done.corrections
        if one.act is Act.DECIDE
    }
    assert got == {key: new for key, new in wanted.items() if key in got}
    assert len(done.found.changes) + _untouched(edited, words) == len(wanted)

    # the next workbook shows it
    later = _now(made().rules, _numbered(done.corrections))
    again = _compiled(made().folder, later)
    shown = cells.book(again.read_bytes(), again.name).pages
    for change in done.found.changes:
        row = shown[change.sheet].rows.get(change.row)
        if row is not None:
            assert stored(change.field, row.cells[change.header].value, words) == change.new, change

    # unedited, it changes nothing; the first one, imported again, neither
    for octets in (again.read_bytes(), reviewer.octets):
        twice = _planned(octets, later)
        assert (twice.corrections, twice.found.refused, twice.found.conflicts) == ((), (), ())


def _wanted(edited: dict[tuple[str, str, str], Any], words: Words) -> Iterator[tuple[tuple[str, str], str]]:
    columns = {(sheet, row, column.header): column for sheet, row, column in made().yellow}
    for (sheet, row, header), value in edited.items():
        if column := columns.get((sheet, row, header)):
            accession, field = decided(row, column)
            yield (accession, field), stored(field, value, words)


def _untouched(edited: dict[tuple[str, str, str], Any], words: Words) -> int:
    """Cells in which a person wrote what stood there."""
    first = cells.book(made().octets, "a.xlsx").pages
    columns = {(sheet, row, column.header): column for sheet, row, column in made().yellow}
    count = 0
    for (sheet, row, header), value in edited.items():
        if column := columns.get((sheet, row, header)):
            _, field = decided(row, column)
            before = first[sheet].rows[row].cells[header].value
            stands = before not in (None, "") or field.startswith("activity")
            count += bool(stands) and _told(field, before, words) == stored(field, value, words)
    return count


def _told(field: str, value: Any, words: Words) -> str:
    from pipeline.reviewing.values import told

    return told(field, value, words)
