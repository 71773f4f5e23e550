"""Recognition of text in pictures of pages: from pictures to blocks with confidence, whichever engine reads them.

Purpose: `recognise()` turns pictures of pages into blocks; `doubts()` says which pages a person must compare.
Source: recogniser.py has the engines; lines.py joins their lines as it does those of PDF files.
Limits: needs one of the abilities "tesseract" and "rapidocr"; one page after the other; pages upside down or on their
side are found by orientation detection, or by reading them every way.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pipeline.extract import recogniser, scan, shape
from pipeline.extract.lines import Page, paragraphs
from pipeline.records import Block, Document

MAX_PAGES = 60
"""Pages recognised of one file; each takes one to three seconds."""
SURE = 0.6
"""Mean confidence (0..1) above which a page is taken to stand upright."""
TRUSTED = 0.75
"""Mean confidence of a page below which a person must compare it with the picture."""

_HAN = re.compile(r"[\u4e00-\u9fff]")
_QUOTES = "\"'“”"


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One page to recognise: its number from 1, PNG octets in grey, and the bands (top, bottom) of red letters in it."""

    page: int
    octets: bytes
    red: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Recognised:
    """What was read: blocks of all pages, the numbers of pages that could not be read, and of those without words."""

    blocks: tuple[Block, ...]
    unread: tuple[int, ...] = ()
    wordless: tuple[int, ...] = ()


def able(abilities: Sequence[str]) -> bool:
    """Say whether pages can be recognised with *abilities* (as of `tools.abilities()`)."""
    return bool(recogniser.chosen(abilities))


def recognise(pictures: Iterable[Picture], abilities: Sequence[str], *, titled: bool = True) -> Recognised:
    """Recognise pages.

    Args:
        pictures: in order; drawn one at a time.
        abilities: at least one that `able()` accepts.
        titled: the first of them may hold the report's title.
    """
    engines = recogniser.chosen(abilities)
    pages: list[Page] = []
    unread: list[int] = []
    wordless: list[int] = []
    for picture in pictures:
        if picture.octets and scan.is_blank(picture.octets):
            continue
        page = _page(engines, picture) if picture.octets else None
        if page is None:
            unread.append(picture.page)
        elif not page.lines:
            wordless.append(picture.page)
        else:
            pages.append(_coloured(page, picture.red))
    told = shape.blocks(paragraphs(pages), titled=titled)
    return Recognised(blocks=tuple(map(_quoted, told)), unread=tuple(unread), wordless=tuple(wordless))


def doubts(blocks: Sequence[Block]) -> str:
    """Say in Chinese which pages were recognised badly, "" where none was."""
    faint = [
        (page, mean)
        for page, mean in Document(part="", blocks=tuple(blocks)).page_confidences
        if mean < TRUSTED
    ]
    listed = "、".join(f"第 {page} 页（{mean:.2f}）" for page, mean in faint[:5])
    return f"识别可信度低：{listed}{'等' if len(faint) > 5 else ''}，请对照原件核对" if faint else ""


def _quoted(block: Block) -> Block:
    """Make straight quotation marks Chinese ones, in turns; recognisers take one for the other."""
    if block.rows or not _HAN.search(block.text):
        return block
    text, opened = "", False
    for sign in block.text:
        quote = sign in _QUOTES
        if quote:
            opened = {"“": True, "”": False}.get(sign, not opened)
        text += ("“" if opened else "”") if quote else sign
    return replace(block, text=text)


def _page(engines: Sequence[str], picture: Picture) -> Page | None:
    """Recognise one page; where one engine reads badly, ask the other and keep the better reading."""
    if scan.is_photograph(picture.octets):
        return Page(number=picture.page, width=0.0, height=0.0, lines=())
    readings = [_upright(engines[0], picture)]
    for engine in engines[
        1:
    ]:  # a second opinion, on the page as it was put in: turning it as well takes half a minute
        if readings[-1] is not None and _confidence(readings[-1]) >= TRUSTED:
            return readings[-1]
        readings.append(recogniser.read(engine, picture.page, picture.octets))
    return max((page for page in readings if page is not None), key=_confidence, default=None)


def _upright(engine: str, picture: Picture) -> Page | None:
    """Recognise one page; where it reads badly, turn it as its orientation says and keep the better reading."""
    upright = recogniser.read(engine, picture.page, picture.octets)
    if upright is not None and _confidence(upright) >= SURE:
        return upright
    readings: list[Page | None] = [upright]
    for turn in recogniser.turn(picture.octets, engine):
        readings.append(recogniser.read(engine, picture.page, _turned(picture.octets, turn)))
        if readings[-1] is not None and _confidence(readings[-1]) >= SURE:
            break
    return max((page for page in readings if page is not None), key=_confidence, default=None)


def _turned(picture: bytes, degrees: int) -> bytes:
    from PIL import Image

    octets = io.BytesIO()
    Image.open(io.BytesIO(picture)).rotate(-degrees, expand=True).save(octets, "PNG", compress_level=1)
    return octets.getvalue()


def _coloured(page: Page, bands: tuple[tuple[int, int], ...]) -> Page:
    """Mark the lines whose middle lies in a band of red letters."""
    lines = (
        replace(line, red=any(top <= (line.top + line.bottom) / 2 <= bottom for top, bottom in bands))
        for line in page.lines
    )
    return replace(page, lines=tuple(lines))


def _confidence(page: Page) -> float:
    """Give the mean confidence of a page's characters; a page with hardly any Chinese text counts for little."""
    total = sum(len(line.text) for line in page.lines)
    if not total:
        return 0.0
    chinese = sum(len(_HAN.findall(line.text)) for line in page.lines)
    mean = sum((line.confidence or 0.0) * len(line.text) for line in page.lines) / total
    return mean * min(1.0, (total + chinese) / 40)
