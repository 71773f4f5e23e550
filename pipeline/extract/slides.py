"""Slides (pptx, pptm, ppsx): the text of each slide in order, tables, charts, notes, comments, pictures.

Purpose: reports given as slides, and the captions under photographs that units send this way.
Source: ECMA-376 part 1, section 19; order from ppt/presentation.xml and its relationships.
Limits: order inside a slide is that of the XML (PowerPoint's reading order), the title first; what stands on masters and
layouts is not read; automatic numbers are not written out. Notes, comments, footers and hidden slides are asides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml import etree

from pipeline.extract import drawings, form, shape
from pipeline.extract.drawings import A, Drawings, R
from pipeline.extract.form import Cell
from pipeline.extract.package import DamagedError, Package
from pipeline.extract.shape import Paragraph
from pipeline.records import Aside, Code, Content, Leaf, Problem, Status

MAX_SLIDES = 500
"""Slides of one file."""
MAX_EMBEDDED = 1000
"""Pictures and files taken out of one file."""

_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MAIN = "ppt/presentation.xml"
_TITLES = {"title", "ctrTitle"}
_NUMBERS = {"sldNum", "dt", "sldImg"}
"""Placeholders that say nothing: number, date, picture of the slide on its notes."""
_AROUND = {"ftr": Aside.FOOTER, "hdr": Aside.HEADER}
_FILES = re.compile(r"(?:^|/)(?:media|embeddings)/[^/]+$", re.IGNORECASE)


def read(leaf: Leaf, _argument: str = "") -> Content:
    """Read one presentation; pages are slides from 1.

    Raises:
        DamagedError: it has no slides.
    """
    package = Package(leaf.data)
    names = list(_slides(package))[:MAX_SLIDES]
    if not names:
        raise DamagedError("；".join(["文件里找不到幻灯片，可能已损坏", *package.flaws]))
    found = [line for page, name in enumerate(names, start=1) for line in _page(package, name, page)]
    blocks = shape.blocks(found, titled=False)
    inside = (name for name in package.names if _FILES.search(name.replace("\\", "/")))
    embedded = tuple(
        Leaf(path=f"{leaf.path}/{name}", name=name.rpartition("/")[2], data=octets)
        for name, octets in package.files(inside, MAX_EMBEDDED)
    )
    reason = "；".join(package.flaws)
    if reason and not blocks and not embedded:
        raise DamagedError(f"没有读到文字：{reason}")
    return Content(
        blocks=blocks,
        pages=len(names),
        embedded=embedded,
        status=Status.PARTLY if reason else Status.OK,
        reason=reason,
        problems=tuple(_macros(leaf, package)),
    )


def _macros(leaf: Leaf, package: Package) -> Iterator[Problem]:
    if any(name.lower().endswith("vbaproject.bin") for name in package.names):
        yield Problem(code=Code.MACRO, part=leaf.path, detail="文档带有宏；只读取了文字，宏没有运行")


def _slides(package: Package) -> Iterator[str]:
    """Give the slides' parts in the order of the presentation, else in that of their numbers."""
    main = next((one.target for one in package.relations("").values() if one.kind == "officeDocument"), _MAIN)
    relations = package.relations(main)
    root = package.xml(main)
    listed = [str(node.get(f"{R}id")) for node in root.iter(f"{_P}sldId")] if root is not None else []
    known = [relations[identity].target for identity in listed if identity in relations]
    numbered = [name for name in package.names if re.fullmatch(r"/?ppt/slides/slide\d+\.xml", name)]
    yield from known or sorted(
        numbered, key=lambda name: int(re.sub(r"\D", "", name.rpartition("/")[2]) or 0)
    )


def _page(package: Package, name: str, page: int) -> Iterator[Paragraph]:
    """Give the paragraphs of one slide, its notes and comments; all set aside where it is hidden."""
    root = package.xml(name)
    if root is None:
        return
    hidden = root.get("show") in {"0", "false"}
    slide = _Slide(drawings=Drawings(package, name), first=page == 1)
    lines = [*slide.lines(root), *_beside(package, name)]
    for line in lines:
        yield replace(line, page=page, aside=line.aside or (Aside.HIDDEN if hidden else None))


def _beside(package: Package, name: str) -> Iterator[Paragraph]:
    for relation in package.relations(name).values():
        if relation.external or relation.kind not in {"notesSlide", "comments"}:
            continue
        root = package.xml(relation.target)
        if root is None:
            continue
        for node in root.iter(f"{_P}sp"):
            if _placeholder(node) not in _NUMBERS | _AROUND.keys():
                texts = (drawings.line(inner) for inner in node.iter(f"{A}p"))
                yield from (Paragraph(text=text, aside=Aside.COMMENT) for text in texts if text)
        if relation.kind == "comments":
            said = [node.text or "" for node in root.iter(f"{_P}text")]
            said += [drawings.line(node) for node in root.iter(f"{A}p")]
            yield from (Paragraph(text=text, aside=Aside.COMMENT) for text in said if text.strip())


@dataclass(frozen=True, kw_only=True)
class _Slide:
    """One slide. first: its title is the presentation's."""

    drawings: Drawings
    first: bool

    def lines(self, root: etree._Element) -> list[Paragraph]:
        """Give its paragraphs, the title before all others."""
        found: list[Paragraph] = []
        for tree in root.iterfind(f"{_P}cSld/{_P}spTree"):
            found.extend(self._shapes(tree))
        return sorted(found, key=lambda line: line.outline is None)

    def _shapes(self, tree: etree._Element) -> Iterator[Paragraph]:
        for node in tree:
            if node.tag == f"{_P}sp":
                yield from self._shape(node)
            elif node.tag == f"{_P}graphicFrame":
                yield from self._frame(node)
            elif node.tag == f"{_P}pic":
                yield Paragraph(text="", picture=True)
            elif node.tag == f"{_MC}AlternateContent":
                branches = [child for child in node if child.tag in {f"{_MC}Choice", f"{_MC}Fallback"}]
                yield from self._shapes(branches[0]) if branches else ()
            elif node.tag in {f"{_P}grpSp", f"{_P}cxnSp"}:
                yield from self._shapes(node)

    def _shape(self, node: etree._Element) -> Iterator[Paragraph]:
        kind = _placeholder(node)
        texts = [text for text in map(drawings.line, node.iter(f"{A}p")) if text]
        if kind in _NUMBERS or not texts:
            return
        if kind in _TITLES:
            yield Paragraph(text="".join(texts), outline=0 if self.first else 1)
        else:
            yield from (Paragraph(text=text, aside=_AROUND.get(kind)) for text in texts)

    def _frame(self, node: etree._Element) -> Iterator[Paragraph]:
        """Give what stands in a frame: a table, SmartArt, a chart; an embedded file is a part of its own."""
        for inner in node.iter():
            if inner.tag == f"{A}tbl":
                rows = [[_cell(cell) for cell in row.iter(f"{A}tc")] for row in inner.iter(f"{A}tr")]
                yield from form.unfold(rows)
            elif inner.tag in drawings.TELLING:
                yield from self.drawings.read(inner)


def _placeholder(node: etree._Element) -> str:
    """Say what kind of placeholder a shape is, "" for a free one."""
    found = node.find(f"{_P}nvSpPr/{_P}nvPr/{_P}ph")
    return str(found.get("type") or "obj") if found is not None else ""


def _cell(node: etree._Element) -> Cell:
    return Cell(paragraphs=tuple(Paragraph(text=drawings.line(line)) for line in node.iter(f"{A}p")))
