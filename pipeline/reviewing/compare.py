"""Three-way comparison: a reviewed workbook, the compile that it is a copy of, and the tables as they would be now.

Purpose: `compare`, pure; what a person edited, what of it can be taken, what collides, and what must be refused.
Source: principle 9; every edited cell is compared with its value in its own compile. Map: edits.py judges one row.
Limits: a deleted row decides nothing; a sheet that somebody added is not read. Both are told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from outputs.tables import Sheet
from outputs.workbook.baseline import Written
from outputs.workbook.lists import DICTIONARY, IDENTITY
from pipeline.reviewing.cells import Book, Page
from pipeline.reviewing.edits import edits
from pipeline.reviewing.found import (
    Already,
    Baseline,
    Change,
    Comparison,
    Conflict,
    Found,
    Refused,
    Standing,
    short,
)
from pipeline.reviewing.plain import general
from pipeline.reviewing.sides import Side
from pipeline.reviewing.values import Words

OURS = (DICTIONARY, IDENTITY)
"""Sheets of every workbook that are no tables."""
DETAILS, TELLING = "活动明细", ("活动名称", "活动内容")
"""The sheet of all activities, and what of an activity does not change while it is the same."""
MISALIGNED = 5
"""Rows of one sheet with a refused cell from which on they are told as one, if they are more than half of all."""
NO_SHEET = "缺少这张工作表，或认不出它的表头；请从原来的工作簿重新填写"
UNSORTED = "多数行与行号对不上：排序时没有带上隐藏的 A 列（行号）；请从原来的工作簿重新填写"


def compare(
    edited: Book,
    base: Baseline,
    now: Sequence[Sheet],
    words: Words,
    standing: Standing,
) -> Comparison:
    """Compare the reviewed workbook *edited* with *base*, what its own compile wrote, and with the tables of *now*.

    Args:
        now: all sheets, compiled from the register as it stands.
        standing: what is decided, for rows that are in no table any more.
    """
    sheets = {sheet.name: sheet for sheet in now}
    others = frozenset(_others(base.get(DETAILS), sheets.get(DETAILS)))
    found: list[Found] = []
    for name, written in base.items():
        page = edited.pages.get(name)
        if page is None or not page.header_row:
            found.append(Refused(sheet=name, cell="", why=NO_SHEET))
            continue
        side = Side(
            page=page, base=written, now=sheets.get(name), words=words, standing=standing, others=others
        )
        found += _sheet(side)
    changes, doubled = _once([one for one in found if isinstance(one, Change)])
    return Comparison(
        changes=tuple(changes),
        conflicts=tuple(one for one in found if isinstance(one, Conflict)),
        refused=(*(one for one in found if isinstance(one, Refused)), *doubled),
        already=sum(isinstance(one, Already) for one in found),
        remarks=(*(one for one in found if isinstance(one, str)), *_added(edited, sheets)),
    )


def _once(changes: Sequence[Change]) -> tuple[list[Change], list[Refused]]:
    """One decision a fact: the same one written in two places is taken once, two different ones are refused."""
    first: dict[tuple[str, str], Change] = {}
    refused = []
    for one in changes:
        before = first.setdefault((one.accession, one.field.removesuffix("/outside")), one)
        if before.new != one.new:
            why = (
                f"与 {before.sheet}!{before.cell} 是同一件事，两处写的不同（“{before.given}”和“{one.given}”）"
            )
            refused.append(Refused(sheet=one.sheet, cell=one.cell, why=why))
    return list(first.values()), refused


def _others(written: Written | None, now: Sheet | None) -> Iterator[str]:
    """Rows of activities that stand for another activity now, for the mail was judged again."""
    if written is None or now is None or not set(TELLING) <= {*now.frame.columns}:
        return
    stands = now.frame[list(TELLING)].to_dict("index")
    for id_, was in written.rows.items():
        if id_ in stands and not any(general(was.get(one)) == general(stands[id_][one]) for one in TELLING):
            yield id_


def _added(edited: Book, sheets: Mapping[str, Sheet]) -> Iterator[str]:
    """Sheets that somebody added and wrote into."""
    for name in edited.visible:
        if name not in sheets and name not in OURS and edited.raw.get(name):
            yield f"多出的工作表“{short(name)}”没有读"


# ---------------------------------------------------------------- one sheet


def _sheet(side: Side) -> Iterator[Found]:
    wrong = [*_headers(side), *_merged(side.page)]
    yield from wrong
    yield from _rows(side)
    if wrong:
        return
    yield from _stray(side)
    missing = sum(id_ not in side.page.rows for id_ in side.rows)
    if missing:
        yield f"{side.name}：有 {missing} 行被删去，对它们没有作任何决定"
    found = [one for id_, row in side.page.rows.items() if id_ in side.rows for one in edits(side, id_, row)]
    yield from _aligned(side.page, found)


def _aligned(page: Page, found: Sequence[Found]) -> Sequence[Found]:
    """What was found; one line instead of hundreds where rows were sorted without their ids."""
    rows = {one.cell.strip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for one in found if isinstance(one, Refused)}
    if len(rows) >= MISALIGNED and len(rows) * 2 > len(page.rows):
        return (Refused(sheet=page.name, cell="", why=UNSORTED),)
    return found


def _headers(side: Side) -> Iterator[Refused]:
    page, expected = side.page, side.columns
    for header in expected:
        if header not in page.headers:
            place = f"{page.header_row}:{page.header_row}"
            yield Refused(sheet=page.name, cell=place, why=f"表头“{header}”不见了；表头不能改动")
    for header, place in page.headers.items():
        if header not in expected:
            yield Refused(sheet=page.name, cell=place, why=f"表头“{short(header)}”不是原有的；表头不能改动")
    for header, place in page.twice:
        yield Refused(sheet=page.name, cell=place, why=f"表头“{short(header)}”出现了两次；表头不能改动")


def _merged(page: Page) -> Iterator[Refused]:
    """Areas whose other cells lost what they held."""
    for area in page.merged:
        why = "合并了单元格，除第一格外内容都没有了；请撤销合并、恢复原来的内容再导入"
        yield Refused(sheet=page.name, cell=area, why=why)


def _rows(side: Side) -> Iterator[Refused]:
    page = side.page
    for id_, row in page.rows.items():
        if id_ not in side.rows:
            why = f"没有行号“{short(id_)}”；行不能新增，行号不能改动"
            yield Refused(sheet=page.name, cell=row.place, why=why)
    for id_, place in page.doubled:
        why = f"行号“{short(id_)}”出现了两次；行不能复制"
        yield Refused(sheet=page.name, cell=place, why=why)
    for place, said in page.unnamed:
        why = f"“{short(said)}”所在的行没有行号；行不能新增，请写进黄色格"
        yield Refused(sheet=page.name, cell=place, why=why)


def _stray(side: Side) -> Iterator[Refused]:
    for place, said in side.page.stray:
        why = f"“{short(said)}”所在的列没有表头；请写进黄色格"
        yield Refused(sheet=side.name, cell=place, why=why)
