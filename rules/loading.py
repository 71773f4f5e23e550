"""The tables of one notice, read and checked against each other.

Purpose: `read(folder) -> Rules` for rules.load.
Source: the types in rules/__init__.py; the comments in the tables say what each key means.
Limits: says the first thing that is wrong; run again for the next.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

from rules import (
    SAYS,
    Category,
    Clause,
    Contact,
    Example,
    Hint,
    Notice,
    Rules,
    Scoring,
    Unit,
)
from rules.rubric import TIERS, rubric
from rules.strict import Table, octets, rows, toml, wrong

NOTICE, CATEGORIES, SCORING = "notice.toml", "categories.toml", "scoring.toml"
UNITS, OUTLETS, EXAMPLES = "units.csv", "outlets.csv", "examples.csv"
FILES = (CATEGORIES, EXAMPLES, NOTICE, OUTLETS, SCORING, UNITS)
"""The tables, by name; nothing else in the folder is looked at."""

EXAMPLE_COLUMNS = ("report", "category", "text")
AGAINST = SAYS[-1]
UNIT_COLUMNS = ("unit_id", "name", "kind", "district", "aliases", "addresses")


def read(folder: Path) -> Rules:
    """Read all tables of *folder*; RulesError with file and line for the first thing that is wrong."""
    categories = _categories(folder / CATEGORIES)
    units = _units(folder / UNITS)
    scoring = rubric(folder / SCORING)
    _peers_known(folder / UNITS, units, scoring)
    return Rules(
        digest=_digest(folder),
        notice=_notice(folder / NOTICE),
        categories=categories,
        units=units,
        scoring=scoring,
        examples=examples(folder / EXAMPLES, categories),
        outlets=_outlets(folder / OUTLETS),
    )


def _digest(folder: Path) -> str:
    """sha256 over name, length and octets of each table, so that no shift between files goes unseen."""
    digest = hashlib.sha256()
    for name in FILES:
        data = octets(folder / name)
        digest.update(f"{name} {len(data)}\n".encode())
        digest.update(data)
    return digest.hexdigest()


# ---------------------------------------------------------------- notice.toml


def _notice(file: Path) -> Notice:
    table = toml(file)
    notice = Notice(
        id=table.text("id"),
        number=table.text("number"),
        title=table.text("title"),
        name=table.text("name"),
        theme=table.text("theme"),
        year=table.whole("year", 2000, 2100),
        edition=table.whole("edition", 1, 200),
        period_start=table.day("period_start"),
        period_end=table.day("period_end"),
        deadline=table.moment("deadline"),
        mailbox=table.text("mailbox"),
        organisers=table.texts("organisers"),
        contacts=tuple(_contact(one) for one in table.tables("contacts", least=1)),
        clauses=tuple(_clause(one) for one in table.tables("clauses", least=1)),
    )
    table.close()
    if notice.period_end < notice.period_start:
        raise table.wrong("period_end", "period_end 早于 period_start", "改正活动时间的起止")
    if notice.period_start.year != notice.year:
        raise table.wrong(
            "year", f"year 是 {notice.year}，活动时间却在 {notice.period_start.year} 年", "两者改成一致"
        )
    if notice.deadline.date() < notice.period_end:
        raise table.wrong("deadline", "deadline 早于 period_end", "截止时间应在活动结束之后")
    return notice


def _contact(table: Table) -> Contact:
    contact = Contact(organiser=table.text("organiser"), name=table.text("name"), phone=table.text("phone"))
    table.close()
    return contact


def _clause(table: Table) -> Clause:
    clause = Clause(
        subject=table.text("subject"), paragraph=table.text("paragraph"), words=table.text("words")
    )
    table.close()
    return clause


# ---------------------------------------------------------------- categories.toml


def _categories(file: Path) -> tuple[Category, ...]:
    root = toml(file)
    found: list[Category] = []
    for table in root.tables("categories", least=1):
        category = Category(
            code=table.whole("code", 0, 99),
            name=table.text("name"),
            short=table.text("short"),
            paragraph=table.text("paragraph"),
            hints=tuple(_hint(hint) for hint in table.tables("hints")),
        )
        table.close()
        if category.code in (other.code for other in found):
            raise table.wrong("code", f"类别代码 {category.code} 重复", "每个类别一个代码")
        if category.name in (other.name for other in found):
            raise table.wrong("name", f"类别名称“{category.name}”重复", "每个类别一个名称")
        found.append(category)
    root.close()
    if 0 not in (category.code for category in found):
        raise root.wrong("categories", "没有代码为 0 的类别（其他）", "补上 0 其他")
    return tuple(found)


def _hint(table: Table) -> Hint:
    pattern, weight, says = table.text("pattern"), table.number("weight", -100, 100), table.text("says")
    table.close()
    if not weight:
        raise table.wrong("weight", "weight 是 0", "正数表示支持，负数表示反对")
    if says not in SAYS or (says == AGAINST) != (weight < 0):
        cure = f"写成{'、'.join(SAYS)}之一；权重为负的一律写“{AGAINST}”，别的不写"
        raise table.wrong("says", f"says 是“{says}”，weight 是 {weight:g}", cure)
    return Hint(pattern=table.regular("pattern", pattern), weight=weight, says=says)


# ---------------------------------------------------------------- CSV tables


def _units(file: Path) -> tuple[Unit, ...]:
    found: list[Unit] = []
    ids: dict[str, int] = {}
    owners: dict[str, str] = {}
    for line, row in rows(file, UNIT_COLUMNS):
        unit = Unit(
            id=row["unit_id"],
            name=row["name"],
            kind=row["kind"],
            district=row["district"],
            aliases=_listed(row["aliases"]),
            addresses=tuple(address.lower() for address in _listed(row["addresses"])),
        )
        for key in ("unit_id", "name", "kind"):
            if not row[key]:
                raise wrong(file, line, f"{key} 是空的", "请填写")
        if unit.id in ids:
            raise wrong(
                file, line, f"单位编号 {unit.id} 重复（第 {ids[unit.id]} 行已有）", "每个单位一个编号"
            )
        ids[unit.id] = line
        _own(file, line, unit, owners)
        found.append(unit)
    if not found:
        raise wrong(file, 1, "没有一个单位", "至少要有一行")
    return tuple(found)


def _own(file: Path, line: int, unit: Unit, owners: dict[str, str]) -> None:
    """Enter the unit's name and aliases; refuse what another unit has already."""
    if owners.get(folded(unit.name)) == unit.name:
        raise wrong(file, line, f"单位名称“{unit.name}”重复", "删去一行，或改正名称")
    for form in (unit.name, *unit.aliases):
        owner = owners.setdefault(folded(form), unit.name)
        if owner != unit.name:
            fact = f"“{form}”既是“{unit.name}”的名称或别名，又是“{owner}”的"
            raise wrong(file, line, fact, "只留给其中一个单位")


def _peers_known(file: Path, units: Iterable[Unit], scoring: Scoring) -> None:
    known = [kind for kind, _ in scoring.peers]
    for (line, _), unit in zip(rows(file, UNIT_COLUMNS), units, strict=True):
        if unit.kind not in known:
            fact = f"“{unit.name}”的 kind 是“{unit.kind}”，scoring.toml 的 [peers] 里没有"
            raise wrong(file, line, fact, f"改成 {'、'.join(known)} 之一，或在 [peers] 里加上")


def _outlets(file: Path) -> tuple[tuple[str, str], ...]:
    found: dict[str, tuple[str, str]] = {}
    for line, row in rows(file, ("name", "tier")):
        if not row["name"].removeprefix("*") or "*" in row["name"][1:]:
            raise wrong(file, line, f"媒体名称是“{row['name']}”", "写全名，或写“*尾”代表所有以此结尾的名称")
        if row["tier"] not in TIERS:
            raise wrong(file, line, f"级别是“{row['tier']}”", f"只能是 {'、'.join(TIERS)}")
        if folded(row["name"]) in found:
            raise wrong(file, line, f"媒体“{row['name']}”重复", "删去一行")
        found[folded(row["name"])] = (row["name"], row["tier"])
    return tuple(found.values())


def examples(file: Path, categories: Sequence[Category]) -> tuple[Example, ...]:
    """The labelled activities of *file*; RulesError for a category that is not among *categories*."""
    codes = {str(category.code) for category in categories}
    found = []
    for line, row in rows(file, EXAMPLE_COLUMNS):
        if row["category"] not in codes:
            raise wrong(file, line, f"类别“{row['category']}”不在 categories.toml 里", "改成其中的代码")
        if not row["report"] or not row["text"]:
            raise wrong(file, line, "report 或 text 是空的", "请填写，或删去这一行")
        found.append(Example(report=row["report"], category=int(row["category"]), text=row["text"]))
    return tuple(found)


def _listed(cell: str) -> tuple[str, ...]:
    """The parts of a cell that `|` divides, without empty ones, each once."""
    return tuple(dict.fromkeys(part.strip() for part in cell.split("|") if part.strip()))


def folded(name: str) -> str:
    """A name as it is compared: full-width forms, case and inner space do not count."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
