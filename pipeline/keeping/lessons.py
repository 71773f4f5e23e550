"""What people's corrections could teach: proposals, what each would change, and the tables of what was accepted.

Purpose: `proposals(register, rules)`, pure over register and rules; `taught(rules, lesson)`, the rules with one lesson more;
`Learned(folder)`, the two tables as they lie in the data folder.
Source: rules/learned.py for the form of the tables; review for the fields of corrections; aliases.py for forms of names.
Limits: an example's words are the machine's activity as it is filed now; one that is not there any more proposes nothing.
"""

from __future__ import annotations

import csv
import fcntl
import hashlib
import io
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline import durable
from pipeline.errors import PermanentError, TransientError
from pipeline.keeping.aliases import unknown_forms
from pipeline.records import Act, Correction, Filing
from pipeline.register import Register
from pipeline.review import latest, place
from rules import Example, Rules, learned
from rules.loading import folded

LOCK = ".lock"
_CATEGORY = re.compile(r"activity/([1-9]\d{0,4})/category")
_FORMULA = ("=", "+", "-", "@")
"""How a cell begins that a spreadsheet would compute; a blank before it makes it text, and reading takes it away."""


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """One line of a table of what was learned. table: its file. row: in the order of its columns."""

    table: str
    row: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A lesson that a correction proposes.

    number: from 1, the same as long as nobody corrects anything else before it. accession, field: of the correction. about:
    title of the activity, or place of the form in the mail. by, why, anchor: of the correction.
    """

    number: int
    lesson: Lesson
    accession: str
    field: str
    about: str
    by: str
    why: str
    anchor: str = ""


def proposals(register: Register, notice: Rules, rules: Rules) -> tuple[Proposal, ...]:
    """What corrections propose and nobody accepted yet, in the order of the corrections.

    Args:
        notice: the rules without what was learned, so that what is accepted keeps its number.
        rules: the rules in force; what stands in them is not proposed.
    """
    corrections = register.corrections()
    last = latest(corrections)
    found: list[Proposal] = []
    for one in corrections:
        for lesson, about in learned_from(one, register, notice):
            counts = last.get((one.accession, one.field)) is one
            found.append(
                _proposal(len(found) + 1, lesson, about, one) if counts else _void(len(found) + 1, one)
            )
    seen = set[Lesson]()
    return tuple(
        one
        for one in found
        if one.lesson.row
        and one.lesson not in seen
        and not seen.add(one.lesson)  # type: ignore[func-returns-value]  # the first of equal ones
        and not _stands(one.lesson, rules)
    )


def taught(rules: Rules, lesson: Lesson) -> Rules:
    """Give *rules* with *lesson*, as they would be; the digest says only that they are others."""
    digest = hashlib.sha256("\n".join((rules.digest, lesson.table, *lesson.row)).encode()).hexdigest()
    if not _is_alias(lesson):
        report, category, text = lesson.row
        example = Example(report=report, category=int(category), text=text)
        return replace(rules, digest=digest, examples=(*rules.examples, example))
    name, alias = lesson.row
    units = tuple(
        replace(unit, aliases=(*unit.aliases, alias)) if unit.name == name else unit for unit in rules.units
    )
    return replace(rules, digest=digest, units=units)


def _is_alias(lesson: Lesson) -> bool:
    return lesson.table == learned.ALIASES


def _stands(lesson: Lesson, rules: Rules) -> bool:
    """Do *rules* have it already, or what it would contradict?"""
    if not _is_alias(lesson):
        return any(example.text == lesson.row[2] for example in rules.examples)
    forms = {folded(form) for unit in rules.units for form in (unit.name, *unit.aliases)}
    return folded(lesson.row[1]) in forms


def _proposal(number: int, lesson: Lesson, about: str, one: Correction) -> Proposal:
    return Proposal(
        number=number,
        lesson=lesson,
        accession=one.accession,
        field=one.field,
        about=about,
        by=one.by,
        why=one.why,
        anchor=one.anchor,
    )


def _void(number: int, one: Correction) -> Proposal:
    """The number of a correction that was corrected."""
    return _proposal(number, Lesson(table="", row=()), "", one)


def learned_from(one: Correction, register: Register, notice: Rules) -> Iterator[tuple[Lesson, str]]:
    """What one correction proposes, with what it is about; what undoes or signs proposes nothing."""
    if one.act is not Act.DECIDE:
        return
    if _CATEGORY.fullmatch(one.field):
        yield from _example(one, _filing(register, one.accession))
    elif one.field == "unit":
        unit = next((unit for unit in notice.units if unit.name == one.new.strip()), None)
        reading = register.latest_reading(register.item(one.accession).sha256)
        if unit is not None and reading is not None:
            for where, form in unknown_forms(reading, unit, notice):
                yield Lesson(table=learned.ALIASES, row=(unit.name, form)), where


def _example(one: Correction, filing: Filing | None) -> Iterator[tuple[Lesson, str]]:
    where = place(filing, one) if filing is not None else None
    if filing is not None and where is not None and one.new.strip():
        activity = filing.activities[where.index].activity
        text = f"{activity.title}\n{activity.text}".strip()
        yield (
            Lesson(table=learned.EXAMPLES, row=(one.accession, one.new.strip(), text)),
            activity.title,
        )


def _filing(register: Register, accession: str) -> Filing | None:
    """The machine's filing; None also where another version of the program wrote it."""
    try:
        return register.filing(accession)
    except PermanentError:
        return None


# ---------------------------------------------------------------- the tables in the data folder


@dataclass(frozen=True, kw_only=True)
class Learned:
    """The tables of what was learned, in *folder*, which need not be there."""

    folder: Path

    def lessons(self, notice: Rules) -> tuple[Lesson, ...]:
        """All that was accepted, table by table.

        Raises:
            RulesError: a table is wrong.
        """
        examples = [
            (one.report, str(one.category), one.text) for one in learned.taught_examples(self.folder, notice)
        ]
        return (
            *(Lesson(table=learned.EXAMPLES, row=row) for row in examples),
            *(Lesson(table=learned.ALIASES, row=row) for row in learned.taught_aliases(self.folder)),
        )

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be the only one who changes them.

        Raises:
            TransientError: somebody else does, or the folder cannot be made.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with (self.folder / LOCK).open("a") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                yield
        except BlockingIOError as error:
            raise TransientError("另一个 shouwen learn 正在改学习表；等它结束再试") from error
        except OSError as error:
            raise TransientError(
                f"学习表目录 {self.folder} 写不进去（{error.strerror}）；请检查空间和权限"
            ) from error

    def digests(self) -> str:
        """The digest of each table as it stands, for the log."""
        return "，".join(f"{name} {_sha256(self.folder / name)}" for name in learned.FILES)

    def checked(self, lessons: Sequence[Lesson], notice: Rules) -> Rules:
        """Say what the rules are with just these *lessons*.

        Raises:
            RulesError: they contradict each other or the notice's tables.
        """
        with tempfile.TemporaryDirectory() as folder:
            there = Learned(folder=Path(folder, self.folder.name))
            there.folder.mkdir()
            there.write(lessons)
            return learned.added(notice, there.folder)

    def write(self, lessons: Sequence[Lesson]) -> None:
        """Put both tables down as just these *lessons*; a table without any that is not there is not made."""
        for name in learned.FILES:
            rows = [one.row for one in lessons if one.table == name]
            if rows or (self.folder / name).exists():
                durable.write(self.folder / name, _octets(learned.COLUMNS[name], rows))


def _octets(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """A table as WPS and Excel open it: UTF-8 with a BOM, lines end in CR LF."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([columns, *([_cell(cell) for cell in row] for row in rows)])
    return out.getvalue().encode("utf-8-sig")


def _cell(cell: str) -> str:
    return f" {cell}" if cell.startswith(_FORMULA) else cell


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:16] if file.exists() else "（无）"
