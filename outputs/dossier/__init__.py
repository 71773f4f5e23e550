"""卷宗: one folder a unit or category with the originals under normal names, and the catalogues that say what is what.

Purpose: `write` puts a dossier down whole or not at all; papers.py says what a mail consists of, shelves.py what lies where,
naming.py how it is called, catalogue.py and book.py write 卷内目录, 对照表 and 卷宗目录.
Source: DA/T 22-2015 (归档文件整理规则); issue 6 of the project.
Limits: copies alone: archive and register are read, nothing in them is renamed. Octets are those whose digest the filing
names, or nothing is written. One mail's octets are in memory at a time. The same season gives the same octets.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from outputs import handed
from outputs.dossier.catalogue import INNER, OUTER, SUMS, TABLE, Facts, Pages, inner, outer, table
from outputs.dossier.papers import Paper, short
from outputs.dossier.shelves import Shelf, shelved
from outputs.words import NO_MAIL
from pipeline import beijing, durable
from pipeline.errors import IntegrityError, UsageError
from pipeline.records import Filed
from rules import Rules

__all__ = ["Octets", "Order", "Shelf", "Written", "shelved", "short", "write"]

README = "说明.txt"

Octets = Callable[[str], Mapping[str, bytes]]
"""Accession to the octets of its parts by path; the mail itself has the path ""."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What was asked for. by: "unit" or "category". unit: full name of the only one wanted, "" for all.

    as_of: 统计截止, None before the first mail. pages: number of pages of parts, where known.
    """

    by: str = "unit"
    unit: str = ""
    as_of: datetime | None = None
    pages: Pages = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Written:
    """What came of it. absent: "2024-00031 2/材料.zip" that could not be got out again."""

    folders: int
    files: int
    octets: int
    absent: tuple[str, ...]


def write(filed: Sequence[Filed], rules: Rules, order: Order, octets_of: Octets, *, folder: Path) -> Written:
    """Write the dossier of the season into *folder*: beside it first, then renamed.

    Args:
        filed: all mails with filings and relations, as people decided them.
        octets_of: asked once a mail; a part that it does not hold is named in the catalogues as not got.

    Raises:
        UsageError: the folder is there and not empty, or there is nothing to put into it.
        IntegrityError: octets are not those that were read (exit 4).
        TransientError: the disk refuses. Nothing is then left behind.
    """
    shelves = shelved(filed, rules, by=order.by, unit=order.unit)
    if not shelves:
        raise UsageError(
            f"{order.unit or '收件库'} 没有来件，没有可立的卷；shouwen status 可看收到了哪些单位的"
        )
    with handed.folder(folder) as beside:
        return _fill(beside, shelves, rules, order, octets_of)


def _fill(beside: Path, shelves: Sequence[Shelf], rules: Rules, order: Order, octets_of: Octets) -> Written:
    sums: dict[str, str] = {}
    absent = frozenset(_originals(beside, shelves, octets_of, sums))
    files = len(sums)
    created = order.as_of or datetime(rules.notice.year, 1, 1, tzinfo=UTC)
    until = beijing.second(created) if order.as_of else NO_MAIL
    facts = Facts(
        line=f"立卷单位：{rules.notice.organisers[0]}　　　统计截止：{until}",
        created=created,
        pages=order.pages,
        absent=absent,
    )
    for shelf in shelves:
        path = f"{shelf.name}/{INNER}"
        sums[path] = durable.put(beside / path, inner(shelf, facts))
    for path, octets in (
        (OUTER, outer(shelves, facts)),
        (TABLE, table(shelves, facts)),
        (README, _readme(rules, order).encode("utf-8")),
    ):
        sums[path] = durable.put(beside / path, octets)
    lines = (f"{digest}  {path}\n" for path, digest in sorted(sums.items()))
    durable.put(beside / SUMS, "".join(lines).encode("utf-8"))
    size = sum(path.stat().st_size for path in beside.rglob("*") if path.is_file())
    names = tuple(f"{accession} {part}" for accession, part in sorted(absent))
    return Written(folders=len(shelves), files=files, octets=size, absent=names)


def _originals(
    beside: Path, shelves: Sequence[Shelf], octets_of: Octets, sums: dict[str, str]
) -> Iterator[tuple[str, str]]:
    """Write all papers, mail by mail; yield those whose octets could not be got."""
    wanted: dict[str, list[tuple[Shelf, Paper]]] = {}
    for shelf in shelves:
        for paper in shelf.papers:
            if paper.written:
                wanted.setdefault(paper.accession, []).append((shelf, paper))
    for accession in sorted(wanted):
        there = octets_of(accession)
        for shelf, paper in wanted[accession]:
            octets = there.get(paper.part)
            if octets is None:
                yield accession, paper.part
            elif hashlib.sha256(octets).hexdigest() != paper.sha256:
                raise IntegrityError(
                    f"{accession} {paper.part or '原件'} 取出的内容与登记的摘要 {paper.sha256} 不符；"
                    "没有立卷，请先运行 shouwen verify"
                )
            else:
                sums[shelf.path(paper)] = durable.put(beside / shelf.path(paper), octets)


def _readme(rules: Rules, order: Order) -> str:
    what = "单位" if order.by == "unit" else "活动类别"
    return README_TEXT.format(name=rules.notice.name, what=what)


README_TEXT = """\
{name}材料卷宗

一、怎么排的
一个{what}一个文件夹。文件名是：单位-材料-活动-日期，同样的加序号 -01、-02；更正件加 -v2、-v3（v1 不写）。
日期是活动日期，照片是拍摄日期；没有写明的、不是活动材料的，是收文日期。
“不计入”里是被替代、重复、撤回和不是报送材料的来件，原因写在卷内目录的备注里。
双击会运行或会联网的文件（程序、脚本、网页），名字后面加了 .txt。

二、各是什么
卷宗目录.xlsx：全部各卷
各文件夹里的 卷内目录.xlsx：卷内文件目录；第二张表是新旧文件名对照，有每个文件的 SHA-256
对照表.csv：全部文件的新旧文件名、部件位置、SHA-256，供程序读
sha256sums.txt：全部文件的 SHA-256；核对：sha256sum -c sha256sums.txt

三、要知道的
这里都是副本，内容与原件逐字节相同；原件库里的文件没有改名，也没有改动。
卷宗含个人信息（姓名、电话、邮箱），没有遮盖，请妥善保管。
压缩包和转发的邮件已经拆开，其中各件另存；它们原样仍在“原邮件”（.eml）里。
"""
