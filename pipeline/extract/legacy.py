"""Old office files (.doc, .wps, .dot, .ppt, .rtf, Works): by our own readers, else by programs; what is inside.

Purpose: text in reading order from doc.py, rtf.py or ppt.py, else antiword, else LibreOffice (converted and then read as
docx), else catdoc; pictures and files inside, whoever read the text.
Source: antiword(1) -x db (DocBook); LibreOffice --convert-to; [MS-DOC] 2.5.1 (FibBase), 2.9.157 (pictures in `Data`).
Limits: the programs are needed for Word 95 and older, Works and damaged files alone; antiword keeps bold letters and
tables, no alignment; catdoc answers 0 on garbage, so its text must look like one; without any of them the status is
unsupported with the cure.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from pipeline import tools
from pipeline.extract import charset, child, form, kinds, objects, shape
from pipeline.extract.form import Cell
from pipeline.extract.package import parse
from pipeline.extract.shape import Paragraph
from pipeline.ole import Compound
from pipeline.ole import pictures as blips
from pipeline.records import Code, Content, Leaf, Problem, Status

ANTIWORD_SECONDS = 20
SOFFICE_SECONDS = 90
"""LibreOffice starts in 2 s on an idle machine and takes 10 s for a long report."""
SOFFICE_MEGABYTES = 4096
MAX_EMBEDDED = 500
"""Files taken out of one document."""
PLAUSIBLE = 0.6
"""Share of plausible characters below which a converter's output is garbage."""

_PROFILE = ".config/libreoffice/4/user/registrymodifications.xcu"
_ITEM = (
    '<item oor:path="/org.openoffice.Office.{path}"><prop oor:name="{name}" oor:op="fuse">'
    "<value>{value}</value></prop></item>"
)
_SECURITY = "Common/Security/Scripting"
_CHOICES = (
    (_SECURITY, "MacroSecurityLevel", "3"),
    (_SECURITY, "DisableMacrosExecution", "true"),
    (_SECURITY, "DisableActiveContent", "true"),
    (_SECURITY, "BlockUntrustedRefererLinks", "true"),
    ("Writer/Content/Update", "Link", "0"),
)
_SETTINGS = (
    '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">'
    + "".join(_ITEM.format(path=path, name=name, value=value) for path, name, value in _CHOICES)
    + "</oor:items>"
).encode()
"""No macro runs and no link is followed, whatever the document asks for."""
_SUFFIXES = {
    "application/vnd.ms-powerpoint": ("ppt", "pptx", "slides"),
    "application/rtf": ("rtf", "docx", "word"),
}
_OURS = {"application/msword": "doc", "application/rtf": "rtf", "application/vnd.ms-powerpoint": "ppt"}
"""Tasks of the reader's child."""
_READ = {Status.OK, Status.PARTLY, Status.NEEDS_PASSWORD}
_PICTURE = "[pic]"
_VBA_INFO = re.compile(rb"\x02\x00\x00\x04\x0c\x00\x00\x00(.{4})(.{4})", re.DOTALL)
"""VBAInfoAtom: version 2, type 0x0400, 12 octets; persistIdRef, fHasMacros."""


def read(leaf: Leaf, abilities: tuple[str, ...]) -> Content:
    """Read one old office file with the programs that *abilities* names.

    Returns:
        its blocks and pictures; needs-password, unsupported (no program at hand) or damaged (none could read it).
    """
    media_type = kinds.sniff(leaf.data, leaf.name, leaf.declared)
    compound = Compound(leaf.data)
    if compound.octets("CONTENTS").startswith(b"%PDF"):
        return objects.read(leaf)
    if _encrypted(compound):
        return Content(status=Status.NEEDS_PASSWORD, reason="待补密码：文档设有打开密码，请向报送单位索取")
    content = _text(leaf, media_type, abilities)
    if content is None:
        return _unread(media_type, abilities)
    pictures = () if content.embedded else tuple(_pictures(leaf, compound))
    content = replace(content, embedded=(*content.embedded, *pictures, *_files(leaf, compound)))
    if _has_macros(compound):
        macro = Problem(code=Code.MACRO, part=leaf.path, detail="文档带有宏；只读取了文字，宏没有运行")
        content = replace(content, problems=(*content.problems, macro))
    return content


def _text(leaf: Leaf, media_type: str, abilities: tuple[str, ...]) -> Content | None:
    """Try our own reader, then the programs in order; None where none gave a text."""
    task = _OURS.get(media_type, "")
    content = _read_here(task, leaf) if task else None
    if content is None and media_type == "application/msword" and "antiword" in abilities:
        content = _antiword(leaf)
    if content is None and "soffice" in abilities:
        content = _soffice(leaf, media_type)
    if content is None and "catdoc" in abilities and media_type in {"application/msword", "application/rtf"}:
        content = _catdoc(leaf, media_type)
    return content


def _unread(media_type: str, abilities: tuple[str, ...]) -> Content:
    able = "soffice" in abilities or ("antiword" in abilities and media_type == "application/msword")
    if able:
        return Content(status=Status.DAMAGED, reason="旧格式文档打不开，文件可能已损坏；原件已存")
    return Content(
        status=Status.UNSUPPORTED, reason="旧格式文档：本机没有 antiword 或 LibreOffice，安装后会自动重读"
    )


def _encrypted(compound: Compound) -> bool:
    """Say whether the flag fEncrypted of a Word file is set ([MS-DOC] section 2.5.1)."""
    head = compound.octets("WordDocument")[:32]
    return len(head) >= 12 and bool(struct.unpack_from("<H", head, 10)[0] & 0x0100)


def _has_macros(compound: Compound) -> bool:
    """Say whether a VBA project stands in the file: as a storage, or named in a presentation ([MS-PPT] 2.4.11)."""
    if any("VBA_PROJECT" in name.upper() for name in compound.names):
        return True
    return any(atom[1] != bytes(4) for atom in _VBA_INFO.findall(compound.octets("PowerPoint Document")))


def _read_here(task: str, leaf: Leaf) -> Content | None:
    content = child.ask(task, leaf)
    return content if content.status in _READ and (content.blocks or task != "rtf") else None


# ---------------------------------------------------------------- antiword


def _antiword(leaf: Leaf) -> Content | None:
    result = tools.run(
        ["antiword", "-x", "db", "-s", "in.doc"],
        inputs=[("in.doc", leaf.data)],
        seconds=ANTIWORD_SECONDS,
        megabytes=512,
    )
    root = parse(result.out) if result.ok and result.out else None
    blocks = shape.blocks(list(_docbook(root))) if root is not None else ()
    text = "".join(block.text for block in blocks)
    return Content(blocks=blocks) if text and not charset.garbled(text) else None


def _docbook(root: etree._Element) -> Iterator[Paragraph]:
    """Give the paragraphs and tables of antiword's DocBook in order."""
    for node in root.iter("para", "title", "informaltable"):
        if any(True for _ in node.iterancestors("informaltable")):
            continue
        if node.tag == "informaltable":
            yield from form.unfold(
                [[_cell(entry) for entry in row.iter("entry")] for row in node.iter("row")]
            )
        elif node.find(".//informaltable") is None:
            yield _paragraph(node)


def _paragraph(node: etree._Element) -> Paragraph:
    text = re.sub(r"[ \t\r\n]+", " ", "".join(map(str, node.itertext()))).strip(" ")
    bold = sum(
        len("".join(map(str, part.itertext())).strip())
        for part in node.iter("emphasis")
        if part.get("role") == "bold"
    )
    lead = len(text) - len(text.lstrip("\u3000 "))
    return Paragraph(
        text=text.replace(_PICTURE, ""),
        strong=0 < 0.8 * len(text) <= bold,
        right=lead >= 8,
        picture=_PICTURE in text,
        outline=None,
    )


def _cell(entry: etree._Element) -> Cell:
    inner = [_paragraph(node) for node in entry.iter("para")]
    return Cell(paragraphs=tuple(inner or [_paragraph(entry)]))


# ---------------------------------------------------------------- LibreOffice


def _soffice(leaf: Leaf, media_type: str) -> Content | None:
    """Convert to docx or pptx and read that."""
    suffix, target, task = _SUFFIXES.get(media_type, ("doc", "docx", "word"))
    result = tools.run(
        [
            "soffice",
            "--headless",
            "--norestore",
            "--nolockcheck",
            "--nodefault",
            "--convert-to",
            target,
            f"in.{suffix}",
        ],
        inputs=[(_PROFILE, _SETTINGS), (f"in.{suffix}", leaf.data)],
        seconds=SOFFICE_SECONDS,
        megabytes=SOFFICE_MEGABYTES,
    )
    octets = dict(result.files).get(f"in.{target}", b"")
    if not octets:
        return None
    content = child.ask(task, replace(leaf, data=octets))
    text = "".join(block.text for block in content.blocks)
    if content.status is not Status.OK or charset.garbled(text):
        return None
    return content


# ---------------------------------------------------------------- catdoc


def _catdoc(leaf: Leaf, media_type: str) -> Content | None:
    result = tools.run(
        ["catdoc", "-w", "-d", "utf-8", "-s", "cp936", "in.doc"],
        inputs=[("in.doc", leaf.data)],
        seconds=ANTIWORD_SECONDS,
        megabytes=512,
    )
    text = result.out.decode("utf-8", "replace").strip()
    if (
        not result.ok
        or not text
        or charset.plausible(text) < PLAUSIBLE
        or media_type not in {"application/msword", "application/rtf"}
    ):
        return None
    return Content(blocks=shape.blocks([Paragraph(text=line) for line in text.split("\n")]))


# ---------------------------------------------------------------- what is inside


def _files(leaf: Leaf, compound: Compound) -> Iterator[Leaf]:
    """Give the files that were dragged into the document."""
    found = [objects.native(stream) for stream in compound.every(objects.NATIVE)]
    found += [("嵌入文件", stream) for stream in compound.every("Package")]
    for number, (name, octets) in enumerate(found[:MAX_EMBEDDED], start=1):
        if octets:
            yield Leaf(path=f"{leaf.path}/{number}-{name}", name=name, data=octets)


def _pictures(leaf: Leaf, compound: Compound) -> Iterator[Leaf]:
    """Give the pictures: those in line stand in `Data`, floating ones in `WordDocument`, those of slides in `Pictures`."""
    seen: set[bytes] = set()
    for stream in ("Data", "WordDocument", "Pictures"):
        for suffix, octets in blips(compound.octets(stream)):
            if octets not in seen:
                seen.add(octets)
                name = f"图{len(seen)}.{suffix}"
                yield Leaf(path=f"{leaf.path}/{name}", name=name, data=octets)
