"""Automatic numbering of Word paragraphs made visible: "一、", "（一）", "1." as Word shows them.

Purpose: `Numbering.label()` counts on and gives the words that stand before a paragraph.
Source: ECMA-376 part 1, sections 17.9 (numbering) and 17.18.59 (ST_NumberFormat).
Limits: bullets and pictures give no label; formats of other scripts are shown as decimals.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MAX_LEVEL = 8
"""Levels are 0..8 (ECMA-376 section 17.9.3)."""
MAX_LABEL = 30
"""Characters of a label; longer ones come from hostile files alone."""

_DIGITS = "〇一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_CHINESE = {
    "chineseCounting",
    "chineseCountingThousand",
    "japaneseCounting",
    "taiwaneseCounting",
    "taiwaneseCountingThousand",
    "ideographDigital",
    "japaneseDigitalTenThousand",
}
_ROMAN = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


@dataclass(frozen=True, kw_only=True)
class _Level:
    form: str
    words: str
    start: int


@dataclass(kw_only=True)
class Numbering:
    """The lists of one document, and how far each has counted. Made from the root of word/numbering.xml."""

    root: etree._Element | None
    _levels: dict[tuple[str, int], _Level] = field(default_factory=dict)
    _abstract: dict[str, str] = field(default_factory=dict)
    _counts: dict[str, list[int | None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.root is None:
            return
        abstracts = {
            _value(node, "abstractNumId"): node for node in self.root.iterchildren(f"{W}abstractNum")
        }
        styled = {_child_value(node, "styleLink"): node for node in abstracts.values()}
        for num in self.root.iterchildren(f"{W}num"):
            number = _value(num, "numId")
            abstract = _child_value(num, "abstractNumId")
            self._abstract[number] = abstract
            node = abstracts.get(abstract)
            link = _child_value(node, "numStyleLink") if node is not None else ""
            self._read(number, styled.get(link) if link else node)
            for override in num.iterchildren(f"{W}lvlOverride"):
                self._read(number, override)

    def define(self, number: str, abstract: str, level: int, *, form: str, words: str, start: int) -> None:
        """Say how *level* (0..8) of list *number* counts; lists of one *abstract* count on together."""
        self._abstract[number] = abstract
        self._levels[number, level] = _Level(form=form, words=words, start=start)

    def label(self, number: str, level: int) -> str:
        """Count the paragraph of list *number* at *level* (0..8) and give its label, "" for none."""
        stated = self._levels.get((number, level))
        if stated is None or not 0 <= level <= MAX_LEVEL:
            return ""
        counts = self._counts.setdefault(self._abstract.get(number, number), [None] * (MAX_LEVEL + 1))
        before = counts[level]
        counts[level] = stated.start if before is None else before + 1
        counts[level + 1 :] = [None] * (MAX_LEVEL - level)
        if stated.form in {"bullet", "none"}:
            return ""
        return re.sub(
            r"%([1-9])", lambda match: self._shown(number, int(match[1]) - 1, counts), stated.words
        )[:MAX_LABEL]

    def _shown(self, number: str, level: int, counts: list[int | None]) -> str:
        stated = self._levels.get((number, level))
        if stated is None:
            return ""
        count = counts[level]
        return written(stated.start if count is None else count, stated.form)

    def _read(self, number: str, node: etree._Element | None) -> None:
        if node is None:
            return
        for level in node.iterchildren(f"{W}lvl"):
            place = _whole(_value(level, "ilvl"))
            self._levels[number, place] = _Level(
                form=_child_value(level, "numFmt") or "decimal",
                words=_child_value(level, "lvlText"),
                start=_whole(_child_value(level, "start") or "1"),
            )
        start = _child_value(node, "startOverride")
        place = _whole(_value(node, "ilvl") or "0")
        known = self._levels.get((number, place))
        if start and known:
            self._levels[number, place] = _Level(form=known.form, words=known.words, start=_whole(start))


def chinese(number: int) -> str:
    """Write 0..9999 in Chinese as headings do: 十一, 二十, 一百零五."""
    if not 0 <= number <= 9999:
        return str(number)
    if number < 10:
        return _DIGITS[number]
    words, zero = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            words += ("零" if zero and words else "") + _DIGITS[digit] + name
            zero = False
        else:
            zero = True
    return words.removeprefix("一") if 10 <= number < 20 else words


def written(number: int, form: str) -> str:
    """Write *number* in the format of Word's name *form*; formats of other scripts as decimals."""
    digits = str(max(0, number))
    if form in _CHINESE:
        return chinese(number)
    if form in {"chineseLegalSimplified", "ideographLegalTraditional"}:
        return "".join(_LEGAL[int(digit)] for digit in digits)
    if form.startswith("decimalFullWidth"):
        return "".join(chr(0xFF10 + int(digit)) for digit in digits)
    if form.startswith("decimalEnclosedCircle"):
        return chr(0x245F + number) if 1 <= number <= 20 else digits
    return _lettered(number, form) or digits


def _lettered(number: int, form: str) -> str:
    """Write *number* in Latin letters or Roman numerals, "" where *form* is neither or the number out of range."""
    words = ""
    if form.endswith("Letter") and 1 <= number <= 26:
        words = chr(0x60 + number)
    elif form.endswith("Roman") and 1 <= number < 200:
        words = _roman(number)
    return words.upper() if form.startswith("upper") else words


def _roman(number: int) -> str:
    words = ""
    for value, sign in _ROMAN:
        while number >= value:
            words += sign
            number -= value
    return words


def _value(node: etree._Element, name: str) -> str:
    return str(node.get(f"{W}{name}") or "")


def _child_value(node: etree._Element, name: str) -> str:
    child = node.find(f"{W}{name}")
    return "" if child is None else _value(child, "val")


def _whole(text: str) -> int:
    """Read a whole number of at most six digits, 0 for anything else."""
    return int(text) if re.fullmatch(r"\d{1,6}", text) else 0
