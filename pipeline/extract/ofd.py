"""OFD (版式文档): text of its pages with templates and annotations, pictures, attachments, and which seals it bears.

Purpose: official letters that are sent in the national layout format.
Source: GB/T 33190-2016, sections 7 (package, documents, pages), 15 (annotations), 18 (signatures), 20 (attachments);
GB/T 38540-2020 (the data of a seal); measures in millimetres.
Limits: seals are named, not verified; a file that is encrypted as a whole (GM/T 0099) is not opened; glyphs without
Unicode text are counted and told.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from lxml import etree

from pipeline.extract import ofd_page, shape
from pipeline.extract.lines import Page, paragraphs
from pipeline.extract.ofd_page import POINTS, Found, numbers
from pipeline.extract.package import DamagedError, Package
from pipeline.extract.shape import Paragraph
from pipeline.records import Aside, Content, Leaf, Status

MAX_PAGES = 300
"""Pages of one file."""
MAX_EMBEDDED = 500
"""Pictures and attachments taken out of one file."""
MAX_SEALS = 50
"""Seals of one file that are named."""

_A4 = (210.0, 297.0)
_PICTURE = re.compile(r"\.(?:jpe?g|png|bmp|gif|tiff?)$", re.IGNORECASE)
_SEAL_NAME = re.compile(
    rb"\x0c([\x0c-\x7f])((?:[\xe4-\xe9][\x80-\xbf]{2}|\xef\xbc[\x80-\xbf]|[0-9A-Za-z()]){4,42})"
)
"""A UTF8String of DER with its length: the name of a seal, of its owner, of its maker."""
_SEALED = re.compile(r"章|局|会|院|校|委|公司|中心|部|馆|所|办|厅|政府")


@dataclass(kw_only=True)
class _Reading:
    """What has been read of one file."""

    pages: list[Page] = field(default_factory=list)
    asides: list[Paragraph] = field(default_factory=list)
    attached: dict[str, str] = field(default_factory=dict)
    glyphs: int = 0
    lost: int = 0
    cut: bool = False


def read(leaf: Leaf, _argument: str = "") -> Content:
    """Read one OFD file; all documents of the package one after the other.

    Raises:
        DamagedError: no page can be found.
    """
    package = Package(leaf.data)
    if any(name.lower().endswith("encryptions.xml") for name in package.names):
        return Content(
            status=Status.NEEDS_PASSWORD, reason="待补密码：版式文件（OFD）已加密，请向报送单位索取"
        )
    found = _Reading()
    for body in _bodies(package):
        _document(package, body, found)
    if not found.pages and not found.lost:
        raise DamagedError("OFD 里找不到页面，文件可能已损坏")
    blocks = shape.blocks([*paragraphs(found.pages), *found.asides])
    embedded = tuple(islice(_embedded(package, found, leaf.path), MAX_EMBEDDED))
    reason = "；".join(_missing(found, text=any(page.lines for page in found.pages), embedded=bool(embedded)))
    return Content(
        blocks=blocks,
        pages=len(found.pages) or None,
        embedded=embedded,
        status=Status.PARTLY if reason else Status.OK,
        reason=reason,
    )


def _missing(found: _Reading, *, text: bool, embedded: bool) -> Iterator[str]:
    """Say in Chinese what was not read, and why."""
    if found.lost:
        yield f"{found.lost} 页已损坏，没有读到"
    if found.glyphs:
        yield f"{found.glyphs} 处文字只有字形、没有文字编码，没有读到；请打开原件核对"
    if found.cut:
        yield f"页数过多，只读取前 {MAX_PAGES} 页"
    if not text and not found.lost and not found.glyphs:
        yield "页面上没有文字" + ("（扫描件？），图片已另列" if embedded else "")


# ---------------------------------------------------------------- documents and pages


def _bodies(package: Package) -> list[etree._Element]:
    root = package.xml("OFD.xml")
    return list(root.iter("{*}DocBody")) if root is not None else []


def _document(package: Package, body: etree._Element, found: _Reading) -> None:
    main = _place("", body.findtext(".//{*}DocRoot"))
    document = package.xml(main)
    if document is None:
        found.lost += 1
        return
    templates = {
        str(node.get("ID") or ""): _place(main, node.get("BaseLoc"))
        for node in document.iter("{*}TemplatePage")
    }
    identities: dict[str, int] = {}
    for node in document.iter("{*}Page"):
        if len(found.pages) >= MAX_PAGES:
            found.cut = True
            break
        identities[str(node.get("ID") or "")] = len(found.pages) + 1
        _page(package, _place(main, node.get("BaseLoc")), document, templates, found)
    for name in _named(document, main, "Annotations"):
        _annotations(package, name, identities, found)
    for name in _named(document, main, "Attachments"):
        _attachments(package, name, found)
    for name in _named(body, "", "Signatures"):
        _seals(package, name, identities, found)


def _page(
    package: Package, name: str, document: etree._Element, templates: dict[str, str], found: _Reading
) -> None:
    root = package.xml(name)
    if root is None:
        found.lost += 1
        return
    content = Found()
    for used in root.iterchildren("{*}Template"):
        ofd_page.collect(package.xml(templates.get(str(used.get("TemplateID") or ""), "")), content)
    ofd_page.collect(root, content)
    found.glyphs += content.glyphs
    number = len(found.pages) + 1
    for text in dict.fromkeys(content.turned):
        known = any(text == line.text for line in found.asides)
        found.asides += [] if known else [Paragraph(text=text, page=number, aside=Aside.HEADER)]
    wide, high = _sides(root) or _sides(document) or _A4
    page = Page(
        number=number,
        width=wide * POINTS,
        height=high * POINTS,
        lines=tuple(ofd_page.lines(content.pieces)),
    )
    found.pages.append(page)


def _sides(root: etree._Element) -> tuple[float, float] | None:
    box = root.find(".//{*}PhysicalBox")
    sides = numbers(box.text) if box is not None else []
    return (sides[2], sides[3]) if len(sides) == 4 and min(sides[2:]) > 0 else None


def _place(base: str, location: str | None) -> str:
    """Give the absolute name of *location*, which counts from the folder of the part *base*."""
    text = (location or "").strip().replace("\\", "/")
    joined = text if text.startswith("/") else posixpath.join("/", posixpath.dirname(base), text)
    return posixpath.normpath(joined).lstrip("/") if text else ""


def _named(root: etree._Element, base: str, tag: str) -> list[str]:
    return [_place(base, node.text) for node in root.iterchildren(f"{{*}}{tag}") if (node.text or "").strip()]


# ---------------------------------------------------------------- around the pages


def _annotations(package: Package, name: str, identities: dict[str, int], found: _Reading) -> None:
    listed = package.xml(name)
    for node in listed.iter("{*}Page") if listed is not None else ():
        root = package.xml(_place(name, node.findtext("{*}FileLoc")))
        page = identities.get(str(node.get("PageID") or ""))
        for annotation in root.iter("{*}Annot") if root is not None else ():
            content = Found()
            ofd_page.collect(annotation, content)
            shown = [line.text for line in ofd_page.lines(content.pieces)]
            remark = (annotation.findtext("{*}Remark") or "").strip()
            for text in dict.fromkeys([*shown, *content.turned, *([remark] if remark else [])]):
                found.asides.append(Paragraph(text=text, page=page, aside=Aside.COMMENT))


def _attachments(package: Package, name: str, found: _Reading) -> None:
    root = package.xml(name)
    for node in root.iter("{*}Attachment") if root is not None else ():
        part = _place(name, node.findtext("{*}FileLoc"))
        suffix = posixpath.splitext(part)[1]
        title = str(node.get("Name") or "").strip() or posixpath.basename(part)
        found.attached[part.lower()] = title if title.lower().endswith(suffix.lower()) else title + suffix


def _seals(package: Package, name: str, identities: dict[str, int], found: _Reading) -> None:
    """Note each seal with its page and the names in it."""
    listed = package.xml(name)
    nodes = listed.iter("{*}Signature") if listed is not None else iter(())
    for node in islice(nodes, MAX_SEALS):
        place = _place(name, node.get("BaseLoc"))
        root = package.xml(place)
        if root is None:
            continue
        pages = {identities.get(str(stamp.get("PageRef") or "")) for stamp in root.iter("{*}StampAnnot")}
        stated = next(iter(root.iter("{*}Seal")), None)
        parts = [
            stated.findtext("{*}BaseLoc") if stated is not None else None,
            root.findtext(".//{*}SignedValue"),
        ]
        owners = next(
            filter(None, (_owners(package.octets(_place(place, part))) for part in parts if part)), ""
        )
        if pages or owners:
            page = min((number for number in pages if number), default=None)
            found.asides.append(
                Paragraph(text=f"电子印章：{owners or '名称不详'}", page=page, aside=Aside.COMMENT)
            )


def _owners(octets: bytes) -> str:
    """Give the first name in the data of a seal that names a seal or an office."""
    for match in _SEAL_NAME.finditer(octets):
        text = match[2][: match[1][0]].decode("utf-8", "ignore")
        if _SEALED.search(text):
            return text
    return ""


def _embedded(package: Package, found: _Reading, path: str) -> Iterator[Leaf]:
    """Give attachments under their own names, then the pictures."""
    for name in package.names:
        title = found.attached.get(name.replace("\\", "/").lstrip("/").lower(), "")
        if title or _PICTURE.search(name):
            octets = package.octets(name)
            last = title or name.rpartition("/")[2]
            below = f"附件/{title.replace('/', '_')}" if title else name.lstrip("/")
            if octets:
                yield Leaf(path=f"{path}/{below}", name=last, data=octets)
