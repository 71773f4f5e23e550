"""Slides (pptx): the text of each slide in order, tables, notes, pictures.

Purpose: reports given as slides, and the captions under photographs that units send this way.
Source: ECMA-376 part 1, section 19; order from ppt/presentation.xml and its relationships.
Limits: order inside a slide is that of the XML; SmartArt and charts are not read; notes are asides.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from itertools import islice

from lxml import etree

from pipeline.extract import form, shape
from pipeline.extract.form import Cell
from pipeline.extract.package import DamagedError, Package
from pipeline.extract.shape import Paragraph
from pipeline.records import Aside, Code, Content, Leaf, Problem

MAX_SLIDES = 500
"""Slides of one file."""
MAX_EMBEDDED = 1000
"""Pictures taken out of one file."""

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


def read(leaf: Leaf, _argument: str = "") -> Content:
    """Read one presentation; pages are slides from 1."""
    package = Package(leaf.data)
    names = list(_slides(package))[:MAX_SLIDES]
    if not names:
        raise DamagedError("文件里找不到幻灯片，可能已损坏")
    found: list[Paragraph] = []
    for page, name in enumerate(names, start=1):
        root = package.xml(name)
        if root is not None:
            found.extend(_slide(root, page))
        found.extend(_notes(package, name, page))
    macro = [Problem(code=Code.MACRO, part=leaf.path, detail="文档带有宏；只读取了文字，宏没有运行")]
    return Content(
        blocks=shape.blocks(found, titled=False),
        pages=len(names),
        embedded=tuple(
            Leaf(path=f"{leaf.path}/{name}", name=name.rpartition("/")[2], data=octets)
            for name, octets in islice(package.under("ppt/media/"), MAX_EMBEDDED)
        ),
        problems=tuple(
            macro if any(name.lower().endswith("vbaproject.bin") for name in package.names) else ()
        ),
    )


def _slides(package: Package) -> Iterator[str]:
    """Give the slides' parts in the order of the presentation, else in that of their numbers."""
    targets = _relations(package, "ppt/presentation.xml")
    root = package.xml("ppt/presentation.xml")
    ordered = (
        [targets.get(str(node.get(f"{_R}id"))) for node in root.iter(f"{_P}sldId")]
        if root is not None
        else []
    )
    known = [name for name in ordered if name]
    numbered = [name for name in package.names if re.fullmatch(r"/?ppt/slides/slide\d+\.xml", name)]
    yield from known or sorted(
        numbered, key=lambda name: int(re.sub(r"\D", "", name.rpartition("/")[2]) or 0)
    )


def _relations(package: Package, part: str) -> dict[str, str]:
    folder, name = posixpath.split(part)
    root = package.xml(f"{folder}/_rels/{name}.rels")
    return {
        str(node.get("Id")): posixpath.normpath(posixpath.join(folder, str(node.get("Target")))).lstrip("/")
        for node in (root.iter("{*}Relationship") if root is not None else ())
    }


def _slide(root: etree._Element, page: int) -> Iterator[Paragraph]:
    for node in root.iter(f"{_P}sp", f"{_A}tbl"):
        if node.tag == f"{_A}tbl":
            yield from form.unfold(
                [[_cell(cell) for cell in row.iter(f"{_A}tc")] for row in node.iter(f"{_A}tr")]
            )
            continue
        kind = node.find(f"{_P}nvSpPr/{_P}nvPr/{_P}ph")
        title = kind is not None and kind.get("type") in {"title", "ctrTitle"}
        texts = [_text(line) for line in node.iter(f"{_A}p")]
        if title and any(texts):
            yield Paragraph(text="".join(texts), outline=0 if page == 1 else 1, page=page)
        else:
            yield from (Paragraph(text=text, page=page) for text in texts if text)


def _cell(node: etree._Element) -> Cell:
    return Cell(paragraphs=tuple(Paragraph(text=_text(line)) for line in node.iter(f"{_A}p")))


def _text(line: etree._Element) -> str:
    pieces = ("\n" if node.tag == f"{_A}br" else node.text or "" for node in line.iter(f"{_A}t", f"{_A}br"))
    return "".join(pieces).strip()


def _notes(package: Package, slide: str, page: int) -> Iterator[Paragraph]:
    for target in _relations(package, slide).values():
        root = package.xml(target) if "notesSlide" in target else None
        for line in root.iter(f"{_A}p") if root is not None else ():
            text = _text(line)
            if len(text) > 3:  # the rest is slide numbers
                yield Paragraph(text=text, page=page, aside=Aside.COMMENT)
