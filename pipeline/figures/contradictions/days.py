"""Days that cannot be: 6月31日, 5月28日（周三） where it was a Tuesday, an end before its beginning.

Source: the Gregorian calendar (GB/T 7408.1); the year is the one written, else the notice's.
Limits: sentences about other years (去年 …) are left alone; a range whose second month is not written (“28日至2日”) may only lack
it, so that a person compares.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date

from pipeline.figures.contradictions.finding import problem, quoted
from pipeline.figures.numbers import number
from pipeline.figures.words import Words, words_of
from pipeline.records import Activity, Document, Problem

_NUMERAL = r"\d{1,2}|[一二三四五六七八九十]{1,3}"
DAY = re.compile(
    rf"(?:(?P<year>20\d\d)年)?(?<![\d.一二三四五六七八九十])(?P<month>{_NUMERAL})月(?P<day>{_NUMERAL})[日号]"
    r"(?:\s*[（(]?(?:星期|周|礼拜)(?P<week>[一二三四五六日天])(?![至到—\-、末]))?"
)
RANGE = re.compile(
    r"(?<![\d.])(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号]?(?:[（(][^）)]{1,4}[）)])?\s*[至到—–\-~～]+\s*"
    r"(?:(?P<last_month>\d{1,2})月)?(?P<last_day>\d{1,2})[日号]"
)
OTHER_YEAR = re.compile(r"去年|前年|往年|历年|上年|上届|明年|次年|来年|翌年")
_STOP = re.compile(r"[。；\n]")
WEEK = "一二三四五六日"
HALF_A_YEAR = 6


def days(activities: Sequence[Activity], documents: Sequence[Document], *, year: int) -> Iterator[Problem]:
    """Yield what is wrong with the days in the words of *activities*."""
    recognised = {document.part for document in documents if document.recognised}
    for activity in activities:
        for words in words_of(activity, documents):
            certain = words.span.part not in recognised
            for sentence in _STOP.split(words.text):
                if not OTHER_YEAR.search(sentence):
                    yield from _days(sentence, words, year, certain=certain)
                    yield from _ranges(sentence, words, certain=certain)


def _days(sentence: str, words: Words, year: int, *, certain: bool) -> Iterator[Problem]:
    for hit in DAY.finditer(sentence):
        month, day = number(hit["month"]) or 0, number(hit["day"]) or 0
        said = int(hit["year"] or year)
        if not (1 <= month <= 12 and 1 <= day <= monthrange(said, month)[1]):
            yield problem(words.span.part, f"{quoted(hit.group())}没有这一天", certain=certain)
        elif hit["week"]:
            fits = WEEK[date(said, month, day).weekday()]
            if fits != hit["week"].replace("天", "日"):
                detail = f"{quoted(hit.group())}与日历不符：{said}年{month}月{day}日是星期{fits}"
                yield problem(words.span.part, detail, certain=certain)


def _ranges(sentence: str, words: Words, *, certain: bool) -> Iterator[Problem]:
    for hit in RANGE.finditer(sentence):
        first = int(hit["month"]), int(hit["day"])
        last = int(hit["last_month"] or first[0]), int(hit["last_day"])
        over_new_year = first[0] - last[0] > HALF_A_YEAR
        if last < first and not over_new_year:
            detail = f"{quoted(hit.group())}结束早于开始"
            if not hit["last_month"]:
                detail += "，可能漏写了月份"
            yield problem(words.span.part, detail, certain=certain and bool(hit["last_month"]))
