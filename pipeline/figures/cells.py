"""The cells of an activity's row in a table, by what their column's header says.

Purpose: in a table a figure stands without its unit; the header says whether 120 are people, copies or sessions.
Source: 统计表 of units: headers of one row, or of two where the first one groups (参与情况: 人数, 资料).
Limits: a column is known by the words of its header; one without any is left to the readers of running text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.figures.numbers import NUMBER, number
from pipeline.figures.words import Words
from pipeline.records import Activity, Block, Document, Span, Stated, Style

PEOPLE = re.compile(
    r"^(?!.*(?:单位|部门|企业|学校|领导|方式|形式|资金|经费|场次)(?!.*人数)).*(?:人数|人次|几人|多少人|参与|参加|受益|覆盖|规模|受众|听众|观众|到场|到会|参会|出席|实到|核定)"
)
COPIES = re.compile(r"资料|份数|发放|手册|宣传品")
TIMES = re.compile(r"^(?!.*[报填]).*(?:时\s*间|日\s*期|何时|几号)")
SESSIONS = re.compile(r"场次|期数|次数|场数")
PLACES = re.compile(r"地点|场所|地址|举办地|何地")
LABEL = 10
"""Characters of a form's label at most."""
NOWHERE = re.compile(r"[—\-/无]+|线上|网络|网上|视频号|公众号|腾讯会议|钉钉|直播间|各.*|全[区县市].*")
DATED = re.compile(r"^[^，、；\s]{0,24}(?:[日号底初旬晚午]|\d)(?:（[^）]*）)?(?:起|开始)?[，、；\s]+(?!\d)")
"""“5月24日，蔡家园区报告厅” in one cell for time and place."""
SEVERAL = re.compile(r"[、；;]|[及和与]|等$|[\d一二两三四五六七八九十]{1,9}[所个家处]")
NUMBERED = re.compile(r"\s*(?:[（(]?[\d一二三四五六七八九十]{1,2}[）)、.．])")
FIGURE = re.compile(
    rf"[约近超共]?(?P<n>{NUMBER})(?:(?:人次|人|名|位|户|份|册|本)[\u4e00-\u9fff]{{0,6}}|张|场次?|期|次)?(?:以上|左右)?"
)


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One cell of the row: label is its column's header, start its place in the run's text."""

    label: str
    text: str
    start: int


@dataclass(frozen=True, kw_only=True)
class Row:
    """One activity's row; run is its words, cells from left to right."""

    run: Words
    cells: tuple[Cell, ...]

    def figure(self, wanted: re.Pattern[str]) -> Stated[int] | None:
        """Return the first cell under a header that *wanted* names, if it is a number above 0 and nothing else."""
        for cell in self._under(wanted):
            found = FIGURE.fullmatch(cell.text.strip())
            value = number(found["n"]) if found else None
            if found and value:
                at = cell.start + cell.text.index(found["n"])
                return self.run.stated(value, at, at + len(found["n"]))
        return None

    def words(self, wanted: re.Pattern[str]) -> Stated[str] | None:
        """Return the first filled cell under a header that *wanted* names; "—", "线上" and "各镇街" are none."""
        for cell in self._under(wanted):
            text = cell.text.strip()
            if TIMES.search(cell.label):
                text = DATED.sub("", text)
            if len(text) > 1 and not NOWHERE.fullmatch(text) and not SEVERAL.search(text):
                at = cell.start + cell.text.index(text)
                return self.run.stated(text, at, at + len(text))
        return None

    def run_of(self, wanted: re.Pattern[str]) -> tuple[Words, ...]:
        """Return the cells under headers that *wanted* names as runs of their own."""
        return tuple(self._run(cell) for cell in self._under(wanted))

    def labels_of(self, wanted: re.Pattern[str]) -> tuple[str, ...]:
        """Return the headers of the cells of `run_of`, in the same order."""
        return tuple(cell.label for cell in self._under(wanted))

    def run_of_others(self, wanted: re.Pattern[str]) -> tuple[Words, ...]:
        """Return the cells under all other headers as runs of their own."""
        return tuple(self._run(cell) for cell in self.cells if not wanted.search(cell.label))

    def _run(self, cell: Cell) -> Words:
        end = cell.start + len(cell.text)
        return Words(text=self.run.text[cell.start : end], span=self.run.at(cell.start, end))

    def has(self, wanted: re.Pattern[str]) -> bool:
        """Say whether the table has such a column at all: what stands in others is then no such figure."""
        return any(wanted.search(cell.label) for cell in self.cells)

    def _under(self, wanted: re.Pattern[str]) -> Iterator[Cell]:
        return (cell for cell in self.cells if wanted.search(cell.label))


def row_of(run: Words, block: Block) -> Row | None:
    """Return the row of table *block* that *run* is; None for running text."""
    if not block.rows or "\t" not in run.text:
        return None
    labels = _labels(block.rows)
    cells, at = [], 0
    for column, text in enumerate(run.text.split("\t")):
        cells.append(Cell(label=labels[column] if column < len(labels) else "", text=text, start=at))
        at += len(text) + 1
    return Row(run=run, cells=tuple(cells))


def form_above(activity: Activity, documents: Sequence[Document]) -> Row | None:
    """Return the fields of the form in whose cell *activity* is told alone, as a row; None where there is no such form.

    Headings alone stand between the form and the activity's words, which open with no number of a list.
    """
    span = activity.spans[-1]
    blocks = next(document.blocks for document in documents if document.part == span.part)
    first = min(one.block for one in activity.spans)
    above = next(
        (place for place in reversed(range(first)) if blocks[place].style is not Style.HEADING), None
    )
    if blocks[span.block].rows and len(activity.spans) > 1:
        above = span.block
    fields = () if above is None else _fields(blocks[above])
    if above is None or not fields or NUMBERED.match(blocks[span.block].text):
        return None
    place = Span(part=span.part, block=above, start=0, end=len(blocks[above].text))
    cells = tuple(Cell(label=label, text=value, start=start) for label, value, start in fields)
    return Row(run=Words(text=blocks[above].text, span=place), cells=cells)


def _fields(block: Block) -> tuple[tuple[str, str, int], ...]:
    """(label, value, place of the value) of a form: as the block knows it, or two columns of which one row is a time."""
    if block.fields:
        return block.fields
    pairs, at = [], 0
    for row in block.rows:
        filled = [cell for cell in row if cell.strip()]
        if len(filled) == 2 and len(filled[0]) <= LABEL:
            pairs.append(
                (
                    filled[0],
                    filled[1],
                    at + len("\t".join(row)) - len("\t".join(row).split(filled[1])[-1]) - len(filled[1]),
                )
            )
        at += len("\t".join(row)) + 1
    timed = any(TIMES.search(label) for label, _, _ in pairs)
    placed = any(PLACES.search(label) or PEOPLE.search(label) for label, _, _ in pairs)
    return tuple(pairs) if timed and placed and 2 * len(pairs) > len(block.rows) else ()


def _labels(rows: Sequence[Sequence[str]]) -> list[str]:
    """One label a column; a second row that only names columns further belongs to the header."""
    first = list(rows[0])
    second = list(rows[1]) if len(rows) > 2 else []
    if not second or second[0].strip() or any(re.search(r"\d", cell) for cell in second):
        return first
    return [below or above for above, below in zip(first, second, strict=False)]
