"""Of which tier an outlet is: rules/<notice>/outlets.csv against names as reports write them.

Limits: knows what the table knows; an outlet of unknown tier is a question for staff.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable


def tier(name: str, outlets: Iterable[tuple[str, str]]) -> str:
    """The tier of the outlet *name* as a report writes it, "" where the table does not know it.

    The full name goes before the longest ending (`*尾`); 《》, quotes, and 客户端 or 网站 behind a name do not count.
    """
    wanted = _bare(name)
    best, length = "", -1
    for known, level in outlets:
        ending = known.startswith("*")
        bare = _bare(known.removeprefix("*"))
        if (wanted.endswith(bare) if ending else wanted == bare) and len(bare) + 1000 * (not ending) > length:
            best, length = level, len(bare) + 1000 * (not ending)
    return best


def _bare(name: str) -> str:
    kept = re.sub(r"[《》“”\"'\s]", "", unicodedata.normalize("NFKC", name).casefold())
    return re.sub(r"(?:客户端|app|网站|微信公众号)$", "", kept) or kept
