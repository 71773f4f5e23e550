"""From a mail to every row of the workbook that it touched, and from a row back to the mail, its words and the rules.

Purpose: `trace`, pure, over the tables of one compilation.
Source: principle 10 (from any cell to the octets and back); FIELD 5 (auditors).
Limits: what counts as touched is said in touched.py. Nothing is masked: it shows what the workbook shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from outputs.audit.touched import ACCESSION, Workbook, counted, framed_rows, shown, touched
from outputs.audit.traced import Cell, MailTrace, PartStatus, Place, Quote, Row, RowTrace, Source, Step, Told
from outputs.changed import changes
from outputs.tables.joined import places as told_at
from outputs.tables.joined import remark
from outputs.tables.season import UNCOUNTED
from outputs.words import CODES, PLACES, STATES, STATUSES
from outputs.workbook.page import FIRST_ROW
from pipeline.errors import UsageError
from pipeline.evaluate import label, why_not
from pipeline.records import Correction, Filed, Filing, Judged, Stated
from pipeline.review import place

EXAMPLES = (
    "收文号如 2024-00031；行号如 2024-00031/activity/1、2024-00031/part/2/总结.docx、"
    "unit/单位名、unit/单位名/score/B1、category/5、cover/3"
)
FIGURES = (
    ("开始日期", "date_start"),
    ("结束日期", "date_end"),
    ("地点", "place"),
    ("参与人数", "participants"),
    ("场次", "sessions"),
    ("资料份数", "materials"),
)
"""Headers of 活动明细 and the facts of an activity behind them."""


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
        corrections=tuple(_decided(book, id_, mails)),
        rules=book.rules.digest,
        criterion=id_.rpartition("/score/")[2] if "/score/" in id_ else "",
    )


def _decided(book: Workbook, id_: str, mails: Sequence[Filed]) -> Iterator[Correction]:
    """What people decided of the mails behind a row, or of its unit; of an activity's row, what is about it or the whole mail."""
    own = re.fullmatch(r".+/activity/(\d+)", id_)
    unit, _, score = id_.partition("/score/") if id_.startswith("unit/") else ("", "", "")
    filings = {one.item.accession: one.filing for one in mails}
    for one in book.custody.corrections:
        about = re.fullmatch(r"(score|question)/([^/]+)/(.+)", one.field, re.DOTALL)
        if not one.accession:
            if about and f"unit/{about[3]}" == unit and (not score or about[2] == score):
                yield one
        elif one.accession in filings and not (own and _elsewhere(one, filings[one.accession], int(own[1]))):
            yield one


def _elsewhere(one: Correction, filing: Filing | None, number: int) -> bool:
    """Whether a decision is about another activity than that *number*, wherever it stood when it was decided."""
    where = place(filing, one) if filing is not None else None
    return one.field.startswith("activity/") and (where is None or where.index != number - 1)


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
            for event in book.events
            if event.accession == accession
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
            _told(book, one, number, judged)
            for number, judged in enumerate(filing.activities if filing else (), 1)
        ),
        problems=tuple(
            f"{CODES.get(problem.code, problem.code)}："
            + " ".join(filter(None, (label(filing, problem.part), problem.detail)))
            for problem in (filing.problems if filing else ())
            if filing
        ),
        corrections=tuple(one for one in book.custody.corrections if one.accession == accession),
        rows=tuple(touched(book, one)),
        differences=changes(one.relation),
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


def _told(book: Workbook, one: Filed, number: int, judged: Judged) -> Told:
    category = judged.classification
    names = {one.code: f"{one.code} {one.short}" for one in book.rules.categories}
    return Told(
        id=f"{one.item.accession}/activity/{number}",
        title=judged.activity.title,
        category=names.get(category.code, str(category.code)),
        decided=category.decided,
        quotes=tuple(_activity_quotes(judged)),
        notes=tuple(_notes(one, number, judged)),
    )


def _notes(one: Filed, number: int, judged: Judged) -> Iterator[str]:
    yield from () if judged.counted else (UNCOUNTED,)
    if judged.unit:
        yield f"代报，计入 {judged.unit}"
    if told := remark(one, number):
        yield told
    for found in one.joint:
        if not found.decided and (one.item.accession, number) in found.members:
            yield f"可能与别处所报是同一项，见待核事项：{'；'.join(told_at(found).splitlines())}（{found.words}）"


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
    yield from (_quote("类别（另一候选）", stated) for stated in judged.classification.against)


def _quote(what: str, stated: Stated[Any]) -> Quote:
    return Quote(what=what, words=stated.words, part=stated.span.part, block=stated.span.block)


# ---------------------------------------------------------------- from a row


def _rows_of(book: Workbook, id_: str) -> Iterator[tuple[Row, tuple[Cell, ...]]]:
    """The rows of that id; several sheets may have one."""
    for sheet in book.sheets:
        comments = {(comment.row, comment.header): comment.text for comment in sheet.comments}
        for line, (row, values) in enumerate(framed_rows(sheet), FIRST_ROW + 1):
            if row == id_:
                cells = (
                    Cell(header=header, value=shown(value), comment=comments.get((row, header), ""))
                    for header, value in zip(sheet.frame.columns, values, strict=True)
                )
                yield Row(sheet=sheet.name, id=row, line=line), tuple(cells)


def _behind(book: Workbook, id_: str, found: Sequence[tuple[Row, tuple[Cell, ...]]]) -> tuple[Filed, ...]:
    """The mails that the rows rest on, in order of accession."""
    named = set(ACCESSION.findall(id_.partition("/")[0]))
    for _, cells in found:
        named |= {one for cell in cells for one in ACCESSION.findall(f"{cell.value} {cell.comment}")}
    wanted = {(row.sheet, row.id) for row, _ in found}
    for unit in book.evaluations:
        if id_ == f"unit/{unit.unit}" or id_.startswith(f"unit/{unit.unit}/"):
            named |= set(unit.accessions)
    summed = {"单位汇总", "分类统计"} & {sheet for sheet, _ in wanted}
    if summed or not named:
        for one in book.filed:
            if wanted & dict(counted(book, one)).keys():
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
