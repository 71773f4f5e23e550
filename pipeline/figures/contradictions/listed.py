"""A stated number of activities that the list after it does not hold: “开展了以下四项活动：一、……二、……三、……”.

Limits: only where the sentence itself opens a numbered list (以下, 如下); a mere “开展活动8场” counts sessions, parts, other
months, and is compared with nothing. Items on experience, plans or advice may or may not be meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.figures.contradictions.finding import problem, quoted
from pipeline.figures.numbers import number
from pipeline.records import Activity, Document, Problem, Style

_N = r"(?P<{}>\d{{1,2}}|[两一二三四五六七八九十]{{1,3}})"
_WHAT = r"(?:主要|重点|主题|系列|特色|专题|专项)*活动"
_ITEMS, _ACTIVITIES = rf"[项个]{_WHAT}", rf"[项个场次]{_WHAT}"
OPENED = re.compile(
    rf"(?:以下|如下|下列){_N.format('n')}{_ACTIVITIES}|{_N.format('m')}{_ITEMS}[，,]?(?:具体|现将?|主要)?(?:情况)?(?:汇报|报告|总结)?如下"
)
NUMBERED = (
    re.compile(r"\s*([一二三四五六七八九十]{1,3})、"),
    re.compile(r"\s*[（(]([一二三四五六七八九十]{1,3})[）)]"),
    re.compile(r"\s*(\d{1,2})\s*[.．、](?!\d)"),
    re.compile(r"\s*[（(](\d{1,2})[）)]"),
)
NO_ACTIVITY = re.compile(
    r"经验|做法|体会|启示|亮点|成效|特色|收获|建议|意见|下一?步|打算|计划|问题|不足|困难|组织|领导"
)
HEAD = 24
"""Characters of an item that say what it is about."""


def listed(activities: Sequence[Activity], documents: Sequence[Document]) -> Iterator[Problem]:
    """Yield the stated numbers of activities that their list does not hold."""
    told = {span.part for activity in activities for span in activity.spans}
    for document in documents:
        if document.part in told:
            yield from _of_document(document)


def _of_document(document: Document) -> Iterator[Problem]:
    own = [
        block
        for block in document.blocks
        if block.aside is None and block.style not in (Style.TABLE, Style.CAPTION)
    ]
    lines = [line for block in own for line in block.text.splitlines() if line.strip()]
    for place, line in enumerate(lines):
        hit = OPENED.search(line)
        stated = number(hit["n"] or hit["m"]) if hit else None
        if hit is None or stated is None:
            continue
        items = _items(lines[place + 1 :])
        acts = [item for item in items if not NO_ACTIVITY.search(item[:HEAD])]
        if len(items) > 1 and stated not in (len(items), len(acts)):
            detail = f"写明{quoted(hit.group())}，下面逐项列出的是 {len(acts) or len(items)} 项"
            yield problem(document.part, detail, certain=not document.recognised)


def _items(lines: Sequence[str]) -> list[str]:
    """The items of the list that *lines* begin with, numbered from 1 without gaps in the style of the first.

    Nothing where the numbers go on otherwise (一、二、二、): a slip of the numbering is no slip of the count.
    """
    style = next((style for style in NUMBERED if lines and style.match(lines[0])), None)
    if style is None:
        return []
    numbered = [(number(hit[1]), line) for line in lines if (hit := style.match(line))]
    found: list[str] = []
    for value, line in numbered:
        if value == 1 and found:
            break
        found.append(line)
        if value != len(found):
            return []
    return found
