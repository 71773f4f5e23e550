"""The same report as text and as scan: which parts belong together, and whether the scan shows a seal.

Purpose: `pairs()`; the text is what is read (reports.py leaves the scan out as a near copy), the seal stands on the scan.
Source: what units send: 总结.docx beside 总结（盖章）.pdf, the last page alone as a scan, pages photographed one by one.
Limits: compares runs of three Chinese characters, of which a recogniser spoils few; a scan without words is paired by
its name alone. A seal is seen or not; nothing says that it is genuine.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.records import Document, Pair, Part, Reading, Status
from pipeline.segment.reports import running, runs

LEAST = 12
"""Runs of three Chinese characters below which a document is too short to be compared."""
CONTAINED = 0.55
"""Share of the runs of a scan that the text must hold; two reports of one unit share a fifth."""
MIN_STEM = 4
"""Characters of a name, without what marks a scan, from which equal names mean one report."""

_MARKS = re.compile(
    r"\.[A-Za-z]{2,4}$|[（(\[【][^）)\]】]*(?:章|扫描|签|PDF|pdf|Word|word|电子|版)[^）)\]】]*[）)\]】]"
    r"|盖章|签章|扫描件?|电子版|[Pp][Dd][Ff]版?|[Ww]ord版?|[\s_\-—－()（）]|第?[\d一二三四五]+页?$"
)


def pairs(reading: Reading) -> tuple[Pair, ...]:
    """Give the reports that the mail holds as text and as scan, in order of the texts; () where there are none."""
    parts = {part.path: part for part in reading.parts}
    scans = [document for document in reading.documents if _is_scan(document, parts)]
    texts = [document for document in reading.documents if document not in scans]
    found: dict[str, list[str]] = {}
    for scan in scans:
        text = _text_of(scan, texts)
        if text is not None:
            found.setdefault(text.part, []).append(scan.part)
    read = {document.part for document in reading.documents}
    for part in reading.parts:
        text = _named_alike(part, texts, parts) if part.path not in read and _may_be_scan(part) else None
        if text is not None:
            found.setdefault(text.part, []).append(part.path)
    return tuple(
        Pair(text=text.part, scans=tuple(found[text.part]), sealed=_sealed(found[text.part], parts))
        for text in texts
        if text.part in found
    )


def _is_scan(document: Document, parts: dict[str, Part]) -> bool:
    """A recognised document, or a PDF with its own text that bears a seal."""
    part = parts.get(document.part)
    return document.recognised or (part is not None and bool(part.seals))


def _may_be_scan(part: Part) -> bool:
    paged = part.media_type == "application/pdf" or part.media_type.startswith("image/")
    return paged and (bool(part.seals) or part.status in {Status.NEEDS_OCR, Status.PARTLY})


def _text_of(scan: Document, texts: Sequence[Document]) -> Document | None:
    """Give the text that holds most of the words of *scan*, files before bodies; None where none holds enough."""
    words = runs(running(scan))
    if len(words) < LEAST:
        return None
    best, most = None, CONTAINED
    for text in sorted(texts, key=lambda document: document.body):
        other = runs(running(text))
        shared = len(words & other) / max(LEAST, min(len(words), len(other)))
        if len(other) >= LEAST and shared > most:
            best, most = text, shared
    return best


def _named_alike(part: Part, texts: Sequence[Document], parts: dict[str, Part]) -> Document | None:
    stem = _stem(part.name)
    if len(stem) < MIN_STEM:
        return None
    return next((text for text in texts if text.part in parts and _stem(parts[text.part].name) == stem), None)


def _stem(name: str) -> str:
    """Give a file's name without its ending and without what only marks it as a scan or as a text."""
    before, stem = "", name
    while before != stem:
        before, stem = stem, _MARKS.sub("", stem)
    return stem


def _sealed(scans: Sequence[str], parts: dict[str, Part]) -> bool | None:
    looked = [parts[path].seals for path in scans if path in parts and parts[path].seals is not None]
    return any(looked) if looked else None
