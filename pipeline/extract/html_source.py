"""From the octets of a page to its tree: charset, pictures written into the page, pages too deep for a tree.

Purpose: `opened()` before the walk of html.py; `lines()` where a page is not to be walked.
Source: RFC 2397 (data: URLs); libxml2's HTML parser, which gives up beyond some thousand elements in elements.
Limits: nothing is loaded; MAX_SOURCE octets are looked at, MAX_MARKUP characters parsed once pictures are out.
"""

from __future__ import annotations

import binascii
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

import lxml.html
import pybase64
from lxml import etree

from pipeline.extract import charset
from pipeline.records import Leaf

MAX_SOURCE = 64 * 1024**2
"""Octets looked at, pictures included; no mail is larger."""
MAX_MARKUP = 4 * 1024**2
"""Characters parsed; Word's own HTML of a long report has one million."""
MAX_PICTURES = 200
"""Pictures taken out of one page."""
SILENT = (
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
    "rt",
    "rp",
)
"""Elements whose text no reader of the page sees."""

_NOTE_MARK = re.compile(r"#(?:_?(?:ftn|edn)(?:ref)?\d|sd(?:foot|end)note\d|_msocom_\d)")
"""Where the mark of a footnote or comment leads in pages that Word or LibreOffice saved."""
_META = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_\-]{2,20})", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_DATA_URL = re.compile(
    r"data:image/(?P<kind>[a-z0-9.+-]{2,20})(?:;[a-z0-9=_-]{1,40})*;base64,(?P<data>[A-Za-z0-9+/=%\s]+)",
    re.IGNORECASE,
)
_NAME = re.compile(r"/?[A-Za-z][A-Za-z0-9:-]*|[!?]")
_BLOCKS = frozenset(
    ("br", "p", "div", "tr", "li", "table", "blockquote", "hr", "ul", "ol", "dl", "dt", "dd", "pre", "center")
) | frozenset(f"h{level}" for level in range(1, 7))


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page before its walk. root: None where there is no tree. cut: MAX_SOURCE or MAX_MARKUP was reached."""

    root: lxml.html.HtmlElement | None
    text: str
    pictures: tuple[Leaf, ...] = ()
    cut: bool = False


def opened(leaf: Leaf) -> Page:
    """Decode and parse one page; pictures in data: URLs become leaves below it."""
    stated = _META.search(leaf.data[:4096])
    label = leaf.charset or (stated[1].decode("ascii") if stated else "")
    text = charset.decode(leaf.data[:MAX_SOURCE], label).replace("\x00", "")
    pictures: list[Leaf] = []
    if "base64," in text:
        text = _DATA_URL.sub(lambda match: _taken(match, leaf.path, pictures), text)
    cut = len(leaf.data) > MAX_SOURCE or len(text) > MAX_MARKUP
    text = _DECLARATION.sub("", text[:MAX_MARKUP])
    return Page(root=_parsed(text), text=text, pictures=tuple(pictures), cut=cut)


def gone(element: etree._Element, tag: str) -> bool:
    """Say whether an element shows nothing of the text: what was deleted by a tracked change, the mark of a note."""
    if tag == "del":
        return element.get("cite") is not None or element.get("datetime") is not None
    return tag == "a" and bool(_NOTE_MARK.search(str(element.get("href") or "")))


def lines(text: str) -> Iterator[str]:
    """Give the lines of a page as they stand between its marks."""
    for line in _between(text).split("\n"):
        plain = " ".join(html.unescape(line).split())
        if plain:
            yield plain


def _between(text: str) -> str:
    """Cut the marks out, in one go over the page: block elements become line breaks, silent ones and comments go."""
    first, *pieces = text.split("<")
    made = [first]
    until = ""
    for piece in pieces:
        if until:
            found = piece.lower().find(until)
            if found < 0 or (until != "-->" and found > 0):
                continue
            until, piece = "", piece[found:]  # noqa: PLW2901 - what is left of it
        name = _NAME.match(piece)
        tag = name[0].lower() if name else ""
        if piece.startswith("!--") and "-->" not in piece:
            until = "-->"
        elif tag in SILENT:
            until = f"/{tag}"
        else:
            made.append("\n" if tag.lstrip("/") in _BLOCKS else "")
            made.append(piece.rpartition("-->")[2] if piece.startswith("!--") else piece.partition(">")[2])
            made.append("" if tag or piece.startswith("-->") else f"<{piece}")
    return "".join(made)


def _parsed(text: str) -> lxml.html.HtmlElement | None:
    parser = lxml.html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        return lxml.html.document_fromstring(text, parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None


def _taken(match: re.Match[str], path: str, pictures: list[Leaf]) -> str:
    """Take one picture out; its URL becomes a short one that leads nowhere."""
    if len(pictures) >= MAX_PICTURES:
        return "data:"
    try:
        octets = pybase64.b64decode("".join(unquote(match["data"]).split()))
    except (binascii.Error, ValueError):
        return "data:"
    kind = match["kind"].lower()
    name = f"图片{len(pictures) + 1}.{ {'jpeg': 'jpg', 'svg+xml': 'svg'}.get(kind, kind) }"
    pictures.append(Leaf(path=f"{path}/{name}", name=name, data=octets))
    return "data:"
