"""Serial numbers of days, as spreadsheets store moments: 45434.5 is 2024年5月22日12:00.

Purpose: `moment()` writes one with the fields that its number format shows.
Source: ECMA-376 part 1, section 18.17.4 (both date systems; the 29th of February 1900 that never was is day 60).
Limits: one Chinese form; the year stands with each day, for a cell that shows 5月22日 knows it.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

LAST_DAY = 2_958_465
"""Serial number of 9999-12-31; beyond it a number is no date."""


def moment(value: float, fields: list[str], *, since_1904: bool = False) -> str:
    """Write a date, a time of day or a length of time; "" if *value* is none.

    Args:
        fields: letters of the format in order: "yyyy", "m", "dd", "[h]", "mm".
    """
    if any(field.startswith("[") for field in fields):
        return _length(value, seconds=any("s" in field for field in fields))
    at = day(value, since_1904=since_1904)
    if at is None:
        return ""
    clock = any(field[0] in "hs" for field in fields)
    months = [
        place for place, field in enumerate(fields) if field[0] == "m" and not _is_minute(fields, place)
    ]
    dated = _date(at, year=any(f[0] in "ye" for f in fields), month=bool(months), fields=fields)
    seconds = ":%S" if any(field[0] == "s" for field in fields) else ""
    return dated + (at.strftime(f"%H:%M{seconds}") if clock else "")


def _is_minute(fields: list[str], place: int) -> bool:
    """An m that follows hours or stands before seconds means minutes."""
    before = fields[place - 1][0] if place else ""
    after = fields[place + 1][0] if place + 1 < len(fields) else ""
    return before == "h" or after == "s"


def _date(moment: datetime, *, year: bool, month: bool, fields: list[str]) -> str:
    """The year stands with each day: a cell that shows 5月22日 knows it."""
    dated = any(field[0] in "da" for field in fields)
    if dated:
        return f"{moment.year}年{moment.month}月{moment.day}日"
    return (f"{moment.year}年" if year else "") + (f"{moment.month}月" if month else "")


def _length(value: float, *, seconds: bool) -> str:
    """Write a length of time in hours beyond a day: 26:30."""
    total = round(value * 86_400)
    minutes, rest = divmod(total, 60)
    return f"{minutes // 60}:{minutes % 60:02}" + (f":{rest:02}" if seconds else "")


def day(value: float, *, since_1904: bool = False) -> datetime | None:
    """Give the moment that the serial number *value* means, None outside the calendar; 60 is the day that never was."""
    if not 0 <= value <= LAST_DAY:
        return None
    start = date(1904, 1, 1) if since_1904 else date(1899, 12, 31 if value < 60 else 30)
    try:
        return datetime.combine(start, time()) + timedelta(seconds=round(value * 86_400))
    except OverflowError:
        return None
