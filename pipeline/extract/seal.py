"""Whether a round red seal (公章) is seen on a picture of a page: its presence alone, never that it is genuine.

Purpose: `is_sealed()` looks at the colour picture of one page.
Source: 国发〔1999〕25号 (seals of state organs, institutions and associations are round, 42 to 45 mm, smaller ones of firms
from 38 mm, with words around and mostly a star within); a seal is a closed ring of red with little red outside and some,
not all, red within.
Limits: takes the shorter side of the picture for the width of an A4 page; oval, square and black (copied) seals are not
seen, nor those of which less than two thirds of the ring are left; a red emblem with a ring of that size is taken for one.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline.extract.lightest import lightest

if TYPE_CHECKING:
    from PIL import Image

WIDTH = 420
"""Pixels to which the shorter side of a page (210 mm) is brought: two a millimetre, so that a ring is two pixels wide."""
RADII = (28, 62)
"""Half a seal in those pixels: 28 to 62 mm across, for photographed pages fill more or less of their picture."""
REDNESS = 26
"""How far the red of a pixel must exceed its green and blue (0..255 of its red), beyond the paper's own, to be ink."""
DARKEST = 64
"""Red below which a shadow is no longer made up for."""
BROWN = 0.5
"""Share of that excess by which green may exceed blue: more is wood, skin or gold."""
REACH = 14
"""Pixels beyond a ring's radius that are looked at."""
SHIFT = 2
"""Pixels by which a middle may stand beside the place that most voted for."""
SIDE = 2 * (RADII[1] + REACH + 2 * SHIFT) + 1
"""Pixels of the square in which a ring is looked at."""
SECTORS = 72
"""Parts into which a ring is divided to see whether it is closed."""
CLOSED = 0.68
"""Share of these that must hold red; seals that are worn or lie over text keep three quarters."""
OUTSIDE = 0.16
"""Share of red just outside the ring from which on it is part of something else (red letters, a banner)."""
SOLID = 8
"""Half the side in pixels of a square that is red throughout where something is no seal."""
LINE = 1.2
"""Pixels on either side of the circle that its line takes."""
FILLED = 0.33
"""Share of these that must be red; half of them are where the ring is whole."""
STANDS_OUT = 2.4
"""How often more red than outside it; a circle through rows of red letters has at most twice as much."""
INSIDE = (0.04, 0.62)
"""Share of red within the ring: words and a star, no full disc (lanterns, the sun) and no empty circle."""
MIN_INK = 250
"""Red pixels of a page below which nothing of a seal's size is on it."""
CANDIDATES = 24
"""Places looked at closely, the fullest first."""
TOO_LONG = 6
"""Longer side to shorter side of a picture that is no page."""


def is_sealed(picture: Image.Image) -> bool:
    """Say whether a round red seal is seen on *picture*, a page in colour."""
    import numpy

    shorter, longer = sorted(picture.size)
    if shorter < WIDTH // 4 or longer > TOO_LONG * shorter:
        return False
    ink = _ink(picture)
    places = numpy.argwhere(ink)
    if len(places) < MIN_INK:
        return False
    return any(_is_ring(ink, *candidate) for candidate in _candidates(places, ink.shape))


def _ink(picture: Image.Image) -> Any:
    """Give the pixels of red ink as an array of bool, the picture brought to WIDTH."""
    import numpy
    from PIL import Image

    scale = WIDTH / min(picture.size)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    coloured = picture if picture.mode == "RGB" else picture.convert("RGB")
    small = coloured.resize(size, Image.Resampling.BOX)
    red, green, blue = (numpy.asarray(band, dtype=numpy.int16) for band in small.split())
    excess = red - numpy.maximum(green, blue)
    shaded = excess * 255.0 / numpy.maximum(red, DARKEST)
    reddish = 2 * numpy.count_nonzero(excess > 0) >= excess.size  # else the median is none that counts
    paper = max(0.0, float(numpy.median(shaded))) if reddish else 0.0
    return _without_solid((shaded > paper + REDNESS) & (green - blue <= BROWN * excess + 1))


def _without_solid(ink: Any) -> Any:
    """Take out what is red throughout (banners, clothes, a table): broader than any line or sign of a seal but its star."""
    import numpy
    from PIL import Image, ImageFilter

    mask = Image.fromarray(ink.astype(numpy.uint8) * 255)
    solid = mask.filter(ImageFilter.BoxBlur(SOLID)).point(lambda value: 255 if value > 230 else 0)
    return ink & (lightest(numpy.asarray(solid), 2 * SOLID + 5) == 0)


def _candidates(places: Any, shape: tuple[int, int]) -> list[tuple[int, int, int]]:
    """Give (row, column, radius) of rings for which most pixels of ink vote, fullest first.

    Each pixel of ink votes, for each radius, for the middles of the circles that run through it.
    """
    import numpy

    places = places[:: max(1, len(places) // 3000)]
    angles = numpy.linspace(0, 2 * numpy.pi, 48, endpoint=False)
    # All pixels vote at once, for what lies so far from each: ink in a margin as broad as the largest circle is laid over
    # itself, shifted. Rows go on into one another there, so a shift is a place in the list of all its pixels.
    margin = RADII[1]
    height, width = (side // 2 + 1 for side in shape)
    across = 2 * (width + margin)
    marks = numpy.zeros((2 * (height + margin) + 1, across), numpy.uint8)
    marks[places[:, 0] + margin, places[:, 1] + margin] = 1
    found: list[tuple[float, int, int, int]] = []
    for radius in range(RADII[0], RADII[1] + 1, 2):
        votes = numpy.zeros(2 * height * across, numpy.uint8)
        down, right = (numpy.rint(radius * turn(angles)).astype(int) for turn in (numpy.sin, numpy.cos))
        for start in (margin + down) * across + margin + right:
            votes += marks.ravel()[start : start + len(votes)]
        for row, column, count in _fullest(votes.reshape(-1, across)[:, : 2 * width]):
            found.append((count / radius, 2 * row, 2 * column, radius))
    found.sort(reverse=True)
    return [(row, column, radius) for _, row, column, radius in found[:CANDIDATES]]


def _fullest(votes: Any) -> Iterator[tuple[int, int, int]]:
    """Give (row, column, votes) of the three squares of two by two pixels with the most *votes*; of equal ones the first."""
    rows = votes[::2] + votes[1::2]
    squares = rows[:, ::2] + rows[:, 1::2]  # at most 4 x 48 votes: an octet holds them
    for _ in range(3):
        row, column = divmod(int(squares.argmax()), squares.shape[1])
        yield row, column, int(squares[row, column])
        squares[row, column] = 0


def _is_ring(ink: Any, row: int, column: int, radius: int) -> bool:
    """Say whether the ink around (row, column) is a seal's: near this middle and radius, for votes are coarse."""
    import numpy

    reach = radius + REACH
    top, left = max(0, row - reach), max(0, column - reach)
    part = ink[top : row + reach + 1, left : column + reach + 1]
    field = numpy.full((SIDE, SIDE), -1, numpy.int8)
    down, right = SIDE // 2 + top - row, SIDE // 2 + left - column
    field[down : down + part.shape[0], right : right + part.shape[1]] = part
    levels, middle = field.ravel(), SIDE // 2 * SIDE + SIDE // 2
    return any(
        _is_seal(levels, middle + below * SIDE + beside, wanted)
        for below in (-SHIFT, 0, SHIFT)
        for beside in (-SHIFT, 0, SHIFT)
        for wanted in (radius - 1, radius, radius + 1)
    )


def _is_seal(levels: Any, middle: int, radius: int) -> bool:
    """Say whether the ink is a seal's of this *radius* around the place *middle*; what is asked first rejects most.

    levels: of SIDE x SIDE pixels by row, 1 where there is ink, 0 where there is none, -1 beyond what is looked at.
    """
    import numpy

    around = _around(radius)
    line = _share(levels, middle + around.line)
    if not line > FILLED:
        return False
    outside = _share(levels, middle + around.outside)
    if not (outside < OUTSIDE and line > STANDS_OUT * outside):
        return False
    if not INSIDE[0] < _share(levels, middle + around.inside) < INSIDE[1]:
        return False
    closed = around.sector[levels[middle + around.ring] == 1]
    return len(numpy.unique(closed)) >= CLOSED * SECTORS


def _share(levels: Any, places: Any) -> float:
    """Give the share of ink in the pixels at *places*; NaN, which compares with nothing, where none is looked at."""
    import numpy

    looked = levels.take(places)
    size = int(numpy.count_nonzero(looked >= 0))
    return int(numpy.count_nonzero(looked == 1)) / size if size else float("nan")


class _Around(NamedTuple):
    """What lies around the middle of a seal, as arrays of how much farther on than the middle a pixel is in SIDE x SIDE:
    of its ring, of the line of the ring, just outside of it, and within. sector: of each pixel of the ring."""

    ring: Any
    line: Any
    outside: Any
    inside: Any
    sector: Any


@cache
def _around(radius: int) -> _Around:
    import numpy

    far = SIDE // 2 - SHIFT
    down, right = numpy.mgrid[-far : far + 1, -far : far + 1]
    distance, place = numpy.hypot(down, right), down * SIDE + right
    sector = ((numpy.arctan2(down, right) + numpy.pi) / (2 * numpy.pi) * SECTORS).astype(int) % SECTORS
    ring = numpy.abs(distance - radius) <= max(1.5, 0.05 * radius)
    return _Around(
        ring=place[ring],
        line=place[numpy.abs(distance - radius) <= LINE],
        outside=place[(distance > 1.1 * radius) & (distance <= 1.24 * radius)],
        inside=place[distance < 0.88 * radius],
        sector=sector[ring],
    )
