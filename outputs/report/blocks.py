"""What a report is made of, before anybody paints it: headings, paragraphs, excerpts, tables, charts, things to fill in.

Limits: plain values; text is cleaned where it is painted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from outputs.report.figures import Figure

Piece = str | Figure
"""Words, or a number with its place."""


@dataclass(frozen=True, kw_only=True)
class Heading:
    """level: 1 for 一、, 2 for （一）, 3 for 1.; 0 for 附件1, on a page of its own. text: with its number."""

    level: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """lead: its first words, set off. fill: something that a person is to write. small: a note."""

    pieces: tuple[Piece, ...]
    lead: str = ""
    fill: bool = False
    small: bool = False

    @property
    def text(self) -> str:
        """Its words with the numbers in them."""
        return self.lead + "".join(one if isinstance(one, str) else one.shown for one in self.pieces)


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A table. widths: millimetres. left: numbers of the columns that are not centred."""

    title: str
    headers: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[tuple[Piece, ...], ...], ...]
    left: tuple[int, ...] = ()
    note: str = ""
    small: bool = False


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
    """A number with the sentence, table or chart in which it stands."""

    figure: Figure
    sentence: str


def said(template: str, *pieces: Piece, lead: str = "") -> Paragraph:
    """Make a paragraph of words with one *piece* for each {} in them."""
    words = template.split("{}")
    if len(words) != len(pieces) + 1:
        raise ValueError(f"{len(words) - 1} places, {len(pieces)} pieces: {template}")
    mixed: list[Piece] = [words[0]]
    for piece, after in zip(pieces, words[1:], strict=True):
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
            for piece in block.pieces:
                if isinstance(piece, Figure):
                    yield Used(figure=piece, sentence=block.text)
        elif isinstance(block, Grid):
            for row in block.rows:
                for cell in row:
                    for piece in cell:
                        if isinstance(piece, Figure):
                            yield Used(figure=piece, sentence=block.title)
        elif isinstance(block, Diagram):
            for name, values in block.series:
                for value in values:
                    if value is not None:
                        yield Used(figure=value, sentence=f"{block.title}（{name}）")
