"""Whether a round red seal (公章) is seen on a picture of a page: its presence alone, never that it is genuine.

Purpose: `is_sealed()` looks at the colour picture of one page.
Source: 国发〔1999〕25号 (seals of state organs, institutions and associations are round, 42 to 45 mm, smaller ones of firms
from 38 mm, with words around and mostly a star within); a seal is a closed ring of red with little red outside and some,
not all, red within.
Limits: takes the shorter side of the picture for the width of an A4 page; oval, square and black (copied) seals are not
seen, nor those of which less than two thirds of the ring are left; a red emblem with a ring of that size is taken for one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
    if int(ink.sum()) < MIN_INK:
        return False
    places = numpy.argwhere(ink)
    return any(_is_ring(ink, *candidate) for candidate in _candidates(places, ink.shape))


def _ink(picture: Image.Image) -> Any:
    """Give the pixels of red ink as an array of bool, the picture brought to WIDTH."""
    import numpy
    from PIL import Image

    scale = WIDTH / min(picture.size)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    small = numpy.asarray(picture.convert("RGB").resize(size, Image.Resampling.BOX), dtype=numpy.int16)
    red, green, blue = (small[:, :, layer].astype(float) for layer in range(3))
    excess = red - numpy.maximum(green, blue)
    shaded = excess * 255 / numpy.maximum(red, DARKEST)
    paper = max(0.0, float(numpy.median(shaded)))
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
    found: list[tuple[float, int, int, int]] = []
    for radius in range(RADII[0], RADII[1] + 1, 2):
        rows = numpy.rint(places[:, :1] - radius * numpy.sin(angles)).astype(int) // 2
        columns = numpy.rint(places[:, 1:] - radius * numpy.cos(angles)).astype(int) // 2
        height, width = shape[0] // 2 + 1, shape[1] // 2 + 1
        inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
        votes = numpy.bincount(rows[inside] * width + columns[inside], minlength=height * width)
        for place in numpy.argpartition(votes, -3)[-3:]:
            row, column = divmod(int(place), width)
            found.append((float(votes[place]) / radius, 2 * row, 2 * column, radius))
    found.sort(reverse=True)
    return [(row, column, radius) for _, row, column, radius in found[:CANDIDATES]]


def _is_ring(ink: Any, row: int, column: int, radius: int) -> bool:
    """Say whether the ink around (row, column) is a seal's: near this middle and radius, for votes are coarse."""
    import numpy

    reach = radius + 14
    top, left = max(0, row - reach), max(0, column - reach)
    part = ink[top : row + reach + 1, left : column + reach + 1]
    down, across = numpy.mgrid[top : top + part.shape[0], left : left + part.shape[1]]
    for shift_row in (-2, 0, 2):
        for shift_column in (-2, 0, 2):
            y, x = down - row - shift_row, across - column - shift_column
            distance = numpy.hypot(y, x)
            sector = ((numpy.arctan2(y, x) + numpy.pi) / (2 * numpy.pi) * SECTORS).astype(int) % SECTORS
            for wanted in (radius - 1, radius, radius + 1):
                if _is_seal(part, distance, sector, wanted):
                    return True
    return False


def _is_seal(part: Any, distance: Any, sector: Any, radius: int) -> bool:
    import numpy

    ring = part & (numpy.abs(distance - radius) <= max(1.5, 0.05 * radius))
    if len(numpy.unique(sector[ring])) < CLOSED * SECTORS:
        return False
    around = part[(distance > 1.1 * radius) & (distance <= 1.24 * radius)]
    within = part[distance < 0.88 * radius]
    if around.size == 0:
        return False
    outside, inside = float(around.mean()), float(within.mean())
    line = float(part[numpy.abs(distance - radius) <= LINE].mean())
    drawn = line > FILLED and line > STANDS_OUT * outside
    return drawn and outside < OUTSIDE and INSIDE[0] < inside < INSIDE[1]
