"""The totals of a compiled workbook, computed once more from its own cells: no line of pipeline/evaluate has a part in it.

Purpose: `contradictions(book, rules)`, for whichever workbook. Source: the sheets 评分明细, 单位汇总 and 活动明细, read by calamine;
bands, points and tiers are read from scoring.toml and outlets.csv by the standard library.
Limits: of the rules of the rubric those that sheets give the facts for: B1, B2, C1, D1, F1; of the others the points stand as
they are and are only summed.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

OUTSIDE = "名册外单位"
GIVEN = ("是", "联合")
"""计入 of activities that count for their unit."""


def rows(book: Path, sheet: str) -> list[dict[str, Any]]:
    """The numbered rows of a sheet by header, without its totals and foot lines."""
    cells = CalamineWorkbook.from_path(book).get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    head = next(number for number, row in enumerate(cells) if "序号" in row)
    told = [dict(zip(map(str, cells[head]), row, strict=True)) for row in cells[head + 1 :]]
    return [one for one in told if isinstance(one["序号"], float)]


@dataclass(frozen=True)
class Book:
    """A workbook and the folder of rules that it was made by."""

    file: Path
    rules: Path

    @cached_property
    def rubric(self) -> dict[str, Any]:
        return tomllib.loads((self.rules / "scoring.toml").read_text("utf-8"))

    @cached_property
    def criteria(self) -> dict[str, dict[str, Any]]:
        return {one["id"]: one for one in self.rubric["criteria"]}

    @cached_property
    def kinds(self) -> dict[str, str]:
        """Name of a peer group to its kind."""
        return {name: kind for kind, name in self.rubric["peers"].items()}

    @cached_property
    def outlets(self) -> dict[str, str]:
        with (self.rules / "outlets.csv").open(encoding="utf-8-sig", newline="") as file:
            return {row["name"]: row["tier"] for row in csv.DictReader(file)}

    @cached_property
    def units(self) -> dict[str, dict[str, Any]]:
        return {row["单位"]: row for row in rows(self.file, "单位汇总") if row["同类组"]}

    @cached_property
    def lines(self) -> dict[str, list[dict[str, Any]]]:
        """Unit to its lines of 评分明细."""
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in rows(self.file, "评分明细"):
            if row["评分项"] != "合计":
                found[row["单位"]].append(row)
        return found

    @cached_property
    def activities(self) -> dict[str, list[dict[str, Any]]]:
        """Unit to its counted activities."""
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in rows(self.file, "活动明细"):
            if row["计入"] in GIVEN:
                found[row["单位"]].append(row)
        return found


def contradictions(file: Path, rules: Path) -> list[str]:
    """Everything in which the workbook does not agree with itself and the tables of the rules."""
    book = Book(file, rules)
    found = [] if book.units.keys() == book.lines.keys() else ["评分明细 and 单位汇总 tell of other units"]
    for unit in book.units:
        found += _finals(book, unit)
        found += _totals(book, unit)
        found += _points(book, unit)
    return found + list(_ranks(book))


def _finals(book: Book, unit: str) -> Iterator[str]:
    """最终 is the reviewer's value where it counts, else what the machine proposes."""
    for row in book.lines[unit]:
        given = row["复核分"] not in ("", "—") and row["签认"] != "待签" and "复核分未计" not in row["备注"]
        expected = [row["复核分"]] * 2 if given else [row["建议低分"], row["建议高分"]]
        if [row["最终低分"], row["最终高分"]] != expected:
            yield f"{unit} {row['评分项']}: 最终 {row['最终低分']}, {row['最终高分']}, not {expected}"


def _totals(book: Book, unit: str) -> Iterator[str]:
    """Plain sums of the columns: the whole, and each 大项."""
    summary = book.units[unit]
    groups: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in book.lines[unit]:
        for name in (row["大项"], ""):
            groups[name][0] += row["最终低分"]
            groups[name][1] += row["最终高分"]
    for name, (low, high) in groups.items():
        shown = summary[name] if name else f"{summary['最终低分']:g}～{summary['最终高分']:g}"
        told = [float(one) for one in str(shown).split("～")]
        if [round(low, 2), round(high, 2)] != [round(told[0], 2), round(told[-1], 2)]:
            yield f"{unit} {name or '总分'}: {low:g}～{high:g}, the sheet says {shown}"


def _points(book: Book, unit: str) -> Iterator[str]:
    """The low points that follow from what 活动明细 says of the unit."""
    summary, told = book.units[unit], book.activities[unit]
    line = {row["评分项"].split(" ")[0]: row for row in book.lines[unit]}
    kind = book.kinds.get(summary["同类组"], "")
    decided = {row["类别"].split(" ")[0] for row in told if "类别待核" not in row["备注"]} - {"0"}
    missing = [] if summary["缺少材料"] == "齐全" else summary["缺少材料"].split("、")
    expected = {
        "B1": _band(book, "B1", kind, len(told)),
        "B2": len(decided) * book.criteria["B2"]["per"]["item"],
        "C1": _band(book, "C1", kind, _people(line["C1"]["依据（一行一条）"])),
        "D1": sum(_media(book, row["宣传媒体"]) for row in told),
        "F1": (6 - len(missing)) * book.criteria["F1"]["per"]["item"],
    }
    for name, points in expected.items():
        least = min(points, book.criteria[name]["points"])
        if line[name]["建议低分"] != round(least, 2):
            yield f"{unit} {name}: {line[name]['建议低分']:g}, the facts give {least:g}"
    shown = Counter(float(one) for one in re.findall(r"(?m)^\d+\. (\d+) 人", line["C1"]["依据（一行一条）"]))
    if shown != Counter(row["参与人数"] for row in told if row["参与人数"] != "—"):
        yield f"{unit} C1: its evidence {shown} is not the 参与人数 of 活动明细"


def _band(book: Book, criterion: str, kind: str, value: float) -> float:
    table = book.criteria[criterion]
    bands = table.get("peer_bands", {}).get(kind, table["bands"])
    return float(max((points for threshold, points in bands if value >= threshold), default=0))


def _people(evidence: str) -> float:
    """All head counts of the evidence, those online by their factor."""
    told = re.findall(r"(?m)^\d+\. (\d+) 人(?:（线上，按 ([\d.]+) 折算）)?", evidence)
    return sum(int(people) * float(factor or 1) for people, factor in told)


def _media(book: Book, cell: str) -> float:
    per = book.criteria["D1"]["per"]
    names = [name for name in str(cell).split("、") if name != "—"]
    return float(sum(per.get(_tier(book, name), 0) for name in names))


def _tier(book: Book, name: str) -> str:
    """By the whole name, else by the longest ending; 《》 and what says in which form the outlet appeared do not count."""
    name = re.sub("[《》]|(?:客户端|网站|微信公众号)$", "", name)
    if name in book.outlets:
        return book.outlets[name]
    ends = [known for known in book.outlets if known.startswith("*") and name.endswith(known[1:])]
    return book.outlets[max(ends, key=len)] if ends else ""


def _ranks(book: Book) -> Iterator[str]:
    """One more than the units of the group with a higher low total; none outside the roster."""
    for unit, row in book.units.items():
        peers = [other for other in book.units.values() if other["同类组"] == row["同类组"]]
        expected = 1 + sum(other["最终低分"] > row["最终低分"] for other in peers)
        if row["组内名次"] != (expected if row["同类组"] != OUTSIDE else "—"):
            yield f"{unit}: rank {row['组内名次']}, not {expected}"
