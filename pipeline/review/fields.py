"""What people may decide: every field, and which values it takes.

Purpose: `wrong(correction)` says in Chinese why it may not be made; the parsers that `apply` reads values with.
Limits: sees the decision alone: whether there is such a mail, activity, unit or criterion, its caller knows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from pipeline.errors import PermanentError
from pipeline.records import Act, Correction, Kind

MAIL_FIELDS = ("kind", "unit", "unit/outside", "contact", "relation", "joint/K", "question/W")
ACTIVITY_FIELDS = (
    "title",
    "category",
    "also",
    "date_start",
    "date_end",
    "place",
    "participants",
    "sessions",
    "materials",
    "media",
    "unit",
    "counted",
    "featured",
    "recommended",
)
UNIT_FIELDS = ("score/C/U", "question/W/U")
"""With accession ""."""
FIELDS = MAIL_FIELDS + tuple(f"activity/N/{name}" for name in ACTIVITY_FIELDS)
"""Every field of a mail."""

ACTIVITY = re.compile(r"activity/([1-9]\d{0,4})/([a-z_]+)")
SCORE = re.compile(r"score/([^/]+)/(.+)", re.DOTALL)
QUESTION = re.compile(r"question/(.+)", re.DOTALL)
JOINT = re.compile(r"joint/(\d+-\d+\.[1-9]\d{0,4}(?:\+\d+-\d+\.[1-9]\d{0,4})+)")
ACCEPT, INDEPENDENT = "accept", "independent"
YES, NO = "yes", "no"
HIGHEST_CATEGORY = 6
HIGHEST_FEATURED = 100
_POINTS = re.compile(r"-?\d{1,4}(?:\.\d{1,2})?")


def joint_key(members: Iterable[tuple[str, int]]) -> str:
    """The K of joint/K for activities (accession, number), in whatever order they come."""
    return "+".join(f"{accession}.{number}" for accession, number in sorted(members))


def joint_members(key: str) -> tuple[tuple[str, int], ...]:
    """The activities that a K names, in its order."""
    parts = (one.rpartition(".") for one in key.split("+"))
    return tuple((accession, int(number)) for accession, _, number in parts)


def wrong(correction: Correction) -> str:
    """Say in Chinese why the decision may not be made, naming field and value; "" where it may."""
    if correction.act is not Act.DECIDE:
        return ""
    takes = _takes(correction.accession, correction.field)
    of = correction.accession or "单位"
    if takes is None:
        known = "、".join(FIELDS if correction.accession else UNIT_FIELDS)
        return f"{of} 的更正写着“{correction.field}”，没有这一项；可更正的有 {known}"
    if not takes(correction.new.strip()):
        return f"{of} 的更正“{correction.field}”取值“{correction.new}”不合规定；请照说明重新更正"
    return ""


def require(correction: Correction) -> None:
    """Make sure that the decision is one.

    Raises:
        PermanentError: a field or a value that does not exist (in Chinese, naming accession and field).
    """
    if refusal := wrong(correction):
        raise PermanentError(refusal)


def count(text: str) -> int:
    """A whole number of people, copies …

    Raises:
        ValueError: it is none.
    """
    if not re.fullmatch(r"\d{1,9}", text):
        raise ValueError(text)
    return int(text)


def day(text: str) -> date:
    """A day as 2024-05-28.

    Raises:
        ValueError: it is none.
    """
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        raise ValueError(text)
    return date.fromisoformat(text)


def categories(text: str) -> tuple[int, ...]:
    """Secondary categories, with commas between.

    Raises:
        ValueError: one of them is none.
    """
    codes = [one for one in re.split("[,，、 ]+", text) if one]
    if not all(re.fullmatch(f"[0-{HIGHEST_CATEGORY}]", one) for one in codes):
        raise ValueError(text)
    return tuple(map(int, codes))


def contact(text: str) -> tuple[str, str]:
    """Name and telephone number.

    Raises:
        ValueError: one of them is missing.
    """
    name, _, phone = text.rpartition(" ")
    if not name.strip() or not phone:
        raise ValueError(text)
    return name.strip(), phone


PARSERS: dict[str, Callable[[str], Any]] = {
    "date_start": day,
    "date_end": day,
    "place": str,
    "participants": count,
    "sessions": count,
    "materials": count,
}
"""What an activity states once, and how a person's value of it is read."""


# ---------------------------------------------------------------- which values a field takes


def _takes(accession: str, field: str) -> Callable[[str], bool] | None:
    """What its values must be; None where there is no such field."""
    if QUESTION.fullmatch(field):
        return _anything if accession or "/" in field.partition("/")[2].strip("/") else None
    if not accession:
        return _points if SCORE.fullmatch(field) else None
    if JOINT.fullmatch(field):
        return _yes_no
    numbered = ACTIVITY.fullmatch(field)
    return (_OF_ACTIVITIES if numbered else _OF_MAILS).get(numbered[2] if numbered else field)


def _anything(_text: str) -> bool:
    return True


def _yes_no(text: str) -> bool:
    return text in (YES, NO)


def _points(text: str) -> bool:
    return not text or bool(_POINTS.fullmatch(text))


def _featured(text: str) -> bool:
    return _points(text) and (not text or 0 <= float(text) <= HIGHEST_FEATURED)


def _read(parse: Callable[[str], Any], *, nothing: bool = True) -> Callable[[str], bool]:
    def takes(text: str) -> bool:
        if not text:
            return nothing
        try:
            parse(text)
        except ValueError:
            return False
        return True

    return takes


_OF_MAILS: dict[str, Callable[[str], bool]] = {
    "kind": _read(Kind, nothing=False),
    "unit": bool,
    "unit/outside": bool,
    "contact": _read(contact),
    "relation": lambda text: text in (ACCEPT, INDEPENDENT),
}
_OF_ACTIVITIES: dict[str, Callable[[str], bool]] = {
    **{name: _read(parse) for name, parse in PARSERS.items()},
    "title": _anything,
    "category": lambda text: bool(re.fullmatch(f"[0-{HIGHEST_CATEGORY}]", text)),
    "also": _read(categories),
    "media": _anything,
    "unit": _anything,
    "counted": _yes_no,
    "featured": _featured,
    "recommended": lambda text: not text or _yes_no(text),
}
