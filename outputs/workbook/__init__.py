"""The workbook and its run: written beside, re-opened, checked against its tables, then put in place with its material.

Purpose: `written` (`write` from its pieces); the same inputs give the same bytes, for nothing in it comes from a clock.
Source: xlsxwriter with fixed `created`, one row after the other (constant_memory); FIELD notes on what staff expect;
../docs/workbook.md.
Limits: holds no macro, and no formula but the sums of the 合计 rows; no text of a mail is ever a formula or a link. Links lead
into the run's own folder, or to a place in the workbook.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from xlsxwriter.exceptions import FileCreateError

from outputs import files
from outputs.custody import Custody
from outputs.tables import Sheet, tables
from outputs.tables.season import Season
from outputs.workbook import baseline, lists, notes, package, runs
from outputs.workbook.grid import texts
from outputs.workbook.lists import Identity
from outputs.workbook.material import Gathered, Gathering, Material, Needed, gathering, lay, needed
from outputs.workbook.page import Head, paint
from outputs.workbook.recheck import check
from outputs.workbook.styles import Styles
from pipeline import durable, release
from pipeline.records import Evaluation, Filed
from rules import Rules

__all__ = [
    "Book",
    "Custody",
    "Material",
    "Written",
    "check",
    "painted",
    "reachable",
    "release",
    "write",
    "written",
]


def _unrecorded(_run: runs.Run) -> None:
    """Write nothing down: a workbook of no register."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """A compile. fresh: its run was not there before. failed: accessions of which not all material could be taken out.

    custody: what named the season, without what its sheets were made of. needed: what the season needs of the material's store.
    """

    path: Path
    fresh: bool
    custody: Custody
    needed: Needed
    failed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Book:
    """What is painted: all sheets but 字典 and 标识, and what these are made of."""

    sheets: tuple[Sheet, ...]
    rules: Rules
    custody: Custody


def write(
    filed: Sequence[Filed],
    evaluations: Sequence[Evaluation],
    rules: Rules,
    custody: Custody,
    *,
    folder: Path,
    material: Material | None = None,
) -> Path:
    """Compile the workbook into a run of *folder* and return its path; arguments as of `written`."""
    ordered = tuple(sorted(filed, key=lambda one: one.item.accession))
    season = Season(ordered, tuple(evaluations), rules, custody)
    return written(lambda: season, folder=folder, material=material).path


def written(
    fold: Callable[[], Season],
    *,
    folder: Path,
    material: Material | None = None,
    extra: Sequence[Sheet] = (),
    record: Callable[[runs.Run], None] = _unrecorded,
) -> Written:
    """Compile the workbook into a run of *folder*.

    Args:
        fold: gives all mails with their filings and relations in order of accession, their evaluations, the rules that made
            them, and what the register knows of their way in. It is let go before anything is painted: it takes more memory
            than its sheets do.
        folder: made if need be; earlier runs in it stay. The run carries the time of 统计截止, the last event about material;
            where the same inputs were compiled before, it is that run.
        material: where the octets of the mails come from; None: no link leads out of the workbook.
        extra: further sheets, behind the first.
        record: called with the run before it is published, and where it is there already.

    Raises:
        PermanentError: the file that was written does not hold what the tables say.
        TransientError: the folder cannot be written, or another compile does not end. Earlier runs are then as they were.
    """
    season = fold()
    filed, custody, rules = season.filed, season.custody, season.rules
    cover, *others = tables(filed, season.evaluations, rules, custody, release=release())
    made = (cover, *extra, *others)
    del season, cover, others
    with (
        runs.alone(folder),
        runs.writing(folder),
        runs.building(folder) as beside,
        _gathering(filed, custody, material, folder) as under_way,
    ):
        wanted, custody = needed(filed), custody.spare
        del filed
        sheets = tuple(reachable(sheet, under_way.expected) for sheet in made)
        del made
        book = Book(sheets=sheets, rules=rules, custody=custody)
        path, fresh, found = _published(book, under_way, folder, beside, record)
    return Written(path=path, fresh=fresh, custody=custody, needed=wanted, failed=found.failed)


def _gathering(
    filed: Sequence[Filed], custody: Custody, material: Material | None, folder: Path
) -> AbstractContextManager[Gathering]:
    """Have the material gathered beside the painting; nothing is where there is none to come from."""
    if material is None:
        return nullcontext(Gathering(Gathered(store=folder / files.FOLDER)))
    return gathering(filed, custody.attachments, material)


def _published(
    book: Book, under_way: Gathering, folder: Path, beside: Path, record: Callable[[runs.Run], None]
) -> tuple[Path, bool, Gathered]:
    """Paint into the hidden folder *beside* while material comes; publish it where no run of the same octets is there.

    It is painted as if all were to come, for that is the rule; where something did not, once more with links to the mails.
    """
    base = runs.named(book.custody.as_of)
    file = painted(book, base, beside)
    with runs.writing(under_way.expected.store):
        found = under_way.ended()
    if found.paths.keys() != under_way.expected.paths.keys():
        file.unlink()
        book = replace(book, sheets=tuple(reachable(sheet, found) for sheet in book.sheets))
        file = painted(book, base, beside)
    octets, content = baseline.packed(book.sheets), durable.digest(file)
    identity = Identity.of(base, book.rules, book.custody)
    run = runs.Run(
        **asdict(identity),
        workbook=file.name,
        sha256=content,
        content=content,
        baseline=hashlib.sha256(octets).hexdigest(),
    )
    if same := runs.standing(folder, run):
        record(same[0])
        return same[1], False, found
    name = runs.free(folder, base, content)
    if name != base:
        file.unlink()
        file = painted(book, name, beside)
    check(file, book.sheets, file.name)
    lay(found, beside)
    _lay_texts(book.sheets, beside)
    run = replace(run, run=name, workbook=file.name, sha256=durable.digest(file))
    return runs.publish(beside, folder, run, octets, record), True, found


def painted(book: Book, run: str, folder: Path) -> Path:
    """Write the workbook of the run into *folder*, one row after the other."""
    path = folder / runs.workbook(run)
    rules, custody = book.rules, book.custody
    options = {
        "tmpdir": str(folder),
        "strings_to_urls": False,
        "strings_to_formulas": False,
    }
    file = package.Book(path, options)
    created = custody.as_of or datetime(rules.notice.year, 1, 1, tzinfo=UTC)
    file.set_properties(
        {
            "title": rules.notice.name,
            "author": "收文",
            "company": rules.notice.organisers[0],
            "created": created.astimezone(UTC).replace(tzinfo=None, microsecond=0),
        }
    )
    styles, long, line = Styles(file), lists.Long(), _line(rules, custody)
    words, offered = lists.dictionary(rules, book.sheets)
    sheets = (*book.sheets, words)
    pages = [file.add_worksheet(sheet.name) for sheet in sheets]
    for number, (page, sheet) in enumerate(zip(pages, sheets, strict=True)):
        head = Head(number=number, line=line, lists=offered, long=long.place)
        paint(page, sheet, styles, replace(head, bare=True, signed="") if sheet is words else head)
    lists.identify(file.add_worksheet(lists.IDENTITY), Identity.of(run, rules, custody), long)
    pages[0].activate()
    try:
        file.close()
    except FileCreateError as error:
        raise next((one for one in error.args if isinstance(one, OSError)), OSError(str(error))) from error
    return path


def reachable(sheet: Sheet, found: Gathered) -> Sheet:
    """The sheet with links that lead somewhere: to the mail where the part could not be taken out, else nowhere."""
    kept = {}
    for place, link in sheet.links.items():
        if link in found.paths or link.startswith("#"):
            kept[place] = link
        elif (original := f"{link.rpartition('/')[0]}/{files.ORIGINAL}") in found.paths:
            kept[place] = original
    return replace(sheet, links=kept)


def _lay_texts(sheets: Sequence[Sheet], folder: Path) -> None:
    """Write the texts that no cell can hold to where their cells' links lead."""
    for sheet in sheets:
        more, left, _ = notes.rest(sheet)
        for name, text in (*texts(sheet), *([(more, left)] if more else ())):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            durable.write(path, text.encode("utf-8-sig", "replace"))


def _line(rules: Rules, custody: Custody) -> str:
    notice = rules.notice
    contact = next((one for one in notice.contacts if one.organiser == notice.organisers[0]), None)
    parts = [f"填报单位：{notice.organisers[0]}", f"统计截止：{custody.until}"]
    if contact:
        parts += [f"联系人：{contact.name}", f"联系电话：{contact.phone}"]
    return "　　　".join(parts)
