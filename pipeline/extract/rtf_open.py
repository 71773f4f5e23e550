r"""What is open while an RTF file is read: the state of the group, the paragraph and the table around it.

Purpose: the paragraphs of the text, and of each aside and text box in it, do not mix.
Source: Rich Text Format Specification 1.9.1, "Contents of an RTF File".
Limits: see rtf.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from pipeline.extract import form, rtf_words
from pipeline.extract.form import Cell
from pipeline.extract.shape import Paragraph
from pipeline.records import Aside


@dataclass(frozen=True, kw_only=True)
class State:
    r"""What holds in one group.

    skip: its text is not shown. gone: deleted. double: what the HTML beside it says. digits: it holds the hex digits of a "picture" or
    "object". wide: what follows is said of Chinese text (\dbch), with words of their own for bold and size. inside: how
    many asides and boxes it stands in.
    """

    skip: bool = False
    gone: bool = False
    double: bool = False
    hidden: bool = False
    digits: str = ""
    wide: bool = False
    bold: bool = False
    size: float = 12.0
    unicode_skip: int = 1
    inside: int = 0


@dataclass(kw_only=True)
class Open:
    """The paragraph that is open, and the table it stands in; each aside and text box has its own.

    later: paragraphs of text boxes anchored in it.
    """

    aside: Aside | None = None
    pieces: list[tuple[str, State]] = field(default_factory=list)
    later: list[Paragraph] = field(default_factory=list)
    found: list[Paragraph] = field(default_factory=list)
    picture: bool = False
    align: str = ""
    outline: int | None = None
    in_table: bool = False
    cell: list[Paragraph] = field(default_factory=list)
    row: list[Cell] = field(default_factory=list)
    left: int = 0
    edges: list[int] = field(default_factory=list)
    rows: list[tuple[tuple[int, ...], list[Cell]]] = field(default_factory=list)

    def end(self, word: bytes) -> None:
        """End a paragraph, cell or row."""
        if word in {b"cell", b"nestcell"}:
            self.in_table = True
            self.end_paragraph()
            if word == b"cell":
                self.row.append(Cell(paragraphs=tuple(self.cell)))
                self.cell = []
        elif word == b"row":
            self.rows.append(((self.left, *self.edges) if self.edges else (), self.row))
            self.row = []
        elif word != b"nestrow":
            self.end_paragraph()

    def end_paragraph(self) -> None:
        """Make the paragraph of what has come, and begin the next."""
        pieces, self.pieces = self.pieces, []
        later, self.later = self.later, []
        shown = [(text, state) for text, state in pieces if not state.hidden]
        text = rtf_words.BULLET.sub("", joined(shown))
        length = sum(len(piece.strip()) for piece, _ in shown)
        line = Paragraph(
            text=text,
            outline=self.outline,
            size=max(shown, key=lambda piece: len(piece[0]))[1].size if shown else 0.0,
            strong=0 < 0.8 * length <= sum(len(piece.strip()) for piece, state in shown if state.bold),
            centred=self.align == "centre",
            right=self.align == "right",
            picture=self.picture,
            aside=self.aside,
        )
        self.picture = False
        hidden = joined([piece for piece in pieces if piece[1].hidden]).strip()
        lines = [line, *([Paragraph(text=hidden, aside=Aside.HIDDEN)] if hidden else []), *later]
        if self.in_table:
            self.cell.extend(lines)
        elif text.strip() or line.picture or hidden or later or not self.rows:
            self.end_table()
            self.found.extend(lines)

    def end_table(self) -> None:
        """Unfold the table that has come to its end."""
        rows, self.rows = [row for row in self.rows if row[1]], []
        self.found.extend(form.unfold(form.even(rows)) if rows else ())

    def taken(self) -> list[Paragraph]:
        """Give all paragraphs, with the table that may be open."""
        self.end_paragraph()
        if self.cell:
            self.row.append(Cell(paragraphs=tuple(self.cell)))
        if self.row:
            self.end(b"row")
        self.end_table()
        return [replace(line, aside=self.aside or line.aside) for line in self.found]


def joined(pieces: list[tuple[str, State]]) -> str:
    """Join pieces; surrogate pairs come as two Unicode words."""
    text = "".join(piece for piece, _ in pieces)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
