"""附件: 单位汇总 by peer group, 未报送 by peer group, and the table that says where every number stands.

Limits: points and ranks are 建议; nobody is said to have won anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from outputs.report.blocks import Block, Grid, Heading, Paragraph, Piece, Used
from outputs.report.excerpts import plain
from outputs.report.figures import Figure
from outputs.report.sections import Season
from outputs.words import MISSING, OUTSIDE

UNITS, UNSENT = "单位汇总", "未报送"
LONGEST_SENTENCE = 60
_COLUMNS = ("计入来件", "活动数", "覆盖类别", "参与人数", "最终低分", "最终高分", "组内名次")


def annexes(season: Season) -> Iterator[Block]:
    """Yield 附件一 and 附件二."""
    yield Heading(level=0, text="附件一　单位汇总表（建议）")
    yield Paragraph(
        pieces=("分数和名次是机器按评分办法提出的建议，名次只在同类组内按低分排；事实不明的给低分、高分两个数。",),
        small=True,
    )
    for group in (*season.groups, OUTSIDE):
        rows = tuple(_units(season, group))
        if rows:
            yield Grid(
                title=group,
                headers=("单位", "来件", "活动", "类别", "参与\n人数", "建议\n低分", "建议\n高分", "组内\n名次", "缺少材料"),
                widths=(45, 11, 11, 11, 15, 13, 13, 11, 26),
                rows=rows,
                left=(0, 8),
                small=True,
            )
    yield Heading(level=0, text="附件二　未报送单位名单")
    yield from _unsent(season)


def _units(season: Season, group: str) -> Iterator[tuple[tuple[Piece, ...], ...]]:
    book = season.book
    for row, values in book.rows(UNITS):
        if values["同类组"] == group:
            figures = [book.figure(UNITS, row, header) for header in _COLUMNS]
            cells: list[tuple[Piece, ...]] = [(one if one is not None else MISSING,) for one in figures]
            yield ((plain(values["单位"], 60),), *cells, (values["缺少材料"] or "",))


def _unsent(season: Season) -> Iterator[Block]:
    found: dict[str, list[str]] = {}
    for _, values in season.book.rows(UNSENT):
        found.setdefault(values["同类组"], []).append(plain(values["单位"], 60))
    if not found:
        yield Paragraph(pieces=("名册内单位都已报送。",))
    for group, units in found.items():
        yield Paragraph(
            pieces=("（", season.book.count(UNSENT, ("同类组", group, True)), "个）：", "、".join(units) + "。"),
            lead=group,
        )


def sources(used: Iterable[Used]) -> Iterator[Block]:
    """Yield 附：数字出处表: each number of the text with its cell; those of a table or chart, column by column."""
    yield Heading(level=0, text="附件三　数字出处表")
    yield Paragraph(
        pieces=("本稿的数字都取自同一统计截止的评价工作簿，逐个对应如下；改动工作簿后请重新编制本稿，不要手工改数。",),
        small=True,
    )
    rows = []
    for (sentence, tabled), group in groupby(used, key=lambda one: (one.sentence, _tabled(one))):
        rows += list(_columns(sentence, list(group)) if tabled else (_row(one) for one in group))
    yield Grid(
        title="",
        headers=("数字", "所在语句", "工作表", "单元格", "行、列"),
        widths=(16, 58, 20, 20, 42),
        rows=tuple(tuple((cell,) for cell in row) for row in rows),
        left=(1, 4),
        small=True,
    )


def _tabled(one: Used) -> bool:
    """Whether it stands in 附件一's tables, whose columns are named once."""
    return one.figure.sheet == UNITS


def _row(one: Used) -> tuple[str, ...]:
    return (
        one.figure.shown,
        _around(one),
        one.figure.sheet,
        one.figure.cell,
        f"{one.figure.source}" + ("" if one.figure.where else f"“{one.figure.header}”"),
    )


def _columns(sentence: str, used: list[Used]) -> Iterator[tuple[str, ...]]:
    by_header: dict[str, list[Figure]] = {}
    for one in used:
        by_header.setdefault(one.figure.header, []).append(one.figure)
    for header, figures in by_header.items():
        first, last = figures[0].cell, figures[-1].cell
        where = first if first == last else f"{first}—{last}"
        yield "各行", f"附件一“{sentence}”表“{header}”", figures[0].sheet, where, f"单位所在行“{header}”"


def _around(one: Used) -> str:
    """The words around a number in its sentence."""
    text, shown = one.sentence, one.figure.shown
    at = text.find(shown)
    if len(text) <= LONGEST_SENTENCE or at < 0:
        return text[:LONGEST_SENTENCE]
    start = max(0, at - LONGEST_SENTENCE // 2)
    end = min(len(text), start + LONGEST_SENTENCE)
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"


