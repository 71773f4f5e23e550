"""From lines on pages to paragraphs: for PDF text layers and recognised scans.

Purpose: a line that ends at the right margin goes on in the next one, if that begins at the left margin; page numbers
and running headers are set aside; columns that stand apart are a table.
Source: GB/T 9704-2012 (type area, first lines indented by two characters, page number at the foot).
Limits: one column of running text; a page set in two columns keeps the order in which its lines come.
"""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.extract import shape
from pipeline.extract.shape import Paragraph
from pipeline.records import Aside

SLACK = 0.9
"""Characters that a full line may lack at the right, besides those that had to go down with the next line."""
SLACK_INSIDE = 4.5
"""The same for a line that ends inside a sentence (recognised lines lose signs at their ends)."""
STRAY = 3
"""Characters of a recognised line at the foot of a page that is a misread page number."""
INDENT = 1.2
"""Characters from which a line counts as indented."""
RIGHT = 8.0
"""Characters of indent from which a line is set at the right: a signature."""
ZONE = 0.085
"""Share of the page's height, at top and foot, where running headers and page numbers stand."""
APART = 1.5
"""Line pitches between a running header and the text."""
LARGER = 1.12
"""How much larger than running text a title is set, at least."""

_PAGE_NUMBER = re.compile(
    r"^[\s—–\-－·•_.]*(?:第\s*)?\d{1,4}\s*(?:页)?(?:\s*[/／，,共]+\s*\d{1,4}\s*页?)?[\s—–\-－·•_.]*$"
)
_WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60\u3000-\u303f—…“”‘’]")
_TOGETHER = re.compile(r"[“‘（《〈「【〔]*(?:[A-Za-z0-9.%:/-]+|.)[，。、；：！？”’）》〉」】〕…—·]*")
_SENTENCE = re.compile(r"[。！？；：”）]$")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line: its text, its box (left, right, top, bottom; top counts downwards), and what is known of its look.

    cells: (text, left) of pieces that stand apart, one for an ordinary line. size: points, 0 if unknown. turned: it
    stands askew on its page (a watermark).
    """

    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float = 0.0
    strong: bool = False
    red: bool = False
    confidence: float | None = None
    cells: tuple[tuple[str, float], ...] = ()
    turned: bool = False


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page: number from 1, width and height in the unit of its lines, lines in reading order."""

    number: int
    width: float
    height: float
    lines: tuple[Line, ...]


@dataclass(frozen=True, kw_only=True)
class _Set:
    """A line with its place in the type area, in characters: indent from the left, rest at the right."""

    line: Line
    page: int
    indent: float
    rest: float
    large: bool
    aside: Aside | None


def paragraphs(pages: Sequence[Page]) -> list[Paragraph]:
    """Join the lines of all pages into paragraphs, tables and asides, in reading order."""
    repeated = _repeated(pages)
    em = _character(pages)
    placed: list[_Set] = []
    for page in pages:
        placed.extend(_placed(page, pages, em, repeated))
    asides = [_single(item, em) for item in placed if item.aside is not None]
    running = [item for item in placed if item.aside is None]
    headers = [line for line in asides if line.aside is Aside.HEADER]
    footers = [line for line in asides if line.aside is Aside.FOOTER]
    return [*_once(headers), *_joined(running, em), *_once(footers)]


def width(text: str) -> float:
    """Give the width of *text* in Chinese characters: Latin letters and digits take half of one."""
    return sum(1.0 if _WIDE.match(sign) else 0.5 for sign in text)


# ---------------------------------------------------------------- the type area


def _character(pages: Sequence[Page]) -> float:
    """Give the width of a character of running text, in the pages' unit."""
    widths = [
        (line.right - line.left) / width(line.text)
        for page in pages
        for line in page.lines
        if width(line.text) >= 8
    ]
    return statistics.median(widths) if widths else 12.0


def _placed(page: Page, pages: Sequence[Page], em: float, repeated: frozenset[str]) -> list[_Set]:
    left, right = _margins(page, pages, em)
    body = _body_size(pages)
    found = []
    for place, line in enumerate(page.lines):
        found.append(
            _Set(
                line=line,
                page=page.number,
                indent=(line.left - left) / em,
                rest=(right - line.right) / em,
                large=_is_large(page, line, body),
                aside=_aside(page, place, repeated, body),
            )
        )
    return found


def _is_large(page: Page, line: Line, body: float) -> bool:
    """Say whether a line is set larger than running text; recognised ones (less sure) only in the upper half."""
    if not body or _size(line) < body * LARGER:
        return False
    if line.confidence is None:
        return True
    return line.top < page.height / 2 and len(line.text) > 2


def _margins(page: Page, pages: Sequence[Page], em: float) -> tuple[float, float]:
    """Give left and right margin of running text: of the page, or of the fullest one where it has few lines."""
    full = [line for line in page.lines if width(line.text) >= 15]
    if len(full) < 3:
        fullest = max(pages, key=lambda other: len(other.lines))
        others = fullest.lines if fullest is not page else ()
        full = [line for line in (*page.lines, *others) if width(line.text) >= 15]
    if len(full) < 2:
        left = min((line.left for line in page.lines), default=0.0)
        return left, max([page.width - left, *(line.right for line in page.lines)])
    lefts = sorted(line.left for line in full)
    rights = sorted((line.right for line in full), reverse=True)
    left = _shared(lefts, em / 2)
    # Where every long line is a first line, the short ones below them show the margin.
    below = [
        line.left for line in page.lines if INDENT * em < left - line.left < 3 * em and width(line.text) >= 2
    ]
    return min(below, default=left), _shared(rights, em)


def _shared(edges: Sequence[float], near: float) -> float:
    """Give the first edge that another one shares; the first of all where none does."""
    return next((edge for edge in edges if sum(abs(edge - other) < near for other in edges) >= 2), edges[0])


def _size(line: Line) -> float:
    return line.size or (line.right - line.left) / max(1.0, width(line.text))


def _body_size(pages: Sequence[Page]) -> float:
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            sizes[round(_size(line), 1)] += len(line.text)
    if not sizes:
        return 0.0
    if any(line.size for page in pages for line in page.lines):
        return sizes.most_common(1)[0][0]
    return statistics.median(size for size, count in sizes.items() for _ in range(count))


def _repeated(pages: Sequence[Page]) -> frozenset[str]:
    """Give the texts (digits left out) that stand at the top or foot of several pages."""
    found: Counter[str] = Counter()
    for page in pages:
        found.update({_plain(line.text) for line in page.lines if _in_zone(page, line)})
    return frozenset(text for text, count in found.items() if count >= 2 and text)


def _plain(text: str) -> str:
    return re.sub(r"[\d\s]", "", text)


def _in_zone(page: Page, line: Line) -> bool:
    return line.bottom < page.height * ZONE or line.top > page.height * (1 - ZONE)


def _aside(page: Page, place: int, repeated: frozenset[str], body: float) -> Aside | None:
    line = page.lines[place]
    if line.turned:
        return Aside.HEADER
    foot = line.top > page.height / 2
    side = Aside.FOOTER if foot else Aside.HEADER
    if foot and line.confidence is not None and _in_zone(page, line) and len(line.text) <= STRAY:
        return side
    last = line.top >= max(other.top for other in page.lines)
    if _PAGE_NUMBER.match(line.text) and (_in_zone(page, line) or (foot and last)):
        return side
    if not _in_zone(page, line):
        return None
    if _plain(line.text) in repeated:
        return side
    gap = min((abs(other.top - line.top) for other in page.lines if other is not line), default=page.height)
    small = not body or _size(line) < body * 0.95
    return side if small and gap > APART * (line.bottom - line.top) else None


# ---------------------------------------------------------------- joining


def _joined(lines: Sequence[_Set], em: float) -> list[Paragraph]:
    found: list[Paragraph] = []
    place = 0
    while place < len(lines):
        rows = _table(lines, place, em)
        if rows:
            found.append(shape.table(_grid(rows, em), page=lines[place].page))
            place += len(rows)
            continue
        end = place + 1
        while end < len(lines) and _goes_on(lines[end - 1], lines[end], em):
            end += 1
        found.append(_paragraph(lines[place:end], em))
        place = end
    return found


def _goes_on(before: _Set, after: _Set, em: float) -> bool:
    """Say whether *after* continues the paragraph that *before* belongs to."""
    ended = before.large or bool(_SENTENCE.search(before.line.text))
    full = before.rest <= _unbreakable(after.line.text) + (SLACK if ended else SLACK_INSIDE)
    if not full or len(after.line.cells) > 1:
        return False
    if before.large or after.large:
        size = _size(before.line)
        return (
            before.large
            and after.large
            and before.page == after.page
            and abs(size - _size(after.line)) < 0.15 * size
        )
    placed = abs(after.indent) <= INDENT and before.indent <= RIGHT and not _is_centred(before)
    near = before.page != after.page or after.line.top - before.line.top <= 3.2 * em
    numbered = ended and shape.level_of(after.line.text) > 0 and before.indent < INDENT
    return placed and near and not numbered and not shape.is_caption(after.line.text)


def _is_centred(item: _Set) -> bool:
    return item.indent > 2.5 and item.rest > 2 and abs(item.indent - item.rest) < 2.5


def _unbreakable(text: str) -> float:
    """Give the width of what must stay together at the start of a line: a word or sign with the signs that follow it."""
    match = _TOGETHER.match(text)
    return width(match[0]) if match else 1.0


def _paragraph(items: Sequence[_Set], em: float) -> Paragraph:
    text = items[0].line.text
    for item in items[1:]:
        text = glued(text, item.line.text)
    return replace(
        _single(items[0], em),
        text=text,
        strong=all(item.line.strong for item in items),
        confidence=_confidence([item.line for item in items]),
    )


def _single(item: _Set, em: float) -> Paragraph:
    line = item.line
    return Paragraph(
        text=line.text,
        size=round(_size(line), 1) if item.large or line.size else em,
        strong=line.strong,
        centred=item.large or _is_centred(item),
        right=not item.large and not _is_centred(item) and item.indent > RIGHT,
        red=line.red,
        page=item.page,
        confidence=line.confidence,
        aside=item.aside,
    )


def glued(before: str, after: str) -> str:
    """Join two lines of one paragraph: with a space only between Latin words."""
    latin = before[-1:].isascii() and after[:1].isascii() and before[-1:].isalnum() and after[:1].isalnum()
    return (
        f"{before} {after}"
        if latin and not (before[-1:].isdigit() and after[:1].isdigit())
        else before + after
    )


def _confidence(lines: Sequence[Line]) -> float | None:
    known = [(line.confidence, len(line.text)) for line in lines if line.confidence is not None]
    total = sum(length for _, length in known)
    return round(sum(value * length for value, length in known) / total, 3) if total else None


def _once(asides: Sequence[Paragraph]) -> list[Paragraph]:
    """Keep each running header once, and no page numbers."""
    found: dict[str, Paragraph] = {}
    for line in asides:
        if not _PAGE_NUMBER.match(line.text) and len(line.text) > STRAY:
            found.setdefault(_plain(line.text), line)
    return list(found.values())


# ---------------------------------------------------------------- tables


def _table(lines: Sequence[_Set], place: int, em: float) -> list[_Set]:
    """Give the lines from *place* on that stand in columns: at least two, of two cells and more."""
    found: list[_Set] = []
    for item in lines[place:]:
        if len(item.line.cells) < 2 or (found and item.line.top - found[-1].line.top > 6 * em):
            break
        found.append(item)
    return found if len(found) >= 2 else []


def _grid(items: Sequence[_Set], em: float) -> list[list[str]]:
    """Put the cells into columns: in their order where a row is complete, else by their left edges."""
    most = max(len(item.line.cells) for item in items)
    complete = [item.line.cells for item in items if len(item.line.cells) == most]
    edges = [min(cells[column][1] for cells in complete) for column in range(most)]
    rows = []
    for item in items:
        row = [""] * most
        for place, (text, left) in enumerate(item.line.cells):
            near = max((number for number, edge in enumerate(edges) if edge <= left + em), default=0)
            column = place if len(item.line.cells) == most else near
            row[column] = f"{row[column]} {text}".strip()
        rows.append(row)
    return rows
