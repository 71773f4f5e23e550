"""Promises of figures(): a figure stands where its span says, and its numerals are in its words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from pipeline.figures import figures as state
from pipeline.records import Activity, Block, Document, Span, Stated, Style
from tools.fuzz.promise import must

RECEIVED = datetime.fromisoformat("2024-06-20T12:00:00+08:00")
_NUMERAL = re.compile(r"[\d〇零一二两三四五六七八九十百千万]")


def figures(octets: bytes) -> None:
    """A figure stands where its span says, and its numerals are in its words: none is invented."""
    blocks = tuple(_blocks(octets.decode("utf-8", "replace")))
    if not blocks:
        return
    document = Document(part="1", blocks=blocks)
    spans = tuple(
        Span(part="1", block=place, start=0, end=len(block.text)) for place, block in enumerate(blocks)
    )
    activity = Activity(title="", text="\n".join(block.text for block in blocks), spans=spans)
    found = state(activity, (document,), received=RECEIVED, year=2024)
    for number in (found.participants, found.sessions, found.materials):
        if number is not None:
            _stands(number, document)
            must(0 < number.value < 2**53, "a figure that cannot be")
            must(bool(_NUMERAL.search(number.words)), "a figure without numerals")
            _counted(number)
    for named_ in (found.place, *found.media):
        if named_ is not None:
            _stands(named_, document)
            must(named_.value in named_.words, "a name that is not in its words")
    if found.date_start and found.date_end:
        must(found.date_start.value <= found.date_end.value, "an end before its beginning")


def _blocks(text: str) -> Iterable[Block]:
    for line in text.split("\n")[:50]:
        if line.strip():
            rows = (tuple(line.split("\t")),) if "\t" in line else ()
            yield Block(style=Style.TABLE if rows else Style.PARAGRAPH, text=line, rows=rows)


def _stands(stated: Stated[int] | Stated[str], document: Document) -> None:
    span = stated.span
    there = document.blocks[span.block].text[span.start : span.end]
    must(len(there) == len(stated.words) > 0, "words that do not stand where their span says")


def _counted(number: Stated[int]) -> None:
    """Words of plain digits alone state exactly their digits, or the sum of them (copies of several kinds)."""
    if re.search(r"[〇零一二两三四五六七八九十百千万.]", number.words) or not number.words.isprintable():
        return
    told = [int(digits.replace(",", "")) for digits in re.findall(r"\d[\d,]*", number.words)]
    must(
        number.value in {*told, sum(told)} or number.value <= sum(told),
        "a figure that its words do not state",
    )
