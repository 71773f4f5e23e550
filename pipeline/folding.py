"""The forms in which judging reads words: one script, one width, one set of stops, no blanks that only set type.

Purpose: `folded(reading)` writes traditional characters as simplified ones, full-width digits and letters as plain ones,
half-width stops beside Chinese as Chinese ones, and leaves out blanks between a figure and a word (5 月 20 日) and inside a
spaced word (总　结), so that no stage need think of them; `restored` gives every quoted word and its place as written.
Source: OpenCC's table of single characters (traditional to simplified); Unicode block Halfwidth and Fullwidth Forms.
Limits: one character becomes one character; words that differ between the regions (軟體, 软件) stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache, lru_cache
from operator import is_not
from typing import Any, TypeVar

from pipeline.records import (
    Activity,
    Address,
    Block,
    Document,
    Filing,
    Mail,
    Part,
    Passage,
    Reading,
    SetAside,
    Span,
    Stated,
)

T = TypeVar("T")
Place = tuple[str, int]
"""Part and number of a block."""

_CJK = "\u4e00-\u9fff"
_BLANK = "[ \u00a0\u3000]"
_COUNTED = "年月日号时点分人名位户场次期份册张个项家支所篇届余多万千百元"
_SET_TYPE = re.compile(
    rf"(?<=\d){_BLANK}{{1,2}}(?=[{_COUNTED}])|(?<=[{_CJK}]){_BLANK}{{1,2}}(?=\d+{_BLANK}?[{_COUNTED}])"
    rf"|(?<=(?<![{_CJK}])[{_CJK}]){_BLANK}+(?=[{_CJK}](?![{_CJK}]))"
)
_BLANKS = re.compile(_BLANK)
_STOPS = {",": "，", ";": "；", ":": "：", "!": "！", "?": "？", "(": "（", ")": "）"}
_HALF = re.compile(rf"[,;:!?()](?:(?<=[{_CJK}”》）].)|(?=[{_CJK}“《（]))")
_IN_FIGURE = {"．": ".", "，": ","}
_WIDE_MARK = re.compile(r"．(?<=\d．)(?=\d)|，(?<=\d，)(?=\d{3}(?!\d))")
_ITEM = re.compile(r"(?<![\d.])(\d{1,2})\.(?=\d{1,2}月)")
"""“1.5月18日” is item one, of 18 May."""
_NUMBERING = re.compile(rf"^\d+{_BLANK}+(?![年月日])", re.MULTILINE)
"""“01 人物专栏”: the blank behind a number that opens a line parts it from what it counts."""


@dataclass(frozen=True, kw_only=True)
class Folded:
    """A reading as it is judged. kept: for each block that lost blanks, the place in its own text of each character."""

    reading: Reading
    kept: Mapping[Place, tuple[int, ...]]


def folded(reading: Reading) -> Folded:
    """Fold all words of *reading* by which it is judged."""
    kept: dict[Place, tuple[int, ...]] = {}
    documents = tuple(_document(document, kept) for document in reading.documents)
    mails = tuple(_mail(mail) for mail in reading.mails)
    parts = tuple(map(_part, reading.parts))
    return Folded(reading=replace(reading, mails=mails, documents=documents, parts=parts), kept=kept)


def restored(filing: Filing, judged: Folded, reading: Reading) -> Filing:
    """Give *filing*, judged from *judged*, with the words of *reading* and their places there."""
    texts = {
        (document.part, number): block.text
        for document, plain in zip(reading.documents, judged.reading.documents, strict=True)
        for number, (block, other) in enumerate(zip(document.blocks, plain.blocks, strict=True))
        if block.text != other.text
    }
    if not texts:
        return filing
    back = _Back(texts=texts, kept=judged.kept)
    return replace(
        filing,
        activities=back.value(filing.activities),
        highlights=back.value(filing.highlights),
        suggestions=back.value(filing.suggestions),
        set_aside=back.value(filing.set_aside),
    )


def fold(text: str) -> str:
    """Fold one line of words."""
    plain = _plain(text)
    gone = _gone(plain)
    return "".join(character for at, character in enumerate(plain) if at not in gone) if gone else plain


# ---------------------------------------------------------------- there


def _plain(text: str) -> str:
    """*text* with every character in its place, each in its plain form."""
    plain = text.translate(_table())
    plain = _WIDE_MARK.sub(lambda hit: _IN_FIGURE[hit.group()], plain)
    plain = _HALF.sub(lambda hit: _STOPS[hit.group()], plain)
    return _ITEM.sub(r"\1、", plain)


@lru_cache(maxsize=1)
def _table() -> dict[int, int]:
    """Full-width digits and letters to plain ones, traditional characters to simplified ones."""
    from opencc import OpenCC

    wide = [*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)]
    characters = [chr(code) for code in range(0x4E00, 0xA000)]
    simple = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    found = {ord(old): ord(new) for old, new in zip(characters, simple, strict=True) if old != new}
    marks = {ord(old): ord(new) for old, new in zip("「」『』％＋", "“”“”%+", strict=True)}
    return found | marks | {code: code - 0xFEE0 for code in wide}


def _mail(mail: Mail) -> Mail:
    sender = mail.sender
    return replace(
        mail,
        subject=fold(mail.subject),
        sender=Address(name=fold(sender.name), address=sender.address),
    )


def _part(part: Part) -> Part:
    name = fold(part.name)
    return part if name == part.name else replace(part, name=name)


def _document(document: Document, kept: dict[Place, tuple[int, ...]]) -> Document:
    blocks = []
    for number, block in enumerate(document.blocks):
        plain, places = _block(block)
        if places is not None:
            kept[document.part, number] = places
        blocks.append(plain)
    return replace(document, blocks=tuple(blocks))


def _block(block: Block) -> tuple[Block, tuple[int, ...] | None]:
    """The folded block, and where its characters stood; None where all are still there."""
    text = _plain(block.text)
    rows = tuple(tuple(_closed_up(_plain(cell)) for cell in row) for row in block.rows)
    gone = _gone(text, lines=not rows)
    if not gone:
        return (block if text == block.text else replace(block, text=text, rows=rows)), None
    places = tuple(at for at in range(len(text)) if at not in gone)
    return replace(block, text="".join(text[at] for at in places), rows=rows), places


def _closed_up(cell: str) -> str:
    return _SET_TYPE.sub("", cell) if _BLANKS.search(cell) else cell


def _gone(text: str, *, lines: bool = True) -> set[int]:
    """The places of blanks that only set type. lines: they may be numbered; cells of a table are not."""
    hits = [hit.span() for hit in _SET_TYPE.finditer(text)] if _BLANKS.search(text) else []
    kept = {hit.end() for hit in _NUMBERING.finditer(text)} if hits and lines else set()
    return {at for start, end in hits if end not in kept for at in range(start, end)}


# ---------------------------------------------------------------- and back


@cache
def _names(kind: type) -> tuple[str, ...]:
    """Of the fields of a record; none where *kind* is no record."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()


@dataclass(frozen=True, kw_only=True)
class _Back:
    """texts: of the blocks that folding changed. kept: as in Folded."""

    texts: Mapping[Place, str]
    kept: Mapping[Place, tuple[int, ...]]

    def value(self, value: T) -> T:
        """*value* with the words and places of the material, however deep they stand in it."""
        given: Any = value
        if isinstance(given, tuple):
            back = tuple(map(self.value, given))
            return back if any(map(is_not, back, given)) else value  # type: ignore[return-value]  # a tuple of the same
        if isinstance(given, Span):
            return self._span(given)  # type: ignore[return-value]  # T is Span here
        names = _names(given.__class__)
        if not names:
            return value
        told = {name: getattr(given, name) for name in names}
        changed = {name: back for name, one in told.items() if (back := self.value(one)) is not one}
        return self._worded(given, replace(given, **changed) if changed else given)  # type: ignore[no-any-return]  # of T

    def _span(self, span: Span) -> Span:
        places = self.kept.get((span.part, span.block))
        if places is None or span.start >= span.end:
            return span
        return replace(span, start=places[span.start], end=places[span.end - 1] + 1)

    def _worded(self, before: Any, after: Any) -> Any:
        """The quoted words of *after* as the material has them."""
        if (
            isinstance(after, Stated | Passage | SetAside)
            and (after.span.part, after.span.block) not in self.texts
        ):
            return after
        if isinstance(after, Stated):
            words = self._quoted(after.words, after.span)
            value = words if before.value == before.words else after.value
            return replace(after, words=words, value=value)
        if isinstance(after, Passage | SetAside):
            return replace(after, text=self._quoted(after.text, after.span))
        if isinstance(after, Activity) and len(lines := after.text.split("\n")) == len(after.spans):
            quoted = (self._quoted(line, span) for line, span in zip(lines, after.spans, strict=True))
            return replace(after, text="\n".join(quoted))
        return after

    def _quoted(self, words: str, span: Span) -> str:
        text = self.texts.get((span.part, span.block))
        return words if text is None else text[span.start : span.end].strip()
