"""Which documents of a mail hold the report, each report once.

Purpose: the same report as Word, scan and rtf copy is read once (digital text before recognised text, files before bodies);
the organiser's own notice is none. A whole document may be a plan or last year's report.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.records import Document, Style
from pipeline.segment.words import ORGANISERS_NOTICE, REPORT
from rules import Notice

LEAST = 20
"""Characters below which a document says nothing that could be a report."""
ALIKE = 0.5
"""Share of common three-character runs from which on two documents are the same report."""
NUMERALS = "〇一二三四五六七八九十"
_NO_HAN = re.compile(r"[^\u4e00-\u9fff]+")


def reports(documents: Sequence[Document]) -> tuple[Document, ...]:
    """Return the documents to be divided, the best first; near copies of an earlier one are left out."""
    able = [one for one in sorted(documents, key=_preference) if _may_report(running(one))]
    if len(able) < 2:
        return tuple(able)
    kept: list[tuple[Document, frozenset[str]]] = []
    for document in able:
        own = runs(running(document))
        if not any(_alike(own, other) for _, other in kept):
            kept.append((document, own))
    return tuple(document for document, _ in kept)


def running(document: Document) -> str:
    """Return the document's own text, without headers, quotes and other asides."""
    return "\n".join(block.text for block in document.blocks if block.aside is None)


def runs(text: str) -> frozenset[str]:
    """Give the runs of three Chinese characters of *text*, other signs left out."""
    plain = _NO_HAN.sub("", text)
    return frozenset([plain[at : at + 3] for at in range(len(plain) - 2)])


def whole_reason(document: Document, notice: Notice) -> str:
    """Say why nothing in the document counts: "计划", "往年", or "" if it may."""
    title = " ".join(block.text for block in document.blocks if block.style is Style.TITLE)[:200]
    title = title or document.blocks[0].text[:80]
    if re.search(r"方案|工作计划|策划书", title) and not REPORT.search(title):
        return "计划"
    text = running(document)
    years = {int(year) for year in re.findall(r"(20\d\d)年", title)}
    edition = re.search(r"第([一二三四五六七八九十]+)个.{0,3}全国科技工作者日", text)
    old_title = bool(years) and max(years) < notice.year
    old_edition = (
        edition is not None and edition[1] != _numeral(notice.edition) and f"{notice.year}年" not in text
    )
    return "往年" if old_title or old_edition else ""


def old_blocks(document: Document, notice: Notice) -> frozenset[int]:
    """Give the blocks under a title of an earlier year, up to words of this one: last year's sheet in this year's workbook."""
    found: set[int] = set()
    old = False
    for number, block in enumerate(document.blocks):
        if block.style is Style.TITLE:
            years = {int(year) for year in re.findall(r"(20\d\d)年", block.text)}
            old = bool(years) and max(years) < notice.year
        elif block.style is not Style.TABLE and f"{notice.year}年" in block.text:
            old = False
        if old:
            found.add(number)
    return frozenset(found)


def _numeral(value: int) -> str:
    """Return 1..99 as a Chinese numeral."""
    tens, ones = divmod(value, 10)
    return (("" if tens == 1 else NUMERALS[tens]) + "十" if tens else "") + (NUMERALS[ones] if ones else "")


def _preference(document: Document) -> tuple[bool, bool, bool, int]:
    text = running(document)
    tables = sum(
        len(block.text) for block in document.blocks if block.style is Style.TABLE and block.aside is None
    )
    return document.body, tables > 0.7 * max(1, len(text)), document.recognised, -len(text)


def _may_report(text: str) -> bool:
    return len(text) >= LEAST and not _is_notice(text)


def _is_notice(text: str) -> bool:
    opening = text[:160]
    named = bool(ORGANISERS_NOTICE.search(opening[:60])) and not REPORT.search(opening[:60])
    return "各区县（自治县）科协" in opening or named


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) > ALIKE * min(len(one), len(other))
