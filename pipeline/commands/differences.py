"""What became other when a mail was done again, as staff read it.

Purpose: `lines(redone)`, for `reprocess` on a terminal; `told(difference)`, one of them.
Limits: long values are cut; --json has all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

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
    if not difference.before:
        return f"新增 {_short(difference.after)}"
    if not difference.after:
        return f"不再有 {_short(difference.before)}"
    return f"{_short(difference.before)} → {_short(difference.after)}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else line[:SHOWN] + "…"
