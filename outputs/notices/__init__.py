"""The papers that go to units: 回执 (what was read), 补正单 (what is missing), 催报 (who has not sent). Drafts, all of them.

Purpose: `papers(kind, desk)` makes them, `writing.write` puts them into a folder; pure but for that.
Map: desk.py what they are made of · wording.py lines, days, names · receipt.py, materials.py, completion.py, reminders.py ·
writing.py files, letters, the list of them.
Source: 渝科协发〔2024〕23号 part 4 (四), part 5; GB/T 9704-2012 for 主送, 落款, 成文日期 as far as plain text can follow it.
Limits: no score, no rank, no candidate of ours is in any of them; they say nothing that the notice does not ask for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from outputs.notices import completion, receipt, reminders
from outputs.notices.desk import Desk, Paper

__all__ = ["MAKERS", "Desk", "Paper", "papers"]

MAKERS: Mapping[str, Callable[[Desk], tuple[Paper, ...]]] = {
    "receipt": receipt.receipts,
    "completion": completion.completions,
    "reminder": reminders.reminders,
}


def papers(kind: str, desk: Desk) -> tuple[Paper, ...]:
    """All papers of that *kind*: receipts by accession, the others as the roster has the units."""
    return MAKERS[kind](desk)
