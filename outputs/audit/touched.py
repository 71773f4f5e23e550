"""Which rows of the workbook a mail touched, and with which of their columns.

Purpose: `Workbook`, one compilation with its sheets; `touched`, pure; what trace.py asks both ways.
Limits: a row is touched where its id, a cell, a comment or the sources of its points name the mail, or where it counts the
mail or its activities. That a unit's rank moved because of another unit's mail is not told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from outputs.audit.traced import Row
from outputs.custody import Custody
from outputs.tables import Sheet, tables
from outputs.tables.joined import again
from outputs.words import STATES
from outputs.workbook.page import FIRST_ROW
from pipeline.evaluate import why_not
from pipeline.records import Evaluation, Event, Filed, Filing
from rules import Rules

ACCESSION = re.compile(r"(?<![\d-])\d{4}-\d{5,}(?![\d-])")
SUMMED = (("参与人数", "participants"), ("场次", "sessions"), ("资料份数", "materials"))
"""Headers of 分类统计 and the figures of an activity that they add up."""
UNIT_SUMS = ("计入来件", "活动数", "覆盖类别", "参与人数")
"""Headers of 单位汇总 that every counted mail of the unit goes into."""
POINTS = ("依据（一行一条）", "出处", "建议低分", "建议高分", "最终低分", "最终高分")
TOTALS = ("最终低分", "最终高分")
STANDING = ("状态", "首次收到时间（北京）", "计入来件", "活动数", "缺什么")
"""Headers of 报送进度 that every counted mail of the unit goes into."""
ALL_MAILS = ("见过的邮件（文件夹＋UID）", "收文件数")
"""Lines of 说明 that count every mail."""


@dataclass(frozen=True)
class Workbook:
    """What one compilation was made of, and its sheets. events: the whole log, also what came after 统计截止."""

    filed: tuple[Filed, ...]
    evaluations: tuple[Evaluation, ...]
    rules: Rules
    custody: Custody
    events: tuple[Event, ...]
    sheets: tuple[Sheet, ...]

    @classmethod
    def of(
        cls,
        filed: Sequence[Filed],
        evaluations: Sequence[Evaluation],
        rules: Rules,
        custody: Custody,
        *,
        events: Sequence[Event],
        release: str,
    ) -> Workbook:
        """Make the sheets once."""
        sheets = tables(filed, evaluations, rules, custody, release=release)
        return cls(tuple(filed), tuple(evaluations), rules, custody, tuple(events), sheets)

    @cached_property
    def mails(self) -> dict[str, Filed]:
        """Accession to its mail."""
        return {one.item.accession: one for one in self.filed}


def touched(book: Workbook, one: Filed) -> Iterator[Row]:
    """The rows that the mail went into, in the order of the workbook, each with the headers filled from it."""
    counts = dict(counted(book, one))
    for sheet in book.sheets:
        comments = {(comment.row, comment.header): comment.text for comment in sheet.comments}
        headers = list(sheet.frame.columns)
        for line, (id_, values) in enumerate(framed_rows(sheet), FIRST_ROW + 1):
            own = id_ == one.item.accession or id_.startswith(f"{one.item.accession}/")
            filled = tuple(
                header
                for header, value in zip(headers, values, strict=True)
                if (own and shown(value) and header != "序号")
                or _names(f"{shown(value)} {comments.get((id_, header), '')}", one.item.accession)
                or header in counts.get((sheet.name, id_), ())
            )
            if filled:
                yield Row(sheet=sheet.name, id=id_, line=line, headers=filled)


def counted(book: Workbook, one: Filed) -> Iterator[tuple[tuple[str, str], tuple[str, ...]]]:
    """Rows that count the mail without naming it: (sheet, row id) and the headers that do."""
    yield from _on_cover(book, one)
    accession = one.item.accession
    for unit in (unit for unit in book.evaluations if accession in unit.accessions):
        scores = [score for score in unit.scores if accession in ACCESSION.findall("\n".join(score.sources))]
        names = dict(book.rules.scoring.groups)
        groups = {criterion.id: criterion.group for criterion in book.rules.scoring.criteria}
        into = {groups[score.criterion] for score in scores if score.criterion in groups}
        columns = tuple(f"{code} {names[code]}" for code in names if code in into)
        yield ("单位汇总", f"unit/{unit.unit}"), (*UNIT_SUMS, *columns, *TOTALS)
        yield ("报送进度", f"unit/{unit.unit}"), STANDING
        yield ("评分明细", f"unit/{unit.unit}/total"), ("建议低分", "建议高分", *TOTALS)
        for score in scores:
            yield ("评分明细", f"unit/{unit.unit}/score/{score.criterion}"), POINTS
    if one.filing and not why_not(one):
        for code in sorted({each.classification.code for each in one.filing.activities if each.counted}):
            yield ("分类统计", f"category/{code}"), ("单位数", *_sums(one, one.filing, code))


def _sums(one: Filed, filing: Filing, code: int) -> Iterator[str]:
    """Headers of 分类统计 that this category's activities go into; a joint one that another mail stands for adds nothing."""
    mine = [
        judged.activity
        for number, judged in enumerate(filing.activities, 1)
        if judged.counted and judged.classification.code == code and not again(one, number)
    ]
    if mine:
        yield "活动数"
    for header, name in SUMMED:
        if any(getattr(activity, name) is not None for activity in mine):
            yield header
    if any(activity.participants is None for activity in mine):
        yield "未写明人数的活动"
    if any(activity.media for activity in mine):
        yield "媒体报道"


def _on_cover(book: Workbook, one: Filed) -> Iterator[tuple[tuple[str, str], tuple[str, ...]]]:
    cover = book.sheets[0]
    wanted = {*ALL_MAILS, f"其中：{STATES[one.item.state]}"}
    if not why_not(one):
        wanted.add("计入的来件")
    if one.filing and one.filing.activities:
        wanted |= {"活动明细行数"} if why_not(one) else {"活动明细行数", "计入的活动"}
    place = list(cover.frame.columns).index("项目")
    for id_, values in framed_rows(cover):
        if values[place] in wanted:
            yield (cover.name, id_), ("内容",)


def _names(text: str, accession: str) -> bool:
    """Whether *text* names the mail; most cells do not, and a look is cheaper than a search."""
    return accession in text and accession in ACCESSION.findall(text)


def framed_rows(sheet: Sheet) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Row id and values of each row."""
    return zip(sheet.frame.index, sheet.frame.itertuples(index=False, name=None), strict=True)


def shown(value: Any) -> str:
    """A cell as text; "" where it is missing or empty."""
    return "" if value is None or value != value else str(value)  # noqa: PLR0124 - NaN alone differs from itself
