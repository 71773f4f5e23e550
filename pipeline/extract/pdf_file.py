"""A PDF file in the reader's child: opened, its pages, the pictures on them, and pictures of them.

Purpose: `page_picture()`, `seals()` and `photographs()` are tasks of child.py; pdf_pages.py reads the text with `opened()`.
Source: pdfium; ISO 32000-1 section 7.5 (a reader finds the objects of a file that lost its end by itself).
Limits: see the constants.
"""

from __future__ import annotations

import ctypes
import io
import itertools
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from pipeline.extract import paper, scan, seal
from pipeline.extract.package import DamagedError
from pipeline.records import Content, Leaf

MAX_PICTURES = 200
"""Pictures taken out of one file."""
MAX_FAILURES = 20
"""Pages in a row that cannot be opened, after which the rest is given up (a page tree may lie about its size)."""
OCR_DPI = 300
"""Resolution at which a page is drawn for recognition."""
READ_DPI = 134
"""Resolution at which it is read: 131 to 137 were best by trial; at 150 noisy pages have half as many errors more."""
MAX_SIDE = 5000
"""Pixels of the longer side of that picture; A4 has 3508."""
SEAL_DPI = 60
"""Resolution of the picture on which seals are looked for."""
MAX_LOOKED = 60
"""Pages looked at for seals."""
SEAL_POINTS = 60
"""Points (21 mm) of the shorter side of a picture that may hold a seal; a logo in a running header is smaller."""
MAX_NESTED, MAX_ASKED = 3, 2000
"""Forms in forms, and objects of a page, that are asked whether they can be a seal; beyond, the page is drawn."""
MIN_PIXELS = 64
"""Shorter side of a picture that is worth being a part of its own; smaller ones are rules and bullets."""

_ROOT = re.compile(rb"(\d{1,8})\s+(\d{1,5})\s+obj\b(?:(?!endobj).){0,400}?/Type\s*/Catalog\b", re.DOTALL)


class Wanted(msgspec.Struct, frozen=True, omit_defaults=True):
    """The argument of the tasks, as JSON: number of a page from 1, and passwords to try."""

    page: int = 0
    passwords: tuple[str, ...] = ()


def page_picture(leaf: Leaf, argument: str) -> Content:
    """Draw one page at OCR_DPI, ready for recognition; two leaves in `embedded` as `scan.prepared`."""
    wanted = msgspec.json.decode(argument, type=Wanted)
    page = _document(leaf, argument)[wanted.page - 1]
    drawn = _drawn(page, OCR_DPI)
    even = paper.evened(scan.sized(drawn, max(drawn.size) * READ_DPI // OCR_DPI))
    return Content(embedded=scan.prepared(leaf, even, first=wanted.page == 1))


def seals(leaf: Leaf, argument: str) -> Content:
    """Look for seals on the pages that hold pictures, drawings or annotations; `seals` of the answer says where."""
    found = []
    for number, page in _held(leaf, argument) or pages(_document(leaf, argument), MAX_LOOKED):
        if _may_hold_seal(page) and seal.is_sealed(_drawn(page, SEAL_DPI)):
            found.append(number)
    return Content(seals=tuple(found))


def photographs(leaf: Leaf, argument: str) -> Content:
    """Take out the pictures of one page."""
    wanted = msgspec.json.decode(argument, type=Wanted)
    page = _document(leaf, argument)[wanted.page - 1]
    return Content(embedded=tuple(embedded(leaf, wanted.page, tuple(images(page)), MAX_PICTURES)))


# ---------------------------------------------------------------- the file


def _document(leaf: Leaf, argument: str) -> Any:
    document = opened(leaf, argument)
    if document is None:
        raise DamagedError("PDF 设有打开密码")
    return document


def opened(leaf: Leaf, argument: str) -> Any:
    """Open the file, with the first password that fits; None where none does."""
    import pypdfium2

    wanted = msgspec.json.decode(argument, type=Wanted)
    for password in (None, *wanted.passwords):
        for whole in (True, False):
            try:
                octets = leaf.data if whole else _with_tail(leaf.data)
                document = pypdfium2.PdfDocument(octets, password=password)
                document.init_forms()
            except pypdfium2.PdfiumError as error:
                if "password" in str(error).lower():
                    break
            else:
                return document
        else:
            raise DamagedError("PDF 打不开，文件可能已损坏")
    return None


def _with_tail(data: bytes) -> bytes:
    """Add a trailer that names the catalogue, for a file that has lost its end: pdfium then finds the objects itself."""
    roots = _ROOT.findall(data)
    if not roots:
        return data
    number, generation = roots[-1]
    return data + b"\ntrailer\n<< /Root %b %b R /Size 100000 >>\nstartxref\n0\n%%%%EOF\n" % (
        number,
        generation,
    )


def pages(document: Any, most: int) -> Iterator[tuple[int, Any]]:
    """Give (number, page) of the pages that can be opened."""
    import pypdfium2

    failures = 0
    for place in range(min(len(document), most)):
        try:
            page = document[place]
        except pypdfium2.PdfiumError:
            failures += 1
            if failures >= MAX_FAILURES:
                return
            continue
        failures = 0
        yield place + 1, page


_holding: list[tuple[bytes, str, deque[tuple[int, Any]]]] = []
"""At most one file with its open pages."""


def hold(leaf: Leaf, argument: str, opened_pages: Sequence[tuple[int, Any]]) -> None:
    """Keep the first pages of a file open for `seals`, which is asked for next: opening a page takes as long as reading it.

    opened_pages: all that `pages(…, MAX_LOOKED)` would give; where there are none nothing is held any more.
    """
    _holding[:] = [(leaf.data, argument, deque(opened_pages))] if opened_pages else []


def _held(leaf: Leaf, argument: str) -> Iterator[tuple[int, Any]] | None:
    """Give what is held if it is of this file, a page going when the next one comes; None otherwise. Nothing is held then."""
    held = _holding.pop() if _holding else None
    if held is None or held[:2] != (leaf.data, argument):
        return None
    return _used_up(held[2])


def _used_up(left: deque[tuple[int, Any]]) -> Iterator[tuple[int, Any]]:
    while left:
        yield left.popleft()


# ---------------------------------------------------------------- its pages


def _may_hold_seal(page: Any) -> bool:
    """Say whether anything on the page can be a seal: drawing a page costs ten times as much as asking."""
    import pypdfium2.raw as pdfium

    drawn = {pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_SHADING}
    objects = page.get_objects(filter=[*drawn], max_depth=MAX_NESTED)
    asked = itertools.islice(objects, MAX_ASKED + 1)
    return bool(pdfium.FPDFPage_GetAnnotCount(page) > 0) or any(
        number == MAX_ASKED or _is_red_or_picture(item) for number, item in enumerate(asked)
    )


def _is_red_or_picture(item: Any) -> bool:
    """Say whether an object is a picture of a seal's size, a shading, or a path in red (or in a colour not told)."""
    import pypdfium2
    import pypdfium2.raw as pdfium

    if item.type == pdfium.FPDF_PAGEOBJ_SHADING:
        return True
    if item.type == pdfium.FPDF_PAGEOBJ_IMAGE:
        try:
            left, bottom, right, top = item.get_bounds()
        except pypdfium2.PdfiumError:
            return True
        return bool(min(right - left, top - bottom) >= SEAL_POINTS)
    levels = [ctypes.c_uint() for _ in range(4)]
    for ask in (pdfium.FPDFPageObj_GetStrokeColor, pdfium.FPDFPageObj_GetFillColor):
        told = ask(item, *map(ctypes.byref, levels))
        red, green, blue, _ = (level.value for level in levels)
        if not told or red - max(green, blue) > seal.REDNESS:
            return True
    return False


def _drawn(page: Any, dpi: int) -> Any:
    """Draw a page, no side longer than MAX_SIDE."""
    scale = min(dpi / 72, MAX_SIDE / max(*page.get_size(), 1.0))
    return page.render(scale=scale).to_pil()


@dataclass(frozen=True, kw_only=True)
class Image:
    """One picture object of a page and the share of the page that it covers (0..1)."""

    item: Any
    share: float


def images(page: Any) -> Iterator[Image]:
    """Give the picture objects of a page, those inside forms included."""
    import pypdfium2
    import pypdfium2.raw as pdfium

    left, bottom, right, top = page.get_bbox()
    area = max(1.0, (right - left) * (top - bottom))
    for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        try:
            bounds = item.get_bounds()
        except pypdfium2.PdfiumError:
            continue
        width = min(right, bounds[2]) - max(left, bounds[0])
        height = min(top, bounds[3]) - max(bottom, bounds[1])
        yield Image(item=item, share=max(0.0, width) * max(0.0, height) / area)


def embedded(leaf: Leaf, number: int, shown: tuple[Image, ...], most: int) -> Iterator[Leaf]:
    """Take the pictures *shown* on page *number* out, at most so many, as leaves below *leaf*."""
    import pypdfium2

    for place, image in enumerate(shown[: max(0, most)], start=1):
        try:
            if min(image.item.get_px_size()) < MIN_PIXELS:
                continue
            octets = io.BytesIO()
            image.item.extract(octets)
        except (pypdfium2.PdfiumError, OSError, ValueError, NotImplementedError):
            continue
        data = octets.getvalue()
        suffix = "jpg" if data.startswith(b"\xff\xd8") else "png"
        name = f"第{number}页图{place}.{suffix}"
        yield Leaf(path=f"{leaf.path}/{name}", name=name, data=data)
