"""When an activity was: first day, and last day where it has several.

Source: the labelling guide, C.6. “5月底”, “近日”, “…期间” are no dates; with “起” or “截至” only the first day is known.
Limits: one calendar, one year; festivals by name are not resolved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from pipeline.figures.numbers import number
from pipeline.figures.words import Words
from pipeline.records import Activity, Document, Span, Stated

MONTH = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
DAY = r"(?:3[01]|[12]\d|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])"
JOIN = r"(?:[上下]午|晚上?)?\s*(?:至|到|[—–\-－~～]+)\s*(?:(?:20\d\d|二〇二\S)年)?"
ASIDE = r"(?:（[^）]{1,6}）)?"
DATE = re.compile(
    rf"(?:(?P<year>\d{{4}}|二〇二\S)年)?(?<![\d.])(?P<month>{MONTH})月(?P<day>{DAY})(?P<mark>日|号|(?=[上下]午|晚))?{ASIDE}"
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
WEEKDAY = re.compile(r"(?P<week>上上?|本|这)(?:个)?(?:周|星期|礼拜)(?P<day>[一二三四五六日天])")
DAYS_AGO = re.compile(r"(?P<word>大前[天日]|前[天日](?!夜)|昨[天日晚]|今[天日](?=[上下]午|晚|早|，)|今[早晚](?=，))")
AGO = {"大前": 3, "前": 2, "昨": 1, "今": 0}
NEXT_DAY = re.compile(r"次日|第二天|翌日|隔天")
BACK = re.compile(r"当天|当日|当晚|随后|会后|同日|现场|同一天|演出后")
CLOCK = re.compile(r"^\W{0,2}(?:上午|下午|中午|傍晚|晚上|晚间)[^，。]{0,8}，")
"""“下午两点半，” opens the paragraph: the day is that of the event before."""
NOT_BEFORE = re.compile(
    r"截至|截止|至$|到$|通知|征集|报名|部署|启动筹备|印发|农历$|[去上前往昨当明次那]年$|[将拟定]于?$|计划[于在]?$|预计[于在]?$"
)
NOT_AFTER = re.compile(
    r"(?:日|号)?(?:前|征集|报送|印发|发出|部署|截止|的通知)|(?:日|号)?(?:上午|下午)?，?[^，。；]{0,14}(?:印发|下发|转发)[^，。；]{0,20}(?:通知|方案|文件)"
)
OPEN_END = re.compile(r"(?:日|号)?(?:起|以来|开始)")
UNTIL = re.compile(
    rf"(?<![截\d日号])(?:至|到)(?:(?P<month>{MONTH})月)?(?P<day>{DAY})(?:日|号)(?!前|报|止报)"
    rf"|(?<![\d月至到])(?:(?P<month2>{MONTH})月)?(?P<day2>{DAY})(?:日|号)[^，。；\d]{{0,12}}?(?:收官|落幕|闭幕|结束|播完|收起|撤展|收尾|闭展|谢幕|为止)"
)
"""A last day apart from the first: “展至6月15日”, “6月7日在最后一站落幕”, “到31号”."""


@dataclass(frozen=True, kw_only=True)
class _When:
    """One date as written. open_end: “…起”, so that no last day is known."""

    first: Stated[date]
    last: Stated[date] | None
    open_end: bool


def dates(
    activity: Activity, runs: Sequence[Words], documents: Sequence[Document], *, received: datetime, year: int
) -> tuple[Stated[date] | None, Stated[date] | None]:
    """Return (first day, last day); the last is None for one day or an open end.

    Args:
        documents: where “当天” and “随后” look back for the date before the activity.
        received: what “上周四” counts from.
    """
    written = [when for run in runs for when in _written(run, year)]
    if written:
        return written[0].first, written[0].last or _finish(written[0], runs, year)
    counted = next((day for run in runs for day in _from_the_mail(run, received)), None)
    if counted:
        return counted, None
    if any(NEXT_DAY.search(run.text[:40]) for run in runs):
        before = _before(activity, documents, year)
        return (replace(before, value=before.value + timedelta(days=1)) if before else None), None
    if any(BACK.search(run.text[:40]) or CLOCK.search(run.text) for run in runs):
        return _before(activity, documents, year), None
    return None, None


def _written(run: Words, year: int) -> Iterator[_When]:
    hits = sorted(
        (*DATE.finditer(run.text), *WRITTEN.finditer(run.text), *POINTED.finditer(run.text)),
        key=lambda hit: hit.start(),
    )
    for hit in hits:
        found = hit.groupdict()
        stated_year = found.get("year") or ""
        if stated_year.isdigit() and int(stated_year) != year:
            continue
        if run.text[: hit.start()].endswith("年") and not stated_year:
            continue
        if "mark" in found and not (found["mark"] or found["last_day"] or found["more"]):
            continue
        before, after = run.text[max(0, hit.start() - 8) : hit.start()], run.text[hit.end() : hit.end() + 6]
        if NOT_BEFORE.search(before) or NOT_AFTER.match(after):
            continue
        first = _day(year, found["month"], found["day"] or found.get("slashed"))
        if first:
            last = _last(found, year)
            end = run.stated(last, hit.start(), hit.end()) if last and last > first else None
            yield _When(
                first=run.stated(first, hit.start(), hit.end()),
                last=end,
                open_end=bool(OPEN_END.match(after)),
            )


def _last(found: dict[str, str | None], year: int) -> date | None:
    """The last day of a range (“5月20日至6月3日”) or of a list (“5月20日、24日、27日”)."""
    month = found["month"]
    if found["last_day"]:
        return _day(year, found["last_month"] or month, found["last_day"])
    last = None
    for other_month, day in re.findall(rf"[、和及](?:({MONTH})月)?({DAY})", found.get("more") or ""):
        month = other_month or month
        last = _day(year, month, day) or last
    return last


def _finish(when: _When, runs: Sequence[Words], year: int) -> Stated[date] | None:
    """A last day that stands apart from the first: “5月11日启动 …… 至5月26日结束”, “5月20号讲到31号”."""
    month = str(when.first.value.month)
    for run in runs:
        for hit in UNTIL.finditer(run.text):
            day = _day(year, hit["month"] or hit["month2"] or month, hit["day"] or hit["day2"])
            if day and day > when.first.value:
                return run.stated(day, hit.start(), hit.end())
    return None


def _from_the_mail(run: Words, received: datetime) -> Iterator[Stated[date]]:
    """Days that count from the day of the mail: “上周四”, “昨天”."""
    today = received.date()
    for hit in WEEKDAY.finditer(run.text):
        monday = today - timedelta(days=today.weekday(), weeks={"上": 1, "上上": 2}.get(hit["week"], 0))
        yield run.stated(
            monday + timedelta(days=min("一二三四五六日天".index(hit["day"]), 6)), hit.start(), hit.end()
        )
    for hit in DAYS_AGO.finditer(run.text):
        day = today - timedelta(days=AGO[hit["word"][:-1]])
        yield run.stated(day, hit.start(), hit.end())


def _before(activity: Activity, documents: Sequence[Document], year: int) -> Stated[date] | None:
    """Return the last date that stands before the activity in its own document."""
    first = activity.spans[0]
    last = None
    for document in documents:
        if document.part == first.part:
            for number_, block in enumerate(document.blocks[: first.block + 1]):
                end = first.start if number_ == first.block else len(block.text)
                span = Span(part=document.part, block=number_, start=0, end=end)
                run = Words.of(block.text[:end], span)
                last = next((when.first for when in reversed(tuple(_written(run, year)))), last)
    return last


def _day(year: int, month: str | None, day: str | None) -> date | None:
    try:
        return date(year, number(month or "") or 0, number(day or "") or 0)
    except ValueError:
        return None
