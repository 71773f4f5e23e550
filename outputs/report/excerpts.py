"""The reports' own words in ours: cleaned, on one line, cut at a sentence, in quotes that cannot be broken out of.

Source: GB/T 15834-2011, 4.8.3.4: quotation marks inside quotation marks are single ones.
Limits: nothing is added but … where words were left out; nothing is mended.
"""

from __future__ import annotations

import re

from outputs.cells import clean

_INNER = str.maketrans({"“": "‘", "”": "’"})
_ENDS = re.compile(r"[。！？；]")
_LIST = re.compile(
    r"^(?:[（(][一二三四五六七八九十百\d]{1,4}[）)]|[一二三四五六七八九十百\d]{1,4}[、.．)）])\s*"
)

_ROW = re.compile(r"^\d{1,4} ")
"""The number of a row of a table."""


def flat(text: str) -> str:
    """Give *text* cleaned and on one line."""
    return " ".join(clean(text[:200_000]).split())


def quote(text: str, most: int, title: str = "") -> str:
    """Give the words of *text* in quotes: at most *most* characters, whole sentences where it can be.

    title: the heading that stands in front of them, which is left out.
    """
    words, heading = flat(text), flat(title)
    for start in (heading, _LIST.sub("", heading)):
        bare = next(
            (one for one in (words, _LIST.sub("", words), _ROW.sub("", words)) if one.startswith(start)), ""
        )
        if start and len(bare) > len(start) + 10:
            words = bare[len(start) :].lstrip(" 。：:、，—-")
            break
    words = _LIST.sub("", words)
    if len(words) > most:
        ends = [found.end() for found in _ENDS.finditer(words, 0, most)]
        cut = ends[-1] if ends and ends[-1] > most // 3 else most
        words = words[:cut] + "……"
    return f"“{words.translate(_INNER)}”"


def named(text: str, most: int) -> str:
    """Give a name or title in quotes, without the number in front of it."""
    words = _LIST.sub("", flat(text))
    return f"“{(words if len(words) <= most else words[: most - 1] + '…').translate(_INNER)}”"


def plain(text: str, most: int) -> str:
    """Give a name as it is, in quotes where it holds digits, which are no figures of the report."""
    words = flat(text)
    words = (words if len(words) <= most else words[: most - 1] + "…").translate(_INNER)
    return f"“{words}”" if re.search(r"\d", words) else words
