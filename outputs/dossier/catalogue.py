"""卷内文件目录, 对照表 and 卷宗目录: what lies in the folders, as staff and machines read it.

Purpose: `inner`, a workbook a folder; `outer`, one over all of them; `table`, the same as CSV for machines.
Source: DA/T 22-2015 and GB/T 9705 (序号 文号 责任者 题名 日期 页数 备注); xlsxwriter with fixed `created`.
Limits: no formula, no macro; the only links are those to the files beside, whose names are ours. Same input, same octets.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from outputs.cells import harmless
from outputs.dossier.book import Book, Head
from outputs.dossier.papers import WHOLE, Paper
from outputs.dossier.shelves import ASIDE, Shelf
from outputs.formats import format_of
from outputs.words import MISSING

INNER, OUTER, TABLE, SUMS = "卷内目录.xlsx", "卷宗目录.xlsx", "对照表.csv", "sha256sums.txt"
OPEN = "打开"
ABSENT = "没有取出（材料要用的程序或密码现在没有），仍在原邮件中"

Pages = Mapping[tuple[str, str], int]
"""(accession, part) to its number of pages, where it is known."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the catalogues say beside the papers. line: below the titles. absent: (accession, part) that could not be got."""

    line: str
    created: datetime
    pages: Pages
    absent: frozenset[tuple[str, str]] = frozenset()

    def page(self, paper: Paper) -> int | None:
        """How many pages a paper has, None where nothing says so."""
        return self.pages.get((paper.accession, paper.part))

    def gone(self, paper: Paper) -> bool:
        """Whether there is no file of it though there should be."""
        return (paper.accession, paper.part) in self.absent


_INNER = (
    ("序号", 5),
    ("收文号", 11),
    ("责任者", 24),
    ("题名", 40),
    ("日期", 11),
    ("页数", 6),
    ("文件名", 42),
    ("文件", 6),
    ("备注", 28),
)
_TABLE = (
    ("卷", 16),
    ("新文件名", 44),
    ("收文号", 11),
    ("部件位置", 28),
    ("原文件名", 34),
    ("格式", 16),
    ("字节数", 11),
    ("SHA-256", 34),
    ("去向", 34),
)
_OUTER = (
    ("序号", 5),
    ("卷名", 42),
    ("同类组", 12),
    ("来件数", 8),
    ("文件数", 8),
    ("其中不计入", 9),
    ("页数", 8),
    ("起止日期", 22),
    ("备注", 30),
)


def inner(shelf: Shelf, facts: Facts) -> bytes:
    """The workbook of one folder: 卷内文件目录, and the table old name ↔ new name."""
    rows: list[list[Any]] = []
    links: dict[int, str] = {}
    entered = [paper for paper in shelf.papers if paper.written or paper.refers]
    for number, paper in enumerate(entered, 1):
        there = paper.written and not facts.gone(paper)
        rows.append(_entry(number, paper, facts))
        if there:
            links[number - 1] = f"{ASIDE}/{paper.name}" if paper.reason else paper.name
    head = Head(
        title="卷内文件目录", line=f"卷名：{shelf.title}　　　共 {len(links)} 个文件　　　{facts.line}"
    )
    with Book(facts.created) as book:
        book.page("卷内目录", head, _INNER, rows, links=(7, links), centred=(0, 1, 4, 5, 7))
        told = [_told(shelf, paper, facts) for paper in shelf.papers if not paper.refers]
        head = Head(title="新旧文件名对照表", line=f"卷名：{shelf.title}　　　{facts.line}")
        book.page("对照表", head, _TABLE[1:], [row[1:] for row in told], centred=(1,))
    return book.octets


def outer(shelves: Sequence[Shelf], facts: Facts) -> bytes:
    """The workbook over all folders."""
    rows = [_shelf(number, shelf, facts) for number, shelf in enumerate(shelves, 1)]
    total = [
        "合计",
        f"{len(shelves)} 卷",
        "",
        *(sum(row[at] for row in rows) for at in (3, 4, 5)),
        "",
        "",
        "",
    ]
    links = {number: f"{shelf.name}/{INNER}" for number, shelf in enumerate(shelves)}
    with Book(facts.created) as book:
        head = Head(title="卷宗目录", line=facts.line)
        book.page("卷宗目录", head, _OUTER, [*rows, total], links=(1, links), centred=(0, 2, 3, 4, 5, 6, 7))
    return book.octets


def table(shelves: Sequence[Shelf], facts: Facts) -> bytes:
    """All files, and what got none, as CSV: UTF-8 with BOM, CRLF; nothing in it is a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header for header, _ in _TABLE)
    for shelf in shelves:
        for paper in shelf.papers:
            if not paper.refers:
                writer.writerow(harmless(str(value)) for value in _told(shelf, paper, facts))
    return text.getvalue().encode("utf-8-sig", "replace")


def _entry(number: int, paper: Paper, facts: Facts) -> list[Any]:
    remarks = [f"不计入：{paper.reason}"] if paper.reason else []
    remarks += [paper.remark] if paper.remark else []
    if facts.gone(paper):
        remarks.append(ABSENT)
    if paper.written and not paper.dated and paper.kind != WHOLE:
        remarks.append("日期为收文日期")
    name = "" if paper.refers or facts.gone(paper) else paper.name
    title = f"{paper.kind}：{paper.title}" if paper.kind == WHOLE else paper.title
    day = f"{paper.day:%Y%m%d}"
    return [
        number,
        paper.accession,
        paper.unit,
        title,
        day,
        facts.page(paper),
        name or MISSING,
        OPEN if name else "",
        "；".join(remarks),
    ]


def _told(shelf: Shelf, paper: Paper, facts: Facts) -> list[Any]:
    written = paper.written and not facts.gone(paper)
    where = ABSENT if facts.gone(paper) else "" if written else paper.remark
    return [
        shelf.name,
        shelf.path(paper) if written else MISSING,
        paper.accession,
        paper.part or "（整封邮件）",
        paper.old,
        format_of(paper.media_type),
        paper.size,
        paper.sha256,
        where or ("不计入：" + paper.reason if paper.reason else "已存入本卷"),
    ]


def _shelf(number: int, shelf: Shelf, facts: Facts) -> list[Any]:
    files = [paper for paper in shelf.papers if paper.written and not facts.gone(paper)]
    days = sorted(paper.day for paper in files)
    pages = [found for paper in files if (found := facts.page(paper))]
    span = f"{days[0]:%Y%m%d}—{days[-1]:%Y%m%d}" if days else MISSING
    absent = sum(facts.gone(paper) for paper in shelf.papers)
    remarks = [f"{absent} 个文件{ABSENT}"] if absent else []
    if more := sum(paper.refers for paper in shelf.papers):
        remarks.append(f"另有 {more} 件参见他卷")
    return [
        number,
        shelf.title,
        shelf.group or MISSING,
        len({paper.accession for paper in files}),
        len(files),
        sum(bool(paper.reason) for paper in files),
        sum(pages) or None,
        span,
        "；".join(remarks),
    ]
