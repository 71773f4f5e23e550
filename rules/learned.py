"""What staff taught an office: examples and aliases beside the tables of the notice, in its data folder.

Purpose: `added(rules, folder)` gives the rules with what `folder/examples.csv` and `folder/aliases.csv` hold.
Source: `shouwen learn` writes them; staff may read and edit them in WPS or Excel (UTF-8, a BOM is allowed).
Limits: as strict as the tables of the notice; a table that is not there, or has no line, changes nothing, the digest
included. A unit is named as in units.csv, so that a table made for another roster is refused and not misread.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from rules import Example, Rules, Unit
from rules.loading import EXAMPLE_COLUMNS, examples, folded
from rules.strict import octets, rows, wrong

ALIASES, EXAMPLES = "aliases.csv", "examples.csv"
ALIAS_COLUMNS = ("unit", "alias")
FILES = (ALIASES, EXAMPLES)
"""The tables, by name; nothing else in the folder is looked at."""
COLUMNS = {ALIASES: ALIAS_COLUMNS, EXAMPLES: EXAMPLE_COLUMNS}
SHORTEST = 3
"""Characters of an alias; two are a word of any text."""


def added(rules: Rules, folder: Path) -> Rules:
    """Give *rules* with what stands in *folder*; the same rules where nothing does.

    Raises:
        RulesError: in Chinese, with file and line, for the first thing that is wrong.
    """
    taught = taught_examples(folder, rules)
    units = _units(folder / ALIASES, rules.units) if (folder / ALIASES).exists() else rules.units
    if not taught and units == rules.units:
        return rules
    digest = _digest(rules.digest, folder)
    return replace(rules, digest=digest, units=units, examples=rules.examples + taught)


def taught_examples(folder: Path, rules: Rules) -> tuple[Example, ...]:
    """The examples of *folder*, in order; () where there is no table."""
    file = folder / EXAMPLES
    if not file.exists():
        return ()
    found = examples(file, rules.categories)
    known = {(one.report, one.text) for one in rules.examples}
    for (line, _), one in zip(rows(file, EXAMPLE_COLUMNS), found, strict=True):
        if (one.report, one.text) in known:
            raise wrong(file, line, f"{one.report} 的这段文字重复", "删去一行")
        known.add((one.report, one.text))
    return found


def taught_aliases(folder: Path) -> tuple[tuple[str, str], ...]:
    """The (unit, alias) of *folder*, in order; () where there is no table."""
    file = folder / ALIASES
    return tuple((row["unit"], row["alias"]) for _, row in _aliases(file)) if file.exists() else ()


def _aliases(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    for line, row in rows(file, ALIAS_COLUMNS):
        if not row["unit"] or not row["alias"]:
            raise wrong(file, line, "unit 或 alias 是空的", "请填写，或删去这一行")
        if len(row["alias"]) < SHORTEST or re.search(r"[|@\s]", row["alias"]):
            fact = f"别名“{row['alias']}”太短，或有空格、竖线、@"
            raise wrong(file, line, fact, f"写至少 {SHORTEST} 个字的名称，一行一个")
        yield line, row


def _units(file: Path, units: Sequence[Unit]) -> tuple[Unit, ...]:
    """The *units* with the aliases of *file*; what the unit has already is passed over, what another has is refused."""
    places = {unit.name: number for number, unit in enumerate(units)}
    owners = {folded(form): unit.name for unit in units for form in (unit.name, *unit.aliases)}
    result = list(units)
    for line, row in _aliases(file):
        if row["unit"] not in places:
            fact = f"units.csv 里没有“{row['unit']}”"
            raise wrong(file, line, fact, "照 units.csv 的 name 写全称，或删去这一行")
        owner = owners.setdefault(folded(row["alias"]), row["unit"])
        if owner != row["unit"]:
            fact = f"“{row['alias']}”已是“{owner}”的名称或别名"
            raise wrong(file, line, fact, "删去这一行")
        unit = result[places[row["unit"]]]
        if folded(row["alias"]) not in {folded(form) for form in (unit.name, *unit.aliases)}:
            result[places[row["unit"]]] = replace(unit, aliases=(*unit.aliases, row["alias"]))
    return tuple(result)


def _digest(digest: str, folder: Path) -> str:
    """sha256 over the digest of the notice's tables, then name, length and octets of each table that is there."""
    whole = hashlib.sha256(f"{digest}\n".encode())
    for name in FILES:
        if (folder / name).exists():
            data = octets(folder / name)
            whole.update(f"{name} {len(data)}\n".encode())
            whole.update(data)
    return whole.hexdigest()
