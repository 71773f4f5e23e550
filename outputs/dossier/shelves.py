"""What lies in which folder under which name: the dossier as values, before anything is written.

Purpose: `shelved`, a pure fold over the season's mails.
Source: DA/T 22-2015: what belongs to two folders lies in one, and the other refers to it (参见).
Limits: values alone; papers.py says what a mail consists of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from outputs.dossier import naming
from outputs.dossier.papers import Paper, papers, short
from outputs.words import UNKNOWN_UNIT
from pipeline.records import Filed
from rules import Rules

ASIDE = "不计入"
"""Folder, inside that of the unit, of mails that count for nothing."""
SEVERAL = "综合（涉及几类）"
NO_CATEGORY = "没有活动的来件"


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """One folder (卷). name: as a folder. title: unit or category in full. papers: those of 不计入 last."""

    name: str
    title: str
    group: str
    papers: tuple[Paper, ...]

    def path(self, paper: Paper) -> str:
        """Path of a paper's file below the dossier, with slashes."""
        inside = f"{ASIDE}/" if paper.reason else ""
        return f"{self.name}/{inside}{paper.name}"


def shelved(filed: Sequence[Filed], rules: Rules, *, by: str = "unit", unit: str = "") -> tuple[Shelf, ...]:
    """Say what lies where.

    Args:
        filed: all mails with filings and relations, as people decided them.
        by: "unit" or "category".
        unit: full name of the only unit that is wanted, "" for all.

    Returns:
        folders in the order of the roster (then units outside it, then 单位不明), or of the categories; names are unique
        on every file system, and the same for the same mails.
    """
    ordered = sorted(filed, key=lambda one: one.item.accession)
    mails = {one.item.accession: one for one in ordered}
    found = [paper for one in ordered for paper in papers(one, mails, rules)]
    if unit:
        found = [paper for paper in found if paper.unit == unit]
    if by == "category":
        own = [paper for paper in found if not paper.refers]
        found = [paper for one in own for paper in _by_category(one, mails[one.accession], rules)]
    homes = _homes(found, rules, by)
    folders = naming.folder([_shown(home, rules, by) for home in homes])
    groups = _groups(rules)
    return tuple(
        Shelf(name=name, title=home, group=groups.get(home, ""), papers=_named(found, home))
        for home, name in zip(homes, folders, strict=True)
    )


# ---------------------------------------------------------------- by category


def _by_category(paper: Paper, one: Filed, rules: Rules) -> Iterator[Paper]:
    """Shelve a paper by the categories of what it tells; of several, it lies apart and each of them refers to it."""
    filing = one.filing
    told = filing.activities if filing else ()
    own = [judged for judged in told if judged.activity.spans[0].part == paper.part]
    mine = [
        judged for judged in told if (judged.unit or (filing and filing.identification.best)) == paper.unit
    ]
    codes = dict.fromkeys(
        sorted({judged.classification.code for judged in own or mine or told}, key=lambda c: c or 99)
    )
    names = {category.code: f"{category.code} {category.short}" for category in rules.categories}
    homes = [names.get(code, str(code)) for code in codes]
    if len(homes) == 1:
        yield replace(paper, home=homes[0])
        return
    home = SEVERAL if homes else NO_CATEGORY
    yield replace(paper, home=home)
    if paper.written and (own or not paper.part):
        for each in homes:
            yield replace(paper, home=each, remark=f"参见“{home}”卷", refers=True, before="", after="")


# ---------------------------------------------------------------- folders


def _homes(papers: Sequence[Paper], rules: Rules, by: str) -> list[str]:
    there = dict.fromkeys(paper.home for paper in papers)
    if by == "category":
        ordered = sorted(rules.categories, key=lambda one: one.code or 99)
        names = [f"{one.code} {one.short}" for one in ordered] + [SEVERAL, NO_CATEGORY]
        return [name for name in names if name in there]
    roster = [one.name for one in rules.units if one.name in there]
    outside = [home for home in there if home not in roster and home != UNKNOWN_UNIT]
    return roster + outside + [home for home in (UNKNOWN_UNIT,) if home in there]


def _shown(home: str, rules: Rules, by: str) -> str:
    return home.replace(" ", "－", 1) if by == "category" else short(home, rules)


def _groups(rules: Rules) -> dict[str, str]:
    peers = dict(rules.scoring.peers)
    return {one.name: peers.get(one.kind, one.kind) for one in rules.units}


def _named(papers: Sequence[Paper], home: str) -> tuple[Paper, ...]:
    mine = sorted((one for one in papers if one.home == home), key=lambda one: bool(one.reason))
    names: list[str] = []
    for aside in (False, True):
        files = [one for one in mine if one.written and bool(one.reason) is aside]
        names += naming.distinct([(one.before, one.after, one.ending) for one in files], names)
    given = iter(names)
    return tuple(replace(one, name=next(given)) if one.written else one for one in mine)
