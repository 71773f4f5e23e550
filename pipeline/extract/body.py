"""The walk over the text of a Word document: paragraphs with their look, tables, text boxes, in reading order.

Purpose: everything that a reader of the document sees, and nothing that Word does not show.
Source: ECMA-376 part 1, section 17; python-docx's own walk loses content controls, insertions, text boxes and nested
tables.
Limits: accepted state of tracked changes (insertions read, deletions and moved-from text not); text boxes, SmartArt and
charts stand after the paragraph they are anchored to; a paragraph's place is its number, for pages depend on the printer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from pipeline.extract import drawings, form, signs, styles
from pipeline.extract.drawings import Drawings
from pipeline.extract.form import Cell
from pipeline.extract.numbering import Numbering, W
from pipeline.extract.shape import Paragraph
from pipeline.extract.styles import Look, Styles, of_paragraph, of_run
from pipeline.records import Aside

MAX_SPAN = 64
"""Columns one cell may span; Word allows 63, hostile files say a billion."""

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_GONE = {
    f"{W}{name}" for name in ("del", "moveFrom", "instrText", "delText", "delInstrText", "rt", "pPr", "rPr")
}
_LINES = {f"{W}br": "\n", f"{W}cr": "\n", f"{W}tab": " ", f"{W}ptab": " ", f"{W}noBreakHyphen": "-"}
_GRAPHICS = {f"{W}drawing", f"{W}pict", f"{W}object", f"{_MC}AlternateContent"}
_LOOSE = {f"{W}r", f"{W}hyperlink", f"{W}fldSimple"}
"""Content of a paragraph that some programs write without one."""
_PICTURE = re.compile(r"\}(?:blip|imagedata)$")
_MATHS = re.compile(r"/math\}t$")
_WORD_ART = re.compile(r"\}textpath$")


@dataclass(kw_only=True)
class _Run:
    """What one paragraph holds: pieces of text with their look, boxes beside it, and whether a picture stands in it.

    fields: of each open field the number of pieces before it (-1 once it is divided), and what its form shows.
    """

    pieces: list[tuple[str, Look]] = field(default_factory=list)
    boxes: list[etree._Element | list[Paragraph]] = field(default_factory=list)
    fields: list[tuple[int, str]] = field(default_factory=list)
    picture: bool = False


@dataclass(kw_only=True)
class Walk:
    """The walk over one body; `found` grows in reading order."""

    styles: Styles
    numbering: Numbering
    drawings: Drawings
    found: list[Paragraph] = field(default_factory=list)
    _held: _Run | None = None

    def blocks(self, node: etree._Element) -> None:
        """Walk over block-level content (section 17.2)."""
        for child in node:
            if child.tag == f"{W}p":
                self._paragraph(child, child.find(f"{W}pPr"))
            elif child.tag == f"{W}tbl":
                self.found.extend(form.unfold(list(self._rows(child))))
            elif child.tag == f"{_MC}AlternateContent":
                self.blocks(_chosen(child))
            elif child.tag in _LOOSE:
                self._paragraph([child], None)
            elif isinstance(child.tag, str) and child.tag not in _GONE:
                self.blocks(child)

    def _paragraph(self, content: Iterable[etree._Element], properties: etree._Element | None) -> None:
        style = properties.find(f"{W}pStyle") if properties is not None else None
        base = self.styles.look(str(style.get(f"{W}val")) if style is not None else "")
        look = of_paragraph(properties).over(base)
        run, self._held = self._held or _Run(), None
        self._inline(content, look, run)
        if _goes_on(properties):
            self._held = run
            return
        shown = [(text, said) for text, said in run.pieces if not said.hidden]
        hidden = "".join(text for text, said in run.pieces if said.hidden).strip()
        text = "".join(text for text, _ in shown)
        if text.strip() and look.number and look.number != "0":
            text = styles.joined(self.numbering.label(look.number, look.level or 0), text.strip())
        self.found.append(
            styles.paragraph(
                text, look, shown, picture=run.picture, right=styles.at_right(text, look, _left(properties))
            )
        )
        if hidden:
            self.found.append(Paragraph(text=hidden, aside=Aside.HIDDEN))
        for box in run.boxes:
            if isinstance(box, list):
                self.found.extend(box)
            else:
                self.blocks(box)

    def _inline(self, content: Iterable[etree._Element], look: Look, run: _Run) -> None:
        for child in content:
            if child.tag in _GONE or not isinstance(child.tag, str):
                continue
            if child.tag == f"{W}t" or _MATHS.search(child.tag):
                run.pieces.append((_words(child).translate(signs.SYMBOLS), look))
            elif child.tag in _LINES:
                run.pieces.append((_LINES[child.tag], look))
            elif child.tag == f"{W}sym":
                run.pieces.append((signs.symbol(str(child.get(f"{W}char") or "")), look))
            elif child.tag == f"{W}fldChar":
                _field(child, look, run)
            elif child.tag in _GRAPHICS:
                self._graphics(child, look, run)
            elif child.tag == f"{W}r":
                self._inline(child, of_run(child.find(f"{W}rPr")).over(look), run)
            else:
                self._inline(child, look, run)

    def _graphics(self, node: etree._Element, look: Look, run: _Run) -> None:
        """Take text boxes and pictures out of a drawing; both branches of AlternateContent hold the same ones."""
        if node.tag == f"{_MC}AlternateContent":
            chosen = _chosen(node)
            if any(child.tag == f"{W}t" for child in chosen):
                self._inline(chosen, look, run)
                return
            node = chosen
        for child in node:
            if child.tag == f"{W}txbxContent":
                run.boxes.append(child)
            elif child.tag == f"{drawings.A}p":
                run.boxes.append([Paragraph(text=drawings.line(child))])
            elif isinstance(child.tag, str):
                run.picture |= bool(_PICTURE.search(child.tag))
                if _WORD_ART.search(child.tag) and child.get("string"):
                    run.boxes.append([Paragraph(text=str(child.get("string")))])
                if child.tag in drawings.TELLING:
                    run.boxes.append(self.drawings.read(child))
                self._graphics(child, look, run)

    def _rows(self, table: etree._Element) -> Iterator[list[Cell]]:
        merged: set[int] = set()
        for row in _children(table, f"{W}tr"):
            if row.find(f"{W}trPr/{W}del") is not None:
                continue
            cells = [Cell()] * _columns(row.find(f"{W}trPr/{W}gridBefore"), 0)
            for node in _children(row, f"{W}tc"):
                if node.find(f"{W}tcPr/{W}cellDel") is None:
                    cells.extend(self._cells(node, len(cells), merged))
            yield cells

    def _cells(self, node: etree._Element, column: int, merged: set[int]) -> list[Cell]:
        """Give one cell, and empty ones for the further columns that it spans.

        merged: columns in which a merged cell has begun; what stands in those that only go on is not shown.
        """
        merge = node.find(f"{W}tcPr/{W}vMerge")
        begins = merge is None or merge.get(f"{W}val") == "restart" or column not in merged
        if merge is None:
            merged.discard(column)
        else:
            merged.add(column)
        inner = Walk(styles=self.styles, numbering=self.numbering, drawings=self.drawings)
        if begins:
            inner.blocks(node)
        more = _columns(node.find(f"{W}tcPr/{W}gridSpan"), 1) - 1
        return [Cell(paragraphs=tuple(inner.found)), *[Cell()] * more]


def _words(node: etree._Element) -> str:
    """Give the text of a w:t, also around an entity that was not expanded."""
    return (node.text or "") + "".join(child.tail or "" for child in node)


def _goes_on(properties: etree._Element | None) -> bool:
    """Say whether the paragraph's mark is deleted, so that the next one goes on in it (section 17.13.5.15)."""
    if properties is None or properties.find(f"{W}rPr/{W}del") is None:
        return False
    paragraph = properties.getparent()
    following = paragraph.getnext() if paragraph is not None else None
    return following is not None and following.tag == f"{W}p"


def _field(node: etree._Element, look: Look, run: _Run) -> None:
    """Begin, divide or end a field: what stands between its begin and its result is an instruction.

    A tick box or drop-down list of a form has no result; it shows what its data say (section 17.16.7).
    """
    kind = node.get(f"{W}fldCharType")
    if kind == "begin":
        run.fields.append((len(run.pieces), signs.form(node)))
    elif run.fields:
        place, shows = run.fields[-1]
        if kind == "separate":
            del run.pieces[place:]
            run.fields[-1] = (-1, "")
        elif kind == "end":
            run.fields.pop()
            if place >= 0:
                del run.pieces[place:]
                run.pieces.append((shows, look))


def _columns(node: etree._Element | None, otherwise: int) -> int:
    """Read a count, at most MAX_SPAN."""
    text = str(node.get(f"{W}val") or "") if node is not None else ""
    return min(int(text), MAX_SPAN) if re.fullmatch(r"\d{1,9}", text) else otherwise


def _children(node: etree._Element, tag: str) -> Iterator[etree._Element]:
    """Give the rows of a table or cells of a row, also inside content controls and insertions; never nested ones."""
    for child in node:
        if child.tag == tag:
            yield child
        elif child.tag in {f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}customXml", f"{W}smartTag"}:
            yield from _children(child, tag)


def _chosen(node: etree._Element) -> etree._Element:
    """Give the branch of an AlternateContent that says something: the first Choice, else the Fallback."""
    branches = [child for child in node if child.tag in {f"{_MC}Choice", f"{_MC}Fallback"}]
    for branch in branches:
        for child in branch.iter():
            if isinstance(child.tag, str) and (
                child.tag == f"{W}t" or child.tag in drawings.TELLING or _PICTURE.search(child.tag)
            ):
                return branch
    return branches[0] if branches else node


def _left(properties: etree._Element | None) -> int:
    """Give the left indent that a w:pPr says, 0 without one."""
    indent = properties.find(f"{W}ind") if properties is not None else None
    left = str(indent.get(f"{W}left") or indent.get(f"{W}start") or "") if indent is not None else ""
    return int(left) if re.fullmatch(r"\d{1,6}", left) else 0
