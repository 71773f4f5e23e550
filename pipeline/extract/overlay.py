"""What lies over the cells of an xlsx: text boxes, comments, pictures, and the files embedded in it.

Purpose: text boxes and comments into their `Grid`; pictures as leaves whose path names sheet and cell.
Source: ECMA-376 part 1, sections 20.5 (drawings over sheets) and 18.7 (comments); WPS keeps pictures in cells in
xl/cellimages.xml.
Limits: charts and SmartArt are not read.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from pipeline.extract.book import Book
from pipeline.extract.grid import MAX_CELL, address
from pipeline.extract.package import Package
from pipeline.extract.relations import Relations, relations
from pipeline.extract.xlsxcells import cell_of
from pipeline.records import Leaf

MAX_EMBEDDED = 1000
"""Pictures and files taken out of one file."""
MAX_BOXES = 2000
"""Text boxes, and comments, of one sheet."""

_FOLDERS = ("xl/media/", "xl/embeddings/")
_EMBED = ("embed", "link")


def place(package: Package, book: Book) -> None:
    """Read the text boxes and comments of all sheets into their grids."""
    for grid, related in zip(book.grids, book.relations, strict=True):
        for name in related.all("comments"):
            grid.notes.extend(_comments(package.xml(name)))
        for name in related.all("drawing"):
            grid.boxes.extend(_boxes(package.xml(name)))


def embedded(package: Package, book: Book, path: str) -> Iterator[Leaf]:
    """Give the pictures and files of one package as leaves below *path*, those with a place under sheet and cell."""
    places: dict[str, str] = {}
    for number, related in enumerate(book.relations):
        for name in related.all("drawing"):
            for target, row, column in _anchored(package, name):
                places.setdefault(target.lower(), _place(book, number, row, column))
    for target, number, row, column in _in_cells(package, book):
        places.setdefault(target.lower(), _place(book, number, row, column))
    names = [name for name in package.names if name.lower().startswith(_FOLDERS) and not name.endswith("/")]
    known = {name.lower() for name in names}
    names += [name for name in package.names if name.lower() in places and name.lower() not in known]
    for name in names[:MAX_EMBEDDED]:
        octets = package.octets(name)
        last = name.rpartition("/")[2]
        below = f"{places[name.lower()]}/{last}" if name.lower() in places else name
        if octets:
            yield Leaf(path=f"{path}/{below}", name=last, data=octets)


def _place(book: Book, number: int, row: int, column: int) -> str:
    name = book.grids[number].name.replace("/", "_") or f"{number + 1}"
    return f"{name}!{address(row, column)}"


def _anchored(package: Package, name: str) -> Iterator[tuple[str, int, int]]:
    """Give part, row and column of the pictures that a drawing anchors to cells."""
    root = package.xml(name)
    related = relations(package, name)
    for anchor in root if root is not None else ():
        start = anchor.find("{*}from")
        row = _number(start, "row")
        column = _number(start, "col")
        for target in _targets(anchor, related):
            yield target, row, column


def _in_cells(package: Package, book: Book) -> Iterator[tuple[str, int, int, int]]:
    """Give part, sheet, row and column of the pictures that WPS keeps in cells."""
    name = next((name for name in package.names if name.lower().endswith("/cellimages.xml")), "")
    root = package.xml(name) if name and book.pictures else None
    related = relations(package, name)
    for picture in root.iter("{*}pic") if root is not None else ():
        named = picture.find(".//{*}cNvPr")
        known = book.pictures.get(str(named.get("name") or "")) if named is not None else None
        for target in _targets(picture, related) if known else ():
            yield (target, *known)  # type: ignore[misc] # - known is set where there are targets


def _targets(node: etree._Element, related: Relations) -> Iterator[str]:
    for blip in node.iter("{*}blip"):
        for key, value in blip.items():
            target = related.target(str(value)) if str(key).rpartition("}")[2] in _EMBED else ""
            if target:
                yield target


def _number(start: etree._Element | None, name: str) -> int:
    text = start.findtext(f"{{*}}{name}") if start is not None else None
    return min(int(text), 2_000_000) if text and text.strip().isdigit() and len(text) < 12 else 0


def _boxes(root: etree._Element | None) -> Iterator[str]:
    """Give the paragraphs of the text boxes of one drawing."""
    nodes = root.iter("{*}p") if root is not None else iter(())
    found = 0
    for node in nodes:
        text = "".join(piece.text or "" for piece in node.iter("{*}t")).strip()
        if text and found < MAX_BOXES:
            found += 1
            yield text[:MAX_CELL]


def _comments(root: etree._Element | None) -> Iterator[tuple[int, int, str]]:
    """Give row, column and text of the comments of one sheet."""
    nodes = list(root.iter("{*}comment"))[:MAX_BOXES] if root is not None else []
    for node in nodes:
        text = "".join(
            piece.text or ""
            for piece in node.iter("{*}t")
            if piece.getparent() is not None and not str(piece.getparent().tag).endswith("}rPh")  # type: ignore[union-attr]  # asked just before
        ).strip()
        row, column = cell_of(str(node.get("ref") or ""))
        if text:
            yield row, column, " ".join(text.split())[:MAX_CELL]
