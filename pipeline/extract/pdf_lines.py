"""The text layer of a PDF page as lines: signs with their boxes, upright whichever way page and text are turned.

Purpose: `lines()` gives the lines of one page; runs in the reader's child.
Source: pdfium's text page (FPDFText_*); ISO 32000-1 sections 8.3 (user space) and 9.
Limits: text that stands askew on its page (watermarks) is marked as turned; spaces that pdfium only infers between
Chinese and Latin signs are left out.
"""

from __future__ import annotations

import ctypes
import math
import statistics
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from pipeline.extract.lines import Line

MAX_CHARACTERS = 2_000_000
"""Characters of all pages; more is no report."""
CELL_GAP = 1.6
"""Character widths between two pieces of a line from which they stand in columns."""
ASKEW = 8
"""Degrees by which a sign may be turned against the page's own text and still belong to it."""

_WEIGHT_BOLD = 600
_FACE = 128
"""Octets of a typeface's name that are looked at."""
_HEAVY_FACES = ("hei", "bold", "黑", "xbs", "xiaobiaosong")


@dataclass(frozen=True, kw_only=True)
class Layer:
    """The text layer of one page. width, height: of the page as its text is read. unmapped: signs without a character."""

    lines: tuple[Line, ...]
    width: float
    height: float
    unmapped: int = 0


class _Sign(NamedTuple):
    """One character of a page; inferred: pdfium put it there (a space or a line end), it is not in the file.

    Box: y counts upwards. angle: degrees counter-clockwise that it is turned by in user space.
    """

    text: str
    left: float
    right: float
    bottom: float
    top: float
    inferred: bool
    size: float
    strong: bool
    red: bool
    angle: int


def layer(page: Any) -> Layer:
    """Give the lines of a page as pdfium divides them; tops count downwards from the upper edge as its text is read."""
    text_page = page.get_textpage()
    signs = list(_signs(text_page))
    turn = _turn(signs)
    box = page.get_bbox()
    left, bottom, right, top = (float(value) for value in box)
    upright = _Upright(turn=turn, left=left, bottom=bottom, right=right, top=top)
    rows: list[list[_Sign]] = [[]]
    for sign in signs:
        if sign.text in "\r\n":
            rows.append([])
        else:
            rows[-1].append(upright.sign(sign))
    found = (_line(row, upright.height, turn) for row in rows)
    return Layer(
        lines=tuple(line for line in found if line is not None),
        width=upright.width,
        height=upright.height,
        unmapped=_unmapped(text_page, signs),
    )


@dataclass(frozen=True, kw_only=True)
class _Upright:
    """How user space is turned so that the page's text is level: by -turn, a multiple of 90 degrees."""

    turn: int
    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        """Of the page as its text is read."""
        return self.right - self.left if self.turn % 180 == 0 else self.top - self.bottom

    @property
    def height(self) -> float:
        """Of the page as its text is read."""
        return self.top - self.bottom if self.turn % 180 == 0 else self.right - self.left

    def sign(self, sign: _Sign) -> _Sign:
        """Give *sign* with its box turned and counted from the lower left corner."""
        left, right = sign.left - self.left, sign.right - self.left
        bottom, top = sign.bottom - self.bottom, sign.top - self.bottom
        if self.turn == 90:
            left, right, bottom, top = bottom, top, self.height - right, self.height - left
        elif self.turn == 180:
            left, right = self.width - right, self.width - left
            bottom, top = self.height - top, self.height - bottom
        elif self.turn == 270:
            left, right, bottom, top = self.width - top, self.width - bottom, left, right
        return sign._replace(left=left, right=right, bottom=bottom, top=top)


def _turn(signs: list[_Sign]) -> int:
    """Give the quarter turn (0, 90, 180, 270) that most signs of the page share."""
    turns = Counter(round(sign.angle / 90) % 4 * 90 for sign in signs if not sign.inferred)
    return turns.most_common(1)[0][0] if turns else 0


def _unmapped(text_page: Any, signs: list[_Sign]) -> int:
    import pypdfium2.raw as pdfium

    count = pdfium.FPDFText_CountChars(text_page)
    asked = range(min(count, len(signs) + 1000, MAX_CHARACTERS))
    return sum(pdfium.FPDFText_HasUnicodeMapError(text_page, number) == 1 for number in asked)


def _signs(text_page: Any) -> Iterator[_Sign]:
    import pypdfium2.raw as pdfium

    page = text_page.raw  # what is asked ten times a sign is asked without the library's wrapping
    box = pdfium.FS_RECTF()
    at = ctypes.byref(box)
    colour = [ctypes.c_uint() for _ in range(4)]
    red, *others = colour
    levels = [ctypes.byref(level) for level in colour]
    name = ctypes.create_string_buffer(_FACE)
    for number in range(min(pdfium.FPDFText_CountChars(page), MAX_CHARACTERS)):
        code = pdfium.FPDFText_GetUnicode(page, number)
        if code == 0 or code in {0xFFFE, 0xFFFF} or 0xD800 <= code < 0xE000:
            continue
        pdfium.FPDFText_GetLooseCharBox(page, number, at)
        pdfium.FPDFText_GetFillColor(page, number, *levels)
        yield _Sign(
            text=chr(code),
            left=box.left,
            right=box.right,
            bottom=box.bottom,
            top=box.top,
            inferred=pdfium.FPDFText_IsGenerated(page, number) == 1,
            size=pdfium.FPDFText_GetFontSize(page, number),
            strong=_is_strong(page, number, name),
            red=red.value >= 0xB0 and max(level.value for level in others[:2]) <= 0x60,
            angle=round(math.degrees(max(0.0, pdfium.FPDFText_GetCharAngle(page, number)))) % 360,
        )


def _is_strong(page: Any, number: int, name: Any) -> bool:
    import pypdfium2.raw as pdfium

    if pdfium.FPDFText_GetFontWeight(page, number) >= _WEIGHT_BOLD:
        return True
    length = pdfium.FPDFText_GetFontInfo(page, number, name, _FACE, None)
    # A longer name was not written there.
    return 0 < length <= _FACE and _is_heavy(name.raw[: length - 1])


@lru_cache(maxsize=256)
def _is_heavy(face: bytes) -> bool:
    """Say whether the name of a typeface, the same for thousands of signs, is one of a heavy one."""
    shown = face.decode("utf-8", "replace").lower()
    return any(word in shown for word in _HEAVY_FACES)


def _line(signs: list[_Sign], height: float, turn: int) -> Line | None:
    shown = [sign for sign in signs if not sign.inferred and not sign.text.isspace()]
    if not shown:
        return None
    size = statistics.median(sign.size for sign in shown) or 1.0
    cells = tuple(_cells(signs, max(size, 1.0)))
    askew = [min((sign.angle - turn) % 360, (turn - sign.angle) % 360) > ASKEW for sign in shown]
    return Line(
        text=" ".join(text for text, _ in cells) if len(cells) > 1 else cells[0][0],
        left=min(sign.left for sign in shown),
        right=max(sign.right for sign in shown),
        top=height - max(sign.top for sign in shown),
        bottom=height - min(sign.bottom for sign in shown),
        size=round(size, 1),
        strong=sum(sign.strong for sign in shown) > 0.8 * len(shown),
        red=sum(sign.red for sign in shown) > 0.8 * len(shown),
        cells=cells,
        turned=sum(askew) > 0.8 * len(shown),
    )


def _cells(signs: list[_Sign], size: float) -> Iterator[tuple[str, float]]:
    """Divide a line where its pieces stand apart; give (text, left edge)."""
    text, left, end = "", 0.0, None
    for number, sign in enumerate(signs):
        if sign.inferred:
            text += _inferred(text, signs[number + 1 :], size)
            continue
        if end is not None and not sign.text.isspace() and sign.left - end > CELL_GAP * size and text.strip():
            yield text.strip(), left
            text = ""
        if not text:
            left = sign.left
        text += sign.text
        if not sign.text.isspace():
            end = sign.right
    if text.strip():
        yield text.strip(), left


def _inferred(before: str, after: list[_Sign], size: float) -> str:
    """Keep an inferred space between Latin words; next to Chinese it only shows the setting."""
    following = after[0].text if after else ""
    latin = before[-1:].isascii() and following.isascii() and not following.isspace()
    return " " if before and latin and size else ""
