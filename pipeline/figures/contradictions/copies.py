"""Two files of one mail that tell the same report with other figures: Word and scan, report and body, report and table.

Purpose: `retold`: the same sentence with another figure in a near copy; `tabled`: one activity in a table and in the text.
Limits: compares only sentences that are the same but for their digits, each once in its document, and only in copies most of
whose sentences agree; of a scan, a difference is for a person unless the recogniser was sure of both.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from pipeline.figures.contradictions.finding import problem, quoted
from pipeline.figures.numbers import NUMBER, number
from pipeline.records import Activity, Document, Problem, Style

COPY = 0.75
"""Share of the shorter document's runs of three characters that the other has too, from which both tell one report."""
LEAST_RUNS = 30
LEAST_FRAME = 10
"""Characters of a sentence without its figures from which it is one sentence and no phrase."""
CLEAR = 0.985
"""Confidence of the recogniser from which its digits are taken as read."""
_STOP = re.compile(r"[。；;！？!?\n]")
_FIGURED = re.compile(r"[\d#]")
_NO_FRAME, _NO_WORDS = re.compile(r"[^\w.#]|_"), re.compile(r"[^\w.]|_")
_NO_HAN = re.compile(r"[^\u4e00-\u9fff]+")
_SIGNS = re.compile(r"\W+")
_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_COUNTED = re.compile(r"#(?=[余多来]?万?[余多]?(?:人|名|位|户|份|册|本|张|套|场|期|次|家|项|月|日|号))")
LEAST_TITLE = 4
"""Characters of a title that may stand within another of the same day: 科普集市 in 科普集市进社区."""
PEOPLE = re.compile(rf"(?<!\d)(?P<n>{NUMBER})(?:人次|余?人|名|位|户)")
VAGUE = 0.1
"""Share by which a rounded head count (300余人) may differ from an exact one."""


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """One sentence with its figures: text as written, figures in order. clear: read, or recognised for certain."""

    block: int
    text: str
    figures: tuple[str, ...]
    clear: bool


def retold(activities: Sequence[Activity], documents: Sequence[Document]) -> Iterator[Problem]:
    """Yield the sentences that a near copy of the report tells with other figures."""
    told = {span.part for activity in activities for span in activity.spans}
    read = [document for document in documents if document.part in told]
    blocks = {(span.part, span.block) for activity in activities for span in activity.spans}
    others = [document for document in documents if document.part not in told]
    runs = [_runs(document) for document in read] if others else []
    for other in others:
        theirs = _runs(other)
        copied = next((one for one, own in zip(read, runs, strict=True) if _copied(own, theirs)), None)
        if copied is not None:
            acts = {block for part, block in blocks if part == copied.part}
            yield from _compared(copied, other, acts)


def _copied(one: frozenset[str], other: frozenset[str]) -> bool:
    fewer = min(len(one), len(other))
    return fewer >= LEAST_RUNS and len(one & other) >= COPY * fewer


def _runs(document: Document) -> frozenset[str]:
    text = _NO_HAN.sub("", "".join(block.text for block in document.blocks if block.aside is None))
    return frozenset([text[at : at + 3] for at in range(len(text) - 2)])


def _compared(one: Document, other: Document, acts: Set[int]) -> Iterator[Problem]:
    """acts: blocks of *one* that tell of activities; a date under the report or in its head is nobody's figure."""
    mine, theirs = _sentences(one), _sentences(other)
    both = [frame for frame in mine if frame in theirs and mine[frame].block in acts]
    apart = [frame for frame in both if mine[frame].figures != theirs[frame].figures]
    if len(apart) > max(1, len(both) - len(apart)):
        return  # two reports of one pattern, and not one report twice
    for frame in apart:
        first, second = mine[frame], theirs[frame]
        said = "、".join(f"{a} 与 {b}" for a, b in zip(first.figures, second.figures, strict=True) if a != b)
        detail = (
            f"两份材料的同一句话数字不同（{said}）：{quoted(first.text)}，另一份写的是{quoted(second.text)}"
        )
        yield problem(other.part, detail, certain=first.clear and second.clear)


def _sentences(document: Document) -> Mapping[str, Sentence]:
    """Frame (the sentence without its figures) to sentence, for those that stand once and hold a counted figure."""
    found: dict[str, Sentence | None] = {}
    for number_, block in enumerate(document.blocks):
        if block.aside is not None or block.style is Style.TABLE:
            continue
        clear = not document.recognised or (block.confidence or 0.0) >= CLEAR
        for text in _STOP.split(unicodedata.normalize("NFKC", block.text)):
            if not _FIGURED.search(text):
                continue
            frame = _DIGITS.sub("#", _NO_FRAME.sub("", text))
            if len(frame) >= LEAST_FRAME and _COUNTED.search(frame):
                figures = tuple(_DIGITS.findall(_NO_WORDS.sub("", text)))
                sentence = Sentence(block=number_, text=text.strip(), figures=figures, clear=clear)
                found[frame] = None if frame in found else sentence
    return {frame: sentence for frame, sentence in found.items() if sentence is not None}


def may_tell_again(document: Document, told: Sequence[Activity], documents: Sequence[Document]) -> bool:
    """Say whether *document* can tell in a table what *told* tells in text, or the other way round: nothing else is compared."""
    parts = {one.part: one for one in documents}
    rows = {_row(one, parts) for one in told}
    tables = {block.style is Style.TABLE for block in document.blocks}
    return any(row is not table for row in rows for table in tables)


def may_be_told(one: Activity, told: Sequence[Activity], documents: Sequence[Document]) -> bool:
    """Say whether *one*, its figures not read yet, may be an activity of *told* that stands in a table, or in text, instead."""
    parts = {document.part: document for document in documents}
    row = _row(one, parts)
    return any(_row(other, parts) is not row and _one_name(one, other) for other in told)


def tabled(
    activities: Sequence[Activity], others: Sequence[Activity], documents: Sequence[Document]
) -> Iterator[Problem]:
    """Yield the head counts that a table states otherwise than the text of the same activity.

    Args:
        others: activities with their figures as the documents tell them that the report was not read from.
    """
    parts = {document.part: document for document in documents}
    for one in activities:
        likely = [
            other for other in others if _row(one, parts) != _row(other, parts) and _one_event(one, other)
        ]
        if len(likely) == 1 and sum(_one_event(again, likely[0]) for again in activities) == 1:
            text, row = (likely[0], one) if _row(one, parts) else (one, likely[0])
            yield from _heads(text, row, parts)


def _one_event(one: Activity, other: Activity) -> bool:
    """One day, and one name."""
    if one.date_start is None or other.date_start is None or one.date_start.value != other.date_start.value:
        return False
    return _one_name(one, other)


def _one_name(one: Activity, other: Activity) -> bool:
    """One title that is or holds the other."""
    short, long = sorted((_SIGNS.sub("", one.title), _SIGNS.sub("", other.title)), key=len)
    return len(short) >= LEAST_TITLE and short in long


def _row(activity: Activity, documents: Mapping[str, Document]) -> bool:
    span = activity.spans[0]
    return documents[span.part].blocks[span.block].style is Style.TABLE


def _heads(text: Activity, row: Activity, documents: Mapping[str, Document]) -> Iterator[Problem]:
    """The one head count of the text and that of the row; where the text has several, nothing is compared."""
    if text.participants is None or row.participants is None:
        return
    told = {value for hit in PEOPLE.finditer(text.text) if (value := number(hit["n"])) is not None}
    stated = row.participants.value
    if told != {text.participants.value} or stated in told:
        return
    rounded = bool(re.search(r"[余多近约来超]|以上", text.participants.words + row.participants.words))
    if rounded and abs(stated - text.participants.value) <= VAGUE * stated:
        return
    parts = (text.spans[0].part, row.spans[0].part)
    certain = not any(documents[part].recognised for part in parts)
    detail = f"活动“{text.title}”正文写 {text.participants.value} 人，表格写 {stated} 人"
    yield problem(row.spans[0].part, detail, certain=certain)
