"""Plain text: .txt files and text/plain bodies of mails.

Purpose: one paragraph a line, hard wraps undone; in bodies, quoted mails and link cards are set aside.
Source: RFC 3676 (format=flowed, delsp); charsets as charset.py.
Limits: what looks like a table stays lines; the first MAX_CHARACTERS are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.extract import charset, quoting, shape
from pipeline.extract.lines import glued, width
from pipeline.extract.shape import Paragraph
from pipeline.records import Code, Content, Leaf, Problem, Status

MAX_CHARACTERS = 2_000_000
"""Characters of one text; a report has some thousand."""
MAX_LINES = 40_000
"""Lines of one text; a report has some hundred."""
BODY_WITH_TITLE = 200
"""Characters from which a body may itself hold a report with a title; shorter ones are covering notes."""
WRAPPED = 3
"""Lines of nearly the same greatest width that show a hard-wrapped text."""
WRAP_WIDTH = (18.0, 50.0)
"""Width in Chinese characters at which programs wrap."""

_NEVER_FIRST = ("，", "。", "、", "；", "：", "！", "？", "）", "”", "》")
"""Signs that open no paragraph."""


def read(leaf: Leaf, _abilities: tuple[str, ...] = ()) -> Content:
    """Read one text.

    Returns:
        its blocks; partly where it was cut or where octets fit no charset (with a Problem).
    """
    text = charset.decode(leaf.data, leaf.charset).replace("\x00", "")
    cut = len(text) > MAX_CHARACTERS
    text = text[:MAX_CHARACTERS]
    if leaf.flowed:
        text = unflowed(text, delsp=leaf.delsp)
    rows = [row.rstrip() for row in text.split("\n", MAX_LINES)]
    cut |= len(rows) > MAX_LINES
    del rows[MAX_LINES:]
    rows = rows if leaf.flowed else list(_unwrapped(rows))
    paragraphs = [Paragraph(text=row) for row in rows]
    if leaf.body:
        paragraphs = quoting.set_aside(paragraphs, forwarded=leaf.forwarded)
    own = sum(len(line.text) for line in paragraphs if line.aside is None)
    blocks = shape.blocks(paragraphs, titled=not leaf.body or own >= BODY_WITH_TITLE)
    faults = text.count("\ufffd")
    problems = (
        (Problem(code=Code.CHARSET, part=leaf.path, detail=f"{faults} 处文字编码有误，无法还原"),)
        if faults
        else ()
    )
    if cut:
        return Content(
            blocks=blocks, problems=problems, status=Status.PARTLY, reason="文本过长，只读取了开头部分"
        )
    return Content(blocks=blocks, problems=problems)


def unflowed(text: str, *, delsp: bool) -> str:
    """Undo format=flowed (RFC 3676 section 4): lines that end in a space go on, quoted lines only at the same depth."""
    found: list[str] = []
    open_depth = -1
    for row in text.split("\n"):
        depth = len(row) - len(row.lstrip(">"))
        content = row[depth:].removeprefix(" ") if depth or row.startswith(" ") else row
        flows = content.endswith(" ") and content != "-- "
        if depth == open_depth:
            found[-1] += content
        else:
            found.append(">" * depth + (" " if depth else "") + content)
        open_depth = depth if flows else -1
        if flows and delsp:
            found[-1] = found[-1][:-1]
    return "\n".join(found)


def _unwrapped(rows: Sequence[str]) -> Iterator[str]:
    """Join the lines of a text that a program wrapped: many are as wide as the widest, and go on without an indent."""
    widths = [width(row) for row in rows]
    widest = max(widths, default=0.0)
    full = sum(size >= widest - 2 for size in widths)
    if not WRAP_WIDTH[0] <= widest <= WRAP_WIDTH[1] or full < WRAPPED:
        yield from rows
        return
    held = ""
    for place, row in enumerate(rows):
        held = glued(held, row) if held else row
        following = rows[place + 1] if place + 1 < len(rows) else ""
        indented = following[:1].isspace() or following.startswith((">", "-", "*")) or not following
        inside = following.startswith(_NEVER_FIRST)
        if inside or (widths[place] >= widest - 2 and not indented and not shape.level_of(following)):
            continue
        yield held
        held = ""
    if held:
        yield held
