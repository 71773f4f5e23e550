"""A contradiction as a Problem: what two places of a mail say that cannot both be true.

Limits: only what is certain counts (Code.CONTRADICTION, which costs points); what a recogniser may have misread, or what may
merely be left out, is for a person to compare (Code.COMPARE) and costs nothing.
"""

from __future__ import annotations

from pipeline.records import Code, Problem

LONGEST = 60
"""Characters of a quotation; a question is read at a glance."""


def problem(part: str, detail: str, *, certain: bool) -> Problem:
    """Say *detail* (Chinese) of *part*."""
    if certain:
        return Problem(code=Code.CONTRADICTION, part=part, detail=detail)
    return Problem(code=Code.COMPARE, part=part, detail=f"{detail}；请对照原件核对")


def quoted(text: str) -> str:
    """*text* on one line in quotes, at most LONGEST characters."""
    line = "".join(text.split())
    return f"“{line if len(line) <= LONGEST else line[: LONGEST - 1] + '…'}”"
