"""A labelled report as the mail that carries it: the description's words, and nothing that it does not say.

Purpose: `mail(description)`, octets of one mail for a description in the schema of the labelled reports
(tests/reports/README.md): the report in its first file, or in the body where there is none.
Source: the same habits as stories: headings by style, in bold or bare, whichever the report's id draws.
Limits: no traps of containers and character sets; those are the business of the stories and of the data set's mails.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import docx
from docx.document import Document as Word
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from tools.samplemaker import documents
from tools.samplemaker.mime import Entity, attachment, message, multipart, text
from tools.samplemaker.pictures import photo
from tools.samplemaker.story import Clerk, Story

Described = Mapping[str, Any]
"""One description: a JSON object of tests/reports."""
STYLED, BOLD, BARE = 0, 1, 2
"""How a report's headings are typed."""
TYPED_OF = {"title": "# ", "heading1": "## ", "heading2": "### "}


def mail(described: Described) -> bytes:
    """Return the octets of the mail that *described* tells of."""
    told = described["mail"]
    story = Story(
        slug=described["id"],
        received=arrival(described),
        sender=told["from_name"] or told["from_address"],
        address=told["from_address"],
        subject=told["subject"],
        clerk=Clerk(kind=described["kind"], note=""),
    )
    files = tuple(_files(described))
    body = text(told["body"] or " ")
    return message(story, multipart("mixed", body, *files) if files else body)


def arrival(described: Described) -> datetime:
    """When the collecting server had it: some seconds after it was sent."""
    sent = datetime.fromisoformat(described["mail"]["date"])
    return sent + timedelta(seconds=2 + _drawn(described["id"], 7))


# ---------------------------------------------------------------- files


def _files(described: Described) -> Iterator[Entity]:
    told = False
    for number, file in enumerate(described["files"]):
        if file["holds"] == "photos":
            yield attachment(photo(_drawn(f"{described['id']} {number}", 1000)), file["name"], "image/jpeg")
        elif not told or file["holds"] == "table":
            told = True
            yield attachment(_document(described, file), file["name"])


def _document(described: Described, file: Mapping[str, str]) -> bytes:
    blocks = described["report"]
    tables = [block["rows"] for block in blocks if block["style"] == "table"]
    kind = file["format"]
    if kind in ("xlsx", "xls", "csv") and tables:
        titles = [block["text"] for block in blocks if block["style"] == "title"]
        notes = [block["text"] for block in blocks if block["style"] not in ("title", "table")]
        return documents.sheet(titles[0] if titles else file["name"], tables[0], notes=notes)
    if kind == "txt":
        return documents.plain("\n".join(_plain(block) for block in blocks))
    if kind == "pdf":
        return documents.pdf("\n".join(TYPED_OF.get(b["style"], "") + _plain(b) for b in blocks))
    return _word(blocks, _drawn(described["id"], 3))


def _plain(block: Mapping[str, Any]) -> str:
    if block["style"] == "table":
        return "\n".join("\t".join(row) for row in block["rows"])
    return str(block["text"])


# ---------------------------------------------------------------- Word


def _word(blocks: Sequence[Mapping[str, Any]], typed: int) -> bytes:
    document = docx.Document()
    document.styles["Normal"].font.size = Pt(16)
    for block in blocks:
        _typed(document, block, typed)
    return documents.saved(document)


def _typed(document: Word, block: Mapping[str, Any], typed: int) -> None:
    style = block["style"]
    if style == "table":
        _table(document, block["rows"])
    elif style.startswith("heading") and typed == STYLED:
        document.add_heading(block["text"], level=int(style[-1]))
    else:
        paragraph = document.add_paragraph()
        run = paragraph.add_run(block["text"])
        if style == "title":
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            run.font.size = Pt(22)
        elif style == "caption":
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        else:
            paragraph.paragraph_format.first_line_indent = Pt(32)
            run.bold = True if style.startswith("heading") and typed == BOLD else None


def _table(document: Word, rows: Sequence[Sequence[str]]) -> None:
    table = document.add_table(rows=len(rows), cols=max(len(row) for row in rows))
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, words in zip(row.cells, cells, strict=False):
            cell.text = words


def _drawn(seed: str, below: int) -> int:
    """A number 0..below-1 that follows from *seed*."""
    return int(sha256(seed.encode()).hexdigest()[:8], 16) % below
