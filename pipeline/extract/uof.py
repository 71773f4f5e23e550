"""UOF texts (.uot, .uof): the Chinese office format of GB/T 20916, as one XML file or as a package.

Purpose: old documents of systems that had to write 标文通 are read, not refused.
Source: GB/T 20916-2007 (UOF 1.0), UOF 2.0: 字:段落 holds 字:句 holds 字:文本串; 2.0 adds a suffix to each name.
Limits: words and tables alone, no look; always partly, so that staff compare with the original.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from pipeline.extract import form, shape
from pipeline.extract.form import Cell
from pipeline.extract.package import DamagedError, Package, local, parse
from pipeline.extract.shape import Paragraph
from pipeline.records import Content, Leaf, Status

REASON = "UOF（标文通）文档：只读取了文字和表格，版式未读，请对照原件"
OTHER = "UOF（标文通）表格或演示文稿，不能读取；请报送单位另存为 docx 或 xlsx"

_GONE = ("删除", "修订", "样式", "元数据", "对象集", "书签集", "用户集", "页眉", "页脚", "批注集")
"""Beginnings of the names of what is no running text."""


def read(leaf: Leaf, _argument: str = "") -> Content:
    """Read one text; runs in the reader's child.

    Raises:
        DamagedError: it is no UOF text.
    """
    if leaf.data.startswith(b"PK"):
        package = Package(leaf.data)
        root = package.xml("content.xml")
    else:
        root = parse(leaf.data)
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        raise DamagedError("UOF 文件打不开，可能已损坏")
    blocks = shape.blocks(list(_blocks(root)))
    if not blocks:
        return Content(status=Status.UNSUPPORTED, reason=OTHER)
    return Content(blocks=blocks, status=Status.PARTLY, reason=REASON)


def _blocks(node: etree._Element) -> Iterator[Paragraph]:
    for child in node:
        name = local(child)
        if name.startswith("段落"):
            yield Paragraph(text=_words(child))
        elif name.startswith("文字表"):
            rows = (inner for inner in child.iter() if local(inner).partition("_")[0] == "行")
            yield from form.unfold([list(map(_cell, _cells(row))) for row in rows])
        elif name and not name.startswith(_GONE):
            yield from _blocks(child)


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    return (child for child in row if local(child).startswith("单元格"))


def _cell(node: etree._Element) -> Cell:
    return Cell(paragraphs=tuple(_blocks(node)))


def _words(node: etree._Element) -> str:
    pieces: list[str] = []
    for inner in node.iter():
        name = local(inner).partition("_")[0]
        if name == "文本串":
            pieces.append(inner.text or "")
        elif name in {"空格符", "制表符"}:
            pieces.append(" ")
        elif name == "换行符":
            pieces.append("\n")
    return "".join(pieces)
