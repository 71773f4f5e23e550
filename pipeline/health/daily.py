"""日报: one paragraph for WeChat or SMS, trouble first.

Purpose: `paragraph(…)`, and what happened on a day as the log tells it (`deeds`).
Limits: deterministic from what is handed in; a day is Beijing's. Names no unit, no person and no mail but by its 收文号.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from pipeline import beijing
from pipeline.beijing import BEIJING
from pipeline.database import Database
from pipeline.health.collecting import LINK_SOON
from pipeline.health.reader import opened
from pipeline.health.values import Colour, Contents, Facts, Health

MOST_CHARACTERS = 90
"""Of one trouble or its cure: a message for a telephone; `status` says all of it."""


@dataclass(frozen=True, kw_only=True)
class Deeds:
    """How many mails were captured and filed for the first time, and held, on *day* and on the day before."""

    day: date
    captured: tuple[int, int]
    filed: tuple[int, int]
    held: tuple[int, int]


def deeds(place: Path | Database, day: date, until: datetime) -> Deeds:
    """Count what the log of the register at *place* says of *day* and of the day before, as far as *until*.

    Raises:
        UnreadError: the register cannot be read.
    """
    begun = datetime.combine(day - timedelta(days=1), datetime.min.time(), BEIJING)
    end = min(begun + timedelta(days=2), until + timedelta(microseconds=1))
    wanted = (
        "SELECT action, accession, min(at) AS at FROM events "
        "WHERE action IN ('capture', 'file', 'hold') GROUP BY action, accession"
    )
    counted = Counter[tuple[str, date]]()
    with opened(place) as register:
        for row in register.each(wanted):
            at = datetime.fromisoformat(row["at"])
            if begun <= at < end:
                counted[row["action"], beijing.day(at)] += 1
    days = day, day - timedelta(days=1)
    captured, filed, held = (
        (counted[action, days[0]], counted[action, days[1]]) for action in ("capture", "file", "hold")
    )
    return Deeds(day=day, captured=captured, filed=filed, held=held)


def paragraph(facts: Facts, health: Health, done: Deeds | None, unsent: int | None) -> str:
    """Write the 日报.

    Args:
        facts, health: as of the moment it is written for.
        done: None where the log cannot be read.
        unsent: units that have not sent, None where that is not known.
    """
    today = beijing.day(health.at)
    day = done.day if done else today
    sentences = [f"【收文日报】{day.month}月{day.day}日", *_trouble(health)]
    if done is not None:
        before, on_it = ("昨日", "今日到此时") if day == today else ("前一日", "当日")
        sentences.append(
            f"{before}收到 {done.captured[1]} 件、办结 {done.filed[1]} 件，"
            f"{on_it}收到 {done.captured[0]} 件、办结 {done.filed[0]} 件、转待人工 {done.held[0]} 件"
        )
    if facts.contents is not None:
        sentences += _standing(facts.contents, health.at)
    sentences.append(f"未报送 {unsent} 个单位" if unsent is not None else "未报送单位数没有算出")
    if facts.contents is not None:
        log = facts.contents.log
        sentences.append(
            f"封印第 {log.seal} 号，{_day(log.sealed)}，日志 {log.number} 条" if log.sealed else "还没有封印"
        )
    return "；".join(sentences) + "。\n"


def _trouble(health: Health) -> list[str]:
    """Red things with their cures, then yellow ones by name; "一切正常" where there is neither."""
    red = [
        f"！{line.subject}：{line.fact[:MOST_CHARACTERS]}（办法：{line.cure[:MOST_CHARACTERS]}）"
        for line in health.of(Colour.RED)
    ]
    yellow = [line.subject for line in health.of(Colour.YELLOW)]
    red += [f"请留意：{'、'.join(dict.fromkeys(yellow))}"] if yellow else []
    return red or ["收件正常"]


def _standing(contents: Contents, at: datetime) -> Sequence[str]:
    expiring = [one for one in contents.links if one.expires and timedelta() <= one.expires - at <= LINK_SOON]
    total = sum(number for _, number in contents.states)
    named = "、".join(contents.held[:3]) + ("…" if len(contents.held) > 3 else "")
    return (
        f"累计 {total} 件（已归档 {contents.count('filed')}，待办 {contents.count('captured')}）",
        f"待人工 {len(contents.held)} 件" + (f"（{named}）" if named else ""),
        f"7 天内到期的链接 {len(expiring)} 个",
    )


def _day(at: datetime) -> str:
    local = at.astimezone(BEIJING)
    return f"{local.month}月{local.day}日 {local:%H:%M}"
