"""What may be put into the yellow cells of a sheet: drop-downs and limits.

Purpose: `offer` sets them on a worksheet; they are a help while typing, what is taken over is judged when the file is read.
Source: ECMA-376 part 1, section 18.3.1.32 and 18.3.1.33 (data validation); Excel takes 255 characters of a list in place.
Limits: a column has one kind; rows that are locked have it too, for nobody can write there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from outputs.cells import clean, units
from outputs.tables import Edit, Sheet
from outputs.words import MISSING
from outputs.workbook.grid import FIRST_COLUMN, FIRST_ROW

TITLE = "收文"
IN_PLACE = 255
"""Characters of a list that stands in the drop-down itself."""
AREAS = 200
"""Areas of one drop-down; Excel reads some thousand characters of them."""
WORDS = 2000
"""Characters of a note, a name or a place that people may write."""
MOST_POINTS = 100
_UNFIT = re.compile(r"""[,"\n]|_x[0-9A-Fa-f]{4}_""")
"""What a list in place would part, end, or read as another sign (ST_Xstring)."""


def offer(
    page: Any,
    sheet: Sheet,
    lists: Mapping[Edit, str | list[str]],
    long: Callable[[tuple[str, ...]], str] | None,
) -> None:
    """Set the drop-downs and limits of the columns in which staff may write."""
    if not len(sheet.frame):
        return
    end = FIRST_ROW + len(sheet.frame) - 1
    for column, spec in enumerate(sheet.columns, FIRST_COLUMN):
        if spec.edit is Edit.CHOICE:
            for areas, values in _grouped(sheet, spec.header):
                _choice(page, column, areas, _source(values, long))
        elif rule := _rule(spec.edit, f"{letter(column)}{FIRST_ROW + 1}", lists):
            page.data_validation(FIRST_ROW, column, end, column, {"error_title": TITLE} | rule)


def _rule(edit: Edit, first: str, lists: Mapping[Edit, str | list[str]]) -> dict[str, Any]:
    """The rule of a column whose first cell is *first*; {} where there is none."""
    if edit in lists:
        told: dict[str, Any] = {"error_message": "请从下拉列表里选"}
        if edit is Edit.UNIT:
            told = {
                "error_type": "warning",
                "error_message": "名册里没有这个单位；确属名册外单位请选“是”",
            }
        return {"validate": "list", "source": lists[edit]} | told
    if edit is Edit.COUNT:
        rule = f'=OR({first}="{MISSING}",AND(ISNUMBER({first}),{first}>=0,{first}=INT({first})))'
        return _custom(rule, f"请填不带单位的整数（0 或以上）；材料没有写明的填 {MISSING}")
    if edit is Edit.DATE:
        days = f"{first}>=DATE(2000,1,1),{first}<DATE(2100,1,1)"
        rule = f'=OR({first}="{MISSING}",AND(ISNUMBER({first}),{days}))'
        return _custom(rule, f"请填日期，如 2024-5-21；材料没有写明的填 {MISSING}")
    if edit is Edit.POINTS:
        between = {"criteria": "between", "minimum": -MOST_POINTS, "maximum": MOST_POINTS}
        return {"validate": "decimal", "error_message": "请填分数（数字）"} | between
    if edit is Edit.FREE:
        long = {"criteria": "<=", "value": WORDS}
        return {"validate": "length", "error_message": f"请不要超过 {WORDS} 字"} | long
    return {}


def _custom(formula: str, message: str) -> dict[str, Any]:
    return {"validate": "custom", "value": formula, "error_message": message}


def _grouped(sheet: Sheet, header: str) -> Iterator[tuple[Sequence[tuple[int, int]], tuple[str, ...]]]:
    """Areas (first and last row) whose cells offer the same, with what they offer."""
    groups: dict[tuple[str, ...], list[tuple[int, int]]] = {}
    for row, id_ in enumerate(sheet.frame.index, FIRST_ROW):
        values = tuple(dict.fromkeys(filter(None, map(clean, sheet.choices.get(id_, ())))))
        if not values or (id_, header) in sheet.locked:
            continue
        areas = groups.setdefault(values, [])
        if areas and areas[-1][1] == row - 1:
            areas[-1] = (areas[-1][0], row)
        else:
            areas.append((row, row))
    for values, areas in groups.items():
        for first in range(0, len(areas), AREAS):
            yield areas[first : first + AREAS], values


def _source(values: tuple[str, ...], long: Callable[[tuple[str, ...]], str] | None) -> str | list[str]:
    """The list itself where it can stand in the drop-down, else where it stands."""
    in_place = units(",".join(values)) <= IN_PLACE and not any(_UNFIT.search(one) for one in values)
    return list(values) if in_place or long is None else long(values)


def _choice(page: Any, column: int, areas: Sequence[tuple[int, int]], source: str | list[str]) -> None:
    rule = {
        "validate": "list",
        "source": source,
        "error_title": TITLE,
        "error_type": "warning",
        "error_message": "不在本行的候选里；确实要填别的，请选“是”",
        "other_cells": [[first, column, last, column] for first, last in areas[1:]],
    }
    first, last = areas[0]
    page.data_validation(first, column, last, column, rule)


def letter(column: int) -> str:
    """Name of a column, counted from 0: A, B, … AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
