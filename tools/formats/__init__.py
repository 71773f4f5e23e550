"""`make formats`: what is read of everything that units send, measured on the corpus and the data set.

Purpose: reads every file of ../shared/corpus and every mail of ../shared/dataset in a worker process as the daemon does,
writes docs/formats.md (format × read, partly, listed only, with a file that shows it) and prints it with the numbers.
Map: survey.py one file to its outcome · leaves.py the leaves that reference parsers agree on · again.py labelled text
found again · table.py the page.
Limits: seconds are those of this machine with nothing else to do; SHOUWEN_SHARED names another place of the data.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tools.formats import again, leaves, survey, table

ROOT = Path(__file__).parent.parent.parent


def main() -> int:
    """Measure, write docs/formats.md; 0, 1 where something crashed, hung or was lost, 69 without the data."""
    shared = Path(os.environ.get("SHOUWEN_SHARED", ROOT.parent / "shared"))
    if not (shared / "corpus").is_dir() or not (shared / "dataset").is_dir():
        print(f"没有找到 {shared}；请把它放在检出目录旁，或用环境变量 SHOUWEN_SHARED 指明", file=sys.stderr)  # noqa: T201 - the command's words
        return 69
    outcomes = tuple(survey.survey(shared))
    found = table.Measured(
        outcomes=outcomes,
        agreement=leaves.agreement(shared / "corpus" / "mail", outcomes),
        shares=again.shares(shared / "dataset", outcomes),
        lost=again.lost(shared / "dataset", outcomes),
    )
    page = table.page(found)
    (ROOT / "docs" / "formats.md").write_text(page, "utf-8")
    print(page)  # noqa: T201 - the table is what the command is for
    return 0 if found.sound else 1
