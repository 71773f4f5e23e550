"""Cells in one form, whatever program saved them: 3.0 is 3, a day is its ISO 8601, "—" and blank are one.

Purpose: `general`, `text`, `plain`, `same`; what cells are compared by.
Limits: judges one cell alone, and knows no field.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta

from outputs.cells import clean
from outputs.words import MISSING

NOT_STATED = ("", MISSING, "-", "－", "–", "——")
"""What a person writes where nothing is stated."""
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?")
NUMBER = re.compile(r"[+-]?(?:\d{1,15}|\d{1,3}(?:,\d{3})+)(?:\.\d+)?")


def same(one: object, other: object) -> bool:
    """Whether two cells are the same without a second look: most are, and there are hundreds of thousands."""
    return one == (other[0] if isinstance(other, list) and other else other)


def general(value: object) -> str:
    """A cell of whatever column in one form: "—", blank and None are one, 3.0 is 3, a day is its ISO 8601."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return "" if value != value else f"{value:.10g}"  # noqa: PLR0124 - NaN alone differs from itself
    if isinstance(value, datetime | date):
        value = value.isoformat()
    said = text(value)
    if moment := _second(said):
        return moment
    return f"{float(said.replace(',', '')):.10g}" if NUMBER.fullmatch(said) and len(said) < 16 else said


def text(value: object) -> str:
    """The words of a cell, "" where nothing is stated."""
    if isinstance(value, list):
        value = value[0].removesuffix("T00:00:00") if value else ""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return "" if value != value else f"{value:.10g}"  # noqa: PLR0124 - NaN alone differs from itself
    said = clean(str(value))
    return "" if said in NOT_STATED else said


def plain(said: str) -> str:
    """Text without blanks, full-width forms as half-width ones: how names are compared."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", said))


def _second(said: str) -> str:
    """A moment to the nearest second, for spreadsheets keep fractions of a day; "" where it is none."""
    if not _MOMENT.fullmatch(said):
        return ""
    try:
        moment = datetime.fromisoformat(said.replace(" ", "T").removesuffix("Z"))
    except ValueError:
        return ""
    return (moment + timedelta(milliseconds=500)).replace(microsecond=0).isoformat()
