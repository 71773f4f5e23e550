"""One text of a body, with the places of its URLs: what an HTML or a flowed body shows to its reader.

Purpose: `flattened()`.
Source: RFC 3676 section 4.1 (soft line breaks, which cut URLs); HTML through lxml.
Limits: the first MAX_TEXT characters; an HTML tree deeper than libxml2 allows (256) ends there. Nothing is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from lxml import etree
from lxml import html as lxml_html

from pipeline import charsets
from pipeline.records import Leaf

MAX_TEXT = 1_000_000
"""Characters of one body that are looked through; longer ones are pasted pages."""

_URL = re.compile(
    r"https?://[^\s<>\"'\u3000-\u303f\uff00-\uffef\u2018-\u201d\u4e00-\u9fff]+"
    r"|(?<![\w./@-])(?:pan\.baidu\.com|cloud\.189\.cn|pan\.quark\.cn|pan\.xunlei\.com|www\.ali(?:pan|yundrive)\.com"
    r"|www\.123pan\.com|115\.com|(?:cai)?yun\.139\.com|share\.weiyun\.com|(?:\w+\.)?lanzou\w?\.com|www\.kdocs\.cn"
    r"|www\.jianguoyun\.com)/[\w/?=&%.#-]+",
    re.IGNORECASE | re.ASCII,
)
_TRAILING = ".,;:!?()[]{}"
_BLOCKS = frozenset(
    {"address", "article", "br", "dd", "div", "dl", "dt", "fieldset", "h1", "h2", "h3", "h4", "h5", "h6"}
) | {"hr", "li", "ol", "p", "pre", "section", "table", "td", "th", "tr", "ul"}
_SKIPPED = frozenset({"script", "style", "head", "title"})
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w:.-]{1,40})", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """A URL and the characters [start, end) of the flattened text that show it."""

    url: str
    start: int
    end: int


def flattened(leaf: Leaf) -> tuple[str, list[Anchor]]:
    """Return (the text of the body *leaf*, its URLs in reading order); both empty where it is no text at all."""
    if leaf.declared == "text/html" or leaf.data[:200].lstrip()[:1] == b"<":
        return _from_html(leaf)
    text = charsets.decode(leaf.data, leaf.charset)[:MAX_TEXT].replace("\r\n", "\n")
    if leaf.flowed:
        text = _unflowed(text, delsp=leaf.delsp)
    return text, anchors(text)


def anchors(text: str) -> list[Anchor]:
    """Find the URLs of a plain *text*, in reading order."""
    return [Anchor(url=url, start=start, end=end) for url, start, end in _urls(text, 0)]


def _urls(text: str, offset: int) -> Iterator[tuple[str, int, int]]:
    for found in _URL.finditer(text):
        url = found.group().rstrip(_TRAILING)
        yield unescape(url), offset + found.start(), offset + found.start() + len(url)


def _unflowed(text: str, *, delsp: bool) -> str:
    """Join soft line breaks (RFC 3676 section 4.1): a line that ends in a blank goes on, quotes and "-- " apart."""
    paragraphs: list[list[str]] = []
    soft = False
    for line in text.split("\n"):
        content = line.removeprefix(" ")
        goes_on = content.endswith(" ") and content != "-- "
        piece = content[:-1] if goes_on and delsp else content
        if soft and not content.startswith(">"):
            paragraphs[-1].append(piece)
        else:
            paragraphs.append([piece])
        soft = goes_on
    return "\n".join("".join(pieces) for pieces in paragraphs)


def _from_html(leaf: Leaf) -> tuple[str, list[Anchor]]:
    meta = _META_CHARSET.search(leaf.data[:4_096])
    source = charsets.decode(leaf.data, leaf.charset or (meta[1].decode("ascii", "replace") if meta else ""))
    root = _root(source[: 4 * MAX_TEXT])
    if root is None:
        return "", []
    flat = _Flat()
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        flat.take(event, element)
    return flat.text, flat.anchors


def _root(source: str) -> etree._Element | None:
    """Parse *source* without network and entities; None where it holds no element."""
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(source.replace("\x00", "").encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None


class _Flat:
    """Text of an HTML tree in reading order, blocks on lines of their own, with the places of links."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.size = 0
        self.anchors: list[Anchor] = []
        self.opened: list[tuple[etree._Element, str, int]] = []
        self.skipping = 0

    @property
    def text(self) -> str:
        """All that was taken."""
        return "".join(self.pieces)

    def take(self, event: str, element: etree._Element) -> None:
        """Take one event of a walk."""
        if event not in ("start", "end") or not isinstance(element.tag, str):
            self._add(element.tail)
        elif event == "start":
            self._start(element)
        else:
            self._end(element)

    def _start(self, element: etree._Element) -> None:
        self.skipping += element.tag in _SKIPPED
        if element.tag in _BLOCKS:
            self._add("\n")
        title = element.get("title", "")
        if "文件" in title:
            self._add(f"\n{title}\n")
        if element.tag == "a" and element.get("href"):
            self.opened.append((element, element.get("href", "").strip(), self.size))
        self._add(element.text)

    def _end(self, element: etree._Element) -> None:
        if self.opened and self.opened[-1][0] is element:
            _, url, start = self.opened.pop()
            if url.lower().startswith(("http://", "https://")):
                self.anchors.append(Anchor(url=url, start=start, end=self.size))
        self.skipping -= element.tag in _SKIPPED
        if element.tag in _BLOCKS and element.tag != "br":
            self._add("\n")
        self._add(element.tail)

    def _add(self, text: str | None) -> None:
        if not text or self.skipping > 0 or self.size > MAX_TEXT:
            return
        if not self.opened:
            for url, start, end in _urls(text, self.size):
                self.anchors.append(Anchor(url=url, start=start, end=end))
        self.pieces.append(text)
        self.size += len(text)
