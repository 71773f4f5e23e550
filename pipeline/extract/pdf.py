"""PDF: the text layer as paragraphs, pictures on its pages, and recognition of pages that are pictures of text.

Purpose: `read()` composes; `read_text()` and `page_picture()` run in the reader's child.
Source: pdfium's text page (FPDFText_*); ISO 32000-1.
Limits: 300 pages; an owner password does not lock reading, a user password does; form fields and annotations are not
read; spaces that pdfium only infers between Chinese and Latin signs are left out.
"""

from __future__ import annotations

import ctypes
import io
import statistics
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from pipeline.extract import child, ocr, scan, shape
from pipeline.extract.lines import Line, Page, glued, paragraphs
from pipeline.extract.package import DamagedError
from pipeline.records import Block, Code, Content, Leaf, Problem, Status, Style

MAX_PAGES = 300
"""Pages read; a season's report of a unit has up to fifty."""
MAX_CHARACTERS = 2_000_000
"""Characters of all pages; more is no report."""
MAX_PICTURES = 200
"""Pictures taken out of one file."""
MAX_FAILURES = 20
"""Pages in a row that cannot be opened, after which the rest is given up (a page tree may lie about its size)."""
OCR_DPI = 300
"""Resolution of the picture of a page for recognition."""
MAX_SIDE = 5000
"""Pixels of the longer side of that picture; A4 at 300 dpi has 3508."""
PICTURE_SHARE = 0.5
"""Share of the page that a picture covers, from which a page without text is a scan."""
FEW_CHARACTERS = 15
"""Characters of a page up to which its text layer is only a page number or a stamp of the scanner."""
CELL_GAP = 1.6
"""Character widths between two pieces of a line from which they stand in columns."""
MIN_PIXELS = 64
"""Shorter side of a picture that is worth being a part of its own; smaller ones are rules and bullets."""

_WEIGHT_BOLD = 600
_HEAVY_FACES = ("hei", "bold", "黑", "xbs", "xiaobiaosong")


def read(leaf: Leaf, abilities: tuple[str, ...]) -> Content:
    """Read a PDF: text layer, then pages without text by recognition where tesseract is at hand.

    Returns:
        status ok; partly or needs-ocr (with a Problem) where pages stayed unread; needs-password; damaged.
    """
    content = child.ask("pdf", leaf)
    waiting = [block.page or 1 for block in content.blocks if _marks_scan(block)]
    content = replace(content, blocks=tuple(block for block in content.blocks if not _marks_scan(block)))
    if not waiting:
        return content
    if ocr.ABILITY not in abilities:
        return _unread(leaf, content, waiting)
    pictures = (_picture(leaf, page) for page in waiting[: ocr.MAX_PAGES])
    result = ocr.recognise(pictures, titled=1 in waiting)
    joined = _in_order(content.blocks, result.blocks)
    content = replace(content, blocks=joined, recognised=True)
    left = [*result.unread, *waiting[ocr.MAX_PAGES :]]
    return _unread(leaf, content, left) if left else content


def _marks_scan(block: Block) -> bool:
    """Say whether the child marked a page as a picture without text: by an empty block."""
    return block.style is Style.OTHER and not block.text


def _picture(leaf: Leaf, page: int) -> ocr.Picture:
    answer = child.ask("pdf-page", leaf, str(page))
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


# ---------------------------------------------------------------- in the child


def read_text(leaf: Leaf, _argument: str = "") -> Content:
    """Read the text layer and the pictures of a PDF.

    Returns:
        blocks, with an empty block of Style.OTHER for each page that is a picture of text; pages = pages of the file.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(leaf.data)
    except pypdfium2.PdfiumError as error:
        return _refused(str(error))
    pages: list[Page] = []
    scans: list[int] = []
    embedded: list[Leaf] = []
    characters = 0
    count = len(document)
    for number, page in _opened(document, min(count, MAX_PAGES)):
        lines = _lines(page)
        characters += sum(len(line.text) for line in lines)
        images = list(_images(page))
        few = sum(len(line.text) for line in lines) <= FEW_CHARACTERS
        if few and any(image.share >= PICTURE_SHARE for image in images):
            scans.append(number)
        else:
            embedded.extend(_embedded(leaf, number, images, MAX_PICTURES - len(embedded)))
        width, height = page.get_size()
        pages.append(
            Page(number=number, width=width, height=height, lines=tuple(lines) if number not in scans else ())
        )
        if characters > MAX_CHARACTERS:
            break
    if not pages:
        raise DamagedError("PDF 里没有能打开的页，文件可能已损坏")
    named = shape.blocks(paragraphs(pages), titled=1 not in scans)
    marks = tuple(Block(style=Style.OTHER, text="", page=number) for number in scans)
    return _bounded(
        Content(blocks=(*named, *marks), pages=count, embedded=tuple(embedded)), len(pages), count
    )


def page_picture(leaf: Leaf, argument: str) -> Content:
    """Draw page *argument* (from 1) at OCR_DPI, ready for recognition; two leaves in `embedded` as `scan.prepared`."""
    import pypdfium2

    page = pypdfium2.PdfDocument(leaf.data)[int(argument) - 1]
    scale = min(OCR_DPI / 72, MAX_SIDE / max(*page.get_size(), 1.0))
    drawn = page.render(scale=scale).to_pil()
    return Content(embedded=scan.prepared(leaf, drawn, first=argument == "1"))


def _refused(message: str) -> Content:
    if "password" in message.lower():
        return Content(status=Status.NEEDS_PASSWORD, reason="PDF 设有打开密码，请向报送单位索取")
    raise DamagedError("PDF 打不开，文件可能已损坏")


def _bounded(content: Content, read: int, count: int) -> Content:
    if read >= count:
        return content
    return replace(content, status=Status.PARTLY, reason=f"共 {count} 页，只读取了 {read} 页")


def _opened(document: Any, count: int) -> Iterator[tuple[int, Any]]:
    """Give (number, page) of the pages that can be opened."""
    import pypdfium2

    failures = 0
    for place in range(count):
        try:
            page = document[place]
        except pypdfium2.PdfiumError:
            failures += 1
            if failures >= MAX_FAILURES:
                return
            continue
        failures = 0
        yield place + 1, page


@dataclass(frozen=True, kw_only=True)
class _Sign:
    """One character of a page; inferred: pdfium put it there (a space or a line end), it is not in the file."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    inferred: bool
    size: float
    strong: bool
    red: bool


def _lines(page: Any) -> list[Line]:
    """Give the lines of a page as pdfium divides them; tops count downwards from the page's upper edge."""
    height = page.get_size()[1]
    lines: list[Line | None] = []
    row: list[_Sign] = []
    for sign in _signs(page.get_textpage()):
        if sign.text in "\r\n":
            lines.append(_line(row, height))
            row = []
        else:
            row.append(sign)
    lines.append(_line(row, height))
    return [line for line in lines if line is not None]


def _signs(text_page: Any) -> Iterator[_Sign]:
    import pypdfium2.raw as pdfium

    box = pdfium.FS_RECTF()
    colour = [ctypes.c_uint() for _ in range(4)]
    for place in range(min(pdfium.FPDFText_CountChars(text_page), MAX_CHARACTERS)):
        code = pdfium.FPDFText_GetUnicode(text_page, place)
        if code == 0 or code in {0xFFFE, 0xFFFF} or 0xD800 <= code < 0xE000:
            continue
        pdfium.FPDFText_GetLooseCharBox(text_page, place, box)
        pdfium.FPDFText_GetFillColor(text_page, place, *colour)
        yield _Sign(
            text=chr(code),
            left=box.left,
            right=box.right,
            bottom=box.bottom,
            top=box.top,
            inferred=pdfium.FPDFText_IsGenerated(text_page, place) == 1,
            size=pdfium.FPDFText_GetFontSize(text_page, place),
            strong=_is_strong(text_page, place),
            red=colour[0].value >= 0xB0 and max(colour[1].value, colour[2].value) <= 0x60,
        )


def _is_strong(text_page: Any, place: int) -> bool:
    import pypdfium2.raw as pdfium

    if pdfium.FPDFText_GetFontWeight(text_page, place) >= _WEIGHT_BOLD:
        return True
    name = ctypes.create_string_buffer(128)
    length = pdfium.FPDFText_GetFontInfo(text_page, place, name, 128, ctypes.c_int())
    face = name.raw[: max(0, min(length, 128) - 1)].decode("utf-8", "replace").lower()
    return any(word in face for word in _HEAVY_FACES)


def _line(signs: list[_Sign], height: float) -> Line | None:
    shown = [sign for sign in signs if not sign.inferred and not sign.text.isspace()]
    if not shown:
        return None
    size = statistics.median(sign.size for sign in shown) or 1.0
    cells = tuple(_cells(signs, max(size, 1.0)))
    return Line(
        text=" ".join(text for text, _ in cells) if len(cells) > 1 else cells[0][0],
        left=min(sign.left for sign in shown),
        right=max(sign.right for sign in shown),
        top=height - max(sign.top for sign in shown),
        bottom=height - min(sign.bottom for sign in shown),
        size=round(size, 1),
        strong=sum(sign.strong for sign in shown) > 0.8 * len(shown),
        red=sum(sign.red for sign in shown) > 0.8 * len(shown),
        cells=cells,
    )


def _cells(signs: list[_Sign], size: float) -> Iterator[tuple[str, float]]:
    """Divide a line where its pieces stand apart; give (text, left edge)."""
    text, left, end = "", 0.0, None
    for place, sign in enumerate(signs):
        if sign.inferred:
            text += _inferred(text, signs[place + 1 :], size)
            continue
        if end is not None and not sign.text.isspace() and sign.left - end > CELL_GAP * size and text.strip():
            yield text.strip(), left
            text = ""
        if not text:
            left = sign.left
        text += sign.text
        if not sign.text.isspace():
            end = sign.right
    if text.strip():
        yield text.strip(), left


def _inferred(before: str, after: list[_Sign], size: float) -> str:
    """Keep an inferred space between Latin words; next to Chinese it only shows the setting."""
    following = after[0].text if after else ""
    latin = before[-1:].isascii() and following.isascii() and not following.isspace()
    return " " if before and latin and size else ""


@dataclass(frozen=True, kw_only=True)
class _Image:
    """One picture object of a page and the share of the page that it covers (0..1)."""

    item: Any
    share: float


def _images(page: Any) -> Iterator[_Image]:
    import pypdfium2
    import pypdfium2.raw as pdfium

    width, height = page.get_size()
    for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        try:
            left, bottom, right, top = item.get_bounds()
        except pypdfium2.PdfiumError:
            continue
        yield _Image(item=item, share=max(0.0, (right - left) * (top - bottom)) / max(1.0, width * height))


def _embedded(leaf: Leaf, number: int, images: list[_Image], most: int) -> Iterator[Leaf]:
    import pypdfium2

    for place, image in enumerate(images[: max(0, most)], start=1):
        try:
            if min(image.item.get_px_size()) < MIN_PIXELS:
                continue
            octets = io.BytesIO()
            image.item.extract(octets)
        except (pypdfium2.PdfiumError, OSError, ValueError, NotImplementedError):
            continue
        data = octets.getvalue()
        suffix = "jpg" if data.startswith(b"\xff\xd8") else "png"
        name = f"第{number}页图{place}.{suffix}"
        yield Leaf(path=f"{leaf.path}/{name}", name=name, data=data)
