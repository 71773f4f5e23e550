"""Tables that are forms: the whole report in merged cells, unfolded into headings and paragraphs.

Purpose: a table of short cells stays a table; a long cell with at most one label beside it is running text.
Source: the 信息报送表 and 活动情况表 that units fill in.
Limits: judges rows by what is filled in, not by borders; a data table with a long column stays a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.extract import shape
from pipeline.extract.shape import Paragraph

LONG = 60
"""Characters from which a cell is running text, if at most a label stands beside it."""
MAX_NAMED = 3
"""Filled cells of a row among which the label of an activity's name is looked for; in a list it stands among many."""
MAX_LABEL = 40
"""Characters of a label."""
NEAR = 60
"""Twips by which edges of cells may differ and still be one column."""

_TITLE = re.compile(r"^(?:信息|文章|稿件|报道|总结|材料)?(?:标\s*题|题\s*目)$")


_BESIDE_TITLE = re.compile(r"^附|[：:]")
_NAME = re.compile(r"^(?:活动|项目)?\s*(?:名\s*称|主\s*题)\s*[：:]?$")
_LABEL = re.compile(
    r"^(?:活动|举办|主办|承办|参与|参加|开展|主要)?(?:时间|日期|地点|场所|人数|单位|内容|形式|类别|类型|规模|对象|概况|简介|情况|成效|备注)"
)


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One cell: its paragraphs (a nested table is one with rows); empty where a merged cell goes on."""

    paragraphs: tuple[Paragraph, ...] = ()

    @property
    def text(self) -> str:
        """All its text on one line, without what is hidden."""
        shown = (line.text.strip() for line in self.paragraphs if line.aside is None)
        return " ".join(text for text in shown if text)


def unfold(rows: Sequence[Sequence[Cell]]) -> Iterator[Paragraph]:
    """Give the table of the short cells, then the long cells as paragraphs, each under its label as heading.

    A form that holds several activities one below the other is unfolded activity by activity, each under its name.
    """
    starts = [place for place, row in enumerate(rows) if _name(row) is not None]
    if len(starts) < 2:
        yield from _unfold(rows)
        return
    yield from _unfold(rows[: starts[0]])
    for start, end in pairwise([*starts, len(rows)]):
        yield from _activity(rows[start:end])


def _name(row: Sequence[Cell]) -> int | None:
    """Give the place of the label 活动名称 in a row that goes on with the name itself, None in all others."""
    places = [place for place, cell in enumerate(row) if cell.text]
    for place, following in pairwise(places[:MAX_NAMED]):
        if _NAME.match(row[place].text):
            return None if _LABEL.match(row[following].text) or len(row[following].text) > LONG else place
    return None


def _activity(rows: Sequence[Sequence[Cell]]) -> Iterator[Paragraph]:
    """Give one activity of a form: its name as heading, the rest below it; a label merged over all rows stands once."""
    first = list(rows[0])
    label = _name(first) or 0
    value = next(place for place in range(label + 1, len(first)) if first[place].text)
    yield Paragraph(text=first[value].text, outline=1)
    if any(cell.text for cell in first[:label]):
        first[label] = first[value] = Cell()
    else:
        del first[: value + 1]
    over = rows[0][0].text
    rest = [[Cell() if over and row[0].text == over else row[0], *row[1:]] for row in rows[1:] if row]
    for line in _unfold([first, *rest]):
        yield replace(line, outline=2) if line.outline == 1 else line


def above(rows: Sequence[Sequence[Cell]]) -> int:
    """Count the rows of one cell above a table of several columns: its title, 附件2, unit and date."""
    widest = max((len(_filled(row)) for row in rows), default=0)
    first = next((place for place, row in enumerate(rows) if len(_filled(row)) > 1), 0)
    short = all(len(cell.text) <= shape.MAX_TITLE for row in rows[:first] for cell in row)
    return first if widest > MAX_NAMED and short else 0


def _unfold(rows: Sequence[Sequence[Cell]]) -> Iterator[Paragraph]:
    top = above(rows)
    for row in rows[:top]:
        for line in (line for cell in row for line in cell.paragraphs):
            yield replace(line, centred=not _BESIDE_TITLE.search(line.text), strong=True)
    rows = rows[top:]
    kept: list[list[str]] = []
    running: list[Paragraph] = []
    frame = all(len(_filled(row)) <= 1 for row in rows)
    goes_on = False
    for row in rows:
        filled = _filled(row)
        below = (
            goes_on and len(filled) == 1 and filled[0] is not row[0]
        )  # its label is merged with the one above
        goes_on = frame or below or _is_running(filled)
        if goes_on:
            running.extend(_unfolded(filled))
        else:
            kept.append([cell.text for cell in row])
            running.extend(line for cell in row for line in cell.paragraphs if _beside(line))
    if any(any(row) for row in kept):
        yield shape.table(kept)
    yield from running


def _beside(line: Paragraph) -> bool:
    """Say whether *line* stands in a short cell and yet in no table: a picture, hidden text."""
    return line.aside is not None or (line.picture and not line.text)


def _filled(row: Sequence[Cell]) -> list[Cell]:
    return [cell for cell in row if cell.text or any(line.picture for line in cell.paragraphs)]


def _is_running(filled: Sequence[Cell]) -> bool:
    if not 1 <= len(filled) <= 2 or (len(filled[0].text) > MAX_LABEL and len(filled) == 2):
        return False
    last = filled[-1]
    titled = len(filled) == 2 and bool(_TITLE.match(filled[0].text))
    return (
        titled or len(last.text) >= LONG or len([line for line in last.paragraphs if line.text.strip()]) >= 3
    )


def _unfolded(filled: Sequence[Cell]) -> Iterator[Paragraph]:
    """Give label and text of one row; the value of 标题 is the report's title."""
    if len(filled) == 2:
        label, value = filled
        if _TITLE.match(label.text):
            yield Paragraph(text=value.text, outline=0)
            return
        yield Paragraph(text=label.text.rstrip("：:"), outline=1)
        yield from _plain(value)
    else:
        for cell in filled:
            yield from cell.paragraphs


def _plain(cell: Cell) -> Iterator[Paragraph]:
    """Give the paragraphs of a long cell; alignment inside a form says nothing."""
    for line in cell.paragraphs:
        yield replace(line, centred=False)


def even(rows: Sequence[tuple[tuple[int, ...], list[Cell]]]) -> list[list[Cell]]:
    """Give the rows with an empty cell for each further column that a cell spans, known by the edges."""
    columns: list[int] = []
    for edge in sorted({edge for edges, _ in rows for edge in edges}):
        if not columns or edge - columns[-1] > NEAR:
            columns.append(edge)
    return [_spread(cells, edges, columns) for edges, cells in rows]


def _spread(cells: list[Cell], edges: tuple[int, ...], columns: list[int]) -> list[Cell]:
    if len(edges) != len(cells) + 1:
        return cells
    places = [max((n for n, column in enumerate(columns) if column <= edge), default=0) for edge in edges]
    found = [Cell()] * places[0]
    for number, cell in enumerate(cells):
        found.extend([cell, *[Cell()] * max(0, places[number + 1] - places[number] - 1)])
    return found
