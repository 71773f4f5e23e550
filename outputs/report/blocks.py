"""What a report is made of, before anybody paints it: headings, paragraphs, excerpts, tables, charts, things to fill in.

Limits: plain values; text is cleaned where it is painted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from outputs.report.figures import Figure

Piece = str | Figure
"""Words, or a number with its place."""


def words(piece: Piece) -> str:
    """A piece as it is written."""
    return piece if isinstance(piece, str) else piece.shown


@dataclass(frozen=True, kw_only=True)
class Heading:
    """level: 1 for 一、, 2 for （一）, 3 for 1.; 0 for 附件1, on a page of its own. text: with its number.

    title: of an 附件, below its number.
    """

    level: int
    text: str
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """Words with numbers in them.

    lead: its first words, set off. fill: something that a person is to write. small: a note. leads: stays with what follows.
    """

    pieces: tuple[Piece, ...]
    lead: str = ""
    fill: bool = False
    small: bool = False
    leads: bool = False

    @property
    def text(self) -> str:
        """Its words with the numbers in them."""
        return self.lead + "".join(map(words, self.pieces))


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A table. widths: millimetres. left: numbers of the columns that are not centred.

    called: how the table of sources calls it; those that are called alike stand there once.
    """

    title: str
    headers: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[tuple[Piece, ...], ...], ...]
    left: tuple[int, ...] = ()
    note: str = ""
    small: bool = False
    called: str = ""


@dataclass(frozen=True, kw_only=True)
class Diagram:
    """A chart of bars. series: (name, one number a label; None is no bar). stacked: one bar a label."""

    title: str
    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[Figure | None, ...]], ...]
    stacked: bool = False


@dataclass(frozen=True, kw_only=True)
class Signature:
    """Who signs and when, at the right."""

    lines: tuple[str, ...]


Block = Heading | Paragraph | Grid | Diagram | Signature


@dataclass(frozen=True, kw_only=True)
class Used:
    """A number with the sentence, table or chart in which it stands. column: of the table or chart, "" in a sentence.

    at: where in the sentence it begins.
    """

    figure: Figure
    sentence: str
    column: str = ""
    at: int = 0


def said(template: str, *pieces: Piece, lead: str = "") -> Paragraph:
    """Make a paragraph of words with one *piece* for each {} in them."""
    parts = template.split("{}")
    if len(parts) != len(pieces) + 1:
        raise ValueError(f"{len(parts) - 1} places, {len(pieces)} pieces: {template}")
    mixed: list[Piece] = [parts[0]]
    for piece, after in zip(pieces, parts[1:], strict=True):
        mixed += [piece, after]
    return Paragraph(pieces=tuple(one for one in mixed if one != ""), lead=lead)


def joined(parts: Sequence[Sequence[Piece]], between: str, end: str) -> tuple[Piece, ...]:
    """Join pieces of a sentence, with *between* between them and *end* after the last."""
    found: list[Piece] = []
    for number, part in enumerate(parts):
        found += [*((between,) if number else ()), *part]
    return (*found, end)


def used(blocks: Iterable[Block]) -> Iterator[Used]:
    """Yield every number of *blocks* in reading order."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield from _of_paragraph(block)
        elif isinstance(block, Grid):
            yield from _of_grid(block)
        elif isinstance(block, Diagram):
            for name, values in block.series:
                for value in values:
                    if value is not None:
                        yield Used(figure=value, sentence=block.title, column=name)


def _of_paragraph(block: Paragraph) -> Iterator[Used]:
    at = len(block.lead)
    for piece in block.pieces:
        if isinstance(piece, Figure):
            yield Used(figure=piece, sentence=block.text, at=at)
        at += len(words(piece))


def _of_grid(block: Grid) -> Iterator[Used]:
    for row in block.rows:
        for header, cell in zip(block.headers, row, strict=False):
            for piece in cell:
                if isinstance(piece, Figure):
                    called = block.called or block.title
                    yield Used(figure=piece, sentence=called, column=header.replace("\n", ""))
