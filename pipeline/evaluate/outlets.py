"""Of which tier an outlet is: rules/<notice>/outlets.csv against names as reports write them.

Limits: knows what the table knows; an outlet of unknown tier is a question for staff.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache


def tier(name: str, outlets: Iterable[tuple[str, str]]) -> str:
    """The tier of the outlet *name* as a report writes it, "" where the table does not know it.

    The full name goes before the longest ending (`*尾`); 《》, quotes, and 客户端 or 网站 behind a name do not count.
    """
    return _tiers(tuple(outlets))(name)


@lru_cache(maxsize=4)
def _tiers(outlets: tuple[tuple[str, str], ...]) -> Callable[[str], str]:
    """What gives the tier of a name by this table; each is looked up once, for a season names a few outlets again and again."""
    bared = [(_bare(known.removeprefix("*")), known.startswith("*"), level) for known, level in outlets]

    @lru_cache(maxsize=4096)
    def found(name: str) -> str:
        wanted = _bare(name)
        best, length = "", -1
        for bare, ending, level in bared:
            long = len(bare) + 1000 * (not ending)
            if long > length and (wanted.endswith(bare) if ending else wanted == bare):
                best, length = level, long
        return best

    return found


def _bare(name: str) -> str:
    kept = re.sub(r"[《》“”\"'\s]", "", unicodedata.normalize("NFKC", name).casefold())
    return re.sub(r"(?:客户端|app|网站|微信公众号)$", "", kept) or kept
