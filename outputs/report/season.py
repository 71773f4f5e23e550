"""The season as the report sees it: the workbook's tables, the rules, and how days are written.

Limits: holds no words of a report.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from outputs.report.figures import Book, Figure
from rules import Rules

NUMERALS = "一二三四五六七八九十"
PROGRESS, STATISTICS, DETAILS, COVER = "报送进度", "分类统计", "活动明细", "说明"
PRESS, FEATURED = "宣传报道", "特色活动推荐"
EXAMPLES = 3
"""Activities of a category, and reports of the media, that are told of."""


@dataclass(frozen=True)
class Season:
    """What the report is made of. as_of: 统计截止, None before the first mail."""

    book: Book
    rules: Rules
    as_of: datetime | None

    @property
    def groups(self) -> tuple[str, ...]:
        """Names of the peer groups that have a unit, in order; units outside the roster are none."""
        there = {values["同类组"] for _, values in self.book.rows(PROGRESS)}
        return tuple(name for _, name in self.rules.scoring.peers if name in there)

    def count(self, *where: tuple[str, str, bool]) -> Figure:
        """Units of 报送进度 that meet the conditions."""
        return self.book.count(PROGRESS, *where)


def day(when: date, *, year: bool = False) -> str:
    """A day as people write it."""
    return f"{when.year}年{when.month}月{when.day}日" if year else f"{when.month}月{when.day}日"


def span(start: date, end: date | None) -> str:
    """One day, or the first and the last of several."""
    return day(start) if end is None or end == start else f"{day(start)}至{day(end)}"
