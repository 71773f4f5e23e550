"""What drawings of Office files say in words: text boxes of DrawingML, SmartArt, charts.

Purpose: the figures of a chart and the words of an organisation chart are text that a reader of the document sees.
Source: ECMA-376 part 1, sections 21.1 (DrawingML), 21.2 (charts), 21.4 (diagrams).
Limits: of a chart the title, the axes' titles and the cached values, as one table; of SmartArt the texts in order of the
data, not of the picture; nothing is drawn.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from pipeline.extract import shape
from pipeline.extract.package import Package
from pipeline.extract.shape import Paragraph

MAX_ROWS = 2_000
"""Rows of one chart's table; a chart that a person can read has some dozens."""
MAX_SERIES = 200
"""Columns of it."""

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_CX = "{http://schemas.microsoft.com/office/drawing/2014/chartex}"
_DGM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
TELLING = {f"{_C}chart", f"{_CX}chart", f"{_DGM}relIds", f"{A}t"}
"""Elements of a drawing that lead to words, beside those of the format's own text boxes."""


class Drawings:
    """The drawings of one part of a package; without a package nothing is behind them."""

    def __init__(self, package: Package | None, part: str) -> None:
        self._package = package
        self._relations = package.relations(part) if package else {}

    def read(self, node: etree._Element) -> list[Paragraph]:
        """Give the paragraphs behind one element of a drawing, [] where it leads to none."""
        if node.tag == f"{_DGM}relIds":
            root = self._part(node, f"{R}dm")
            return list(_smart_art(root)) if root is not None else []
        if node.tag in {f"{_C}chart", f"{_CX}chart"}:
            root = self._part(node, f"{R}id")
            return list(_chart(root)) if root is not None else []
        return []

    def _part(self, node: etree._Element, attribute: str) -> etree._Element | None:
        relation = self._relations.get(str(node.get(attribute)))
        if self._package is None or relation is None or relation.external:
            return None
        return self._package.xml(relation.target)


def line(node: etree._Element) -> str:
    """Give the text of one a:p."""
    pieces = ("\n" if inner.tag == f"{A}br" else inner.text or "" for inner in node.iter(f"{A}t", f"{A}br"))
    return "".join(pieces).strip()


def _smart_art(root: etree._Element) -> Iterator[Paragraph]:
    for point in root.iter(f"{_DGM}pt"):
        settings = point.find(f"{_DGM}prSet")
        if settings is not None and settings.get("phldr") in {"1", "true"}:
            continue  # "[Text]", which only the editor shows
        yield from (Paragraph(text=text) for text in map(line, point.iter(f"{A}p")) if text)


# ---------------------------------------------------------------- charts


def _chart(root: etree._Element) -> Iterator[Paragraph]:
    yield from (Paragraph(text=text) for text in map(line, root.iter(f"{A}p")) if text)
    series = [_series(node) for node in root.iter(f"{_C}ser")][:MAX_SERIES]
    series = [one for one in series if one[2]]
    labels = next((labels for _, labels, _ in series if labels), [])
    length = min(MAX_ROWS, max((len(values) for *_, values in series), default=0))
    rows = [["", *(name for name, *_ in series)]]
    rows.extend(
        [_at(labels, place), *(_at(values, place) for *_, values in series)] for place in range(length)
    )
    if length:
        yield shape.table(rows)
    yield from _extended(root)


def _series(node: etree._Element) -> tuple[str, list[str], list[str]]:
    """Give (name, labels, values) of one series."""
    name = " ".join(_points(node.find(f"{_C}tx")))
    labels = _points(node.find(f"{_C}cat"))
    if not labels:
        labels = _points(node.find(f"{_C}xVal"))
    values = _points(node.find(f"{_C}val")) or _points(node.find(f"{_C}yVal"))
    return name, labels, values


def _points(node: etree._Element | None) -> list[str]:
    """Give the cached points in order of their index; a missing one is ""."""
    if node is None:
        return []
    found: dict[int, str] = {}
    for count, point in enumerate(node.iter(f"{_C}pt")):
        value = point.find(f"{_C}v")
        index = str(point.get("idx") or "")
        place = int(index) if index.isdigit() and len(index) <= 4 else count
        text = (value.text or "").strip() if value is not None else ""
        found[place] = f"{found[place]} {text}" if place in found else text  # labels of several levels
    if not found:
        return [(value.text or "").strip() for value in node.iter(f"{_C}v")][:1]
    return [found.get(place, "") for place in range(min(MAX_ROWS, max(found) + 1))]


def _extended(root: etree._Element) -> Iterator[Paragraph]:
    """Charts of Office 2016 (waterfall, map): the points as they stand."""
    points = [(node.text or "").strip() for node in root.iter(f"{_CX}pt")][:MAX_ROWS]
    if any(points):
        yield Paragraph(text=" ".join(point for point in points if point))


def _at(texts: list[str], place: int) -> str:
    return texts[place] if place < len(texts) else ""
