"""Until when linked material is there, as a card or a person says it.

Purpose: `term()` finds the words of expiry around a link, and the moment they mean.
Source: how QQ, NetEase, Coremail, 139, 189 and the cloud disks write it: a date with or without a time, a number of days,
    永久有效.
Limits: Beijing time. A number of days, and a date without a year, count from the day of the mail; where that is not
    known there are words and no moment. A day without a time means its end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from pipeline.beijing import BEIJING

EARLIER = timedelta(days=60)
"""A date without a year that lies further before the mail is one of the next year."""
HOURS = {"小时": 1, "天": 24, "日": 24, "周": 7 * 24, "个月": 30 * 24}

_WORD = re.compile(r"到期|过期|失效|有效|截止|前下载|供下载|下载至|删除|保[存留]")
_TIME = r"(?:\s{0,3}(\d{1,2})[:：时点](\d{1,2}))?"
_DATE = re.compile(rf"(\d{{4}})\s?[年/.-]\s?(\d{{1,2}})\s?[月/.-]\s?(\d{{1,2}})(?!\d)\s?日?{_TIME}")
_DAY = re.compile(rf"(?<!年)(?<!年\s)(?<!\d)(\d{{1,2}})\s?月\s?(\d{{1,2}})\s?日{_TIME}")
_LEFT = re.compile(
    r"(?<![\d月/.-])(?<!月\s)(\d{1,3})\s?(小时|天|日|周|个月)\s?(?:之?[后内]|以内)?\s?(?:将?自动)?(?:到期|过期|失效|有效|删除)"
    r"|(?:有效期?|有效时间|到期时间|过期时间|剩余(?:时间)?|还剩|保[存留](?:时间|期)?)\s?[:：为是]?\s?(?:还有|还剩)?\s?"
    r"(\d{1,3})\s?(小时|天|日|周|个月)"
)
_FOREVER = re.compile(r"永久(?:有效|保存)?|长期有效|无限期|不限期|永不[过到]期|有效期\s?[:：]\s?不限")

Term = tuple[str, datetime | None]
"""The words, "" if none, and the moment they mean, None if they mean none or it is not known."""


def term(text: str, dated: datetime | None, *, nearest_end: bool = False) -> Term:
    """Find the term that *text* states: the first, or the last if the link stands at its end.

    Args:
        dated: when the mail was received or sent, with zone, None if that is not known.
        nearest_end: *text* stands before the link.
    """
    found = sorted(_found(text, dated), key=lambda one: one[0])
    if not found:
        return "", None
    _, words, at = found[-1 if nearest_end else 0]
    return words, at


def unlimited(words: str) -> bool:
    """Whether the *words* of a term say that it has no end."""
    return _FOREVER.search(words) is not None


def _found(text: str, dated: datetime | None) -> Iterator[tuple[int, str, datetime | None]]:
    for hit in _DATE.finditer(text):
        if _WORD.search(text[max(0, hit.start() - 12) : hit.end() + 8]):
            at = _moment(*hit.groups())
            if at is not None:
                yield hit.start(), hit.group().strip(), at
    for hit in _DAY.finditer(text):
        if _WORD.search(text[max(0, hit.start() - 12) : hit.end() + 8]):
            yield hit.start(), hit.group().strip(), _of_the_year(*hit.groups(), dated=dated)
    for hit in _LEFT.finditer(text):
        number, unit = hit[1] or hit[3], hit[2] or hit[4]
        wait = timedelta(hours=int(number) * HOURS[unit])
        yield hit.start(), hit.group().strip(), dated.astimezone(BEIJING) + wait if dated else None
    for hit in _FOREVER.finditer(text):
        yield hit.start(), hit.group(), None


def _moment(year: str, month: str, day: str, hour: str | None, minute: str | None) -> datetime | None:
    clock = (int(hour), int(minute)) if hour and minute else (23, 59)
    try:
        return datetime(int(year), int(month), int(day), *clock, tzinfo=BEIJING)
    except ValueError:
        return None


def _of_the_year(
    month: str, day: str, hour: str | None, minute: str | None, *, dated: datetime | None
) -> datetime | None:
    """A date without a year: the first that does not lie long before the mail."""
    if dated is None:
        return None
    year = dated.astimezone(BEIJING).year
    at = _moment(str(year), month, day, hour, minute)
    if at is not None and at < dated - EARLIER:
        return _moment(str(year + 1), month, day, hour, minute)
    return at
