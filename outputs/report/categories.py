"""二、分类活动情况: each category of the notice with its figures and two or three activities in the reports' own words.

Limits: which activities are told of is 特色活动推荐's order, then how much they state; units that were not told of go first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from outputs.report.blocks import Block, Heading, Paragraph, Piece, joined, said
from outputs.report.excerpts import named, plain, quote
from outputs.report.figures import Book
from outputs.report.season import DETAILS, EXAMPLES, FEATURED, NUMERALS, STATISTICS, Season, span

COUNTED = "是"
WORDS = 110
"""Characters of a report's own words in an example."""


def categories(season: Season) -> Iterator[Block]:
    """Yield a heading, figures and examples a category."""
    ordered = sorted(season.rules.categories, key=lambda one: one.code or 99)
    rows = {row: str(values["类别"]) for row, values in season.book.rows(STATISTICS)}
    told: set[str] = set()
    for number, category in enumerate(ordered):
        row = f"category/{category.code}"
        name = category.name if category.code else "其他活动"
        yield Heading(level=2, text=f"（{NUMERALS[number]}）{name}")
        yield from _category(season, row, rows.get(row, ""), told)


def _category(season: Season, row: str, label: str, told: set[str]) -> Iterator[Block]:
    book = season.book
    activities = book.figure(STATISTICS, row, "活动数")
    if not activities or not activities.value:
        yield said("各单位报送的材料中没有计入此类的活动。")
        return
    units = book.figure(STATISTICS, row, "单位数")
    parts: list[Sequence[Piece]] = [
        (units if units is not None else "有关", "个单位开展此类活动", activities, "项")
    ]
    for header, before, unit in (
        ("参与人数", "参与", "人次"),
        ("场次", "写明举办", "场"),
        ("资料份数", "发放资料", "份"),
        ("媒体报道", "写明宣传报道", "条次"),
    ):
        figure = book.figure(STATISTICS, row, header)
        if figure is not None and figure.value:
            parts.append((before, figure, unit))
    unstated = book.figure(STATISTICS, row, "未写明人数的活动")
    if unstated is not None and unstated.value:
        parts.append(("另有", unstated, "项未写明人数，未计入"))
    yield Paragraph(pieces=joined(parts, "，", "。"))
    for number, (id_, values) in enumerate(_examples(book, label, told), 1):
        yield _example(book, number, id_, values)


def _examples(book: Book, label: str, told: set[str]) -> list[tuple[str, dict[str, Any]]]:
    """The activities of a category that stand highest in 特色活动推荐, then those that state most; units not *told* of first."""
    places = {row: place for place, (row, _) in enumerate(book.rows(FEATURED))}
    found = [
        (row, values)
        for row, values in book.rows(DETAILS)
        if values["计入"] == COUNTED and values["类别"] == label and "待核" not in (values["备注"] or "")
    ]
    found.sort(
        key=lambda one: (
            places.get(one[0], len(places)),
            -sum(one[1][header] is not None for header in ("开始日期", "地点", "参与人数")),
        )
    )
    first = {values["单位"]: row for row, values in reversed(found)}
    found.sort(key=lambda one: (first[one[1]["单位"]] != one[0], one[1]["单位"] in told))
    chosen = found[:EXAMPLES]
    told.update(values["单位"] for _, values in chosen)
    return chosen


def _example(book: Book, number: int, row: str, values: dict[str, Any]) -> Paragraph:
    """One activity: unit, name, day, place, people, and what the report says of it."""
    parts: list[Sequence[Piece]] = []
    if values["开始日期"] is not None:
        parts.append((span(values["开始日期"], values["结束日期"]),))
    if values["地点"]:
        parts.append((f"在{plain(values['地点'], 30)}",))
    parts.append((f"开展{named(values['活动名称'], 40)}",))
    people = book.figure(DETAILS, row, "参与人数")
    parts.append(("参与", people, "人次") if people is not None else ("参与人数未写明",))
    told = quote(values["活动内容"] or "", WORDS, values["活动名称"] or "")
    end = f"。材料写道：{told}（{values['收文号']}）"
    return Paragraph(pieces=joined(parts, "，", end), lead=f"{number}. {plain(values['单位'], 40)}。")
