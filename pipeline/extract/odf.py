"""OpenDocument texts and slides (odt, ott, odp, fodt, fodp), without LibreOffice.

Purpose: reports that units write with LibreOffice or hand over from systems that keep to GB/T 20916's kin, ODF.
Source: OASIS OpenDocument 1.3, part 2 (packages) and part 3 (schema); ISO/IEC 26300.
Limits: spreadsheets are read by sheet.py; formulas and embedded charts as far as they hold text:p; master pages give
header and footer of texts alone; DSSSL-like conditions are not evaluated.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from itertools import islice

from lxml import etree

from pipeline.extract import shape
from pipeline.extract.odf_styles import DRAW, OFFICE, STYLE, Styles
from pipeline.extract.odf_walk import Walk
from pipeline.extract.package import DamagedError, Package, parse
from pipeline.extract.shape import Paragraph
from pipeline.records import Aside, Block, Code, Content, Leaf, Problem, Status

MAX_EMBEDDED = 1000
"""Pictures and files taken out of one document."""

_MANIFEST = "META-INF/manifest.xml"
_FILES = re.compile(r"(?:^|/)(?:pictures|media)/[^/]+$|^object \d+$", re.IGNORECASE)
_SCRIPTS = re.compile(r"^(?:basic|scripts)/.", re.IGNORECASE)
_PAGES = (("header", Aside.HEADER), ("footer", Aside.FOOTER))


def read(leaf: Leaf, _argument: str = "") -> Content:
    """Read one text or presentation; runs in the reader's child.

    Raises:
        DamagedError: it has no content.
    """
    if not leaf.data.startswith(b"PK"):
        return _flat(leaf)
    package = Package(leaf.data)
    if b"encryption-data" in package.octets(_MANIFEST):
        return Content(status=Status.NEEDS_PASSWORD, reason="待补密码：文档设有打开密码，请向报送单位索取")
    content, looks = package.xml("content.xml"), package.xml("styles.xml")
    if content is None:
        raise DamagedError("；".join(["文件里找不到正文，可能已损坏", *package.flaws]))
    blocks, pages = _blocks(content, looks, package)
    names = (name for name in package.names if _FILES.search(name))
    embedded = tuple(
        Leaf(path=f"{leaf.path}/{name}", name=name.rpartition("/")[2], data=octets)
        for name, octets in package.files(names, MAX_EMBEDDED)
    )
    reason = "；".join(package.flaws)
    if reason and not blocks and not embedded:
        raise DamagedError(f"没有读到文字：{reason}")
    return Content(
        blocks=blocks,
        pages=pages,
        embedded=embedded,
        status=Status.PARTLY if reason else Status.OK,
        reason=reason,
        problems=_macros(leaf, any(_SCRIPTS.search(name) for name in package.names)),
    )


def _flat(leaf: Leaf) -> Content:
    """Read a document that is one XML file (ODF part 3, section 3.1.2)."""
    root = parse(leaf.data)
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        raise DamagedError("不是完好的 ODF 文件，或声明了 XML 实体（可能是攻击），没有读取")
    blocks, pages = _blocks(root, root)
    return Content(
        blocks=blocks,
        pages=pages,
        embedded=tuple(_inline_pictures(leaf, root)),
        problems=_macros(leaf, _has_code(root)),
    )


def _has_code(root: etree._Element) -> bool:
    """Say whether the scripts hold any code; LibreOffice writes an empty library into every document."""
    scripts = root.find(f"{OFFICE}scripts")
    return scripts is not None and bool("".join(map(str, scripts.itertext())).strip())


def _macros(leaf: Leaf, found: bool) -> tuple[Problem, ...]:
    problem = Problem(code=Code.MACRO, part=leaf.path, detail="文档带有宏；只读取了文字，宏没有运行")
    return (problem,) if found else ()


def _blocks(
    content: etree._Element, looks: etree._Element | None, package: Package | None = None
) -> tuple[tuple[Block, ...], int | None]:
    """Give the blocks in order, and the number of slides (None of a text)."""
    styles = Styles([root for root in (looks, content) if root is not None])
    body = content.find(f"{OFFICE}body")
    walk = Walk(styles=styles)
    if package:
        walk.objects = lambda path: package.xml(f"{path.removeprefix('./')}/content.xml")
    if body is not None:
        walk.blocks(body)
    slides = len(body.findall(f"*/{DRAW}page")) if body is not None else 0
    header, footer = (list(_of_pages(looks, name, aside, styles)) for name, aside in _PAGES)
    lines = [*header, *walk.found, *walk.aside, *footer]
    return shape.blocks(lines, titled=not slides), slides or None


def _of_pages(looks: etree._Element | None, name: str, aside: Aside, styles: Styles) -> Iterator[Paragraph]:
    """Give headers or footers of the master pages, each text once, numbers left out."""
    seen: set[str] = set()
    masters = looks.find(f"{OFFICE}master-styles") if looks is not None else None
    for page in masters.iterchildren(f"{STYLE}master-page") if masters is not None else ():
        for node in page:
            if isinstance(node.tag, str) and node.tag.startswith(f"{STYLE}{name}"):
                walk = Walk(styles=styles)
                walk.blocks(node)
                text = " ".join(line.text.strip() for line in walk.found if line.text.strip())
                if text not in seen and re.search(r"[^\W\d_]", text):
                    seen.add(text)
                    yield Paragraph(text=text, aside=aside)


def _inline_pictures(leaf: Leaf, root: etree._Element) -> Iterator[Leaf]:
    for number, node in enumerate(islice(root.iter(f"{OFFICE}binary-data"), MAX_EMBEDDED), start=1):
        try:
            octets = binascii.a2b_base64(node.text or "")
        except (binascii.Error, ValueError):
            continue
        if octets:
            yield Leaf(path=f"{leaf.path}/图{number}", name=f"图{number}", data=octets)
