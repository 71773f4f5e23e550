"""Word files (docx, docm, dotx): text in reading order with the look of each paragraph, tables, notes, pictures.

Purpose: everything a reader of the document sees, and beside it what stands around the text (headers, notes, comments).
Source: ECMA-376 part 1, section 17; python-docx opens the package and names the styles, the walk over the body is ours,
because its own loses content controls, insertions, text boxes and nested tables.
Limits: accepted state of tracked changes (insertions read, deletions and moved-from text not); a text box stands after
the paragraph it is anchored to; SmartArt and charts are not read. Where python-docx refuses the package (dangling
relationship, Strict OOXML, macro or template types) the same walk reads the XML parts themselves.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lxml import etree

from pipeline.extract import form, shape
from pipeline.extract.form import Cell
from pipeline.extract.numbering import Numbering, W
from pipeline.extract.package import DamagedError, Package
from pipeline.extract.shape import Paragraph
from pipeline.extract.styles import Look, Styles, of_paragraph, of_run
from pipeline.records import Aside, Code, Content, Leaf, Problem, Status

MAX_EMBEDDED = 1000
"""Pictures and files taken out of one document."""
MAX_SPAN = 64
"""Columns one cell may span; Word allows 63, hostile files say a billion."""
RIGHT_INDENT = 3500
"""Left indent (twips, 1/20 point) from which a line stands on the right half of an A4 page."""

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
_REFUSALS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    etree.LxmlError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What python-docx was seen to raise on files that Word opens, and on hostile ones."""
_GONE = {
    f"{W}{name}" for name in ("del", "moveFrom", "instrText", "delText", "delInstrText", "rt", "pPr", "rPr")
}
_LINES = {f"{W}br": "\n", f"{W}cr": "\n", f"{W}tab": " ", f"{W}ptab": " ", f"{W}noBreakHyphen": "-"}
_GRAPHICS = {f"{W}drawing", f"{W}pict", f"{W}object", f"{_MC}AlternateContent"}
_PICTURE = re.compile(r"\}(?:blip|imagedata)$")


def read(leaf: Leaf, _argument: str = "") -> Content:
    """Read one Word file.

    Returns:
        its blocks (asides last, in order of the document), pictures and files inside as `embedded`; status damaged
        where no document part can be found.
    """
    package = Package(leaf.data)
    body, styles, numbering = _opened(leaf.data, package)
    if body is None:
        raise DamagedError("文件里找不到正文，可能已损坏")
    walk = _Walk(styles=Styles(styles), numbering=Numbering(root=numbering))
    walk.blocks(body)
    named = shape.blocks([*_notes(package, "header", Aside.HEADER), *walk.found, *_around(package)])
    return Content(
        blocks=named,
        embedded=tuple(_embedded(leaf, package)),
        status=Status.OK,
        problems=tuple(_macros(leaf, package)),
    )


def _opened(
    data: bytes, package: Package
) -> tuple[etree._Element | None, etree._Element | None, etree._Element | None]:
    """Give body, styles and numbering: from python-docx, or from the parts where it refuses the package."""
    import docx  # 0.1 s, and only Word files need it

    try:
        document = docx.Document(io.BytesIO(data))
        part = document.part
        lists = [rel.target_part for rel in part.rels.values() if rel.reltype.endswith("/numbering")]
        root = lists[0].element if lists else None
        body: etree._Element | None = document.element.body
        if body is not None:
            return body, document.styles.element, root
    except _REFUSALS:
        pass
    main = _main(package)
    folder = main.rpartition("/")[0]
    tree = package.xml(main)
    found = tree.find(f"{W}body") if tree is not None else None
    return found, package.xml(f"{folder}/styles.xml"), package.xml(f"{folder}/numbering.xml")


def _main(package: Package) -> str:
    """Give the name of the main part: as the package's relationships say, else the usual one."""
    relations = package.xml("_rels/.rels")
    for relation in relations.iter("{*}Relationship") if relations is not None else ():
        if relation.get("Type") == _RELATION and package.octets(str(relation.get("Target"))):
            return str(relation.get("Target")).lstrip("/")
    return "word/document.xml"


@dataclass(kw_only=True)
class _Run:
    """What one paragraph holds: pieces of text with their look, text boxes, and whether a picture stands in it."""

    pieces: list[tuple[str, Look]] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)
    picture: bool = False


@dataclass(kw_only=True)
class _Walk:
    """The walk over one body; `found` grows in reading order."""

    styles: Styles
    numbering: Numbering
    found: list[Paragraph] = field(default_factory=list)

    def blocks(self, node: etree._Element) -> None:
        """Walk over block-level content (section 17.2)."""
        for child in node:
            if child.tag == f"{W}p":
                self._paragraph(child)
            elif child.tag == f"{W}tbl":
                self.found.extend(form.unfold(list(self._rows(child))))
            elif child.tag == f"{_MC}AlternateContent":
                self.blocks(_chosen(child))
            elif isinstance(child.tag, str) and child.tag not in _GONE:
                self.blocks(child)

    def _paragraph(self, node: etree._Element) -> None:
        properties = node.find(f"{W}pPr")
        style = properties.find(f"{W}pStyle") if properties is not None else None
        base = self.styles.look(str(style.get(f"{W}val")) if style is not None else "")
        look = of_paragraph(properties).over(base)
        run = _Run()
        self._inline(node, look, run)
        shown = [(text, said) for text, said in run.pieces if not said.hidden]
        hidden = "".join(text for text, said in run.pieces if said.hidden).strip()
        text = "".join(text for text, _ in shown)
        if text.strip() and look.number and look.number != "0":
            text = _joined(self.numbering.label(look.number, look.level or 0), text.strip())
        self.found.append(_set(text, look, shown, picture=run.picture, right=_right(text, look, properties)))
        if hidden:
            self.found.append(Paragraph(text=hidden, aside=Aside.HIDDEN))
        for box in run.boxes:
            self.blocks(box)

    def _inline(self, node: etree._Element, look: Look, run: _Run) -> None:
        for child in node:
            if child.tag in _GONE or not isinstance(child.tag, str):
                continue
            if child.tag == f"{W}t":
                run.pieces.append((child.text or "", look))
            elif child.tag in _LINES:
                if child.get(f"{W}type") not in {"page", "column"}:
                    run.pieces.append((_LINES[child.tag], look))
            elif child.tag in _GRAPHICS:
                self._graphics(child, look, run)
            elif child.tag == f"{W}r":
                self._inline(child, self._run_look(child).over(look), run)
            elif child.tag.endswith("}t") and "/math" in child.tag:
                run.pieces.append((child.text or "", look))
            else:
                self._inline(child, look, run)

    def _run_look(self, node: etree._Element) -> Look:
        return of_run(node.find(f"{W}rPr"))

    def _graphics(self, node: etree._Element, look: Look, run: _Run) -> None:
        """Take text boxes and pictures out of a drawing; both branches of AlternateContent hold the same ones."""
        if node.tag == f"{_MC}AlternateContent":
            chosen = _chosen(node)
            if any(child.tag == f"{W}t" for child in chosen):
                self._inline(chosen, look, run)
                return
            node = chosen
        for child in node:
            if child.tag == f"{W}txbxContent":
                run.boxes.append(child)
            elif isinstance(child.tag, str):
                run.picture |= bool(_PICTURE.search(child.tag))
                self._graphics(child, look, run)

    def _rows(self, table: etree._Element) -> Iterator[list[Cell]]:
        for row in _children(table, f"{W}tr"):
            if row.find(f"{W}trPr/{W}del") is None:
                yield [cell for node in _children(row, f"{W}tc") for cell in self._cells(node)]

    def _cells(self, node: etree._Element) -> list[Cell]:
        """Give one cell, and empty ones for the further columns that it spans."""
        span = node.find(f"{W}tcPr/{W}gridSpan")
        merged = node.find(f"{W}tcPr/{W}vMerge")
        inner = _Walk(styles=self.styles, numbering=self.numbering)
        if merged is None or merged.get(f"{W}val") == "restart":
            inner.blocks(node)
        columns = str(span.get(f"{W}val")) if span is not None else "1"
        more = min(int(columns), MAX_SPAN) if re.fullmatch(r"\d{1,9}", columns) else 1
        return [Cell(paragraphs=tuple(inner.found)), *[Cell()] * (more - 1)]


def _children(node: etree._Element, tag: str) -> Iterator[etree._Element]:
    """Give the rows of a table or cells of a row, also inside content controls and insertions; never nested ones."""
    for child in node:
        if child.tag == tag:
            yield child
        elif child.tag in {f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}customXml", f"{W}smartTag"}:
            yield from _children(child, tag)


def _chosen(node: etree._Element) -> etree._Element:
    """Give the branch of an AlternateContent that holds text or a picture: the first Choice, else the Fallback."""
    branches = [child for child in node if child.tag in {f"{_MC}Choice", f"{_MC}Fallback"}]
    for branch in branches:
        if any(
            isinstance(child.tag, str) and (child.tag == f"{W}t" or _PICTURE.search(child.tag))
            for child in branch.iter()
        ):
            return branch
    return branches[0] if branches else node


def _set(
    text: str, look: Look, shown: Sequence[tuple[str, Look]], *, picture: bool, right: bool
) -> Paragraph:
    """Make the paragraph; its look is that of most of its characters."""
    sizes: Counter[float] = Counter()
    strong = red = total = 0
    for piece, said in shown:
        length = len(piece.strip())
        total += length
        sizes[said.size or 0.0] += length
        strong += length * said.strong
        red += length * said.red
    return Paragraph(
        text=text,
        outline=look.outline,
        size=sizes.most_common(1)[0][0] if sizes else 0.0,
        strong=total > 0 and strong >= 0.8 * total,
        red=total > 0 and red >= 0.8 * total,
        centred=look.align in {"center", "distribute"},
        right=right,
        picture=picture,
    )


def _joined(label: str, text: str) -> str:
    """Put the label before the text, with a space where it ends in a digit or letter."""
    return f"{label} {text}" if label[-1:].isascii() and label[-1:].isalnum() else f"{label}{text}"


def _right(text: str, look: Look, properties: etree._Element | None) -> bool:
    """Say whether the line stands at the right: aligned, indented, or pushed there with spaces."""
    if look.align in {"right", "end"}:
        return True
    indent = properties.find(f"{W}ind") if properties is not None else None
    left = str(indent.get(f"{W}left") or indent.get(f"{W}start") or "") if indent is not None else ""
    if re.fullmatch(r"\d{1,6}", left) and int(left) >= RIGHT_INDENT:
        return True
    lead = text[: len(text) - len(text.lstrip())]
    return sum(2 if sign == "\u3000" else 1 for sign in lead) >= 16


# ---------------------------------------------------------------- around the text


def _around(package: Package) -> Iterator[Paragraph]:
    yield from _notes(package, "footnotes", Aside.FOOTNOTE, f"{W}footnote")
    yield from _notes(package, "endnotes", Aside.FOOTNOTE, f"{W}endnote")
    yield from _notes(package, "comments", Aside.COMMENT, f"{W}comment")
    yield from _notes(package, "footer", Aside.FOOTER)


def _notes(package: Package, name: str, aside: Aside, tag: str = "") -> Iterator[Paragraph]:
    """Give the paragraphs of the parts word/<name>*.xml (of their *tag* elements), each text once, numbers left out."""
    seen: set[str] = set()
    for part in sorted(package.names):
        if not re.fullmatch(rf"/?word/{name}\d*\.xml", part.replace("\\", "/"), re.IGNORECASE):
            continue
        root = package.xml(part)
        for node in root.iter(tag) if root is not None and tag else [root] if root is not None else []:
            walk = _Walk(styles=Styles(None), numbering=Numbering(root=None))
            walk.blocks(node)
            text = " ".join(line.text.strip() for line in walk.found if line.text.strip())
            if text not in seen and re.search(r"[^\W\d_]", text):
                seen.add(text)
                yield Paragraph(text=text, aside=aside)


def _embedded(leaf: Leaf, package: Package) -> Iterator[Leaf]:
    for folder in ("word/media/", "word/embeddings/"):
        for count, (name, octets) in enumerate(package.under(folder)):
            if count < MAX_EMBEDDED:
                yield Leaf(path=f"{leaf.path}/{name}", name=name.rpartition("/")[2], data=octets)


def _macros(leaf: Leaf, package: Package) -> Iterator[Problem]:
    if any(name.lower().endswith("vbaproject.bin") for name in package.names):
        yield Problem(code=Code.MACRO, part=leaf.path, detail="文档带有宏；只读取了文字，宏没有运行")
