"""The text of one OFD page: its objects, those of its template and its annotations, put into lines.

Purpose: text objects with their matrices to places in points, and places to lines, columns and cells in reading order.
Source: GB/T 33190-2016, sections 7.7 (pages, templates), 8.5 (graphic units, CTM), 11 (text: TextCode, DeltaX, DeltaY).
Limits: turned text (watermarks) stands apart; glyphs without Unicode text (11.4) are counted, not read; two columns are
told from tables by the length of their lines.
"""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from lxml import etree

from pipeline.extract.lines import Line, width

MAX_OBJECTS = 200_000
"""Text objects of one page."""
MAX_REPEAT = 10_000
"""Times that one distance may be repeated in a list of distances."""
POINTS = 72 / 25.4
"""Points in a millimetre."""
APART = 2.0
"""Characters between two pieces of one line from which they are cells."""
COLUMN = 9.0
"""Characters of a line of running text in a column, in the median; cells of tables are shorter."""
TURNED = 0.1
"""Sine of the angle from which text is turned."""

_BLANK = re.compile(r"[\s\u25a1\u00a4\ufffd\ue000-\uf8ff]*")
"""What stands in TextCode where only glyphs are stored."""
_NUMBER = re.compile(r"-?(?:\d{1,6}(?:\.\d{0,20})?|\.\d{1,20})")
_RED = re.compile(r"\s*(?:2[0-5]\d|1[6-9]\d)\s+[0-9]\d?\s+[0-9]\d?\s*$")


@dataclass(kw_only=True)
class Found:
    """What the objects of one page say. turned: texts of watermarks. glyphs: objects whose text has no Unicode."""

    pieces: list[Line] = field(default_factory=list)
    turned: list[str] = field(default_factory=list)
    glyphs: int = 0


def collect(root: etree._Element | None, found: Found) -> None:
    """Add the text objects below *root*."""
    nodes = root.iter("{*}TextObject") if root is not None else iter(())
    for number, node in enumerate(nodes):
        if number >= MAX_OBJECTS:
            return
        if str(node.get("Visible") or "").lower() != "false":
            _object(node, found)


def numbers(text: str | None) -> list[float]:
    """Give the numbers in *text*, in millimetres as a rule."""
    return [float(word) for word in (text or "").replace(",", " ").split() if _NUMBER.fullmatch(word)]


def lines(pieces: Sequence[Line]) -> list[Line]:
    """Put the pieces of one page into lines in reading order: across, or down one column and then the other."""
    rows = _rows(pieces)
    middle = _gutter(rows)
    if middle is None:
        return list(_aligned([_joined(row) for row in rows]))
    made: list[Line] = []
    sides: tuple[list[Line], list[Line]] = ([], [])
    for row in rows:
        left = [piece for piece in row if piece.right <= middle]
        right = [piece for piece in row if piece.left >= middle]
        if len(left) + len(right) < len(row):  # a title over both columns ends what stands above it
            made += [*sides[0], *sides[1], _joined(row)]
            sides = ([], [])
            continue
        for side, part in zip(sides, (left, right), strict=True):
            if part:
                side.append(_joined(part))
    return [*made, *sides[0], *sides[1]]


# ---------------------------------------------------------------- objects


def _object(node: etree._Element, found: Found) -> None:
    boundary = numbers(node.get("Boundary"))
    if len(boundary) != 4:
        return
    matrix = numbers(node.get("CTM"))
    a, b, c, d, e, f = matrix if len(matrix) == 6 else (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    size = next(iter(numbers(node.get("Size"))), 4.0)
    scale = math.hypot(c, d) or 1.0
    turned = abs(b) > TURNED * (math.hypot(a, b) or 1.0)
    codes = list(_codes(node, size * (next(iter(numbers(node.get("HScale"))), 1.0) or 1.0)))
    glyphs = node.find("{*}CGTransform") is not None or not codes
    found.glyphs += glyphs and all(_BLANK.fullmatch(text) for text, _, _, _ in codes)
    for text, x, y, end in codes:
        if _BLANK.fullmatch(text):
            continue
        if turned:
            found.turned.append(text.strip())
            continue
        base = boundary[1] + b * x + d * y + f
        line = Line(
            text=text.strip(),
            left=(boundary[0] + a * x + c * y + e) * POINTS,
            right=(boundary[0] + a * end + c * y + e) * POINTS,
            top=(base - size * scale) * POINTS,
            bottom=base * POINTS,
            size=round(size * scale * POINTS, 1),
            strong=next(iter(numbers(node.get("Weight"))), 400.0) >= 600,
            red=_is_red(node),
        )
        found.pieces.append(replace(line, left=min(line.left, line.right), right=max(line.left, line.right)))


def _is_red(node: etree._Element) -> bool:
    colour = node.find("{*}FillColor")
    return colour is not None and bool(_RED.match(str(colour.get("Value") or "")))


def _codes(node: etree._Element, size: float) -> Iterator[tuple[str, float, float, float]]:
    """Give text, x and y of its first sign and x of its end, in the object's own coordinates.

    A piece is cut where its signs stand further apart than words do; signs one below the other are pieces of a line.
    """
    x = y = 0.0
    for code in node.iter("{*}TextCode"):
        x = next(iter(numbers(code.get("X"))), x)
        y = next(iter(numbers(code.get("Y"))), y)
        yield from _cut(code.text or "", (x, y), size, _distances(code.get("DeltaX")))


def _cut(
    text: str, start: tuple[float, float], size: float, distances: Sequence[float]
) -> Iterator[tuple[str, float, float, float]]:
    x, y = start
    piece, begun, end = "", x, x
    for place, sign in enumerate(text):
        if piece and x - end > APART * size:
            yield piece, begun, y, end
            piece = ""
        if not piece.strip() and not sign.strip():
            begun = x + width(sign) * size
        elif not piece.strip():
            begun = x
        piece += sign
        end = x + width(sign) * size
        x += distances[place] if place < len(distances) else width(sign) * size
    if piece:
        yield piece, begun, y, end


def _distances(text: str | None) -> list[float]:
    """Give the distances of a list in which "g 5 4.2" stands for five times 4.2."""
    words = (text or "").split()
    found: list[float] = []
    place = 0
    while place < len(words) and len(found) < MAX_REPEAT:
        if words[place] == "g" and place + 2 < len(words):
            times = next(iter(numbers(words[place + 1])), 0.0)
            found += numbers(words[place + 2])[:1] * int(max(0.0, min(times, MAX_REPEAT)))
            place += 3
        else:
            found += numbers(words[place])[:1]
            place += 1
    return found


# ---------------------------------------------------------------- lines


def _rows(pieces: Sequence[Line]) -> list[list[Line]]:
    """Group the pieces that stand on one line; lines from top to bottom, pieces from left to right."""
    rows: list[list[Line]] = []
    for piece in sorted(pieces, key=lambda piece: (piece.bottom, piece.left)):
        if rows and abs(piece.bottom - rows[-1][0].bottom) <= min(piece.size, rows[-1][0].size) / 2:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda piece: piece.left) for row in rows]


def _gutter(rows: Sequence[Sequence[Line]]) -> float | None:
    """Give the middle of the gap between two columns of running text, None where there is one column or a table."""
    gaps = [
        (before.right, after.left)
        for row in rows
        for before, after in pairwise(row)
        if after.left - before.right > before.size / 2
    ]
    if len(gaps) < 4 or len(gaps) < len(rows) / 3:
        return None
    middle = statistics.median((left + right) / 2 for left, right in gaps)
    inside = [(left, right) for left, right in gaps if left <= middle <= right]
    lengths = [width(piece.text) for row in rows if len(row) == 2 for piece in row]
    if len(inside) < 0.8 * len(gaps) or not lengths or statistics.median(lengths) < COLUMN:
        return None
    return middle


def _aligned(found: Sequence[Line]) -> Iterator[Line]:
    """Leave cells only to lines whose cells stand below or above those of the next one: others are blanks filled in."""
    for place, line in enumerate(found):
        near = [*found[max(0, place - 1) : place], *found[place + 1 : place + 2]]
        lefts = [left for other in near for _, left in other.cells[1:]]
        below = any(abs(left - edge) <= line.size / 2 for _, left in line.cells[1:] for edge in lefts)
        if below or len(line.cells) < 2:
            yield line
        else:
            yield replace(line, text="".join(text for text, _ in line.cells), cells=())


def _joined(pieces: Sequence[Line]) -> Line:
    """Make one line of pieces from left to right; those that stand apart are its cells."""
    cells: list[tuple[str, float]] = []
    end = 0.0
    for piece in pieces:
        if cells and piece.left - end <= APART * piece.size:
            cells[-1] = (cells[-1][0] + piece.text, cells[-1][1])
        else:
            cells.append((piece.text, piece.left))
        end = max(end, piece.right)
    return replace(
        pieces[0],
        text=" ".join(text for text, _ in cells) if len(cells) > 1 else cells[0][0],
        right=end,
        strong=all(piece.strong for piece in pieces),
        cells=tuple(cells),
    )
