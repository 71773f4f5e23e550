"""Tables as reports use them: lists of activities, one a row, and the form of one activity, labels beside values.

Limits: a table is known by its labels; rows of people, of media or of prices are neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.records import Block
from pipeline.segment.words import ABOUT_LABEL, FORM_LABEL, LIST_LABEL

FORM_WIDTH = 4
"""Cells of a form's row at most: label and value, once or twice."""
HEADER_WITHIN = 3
"""Rows from the top among which a list's header stands; its title and its unit may come before."""
LONGEST_LABEL = 16
"""Characters of a column's label."""
_OTHER_LIST = re.compile(r"链接|网址|标题|姓名|职称|单价|\d")
"""A label of a list of media, people or goods; labels hold no digits."""


def header(block: Block) -> int | None:
    """Give the number of the row that heads a list of activities, None where the table is no such list."""
    if block.fields:
        return None
    rows = block.rows[: min(HEADER_WITHIN, len(block.rows) - 1)]
    return next((place for place, row in enumerate(rows) if _heads_a_list(row)), None)


def is_form(block: Block) -> bool:
    """Say whether a table is the form of one activity: labels beside values, a name, and a time or a place."""
    widest = max((sum(bool(cell.strip()) for cell in row) for row in block.rows), default=0)
    if len(block.rows) < 2 or widest > FORM_WIDTH or header(block) is not None:
        return False
    labels = [label for label, _, _ in fields(block)]
    named = any(re.search(r"名\s*称|主\s*题", label) for label in labels)
    placed = any(re.search(r"时\s*间|日\s*期|地\s*点", label) for label in labels)
    return named and placed and 2 * len(labels) >= len(block.rows)


def fields(block: Block) -> Iterator[tuple[str, str, int]]:
    """Give label, value and the value's place in the block's text, of each label with its value beside it."""
    at = 0
    for row in block.rows:
        starts = [at + sum(map(len, row[:place])) + place for place in range(len(row))]
        filled = [(cell, start) for cell, start in zip(row, starts, strict=True) if cell.strip()]
        for (label, _), (value, start) in zip(filled[::2], filled[1::2], strict=False):
            if FORM_LABEL.fullmatch(label.strip()):
                yield label.strip(), value, start
        at += sum(map(len, row)) + len(row)


def _heads_a_list(row: tuple[str, ...]) -> bool:
    cells = [cell.strip() for cell in row if cell.strip()]
    labels = [cell for cell in cells if LIST_LABEL.search(cell) and len(cell) < LONGEST_LABEL]
    about = any(ABOUT_LABEL.search(cell) for cell in labels)
    other = any(_OTHER_LIST.search(cell) for cell in cells)
    return len(cells) > 2 and about and not other and len(labels) >= 2 and 2 * len(labels) >= len(cells)
