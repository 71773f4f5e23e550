"""The last sheets: 字典, what the drop-downs offer and what words mean, and 标识, hidden, which workbook this is.

Purpose: `dictionary`, pure; `Identity` with `Identity.of`; `Long` for lists that are too long for their drop-down.
Source: rules/ for categories and units; tables/contents.py and tables/glossary.py for what is explained.
Limits: both are written last, so what refers to them must know beforehand where everything stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import zip_longest
from typing import Any

from outputs.cells import clean
from outputs.custody import Custody
from outputs.tables import Column, Edit, Sheet
from outputs.tables.contents import CONTENTS
from outputs.tables.glossary import GLOSSARY
from outputs.tables.sheet import framed
from outputs.words import KINDS
from outputs.workbook.grid import FIRST_COLUMN, FIRST_ROW
from outputs.workbook.offered import letter
from rules import Rules

DICTIONARY, IDENTITY = "字典", "标识"
YES_NO = ("是", "否")
CHOICES = "下拉候选"


def dictionary(rules: Rules, sheets: Sequence[Sheet]) -> tuple[Sheet, Mapping[Edit, str | list[str]]]:
    """Make the sheet 字典 and say where each list of the whole workbook stands on it."""
    ordered = sorted(rules.categories, key=lambda one: one.code or 99)
    names = [*(sheet.name for sheet in sheets), DICTIONARY]
    told = {name: words for name, words, _ in CONTENTS}
    lists: dict[str, Sequence[str]] = {
        "单位": [unit.name for unit in rules.units],
        "类别": [f"{category.code} {category.short}" for category in ordered],
        "来件性质": list(KINDS.values()),
        "是否": YES_NO,
        "工作表": names,
        "工作表里有什么": [told.get(name, "") for name in names],
        "用语": [term for term, _ in GLOSSARY],
        "含义": [meaning for _, meaning in GLOSSARY],
    }
    widths = dict(zip(lists, (46, 20, 10, 7, 14, 52, 15, 60), strict=True))
    columns = tuple(Column(header=name, width=width) for name, width in widths.items())
    rows = [dict(zip(lists, values, strict=True)) for values in zip_longest(*lists.values(), fillvalue="")]
    frame = framed(columns, rows, [f"dictionary/{number}" for number in range(1, len(rows) + 1)])
    sheet = Sheet(name=DICTIONARY, title="下拉列表与用语", paper="A3", columns=columns, frame=frame, pinned=1)
    edits = {Edit.CATEGORY: "类别", Edit.UNIT: "单位", Edit.KIND: "来件性质", Edit.YES_NO: "是否"}
    places = {column.header: letter(n) for n, column in enumerate(columns, FIRST_COLUMN)}
    return sheet, {
        edit: _range(DICTIONARY, places[name], FIRST_ROW, len(lists[name])) for edit, name in edits.items()
    }


def _range(sheet: str, column: str, row: int, count: int) -> str:
    return f"={sheet}!${column}${row + 1}:${column}${row + max(1, count)}"


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Which workbook this is. run: name of its folder. register: digest of the register's first event, "" before it.

    notice: Notice.id. rules: digest of the rules. head: number and digest of the last event that is counted.
    """

    run: str
    register: str
    notice: str
    rules: str
    head: str

    @classmethod
    def of(cls, run: str, rules: Rules, custody: Custody) -> Identity:
        """Of the run that counts what *custody* knows."""
        last = custody.head
        return cls(
            run=run,
            register=custody.origin,
            notice=rules.notice.id,
            rules=rules.digest,
            head=f"{last.number} {last.digest}" if last else "",
        )

    @classmethod
    def read(cls, rows: Sequence[Sequence[object]]) -> Identity | None:
        """Find it among the *rows* of the sheet 标识 as they were read back; None where they are not that."""
        said = {str(row[0]): str(row[1]) for row in rows if len(row) > 1}
        names = [one.name for one in fields(cls)]
        return cls(**{name: said[name] for name in names}) if all(name in said for name in names) else None


@dataclass(kw_only=True)
class Long:
    """Lists too long for their drop-down; they stand on 标识, one below the other."""

    values: list[str] = field(default_factory=list)
    places: dict[tuple[str, ...], str] = field(default_factory=dict)

    def place(self, offered: tuple[str, ...]) -> str:
        """Give the reference of the list, which stands there once however many rows offer it."""
        if offered not in self.places:
            self.places[offered] = _range(IDENTITY, "D", len(self.values) + 1, len(offered))
            self.values += offered
        return self.places[offered]


def identify(page: Any, identity: Identity, long: Long) -> None:
    """Write the hidden sheet 标识: names and values in the first two columns, long lists in the fourth."""
    said = [(one.name, getattr(identity, one.name)) for one in fields(identity)]
    for row, (line, choice) in enumerate(zip_longest((("项", "值"), *said), (CHOICES, *long.values))):
        for column, value in enumerate(line or ()):
            page.write_string(row, column, clean(value))
        if choice is not None:
            page.write_string(row, 3, clean(choice))
    page.hide()
    page.protect("")
