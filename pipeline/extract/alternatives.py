"""Which body of a multipart/alternative is read: the same text must not stand before the judges twice.

Purpose: `prefer()` drops a body whose text another body of the same alternative holds as well, and stubs that only ask
for an HTML reader.
Source: RFC 2046 section 5.1.4 (the last is the richest; here the fullest text is, and programs send stubs and empty parts).
Limits: bodies that say different things are all kept.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.records import Document, Leaf, Style

COVERED = 0.8
"""Share of a body's character pairs that must stand in the other one for it to be the same text."""
STUB_LENGTH = 120
"""Characters up to which a text that speaks of HTML is a stub."""

_STUB = re.compile(
    r"html|不支持.{0,12}(?:显示|格式)|(?:邮件)?客户端.{0,20}(?:不支持|切换|查看|阅读)", re.IGNORECASE
)


def prefer(documents: Sequence[Document], leaves: Sequence[Leaf]) -> tuple[Document, ...]:
    """Keep of each alternative the bodies that say something of their own.

    Args:
        documents: all documents read so far, in reading order.
        leaves: of one mail; those with the same `alternative` (> 0) and `body` are versions of one text.

    Returns:
        the documents without the dropped bodies, in the same order.
    """
    groups: dict[int, list[str]] = {}
    for leaf in leaves:
        if leaf.body and leaf.alternative:
            groups.setdefault(leaf.alternative, []).append(leaf.path)
    dropped: set[str] = set()
    for paths in groups.values():
        dropped |= _dropped([document for document in documents if document.part in paths])
    return tuple(document for document in documents if document.part not in dropped)


def _dropped(versions: Sequence[Document]) -> set[str]:
    """Give the parts of the versions that another one makes needless; the fullest is never among them."""
    ordered = sorted(
        versions, key=lambda document: (not _is_stub(document), _tables(document), len(_own(document)))
    )
    found: set[str] = set()
    for place, document in enumerate(ordered):
        fuller = ordered[place + 1 :]
        if fuller and (_is_stub(document) or any(_covers(other, document) for other in fuller)):
            found.add(document.part)
    return found


def _is_stub(document: Document) -> bool:
    text = _own(document)
    return len(text) <= STUB_LENGTH and bool(_STUB.search(text))


def _tables(document: Document) -> int:
    return sum(block.style is Style.TABLE for block in document.blocks)


def _own(document: Document) -> str:
    return "".join(re.sub(r"\s", "", block.text) for block in document.blocks if block.aside is None)


def _covers(fuller: Document, other: Document) -> bool:
    """Say whether the running text of *other* stands in *fuller* too (its asides may count there)."""
    pairs = _pairs(_own(other))
    held = _pairs("".join(re.sub(r"\s", "", block.text) for block in fuller.blocks))
    return len(pairs & held) >= COVERED * len(pairs)


def _pairs(text: str) -> set[str]:
    return {text[place : place + 2] for place in range(len(text) - 1)} or {text}
