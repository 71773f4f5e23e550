"""Recognition of text in pictures of pages, by tesseract with simplified Chinese.

Purpose: `recognise()` turns pictures of pages into blocks with confidence.
Source: tesseract(1): page segmentation 6 (one block of text) suits scanned official letters best (measured against 3
and 4 on scans with stamps); TSV output gives lines and confidence.
Limits: needs the ability "tesseract"; one page after the other, one thread; pages upside down or on their side are
found by orientation detection, or by reading both ways where it is not sure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from pipeline import tools
from pipeline.extract import shape
from pipeline.extract.lines import Line, Page, paragraphs
from pipeline.records import Block

ABILITY = "tesseract"
"""What tools.abilities() must name."""
MAX_PAGES = 60
"""Pages recognised of one file; each takes one to three seconds."""
PAGE_SECONDS = 60
"""Time for one page; a page of small print takes 5 s."""
MEGABYTES = 1500
SURE = 0.6
"""Mean confidence (0..1) above which a page is taken to stand upright."""
FAINT = 0.3
"""Mean confidence of a line below which it is noise (stamps, folds, photographs)."""

UNSURE = 45.0
"""Confidence (0..100) of a word of Latin letters and strokes below which it is the rim of a seal."""

_STRAY = re.compile(r"[A-Za-z<>\[\]|\\/{}^~_=]{1,5}")
_HAN = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60\u3000-\u303f—…“”‘’·"
_GAP = re.compile(rf"(?<=[{_HAN}])\s+|\s+(?=[{_HAN}])")
_REPAIRS = (
    (re.compile(r"[《〈【\[(]([一二三四五六七八九十]{1,3})[）)]"), r"（\1）"),
    (re.compile(r"[〈《(]([^《》〈〉()（）]{1,15})）"), r"（\1）"),
    (re.compile(r"(?<=\d)一(?=\d)"), "—"),
)
"""Signs that the recogniser takes for their likes: brackets that do not match, a dash between figures."""
_SIGNS = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！", "(": "（", ")": "）"}
_HALF = re.compile(r"(?<=[\u4e00-\u9fff”》）])\s*([,;:?!(])\s*|\s*([)])\s*(?=[\u4e00-\u9fff，。；])")


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One page to recognise: its number from 1, PNG octets in grey, and the bands (top, bottom) of red letters in it."""

    page: int
    octets: bytes
    red: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Recognised:
    """What was read: blocks of all pages, and the numbers of pages on which nothing could be read."""

    blocks: tuple[Block, ...]
    unread: tuple[int, ...] = ()


def recognise(pictures: Iterable[Picture], *, titled: bool = True) -> Recognised:
    """Recognise pages.

    Args:
        pictures: in order; drawn one at a time.
        titled: the first of them may hold the report's title.
    """
    pages: list[Page] = []
    unread: list[int] = []
    for picture in pictures:
        page = _page(picture.page, picture.octets) if picture.octets else None
        if page is None or not page.lines:
            unread.append(picture.page)
        else:
            pages.append(_coloured(page, picture.red))
    return Recognised(blocks=shape.blocks(paragraphs(pages), titled=titled), unread=tuple(unread))


def _page(number: int, picture: bytes) -> Page | None:
    """Recognise one page; where it reads badly, turn it as its orientation says and keep the better reading."""
    upright = _read(number, picture)
    if upright is not None and _confidence(upright) >= SURE:
        return upright
    turns = _orientation(picture)
    readings = [upright, *(_read(number, _turned(picture, turn)) for turn in turns)]
    return max((page for page in readings if page is not None), key=_confidence, default=None)


def _read(number: int, picture: bytes) -> Page | None:
    result = tools.run(
        ["tesseract", "page.png", "stdout", "-l", "chi_sim", "--psm", "6", "tsv"],
        inputs=[("page.png", picture)],
        seconds=PAGE_SECONDS,
        megabytes=MEGABYTES,
    )
    return _from_tsv(number, result.out.decode("utf-8", "replace")) if result.ok else None


def _orientation(picture: bytes) -> tuple[int, ...]:
    """Give the turns (degrees clockwise) to try: what tesseract says, else upside down."""
    result = tools.run(
        ["tesseract", "page.png", "stdout", "-l", "osd", "--psm", "0"],
        inputs=[("page.png", picture)],
        seconds=PAGE_SECONDS,
        megabytes=MEGABYTES,
    )
    found = re.search(r"Rotate: (\d+)", result.out.decode("utf-8", "replace"))
    turn = int(found[1]) if found else 0
    return (turn,) if turn in {90, 180, 270} else (180,)


def _turned(picture: bytes, degrees: int) -> bytes:
    import io

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
    """Give the mean confidence of a page's characters; a page with hardly any text counts for little."""
    total = sum(len(line.text) for line in page.lines)
    if not total:
        return 0.0
    mean = sum((line.confidence or 0.0) * len(line.text) for line in page.lines) / total
    return mean * min(1.0, total / 20)


# ---------------------------------------------------------------- tesseract's table


def _from_tsv(number: int, table: str) -> Page:
    """Read tesseract's TSV: level, page, block, paragraph, line, word, left, top, width, height, confidence, text."""
    width = height = 0.0
    words: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for row in table.splitlines()[1:]:
        cells = tuple(row.split("\t"))
        if len(cells) < 12:
            continue
        if cells[0] == "1":
            width, height = float(cells[8]), float(cells[9])
        elif cells[0] == "5" and cells[11].strip():
            words.setdefault(cells[2:5], []).append(cells)
    lines = [line for line in map(_line, words.values()) if line is not None]
    return Page(number=number, width=width, height=height, lines=tuple(lines))


def _line(words: list[tuple[str, ...]]) -> Line | None:
    confidence = (
        sum(float(word[10]) * len(word[11]) for word in words) / sum(len(word[11]) for word in words) / 100
    )
    text = _tidied(" ".join(word[11] for word in words))
    if confidence < FAINT or not text:
        return None
    return Line(
        text=text,
        left=min(float(word[6]) for word in words),
        right=max(float(word[6]) + float(word[8]) for word in words),
        top=min(float(word[7]) for word in words),
        bottom=max(float(word[7]) + float(word[9]) for word in words),
        confidence=round(confidence, 3),
    )


def _tidied(text: str) -> str:
    """Take out the spaces between Chinese characters, and make signs next to them Chinese ones."""
    joined = _GAP.sub("", text)
    text = _HALF.sub(lambda match: _SIGNS[match[1] or match[2]], joined)
    for pattern, repaired in _REPAIRS:
        text = pattern.sub(repaired, text)
    return text.strip()
