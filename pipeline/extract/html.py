"""HTML: files and bodies of mails.

Purpose: paragraphs, headings and tables as a browser would show them; nothing is loaded, no script is run.
Source: lxml.html; the marks that mail programs set on quoted mails and on cards of oversize attachments.
Limits: style sheets are not applied, only the style of an element itself; layout tables (with tables inside, or of one
row or column) are read as running text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import lxml.html
from lxml import etree

from pipeline.extract import charset, form, quoting, shape
from pipeline.extract.form import Cell
from pipeline.extract.shape import Paragraph
from pipeline.extract.text import BODY_WITH_TITLE
from pipeline.records import Aside, Content, Leaf, Status

MAX_OCTETS = 8 * 1024**2
"""Octets parsed; Word's own HTML of a long report has one million."""
MAX_DEPTH = 200
"""Elements in elements that are followed; deeper ones come from broken or hostile pages."""
MAX_SPAN = 64
"""Columns one cell may span."""

_META = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_\-]{2,20})", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_SILENT = {
    "script",
    "style",
    "head",
    "title",
    "noscript",
    "template",
    "iframe",
    "object",
    "svg",
    "select",
    "textarea",
}
_INLINE_TAG = re.compile(
    r"(?:a|abbr|acronym|b|bdo|big|cite|code|del|dfn|em|font|i|img|ins|kbd|label|mark|q|s|samp|small|span|strike|strong|"
    r"sub|sup|tt|u|var|wbr|o:p|st1:\w+)"  # the last two are Word's own
)
_HEADINGS = {"h1": 1, "h2": 1, "h3": 2, "h4": 3, "h5": 4, "h6": 4}
_QUOTE = re.compile(
    r"gmail_quote|gmail_attr|reply[_-]?content|isReplyContent|ntes[-_].*(?:reply|forward|quote)|quoted|"
    r"mailquote|origin(?:al)?[-_]?mail|appendonsend|divRplyFwdMsg|moz-cite-prefix|foxmail_quote|qmbox.*quote",
    re.IGNORECASE,
)
_CARD = re.compile(
    r"big_?att|bigattach|large_?attach|cloud_?attach|netease.{0,12}attach|divNeteaseBig", re.IGNORECASE
)
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0(?:px|pt)?\s*(?:;|$)"
)
_CENTRED = re.compile(r"text-align\s*:\s*center")
_RIGHT = re.compile(r"text-align\s*:\s*right")
_BOLD = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)")
_SIZE = re.compile(r"font-size\s*:\s*(\d{1,3}(?:\.\d+)?)\s*(px|pt)")


def read(leaf: Leaf, _abilities: tuple[str, ...] = ()) -> Content:
    """Read one page or body; status partly where it was cut."""
    stated = _META.search(leaf.data[:4096])
    text = charset.decode(
        leaf.data[:MAX_OCTETS], leaf.charset or (stated[1].decode("ascii") if stated else "")
    )
    root = _parsed(text)
    if root is None:
        return Content()
    walk = _Walk()
    walk.node(root, _Look(), 0)
    walk.close(_Look())
    lines = quoting.set_aside(walk.found, forwarded=leaf.forwarded) if leaf.body else walk.found
    own = sum(len(line.text) for line in lines if line.aside is None)
    blocks = shape.blocks(lines, titled=not leaf.body or own >= BODY_WITH_TITLE)
    if len(leaf.data) > MAX_OCTETS:
        return Content(blocks=blocks, status=Status.PARTLY, reason="网页过大，只读取了开头部分")
    return Content(blocks=blocks)


def _parsed(text: str) -> lxml.html.HtmlElement | None:
    parser = lxml.html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
    plain = _DECLARATION.sub("", text).replace("\x00", "")
    try:
        return lxml.html.document_fromstring(plain, parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None


@dataclass(frozen=True, kw_only=True)
class _Look:
    """How text is set where the walk stands."""

    strong: bool = False
    centred: bool = False
    right: bool = False
    size: float = 0.0
    outline: int | None = None
    aside: Aside | None = None
    kept: bool = False


@dataclass(kw_only=True)
class _Walk:
    """The walk over one page; pieces of the line at hand, and the paragraphs found so far."""

    found: list[Paragraph] = field(default_factory=list)
    pieces: list[tuple[str, bool]] = field(default_factory=list)

    def node(self, element: etree._Element, outer: _Look, depth: int) -> None:
        """Walk over one element and what follows it up to the next."""
        tag = element.tag if isinstance(element.tag, str) else ""
        if not tag or tag in _SILENT or depth > MAX_DEPTH:
            return
        look = _inside(element, tag, outer)
        if tag == "br":
            self.close(outer)
        elif tag == "table" and _is_data(element):
            self.close(outer)
            self._table(element, look, depth)
        else:
            block = not _INLINE_TAG.fullmatch(tag)
            if block:
                self.close(outer)
            self._text(element.text, look)
            for child in element:
                self.node(child, look, depth + 1)
                self._text(child.tail, look)
            if block:
                self.close(look)
            elif tag == "img":
                self.found.append(Paragraph(text="", picture=True))

    def close(self, look: _Look) -> None:
        """End the line at hand."""
        text = "".join(piece for piece, _ in self.pieces)
        length = sum(len(piece.strip()) for piece, _ in self.pieces)
        strong = sum(len(piece.strip()) for piece, bold in self.pieces if bold)
        self.pieces = []
        if text.strip():
            line = Paragraph(
                text=text,
                outline=look.outline,
                size=look.size,
                strong=strong >= 0.8 * length,
                centred=look.centred,
                right=look.right,
                aside=look.aside,
            )
            self.found.append(line)

    def _text(self, text: str | None, look: _Look) -> None:
        if not text:
            return
        if look.kept:
            for place, line in enumerate(text.split("\n")):
                if place:
                    self.close(look)
                self.pieces.append((line, look.strong))
            return
        # A line break in the source is a space between Latin words, nothing between Chinese ones.
        plain = re.sub(r"(?<=[^\x00-\x7f])[ \t]*[\r\n]\s*|[ \t]*[\r\n]\s*(?=[^\x00-\x7f])", "", text)
        self.pieces.append((re.sub(r"[ \t\r\n]+", " ", plain).replace("\xa0", " "), look.strong))

    def _table(self, table: etree._Element, look: _Look, depth: int) -> None:
        rows = [[cell for node in row for cell in self._cells(node, look, depth)] for row in _rows(table)]
        for line in form.unfold([row for row in rows if row]):
            self.found.append(replace(line, aside=line.aside or look.aside))

    def _cells(self, node: etree._Element, look: _Look, depth: int) -> Iterator[Cell]:
        if node.tag not in {"td", "th"}:
            return
        inner = _Walk()
        inner.node(node, replace(look, centred=False), depth + 1)
        inner.close(look)
        yield Cell(paragraphs=tuple(inner.found))
        span = str(node.get("colspan") or "1")
        more = min(int(span), MAX_SPAN) if re.fullmatch(r"\d{1,6}", span) else 1
        yield from [Cell()] * (more - 1)


def _inside(element: etree._Element, tag: str, outer: _Look) -> _Look:
    """Give the look inside an element: what it says, over what holds outside."""
    style = str(element.get("style") or "").lower()
    align = str(element.get("align") or "").lower()
    size = _SIZE.search(style)
    look = outer
    if tag in {"b", "strong", "th"} or tag in _HEADINGS or _BOLD.search(style):
        look = replace(look, strong=True)
    if tag == "center" or align == "center" or _CENTRED.search(style):
        look = replace(look, centred=True, right=False)
    if align == "right" or _RIGHT.search(style):
        look = replace(look, right=True, centred=False)
    if size:
        look = replace(look, size=round(float(size[1]) * (0.75 if size[2] == "px" else 1.0), 1))
    if tag in _HEADINGS:
        look = replace(look, outline=0 if tag == "h1" else _HEADINGS[tag])
    if tag == "pre":
        look = replace(look, kept=True)
    return replace(look, aside=look.aside or _set_aside(element, tag, style))


def _set_aside(element: etree._Element, tag: str, style: str) -> Aside | None:
    if _HIDDEN.search(style):
        return Aside.HIDDEN
    marks = f"{element.get('id') or ''} {element.get('class') or ''} {element.get('name') or ''}"
    if tag == "blockquote" or _QUOTE.search(marks):
        return Aside.QUOTED
    return Aside.LINK_CARD if _CARD.search(marks) else None


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in {"tbody", "thead", "tfoot"}:
            yield from (row for row in child if row.tag == "tr")


def _is_data(table: etree._Element) -> bool:
    """Say whether a table holds data: no table inside, at least two rows and two columns."""
    if next(table.iterdescendants("table"), None) is not None:
        return False
    rows = list(_rows(table))
    return len(rows) >= 2 and max(sum(cell.tag in {"td", "th"} for cell in row) for row in rows) >= 2
