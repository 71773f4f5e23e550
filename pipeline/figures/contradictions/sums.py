"""Stated parts that do not make their stated total: in one sentence, or in one column of a table with 合计.

Limits: “其中” need not name all parts, and one person may be of two groups: only a part above its whole, two groups that share
all (男 and 女), or a list that says it is complete (分别为, 合计 at its end) is certain. With 余, 近, 约 nothing is compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from pipeline.figures.contradictions.finding import problem, quoted
from pipeline.figures.numbers import number
from pipeline.figures.words import words_of
from pipeline.records import Activity, Block, Document, Problem, Style

UNITS = {"人": "人", "人次": "人", "名": "人", "位": "人", "份": "份", "册": "份", "本": "份", "张": "张", "户": "户",
         "场": "场", "场次": "场", "期": "期"}  # fmt: skip
"""What is counted: words that count the same."""
_CHINESE = "〇零一二两三四五六七八九十百千"
NUMBER = rf"(?:(?<![\d.,])\d{{1,8}}(?![\d.,])|(?<![{_CHINESE}])[{_CHINESE}]{{1,8}})"
"""An exact number; it begins nowhere within a longer one, so that a line of digits is read once."""
_UNIT = "人次|人|名|位|份|册|本|张|户|场次|场|期"
_TOTAL = rf"(?P<total>{NUMBER})(?P<unit>{_UNIT})"
_PART = rf"[^\d，、,；;。（）()：:]{{0,14}}?(?:{NUMBER})(?:{_UNIT})[^\d，、,；;。（）()：:]{{0,6}}"
_LIST = rf"{_PART}(?:[、，,](?:以及|和|及)?{_PART})+"
TOTAL_FIRST = re.compile(
    r"(?:共计|共有|共|合计|总计|总共|累计)[^\d，。；（(]{0,12}?" + _TOTAL
    + r"[^\d，。；、（(]{0,8}[，,（(：:]\s*(?P<how>其中|分别为|分别是|分别有)[：:，,]?" + rf"(?P<list>{_LIST})"
)  # fmt: skip
TOTAL_LAST = re.compile(
    rf"(?P<list>{_LIST})[，,、]\s*(?:共计|合计|总计|总共|一共)(?:参与|参加|到场|参会|出席|人数|有|达|为|：|:){{0,2}}"
    + _TOTAL
)
_SUMMED = re.compile("共|合计|总计|累计")
"""One of them stands before a total."""
ONE = re.compile(rf"(?P<who>[^\d，、,]{0, 60}?)(?P<n>{NUMBER})(?P<u>{_UNIT})")
VAGUE = re.compile(r"[余多来几近约超逾万每均等]|以上|左右|上下|将近|不到")
COMPLEMENTS = (
    ("男", "女"),
    ("线上", "线下"),
    ("线上", "现场"),
    ("上午", "下午"),
    ("本地", "外地"),
    ("城", "乡"),
)
_STOP = re.compile(r"[。；\n\t]")
LONGEST = 400
"""Characters of a sentence that is looked at; a longer one is a list without stops, and costs time."""
NEARLY = 0.85
"""Share of the total from which a list that does not say so looks complete."""

COLUMN = re.compile(r"人数|人次|份数|场次|户数|册数")
TOTAL_ROW = re.compile(r"^\s*(?:合\s*计|总\s*计|共\s*计)")
CELL = re.compile(rf"\s*(?P<n>\d[\d,]*)\s*(?:{_UNIT})?\s*")


@dataclass(frozen=True, kw_only=True)
class _Sum:
    """A total and its parts. complete: the sentence says that these are all; closed: the total stands at the end of the list."""

    total: int
    parts: tuple[int, ...]
    complete: bool
    closed: bool


def sums(activities: Sequence[Activity], documents: Sequence[Document]) -> Iterator[Problem]:
    """Yield the totals in the words of *activities*, and in the tables of their documents, that their parts do not make."""
    recognised = {document.part for document in documents if document.recognised}
    for activity in activities:
        for words in words_of(activity, documents):
            for sentence in _STOP.split(words.text):
                for hit in (
                    ()
                    if len(sentence) > LONGEST or not _SUMMED.search(sentence)
                    else (*TOTAL_FIRST.finditer(sentence), *TOTAL_LAST.finditer(sentence))
                ):
                    yield from _judged(hit, words.span.part, certain=words.span.part not in recognised)
    told = {span.part for activity in activities for span in activity.spans}
    for document in documents:
        if document.part in told:
            for block in document.blocks:
                if block.style is Style.TABLE and block.aside is None:
                    yield from _table(block, document)


def _judged(hit: re.Match[str], part: str, *, certain: bool) -> Iterator[Problem]:
    found = _sum(hit)
    if found is None:
        return
    made = sum(found.parts)
    said = f"{quoted(hit.group())}：各部分相加为 {made}，写明的总数是 {found.total}"
    near = NEARLY * found.total <= made <= found.total / NEARLY
    if max(found.parts) > found.total:
        yield problem(part, said, certain=certain)
    elif made != found.total and (found.complete or near or (made > found.total and not found.closed)):
        yield problem(part, said, certain=certain and (found.complete or (found.closed and near)))


def _sum(hit: re.Match[str]) -> _Sum | None:
    """The total and its parts; None where they count different things or are vague."""
    if VAGUE.search(hit.group()):
        return None
    parts = list(ONE.finditer(hit["list"]))
    values = [number(one["n"]) for one in parts]
    total = number(hit["total"])
    unit = UNITS[hit["unit"]]
    if total is None or len(parts) < 2 or any(UNITS[one["u"]] != unit for one in parts):
        return None
    how = hit.groupdict().get("how", "")
    complete = how.startswith("分别") or (how == "其中" and _complementary([one["who"] for one in parts]))
    numbers = tuple(value for value in values if value is not None)
    if len(numbers) < len(values):
        return None
    return _Sum(total=total, parts=numbers, complete=complete, closed=not how)


def _complementary(groups: Sequence[str]) -> bool:
    """Two groups that are all there is."""
    return len(groups) == 2 and any(
        (one in groups[0] and other in groups[1]) or (other in groups[0] and one in groups[1])
        for one, other in COMPLEMENTS
    )


# ---------------------------------------------------------------- tables


def _table(block: Block, document: Document) -> Iterator[Problem]:
    """A column of counts whose 合计 is not the sum of its cells; one with a cell that is no plain number is left alone."""
    last = next(
        (place for place, row in enumerate(block.rows) if place > 1 and TOTAL_ROW.match("".join(row))), 0
    )
    if not last or any("小计" in cell for row in block.rows for cell in row):
        return
    for column, header in enumerate(block.rows[0]):
        cells = [row[column] if column < len(row) else "" for row in block.rows[1 : last + 1]]
        if not COLUMN.search(header) or not all(CELL.fullmatch(cell) for cell in cells):
            continue
        *values, total = (int(re.sub(r"\D", "", cell)) for cell in cells)
        once = [value for value, _ in groupby(values)]  # a cell merged over rows is read in each of them
        if len(values) > 1 and total not in (sum(values), sum(once)):
            detail = f"表中“{''.join(header.split())}”一列相加为 {sum(values)}，合计写的是 {total}"
            yield problem(document.part, detail, certain=not document.recognised)
