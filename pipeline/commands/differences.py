"""What became other when a mail was done again, as staff read it.

Purpose: `lines(redone)`, for `reprocess` on a terminal; `told(difference)`, one of them.
Limits: long values are cut; --json has all of them, as codes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from outputs.words import CODES, KINDS, RELATIONS, STATUSES

if TYPE_CHECKING:
    from pipeline.keeping import Difference, Redone

FIELDS = {
    "filing": "初次办理",
    "kind": "性质",
    "announces": "关于别的邮件",
    "unit": "单位",
    "contact": "联系人",
    "highlight": "典型经验",
    "suggestion": "意见建议",
    "set_aside": "不计入",
    "part": "部件",
    "problem": "待看问题",
    "title": "标题",
    "category": "类别",
    "also": "兼属类别",
    "date_start": "开始日期",
    "date_end": "结束日期",
    "place": "地点",
    "participants": "人数",
    "sessions": "场次",
    "materials": "资料份数",
    "media": "媒体",
    "text": "文字",
}
"""Last part of Difference.field, as staff call it."""
CODED: dict[str, Mapping[str, str]] = {
    "kind": {code.value: name for code, name in KINDS.items()},
    "announces": {code.value: name for code, name in RELATIONS.items()},
    "part": {code.value: name for code, name in STATUSES.items()},
    "problem": {code.value: name for code, name in CODES.items()},
}
"""Fields whose values begin with a code, and what staff call it."""
_FACT = re.compile(r"(^|，)(" + "|".join(FIELDS) + r") ")
_CODE = re.compile(r"^[a-z-]+")
SHOWN = 60
"""Characters of a value on a terminal."""


def lines(one: Redone) -> Iterator[str]:
    """Yield one line about the mail, then one a difference."""
    if one.failed:
        yield f"{one.accession}：没有办成，{one.failed}"
        return
    yield f"{one.accession}：" + (f"{len(one.differences)} 处不同" if one.differences else "没有不同")
    for difference in one.differences:
        yield f"    {told(difference)}"
    for correction in one.misplaced:
        yield f"    ！人工更正 {correction.field}（{correction.by}）所指的活动已不是原来那一项，请重新核对"


def told(difference: Difference) -> str:
    """Say one difference in a line: what it is about, from what to what."""
    return f"{_subject(difference)}：{_turned(difference)}"


def _subject(difference: Difference) -> str:
    """What it is about: 活动 2“义诊”人数."""
    head, _, rest = difference.field.partition("/")
    if head != "activity":
        return FIELDS[head] + (f" {difference.subject}" if difference.subject else "")
    number, _, name = rest.partition("/")
    return f"活动 {number}“{_short(difference.subject)}”{FIELDS.get(name, '')}"


def _turned(difference: Difference) -> str:
    before, after = (_named(difference.field, value) for value in (difference.before, difference.after))
    if not before:
        return f"新增 {_short(after)}"
    if not after:
        return f"不再有 {_short(before)}"
    return f"{_short(before)} → {_short(after)}"


def _named(field: str, value: str) -> str:
    """A value with the words of staff for our codes."""
    if field.startswith("activity/") and field.count("/") == 1:
        return _FACT.sub(lambda hit: f"{hit[1]}{FIELDS[hit[2]]} ", value)
    names = CODED.get(field, {})
    return _CODE.sub(lambda hit: names.get(hit[0], hit[0]), value) if names else value


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else line[:SHOWN] + "…"
