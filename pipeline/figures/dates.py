"""When an activity was: first day, and last day where it has several.

Source: the labelling guide, C.6. Words that point back (当天, 会后, 次日) count from the dated event before them, “上周四”
and “昨天” from the day of the mail.
Limits: which of several dated acts in one activity is the main one is not judged: the first opens it, the last closes it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from pipeline.figures.days import DAY, When, day_of, finish, written
from pipeline.figures.words import Words
from pipeline.records import Activity, Document, Span, Stated

WEEKDAY = re.compile(r"(?P<week>上上?|本|这)(?:个)?(?:周|星期|礼拜)(?P<day>[一二三四五六日天])")
WEEKDAY_LAST = re.compile(
    r"(?:[、和及与]|[至到]|[—–~～-]+)(?P<week>上上?|本|这)?(?:个)?(?:周|星期|礼拜)(?P<day>[一二三四五六日天])"
)
"""“上周四、周五”, “上周二到上周五”: what follows the first of them."""
FEAST = re.compile(
    r"(?P<name>六一|五四|五一|端午|5[·.]30|(?:全国)?科技工作者日)[”》]?(?:(?:国际|青年|劳动)?(?:儿童)?节)?(?P<gap>[前后头]一天|当[天日晚]|[那这](?:一)?天)"
)
FEASTS = {"六一": (6, 1), "五四": (5, 4), "五一": (5, 1)}
WORKERS_DAY = (5, 30)
DRAGON_BOAT = {
    2024: (6, 10),
    2025: (5, 31),
    2026: (6, 19),
    2027: (6, 9),
    2028: (5, 28),
    2029: (6, 16),
    2030: (6, 5),
}
"""Of the lunar calendar, by year."""
BARE = re.compile(rf"(?<![\d第月、至到—–~～-])(?P<day>{DAY})[日号](?![楼院线厅馆车台机位门口船床])")
"""“25日移师桃花源小学”: of the month that was told last."""
DAYS_AGO = re.compile(
    r"(?P<word>大前[天日]|前[天日](?!夜)|昨[天日晚]|今[天日](?=[上下]午|晚|早|，)|今[早晚](?=，))"
)
AGO = {"大前": 3, "前": 2, "昨": 1, "今": 0}
NEXT_DAY = re.compile(r"次日|第二天|翌日|隔天")
BACK = re.compile(r"当天|当日|当晚|随后|会后|同日|现场|同一天|演出后")
CLOCK = re.compile(r"^\W{0,2}(?:上午|下午|中午|傍晚|晚上|晚间)[^，。]{0,8}，")
"""“下午两点半，” opens the paragraph: the day is that of the event before."""
ASIDE = re.compile(r"^(?:前|截止|印发|发出|报送|起报名)")
OPENING = 40
"""Characters of a paragraph in which a word that points back tells the day of the whole."""
SERIES = 3
"""Days told apart from which on they are a series, whose first day may be told last."""


def dates(
    activity: Activity, runs: Sequence[Words], documents: Sequence[Document], *, received: datetime, year: int
) -> tuple[Stated[date] | None, Stated[date] | None]:
    """Return (first day, last day); the last is None for one day or an open end.

    Args:
        documents: where “当天” and “次日” look back for the date before the activity.
        received: what “上周四” counts from.
    """
    told = [when for run in runs for when in written(run, year) if not when.aside]
    if told:
        return _span(told, runs, year)
    counted = next((days for run in runs for days in _from_the_mail(run, received)), None)
    if counted:
        return counted
    feast = next((day for run in runs for day in _feasts(run, year)), None)
    return feast or _pointed_back(activity, runs, documents, year), None


def _span(told: Sequence[When], runs: Sequence[Words], year: int) -> tuple[Stated[date], Stated[date] | None]:
    """The first day of the dates *told*, and the last: of the range, of the closing words, or the latest told."""
    opening = told[0]
    if len({when.first.value for when in told}) >= SERIES:
        opening = min(told, key=lambda when: when.first.value)
    first = opening.first
    if opening.last:
        return first, opening.last
    days = [when.last or when.first for when in told]
    latest = max((*days, *_bare(told, runs, year)), key=lambda day: day.value)
    last = latest if latest.value > first.value and not opening.open_end else None
    return first, finish(first.value, runs, year) or last


def _bare(told: Sequence[When], runs: Sequence[Words], year: int) -> Iterator[Stated[date]]:
    """Days without a month behind a full date in the same run, of its month."""
    for run in runs:
        dated = [when.first for when in told if run.at(0, len(run.text)).block == when.first.span.block]
        starts = [one.span.start for one in dated]
        for hit in BARE.finditer(run.text):
            place = bisect_left(starts, run.span.start + hit.start())
            if place and dated[place - 1].span.end <= run.span.start + hit.start():
                day = day_of(year, str(dated[place - 1].value.month), hit["day"])
                if day and not ASIDE.search(run.text[hit.end() :][:8]):
                    yield run.stated(day, hit.start(), hit.end())


def _from_the_mail(run: Words, received: datetime) -> Iterator[tuple[Stated[date], Stated[date] | None]]:
    """Days that count from the day of the mail, first and last: “上周四”, “昨天”, “上周二到上周五”."""
    today = received.date()
    for hit in WEEKDAY.finditer(run.text):
        first = run.stated(_weekday(today, hit["week"], hit["day"]), hit.start(), hit.end())
        last, more = None, WEEKDAY_LAST.match(run.text, hit.end())
        while more:
            day = _weekday(today, more["week"] or hit["week"], more["day"])
            last = run.stated(day, more.start(), more.end())
            more = WEEKDAY_LAST.match(run.text, more.end())
        yield first, last if last and last.value > first.value else None
    for hit in DAYS_AGO.finditer(run.text):
        yield run.stated(today - timedelta(days=AGO[hit["word"][:-1]]), hit.start(), hit.end()), None


def _weekday(today: date, week: str, day: str) -> date:
    monday = today - timedelta(days=today.weekday(), weeks={"上": 1, "上上": 2}.get(week, 0))
    return monday + timedelta(days=min("一二三四五六日天".index(day), 6))


def _feasts(run: Words, year: int) -> Iterator[Stated[date]]:
    """Days told by a feast: “六一前一天”, “科技工作者日当天”; "前夕" is none."""
    for hit in FEAST.finditer(run.text):
        named = DRAGON_BOAT.get(year) if hit["name"] == "端午" else FEASTS.get(hit["name"], WORKERS_DAY)
        if named:
            gap = {"前": -1, "头": -1, "后": 1}.get(hit["gap"][0], 0)
            yield run.stated(date(year, *named) + timedelta(days=gap), hit.start(), hit.end())


def _pointed_back(
    activity: Activity, runs: Sequence[Words], documents: Sequence[Document], year: int
) -> Stated[date] | None:
    """The day of the event before, or the day after it where the words say so."""
    if any(NEXT_DAY.search(run.text[:OPENING]) for run in runs):
        before = _before(activity, documents, year, runs=runs)
        return replace(before, value=before.value + timedelta(days=1)) if before else None
    if any(BACK.search(run.text[:OPENING]) or CLOCK.search(run.text) for run in runs):
        return _before(activity, documents, year)
    return None


def _before(
    activity: Activity, documents: Sequence[Document], year: int, runs: Sequence[Words] = ()
) -> Stated[date] | None:
    """Return the last date of an event before the activity in its document.

    runs: its own words, where the event itself may stand (“5月20日印发通知。次日”); () where it is not looked for there.
    """
    told = [when.first for run in runs for when in written(run, year)]
    if told:
        return told[-1]
    first = activity.spans[0]
    above = (document.blocks[: first.block + 1] for document in documents if document.part == first.part)
    for place, block in reversed([*enumerate(next(above, ()))]):
        end = first.start if place == first.block else len(block.text)
        span = Span(part=first.part, block=place, start=0, end=end)
        days = [
            when.first for when in written(Words(text=block.text[:end], span=span), year) if not when.aside
        ]
        if days:
            return days[-1]
    return None
