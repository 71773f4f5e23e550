"""Beijing time: what the notice, the mails and the people who read us mean by a moment.

Purpose: `BEIJING`, and a moment in the four shapes in which people and programs read it.
Source: GB/T 7408.1 (dates and times in writing); UTC+8 all the year since 1992.
Limits: of the summer times of 1986-1991 nothing is known; no mail is that old.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))


def day(at: datetime) -> date:
    """The day in Beijing."""
    return at.astimezone(BEIJING).date()


def wall(at: datetime) -> datetime:
    """What the clock on the wall shows, to the second and without a zone, as a spreadsheet's cell holds it."""
    return at.astimezone(BEIJING).replace(tzinfo=None, microsecond=0)


def minute(at: datetime) -> str:
    """2024-06-23 10:03."""
    return f"{at.astimezone(BEIJING):%Y-%m-%d %H:%M}"


def second(at: datetime) -> str:
    """2024-06-23 10:03:00."""
    return f"{at.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"


def stamp(at: datetime) -> str:
    """20240623-100300, as names of files and folders have it."""
    return f"{at.astimezone(BEIJING):%Y%m%d-%H%M%S}"
