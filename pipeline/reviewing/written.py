"""Figures, days and points as people write them into a cell.

Purpose: `count`, `day`, `points`; what a decision holds for "300人", "1.2万", "5月28日", 20240528, "4分".
Source: a person writes the counter of the column beside the number, and leaves the year out in a season that has one.
Limits: only what is one exact figure is taken; 约300, 300余人 and 三百 are told with what to write in their place. Excel and
WPS give a day without a year the year of today: a day after the year of the notice is told too.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal

from pipeline.reviewing.plain import NOT_STATED, NUMBER, plain, text

FIRST_YEAR, LAST_YEAR = 2000, 2099
"""Days before and after are slips of the pen."""
FIRST_DAY, LAST_DAY = 36_526, 73_050
"""The same years as numbers of days, as a column of days holds them."""
COUNTERS = {"participants": "人次?|名|位", "sessions": "场次?|次", "materials": "份|册|本"}
"""What may follow the number in each column of figures."""
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - cells bear no zone
_DAY = re.compile(
    r"(\d{4})\s*(?:[-/.]|年)\s*(\d{1,2})\s*(?:[-/.]|月)\s*(\d{1,2})\s*[日号]?(?:[T ]+0{1,2}:00(?::00(?:\.0+)?)?Z?)?"
)
_CLOSED = re.compile(r"(20\d{2})(\d{2})(\d{2})")
_NO_YEAR = re.compile(r"(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]")
_COUNT = re.compile(r"(\d{1,9}|\d{1,3}(?:,\d{3}){1,2})(?:\.0+)?|(\d{1,5}(?:\.\d{1,4})?)万")


class UnfitError(ValueError):
    """A cell that holds no value of its field; the Chinese message says what it may hold."""


def count(value: object, name: str) -> str:
    """A whole number, "" where none is stated. name: of the field, a key of COUNTERS.

    Raises:
        UnfitError: it is none, or not one exact figure.
    """
    said = "" if isinstance(value, bool | list) else plain(text(value))
    if said in NOT_STATED and not isinstance(value, bool | list):
        return ""
    found = _COUNT.fullmatch(re.sub(f"(?<=[\\d万])(?:{COUNTERS[name]})$", "", said))
    number = Decimal((found[1] or found[2]).replace(",", "")) * (10_000 if found[2] else 1) if found else None
    if number is None or number % 1:
        raise UnfitError(
            f"“{text(value)}”不是整数；请只填一个数字，如 300（“约”“余”写进说明），没有写明的填 —"
        )
    return str(int(number))


def day(value: object, year: int) -> str:
    """A day as ISO 8601, "" where none is stated. year: of the notice, which a day without a year is in.

    Raises:
        UnfitError: it is none, or after that year.
    """
    found = _as_day(value, year)
    if found is None:
        raise UnfitError(f"“{text(value)}”不是日期；请连年份写成 {year}-05-28，没有写明的填 —")
    if isinstance(found, date) and found.year > year:
        raise UnfitError(
            f"{found.isoformat()} 晚于通知的年份 {year}（只写月日时 Excel、WPS 会补上今年）；"
            f"请连年份写成 {year}-{found:%m-%d}"
        )
    return found.isoformat() if isinstance(found, date) else found


def points(value: object) -> str:
    """A number of points, "" where nobody gave any.

    Raises:
        UnfitError: it is no number.
    """
    said = plain(text(value)).removesuffix("分")
    if isinstance(value, bool | list) or (said and not NUMBER.fullmatch(said)):
        raise UnfitError(f"“{text(value)}”不是分数；请填数字")
    return f"{float(said.replace(',', '')):.10g}" if said else ""


def _as_day(value: object, year: int) -> date | str | None:
    """The day that a cell means, "" where it says that none is stated, None where it means no day."""
    if isinstance(value, int | float) and not isinstance(value, bool) and FIRST_DAY <= value <= LAST_DAY:
        return (_EPOCH + timedelta(days=int(value))).date()
    said = value.isoformat() if isinstance(value, datetime | date) else text(value)
    said = unicodedata.normalize("NFKC", said).strip()
    if said in NOT_STATED:
        return ""
    said = said[:10] if isinstance(value, list | datetime) else said
    found = _DAY.fullmatch(said) or _CLOSED.fullmatch(said)
    bare = None if found else _NO_YEAR.fullmatch(said)
    try:
        if bare:
            return date(year, *map(int, bare.groups()))
        meant = date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
    return meant if meant and FIRST_YEAR <= meant.year <= LAST_YEAR else None
