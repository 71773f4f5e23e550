"""PDF: the text layer as paragraphs, pictures and files in it, seals, and recognition of pages that are pictures of text.

Purpose: `read()` composes what the reader's child finds (pdf_pages.py) with what a recogniser reads (ocr.py).
Source: ISO 32000-1. poppler as a second reader was tried on the damaged files that pdfium refuses and opened none but
those that had lost their last octets; they get a new trailer instead (pdf_file.py).
Limits: 300 pages; an owner password does not lock reading, a user password does unless it is known; a page whose layer
cannot be its words is read from its picture.
"""

from __future__ import annotations

import re
from dataclasses import replace

import msgspec

from pipeline.extract import child, ocr, scan
from pipeline.extract.lines import glued
from pipeline.extract.pdf_file import Wanted
from pipeline.records import Block, Code, Content, Leaf, Problem, Status, Style

CPU_SECONDS = 5
"""Processor time for the text of one file, and for its seals; the slowest real one measured takes 3 s (300 pages)."""
WORDS = 12
"""Chinese characters that a recogniser must find on a page for it to be more than a photograph."""
PHOTO_CONFIDENCE = 0.55
"""Mean confidence (0..1) up to which what it finds are signs on a photograph."""

_HAN = re.compile(r"[\u4e00-\u9fff]")


def read(leaf: Leaf, abilities: tuple[str, ...], passwords: tuple[str, ...] = ()) -> Content:
    """Read a PDF: text layer, then pages without a text of their own by recognition where that is possible.

    Args:
        passwords: to try where it is locked.

    Returns:
        status ok; partly or needs-ocr (with a Problem) where pages stayed unread; needs-password; damaged; too-big.
        seals: pages on which a round red seal is seen, None where the pages could not be looked at.
    """
    content = child.ask("pdf", leaf, _argument(0, passwords), seconds=CPU_SECONDS)
    if content.status is Status.DAMAGED:
        return _cause(leaf, content)
    if not content.blocks and not content.embedded:
        return content
    looked = child.ask("pdf-seals", leaf, _argument(0, passwords), seconds=CPU_SECONDS)
    waiting = [block.page or 1 for block in content.blocks if _marks_scan(block)]
    blocks = tuple(block for block in content.blocks if not _marks_scan(block))
    content = replace(content, blocks=blocks, seals=looked.seals)
    if not waiting:
        return content
    if not ocr.able(abilities):
        return _unread(leaf, content, waiting)
    return _recognised(leaf, content, waiting, abilities, passwords)


def _cause(leaf: Leaf, content: Content) -> Content:
    """Say of a file that could not be read whether it is a bomb."""
    unpacked = child.ask("pdf-unpacked", leaf)
    return unpacked if unpacked.status is Status.TOO_BIG else content


def _argument(page: int, passwords: tuple[str, ...]) -> str:
    return msgspec.json.encode(Wanted(page=page, passwords=passwords)).decode()


def _marks_scan(block: Block) -> bool:
    """Say whether the child marked a page as a picture of text: by an empty block."""
    return block.style is Style.OTHER and not block.text


# ---------------------------------------------------------------- pages that are pictures


def _recognised(
    leaf: Leaf,
    content: Content,
    waiting: list[int],
    abilities: tuple[str, ...],
    passwords: tuple[str, ...],
) -> Content:
    """Add what is read on the pages *waiting*; those that are photographs give their pictures instead."""
    pictures = (_picture(leaf, page, passwords) for page in waiting[: ocr.MAX_PAGES])
    result = ocr.recognise(pictures, abilities, titled=1 in waiting)
    photographs = [page for page in waiting if _is_photograph(page, result)]
    blocks = tuple(block for block in result.blocks if block.page not in photographs)
    shown = [
        picture
        for page in photographs
        for picture in child.ask("pdf-photographs", leaf, _argument(page, passwords)).embedded
    ]
    content = replace(
        content,
        blocks=_in_order(content.blocks, blocks),
        recognised=bool(blocks),
        embedded=(*content.embedded, *shown),
    )
    left = [*result.unread, *waiting[ocr.MAX_PAGES :]]
    if left:
        return _unread(leaf, content, left)
    doubts = ocr.doubts(blocks)
    return replace(content, status=Status.PARTLY, reason=doubts) if doubts else content


def _is_photograph(page: int, result: ocr.Recognised) -> bool:
    """Say whether *page* holds no words, or only signs as they stand on a photograph (a banner, noise)."""
    told = [block for block in result.blocks if block.page == page]
    length = sum(len(block.text) for block in told)
    if not length:
        return page in result.wordless
    mean = sum((block.confidence or 0.0) * len(block.text) for block in told) / length
    return len(_HAN.findall("".join(block.text for block in told))) < WORDS and mean <= PHOTO_CONFIDENCE


def _picture(leaf: Leaf, page: int, passwords: tuple[str, ...]) -> ocr.Picture:
    answer = child.ask("pdf-page", leaf, _argument(page, passwords))
    if len(answer.embedded) < 2:
        return ocr.Picture(page=page, octets=b"")
    grey, red = answer.embedded
    return ocr.Picture(page=page, octets=grey.data, red=scan.bands(red.data))


def _unread(leaf: Leaf, content: Content, pages: list[int]) -> Content:
    listed = "、".join(str(page) for page in pages[:10]) + ("等" if len(pages) > 10 else "")
    reason = (
        f"第 {listed} 页是图片，未能识别文字，请人工阅读"
        if content.blocks
        else "扫描件，未能识别文字，请人工阅读"
    )
    problem = Problem(code=Code.NEEDS_OCR, part=leaf.path, detail=reason)
    status = Status.PARTLY if any(block.aside is None for block in content.blocks) else Status.NEEDS_OCR
    return replace(content, status=status, reason=reason, problems=(*content.problems, problem))


def _in_order(layer: tuple[Block, ...], recognised: tuple[Block, ...]) -> tuple[Block, ...]:
    """Merge by page; a paragraph cut by a change of page between both kinds is joined again."""
    merged = sorted((*layer, *recognised), key=lambda block: block.page or 0)
    found: list[Block] = []
    for block in merged:
        before = found[-1] if found else None
        if before is not None and _cut(before, block):
            found[-1] = replace(before, text=glued(before.text, block.text))
        else:
            found.append(block)
    return tuple(found)


def _cut(before: Block, after: Block) -> bool:
    """A paragraph without an end before a paragraph on the next page, one of them recognised, the other not."""
    both = before.style is Style.PARAGRAPH and after.style is Style.PARAGRAPH
    mixed = (before.confidence is None) != (after.confidence is None)
    return (
        both
        and mixed
        and before.page != after.page
        and not before.text.endswith(("。", "！", "？", "：", "日", "）"))
    )
