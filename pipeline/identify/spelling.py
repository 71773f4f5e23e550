"""Names as texts: how they are compared, and the spellings of one name.

Purpose: `normal` flattens a line; `spellings`, `without_city` and `stem` give a name with 科协 in full, without its city, and
a district without its 区 or 县; `beginnings` finds where names can begin.
Limits: texts alone; whose name it is, is the business of forms.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache

MAX_LINE = 400
"""Characters of one line that are searched; no unit writes its name later than that in a title or signature."""

_LONG_SHORT = (("科学技术协会", "科协"), ("科学技术局", "科技局"))
_PEOPLES = re.compile(r"^(.{2}?)(?:.{1,3}族)+自治县$")
_BLANK = re.compile("[ \t]")
_SPACED = re.compile(r"(?:[\u4e00-\u9fff][ \t]+){3,}[\u4e00-\u9fff](?![\u4e00-\u9fff])")


def normal(text: str) -> str:
    """*text* as names are compared: NFKC (so that all blanks are plain), lower case, letter-spaced words closed up, cut at
    MAX_LINE.
    """
    return _normal(text[: MAX_LINE * 2])


@lru_cache(maxsize=512)
def _normal(text: str) -> str:
    """The lines of a report are asked for by several modules, and again by each of its copies."""
    flat = unicodedata.normalize("NFKC", text).lower()
    return _SPACED.sub(lambda run: _BLANK.sub("", run.group()), flat)[:MAX_LINE]


def spellings(name: str) -> Iterator[str]:
    """*name* itself, with 科协 and 科技局 in full or in short, and without its brackets."""
    yield name
    for long, short in _LONG_SHORT:
        if name.endswith(long):
            yield name.removesuffix(long) + short
        elif name.endswith(short) and not re.search("[老女]科协$", name):
            yield name.removesuffix(short) + long
    if "(" in name:
        yield from spellings(re.sub("[()]", "", name))


def without_city(name: str, city: str) -> str:
    """*name* without its city, in whatever form; as it is where too little would be left."""
    for head in (city, city[:-1], "市"):
        if head and name.startswith(head):
            rest = name.removeprefix(head)
            return rest if len(rest) >= 3 and not re.match("大学|市", rest) else name
    return name


def stem(district: str) -> str:
    """The bare name of a district: 渝北 of 渝北区, 秀山 of 秀山土家族苗族自治县."""
    peoples = _PEOPLES.match(district)
    if peoples:
        return peoples.group(1)
    return re.sub("(?:经开区|新区|高新区|区|县)$", "", district)


def beginnings(pairs: Iterable[str]) -> re.Pattern[str]:
    """What finds the first of any *pairs* of characters: each first character with all that may follow it.

    What has no second one is no pair, and is not found.
    """
    behind: dict[str, list[str]] = defaultdict(list)
    for pair in sorted(pairs):
        if len(pair) == 2:
            behind[pair[0]].append(re.escape(pair[1]))
    return re.compile(
        "|".join(f"{re.escape(one)}[{''.join(these)}]" for one, these in behind.items()) or "(?!)"
    )
