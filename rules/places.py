"""On which line of a TOML text does a key stand? tomllib does not say.

Source: TOML 1.0.0, as far as our tables use it.
Limits: exact for tables, for keys and for array elements that begin a line of their own; a key inside an inline table
has no place of its own, and its reader falls back to the element's or the array's line. Keys hold no brackets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

Place = tuple[str | int, ...]
"""Where a value stands: keys and indices from the root of the file."""

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*(\"[^\"]*\"|'[^']*'|[A-Za-z0-9_-]+)\s*=")
_TRIPLE = re.compile(r'"""|\'\'\'')
_STRING = re.compile(r'"(?:\\.|[^"\\])*"|\'[^\']*\'')


def places(content: str) -> dict[Place, int]:
    """The line of every table, key and array element that begins a line of its own."""
    found: dict[Place, int] = {}
    counts: dict[Place, int] = {}
    table: Place = ()
    key: Place = ()
    depth = element = 0
    for line, bare in _bare_lines(content):
        if depth:
            if bare.strip() and bare.strip()[0] not in "]}":
                found.setdefault((*key, element), line)
                element += 1
        elif header := _HEADER.match(bare):
            table = _table(header, counts)
            found.setdefault(table, line)
            continue
        elif named := _KEY.match(bare):
            key, element = (*table, named.group(1).strip("\"'")), 0
            found.setdefault(key, line)
        depth += _opened(bare)
    return found


def _opened(bare: str) -> int:
    """How many brackets the value on this line leaves open."""
    return sum(bare.count(mark) for mark in "[{") - sum(bare.count(mark) for mark in "]}")


def _bare_lines(content: str) -> Iterator[tuple[int, str]]:
    """Number and text of each line, strings emptied, comments and multi-line strings taken out."""
    inside = False
    for line, raw in enumerate(content.split("\n"), 1):
        pieces = _TRIPLE.split(raw)
        outer = '""'.join(piece for number, piece in enumerate(pieces) if (number % 2 == 1) == inside)
        inside ^= len(pieces) % 2 == 0
        yield line, _keys_kept(outer)


def _keys_kept(line: str) -> str:
    key = _KEY.match(line)
    head, tail = (line[: key.end()], line[key.end() :]) if key else ("", line)
    return head + re.sub("#.*", "", _STRING.sub('""', tail))


def _table(header: re.Match[str], counts: dict[Place, int]) -> Place:
    """The path of a header, with the running number of each array of tables on its way."""
    names = [name.strip().strip("\"'") for name in header.group(2).split(".")]
    path: Place = ()
    for name in names[:-1]:
        path = (*path, name)
        if path in counts:
            path = (*path, counts[path] - 1)
    path = (*path, names[-1])
    if header.group(1) == "[[":
        counts[path] = counts.get(path, 0) + 1
        path = (*path, counts[path] - 1)
    return path
