"""The text of a PDF in the reader's child: layers of its pages, values of its forms, what it holds besides.

Purpose: `text()` and `unpacked()` are tasks of child.py; pdf.py composes them with those of pdf_file.py.
Source: pdfium; ISO 32000-1 (12.5 annotations, 12.7 forms, 7.11.4 embedded files).
Limits: see the constants; a form's values and free text stand where they are drawn, comments are asides; XFA forms and
scripts are not looked at.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, replace
from typing import Any

from pipeline.extract import pdf_marks, shape
from pipeline.extract.lines import Page, paragraphs
from pipeline.extract.package import DamagedError
from pipeline.extract.pdf_file import MAX_LOOKED, MAX_PICTURES, Image, embedded, hold, images, opened, pages
from pipeline.extract.pdf_lines import MAX_CHARACTERS, Layer, layer
from pipeline.extract.plausible import is_plausible
from pipeline.extract.room import room
from pipeline.records import Block, Content, Leaf, Status, Style

MAX_PAGES = 300
"""Pages read; a season's report of a unit has up to fifty."""
PICTURE_SHARE = 0.5
"""Share of the page that pictures cover, from which a page without text is a scan."""
OUTLINES = 150
"""Drawn shapes on a page without text from which its letters are outlines (转曲)."""
FEW_CHARACTERS = 15
"""Characters of a page up to which its text layer is only a page number or a stamp of the scanner."""
ROOM = 256
"""Megabytes that reading a file's text may take beyond four times its size; 300 pages of a real one take 60."""
MAX_POINTS = 14_400
"""Side of a page in points beyond which it is no page (200 inches: the limit of Acrobat)."""
MAX_UNPACKED = 64 * 1024**2
"""Octets that one stream of a file without any text may unpack to before it is called a bomb."""


@dataclass(frozen=True, kw_only=True)
class _Read:
    """One page as read. scanned: its words must be taken from its picture."""

    number: int
    layer: Layer
    images: tuple[Image, ...]
    scanned: bool
    comments: tuple[str, ...] = ()


def text(leaf: Leaf, argument: str) -> Content:
    """Read the text layer and the pictures of a PDF.

    Returns:
        blocks, with an empty block of Style.OTHER for each page whose words must be taken from its picture (blocks of
        a layer that is none are left out); pages = pages of the file.
    """
    hold(leaf, argument, ())  # the file before
    first: list[tuple[int, Any]] = []
    with room(ROOM + 4 * len(leaf.data) // 1024**2):
        content = _text(leaf, argument, first)
    if content.blocks or content.embedded:
        hold(leaf, argument, first)
    return content


def _text(leaf: Leaf, argument: str, first: list[tuple[int, Any]]) -> Content:
    """Read it, and put its *first* pages, open, where seals are looked for; none where not all of these were reached."""
    document = opened(leaf, argument)
    if document is None:
        return Content(status=Status.NEEDS_PASSWORD, reason="待补密码：PDF 设有打开密码，请向报送单位索取")
    count, characters = len(document), 0
    read: list[_Read] = []
    inside = [*pdf_marks.attachments(document, leaf)]
    for number, page in pages(document, min(count, MAX_PAGES)):
        read.append(_page(number, page))
        first.extend([(number, page)] if number <= MAX_LOOKED else ())
        characters += sum(len(line.text) for line in read[-1].layer.lines)
        if not read[-1].scanned:
            inside.extend(embedded(leaf, number, read[-1].images, MAX_PICTURES - len(inside)))
        if characters > MAX_CHARACTERS:
            del first[: 0 if number >= MAX_LOOKED else None]
            break
    if not read:
        raise DamagedError("PDF 里没有能打开的页，文件可能已损坏")
    content = Content(blocks=_blocks(read), pages=count, embedded=tuple(inside))
    return _judged(leaf, content, read, count)


def unpacked(leaf: Leaf, _argument: str = "") -> Content:
    """Say (too-big) whether a stream of a file without text unpacks, once or twice, to more than MAX_UNPACKED octets."""
    budget = 8 * MAX_UNPACKED
    for match in re.finditer(rb"stream\r?\n", leaf.data):
        octets: bytes | memoryview = memoryview(leaf.data)[match.end() :]
        for _ in range(2):
            octets = _inflated(octets)
            budget -= len(octets)
            if budget < 0:
                return Content()
            if len(octets) > MAX_UNPACKED:
                reason = (
                    f"内容解压后超过 {MAX_UNPACKED // 1024**2} MB 而没有文字，疑为恶意构造的文件；原件已存"
                )
                return Content(status=Status.TOO_BIG, reason=reason)
    return Content()


# ---------------------------------------------------------------- one page


def _page(number: int, page: Any) -> _Read:
    found = pdf_marks.added(page, layer(page))
    comments = tuple(pdf_marks.comments(page))
    words = "\n".join(line.text for line in found.lines)
    shown = tuple(images(page))
    share = sum(image.share for image in shown)
    few = len(words) <= FEW_CHARACTERS
    drawn = few and (share >= PICTURE_SHARE or _outlines(page) >= OUTLINES)
    believed = is_plausible(words, found.unmapped, pictured=share >= PICTURE_SHARE)
    return _Read(number=number, layer=found, images=shown, scanned=drawn or not believed, comments=comments)


def _outlines(page: Any) -> int:
    import pypdfium2.raw as pdfium

    return sum(1 for _ in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=2))


# ---------------------------------------------------------------- all pages


def _blocks(read: list[_Read]) -> tuple[Block, ...]:
    laid = [
        Page(
            number=page.number,
            width=page.layer.width,
            height=page.layer.height,
            lines=() if page.scanned else page.layer.lines,
        )
        for page in read
    ]
    scanned = [page.number for page in read if page.scanned]
    named = shape.blocks(paragraphs(laid), titled=1 not in scanned)
    marks = tuple(Block(style=Style.OTHER, text="", page=number) for number in scanned)
    said = tuple(
        pdf_marks.comment(words, page.number) for page in read for words in page.comments if not page.scanned
    )
    return (*named, *said, *marks)


def _judged(leaf: Leaf, content: Content, read: list[_Read], count: int) -> Content:
    """Say what is missing: pages that were not read, and why a file has no text where it is no blank one."""
    if len(read) < count:
        return replace(content, status=Status.PARTLY, reason=f"共 {count} 页，只读取了 {len(read)} 页")
    if content.blocks or content.embedded:
        return content
    longest = max(max(page.layer.width, page.layer.height) for page in read)
    if longest > MAX_POINTS:
        reason = f"页面尺寸异常（{longest / 72 * 2.54 / 100:.0f} 米），没有读到文字"
        return replace(content, status=Status.PARTLY, reason=reason)
    bomb = unpacked(leaf)
    return bomb if bomb.status is Status.TOO_BIG else content


def _inflated(octets: bytes | memoryview) -> bytes:
    try:
        return zlib.decompressobj().decompress(octets, MAX_UNPACKED + 1)
    except zlib.error:
        return b""
