"""What a paragraph is in its report: title, heading, caption, letterhead or running text, by style or by shape.

Purpose: every reader hands its paragraphs with what it knows of their look; `blocks()` names them, one way for all
formats.
Source: GB/T 9704-2012 section 7 (版头, 标题, 结构层次 "一、" "（一）" "1." "（1）", 落款), and what units really send.
Limits: knows Chinese reports; a heading is short and does not end like a sentence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.extract import letterhead
from pipeline.records import Aside, Block, Style

MAX_HEADING = 50
"""Characters of a numbered heading; a longer line is a paragraph that begins with a number."""
MAX_PLAIN_HEADING = 25
"""Characters of a heading without a number."""
MAX_TITLE = 90
"""Characters of one line of a title."""
MAX_CAPTION = 60
"""Characters of a caption."""
TITLE_WITHIN = 12
"""Paragraphs from the top among which the title stands (letterhead, number of the document and urgency come before)."""
BODY_LENGTH = 60
"""Characters from which a line that is not set as a heading can only be running text."""


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """One paragraph with what its reader knows of its look.

    outline: 0 = set in the style of a title, 1.. = of a heading of that level, None = of neither. size: points, 0 if
    unknown. caption: in the style of one. strong: bold, or in a face for headings (黑体). red: in red letters. picture:
    a picture stands here (the text may be ""). rows: of a table. aside: why it is no running text, known from its place.
    """

    text: str
    outline: int | None = None
    size: float = 0.0
    caption: bool = False
    strong: bool = False
    centred: bool = False
    right: bool = False
    red: bool = False
    picture: bool = False
    page: int | None = None
    confidence: float | None = None
    rows: tuple[tuple[str, ...], ...] = ()
    aside: Aside | None = None


_NUMERALS = "一二三四五六七八九十百"
_LEVELS = (
    (
        1,
        re.compile(
            rf"^(?:[{_NUMERALS}]{{1,3}}\s*[、．.，]|第[{_NUMERALS}]{{1,3}}[部分章节篇]{{1,2}}[\s、：:]?)"
        ),
    ),
    (2, re.compile(rf"^[（(][{_NUMERALS}]{{1,3}}[）)]")),
    (3, re.compile(r"^\d{1,2}\s*(?:[、．]|\.(?!\d)|\.(?=\d{1,4}[年月“]))")),
    (4, re.compile(r"^(?:[（(]\d{1,2}[）)]|[①-⑳])")),
)
_SENTENCE_END = re.compile(r"[。！？!?；;，,、…]$|：$|:$")
_INNER_END = re.compile(r"[。！？!?；;]")
_CAPTION = re.compile(
    rf"^(?:附?[图表]|照片|图片)\s*(?:\d{{1,3}}|[{_NUMERALS}]{{1,3}})\s*(?:[-－—]\d+)?\s*[：:.．、\s]?(?!.*[。！？])"
)
_DATE_LINE = re.compile(
    r"^[（(]?(?:20\d\d|二[〇○0零]\S{2})\s*[年.\-/]\s*\S{1,3}\s*[月.\-/]\s*\S{1,3}\s*日?[）)]?$"
)
_SALUTATION = re.compile(r"^.{1,40}[：:]$")
_CONTINUED = re.compile(r"^\s*(?:—|――|─|--|－－)")
_BRACKETED = re.compile(r"^[（(].*[）)]$")
_ORGANISATION = re.compile(
    r"(?:协会|科协|学会|研究会|联合会|局|委员会|大学|学院|公司|医院|研究院|研究所|中心|办公室|集团|部)$"
)
_ABOUT = re.compile(r"总结|报告|情况|简报|简讯|信息|方案|汇报|说明|材料|通知|活动|侧记|纪实")


def blocks(paragraphs: Sequence[Paragraph], *, titled: bool = True) -> tuple[Block, ...]:
    """Name every paragraph of one document, in order; empty ones are left out.

    Args:
        titled: the document may have a title (a mail's short body has none).
    """
    lines = [replace(line, text=line.text.strip()) for line in paragraphs]
    lines = [line for line in lines if line.text or line.rows or line.picture]
    size = _body_size(lines)
    head = letterhead.places([(line.text, line.red and line.centred) for line in lines[:TITLE_WITHIN]])
    lines = [
        replace(line, aside=line.aside or Aside.HEADER) if n in head else line for n, line in enumerate(lines)
    ]
    titles = _titles(lines, size) if titled else frozenset[int]()
    titles |= {place for place, line in enumerate(lines) if _set_as_title(line)}
    made: list[Block] = []
    look = size if _known_look(lines) else None
    for place, line in enumerate(lines):
        if not line.text and not line.rows:
            continue
        if place in titles and place - 1 in titles and made and made[-1].style is Style.TITLE:
            made[-1] = replace(made[-1], text=f"{made[-1].text}\n{line.text}")
        else:
            made.extend(_named(lines, place, place in titles, look))
    return tuple(made)


def level_of(text: str) -> int:
    """Give the level 1..4 that the number before *text* says ("一、" 1, "（一）" 2, "1." 3, "（1）" 4), 0 without one."""
    return next((level for level, pattern in _LEVELS if pattern.match(text)), 0)


def is_caption(text: str) -> bool:
    """Say whether *text* is numbered as captions are: 图1, 附图二, 照片3."""
    return len(text) <= MAX_CAPTION and bool(_CAPTION.match(text)) and not _ends_like_a_sentence(text)


def table(rows: Sequence[Sequence[str]], page: int | None = None) -> Paragraph:
    """Make the paragraph of a table: cells without line breaks and tabs, empty rows and columns at the ends cut."""
    clean = [tuple(re.sub(r"\s+", " ", cell).strip() for cell in row) for row in rows]
    clean = [row for row in clean if any(row)]
    width = max((_filled(row) for row in clean), default=0)
    even = tuple((*row[:width], *[""] * (width - len(row))) for row in clean)
    return Paragraph(text="\n".join("\t".join(row) for row in even), rows=even, page=page)


def _filled(row: Sequence[str]) -> int:
    return max((place + 1 for place, cell in enumerate(row) if cell), default=0)


# ---------------------------------------------------------------- one paragraph


def _named(lines: Sequence[Paragraph], place: int, title: bool, size: float | None) -> list[Block]:
    line = lines[place]
    if line.aside is not None:
        return [_block(line, Style.OTHER, line.text)]
    if line.rows:
        return [_block(line, Style.TABLE, line.text)]
    if title:
        return [_block(line, Style.TITLE, line.text)]
    made = []
    for text in _split(line.text):
        piece = replace(line, text=text)
        level = _heading(lines, place, piece, size)
        if level:
            made.append(_block(piece, Style.HEADING, text, level))
        else:
            made.append(
                _block(piece, Style.CAPTION if _caption(lines, place, text) else Style.PARAGRAPH, text)
            )
    return made


def _block(line: Paragraph, style: Style, text: str, level: int = 0) -> Block:
    return Block(
        style=style,
        text=text,
        level=level,
        page=line.page,
        rows=line.rows,
        confidence=line.confidence,
        aside=line.aside,
    )


def _split(text: str) -> list[str]:
    """Split at manual line breaks: staff press Shift+Enter for a new paragraph."""
    return [piece.strip() for piece in text.split("\n") if piece.strip()]


def _heading(lines: Sequence[Paragraph], place: int, line: Paragraph, size: float | None) -> int:
    """Say the level of a heading, 0 for anything else."""
    text = line.text
    if _ends_like_a_sentence(text) or line.right or line.caption:
        return 0
    if line.outline is not None and len(text) <= MAX_TITLE:
        return max(1, line.outline)
    level = level_of(text)
    if level:
        return level if len(text) <= MAX_HEADING else 0
    return 1 if _plain_heading(lines, place, line, size) else 0


def _plain_heading(lines: Sequence[Paragraph], place: int, line: Paragraph, size: float | None) -> bool:
    """Say whether a line without a number is a heading: by its look, or by standing alone where no look is known (*size* None)."""
    text = line.text
    other = _CAPTION.match(text) or _DATE_LINE.match(text) or _BRACKETED.match(text)
    if other or not 2 <= len(text) <= MAX_PLAIN_HEADING:
        return False
    if line.centred and size and line.size > size:
        return True
    if line.strong and not line.centred:
        return _before_text(lines, place)
    return size is None and _stands_alone(lines, place)


def _ends_like_a_sentence(text: str) -> bool:
    return bool(_SENTENCE_END.search(text) or _INNER_END.search(text[:-1]))


def _before_text(lines: Sequence[Paragraph], place: int) -> bool:
    """A heading has something under it: the next line is running text, a table or a numbered heading."""
    after = (lines[number] for number in range(place + 1, len(lines)))
    following = next((line for line in after if line.aside is None and not line.picture), None)
    if following is None or following.right:
        return False
    return bool(following.rows) or len(following.text) > MAX_PLAIN_HEADING or level_of(following.text) > 0


def _stands_alone(lines: Sequence[Paragraph], place: int) -> bool:
    """In text without any look: a short line without signs between two paragraphs that end as sentences."""
    text = lines[place].text
    if len(text) > 20 or not re.fullmatch(r"[\u4e00-\u9fffA-Za-z0-9“”《》·—、 ]+", text):
        return False
    if place == 0 or place + 1 >= len(lines) or not _SENTENCE_END.search(lines[place - 1].text):
        return False
    return len(lines[place + 1].text) >= 40


def _known_look(lines: Sequence[Paragraph]) -> bool:
    return any(line.strong or line.centred or line.size for line in lines)


def _caption(lines: Sequence[Paragraph], place: int, text: str) -> bool:
    if is_caption(text) or (lines[place].caption and len(text) <= MAX_TITLE):
        return True
    if len(text) > MAX_CAPTION or _ends_like_a_sentence(text):
        return False
    near = lines[max(0, place - 1) : place]
    return lines[place].centred and any(line.picture for line in near) and not _DATE_LINE.match(text)


# ---------------------------------------------------------------- the head: letterhead and title


def _set_as_title(line: Paragraph) -> bool:
    """A paragraph in the style of a title is one wherever it stands: a file may hold several reports."""
    short = 0 < len(line.text) <= 2 * MAX_TITLE
    return line.outline == 0 and short and line.aside is None and not level_of(line.text)


def _body_size(lines: Sequence[Paragraph]) -> float:
    """Give the size in which most characters are set, 0 if unknown."""
    sizes: Counter[float] = Counter()
    for line in lines:
        if line.size and not line.rows and line.aside is None:
            sizes[line.size] += len(line.text)
    return max(sizes, key=lambda size: (sizes[size], -size)) if sizes else 0.0


def _titles(lines: Sequence[Paragraph], size: float) -> frozenset[int]:
    """Give the places of the title's lines; they follow each other."""
    head = _head(lines)
    if any(lines[place].centred or lines[place].outline == 0 for place in head):
        return _titles_by_look(lines, head, size)
    return _titles_by_shape(lines, head)


def _head(lines: Sequence[Paragraph]) -> list[int]:
    """Give the places from the top down to where running text begins."""
    found: list[int] = []
    for place, line in enumerate(lines[:TITLE_WITHIN]):
        if line.aside is not None or not line.text:
            continue
        styled = line.outline == 0 or line.centred
        body = (
            len(line.text) > BODY_LENGTH or _ends_like_a_sentence(line.text) or line.outline not in {None, 0}
        )
        if line.rows or (not styled and (body or level_of(line.text))) or len(line.text) > 2 * MAX_TITLE:
            break
        found.append(place)
    return found


def _titles_by_look(lines: Sequence[Paragraph], head: Sequence[int], size: float) -> frozenset[int]:
    """The first lines that are set apart: style of a title, or centred and larger or stronger than running text."""
    styled = [place for place in head if lines[place].outline == 0]
    apart = styled or [place for place in head if lines[place].centred and _stands_out(lines[place], size)]
    apart = apart or [place for place in head if lines[place].centred]
    if not apart:
        return frozenset()
    found = [apart[0]]
    for place in head:
        line = lines[place]
        follows = place == found[-1] + 1 and (line.centred or line.outline == 0)
        if follows and not _DATE_LINE.match(line.text) and not _BRACKETED.match(line.text):
            if place in apart or _CONTINUED.match(line.text):
                found.append(place)
        elif follows and place in apart and line.size >= lines[found[0]].size - 1:
            found.append(place)
    return frozenset(found)


def _stands_out(line: Paragraph, size: float) -> bool:
    return line.strong or line.size > size + 0.5


def _titles_by_shape(lines: Sequence[Paragraph], head: Sequence[int]) -> frozenset[int]:
    """In text without any look: the first line, and the one that goes on with a dash or names what was begun."""
    if not head or len(head) == len(lines) == 1:
        return frozenset()
    first, text = head[0], lines[head[0]].text
    if (
        len(text) > MAX_TITLE
        or _SALUTATION.match(text)
        or _DATE_LINE.match(text)
        or _ends_like_a_sentence(text)
    ):
        return frozenset()
    following = head[1] if len(head) > 1 else None
    if following is None or _DATE_LINE.match(lines[following].text):
        return frozenset({first})
    after = lines[following].text
    goes_on = _CONTINUED.match(after) or (_ORGANISATION.search(text) and _ABOUT.search(after))
    return frozenset({first, following}) if goes_on else frozenset({first})
