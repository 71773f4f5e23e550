"""What a person wrote into a cell, as a decision holds it; and what makes two cells the same.

Purpose: `stored`, a cell to `Correction.new`; `alike`, whether two cells say the same.
Source: pipeline/review (what each field holds); a person writes 3.0, ３, "5 科技志愿服务", 2024-5-28 or a day, and means one thing.
Limits: judges one cell alone; nothing is guessed: 约300 is no number.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from outputs.lists import YES_NO
from outputs.words import HANDLINGS, JOINT_DECISIONS, KINDS, RELATION_DECISIONS
from pipeline.reviewing.plain import NOT_STATED, NUMBER, general, plain, text
from rules import Rules

FIRST_YEAR, LAST_YEAR = 2000, 2099
"""Days before and after are slips of the pen."""
FIRST_DAY, LAST_DAY = 36_526, 73_050
"""The same years as numbers of days, as a column of days holds them."""
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - cells bear no zone
_DAY = re.compile(
    r"(\d{4})\s*(?:[-/.]|年)\s*(\d{1,2})\s*(?:[-/.]|月)\s*(\d{1,2})\s*日?(?:[T ]+0{1,2}:00(?::00(?:\.0+)?)?Z?)?"
)
_COUNT = re.compile(r"\d{1,9}|\d{1,3}(?:,\d{3}){1,2}")
_CODED = re.compile(r"([0-9])(?:\D.*)?", re.DOTALL)
NO_NAMES = {one for offered in HANDLINGS.values() for one in offered} | {*YES_NO, "同上", "不详", "不明"}
"""What is written in place of a unit that is not known, and is no name of one."""
YES, NO = ("是", "yes", "y"), ("否", "no", "n")


class UnfitError(ValueError):
    """A cell that holds no value of its field; the Chinese message says what it may hold."""


@dataclass(frozen=True, kw_only=True)
class Words:
    """The names that cells show for what decisions call by code.

    categories: code to its names. units: of the roster. aliases: other names to the unit of the roster that alone has it.
    """

    categories: Mapping[str, tuple[str, ...]]
    units: frozenset[str]
    aliases: Mapping[str, str]

    @classmethod
    def of(cls, rules: Rules) -> Words:
        """Take them from *rules*."""
        owners: dict[str, set[str]] = {}
        for unit in rules.units:
            for alias in unit.aliases:
                owners.setdefault(plain(alias), set()).add(unit.name)
        names = frozenset(unit.name for unit in rules.units)
        return cls(
            categories={str(one.code): (one.short, one.name) for one in rules.categories},
            units=names,
            aliases={
                alias: next(iter(units))
                for alias, units in owners.items()
                if len(units) == 1 and alias not in names
            },
        )


def stored(field: str, value: object, words: Words) -> str:
    """Give what a decision about *field* ("activity/2/participants", "unit", "score/B1/单位") holds for the cell *value*.

    Raises:
        UnfitError: the field cannot hold it.
    """
    kind, _, rest = field.partition("/")
    name = rest.rpartition("/")[2] if kind == "activity" else kind
    if name == "unit":
        return _unit(value, words, may_be_blank=kind == "activity")
    if name == "category":
        return _category(value, words)
    if name == "also":
        return _also(value, words)
    reader = _READERS.get(name)
    return reader(value) if reader else text(value)


def alike(field: str | None, one: object, other: object, words: Words) -> bool:
    """Whether two cells say the same; field: what the column decides, None where it decides nothing."""
    if general(one) == general(other):
        return True
    return field is not None and told(field, one, words) == told(field, other, words)


def told(field: str, value: object, words: Words) -> str:
    """What a decision would hold for the cell; its text where it could not hold it."""
    try:
        return stored(field, value, words)
    except UnfitError:
        return text(value)


# ---------------------------------------------------------------- one reader a kind of field


def _unit(value: object, words: Words, *, may_be_blank: bool) -> str:
    said = text(value)
    name = re.sub(r"\s+", "", said)
    if not name and not may_be_blank:
        raise UnfitError("单位不能空着；要撤回以前的决定请用 shouwen review undo")
    if name in words.units:
        return name
    near = plain(said)
    if near in words.units or near in words.aliases:
        return words.aliases.get(near, near)
    if may_be_blank and name:
        raise UnfitError(f"“{said}”不在单位名册里；请从下拉列表里选")
    if isinstance(value, int | float) or re.fullmatch(r"[\d.,]+", near) or near in NO_NAMES:
        raise UnfitError(f"“{said}”不是单位名称；请从下拉列表里选")
    return said


def _category(value: object, words: Words) -> str:
    said = plain(text(value))
    if not said:
        raise UnfitError("类别不能空着；要撤回以前的决定请用 shouwen review undo")
    for code, names in words.categories.items():
        if said in {code, *(plain(name) for name in names), *(f"{code}{plain(name)}" for name in names)}:
            return code
    offered = "、".join(f"{code} {names[0]}" for code, names in sorted(words.categories.items()))
    raise UnfitError(f"没有“{text(value)}”这个类别；可填 {offered}")


def _also(value: object, words: Words) -> str:
    said = text(value)
    codes = [_category(one, words) for one in re.split(r"[、,，;；\n]", said) if one.strip()]
    if "0" in codes:
        raise UnfitError("兼类别只能是 1 至 6")
    return ",".join(dict.fromkeys(codes))


def _count(value: object) -> str:
    if isinstance(value, bool | list):
        raise UnfitError("要填一个整数，没有写明的填 —")
    said = plain(text(value))
    if said in NOT_STATED:
        return ""
    if isinstance(value, float) and not value.is_integer():
        raise UnfitError(f"“{said}”不是整数；要填一个整数，没有写明的填 —")
    if not _COUNT.fullmatch(said):
        raise UnfitError(f"“{text(value)}”不是整数；要填一个整数，没有写明的填 —")
    return str(int(said.replace(",", "")))


def _day(value: object) -> str:
    found = _as_day(value)
    if found is None:
        raise UnfitError(f"“{text(value)}”不是日期；请写成 2024-05-28，没有写明的填 —")
    return found.isoformat() if isinstance(found, date) else found


def _as_day(value: object) -> date | str | None:
    """The day that a cell means, "" where it says that none is stated, None where it means no day."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return (_EPOCH + timedelta(days=int(value))).date() if FIRST_DAY <= value <= LAST_DAY else None
    said = value.isoformat() if isinstance(value, datetime | date) else text(value)
    said = unicodedata.normalize("NFKC", said).strip()
    if said in NOT_STATED:
        return ""
    moment = isinstance(value, list | datetime)
    found = _DAY.fullmatch(said[:10] if moment else said)
    try:
        day = date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
    return day if day and FIRST_YEAR <= day.year <= LAST_YEAR else None


def _points(value: object) -> str:
    said = plain(text(value))
    if isinstance(value, bool | list) or (said and not NUMBER.fullmatch(said)):
        raise UnfitError(f"“{text(value)}”不是分数；请填数字")
    return f"{float(said.replace(',', '')):.10g}" if said else ""


def _yes_no(value: object) -> str:
    said = plain(text(value)).lower()
    if said in YES:
        return "yes"
    if said in NO:
        return "no"
    raise UnfitError(f"“{text(value)}”不是“是”或“否”；请从下拉列表里选")


def _kind(value: object) -> str:
    said = plain(text(value))
    for kind, name in KINDS.items():
        if said in (name, kind.value):
            return kind.value
    raise UnfitError(f"没有“{text(value)}”这种来件；可填 {'、'.join(KINDS.values())}")


def _recommended(value: object) -> str:
    return _yes_no(value) if text(value) else ""


def _joint(value: object) -> str:
    return _named(value, JOINT_DECISIONS)


def _relation(value: object) -> str:
    return _named(value, RELATION_DECISIONS)


def _named(value: object, names: Mapping[str, str]) -> str:
    said = plain(text(value))
    for code, name in names.items():
        if said in (plain(name), code):
            return code
    if not said:
        return ""
    raise UnfitError(f"“{text(value)}”不在可选之内；可填 {'、'.join(names.values())}")


def _media(value: object) -> str:
    names: Sequence[str] = [one.strip() for one in re.split(r"[、,，;；\n]", text(value))]
    return "、".join(dict.fromkeys(name for name in names if name and name not in NOT_STATED))


_READERS: Mapping[str, Callable[[object], str]] = {
    "participants": _count,
    "sessions": _count,
    "materials": _count,
    "date_start": _day,
    "date_end": _day,
    "featured": _points,
    "score": _points,
    "counted": _yes_no,
    "recommended": _recommended,
    "joint": _joint,
    "relation": _relation,
    "kind": _kind,
    "media": _media,
}
"""Fields that hold more than words; the key is the last word of "activity/N/…", the first of all others."""
