"""Word files (docx, docm, dotx): the text, and beside it what stands around it (headers, notes, comments), files inside.

Purpose: everything a reader of the document sees, with the look of each paragraph.
Source: ECMA-376 part 1, section 17; python-docx opens the package and names the styles, the walk (body.py) is ours.
Limits: building blocks (word/glossary) are not shown by Word and not read; pictures that are only linked are not
fetched. Where python-docx refuses the package (dangling relationship, Strict OOXML, macro or template types, truncated
file) the same walk reads the XML parts themselves.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree

from pipeline.extract import shape
from pipeline.extract.body import Walk
from pipeline.extract.drawings import Drawings
from pipeline.extract.numbering import Numbering, W
from pipeline.extract.package import DamagedError, Package
from pipeline.extract.shape import Paragraph
from pipeline.extract.styles import Styles
from pipeline.records import Aside, Code, Content, Leaf, Problem, Status

MAX_EMBEDDED = 1000
"""Pictures and files taken out of one document."""

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
_AROUND = (
    ("footnotes", Aside.FOOTNOTE, f"{W}footnote"),
    ("endnotes", Aside.FOOTNOTE, f"{W}endnote"),
    ("comments", Aside.COMMENT, f"{W}comment"),
    ("footer", Aside.FOOTER, ""),
)
_FILES = re.compile(r"(?:^|/)(?:media|embeddings)/[^/]+$", re.IGNORECASE)


def read(leaf: Leaf, _argument: str = "") -> Content:
    """Read one Word file.

    Returns:
        its blocks (header, text, notes, comments, footer), pictures and files inside as `embedded`; status partly with
        the reason where a part of it is broken.

    Raises:
        DamagedError: no text of the document can be found.
    """
    package = Package(leaf.data)
    main = _main(package)
    body, styles, numbering = _opened(leaf.data, package, main)
    if body is None:
        raise DamagedError("；".join(["文件里找不到正文，可能已损坏", *package.flaws]))
    walk = Walk(styles=Styles(styles), numbering=Numbering(root=numbering), drawings=Drawings(package, main))
    walk.blocks(body)
    around = [line for kind, aside, tag in _AROUND for line in _notes(package, main, kind, aside, tag)]
    blocks = shape.blocks([*_notes(package, main, "header", Aside.HEADER), *walk.found, *around])
    embedded = tuple(_embedded(leaf, package, main))
    reason = _reason(package)
    if reason and not blocks and not embedded:
        raise DamagedError(f"没有读到文字：{reason}")
    return Content(
        blocks=blocks,
        embedded=embedded,
        status=Status.PARTLY if reason else Status.OK,
        reason=reason,
        problems=(*_macros(leaf, package), *_linked(leaf, package, main)),
    )


def _reason(package: Package) -> str:
    return "；".join(package.flaws)


def _opened(
    data: bytes, package: Package, main: str
) -> tuple[etree._Element | None, etree._Element | None, etree._Element | None]:
    """Give body, styles and numbering: from python-docx, or from the parts where it refuses the package."""
    import docx  # 0.1 s, and only Word files need it

    try:
        document = docx.Document(io.BytesIO(data))
        part = document.part
        lists = [rel.target_part for rel in part.rels.values() if rel.reltype.endswith("/numbering")]
        root = lists[0].element if lists else None
        body: etree._Element | None = document.element.body
        plain = document.element.getroottree().docinfo.internalDTD is None
        if body is not None and plain and not package.flaws:
            return body, document.styles.element, root
    except _REFUSALS:
        pass
    folder = main.rpartition("/")[0]
    tree = package.xml(main)
    found = tree.find(f"{W}body") if tree is not None else None
    return found, package.xml(f"{folder}/styles.xml"), package.xml(f"{folder}/numbering.xml")


def _main(package: Package) -> str:
    """Give the name of the main part: as the package's relationships say, else the usual one."""
    for relation in package.relations("").values():
        if relation.kind == "officeDocument" and relation.target in package.names:
            return relation.target
    return "word/document.xml"


# ---------------------------------------------------------------- around the text


def _notes(package: Package, main: str, kind: str, aside: Aside, tag: str = "") -> Iterator[Paragraph]:
    """Give the paragraphs of the parts of one *kind* (of their *tag* elements), each text once, numbers left out."""
    seen: set[str] = set()
    for part in _parts(package, main, kind):
        root = package.xml(part)
        for node in root.iter(tag) if root is not None and tag else [root] if root is not None else []:
            walk = Walk(styles=Styles(None), numbering=Numbering(root=None), drawings=Drawings(package, part))
            walk.blocks(node)
            text = " ".join(line.text.strip() for line in walk.found if line.text.strip())
            if text not in seen and re.search(r"[^\W\d_]", text):
                seen.add(text)
                yield Paragraph(text=text, aside=aside)


def _parts(package: Package, main: str, kind: str) -> list[str]:
    """Give the parts that *main* relates to as *kind*; where its relationships are lost, those so named."""
    related = [one.target for one in package.relations(main).values() if one.kind == kind]
    named = re.compile(rf"/?word/{kind}\d*\.xml", re.IGNORECASE)
    return related or sorted(part for part in package.names if named.fullmatch(part.replace("\\", "/")))


def _embedded(leaf: Leaf, package: Package, main: str) -> Iterator[Leaf]:
    """Give pictures and files inside, and documents that Word would read in (w:altChunk)."""
    chunks = [one.target for one in package.relations(main).values() if one.kind == "aFChunk"]
    inside = [name for name in package.names if _FILES.search(name.replace("\\", "/"))]
    for name, octets in package.files(dict.fromkeys([*inside, *chunks]), MAX_EMBEDDED):
        yield Leaf(path=f"{leaf.path}/{name}", name=name.rpartition("/")[2], data=octets)


def _linked(leaf: Leaf, package: Package, main: str) -> Iterator[Problem]:
    """Say that pictures are missing which the document only points to."""
    links = [one for one in package.relations(main).values() if one.kind == "image" and one.external]
    if links:
        detail = f"文档里有 {len(links)} 张图片只是链接，文件中没有原图，请报送单位补发"
        yield Problem(code=Code.LINK_ONLY, part=leaf.path, detail=detail)


def _macros(leaf: Leaf, package: Package) -> Iterator[Problem]:
    if any(name.lower().endswith("vbaproject.bin") for name in package.names):
        yield Problem(code=Code.MACRO, part=leaf.path, detail="文档带有宏；只读取了文字，宏没有运行")
