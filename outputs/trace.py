"""From a mail to every row of the workbook that it touched, and from a row back to the mail, its words and the rules.

Purpose: `trace`, pure, over the tables of one compilation.
Source: principle 10 (from any cell to the octets and back); FIELD 5 (auditors).
Limits: a row is touched where its id, a cell, a comment or the sources of its points name the mail, or where it counts the
mail or its activities. That a unit's rank moved because of another unit's mail is not told. Nothing is masked: it shows
what the workbook shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from outputs.custody import Custody
from outputs.page import FIRST_ROW
from outputs.tables import Sheet, tables
from outputs.traced import Cell, MailTrace, PartStatus, Place, Quote, Row, RowTrace, Source, Step, Told
from outputs.words import CODES, PLACES, STATES, STATUSES
from pipeline.errors import UsageError
from pipeline.evaluate import label, why_not
from pipeline.records import Evaluation, Filed, Filing, Judged, Stated
from rules import Rules

EXAMPLES = (
    "收文号如 2024-00031；行号如 2024-00031/activity/1、2024-00031/part/2/总结.docx、"
    "unit/单位名、unit/单位名/score/B1、category/5、cover/3"
)
ACCESSION = re.compile(r"(?<![\d-])\d{4}-\d{5,}(?![\d-])")
FIGURES = (
    ("开始日期", "date_start"),
    ("结束日期", "date_end"),
    ("地点", "place"),
    ("参与人数", "participants"),
)
FIGURES += (("场次", "sessions"), ("资料份数", "materials"))
UNIT_SUMS = ("计入来件", "活动数", "覆盖类别", "参与人数")
"""Headers of 单位汇总 that every counted mail of the unit goes into."""
POINTS = ("建议低分", "建议高分", "依据（一行一条）", "出处")
ALL_MAILS = ("见过的邮件（文件夹＋UID）", "收文件数")
"""Lines of 说明 that count every mail."""


@dataclass(frozen=True)
class Workbook:
    """What one compilation was made of, and its sheets."""

    filed: tuple[Filed, ...]
    evaluations: tuple[Evaluation, ...]
    rules: Rules
    custody: Custody
    sheets: tuple[Sheet, ...]

    @classmethod
    def of(
        cls,
        filed: Sequence[Filed],
        evaluations: Sequence[Evaluation],
        rules: Rules,
        custody: Custody,
        *,
        release: str,
    ) -> Workbook:
        """Make the sheets once."""
        sheets = tables(filed, evaluations, rules, custody, release=release)
        return cls(tuple(filed), tuple(evaluations), rules, custody, sheets)

    @cached_property
    def mails(self) -> dict[str, Filed]:
        """Accession to its mail."""
        return {one.item.accession: one for one in self.filed}


def trace(id_: str, book: Workbook) -> MailTrace | RowTrace:
    """Trace the accession or row id *id_*.

    Raises:
        UsageError: there is neither a mail nor a row of that name.
    """
    if id_ in book.mails:
        return _mail(book, book.mails[id_])
    found = tuple(_rows_of(book, id_))
    if not found:
        raise UsageError(f"没有收文号或行号 {id_}；{EXAMPLES}")
    mails = _behind(book, id_, found)
    return RowTrace(
        id=id_,
        rows=found,
        mails=tuple(_source(book, one) for one in mails),
        quotes=tuple(_quotes_of(book, id_)),
        rules=book.rules.digest,
        criterion=id_.rpartition("/score/")[2] if "/score/" in id_ else "",
    )


# ---------------------------------------------------------------- from a mail


def _mail(book: Workbook, one: Filed) -> MailTrace:
    item, filing = one.item, one.filing
    accession = item.accession
    return MailTrace(
        source=_source(book, one),
        size=item.size,
        state=STATES[item.state],
        received=item.received,
        received_from=item.received_from,
        counts=why_not(one) or "计入",
        steps=tuple(
            Step(
                number=event.number,
                at=event.at,
                action=event.action,
                actor=event.actor,
                outcome=event.outcome,
                rule=event.rule,
                digest=event.digest,
            )
            for event in book.custody.told.get(accession, ())
        ),
        parts=tuple(
            PartStatus(
                path=part.path,
                name=part.name,
                sha256=part.sha256,
                size=part.size,
                status=STATUSES[part.status],
                reason=part.reason,
            )
            for part in (filing.parts if filing else ())
        ),
        unit=tuple(_unit_quotes(filing)) if filing else (),
        activities=tuple(
            _told(book, f"{accession}/activity/{number}", judged)
            for number, judged in enumerate(filing.activities if filing else (), 1)
        ),
        problems=tuple(
            f"{CODES.get(problem.code, problem.code)}：{label(filing, problem.part)} {problem.detail}"
            for problem in (filing.problems if filing else ())
            if filing
        ),
        corrections=tuple(one for one in book.custody.corrections if one.accession == accession),
        rows=tuple(_touched(book, one)),
    )


def _source(book: Workbook, one: Filed) -> Source:
    item, filing = one.item, one.filing
    return Source(
        accession=item.accession,
        sha256=item.sha256,
        subject=filing.mail.subject if filing else "",
        unit=filing.identification.best if filing else None,
        basis=item.basis,
        places=tuple(
            Place(
                account=seen.account,
                folder=seen.folder,
                uidvalidity=seen.uidvalidity,
                uid=seen.uid,
                gone=seen.gone,
            )
            for seen in book.custody.seen.get(item.accession, ())
        ),
    )


def _told(book: Workbook, row: str, judged: Judged) -> Told:
    category = judged.classification
    names = {one.code: f"{one.code} {one.short}" for one in book.rules.categories}
    return Told(
        id=row,
        title=judged.activity.title,
        category=names.get(category.code, str(category.code)),
        decided=category.decided,
        quotes=tuple(_activity_quotes(judged)),
    )


def _unit_quotes(filing: Filing) -> Iterator[Quote]:
    for where, words in filing.identification.evidence:
        yield Quote(what=f"单位（{PLACES.get(where, where)}）", words=words, part="", block=None)


def _activity_quotes(judged: Judged) -> Iterator[Quote]:
    activity = judged.activity
    first = activity.spans[0]
    yield Quote(what="活动内容", words=activity.text, part=first.part, block=first.block)
    for header, name in FIGURES:
        stated: Stated[Any] | None = getattr(activity, name)
        if stated is not None:
            yield _quote(header, stated)
    yield from (_quote("宣传媒体", stated) for stated in activity.media)
    yield from (_quote("类别", stated) for stated in judged.classification.evidence)


def _quote(what: str, stated: Stated[Any]) -> Quote:
    return Quote(what=what, words=stated.words, part=stated.span.part, block=stated.span.block)


# ---------------------------------------------------------------- which rows a mail touched


def _touched(book: Workbook, one: Filed) -> Iterator[Row]:
    """The rows that the mail went into, in the order of the workbook, each with the headers filled from it."""
    counted = dict(_counted(book, one))
    for sheet in book.sheets:
        comments = {(comment.row, comment.header): comment.text for comment in sheet.comments}
        headers = list(sheet.frame.columns)
        for line, (id_, values) in enumerate(_frame(sheet), FIRST_ROW + 1):
            own = id_ == one.item.accession or id_.startswith(f"{one.item.accession}/")
            filled = tuple(
                header
                for header, value in zip(headers, values, strict=True)
                if (own and _shown(value) and header != "序号")
                or one.item.accession
                in ACCESSION.findall(f"{_shown(value)} {comments.get((id_, header), '')}")
                or header in counted.get((sheet.name, id_), ())
            )
            if filled:
                yield Row(sheet=sheet.name, id=id_, line=line, headers=filled)


def _counted(book: Workbook, one: Filed) -> Iterator[tuple[tuple[str, str], tuple[str, ...]]]:
    """Rows that count the mail without naming it: (sheet, row id) and the headers that do."""
    yield from _on_cover(book, one)
    accession = one.item.accession
    for unit in (unit for unit in book.evaluations if accession in unit.accessions):
        scores = [score for score in unit.scores if accession in ACCESSION.findall("\n".join(score.sources))]
        names = dict(book.rules.scoring.groups)
        groups = {criterion.id: criterion.group for criterion in book.rules.scoring.criteria}
        into = {groups[score.criterion] for score in scores if score.criterion in groups}
        columns = tuple(f"{code} {names[code]}" for code in names if code in into)
        yield ("单位汇总", f"unit/{unit.unit}"), (*UNIT_SUMS, *columns, "建议低分", "建议高分")
        for score in scores:
            yield ("评分明细", f"unit/{unit.unit}/score/{score.criterion}"), POINTS
    if one.filing and not why_not(one):
        for code in sorted({judged.classification.code for judged in one.filing.activities}):
            yield ("分类统计", f"category/{code}"), ("活动数", "单位数", *_sums(one.filing, code))


def _sums(filing: Filing, code: int) -> Iterator[str]:
    """Headers of 分类统计 that the figures of this category's activities go into."""
    mine = [one.activity for one in filing.activities if one.classification.code == code]
    for header, name in FIGURES[3:]:
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
    for id_, values in _frame(cover):
        if values[place] in wanted:
            yield (cover.name, id_), ("内容",)


# ---------------------------------------------------------------- from a row


def _rows_of(book: Workbook, id_: str) -> Iterator[tuple[Row, tuple[Cell, ...]]]:
    """The rows of that id; several sheets may have one."""
    for sheet in book.sheets:
        comments = {(comment.row, comment.header): comment.text for comment in sheet.comments}
        for line, (row, values) in enumerate(_frame(sheet), FIRST_ROW + 1):
            if row == id_:
                cells = (
                    Cell(header=header, value=_shown(value), comment=comments.get((row, header), ""))
                    for header, value in zip(sheet.frame.columns, values, strict=True)
                )
                yield Row(sheet=sheet.name, id=row, line=line), tuple(cells)


def _behind(book: Workbook, id_: str, found: Sequence[tuple[Row, tuple[Cell, ...]]]) -> tuple[Filed, ...]:
    """The mails that the rows rest on, in order of accession."""
    named = set(ACCESSION.findall(id_.partition("/")[0]))
    for _, cells in found:
        named |= {one for cell in cells for one in ACCESSION.findall(f"{cell.value} {cell.comment}")}
    wanted = {(row.sheet, row.id) for row, _ in found}
    summed = {"单位汇总", "分类统计"} & {sheet for sheet, _ in wanted}
    if summed or not named:
        for one in book.filed:
            if wanted & dict(_counted(book, one)).keys():
                named.add(one.item.accession)
    return tuple(book.mails[one] for one in sorted(named & book.mails.keys()))


def _quotes_of(book: Workbook, id_: str) -> Iterator[Quote]:
    """The words behind the row, where it is about an activity or the unit of one mail."""
    accession, _, rest = id_.partition("/")
    one = book.mails.get(accession)
    if one is None or one.filing is None:
        return
    kind, _, name = rest.partition("/")
    number = name.partition("/")[0]
    if kind == "activity" and number.isdigit() and 0 < int(number) <= len(one.filing.activities):
        yield from _activity_quotes(one.filing.activities[int(number) - 1])
    if kind in ("activity", "unit"):
        yield from _unit_quotes(one.filing)


def _frame(sheet: Sheet) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Row id and values of each row."""
    return zip(sheet.frame.index, sheet.frame.itertuples(index=False, name=None), strict=True)


def _shown(value: Any) -> str:
    """A cell as text; "" where it is missing or empty."""
    return "" if value is None or value != value else str(value)  # noqa: PLR0124 - NaN alone differs from itself
