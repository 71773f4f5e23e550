"""Of which tier an outlet is: rules/<notice>/outlets.csv against names as reports write them.

Limits: knows what the table knows; an outlet of unknown tier is a question for staff.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache


def tier(name: str, outlets: Iterable[tuple[str, str]]) -> str:
    """The tier of the outlet *name* as a report writes it, "" where the table does not know it.

    The full name goes before the longest ending (`*尾`); 《》, quotes, and 客户端 or 网站 behind a name do not count.
    """
    wanted = _bare(name)
    best, length = "", -1
    for bare, ending, level in _bared(tuple(outlets)):
        long = len(bare) + 1000 * (not ending)
        if long > length and (wanted.endswith(bare) if ending else wanted == bare):
            best, length = level, long
    return best


@lru_cache(maxsize=4)
def _bared(outlets: tuple[tuple[str, str], ...]) -> tuple[tuple[str, bool, str], ...]:
    """The table with bare names, and whether each is an ending: the same for every name that is looked up."""
    return tuple((_bare(known.removeprefix("*")), known.startswith("*"), level) for known, level in outlets)


def _bare(name: str) -> str:
    kept = re.sub(r"[《》“”\"'\s]", "", unicodedata.normalize("NFKC", name).casefold())
    return re.sub(r"(?:客户端|app|网站|微信公众号)$", "", kept) or kept
