"""宣传报道: which outlets told of which activity, with title and date where the report states them beside the outlet.

Source: notice, part 4 (二); tiers are outlets.csv's.
Limits: a title stands in 《》 or “” after a word such as 刊发 or 题为, in the sentence of the outlet and before the next outlet; a date
touches the outlet. What is stated elsewhere is not looked for: — says that it does not stand there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from outputs.tables import leads
from outputs.tables.season import Season, Told
from outputs.tables.sheet import Chart, Column, Form, Sheet, Value, framed
from outputs.words import TIERS
from pipeline.evaluate import place, tier
from pipeline.evaluate.facts import sentence
from pipeline.records import Stated

PRESS = (
    Column(header="序号", width=5, form=Form.CENTRE),
    Column(header="单位", width=24),
    Column(header="活动名称", width=30),
    Column(header="媒体", width=18),
    Column(header="级别", width=10, form=Form.CENTRE),
    Column(header="报道标题", width=30),
    Column(header="报道日期", width=12, form=Form.DATE),
    Column(header="原话", width=50),
    Column(header="出处（文件、位置）", width=26),
    leads.MATERIAL,
    Column(header="条数", width=6, form=Form.COUNT),
    Column(header="备注", width=14),
)
TELLING = "刊发|刊登|刊载|发表|报道|播出|推出|发布|推送|转载|题为|撰写|以"
_AFTER = re.compile(
    f"(?:{TELLING})[^《》“”，。；]{{0,10}}(?:《(?P<book>[^《》]{{4,80}})》|“(?P<quote>[^“”]{{6,80}})”)"
)
_BEFORE = re.compile(r"《(?P<book>[^《》]{4,80})》[^《》，。；]{0,10}[在被由获][^《》，。；]{0,4}$")
_DATE = r"(?:(?P<year>20\d\d)年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})日"
_DATE_BEFORE = re.compile(_DATE + r"[，、,]?[在《“]{0,2}$")
_DATE_AFTER = re.compile(r"[》”]?[于在]?" + _DATE)


@dataclass(frozen=True, kw_only=True)
class Report:
    """One outlet that told of one activity. level: its tier, "" unknown. title, day: None where not stated beside it."""

    told: Told
    number: int
    outlet: Stated[str]
    level: str
    words: str
    title: str | None
    day: date | None


def press(season: Season) -> Sheet:
    """One row an outlet and counted activity, by tier; then a line a tier with its number, which the chart shows."""
    order = list(TIERS)
    found = sorted(reports(season), key=lambda one: order.index(one.level))
    ids = [f"{one.told.row}/press/{one.number}" for one in found]
    tiers = [f"tier/{level or 'unknown'}" for level in TIERS] if found else []
    sums = [_sum(found, level) for level in TIERS] if found else []
    return Sheet(
        name="宣传报道",
        title=f"{season.rules.notice.name}宣传报道汇总表",
        paper="A3",
        columns=PRESS,
        frame=framed(PRESS, [*map(_row, found), *sums], [*ids, *tiers]),
        pinned=3,
        links={
            (id_, leads.MATERIAL.header): leads.file(one.told.one, one.outlet.span.part)
            for id_, one in zip(ids, found, strict=True)
        },
        charts=(
            Chart(
                kind="column", title="宣传报道按媒体级别", labels="级别", series=("条数",), rows=tuple(tiers)
            ),
        )
        if found
        else (),
    )


def reports(season: Season) -> Iterator[Report]:
    """Every outlet of every activity that counts, each once an activity, in the order of the activities."""
    for told in season.activities:
        outlets = {one.value: one for one in reversed(told.judged.activity.media)}
        for number, name in enumerate(
            dict.fromkeys(one.value for one in told.judged.activity.media if not told.reason), 1
        ):
            yield _report(season, told, number, outlets[name])


def _report(season: Season, told: Told, number: int, outlet: Stated[str]) -> Report:
    activity = told.judged.activity
    words = sentence(activity.text, outlet.words).strip()
    year = activity.date_start.value.year if activity.date_start else season.rules.notice.year
    others = [one.words for one in activity.media if one.value != outlet.value]
    return Report(
        told=told,
        number=number,
        outlet=outlet,
        level=tier(outlet.value, season.rules.outlets),
        words=words,
        title=title(words, outlet.words, others),
        day=day(words, outlet.words, year),
    )


def title(words: str, outlet: str, others: Sequence[str]) -> str | None:
    """The title of the report that stands beside *outlet* in the sentence *words*, None where none does.

    Args:
        others: the other outlets of the sentence; what stands behind one of them is its own, and their names are no titles.
    """
    before, found, after = words.partition(outlet)
    if not found:
        return None
    ends = [at for other in others if other and (at := after.find(other)) >= 0]
    hit = _AFTER.search(after[: min(ends, default=len(after))]) or _BEFORE.search(before)
    said = next((one for one in hit.groupdict().values() if one), None) if hit else None
    return (
        None if said is None or any(said in other or other in said for other in (*others, outlet)) else said
    )


def day(words: str, outlet: str, year: int) -> date | None:
    """The date that touches *outlet* in the sentence *words*, None where none does. year: where it states none."""
    before, found, after = words.partition(outlet)
    hit = (_DATE_BEFORE.search(before) or _DATE_AFTER.match(after)) if found else None
    if hit is None:
        return None
    try:
        return date(int(hit["year"] or year), int(hit["month"]), int(hit["day"]))
    except ValueError:
        return None


def _row(one: Report) -> dict[str, Value]:
    return {
        "单位": one.told.unit,
        "活动名称": one.told.judged.activity.title,
        "媒体": one.outlet.value.strip("《》“”"),
        "级别": TIERS[one.level],
        "报道标题": one.title,
        "报道日期": one.day,
        "原话": one.words,
        "出处（文件、位置）": f"{one.told.one.item.accession} {place(one.told.filing, one.outlet.span)}",
        leads.MATERIAL.header: leads.OPEN,
        "条数": 1,
        "备注": "" if one.level else "级别见待核事项",
    }


def _sum(found: Sequence[Report], level: str) -> dict[str, Value]:
    empty: dict[str, Value] = {column.header: "" for column in PRESS}
    return empty | {
        "单位": "按级别小计",
        "级别": TIERS[level],
        "条数": sum(one.level == level for one in found),
    }
