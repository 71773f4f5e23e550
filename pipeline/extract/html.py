"""HTML: files and bodies of mails.

Purpose: paragraphs, headings, lists and tables as a browser would show them; nothing is loaded, no script is run.
Source: the tree of html_source.py; the marks that mail programs set on quoted mails and on cards of oversize attachments.
Limits: style sheets are not applied, only the style of an element itself; layout tables (with tables inside, or of one
row or column) are read as running text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

import lxml.html
from lxml import etree

from pipeline.extract import form, html_source, html_tables, quoting, shape
from pipeline.extract.form import Cell
from pipeline.extract.shape import Paragraph
from pipeline.extract.text import BODY_WITH_TITLE
from pipeline.records import Aside, Content, Leaf, Status

MAX_DEPTH = 200
"""Elements in elements that are followed; deeper ones come from broken or hostile pages."""
MAX_LINES = 20_000
"""Paragraphs of one page; a report has some hundred."""
READ = 0.5
"""Share of the text between the marks that the walk must find; below it the page is read line by line."""

_INLINE_TAG = re.compile(
    r"(?:a|abbr|acronym|b|bdo|big|cite|code|del|dfn|em|font|i|img|ins|kbd|label|mark|q|rb|ruby|s|samp|small|span|strike|strong|"
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
_SAYS = re.compile(r"[\u4e00-\u9fff]{4}")
_FILE = re.compile(r"\.(?:jpe?g|png|gif|bmp|webp)$", re.IGNORECASE)
_PART = re.compile(r"mso-element\s*:\s*(header|footer|footnote|endnote|comment)(?![\w-])")
_LIBRE_PART = re.compile(r"(?:^|\s|sd)(header|footer|footnote|endnote|ftn|edn|_com_)(?:\d+)?(?:\s|$)")
_PARTS = {
    "header": Aside.HEADER,
    "footer": Aside.FOOTER,
    **dict.fromkeys(("footnote", "endnote", "ftn", "edn"), Aside.FOOTNOTE),
    **dict.fromkeys(("comment", "_com_"), Aside.COMMENT),
}
"""What stands around the text in pages that Word or LibreOffice saved, by the style, identity or title of its div."""
_CENTRED = re.compile(r"text-align\s*:\s*center")
_RIGHT = re.compile(r"text-align\s*:\s*right")
_BOLD = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)")
_SIZE = re.compile(r"font-size\s*:\s*(\d{1,3}(?:\.\d+)?)\s*(px|pt)")


def read(leaf: Leaf, _abilities: tuple[str, ...] = ()) -> Content:
    """Read one page or body; status partly where it was cut."""
    page = html_source.opened(leaf)
    walk = _Walk()
    if page.root is not None:
        walk.node(page.root, _Look(), 0)
        walk.close(_Look())
    partly = "网页过大，只读取了开头部分" if page.cut or len(walk.found) > MAX_LINES else ""
    plain = list(islice(html_source.lines(page.text), MAX_LINES))
    if _length(line.text for line in walk.found) < READ * _length(plain):
        partly = "网页结构有误或嵌套过深，只按纯文字读取"
        walk.found = [Paragraph(text=line) for line in plain]
    elif not leaf.body:
        walk.found[:0] = _title(page.root, walk.found)
    del walk.found[MAX_LINES:]
    lines = quoting.set_aside(walk.found, forwarded=leaf.forwarded) if leaf.body else walk.found
    own = sum(len(line.text) for line in lines if line.aside is None)
    blocks = shape.blocks(lines, titled=not leaf.body or own >= BODY_WITH_TITLE)
    status = Status.PARTLY if partly else Status.OK
    return Content(blocks=blocks, status=status, reason=partly, embedded=page.pictures)


def _length(texts: Iterable[str]) -> int:
    return sum(len("".join(text.split())) for text in texts)


def _title(root: lxml.html.HtmlElement | None, found: Sequence[Paragraph]) -> list[Paragraph]:
    """Give the title of a page as its header, unless the page shows it itself."""
    text = " ".join((root.findtext(".//title") or "").split()) if root is not None else ""
    shown = any(text in " ".join(line.text.split()) for line in found[: shape.TITLE_WITHIN])
    return [] if not text or shown else [Paragraph(text=text, aside=Aside.HEADER)]


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
    """The walk over one page; pieces of the line at hand, the number that waits for it, and the paragraphs found so far."""

    found: list[Paragraph] = field(default_factory=list)
    pieces: list[tuple[str, bool]] = field(default_factory=list)
    label: str = ""

    def node(self, element: etree._Element, outer: _Look, depth: int) -> None:
        """Walk over one element and what follows it up to the next."""
        tag = element.tag if isinstance(element.tag, str) else ""
        if (
            not tag
            or tag in html_source.SILENT
            or html_source.gone(element, tag)
            or len(self.found) > MAX_LINES
        ):
            return
        if depth > MAX_DEPTH:
            etree.strip_elements(element, *html_source.SILENT, with_tail=False)
            self._text("".join(map(str, element.itertext())), outer)
            return
        look = _inside(element, tag, outer)
        if tag == "br":
            self.close(outer)
        elif tag == "table" and html_tables.is_data(element):
            self.close(outer)
            self._table(element, look, depth)
        else:
            block = not _INLINE_TAG.fullmatch(tag)
            if block:
                self.close(outer)
            self.label = _number(element, tag) or self.label
            self._text(element.text, look)
            for child in element:
                self.node(child, look, depth + 1)
                self._text(child.tail, look)
            if block:
                self.close(look)
            elif tag == "img":
                self.found.append(_picture(element))

    def close(self, look: _Look) -> None:
        """End the line at hand."""
        text = "".join(piece for piece, _ in self.pieces)
        length = sum(len(piece.strip()) for piece, _ in self.pieces)
        strong = sum(len(piece.strip()) for piece, bold in self.pieces if bold)
        self.pieces = []
        if text.strip():
            numbered = self.label and not shape.level_of(text.strip())
            text, self.label = f"{self.label}{text.lstrip()}" if numbered else text, ""
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
        def read(node: etree._Element) -> Cell:
            inner = _Walk()
            inner.node(node, replace(look, centred=False), depth + 1)
            inner.close(look)
            return Cell(paragraphs=tuple(inner.found))

        rows = html_tables.cells(table, read)
        for line in form.unfold([row for row in rows if row]):
            self.found.append(replace(line, aside=line.aside or look.aside))


def _number(element: etree._Element, tag: str) -> str:
    """Give the number that a browser writes before an item of a numbered list, "" for all else."""
    above = element.getparent() if tag == "li" else None
    if above is None or above.tag != "ol":
        return ""
    begun = str(above.get("start") or "1")
    before = sum(1 for _ in islice(element.itersiblings("li", preceding=True), MAX_LINES))
    return f"{before + (int(begun) if begun.isdigit() and len(begun) < 6 else 1)}. "


def _picture(element: etree._Element) -> Paragraph:
    """A picture, with what its page says in its place where that is more than a file's name."""
    alt = " ".join(str(element.get("alt") or "").split())
    if not _SAYS.search(alt) or _FILE.search(alt):
        return Paragraph(text="", picture=True)
    return Paragraph(text=f"图片：{alt}", picture=True, aside=Aside.COMMENT)


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
    if _HIDDEN.search(style) or element.get("hidden") is not None:
        return Aside.HIDDEN
    part = _PART.search(style) or _LIBRE_PART.search(
        f"{element.get('id') or ''} {element.get('title') or ''}"
    )
    if tag == "div" and part:
        return _PARTS[part[1]]
    marks = f"{element.get('id') or ''} {element.get('class') or ''} {element.get('name') or ''}"
    if tag == "blockquote" or _QUOTE.search(marks):
        return Aside.QUOTED
    return Aside.LINK_CARD if _CARD.search(marks) else None
