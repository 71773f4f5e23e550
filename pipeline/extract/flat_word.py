"""Word documents that are one XML file: Word 2003 XML (.xml, also named .doc) and a docx unfolded by Word 2007 and later.

Purpose: what Word saves as “XML 文档” is read as the document that it is.
Source: Word 2003 XML (WordprocessingML of the Office 2003 schemas); [MS-DOCX] flat OPC (pkg:package).
Limits: of the lists of Word 2003 the label that Word wrote beside each paragraph; styles by their name and look.
"""

from __future__ import annotations

import binascii
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from lxml import etree

from pipeline.extract import shape, styles, word
from pipeline.extract.body import Walk
from pipeline.extract.drawings import Drawings
from pipeline.extract.numbering import Numbering, W
from pipeline.extract.package import ENTITIES, DamagedError, parse
from pipeline.extract.shape import Paragraph
from pipeline.extract.styles import Styles
from pipeline.records import Aside, Code, Content, Leaf, Problem

MAX_EMBEDDED = 1000
"""Pictures taken out of one document."""
MAX_PARTS = 5_000
"""Parts of a flat package; a document has some dozens."""

_OLD = b"http://schemas.microsoft.com/office/word/2003/wordml"
_PKG = "{http://schemas.microsoft.com/office/2006/xmlPackage}"
_WX = "{http://schemas.microsoft.com/office/word/2003/auxHint}"
_AML = "{http://schemas.microsoft.com/aml/2001/core}"
_ASIDES = {
    f"{W}hdr": Aside.HEADER,
    f"{W}ftr": Aside.FOOTER,
    f"{W}footnote": Aside.FOOTNOTE,
    f"{W}endnote": Aside.FOOTNOTE,
}


def read(leaf: Leaf, _argument: str = "") -> Content:
    """Read one document; runs in the reader's child.

    Raises:
        DamagedError: it is neither kind, or has entities.
    """
    root = parse(leaf.data.replace(_OLD, W.strip("{}").encode()))
    if root is None:
        raise DamagedError("XML 打不开，文件可能已损坏")
    if root.getroottree().docinfo.internalDTD is not None:
        raise DamagedError(ENTITIES)
    if root.tag == f"{_PKG}package":
        return word.read(replace(leaf, data=_folded(root)))
    return _old(leaf, root)


def _folded(root: etree._Element) -> bytes:
    """Make the package again that was unfolded."""
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w") as archive:
        for part in islice(root.iterchildren(f"{_PKG}part"), MAX_PARTS):
            tree, binary = part.find(f"{_PKG}xmlData/*"), part.find(f"{_PKG}binaryData")
            content = etree.tostring(tree) if tree is not None else b""
            if binary is not None:
                content = _decoded(binary.text or "")
            archive.writestr(str(part.get(f"{_PKG}name")).lstrip("/"), content)
    return octets.getvalue()


def _old(leaf: Leaf, root: etree._Element) -> Content:
    main = root.find(f"{W}body")
    if main is None:
        raise DamagedError("文件里找不到正文，可能已损坏")
    named = Styles(root.find(f"{W}styles"))
    asides = list(_apart(main))
    for paragraph in main.iter(f"{W}p"):
        _labelled(paragraph)
    walk = _walk(named)
    walk.blocks(main)
    around = [line for kind, node in asides for line in _aside(node, kind)]
    headers = [line for line in around if line.aside is Aside.HEADER]
    others = [line for line in around if line.aside is not Aside.HEADER]
    detail = "文档带有宏；只读取了文字，宏没有运行"
    macros = root.get(f"{W}macrosPresent") == "yes" or root.find(f"{W}docSuppData") is not None
    return Content(
        blocks=shape.blocks([*headers, *walk.found, *others]),
        embedded=tuple(_pictures(leaf, root)),
        problems=(Problem(code=Code.MACRO, part=leaf.path, detail=detail),) if macros else (),
    )


def _walk(named: Styles) -> Walk:
    return Walk(styles=named, numbering=Numbering(root=None), drawings=Drawings(None, ""))


def _apart(main: etree._Element) -> Iterator[tuple[Aside, etree._Element]]:
    """Take headers, notes and comments out of the text, where Word 2003 writes them."""
    for node in list(main.iter(*_ASIDES, f"{_AML}annotation")):
        kind = _ASIDES.get(str(node.tag))
        if node.tag == f"{_AML}annotation":
            kind = Aside.COMMENT if node.get(f"{W}type") == "Word.Comment" else None
        parent = node.getparent()
        if kind is not None and parent is not None:
            parent.remove(node)
            yield kind, node


def _aside(node: etree._Element, kind: Aside) -> Iterator[Paragraph]:
    walk = _walk(Styles(None))
    walk.blocks(node)
    text = " ".join(line.text.strip() for line in walk.found if line.text.strip())
    if re.search(r"[^\W\d_]", text):
        yield Paragraph(text=text, aside=kind)


def _labelled(paragraph: etree._Element) -> None:
    """Write the label of a list that Word left beside the paragraph into it; bullets are none."""
    hint = paragraph.find(f"{W}pPr/{W}listPr/{_WX}t")
    label = str(hint.get(f"{_WX}val") or "").strip() if hint is not None else ""
    text = paragraph.find(f".//{W}t")
    if text is not None and re.search(r"\w", label):
        text.text = styles.joined(label, text.text or "")


def _pictures(leaf: Leaf, root: etree._Element) -> Iterator[Leaf]:
    for node in islice(root.iter(f"{W}binData"), MAX_EMBEDDED):
        name = re.split(r"[\\/]", str(node.get(f"{W}name") or ""))[-1] or "图"
        octets = _decoded(node.text or "")
        if octets and node.get(f"{W}name") != "editdata.mso":
            yield Leaf(path=f"{leaf.path}/{name}", name=name, data=octets)


def _decoded(text: str) -> bytes:
    try:
        return binascii.a2b_base64(text)
    except (binascii.Error, ValueError):
        return b""
