"""What others say: 三、宣传报道, 四、典型经验 and 五（二）意见建议, word for word, each with its source.

Limits: nothing is judged; what the workbook has more of is referred to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from outputs.report.blocks import Block, Paragraph, Piece, joined, said
from outputs.report.excerpts import named, plain, quote
from outputs.report.season import EXAMPLES, PRESS, STATISTICS, Season, day
from outputs.words import TIERS

MOST_PASSAGES, PASSAGE = 3, 220
"""Passages of 典型经验 or 意见建议 that are quoted of each group, and characters of one."""
MOST_OUTLETS = 20
NOTHING = quote("", PASSAGE)
"""What a passage of nothing but control characters comes to."""


def media(season: Season) -> Iterator[Block]:
    """Yield what the reports state about the media: by tier, outlets, titles."""
    book = season.book
    figure = book.total(STATISTICS, "媒体报道")
    if not figure or not figure.value:
        yield said("报送的材料没有写明媒体宣传报道。")
    else:
        there = {row for row, _ in book.rows(PRESS)}
        each = [
            (name, book.figure(PRESS, row, "条数"))
            for level, name in TIERS.items()
            if (row := f"tier/{level or 'unknown'}") in there
        ]
        parts: list[Sequence[Piece]] = [
            (f"级别{name}" if name == TIERS[""] else name, number, "条次")
            for name, number in each
            if number is not None and number.value
        ]
        yield Paragraph(
            pieces=(
                "材料写明的媒体宣传报道共",
                figure,
                "条次，其中",
                *joined(parts, "、", "（一项活动写明一家媒体计一条次）。"),
            )
        )
        outlets = dict.fromkeys(
            plain(values["媒体"], 20) for row, values in book.rows(PRESS) if not row.startswith("tier/")
        )
        more = "等" if len(outlets) > MOST_OUTLETS else ""
        yield said(f"写明的媒体有：{'、'.join(list(outlets)[:MOST_OUTLETS])}{more}。")
        titled = [(row, values) for row, values in book.rows(PRESS) if values["报道标题"]]
        for number, (row, values) in enumerate(titled[:EXAMPLES], 1):
            yield _report(number, row, values)
    yield Paragraph(pieces=("【刊播是否属实、级别是否恰当，由经办人抽查后填写】",), fill=True)


def _report(number: int, row: str, values: dict[str, Any]) -> Paragraph:
    when = f"{day(values['报道日期'])}，" if values["报道日期"] else ""
    unit, outlet = plain(values["单位"] or "单位不明", 40), plain(values["媒体"], 20)
    words = f"{when}{outlet}报道{named(values['报道标题'], 60)}（{row.partition('/')[0]}）"
    return Paragraph(pieces=(words,), lead=f"{number}. {unit}。")


# ---------------------------------------------------------------- 四、典型经验 and 五（二）意见建议


def passages(season: Season, kind: str, by: str) -> Iterator[Block]:
    """Passages as they are written, grouped, each with its source.

    Args:
        kind: name of the sheet.
        by: header of its column that groups them.
    """
    told = list(season.book.rows(kind))
    if not told:
        yield said(f"报送的材料中没有单列的{kind}。")
        return
    groups: dict[str, dict[str, tuple[str, str]]] = {}
    for row, values in told:
        words = quote(values[f"{kind}（原文）"] or "", PASSAGE)
        if words == NOTHING:
            continue
        source = (plain(values["单位"] or "单位不明", 40), row.partition("/")[0])
        groups.setdefault(str(values[by]), {}).setdefault(words, source)
    for group, found in groups.items():
        whole = season.book.count(kind, (by, group, True))
        yield Paragraph(pieces=("（", whole, "条）："), lead=group, leads=True)
        for number, (words, (unit, accession)) in enumerate(list(found.items())[:MOST_PASSAGES], 1):
            yield Paragraph(pieces=(f"{words}（{accession}）",), lead=f"{number}. {unit}。")
    yield said(f"全文和未引的见工作簿“{kind}”表；相同的只引一条。")
