"""What lies over and beside the pages of a PDF: values of forms, free text, comments, and files attached to it.

Purpose: `added()` puts values and free text among a page's lines, `comments()` gives notes, `attachments()` files.
Source: ISO 32000-1 sections 12.5.6 (kinds of annotations), 12.7.4 (fields), 7.11.4 (embedded files).
Limits: hidden annotations are left out; passwords and buttons have no value; see the constants.
"""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from pipeline.extract.lines import Line
from pipeline.extract.pdf_lines import Layer
from pipeline.records import Aside, Block, Leaf, Style

MAX_ANNOTATIONS = 2_000
"""Annotations of a page that are looked at; a form has some hundred fields."""
MAX_OCTETS = 200_000
"""Octets of one value in UTF-16; more is no field."""
MAX_ATTACHMENTS = 100
"""Files taken out of one PDF."""
MAX_ATTACHED = 100 * 1024**2
"""Octets of all of them."""

_HIDDEN = 0x02
_TEXT_FIELDS = (4, 5, 6)
"""Combo box, list box and text field (fpdf_formfill.h)."""


def added(page: Any, found: Layer) -> Layer:
    """Put the values of the form's fields and the free text on *page* among its lines, by their height."""
    marks = [*_marks(page)]
    if not marks:
        return found
    level = found.height >= found.width or not found.lines
    lines = list(found.lines)
    _left, _bottom, _right, upper = page.get_bbox()
    for words, (left, bottom, right, top) in marks:
        line = Line(text=words, left=left, right=right, top=upper - top, bottom=upper - bottom)
        beside = [place for place, other in enumerate(lines) if _beside(other, line)] if level else []
        if beside and not lines[beside[-1]].turned:
            other = lines[beside[-1]]
            lines[beside[-1]] = replace(other, text=f"{other.text} {words}", right=max(other.right, right))
        else:
            below = (place for place, other in enumerate(lines) if other.top > line.top)
            lines.insert(next(below, len(lines)), line)
    return replace(found, lines=tuple(lines))


def comments(page: Any) -> Iterator[str]:
    """Give the words of notes and of marks on the text of *page*."""
    import pypdfium2.raw as pdfium

    kinds = {
        pdfium.FPDF_ANNOT_TEXT,
        pdfium.FPDF_ANNOT_HIGHLIGHT,
        pdfium.FPDF_ANNOT_UNDERLINE,
        pdfium.FPDF_ANNOT_STRIKEOUT,
    }
    for annotation in _annotations(page):
        if pdfium.FPDFAnnot_GetSubtype(annotation) in kinds:
            words = _string(functools.partial(_contents, annotation))
            if words:
                yield words


def comment(words: str, page: int) -> Block:
    """Give the block of a note."""
    return Block(style=Style.OTHER, text=words, page=page, aside=Aside.COMMENT)


def attachments(document: Any, leaf: Leaf) -> Iterator[Leaf]:
    """Give the files attached to the document as leaves below its own."""
    import pypdfium2

    room = MAX_ATTACHED
    for number in range(min(document.count_attachments(), MAX_ATTACHMENTS)):
        try:
            attached = document.get_attachment(number)
            name = attached.get_name() or f"附件{number + 1}"
            data = bytes(attached.get_data())
        except (pypdfium2.PdfiumError, ValueError, UnicodeDecodeError):
            continue
        room -= len(data)
        if room < 0:
            return
        yield Leaf(path=f"{leaf.path}/{name}", name=name, data=data)


# ---------------------------------------------------------------- annotations


def _marks(page: Any) -> Iterator[tuple[str, tuple[float, float, float, float]]]:
    """Give (words, box in user space) of filled fields and of free text."""
    import pypdfium2.raw as pdfium

    for annotation in _annotations(page):
        kind = pdfium.FPDFAnnot_GetSubtype(annotation)
        words = ""
        if kind == pdfium.FPDF_ANNOT_FREETEXT:
            words = _string(functools.partial(_contents, annotation))
        elif kind == pdfium.FPDF_ANNOT_WIDGET:
            words = _value(page.formenv or None, annotation)
        box = pdfium.FS_RECTF()
        if words and pdfium.FPDFAnnot_GetRect(annotation, box):
            yield words, (box.left, box.bottom, box.right, box.top)


def _annotations(page: Any) -> Iterator[Any]:
    import pypdfium2.raw as pdfium

    for number in range(min(pdfium.FPDFPage_GetAnnotCount(page), MAX_ANNOTATIONS)):
        annotation = pdfium.FPDFPage_GetAnnot(page, number)
        if not annotation:
            continue
        try:
            if not pdfium.FPDFAnnot_GetFlags(annotation) & _HIDDEN:
                yield annotation
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)


def _value(form: Any, annotation: Any) -> str:
    import pypdfium2.raw as pdfium

    if form is None or pdfium.FPDFAnnot_GetFormFieldType(form, annotation) not in _TEXT_FIELDS:
        return ""
    return _string(lambda buffer, size: pdfium.FPDFAnnot_GetFormFieldValue(form, annotation, buffer, size))


def _contents(annotation: Any, buffer: Any, size: int) -> int:
    import pypdfium2.raw as pdfium

    return int(pdfium.FPDFAnnot_GetStringValue(annotation, b"Contents", buffer, size))


def _string(ask: Callable[[Any, int], int]) -> str:
    """Have *ask* write UTF-16 into a buffer of the size that it names."""
    import pypdfium2.raw as pdfium

    size = min(ask(None, 0), MAX_OCTETS)
    if size <= 2:
        return ""
    buffer = ctypes.create_string_buffer(size + 2)
    ask(ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), size)
    return buffer.raw[:size].decode("utf-16-le", "ignore").rstrip("\0").strip()


def _beside(one: Line, other: Line) -> bool:
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    return shared > 0.5 * min(one.bottom - one.top, other.bottom - other.top)
