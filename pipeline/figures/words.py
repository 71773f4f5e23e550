"""The words of one activity, each run with its place, so that a figure can say where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from pipeline.records import Activity, Document, Span, Stated

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Words:
    """A run of one block's text and its span."""

    span: Span
    text: str

    def stated(self, value: T, start: int, end: int) -> Stated[T]:
        """Return *value* as stated by characters [start, end) of this run."""
        return Stated(value=value, words=self.text[start:end], span=self.at(start, end))

    def at(self, start: int, end: int) -> Span:
        """Return where characters [start, end) of this run stand."""
        own = self.span
        return Span(part=own.part, block=own.block, start=own.start + start, end=own.start + end)


def words_of(activity: Activity, documents: Sequence[Document]) -> tuple[Words, ...]:
    """The runs of *activity* in reading order."""
    blocks = {document.part: document.blocks for document in documents}
    return tuple(
        Words(text=blocks[span.part][span.block].text[span.start : span.end], span=span)
        for span in activity.spans
    )
