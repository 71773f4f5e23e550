"""Tables that are forms: the whole report in merged cells, unfolded into headings and paragraphs.

Purpose: a table of short cells stays a table; a long cell with at most one label beside it is running text.
Source: the 信息报送表 and 活动情况表 that units fill in.
Limits: judges rows by what is filled in, not by borders; a data table with a long column stays a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.extract import shape
from pipeline.extract.shape import Paragraph

LONG = 60
"""Characters from which a cell is running text, if at most a label stands beside it."""
MAX_LABEL = 40
"""Characters of a label."""
NEAR = 60
"""Twips by which edges of cells may differ and still be one column."""

_TITLE = re.compile(r"^(?:信息|文章|稿件|报道|总结|材料)?(?:标\s*题|题\s*目)$")


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
    """Give the table of the short cells, then the long cells as paragraphs, each under its label as heading."""
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
