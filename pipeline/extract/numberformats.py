"""A cell's number as its format shows it: 45434 as 2024年5月22日, 0.85 as 85%, 120 as 120人.

Purpose: `shown()` writes one stored number the way Excel and WPS do, as far as a reader of the text needs it.
Source: ECMA-376 part 1, sections 18.8.30 (numFmt, built-in numbers incl. those of Chinese Windows) and 18.17.4 (dates).
Limits: dates are written in one Chinese form with the fields that the format shows, and with the year where the day is
shown; exponents, fractions and Chinese numerals ([DBNum1]) as plain digits; colours are dropped.
"""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

from pipeline.extract import serials

GENERAL = "General"
MAX_CODE = 255
"""Characters of a format; what is longer is none."""
MOST = 1e20
"""Numbers from here on are no figures of a report and are written without their format."""

_DAY, _CLOCK = 'yyyy"年"m"月"d"日"', "h:mm:ss"
_BUILT_IN = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    **dict.fromkeys((14, 15, 30, 31, 51, 53, 54, 58), _DAY),
    **dict.fromkeys((16, 28, 29), _DAY),
    **dict.fromkeys((17, 27, 36, 50, 52, 57), 'yyyy"年"m"月"'),
    18: "h:mm",
    19: _CLOCK,
    20: "h:mm",
    21: _CLOCK,
    22: f"{_DAY} h:mm",
    **dict.fromkeys((32, 34, 55), "h:mm"),
    **dict.fromkeys((33, 35, 56), _CLOCK),
    **dict.fromkeys((37, 38), "#,##0"),
    **dict.fromkeys((39, 40), "#,##0.00"),
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss",
}
"""Formats that files name by number alone; 27-36 and 50-58 as Chinese Windows has them."""
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|_.|\*.|\[(?P<bracket>[^\]]*)\]|(?P<ampm>AM/PM|A/P|上午/下午)|'
    r"(?P<general>General)|(?P<power>E[+-])|(?P<letters>[yYmMdDhHsSeEaAbBgG]+)|(?P<digit>[0#?])|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_SECTION = re.compile(r'(?:"[^"]*"|\\.|\[[^\]]*\]|[^;"\\\[]|["\\\[])*')
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)\]")
_CURRENCY = re.compile(r"\$([^-\]]*)")


class _Section(NamedTuple):
    """One section of a format. pieces: (kind, text), kind one of literal, digit, point, comma, percent, date."""

    pieces: tuple[tuple[str, str], ...]
    condition: tuple[str, float] | None
    dated: bool


def built_in(number: int) -> str:
    """Give the format that files call by *number* without writing it."""
    return _BUILT_IN.get(number, GENERAL)


def shown(value: float, code: str = GENERAL, *, since_1904: bool = False) -> str:
    """Write *value* by the format *code*.

    Args:
        since_1904: days count from 1904-01-01 (files of old Macs).
    """
    sections = _sections(code)
    section = _chosen(sections, value) if abs(value) < MOST else None  # NaN is not below either
    if section is None or not section.pieces:
        return plain(value)  # ";;;" shows nothing: staff should see what stands there
    if section.dated:
        fields = [text for kind, text in section.pieces if kind == "date"]
        return serials.moment(value, fields, since_1904=since_1904) or plain(value)
    if not any(kind == "digit" for kind, _ in section.pieces):
        return "".join(text for _, text in section.pieces) if len(sections) > 1 else plain(value)
    text = _digits(abs(value), section)
    signed = value < 0 and not re.search(r"[-(（-]", text)  # a format may show losses in red alone
    return (f"-{text}" if signed else text) or plain(value)


def plain(value: float) -> str:
    """Write a number without format: whole ones with all their digits; no exponent below MOST."""
    if not math.isfinite(value):
        return ""
    if abs(value) >= MOST:
        return f"{value:.10g}"
    return str(int(value)) if value == int(value) else f"{Decimal(f'{value:.10g}'):f}"


@lru_cache(maxsize=2048)
def _sections(code: str) -> tuple[_Section, ...]:
    if len(code) > MAX_CODE or code.strip().lower() in {"", "general", "@", "g/通用格式"}:
        return ()
    found: list[_Section] = []
    place = 0
    while place <= len(code) and len(found) < 4:
        match = _SECTION.match(code, place)
        end = match.end() if match else place
        found.append(_section(code[place:end]))
        place = end + 1
    return tuple(found)


def _section(code: str) -> _Section:
    condition = _CONDITION.search(code)
    pieces: list[tuple[str, str]] = []
    for match in _TOKEN.finditer(code):
        pieces.extend(_piece(match))
    return _Section(
        pieces=tuple(pieces),
        condition=(condition[1], float(condition[2])) if condition else None,
        dated=any(kind == "date" for kind, _ in pieces),
    )


def _piece(match: re.Match[str]) -> list[tuple[str, str]]:
    """Name one token; [h] counts hours beyond a day, other brackets are conditions, colours and languages."""
    kind, text = match.lastgroup, match[0]
    if kind in {"quoted", "escaped"}:
        return [("literal", match[kind])]
    if kind == "bracket":
        if re.fullmatch(r"[hH]+|[mM]+|[sS]+", match[kind]):
            return [("date", f"[{match[kind][0].lower()}]")]
        currency = _CURRENCY.match(match[kind])
        return [("literal", currency[1])] if currency and currency[1] else []
    if kind == "letters":
        return [] if text[0] in "bBgG" else [("date", text.lower())]
    if kind == "other":
        kind = {".": "point", ",": "comma", "%": "percent"}.get(text, "literal")
    return [(kind, text)] if kind in {"digit", "power", "point", "comma", "percent", "literal"} else []


def _chosen(sections: tuple[_Section, ...], value: float) -> _Section | None:
    """Choose by the sections' conditions, or by sign: positive, negative, zero."""
    if not sections:
        return None
    for section in sections[:2]:
        if section.condition and _holds(value, *section.condition):
            return section
    if any(section.condition for section in sections[:2]):
        free = [section for section in sections if section.condition is None]
        return free[-1] if free else None
    if value < 0 and len(sections) > 1:
        return sections[1]
    return sections[2] if value == 0 and len(sections) > 2 else sections[0]


def _holds(value: float, sign: str, limit: float) -> bool:
    return {
        "<": value < limit,
        ">": value > limit,
        "<=": value <= limit,
        ">=": value >= limit,
        "=": value == limit,
        "<>": value != limit,
    }[sign]


# ---------------------------------------------------------------- digits


def _digits(value: float, section: _Section) -> str:
    """Fill the digits of *value* (not negative) into the places of *section*."""
    kinds = [kind for kind, _ in section.pieces]
    if _is_scientific(section) or _is_fraction(section):
        return plain(value)
    point = kinds.index("point") if "point" in kinds else len(kinds)
    decimals = kinds[point:].count("digit")
    scale, grouped = _commas(section.pieces[:point])
    number = Decimal(repr(value)) * (100 ** kinds.count("percent")) / (Decimal(1000) ** scale)
    whole, _, rest = f"{number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP):f}".partition(".")
    return _before(whole, section.pieces[:point], grouped=grouped) + _after(rest, section.pieces[point:])


def _is_scientific(section: _Section) -> bool:
    return any(kind == "power" for kind, _ in section.pieces)


def _is_fraction(section: _Section) -> bool:
    texts = {text for _, text in section.pieces}
    return "/" in texts and "?" in texts


def _commas(pieces: tuple[tuple[str, str], ...]) -> tuple[int, bool]:
    """Say how many commas after the last digit divide by a thousand, and whether one between digits groups them."""
    places = [place for place, (kind, _) in enumerate(pieces) if kind == "digit"]
    commas = [place for place, (kind, _) in enumerate(pieces) if kind == "comma"]
    if not places:
        return 0, False
    return sum(place > places[-1] for place in commas), any(
        places[0] < place < places[-1] for place in commas
    )


def _before(whole: str, pieces: tuple[tuple[str, str], ...], *, grouped: bool) -> str:
    """Fill the digits before the point from the right; the first place takes all that are left."""
    digits = list(whole.lstrip("0"))
    left = sum(kind == "digit" for kind, _ in pieces)
    made: list[str] = []
    written = 0
    for kind, text in reversed(pieces):
        if kind == "digit":
            left -= 1
            taken = [digits.pop() if digits else "0" if text == "0" else ""]
            taken += reversed(digits) if not left else []
            for digit in filter(None, taken):
                made.append("," if grouped and written and written % 3 == 0 else "")
                made.append(digit)
                written += 1
        elif kind in {"literal", "percent"}:
            made.append(text[::-1])
    return "".join(made)[::-1]


def _after(rest: str, pieces: tuple[tuple[str, str], ...]) -> str:
    """Fill the digits behind the point; places marked # and ? stay empty for zeros at the end."""
    needed = max(
        (place + 1 for place, (_, text) in enumerate(p for p in pieces if p[0] == "digit") if text == "0"),
        default=0,
    )
    kept = rest[:needed] + rest[needed:].rstrip("0")
    made, place = [], 0
    for kind, text in pieces:
        if kind == "digit":
            made.append(kept[place : place + 1])
            place += 1
        elif kind == "point":
            made.append("." if kept else "")
        elif kind != "comma":
            made.append(text)
    return "".join(made)
