"""附件: 单位汇总 by peer group, 未报送 by peer group, and the table that says where every number stands.

Limits: points and ranks are 建议; nobody is said to have won anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from outputs.report.blocks import Block, Grid, Heading, Paragraph, Piece, Used
from outputs.report.excerpts import plain
from outputs.report.figures import Figure
from outputs.report.season import Season
from outputs.words import MISSING, OUTSIDE

UNITS, UNSENT = "单位汇总", "未报送"
ABREAST = 3
"""Names of units in a row."""
AROUND = 8
"""Characters of a sentence before and after its number."""
_COLUMNS = ("计入来件", "活动数", "覆盖类别", "参与人数", "最终低分", "最终高分", "组内名次")


def annexes(season: Season) -> Iterator[Block]:
    """Yield 附件一 and 附件二."""
    yield Heading(level=0, text="附件1", title="单位汇总表（建议）")
    yield Paragraph(
        pieces=(
            "分数和名次是按评分办法和复核分算出的建议，名次只在同类组内按低分排；事实不明的给低分、高分两个数。",
        ),
        small=True,
    )
    for group in (*season.groups, OUTSIDE):
        rows = tuple(_units(season, group))
        if rows:
            yield Grid(
                title=group,
                headers=(
                    "单位",
                    "来件",
                    "活动",
                    "类别",
                    "参与\n人数",
                    "最终\n低分",
                    "最终\n高分",
                    "组内\n名次",
                    "缺少材料",
                ),
                widths=(43, 9, 9, 9, 16, 16, 16, 10, 28),
                rows=rows,
                left=(0, 8),
                small=True,
                called="附件1各表",
            )
    yield Heading(level=0, text="附件2", title="未报送单位名单")
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
            pieces=("（", season.book.count(UNSENT, ("同类组", group, True)), "个）"), lead=group, leads=True
        )
        empty = [""] * (-len(units) % ABREAST)
        cells = [(name,) for name in (*units, *empty)]
        yield Grid(
            title="",
            headers=(),
            widths=(52,) * ABREAST,
            rows=tuple(tuple(cells[at : at + ABREAST]) for at in range(0, len(cells), ABREAST)),
            left=tuple(range(ABREAST)),
            small=True,
        )


def sources(used: Iterable[Used]) -> Iterator[Block]:
    """Yield 附：数字出处表: each number of the text with its cell; those of a table or chart, column by column."""
    yield Heading(level=0, text="附件3", title="数字出处表")
    yield Paragraph(
        pieces=(
            "本稿的数字都取自同一统计截止的评价工作簿，逐个对应如下；改动工作簿后请重新编制本稿，不要手工改数。",
        ),
        small=True,
    )
    yield Grid(
        title="",
        headers=("数字", "所在语句", "工作表、单元格", "行、列"),
        widths=(18, 47, 36, 55),
        rows=tuple(tuple((cell,) for cell in row) for row in _rows(list(used))),
        left=(1, 2, 3),
        small=True,
    )


def _rows(used: list[Used]) -> Iterator[tuple[str, ...]]:
    tabled: dict[tuple[str, str], list[Figure]] = {}
    for one in used:
        if one.column:
            tabled.setdefault((one.sentence, one.column), []).append(one.figure)
    told = set[tuple[str, str]]()
    for one in used:
        key = (one.sentence, one.column)
        if not one.column:
            yield _row(one)
        elif key not in told:
            told.add(key)
            yield _column(one, tabled[key])


def _row(one: Used) -> tuple[str, ...]:
    figure = one.figure
    what = figure.source if figure.where else f"{figure.source}“{figure.header}”"
    return figure.shown, _around(one), f"{figure.sheet} {figure.cell}", what


def _column(one: Used, figures: list[Figure]) -> tuple[str, ...]:
    """All numbers of one column of a table or chart, which stand in one column of a sheet or are counts alike."""
    first, last = figures[0], figures[-1]
    if first.where:
        headers = "”“".join(dict.fromkeys(header for figure in figures for header, _, _ in figure.where))
        return "各数", f"{one.sentence}“{one.column}”", first.sheet, f"按“{headers}”筛选的行数"
    where = first.cell if first.cell == last.cell else f"{first.cell}—{last.cell}"
    return "各数", f"{one.sentence}“{one.column}”", f"{first.sheet} {where}", f"同名各行的“{first.header}”"


def _around(one: Used) -> str:
    """The words around a number in its sentence."""
    text, end = one.sentence, one.at + len(one.figure.shown)
    start, stop = max(0, one.at - AROUND), min(len(text), end + AROUND)
    while 0 < start < one.at and text[start - 1].isdigit():
        start += 1
    while end < stop < len(text) and text[stop].isdigit():
        stop -= 1
    return f"{'…' if start else ''}{text[start:stop]}{'…' if stop < len(text) else ''}"
