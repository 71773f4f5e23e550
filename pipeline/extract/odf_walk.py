"""The walk over the text of an OpenDocument: paragraphs, lists, tables, frames, notes, in reading order.

Purpose: everything that a reader of the document sees; notes and annotations apart.
Source: OpenDocument 1.3 part 3, sections 5 (text), 6 (inline), 9 (tables), 10 (drawings).
Limits: deletions are not read, in text:tracked-changes or left in place; frames stand after the paragraph they are anchored to;
repeated rows and columns are limited.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from pipeline.extract import form, signs, styles
from pipeline.extract.form import Cell
from pipeline.extract.odf_styles import DRAW, OFFICE, PRESENTATION, TABLE, TEXT, XLINK, Styles
from pipeline.extract.shape import Paragraph
from pipeline.extract.styles import Look
from pipeline.records import Aside

MAX_REPEAT = 64
"""How often one row or cell is repeated; empty ones at the end say a million."""

_GONE = {
    *(f"{TEXT}{name}" for name in ("tracked-changes", "note-citation", "ruby-text", "sequence-decls")),
    *(f"{TEXT}{name}" for name in ("variable-decls", "user-field-decls", "table-of-content-source")),
    *(f"{TEXT}{name}" for name in ("alphabetical-index-source", "illustration-index-source")),
    *(f"{TEXT}{name}" for name in ("bibliography-source", "user-index-source", "object-index-source")),
    *(f"{TEXT}{name}" for name in ("table-index-source", "dde-connection-decls")),
    *(f"{OFFICE}{name}" for name in ("forms", "event-listeners", "binary-data")),
    *(f"{TABLE}{name}" for name in ("table-column", "table-columns", "table-header-columns", "shapes")),
}
_GONE |= {f"{TABLE}tracked-changes", f"{DRAW}image-map", f"{DRAW}glue-point"}
_HIDDEN = {f"{TEXT}hidden-text", f"{TEXT}hidden-paragraph"}
_NOTES = {f"{PRESENTATION}notes", f"{OFFICE}annotation"}
_ROWS = {f"{TABLE}{name}" for name in ("table-header-rows", "table-row-group", "table-rows")}
_CHANGES = {f"{TEXT}change-start", f"{TEXT}change-end"}
_PARAGRAPHS = {f"{TEXT}p", f"{TEXT}h"}


@dataclass(kw_only=True)
class _Run:
    """What one paragraph holds."""

    pieces: list[tuple[str, Look]] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)
    picture: bool = False


@dataclass(kw_only=True)
class Walk:
    """The walk over one body; `found` and `aside` grow in reading order. page: the slide, None in a text."""

    styles: Styles
    found: list[Paragraph] = field(default_factory=list)
    aside: list[Paragraph] = field(default_factory=list)
    page: int | None = None
    objects: Callable[[str], etree._Element | None] = lambda _: None
    label: str = ""
    deleted: frozenset[str] = frozenset()
    _leaving_out: str = ""

    def blocks(self, node: etree._Element) -> None:
        """Walk over block-level content."""
        for child in node:
            if child.tag == f"{TEXT}tracked-changes":
                self.deleted |= _deletions(child)
            if isinstance(child.tag, str) and child.tag not in _GONE:
                self._block(child)

    def _block(self, node: etree._Element) -> None:
        if node.tag in _PARAGRAPHS:
            self._paragraph(node)
        elif node.tag == f"{TABLE}table":
            self.found.extend(form.unfold(list(self._rows(node))))
        elif node.tag == f"{TEXT}list":
            self._list(node, "", 1)
        elif node.tag == f"{DRAW}page":
            self._slide(node)
        elif node.tag in _NOTES:
            self._set_aside(node, Aside.COMMENT)
        elif node.tag == f"{DRAW}object":
            self._object(node)
        elif self._hides(node):
            self._set_aside(node, Aside.HIDDEN)
        else:
            self._box(node)

    def _box(self, node: etree._Element) -> None:
        """Go into a frame, shape, group, section or index; a slide's title is a heading."""
        before = len(self.found)
        self.blocks(node)
        kind = node.get(f"{PRESENTATION}class")
        if kind == "title" and any(line.text for line in self.found[before:]):
            text = "".join(line.text for line in self.found[before:])
            self.found[before:] = [Paragraph(text=text, outline=0 if self.page == 1 else 1, page=self.page)]

    def _object(self, node: etree._Element) -> None:
        """Read the words and figures of a chart or formula that is a document of its own (section 10.4.6.2)."""
        root = self.objects(str(node.get(f"{XLINK}href") or ""))
        inner = root.find(f"{OFFICE}body") if root is not None else None
        if inner is not None:
            Walk(styles=self.styles, found=self.found, aside=self.aside, page=self.page).blocks(inner)

    def _hides(self, node: etree._Element) -> bool:
        return node.tag == f"{TEXT}section" and (
            node.get(f"{TEXT}display") == "none"
            or self.styles.hidden(str(node.get(f"{TEXT}style-name")), "section")
        )

    def _slide(self, node: etree._Element) -> None:
        self.page = (self.page or 0) + 1
        if self.styles.hidden(str(node.get(f"{DRAW}style-name")), "drawing-page"):
            self._set_aside(node, Aside.HIDDEN)
        else:
            self.blocks(node)

    def _set_aside(self, node: etree._Element, kind: Aside) -> None:
        """Read what stands apart from the running text; slide numbers and dates are left out."""
        inner = Walk(styles=self.styles, page=self.page, objects=self.objects, deleted=self.deleted)
        inner.blocks(node)
        for line in (*inner.found, *inner.aside):
            if re.search(r"[^\W\d_]", line.text):
                self.aside.append(replace(line, aside=line.aside or kind, page=self.page))

    def _list(self, node: etree._Element, style: str, level: int) -> None:
        """Walk over a list; the number stands before the first paragraph of an item."""
        style = str(node.get(f"{TEXT}style-name") or style)
        if (
            level == 1
            and node.get(f"{TEXT}continue-numbering") != "true"
            and not node.get(f"{TEXT}continue-list")
        ):
            self.styles.restart(style)
        for item in node:
            if item.tag not in {f"{TEXT}list-item", f"{TEXT}list-header"}:
                continue
            first = True
            for child in item:
                if child.tag == f"{TEXT}list":
                    self._list(child, style, level + 1)
                    continue
                if first and item.tag == f"{TEXT}list-item" and child.tag in _PARAGRAPHS:
                    start = str(item.get(f"{TEXT}start-value") or "")
                    self.label = self.styles.label(
                        style, level, int(start) if re.fullmatch(r"\d{1,4}", start) else None
                    )
                    first = False
                self._block(child)

    def _paragraph(self, node: etree._Element) -> None:
        name = str(node.get(f"{TEXT}style-name") or "")
        look = self.styles.look(name)
        label, self.label = self.label, ""
        run = _Run()
        self._inline(node, look, run)
        shown = [(text, said) for text, said in run.pieces if not said.hidden]
        hidden = "".join(text for text, said in run.pieces if said.hidden).strip()
        text = re.sub(r" +", " ", "".join(text for text, _ in shown))
        text = styles.joined(label, text.strip()) if label and text.strip() else text
        line = styles.paragraph(text, look, shown, picture=run.picture, right=look.align == "right")
        level = str(node.get(f"{TEXT}outline-level") or "")
        if node.tag == f"{TEXT}h" and look.outline is None:
            line = replace(line, outline=int(level) if re.fullmatch(r"[1-9]\d?", level) else 1)
        self.found.append(replace(line, page=self.page))
        if hidden:
            self.found.append(Paragraph(text=hidden, aside=Aside.HIDDEN, page=self.page))
        for box in run.boxes:
            self._block(box)

    def _inline(self, node: etree._Element, look: Look, run: _Run) -> None:
        self._add(node.text, look, run)
        for child in node:
            if isinstance(child.tag, str) and child.tag not in _GONE:
                self._piece(child, look, run)
            self._add(child.tail, look, run)

    def _add(self, text: str | None, look: Look, run: _Run) -> None:
        """Add text as it stands in the file, where any white space is one space (section 6.1.2)."""
        if text and not self._leaving_out:
            run.pieces.append((re.sub(r"[ \t\r\n]+", " ", text).translate(signs.SYMBOLS), look))

    def _piece(self, node: etree._Element, look: Look, run: _Run) -> None:
        if node.tag == f"{TEXT}s":
            count = str(node.get(f"{TEXT}c") or "1")
            run.pieces.append(("\u00a0" * min(MAX_REPEAT, int(count) if count.isdigit() else 1), look))
        elif node.tag == f"{TEXT}tab":
            run.pieces.append((" ", look))
        elif node.tag == f"{TEXT}line-break":
            run.pieces.append(("\n", look))
        elif node.tag == f"{TEXT}span":
            said = self.styles.look(str(node.get(f"{TEXT}style-name") or ""), "text")
            self._inline(node, said.over(look), run)
        elif node.tag in _CHANGES:
            self._change(node)
        elif node.tag in _HIDDEN:
            text = str(node.get(f"{TEXT}string-value") or "") or "".join(map(str, node.itertext()))
            run.pieces.append((text, replace(look, hidden=True)))
        elif node.tag == f"{TEXT}note":
            self._set_aside(node, Aside.FOOTNOTE)
        elif node.tag == f"{OFFICE}annotation":
            self._set_aside(node, Aside.COMMENT)
        elif node.tag.startswith(DRAW) and node.tag != f"{DRAW}a":
            run.picture |= next(node.iter(f"{DRAW}image"), None) is not None
            run.boxes.append(node)
        else:
            self._inline(node, look, run)

    def _change(self, node: etree._Element) -> None:
        """Begin or end a tracked change; the text of a deletion is left out."""
        name = str(node.get(f"{TEXT}change-id") or "")
        if node.tag == f"{TEXT}change-start" and name in self.deleted:
            self._leaving_out = name
        elif name == self._leaving_out:
            self._leaving_out = ""

    def _rows(self, node: etree._Element) -> Iterator[list[Cell]]:
        for child in node:
            if child.tag in _ROWS:
                yield from self._rows(child)
            elif child.tag == f"{TABLE}table-row":
                cells = [cell for inner in child for cell in self._cells(inner)]
                filled = any(cell.paragraphs for cell in cells)
                yield from [cells] * (_repeated(child, "rows") if filled else 1)

    def _cells(self, node: etree._Element) -> list[Cell]:
        count = _repeated(node, "columns")
        if node.tag == f"{TABLE}covered-table-cell":
            return [Cell()] * count
        if node.tag != f"{TABLE}table-cell":
            return []
        inner = Walk(styles=self.styles, page=self.page, objects=self.objects, deleted=self.deleted)
        inner.blocks(node)
        self.aside.extend(inner.aside)
        return [Cell(paragraphs=tuple(inner.found))] * count


def _deletions(changes: etree._Element) -> frozenset[str]:
    """Give the names of the deletions whose text a flat file leaves in place, between text:change-start and -end."""
    regions = (region for region in changes if region.find(f"{TEXT}deletion") is not None)
    return frozenset(str(region.get(f"{TEXT}id") or "") for region in regions)


def _repeated(node: etree._Element, what: str) -> int:
    text = str(node.get(f"{TABLE}number-{what}-repeated") or "1")
    return min(MAX_REPEAT, int(text)) if re.fullmatch(r"\d{1,9}", text) else 1
