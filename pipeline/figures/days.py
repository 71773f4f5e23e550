"""Days as reports write them: single days, ranges, lists, closing days.

Source: the labelling guide, C.6. “5月底”, “近日”, “…期间” are no dates; “5月20日起” has no last day; an impossible day is none.
Limits: one calendar, one year; festivals by name and the lunar calendar are not resolved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.figures.numbers import number
from pipeline.figures.words import Words
from pipeline.records import Stated

MONTH = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
DAY = r"(?:3[01]|[12]\d|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])"
JOIN = r"(?:[上下]午|晚上?)?\s*(?:至|到|[—–\-－~～]+)\s*(?:(?:20\d\d|二〇二\S)年)?"
ASIDE = r"(?:（[^）]{1,6}）)?"
DATE = re.compile(
    rf"(?=[\d一二三四五六七八九十])(?:(?P<year>\d{{4}}|二〇二\S)年)?(?<![\d.])(?P<month>{MONTH})月(?P<day>{DAY})(?P<mark>日|号|(?=[上下]午|晚))?{ASIDE}"
    rf"(?:{JOIN}(?:(?P<last_month>{MONTH})月)?(?P<last_day>{DAY})(?:日|号)|(?P<more>(?:[、和及](?:{MONTH}月)?{DAY}(?:日|号)?)+))?"
)
WRITTEN = re.compile(
    r"(?<!\d)(?P<year>20\d\d)[-/.](?P<month>1[0-2]|0?[1-9])[-/.](?P<day>3[01]|[12]\d|0?[1-9])"
    r"(?:\s*[-—–~～至到]+\s*(?:20\d\d[-/.])?(?:(?P<last_month>1[0-2]|0?[1-9])[-/.])?(?P<last_day>3[01]|[12]\d|0?[1-9]))?(?![\d.])"
)
POINTED = re.compile(
    r"(?<![\d./年第])(?P<month>0?[4-7])(?:\.(?P<day>3[01]|[12]\d|0?[1-9])|/(?P<slashed>3[01]|[12]\d|0[1-9]))"
    r"(?:\s*[-—–~～至]+\s*(?:(?P<last_month>0?[4-7])[./])?(?P<last_day>3[01]|[12]\d|0?[1-9]))?(?![\d./%万个米元倍分公千名人次份])"
)
NOT_BEFORE = re.compile(
    r"截至|截止|至$|到$|通知|征集|报名|部署|启动筹备|印发|农历$|[去上前往昨当明次那]年$|[将拟定]于?$|计划[于在]?$|预计[于在]?$"
)
NOT_AFTER = re.compile(
    r"(?:日|号)?(?:前|征集|报送|印发|发出|部署|截止|的通知)|(?:日|号)?(?:报纸|头版|[一二三四]版|《)|(?:日|"
    r"号)?(?:上午|下午)?，?[^，。；]{0,14}(?:印发|下发|转发)[^，。；]{0,20}(?:通知|方案|文件)"
)
_STOP = re.compile(r"[。；\n]")
_LISTED = re.compile(rf"[、和及](?:({MONTH})月)?({DAY})")
SIGNATURE = re.compile(r"(?:\S[ \u3000\n]|科协|[学协]会|[局院]|公司)\s*$")
OPEN_END = re.compile(r"(?:日|号)?(?:起|以来|开始)")
UNTIL = re.compile(
    rf"(?=[\d至到一二三四五六七八九十])(?:(?<![截\d日号])(?:至|到)(?:(?P<month>{MONTH})月)?(?P<day>{DAY})(?:日|号)(?!前|报|止报)"
    rf"|(?<![\d月至到])(?:(?P<month2>{MONTH})月)?(?P<day2>{DAY})(?:日|号)[^，。；\d]{{0,12}}?(?:收官|落幕|"
    rf"闭幕|结束|播完|收起|撤展|收尾|闭展|谢幕|为止))"
)
"""A last day apart from the first: “展至6月15日”, “6月7日在最后一站落幕”, “到31号”."""


@dataclass(frozen=True, kw_only=True)
class When:
    """One date as written.

    open_end: “…起”, so that no last day is known. aside: of a notice, a deadline, an intention, a newspaper; not of
    the act.
    """

    first: Stated[date]
    last: Stated[date] | None
    open_end: bool
    aside: bool


def written(run: Words, year: int) -> Iterator[When]:
    """Give the dates of *year* in *run*, in reading order; those without a year are of it."""
    hits = sorted(
        (*DATE.finditer(run.text), *WRITTEN.finditer(run.text), *POINTED.finditer(run.text)),
        key=lambda hit: hit.start(),
    )
    return (_when(run, hit, year) for hit in hits if _of_the_year(run, hit, year))


def _of_the_year(run: Words, hit: re.Match[str], year: int) -> bool:
    """Whether *hit* is a possible day of *year*: “5月28” alone is none, nor “1956年5月8日”."""
    found = hit.groupdict()
    stated = found.get("year") or ""
    if (stated.isdigit() and int(stated) != year) or (
        not stated and run.text[max(0, hit.start() - 1) : hit.start()] == "年"
    ):
        return False
    if "mark" in found and found["mark"] is None and not (found["last_day"] or found["more"]):
        return False
    return day_of(year, found["month"], found["day"] or found.get("slashed")) is not None


def _when(run: Words, hit: re.Match[str], year: int) -> When:
    found = hit.groupdict()
    first = date(year, number(found["month"]) or 0, number(found["day"] or found["slashed"]) or 0)
    last = _last(found, year)
    before = _STOP.split(run.text[max(0, hit.start() - 8) : hit.start()])[-1]
    after = run.text[hit.end() : hit.end() + 40]
    return When(
        first=run.stated(first, hit.start(), hit.end()),
        last=run.stated(last, hit.start(), hit.end()) if last and last > first else None,
        open_end=bool(OPEN_END.match(after)),
        aside=bool(NOT_BEFORE.search(before) or NOT_AFTER.match(after) or _signed(run, hit)),
    )


def _signed(run: Words, hit: re.Match[str]) -> bool:
    """The day behind a signature: nothing follows it, the name of a unit or a space stands before it."""
    before, after = run.text[max(0, hit.start() - 8) : hit.start()], run.text[hit.end() : hit.end() + 4]
    return not after.strip("。 \n") and bool(SIGNATURE.search(before))


def _last(found: dict[str, str | None], year: int) -> date | None:
    """The last day of a range (“5月20日至6月3日”) or of a list (“5月20日、24日、27日”)."""
    month = found["month"]
    if found["last_day"]:
        return day_of(year, found["last_month"] or month, found["last_day"])
    last = None
    for other_month, day in _LISTED.findall(found.get("more") or ""):
        month = other_month or month
        last = day_of(year, month, day) or last
    return last


def finish(first: date, runs: Sequence[Words], year: int) -> Stated[date] | None:
    """Return a last day that stands apart from *first*: “5月11日启动 …… 至5月26日结束”, “5月20号讲到31号”."""
    for run in runs:
        for hit in UNTIL.finditer(run.text):
            day = day_of(year, hit["month"] or hit["month2"] or str(first.month), hit["day"] or hit["day2"])
            if day and day > first:
                return run.stated(day, hit.start(), hit.end())
    return None


def day_of(year: int, month: str | None, day: str | None) -> date | None:
    """Return the day as written; None if there is no such day."""
    try:
        return date(year, number(month or "") or 0, number(day or "") or 0)
    except ValueError:
        return None
