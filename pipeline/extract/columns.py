"""Text in columns: csv, tsv, and what programs export as text under the name .xls.

Purpose: the cells of such a text in any Chinese charset, with comma, tab, semicolon or Chinese comma between them.
Source: RFC 4180; a first line "sep=;" as Excel writes it.
Limits: the separator that the first lines hold most often wins; the first MAX_ROWS rows are read.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

from pipeline.extract import charset, grid, sheet
from pipeline.extract.book import Book
from pipeline.extract.grid import MAX_CELL, MAX_ROWS
from pipeline.records import Content, Leaf

_SEPARATORS = ",\t;|，"
_STATED = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"')
_HEAD = 20
_COLUMNS = 2 * grid.MAX_COLUMNS


class _Loose(csv.excel):
    """Quotes are signs like others."""

    quoting = csv.QUOTE_NONE


def read(leaf: Leaf, _abilities: tuple[str, ...] = ()) -> Content:
    """Read one text; partly where it is longer than the limits."""
    text = charset.decode(leaf.data, leaf.charset).replace("\x00", "")
    stated = _STATED.match(text)
    body = text[stated.end() :] if stated else text
    separator = stated[1] if stated else _separator(body)
    found = grid.plain(list(_rows(body, separator)))
    return sheet.content(Book(grids=[found]), leaf)


def _separator(text: str) -> str:
    """Choose what the first lines hold most often outside quotes."""
    head = _QUOTED.sub("", "\n".join(text.split("\n", _HEAD)[:_HEAD]))
    return max(_SEPARATORS, key=head.count)


def _rows(text: str, separator: str) -> Iterator[list[str]]:
    dialect = _Loose if text.count('"') % 2 else csv.excel  # one open quote would swallow all
    rows = csv.reader(io.StringIO(text, newline=""), dialect, delimiter=separator)
    try:
        for row in islice(rows, MAX_ROWS + 1):
            yield [_cell(cell) for cell in row[:_COLUMNS]]
    except csv.Error:  # a field beyond the module's limit: the rest line by line
        for line in text.split("\n")[rows.line_num :]:
            yield [_cell(cell) for cell in line.split(separator)[:_COLUMNS]]


def _cell(text: str) -> str:
    """Give a cell's text; ="00123" is how programs keep the zeros."""
    plain = text.strip()[:MAX_CELL]
    return plain[2:-1] if plain.startswith('="') and plain.endswith('"') and len(plain) > 3 else plain
