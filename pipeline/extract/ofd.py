"""OFD (版式文档): text of the pages, joined from its text objects, and the pictures in it.

Purpose: official letters that are sent in the national layout format.
Source: GB/T 33190-2016, sections 7 (package), 11 (text); measures in millimetres.
Limits: thin: one column, no transformation matrices, no templates, annotations or seals; glyphs without Unicode text are
not read.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from lxml import etree

from pipeline.extract import shape
from pipeline.extract.lines import Line, Page, paragraphs, width
from pipeline.extract.package import DamagedError, Package
from pipeline.records import Content, Leaf

MAX_PAGES = 300
"""Pages of one file."""
MAX_OBJECTS = 200_000
"""Text objects of one page."""
MAX_EMBEDDED = 500
"""Pictures taken out of one file."""
POINTS = 72 / 25.4
"""Points in a millimetre."""

_A4 = (210.0, 297.0)


def read(leaf: Leaf, _argument: str = "") -> Content:
    """Read one OFD file; all documents of the package one after the other."""
    package = Package(leaf.data)
    names = list(islice(_pages(package), MAX_PAGES))
    if not names:
        raise DamagedError("OFD 里找不到页面，文件可能已损坏")
    pages = [_page(package, name, number) for number, name in enumerate(names, start=1)]
    pictures = (
        part for part in package.under("") if re.search(r"\.(?:jpe?g|png|bmp|gif)$", part[0], re.IGNORECASE)
    )
    return Content(
        blocks=shape.blocks(paragraphs(pages)),
        pages=len(pages),
        embedded=tuple(
            Leaf(path=f"{leaf.path}/{name}", name=name.rpartition("/")[2], data=octets)
            for name, octets in islice(pictures, MAX_EMBEDDED)
        ),
    )


def _pages(package: Package) -> Iterator[str]:
    root = package.xml("OFD.xml")
    for place in root.iter("{*}DocRoot") if root is not None else ():
        main = (place.text or "").strip().lstrip("/")
        document = package.xml(main)
        for page in document.iter("{*}Page") if document is not None else ():
            location = str(page.get("BaseLoc") or "")
            yield posixpath.normpath(posixpath.join(posixpath.dirname(main), location)).lstrip("/")


def _page(package: Package, name: str, number: int) -> Page:
    root = package.xml(name)
    box = root.find(".//{*}PhysicalBox") if root is not None else None
    sides = _numbers(box.text if box is not None else "")
    wide, high = (sides[2], sides[3]) if len(sides) == 4 and min(sides[2:]) > 0 else _A4
    pieces = [piece for node in islice(_objects(root), MAX_OBJECTS) for piece in _pieces(node)]
    return Page(number=number, width=wide * POINTS, height=high * POINTS, lines=tuple(_lines(pieces)))


def _objects(root: etree._Element | None) -> Iterator[etree._Element]:
    return root.iter("{*}TextObject") if root is not None else iter(())


def _pieces(node: etree._Element) -> Iterator[Line]:
    """Give the texts of one object with their boxes, in points."""
    boundary = _numbers(str(node.get("Boundary") or ""))
    size = next(iter(_numbers(str(node.get("Size") or ""))), 4.0)
    if len(boundary) != 4:
        return
    for code in node.iter("{*}TextCode"):
        text = code.text or ""
        lead = len(text) - len(text.lstrip())
        left = boundary[0] + next(iter(_numbers(str(code.get("X") or "0"))), 0.0) + width(text[:lead]) * size
        base = boundary[1] + next(iter(_numbers(str(code.get("Y") or "0"))), 0.0)
        if text.strip():
            yield Line(
                text=text.strip(),
                left=left * POINTS,
                right=(left + width(text.strip()) * size) * POINTS,
                top=(base - size) * POINTS,
                bottom=base * POINTS,
                size=round(size * POINTS, 1),
            )


def _lines(pieces: Sequence[Line]) -> Iterator[Line]:
    """Join the pieces that stand on one line, from left to right; lines from top to bottom."""
    line: list[Line] = []
    for piece in sorted(pieces, key=lambda piece: (round(piece.bottom), piece.left)):
        if line and abs(piece.bottom - line[0].bottom) > piece.size / 2:
            yield _joined(line)
            line = []
        line.append(piece)
    if line:
        yield _joined(line)


def _joined(pieces: Sequence[Line]) -> Line:
    ordered = sorted(pieces, key=lambda piece: piece.left)
    return replace(
        ordered[0], text="".join(piece.text for piece in ordered), right=max(piece.right for piece in ordered)
    )


def _numbers(text: str | None) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d{1,6}(?:\.\d{1,6})?", text or "")]
