"""A picture of a page made ready for recognition: upright lines, grey, without seals, and where red letters stand.

Purpose: `prepared()` for pages of PDF files and photographed pages; runs in the reader's child.
Source: a red seal (印章) lies over the signature and vanishes in the red channel; a red letterhead (红头) would too, so the
upper part of a first page keeps its plain grey. Skew is where the rows of ink are told apart best (projection profile).
Limits: seals in other colours stay; a letterhead below the upper third is lost; skew beyond 4 degrees is not sought.
"""

from __future__ import annotations

import io
import statistics
import struct
from typing import TYPE_CHECKING, Any

from pipeline.extract.lightest import lightest
from pipeline.records import Leaf

if TYPE_CHECKING:
    from PIL import Image

LETTERHEAD = 0.33
"""Share of a first page, from the top, in which red is letters and not a seal."""
REDNESS = 60
"""How far the red of a pixel must exceed its green and blue (0..255) to be red ink."""
BAND_SHARE = 0.012
"""Share of a row of pixels that must be red ink for it to belong to a line of red letters."""
MIN_BAND = 8
"""Rows of a band; thinner ones are rules."""
MAX_SKEW = 4.0
"""Degrees of skew that are sought on either side; feeders turn pages by up to three."""
COARSE, FINE = 0.5, 0.1
"""Steps of the search in degrees; below a tenth nothing is gained."""
PROBE_WIDTH = 700
"""Width in pixels of the copy on which skew is measured."""
LONGER = 1640
"""Pixels of the longer side of a photographed page of A4 (140 dots an inch)."""
DARK = 150
"""Grey below which a pixel is ink of a rule."""
RULE_SHARE = 0.06
"""Share of the page's shorter side from which a straight line of ink is a rule and no stroke (80 pixels; a sign has 40)."""
THICK = 10
"""Pixels across from which what is dark is no rule but a shadow or a picture."""
RULE_FILLED = 0.97
"""Share of ink in such a line; scanning breaks it."""
STANDS_OUT = 48
"""How far from paper (0..255) ink is at least."""
BLANK_SHARE = 0.0002
"""Share of ink on a page below which it is blank; a page number alone has twice as much."""
STRIP = 256
"""Rows that are looked at together."""
PAPER = 40
"""How much darker (0..255) than the lightest around it paper may be."""
PAPER_SHARE = 0.45
"""Share of paper below which a picture is a photograph; a page of small print has 0.7, noise 0.2."""

_EXCHANGES = (
    (1, 2), (4, 5), (7, 8), (0, 1), (3, 4), (6, 7), (1, 2), (4, 5), (7, 8), (0, 3), (5, 8), (4, 7), (3, 6), (1, 4),
    (2, 5), (4, 7), (4, 2), (6, 4), (4, 2),
)  # fmt: skip
"""Which two of nine are put in order, one after the other."""
_PAIR = struct.Struct("<II")


def prepared(leaf: Leaf, picture: Image.Image, *, first: bool) -> tuple[Leaf, Leaf]:
    """Give two leaves: the page in grey as PNG, and its bands of red letters as packed pairs of rows (`bands()`).

    Args:
        first: the page may carry a letterhead.
    """
    from PIL import Image, ImageChops

    colour = picture.convert("RGB")
    red, green, blue = colour.split()
    excess = ImageChops.subtract(red, ImageChops.lighter(green, blue))
    grey = red.copy()
    rows = b""
    if first:
        upper = (0, 0, colour.width, round(colour.height * LETTERHEAD))
        grey.paste(colour.convert("L").crop(upper), upper)
        ink = excess.crop(upper).point(lambda value: 255 if value > REDNESS else 0)
        rows = ink.resize((1, upper[3]), Image.Resampling.BOX).tobytes()
    angle = skew(grey)
    if angle:
        grey = grey.rotate(angle, Image.Resampling.BICUBIC, fillcolor=255)
    grey = without_rules(grey)
    octets = io.BytesIO()
    grey.save(octets, "PNG", compress_level=1)
    return (
        Leaf(path=f"{leaf.path}/grey", data=octets.getvalue()),
        Leaf(path=f"{leaf.path}/red", data=b"".join(_PAIR.pack(*band) for band in _bands(rows))),
    )


def sized(picture: Image.Image, longer: int = LONGER) -> Image.Image:
    """Bring a page's longer side to so many pixels: type of 16 points is 30 high then, and read best at 29 to 33."""
    from PIL import Image

    scale = longer / max(picture.size)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.convert("RGB").resize(size, Image.Resampling.LANCZOS)


def without_rules(grey: Image.Image) -> Image.Image:
    """Take out the straight lines of tables and letterheads, level or upright: recognisers take a ruled table for a picture."""
    import numpy
    from PIL import Image

    levels = numpy.asarray(grey).copy()
    dark = levels < DARK
    length = round(RULE_SHARE * min(grey.size))
    if min(grey.size) <= 2 * length or length < 2:
        return grey
    level, upright = _runs(dark, length), _runs(dark.T, length).T
    rules = (level & ~_runs(level.T, THICK).T) | (upright & ~_runs(upright, THICK))
    grown = rules.copy()
    for shift, axis in ((1, 0), (-1, 0), (1, 1), (-1, 1)):
        grown |= numpy.roll(rules, shift, axis)
    levels[grown] = 255
    return Image.fromarray(levels)


def _runs(dark: Any, length: int) -> Any:
    """Give the pixels of *dark* that lie in level runs of at least *length*, small gaps allowed."""
    import numpy

    sums = numpy.cumsum(numpy.pad(dark, ((0, 0), (1, 0))), axis=1, dtype=numpy.int32)
    starts = sums[:, length:] - sums[:, :-length] >= RULE_FILLED * length
    edges = numpy.zeros((dark.shape[0], dark.shape[1] + 1), dtype=numpy.int32)
    edges[:, : starts.shape[1]] += starts
    edges[:, length : length + starts.shape[1]] -= starts
    return (numpy.cumsum(edges, axis=1)[:, :-1] > 0) & dark


def is_blank(octets: bytes) -> bool:
    """Say whether a prepared page (PNG) holds nothing: hardly a pixel that stands out from the paper.

    It is looked through from the top until that is sure, which with most pages is after some lines.
    """
    import numpy
    from PIL import Image

    levels = numpy.asarray(Image.open(io.BytesIO(octets)).convert("L"))
    most = BLANK_SHARE * levels.size
    counts, apart = numpy.zeros(256, numpy.int64), numpy.zeros(256, numpy.int64)
    for top in range(0, len(levels), STRIP):
        above = min(top, 1)
        strip = _median(levels[top - above : top + STRIP + 1])[above : above + STRIP]
        counts += numpy.bincount(strip.ravel(), minlength=256)
        apart = _apart(counts)
        if apart.min() >= most:  # whatever the paper is
            return False
    return bool(apart[counts.argmax()] < most)


def _apart(counts: Any) -> Any:
    """Of each level, were it the paper's, how many of the pixels *counts* stand out from it."""
    import numpy

    up_to = numpy.concatenate(([0], numpy.cumsum(counts)))
    level = numpy.arange(256)
    darker = up_to[numpy.maximum(level - STANDS_OUT, 0)]
    return darker + up_to[256] - up_to[numpy.minimum(level + STANDS_OUT, 256)]


def is_photograph(octets: bytes) -> bool:
    """Say whether a prepared page (PNG) is no paper: little of it is as light as the lightest around it."""
    import numpy
    from PIL import Image, ImageChops, ImageFilter

    grey = Image.open(io.BytesIO(octets)).convert("L")
    grey.thumbnail((PROBE_WIDTH, 2 * PROBE_WIDTH))
    around = Image.fromarray(lightest(numpy.asarray(grey.filter(ImageFilter.BoxBlur(1))), 15))
    counts = ImageChops.subtract(around.filter(ImageFilter.BoxBlur(8)), grey).histogram()
    return sum(counts[:PAPER]) < PAPER_SHARE * grey.width * grey.height


def _median(levels: Any) -> Any:
    """Give the median of the nine levels around each, as Pillow's MedianFilter(3) does, three times as fast.

    Source: J. Smith, Implementing median filters in XC4000E FPGAs, 1996 (19 exchanges leave the median in the middle).
    """
    import numpy

    high, wide = levels.shape
    padded = numpy.pad(levels, 1, mode="edge")
    nine = [padded[row : row + high, column : column + wide] for row in range(3) for column in range(3)]
    for one, other in _EXCHANGES:
        nine[one], nine[other] = (
            numpy.minimum(nine[one], nine[other]),
            numpy.maximum(nine[one], nine[other]),
        )
    return nine[4]


def bands(octets: bytes) -> tuple[tuple[int, int], ...]:
    """Unpack the bands (first and last row) that `prepared()` packed."""
    return tuple((top, bottom) for top, bottom in _PAIR.iter_unpack(octets))


def skew(picture: Image.Image) -> float:
    """Give the turn (degrees, counter-clockwise) that makes the lines of the page level, 0 where it shows none."""
    probe = picture.convert("L")
    probe.thumbnail((PROBE_WIDTH, 2 * PROBE_WIDTH))
    probe = probe.point(lambda value: 0 if value > 140 else 255)
    best = 0.0
    for reach, step in ((MAX_SKEW, COARSE), (COARSE, FINE)):
        count = round(reach / step)
        angles = [best + place * step for place in range(-count, count + 1)]
        best = max(angles, key=lambda angle: (_contrast(probe, angle), -abs(angle)))
    return best if _contrast(probe, best) > 1.05 * _contrast(probe, 0.0) else 0.0


def _contrast(probe: Image.Image, angle: float) -> float:
    """Say how well rows of ink and gaps are told apart when *probe* is turned by *angle*."""
    from PIL import Image

    turned = probe.rotate(angle, Image.Resampling.NEAREST)
    return statistics.pvariance(list(turned.resize((1, turned.height), Image.Resampling.BOX).tobytes()))


def _bands(rows: bytes) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    start = None
    for place, value in enumerate((*rows, 0)):
        if value >= 255 * BAND_SHARE and start is None:
            start = place
        elif value < 255 * BAND_SHARE and start is not None:
            if place - start >= MIN_BAND:
                found.append((start, place - 1))
            start = None
    return found
